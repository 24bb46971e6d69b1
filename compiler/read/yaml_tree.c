/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "yaml_reader.h"

static struct span span_of(const struct yaml_reader *r, const yaml_event_t *ev)
{
	return (struct span){
		.file = r->file,
		.start = yaml_text_offset(r, &ev->start_mark),
		.end = yaml_text_offset(r, &ev->end_mark),
	};
}

/* Every event is deleted by its reader, also when this fails. */
static bool next_event(struct yaml_reader *r, yaml_event_t *ev)
{
	if (yaml_parser_parse(&r->parser, ev))
		return true;
	yaml_syntax_report(r);
	memset(ev, 0, sizeof(*ev));
	return false;
}

/* ---- anchors -------------------------------------------------------------------------- */

static unsigned anchor_slot(const char *name)
{
	unsigned hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash % ANCHOR_SLOTS;
}

static void anchor_set(struct yaml_reader *r, const yaml_char_t *name, struct yaml_node *node)
{
	const char *text = (const char *)name;
	struct yaml_anchor *anchor, **slot;

	if (!text)
		return;
	slot = &r->anchors[anchor_slot(text)];
	anchor = arena_alloc(r->arena, sizeof(*anchor));
	anchor->name = arena_strndup(r->arena, text, strlen(text));
	anchor->node = node;
	anchor->next = *slot;
	*slot = anchor;
}

static struct yaml_node *anchor_get(const struct yaml_reader *r, const char *name)
{
	const struct yaml_anchor *anchor = r->anchors[anchor_slot(name)];

	for (; anchor; anchor = anchor->next)
		if (strcmp(anchor->name, name) == 0)
			return anchor->node;
	return NULL;
}

/* ---- nodes ---------------------------------------------------------------------------- */

static bool report_too_many(struct yaml_reader *r, struct span at)
{
	diag_at(r->d, DIAG_YAML_TOO_LARGE, at, "the file holds more than %d values",
		YAML_MAX_NODES);
	return false;
}

static bool report_too_deep(struct yaml_reader *r, struct span at)
{
	at.end = at.start + 1;
	diag_at(r->d, DIAG_YAML_TOO_DEEP, at,
		"nesting is deeper than %d levels; reading stops here", YAML_MAX_DEPTH);
	return false;
}

static struct yaml_node *node_new(struct yaml_reader *r, enum node_type type, struct span at)
{
	struct yaml_node *n = arena_alloc(r->arena, sizeof(*n));

	n->type = type;
	n->at = at;
	n->weight = 1;
	r->nodes++;
	return n;
}

static void weigh_child(struct yaml_node *parent, const struct yaml_node *child)
{
	if (__builtin_add_overflow(parent->weight, child->weight, &parent->weight))
		parent->weight = UINT32_MAX;
	if (parent->height < child->height + 1)
		parent->height = child->height + 1;
}

/* Block scalars end behind their last line break; people mean the text. */
static void trim_span(const struct yaml_reader *r, struct span *at)
{
	while (at->end > at->start && strchr(" \t\r\n", r->source->text[at->end - 1]))
		at->end--;
}

static const char yaml_tag_prefix[] = "tag:yaml.org,2002:";

/* The part of a tag that people write after !!, or the whole of another tag; NULL: none. */
static const char *tag_name(const yaml_char_t *tag)
{
	const char *text = (const char *)tag;
	size_t prefix = sizeof(yaml_tag_prefix) - 1;

	if (!text || strcmp(text, "!") == 0)
		return NULL;
	return strncmp(text, yaml_tag_prefix, prefix) == 0 ? text + prefix : text;
}

static void report_tag(struct yaml_reader *r, struct yaml_node *n, const char *tag)
{
	struct diag *g =
		diag_at(r->d, DIAG_YAML_TAG, n->at, "the tag `%.60s` does not fit here", tag);

	diag_hint(r->d, g,
		  "leave the tag out; quotes make a string, no quotes a number or boolean");
	n->type = NODE_BAD;
}

static void apply_scalar_tag(struct yaml_reader *r, struct yaml_node *n, const char *tag)
{
	static const char *const names[] = {
		[NODE_NULL] = "null",	[NODE_BOOL] = "bool",  [NODE_INT] = "int",
		[NODE_FLOAT] = "float", [NODE_STRING] = "str",
	};

	if (strcmp(tag, "str") == 0) {
		n->type = NODE_STRING;
		n->quoted = true;
		return;
	}
	yaml_scalar_resolve(n);
	if (strcmp(tag, names[n->type]) != 0)
		report_tag(r, n, tag);
}

