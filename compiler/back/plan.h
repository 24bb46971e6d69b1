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
#include "manifest.h"
#include "compiler/values/usdt.h"
#include "plan_process.h"

struct plan_slot { /* one distinct argument of a hook */
	const struct tir_arg *arg;
	uint64_t filtered; /* selectors with a filter on it */
	uint64_t shown;	   /* selectors whose events contain it */
	uint64_t asked;	   /* selectors whose actions look at it */
};

struct plan_predicate {	      /* one distinct filter */
	uint32_t slot;	      /* PLAN_NO_SLOT: it is about several numbers, or none */
	const uint32_t *args; /* then: their slots, by the policy's `args` */
	const struct tir_filter *filter;
	uint64_t selectors; /* that require it */
	/* An expression over texts: it asks them `atoms` questions, which have numbers of their own
	 * in the hook, from `first_atom` on. */
	uint32_t first_atom, atoms;
};
#define PLAN_ATOMS_MAX 64

struct plan_action { /* Signal (Sigkill is 9), Override, or what a policy does for itself */
	enum tg_action action;
	int32_t value;
	int32_t error;		    /* NotifyEnforcer */
	uint32_t policy;	    /* whose it is: of all but signals and errors */
	uint32_t slot;		    /* TrackSock, UntrackSock */
	const struct ir_action *ir; /* Set, Override of a uprobe */
	int64_t distance;	    /* Override of a uprobe: how far to go on elsewhere; 0: not */
	uint64_t selectors;
};

struct plan_rate {	 /* one Post with a rateLimit */
	uint32_t number; /* in the bundle */
	uint32_t view;
	const struct ir_action *post;
	uint64_t selectors; /* the one that has it */
};

struct plan_view { /* one policy's use of the hook */
	uint32_t policy;
	uint32_t first_selector, selectors;
	const struct tir_hook *hook;
	size_t place;	 /* of a uprobe: which of the hook's places */
	uint32_t *slots; /* per entry of hook->args; PLAN_NO_SLOT for nop */
	uint32_t *data;	 /* per entry of hook->data */
	uint32_t result; /* the slot of what the call returned; PLAN_NO_SLOT */
	bool owned;	 /* its events have sockets that the policy may track */
};
#define PLAN_NO_SLOT 0xffffffffu
#define PLAN_NO_HOOK 0xffffffffu

#define PLAN_VARIANTS 4

/*
 * What a value of an argument says at once about the selectors of all parts: those that it rules
 * out need not be looked at one by one. A row may keep a selector that will not match, never lack
 * one that will.
 */
enum plan_key {
	KEY_NUMBER, /* the number, biased so that unsigned order is the type's */
	KEY_FIRST,  /* a path's first component: its first 8 bytes, big-endian */
	KEY_SECOND, /* likewise the second one; 0: there is none */
	KEY_TAIL,   /* the last 8 bytes of its last one, little-endian */
	KEY_HEAD,   /* a string's first 8 bytes, big-endian */
};

struct plan_index {
	const struct tir_arg *arg;
	enum plan_key key;
	uint64_t *from; /* where a range begins that goes up to the next; the first is 0 */
	uint64_t *rows; /* of each range, a word for each part */
	uint32_t range_count;
};
#define PLAN_KEYS 5

