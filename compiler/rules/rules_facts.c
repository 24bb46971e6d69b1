// SPDX-License-Identifier: Apache-2.0
/* Stage "rules": questions that several rules ask. */
#include <string.h>
#include "rule.h"

#define SHOWN_MAX 60

static const char *without_sys(const char *symbol)
{
	const char *plain = symbol;

	for (enum syscall_abi abi = 0; abi < ABI_COUNT; abi++)
		if (!strncmp(symbol, abi_prefix(abi), strlen(abi_prefix(abi))))
			plain = symbol + strlen(abi_prefix(abi));
	return strncmp(plain, "sys_", 4) ? NULL : plain + 4;
}

const char *rule_syscall(const struct ir_hook *h, const struct ir_name *name)
{
	bool enter = h->kind == HOOK_TRACEPOINT && !strcmp(h->subsystem, "syscalls") &&
		     !strncmp(name->name, "sys_enter_", 10);

	if (enter)
		return name->name + 10;
	return h->kind <= HOOK_FENTRY && name->syscall ? without_sys(name->name) : NULL;
}

const char *rule_hook_words(struct ruling *r, const struct ir_hook *h)
{
	const char *name = h->calls.n ? h->calls.v[0].name : "";

	if (h->calls.list)
		return arena_printf(r->arena, "the functions of the list `%s`", h->calls.list);
	if (h->kind == HOOK_TRACEPOINT || h->kind == HOOK_RAW_TRACEPOINT)
		return arena_printf(r->arena, "the tracepoint `%s/%s`", h->subsystem, name);
	if (h->kind == HOOK_LSM)
		return arena_printf(r->arena, "the LSM hook `%s`", name);
	if (h->kind > HOOK_LSM)
		return arena_printf(r->arena, "this %s", hook_noun(h->kind));
	if (h->calls.n && rule_syscall(h, &h->calls.v[0]))
		return arena_printf(r->arena, "the system call `%s`", name);
	return arena_printf(r->arena, "`%s`", name);
}

const struct ir_action *rule_action(const struct ir_actions *actions, enum tg_action action)
{
	for (size_t i = 0; i < actions->n; i++)
		if (actions->v[i].action == action)
			return &actions->v[i];
	return NULL;
}

const struct ir_action *rule_enforcement(const struct ir_actions *actions)
{
	for (size_t i = 0; i < actions->n; i++)
		if (ir_is_enforcing(actions->v[i].action))
			return &actions->v[i];
	return NULL;
}

bool rule_process_scope(const struct ir_selector *s)
{
	return s->workload || s->pid_count || s->binary_count || s->parent_binary_count ||
	       s->namespace_count || s->namespace_change_count || s->capability_count ||
	       s->capability_change_count;
}

bool rule_has_filters(const struct ir_selector *s)
{
	return rule_process_scope(s) || s->filters[IR_ARGS].n || s->filters[IR_DATA].n;
}

bool rule_starts_with(const struct ast_str *s, const char *start)
{
	return s->len >= strlen(start) && !memcmp(s->s, start, strlen(start));
}

bool rule_ends_with(const struct ast_str *s, const char *end)
{
	return s->len >= strlen(end) && !memcmp(s->s + s->len - strlen(end), end, strlen(end));
}

const char *rule_shown(struct ruling *r, const struct ast_str *s)
{
	if (s->len <= SHOWN_MAX)
		return arena_printf(r->arena, "`%s`", s->s);
	return arena_printf(r->arena, "`%.*s...`", SHOWN_MAX, s->s);
}

const char *rule_guard(const char *name)
{
	static const struct {
		const char *name, *hook;
	} guards[] = {
#define GUARD(name, hook) {name, hook},
#include "grammar/guards.def"
	};

	for (size_t i = 0; i < sizeof(guards) / sizeof(guards[0]); i++)
		if (!strcmp(guards[i].name, name))
			return guards[i].hook;
	return NULL;
}
