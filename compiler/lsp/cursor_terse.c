// SPDX-License-Identifier: Apache-2.0
/* The cursor in the terse language: what is in front of it is read, with a word put in its place.
 */
#include <string.h>
#include "cursor.h"
#include "compiler/base/arena.h"
#include "terse_tokens.h"

static const char stand_in[] = "wordatthecursor";

/* The parts of a statement in front of the cursor, as indexes of tokens; SIZE_MAX: none. */
struct scan {
	struct arena *arena;
	const struct source *f;
	const struct terse_token *v;
	size_t n; /* without the stand-in */
	size_t statement, hook, item;
	bool body;	 /* inside of { } or behind `where` */
	unsigned nested; /* ( and [ */
};

#define NONE SIZE_MAX

static bool starts_hook(int kind)
{
	switch (kind) {
	case KPROBE:
	case FENTRY:
	case SYSCALL:
	case TRACEPOINT:
	case LSM:
	case UPROBE:
	case USDT:
		return true;
	default:
		return false;
	}
}

static void scan_token(struct scan *s, size_t i)
{
	int kind = s->v[i].kind;

	s->nested += kind == '(' || kind == '[';
	s->nested -= s->nested && (kind == ')' || kind == ']');
	if (kind == END)
		s->nested = 0;
	if (s->nested)
		return;
	if (kind == '{' || (kind == WHERE && s->hook != NONE)) {
		s->body = true;
		s->item = i + 1;
	} else if (kind == '}' || (kind == END && !s->body)) {
		s->body = false;
		s->hook = NONE;
		s->statement = i + 1;
	} else if (kind == END) {
		s->item = i + 1;
	} else if (!s->body && s->hook == NONE && starts_hook(kind)) {
		s->hook = i;
	}
}

/* A body behind `where` is one rule: its end is the statement's. */
static bool is_where(const struct scan *s)
{
	return s->body && s->item && s->v[s->item - 1].kind == WHERE;
}

static void scan(struct scan *s)
{
	s->hook = NONE;
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].kind == END && is_where(s) && !s->nested)
			s->body = false;
		scan_token(s, i);
	}
}

static int kind_at(const struct scan *s, size_t i)
{
	return i < s->n ? s->v[i].kind : 0;
}

static const char *path_text(const struct scan *s, size_t from, size_t end)
{
	if (from >= end)
		return NULL;
	return arena_strndup(s->arena, s->f->text + s->v[from].at.start,
			     s->v[end - 1].at.end - s->v[from].at.start);
}

/* ---- the hook --------------------------------------------------------------------------- */

static bool ends_name(int kind)
{
	switch (kind) {
	case '(':
	case '{':
	case '@':
	case GIVES:
	case WHERE:
	case END:
		return true;
	default:
		return false;
	}
}

static enum hook_kind kind_of(int token, bool raw)
{
	switch (token) {
	case FENTRY:
		return HOOK_FENTRY;
	case TRACEPOINT:
		return raw ? HOOK_RAW_TRACEPOINT : HOOK_TRACEPOINT;
	case LSM:
		return HOOK_LSM;
	case UPROBE:
		return HOOK_UPROBE;
	case USDT:
		return HOOK_USDT;
	default:
		return HOOK_KPROBE;
	}
}

static void split_event(struct arena *a, struct hook_at *h)
{
	const char *slash = h->symbol ? strchr(h->symbol, '/') : NULL;

	if (!slash)
		return;
	h->subsystem = arena_strndup(a, h->symbol, (size_t)(slash - h->symbol));
	h->symbol = slash + 1;
}

