/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes as the compiler reads them: policies, and the C of the kernel that they are for. */
#ifndef DECIDE_POLICY_H
#define DECIDE_POLICY_H

#include <stdio.h>
#include "shape.h"

/* The YAML of a shape's policies. */
void policy_write(FILE *to, const struct shape *s);
/* The `index` by which a policy names an argument: tracepoints count the common fields. */
unsigned policy_index(const struct shape *s, unsigned arg);
/* Declarations from which clang makes type information with every shape's hook in it. */
void policy_kernel(FILE *to, const struct shapes *all);

#endif
