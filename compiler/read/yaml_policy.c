/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the YAML tree to the syntax tree, driven by the tables of yaml_schema.c. A node that is
 * wrong is reported once and not looked into.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "yaml_policy.h"

static void read_object(struct policy_reader *r, enum schema_object object, const char *where,
			const struct yaml_node *node, void *out);

static void *slot_of(void *out, size_t offset)
{
	return (char *)out + offset;
}

void note_gap(struct policy_reader *r, struct span at, const char *what)
{
	struct ast_policy *p = r->policy;

	if (r->in_gap)
		return;
	p->gaps = arena_grow(r->arena, p->gaps, p->gap_count, &p->gap_room, sizeof(*p->gaps));
	p->gaps[p->gap_count++] = (struct ast_gap){.at = at, .what = what};
}

static struct ast_str str_of(const struct yaml_node *n)
{
	return (struct ast_str){.s = n->text, .len = n->len, .at = n->at};
}

/* ---- scalars -------------------------------------------------------------------------- */

/* Whether the value has the type; a node that was reported before fails without a word. */
static bool want(struct policy_reader *r, const struct yaml_node *key,
		 const struct yaml_node *value, enum node_type type, enum value_type wanted)
{
	if (value->type == type)
		return true;
	if (value->type != NODE_BAD)
		report_type(r, key, value, wanted);
	return false;
}

static bool read_string(struct policy_reader *r, const struct schema_key *k,
			const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *v = pair->value;

	if (!want(r, pair->key, v, NODE_STRING, k->type))
		return false;
	if (k->type == VALUE_WORD && !check_word(r, k->of, v))
		return false;
	if (k->need == KEY_NAMING && v->len == 0) {
		diag_at(r->d, DIAG_EMPTY_VALUE, v->at, "`%s` is empty", k->name);
		return false;
	}
	if (k->support == KEY_READ)
		*(struct ast_str *)slot_of(out, k->slot) = str_of(v);
	return true;
}

static bool read_bool(struct policy_reader *r, const struct schema_key *k,
		      const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *v = pair->value;

	if (!want(r, pair->key, v, NODE_BOOL, k->type))
		return false;
	if (k->support == KEY_READ)
		*(struct ast_bool *)slot_of(out, k->slot) =
			(struct ast_bool){.given = true, .value = v->boolean, .at = v->at};
	return true;
}

static bool is_in_range(const struct yaml_node *v, enum value_type type, int64_t *low,
			int64_t *high)
{
	bool is_long = type == VALUE_LONG || type == VALUE_LONGS;
	bool is_natural = type == VALUE_NAT || type == VALUE_NATS;

	*low = is_long ? INT64_MIN : is_natural ? 0 : INT32_MIN;
	*high = is_long ? INT64_MAX : INT32_MAX;
	return !v->too_large && v->integer >= *low && v->integer <= *high;
}

static bool check_range(struct policy_reader *r, const char *what, const struct yaml_node *v,
			enum value_type type)
{
	int64_t low, high;

	if (is_in_range(v, type, &low, &high))
		return true;
	report_range(r, what, v, low, high);
	return false;
}

static bool read_int(struct policy_reader *r, const struct schema_key *k,
		     const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *v = pair->value;
	const char *what = arena_printf(r->arena, "`%s`", k->name);

	if (!want(r, pair->key, v, NODE_INT, k->type) || !check_range(r, what, v, k->type))
		return false;
	if (k->support == KEY_READ)
		*(struct ast_int *)slot_of(out, k->slot) =
			(struct ast_int){.given = true, .value = v->integer, .at = v->at};
	return true;
}

/* ---- lists of scalars ----------------------------------------------------------------- */

/* The first item of another type is reported for all of them. */
static bool want_items(struct policy_reader *r, const struct schema_key *k,
		       const struct yaml_pair *pair, enum node_type type)
{
	const struct yaml_node *list = pair->value;

	if (!want(r, pair->key, list, NODE_LIST, k->type))
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i]->type == type)
			continue;
		if (list->items[i]->type != NODE_BAD)
			report_item_type(r, pair->key, list, list->items[i], k->type);
		return false;
	}
	return true;
}

