// SPDX-License-Identifier: Apache-2.0
/* The terse language: what stands outside of hooks, as YAML's tree. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "lower.h"

struct diag *terse_say(struct terse_lowering *l, enum diag_id id, struct span at, const char *text,
		       ...)
{
	char said[512];
	va_list args;

	l->bad = true;
	va_start(args, text);
	vsnprintf(said, sizeof(said), text, args);
	va_end(args);
	return diag_at(l->d, id, at, "%s", said);
}

/* ---- escapes ---------------------------------------------------------------------------- */

static struct yaml_node *lower_word(struct terse_lowering *l, const struct terse_node *n)
{
	if (node_is(n, "true") || node_is(n, "false"))
		return doc_boolean(l->arena, n->at, *n->text == 't');
	return doc_bytes(l->arena, n->at, n->text, n->len);
}

struct yaml_node *terse_lower_json(struct terse_lowering *l, const struct terse_node *n)
{
	struct yaml_node *out;

	switch (n->kind) {
	case T_NUMBER:
		return doc_number(l->arena, n->at, n->text);
	case T_NAME:
		return node_is(n, "null") ? doc_null(l->arena, n->at) : lower_word(l, n);
	case T_LIST:
		out = doc_list(l->arena, n->at);
		for (size_t i = 0; i < n->count; i++)
			doc_append(l->arena, out, terse_lower_json(l, n->kids[i]));
		return out;
	case T_MAP:
		out = doc_map(l->arena, n->at);
		for (size_t i = 0; i < n->count; i++) {
			const struct terse_node *pair = n->kids[i];

			doc_put(l->arena, out, kid(pair, 0)->text, kid(pair, 0)->at,
				terse_lower_json(l, kid(pair, 1)));
		}
		return out;
	default:
		return doc_bytes(l->arena, n->at, n->text ? n->text : "", n->text ? n->len : 0);
	}
}

static void put_attr(struct terse_lowering *l, struct yaml_node *map, const struct terse_node *key,
		     struct yaml_node *value)
{
	struct yaml_node *old = doc_get(map, key->text);

	if (!old || old->type != NODE_MAP || value->type != NODE_MAP) {
		doc_put(l->arena, map, key->text, key->at, value);
		return;
	}
	for (size_t i = 0; i < value->count; i++)
		doc_put(l->arena, old, value->pairs[i].key->text, value->pairs[i].key->at,
			value->pairs[i].value);
}

void terse_lower_attrs(struct terse_lowering *l, struct yaml_node *map,
		       const struct terse_node *attrs)
{
	for (size_t i = 0; attrs && i < attrs->count; i++) {
		const struct terse_node *attr = attrs->kids[i], *value = kid(attr, 1);

		put_attr(l, map, kid(attr, 0),
			 value ? terse_lower_json(l, value)
			       : doc_boolean(l->arena, attr->at, true));
	}
}

/* ---- labels of workloads ---------------------------------------------------------------- */

static void lower_expression(struct terse_lowering *l, struct yaml_node *selector,
			     const struct terse_node *need, const char *word)
{
	struct yaml_node *list = doc_list_at(l->arena, selector, "matchExpressions", need->at);
	struct yaml_node *e = doc_map(l->arena, need->at), *values;
	const struct terse_node *key = kid(need, 0);

	doc_put(l->arena, e, "key", key->at, doc_bytes(l->arena, key->at, key->text, key->len));
	doc_put(l->arena, e, "operator", need->at, doc_string(l->arena, need->at, word));
	values = kid(need, 1) ? values_lower(l, kid(need, 1), WORDS_KEPT) : NULL;
	if (values)
		doc_put(l->arena, e, "values", values->at, values);
	if (list)
		doc_append(l->arena, list, e);
}

