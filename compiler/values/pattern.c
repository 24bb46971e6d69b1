// SPDX-License-Identifier: Apache-2.0
#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "number.h"
#include "pattern.h"

#define LENGTH_MAX 4096
#define REPEAT_MAX 1000
#define STEPS_MAX  1000000 /* of backtracking, for one name */

struct pattern {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
};

struct scan {
	struct arena *arena;
	const struct ast_str *text;
	struct value_error *error;
	size_t at;
	bool after_repeat; /* the last thing was a repetition */
};

static char ahead(const struct scan *s, size_t n)
{
	return s->at + n < s->text->len ? s->text->s[s->at + n] : 0;
}

static bool starts(const struct scan *s, const char *word)
{
	size_t len = strlen(word);

	return s->text->len - s->at >= len && !memcmp(s->text->s + s->at, word, len);
}

static bool fail(struct scan *s, size_t len, const char *why)
{
	size_t to = s->at + len < s->text->len ? s->at + len : s->text->len;

	return refuse_at(s->error, s->at, to, why);
}

static bool fail_escape(struct scan *s, const char *what)
{
	return fail(
		s, 2,
		arena_printf(s->arena, "`%s`: patterns have no %s",
			     shown(s->arena, s->text->s + s->at, s->at + 2 <= s->text->len ? 2 : 1),
			     what));
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Behind a backslash: what RE2 knows there. */
static bool scan_escape(struct scan *s, bool in_class)
{
	char c = ahead(s, 1);
	const char *end;

	if (s->at + 1 >= s->text->len)
		return fail(s, 1, "the pattern ends with a `\\`");
	if (c == 'Q' && !in_class) {
		end = memmem(s->text->s + s->at, s->text->len - s->at, "\\E", 2);
		s->at = end ? (size_t)(end - s->text->s) + 2 : s->text->len;
		return true;
	}
	if (c >= '1' && c <= '9' && !(is_octal(c) && is_octal(ahead(s, 2))))
		return fail_escape(s, "references to groups");
	if (isalpha((unsigned char)c) &&
	    !strchr(in_class ? "dDsSwWpPaftnrvx" : "AbBdDsSwWpPaftnrvxz", c))
		return fail_escape(s, "such escape");
	if (strchr("xpP", c) && c && ahead(s, 2) == '{') {
		end = memchr(s->text->s + s->at, '}', s->text->len - s->at);
		s->at = end ? (size_t)(end - s->text->s) + 1 : s->text->len;
		return true;
	}
	if (c == 'x' &&
	    !(isxdigit((unsigned char)ahead(s, 2)) && isxdigit((unsigned char)ahead(s, 3))))
		return fail_escape(s, "such escape: two hexadecimal digits follow it");
	s->at += 2;
	return true;
}

/* A class in brackets, with its [:names:]. */
static bool scan_class(struct scan *s)
{
	size_t start = s->at, close;
	const char *end;

	s->at += ahead(s, 1) == '^' ? 2 : 1;
	if (ahead(s, 0) == ']')
		s->at++;
	while (s->at < s->text->len && ahead(s, 0) != ']') {
		if (starts(s, "[:")) {
			end = memmem(s->text->s + s->at, s->text->len - s->at, ":]", 2);
			close = end ? (size_t)(end - s->text->s) + 2 : s->at + 1;
			s->at = close;
		} else if (starts(s, "[.") || starts(s, "[=")) {
			return fail(s, 2, "patterns have no collating elements");
		} else if (ahead(s, 0) == '\\') {
			if (!scan_escape(s, true))
				return false;
		} else {
			s->at++;
		}
	}
	if (s->at >= s->text->len) {
		s->at = start;
		return fail(s, 1, "a `[` is not closed");
	}
	s->at++;
	return true;
}

/* What stands behind `(?`. */
static bool scan_group(struct scan *s)
{
	static const struct {
		const char *start, *what;
	} missing[] = {
		{"(*", "verbs"},
		{"(?=", "lookahead"},
		{"(?!", "lookahead"},
		{"(?<=", "lookbehind"},
		{"(?<!", "lookbehind"},
		{"(?>", "atomic groups"},
		{"(?|", "numbered alternatives"},
		{"(?#", "comments"},
		{"(?(", "conditions"},
		{"(?R", "recursion"},
		{"(?&", "recursion"},
		{"(?P>", "recursion"},
		{"(?P=", "references to groups"},
		{"(?C", "callouts"},
		{"(?'", "names in quotes"},
	};
	size_t len;

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		if (starts(s, missing[i].start))
			return fail(s, strlen(missing[i].start),
				    arena_printf(s->arena, "`%s`: patterns have no %s",
						 missing[i].start, missing[i].what));
	s->at++;
	if (ahead(s, 0) != '?')
		return true;
	if (starts(s, "?P<") || starts(s, "?<")) {
		s->at += 2;
		return true;
	}
	len = 1 + strspn(s->text->s + s->at + 1, "imsU-");
	if (ahead(s, len) != ':' && ahead(s, len) != ')')
		return fail(s, len + 1, "the flags of a group are i, m, s and U");
	s->at += ahead(s, len) == ':' ? len + 1 : len;
	return true;
}

/* {N}, {N,} or {N,M} at this place: its length, or 0 when the brace is an ordinary one. */
static size_t repeat_length(const struct scan *s, bool *large)
{
	struct number n[2];
	size_t open = s->at + 1, to = open, comma = 0;
	const char *t = s->text->s;

	while (to < s->text->len && (isdigit((unsigned char)t[to]) || (t[to] == ',' && !comma))) {
		comma = t[to] == ',' ? to : comma;
		to++;
	}
	if (to >= s->text->len || t[to] != '}' ||
	    !number_decimal(t + open, (comma ? comma : to) - open, SIGN_NONE, &n[0]))
		return 0;
	*large = !n[0].fits || n[0].magnitude > REPEAT_MAX;
	if (comma && number_decimal(t + comma + 1, to - comma - 1, SIGN_NONE, &n[1]))
		*large |= !n[1].fits || n[1].magnitude > REPEAT_MAX;
	return to + 1 - s->at;
}

static bool scan_repeat(struct scan *s, size_t len)
{
	if (s->after_repeat)
		return fail(s, len, "a repetition cannot be repeated, or made possessive");
	s->at += len;
	if (ahead(s, 0) == '?')
		s->at++;
	s->after_repeat = true;
	return true;
}

static bool scan_one(struct scan *s)
{
	char c = ahead(s, 0);
	bool large = false;
	size_t len = strchr("*+?", c) && c ? 1 : c == '{' ? repeat_length(s, &large) : 0;

	if (large)
		return fail(s, len,
			    arena_printf(s->arena, "patterns repeat %d times at most", REPEAT_MAX));
	if (len)
		return scan_repeat(s, len);
	s->after_repeat = false;
	switch (c) {
	case '\\':
		return scan_escape(s, false);
	case '[':
		return scan_class(s);
	case '(':
		return scan_group(s);
	default:
		s->at++;
		return true;
	}
}

bool pattern_is_re2(struct arena *a, const struct ast_str *text, struct value_error *e)
{
	struct scan s = {.arena = a, .text = text, .error = e};

	if (!text->len)
		return refuse(e, "an empty pattern would take every function");
	if (text->len > LENGTH_MAX)
		return refuse(e, arena_printf(a, "%zu bytes: a pattern has %d at most", text->len,
					      LENGTH_MAX));
	if (!no_nul(a, text, "a pattern", e))
		return false;
	while (s.at < text->len)
		if (!scan_one(&s))
			return false;
	return true;
}

/* ---- matching ---------------------------------------------------------------------------- */

static void refuse_code(struct arena *a, const struct ast_str *text, int code, size_t at,
			struct value_error *e)
{
	char why[120] = "";
	size_t to;

	pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
	at = at < text->len ? at : text->len;
	to = at < text->len ? at + 1 : at;
	refuse(e, arena_printf(a, "`%s` is no regular expression: %s", shown(a, text->s, text->len),
			       why));
	if (at) {
		e->from = (uint32_t)(to == at ? at - 1 : at);
		e->to = (uint32_t)to;
	}
}

struct pattern *pattern_compile(struct arena *a, const struct ast_str *text, struct value_error *e)
{
	/* In RE2, $ is the very end. */
	uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C;
	struct pattern *p;
	PCRE2_SIZE at;
	int code;

	if (!pattern_is_re2(a, text, e))
		return NULL;
	p = arena_alloc(a, sizeof(*p));
	p->code = pcre2_compile((PCRE2_SPTR)text->s, text->len, options, &code, &at, NULL);
	if (!p->code) {
		refuse_code(a, text, code, at, e);
		return NULL;
	}
	p->data = pcre2_match_data_create_from_pattern(p->code, NULL);
	p->context = pcre2_match_context_create(NULL);
	if (p->context)
		pcre2_set_match_limit(p->context, STEPS_MAX);
	if (p->data && p->context)
		return p;
	pattern_free(p);
	refuse(e, "there is no memory for the pattern");
	return NULL;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_match_data_free(p->data);
	pcre2_match_context_free(p->context);
	pcre2_code_free(p->code);
}

int pattern_match(struct pattern *p, const char *s, size_t len)
{
	int found = pcre2_match(p->code, (PCRE2_SPTR)s, len, 0, 0, p->data, p->context);

	return found >= 0 ? 1 : found == PCRE2_ERROR_NOMATCH ? 0 : -1;
}