static bool read_strings(struct policy_reader *r, const struct schema_key *k,
			 const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *list = pair->value;
	struct ast_strs strs = {.n = list->count, .at = list->at};

	if (!want_items(r, k, pair, NODE_STRING))
		return false;
	if (k->support != KEY_READ)
		return true;
	strs.v = arena_array(r->arena, list->count, sizeof(*strs.v));
	for (size_t i = 0; i < list->count; i++)
		strs.v[i] = str_of(list->items[i]);
	*(struct ast_strs *)slot_of(out, k->slot) = strs;
	return true;
}

static bool read_ints(struct policy_reader *r, const struct schema_key *k,
		      const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *list = pair->value, *v;
	struct ast_ints ints = {.n = list->count, .at = list->at};
	const char *what = arena_printf(r->arena, "an entry of `%s`", k->name);
	bool ok = want_items(r, k, pair, NODE_INT);

	if (!ok)
		return false;
	ints.v = arena_array(r->arena, list->count, sizeof(*ints.v));
	for (size_t i = 0; i < list->count; i++) {
		v = list->items[i];
		ok &= check_range(r, what, v, k->type);
		ints.v[i] = (struct ast_int){.given = true, .value = v->integer, .at = v->at};
	}
	if (ok && k->support == KEY_READ)
		*(struct ast_ints *)slot_of(out, k->slot) = ints;
	return ok;
}

static bool read_labels(struct policy_reader *r, const struct schema_key *k,
			const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *map = pair->value;
	struct ast_labels labels = {.n = map->count, .at = map->at};

	if (!want(r, pair->key, map, NODE_MAP, k->type))
		return false;
	labels.v = arena_array(r->arena, map->count, sizeof(*labels.v));
	for (size_t i = 0; i < map->count; i++) {
		const struct yaml_pair *label = &map->pairs[i];

		if (!want(r, label->key, label->value, NODE_STRING, VALUE_STRING))
			return false;
		labels.v[i].key = str_of(label->key);
		labels.v[i].value = str_of(label->value);
	}
	if (k->support == KEY_READ)
		*(struct ast_labels *)slot_of(out, k->slot) = labels;
	return true;
}

static bool read_any(struct policy_reader *r, const struct schema_key *k,
		     const struct yaml_pair *pair, void *out)
{
	(void)r;
	(void)k;
	(void)pair;
	(void)out;
	return true;
}

/* ---- objects -------------------------------------------------------------------------- */

static bool read_sub_object(struct policy_reader *r, const struct schema_key *k,
			    const struct yaml_pair *pair, void *out)
{
	if (!want(r, pair->key, pair->value, NODE_MAP, k->type))
		return false;
	if (k->support == KEY_READ) {
		void *sub = arena_alloc(r->arena, k->item_size);

		*(struct span *)sub = pair->value->at;
		*(void **)slot_of(out, k->slot) = sub;
		out = sub;
	}
	read_object(r, k->of, k->name, pair->value, out);
	return true;
}

/* Room for the items of a list behind those that the array holds already. */
static char *append_items(struct policy_reader *r, const struct schema_key *k, void *out,
			  size_t count)
{
	void **array = slot_of(out, k->slot);
	size_t *total = slot_of(out, k->count_slot), before = *total;
	char *items;

	items = arena_array(r->arena, before + count, k->item_size);
	if (before)
		memcpy(items, *array, before * k->item_size);
	*array = items;
	*total = before + count;
	return items + before * k->item_size;
}

static bool read_list(struct policy_reader *r, const struct schema_key *k,
		      const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *list = pair->value, *item;
	const char *where = arena_printf(r->arena, "%s[]", k->name);
	char *items;

	if (!want(r, pair->key, list, NODE_LIST, k->type))
		return false;
	items = append_items(r, k, out, list->count);
	for (size_t i = 0; i < list->count; i++) {
		char *to = items + i * k->item_size;

		item = list->items[i];
		*(struct span *)to = item->at;
		if (item->type == NODE_MAP)
			read_object(r, k->of, where, item, to);
		else if (item->type != NODE_BAD)
			report_item_type(r, pair->key, list, item, k->type);
	}
	return true;
}