struct yaml_node *terse_lower_labels(struct terse_lowering *l,
				     const struct terse_node *requirements, struct span at)
{
	static const char *const words[] = {[NEED_IN] = "In",
					    [NEED_NOT_IN] = "NotIn",
					    [NEED_HAS] = "Exists",
					    [NEED_LACKS] = "DoesNotExist"};
	struct yaml_node *out = doc_map(l->arena, at), *labels;

	for (size_t i = 0; i < requirements->count; i++) {
		const struct terse_node *need = requirements->kids[i], *value;

		if (need->kind != T_NEEDS) {
			terse_say(l, DIAG_TERSE_VALUE, need->at,
				  "labels are chosen by KEY = \"value\"");
			continue;
		}
		if (need->op != NEED_EQUAL) {
			lower_expression(l, out, need, words[need->op]);
			continue;
		}
		value = kid(kid(need, 1), 0);
		labels = doc_map_at(l->arena, out, "matchLabels", need->at);
		if (labels)
			doc_put(l->arena, labels, kid(need, 0)->text, kid(need, 0)->at,
				doc_bytes(l->arena, value->at, value->text, value->len));
	}
	return out;
}

/* ---- policies --------------------------------------------------------------------------- */

static void put_text(struct terse_lowering *l, struct yaml_node *map, const char *key,
		     const struct terse_node *value)
{
	doc_put(l->arena, map, key, value->at,
		doc_bytes(l->arena, value->at, value->text, value->len));
}

static void start_policy(struct terse_lowering *l, const struct terse_node *n)
{
	const struct terse_node *namespace = kid(n, 1);
	struct arena *a = l->arena;

	l->root = doc_map(a, n->at);
	l->metadata = doc_map(a, n->at);
	l->spec = doc_map(a, n->at);
	doc_put(a, l->root, "apiVersion", n->at, doc_string(a, n->at, "cilium.io/v1alpha1"));
	doc_put(a, l->root, "kind", n->at,
		doc_string(a, n->at, namespace ? "TracingPolicyNamespaced" : "TracingPolicy"));
	doc_put(a, l->root, "metadata", n->at, l->metadata);
	doc_put(a, l->root, "spec", n->at, l->spec);
	put_text(l, l->metadata, "name", kid(n, 0));
	if (namespace)
		put_text(l, l->metadata, "namespace", namespace);
	l->out->roots =
		arena_grow(a, l->out->roots, l->out->count, &l->out->room, sizeof(*l->out->roots));
	l->out->roots[l->out->count++] = l->root;
}

static bool in_policy(struct terse_lowering *l, const struct terse_node *n)
{
	if (l->root)
		return true;
	diag_hint(l->d,
		  terse_say(l, DIAG_TERSE_SYNTAX, n->at,
			    "this belongs to a policy, but none has begun"),
		  "policy NAME");
	return false;
}

/* `kprobes` must be a list unless `@spec` made something else of it. */
static struct yaml_node *spec_list(struct terse_lowering *l, const char *key, struct span at)
{
	struct yaml_node *list = doc_list_at(l->arena, l->spec, key, at);

	if (!list)
		terse_say(l, DIAG_TERSE_VALUE, at, "`@spec` has given `%s` another value", key);
	return list;
}

static void lower_list(struct terse_lowering *l, const struct terse_node *n)
{
	struct yaml_node *list = spec_list(l, "lists", n->at), *out = doc_map(l->arena, n->at);
	struct yaml_node *values;

	if (!list)
		return;
	put_text(l, out, "name", kid(n, 0));
	if (kid(n, 1))
		put_text(l, out, "type", kid(n, 1));
	values = kid(n, 2) ? values_lower(l, kid(n, 2), WORDS_KEPT) : NULL;
	if (values)
		doc_put(l->arena, out, "values", values->at, values);
	terse_lower_attrs(l, out, kid(n, 3));
	doc_append(l->arena, list, out);
}

static void put_option(struct terse_lowering *l, struct span at, struct yaml_node *name,
		       struct yaml_node *value)
{
	struct yaml_node *list = spec_list(l, "options", at), *out = doc_map(l->arena, at);

	if (!list)
		return;
	doc_put(l->arena, out, "name", name->at, name);
	doc_put(l->arena, out, "value", value->at, value);
	doc_append(l->arena, list, out);
}

static void lower_option(struct terse_lowering *l, const struct terse_node *n)
{
	const struct terse_node *name = kid(n, 0), *value = kid(n, 1);

	if (!value->text) {
		terse_say(l, DIAG_TERSE_VALUE, value->at, "an option has one value");
		return;
	}
	put_option(l, n->at, doc_bytes(l->arena, name->at, name->text, name->len),
		   doc_bytes(l->arena, value->at, value->text, value->len));
}

