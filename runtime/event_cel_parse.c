// SPDX-License-Identifier: Apache-2.0
/* Conditions on events: words, and a tree by recursive descent. Types: event_cel_types.c. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/event_cel_parser.h"

/* ---- refusals -------------------------------------------------------------------------------- */

uint16_t cel_refuse(struct cel_parser *p, const char *format, ...)
{
	char text[EVENT_CEL_WHY - 32];
	va_list args;

	if (p->failed)
		return 0;
	p->failed = true;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(p->why, EVENT_CEL_WHY, "at byte %zu: %s", p->from + 1, text);
	return 0;
}

static uint16_t misplaced(struct cel_parser *p, const char *wanted)
{
	if (p->token == CEL_TOKEN_END)
		return cel_refuse(p, "it ends where %s is expected", wanted);
	return cel_refuse(p, "`%.*s` stands where %s is expected", (int)(p->to - p->from),
			  p->text + p->from, wanted);
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t sign_size(const char *s, size_t left)
{
	static const char *const pairs[] = {"||", "&&", "==", "!=", "<=", ">="};

	for (size_t i = 0; left >= 2 && i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!memcmp(s, pairs[i], 2))
			return 2;
	return 1;
}

static size_t skip_space(const struct cel_parser *p, size_t at)
{
	for (; at < p->size; at++) {
		if (p->text[at] == '/' && at + 1 < p->size && p->text[at + 1] == '/')
			while (at + 1 < p->size && p->text[at] != '\n')
				at++;
		else if (!strchr(" \t\r\n\f", p->text[at]) || !p->text[at])
			break;
	}
	return at;
}

/* Behind the closing quote; 0 when there is none. */
static size_t text_end(const struct cel_parser *p, size_t at, bool raw)
{
	char quote = p->text[at++];

	while (at < p->size && p->text[at] != quote)
		at += !raw && p->text[at] == '\\' ? 2 : 1;
	return at < p->size ? at + 1 : 0;
}

static void quoted_word(struct cel_parser *p, size_t at, bool raw)
{
	size_t end = text_end(p, at, raw);

	p->token = end ? CEL_TOKEN_TEXT : CEL_TOKEN_OPEN;
	p->to = end ? end : p->size;
}

static size_t number_end(const struct cel_parser *p, size_t at)
{
	while (at < p->size &&
	       (word_byte(p->text[at]) || (p->text[at] == '.' && at + 1 < p->size &&
					   isdigit((unsigned char)p->text[at + 1]))))
		at++;
	return at;
}

static bool is_quote(const struct cel_parser *p, size_t at)
{
	return at < p->size && (p->text[at] == '"' || p->text[at] == '\'');
}

void cel_word(struct cel_parser *p)
{
	size_t at = skip_space(p, p->to);
	char c;

	p->from = p->to = at;
	p->token = CEL_TOKEN_END;
	if (at == p->size)
		return;
	c = p->text[at];
	if (is_quote(p, at)) {
		quoted_word(p, at, false);
	} else if ((c | 0x20) == 'r' && is_quote(p, at + 1)) {
		quoted_word(p, at + 1, true);
	} else if (isdigit((unsigned char)c)) {
		p->token = CEL_TOKEN_NUMBER;
		p->to = number_end(p, at);
	} else if (word_byte(c)) {
		p->token = CEL_TOKEN_NAME;
		while (p->to < p->size && word_byte(p->text[p->to]))
			p->to++;
	} else {
		p->token = CEL_TOKEN_SIGN;
		p->to = at + sign_size(p->text + at, p->size - at);
	}
}

static bool is_word(const struct cel_parser *p, const char *word)
{
	size_t size = strlen(word);

	return p->to - p->from == size && !memcmp(p->text + p->from, word, size);
}

static bool is_sign(const struct cel_parser *p, const char *sign)
{
	return p->token == CEL_TOKEN_SIGN && is_word(p, sign);
}

static bool expect(struct cel_parser *p, const char *sign)
{
	char quoted[8];

	if (is_sign(p, sign)) {
		cel_word(p);
		return true;
	}
	snprintf(quoted, sizeof(quoted), "`%s`", sign);
	misplaced(p, quoted);
	return false;
}

static struct cel_part_text word_text(const struct cel_parser *p)
{
	return (struct cel_part_text){p->text + p->from, p->to - p->from};
}

/* ---- literals -------------------------------------------------------------------------------- */

uint16_t cel_part(struct cel_parser *p, enum cel_part_kind kind, uint16_t left, uint16_t right)
{
	if (p->failed)
		return 0;
	if (p->c->count == EVENT_CEL_NODES)
		return cel_refuse(p, "it has more than %d parts", EVENT_CEL_NODES);
	p->c->parts[p->c->count] = (struct cel_part){.kind = kind, .left = left, .right = right};
	return p->c->count++;
}

static uint16_t value(struct cel_parser *p, enum cel_value_kind kind, uint64_t number)
{
	uint16_t at = cel_part(p, CEL_PART_VALUE, 0, 0);

	p->c->parts[at].type.kind = kind;
	p->c->parts[at].number = number;
	return at;
}

static bool read_digits(const char *s, size_t size, uint64_t *out)
{
	unsigned int base = size > 2 && s[0] == '0' && (s[1] | 0x20) == 'x' ? 16 : 10;

	*out = 0;
	for (size_t i = base == 16 ? 2 : 0; i < size; i++) {
		unsigned int digit = isdigit((unsigned char)s[i])
					     ? (unsigned int)(s[i] - '0')
					     : (unsigned int)((s[i] | 0x20) - 'a') + 10;

		if ((!isxdigit((unsigned char)s[i])) || digit >= base ||
		    *out > (UINT64_MAX - digit) / base)
			return false;
		*out = *out * base + digit;
	}
	return size;
}

/* `negative`: a `-` stood before it. */
static uint16_t number(struct cel_parser *p, bool negative)
{
	struct cel_part_text word = word_text(p);
	bool is_unsigned = (word.at[word.size - 1] | 0x20) == 'u';
	uint64_t n;

	if (memchr(word.at, '.', word.size))
		return cel_refuse(p, "fractions are not available: events have whole numbers only");
	if (!read_digits(word.at, word.size - is_unsigned, &n) || (is_unsigned && negative) ||
	    (!is_unsigned && n > (uint64_t)INT64_MAX + negative))
		return cel_refuse(p, "`%.*s` is no number of 64 bits", (int)word.size, word.at);
	cel_word(p);
	return value(p, is_unsigned ? CEL_VALUE_UINT : CEL_VALUE_INT, negative ? -n : n);
}

static void put(struct cel_parser *p, const void *bytes, size_t size)
{
	memcpy(p->c->texts + p->texts_used, bytes, size);
	p->texts_used += size;
}

/* A character, which is never longer in UTF-8 than as it is written. */
static bool put_character(struct cel_parser *p, uint32_t c)
{
	char out[4];
	size_t size = 0;

	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return false;
	if (c < 0x80) {
		out[size++] = (char)c;
	} else {
		unsigned int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

		out[size++] = (char)((0xf00 >> (more + 1) & 0xff) | c >> more * 6);
		while (more--)
			out[size++] = (char)(0x80 | (c >> more * 6 & 0x3f));
	}
	put(p, out, size);
	return true;
}

/* What stands behind a backslash at `at`; moves behind it. */
static bool put_escape(struct cel_parser *p, size_t *at, size_t end)
{
	static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
	char c = *at < end ? p->text[(*at)++] : '\0';
	const char *simple = c ? strchr(from, c) : NULL;
	size_t digits = (c | 0x20) == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
	uint64_t n;
	char hex[10] = "0x";

	if (simple) {
		put(p, &to[simple - from], 1);
		return true;
	}
	if (!digits || end - *at < digits)
		return false;
	memcpy(hex + 2, p->text + *at, digits);
	*at += digits;
	return read_digits(hex, digits + 2, &n) && n <= UINT32_MAX && put_character(p, (uint32_t)n);
}

static uint16_t text(struct cel_parser *p)
{
	bool raw = !is_quote(p, p->from);
	size_t at = p->from + raw + 1, end = p->to - 1, start = p->texts_used;
	uint16_t part;

	while (at < end) {
		char c = p->text[at++];

		if (c != '\\' || raw)
			put(p, &c, 1);
		else if (!put_escape(p, &at, end))
			return cel_refuse(p, "a text has an escape that is none");
	}
	part = value(p, CEL_VALUE_TEXT, 0);
	p->c->parts[part].text = (struct cel_part_text){p->c->texts + start, p->texts_used - start};
	cel_word(p);
	return part;
}

/* ---- the tree -------------------------------------------------------------------------------- */

static bool enter(struct cel_parser *p)
{
	if (++p->depth <= EVENT_CEL_DEPTH)
		return true;
	cel_refuse(p, "it is nested more than %d deep", EVENT_CEL_DEPTH);
	return false;
}

static uint16_t expression(struct cel_parser *p);

static enum cel_part_kind kind_of(const struct cel_parser *p, const struct cel_word_entry *words)
{
	for (; words->word; words++)
		if (is_word(p, words->word))
			return words->kind;
	return CEL_PART_KINDS;
}

static const struct cel_word_entry functions[] = {
#define CEL_PART_FUNCTION(name, word) {word, CEL_PART_##name},
#include "runtime/event_cel_words.def"
	{NULL, CEL_PART_KINDS}};
static const struct cel_word_entry methods[] = {
#define CEL_PART_METHOD(name, word) {word, CEL_PART_##name},
#include "runtime/event_cel_words.def"
	{NULL, CEL_PART_KINDS}};
static const struct cel_word_entry macros[] = {
#define CEL_PART_MACRO(name, word) {word, CEL_PART_##name},
#include "runtime/event_cel_words.def"
	{NULL, CEL_PART_KINDS}};

/* has(x.y): whether the member is set. */
static uint16_t has(struct cel_parser *p)
{
	uint16_t at = expression(p);

	if (p->failed || !expect(p, ")"))
		return 0;
	if (p->c->parts[at].kind != CEL_PART_FIELD)
		return cel_refuse(p, "has() takes a member, as in has(process_exec.parent)");
	p->c->parts[at].kind = CEL_PART_HAS;
	p->c->parts[at].type = (struct cel_value_type){.kind = CEL_VALUE_BOOL};
	return at;
}

/* Behind the opening parenthesis. */
static uint16_t call(struct cel_parser *p, enum cel_part_kind kind)
{
	uint16_t of = expression(p);

	if (p->failed || !expect(p, ")"))
		return 0;
	return cel_typed(p, cel_part(p, kind, of, 0));
}

static uint16_t method(struct cel_parser *p, enum cel_part_kind kind, uint16_t of)
{
	bool alone = kind == CEL_PART_SIZE_OF || kind == CEL_PART_FAMILY ||
		     kind == CEL_PART_PREFIX_LENGTH;
	uint16_t with = alone ? 0 : expression(p);

	if (p->failed || !expect(p, ")"))
		return 0;
	return cel_typed(p, cel_part(p, kind, of, with));
}

/* x.exists(name, condition) and its like. */
static uint16_t macro(struct cel_parser *p, enum cel_part_kind kind, uint16_t of)
{
	struct cel_value_type type;
	uint16_t with, at;

	if (p->token != CEL_TOKEN_NAME)
		return misplaced(p, "a name for the elements");
	if (p->bound == CEL_BOUND_MOST)
		return cel_refuse(p, "there are more than %d names for elements in each other",
				  CEL_BOUND_MOST);
	if (!cel_element(p, of, &type))
		return 0;
	p->names[p->bound] = (struct cel_bound){word_text(p), type};
	cel_word(p);
	if (!expect(p, ","))
		return 0;
	p->bound++;
	with = expression(p);
	p->bound--;
	if (p->failed || !expect(p, ")"))
		return 0;
	at = cel_typed(p, cel_part(p, kind, of, with));
	p->c->parts[at].number = p->bound;
	return at;
}

static uint16_t list(struct cel_parser *p)
{
	uint16_t first = 0, last = 0, count = 0;

	cel_word(p);
	while (!is_sign(p, "]")) {
		uint16_t at;

		if (count++ && !expect(p, ","))
			return 0;
		at = expression(p);
		if (p->failed)
			return 0;
		if (last)
			p->c->parts[last].next = at;
		else
			first = at;
		last = at;
	}
	cel_word(p);
	return cel_typed(p, cel_part(p, CEL_PART_LIST, first, 0));
}

/* A value of an enum, behind its name: KprobeAction.KPROBE_ACTION_POST. */
static uint16_t enum_value(struct cel_parser *p, const ProtobufCEnumDescriptor *d)
{
	const ProtobufCEnumValue *v = NULL;
	char name[64];

	cel_word(p);
	if (!expect(p, "."))
		return 0;
	snprintf(name, sizeof(name), "%.*s", (int)(p->to - p->from), p->text + p->from);
	if (p->token == CEL_TOKEN_NAME && p->to - p->from < sizeof(name))
		v = protobuf_c_enum_descriptor_get_value_by_name(d, name);
	if (!v)
		return cel_refuse(p, "%s has no value `%s`", d->short_name, name);
	cel_word(p);
	return value(p, CEL_VALUE_INT, (uint64_t)(int64_t)v->value);
}

static uint16_t bound_name(struct cel_parser *p)
{
	for (unsigned int i = p->bound; i-- > 0;) {
		struct cel_part_text name = p->names[i].name;
		uint16_t at;

		if (name.size != p->to - p->from || memcmp(name.at, p->text + p->from, name.size))
			continue;
		cel_word(p);
		at = cel_part(p, CEL_PART_BOUND, 0, 0);
		p->c->parts[at].number = i;
		p->c->parts[at].type = p->names[i].type;
		return at;
	}
	return 0;
}

static uint16_t constant(struct cel_parser *p)
{
	enum cel_value_kind kind = is_word(p, "null") ? CEL_VALUE_NULL : CEL_VALUE_BOOL;
	bool is_true = is_word(p, "true");

	cel_word(p);
	return value(p, kind, is_true);
}

static uint16_t function(struct cel_parser *p)
{
	enum cel_part_kind kind = kind_of(p, functions);
	bool is_has = is_word(p, "has");

	if (kind == CEL_PART_KINDS && !is_has)
		return cel_refuse(p,
				  "there is no function `%.*s` here; there are has, size, int, "
				  "uint, ip, cidr, isIP and isCIDR",
				  (int)(p->to - p->from), p->text + p->from);
	cel_word(p);
	cel_word(p);
	return is_has ? has(p) : call(p, kind);
}

static uint16_t name(struct cel_parser *p)
{
	const ProtobufCEnumDescriptor *d;
	size_t next = skip_space(p, p->to);
	uint16_t at;

	if (is_word(p, "true") || is_word(p, "false") || is_word(p, "null"))
		return constant(p);
	if (next < p->size && p->text[next] == '(')
		return function(p);
	at = bound_name(p);
	if (at || p->failed)
		return at;
	if (is_word(p, "tetragon") && next < p->size && p->text[next] == '.') {
		cel_word(p);
		cel_word(p);
	}
	d = cel_enum(p);
	return d ? enum_value(p, d) : cel_variable(p);
}

static uint16_t parentheses(struct cel_parser *p)
{
	uint16_t at;

	cel_word(p);
	at = expression(p);
	return !p->failed && expect(p, ")") ? at : 0;
}

static uint16_t operand(struct cel_parser *p)
{
	if (p->token == CEL_TOKEN_TEXT)
		return text(p);
	if (p->token == CEL_TOKEN_NUMBER)
		return number(p, false);
	if (p->token == CEL_TOKEN_NAME)
		return name(p);
	if (is_sign(p, "("))
		return parentheses(p);
	if (is_sign(p, "["))
		return list(p);
	if (is_sign(p, "{"))
		return cel_refuse(p, "maps and structures cannot be written here");
	if (p->token == CEL_TOKEN_OPEN)
		return cel_refuse(p, "a text has no closing quote");
	return misplaced(p, "a value");
}

/* Behind a `.`. */
static uint16_t member(struct cel_parser *p, uint16_t of)
{
	size_t next = skip_space(p, p->to);
	enum cel_part_kind kind;

	if (p->token != CEL_TOKEN_NAME)
		return misplaced(p, "a member's name");
	if (next == p->size || p->text[next] != '(')
		return cel_field(p, of);
	kind = kind_of(p, macros);
	if (kind != CEL_PART_KINDS) {
		cel_word(p);
		cel_word(p);
		return macro(p, kind, of);
	}
	kind = kind_of(p, methods);
	if (kind == CEL_PART_KINDS)
		return cel_refuse(p,
				  "there is no function `%.*s` here; of a value there are all, "
				  "exists, exists_one, contains, startsWith, endsWith, matches, "
				  "size, containsIP, containsCIDR, family and prefixLength",
				  (int)(p->to - p->from), p->text + p->from);
	cel_word(p);
	cel_word(p);
	return method(p, kind, of);
}

static uint16_t members(struct cel_parser *p)
{
	uint16_t at = operand(p);

	while (!p->failed) {
		if (is_sign(p, ".")) {
			cel_word(p);
			at = member(p, at);
		} else if (is_sign(p, "[")) {
			uint16_t index;

			cel_word(p);
			index = expression(p);
			if (p->failed || !expect(p, "]"))
				return 0;
			at = cel_typed(p, cel_part(p, CEL_PART_INDEX, at, index));
		} else {
			return at;
		}
	}
	return 0;
}

static uint16_t unary(struct cel_parser *p)
{
	bool negates = is_sign(p, "!");
	uint16_t at;

	if (!negates && !is_sign(p, "-"))
		return members(p);
	if (!enter(p))
		return 0;
	cel_word(p);
	if (!negates && p->token == CEL_TOKEN_NUMBER) {
		at = number(p, true);
	} else {
		at = unary(p);
		at = cel_typed(p, cel_part(p, negates ? CEL_PART_NOT : CEL_PART_MINUS, at, 0));
	}
	p->depth--;
	return at;
}

static const struct {
	const char *sign;
	int level;
	enum cel_part_kind kind;
} operators[] = {
#define CEL_PART_OPERATOR(name, sign, level) {sign, level, CEL_PART_##name},
#include "runtime/event_cel_words.def"
};

static enum cel_part_kind operator_at(const struct cel_parser *p, int level)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (operators[i].level == level && p->token != CEL_TOKEN_TEXT &&
		    is_word(p, operators[i].sign))
			return operators[i].kind;
	return CEL_PART_KINDS;
}

