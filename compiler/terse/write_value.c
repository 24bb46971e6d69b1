// SPDX-License-Identifier: Apache-2.0
/* Writing the terse language: values, escapes, labels. */
#include <string.h>
#include "write.h"

/* ---- keys ------------------------------------------------------------------------------- */

const struct yaml_node *look(const struct taking *t, const char *key)
{
	for (size_t i = 0; i < t->map->count && i < 64; i++)
		if (!(t->taken >> i & 1) && yaml_is(t->map->pairs[i].key, key))
			return t->map->pairs[i].value;
	return NULL;
}

const struct yaml_node *take_key(struct taking *t, const char *key)
{
	for (size_t i = 0; i < t->map->count && i < 64; i++)
		if (!(t->taken >> i & 1) && yaml_is(t->map->pairs[i].key, key)) {
			t->taken |= (uint64_t)1 << i;
			return t->map->pairs[i].value;
		}
	return NULL;
}

const struct yaml_node *take_typed(struct taking *t, const char *key, enum node_type type)
{
	const struct yaml_node *n = look(t, key);

	return n && n->type == type ? take_key(t, key) : NULL;
}

bool only_keys(const struct yaml_node *map, const char *const *known)
{
	for (size_t i = 0; i < map->count; i++) {
		bool found = false;

		for (size_t k = 0; known[k] && !found; k++)
			found = yaml_is(map->pairs[i].key, known[k]);
		if (!found)
			return false;
	}
	return true;
}

/* ---- words ------------------------------------------------------------------------------ */

/* The kind of the one token that a text is; 0: none, or several. */
static int token_of(struct terse_writer *w, const char *text)
{
	struct source f = {.name = "", .text = text, .size = strlen(text)};
	struct terse_parser p = {.arena = w->arena};
	struct terse_token first, second;
	int kind, more;

	if (!terse_parser_open(&p, &f, 0))
		return 0;
	kind = terse_scan(p.scanner, &first);
	more = terse_scan(p.scanner, &second);
	terse_parser_close(&p);
	return kind && !more && !p.bad && first.at.start == 0 && first.at.end == f.size ? kind : 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_letter_or_digit(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

bool is_plain_name(const char *text)
{
	if (!is_letter(*text) || terse_keyword(text, ~0u) || !strcmp(text, "load"))
		return false;
	for (const char *s = text; *s; s++)
		if (!is_letter_or_digit(*s) && (*s != '-' || !is_letter_or_digit(s[1])))
			return false;
	return true;
}

void write_string(struct terse_writer *w, const char *text, size_t len)
{
	fputc('"', w->to);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(w->to, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", w->to);
		else if (c == '\t')
			fputs("\\t", w->to);
		else if (c < 0x20 || c == 0x7f)
			fprintf(w->to, "\\x%02x", c);
		else
			fputc(c, w->to);
	}
	fputc('"', w->to);
}

void write_name(struct terse_writer *w, const struct yaml_node *n)
{
	if (strlen(n->text) == n->len && is_plain_name(n->text))
		fputs(n->text, w->to);
	else
		write_string(w, n->text, n->len);
}

/* ---- escapes ---------------------------------------------------------------------------- */

static void write_list(struct terse_writer *w, const struct yaml_node *n)
{
	fputc('[', w->to);
	for (size_t i = 0; i < n->count; i++) {
		if (i)
			fputs(", ", w->to);
		write_json(w, n->items[i]);
	}
	fputc(']', w->to);
}

static void write_map(struct terse_writer *w, const struct yaml_node *n)
{
	fputc('{', w->to);
	for (size_t i = 0; i < n->count; i++) {
		if (i)
			fputs(", ", w->to);
		write_name(w, n->pairs[i].key);
		fputs(": ", w->to);
		write_json(w, n->pairs[i].value);
	}
	fputc('}', w->to);
}

void write_json(struct terse_writer *w, const struct yaml_node *n)
{
	switch (n->type) {
	case NODE_LIST:
		write_list(w, n);
		break;
	case NODE_MAP:
		write_map(w, n);
		break;
	case NODE_BOOL:
		fputs(n->boolean ? "true" : "false", w->to);
		break;
	case NODE_INT:
		if (n->too_large)
			fputs(n->text, w->to);
		else
			fprintf(w->to, "%lld", (long long)n->integer);
		break;
	case NODE_NULL:
		fputs("null", w->to);
		break;
	default:
		write_string(w, n->text ? n->text : "", n->text ? n->len : 0);
	}
}

void write_rest(struct terse_writer *w, const struct taking *t, const char *before)
{
	for (size_t i = 0; i < t->map->count; i++) {
		const struct yaml_pair *pair = &t->map->pairs[i];

		if (i < 64 && t->taken >> i & 1)
			continue;
		fprintf(w->to, "%s@%s", before, pair->key->text);
		if (pair->value->type == NODE_BOOL && pair->value->boolean)
			continue;
		fputc('(', w->to);
		write_json(w, pair->value);
		fputc(')', w->to);
	}
}

/* ---- values ----------------------------------------------------------------------------- */

bool is_strings(const struct yaml_node *n)
{
	if (!n || n->type != NODE_LIST || !n->count)
		return false;
	for (size_t i = 0; i < n->count; i++)
		if (n->items[i]->type != NODE_STRING)
			return false;
	return true;
}

/* `list:NAME` is `list NAME`. */
static bool write_list_value(struct terse_writer *w, const struct yaml_node *n)
{
	if (strncmp(n->text, "list:", 5) || strlen(n->text) != n->len || !n->text[5])
		return false;
	fputs("list ", w->to);
	if (is_plain_name(n->text + 5))
		fputs(n->text + 5, w->to);
	else
		write_string(w, n->text + 5, n->len - 5);
	return true;
}

void write_values(struct terse_writer *w, const struct yaml_node *list, bool words)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *n = list->items[i];
		int token = n->len < 100 && strlen(n->text) == n->len ? token_of(w, n->text) : 0;

		if (i)
			fputs(", ", w->to);
		if (token == NUMBER || token == ADDRESS ||
		    (words && token == NAME && is_plain_name(n->text)))
			fputs(n->text, w->to);
		else if (!write_list_value(w, n))
			write_string(w, n->text, n->len);
	}
}

