// SPDX-License-Identifier: Apache-2.0
/* Writing the terse language: policies, and the comments of the YAML file. */
#include <stdlib.h>
#include <string.h>
#include "terse.h"
#include "write.h"

/* ---- comments --------------------------------------------------------------------------- */

static void find_comments(struct terse_writer *w)
{
	struct sources s = {.arena = w->arena};

	yaml_comments_find(w->arena, &s, sources_adopt(&s, w->source), &w->comments);
}

void write_comments(struct terse_writer *w, uint32_t before)
{
	const char *text = w->source->text;
	const char *stop = before < w->source->size
				   ? memchr(text + before, '\n', w->source->size - before)
				   : NULL;
	uint32_t limit = stop ? (uint32_t)(stop - text) : (uint32_t)w->source->size;

	while (w->comment_next < w->comments.n && w->comments.v[w->comment_next].start < limit) {
		const struct yaml_comment_place *c = &w->comments.v[w->comment_next++];

		fprintf(w->to, "%.*s\n", (int)(c->end - c->start), text + c->start);
	}
}

uint32_t last_end(const struct yaml_node *n)
{
	uint32_t end = n->type == NODE_MAP || n->type == NODE_LIST ? n->at.start : n->at.end, below;

	for (size_t i = 0; i < n->count; i++) {
		below = last_end(n->type == NODE_MAP ? n->pairs[i].value : n->items[i]);
		end = below > end ? below : end;
	}
	return end;
}

/* ---- metadata --------------------------------------------------------------------------- */

static void write_pairs(struct terse_writer *w, struct taking *t, const char *key, const char *word)
{
	const struct yaml_node *map = look(t, key);

	if (!map || map->type != NODE_MAP || !map->count)
		return;
	for (size_t i = 0; i < map->count; i++)
		if (map->pairs[i].value->type != NODE_STRING)
			return;
	take_key(t, key);
	for (size_t i = 0; i < map->count; i++) {
		fprintf(w->to, "%s ", word);
		write_name(w, map->pairs[i].key);
		fputs(" = ", w->to);
		write_string(w, map->pairs[i].value->text, map->pairs[i].value->len);
		fputc('\n', w->to);
	}
}

static void write_left(struct terse_writer *w, struct taking *t, const char *key)
{
	const char *comma = "";
	bool any = false;

	for (size_t i = 0; i < t->map->count; i++) {
		if (i < 64 && t->taken >> i & 1)
			continue;
		if (!any)
			fprintf(w->to, "@%s({", key);
		any = true;
		fputs(comma, w->to);
		write_name(w, t->map->pairs[i].key);
		fputs(": ", w->to);
		write_json(w, t->map->pairs[i].value);
		comma = ", ";
	}
	if (any)
		fputs("})\n", w->to);
}

static void write_head(struct terse_writer *w, struct taking *root, struct taking *metadata)
{
	const struct yaml_node *name = take_typed(metadata, "name", NODE_STRING);
	const struct yaml_node *namespace = take_typed(metadata, "namespace", NODE_STRING);
	const struct yaml_node *version = look(root, "apiVersion");

	take_key(root, "kind");
	if (version && yaml_is(version, "cilium.io/v1alpha1"))
		take_key(root, "apiVersion");
	fputs("policy ", w->to);
	write_name(w, name);
	if (namespace) {
		fputs(" in namespace ", w->to);
		write_name(w, namespace);
	}
	fputc('\n', w->to);
	write_pairs(w, metadata, "labels", "label");
	write_pairs(w, metadata, "annotations", "annotation");
	write_left(w, metadata, "metadata");
}

/* ---- spec ------------------------------------------------------------------------------- */

static bool write_list(struct terse_writer *w, const struct yaml_node *list)
{
	struct taking t = {.map = list};
	const struct yaml_node *name = take_typed(&t, "name", NODE_STRING), *type, *values;

	fputs("list ", w->to);
	write_name(w, name);
	type = look(&t, "type");
	if (type && type->type == NODE_STRING && is_plain_name(type->text)) {
		take_key(&t, "type");
		fprintf(w->to, ": %s", type->text);
	}
	values = look(&t, "values");
	if (is_strings(values)) {
		take_key(&t, "values");
		fputs(" = ", w->to);
		write_values(w, values, true);
	}
	write_rest(w, &t, " ");
	fputc('\n', w->to);
	return true;
}

