/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The processes that events name: one entry for each image a process ran, found by pid and
 * the time it was loaded, so that a reused pid is another process. Entries are counted as
 * Tetragon counts them; one that nobody uses stays 30 to 60 seconds, for late children.
 */
#ifndef TGRUN_PROCS_H
#define TGRUN_PROCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include "bpf-templates/tg_event.h"

#define PROCS_CAPACITY	   65536
#define PROCS_LONG_MAX	   (16u << 20) /* bytes of long arguments and environments kept in all */
#define PROCS_TICK_SECONDS 30	       /* how often procs_tick is to be called */

/* Who a process was when its program was loaded. */
struct proc_facts {
	struct tg_credentials credentials;
	uint32_t namespaces[TG_EXEC_NAMESPACES];
};

struct container;

/* What a process has from its exec, and its clones with it. Texts are valid UTF-8. */
struct proc_text {
	uint32_t users;
	struct proc_facts *facts; /* owned; NULL: not kept */
	char *environment;	  /* owned; variables, each with a NUL; NULL none */
	size_t environment_size;
	size_t over;				  /* bytes of both beyond what is not long */
	uint32_t arguments_at, cwd_at, docker_at; /* the binary is at 0 */
	uint64_t cgroup;			  /* 0: not known */
	struct container *container; /* counted; NULL: none that is known, as of `asked` */
	uint64_t asked;		     /* workloads.generation */
	char bytes[];
};

enum proc_state {
	PROC_IN_USE,
	PROC_DELETE_PENDING, /* uses fell to 0 */
	PROC_DELETE_READY,   /* and it was still so at the next tick */
};

struct proc {
	struct tg_key key;
	struct tg_key parent;
	uint32_t flags; /* TG_P_* */
	uint32_t uid, auid;
	uint32_t nspid; /* in its own PID namespace; 0 in the first one */
	uint32_t uses;	/* itself while alive, its children, the image that replaced it */
	uint8_t cloned; /* has not exec'd since */
	uint8_t ended;	/* exited or replaced by an exec: its own use is given up */
	uint8_t state;	/* enum proc_state */
	struct proc_text *text;
	struct proc *hash_next;
	LIST_ENTRY(proc) alive;	  /* until it ended */
	TAILQ_ENTRY(proc) recent; /* most recently used first */
	TAILQ_ENTRY(proc) unused; /* while state is not PROC_IN_USE */
};

static inline const char *proc_binary(const struct proc *p)
{
	return p->text->bytes;
}

static inline const char *proc_arguments(const struct proc *p)
{
	return p->text->bytes + p->text->arguments_at;
}

static inline const char *proc_cwd(const struct proc *p)
{
	return p->text->bytes + p->text->cwd_at;
}

/* The id that the name of its cgroup has in it; "" none. */
static inline const char *proc_docker(const struct proc *p)
{
	return p->text->bytes + p->text->docker_at;
}

static inline const struct proc_facts *proc_facts(const struct proc *p)
{
	return p->text->facts;
}

/* A new image of a process; texts as the printed event shows them, NUL-terminated. */
struct proc_image {
	struct tg_key key, parent, previous; /* as the kernel reports them */
	uint32_t flags, uid, auid, nspid;
	uint64_t cgroup;
	const char *binary, *arguments, *cwd;
	const char *docker;		/* NULL: none */
	const struct proc_facts *facts; /* NULL: not to be kept */
	char *environment;		/* as in struct proc_text, to which it passes */
	size_t environment_size;
};

struct procs;
struct redactions;

/* NULL when memory runs out. At most `capacity` entries; beyond it the oldest unused go. */
struct procs *procs_new(size_t capacity);
void procs_free(struct procs *procs);

/* What is not to be kept of arguments, from now on; borrowed. */
void procs_redact(struct procs *procs, const struct redactions *redactions);

/*
 * From now on a process uses all its ancestors, not only its parent, as long as it lives. To be
 * called before the first process is entered.
 */
void procs_keep_ancestors(struct procs *procs);

#define PROCS_ANCESTORS_MAX 64 /* above the parent; those beyond are not kept */

/*
 * The ancestors above the parent, nearest first, without the kernel (pid 0); returns how many.
 * Valid as of procs_find().
 */
size_t procs_ancestors(struct procs *procs, const struct proc *p,
		       const struct proc *out[PROCS_ANCESTORS_MAX]);

/* Moves the entry to the recently used end; NULL when unknown. Valid until the next change. */
struct proc *procs_find(struct procs *procs, const struct tg_key *key);

/*
 * An exec (or a process found at start, with `previous` all zero). Returns the new entry, or
 * NULL when memory runs out. Call procs_replace afterwards, when the event has been printed.
 */
struct proc *procs_exec(struct procs *procs, const struct proc_image *image);

/*
 * To be called when the exec's event has been printed: if those that are kept have more than
 * PROCS_LONG_MAX bytes, this image's arguments and environment are cut to what one record has room
 * for, and flagged as cut.
 */
void procs_shorten(struct procs *procs, const struct tg_key *key);

/* Gives up the image that an exec replaced and that image's hold on its parent. */
void procs_replace(struct procs *procs, const struct tg_key *previous);

/* NULL when the parent is unknown or memory runs out. */
struct proc *procs_clone(struct procs *procs, const struct tg_clone *clone);

/* Changes nothing when the image has ended before. */
void procs_exit(struct procs *procs, const struct tg_key *key);

/* Ages unused entries; to be called every PROCS_TICK_SECONDS. */
void procs_tick(struct procs *procs);

size_t procs_count(const struct procs *procs);
size_t procs_capacity(const struct procs *procs);
/* Images whose end was lost, and is known by the next one with their pid. */
uint64_t procs_replaced(const struct procs *procs);
uint64_t procs_evicted(const struct procs *procs); /* entries pushed out by the capacity */

#endif