/* `end`: the byte up to which its name may reach. */
static void find_hook(const struct scan *s, struct cursor *c, size_t limit)
{
	size_t first = s->hook, last;
	struct hook_at *h = &c->hook;

	if (first == NONE)
		return;
	h->is_hook = true;
	h->syscall = s->v[first].kind == SYSCALL;
	h->kind = kind_of(s->v[first].kind, first && s->v[first - 1].kind == RAW);
	if (s->v[first].kind == FENTRY && first + 1 < limit && s->v[first + 1].kind == SYSCALL)
		h->syscall = ++first;
	first++;
	for (last = first; last < limit && !ends_name(s->v[last].kind); last++)
		;
	if (last == first)
		return;
	h->at = terse_join(s->v[first].at, s->v[last - 1].at);
	h->symbol = last == first + 1 && s->v[first].text
			    ? s->v[first].text
			    : arena_strndup(s->arena, s->f->text + h->at.start,
					    h->at.end - h->at.start);
	if (h->kind == HOOK_TRACEPOINT || h->kind == HOOK_RAW_TRACEPOINT)
		split_event(s->arena, h);
}

/* [NAME =] PATH [: TYPE], from the token `i` on. */
static void list_param(const struct scan *s, struct cursor *c, size_t i)
{
	struct listed out = {.name = NULL};
	size_t from;

	if (kind_at(s, i) != NAME)
		return;
	if (kind_at(s, i + 1) == '=') {
		out.name = s->v[i].text;
		i += 2;
	}
	for (from = i; kind_at(s, i) == NAME && kind_at(s, i + 1) == '.'; i += 2)
		;
	if (kind_at(s, i) != NAME)
		return;
	out.path = path_text(s, from, i + 1);
	if (!out.name)
		out.name = out.path;
	if (kind_at(s, i + 1) == ':' && kind_at(s, i + 2) == NAME)
		out.type = s->v[i + 2].text;
	c->listed = arena_grow(s->arena, c->listed, c->listed_count, &c->listed_room,
			       sizeof(*c->listed));
	c->listed[c->listed_count++] = out;
}

static void list_params(const struct scan *s, struct cursor *c)
{
	size_t i = s->hook;
	unsigned depth = 0;

	while (i < s->n && s->v[i].kind != '(' && s->v[i].kind != '{' && s->v[i].kind != WHERE)
		i++;
	if (kind_at(s, i) != '(')
		return;
	for (; i < s->n; i++) {
		int kind = s->v[i].kind;

		depth += kind == '(' || kind == '[' || kind == '{';
		depth -= depth && (kind == ')' || kind == ']' || kind == '}');
		if (!depth)
			return;
		if (depth == 1 && (kind == '(' || kind == ','))
			list_param(s, c, i + 1);
	}
}

/* ---- what stands in front --------------------------------------------------------------- */

static bool compares(int kind)
{
	switch (kind) {
	case EQ:
	case NE:
	case LE:
	case GE:
	case '<':
	case '>':
	case '&':
	case IN:
	case UNDER:
	case STARTS:
	case ENDS:
	case CONTAINS:
	case ICONTAINS:
	case MATCHES:
		return true;
	default:
		return false;
	}
}

/* The first token of the path of names that ends before `end`; `end`: there is none. */
static size_t path_start(const struct scan *s, size_t end, size_t first)
{
	size_t i = end;

	while (i > first) {
		if (kind_at(s, i - 1) == ']') {
			while (i > first && kind_at(s, i - 1) != '[')
				i--;
			i -= i > first;
			continue;
		}
		if (kind_at(s, i - 1) != NAME)
			break;
		i--;
		if (i <= first || kind_at(s, i - 1) != '.')
			return i;
		i--;
	}
	return end;
}

static bool starts_condition(int kind)
{
	return kind == AND || kind == OR || kind == NOT || kind == '(' || kind == WHERE ||
	       kind == ':' || kind == END || kind == '{' || kind == '=';
}

