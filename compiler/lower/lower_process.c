// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": the sections that depend on the process, and on its workload. */
#include <string.h>
#include "compiler/base/arena.h"
#include "lower.h"
#include "compiler/words/names.h"
#include "compiler/values/process_value.h"

#define LONGEST_LABEL 63

static bool is_negated(const struct ast_str *op)
{
	return !strncmp(op->s, "Not", 3);
}

static bool need_values(struct lowering *l, const struct ast_strs *values, struct span at,
			const char *key)
{
	if (values->n)
		return true;
	diag_at(l->diags, DIAG_NO_VALUES, at_or(values->at, at), "`%s` needs at least one value",
		key);
	return false;
}

/* ---- pids and binaries ------------------------------------------------------------------ */

static bool lower_pids(struct lowering *l, const struct ast_pids *p, struct ir_pids *out)
{
	int32_t *values = arena_array(l->arena, p->values.n, sizeof(*values));
	bool ok = p->values.n;

	if (!ok)
		diag_at(l->diags, DIAG_NO_VALUES, at_or(p->values.at, p->at),
			"`matchPIDs` needs at least one value");
	for (size_t i = 0; i < p->values.n; i++) {
		struct value_error e;

		values[i] = (int32_t)p->values.v[i].value;
		if (pid_check(l->arena, p->values.v[i].value, &e))
			continue;
		diag_at(l->diags, DIAG_OUT_OF_RANGE, p->values.v[i].at, "%s", e.text);
		ok = false;
	}
	*out = (struct ir_pids){
		.at = p->at,
		.negated = is_negated(&p->op),
		.follow_forks = p->follow_forks.value,
		.in_namespace = p->is_namespace_pid.value,
		.values = values,
		.value_count = p->values.n,
	};
	return ok;
}

static bool check_follow(struct lowering *l, const struct ast_binaries *b, const char *key,
			 enum op op)
{
	if (!b->follow_children.value || op == OP_IN || op == OP_NOT_IN)
		return true;
	diag_hint(l->diags,
		  diag_at(l->diags, DIAG_FOLLOW_CHILDREN, b->follow_children.at,
			  "`followChildren` goes with `In` and `NotIn`, but this `%s` says `%s`",
			  key, b->op.s),
		  "list the binaries in full: `operator: \"In\"`");
	return false;
}

static bool lower_binary_set(struct lowering *l, const struct ast_binaries *b, const char *key,
			     struct ir_binaries *out)
{
	*out = (struct ir_binaries){
		.at = b->at,
		.op = op_find(b->op.s),
		.negated = is_negated(&b->op),
		.follow_children = b->follow_children.value,
		.values = b->values.v,
		.value_count = b->values.n,
	};
	if (b->values.n)
		return check_follow(l, b, key, out->op);
	diag_note(l->diags,
		  diag_at(l->diags, DIAG_NO_VALUES, b->at, "`%s` needs at least one path", key),
		  "Tetragon ignores such an entry: every binary would pass");
	return false;
}

static void lower_binaries(struct lowering *l, const struct ast_binaries *from, size_t count,
			   const char *key, struct ir_binaries **out, size_t *out_count)
{
	*out = arena_array(l->arena, count, sizeof(**out));
	for (size_t i = 0; i < count; i++)
		if (lower_binary_set(l, &from[i], key, &(*out)[*out_count]))
			(*out_count)++;
}

/* ---- namespaces and capabilities -------------------------------------------------------- */

static bool lower_namespaces(struct lowering *l, const struct ast_namespaces *n,
			     struct ir_namespaces *out)
{
	uint32_t *values = arena_array(l->arena, n->values.n, sizeof(*values));
	bool ok = need_values(l, &n->values, n->at, "matchNamespaces");

	*out = (struct ir_namespaces){
		.at = n->at,
		.kind = (enum ir_namespace)name_find(NAMES_NAMESPACE, n->kind.s, n->kind.len)
				->number,
		.negated = is_negated(&n->op),
		.values = values,
	};
	for (size_t i = 0; i < n->values.n; i++) {
		struct namespace_value value;
		struct value_error e;

		if (!namespace_parse(l->arena, &n->values.v[i], &value, &e)) {
			report_value(l, DIAG_BAD_VALUE, &n->values.v[i], &e);
			ok = false;
		} else if (value.is_host) {
			out->host = true;
		} else {
			values[out->value_count++] = value.inode;
		}
	}
	return ok;
}

