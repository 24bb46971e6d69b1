/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_PROCFS_FACTS_H
#define TGRUN_PROCFS_FACTS_H

#include "runtime/procs.h"

/*
 * Credentials (of the text of `status`; secure bits are not told) and namespaces of the process
 * whose folder in /proc `dir` is. What cannot be read stays 0.
 */
void procfs_facts(struct proc_facts *out, int dir, const char *status);

/* The namespaces of one process below `directory` (/proc): inode numbers, 0 unknown. */
void procfs_namespaces(uint32_t inodes[TG_EXEC_NAMESPACES], const char *directory, uint32_t pid);

#endif
