// SPDX-License-Identifier: Apache-2.0
/* LSM hooks whose events have the hash of a file: the second program, and what the first hands it.
 */
#include <inttypes.h>
#include <string.h>
#include "emit.h"
#include "unit.h"

void emit_hand_over_error(struct emitter *e, const struct plan_hook *first, uint32_t hook)
{
	for (uint32_t i = 0; first->overrides && i < first->parts; i++)
		if (first[i].hashed)
			fprintf(e->out,
				"\tif (ret)\n\t\tret = tg_hash_hand_over(&tg_calls, %u, ret);\n",
				hook + i);
}

/* The first parameter is the file, or the program that is about to run. */
static const char *kind_of(const struct plan_hook *h)
{
	return strncmp(h->symbol, "bprm_", strlen("bprm_")) ? "file" : "program";
}

static void emit_part(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	fprintf(e->out,
		"\tif (tg_call_take(&tg_calls, %u, &call)) {\n"
		"\t\tif (!ret)\n\t\t\tret = call.saved[0];\n"
		"\t\tobject = NULL;\n"
		"\t\tif (call.won & " MASK ")\n\t\t\tobject = (const void *)ctx[0];\n"
		"\t\tif (call.open &&\n"
		"\t\t    tg_send_%s_hash(TG_BUNDLE, %u << 16, &call, object)) {\n"
		"\t\t\tlost = call.won;\n",
		h->peer, h->hashed, kind_of(h), hook);
	emit_losses(e, h);
	fprintf(e->out, "\t\t}\n\t}\n");
}

void emit_hash_program(struct emitter *e, const struct plan_hook *first, uint32_t hook)
{
	enum tg_attach attach = first->variants[0];

	emit_line(e, first->at);
	emit_section(e, first, attach);
	fprintf(e->out,
		"int %s(__u64 *ctx)\n{\n\tstruct tg_call call = {0};\n\tconst void *object;\n"
		"\t__u64 lost;\n\tint ret = 0;\n\n",
		unit_program_name(e->arena, hook, attach));
	for (uint32_t i = 0; i < first->parts; i++)
		emit_part(e, &first[i], hook + i);
	emit_bounded_return(e, 0);
}
