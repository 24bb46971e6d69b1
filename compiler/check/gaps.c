// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/diag/diag.h"
#include "gaps.h"

static void report(struct diags *d, struct span at, const char *what)
{
	diag_at(d, DIAG_NOT_SUPPORTED_YET, at,
		"%s part of the language but not supported by this version of tgc", what);
}

void gaps_written(struct diags *d, const struct ast *ast)
{
	for (size_t i = 0; i < ast->policy_count; i++)
		for (size_t j = 0; j < ast->policies[i].gap_count; j++)
			diag_at(d, DIAG_NOT_SUPPORTED_YET, ast->policies[i].gaps[j].at,
				"%s is part of the language but not supported by this version "
				"of tgc",
				ast->policies[i].gaps[j].what);
}

static void check_arg(struct diags *d, const struct tir_hook *h, const struct tir_arg *a)
{
	if (a->source == ARG_SYSCALL && abi_is_32bit(h->abi))
		report(d, a->ir->at, "arguments of 32-bit system calls are");
	if (a->source == ARG_FIELD && !a->record && !a->from_user && a->ir->position > 3)
		report(d, a->ir->at, "a record that only tracefs describes is");
}

static void check_selector(struct diags *d, const struct tir_selector *s)
{
	const struct ir_actions *actions = &s->ir->actions;

	for (size_t i = 0; i < actions->n; i++)
		if (actions->v[i].action == TG_ACTION_GET_URL &&
		    strncmp(actions->v[i].target->s, "http://", 7))
			report(d, actions->v[i].at, "`GetUrl` of anything but `http://` is");
}

void gaps_typed(struct diags *d, const struct tir *tir)
{
	for (size_t i = 0; i < tir->policy_count; i++)
		for (size_t j = 0; j < tir->policies[i].hook_count; j++) {
			const struct tir_hook *h = &tir->policies[i].hooks[j];

			if (h->module)
				report(d, h->ir->symbol_at, "a function of a kernel module is");
			for (size_t k = 0; k < h->arg_count; k++)
				check_arg(d, h, &h->args[k]);
			for (size_t k = 0; k < h->selector_count; k++)
				check_selector(d, &h->selectors[k]);
		}
}
