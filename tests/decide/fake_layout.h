/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a test and the programs that it has the kernel run (jit.bpf.h) tell each other, through
 * memory that both have mapped.
 */
#ifndef DECIDE_FAKE_LAYOUT_H
#define DECIDE_FAKE_LAYOUT_H

enum fake_object {
#define OBJECT(id, type) FAKE_##id,
#include "fields.def"
	FAKE_OBJECTS
};

enum fake_field {
#define FIELD(id, type, member) FAKE_##id,
#include "fields.def"
	FAKE_FIELDS
};

/* Where a kernel has what: filled in on its own side. */
struct fake_layout {
	unsigned sizes[FAKE_OBJECTS], offsets[FAKE_FIELDS];
	unsigned inline_name; /* where a dentry has its short name */
};

#define FAKE_SIGNALS 16

/* What helpers give a program, and what it asked of them. */
struct fake_world {
	unsigned long long task, pid_tgid, time, cgroup;
	unsigned signals[FAKE_SIGNALS], signal_count;
	unsigned long long memory; /* the address of the map's first byte, in the kernel */
	unsigned long long context[32];
	struct fake_layout layout;
};

#define FAKE_MEMORY (2u << 20) /* bytes of objects for programs in the kernel */

#endif
