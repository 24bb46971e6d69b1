/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an unquoted word of YAML is: null, a boolean, a number or a string. The rules are those
 * of the YAML library behind Kubernetes' strict decoder (YAML 1.1 words, Go integers), so that
 * a policy means the same to both.
 */
#include <string.h>
#include "yaml_tree.h"

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static bool resolve_word(struct yaml_node *n)
{
	static const char *const null[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const yes[] = {"y",	  "Y",	  "yes", "Yes", "YES", "true",
					  "True", "TRUE", "on",	 "On",	"ON",  NULL};
	static const char *const no[] = {"n",	  "N",	   "no",  "No",	 "NO",	"false",
					 "False", "FALSE", "off", "Off", "OFF", NULL};
	static const char *const special[] = {".nan",  ".NaN",	".NAN",	 ".inf",  ".Inf",
					      ".INF",  "+.inf", "+.Inf", "+.INF", "-.inf",
					      "-.Inf", "-.INF", NULL};

	if (is_one_of(n->text, null))
		n->type = NODE_NULL;
	else if (is_one_of(n->text, yes) || is_one_of(n->text, no))
		n->type = NODE_BOOL;
	else if (is_one_of(n->text, special))
		n->type = NODE_FLOAT;
	else
		return false;
	n->boolean = n->type == NODE_BOOL && is_one_of(n->text, yes);
	return true;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* The base that a prefix announces; skips the prefix. */
static unsigned take_base(const char **s)
{
	const char *p = *s;
	char kind = p[0] == '0' ? (char)(p[1] | 0x20) : '\0';

	*s += 2;
	if (kind == 'x')
		return 16;
	if (kind == 'b')
		return 2;
	if (kind == 'o')
		return 8;
	*s = p[0] == '0' && p[1] ? p + 1 : p;
	return *s == p ? 10 : 8;
}

static bool resolve_integer(struct yaml_node *n, const char *text)
{
	bool negative = *text == '-', any = false;
	uint64_t value = 0, limit = negative ? (uint64_t)1 << 63 : INT64_MAX;
	unsigned base;

	text += *text == '-' || *text == '+';
	base = take_base(&text);
	for (; *text; text++) {
		unsigned digit = (unsigned)digit_value(*text);

		if (digit >= base)
			return false;
		any = true;
		if (n->too_large || __builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value) || value > limit)
			n->too_large = true;
	}
	if (!any)
		return false;
	n->type = NODE_INT;
	n->integer = n->too_large ? 0 : (int64_t)(negative ? 0 - value : value);
	return true;
}

static size_t span_digits(const char *s)
{
	return strspn(s, "0123456789");
}

static bool is_float(const char *s)
{
	size_t whole, part = 0;

	s += *s == '-' || *s == '+';
	whole = span_digits(s);
	s += whole;
	if (*s == '.') {
		s++;
		part = span_digits(s);
		s += part;
	}
	if (!whole && !part)
		return false;
	if (*s == 'e' || *s == 'E') {
		s++;
		s += *s == '-' || *s == '+';
		if (!span_digits(s))
			return false;
		s += span_digits(s);
	}
	return *s == '\0';
}

static bool resolve_number(struct yaml_node *n)
{
	char digits[128];
	size_t used = 0;

	if (!strchr("+-.0123456789", n->text[0]) || n->len >= sizeof(digits))
		return false;
	for (size_t i = 0; i < n->len; i++)
		if (n->text[i] != '_')
			digits[used++] = n->text[i];
	digits[used] = '\0';
	if (resolve_integer(n, digits))
		return true;
	n->too_large = false;
	if (is_float(digits))
		n->type = NODE_FLOAT;
	return n->type == NODE_FLOAT;
}

void yaml_scalar_resolve(struct yaml_node *n)
{
	n->type = NODE_STRING;
	if (strlen(n->text) == n->len && !resolve_word(n))
		resolve_number(n);
}
