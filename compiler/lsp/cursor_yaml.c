// SPDX-License-Identifier: Apache-2.0
/*
 * The cursor in YAML: told by lines and their indentation, because a line that is being written is
 * seldom YAML yet. What is in braces and brackets is cursor_flow.c's.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "cursor_yaml.h"

/* ---- lines ------------------------------------------------------------------------------ */

size_t yaml_line_end(const struct source *f, size_t line)
{
	size_t end = line + 1 < f->line_count ? f->lines[line + 1] : f->size;

	while (end > f->lines[line] && (f->text[end - 1] == '\n' || f->text[end - 1] == '\r'))
		end--;
	return end;
}

static bool ends_key(const char *s, const char *end)
{
	return s < end && *s == ':' && (s + 1 == end || s[1] == ' ' || s[1] == '\t');
}

/* The bytes of the key at `s`, with its quotes; 0: there is none. */
size_t yaml_key_length(const char *s, const char *end)
{
	const char *from = s;

	if (s < end && (*s == '"' || *s == '\'')) {
		s = memchr(s + 1, *s, (size_t)(end - s - 1));
		return s && ends_key(s + 1, end) ? (size_t)(s + 1 - from) : 0;
	}
	while (s < end && !ends_key(s, end) && !strchr("{}[],#\"'", *s))
		s++;
	return ends_key(s, end) ? (size_t)(s - from) : 0;
}

struct yaml_line yaml_read_line(const struct source *f, size_t line, size_t limit)
{
	struct yaml_line out = {.start = f->lines[line], .end = yaml_line_end(f, line)};
	size_t i;

	if (out.end > limit)
		out.end = limit;
	for (i = out.start; i < out.end && f->text[i] == ' '; i++)
		;
	while (i < out.end && f->text[i] == '-' && (i + 1 == out.end || f->text[i + 1] == ' ') &&
	       out.dash_count < 8) {
		out.dashes[out.dash_count++] = i - out.start;
		for (i++; i < out.end && f->text[i] == ' '; i++)
			;
	}
	out.column = i - out.start;
	out.blank = i == out.end ? !out.dash_count : f->text[i] == '#';
	if (i < out.end)
		out.key_len = yaml_key_length(f->text + i, f->text + out.end);
	return out;
}

const char *yaml_unquoted(struct arena *a, const char *s, size_t len)
{
	bool quotes = len >= 2 && (*s == '"' || *s == '\'') && s[len - 1] == *s;

	return arena_strndup(a, s + quotes, len - 2 * (size_t)quotes);
}

static const char *key_of(struct walk *w, const struct yaml_line *l)
{
	return yaml_unquoted(w->arena, w->f->text + l->start + l->column, l->key_len);
}

/* ---- upwards ---------------------------------------------------------------------------- */

static bool push(struct walk *w, const char *key, size_t line, size_t column)
{
	if (w->count == LEVELS_MAX)
		return false;
	w->levels[w->count++] = (struct level){key, line, column};
	return true;
}

/* From `column` in the current line to the keys that it is below. `dash`: it is a list's item. */
struct climb {
	size_t column, line; /* of the level in the making: its column, and first line */
	size_t content;	     /* the column of the keys in it */
	bool dash;
};

/* Moves over the dashes of a line that lie left of the level. */
static void climb_dashes(struct climb *b, const struct yaml_line *l, size_t line)
{
	for (size_t i = l->dash_count; i-- > 0;)
		if (l->dashes[i] < b->column) {
			b->column = l->dashes[i];
			b->line = line;
			b->dash = true;
		}
}

static bool climb_line(struct walk *w, struct climb *b, size_t line)
{
	struct yaml_line l = yaml_read_line(w->f, line, w->f->size);

	if (l.blank)
		return true;
	if (!strncmp(w->f->text + l.start, "---", 3) && l.end - l.start >= 3)
		return false;
	if (l.key_len && (l.column < b->column || (l.column == b->column && b->dash))) {
		if (!push(w, key_of(w, &l), b->line, b->content))
			return false;
		*b = (struct climb){l.column, line, l.column, false};
		climb_dashes(b, &l, line);
	} else if (l.column == b->column && !b->dash) {
		b->line = line;
		climb_dashes(b, &l, line);
	}
	return b->column > 0 || b->dash;
}

static void climb(struct walk *w, const struct yaml_line *l)
{
	struct climb b = {l->column, w->line, l->column, false};

	climb_dashes(&b, l, w->line);
	for (size_t line = w->line; line-- > 0 && w->line - line < LINES_MAX;)
		if (!climb_line(w, &b, line))
			break;
}

/* ---- a mapping's entries ---------------------------------------------------------------- */

void yaml_add_sibling(struct walk *w, const char *key, const char *value, size_t len, size_t at)
{
	struct cursor *c = w->c;
	struct sibling *s;

	c->siblings = arena_grow(w->arena, c->siblings, c->sibling_count, &c->sibling_room,
				 sizeof(*c->siblings));
	s = &c->siblings[c->sibling_count++];
	s->key = key;
	s->value = yaml_unquoted(w->arena, value, len);
	s->at = (struct span){c->word.file, (uint32_t)at, (uint32_t)(at + len)};
}

