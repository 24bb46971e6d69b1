// SPDX-License-Identifier: Apache-2.0
/*
 * The cursor in YAML: told by lines and their indentation, because a line that is being written is
 * seldom YAML yet. Mappings in braces are understood within a line.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "cursor.h"

enum { LEVELS_MAX = 32, LINES_MAX = 20000, FLOW_MAX = 16 };

/* What a line begins with: dashes, and perhaps a key. */
struct yaml_line {
	size_t start, end; /* bytes of the text */
	size_t dashes[8];  /* columns */
	size_t dash_count;
	size_t column;	/* of what stands behind them */
	size_t key_len; /* 0: it is no key */
	bool blank;
};

/* A key above the cursor, and where the mapping or list below it is. */
struct level {
	const char *key;
	size_t line;   /* the first of the mapping */
	size_t column; /* of its keys */
};

struct walk {
	struct arena *arena;
	const struct source *f;
	struct cursor *c;
	struct level levels[LEVELS_MAX]; /* innermost first */
	size_t count;
	size_t line; /* of the cursor */
};

/* ---- lines ------------------------------------------------------------------------------ */

static size_t line_end(const struct source *f, size_t line)
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
static size_t key_length(const char *s, const char *end)
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

static struct yaml_line read_line(const struct source *f, size_t line, size_t limit)
{
	struct yaml_line out = {.start = f->lines[line], .end = line_end(f, line)};
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
		out.key_len = key_length(f->text + i, f->text + out.end);
	return out;
}

static const char *unquoted(struct arena *a, const char *s, size_t len)
{
	bool quotes = len >= 2 && (*s == '"' || *s == '\'') && s[len - 1] == *s;

	return arena_strndup(a, s + quotes, len - 2 * (size_t)quotes);
}

static const char *key_of(struct walk *w, const struct yaml_line *l)
{
	return unquoted(w->arena, w->f->text + l->start + l->column, l->key_len);
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
	struct yaml_line l = read_line(w->f, line, w->f->size);

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

static void add_sibling(struct walk *w, const char *key, const char *value, size_t len, size_t at)
{
	struct cursor *c = w->c;
	struct sibling *s;

	c->siblings = arena_grow(w->arena, c->siblings, c->sibling_count, &c->sibling_room,
				 sizeof(*c->siblings));
	s = &c->siblings[c->sibling_count++];
	s->key = key;
	s->value = unquoted(w->arena, value, len);
	s->at = (struct span){c->word.file, (uint32_t)at, (uint32_t)(at + len)};
}

static void add_entry(struct walk *w, const struct yaml_line *l)
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
	add_sibling(w, key_of(w, l), s, end > s ? (size_t)(end - s) : 0, (size_t)(s - w->f->text));
}

/* Calls for each key of the mapping whose first line and column are these. */
static void each_entry(struct walk *w, size_t first, size_t column, size_t without,
		       void (*take)(struct walk *, const struct yaml_line *))
{
	for (size_t line = first; line < w->f->line_count && line - first < LINES_MAX; line++) {
		struct yaml_line l = read_line(w->f, line, w->f->size);

		if (l.blank)
			continue;
		if (line > first && (l.column < column || (l.dash_count && l.dashes[0] < column)))
			return;
		if (line != without && l.key_len && l.column == column)
			take(w, &l);
	}
}

/* ---- the hook --------------------------------------------------------------------------- */