static bool lower_namespace_changes(struct lowering *l, const struct ast_namespaces *n,
				    struct ir_namespace_changes *out)
{
	bool ok = need_values(l, &n->values, n->at, "matchNamespaceChanges");

	*out = (struct ir_namespace_changes){.at = n->at, .negated = is_negated(&n->op)};
	for (size_t i = 0; i < n->values.n; i++) {
		struct value_error e;

		if (namespace_kind_parse(l->arena, &n->values.v[i], &out->kinds, &e))
			continue;
		report_value(l, DIAG_BAD_VALUE, &n->values.v[i], &e);
		ok = false;
	}
	return ok;
}

static enum ir_capability_set capability_set(const struct ast_str *type)
{
	if (type->s && !strcmp(type->s, "Inheritable"))
		return CAPS_INHERITABLE;
	return type->s && !strcmp(type->s, "Permitted") ? CAPS_PERMITTED : CAPS_EFFECTIVE;
}

static bool lower_capabilities(struct lowering *l, const struct ast_capabilities *c,
			       const char *key, struct ir_capabilities *out)
{
	bool ok = need_values(l, &c->values, c->at, key);

	*out = (struct ir_capabilities){
		.at = c->at,
		.set = capability_set(&c->type),
		.negated = is_negated(&c->op),
		.other_user_namespace = c->is_namespace_capability.value,
	};
	for (size_t i = 0; i < c->values.n; i++) {
		struct value_error e;
		bool differs = false;

		if (capability_parse(l->arena, &c->values.v[i], &out->mask, &differs, &e)) {
			out->odd_spelling |= differs;
			continue;
		}
		report_value(l, DIAG_BAD_VALUE, &c->values.v[i], &e);
		ok = false;
	}
	return ok;
}

/* ---- workloads -------------------------------------------------------------------------- */

static enum label_op label_op(const struct ast_str *op)
{
	if (!strcmp(op->s, "In"))
		return LABEL_IN;
	if (!strcmp(op->s, "NotIn"))
		return LABEL_NOT_IN;
	return strcmp(op->s, "Exists") ? LABEL_ABSENT : LABEL_EXISTS;
}

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_label_value(const struct ast_str *v)
{
	if (v->len > LONGEST_LABEL)
		return false;
	for (size_t i = 0; i < v->len; i++)
		if (!is_alphanumeric(v->s[i]) &&
		    (i == 0 || i + 1 == v->len || !v->s[i] || !strchr("-_.", v->s[i])))
			return false;
	return true;
}

static void check_label_value(struct lowering *l, const struct ast_str *v)
{
	if (!is_label_value(v))
		diag_note(l->diags,
			  diag_at(l->diags, DIAG_BAD_LABEL, v->at,
				  "`%.80s` cannot be the value of a label", v->s),
			  "it has at most %d letters, digits, `-`, `_` and `.`, and starts and "
			  "ends with a letter or digit",
			  LONGEST_LABEL);
}

static void lower_expression(struct lowering *l, const struct ast_label_expression *e,
			     struct ir_requirement *out)
{
	*out = (struct ir_requirement){
		.at = e->at,
		.op = label_op(&e->op),
		.key = e->key.s,
		.values = e->values.v,
		.value_count = e->values.n,
	};
	if (out->op > LABEL_NOT_IN) {
		out->value_count = 0;
		if (e->values.n)
			diag_at(l->diags, DIAG_BAD_LABEL, e->values.at,
				"`%s` asks for a key only: it takes no values", e->op.s);
		return;
	}
	if (!e->values.n)
		diag_at(l->diags, DIAG_NO_VALUES, e->at, "`%s` needs at least one value", e->op.s);
	for (size_t i = 0; i < e->values.n; i++)
		check_label_value(l, &e->values.v[i]);
}

const struct ir_label_selector *lower_labels(struct lowering *l, const struct ast_label_selector *s)
{
	struct ir_label_selector *out;

	if (!s)
		return NULL;
	out = arena_alloc(l->arena, sizeof(*out));
	out->at = s->at;
	out->v = arena_array(l->arena, s->labels.n + s->expression_count, sizeof(*out->v));
	for (size_t i = 0; i < s->labels.n; i++) {
		const struct ast_label *label = &s->labels.v[i];

		out->v[out->n++] = (struct ir_requirement){
			.at = label->key.at,
			.key = label->key.s,
			.values = &label->value,
			.value_count = 1,
		};
		check_label_value(l, &label->value);
	}
	for (size_t i = 0; i < s->expression_count; i++)
		lower_expression(l, &s->expressions[i], &out->v[out->n++]);
	return out;
}

