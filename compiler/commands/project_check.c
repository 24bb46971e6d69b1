// SPDX-License-Identifier: Apache-2.0
/* Everything that is wrong with a project file, in the words of somebody who edits it. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/prove/budget.h"
#include "project_check.h"

enum { NAMES_MAX = 64, QUOTE_MAX = 60 };

struct checker {
	struct arena *arena;
	struct diags *d;
};

/* The value under check: the key it belongs to, and its dotted name for messages. */
struct subject {
	const struct yaml_node *key; /* NULL for the document */
	const struct yaml_node *node;
	const char *name;
};

static void check_value(struct checker *c, const struct subject *s,
			const cyaml_schema_value_t *schema);

static const char *quoted_list(struct arena *a, const char *const *names, size_t count,
			       const char *last)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = arena_printf(a, "%s%s`%s`", list,
				    i == 0	    ? ""
				    : i + 1 < count ? ", "
						    : last,
				    names[i]);
	return list;
}

static const char *found(struct checker *c, const struct yaml_node *n)
{
	static const char *const nouns[] = {
		[NODE_BAD] = "",	  [NODE_NULL] = "nothing",   [NODE_BOOL] = "a boolean",
		[NODE_INT] = "a number",  [NODE_FLOAT] = "a number", [NODE_STRING] = "a string",
		[NODE_MAP] = "a mapping", [NODE_LIST] = "a list",
	};

	if (n->type == NODE_MAP || n->type == NODE_LIST)
		return arena_printf(c->arena, "this is %s", nouns[n->type]);
	return arena_printf(c->arena, "`%.*s` is %s", QUOTE_MAX, n->text, nouns[n->type]);
}

/* `wanted`: "a list". Returns the message, for a hint. */
static struct diag *report(struct checker *c, const struct subject *s, const char *wanted)
{
	if (s->node->type == NODE_NULL && s->key)
		return diag_at(c->d, DIAG_PROJECT_VALUE, s->key->at,
			       "`%s` wants %s, but has no value", s->name, wanted);
	return diag_at(c->d, DIAG_PROJECT_VALUE, s->node->at, "`%s` wants %s, but %s", s->name,
		       wanted, found(c, s->node));
}

/* ---- mappings -------------------------------------------------------------------------- */

static const cyaml_schema_field_t *field_of(const cyaml_schema_field_t *fields,
					    const struct yaml_node *key)
{
	for (; fields->key; fields++)
		if (yaml_is(key, fields->key))
			return fields;
	return NULL;
}

static void report_unknown_key(struct checker *c, const struct subject *s,
			       const cyaml_schema_field_t *fields, const struct yaml_node *key)
{
	const char *names[NAMES_MAX], *meant;
	size_t count = 0;
	struct diag *g;

	for (; fields->key && count < NAMES_MAX; fields++)
		names[count++] = fields->key;
	if (s->key)
		g = diag_at(c->d, DIAG_PROJECT_KEY, key->at, "`%s` has no key `%.*s`", s->name,
			    QUOTE_MAX, key->text);
	else
		g = diag_at(c->d, DIAG_PROJECT_KEY, key->at, "a project file has no key `%.*s`",
			    QUOTE_MAX, key->text);
	meant = nearest(key->text, names, count);
	if (meant)
		diag_hint(c->d, g, "did you mean `%s`?", meant);
	else
		diag_hint(c->d, g, "its keys are %s", quoted_list(c->arena, names, count, " and "));
}

/* Whether an unknown key looks like this one; its message says so. */
static bool is_misspelt(const struct yaml_node *map, const cyaml_schema_field_t *fields,
			const char *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (!field_of(fields, map->pairs[i].key) &&
		    nearest(map->pairs[i].key->text, &key, 1))
			return true;
	return false;
}

static void check_required(struct checker *c, const struct subject *s,
			   const cyaml_schema_field_t *fields)
{
	struct diag *g;

	for (const cyaml_schema_field_t *f = fields; f->key; f++) {
		if ((f->value.flags & CYAML_FLAG_OPTIONAL) || yaml_find(s->node, f->key) ||
		    is_misspelt(s->node, fields, f->key))
			continue;
		g = diag_at(c->d, DIAG_PROJECT_KEY, s->node->at, "%s lacks `%s`",
			    s->key ? s->name : "the project file", f->key);
		if (!strcmp(f->key, "version"))
			diag_hint(c->d, g, "version: 1");
	}
}

