/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random policies and calls for the whole language, as far as the compiler takes it: operators and
 * types come from its tables, and what has gaps is left out (accept.h). gen_*.c have a part of the
 * language each: how a policy says it, and how a call comes near to what policies say. All memory
 * is the set's arena's.
 */
#ifndef DECIDE_GEN_H
#define DECIDE_GEN_H

#include "accept.h"
#include "draw.h"
#include "part.h"
#include "reach.h"
#include "shape.h"

#define GEN_HINTS 256
#define GEN_STEPS 5 /* calls that go on from each other */

/* A hook with its policies. */
struct gen_set {
	struct arena *arena;
	uint64_t number; /* with the seed, all there is to know */
	struct shape *shape;
	struct part *policies; /* then selectors, then what is written of them */
	bool returns;	       /* calls have returns that policies watch */
	bool workloads;	       /* policies are for some of them */
	bool keeps;	       /* something lasts from call to call: several are made in a row */
	bool family;	       /* policies ask what the process and its ancestors are */
	bool modes;	       /* policies are switched off, or only monitor */
	bool crowd; /* many policies that look alike: the program has parts and indexes */
	/* What the policies compare with: calls use the same, or nearly the same. */
	struct text texts[GEN_HINTS], paths[GEN_HINTS], binaries[GEN_HINTS];
	size_t text_count, path_count, binary_count;
	uint64_t numbers[GEN_HINTS];
	size_t number_count;
};

struct gen {
	bool returns; /* the policy that is being made watches the return */
	struct gen_set *set;
	struct draw *draw;
	struct accept *accept;
};

/* ---- sets: the hook first, for the kernel has to have it before policies can be checked ---- */

void gen_hook(struct gen_set *set, struct arena *a, uint64_t seed, uint64_t number,
	      struct shapes *all);
void gen_policies(struct gen_set *set, uint64_t seed, struct accept *accept);
/* The text of the shape's policies anew, from those parts that are left. */
void gen_write(struct gen_set *set);

/* A call of the set's hook, or some that follow each other, GEN_STEPS at most: everything but what
 * is expected. Gives how many. */
unsigned gen_calls(const struct gen_set *set, struct draw *d, struct arena *a, struct event *out);

/* ---- parts of policies: NULL when there is nothing to say this time ---- */

/* A part of a selector, unless the compiler has gaps there; `feature` is what it is known by. */
struct part *gen_section(struct gen *g, const char *feature, struct part *part);
/* The same, with the section around it that it is an entry of; gives the entry. */
struct part *gen_entry(struct gen *g, const char *feature, const char *section, struct part *entry);

struct part *gen_match_args(struct gen *g);
/* One filter by which an index can tell selectors apart. */
struct part *gen_plain_args(struct gen *g);
struct part *gen_match_binaries(struct gen *g);
struct part *gen_match_actions(struct gen *g);
struct part *gen_match_parents(struct gen *g);
struct part *gen_match_pids(struct gen *g);
struct part *gen_match_namespaces(struct gen *g);
struct part *gen_match_capabilities(struct gen *g);
struct part *gen_match_namespace_changes(struct gen *g);
struct part *gen_match_capability_changes(struct gen *g);

/* A filter on what the shape calls `arg`, as an entry of a section that knows it by an index. */
struct part *gen_filter(struct gen *g, const struct shape_arg *arg, unsigned index,
			const char *section);
struct part *gen_expression(struct gen *g);
/* An action of a list; `error`: the selector's, 0: it cannot have one. */
struct part *gen_action(struct gen *g, const char *section, int error);
struct part *gen_workload_option(struct gen *g);
struct part *gen_match_workloads(struct gen *g);
struct part *gen_return_option(struct gen *g);
struct part *gen_match_return_args(struct gen *g);
struct part *gen_match_return_actions(struct gen *g);

/* One value for an operator on an argument of a type, quoted; NULL: no way to make one yet. */
struct part *gen_number_value(struct gen *g, const struct type_info *type, enum op op);
struct part *gen_socket_value(struct gen *g, enum op op);
struct part *gen_text_value(struct gen *g, const struct type_info *type, enum op op);

/* A path or text of few words, so that those of policies and calls meet. */
struct text gen_path(struct draw *d, struct arena *a, bool mounts);
struct text gen_text(struct draw *d, struct arena *a);
/* A path of a call that is like one of those. */
struct text gen_path_like(struct draw *d, struct arena *a, const struct text *like, size_t count);
/* What the task sees of such a path when its root is there; "" most often. */
struct text gen_root(struct draw *d, struct arena *a, const struct text *path);

/* ---- parts of calls ---- */

void gen_number_argument(const struct gen_set *set, struct draw *d, const struct shape_arg *type,
			 struct argument *out);
void gen_text_argument(const struct gen_set *set, struct draw *d, struct arena *a,
		       struct argument *out);
void gen_path_argument(const struct gen_set *set, struct draw *d, struct arena *a,
		       struct argument *out);
const struct workload *gen_workload(struct draw *d, struct arena *a);
void gen_socket_argument(struct draw *d, struct argument *out);
/* How long a buffer is said to be: never longer than it is. */
uint64_t gen_size(struct draw *d, const struct text *buffer, bool is_signed);
void gen_result(const struct gen_set *set, struct draw *d, struct event *out);
void gen_process(const struct gen_set *set, struct draw *d, struct arena *a, struct event *out);
/* Numbers, namespaces and capabilities of it. */
void gen_situation(struct draw *d, struct event *out);

#endif
