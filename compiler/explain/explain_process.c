// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: conditions about the process that makes the call. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "explain_parts.h"
#include "compiler/words/names.h"

const struct prose_section *prose_sections(size_t *count)
{
	static const struct prose_section all[] = {
#define SECTION_WORDS(key, part) {key, say_##part},
#include "grammar/policy-prose.def"
	};

	*count = sizeof(all) / sizeof(all[0]);
	return all;
}

void say_workload(struct explaining *x, struct doc_list *out)
{
	if (x->rule->workload)
		doc_list_add(x->arena, out,
			     arena_printf(x->arena, "the process belongs to %s",
					  workload_words(x->arena, x->rule->workload)));
}

/* ---- programs ------------------------------------------------------------------------------ */

static const char *compared(enum op op)
{
	switch (op_get(op)->plain) {
	case OP_PREFIX:
		return op_negated(op) ? "has no path that starts with"
				      : "has a path that starts with";
	case OP_POSTFIX:
		return op_negated(op) ? "has no path that ends with" : "has a path that ends with";
	default:
		return op_negated(op) ? "is not" : "is";
	}
}

static void say_programs(struct explaining *x, const struct ir_binaries *v, size_t n,
			 const char *subject, struct doc_list *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct ir_binaries *b = &v[i];
		const char *values = doc_strings(x->arena, b->values, b->value_count, "or"), *text;

		if (!b->follow_children)
			text = arena_printf(x->arena, "%s %s %s", subject, compared(b->op), values);
		else if (b->negated)
			text = arena_printf(
				x->arena, "neither %s nor that of a process it descends from is %s",
				subject, values);
		else
			text = arena_printf(x->arena,
					    "%s, or that of a process it descends from, is %s",
					    subject, values);
		doc_list_add(x->arena, out, text);
	}
}

void say_binaries(struct explaining *x, struct doc_list *out)
{
	say_programs(x, x->rule->binaries, x->rule->binary_count, "the running program", out);
}

void say_parent_binaries(struct explaining *x, struct doc_list *out)
{
	say_programs(x, x->rule->parent_binaries, x->rule->parent_binary_count,
		     "the program of the parent process", out);
}

void say_pids(struct explaining *x, struct doc_list *out)
{
	for (size_t i = 0; i < x->rule->pid_count; i++) {
		const struct ir_pids *p = &x->rule->pids[i];
		struct doc_list values = {.n = 0};

		for (size_t j = 0; j < p->value_count; j++)
			doc_list_add(x->arena, &values,
				     arena_printf(x->arena, "%" PRId32, p->values[j]));
		doc_list_add(x->arena, out,
			     arena_printf(x->arena, "%s%s %s %s",
					  p->follow_forks
						  ? "the id of the process, or of one that it "
						    "descends from,"
						  : "the process id",
					  p->in_namespace ? " in its own PID namespace" : "",
					  p->negated ? "is not" : "is",
					  doc_list_text(x->arena, &values, "or")));
	}
}

/* ---- namespaces ---------------------------------------------------------------------------- */

static const char *namespace_words(struct arena *a, unsigned kind)
{
	const char *name = name_of(NAMES_NAMESPACE, kind);

	return doc_quote_word(a, name ? name : "?");
}

void say_namespaces(struct explaining *x, struct doc_list *out)
{
	for (size_t i = 0; i < x->rule->namespace_count; i++) {
		const struct ir_namespaces *n = &x->rule->namespaces[i];
		struct doc_list values = {.n = 0};

		if (n->host)
			doc_list_add(x->arena, &values, "that of the host");
		for (size_t j = 0; j < n->value_count; j++)
			doc_list_add(x->arena, &values,
				     arena_printf(x->arena, "number %" PRIu32, n->values[j]));
		doc_list_add(x->arena, out,
			     arena_printf(x->arena, "its %s namespace %s %s",
					  namespace_words(x->arena, n->kind),
					  n->negated ? "is not" : "is",
					  doc_list_text(x->arena, &values, "or")));
	}
}

void say_namespace_changes(struct explaining *x, struct doc_list *out)
{
	for (size_t i = 0; i < x->rule->namespace_change_count; i++) {
		const struct ir_namespace_changes *n = &x->rule->namespace_changes[i];
		struct doc_list kinds = {.n = 0};

		for (unsigned kind = 0; kind < NS_COUNT; kind++)
			if (n->kinds >> kind & 1)
				doc_list_add(x->arena, &kinds, namespace_words(x->arena, kind));
		doc_list_add(
			x->arena, out,
			arena_printf(x->arena,
				     n->negated ? "the process has changed a namespace other than "
						  "%s since it started or was last reported for it"
						: "the process has changed its %s namespace since "
						  "it started or was last reported for it",
				     doc_list_text(x->arena, &kinds, "or")));
	}
}

/* ---- capabilities -------------------------------------------------------------------------- */

static const char *set_words(enum ir_capability_set set)
{
	static const char *const words[] = {[CAPS_EFFECTIVE] = "effective",
					    [CAPS_INHERITABLE] = "inheritable",
					    [CAPS_PERMITTED] = "permitted"};

	return words[set];
}

static const char *mask_words(struct arena *a, uint64_t mask, const char *joint)
{
	struct doc_list names = {.n = 0};

	for (uint32_t i = 0; i < 64; i++) {
		const char *name = mask >> i & 1 ? name_of(NAMES_CAPABILITY, i) : NULL;

		if (mask >> i & 1)
			doc_list_add(a, &names, name ? name : arena_printf(a, "number %u", i));
	}
	return doc_list_text(a, &names, joint);
}

static const char *user_namespace_words(const struct ir_capabilities *c)
{
	return c->other_user_namespace
		       ? "the process is in another user namespace than the host's and "
		       : "the process ";
}

void say_capabilities(struct explaining *x, struct doc_list *out)
{
	for (size_t i = 0; i < x->rule->capability_count; i++) {
		const struct ir_capabilities *c = &x->rule->capabilities[i];

		doc_list_add(x->arena, out,
			     arena_printf(x->arena, "%shas %s%s among its %s capabilities",
					  user_namespace_words(c), c->negated ? "none of " : "",
					  mask_words(x->arena, c->mask, c->negated ? "and" : "or"),
					  set_words(c->set)));
	}
}

void say_capability_changes(struct explaining *x, struct doc_list *out)
{
	for (size_t i = 0; i < x->rule->capability_change_count; i++) {
		const struct ir_capabilities *c = &x->rule->capability_changes[i];

		doc_list_add(
			x->arena, out,
			arena_printf(x->arena,
				     c->negated
					     ? "%shas had its %s capabilities changed, in others "
					       "than %s, since it started or was last reported "
					       "for it"
					     : "%shas had its %s capabilities changed, in %s, "
					       "since it started or was last reported for it",
				     user_namespace_words(c), set_words(c->set),
				     mask_words(x->arena, c->mask, "or")));
	}
}
