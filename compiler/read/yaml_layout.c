// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "yaml_layout.h"
#include "yaml_reader.h"

struct reading {
	struct yaml_reader *r;
	struct layout *out;
	uint32_t column; /* of the innermost block collection */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

uint32_t yaml_break(const char *text, uint32_t at)
{
	const char *s = text + at;

	if (*s == '\n')
		return 1;
	if (*s == '\r')
		return s[1] == '\n' ? 2 : 1;
	if (!strncmp(s, "\xc2\x85", 2))
		return 2;
	return !strncmp(s, "\xe2\x80\xa8", 3) || !strncmp(s, "\xe2\x80\xa9", 3) ? 3 : 0;
}

bool yaml_line_starts(const char *text, uint32_t at)
{
	if (!at || text[at - 1] == '\n' || text[at - 1] == '\r')
		return true;
	return (at >= 2 && yaml_break(text, at - 2) == 2) ||
	       (at >= 3 && yaml_break(text, at - 3) == 3);
}

static uint32_t line_end(const struct source *f, uint32_t from)
{
	while (from < f->size && !yaml_break(f->text, from))
		from++;
	return from;
}

static uint32_t next_line(const struct source *f, uint32_t end)
{
	return end + yaml_break(f->text, end);
}

static uint32_t line_start(const struct source *f, uint32_t at)
{
	while (!yaml_line_starts(f->text, at))
		at--;
	return at;
}

/* ---- comments ----------------------------------------------------------------------------- */

static void add_comment(struct arena *a, const struct source *f, uint32_t at,
			struct yaml_comment_places *out)
{
	struct yaml_comment_place c = {at, line_end(f, at), true};
	uint32_t start = line_start(f, at);

	if (start == 0 && f->size >= 3 && !memcmp(f->text, "\xef\xbb\xbf", 3))
		start = 3;
	for (uint32_t i = start; i < at; i++)
		c.alone &= is_blank(f->text[i]);
	while (is_blank(f->text[c.end - 1]))
		c.end--;
	out->v = arena_grow(a, out->v, out->n, &out->room, sizeof(c));
	out->v[out->n++] = c;
}

/* Between tokens there are blanks and comments only. */
static void comments_between(struct arena *a, const struct source *f, uint32_t from, uint32_t to,
			     struct yaml_comment_places *out)
{
	for (; from < to; from++) {
		if (f->text[from] != '#')
			continue;
		add_comment(a, f, from, out);
		from = line_end(f, from);
	}
}

/* A block scalar may have one behind its header. */
static void comments_of_token(struct arena *a, const struct source *f, const yaml_token_t *t,
			      uint32_t start, struct yaml_comment_places *out)
{
	if (t->type == YAML_SCALAR_TOKEN && (t->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
					     t->data.scalar.style == YAML_FOLDED_SCALAR_STYLE))
		comments_between(a, f, start, line_end(f, start), out);
}

static void find_comments(struct yaml_reader *r, struct yaml_comment_places *out)
{
	uint32_t behind = (uint32_t)r->bom;
	yaml_token_t t;
	bool done = false;

	while (!done && yaml_parser_scan(&r->parser, &t)) {
		uint32_t start = yaml_text_offset(r, &t.start_mark);
		uint32_t end = yaml_text_offset(r, &t.end_mark);

		comments_between(r->arena, r->source, behind, start, out);
		comments_of_token(r->arena, r->source, &t, start, out);
		behind = end > behind ? end : behind;
		done = t.type == YAML_STREAM_END_TOKEN;
		yaml_token_delete(&t);
	}
}

void yaml_comments_find(struct arena *a, const struct sources *s, uint32_t file,
			struct yaml_comment_places *out)
{
	struct diags none = {.arena = a, .sources = s};
	struct yaml_reader *r = yaml_reader_open(a, &none, s, file);

	if (!r)
		return;
	find_comments(r, out);
	yaml_parser_delete(&r->parser);
}

/* ---- scalars ------------------------------------------------------------------------------ */

static const char *quoted(struct arena *a, const char *text, size_t len)
{
	char *out = arena_alloc(a, len * 6 + 3), *to = out;

	*to++ = '"';
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		const char *special = NULL;

		if (!strncmp(text + i, "\xc2\x85", 2))
			special = "\\u0085";
		else if (!strncmp(text + i, "\xe2\x80\xa8", 3))
			special = "\\u2028";
		else if (!strncmp(text + i, "\xe2\x80\xa9", 3))
			special = "\\u2029";
		else if (!strncmp(text + i, "\xef\xbb\xbf", 3))
			special = "\\uFEFF";
		if (special) {
			i += c == 0xc2 ? 1 : 2;
			to = stpcpy(to, special);
		} else if (c == '\n') {
			to = stpcpy(to, "\\n");
		} else if (c == '\t') {
			to = stpcpy(to, "\\t");
		} else if (c < 0x20 || c == 0x7f) {
			to += sprintf(to, "\\x%02x", c);
		} else {
			if (c == '"' || c == '\\')
				*to++ = '\\';
			*to++ = (char)c;
		}
	}
	*to++ = '"';
	return out;
}

