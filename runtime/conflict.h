/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks that two bundles cannot share: of the programs that may deny a call the kernel runs
 * none after the first denial, so one bundle would take the other's events and signals away.
 */
#ifndef TGRUN_CONFLICT_H
#define TGRUN_CONFLICT_H

#include "runtime/bundle.h"

/* 0, or -1 with TGRUN_CONFLICT. */
int conflict_check(const struct bundles *b, struct failure *why);
/* The same between two, in use or not. */
int conflict_check_pair(const struct bundle *one, const struct bundle *other, struct failure *why);

#endif