static void check_host(struct lowering *l, const struct ast_label_selector *host, bool namespaced)
{
	if (host && (host->labels.n || host->expression_count))
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_HOST_SELECTOR, host->at,
				  "`hostSelector` selects all processes outside of pods; it cannot "
				  "choose among them"),
			  "hostSelector: {}");
	if (host && namespaced)
		diag_hint(
			l->diags,
			diag_at(l->diags, DIAG_HOST_SELECTOR, host->at,
				"a TracingPolicyNamespaced is about pods of its namespace; it has "
				"no `hostSelector`"),
			"leave the key out, or make it a TracingPolicy");
}

static const struct ir_label_selector everything;

/* A selector that was left out beside the other one selects all. */
const struct ir_workload *lower_workload(struct lowering *l, const struct ast_label_selector *pod,
					 const struct ast_label_selector *container,
					 const struct ast_label_selector *host, bool namespaced)
{
	struct ir_workload *out = arena_alloc(l->arena, sizeof(*out));

	check_host(l, host, namespaced);
	out->pod = lower_labels(l, pod);
	out->container = lower_labels(l, container);
	out->host = host;
	out->at = pod ? pod->at : container ? container->at : host ? host->at : l->policy->at;
	if ((out->pod || namespaced) && !out->container)
		out->container = &everything;
	if (out->container && !out->pod)
		out->pod = &everything;
	if (namespaced)
		return out;
	if (!out->pod && !out->host)
		return NULL;
	if (out->host && out->pod && !out->pod->n && !out->container->n)
		return NULL;
	return out;
}

/* ---- all of a selector ------------------------------------------------------------------ */

static void lower_kernel_sets(struct lowering *l, const struct ast_selector *s,
			      struct ir_selector *out)
{
	out->namespaces = arena_array(l->arena, s->namespace_count, sizeof(*out->namespaces));
	for (size_t i = 0; i < s->namespace_count; i++)
		if (lower_namespaces(l, &s->namespaces[i], &out->namespaces[out->namespace_count]))
			out->namespace_count++;
	out->capabilities = arena_array(l->arena, s->capability_count, sizeof(*out->capabilities));
	for (size_t i = 0; i < s->capability_count; i++)
		if (lower_capabilities(l, &s->capabilities[i], "matchCapabilities",
				       &out->capabilities[out->capability_count]))
			out->capability_count++;
}

static void lower_changes(struct lowering *l, const struct ast_selector *s, struct ir_selector *out)
{
	out->namespace_changes =
		arena_array(l->arena, s->namespace_change_count, sizeof(*out->namespace_changes));
	for (size_t i = 0; i < s->namespace_change_count; i++)
		if (lower_namespace_changes(l, &s->namespace_changes[i],
					    &out->namespace_changes[out->namespace_change_count]))
			out->namespace_change_count++;
	out->capability_changes =
		arena_array(l->arena, s->capability_change_count, sizeof(*out->capability_changes));
	for (size_t i = 0; i < s->capability_change_count; i++)
		if (lower_capabilities(l, &s->capability_changes[i], "matchCapabilityChanges",
				       &out->capability_changes[out->capability_change_count]))
			out->capability_change_count++;
}

void lower_process(struct lowering *l, const struct ast_selector *s, struct ir_selector *out)
{
	out->pids = arena_array(l->arena, s->pid_count, sizeof(*out->pids));
	for (size_t i = 0; i < s->pid_count; i++)
		if (lower_pids(l, &s->pids[i], &out->pids[out->pid_count]))
			out->pid_count++;
	lower_binaries(l, s->binaries, s->binary_count, "matchBinaries", &out->binaries,
		       &out->binary_count);
	lower_binaries(l, s->parent_binaries, s->parent_binary_count, "matchParentBinaries",
		       &out->parent_binaries, &out->parent_binary_count);
	lower_kernel_sets(l, s, out);
	lower_changes(l, s, out);
	if (s->workloads)
		out->workload = lower_workload(l, s->workloads->pod, s->workloads->container,
					       s->workloads->host, false);
}
