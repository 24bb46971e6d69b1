/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundle format (docs/artifact-format.md): the one header that tgc and tgrun share.
 *
 *   header | section table | sections ...            the payload, `payload_size` bytes
 *   CMS SignedData (DER, detached)                   `signature_size` bytes
 *   struct tg_trailer                                fixed size, at the end of the file
 *
 * Little endian, natural alignment. The payload has one form only: all sections, in the order
 * of their kinds, each at the first multiple of 8 after the one before, zeros between; so no
 * byte is without a meaning. Strings are offsets into the STRINGS section, which starts and
 * ends with a NUL, so offset 0 is "".
 * Nothing before the trailer may be read until the signature has been verified.
 */
#ifndef TG_ARTIFACT_H
#define TG_ARTIFACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TG_ARTIFACT_MAGIC  "TGBNDL\r\n"			       /* 8 bytes, no NUL */
#define TG_TRAILER_MAGIC   "~tgc bundle signature v1~\r\n~~~~" /* 32 bytes with its NUL */
#define TG_ARTIFACT_FORMAT 1u
#define TG_ARTIFACT_MAX	   (64u << 20) /* bytes of a bundle file */
#define TG_SIGNATURE_MAX   (16u << 10)
#define TG_ALIGN	   8u	  /* of sections */
#define TG_NAME_MAX	   64	  /* bundle name, NUL included */
#define TG_SELECTORS_MAX   64	  /* per hook: bits of struct tg_hook.matched */
#define TG_HOOK_SLOTS_MAX  16	  /* per hook: TG_SLOTS_MAX of tg_event.h */
#define TG_HOOKS_MAX	   65535u /* struct tg_hook.hook has 16 bits */

enum tg_section_kind {
	TG_SEC_STRINGS = 1,
	TG_SEC_POLICIES,
	TG_SEC_HOOKS,
	TG_SEC_KERNEL_NAMES,
	TG_SEC_TARGETS,
	TG_SEC_PROGRAMS,
	TG_SEC_SLOTS,
	TG_SEC_VIEWS,
	TG_SEC_VIEW_ARGS,
	TG_SEC_SELECTORS,
	TG_SEC_TAGS,
	TG_SEC_WORKLOADS,
	TG_SEC_REQUIREMENTS,
	TG_SEC_LABEL_VALUES,
	TG_SEC_DIGESTS,
	TG_SEC_KERNELS, /* that the programs were proved on; none: they were not */
	TG_SEC_PROOFS,
	TG_SEC_OBJECT, /* the ELF file */
	TG_SEC_COUNT,
};

struct tg_artifact_header {
	char magic[8];
	uint32_t format;
	uint32_t sections; /* entries of the table that follows */
	uint64_t payload_size;
	uint64_t version;	/* monotonic per name: tgrun refuses to go back */
	uint32_t fingerprint;	/* tells the records of this bundle from others' */
	uint32_t flags;		/* 0 */
	char name[TG_NAME_MAX]; /* artifact_name_valid(); filled up with NULs */
};

struct tg_section {
	uint32_t kind;
	uint32_t count; /* entries, or bytes for STRINGS and OBJECT */
	uint64_t offset;
	uint64_t size;
};

struct tg_policy_entry {
	uint32_t name;	 /* metadata.name */
	uint32_t source; /* file name */
	uint32_t line;
	uint32_t flags;				  /* TG_POLICY_* */
	uint32_t first_requirement, requirements; /* of the node that it is for */
};
#define TG_POLICY_ENFORCES 0x1u /* some selector kills, signals, overrides, notifies or writes */
#define TG_POLICY_MONITORS 0x2u /* it begins in monitor mode; only with TG_POLICY_ENFORCES */

enum tg_hook_kind {
	TG_HOOK_KPROBE = 1, /* events: process_kprobe */
	TG_HOOK_LSM,	    /* process_lsm */
	TG_HOOK_TRACEPOINT, /* process_tracepoint */
	TG_HOOK_UPROBE,	    /* process_uprobe */
	TG_HOOK_USDT,	    /* process_usdt */
	TG_HOOK_LOADER,	    /* process_loader; needs a perf event that asks for build ids */
	TG_HOOK_KIND_COUNT,
};

/*
 * A program whose selectors do not fit into one hook's bits has several hooks, its parts: they
 * follow each other, have the same kind, name and subsystem, and the programs and targets are the
 * first one's.
 *
 * The ranges are exact: a target, program, slot or view that belongs to a hook is in that hook's
 * range, and the ranges of successive hooks follow each other. A count of 0 goes with first 0.
 *
 * A hook whose return is watched is two hooks, each the other's peer. The views of the second
 * one are those that wait for the return, with the bits that they have in the first. So is an LSM
 * hook whose events have hashes of files, which a program of its own finds out.
 */