static struct yaml_node *read_scalar(struct yaml_reader *r, const yaml_event_t *ev)
{
	struct yaml_node *n = node_new(r, NODE_STRING, span_of(r, ev));
	const char *tag = tag_name(ev->data.scalar.tag);

	n->len = ev->data.scalar.length;
	n->text = arena_strndup(r->arena, (const char *)ev->data.scalar.value, n->len);
	n->quoted =
		ev->data.scalar.style != YAML_PLAIN_SCALAR_STYLE || (ev->data.scalar.tag && !tag);
	trim_span(r, &n->at);
	r->content_end = n->at.end;
	if (tag)
		apply_scalar_tag(r, n, tag);
	else if (!n->quoted)
		yaml_scalar_resolve(n);
	anchor_set(r, ev->data.scalar.anchor, n);
	return n;
}

static void report_alias(struct yaml_reader *r, struct span at, const char *name, bool inside)
{
	struct diag *g;

	if (inside) {
		diag_at(r->d, DIAG_YAML_ALIAS, at, "`*%.60s` stands inside the value it names",
			name);
		return;
	}
	g = diag_at(r->d, DIAG_YAML_ALIAS, at, "no anchor `&%.60s` comes before this alias", name);
	diag_hint(r->d, g, "quote it to mean the text: \"*%.60s\"", name);
}

static bool report_bomb(struct yaml_reader *r, struct span at, const struct yaml_node *named)
{
	struct diag *g =
		diag_at(r->d, DIAG_YAML_ALIAS_BOMB, at,
			"the aliases of this file stand for more than %d values", YAML_MAX_ALIASED);

	diag_note_at(r->d, g, named->at, "this value alone stands for %u%s", named->weight,
		     named->weight == UINT32_MAX ? " or more" : "");
	return false;
}

static bool read_alias(struct yaml_reader *r, const yaml_event_t *ev, unsigned depth,
		       struct yaml_node **out)
{
	const char *name = (const char *)ev->data.alias.anchor;
	struct yaml_node *named = anchor_get(r, name);
	struct span at = span_of(r, ev);

	r->content_end = at.end;
	if (!named || named->open) {
		report_alias(r, at, name, named != NULL);
		*out = node_new(r, NODE_BAD, at);
		return true;
	}
	r->aliased += named->weight;
	if (r->aliased > YAML_MAX_ALIASED)
		return report_bomb(r, at, named);
	if (depth + named->height > YAML_MAX_DEPTH)
		return report_too_deep(r, at);
	*out = named;
	return true;
}

/* ---- mappings ------------------------------------------------------------------------- */

static int compare_pairs(const void *left, const void *right)
{
	const struct yaml_pair *a = *(struct yaml_pair *const *)left;
	const struct yaml_pair *b = *(struct yaml_pair *const *)right;
	size_t shorter = a->key->len < b->key->len ? a->key->len : b->key->len;
	int order = memcmp(a->key->text, b->key->text, shorter);

	if (order)
		return order;
	if (a->key->len != b->key->len)
		return a->key->len < b->key->len ? -1 : 1;
	return a < b ? -1 : a > b;
}

static bool same_key(const struct yaml_pair *a, const struct yaml_pair *b)
{
	return a->key->len == b->key->len && memcmp(a->key->text, b->key->text, a->key->len) == 0;
}

static void mark_repeated_keys(struct yaml_reader *r, struct yaml_node *map)
{
	struct yaml_pair **sorted = arena_array(r->arena, map->count, sizeof(struct yaml_pair *));
	const struct yaml_pair *first = NULL;
	struct diag *g;

	for (size_t i = 0; i < map->count; i++)
		sorted[i] = &map->pairs[i];
	if (map->count)
		qsort(sorted, map->count, sizeof(struct yaml_pair *), compare_pairs);
	for (size_t i = 0; i < map->count; i++) {
		if (!first || !same_key(first, sorted[i])) {
			first = sorted[i];
			continue;
		}
		sorted[i]->repeated = true;
		g = diag_at(r->d, DIAG_DUPLICATE_KEY, sorted[i]->key->at,
			    "`%.60s` is given twice in one mapping", first->key->text);
		diag_note_at(r->d, g, first->key->at, "the first is here");
	}
}

