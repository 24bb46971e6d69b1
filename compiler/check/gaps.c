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
	(void)h;
	if (a->ir->return_copy && a->type->id == TYPE_CHAR_IOVEC)
		report(d, a->ir->at, "`returnCopy` of a `char_iovec` is");
	if (a->source == ARG_FIELD && !a->record && !a->from_user && a->ir->position > 3)
		report(d, a->ir->at, "a record that only tracefs describes is");
}

/* How far it is to another place is compiled in. */
static void check_jump(struct diags *d, const struct tir_hook *h, const struct ir_action *a)
{
	struct diag *m;

	if ((!a->new_symbol && !a->new_place) || tir_jump(h, a, 0))
		return;
	m = diag_at(d, DIAG_PROBE_BINARY, a->at,
		    "`%s` says how far the call has to go, and the file is not at hand",
		    h->ir->path->s);
	diag_hint(d, m, "tgc compile --root FOLDER   # the file is looked up below FOLDER");
}

static void check_action(struct diags *d, const struct tir_hook *h, const struct ir_action *a)
{
	if (a->action == TG_ACTION_GET_URL && strncmp(a->target->s, "http://", 7) &&
	    strncmp(a->target->s, "https://", 8))
		report(d, a->at, "`GetUrl` of anything but `http://` and `https://` is");
	if (a->action == TG_ACTION_OVERRIDE && h->ir->path)
		check_jump(d, h, a);
}

static void check_selector(struct diags *d, const struct tir_hook *h, const struct tir_selector *s)
{
	for (size_t i = 0; i < s->ir->actions.n; i++)
		check_action(d, h, &s->ir->actions.v[i]);
}

/* What is compiled for a probe is in the binary's notes. */
static void check_sites(struct diags *d, const struct tir_hook *h)
{
	struct diag *m;

	if (h->ir->kind != HOOK_USDT || h->site_count)
		return;
	m = diag_at(d, DIAG_PROBE_BINARY, h->ir->path->at,
		    "the notes of `%s` say where the probe and its arguments are, and the file is "
		    "not at hand",
		    h->ir->path->s);
	diag_hint(d, m, "tgc compile --root FOLDER   # the file is looked up below FOLDER");
}

void gaps_typed(struct diags *d, const struct tir *tir)
{
	for (size_t i = 0; i < tir->policy_count; i++)
		for (size_t j = 0; j < tir->policies[i].hook_count; j++) {
			const struct tir_hook *h = &tir->policies[i].hooks[j];

			check_sites(d, h);
			if (h->module)
				report(d, h->ir->symbol_at, "a function of a kernel module is");
			for (size_t k = 0; k < h->arg_count; k++)
				check_arg(d, h, &h->args[k]);
			for (size_t k = 0; k < h->selector_count; k++)
				check_selector(d, h, &h->selectors[k]);
		}
}
