// SPDX-License-Identifier: Apache-2.0
/* What may stand at the cursor in YAML. */
#include <stdlib.h>
#include <string.h>
#include "complete.h"

/* ---- keys ------------------------------------------------------------------------------- */

/* A list's entries begin on lines of their own, an object's keys too, but for those in braces. */
static const char *what_follows(const struct offering *o, const struct schema_key *k)
{
	if (o->c.flow)
		return ": ";
	switch (k->type) {
	case VALUE_LIST:
	case VALUE_OBJECT:
	case VALUE_MAP:
	case VALUE_LABELS:
		return ":";
	default:
		return ": ";
	}
}

static const char *kind_of(const struct schema_key *k)
{
	switch (k->type) {
	case VALUE_BOOL:
		return "true or false";
	case VALUE_INT:
	case VALUE_NAT:
	case VALUE_LONG:
		return "a number";
	case VALUE_STRINGS:
	case VALUE_INTS:
	case VALUE_NATS:
	case VALUE_LONGS:
	case VALUE_LIST:
		return "a list";
	case VALUE_OBJECT:
	case VALUE_MAP:
	case VALUE_LABELS:
		return "a mapping";
	default:
		return k->need == KEY_OPTIONAL ? "" : "required";
	}
}

static bool is_there(const struct offering *o, const char *key)
{
	for (size_t i = 0; i < o->c.sibling_count; i++)
		if (!strcmp(o->c.siblings[i].key, key))
			return true;
	return false;
}

static bool colon_follows(const struct offering *o)
{
	const struct source *f = document_source(o->doc);

	return o->c.word.end < f->size && f->text[o->c.word.end] == ':';
}

static void offer_keys(struct offering *o)
{
	const struct schema_key *k = NULL;

	while ((k = schema_next(o->c.object, k))) {
		if (k->support == KEY_SKIP || is_there(o, k->name))
			continue;
		offer(o, &(struct offer){.label = k->name,
					 .kind = OFFER_PROPERTY,
					 .detail = kind_of(k),
					 .doc = key_doc(o->c.object, k->name),
					 .put = colon_follows(o)
							? NULL
							: arena_printf(o->arena, "%s%s", k->name,
								       what_follows(o, k))});
	}
}

/* ---- values ----------------------------------------------------------------------------- */

static void offer_bool(struct offering *o)
{
	offer(o, &(struct offer){.label = "true", .kind = OFFER_VALUE});
	offer(o, &(struct offer){.label = "false", .kind = OFFER_VALUE});
}

/* The positions of the hook's arguments, each with what the kernel calls it. */
static void offer_positions(struct offering *o)
{
	size_t kernel;
	const struct kfunction *f = view_any(o->arena, o->doc->setup, &o->c.hook, &kernel);

	for (size_t i = 0; f && i < f->param_count; i++)
		offer(o, &(struct offer){.label = arena_printf(o->arena, "%zu", i),
					 .kind = OFFER_VALUE,
					 .detail = arena_printf(
						 o->arena, "%s %s", f->params[i].type.text,
						 f->params[i].name ? f->params[i].name : "")});
}

static const char *without_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) ? text : text + strlen(prefix);
}

/* Members along a path: `resolve: "f_inode.i_`. */
static void offer_resolve(struct offering *o)
{
	const struct source *f = document_source(o->doc);
	const char *index = cursor_sibling(&o->c, "index"), *path;
	const char *source = cursor_sibling(&o->c, "source");
	uint32_t from = o->c.word.start;
	struct view_type t;
	bool known;

	while (from && !strchr(" \"'\n:", f->text[from - 1]))
		from--;
	path = arena_strndup(o->arena, f->text + from, o->c.word.start - from);
	if (source && !strcmp(source, "current_task")) {
		known = view_path(o->arena, o->doc->setup, &o->c, "task", &t);
	} else {
		known = index && *index >= '0' && *index <= '9' &&
			view_argument(o->arena, o->doc->setup, &o->c.hook,
				      (uint32_t)strtoul(index, NULL, 10), &t);
	}
	if (known && view_walk(o->arena, t, without_prefix(path, "."), &t))
		offer_members(o, t);
}