/* The bytes of the value behind a line's key. */
static size_t entry_value(const struct walk *w, const struct yaml_line *l, size_t *at)
{
	const char *s = w->f->text + l->start + l->column + l->key_len + 1;
	const char *end = w->f->text + l->end, *hash;

	while (s < end && *s == ' ')
		s++;
	hash = s < end ? memmem(s, (size_t)(end - s), " #", 2) : NULL;
	if (hash)
		end = hash;
	while (end > s && end[-1] == ' ')
		end--;
	*at = (size_t)(s - w->f->text);
	return end > s ? (size_t)(end - s) : 0;
}

/* Calls for each key of the mapping whose first line and column are these. */
static void each_entry(struct walk *w, size_t first, size_t column, size_t without,
		       void (*take)(struct walk *, const struct yaml_line *))
{
	for (size_t line = first; line < w->f->line_count && line - first < LINES_MAX; line++) {
		struct yaml_line l = yaml_read_line(w->f, line, w->f->size);

		if (l.blank)
			continue;
		if (line > first && (l.column < column || (l.dash_count && l.dashes[0] < column)))
			return;
		if (line != without && l.key_len && l.column == column)
			take(w, &l);
	}
}

/* ---- the hook --------------------------------------------------------------------------- */

static void take_hook_value(struct walk *w, const char *key, size_t at, size_t len)
{
	struct hook_at *h = &w->c->hook;
	struct sibling *s;

	yaml_add_sibling(w, key, w->f->text + at, len, at);
	s = &w->c->siblings[--w->c->sibling_count];
	if (!strcmp(key, "call") || !strcmp(key, "hook") || !strcmp(key, "event")) {
		h->symbol = s->value;
		h->at = s->at;
	} else if (!strcmp(key, "subsystem")) {
		h->subsystem = s->value;
	} else if (!strcmp(key, "syscall")) {
		h->syscall = !strcmp(s->value, "true");
	} else if (!strcmp(key, "raw") && !strcmp(s->value, "true")) {
		h->kind = HOOK_RAW_TRACEPOINT;
	}
}

static void take_hook_key(struct walk *w, const struct yaml_line *l)
{
	size_t at, len = entry_value(w, l, &at);

	take_hook_value(w, key_of(w, l), at, len);
}

/* Kprobes are of system calls unless they say otherwise. False: no hooks are under such a key. */
static bool begin_hook(struct walk *w, const char *section)
{
	for (unsigned kind = 0; section && kind < HOOK_KINDS; kind++) {
		if (kind == HOOK_RAW_TRACEPOINT || strcmp(section, hook_section(kind)) != 0)
			continue;
		w->c->hook =
			(struct hook_at){.is_hook = true,
					 .kind = kind,
					 .syscall = kind == HOOK_KPROBE || kind == HOOK_FENTRY};
		return true;
	}
	return false;
}

/* A hook whose own mapping is in braces. */
static bool find_flow_hook(struct walk *w, const struct flow *fl, const char *block_key,
			   size_t stop)
{
	const char *outer = block_key ? block_key : w->count ? w->levels[0].key : NULL;

	for (size_t i = fl->depth; i-- > 0;) {
		if (fl->kinds[i] != '{' || !begin_hook(w, fl->keys[i] ? fl->keys[i] : outer))
			continue;
		flow_each(w, fl->from[i], stop, take_hook_value);
		return true;
	}
	return false;
}

static void find_hook(struct walk *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (begin_hook(w, w->levels[i].key)) {
			each_entry(w, w->levels[i].line, w->levels[i].column, SIZE_MAX,
				   take_hook_key);
			return;
		}
}

/* ---- what the schema says --------------------------------------------------------------- */

