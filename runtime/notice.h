/* SPDX-License-Identifier: Apache-2.0 */
/* Messages on standard error while events are relayed: they never wait for a reader. */
#ifndef TGRUN_NOTICE_H
#define TGRUN_NOTICE_H

#include <stddef.h>

/* Writes what is taken at once and drops the rest. */
void notice_write(int fd, const char *text, size_t size);

/* To standard error, in one piece. */
void notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
