// SPDX-License-Identifier: Apache-2.0
/* By which attachments a hook can be had, the best first. */
#include "plan_make.h"

static void add_variant(struct plan_hook *h, enum tg_attach attach)
{
	h->variants[h->variant_count++] = attach;
}

/*
 * A function whose result is replaced. `override-method` is about enforcers; should two policies
 * ask for different ones in the same function, the last one decides, for both have the same effect.
 */
static void add_overriding(struct plan_hook *h)
{
	bool automatic = h->method == OVERRIDE_AUTOMATIC;

	if (h->syscall && h->method != OVERRIDE_FMOD_RET)
		add_variant(h, TG_ATTACH_KPROBE_OVERRIDE);
	if (h->lsm_twin && automatic)
		add_variant(h, TG_ATTACH_LSM);
	if (h->method != OVERRIDE_RETURN)
		add_variant(h, TG_ATTACH_FMOD_RET);
}

/*
 * The cheapest attachment with the wanted meaning first (measured; docs/architecture.md). But
 * where something is enforced: a preemptible kernel skips an fentry or fmod_ret program while
 * the same one is interrupted on that CPU, and anybody can bring that about. LSM programs and
 * kprobes are not skipped, so fentry is last there, and fmod_ret where there is nothing else.
 */
static bool reads_registers(const struct plan_hook *first)
{
	for (uint32_t i = 0; i < first->parts; i++)
		for (uint32_t j = 0; j < first[i].slot_count; j++)
			if (first[i].slots[j].arg->source == ARG_REGISTER)
				return true;
	return false;
}

/*
 * The event of every system call is a copy of what its raw tracepoint passes, and costs some 200
 * instructions to make. Where only the call's number is asked for, which is the raw one's second
 * argument, that will do.
 */
static bool needs_number_only(const struct plan_hook *first)
{
	if (strcmp(first->subsystem, "raw_syscalls") != 0 ||
	    strcmp(first->symbol, "sys_enter") != 0)
		return false;
	for (uint32_t i = 0; i < first->parts; i++)
		for (uint32_t j = 0; j < first[i].slot_count; j++)
			if (first[i].slots[j].arg->ir->position != PLAN_CALL_NUMBER ||
			    first[i].slots[j].arg->source != ARG_FIELD)
				return false;
	return true;
}

static void choose(struct plan_hook *h)
{
	if (h->kind == TG_HOOK_LSM) {
		add_variant(h, h->at_return ? TG_ATTACH_LSM_SLEEPABLE : TG_ATTACH_LSM);
	} else if (h->kind == TG_HOOK_TRACEPOINT) {
		if (h->raw || needs_number_only(h))
			add_variant(h, TG_ATTACH_TP_BTF);
		if (!h->raw)
			add_variant(h, TG_ATTACH_TRACEPOINT);
	} else if (h->kind == TG_HOOK_UPROBE || h->kind == TG_HOOK_USDT) {
		add_variant(h, h->at_return   ? TG_ATTACH_URETPROBE
			       : h->overrides ? TG_ATTACH_UPROBE_REGISTERS
			       : h->writes    ? TG_ATTACH_UPROBE_MEMORY
					      : TG_ATTACH_UPROBE);
	} else if (h->target_count) {
		add_variant(h, h->at_return ? TG_ATTACH_KRETPROBE_MULTI : TG_ATTACH_KPROBE_MULTI);
		add_variant(h, h->at_return ? TG_ATTACH_KRETPROBE : TG_ATTACH_KPROBE);
	} else if (h->at_return && h->params_differ) {
		add_variant(h, TG_ATTACH_KRETPROBE);
	} else if (h->at_return) {
		add_variant(h, h->signals ? TG_ATTACH_KRETPROBE : TG_ATTACH_FEXIT);
		add_variant(h, h->signals ? TG_ATTACH_FEXIT : TG_ATTACH_KRETPROBE);
	} else if (!h->syscall && !h->overrides && reads_registers(h)) {
		add_variant(h, TG_ATTACH_KPROBE); /* only it has the registers */
	} else if (h->overrides) {
		add_overriding(h);
	} else {
		add_variant(h, h->signals ? TG_ATTACH_KPROBE : TG_ATTACH_FENTRY);
		add_variant(h, h->signals ? TG_ATTACH_FENTRY : TG_ATTACH_KPROBE);
	}
}

void plan_choose_variants(struct plan_hook *first)
{
	choose(first);
	for (uint32_t i = 1; i < first->parts; i++) {
		memcpy(first[i].variants, first->variants, sizeof(first->variants));
		first[i].variant_count = first->variant_count;
	}
}
