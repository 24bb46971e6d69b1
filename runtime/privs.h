/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_PRIVS_H
#define TGRUN_PRIVS_H

#include "runtime/failure.h"

/*
 * Gives up everything: all capability sets, the bounding and ambient ones included, and the
 * way back (no_new_privs). With `user` (a name or a number; NULL: no change) also the user
 * and group ids. Checks afterwards that nothing is left. Needs CAP_SETPCAP.
 */
int privs_drop(const char *user, struct failure *why);

#endif
