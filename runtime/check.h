/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tgrun --check: every program of the bundles, all variants, loaded, attached and taken away
 * again; what the kernel says of each is printed, a line each.
 */
#ifndef TGRUN_CHECK_H
#define TGRUN_CHECK_H

#include "runtime/bundle.h"
#include "runtime/refusal.h"

enum check_verdict {
	CHECK_UNKNOWN, /* nothing could be found out */
	CHECK_GOOD,
	CHECK_ABSENT,	  /* the kernel lacks what this kind of program needs */
	CHECK_REFUSED,	  /* by the verifier, or by libbpf before it */
	CHECK_UNATTACHED, /* it loads, but cannot be attached */
};

struct check_program {
	enum check_verdict verdict;
	char reason[FEATURE_WHY_SIZE]; /* a sentence; "" when good */
	struct refusal refusal;	       /* when refused */
	uint32_t walked;	       /* instructions that the verifier looked at */
	uint32_t xlated, jited;	       /* bytes */
};

struct check_map {
	char name[64];
	uint64_t memory; /* bytes, as the kernel counts them */
};

enum { CHECK_MAPS_MAX = 256 };

struct check {
	const struct artifact *artifact;
	struct check_program *programs;	       /* owned; as in the artifact */
	bool *hook_absent;		       /* owned: hooks that this node goes without */
	struct check_map maps[CHECK_MAPS_MAX]; /* the bundle's own */
	size_t map_count;
	uint64_t memory; /* of all its maps */
};

/* Whether each hook has a variant that works or is left out here, and each process program does. */
bool check_is_good(const struct check *c);
const char *check_verdict_name(enum check_verdict verdict);

/* Checks all and prints to standard output. 0, or -1: one is not good, or it could not be done. */
int check_bundles(const struct bundles *b, const struct base *base, struct features *f,
		  bool compact, struct failure *why);

/* Appends lines: one a program, one a map, one about the whole. */
void check_print_json(struct buffer *out, const struct check *c);
void check_print_text(struct buffer *out, const struct check *c);

#endif
