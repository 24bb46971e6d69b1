/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel to run generated programs in: memory with objects of the templates' own struct
 * types, the helpers that programs call, and what a call left behind. Reading an address
 * outside the memory fails as the helpers do; running over the end of an object is an error
 * that AddressSanitizer reports. Include this before headers of libc: it defines `bool`.
 */
#ifndef DECIDE_FAKE_H
#define DECIDE_FAKE_H

#define TG_HOST
#include "host.h"
#include "bpf-templates/tg_kernel.h"
#include "bpf-templates/tg_scratch.h"

#define FAKE_TGID     4242u
#define FAKE_TID      4243u
#define FAKE_POLICIES 4096
#define FAKE_START    777ull /* of the process, in the process table */

/* What a call did. */
struct fake_outcome {
	unsigned char record[TG_RECORD_MAX];
	unsigned long size;
	unsigned records;
	unsigned signals[8], signal_count;
	unsigned long long lost[FAKE_POLICIES]; /* counters that were looked up */
	unsigned lost_count;
	unsigned long long held, missed; /* events, notifications */
	int override;			 /* what bpf_override_return() was given */
	unsigned long long users; /* of the scratch memory; set it to have it in use already */
};

/* How the next calls go. */
struct fake_conditions {
	struct task_struct *task;
	bool unknown_process, ring_full;
	/* How often the scratch memory is taken over by another program: once, or at every
	 * try, when the program asks for it. */
	unsigned disturbances;
	unsigned tid;		 /* 0: FAKE_TID */
	unsigned long long time; /* ms */
};

extern struct fake_outcome fake_outcome;
extern struct fake_conditions fake_conditions;

/* Finds the maps of a loaded unit. */
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

/* An object, filled with rubbish. `slack` more bytes may be read behind it. */
void *fake_alloc(unsigned long size, unsigned long slack);
/* An address whose reads fail; a program's own loads from it give 0, as in the kernel. */
void *fake_fault(void);
/* The address as a pointer of kernel space, for strings. */
unsigned long long fake_kernel_address(const void *p);

#endif
