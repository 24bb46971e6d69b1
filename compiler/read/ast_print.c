/* SPDX-License-Identifier: Apache-2.0 */
/* The syntax tree as text, in the order and with the names of grammar/policy-schema.def. */
#include <inttypes.h>
#include "ast.h"
#include "yaml_schema.h"

struct printer {
	const struct sources *places; /* NULL: without */
	FILE *to;
};

static const void *slot_in(const void *object, size_t offset)
{
	return (const char *)object + offset;
}

static void put_place(const struct printer *p, struct span at)
{
	const struct source *f;
	struct place from, to;

	if (p->places && at.end > at.start) {
		f = sources_get(p->places, at.file);
		from = source_place(f, at.start);
		to = source_place(f, at.end);
		fprintf(p->to, " @%u:%u-%u:%u", from.line, from.column, to.line, to.column);
	}
	fputc('\n', p->to);
}

static void put_key(const struct printer *p, unsigned depth, const char *key)
{
	fprintf(p->to, "%*s%s", (int)(depth * 2), "", key);
}

/* A string in quotes with C escapes, so that any bytes are one readable line. */
static void put_string(const struct printer *p, const struct ast_str *s)
{
	fputs(" \"", p->to);
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->s[i];

		if (c == '"' || c == '\\')
			fprintf(p->to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(p->to, "\\x%02x", c);
		else
			fputc(c, p->to);
	}
	fputc('"', p->to);
}

static void put_str_line(const struct printer *p, unsigned depth, const char *key,
			 const struct ast_str *s)
{
	if (!s->s)
		return;
	put_key(p, depth, key);
	put_string(p, s);
	put_place(p, s->at);
}

static void put_int_line(const struct printer *p, unsigned depth, const char *key,
			 const struct ast_int *i)
{
	if (!i->given)
		return;
	put_key(p, depth, key);
	fprintf(p->to, " %" PRId64, i->value);
	put_place(p, i->at);
}

static void put_bool_line(const struct printer *p, unsigned depth, const char *key,
			  const struct ast_bool *b)
{
	if (!b->given)
		return;
	put_key(p, depth, key);
	fputs(b->value ? " true" : " false", p->to);
	put_place(p, b->at);
}

static void put_strs(const struct printer *p, unsigned depth, const char *key,
		     const struct ast_strs *s)
{
	if (!s->n)
		return;
	put_key(p, depth, key);
	if (!p->places)
		for (size_t i = 0; i < s->n; i++)
			put_string(p, &s->v[i]);
	put_place(p, s->at);
	for (size_t i = 0; p->places && i < s->n; i++)
		put_str_line(p, depth + 1, "-", &s->v[i]);
}

static void put_ints(const struct printer *p, unsigned depth, const char *key,
		     const struct ast_ints *s)
{
	if (!s->n)
		return;
	put_key(p, depth, key);
	if (!p->places)
		for (size_t i = 0; i < s->n; i++)
			fprintf(p->to, " %" PRId64, s->v[i].value);
	put_place(p, s->at);
	for (size_t i = 0; p->places && i < s->n; i++)
		put_int_line(p, depth + 1, "-", &s->v[i]);
}

static void put_labels(const struct printer *p, unsigned depth, const char *key,
		       const struct ast_labels *s)
{
	if (!s->n)
		return;
	put_key(p, depth, key);
	put_place(p, s->at);
	for (size_t i = 0; i < s->n; i++) {
		put_key(p, depth + 1, "-");
		put_string(p, &s->v[i].key);
		put_string(p, &s->v[i].value);
		put_place(p, s->v[i].value.at);
	}
}

static void put_object(const struct printer *p, unsigned depth, enum schema_object object,
		       const void *from);

/* Every struct of the tree starts with its place. */
static void put_sub(const struct printer *p, unsigned depth, const struct schema_key *k,
		    const void *from)
{
	const struct span *sub;

	if (k->support == KEY_INSIDE) {
		put_object(p, depth, k->of, from);
		return;
	}
	sub = *(const struct span *const *)slot_in(from, k->slot);
	if (!sub)
		return;
	put_key(p, depth, k->name);
	put_place(p, *sub);
	put_object(p, depth + 1, k->of, sub);
}

static void put_items(const struct printer *p, unsigned depth, const struct schema_key *k,
		      const void *from)
{
	const char *items = *(const char *const *)slot_in(from, k->slot);
	size_t count = *(const size_t *)slot_in(from, k->count_slot);

	for (size_t i = 0; i < count; i++) {
		const void *item = items + i * k->item_size;

		put_key(p, depth, k->name);
		if (k->type == VALUE_MAP)
			put_string(p, item);
		put_place(p, *(const struct span *)slot_in(item, k->inner));
		put_object(p, depth + 1, k->of, slot_in(item, k->inner));
	}
}

static void put_value(const struct printer *p, unsigned depth, const struct schema_key *k,
		      const void *from)
{
	const void *slot = slot_in(from, k->slot);

	switch (k->type) {
	case VALUE_STRING:
	case VALUE_WORD:
		put_str_line(p, depth, k->name, slot);
		break;
	case VALUE_BOOL:
		put_bool_line(p, depth, k->name, slot);
		break;
	case VALUE_INT:
	case VALUE_NAT:
	case VALUE_LONG:
		put_int_line(p, depth, k->name, slot);
		break;
	case VALUE_STRINGS:
		put_strs(p, depth, k->name, slot);
		break;
	case VALUE_INTS:
	case VALUE_NATS:
	case VALUE_LONGS:
		put_ints(p, depth, k->name, slot);
		break;
	case VALUE_LABELS:
		put_labels(p, depth, k->name, slot);
		break;
	case VALUE_OBJECT:
		put_sub(p, depth, k, from);
		break;
	case VALUE_LIST:
	case VALUE_MAP:
		put_items(p, depth, k, from);
		break;
	case VALUE_ANY:
		break;
	}
}

static void put_object(const struct printer *p, unsigned depth, enum schema_object object,
		       const void *from)
{
	for (const struct schema_key *k = NULL; (k = schema_next(object, k));)
		if (k->support != KEY_SKIP)
			put_value(p, depth, k, from);
}

void ast_print(const struct ast *ast, const struct sources *places, FILE *to)
{
	const struct printer p = {.places = places, .to = to};

	for (size_t i = 0; i < ast->policy_count; i++) {
		put_key(&p, 0, "policy");
		put_place(&p, ast->policies[i].at);
		put_object(&p, 1, OBJECT_POLICY, &ast->policies[i]);
	}
}
