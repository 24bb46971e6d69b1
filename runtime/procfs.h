/* SPDX-License-Identifier: Apache-2.0 */
/* The processes that /proc shows at one moment. */
#ifndef TGRUN_PROCFS_H
#define TGRUN_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "bpf-templates/tg_event.h"
#include "runtime/container_id.h"

struct proc_facts;

struct procfs_process {
	uint32_t pid, parent_pid;
	uint64_t ktime; /* start, in 10 ms steps, as nanoseconds since boot */
	uint32_t flags; /* TG_P_* */
	uint32_t uid, auid;
	uint32_t nspid; /* 0 in the initial pid namespace */
	bool kernel_thread;
	char *binary, *arguments, *cwd; /* valid UTF-8; owned */
	struct container_id docker;
	struct proc_facts *facts; /* owned; NULL: a kernel thread, or not asked for */
};

struct procfs_list {
	bool facts;		  /* are read */
	struct procfs_process *v; /* by pid, ascending */
	size_t count, capacity;
};

/*
 * Reads all processes below `directory` (/proc), with facts when asked. 0, or -1 with errno set.
 */
int procfs_read(struct procfs_list *out, const char *directory, bool facts);
/* One process, if it is no kernel thread and still has memory. 0, or -1. */
int procfs_read_one(struct procfs_process *out, const char *directory, uint32_t pid, bool facts);

/* What only the process itself may read, or who has CAP_SYS_PTRACE. Sizes below 0: it cannot. */
struct procfs_links {
	int32_t exe_size, cwd_size;
	uint32_t namespaces[TG_EXEC_NAMESPACES]; /* inode numbers; 0 not known */
	char exe[4096], cwd[4096];
};

void procfs_read_links(struct procfs_links *out, const char *directory, uint32_t pid);
/* Fills in what could not be read before, and takes the flags back that say so. */
void procfs_add_links(struct procfs_process *p, const struct procfs_links *links);
void procfs_process_free(struct procfs_process *p);
void procfs_list_free(struct procfs_list *list);

/* The process with this pid, or NULL. */
struct procfs_process *procfs_lookup(const struct procfs_list *list, uint32_t pid);

/* Whether the process is still the same one. */
bool procfs_alive(const char *directory, const struct procfs_process *p);

#endif