static void lower_mode(struct terse_lowering *l, const struct terse_node *n)
{
	const struct terse_node *mode = kid(n, 0);

	if (!node_is(mode, "monitor") && !node_is(mode, "enforce")) {
		diag_hint(l->d,
			  terse_say(l, DIAG_TERSE_NAME, mode->at, "there is no mode `%.60s`",
				    mode->text),
			  "mode monitor, or mode enforce");
		return;
	}
	put_option(l, n->at, doc_string(l->arena, n->at, "policy-mode"),
		   doc_string(l->arena, mode->at, mode->text));
}

static void lower_for(struct terse_lowering *l, const struct terse_node *n)
{
	static const struct {
		const char *word, *key;
	} words[] = {{"pods", "podSelector"},
		     {"containers", "containerSelector"},
		     {"hosts", "hostSelector"},
		     {"nodes", "nodeSelector"}};
	const struct terse_node *what = kid(n, 0);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (node_is(what, words[i].word)) {
			doc_put(l->arena, l->spec, words[i].key, what->at,
				terse_lower_labels(l, kid(n, 1), n->at));
			return;
		}
	diag_hint(l->d,
		  terse_say(l, DIAG_TERSE_NAME, what->at, "a policy is for no `%.60s`", what->text),
		  "for pods, for containers, for hosts or for nodes");
}

static void lower_enforcer(struct terse_lowering *l, const struct terse_node *n)
{
	struct yaml_node *list = spec_list(l, "enforcers", n->at), *out = doc_map(l->arena, n->at);
	struct yaml_node *calls = values_lower(l, kid(n, 0), WORDS_KEPT);

	if (!calls || !list)
		return;
	doc_put(l->arena, out, "calls", calls->at, calls);
	doc_append(l->arena, list, out);
}

static void put_label(struct terse_lowering *l, const struct terse_node *n, const char *key)
{
	struct yaml_node *map = doc_map_at(l->arena, l->metadata, key, n->at);
	const struct terse_node *name = kid(n, 0), *value = kid(n, 1);

	if (map)
		doc_put(l->arena, map, name->text, name->at,
			doc_bytes(l->arena, value->at, value->text, value->len));
}

/* `@spec` and `@metadata` add to what is there. */
static void lower_policy_attr(struct terse_lowering *l, const struct terse_node *attr)
{
	struct terse_node *kids[] = {(struct terse_node *)attr};
	struct terse_node list = {.kind = T_LIST, .at = attr->at, .kids = kids, .count = 1};

	terse_lower_attrs(l, l->root, &list);
	l->metadata = doc_map_at(l->arena, l->root, "metadata", attr->at);
	l->spec = doc_map_at(l->arena, l->root, "spec", attr->at);
	if (l->metadata && l->spec)
		return;
	terse_say(l, DIAG_TERSE_VALUE, attr->at,
		  "`spec` and `metadata` are mappings: @spec({...})");
	l->root = NULL;
}

/* ---- names and files -------------------------------------------------------------------- */

struct terse_binding *find_binding(struct terse_lowering *l, const char *name)
{
	for (size_t i = l->binding_count; i-- > 0;)
		if (!strcmp(l->bindings[i].name, name))
			return &l->bindings[i];
	return NULL;
}

static const struct terse_node *param_value(struct terse_lowering *l, const struct terse_node *n)
{
	const struct terse_options *o = l->options;
	const struct terse_node *given = kid(n, 1);

	for (size_t i = 0; o && i < o->param_count; i++) {
		struct terse_node *list, *leaf;

		if (strcmp(o->params[i].name, kid(n, 0)->text))
			continue;
		leaf = arena_alloc(l->arena, sizeof(*leaf));
		*leaf = (struct terse_node){.kind = T_STRING,
					    .at = n->at,
					    .text = o->params[i].value,
					    .len = strlen(o->params[i].value)};
		list = arena_alloc(l->arena, sizeof(*list));
		*list = (struct terse_node){.kind = T_LIST, .at = n->at, .count = 1};
		list->kids = arena_alloc(l->arena, sizeof(leaf));
		list->kids[0] = leaf;
		return list;
	}
	return given;
}