struct tg_hook_entry {
	uint32_t kind;	    /* enum tg_hook_kind */
	uint32_t name;	    /* function, LSM hook without prefix, tracepoint event, USDT probe;
			     * of a list or a uprobe, what messages call it */
	uint32_t subsystem; /* of tracepoints, provider of USDT probes; else 0 */
	uint32_t first_kernel_name, kernel_names; /* the hook is only where all of them hold */
	uint32_t first_program, programs;	  /* variants in order of preference */
	uint32_t first_slot, slots;
	uint32_t first_view, views;
	uint32_t first_target, targets; /* none: the function or event of each program */
	uint32_t peer;			/* index + 1 of the other half; 0: there is none */
	uint32_t flags;			/* TG_HOOK_* */
};
#define TG_HOOK_AT_RETURN 0x1u /* the second half */
#define TG_HOOK_MAY_MISS  0x2u /* a kernel without the function goes without the hook */

/* A function, a struct or union, or RECORD.MEMBER, of the kernel's own type information. */
struct tg_kernel_name_entry {
	uint32_t name;
	uint32_t flags; /* TG_KERNEL_NAME_* */
};
#define TG_KERNEL_NAME_LACKS 0x1u /* it holds where the kernel does not have it */

enum tg_place {
	TG_PLACE_FUNCTION = 1, /* of the kernel */
	TG_PLACE_SYMBOL,       /* of a file, and `offset` into it */
	TG_PLACE_OFFSET,       /* of a file */
	TG_PLACE_ADDRESS,      /* as the file is linked */
	TG_PLACE_COUNT,
};

/* Where the programs of a hook go: one place of a file, or each of a list of functions. */
struct tg_target_entry {
	uint32_t place;	  /* enum tg_place */
	uint32_t name;	  /* the function or symbol; 0: a place without one */
	uint32_t path;	  /* the file; 0: the kernel */
	uint32_t digests; /* of the file, blanks between: one must fit. 0: any file */
	uint64_t offset;
	uint64_t counter; /* reference counter: offset in the file; 0: none */
	uint32_t flags;	  /* TG_TARGET_* */
	uint32_t pad;
};
#define TG_TARGET_MAY_DIFFER 0x1u /* a file with other digests is left alone */
#define TG_TARGET_MAY_MISS   0x2u /* so is a function that is not there, or cannot be traced */

enum tg_attach {
	TG_ATTACH_FENTRY = 1,
	TG_ATTACH_FMOD_RET,
	TG_ATTACH_LSM,
	TG_ATTACH_KPROBE,
	TG_ATTACH_TRACEPOINT, /* target: "subsystem/event" */
	TG_ATTACH_TP_BTF,
	TG_ATTACH_FEXIT, /* of hooks at the return */
	TG_ATTACH_KRETPROBE,
	TG_ATTACH_KPROBE_MULTI, /* of hooks with targets: all of them at once */
	TG_ATTACH_KRETPROBE_MULTI,
	TG_ATTACH_UPROBE, /* of hooks with a place of a file */
	TG_ATTACH_URETPROBE,
	TG_ATTACH_ITER_TASK, /* run once after load, for processes already there; target: "task" */
	TG_ATTACH_KPROBE_OVERRIDE,  /* a kprobe that replaces the function's result */
	TG_ATTACH_UPROBE_REGISTERS, /* uprobes that change the program's registers, its memory */
	TG_ATTACH_UPROBE_MEMORY,
	TG_ATTACH_LSM_SLEEPABLE, /* the second half of an LSM hook: it hashes files */
	TG_ATTACH_COUNT,
};

#define TG_NO_HOOK 0xffffffffu

struct tg_program_entry {
	uint32_t hook;	 /* index, or TG_NO_HOOK: a process program, always needed */
	uint32_t attach; /* enum tg_attach */
	uint32_t name;	 /* of the program in the object */
	uint32_t target; /* what it attaches to */
};

/* What a slot holds, and how it is printed. */
enum tg_arg_type {
	TG_ARG_NONE,
#define ARG_TYPE(id, word) TG_ARG_##id,
#include "runtime/arg_types.def"
	TG_ARG_TYPE_COUNT,
};

struct tg_slot_entry {
	uint32_t type;	   /* enum tg_arg_type */
	uint32_t position; /* function position or tracepoint field */
};

