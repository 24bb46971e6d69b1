// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/regex_tree.h"
#include "runtime/utf8.h"

#define FLAG_FOLD   0x1u /* i */
#define FLAG_LINES  0x2u /* m */
#define FLAG_DOT_NL 0x4u /* s */
#define FLAG_SWAP   0x8u /* U: lazy and greedy change places */

struct parser {
	struct regex_tree *tree;
	const char *at, *end;
	uint32_t flags;
	unsigned int depth;
	bool quoted; /* between \Q and \E */
	const char **why;
};

#define NO_NODE REGEX_END

static uint32_t fail(struct parser *p, const char *why)
{
	*p->why = why;
	return NO_NODE;
}

static uint32_t add_node(struct parser *p, struct regex_node node)
{
	struct regex_tree *t = p->tree;

	if (t->node_count == t->node_room) {
		size_t room = t->node_room ? t->node_room * 2 : 32;
		struct regex_node *nodes;

		if (room > REGEX_NODES_MAX)
			return fail(p, "it is too large");
		nodes = realloc(t->nodes, room * sizeof(*nodes));
		if (!nodes)
			return fail(p, "memory ran out");
		t->nodes = nodes;
		t->node_room = room;
	}
	t->nodes[t->node_count] = node;
	return (uint32_t)t->node_count++;
}

static int add_range(struct parser *p, uint32_t first, uint32_t last)
{
	struct regex_tree *t = p->tree;

	if (t->range_count == t->range_room) {
		size_t room = t->range_room ? t->range_room * 2 : 32;
		struct regex_range *ranges;

		if (room > REGEX_NODES_MAX * 4) {
			fail(p, "it is too large");
			return -1;
		}
		ranges = realloc(t->ranges, room * sizeof(*ranges));
		if (!ranges) {
			fail(p, "memory ran out");
			return -1;
		}
		t->ranges = ranges;
		t->range_room = room;
	}
	t->ranges[t->range_count++] = (struct regex_range){first, last};
	return 0;
}

/* Where `first` to `last` meets the letters from `low`, the same letters of the other case. */
static int add_other_case(struct parser *p, uint32_t first, uint32_t last, uint32_t low,
			  uint32_t other)
{
	uint32_t from = first > low ? first : low, to = last < low + 25 ? last : low + 25;

	return from <= to ? add_range(p, from - low + other, to - low + other) : 0;
}