static bool is_scalar(const struct yaml_node *n)
{
	return n->type >= NODE_NULL && n->type <= NODE_STRING;
}

/* Whether the pair can be kept. */
static bool check_key(struct yaml_reader *r, const struct yaml_node *key)
{
	struct diag *g;

	if (key->type == NODE_BAD)
		return false;
	if (!is_scalar(key)) {
		diag_at(r->d, DIAG_YAML_KEY, key->at, "a key must be a word, not a %s",
			key->type == NODE_MAP ? "mapping" : "list");
		return false;
	}
	if (key->len == 0 && !key->quoted) {
		diag_at(r->d, DIAG_YAML_KEY, key->at, "a key is missing before `:`");
		return false;
	}
	if (!key->quoted && strcmp(key->text, "<<") == 0) {
		g = diag_at(r->d, DIAG_NOT_SUPPORTED_YET, key->at,
			    "YAML merge keys are not supported by this version of tgc");
		diag_hint(r->d, g, "write the keys out, or alias the value of each key");
		return false;
	}
	return true;
}

static bool read_node(struct yaml_reader *r, const yaml_event_t *ev, unsigned depth,
		      struct yaml_node **out);

/* Reads the node that comes next. */
static bool read_next(struct yaml_reader *r, unsigned depth, struct yaml_node **out)
{
	yaml_event_t ev;
	bool ok = next_event(r, &ev) && read_node(r, &ev, depth, out);

	yaml_event_delete(&ev);
	return ok;
}

static bool read_pair(struct yaml_reader *r, const yaml_event_t *key_event, unsigned depth,
		      struct yaml_node *map, size_t *room)
{
	struct yaml_pair pair = {.repeated = false};

	if (!read_node(r, key_event, depth, &pair.key) || !read_next(r, depth, &pair.value))
		return false;
	weigh_child(map, pair.key);
	weigh_child(map, pair.value);
	if (!check_key(r, pair.key))
		return true;
	map->pairs = arena_grow(r->arena, map->pairs, map->count, room, sizeof(pair));
	map->pairs[map->count++] = pair;
	return true;
}

/* libyaml ends a block collection where the next token starts; people mean its last value. */
static void close_collection(struct yaml_reader *r, struct yaml_node *n, const yaml_event_t *end,
			     bool flow)
{
	n->open = false;
	if (flow)
		r->content_end = yaml_text_offset(r, &end->end_mark);
	n->at.end = r->content_end;
}

static bool read_pairs(struct yaml_reader *r, struct yaml_node *map, unsigned depth, bool flow)
{
	size_t room = 0;
	yaml_event_t ev;
	bool ok;

	for (;;) {
		if (!next_event(r, &ev))
			return false;
		if (ev.type == YAML_MAPPING_END_EVENT)
			break;
		ok = read_pair(r, &ev, depth, map, &room);
		yaml_event_delete(&ev);
		if (!ok)
			return false;
	}
	close_collection(r, map, &ev, flow);
	yaml_event_delete(&ev);
	mark_repeated_keys(r, map);
	return true;
}

static bool read_items(struct yaml_reader *r, struct yaml_node *list, unsigned depth, bool flow)
{
	struct yaml_node *item;
	size_t room = 0;
	yaml_event_t ev;
	bool ok;

	for (;;) {
		if (!next_event(r, &ev))
			return false;
		if (ev.type == YAML_SEQUENCE_END_EVENT)
			break;
		ok = read_node(r, &ev, depth, &item);
		yaml_event_delete(&ev);
		if (!ok)
			return false;
		weigh_child(list, item);
		list->items = arena_grow(r->arena, list->items, list->count, &room, sizeof(item));
		list->items[list->count++] = item;
	}
	close_collection(r, list, &ev, flow);
	yaml_event_delete(&ev);
	return true;
}

static bool read_map(struct yaml_reader *r, const yaml_event_t *ev, unsigned depth,
		     struct yaml_node *n)
{
	const char *tag = tag_name(ev->data.mapping_start.tag);

	anchor_set(r, ev->data.mapping_start.anchor, n);
	if (!read_pairs(r, n, depth, ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE))
		return false;
	if (tag && strcmp(tag, "map") != 0)
		report_tag(r, n, tag);
	return true;
}

static bool read_list(struct yaml_reader *r, const yaml_event_t *ev, unsigned depth,
		      struct yaml_node *n)
{
	const char *tag = tag_name(ev->data.sequence_start.tag);

