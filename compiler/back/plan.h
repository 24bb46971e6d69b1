/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What will be built: one program per hook for all policies, made by plan() from the typed
 * policies. Selectors of all policies that meet on a hook are numbered as bits, equal
 * predicates and arguments are shared, and the order of evaluation is fixed here:
 * integers, then process conditions, then texts. Owned by the compilation's arena.
 */
#ifndef TGC_PLAN_H
#define TGC_PLAN_H

#include <string.h>
#include "compiler/check/tir.h"
#include "plan_process.h"

struct plan_slot { /* one distinct argument of a hook */
	const struct tir_arg *arg;
	uint64_t filtered; /* selectors with a filter on it */
	uint64_t shown;	   /* selectors whose events contain it */
};

struct plan_predicate { /* one distinct filter */
	uint32_t slot;
	const struct tir_filter *filter;
	uint64_t selectors; /* that require it */
};

struct plan_action {
	enum tg_action action; /* Signal (Sigkill is 9) or Override */
	int32_t value;
	uint64_t selectors;
};

struct plan_view { /* one policy's use of the hook */
	uint32_t policy;
	uint32_t first_selector, selectors;
	const struct tir_hook *hook;
	uint32_t *slots; /* per entry of hook->args; PLAN_NO_SLOT for nop */
};
#define PLAN_NO_SLOT 0xffffffffu

struct plan_hook {
	enum tg_hook_kind kind;
	const char *symbol, *subsystem;
	bool syscall;
	struct span at;		 /* the first policy's hook */
	struct plan_slot *slots; /* integers first, then filtered texts, then the others */
	uint32_t slot_count;
	struct plan_predicate *predicates;
	uint32_t predicate_count;
	struct plan_condition *conditions; /* on the process */
	uint32_t condition_count;
	struct plan_action *actions;
	uint32_t action_count;
	struct plan_view *views;
	uint32_t view_count;
	const struct ir_selector **selectors; /* by bit */
	uint32_t selector_count;
	uint64_t posts; /* selectors that post */
	bool overrides, signals;
	bool lsm_twin; /* for all views: the LSM hook of a security_* function will do */
	enum tg_attach variants[2]; /* in order of preference */
	uint32_t variant_count;
};

struct plan {
	const struct tir *tir;
	struct plan_hook *hooks;
	uint32_t hook_count;
	struct plan_fact *facts; /* kept with each process, in as many words as it takes */
	uint32_t fact_count;
	uint32_t *records; /* policies that ask for changes, each of which has its own */
	uint32_t record_count;
};

#define PLAN_FACT_WORDS_MAX 32
#define PLAN_FACTS_MAX	    (PLAN_FACT_WORDS_MAX * 39) /* TG_BITS_FACTS of tg_bits.h */

struct plan *plan_build(struct arena *a, struct diags *d, const struct tir *tir);

/* The LSM hook that a hook's LSM variant attaches to. */
static inline const char *plan_lsm_name(const struct plan_hook *h)
{
	return h->kind == TG_HOOK_LSM ? h->symbol : h->symbol + strlen("security_");
}

/* Do the two ask the same of a text or number? Their places may differ. */
bool plan_same_filter(const struct tir_filter *a, const struct tir_filter *b);

/* How a program deals with an argument. */
enum plan_slot_kind {
	SLOT_NUMBER, /* 64 bits, tested and shown as they are */
	SLOT_TEXT,   /* read into scratch memory, tested there */
	SLOT_SOCKET, /* fields of it are tested before any text is read */
	SLOT_STRUCT, /* only shown */
};

enum plan_slot_kind plan_slot_kind(const struct plan_slot *s);

static inline bool plan_is_text(const struct plan_slot *s)
{
	return plan_slot_kind(s) == SLOT_TEXT;
}

static inline bool plan_is_number(const struct plan_slot *s)
{
	return plan_slot_kind(s) == SLOT_NUMBER;
}

static inline bool plan_is_path(const struct plan_slot *s)
{
	return s->arg->type->class == CLASS_PATH;
}

static inline bool plan_shown_only(const struct plan_slot *s)
{
	return plan_is_text(s) && !s->filtered;
}

static inline uint64_t plan_all(const struct plan_hook *h)
{
	return h->selector_count == 64 ? ~0ull : (1ull << h->selector_count) - 1;
}

#endif