static bool read_map(struct policy_reader *r, const struct schema_key *k,
		     const struct yaml_pair *pair, void *out)
{
	const struct yaml_node *map = pair->value;
	char *items;

	if (!want(r, pair->key, map, NODE_MAP, k->type))
		return false;
	items = append_items(r, k, out, map->count);
	for (size_t i = 0; i < map->count; i++) {
		const struct yaml_pair *entry = &map->pairs[i];
		char *to = items + i * k->item_size;

		*(struct ast_str *)to = str_of(entry->key);
		*(struct span *)(to + k->inner) = entry->value->at;
		if (want(r, entry->key, entry->value, NODE_MAP, VALUE_OBJECT))
			read_object(r, k->of, k->name, entry->value, to + k->inner);
	}
	return true;
}

/* Whether the value of a key that is not compiled changes nothing. */
static bool is_fallback(const char *fallback, const struct yaml_node *v)
{
	if (v->type == NODE_LIST && v->count == 0)
		return true;
	if (!fallback)
		return false;
	if (v->type == NODE_BOOL)
		return !v->boolean && strcmp(fallback, "false") == 0;
	if (v->type == NODE_INT)
		return v->integer == 0 && strcmp(fallback, "0") == 0;
	return v->type == NODE_STRING && yaml_is(v, fallback);
}

static void read_value(struct policy_reader *r, const struct schema_key *k,
		       const struct yaml_pair *pair, void *out)
{
	typedef bool reader(struct policy_reader *, const struct schema_key *,
			    const struct yaml_pair *, void *);
	static reader *const readers[] = {
		[VALUE_STRING] = read_string,	  [VALUE_WORD] = read_string,
		[VALUE_BOOL] = read_bool,	  [VALUE_INT] = read_int,
		[VALUE_NAT] = read_int,		  [VALUE_LONG] = read_int,
		[VALUE_STRINGS] = read_strings,	  [VALUE_INTS] = read_ints,
		[VALUE_NATS] = read_ints,	  [VALUE_LONGS] = read_ints,
		[VALUE_LABELS] = read_labels,	  [VALUE_ANY] = read_any,
		[VALUE_OBJECT] = read_sub_object, [VALUE_LIST] = read_list,
		[VALUE_MAP] = read_map,
	};

	const char *fallback;
	bool outer = r->in_gap;

	if (schema_is_later(k, &fallback) && !is_fallback(fallback, pair->value)) {
		note_gap(r, pair->key->at, arena_printf(r->arena, "`%s`", k->name));
		r->in_gap = true;
	}
	readers[k->type](r, k, pair, out);
	r->in_gap = outer;
}

static void check_required(struct policy_reader *r, enum schema_object object, const char *where,
			   const struct yaml_node *node)
{
	const char *missing[4];
	size_t count = 0;

	for (const struct schema_key *k = NULL; (k = schema_next(object, k));)
		if (k->need != KEY_OPTIONAL && count < 4 && !yaml_find(node, k->name) &&
		    !schema_misspells(object, node, k->name))
			missing[count++] = k->name;
	if (count)
		report_missing_keys(r, where, node, missing, count);
}

/* `node` is a mapping. `out`: the struct of the object. */
static void read_object(struct policy_reader *r, enum schema_object object, const char *where,
			const struct yaml_node *node, void *out)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_pair *pair = &node->pairs[i];
		const struct schema_key *k = schema_find(object, pair->key);

		if (pair->repeated)
			continue;
		if (k)
			read_value(r, k, pair, out);
		else
			report_unknown_key(r, object, where, node, pair->key);
	}
	check_required(r, object, where, node);
	check_object(r, object, node, out);
}

/* ---- documents ------------------------------------------------------------------------ */

