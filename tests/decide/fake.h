/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel to run generated programs in: memory with its objects, the helpers that programs on the
 * host call, and what a call left behind. Reading an address
 * outside the memory fails as the helpers do; running over the end of an object is an error
 * that AddressSanitizer reports. Programs that the real kernel runs (jit.h) have a memory of
 * their own, laid out as that kernel does. Include this before headers of libc: it defines `bool`.
 */
#ifndef DECIDE_FAKE_H
#define DECIDE_FAKE_H

#define TG_HOST
#include "host.h"
#include "fake_layout.h"
#include "bpf-templates/tg_kernel_args.h"
#include "bpf-templates/tg_scratch.h"
#include "bpf-templates/tg_lib.h"

#define FAKE_TGID     4242u
#define FAKE_TID      4243u
#define FAKE_POLICIES 4096
#define FAKE_START    777ull /* of the process, in the process table */

#define FAKE_RECORDS 8

struct fake_record {
	unsigned char bytes[TG_RECORD_MAX];
	unsigned long size;
};

/* What a call did. */
struct fake_outcome {
	struct fake_record record[FAKE_RECORDS]; /* the first ones */
	unsigned records;
	unsigned signals[FAKE_SIGNALS], signal_count;
	unsigned long long lost[FAKE_POLICIES]; /* counters that were looked up */
	unsigned lost_count;
	unsigned long long held, missed; /* events, notifications */
	int override;			 /* what bpf_override_return() was given */
	unsigned long long users; /* of the scratch memory; set it to have it in use already */
};

/* How the next calls go. */
struct fake_conditions {
	void *task;
	bool unknown_process, ring_full;
	/* How often the scratch memory is taken over by another program: once, or at every
	 * try, when the program asks for it. */
	unsigned disturbances;
	unsigned tid;		   /* 0: FAKE_TID */
	unsigned long long time;   /* ms */
	unsigned long long cgroup; /* 0: it cannot be told */
	unsigned long long result; /* of the function, when it returns */
};

extern struct fake_outcome fake_outcome;
extern struct fake_conditions fake_conditions;

/* Finds the maps of a loaded unit, whose programs run next. */
void fake_attach(void *library);
/* Forgets all objects and the outcome; quiet conditions. */
void fake_reset(void);
/* What is in the tables that last from call to call: forgets it; keeps it as it is now; puts back
 * what was kept. */
void fake_tables_clear(void);
void fake_tables_keep(void);
void fake_tables_restore(void);
/* Forgets the outcome, and what the programs remember, only. */
void fake_restart(void);

/* ---- memory ---- */

struct fake_space {
	unsigned char *memory, *user; /* as seen here; the kernel's, a program's */
	unsigned long size, user_size;
	unsigned long long kernel; /* where programs see `memory` */
	unsigned long long fault; /* an address whose reads fail; a program's own loads from it give
				   * 0, as in the kernel */
	const struct fake_layout *layout;
};

/* What follows is about this memory; NULL: the host's. Comes before fake_reset(). */
void fake_use(const struct fake_space *space);

/* Forgets all objects; fake_reset() does. */
void fake_forget(void);
/* Is it the host's memory, and for a byte of a string within an object? */
bool fake_holds(const void *p);
bool fake_holds_string(const void *p);

/* Memory of the kernel, filled with rubbish. `slack` more bytes may be read behind it. */
void *fake_alloc(unsigned long size, unsigned long slack);
/* An object that is longer than what the templates know of it. */
void *fake_object(enum fake_object kind);
/* The same of the program that makes the call. */
void *fake_user_alloc(unsigned long size);
/* An object as programs see it; NULL is 0. */
unsigned long long fake_address(const void *object);
void fake_put(void *object, enum fake_field field, unsigned long long value);
void fake_put_pointer(void *object, enum fake_field field, const void *to);
/* A member that is a structure itself, and a dentry's short name. */
void *fake_member(void *object, enum fake_field field);
void *fake_inline_name(void *dentry);
unsigned long long fake_fault(void);
/* A string in kernel space; the host tells them by the address. */
unsigned long long fake_kernel_address(const void *p);

#endif