/* Behind a comparison, or a value of one. False: there is no comparison. */
static bool in_values(const struct scan *s, struct cursor *c, size_t first)
{
	size_t i = s->n, end;
	int last = kind_at(s, s->n - 1);

	if (!compares(last) && last != ',' && last != '|' && last != DOTS && last != '(')
		return false;
	while (i > first && !compares(kind_at(s, i - 1)) && !starts_condition(kind_at(s, i - 1)))
		i--;
	if (i > first && kind_at(s, i - 1) == '(')
		i--; /* in ( ... */
	if (i <= first || !compares(kind_at(s, i - 1)))
		return false;
	end = i - 1;
	end -= end > first && kind_at(s, end - 1) == NOT;
	c->place = PLACE_VALUE;
	c->path = path_text(s, path_start(s, end, first), end);
	return true;
}

/* In a condition that starts at the token `first`. */
static void in_condition(const struct scan *s, struct cursor *c, size_t first)
{
	size_t end = s->n, from;
	int last = kind_at(s, s->n - 1);

	if (s->n <= first) {
		c->place = first == s->item ? PLACE_RULE : PLACE_CONDITION;
		return;
	}
	if (in_values(s, c, first))
		return;
	if (last == '.' || last == '@') {
		c->path = path_text(s, path_start(s, end - 1, first), end - 1);
		c->place = last == '@' ? PLACE_ESCAPE : c->path ? PLACE_MEMBER : PLACE_NONE;
		return;
	}
	if (last == NOT && end > first + 1 && kind_at(s, end - 2) == NAME)
		end--; /* x not in */
	else if (starts_condition(last)) {
		c->place = PLACE_CONDITION;
		return;
	}
	from = path_start(s, end, first);
	c->place = from < end && (from == first || starts_condition(kind_at(s, from - 1)))
			   ? PLACE_OPERATOR
			   : PLACE_AFTER;
	if (last == IS)
		c->place = PLACE_OPERATOR;
	if (c->place == PLACE_OPERATOR)
		c->path = path_text(s, from, end);
}

static void in_item(const struct scan *s, struct cursor *c)
{
	size_t does = NONE, action = NONE;

	for (size_t i = s->item; i < s->n; i++) {
		if (s->v[i].kind == DOES)
			does = action = i + 1;
		else if (s->v[i].kind == ',' && does != NONE)
			action = i + 1;
	}
	if (does == NONE) {
		int first = kind_at(s, s->item);

		if (first != MESSAGE && first != TAGS)
			in_condition(s, c, s->item);
		return;
	}
	c->place = action == s->n ? PLACE_ACTION : PLACE_ACTION_WORD;
	if (action < s->n)
		c->path = s->v[action].text;
}

static void in_params(const struct scan *s, struct cursor *c)
{
	switch (kind_at(s, s->n - 1)) {
	case '(':
	case ',':
	case '=':
		c->place = PLACE_ARGUMENT;
		break;
	case ':':
		c->place = PLACE_TYPE;
		break;
	case '.':
		c->path = path_text(s, path_start(s, s->n - 1, s->hook + 1), s->n - 1);
		c->place = c->path ? PLACE_MEMBER : PLACE_NONE;
		break;
	case NAME: /* buf: char_buf size LENGTH */
		if (!strcmp(s->v[s->n - 1].text, "size"))
			c->place = PLACE_ARGUMENT;
		break;
	default:
		break;
	}
}

/* Between a hook's keyword and its body. */
static void in_header(const struct scan *s, struct cursor *c)
{
	size_t i;

	if (s->nested) {
		in_params(s, c);
		return;
	}
	if (kind_at(s, s->n - 1) == GIVES) {
		c->place = PLACE_TYPE;
		return;
	}
	if (s->v[s->n - 1].text && !strcmp(s->v[s->n - 1].text, "list")) {
		c->place = PLACE_LIST_NAME;
		return;
	}
	for (i = s->hook; i < s->n && !ends_name(s->v[i].kind); i++)
		;
	if (i < s->n) {
		c->place = PLACE_AFTER;
		return;
	}
	c->place = PLACE_HOOK;
}