static void set_text(struct layout_node *n, const char *text)
{
	n->kind = LAYOUT_SCALAR;
	n->text = text;
	n->width = (uint32_t)strlen(text);
}

static void add_line(struct arena *a, struct layout_node *n, uint32_t start, uint32_t end)
{
	n->lines = arena_grow(a, n->lines, n->count, &n->room, 2 * sizeof(*n->lines));
	n->lines[2 * n->count] = start;
	n->lines[2 * n->count++ + 1] = end;
}

/* The lines of a plain or quoted scalar, trimmed: folding ignores the blanks. An escaped blank at
 * the end of a line is none. */
static void split_lines(struct arena *a, const struct source *f, struct layout_node *n)
{
	uint32_t at = n->start, end;

	n->kind = LAYOUT_LINES;
	n->width = UINT32_MAX;
	while (at < n->end) {
		uint32_t start = at, stop;

		end = line_end(f, at);
		stop = end < n->end ? end : n->end;
		at = next_line(f, end);
		while (n->count && start < stop && is_blank(f->text[start]))
			start++;
		while (stop < n->end && stop > start && is_blank(f->text[stop - 1]) &&
		       f->text[stop - 2] != '\\')
			stop--;
		add_line(a, n, start, stop);
	}
}

static bool needs_no_escape(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7e ||
		    text[i] == '"' || text[i] == '\\')
			return false;
	return true;
}

/* Of a scalar that is no block, behind its properties. */
static void read_flow_scalar(struct reading *g, struct layout_node *n, const yaml_event_t *ev,
			     uint32_t from)
{
	const struct source *f = g->out->source;
	const char *value = (const char *)ev->data.scalar.value;
	size_t len = ev->data.scalar.length;
	bool one_line = line_end(f, from) >= n->end;

	n->start = from;
	if (ev->data.scalar.style == YAML_SINGLE_QUOTED_SCALAR_STYLE && one_line &&
	    needs_no_escape(value, len))
		set_text(n, quoted(g->r->arena, value, len));
	else if (one_line)
		set_text(n, arena_strndup(g->r->arena, f->text + from, n->end - from));
	else
		split_lines(g->r->arena, f, n);
}

/* ---- block scalars ------------------------------------------------------------------------ */

static uint32_t blanks_at(const struct source *f, uint32_t at)
{
	uint32_t n = 0;

	while (at + n < f->size && f->text[at + n] == ' ')
		n++;
	return n;
}

static bool is_empty_line(const struct source *f, uint32_t at)
{
	uint32_t end = line_end(f, at);

	return at + blanks_at(f, at) >= end;
}

/* How far the text of a block scalar is indented. `digit`: as its header says, or 0. */
static uint32_t block_indent(const struct reading *g, uint32_t from, uint32_t end, unsigned digit)
{
	const struct source *f = g->out->source;

	if (digit)
		return g->column + digit;
	while (from < end && is_empty_line(f, from))
		from = next_line(f, line_end(f, from));
	return from < end ? blanks_at(f, from) : 0;
}

static void add_block_lines(struct reading *g, struct layout_node *n, uint32_t from, uint32_t end,
			    uint32_t indent)
{
	const struct source *f = g->out->source;

	while (from < end) {
		uint32_t stop = line_end(f, from), blanks = blanks_at(f, from);

		blanks = blanks < indent ? blanks : indent;
		add_line(g->r->arena, n, from + blanks < stop ? from + blanks : stop, stop);
		from = next_line(f, stop);
	}
}

