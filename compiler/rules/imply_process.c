// SPDX-License-Identifier: Apache-2.0
/* Relations between filters on the process. */
#include <string.h>
#include "imply.h"

/* ---- binaries ------------------------------------------------------------------------------- */

static const struct type_info *text_type(void)
{
	return type_get(TYPE_STRING);
}

static struct value text_of(const struct ast_str *s)
{
	return (struct value){.kind = VALUE_IS_TEXT, .text = s->s, .len = (uint32_t)s->len};
}

static enum op text_op(enum op op)
{
	return op_get(op)->plain == OP_IN ? OP_EQUAL : op_get(op)->plain;
}

static bool binary_covers(const struct ir_binaries *wide, size_t i,
			  const struct ir_binaries *narrow, size_t j, bool disjoint)
{
	struct value v = text_of(&wide->values[i]), w = text_of(&narrow->values[j]);
	struct claim a = {text_op(wide->op), text_type(), &v};
	struct claim b = {text_op(narrow->op), text_type(), &w};

	return disjoint ? claims_disjoint(&a, &b) : claim_covers(&a, &b);
}

static bool few(size_t a, size_t b)
{
	return (uint64_t)a * b <= IMPLY_LOOKS;
}

/* Each value of `a` is covered by one of `b`. */
static bool all_covered(const struct ir_binaries *a, const struct ir_binaries *b)
{
	for (size_t i = 0; i < a->value_count; i++) {
		bool found = false;

		for (size_t j = 0; j < b->value_count && !found; j++)
			found = binary_covers(b, j, a, i, false);
		if (!found)
			return false;
	}
	return a->value_count > 0;
}

static bool all_disjoint(const struct ir_binaries *a, const struct ir_binaries *b)
{
	for (size_t i = 0; i < a->value_count; i++)
		for (size_t j = 0; j < b->value_count; j++)
			if (!binary_covers(a, i, b, j, true))
				return false;
	return a->value_count > 0;
}

bool binaries_imply(const struct ir_binaries *a, const struct ir_binaries *b)
{
	if (a->follow_children != b->follow_children || !few(a->value_count, b->value_count))
		return false;
	if (!b->negated)
		return !a->negated && all_covered(a, b);
	if (a->negated)
		return all_covered(b, a);
	return !a->follow_children && all_disjoint(a, b);
}

/* With followChildren a process can be a child of one binary and run another. */
bool binaries_exclude(const struct ir_binaries *a, const struct ir_binaries *b)
{
	if (a->follow_children != b->follow_children || (a->negated && b->negated) ||
	    !few(a->value_count, b->value_count))
		return false;
	if (a->negated)
		return all_covered(b, a);
	if (b->negated)
		return all_covered(a, b);
	return !a->follow_children && all_disjoint(a, b);
}

/* ---- pids ----------------------------------------------------------------------------------- */

static bool has_pid(const struct ir_pids *p, int32_t pid)
{
	for (size_t i = 0; i < p->value_count; i++)
		if (p->values[i] == pid)
			return true;
	return false;
}

static size_t common_pids(const struct ir_pids *a, const struct ir_pids *b)
{
	size_t count = 0;

	for (size_t i = 0; i < a->value_count; i++)
		count += has_pid(b, a->values[i]);
	return count;
}

static bool pids_comparable(const struct ir_pids *a, const struct ir_pids *b)
{
	return a->follow_forks == b->follow_forks && a->in_namespace == b->in_namespace &&
	       few(a->value_count, b->value_count);
}

bool pids_imply(const struct ir_pids *a, const struct ir_pids *b)
{
	if (!pids_comparable(a, b))
		return false;
	if (!b->negated)
		return !a->negated && common_pids(a, b) == a->value_count;
	if (a->negated)
		return common_pids(b, a) == b->value_count;
	return !a->follow_forks && !common_pids(a, b);
}

bool pids_exclude(const struct ir_pids *a, const struct ir_pids *b)
{
	if (!pids_comparable(a, b) || (a->negated && b->negated))
		return false;
	if (a->negated)
		return common_pids(b, a) == b->value_count;
	if (b->negated)
		return common_pids(a, b) == a->value_count;
	return !a->follow_forks && !common_pids(a, b);
}

