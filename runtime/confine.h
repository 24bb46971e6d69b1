/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process that reads hostile records may ask of the kernel: a filter of system calls, kept
 * for good and by its children. Whatever is not on the list (confine.def) fails with EPERM, so that
 * an oversight costs a feature and not the enforcement of policies; calls of another architecture
 * end the process. It cannot run programs, trace others, load or attach anything to the kernel, or
 * open sockets other than unix ones, unless `network` says so.
 */
#ifndef TGRUN_CONFINE_H
#define TGRUN_CONFINE_H

#include <stdbool.h>
#include "runtime/failure.h"

/* Needs no_new_privs (privs.h). 0, or -1 with a sentence. */
int confine(bool network, struct failure *why);

/*
 * The same for a process that only asks others over unix sockets (confine_asker.def): it opens no
 * file.
 */
int confine_asker(struct failure *why);

#endif
