/* SPDX-License-Identifier: Apache-2.0 */
/* Stack traces: from addresses in a record to frames with names. */
#ifndef TGRUN_STACK_H
#define TGRUN_STACK_H

#include "runtime/kallsyms.h"
#include "runtime/record.h"
#include "runtime/user_maps.h"

struct stack_frame {
	uint64_t address;
	const char *symbol; /* "" none */
	const char *module; /* user stacks: the file; else "" */
	uint64_t offset;    /* from the symbol, or in the file */
};

struct stack {
	struct stack_frame v[TG_STACK_FRAMES];
	uint32_t count; /* frames that were resolved */
};

/* What names are looked up in; it owns all. */
struct symbols {
	struct kallsyms kernel;
	struct user_maps user;
	struct user_places places; /* the last answer: user frames point into it */
};

/* `bytes` hold addresses, the innermost first. Frames that nothing is known of are left out. */
void stack_kernel(struct stack *s, const struct symbols *from, const struct record_text *bytes);
void stack_user(struct stack *s, struct symbols *from, uint32_t pid,
		const struct record_text *bytes);

#endif