static void check_mapping(struct checker *c, const struct subject *s,
			  const cyaml_schema_value_t *schema)
{
	if (s->node->type != NODE_MAP) {
		if (s->key)
			report(c, s, "a mapping");
		else
			diag_at(c->d, DIAG_PROJECT_FILE, s->node->at,
				"a project file is a mapping, but %s", found(c, s->node));
		return;
	}
	for (size_t i = 0; i < s->node->count; i++) {
		const struct yaml_pair *p = &s->node->pairs[i];
		const cyaml_schema_field_t *field = field_of(schema->mapping.fields, p->key);
		struct subject inner = {.key = p->key, .node = p->value};

		if (p->repeated)
			continue;
		if (!field) {
			report_unknown_key(c, s, schema->mapping.fields, p->key);
			continue;
		}
		inner.name =
			s->key ? arena_printf(c->arena, "%s.%s", s->name, field->key) : field->key;
		check_value(c, &inner, &field->value);
	}
	check_required(c, s, schema->mapping.fields);
}

/* ---- lists and scalars ----------------------------------------------------------------- */

static void check_list(struct checker *c, const struct subject *s,
		       const cyaml_schema_value_t *schema)
{
	const struct yaml_node *list = s->node;
	struct diag *g;

	if (list->type != NODE_LIST) {
		g = report(c, s, "a list");
		if (list->type >= NODE_BOOL && list->type <= NODE_STRING)
			diag_hint(c->d, g, "write a list: `%s: [\"%.*s\"]`", s->key->text,
				  QUOTE_MAX, list->text);
		return;
	}
	if (list->count > schema->sequence.max) {
		diag_at(c->d, DIAG_PROJECT_VALUE, list->at, "`%s` has %zu entries; the limit is %u",
			s->name, list->count, schema->sequence.max);
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct subject item = {.node = list->items[i]};

		item.name = arena_printf(c->arena, "%s[]", s->name);
		check_value(c, &item, schema->sequence.entry);
	}
}

/* Any scalar will do: `6.12` is a kernel. */
static void check_text(struct checker *c, const struct subject *s,
		       const cyaml_schema_value_t *schema)
{
	const struct yaml_node *n = s->node;

	if (n->type < NODE_BOOL || n->type > NODE_STRING)
		report(c, s, "a string");
	else if (n->len < schema->string.min)
		diag_at(c->d, DIAG_PROJECT_VALUE, n->at, "`%s` is empty", s->name);
	else if (n->len > schema->string.max)
		diag_at(c->d, DIAG_PROJECT_VALUE, n->at, "`%s` has %zu bytes; the limit is %u",
			s->name, n->len, schema->string.max);
	else if (strlen(n->text) != n->len)
		diag_at(c->d, DIAG_PROJECT_VALUE, n->at, "`%s` contains a NUL character", s->name);
}

/* Decimal only: `010` is 10 to some readers of YAML and 8 to others. */
static bool is_decimal(const struct yaml_node *n)
{
	size_t digits = strspn(n->text, "0123456789");

	return digits && digits == n->len && (n->text[0] != '0' || digits == 1);
}

static void check_number(struct checker *c, const struct subject *s,
			 const cyaml_schema_value_t *schema)
{
	const struct yaml_node *n = s->node;
	uint64_t most = schema->data_size >= 8 ? INT64_MAX : UINT32_MAX;

	if (n->type != NODE_INT)
		report(c, s, "a whole number");
	else if (!is_decimal(n))
		diag_at(c->d, DIAG_PROJECT_VALUE, n->at,
			"`%s` wants a whole number in plain decimal digits", s->name);
	else if (n->too_large || (uint64_t)n->integer > most)
		diag_at(c->d, DIAG_PROJECT_VALUE, n->at, "`%s` is at most %llu", s->name,
			(unsigned long long)most);
}

static void check_bool(struct checker *c, const struct subject *s)
{
	const struct yaml_node *n = s->node;

	if (n->type != NODE_BOOL)
		report(c, s, "true or false");
	else if (!yaml_is(n, "true") && !yaml_is(n, "false"))
		diag_hint(c->d,
			  diag_at(c->d, DIAG_PROJECT_VALUE, n->at, "`%s` wants true or false",
				  s->name),
			  "%s: %s", s->key->text, n->boolean ? "true" : "false");
}