/* Whether the document is for tgc at all; other kinds of objects are not read further. */
static bool check_kind(struct policy_reader *r, const struct yaml_node *root)
{
	const struct yaml_pair *kind = yaml_find(root, "kind");

	if (!kind || kind->value->type != NODE_STRING)
		return true;
	if (words_status(WORDS_KIND, kind->value->text) == WORD_UNKNOWN) {
		report_unknown_kind(r, kind->value);
		return false;
	}
	return true;
}

static void read_policy(struct policy_reader *r, const struct yaml_node *root, struct ast *out)
{
	struct ast_policy policy = {.at = root->at};
	struct diag *g;

	if (root->type == NODE_BAD)
		return;
	if (root->type != NODE_MAP) {
		g = diag_at(r->d, DIAG_NOT_A_POLICY, root->at,
			    "a policy is a mapping, but this document is a %s",
			    root->type == NODE_LIST ? "list" : "single value");
		diag_hint(r->d, g,
			  "it starts with\napiVersion: cilium.io/v1alpha1\n"
			  "kind: TracingPolicy");
		return;
	}
	if (!check_kind(r, root))
		return;
	r->policy = &policy;
	read_object(r, OBJECT_POLICY, "a policy", root, &policy);
	out->policies = arena_grow(r->arena, out->policies, out->policy_count, &out->policy_room,
				   sizeof(policy));
	out->policies[out->policy_count++] = policy;
}

static bool is_empty(const struct yaml_docs *docs)
{
	for (size_t i = 0; i < docs->count; i++)
		if (docs->roots[i]->type != NODE_NULL)
			return false;
	return true;
}

/* Whether a document that nobody has named is for tgc: by its kind, also when misspelt, or, when it
 * has none, by its apiVersion. */
static bool is_policy(const struct yaml_node *root)
{
	const struct yaml_pair *kind = yaml_find(root, "kind");
	const struct yaml_pair *version = yaml_find(root, "apiVersion");

	if (root->type == NODE_BAD)
		return true;
	if (kind && kind->value->type == NODE_STRING)
		return words_status(WORDS_KIND, kind->value->text) != WORD_UNKNOWN ||
		       words_meant(WORDS_KIND, kind->value->text);
	return version && version->value->type == NODE_STRING &&
	       yaml_is(version->value, "cilium.io/v1alpha1");
}

static void read_documents(struct policy_reader *r, const struct yaml_docs *docs, struct ast *out)
{
	for (size_t i = 0; i < docs->count; i++) {
		if (docs->roots[i]->type != NODE_NULL)
			read_policy(r, docs->roots[i], out);
	}
}

void policy_read_tree(struct arena *a, struct diags *d, const struct source *f,
		      const struct yaml_docs *docs, struct ast *out)
{
	struct policy_reader r = {.arena = a, .d = d, .source = f};

	read_documents(&r, docs, out);
}

void yaml_read(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
	       struct ast *out)
{
	struct policy_reader r = {.arena = a, .d = d, .source = sources_get(s, file)};
	unsigned errors = diag_errors(d);
	struct yaml_docs docs = {.count = 0};

	yaml_tree_read(a, d, s, file, &docs);
	if (is_empty(&docs) && diag_errors(d) == errors)
		diag_at(d, DIAG_EMPTY_FILE, (struct span){.file = file},
			"the file holds no policy");
	read_documents(&r, &docs, out);
}

bool yaml_read_found(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		     struct ast *out)
{
	const struct source *f = sources_get(s, file);
	struct policy_reader r = {.arena = a, .d = d, .source = f};
	struct yaml_docs docs = {.count = 0};
	unsigned errors = diag_errors(d);
	size_t kept = 0;

	/* Templates of other tools are often no YAML; a policy has one of these words. */
	if (!strcasestr(f->text, "tracing") && !strstr(f->text, "cilium.io/v1alpha1"))
		return false;
	yaml_tree_read(a, d, s, file, &docs);
	for (size_t i = 0; i < docs.count; i++)
		if (is_policy(docs.roots[i]))
			docs.roots[kept++] = docs.roots[i];
	docs.count = kept;
	read_documents(&r, &docs, out);
	return kept || diag_errors(d) != errors;
}
