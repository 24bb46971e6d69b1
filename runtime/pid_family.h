/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that were named by their pids, and those they have started since, as events tell. */
#ifndef TGRUN_PID_FAMILY_H
#define TGRUN_PID_FAMILY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PID_FAMILY_MAX 65536 /* members; children beyond it are not followed */

struct pid_family {
	uint32_t *members; /* a hash table; 0 none */
	uint32_t count, room;
};

/* 0, or -1 when there is no room. */
int pid_family_add(struct pid_family *f, uint32_t pid);
bool pid_family_has(const struct pid_family *f, uint32_t pid);
/* The process has ended: its pid may come again for another. */
void pid_family_remove(struct pid_family *f, uint32_t pid);
void pid_family_free(struct pid_family *f);

#endif
