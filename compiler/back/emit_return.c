// SPDX-License-Identifier: Apache-2.0
/* Hooks whose return is watched: what the entry leaves behind, and how the return takes it up. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "unit.h"

/*
 * Remembered before the first half is sent, so that the second finds it. What cannot be
 * remembered has no second half: its event is lost.
 */
void emit_keep(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out,
		"static __inline __u64 h%u_keep(__u64 won, __u64 matched, struct tg_call "
		"*call)\n{\n"
		"\t__u64 lost = matched & " MASK ";\n\n"
		"\tcall->won = won & " MASK ";\n\tcall->open = lost != 0;\n"
		"\tcall->id = 0;\n\tcall->mute = 0;\n"
		"\tif (!call->won || tg_call_keep(&tg_calls, %u, call))\n\t\treturn matched;\n"
		"\tif (lost) {\n",
		hook, h->held, h->held, hook);
	emit_losses(e, h);
	fprintf(e->out, "\t}\n\treturn matched & ~" MASK ";\n}\n\n", h->held);
}

void emit_saved(struct emitter *e, const struct plan_hook *h, const char *name,
		enum tg_attach attach)
{
	for (uint32_t i = 0; i < h->saved_count; i++) {
		fprintf(e->out, "\t%s.saved[%u] = (__u64)", name, i);
		emit_argument(e, h->saved[i], attach);
		fprintf(e->out, ";\n");
	}
}

void emit_result(struct emitter *e, const struct plan_hook *h, enum tg_attach attach)
{
	if (attach == TG_ATTACH_FEXIT)
		fprintf(e->out, "tg_result(ctx, %u)", h->param_count);
	else
		fprintf(e->out, "((struct pt_regs *)ctx)->ax");
}

void emit_return_value(struct emitter *e, const struct plan_hook *h, const struct tir_arg *arg,
		       enum tg_attach attach)
{
	for (uint32_t i = 0; arg->source != ARG_RETURN && i < h->saved_count; i++)
		if (h->saved[i]->ir->position == arg->ir->position &&
		    h->saved[i]->source == arg->source) {
			fprintf(e->out, "call->saved[%u]", i);
			return;
		}
	emit_result(e, h, attach);
}

static bool result_is_tracked(const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		if (h->views[i].hook->ir->return_action != RETURN_NOTHING)
			return true;
	return false;
}

/* Whoever sees that no event comes of a first half that was sent says so. */
static void emit_return_part(struct emitter *e, const struct plan_hook *h, const char *name)
{
	fprintf(e->out,
		"\tif (tg_call_take(&tg_calls, %u, &call)) {\n"
		"\t\tif (%s_run(ctx, call.won, &call) != TG_SENT && call.open)\n"
		"\t\t\ttg_send_cancel(TG_BUNDLE, %u << 16, call.id);\n",
		h->peer, name, h->peer);
	if (result_is_tracked(h))
		fprintf(e->out, "\t\t%s_own(ctx, call.won);\n", name);
	fprintf(e->out, "\t}\n");
}

void emit_result_tracks(struct emitter *e, const struct plan_hook *h, const char *name,
			enum tg_attach attach)
{
	if (h->at_return && result_is_tracked(h))
		emit_return_tracks(e, h, name, attach);
}

void emit_return_body(struct emitter *e, const struct plan_hook *first, uint32_t hook,
		      enum tg_attach attach)
{
	fprintf(e->out, "\tstruct tg_call call;\n\n");
	for (uint32_t i = 0; i < first->parts; i++)
		emit_return_part(e, &first[i], unit_program_name(e->arena, hook + i, attach));
	fprintf(e->out, "\treturn 0;\n}\n\n");
}
