// SPDX-License-Identifier: Apache-2.0
/*
 * Which places are probed, by whom. Functions that the same entries of the same policies watch,
 * with the same arguments, share one program: a list of functions is one, however long it is.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/binaries/userelf.h"
#include "plan_make.h"

/* Below that, a program for each function is worth its cheaper attachment. */
#define SHARED_MIN 5

/* ---- places ------------------------------------------------------------------------------- */

/* The kinds that are compiled; others were refused before (gaps.c). What fentries watch is what
 * kprobes watch, so both meet in one program. */
static enum tg_hook_kind kind_of(const struct tir_hook *hook)
{
	switch (hook->ir->kind) {
	case HOOK_LSM:
		return TG_HOOK_LSM;
	case HOOK_TRACEPOINT:
	case HOOK_RAW_TRACEPOINT:
		return TG_HOOK_TRACEPOINT;
	case HOOK_UPROBE:
		return TG_HOOK_UPROBE;
	case HOOK_USDT:
		return TG_HOOK_USDT;
	case HOOK_KPROBE:
		return hook->ir->loader ? TG_HOOK_LOADER : TG_HOOK_KPROBE;
	default:
		return TG_HOOK_KPROBE;
	}
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* Whoever names no digests can go along with one that has to fit, or the bundle is refused. */
static bool same_file(const struct manifest_target *a, const struct manifest_target *b)
{
	if (!a->digests || !b->digests)
		return !((a->digests   ? a->flags
			  : b->digests ? b->flags
				       : 0) &
			 TG_TARGET_MAY_DIFFER);
	return !strcmp(a->digests, b->digests) && a->flags == b->flags;
}

/* Entries of a function that are for other kernels have a program of their own. */
static bool same_kernels(const struct plan_probe *a, const struct plan_probe *b)
{
	if (a->kernel_name_count != b->kernel_name_count)
		return false;
	for (size_t i = 0; i < a->kernel_name_count; i++)
		if (a->kernel_names[i].lacks != b->kernel_names[i].lacks ||
		    strcmp(a->kernel_names[i].name, b->kernel_names[i].name) != 0)
			return false;
	return true;
}

static bool same_place(const struct plan_probe *a, const struct plan_probe *b)
{
	if (a->place.place && a->may_miss != b->may_miss)
		return false; /* one of them is left out where the other one is needed */
	return a->kind == b->kind && a->raw == b->raw && !strcmp(a->symbol, b->symbol) &&
	       !strcmp(a->subsystem, b->subsystem) && same_text(a->place.path, b->place.path) &&
	       a->place.place == b->place.place && a->place.offset == b->place.offset &&
	       a->place.counter == b->place.counter && same_text(a->place.name, b->place.name) &&
	       same_file(&a->place, &b->place) && same_kernels(a, b);
}

static struct plan_probe *probe_for(struct planning *p, const struct plan_probe *wanted)
{
	for (uint32_t i = 0; i < p->probe_count; i++)
		if (same_place(&p->probes[i], wanted)) {
			if (!p->probes[i].place.digests)
				p->probes[i].place = wanted->place;
			return &p->probes[i];
		}
	p->probes =
		arena_grow(p->arena, p->probes, p->probe_count, &p->probe_room, sizeof(*p->probes));
	p->probes[p->probe_count] = *wanted;
	return &p->probes[p->probe_count++];
}

static void use_probe(struct planning *p, const struct plan_probe *wanted, uint32_t policy,
		      const struct tir_hook *hook, size_t place)
{
	struct plan_probe *probe = probe_for(p, wanted);

	probe->uses = arena_grow(p->arena, probe->uses, probe->use_count, &probe->use_room,
				 sizeof(*probe->uses));
	probe->uses[probe->use_count++] = (struct plan_use){policy, hook, place};
}

static void use_function(struct planning *p, uint32_t policy, const struct tir_hook *hook)
{
	struct plan_probe probe = {
		.kind = kind_of(hook),
		.raw = hook->ir->kind == HOOK_RAW_TRACEPOINT,
		.symbol = hook->symbol,
		.subsystem = hook->ir->subsystem,
		.may_miss = hook->may_miss || hook->ir->ignore_missing,
		.kernel_names = hook->ir->kernel_names,
		.kernel_name_count = hook->ir->kernel_name_count,
	};

	use_probe(p, &probe, policy, hook, 0);
}

/* ---- places of user programs ---- */

static const char *join_digests(struct arena *a, const struct ir_hook *h)
{
	const char *text = NULL;

	for (size_t i = 0; i < h->digest_count; i++)
		text = text ? arena_printf(a, "%s %s", text, h->digests[i].s) : h->digests[i].s;
	return text;
}

static void use_places(struct planning *p, uint32_t policy, const struct tir_hook *hook)
{
	static const enum tg_place places[] = {[PLACE_SYMBOL] = TG_PLACE_SYMBOL,
					       [PLACE_OFFSET] = TG_PLACE_OFFSET,
					       [PLACE_ADDRESS] = TG_PLACE_ADDRESS};
	const struct ir_hook *ir = hook->ir;

	for (size_t i = 0; i < ir->place_count; i++) {
		const struct ir_place *at = &ir->places[i];
		struct plan_probe probe = {
			.kind = TG_HOOK_UPROBE,
			.symbol = at->kind == PLACE_SYMBOL ? at->symbol : ir->path->s,
			.subsystem = "",
			.place = {.place = places[at->kind],
				  .name = at->kind == PLACE_SYMBOL ? at->symbol : NULL,
				  .path = ir->path->s,
				  .digests = hook->file_digest ? hook->file_digest
							       : join_digests(p->arena, ir),
				  .offset = at->offset,
				  .counter = at->counted ? at->counter : 0,
				  .flags = ir->ignore_digest ? TG_TARGET_MAY_DIFFER : 0},
			.may_miss = hook->may_miss,
			.kernel_names = ir->kernel_names,
			.kernel_name_count = ir->kernel_name_count,
		};

		use_probe(p, &probe, policy, hook, i);
	}
}

/* What is compiled in fits the file that was looked at, and no other. */
static void use_sites(struct planning *p, uint32_t policy, const struct tir_hook *hook)
{
	for (size_t i = 0; i < hook->site_count; i++) {
		struct plan_probe probe = {
			.kind = TG_HOOK_USDT,
			.symbol = hook->symbol,
			.subsystem = hook->ir->subsystem,
			.place = {.place = TG_PLACE_OFFSET,
				  .path = hook->ir->path->s,
				  .digests = hook->file_digest,
				  .offset = hook->sites[i]->offset,
				  .counter = hook->sites[i]->ref_ctr_offset},
			.site = hook->sites[i],
			.kernel_names = hook->ir->kernel_names,
			.kernel_name_count = hook->ir->kernel_name_count,
		};

		use_probe(p, &probe, policy, hook, 0);
	}
}

static void use_hook(struct planning *p, uint32_t policy, const struct tir_hook *hook)
{
	if (hook->ir->kind == HOOK_UPROBE)
		use_places(p, policy, hook);
	else if (hook->ir->kind == HOOK_USDT)
		use_sites(p, policy, hook);
	else
		use_function(p, policy, hook);
}

static void add_enforcer(struct planning *p, struct plan_probe *probe, uint32_t policy,
			 const struct tir_enforced *f)
{
	probe->enforcers = arena_grow(p->arena, probe->enforcers, probe->enforcer_count,
				      &probe->enforcer_room, sizeof(*probe->enforcers));
	probe->enforcers[probe->enforcer_count++] = (struct plan_enforcer){policy, f};
}

/*
 * Enforcers act in functions, which policies may watch as well. What a program notifies of is to be
 * acted on in the same call, so programs for some kernels only act as well as the one for all.
 */
static void use_enforcer(struct planning *p, uint32_t policy, const struct tir_enforced *f)
{
	struct plan_probe wanted = {.kind = TG_HOOK_KPROBE, .symbol = f->symbol, .subsystem = ""};

	add_enforcer(p, probe_for(p, &wanted), policy, f);
	for (uint32_t i = 0; i < p->probe_count; i++) {
		struct plan_probe *probe = &p->probes[i];

		if (probe->kind == wanted.kind && probe->kernel_name_count &&
		    !strcmp(probe->symbol, f->symbol))
			add_enforcer(p, probe, policy, f);
	}
}

/* ---- which of them are alike ------------------------------------------------------------------
 */

static bool same_steps(const struct tir_arg *a, const struct tir_arg *b)
{
	if (a->step_count != b->step_count)
		return false;
	for (size_t i = 0; i < a->step_count; i++)
		if (!same_text(a->steps[i].record, b->steps[i].record) ||
		    !same_text(a->steps[i].member, b->steps[i].member) ||
		    a->steps[i].load != b->steps[i].load ||
		    (!a->steps[i].member && a->steps[i].offset != b->steps[i].offset))
			return false;
	return true;
}

bool plan_same_layout(const struct tir_arg *a, const struct tir_arg *b)
{
	return a->source == b->source && a->type == b->type && a->bits == b->bits &&
	       a->is_signed == b->is_signed && a->is_enum == b->is_enum &&
	       a->is_pointer == b->is_pointer && a->from_user == b->from_user &&
	       a->abi32 == b->abi32 && same_text(a->record, b->record) &&
	       same_text(a->field, b->field) && (a->record || a->offset == b->offset) &&
	       same_steps(a, b);
}

static bool same_layouts(const struct tir_arg *a, const struct tir_arg *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!plan_same_layout(&a[i], &b[i]))
			return false;
	return true;
}