/*
 * One policy's use of one hook: what its events show. Views of one hook have no selector in
 * common; the ranges of view arguments are exact, as those of hooks. Tags may be shared.
 */
struct tg_view_entry {
	uint32_t policy, hook;
	uint64_t selectors; /* this policy's bits of struct tg_hook.matched */
	uint32_t first_arg, args;
	uint32_t message;
	uint32_t first_tag, tags;
	uint32_t data; /* how many of the arguments, the last ones, are `data` */
};

struct tg_view_arg_entry {
	uint32_t slot;	/* index into the hook's slots */
	uint32_t label; /* string, 0 none */
	uint32_t place; /* in the event that both halves give; otherwise 0 */
};
#define TG_PLACE_RESULT 0xffffffffu /* what the call returned */

/* Raw action ids, as Tetragon numbers them (events.md 1.6). This version of the format has the
 * ids that artifact_action_name() knows; tgc reads them all. */
enum tg_action {
	TG_ACTION_POST = 0,
	TG_ACTION_SIGKILL = 2,
	TG_ACTION_OVERRIDE = 4,
	TG_ACTION_GET_URL = 6,
	TG_ACTION_DNS_LOOKUP = 7,
	TG_ACTION_NOPOST = 8,
	TG_ACTION_SIGNAL = 9,
	TG_ACTION_TRACK_SOCK = 10,
	TG_ACTION_UNTRACK_SOCK = 11,
	TG_ACTION_NOTIFY_ENFORCER = 12,
	TG_ACTION_CLEANUP_ENFORCER = 13,
	TG_ACTION_SET = 14,
};

/* In the order of hook and bit; every bit of a view has its entry, of the view's policy. */
struct tg_selector_entry {
	uint32_t hook;
	uint32_t bit;
	uint32_t policy;
	uint32_t action; /* last action: enum tg_action */
	uint32_t line;	 /* in the policy's source */
	uint32_t flags;	 /* TG_SELECTOR_* */
	uint32_t
		target; /* what its request is for, a URL or a name: with these actions, and only */
	uint32_t pad;
};
#define TG_SELECTOR_KERNEL_STACK 0x1u /* its events show these parts of the record */
#define TG_SELECTOR_USER_STACK	 0x2u
#define TG_SELECTOR_FILE_HASH	 0x4u /* they show the hash of the second half */

struct tg_tag_entry {
	uint32_t text;
};

/*
 * A choice of workloads: bit `index % TG_WORKLOAD_FACTS` of word `index / TG_WORKLOAD_FACTS` of
 * what tgrun writes for a cgroup (tg_workloads_layout.h). First what is asked of the pod, then of
 * the container. The requirements of policies come first, then those of workloads: all ranges are
 * exact.
 */
struct tg_workload_entry {
	uint32_t flags;	    /* TG_WORKLOAD_*; not 0 */
	uint32_t namespace; /* of the pod; 0: any. Only with PODS, as the requirements are */
	uint32_t first_requirement, of_pod, of_container;
};
#define TG_WORKLOAD_HOST       0x1u /* processes outside of pods */
#define TG_WORKLOAD_PODS       0x2u /* processes in pods, if the rest holds */
#define TG_WORKLOADS_MAX_RULES 768u

struct tg_requirement_entry {
	uint32_t key;
	uint32_t op; /* enum label_op of labels.h */
	uint32_t first_value, values;
};

struct tg_label_value_entry {
	uint32_t text; /* may be "" */
};

enum tg_digest_kind {
	TG_DIGEST_SOURCE = 1, /* a policy file */
	TG_DIGEST_BTF,	      /* kernel type information it was checked against */
	TG_DIGEST_COMPILER,   /* text: tgc's and clang's versions; sha256 of the emitted C */
	TG_DIGEST_KIND_COUNT,
};

struct tg_digest_entry {
	uint32_t kind;
	uint32_t name;
	uint8_t sha256[32];
};

struct tg_kernel_entry {
	uint32_t release; /* as uname -r says it */
	uint32_t cpus;	  /* of the machine that it was booted on */
	uint64_t memory;  /* bytes of the bundle's own maps there, as the kernel counts them */
};

enum tg_verdict {
	TG_VERDICT_GOOD = 1,   /* it loads, and attaches */
	TG_VERDICT_ABSENT,     /* the kernel lacks what such a program needs */
	TG_VERDICT_REFUSED,    /* by the verifier */
	TG_VERDICT_UNATTACHED, /* it loads, but cannot be attached */
	TG_VERDICT_COUNT,
};

