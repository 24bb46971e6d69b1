/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated units in the kernel of this machine: built with clang, loaded, and run by
 * BPF_PROG_TEST_RUN, so that the verifier and the JIT have their say.
 */
#ifndef DECIDE_JIT_H
#define DECIDE_JIT_H

#include "unit.h"

struct jit;

/*
 * Builds and loads what unit_load() has written for the same shapes. Programs that the verifier
 * refuses are left out, each with a line printed, and counted in `*refused`. NULL: said why.
 */
struct jit *jit_load(const struct unit_place *p, const struct shapes *all, struct backend *out,
		     unsigned *refused);
void jit_close(struct jit *j);

#endif