/* `from`: of the sign. Without text in it a block is "". */
static void read_block(struct reading *g, struct layout_node *n, const yaml_event_t *ev,
		       uint32_t from)
{
	const struct source *f = g->out->source;
	uint32_t header = from + 1, end = n->end;
	unsigned digit = 0;
	char chomp = '\0';

	for (; header < end && strchr("+-123456789", f->text[header]); header++)
		if (strchr("+-", f->text[header]))
			chomp = f->text[header];
		else
			digit = (unsigned)(f->text[header] - '0');
	n->start = from;
	n->kind = LAYOUT_BLOCK;
	n->width = UINT32_MAX;
	from = next_line(f, line_end(f, header));
	add_block_lines(g, n, from, end, block_indent(g, from, end, digit));
	while (chomp != '+' && n->count && n->lines[2 * n->count - 1] == n->lines[2 * n->count - 2])
		n->count--;
	if (strspn((const char *)ev->data.scalar.value, "\n") == ev->data.scalar.length) {
		set_text(n, quoted(g->r->arena, (const char *)ev->data.scalar.value,
				   ev->data.scalar.length));
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		if (n->lines[2 * i] == n->lines[2 * i + 1])
			continue;
		digit = f->text[n->lines[2 * i]] == ' ' ? 2 : 0;
		break;
	}
	n->text = arena_printf(g->r->arena, "%c%s%.*s", f->text[n->start], digit ? "2" : "",
			       chomp ? 1 : 0, &chomp);
	if (n->count)
		n->end = n->lines[2 * n->count - 1];
}

/* ---- properties --------------------------------------------------------------------------- */

static const char tag_prefix[] = "tag:yaml.org,2002:";

static const char *props_of(struct arena *a, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	const char *name = (const char *)tag, *short_form = "";
	size_t prefix = sizeof(tag_prefix) - 1;

	if (name && !strncmp(name, tag_prefix, prefix)) {
		short_form = "!!";
		name += prefix;
	}
	return arena_printf(a, "%s%s%s%s%s", anchor ? "&" : "", anchor ? (const char *)anchor : "",
			    anchor && tag ? " " : "", short_form, tag ? name : "");
}

/* Behind the properties that start at `at`, and the blanks, line ends and comments that follow. */
static uint32_t behind_props(const struct source *f, uint32_t at, uint32_t end)
{
	while (at < end) {
		char c = f->text[at];

		if (c == '#')
			at = line_end(f, at);
		else if (is_blank(c) || c == '\n')
			at++;
		else if (c == '&' || c == '!')
			while (at < end && !is_blank(f->text[at]) && f->text[at] != '\n')
				at++;
		else
			break;
	}
	return at;
}