/* `when kernel has NAME, NAME and lacks NAME`, from its first token on. */
static void in_when(const struct scan *s, struct cursor *c, size_t first)
{
	static const enum place_kind places[] = {PLACE_NEED, PLACE_NEED, PLACE_KERNEL_NAME,
						 PLACE_STATEMENT};
	size_t next = 0; /* of these */

	for (size_t i = first + 1; i < s->n; i++) {
		if (next < 3)
			next++;
		else
			next = kind_at(s, i) == ',' ? 2 : kind_at(s, i) == AND ? 1 : 3;
	}
	c->place = places[next];
	c->path = next ? "has" : "kernel";
}

static void in_statement(const struct scan *s, struct cursor *c)
{
	int first = kind_at(s, s->statement), last = kind_at(s, s->n - 1);
	bool later = first == OPTIONAL && kind_at(s, s->statement + 1) == WHEN;

	if (s->n > s->statement && (first == WHEN || later)) {
		in_when(s, c, s->statement + later);
		return;
	}
	if (s->n <= s->statement || first == OPTIONAL || first == RAW) {
		c->place = PLACE_STATEMENT;
		return;
	}
	switch (first) {
	case MACRO:
		if (s->n > s->statement + 2)
			in_condition(s, c, s->statement + 3);
		break;
	case LET:
	case PARAM:
		if (last == '=' || last == ',' || last == '|')
			c->place = PLACE_VALUE;
		break;
	case LIST:
		if (last == ':')
			c->place = PLACE_LIST_TYPE;
		break;
	case MODE:
		c->place = PLACE_MODE;
		break;
	case FOR:
		if (last == FOR)
			c->place = PLACE_FOR;
		break;
	case OPTION:
		if (last == OPTION)
			c->place = PLACE_OPTION;
		break;
	default:
		break;
	}
}

/* The word of a hook has slashes and dots as well: "sched/sched_process_exec". */
static void widen(const struct scan *s, struct cursor *c)
{
	size_t first = s->hook + 1;

	if (kind_at(s, first) == SYSCALL)
		first++;
	if (first >= s->n || s->v[first].at.start >= c->word.start)
		return;
	c->typed = arena_printf(s->arena, "%.*s%s", (int)(c->word.start - s->v[first].at.start),
				s->f->text + s->v[first].at.start, c->typed);
	c->text = arena_strndup(s->arena, s->f->text + s->v[first].at.start,
				c->word.end - s->v[first].at.start);
	c->word.start = s->v[first].at.start;
}

/* The rest of the name that the cursor is in. */
static void name_hook(struct arena *a, struct cursor *c)
{
	if (c->place != PLACE_HOOK)
		return;
	c->hook.symbol = c->text;
	c->hook.at = c->word;
	c->hook.subsystem = NULL;
	if (c->hook.kind == HOOK_TRACEPOINT || c->hook.kind == HOOK_RAW_TRACEPOINT)
		split_event(a, &c->hook);
}

void cursor_terse(struct arena *a, const struct source *f, struct cursor *c)
{
	const char *text = arena_printf(a, "%.*s%s", (int)c->word.start, f->text, stand_in);
	struct terse_tokens t = terse_tokens(a, c->word.file, text, strlen(text));
	struct scan s = {.arena = a, .f = f, .v = t.v, .n = t.n};

	while (s.n && s.v[s.n - 1].kind == END)
		s.n--;
	if (!s.n || !s.v[s.n - 1].text || strcmp(s.v[s.n - 1].text, stand_in) ||
	    s.v[s.n - 1].kind == STRING)
		return; /* in a comment or a string */
	s.n--;
	scan(&s);
	find_hook(&s, c, s.n);
	list_params(&s, c);
	if (s.body && s.hook != NONE)
		in_item(&s, c);
	else if (s.hook != NONE)
		in_header(&s, c);
	else
		in_statement(&s, c);
	if (c->place == PLACE_HOOK)
		widen(&s, c);
	name_hook(a, c);
}