static void offer_operand(struct offering *o, const char *op)
{
	static const struct {
		enum operand takes;
		enum name_set set;
	} sets[] = {{OPERAND_PROTOCOL, NAMES_PROTOCOL},
		    {OPERAND_FAMILY, NAMES_FAMILY},
		    {OPERAND_STATE, NAMES_TCP_STATE},
		    {OPERAND_FILE_TYPE, NAMES_FILE_TYPE}};
	enum op id = op ? op_find(op) : OP_COUNT;

	for (size_t i = 0; id < OP_COUNT && i < sizeof(sets) / sizeof(sets[0]); i++)
		if (op_get(id)->takes == sets[i].takes)
			offer_set(o, sets[i].set);
}

static void offer_values(struct offering *o)
{
	switch (o->c.object) {
	case OBJECT_CAPABILITIES:
		offer_set(o, NAMES_CAPABILITY);
		break;
	case OBJECT_NAMESPACES:
		offer(o, &(struct offer){.label = "host_ns", .kind = OFFER_CONSTANT});
		break;
	case OBJECT_NAMESPACE_CHANGES:
		offer_words(o, WORDS_NAMESPACE);
		break;
	case OBJECT_ARG_FILTER:
		offer_operand(o, cursor_sibling(&o->c, "operator"));
		break;
	case OBJECT_NAMELIST:
		offer_syscalls(o, "sys_");
		break;
	default:
		break;
	}
}

static void offer_macros(struct offering *o)
{
	const struct ast *ast = &o->doc->analysis->checked.ast;

	for (size_t i = 0; i < ast->policy_count; i++)
		for (size_t k = 0; k < ast->policies[i].macro_count; k++)
			if (ast->policies[i].macros[k].name.s)
				offer(o, &(struct offer){.label = ast->policies[i].macros[k].name.s,
							 .kind = OFFER_CONSTANT});
}

/* Of `sched/sched_process_exec`, the part that the key wants. */
static void offer_event(struct offering *o, bool subsystem)
{
	const char *of = o->c.hook.subsystem;
	const char *typed =
		subsystem || !of ? o->c.typed : arena_printf(o->arena, "%s/%s", of, o->c.typed);
	struct setup *s = o->doc->setup;
	struct found_name found[OFFERS_MAX];
	size_t count;

	functions_search(setup_functions(s), KNOWN_EVENT, typed, found, OFFERS_MAX, &count);
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(found[i].name, "/");
		const char *part = arena_strndup(o->arena, found[i].name, len);
		size_t seen = 0;

		if (!subsystem && of && strcmp(of, part))
			continue;
		while (subsystem && seen < i && strncmp(found[seen].name, found[i].name, len + 1))
			seen++;
		if (!subsystem || seen == i)
			offer(o,
			      &(struct offer){.label = subsystem ? part : found[i].name + len + 1,
					      .kind = OFFER_FUNCTION,
					      .detail = found[i].name,
					      .score = found[i].score + 1});
	}
}

static bool is_key(const struct offering *o, const char *name)
{
	return !strcmp(o->c.key->name, name);
}

static void offer_string(struct offering *o)
{
	enum schema_object object = o->c.object;

	if (is_key(o, "call") || is_key(o, "hook"))
		offer_hooks(o, &o->c.hook);
	else if (object == OBJECT_TRACEPOINT && (is_key(o, "event") || is_key(o, "subsystem")))
		offer_event(o, is_key(o, "subsystem"));
	else if (is_key(o, "kernelHas") || is_key(o, "kernelLacks"))
		offer_functions(o);
	else if (is_key(o, "resolve"))
		offer_resolve(o);
	else if (is_key(o, "values"))
		offer_values(o);
	else if (is_key(o, "calls"))
		offer_syscalls(o, "sys_");
	else if (is_key(o, "macros"))
		offer_macros(o);
	else if (object == OBJECT_OPTION && is_key(o, "name"))
		offer_words(o, WORDS_OPTION);
	else if (is_key(o, "apiVersion"))
		offer(o, &(struct offer){.label = "cilium.io/v1alpha1", .kind = OFFER_VALUE});
}

void complete_yaml(struct offering *o)
{
	if (o->c.place == PLACE_KEY) {
		offer_keys(o);
		return;
	}
	if (o->c.place != PLACE_SCALAR)
		return;
	switch (o->c.key->type) {
	case VALUE_BOOL:
		offer_bool(o);
		break;
	case VALUE_WORD:
		offer_words(o, (enum word_set)o->c.key->of);
		break;
	case VALUE_NAT:
	case VALUE_NATS:
		offer_positions(o);
		break;
	case VALUE_STRING:
	case VALUE_STRINGS:
		offer_string(o);
		break;
	default:
		break;
	}
}
