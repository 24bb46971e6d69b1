// SPDX-License-Identifier: Apache-2.0
/* The sections about the process (reference 4.3 to 4.9). */
#include <inttypes.h>
#include <string.h>
#include "internal.h"

static const struct eval_process *process_of(const struct evaluation *e)
{
	return &e->event->process;
}

/* ---- matchPIDs ------------------------------------------------------------------------- */

static bool pid_listed(const struct ir_pids *p, uint32_t pid)
{
	for (size_t i = 0; i < p->value_count; i++)
		if ((uint32_t)p->values[i] == pid)
			return true;
	return false;
}

/* A record also knows its parent's pid, but not what that is in another namespace. */
static bool record_listed(const struct ir_pids *p, const struct eval_record *r)
{
	if (p->in_namespace)
		return pid_listed(p, r->namespace_pid);
	return pid_listed(p, r->pid) || pid_listed(p, r->parent_pid);
}

static bool lineage_listed(const struct ir_pids *p, const struct eval_process *process)
{
	bool any = record_listed(p, &process->record);

	for (size_t i = 0; i < process->ancestor_count; i++)
		any |= record_listed(p, &process->ancestors[i]);
	return any;
}

bool pids_hold(struct evaluation *e, const struct ir_pids *p)
{
	const struct eval_process *process = process_of(e);
	uint32_t pid = p->in_namespace ? process->record.namespace_pid : process->record.pid;
	bool follows;

	if (p->follow_forks && p->in_namespace && !pid)
		return miss(e, "the process is in the first PID namespace");
	/* a process without a record has no parent either */
	follows = p->follow_forks && !process->unrecorded;
	if ((follows ? lineage_listed(p, process) : pid_listed(p, pid)) != p->negated)
		return true;
	return miss(e,
		    p->follow_forks ? "the process is %u, and so on for its ancestors"
				    : "the process is %u",
		    pid);
}

/* ---- matchBinaries, matchParentBinaries ------------------------------------------------ */

static bool path_compares(enum op op, const char *path, const struct ast_str *v)
{
	size_t len = strlen(path);

	if (len < v->len || !len)
		return false;
	switch (op_get(op)->plain) {
	case OP_PREFIX:
		return !memcmp(path, v->s, v->len);
	case OP_POSTFIX:
		return !memcmp(path + len - v->len, v->s, v->len);
	default:
		return len == v->len && !memcmp(path, v->s, len);
	}
}

/* Without the negation. */
bool binary_listed(const struct ir_binaries *b, const struct eval_record *r)
{
	for (size_t i = 0; r->exe_kind == EVAL_EXE_PATH && i < b->value_count; i++)
		if (path_compares(b->op, r->exe, &b->values[i]))
			return true;
	return false;
}

static bool record_holds(struct evaluation *e, const struct ir_binaries *b,
			 const struct eval_record *r, bool marks_known)
{
	bool listed = binary_listed(b, r);

	if (r->exe_kind == EVAL_EXE_UNKNOWN)
		return miss(e, "its path could not be read");
	if (b->follow_children && marks_known)
		listed |= state_follows(e->state, r->pid, b);
	if (listed != b->negated)
		return true;
	if (r->exe_kind == EVAL_EXE_NONE)
		return miss(e, "a kernel thread runs no binary");
	return miss(e, "the binary is `%s`", r->exe);
}

bool binaries_hold(struct evaluation *e, const struct ir_binaries *b)
{
	return record_holds(e, b, &process_of(e)->record, !process_of(e)->unrecorded);
}

/* Nothing is known of a parent without a record, so no operator holds. */
bool parent_binaries_hold(struct evaluation *e, const struct ir_binaries *b)
{
	const struct eval_process *p = process_of(e);

	if (p->unrecorded || !p->ancestor_count || p->ancestors[0].pid != p->record.parent_pid)
		return miss(e, "the parent is not known");
	return record_holds(e, b, &p->ancestors[0], true);
}

/* ---- matchNamespaces, matchCapabilities ------------------------------------------------- */

bool namespaces_hold(struct evaluation *e, const struct ir_namespaces *n)
{
	uint32_t inode = process_of(e)->namespaces[n->kind];
	bool any = n->host && inode == e->state->host[n->kind];

	for (size_t i = 0; i < n->value_count; i++)
		any |= inode == n->values[i];
	return any != n->negated || miss(e, "the namespace is %u", inode);
}

static bool in_other_user_namespace(const struct evaluation *e)
{
	return process_of(e)->namespaces[NS_USER] != e->state->host[NS_USER];
}

bool capabilities_hold(struct evaluation *e, const struct ir_capabilities *c)
{
	uint64_t set = process_of(e)->capabilities[c->set];

	if (c->other_user_namespace && !in_other_user_namespace(e))
		return miss(e, "the process is in the host's user namespace");
	return ((set & c->mask) != 0) != c->negated || miss(e, "the set is %#" PRIx64, set);
}

/* ---- matchNamespaceChanges, matchCapabilityChanges --------------------------------------- */

static const struct recorded *recorded_for(struct evaluation *e)
{
	return state_recorded(e->state, process_of(e)->record.pid, e->policy);
}

/* `NotIn` asks for a change of a kind that is not listed. */
bool namespace_changes_hold(struct evaluation *e, const struct ir_namespace_changes *n)
{
	const struct recorded *r = recorded_for(e);
	uint32_t kinds = n->negated ? ~n->kinds : n->kinds;

	if (!r)
		return miss(e, "the process's earlier namespaces are not known");
	for (unsigned kind = 0; kind < NS_COUNT; kind++)
		if (kinds >> kind & 1 && r->namespaces[kind] &&
		    r->namespaces[kind] != process_of(e)->namespaces[kind])
			return true;
	return miss(e, "none of these namespaces has changed");
}

/* `NotIn` asks for a change elsewhere, and none among those that are listed. */
bool capability_changes_hold(struct evaluation *e, const struct ir_capabilities *c)
{
	const struct recorded *r = recorded_for(e);
	uint64_t changed;

	if (!r)
		return miss(e, "the process's earlier capabilities are not known");
	if (c->other_user_namespace && !in_other_user_namespace(e))
		return miss(e, "the process is in the host's user namespace");
	changed = r->capabilities[c->set] ^ process_of(e)->capabilities[c->set];
	if (c->negated ? !(changed & c->mask) && changed : (changed & c->mask) != 0)
		return true;
	return miss(e, "the capabilities that changed are %#" PRIx64, changed);
}