static int add_folded(struct parser *p, uint32_t first, uint32_t last)
{
	if (add_range(p, first, last))
		return -1;
	if (!(p->flags & FLAG_FOLD))
		return 0;
	return add_other_case(p, first, last, 'a', 'A') || add_other_case(p, first, last, 'A', 'a')
		       ? -1
		       : 0;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct regex_range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* The ranges from `start` on become what they leave out. */
static int negate(struct parser *p, size_t start)
{
	struct regex_tree *t = p->tree;
	size_t count = t->range_count - start, end = t->range_count;
	uint32_t next = 0;

	if (count)
		qsort(t->ranges + start, count, sizeof(*t->ranges), compare_ranges);
	for (size_t i = start; i < end; i++) {
		struct regex_range r = t->ranges[i];

		if (r.first > next && add_range(p, next, r.first - 1))
			return -1;
		if (r.last >= next)
			next = r.last + 1;
	}
	if (next <= REGEX_CHARACTER && add_range(p, next, REGEX_CHARACTER))
		return -1;
	memmove(t->ranges + start, t->ranges + end, (t->range_count - end) * sizeof(*t->ranges));
	t->range_count -= count;
	return 0;
}

static uint32_t set_from(struct parser *p, size_t start)
{
	return add_node(p, (struct regex_node){.kind = REGEX_SET,
					       .a = (uint32_t)start,
					       .b = (uint32_t)(p->tree->range_count - start)});
}

struct class_name {
	const char *name;
	struct regex_range ranges[4]; /* up to the first {0, 0} behind the first */
};

static const struct class_name posix_classes[] = {
	{"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
	{"alpha", {{'A', 'Z'}, {'a', 'z'}}},
	{"ascii", {{0, 0x7f}}},
	{"blank", {{'\t', '\t'}, {' ', ' '}}},
	{"cntrl", {{0, 0x1f}, {0x7f, 0x7f}}},
	{"digit", {{'0', '9'}}},
	{"graph", {{'!', '~'}}},
	{"lower", {{'a', 'z'}}},
	{"print", {{' ', '~'}}},
	{"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
	{"space", {{'\t', '\r'}, {' ', ' '}}},
	{"upper", {{'A', 'Z'}}},
	{"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
	{"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
};

/* What \d, \s and \w are; RE2's \s has no vertical tab. */
static const struct class_name letter_classes[] = {
	{"d", {{'0', '9'}}},
	{"s", {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}}},
	{"w", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
};

/* Folding changes nothing in what is added here negated, as RE2 has it for ASCII. */
static int add_class(struct parser *p, const struct class_name *class, bool negated)
{
	size_t start = p->tree->range_count;

	for (size_t i = 0; i < 4 && (i == 0 || class->ranges[i].last); i++) {
		if (add_folded(p, class->ranges[i].first, class->ranges[i].last))
			return -1;
	}
	return negated ? negate(p, start) : 0;
}

static const struct class_name *letter_class(char c)
{
	for (size_t i = 0; i < sizeof(letter_classes) / sizeof(letter_classes[0]); i++) {
		if (letter_classes[i].name[0] == (c | 0x20))
			return &letter_classes[i];
	}
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

/* Behind "\x": two digits, or any number of them in braces. */
static int parse_hex(struct parser *p, uint32_t *c)
{
	bool braces = p->at < p->end && *p->at == '{';
	int digits = 0;

	*c = 0;
	for (p->at += braces; p->at < p->end && (braces || digits < 2); p->at++, digits++) {
		int digit = hex_digit(*p->at);

		if (digit < 0)
			break;
		*c = *c * 16 + (uint32_t)digit;
		if (*c > REGEX_CHARACTER)
			return -1;
	}
	if (braces)
		return digits && p->at < p->end && *p->at++ == '}' ? 0 : -1;
	return digits == 2 ? 0 : -1;
}

/* Behind the backslash: \0, \012, and \12 to \777, but not \1 to \9 alone. */
static int parse_octal(struct parser *p, uint32_t *c)
{
	const char *start = p->at;

	for (*c = 0; p->at < p->end && p->at - start < 3 && *p->at >= '0' && *p->at <= '7'; p->at++)
		*c = *c * 8 + (uint32_t)(*p->at - '0');
	return p->at - start > 1 || (p->at > start && *start == '0') ? 0 : -1;
}

/* One character behind a backslash that stands for itself or another. */
static int parse_escape(struct parser *p, uint32_t *c)
{
	static const char from[] = "aftnrv", to[] = "\a\f\t\n\r\v";
	const char *known;
	char letter;

	if (p->at == p->end) {
		fail(p, "it ends with a backslash");
		return -1;
	}
	letter = *p->at;
	if (letter >= '0' && letter <= '7' && !parse_octal(p, c))
		return 0;
	known = letter ? strchr(from, letter) : NULL;
	p->at++;
	if (known) {
		*c = (unsigned char)to[known - from];
		return 0;
	}
	if (letter == 'x' && !parse_hex(p, c))
		return 0;
	*c = (unsigned char)letter;
	if (letter > ' ' && letter < 0x7f && letter != 'x' && hex_digit(letter) < 0 &&
	    !((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z'))
		return 0;
	fail(p, (letter | 0x20) == 'p' ? "classes of Unicode (\\p) are not supported"
				       : "a backslash stands before what has no meaning with it");
	return -1;
}

/* A character as it stands. */
static int take_character(struct parser *p, uint32_t *c)
{
	size_t length = utf8_next(p->at, (size_t)(p->end - p->at), c);

	if (!length) {
		fail(p, "it is not valid UTF-8");
		return -1;
	}
	p->at += length;
	return 0;
}

static bool looking_at(const struct parser *p, const char *text)
{
	size_t size = strlen(text);

	return (size_t)(p->end - p->at) >= size && !memcmp(p->at, text, size);
}

/* [:alpha:] and [:^alpha:], with `at` on the first bracket. 1: not one of these. */
static int parse_posix(struct parser *p)
{
	const char *start = p->at + 2, *close = start;
	bool negated;

	while (close < p->end && *close != ':' && *close != ']')
		close++;
	if (p->end - close < 2 || close[0] != ':' || close[1] != ']')
		return 1;
	negated = start < close && *start == '^';
	start += negated;
	for (size_t i = 0; i < sizeof(posix_classes) / sizeof(posix_classes[0]); i++) {
		const char *name = posix_classes[i].name;

		if (strlen(name) == (size_t)(close - start) && !memcmp(name, start, strlen(name))) {
			p->at = close + 2;
			return add_class(p, &posix_classes[i], negated);
		}
	}
	fail(p, "there is no class of this name in [: :]");
	return -1;
}

static int class_character(struct parser *p, uint32_t *c)
{
	if (*p->at != '\\')
		return take_character(p, c);
	p->at++;
	return parse_escape(p, c);
}

static int class_item(struct parser *p)
{
	const struct class_name *class;
	uint32_t first, last;
	int posix = looking_at(p, "[:") ? parse_posix(p) : 1;

	if (posix <= 0)
		return posix;
	class = p->end - p->at > 1 && *p->at == '\\' ? letter_class(p->at[1]) : NULL;
	if (class) {
		p->at += 2;
		return add_class(p, class, p->at[-1] < 'a');
	}
	if (class_character(p, &first))
		return -1;
	last = first;
	if (p->end - p->at > 1 && p->at[0] == '-' && p->at[1] != ']') {
		p->at++;
		if (class_character(p, &last))
			return -1;
	}
	if (last < first) {
		fail(p, "a range in [ ] goes backwards");
		return -1;
	}
	return add_folded(p, first, last);
}

/* Behind the opening bracket. */
static uint32_t parse_class(struct parser *p)
{
	size_t start = p->tree->range_count;
	bool negated = p->at < p->end && *p->at == '^', first = true;

	p->at += negated;
	for (; p->at < p->end && (first || *p->at != ']'); first = false) {
		if (class_item(p))
			return NO_NODE;
	}
	if (p->at == p->end)
		return fail(p, "a [ is not closed");
	p->at++;
	if (negated && negate(p, start))
		return NO_NODE;
	return set_from(p, start);
}

static uint32_t literal(struct parser *p, uint32_t c)
{
	size_t start = p->tree->range_count;

	return add_folded(p, c, c) ? NO_NODE : set_from(p, start);
}

static uint32_t assertion(struct parser *p, enum regex_assertion which)
{
	return add_node(p, (struct regex_node){.kind = REGEX_ASSERT, .number = which});
}

/* Nodes of one kind, each with the next one as its `b`. */
struct chain {
	uint32_t head, tail;
};

static int append(struct parser *p, struct chain *chain, enum regex_node_kind kind, uint32_t item)
{
	uint32_t node;

	if (item == NO_NODE)
		return -1;
	node = add_node(p, (struct regex_node){.kind = kind, .a = item, .b = REGEX_END});
	if (node == NO_NODE)
		return -1;
	if (chain->tail == REGEX_END)
		chain->head = node;
	else
		p->tree->nodes[chain->tail].b = node;
	chain->tail = node;
	return 0;
}

static uint32_t empty_or(struct parser *p, const struct chain *chain)
{
	if (chain->head != REGEX_END)
		return chain->head;
	return add_node(p, (struct regex_node){.kind = REGEX_EMPTY});
}

static uint32_t parse_backslash(struct parser *p)
{
	char c = p->at < p->end ? *p->at : '\0';
	const struct class_name *class = letter_class(c);
	size_t start = p->tree->range_count;
	uint32_t character;

	p->at++;
	if (class)
		return add_class(p, class, c < 'a') ? NO_NODE : set_from(p, start);
	switch (c) {
	case 'A':
		return assertion(p, REGEX_TEXT_START);
	case 'z':
		return assertion(p, REGEX_TEXT_END);
	case 'b':
		return assertion(p, REGEX_WORD_EDGE);
	case 'B':
		return assertion(p, REGEX_NO_WORD_EDGE);
	}
	p->at--;
	return parse_escape(p, &character) ? NO_NODE : literal(p, character);
}

static uint32_t parse_dot(struct parser *p)
{
	size_t start = p->tree->range_count;

	if (p->flags & FLAG_DOT_NL
		    ? add_range(p, 0, REGEX_CHARACTER)
		    : add_range(p, 0, '\n' - 1) || add_range(p, '\n' + 1, REGEX_CHARACTER))
		return NO_NODE;
	return set_from(p, start);
}

static uint32_t parse_alternatives(struct parser *p);

/* (?P<name> and (?<name>: `at` is behind the '<'. The name itself is not used. */
static int skip_name(struct parser *p)
{
	const char *start = p->at;

	while (p->at < p->end && (*p->at == '_' || hex_digit(*p->at) >= 0 ||
				  ((*p->at | 0x20) >= 'a' && (*p->at | 0x20) <= 'z')))
		p->at++;
	if (p->at == start || p->at == p->end || *p->at != '>') {
		fail(p, "the name of a group is not well-formed");
		return -1;
	}
	p->at++;
	return 0;
}

/* Flags behind "(?", up to ':' or ')'. */
static int parse_flags(struct parser *p)
{
	static const char letters[] = "imsU";
	bool off = false;

	for (; p->at < p->end && *p->at != ':' && *p->at != ')'; p->at++) {
		const char *known = *p->at ? strchr(letters, *p->at) : NULL;

		if (*p->at == '-' && !off) {
			off = true;
		} else if (!known) {
			fail(p, "what follows (? has no meaning there");
			return -1;
		} else {
			uint32_t bit = 1u << (known - letters);

			p->flags = off ? p->flags & ~bit : p->flags | bit;
		}
	}
	return 0;
}

static uint32_t close_group(struct parser *p, uint32_t inside)
{
	if (inside == NO_NODE)
		return NO_NODE;
	if (p->at == p->end || *p->at != ')')
		return fail(p, "a ( is not closed");
	p->at++;
	return inside;
}

static uint32_t parse_capture(struct parser *p)
{
	uint32_t number = ++p->tree->groups, inside;

	if (number > REGEX_GROUPS_MAX)
		return fail(p, "it has too many groups");
	inside = close_group(p, parse_alternatives(p));
	if (inside == NO_NODE)
		return NO_NODE;
	return add_node(p, (struct regex_node){.kind = REGEX_GROUP, .a = inside, .number = number});
}

static uint32_t parse_special_group(struct parser *p)
{
	p->at += looking_at(p, "P<") ? 1 : 0;
	if (looking_at(p, "<")) {
		p->at++;
		return skip_name(p) ? NO_NODE : parse_capture(p);
	}
	if (parse_flags(p))
		return NO_NODE;
	if (p->at == p->end)
		return fail(p, "a ( is not closed");
	if (*p->at++ == ')')
		return add_node(p, (struct regex_node){.kind = REGEX_EMPTY});
	return close_group(p, parse_alternatives(p));
}

/* Behind the parenthesis. Flags in it hold to its end, (?i) to the end of the group around. */
static uint32_t parse_group(struct parser *p)
{
	uint32_t flags = p->flags, node;
	bool special = p->at < p->end && *p->at == '?', only_flags;

	if (++p->depth > REGEX_DEPTH_MAX)
		return fail(p, "its groups are nested too deep");
	p->at += special;
	node = special ? parse_special_group(p) : parse_capture(p);
	p->depth--;
	only_flags = special && node != NO_NODE && p->tree->nodes[node].kind == REGEX_EMPTY &&
		     p->at[-2] != ':';
	if (!only_flags)
		p->flags = flags;
	return node;
}

static uint32_t parse_atom(struct parser *p)
{
	uint32_t c;

	switch (*p->at) {
	case '(':
		p->at++;
		return parse_group(p);
	case '[':
		p->at++;
		return parse_class(p);
	case '.':
		p->at++;
		return parse_dot(p);
	case '\\':
		p->at++;
		return parse_backslash(p);
	case '^':
		p->at++;
		return assertion(p, p->flags & FLAG_LINES ? REGEX_LINE_START : REGEX_TEXT_START);
	case '$':
		p->at++;
		return assertion(p, p->flags & FLAG_LINES ? REGEX_LINE_END : REGEX_TEXT_END);
	case '*':
	case '+':
	case '?':
		return fail(p, "there is nothing before a *, + or ? that it could repeat");
	}
	return take_character(p, &c) ? NO_NODE : literal(p, c);
}

static bool take_number(const char **at, const char *end, uint32_t *number)
{
	const char *start = *at;

	for (*number = 0; *at < end && **at >= '0' && **at <= '9'; (*at)++) {
		if (*number <= REGEX_REPEAT_MAX)
			*number = *number * 10 + (uint32_t)(**at - '0');
	}
	return *at > start;
}

/* {n}, {n,} or {n,m}; anything else with a brace is text. */
static bool take_counts(struct parser *p, uint32_t *least, uint32_t *most)
{
	const char *at = p->at + 1;

	if (!take_number(&at, p->end, least))
		return false;
	*most = *least;
	if (at < p->end && *at == ',') {
		at++;
		if (!take_number(&at, p->end, most))
			*most = REGEX_ENDLESS;
	}
	if (at == p->end || *at != '}')
		return false;
	p->at = at + 1;
	return true;
}

static bool take_repeat(struct parser *p, uint32_t *least, uint32_t *most)
{
	if (p->at == p->end)
		return false;
	if (*p->at == '{')
		return take_counts(p, least, most);
	if (*p->at != '*' && *p->at != '+' && *p->at != '?')
		return false;
	*least = *p->at == '+';
	*most = *p->at == '?' ? 1 : REGEX_ENDLESS;
	p->at++;
	return true;
}

/* A character as it stands, and the end of the quotation if that follows. */
static uint32_t parse_quoted(struct parser *p)
{
	uint32_t c;

	if (take_character(p, &c))
		return NO_NODE;
	if (looking_at(p, "\\E")) {
		p->at += 2;
		p->quoted = false;
	}
	return literal(p, c);
}

static uint32_t parse_repeated(struct parser *p)
{
	uint32_t atom = p->quoted ? parse_quoted(p) : parse_atom(p), least, most;
	bool repeated = false;

	if (p->quoted)
		return atom;

	while (atom != NO_NODE && take_repeat(p, &least, &most)) {
		bool lazy = p->at < p->end && *p->at == '?';

		if (repeated)
			return fail(p, "a repetition stands behind a repetition");
		if (least > REGEX_REPEAT_MAX || (most != REGEX_ENDLESS && most > REGEX_REPEAT_MAX))
			return fail(p, "a number in { } is larger than 1000");
		if (most < least)
			return fail(p, "the numbers in { } go backwards");
		p->at += lazy;
		atom = add_node(p, (struct regex_node){.kind = REGEX_REPEAT,
						       .a = atom,
						       .least = least,
						       .most = most,
						       .lazy = lazy != !!(p->flags & FLAG_SWAP)});
		repeated = true;
	}
	return atom;
}

/* \Q begins a quotation; an empty one, or \E with none, is nothing. */
static void skip_quotes(struct parser *p)
{
	while (looking_at(p, "\\E") || (!p->quoted && looking_at(p, "\\Q"))) {
		p->quoted = p->at[1] == 'Q';
		p->at += 2;
	}
}

static uint32_t parse_sequence(struct parser *p)
{
	struct chain all = {REGEX_END, REGEX_END};

	for (skip_quotes(p); p->at < p->end && (p->quoted || (*p->at != '|' && *p->at != ')'));
	     skip_quotes(p)) {
		if (append(p, &all, REGEX_CAT, parse_repeated(p)))
			return NO_NODE;
	}
	return empty_or(p, &all);
}

static uint32_t parse_alternatives(struct parser *p)
{
	uint32_t first = parse_sequence(p);
	struct chain all = {REGEX_END, REGEX_END};

	if (first == NO_NODE || p->at == p->end || *p->at != '|')
		return first;
	if (append(p, &all, REGEX_ALT, first))
		return NO_NODE;
	while (p->at < p->end && *p->at == '|') {
		p->at++;
		if (append(p, &all, REGEX_ALT, parse_sequence(p)))
			return NO_NODE;
	}
	return all.head;
}

int regex_parse(struct regex_tree *tree, const char *expression, size_t size, const char **why)
{
	struct parser p = {.tree = tree, .at = expression, .end = expression + size, .why = why};

	*tree = (struct regex_tree){0};
	*why = "";
	tree->root = parse_alternatives(&p);
	if (tree->root == NO_NODE)
		return -1;
	if (p.at == p.end)
		return 0;
	*why = "a ) closes nothing";
	return -1;
}

void regex_tree_free(struct regex_tree *tree)
{
	free(tree->nodes);
	free(tree->ranges);
	*tree = (struct regex_tree){0};
}