#define UNARY_LEVEL 6

static uint16_t binary(struct cel_parser *p, int level)
{
	uint16_t at = level == UNARY_LEVEL ? unary(p) : binary(p, level + 1), right;
	enum cel_part_kind kind;

	if (level == UNARY_LEVEL)
		return at;
	while (!p->failed && (kind = operator_at(p, level)) != CEL_PART_KINDS) {
		cel_word(p);
		right = binary(p, level + 1);
		at = cel_typed(p, cel_part(p, kind, at, right));
	}
	return at;
}

static uint16_t expression(struct cel_parser *p)
{
	uint16_t at, yes, no;

	if (p->failed || !enter(p))
		return 0;
	at = binary(p, 1);
	if (!p->failed && is_sign(p, "?")) {
		cel_word(p);
		yes = expression(p);
		if (p->failed || !expect(p, ":"))
			return 0;
		no = expression(p);
		at = cel_part(p, CEL_PART_CHOICE, at, yes);
		p->c->parts[at].third = no;
		at = cel_typed(p, at);
	}
	p->depth--;
	return p->failed ? 0 : at;
}

static bool parse(struct cel_parser *p)
{
	struct event_cel *c = p->c;

	cel_word(p);
	c->root = expression(p);
	if (!p->failed && p->token != CEL_TOKEN_END)
		misplaced(p, "an operator or the end");
	if (!p->failed && c->parts[c->root].type.kind != CEL_VALUE_BOOL)
		cel_refuse(p, "the whole has to be true or false, and is %s",
			   cel_type_text(&c->parts[c->root].type));
	return !p->failed;
}

/* Of the room for the most parts only what is used stays. */
static struct event_cel *smaller(struct event_cel *c)
{
	struct cel_part *parts = realloc(c->parts, c->count * sizeof(*parts));

	if (parts)
		c->parts = parts;
	return c;
}

struct event_cel *event_cel_parse(const char *text, size_t size, char why[EVENT_CEL_WHY])
{
	struct cel_parser p = {.text = text, .size = size, .why = why};

	if (size > EVENT_CEL_LENGTH) {
		snprintf(why, EVENT_CEL_WHY, "it has more than %d bytes", EVENT_CEL_LENGTH);
		return NULL;
	}
	snprintf(why, EVENT_CEL_WHY, "memory ran out");
	p.c = calloc(1, sizeof(*p.c));
	if (!p.c)
		return NULL;
	p.c->parts = calloc(EVENT_CEL_NODES, sizeof(*p.c->parts));
	p.c->texts = malloc(size + 1);
	p.c->count = 1;
	if (p.c->parts && p.c->texts && parse(&p))
		return smaller(p.c);
	event_cel_free(p.c);
	return NULL;
}
