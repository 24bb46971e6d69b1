/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_SYSCALL_NAME_H
#define TGRUN_SYSCALL_NAME_H

#include "runtime/event.h"

/* Whether it is an event of raw_syscalls/sys_enter. */
bool event_is_syscall(const struct event *e);

/* The system call that such an event is about: NULL when it does not say, or says none that is
 * known. `foreign`: it is one of the 32-bit table. */
const char *event_syscall(const struct event *e, bool *foreign);

#endif