	anchor_set(r, ev->data.sequence_start.anchor, n);
	if (!read_items(r, n, depth, ev->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE))
		return false;
	if (tag && strcmp(tag, "seq") != 0)
		report_tag(r, n, tag);
	return true;
}

static bool read_node(struct yaml_reader *r, const yaml_event_t *ev, unsigned depth,
		      struct yaml_node **out)
{
	bool is_map = ev->type == YAML_MAPPING_START_EVENT;

	if (r->nodes >= YAML_MAX_NODES)
		return report_too_many(r, span_of(r, ev));
	if (ev->type == YAML_ALIAS_EVENT)
		return read_alias(r, ev, depth, out);
	if (ev->type == YAML_SCALAR_EVENT) {
		*out = read_scalar(r, ev);
		return true;
	}
	if (depth >= YAML_MAX_DEPTH)
		return report_too_deep(r, span_of(r, ev));
	*out = node_new(r, is_map ? NODE_MAP : NODE_LIST, span_of(r, ev));
	(*out)->open = true;
	return is_map ? read_map(r, ev, depth + 1, *out) : read_list(r, ev, depth + 1, *out);
}

/* ---- documents ------------------------------------------------------------------------ */

static bool report_too_many_documents(struct yaml_reader *r, struct span at)
{
	diag_at(r->d, DIAG_YAML_TOO_LARGE, at, "the file holds more than %d documents",
		YAML_MAX_DOCUMENTS);
	return false;
}

static bool read_document(struct yaml_reader *r, struct span start, struct yaml_docs *out)
{
	struct yaml_node *root;
	yaml_event_t end;
	bool ok;

	if (out->count >= YAML_MAX_DOCUMENTS)
		return report_too_many_documents(r, start);
	memset(r->anchors, 0, sizeof(r->anchors));
	if (!read_next(r, 0, &root))
		return false;
	ok = next_event(r, &end);
	yaml_event_delete(&end);
	if (!ok)
		return false;
	out->roots = arena_grow(r->arena, out->roots, out->count, &out->room, sizeof(root));
	out->roots[out->count++] = root;
	return true;
}

static void read_stream(struct yaml_reader *r, struct yaml_docs *out)
{
	yaml_event_type_t type;
	struct span start;
	yaml_event_t ev;

	do {
		if (!next_event(r, &ev))
			return;
		type = ev.type;
		start = span_of(r, &ev);
		yaml_event_delete(&ev);
		if (type == YAML_DOCUMENT_START_EVENT && !read_document(r, start, out))
			return;
	} while (type != YAML_STREAM_END_EVENT);
}

static bool check_size(struct diags *d, const struct source *f, uint32_t file)
{
	struct span start = {.file = file};

	if (f->size <= SOURCE_MAX)
		return true;
	diag_at(d, DIAG_YAML_TOO_LARGE, start, "the file has %zu bytes; the limit is %u MiB",
		f->size, SOURCE_MAX >> 20);
	return false;
}

struct yaml_reader *yaml_reader_open(struct arena *a, struct diags *d, const struct sources *s,
				     uint32_t file)
{
	struct yaml_reader *r = arena_alloc(a, sizeof(*r));

	r->arena = a;
	r->d = d;
	r->file = file;
	r->source = sources_get(s, file);
	if (!check_size(d, r->source, file) || !yaml_text_check(r))
		return NULL;
	yaml_reader_restart(r);
	return r;
}

void yaml_reader_restart(struct yaml_reader *r)
{
	yaml_parser_delete(&r->parser);
	if (!yaml_parser_initialize(&r->parser)) {
		fputs("tgc: out of memory\n", stderr);
		exit(3);
	}
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->source->text + r->bom,
				     r->source->size - r->bom);
}

void yaml_tree_read(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		    struct yaml_docs *out)
{
	struct yaml_reader *r = yaml_reader_open(a, d, s, file);

	if (!r)
		return;
	read_stream(r, out);
	yaml_parser_delete(&r->parser);
}

bool yaml_is(const struct yaml_node *scalar, const char *text)
{
	return scalar->len == strlen(text) && memcmp(scalar->text, text, scalar->len) == 0;
}

const struct yaml_pair *yaml_find(const struct yaml_node *map, const char *key)
{
	if (map->type != NODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (yaml_is(map->pairs[i].key, key) && !map->pairs[i].repeated)
			return &map->pairs[i];
	return NULL;
}