static uint32_t plus(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* ---- nodes -------------------------------------------------------------------------------- */

static struct layout_node *read_node(struct reading *g, const yaml_event_t *ev, unsigned depth);

static bool next_event(struct reading *g, yaml_event_t *ev)
{
	memset(ev, 0, sizeof(*ev));
	return yaml_parser_parse(&g->r->parser, ev);
}

static struct layout_node *node_new(struct reading *g, const yaml_event_t *ev)
{
	struct layout_node *n = arena_alloc(g->r->arena, sizeof(*n));

	n->start = yaml_text_offset(g->r, &ev->start_mark);
	n->end = yaml_text_offset(g->r, &ev->end_mark);
	n->props = "";
	return n;
}

static struct layout_node *read_scalar(struct reading *g, const yaml_event_t *ev)
{
	struct layout_node *n = node_new(g, ev);
	const yaml_char_t *tag = ev->data.scalar.tag;
	uint32_t start = n->start, from;
	yaml_scalar_style_t style = ev->data.scalar.style;

	n->props = props_of(g->r->arena, ev->data.scalar.anchor, tag);
	from = *n->props ? behind_props(g->out->source, start, n->end) : start;
	if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
		read_block(g, n, ev, from);
	else if (!ev->data.scalar.length && style == YAML_PLAIN_SCALAR_STYLE)
		set_text(n, !tag || !strcmp((const char *)tag, YAML_NULL_TAG) ? "" : "\"\"");
	else
		read_flow_scalar(g, n, ev, from);
	n->start = start;
	if (n->kind == LAYOUT_SCALAR)
		n->width = plus(n->width, (uint32_t)strlen(n->props) + !!*n->props);
	return n;
}

static bool is_nothing(const struct layout_node *n)
{
	return n->kind == LAYOUT_SCALAR && !*n->text;
}

static void add_kid(struct reading *g, struct layout_node *n, struct layout_node *kid)
{
	n->kids =
		arena_grow(g->r->arena, n->kids, n->count, &n->room, sizeof(struct layout_node *));
	n->kids[n->count++] = kid;
	n->width = plus(n->width, plus(kid->width, is_nothing(kid) ? 6 : 2)); /* "null, " */
}

/* The column of a list's dashes: libyaml gives the place of its properties, where it has some. */
static uint32_t list_column(const struct source *f, uint32_t start, uint32_t kid)
{
	uint32_t at = kid;

	while (at > start && (is_blank(f->text[at - 1]) || f->text[at - 1] == '\n'))
		at--;
	if (at > start && f->text[at - 1] == '-')
		start = at - 1;
	return start - line_start(f, start);
}

static void find_column(struct reading *g, struct layout_node *n, uint32_t first)
{
	const struct source *f = g->out->source;

	if (n->flow)
		n->column = g->column;
	else if (n->kind == LAYOUT_LIST)
		n->column = *n->props ? list_column(f, n->start, first)
				      : n->start - line_start(f, n->start);
	else
		n->column = first - line_start(f, first);
	g->column = n->column;
}

static void read_collection(struct reading *g, struct layout_node *n, yaml_event_type_t end,
			    unsigned depth)
{
	uint32_t outer = g->column, last = n->end;
	yaml_event_t ev;

	while (next_event(g, &ev) && ev.type != end) {
		if (!n->count)
			find_column(g, n, yaml_text_offset(g->r, &ev.start_mark));
		add_kid(g, n, read_node(g, &ev, depth + 1));
		last = n->kids[n->count - 1]->end;
		yaml_event_delete(&ev);
	}
	n->end = n->flow ? yaml_text_offset(g->r, &ev.end_mark) : last;
	yaml_event_delete(&ev);
	g->column = outer;
}

static struct layout_node *read_node(struct reading *g, const yaml_event_t *ev, unsigned depth)
{
	struct layout_node *n;

	if (ev->type == YAML_SCALAR_EVENT)
		return read_scalar(g, ev);
	n = node_new(g, ev);
	if (ev->type == YAML_MAPPING_START_EVENT && depth <= YAML_MAX_DEPTH) {
		n->kind = LAYOUT_MAP;
		n->flow = ev->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
		n->props = props_of(g->r->arena, ev->data.mapping_start.anchor,
				    ev->data.mapping_start.tag);
		n->width = 2 + (uint32_t)strlen(n->props);
		read_collection(g, n, YAML_MAPPING_END_EVENT, depth);
	} else if (ev->type == YAML_SEQUENCE_START_EVENT && depth <= YAML_MAX_DEPTH) {
		n->kind = LAYOUT_LIST;
		n->flow = ev->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
		n->props = props_of(g->r->arena, ev->data.sequence_start.anchor,
				    ev->data.sequence_start.tag);
		n->width = 2 + (uint32_t)strlen(n->props);
		read_collection(g, n, YAML_SEQUENCE_END_EVENT, depth);
	} else {
		set_text(n, arena_strndup(g->r->arena, g->out->source->text + n->start,
					  n->end - n->start));
	}
	return n;
}

static void read_document(struct reading *g, const yaml_event_t *start)
{
	const yaml_version_directive_t *version = start->data.document_start.version_directive;
	struct layout *out = g->out;
	struct layout_document doc = {.start = yaml_text_offset(g->r, &start->start_mark)};
	yaml_event_t ev;

	doc.end = start->data.document_start.implicit ? doc.start
						      : yaml_text_offset(g->r, &start->end_mark);
	doc.major = version ? version->major : 0;
	doc.minor = version ? version->minor : 0;
	g->column = 0;
	if (next_event(g, &ev))
		doc.root = read_node(g, &ev, 0);
	yaml_event_delete(&ev);
	out->docs = arena_grow(out->arena, out->docs, out->count, &out->room, sizeof(doc));
	if (doc.root)
		out->docs[out->count++] = doc;
}

void yaml_layout_read(struct arena *a, const struct sources *s, uint32_t file, struct layout *out)
{
	struct diags none = {.arena = a, .sources = s};
	struct reading g = {.r = yaml_reader_open(a, &none, s, file), .out = out};
	yaml_event_type_t type;
	yaml_event_t ev;

	*out = (struct layout){.arena = a, .source = sources_get(s, file)};
	if (!g.r)
		return;
	find_comments(g.r, &out->comments);
	yaml_reader_restart(g.r);
	do {
		if (!next_event(&g, &ev))
			break;
		type = ev.type;
		if (type == YAML_DOCUMENT_START_EVENT)
			read_document(&g, &ev);
		yaml_event_delete(&ev);
	} while (type != YAML_STREAM_END_EVENT);
	yaml_parser_delete(&g.r->parser);
}