struct plan_hook {
	uint32_t parts;		    /* of the program, on its first part; else 0 */
	uint32_t part;		    /* which one this is */
	struct plan_index *indexes; /* on the first part */
	uint32_t index_count;
	enum tg_hook_kind kind;
	const char *symbol, *subsystem;
	bool syscall;
	bool raw; /* a raw tracepoint */
	/* A hook whose return is watched has a second half, another hook of the plan, whose
	 * selectors have the same bits: those in `held` wait for it. */
	uint32_t peer; /* the other half; PLAN_NO_HOOK */
	bool at_return;
	bool may_be_mute; /* a rate limit can hold the first half back: there is no second one */
	uint64_t held;
	const struct tir_arg **saved; /* whose values the return needs: `returnCopy` */
	uint32_t saved_count;
	bool may_miss; /* a kernel without the function goes without the hook */
	const struct ir_kernel_name *kernel_names; /* so does one that does not fit these */
	size_t kernel_name_count;
	bool params_differ; /* among kernels: the result's place in an fexit program is not known */
	uint32_t param_count;		     /* of the function as the kernel calls it */
	const struct usdt_operand *operands; /* of this place of a USDT probe */
	size_t operand_count;
	struct manifest_target *targets; /* a list of functions, or one place of a file */
	uint32_t target_count;		 /* 0: `symbol` alone */
	struct span at;			 /* the first policy's hook */
	struct plan_slot *slots;	 /* integers first, then filtered texts, then the others */
	uint32_t slot_count;
	struct plan_predicate *predicates;
	uint32_t predicate_count;
	uint32_t atoms;			   /* of all predicates */
	struct plan_condition *conditions; /* on the process */
	uint32_t condition_count;
	struct plan_action *actions;
	uint32_t action_count;
	struct plan_view *views;
	uint32_t view_count;
	const struct ir_selector **selectors; /* by bit */
	uint32_t selector_count;
	uint64_t posts; /* selectors that post */
	struct plan_rate *rates;
	uint32_t rate_count;
	uint64_t kernel_stacks, user_stacks; /* selectors whose events have one */
	uint64_t hashed;		     /* likewise, the file's hash: of an LSM hook */
	uint64_t never;			     /* selectors that cannot match */
	bool overrides, signals, writes;     /* `writes`: to the memory of the program */
	bool tracks;			     /* sockets, or events have owners of them */
	uint32_t *enforcers;		     /* policies whose notifications are acted on here */
	uint32_t enforcer_count;
	enum override_method method; /* that an enforcer asks for */
	bool lsm_twin; /* for all views: the LSM hook of a security_* function will do */
	enum tg_attach variants[PLAN_VARIANTS]; /* in order of preference */
	uint32_t variant_count;
};

struct plan {
	const struct tir *tir;
	struct plan_hook *hooks;
	uint32_t hook_count;
	struct plan_fact *facts; /* kept with each process, in as many words as it takes */
	uint32_t fact_count;
	struct plan_workload *workloads;
	uint32_t workload_count;
	uint32_t *records; /* policies that ask for changes, each of which has its own */
	uint32_t record_count;
	uint32_t rate_count;
	bool notifies;	    /* there are enforcers */
	bool changes;	    /* there are hooks that change a program's registers or memory */
	uint32_t *trackers; /* policies that track sockets */
	uint32_t tracker_count;
};

#define PLAN_CALL_NUMBER 4 /* index of the field of raw_syscalls/sys_enter */

#define PLAN_WORKLOADS_MAX  (32 * 24) /* TG_WORKLOAD_FACTS of tg_workloads_layout.h */
#define PLAN_FACT_WORDS_MAX 32
#define PLAN_FACTS_MAX	    (PLAN_FACT_WORDS_MAX * 39) /* TG_BITS_FACTS of tg_bits.h */

struct plan *plan_build(struct arena *a, struct diags *d, const struct tir *tir);

/* The LSM hook that a hook's LSM variant attaches to. */
static inline const char *plan_lsm_name(const struct plan_hook *h)
{
	return h->kind == TG_HOOK_LSM ? h->symbol : h->symbol + strlen("security_");
}

bool plan_same_workload(const struct plan_workload *a, const struct plan_workload *b);
bool plan_same_arg(const struct tir_arg *a, const struct tir_arg *b);
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

static inline bool plan_is_socket(const struct plan_slot *s)
{
	return plan_slot_kind(s) == SLOT_SOCKET;
}

/* The value lies behind a path or a pointer: reading it can fail, and it is read once. */
static inline bool plan_is_fetched(const struct plan_slot *s)
{
	return s->arg->step_count || s->arg->type->class == CLASS_CAPS;
}

/* How its events print it: enum tg_arg_type. */
uint32_t plan_print(const struct tir_arg *arg);

static inline bool plan_is_path(const struct plan_slot *s)
{
	return s->arg->type->class == CLASS_PATH;
}

/* Files and paths whose dentries a program can walk by itself. */
static inline bool plan_has_sketch(const struct plan_slot *s)
{
	const struct tir_arg *arg = s->arg;

	return (arg->ir->type == TYPE_FILE || arg->ir->type == TYPE_PATH) &&
	       arg->source == ARG_PARAMETER && !arg->step_count && !arg->ir->return_copy;
}

/* Has a program any use for it? */
static inline bool plan_is_used(const struct plan_slot *s)
{
	return s->filtered || s->shown || s->asked;
}

static inline bool plan_shown_only(const struct plan_slot *s)
{
	return plan_is_text(s) && !s->filtered;
}

/* The selectors that a program of the hook may find alive. */
static inline uint64_t plan_all(const struct plan_hook *h)
{
	if (h->at_return)
		return h->held;
	return h->selector_count == 64 ? ~0ull : (1ull << h->selector_count) - 1;
}

#endif
