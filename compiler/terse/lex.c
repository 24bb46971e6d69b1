// SPDX-License-Identifier: Apache-2.0
/* The terse language: tokens, where statements end, and mistakes in the spelling. */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/base/utf8.h"
#include "compiler/diag/diag.h"
#include "lex.h"

static const struct keyword {
	int token;
	enum terse_place place;
	const char *text;
} keywords[] = {
#define KEYWORD(token, text, place) {token, TERSE_##place, text},
#include "grammar/terse-keywords.def"
};

#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

int terse_keyword(const char *text, unsigned places)
{
	for (size_t i = 0; i < KEYWORDS; i++)
		if (places & 1u << keywords[i].place && *keywords[i].text == *text &&
		    !strcmp(keywords[i].text, text))
			return keywords[i].token;
	return 0;
}

const char *terse_keyword_text(int token)
{
	for (size_t i = 0; i < KEYWORDS; i++)
		if (keywords[i].token == token)
			return keywords[i].text;
	return NULL;
}

/* ---- what the scanner calls ------------------------------------------------------------ */

void terse_place_token(struct terse_parser *p, struct terse_token *t, size_t len)
{
	*t = (struct terse_token){.at = {p->file, p->pos, p->pos + (uint32_t)len},
				  .line_before = p->line};
	p->pos += (uint32_t)len;
}

void terse_comment(struct terse_parser *p, struct terse_token *t)
{
	if (p->seen)
		p->seen(p->seen_data, t, true);
}

void terse_slashes(struct terse_parser *p, struct terse_token *t)
{
	terse_mistake(p, (struct span){p->file, t->at.start, t->at.start + 2}, "# ...",
		      "comments start with `#`");
	terse_comment(p, t);
}

_Noreturn void terse_scanner_died(const char *why)
{
	fprintf(stderr, "tgc: the scanner: %s\n", why);
	exit(3); /* EXIT_ENVIRONMENT: it is out of memory */
}

int terse_word(struct terse_parser *p, struct terse_token *t, int kind, const char *s, size_t len)
{
	t->text = arena_strndup(p->arena, s, len);
	t->len = len;
	return kind;
}

int terse_sign(struct terse_token *t, int kind)
{
	(void)t;
	return kind;
}

/* The bytes of an escape behind the backslash; 0: there is no such escape. */
static size_t unescape(const char *s, size_t left, char *out)
{
	static const char from[] = "nrt\"\\0", to[] = "\n\r\t\"\\";
	const char *found = memchr(from, *s, sizeof(from) - 1);
	char hex[3] = {0};

	if (found) {
		*out = to[found - from];
		return 1;
	}
	if (*s != 'x' || left < 3 || strspn(s + 1, "0123456789abcdefABCDEF") < 2 || s[1] > '7')
		return 0; /* \\x80 and above would be no UTF-8 */
	memcpy(hex, s + 1, 2);
	*out = (char)strtoul(hex, NULL, 16);
	return 3;
}

/* The text between quotes; what is wrong with it is said. */
static void decode(struct terse_parser *p, struct terse_token *t, const char *s, size_t len)
{
	char *out = arena_alloc(p->arena, len + 1);
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		size_t took;

		if (s[i] != '\\' || i + 1 >= len) {
			out[used++] = s[i];
			continue;
		}
		took = unescape(s + i + 1, len - i - 1, out + used);
		if (!took)
			terse_mistake(p,
				      (struct span){p->file, t->at.start + 1 + (uint32_t)i,
						    t->at.start + 3 + (uint32_t)i},
				      "\\\\ is a backslash; there are \\n \\r \\t \\\" \\0 and "
				      "\\x00 to \\x7f",
				      "there is no such escape");
		used++;
		i += took ? took : 1;
	}
	t->text = out;
	t->len = used;
}

int terse_string(struct terse_parser *p, struct terse_token *t, const char *s, size_t len)
{
	decode(p, t, s + 1, len - 2);
	return STRING;
}

int terse_open_string(struct terse_parser *p, struct terse_token *t, const char *s, size_t len)
{
	terse_mistake(p, (struct span){p->file, t->at.start, t->at.start + 1},
		      "a string ends on the line where it starts; \\n is a line break in it",
		      "the string has no end");
	decode(p, t, s + 1, len - 1);
	return STRING;
}