static bool are_maps_with(const struct yaml_node *list, const char *key)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *n = doc_get(list->items[i], key);

		if (!n || (n->type != NODE_STRING && n->type != NODE_LIST))
			return false;
	}
	return list->count;
}

static void write_option(struct terse_writer *w, const struct yaml_node *option)
{
	const struct yaml_node *name = doc_get(option, "name"), *value = doc_get(option, "value");

	if (yaml_is(name, "policy-mode") &&
	    (yaml_is(value, "monitor") || yaml_is(value, "enforce"))) {
		fprintf(w->to, "mode %s\n", value->text);
		return;
	}
	fputs("option ", w->to);
	write_name(w, name);
	fputs(" = ", w->to);
	write_name(w, value);
	fputc('\n', w->to);
}

static void write_scope(struct terse_writer *w, const char *word, const struct yaml_node *selector)
{
	fprintf(w->to, "for %s ", word);
	write_labels(w, selector);
	fputc('\n', w->to);
}

static const char *scope_word(const char *key)
{
	static const char *const words[][2] = {{"podSelector", "pods"},
					       {"containerSelector", "containers"},
					       {"hostSelector", "hosts"},
					       {"nodeSelector", "nodes"}};

	for (size_t i = 0; i < 4; i++)
		if (!strcmp(words[i][0], key))
			return words[i][1];
	return NULL;
}

static bool is_hook_section(const char *key)
{
	static const char *const sections[] = {"kprobes",  "fentries", "tracepoints",
					       "lsmhooks", "uprobes",  "usdts"};

	for (size_t i = 0; i < 6; i++)
		if (!strcmp(sections[i], key))
			return true;
	return false;
}

/* A key of spec in a form of its own; false: there is none for it. */
static bool write_key(struct terse_writer *w, const char *key, const struct yaml_node *n)
{
	if (scope_word(key) && is_label_selector(n)) {
		write_scope(w, scope_word(key), n);
	} else if (!strcmp(key, "loader") && n->type == NODE_BOOL && n->boolean) {
		fputs("loader\n", w->to);
	} else if (n->type != NODE_LIST || !n->count) {
		return false;
	} else if (is_hook_section(key)) {
		write_hooks(w, key, n);
	} else if (!strcmp(key, "lists") && are_maps_with(n, "name")) {
		for (size_t i = 0; i < n->count; i++)
			write_list(w, n->items[i]);
	} else if (!strcmp(key, "options") && are_maps_with(n, "value")) {
		for (size_t i = 0; i < n->count; i++)
			write_option(w, n->items[i]);
	} else if (!strcmp(key, "enforcers") && are_maps_with(n, "calls")) {
		for (size_t i = 0; i < n->count; i++) {
			fputs("enforcer ", w->to);
			write_values(w, doc_get(n->items[i], "calls"), true);
			fputc('\n', w->to);
		}
	} else {
		return false;
	}
	return true;
}

static void write_policy(struct terse_writer *w, const struct yaml_node *policy)
{
	struct taking root = {.map = policy};
	struct taking metadata = {.map = take_typed(&root, "metadata", NODE_MAP)};
	struct taking spec = {.map = take_typed(&root, "spec", NODE_MAP)};

	if (policy->count)
		write_comments(w, policy->pairs[0].key->at.start);
	write_head(w, &root, &metadata);
	for (size_t i = 0; i < spec.map->count && i < 64; i++) {
		const struct yaml_pair *pair = &spec.map->pairs[i];

		if (!is_hook_section(pair->key->text))
			write_comments(w, pair->key->at.start);
		if (write_key(w, pair->key->text, pair->value))
			spec.taken |= (uint64_t)1 << i;
	}
	write_left(w, &spec, "spec");
	write_rest(w, &root, "\n");
	fputc('\n', w->to);
}

const char *terse_write(struct arena *a, const struct source *source, const struct yaml_docs *docs,
			size_t *size)
{
	struct terse_writer w = {.arena = a, .source = source};
	char *text = NULL;
	const char *out;
	size_t raw;
	bool any = false;

	w.to = open_memstream(&text, &raw);
	if (!w.to)
		terse_scanner_died("out of memory");
	find_comments(&w);
	for (size_t i = 0; i < docs->count; i++) {
		if (docs->roots[i]->type != NODE_MAP)
			continue;
		if (any)
			fputc('\n', w.to);
		any = true;
		write_policy(&w, docs->roots[i]);
	}
	write_comments(&w, (uint32_t)source->size);
	fclose(w.to);
	out = terse_format_text(a, text, raw, size);
	free(text);
	return out;
}