static void bind(struct terse_lowering *l, const struct terse_node *n)
{
	const struct terse_node *name = kid(n, 0), *value = kid(n, 1);
	struct terse_binding *old = find_binding(l, name->text);

	if (old) {
		diag_note_at(l->d,
			     terse_say(l, DIAG_TERSE_NAME, name->at,
				       "`%.60s` has a meaning already", name->text),
			     old->at, "it was given here");
		return;
	}
	if (n->op == PARAM) {
		value = param_value(l, n);
		if (!value)
			diag_hint(
				l->d,
				terse_say(l, DIAG_TERSE_VALUE, name->at,
					  "the parameter `%.60s` has no default and was not given",
					  name->text),
				"--param %.60s=VALUE", name->text);
	}
	l->bindings = arena_grow(l->arena, l->bindings, l->binding_count, &l->binding_room,
				 sizeof(*l->bindings));
	l->bindings[l->binding_count++] = (struct terse_binding){
		.kind = n->op, .name = name->text, .at = name->at, .value = value};
}

static void lower_include(struct terse_lowering *l, const struct terse_node *n)
{
	struct terse_file file;
	const struct terse_node *library = kid(n, 1);
	int source;

	if (library && !node_is(library, "library")) {
		diag_hint(l->d,
			  terse_say(l, DIAG_TERSE_SYNTAX, library->at,
				    "files are included from here, or from the library"),
			  "include \"shared.tg\", include library \"networks.tg\"");
		return;
	}
	source = library ? values_open_library(l, kid(n, 0)) : values_open_file(l, kid(n, 0));
	if (source < 0)
		return;
	l->sources->files[source].terse = true;
	terse_parse(l->arena, l->d, l->sources, (uint32_t)source, &file);
	l->bad |= file.bad;
	l->depth++;
	terse_lower_statements(l, file.statements);
	l->depth--;
}

static void lower_in_policy(struct terse_lowering *l, const struct terse_node *n)
{
	if (!in_policy(l, n))
		return;
	switch (n->op) {
	case LIST:
		lower_list(l, n);
		break;
	case OPTION:
		lower_option(l, n);
		break;
	case MODE:
		lower_mode(l, n);
		break;
	case FOR:
		lower_for(l, n);
		break;
	case ENFORCER:
		lower_enforcer(l, n);
		break;
	case LOADER:
		doc_put(l->arena, l->spec, "loader", n->at, doc_boolean(l->arena, n->at, true));
		break;
	case LABEL:
		put_label(l, n, "labels");
		break;
	case ANNOTATION:
		put_label(l, n, "annotations");
		break;
	default:
		lower_policy_attr(l, kid(n, 0));
	}
}

void terse_lower_statements(struct terse_lowering *l, const struct terse_node *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct terse_node *n = list->kids[i];

		if (n->kind == T_HOOK) {
			if (in_policy(l, n))
				terse_lower_hook(l, n);
			continue;
		}
		switch (n->op) {
		case POLICY:
			start_policy(l, n);
			break;
		case LET:
		case PARAM:
		case MACRO:
			bind(l, n);
			break;
		case INCLUDE:
			lower_include(l, n);
			break;
		default:
			lower_in_policy(l, n);
		}
	}
}

void terse_read(struct arena *a, struct diags *d, struct sources *s, uint32_t file,
		const struct terse_options *options, struct yaml_docs *out)
{
	struct terse_lowering l = {
		.arena = a, .d = d, .sources = s, .options = options, .out = out};
	unsigned errors = diag_errors(d);
	struct terse_file parsed;

	s->files[file].terse = true;
	terse_parse(a, d, s, file, &parsed);
	terse_lower_statements(&l, parsed.statements);
	if (parsed.bad || l.bad)
		out->count =
			0; /* what was said is enough: half a policy would have more mistakes */
	else if (!out->count && diag_errors(d) == errors)
		diag_hint(d,
			  diag_at(d, DIAG_EMPTY_FILE, (struct span){.file = file},
				  "the file holds no policy"),
			  "policy NAME");
}
