/* SPDX-License-Identifier: Apache-2.0 */
/* What well-known hooks watch and what they cost: grammar/hook-words.def as tables. */
#ifndef TGC_HOOK_WORDS_H
#define TGC_HOOK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum hook_cost {
#define COST(id, ...) COST_##id,
#include "grammar/hook-words.def"
	COST_COUNT
};

struct hook_words {
	const char *name;
	enum hook_cost cost;
	const char *when;   /* goes on from "which runs"; of a system call: from "with which a
			       program" */
	const char *misses; /* "", or whole sentences, each with a blank behind */
};

/* NULL: nothing is known of it. `name` of a tracepoint: "subsystem/event". */
const struct hook_words *hook_words_function(const char *name);
const struct hook_words *hook_words_lsm(struct arena *a, const char *hook);
/* By the name without prefixes: "openat". */
const struct hook_words *hook_words_syscall(const char *name);
/* All functions, LSM hooks and tracepoints. */
const struct hook_words *hook_words_all(size_t *count);

const char *hook_cost_name(enum hook_cost cost);
const char *hook_cost_sentence(enum hook_cost cost);

/* "MAY_READ", or "PROT_READ and PROT_EXEC" of a set of bits; NULL: no words. */
const char *hook_value_words(struct arena *a, const char *function, const char *parameter,
			     uint64_t number);

#endif