int terse_single_quotes(struct terse_parser *p, struct terse_token *t, const char *s, size_t len)
{
	terse_word(p, t, STRING, s + 1, len - 2);
	terse_mistake(p, t->at, arena_printf(p->arena, "\"%.100s\"", t->text),
		      "strings have double quotes");
	return STRING;
}

int terse_backticks(struct terse_parser *p, struct terse_token *t, const char *s, size_t len)
{
	t->quoted = true;
	if (len == 2)
		terse_mistake(p, t->at, NULL, "a name between backticks is empty");
	return terse_word(p, t, NAME, s + 1, len - 2);
}

int terse_bad_number(struct terse_parser *p, struct terse_token *t, const char *s, size_t len)
{
	terse_word(p, t, NUMBER, s, len);
	terse_mistake(p, t->at, "10, 0x1f, 0b101, 0o17; a text has quotes: \"10x\"",
		      "`%.60s` is no number", t->text);
	t->text = "0";
	t->len = 1;
	return NUMBER;
}

int terse_other_sign(struct terse_parser *p, struct terse_token *t, int kind, const char *word)
{
	terse_mistake(p, t->at, word, "the word for this is `%s`", word);
	return kind;
}

void terse_strange(struct terse_parser *p, struct terse_token *t)
{
	const char *s = p->source->text + t->at.start;
	size_t left = p->source->size - t->at.start;
	char shown[12];
	unsigned columns;

	if (utf8_starts(*s) || t->at.start == 0)
		t->at.end = t->at.start + (uint32_t)utf8_show(s, left, shown, &columns);
	else
		return; /* said of its first byte */
	terse_mistake(p, t->at, "a text with such characters has quotes: \"...\"",
		      "`%s` means nothing here", shown);
}

/* ---- where statements end -------------------------------------------------------------- */

/* A line that ends with one of these goes on. */
static bool is_open(int token)
{
	switch (token) {
	case 0:
	case END:
	case '{':
	case ',':
	case DOES:
	case GIVES:
	case EQ:
	case NE:
	case LE:
	case GE:
	case '=':
	case '<':
	case '>':
	case '&':
	case '|':
	case ':':
	case AND:
	case OR:
	case NOT:
	case IN:
	case IS:
	case UNDER:
	case STARTS:
	case ENDS:
	case CONTAINS:
	case ICONTAINS:
	case MATCHES:
	case WHERE:
		return true;
	default:
		return false;
	}
}

/* A line that starts with one of these continues the one before. */
static bool continues(int token)
{
	switch (token) {
	case AND:
	case OR:
	case DOES:
	case GIVES:
	case ',':
	case '{':
	case ')':
	case ']':
	case '|':
	case WHERE:
		return true;
	default:
		return false;
	}
}

/* `optional kprobe`, `optional when`, `raw tracepoint`, `fentry syscall`. */
static bool may_follow(int prefix, const char *word)
{
	int keyword = terse_keyword(word, 1u << TERSE_STATEMENT);

	return (prefix == OPTIONAL && keyword >= WHEN && keyword <= USDT) ||
	       (prefix == RAW && keyword == TRACEPOINT) || (prefix == FENTRY && keyword == SYSCALL);
}

/* Names become keywords by where they stand. */
static int classify(const struct terse_parser *p, const struct terse_token *t)
{
	bool start = !p->nested && (!p->last || p->last == END || p->last == '{' || p->last == '}');
	unsigned places = 1u << TERSE_RESERVED;
	int keyword;

	if (t->kind != NAME || t->quoted)
		return t->kind;
	if (start && p->braces)
		places |= 1u << TERSE_RULE;
	else if (!p->nested && !p->braces &&
		 (start || may_follow(p->last, t->text) || p->when == 4))
		places |= 1u << TERSE_STATEMENT;
	if (p->last == ':' && p->braces && !p->nested)
		places |= 1u << TERSE_RULE; /* LABEL: default */
	if (p->last == WHERE)
		places |= 1u << TERSE_RULE;
	if (p->last == '.' || p->last == '@')
		places = 0; /* a member, an attribute */
	keyword = terse_keyword(t->text, places);
	return keyword ? keyword : NAME;
}