/* ---- namespaces ----------------------------------------------------------------------------- */

static bool has_namespace(const struct ir_namespaces *n, uint32_t inode)
{
	for (size_t i = 0; i < n->value_count; i++)
		if (n->values[i] == inode)
			return true;
	return false;
}

/* The host's inode is not known here: it is equal to no number for certain. */
static bool namespaces_within(const struct ir_namespaces *a, const struct ir_namespaces *b)
{
	for (size_t i = 0; i < a->value_count; i++)
		if (!has_namespace(b, a->values[i]))
			return false;
	return !a->host || b->host;
}

static bool namespaces_apart(const struct ir_namespaces *a, const struct ir_namespaces *b)
{
	for (size_t i = 0; i < a->value_count; i++)
		if (has_namespace(b, a->values[i]))
			return false;
	return !a->host && !b->host;
}

bool namespaces_imply(const struct ir_namespaces *a, const struct ir_namespaces *b)
{
	if (a->kind != b->kind || !few(a->value_count, b->value_count))
		return false;
	if (!b->negated)
		return !a->negated && namespaces_within(a, b);
	return a->negated ? namespaces_within(b, a) : namespaces_apart(a, b);
}

bool namespaces_exclude(const struct ir_namespaces *a, const struct ir_namespaces *b)
{
	if (a->kind != b->kind || (a->negated && b->negated) ||
	    !few(a->value_count, b->value_count))
		return false;
	if (a->negated)
		return namespaces_within(b, a);
	return b->negated ? namespaces_within(a, b) : namespaces_apart(a, b);
}

/* ---- capabilities --------------------------------------------------------------------------- */

static bool capabilities_comparable(const struct ir_capabilities *a,
				    const struct ir_capabilities *b)
{
	return a->set == b->set && a->other_user_namespace == b->other_user_namespace;
}

bool capabilities_imply(const struct ir_capabilities *a, const struct ir_capabilities *b)
{
	if (!capabilities_comparable(a, b) || a->negated != b->negated)
		return false;
	return a->negated ? !(b->mask & ~a->mask) : !(a->mask & ~b->mask);
}

bool capabilities_exclude(const struct ir_capabilities *a, const struct ir_capabilities *b)
{
	if (!capabilities_comparable(a, b) || a->negated == b->negated)
		return false;
	return a->negated ? !(b->mask & ~a->mask) : !(a->mask & ~b->mask);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static bool same_change(const struct ir_namespace_changes *a, const struct ir_namespace_changes *b)
{
	return a->negated == b->negated && a->kinds == b->kinds;
}

static bool same_capability_change(const struct ir_capabilities *a, const struct ir_capabilities *b)
{
	return a->negated == b->negated && a->mask == b->mask && capabilities_comparable(a, b);
}

/* Each entry of b's section follows from one of a's. */
#define SECTION_IMPLIES(items, count, implies)                                                     \
	for (size_t i = 0; i < b->count; i++) {                                                    \
		bool found = false;                                                                \
		for (size_t j = 0; j < a->count && !found; j++)                                    \
			found = implies(&a->items[j], &b->items[i]);                               \
		if (!found)                                                                        \
			return false;                                                              \
	}

bool process_implies(const struct ir_selector *a, const struct ir_selector *b)
{
	if (b->workload)
		return false;
	SECTION_IMPLIES(pids, pid_count, pids_imply)
	SECTION_IMPLIES(binaries, binary_count, binaries_imply)
	SECTION_IMPLIES(parent_binaries, parent_binary_count, binaries_imply)
	SECTION_IMPLIES(namespaces, namespace_count, namespaces_imply)
	SECTION_IMPLIES(capabilities, capability_count, capabilities_imply)
	SECTION_IMPLIES(namespace_changes, namespace_change_count, same_change)
	SECTION_IMPLIES(capability_changes, capability_change_count, same_capability_change)
	return true;
}