static void check_word(struct checker *c, const struct subject *s,
		       const cyaml_schema_value_t *schema)
{
	const struct yaml_node *n = s->node;
	const char *names[NAMES_MAX], *meant;
	size_t count = 0;
	struct diag *g;

	if (n->type != NODE_STRING) {
		report(c, s, "a word");
		return;
	}
	for (uint32_t i = 0; i < schema->enumeration.count && count < NAMES_MAX; i++) {
		if (yaml_is(n, schema->enumeration.strings[i].str))
			return;
		names[count++] = schema->enumeration.strings[i].str;
	}
	g = diag_at(c->d, DIAG_PROJECT_VALUE, n->at, "`%s` cannot be `%.*s`", s->name, QUOTE_MAX,
		    n->text);
	meant = nearest(n->text, names, count);
	if (meant)
		diag_hint(c->d, g, "did you mean `%s`?", meant);
	else
		diag_hint(c->d, g, "it is %s", quoted_list(c->arena, names, count, " or "));
}

static void check_value(struct checker *c, const struct subject *s,
			const cyaml_schema_value_t *schema)
{
	if (s->node->type == NODE_BAD)
		return; /* reported already */
	switch (schema->type) {
	case CYAML_MAPPING:
		check_mapping(c, s, schema);
		break;
	case CYAML_SEQUENCE:
		check_list(c, s, schema);
		break;
	case CYAML_STRING:
		check_text(c, s, schema);
		break;
	case CYAML_UINT:
		check_number(c, s, schema);
		break;
	case CYAML_BOOL:
		check_bool(c, s);
		break;
	case CYAML_ENUM:
		check_word(c, s, schema);
		break;
	default: /* the schema has no others; libcyaml would refuse what does not fit */
		break;
	}
}

void project_check(struct arena *a, struct diags *d, const struct yaml_node *root,
		   const cyaml_schema_value_t *schema)
{
	struct checker c = {.arena = a, .d = d};
	const struct subject document = {.node = root, .name = "the project file"};

	check_value(&c, &document, schema);
}

/* ---- rules ----------------------------------------------------------------------------- */

/* Each name is checked as the option of its list would. */
static void check_list_of_rules(struct diags *d, const struct yaml_node *list, char letter)
{
	struct diag_levels levels = {.chosen = {0}};
	char why[300];

	for (size_t i = 0; i < list->count && list->type == NODE_LIST; i++) {
		const struct yaml_node *n = list->items[i];

		if (n->type == NODE_STRING && n->len &&
		    !diag_levels_option(&levels, letter, n->text, why, sizeof(why)))
			diag_at(d, DIAG_PROJECT_VALUE, n->at, "%s", why);
	}
}

void project_check_rules(struct diags *d, const struct yaml_node *root)
{
	static const struct {
		const char *key;
		char letter;
	} lists[] = {{"warn", 'W'}, {"error", 'E'}, {"allow", 'A'}};
	const struct yaml_pair *rules = yaml_find(root, "rules"), *list;

	for (size_t i = 0; rules && i < sizeof(lists) / sizeof(lists[0]); i++) {
		list = yaml_find(rules->value, lists[i].key);
		if (list)
			check_list_of_rules(d, list->value, lists[i].letter);
	}
}

/* ---- budget ---------------------------------------------------------------------------- */

void project_check_budget(struct diags *d, const struct yaml_node *root, struct budget *out)
{
	const struct yaml_pair *budget = yaml_find(root, "budget"), *p;
	char why[200];

	for (int kind = 0; budget && kind < BUDGET_COUNT; kind++) {
		p = yaml_find(budget->value, budget_key((enum budget_kind)kind));
		if (p && p->value->type >= NODE_BOOL && p->value->type <= NODE_STRING &&
		    !budget_set(out, (enum budget_kind)kind, p->value->text, why, sizeof(why)))
			diag_at(d, DIAG_PROJECT_VALUE, p->value->at, "`budget.%s`: %s",
				budget_key((enum budget_kind)kind), why);
	}
}