bool plan_same_arguments(const struct tir_hook *a, const struct tir_hook *b)
{
	return a->ir == b->ir && a->syscall == b->syscall && a->abi == b->abi &&
	       same_layouts(a->args, b->args, a->arg_count) &&
	       same_layouts(a->data, b->data, a->data_count) &&
	       (!a->return_arg || plan_same_layout(a->return_arg, b->return_arg));
}

static bool same_uses(const struct plan_probe *a, const struct plan_probe *b)
{
	if (a->use_count != b->use_count)
		return false;
	for (uint32_t i = 0; i < a->use_count; i++)
		if (a->uses[i].policy != b->uses[i].policy ||
		    !plan_same_arguments(a->uses[i].hook, b->uses[i].hook))
			return false;
	return true;
}

/* Who changes what a function returns has to be attached to it alone. */
static bool overrides(const struct plan_probe *p)
{
	for (uint32_t i = 0; i < p->use_count; i++) {
		const struct ir_hook *h = p->uses[i].hook->ir;

		for (size_t j = 0; j < h->selector_count; j++)
			for (size_t k = 0; k < h->selectors[j].actions.n; k++)
				if (h->selectors[j].actions.v[k].action == TG_ACTION_OVERRIDE)
					return true;
	}
	return false;
}

static bool shareable(const struct plan_probe *p)
{
	return p->kind == TG_HOOK_KPROBE && !p->enforcer_count && p->uses[0].hook->ir->calls.list &&
	       !overrides(p);
}