static void read_ahead(struct terse_parser *p)
{
	p->ahead.kind = terse_scan(p->scanner, &p->ahead);
	p->has_ahead = true;
	if (p->ahead.kind == 0)
		p->ahead.at = (struct span){p->file, p->pos, p->pos};
	else if (p->seen)
		p->seen(p->seen_data, &p->ahead, false);
}

static bool ends_here(const struct terse_parser *p, int kind)
{
	if (kind == '}' && !p->nested && p->last && p->last != END && p->last != '{')
		return true; /* also where the line wants more: that is said then */
	if (is_open(p->last))
		return false;
	if (kind == 0)
		return true;
	if (p->nested)
		return false;
	return kind == '}' || (p->ahead.line_before && !continues(kind));
}

/* The words of `when kernel has NAME, NAME and lacks NAME`: 4 is behind a name, where a hook may
 * come. */
static unsigned when_after(unsigned when, int kind)
{
	if (kind == WHEN || kind == END || !when)
		return kind == WHEN;
	if (when < 4)
		return when + 1;
	return kind == ',' ? 3 : kind == AND ? 2 : 0;
}

/* Brackets that a broken line left open are closed at the next keyword of a statement: what
 * follows is read as if they had been. */
static void count(struct terse_parser *p, int kind)
{
	p->nested += kind == '(' || kind == '[';
	p->nested -= p->nested && (kind == ')' || kind == ']');
	if (!p->nested)
		p->braces += kind == '{';
	if (!p->nested)
		p->braces -= p->braces && kind == '}';
	p->when = when_after(p->when, kind);
}

/* A hook's keyword at the start of a line, while something is open, that no condition has. */
static bool starts_hook(const struct terse_parser *p)
{
	const struct terse_token *t = &p->ahead;
	const char *s = p->source->text;

	if (t->kind != NAME || t->quoted || !t->line_before || !(p->nested || p->braces))
		return false;
	if (t->at.start && s[t->at.start - 1] != '\n')
		return false;
	switch (terse_keyword(t->text, 1u << TERSE_STATEMENT)) {
	case POLICY:
	case KPROBE:
	case FENTRY:
	case TRACEPOINT:
	case LSM:
	case UPROBE:
	case USDT:
	case SYSCALL:
		break;
	default:
		return false;
	}
	return t->at.end < p->source->size && s[t->at.end] == ' ';
}

static void report_unclosed(struct terse_parser *p)
{
	const char *what = p->nested ? ")" : "}";

	terse_mistake(p, p->ahead.at, NULL,
		      "`%s` starts something new, but a `%s` is missing before it", p->ahead.text,
		      what);
	p->nested = 0;
}

void terse_forget_brace(struct terse_parser *p)
{
	p->braces = 0;
	p->last = '}';
}

/* Braces in the body of a hook are said to be wrong once, and passed over. */
static void skip_braces(struct terse_parser *p)
{
	while (!p->nested && p->braces &&
	       (p->ahead.kind == '{' || (p->ahead.kind == '}' && p->extra))) {
		if (p->ahead.kind == '{')
			terse_mistake(p, p->ahead.at, "CONDITION => ACTION, ...",
				      "rules have no braces");
		p->extra += p->ahead.kind == '{' ? 1 : -1;
		read_ahead(p);
	}
}

int terse_next(struct terse_parser *p, struct terse_token *out)
{
	if (!p->has_ahead)
		read_ahead(p);
	skip_braces(p);
	if (starts_hook(p)) {
		if (!p->unclosed)
			report_unclosed(p);
		p->unclosed = true;
		*out = (struct terse_token){.at = p->ahead.at};
		if (p->braces)
			out->kind = is_open(p->last) ? '}' : END;
		if (out->kind == '}')
			p->braces--;
		if (!out->kind)
			out->kind = END;
	} else if (ends_here(p, p->ahead.kind == NAME ? classify(p, &p->ahead) : p->ahead.kind)) {
		*out = (struct terse_token){.kind = END, .at = p->ahead.at};
	} else {
		*out = p->ahead;
		out->kind = out->kind == ';' ? END : classify(p, out);
		p->line = false;
		p->has_ahead = false;
		p->last_end = out->kind == END ? p->last_end : out->at.end;
		p->unclosed = false;
		count(p, out->kind);
	}
	p->last = out->kind;
	p->before = p->current;
	p->current = *out;
	return out->kind;
}