static const struct schema_key *find_key(enum schema_object object, const char *name)
{
	const struct schema_key *k = NULL;

	while ((k = schema_next(object, k)))
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

/* The object behind a key of another. False: there is none. */
static bool descend(enum schema_object *object, const char *key, bool *named)
{
	const struct schema_key *k;

	if (*named) {
		*named = false; /* a macro's name */
		return true;
	}
	k = find_key(*object, key);
	if (!k || (k->type != VALUE_OBJECT && k->type != VALUE_LIST && k->type != VALUE_MAP))
		return false;
	*named = k->type == VALUE_MAP;
	*object = (enum schema_object)k->of;
	return true;
}

/* Follows the keys from the document's root; `flow`: those in braces on the line. */
static bool find_object(struct walk *w, const char *const *flow, size_t flow_count)
{
	enum schema_object object = OBJECT_POLICY;
	bool named = false;

	for (size_t i = w->count; i-- > 0;)
		if (!descend(&object, w->levels[i].key, &named))
			return false;
	for (size_t i = 0; i < flow_count; i++)
		if (!descend(&object, flow[i], &named))
			return false;
	w->c->object = object;
	w->c->section = flow_count ? flow[flow_count - 1] : w->count ? w->levels[0].key : NULL;
	return !named;
}

/* ---- the line itself -------------------------------------------------------------------- */

static bool is_comment(const char *s, const char *end)
{
	const char *hash = s < end ? memmem(s, (size_t)(end - s), " #", 2) : NULL;

	return hash || (s < end && *s == '#');
}

/* Behind a key of a block, in a list's item, or in braces. */
static void at_value(struct walk *w, const struct flow *fl, const char *block_key)
{
	const char *keys[FLOW_MAX + 1];
	struct cursor *c = w->c;
	size_t count = 0;

	if (block_key && fl->depth)
		keys[count++] = block_key;
	for (size_t i = 1; i < fl->depth; i++)
		if (fl->kinds[i] == '{' && fl->keys[i])
			keys[count++] = fl->keys[i];
	if (fl->depth == 1 && fl->kinds[0] == '[')
		count = 0; /* values: [ ... */
	if (!find_object(w, keys, count))
		return;
	c->quoted = fl->quoted;
	if (fl->key || (block_key && !fl->depth)) {
		c->key = find_key(c->object, fl->key ? fl->key : block_key);
		c->place = c->key ? PLACE_SCALAR : PLACE_NONE;
	} else if (fl->depth && fl->kinds[fl->depth - 1] == '[' && block_key) {
		c->key = find_key(c->object, block_key);
		c->place = c->key ? PLACE_SCALAR : PLACE_NONE;
	} else if (!fl->quoted) {
		c->place = PLACE_KEY;
	}
}

static void take_sibling(struct walk *w, const struct yaml_line *l)
{
	size_t at, len = entry_value(w, l, &at);

	yaml_add_sibling(w, key_of(w, l), w->f->text + at, len, at);
}

static void take_flow_sibling(struct walk *w, const char *key, size_t at, size_t len)
{
	yaml_add_sibling(w, key, w->f->text + at, len, at);
}

/* A word alone in a list's item: a value of the list. False: it may be a key. */
static bool at_item(struct walk *w, const struct yaml_line *l)
{
	struct cursor *c = w->c;
	const struct schema_key *k;
	struct level inner;

	if (!l->dash_count || !w->count)
		return false;
	inner = w->levels[0];
	memmove(w->levels, w->levels + 1, --w->count * sizeof(inner));
	if (find_object(w, NULL, 0)) {
		k = find_key(c->object, inner.key);
		if (k && k->type != VALUE_LIST && k->type != VALUE_OBJECT) {
			c->key = k;
			c->place = PLACE_SCALAR;
			return true;
		}
	}
	memmove(w->levels + 1, w->levels, w->count++ * sizeof(inner));
	w->levels[0] = inner;
	return false;
}

/* The first line of the mapping that the cursor's line is in. */
static size_t mapping_start(const struct walk *w, const struct yaml_line *l)
{
	size_t first = w->line;

	if (l->dash_count)
		return first;
	for (size_t line = w->line; line-- > 0 && w->line - line < LINES_MAX;) {
		struct yaml_line above = yaml_read_line(w->f, line, w->f->size);

		if (above.blank || above.column > l->column)
			continue;
		if (above.column < l->column)
			break;
		first = line;
		if (above.dash_count)
			break;
	}
	return first;
}

void cursor_yaml(struct arena *a, const struct source *f, struct cursor *c)
{
	size_t line = source_line(f, c->word.start), head = flow_head(a, f, line), from, stop;
	struct walk w = {.arena = a, .f = f, .c = c, .line = head};
	struct yaml_line l = yaml_read_line(f, head, c->word.start);
	const char *block_key = l.key_len ? key_of(&w, &l) : NULL;
	struct flow fl = {.depth = 0};

	climb(&w, &l);
	from = l.start + l.column + (block_key ? l.key_len + 1 : 0);
	if (head == line && is_comment(f->text + from, f->text + c->word.start))
		return;
	flow_read(a, f, &fl, from, c->word.start);
	if (fl.bad || fl.comment)
		return;
	stop = flow_stop(f, head, line);
	if (!find_flow_hook(&w, &fl, block_key, stop))
		find_hook(&w);
	c->flow = fl.depth;
	if (!block_key && !fl.depth && at_item(&w, &l)) {
		c->quoted = fl.quoted;
		if (w.count)
			each_entry(&w, w.levels[0].line, w.levels[0].column, w.line, take_sibling);
		return;
	}
	at_value(&w, &fl, block_key);
	if (fl.depth && fl.kinds[fl.depth - 1] == '{')
		flow_each(&w, fl.from[fl.depth - 1], stop, take_flow_sibling);
	else
		each_entry(&w, mapping_start(&w, &l), l.column, w.line, take_sibling);
}