static void group_probes(struct planning *p)
{
	for (uint32_t i = 0; i < p->probe_count; i++) {
		struct plan_probe *probe = &p->probes[i];

		probe->leader = i;
		for (uint32_t j = 0; shareable(probe) && j < i; j++)
			if (p->probes[j].leader == j && shareable(&p->probes[j]) &&
			    same_uses(&p->probes[j], probe)) {
				probe->leader = j;
				break;
			}
		p->probes[probe->leader].followers++;
	}
	for (uint32_t i = 0; i < p->probe_count; i++)
		if (p->probes[p->probes[i].leader].followers < SHARED_MIN) {
			p->probes[i].leader = i;
			p->probes[i].followers = 1;
		}
}

void plan_probes(struct planning *p)
{
	const struct tir *tir = p->plan->tir;

	for (size_t i = 0; i < tir->policy_count; i++)
		for (size_t j = 0; j < tir->policies[i].hook_count; j++)
			if (tir->policies[i].hooks[j].found)
				use_hook(p, (uint32_t)i, &tir->policies[i].hooks[j]);
	for (size_t i = 0; i < tir->policy_count; i++) {
		p->plan->notifies |= tir->policies[i].ir->enforcer_count > 0;
		for (size_t j = 0; j < tir->policies[i].enforced_count; j++)
			use_enforcer(p, (uint32_t)i, &tir->policies[i].enforced[j]);
	}
	group_probes(p);
}
