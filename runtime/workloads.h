/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The workloads of the node: what the file and the container runtime say, kept up to date, and the
 * only one who tells bundles and events of it. Everything works without privileges once
 * workloads_open() is done.
 */
#ifndef TGRUN_WORKLOADS_H
#define TGRUN_WORKLOADS_H

#include "runtime/container_id.h"
#include "runtime/failure.h"
#include "runtime/workload_file.h"
#include "runtime/workload_rules.h"

#define WORKLOADS_RULES_MAX 65 /* bundles, and one that is coming */

struct workloads {
	const char *path;    /* of the file; NULL: there is none */
	bool runtime;	     /* the container runtime is asked */
	bool heard;	     /* and has told what there is */
	int root_fd;	     /* of the cgroup file system; -1 */
	int watch_fd;	     /* tells of changes in the file's folder; -1 */
	uint64_t generation; /* counts what was read */
	struct workload_set set;
	struct workload_set found;     /* by workloads_found() */
	struct workload_set added;     /* by workloads_add() */
	struct workload_place *places; /* by cgroup, of those that are there */
	struct container **by_cgroup;  /* likewise */
	size_t place_count;
	size_t waiting;					   /* whose cgroup is not there yet */
	struct labels node;				   /* from --node-labels; owned */
	struct workload_rules *rules[WORKLOADS_RULES_MAX]; /* borrowed */
	size_t rules_count;
	uint64_t unlisted; /* processes of containers that the file does not have */
};

#define WORKLOADS_NONE                                                                             \
	{                                                                                          \
		.root_fd = -1, .watch_fd = -1                                                      \
	}

/*
 * `path`, `node_labels` (k=v,...): NULL when not given. Reads the file, and watches it from now on.
 * `runtime`: workloads_found() will be called.
 */
int workloads_open(struct workloads *w, const char *path, bool runtime, const char *root,
		   const char *node_labels, struct failure *why);
/* Whether anybody tells of workloads. */
static inline bool workloads_known(const struct workloads *w)
{
	return w->path || w->runtime;
}
/* The node's labels, from the option or from the file (in `room`); NULL: they are not known. */
const struct labels *workloads_node(const struct workloads *w, struct labels *room);
void workloads_close(struct workloads *w);

/* From now on these are kept up to date; their tables are written now. -1: no room. */
int workloads_serve(struct workloads *w, struct workload_rules *r);
/* They are not served any more; they are, and lie in another place now. */
void workloads_forsake(struct workloads *w, const struct workload_rules *r);
void workloads_moved(struct workloads *w, const struct workload_rules *from,
		     struct workload_rules *to);

/*
 * Reads the file again. One that cannot be used is told of, and what was known stays. changed:
 * after something came from watch_fd, if that was about the file; retry: every few seconds, looks
 * for cgroups that are waited for.
 */
void workloads_reread(struct workloads *w);
void workloads_changed(struct workloads *w);
void workloads_retry(struct workloads *w);

/*
 * What the container runtime says now, in a text of the file's form: it takes the place of what it
 * said before. Cgroups that the file has are as the file says. 0, or -1 with a sentence, and what
 * was known stays.
 */
int workloads_found(struct workloads *w, const char *text, size_t size, char *why, size_t why_size);

/*
 * Adds containers whose cgroups are there, in a text of the file's form, and has all bundles know
 * them before it returns. They stay until the file or the runtime lists their cgroups, or these
 * are gone. 0, or -1 with a sentence; workloads_known() must hold.
 */
int workloads_add(struct workloads *w, const char *text, size_t size, char *why, size_t why_size);

/* One of this pod's containers; NULL: there is none that is known. */
const struct container *workloads_find_pod(const struct workloads *w, const char *namespace,
					   const char *name);

/* Which container this is, by its cgroup or else by its id; NULL: none that is known. */
struct container *workloads_find(const struct workloads *w, uint64_t cgroup,
				 const struct container_id *id);

#endif
