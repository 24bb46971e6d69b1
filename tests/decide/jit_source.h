/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The unit around what tgc wrote, for programs that can be test-run. Of that text nothing changes
 * but where it talks to the kernel's loader: sections of programs become FAKE_PROGRAM, and a
 * context's numbers that are used as pointers become typed.
 */
#ifndef DECIDE_JIT_SOURCE_H
#define DECIDE_JIT_SOURCE_H

#include "unit.h"

/* False after printing why. */
bool jit_source(const struct unit_place *p, const char *path);

#endif