/* One for each kernel and program: all programs of the first kernel, then of the next. */
struct tg_proof_entry {
	uint32_t kernel, program; /* indices */
	uint32_t verdict;	  /* enum tg_verdict */
	uint32_t walked;	  /* instructions that the verifier went through; 0 if it did not */
	uint32_t xlated, jited;	  /* bytes */
	uint32_t reason;	  /* string; 0 when good */
	uint32_t line;		  /* of a policy, when refused; 0 not known */
};

struct tg_trailer {
	uint64_t payload_size;
	uint32_t signature_size;
	uint32_t reserved; /* 0 */
	char magic[32];
};

#define TG_ASSERT(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the format is read in place");
TG_ASSERT(struct tg_artifact_header, 104);
TG_ASSERT(struct tg_section, 24);
TG_ASSERT(struct tg_policy_entry, 24);
TG_ASSERT(struct tg_hook_entry, 60);
TG_ASSERT(struct tg_kernel_name_entry, 8);
TG_ASSERT(struct tg_target_entry, 40);
TG_ASSERT(struct tg_program_entry, 16);
TG_ASSERT(struct tg_slot_entry, 8);
TG_ASSERT(struct tg_view_entry, 40);
TG_ASSERT(struct tg_view_arg_entry, 12);
TG_ASSERT(struct tg_selector_entry, 32);
TG_ASSERT(struct tg_tag_entry, 4);
TG_ASSERT(struct tg_workload_entry, 20);
TG_ASSERT(struct tg_requirement_entry, 16);
TG_ASSERT(struct tg_label_value_entry, 4);
TG_ASSERT(struct tg_digest_entry, 40);
TG_ASSERT(struct tg_kernel_entry, 16);
TG_ASSERT(struct tg_proof_entry, 32);
TG_ASSERT(struct tg_trailer, 48);

/*
 * A validated payload: typed views into memory the caller keeps alive and unchanged.
 * Every offset, count, index and string in it has been checked.
 */
struct artifact {
	const struct tg_artifact_header *header;
	const char *strings;
	uint32_t strings_size;
	const struct tg_policy_entry *policies;
	const struct tg_hook_entry *hooks;
	const struct tg_kernel_name_entry *kernel_names;
	const struct tg_target_entry *targets;
	const struct tg_program_entry *programs;
	const struct tg_slot_entry *slots;
	const struct tg_view_entry *views;
	const struct tg_view_arg_entry *view_args;
	const struct tg_selector_entry *selectors;
	const struct tg_tag_entry *tags;
	const struct tg_workload_entry *workloads;
	const struct tg_requirement_entry *requirements;
	const struct tg_label_value_entry *label_values;
	const struct tg_digest_entry *digests;
	const struct tg_kernel_entry *kernels;
	const struct tg_proof_entry *proofs;
	uint32_t policy_count, hook_count, program_count, slot_count, view_count, view_arg_count,
		selector_count, tag_count, digest_count, target_count, kernel_count, proof_count,
		workload_count, requirement_count, label_value_count, kernel_name_count;
	const void *object;
	size_t object_size;
};

/*
 * Checks a whole payload (as bytes whose signature is good) and fills `out`.
 * Returns 0, or -1 with a sentence in `why`. Allocates nothing.
 */
int artifact_view(struct artifact *out, const void *payload, size_t size, char *why,
		  size_t why_size);

/* Names of bundles, which are file names too: [a-z0-9.-], first a letter or digit. */
bool artifact_name_valid(const char *name);
/* "sigkill", ...; NULL for a number that is none of enum tg_action. */
const char *artifact_action_name(uint32_t action);
/* Whether monitor mode keeps the action from being done. */
bool artifact_action_enforces(uint32_t action);
/* Index of the first selector that is not before this hook's bit; selector_count: none. */
uint32_t artifact_selector_from(const struct artifact *a, uint32_t hook, uint32_t bit);
/* Whether the hook is a further part of the program of the hook before it. */
bool artifact_is_part(const struct artifact *a, uint32_t hook);
/* The hook whose programs and targets are this one's. */
static inline uint32_t artifact_first_part(const struct artifact *a, uint32_t hook)
{
	while (hook && !a->hooks[hook].programs)
		hook--;
	return hook;
}
/* Bytes of one entry of a section (1 for STRINGS and OBJECT), or 0 for an unknown kind. */
size_t artifact_entry_size(uint32_t kind);
/* "strings", ... for messages; never NULL. */
const char *artifact_section_name(uint32_t kind);

static inline const char *artifact_string(const struct artifact *a, uint32_t offset)
{
	return a->strings + offset;
}

#endif