/* ---- labels ----------------------------------------------------------------------------- */

static const struct {
	const char *word, *text;
	bool values;
} needs[] = {{"In", " in (", true},
	     {"NotIn", " not in (", true},
	     {"Exists", "has ", false},
	     {"DoesNotExist", "lacks ", false}};

#define NEEDS (sizeof(needs) / sizeof(needs[0]))

static size_t need_of(const struct yaml_node *e)
{
	static const char *const keys[] = {"key", "operator", "values", NULL};
	const struct yaml_node *op = e->type == NODE_MAP ? doc_get(e, "operator") : NULL;
	const struct yaml_node *key = op ? doc_get(e, "key") : NULL;
	const struct yaml_node *values = key ? doc_get(e, "values") : NULL;

	if (!key || key->type != NODE_STRING || op->type != NODE_STRING || !only_keys(e, keys))
		return NEEDS;
	for (size_t i = 0; i < NEEDS; i++)
		if (yaml_is(op, needs[i].word) && (needs[i].values ? is_strings(values) : !values))
			return i;
	return NEEDS;
}

bool is_label_selector(const struct yaml_node *n)
{
	static const char *const keys[] = {"matchLabels", "matchExpressions", NULL};
	const struct yaml_node *labels, *expressions;

	if (n->type != NODE_MAP || !only_keys(n, keys))
		return false;
	labels = doc_get(n, "matchLabels");
	expressions = doc_get(n, "matchExpressions");
	if ((labels && (labels->type != NODE_MAP || !labels->count)) ||
	    (expressions && (expressions->type != NODE_LIST || !expressions->count)))
		return false;
	for (size_t i = 0; labels && i < labels->count; i++)
		if (labels->pairs[i].value->type != NODE_STRING)
			return false;
	for (size_t i = 0; expressions && i < expressions->count; i++)
		if (need_of(expressions->items[i]) == NEEDS)
			return false;
	return true;
}

static void write_requirement(struct terse_writer *w, const struct yaml_node *e)
{
	size_t need = need_of(e);

	if (!needs[need].values)
		fputs(needs[need].text, w->to);
	write_name(w, doc_get(e, "key"));
	if (!needs[need].values)
		return;
	fputs(needs[need].text, w->to);
	write_values(w, doc_get(e, "values"), true);
	fputc(')', w->to);
}

void write_labels(struct terse_writer *w, const struct yaml_node *selector)
{
	const struct yaml_node *labels = doc_get(selector, "matchLabels");
	const struct yaml_node *expressions = doc_get(selector, "matchExpressions");
	const char *comma = "";

	for (size_t i = 0; labels && i < labels->count; i++) {
		fputs(comma, w->to);
		write_name(w, labels->pairs[i].key);
		fputs(" = ", w->to);
		write_name(w, labels->pairs[i].value);
		comma = ", ";
	}
	for (size_t i = 0; expressions && i < expressions->count; i++) {
		fputs(comma, w->to);
		write_requirement(w, expressions->items[i]);
		comma = ", ";
	}
}
