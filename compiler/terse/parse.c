// SPDX-License-Identifier: Apache-2.0
/* The terse language: from text to the tree, and messages about what does not fit the grammar. */
#include <stdarg.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/base/utf8.h"
#include "compiler/diag/diag.h"
#include "lex.h"

/* ---- nodes ------------------------------------------------------------------------------ */

struct span terse_join(struct span a, struct span b)
{
	if (!a.end)
		return b;
	if (b.end > a.end)
		a.end = b.end;
	if (b.end && b.start < a.start)
		a.start = b.start;
	return a;
}

static struct terse_node *new_node(struct terse_parser *p, enum terse_kind kind)
{
	struct terse_node *n = arena_alloc(p->arena, sizeof(*n));

	n->kind = kind;
	p->too_large |= ++p->nodes > TERSE_MAX_NODES;
	return n;
}

struct terse_node *terse_leaf(struct terse_parser *p, enum terse_kind kind,
			      const struct terse_token *t)
{
	struct terse_node *n = new_node(p, kind);

	n->at = t->at;
	n->text = t->text ? t->text
			  : arena_strndup(p->arena, p->source->text + t->at.start,
					  t->at.end - t->at.start);
	n->len = t->text ? t->len : strlen(n->text);
	return n;
}

struct terse_node *terse_add(struct terse_parser *p, struct terse_node *list,
			     struct terse_node *kid)
{
	list->kids = arena_grow(p->arena, list->kids, list->count, &list->room, sizeof(kid));
	list->kids[list->count++] = kid;
	if (!kid)
		return list;
	list->at = terse_join(list->at, kid->at);
	if (list->depth <= kid->depth)
		list->depth = kid->depth + 1;
	p->too_large |= list->depth > TERSE_MAX_DEPTH;
	return list;
}

struct terse_node *terse_node(struct terse_parser *p, enum terse_kind kind, size_t count, ...)
{
	struct terse_node *n = new_node(p, kind);
	va_list kids;

	va_start(kids, count);
	while (count--)
		terse_add(p, n, va_arg(kids, struct terse_node *));
	va_end(kids);
	return n;
}

/* ---- messages --------------------------------------------------------------------------- */

void terse_mistake(struct terse_parser *p, struct span at, const char *hint, const char *text, ...)
{
	char said[512];
	struct diag *g;
	va_list args;

	p->bad = true;
	if (!p->d)
		return;
	va_start(args, text);
	vsnprintf(said, sizeof(said), text, args);
	va_end(args);
	g = diag_at(p->d, DIAG_TERSE_SYNTAX, at, "%s", said);
	if (hint)
		diag_hint(p->d, g, "%s", hint);
}

/* What people of other languages write, by the token that did not fit. */
static const struct {
	const char *word, *hint;
} lessons[] = {
	{"if", "a rule is CONDITION => ACTION, ..."},
	{"then", "a rule is CONDITION => ACTION, ..."},
	{"else", "rules are tried in their order; `default => ...` is the last of them"},
	{"xor", "there are `and`, `or` and `not`"},
	{"startswith", "the word for this is `starts`"},
	{"endswith", "the word for this is `ends`"},
	{"like", "the words for this are `matches`, `starts`, `ends` and `contains`"},
	{"post", "actions stand behind `=>`"},
	{"kill", "actions stand behind `=>`"},
	{"deny", "actions stand behind `=>`"},
	{"override", "actions stand behind `=>`"},
	{"signal", "actions stand behind `=>`"},
	{"nopost", "actions stand behind `=>`"},
};

static const char *word_lesson(const char *word)
{
	for (size_t i = 0; word && i < sizeof(lessons) / sizeof(lessons[0]); i++)
		if (!strcmp(lessons[i].word, word))
			return lessons[i].hint;
	return NULL;
}

static const char *lesson(const struct terse_parser *p, const struct terse_token *t)
{
	if (word_lesson(t->text) || word_lesson(p->before.text))
		return word_lesson(t->text) ? word_lesson(t->text) : word_lesson(p->before.text);
	if (!t->text)
		return NULL;
	if (terse_keyword(t->text, 1u << TERSE_RESERVED))
		return arena_printf(p->arena,
				    "a name of that spelling is written `%s`, with the backticks",
				    t->text);
	return NULL;
}

static const char *described(const struct terse_parser *p, const struct terse_token *t)
{
	size_t len = t->at.end - t->at.start;

	if (t->kind == 0)
		return "the end of the file";
	if (t->kind == END && p->has_ahead && p->ahead.kind == 0)
		return "the end of the file";
	if (t->kind == END)
		return "the end of the line";
	return arena_printf(p->arena, "`%.*s`", (int)(len > 60 ? 60 : len),
			    p->source->text + t->at.start);
}

void terse_unexpected(struct terse_parser *p, const struct terse_token *t,
		      const char *const *expected, int count)
{
	const char *hint = lesson(p, t), *list = NULL;
	struct span at = t->at;

	for (int i = 0; i < count && i < 5; i++)
		list = !list ? expected[i]
			     : arena_printf(p->arena, "%s%s%s", list,
					    i == count - 1 ? " or " : ", ", expected[i]);
	if ((t->kind == END || !t->kind) && at.start)
		at = (struct span){p->file, p->last_end ? p->last_end - 1 : 0, p->last_end};
	if (p->braces && (!t->kind || (t->kind == END && p->has_ahead && !p->ahead.kind)))
		terse_mistake(p, at, NULL, "the file ends, but a `}` is missing");
	else if (list && count <= 5)
		terse_mistake(p, at, hint, "%s is not expected here, but %s", described(p, t),
			      list);
	else
		terse_mistake(p, at, hint, "%s is not expected here", described(p, t));
}

/* ---- a file ----------------------------------------------------------------------------- */

/* Whether the text is UTF-8 without control characters. */
static bool check_text(struct terse_parser *p)
{
	const char *s = p->source->text;

	for (size_t i = 0, len; i < p->source->size; i += len) {
		uint32_t code;

		len = utf8_decode(s + i, p->source->size - i, &code);
		if (len && (utf8_printable(code) || strchr("\t\n\r", (int)code)) && code)
			continue;
		terse_mistake(p, (struct span){p->file, (uint32_t)i, (uint32_t)i + 1},
			      "in strings, \\x00 to \\x7f stand for such characters",
			      len ? "there is a control character here" : "this byte is no UTF-8");
		return false;
	}
	return true;
}

static void report_too_large(struct terse_parser *p)
{
	diag_at(p->d, DIAG_TERSE_TOO_LARGE, p->current.at,
		"the file holds more, or nests deeper, than tgc reads: %d levels, %d parts",
		TERSE_MAX_DEPTH, TERSE_MAX_NODES);
	p->bad = true;
}

void terse_parse(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		 struct terse_file *out)
{
	struct terse_parser p = {.arena = a, .d = d, .line = true};
	const struct source *f = sources_get(s, file);

	p.source = f;
	p.file = file;
	p.statements = terse_node(&p, T_LIST, 0);
	if (check_text(&p)) {
		if (!terse_parser_open(&p, f, file))
			terse_scanner_died("out of memory");
		terse_parse_file(&p);
		terse_parser_close(&p);
	}
	if (p.too_large) {
		report_too_large(&p);
		p.statements = terse_node(&p, T_LIST, 0);
	}
	out->statements = p.statements;
	out->bad = p.bad;
}