static void take_hook_key(struct walk *w, const struct yaml_line *l)
{
	struct hook_at *h = &w->c->hook;
	const char *key = key_of(w, l);
	struct sibling *s;

	add_entry(w, l);
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

/* Kprobes are of system calls unless they say otherwise. */
static void find_hook(struct walk *w)
{
	for (size_t i = 0; i < w->count; i++)
		for (unsigned kind = 0; kind < HOOK_KINDS; kind++) {
			if (kind == HOOK_RAW_TRACEPOINT ||
			    strcmp(w->levels[i].key, hook_section(kind)))
				continue;
			w->c->hook = (struct hook_at){.is_hook = true,
						      .kind = kind,
						      .syscall = kind == HOOK_KPROBE ||
								 kind == HOOK_FENTRY};
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

/* Braces and brackets that are open on the line, and the keys that they belong to. */
struct flow {
	const char *keys[FLOW_MAX]; /* of the mappings, outermost first; NULL: a list's item */
	char kinds[FLOW_MAX];
	size_t from[FLOW_MAX]; /* bytes: where each starts */
	size_t depth;
	const char *key; /* whose value is being written; NULL: none */
	bool quoted, bad;
};

static const char *flow_string(struct flow *fl, const char *s, const char *end)
{
	const char *close = memchr(s + 1, *s, (size_t)(end - s - 1));

	fl->quoted = !close;
	return close ? close + 1 : end;
}

static const char *flow_word(struct walk *w, struct flow *fl, const char *s, const char *end)
{
	const char *from = s;
	size_t len = key_length(s, end);

	if (len && fl->depth && fl->kinds[fl->depth - 1] == '{') {
		fl->key = unquoted(w->arena, s, len);
		return s + len + 1;
	}
	if (*s == '"' || *s == '\'')
		return flow_string(fl, s, end);
	while (s < end && !strchr("{}[],", *s))
		s++;
	return s > from ? s : s + 1;
}

static const char *flow_sign(struct flow *fl, const char *s, size_t at)
{
	switch (*s) {
	case '{':
	case '[':
		if (fl->depth == FLOW_MAX) {
			fl->bad = true;
			return s + 1;
		}
		fl->keys[fl->depth] = fl->key;
		fl->from[fl->depth] = at;
		fl->kinds[fl->depth++] = *s;
		if (*s == '{')
			fl->key = NULL;
		break;
	case '}':
	case ']':
		fl->key = fl->depth ? fl->keys[--fl->depth] : NULL;
		break;
	default: /* , */
		if (fl->depth && fl->kinds[fl->depth - 1] == '{')
			fl->key = NULL;
	}
	return s + 1;
}

static void read_flow(struct walk *w, struct flow *fl, const char *s, const char *end)
{
	while (s < end) {
		if (*s == ' ')
			s++;
		else if (strchr("{}[],", *s))
			s = flow_sign(fl, s, (size_t)(s - w->f->text));
		else
			s = flow_word(w, fl, s, end);
	}
}

/* The entries of the mapping in braces that the cursor is in, for what stands beside it. */
static void add_flow_siblings(struct walk *w, const struct flow *fl, size_t end)
{
	const char *s = w->f->text + fl->from[fl->depth - 1] + 1;
	const char *stop = w->f->text + end;

	while (s < stop && *s != '}') {
		size_t len, value;
		const char *key;

		while (s < stop && (*s == ' ' || *s == ','))
			s++;
		len = key_length(s, stop);
		if (!len)
			return;
		key = unquoted(w->arena, s, len);
		s += len + 1;
		while (s < stop && *s == ' ')
			s++;
		value = (size_t)(s - w->f->text);
		while (s < stop && *s != ',' && *s != '}')
			s++;
		add_sibling(w, key, w->f->text + value, (size_t)(s - w->f->text) - value, value);
	}
}

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
	add_entry(w, l);
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
		struct yaml_line above = read_line(w->f, line, w->f->size);

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
	struct walk w = {.arena = a, .f = f, .c = c, .line = source_line(f, c->word.start)};
	struct yaml_line l = read_line(f, w.line, c->word.start);
	const char *s = f->text + l.start + l.column, *end = f->text + c->word.start;
	const char *block_key = l.key_len ? key_of(&w, &l) : NULL;
	struct flow fl = {.depth = 0};

	climb(&w, &l);
	find_hook(&w);
	if (block_key)
		s += l.key_len + 1;
	if (is_comment(s, end))
		return;
	read_flow(&w, &fl, s, end);
	if (fl.bad)
		return;
	if (!block_key && !fl.depth && at_item(&w, &l)) {
		c->quoted = fl.quoted;
		if (w.count)
			each_entry(&w, w.levels[0].line, w.levels[0].column, w.line, take_sibling);
		return;
	}
	at_value(&w, &fl, block_key);
	if (fl.depth && fl.kinds[fl.depth - 1] == '{')
		add_flow_siblings(&w, &fl, line_end(f, w.line));
	else
		each_entry(&w, mapping_start(&w, &l), l.column, w.line, take_sibling);
}
