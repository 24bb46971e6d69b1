/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Relations between filters: whether one that passes makes another pass, or fail. Sound and not
 * complete: `true` is certain, `false` means that nothing is known.
 */
#ifndef TGC_IMPLY_H
#define TGC_IMPLY_H

#include "compiler/check/tir.h"

/* Lists whose lengths multiply to more are not compared: nothing is known of them. */
#define IMPLY_LOOKS (1u << 18)

/* ---- values of filters (imply_value.c) ------------------------------------------------------
 */

/* What the operator's plain form says of one value; filters of one argument only. */
struct claim {
	enum op plain;
	const struct type_info *type;
	const struct value *value;
};

/* Whether operators look at the same thing: the number, the text, the source port, ... */
bool ops_comparable(enum op a, enum op b);
/* Every argument for which `narrow` is true makes `wide` true. */
bool claim_covers(const struct claim *wide, const struct claim *narrow);
/* No argument makes both true. */
bool claims_disjoint(const struct claim *a, const struct claim *b);

/* ---- filters (imply.c) ---------------------------------------------------------------------- */

/* Both on arguments of the same hook; `a` and `b` in the same section. */
bool filter_implies(const struct type_info *type, const struct tir_filter *a,
		    const struct tir_filter *b);
/* No call passes both. */
bool filters_exclude(const struct type_info *type, const struct tir_filter *a,
		     const struct tir_filter *b);

/* ---- process sections (imply_process.c) ------------------------------------------------------ */

bool binaries_imply(const struct ir_binaries *a, const struct ir_binaries *b);
bool binaries_exclude(const struct ir_binaries *a, const struct ir_binaries *b);
bool pids_imply(const struct ir_pids *a, const struct ir_pids *b);
bool pids_exclude(const struct ir_pids *a, const struct ir_pids *b);
bool namespaces_imply(const struct ir_namespaces *a, const struct ir_namespaces *b);
bool namespaces_exclude(const struct ir_namespaces *a, const struct ir_namespaces *b);
bool capabilities_imply(const struct ir_capabilities *a, const struct ir_capabilities *b);
bool capabilities_exclude(const struct ir_capabilities *a, const struct ir_capabilities *b);

/* Every process that passes the process sections of `a` passes those of `b`. */
bool process_implies(const struct ir_selector *a, const struct ir_selector *b);

#endif
