/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A policy as a tree of parts, each of which can be taken out: what stands before and after, and
 * parts in between with commas. Policies are written from it, and made smaller on it.
 */
#ifndef DECIDE_PART_H
#define DECIDE_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct arena;

/* Where in a policy's text a part of the policy belongs. */
enum part_place {
	PART_SELECTOR, /* the hook's selectors; and all that is within another part */
	PART_SPEC,     /* lines of the policy's `spec` */
	PART_HOOK,     /* lines of its hook */
};

/* Which section of a selector it is: one of the evaluator's (enum eval_section), or actions. */
#define PART_SECTION(section) ((unsigned)(section) + 3)
#define PART_ACTIONS	      1u
#define PART_RETURN_ACTIONS   2u

struct part {
	const char *open, *close;
	struct part **v;
	size_t n, room;
	bool gone;
	unsigned place, section; /* 0: none */
	uint64_t reach;		 /* what of the language it has (reach.h) */
	bool hollow; /* means something without its parts too; others go with the last of them */
};

struct part *part_new(struct arena *a, const char *open, const char *close);
struct part *part_add(struct arena *a, struct part *to, struct part *part);
/* A part without parts, formatted. */
struct part *part_leaf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

bool part_is_there(const struct part *p);
void part_write(FILE *to, const struct part *p);

#endif
