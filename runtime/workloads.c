// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "runtime/file.h"
#include "runtime/node_labels.h"
#include "runtime/notice.h"
#include "runtime/workloads.h"

#define WHY_MAX 1024

/* ---- cgroups ------------------------------------------------------------------------------- */

static int open_root(struct workloads *w, const char *root, struct failure *why)
{
	struct statfs fs;

	w->root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (w->root_fd < 0 || fstatfs(w->root_fd, &fs))
		return failure_set(why, TGRUN_ENVIRONMENT, "--cgroup-root %s: %s", root,
				   strerror(errno));
	if (fs.f_type == CGROUP2_SUPER_MAGIC)
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT,
			   "--cgroup-root %s: this is not a cgroup v2 file system, by which alone "
			   "containers are told apart",
			   root);
}

/* A cgroup's number is its folder's. */
static uint64_t number_of(const struct workloads *w, const struct container *c)
{
	struct stat st;

	if (!c->cgroup)
		return c->cgroup_id;
	if (fstatat(w->root_fd, c->cgroup, &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode))
		return 0;
	return st.st_ino;
}

struct index {
	struct workload_place *places;
	struct container **by_cgroup;
	size_t count, waiting;
};

static void index_free(struct index *i)
{
	free(i->places);
	free(i->by_cgroup);
}

static int compare(const void *a, const void *b)
{
	const struct container *p = *(struct container *const *)a;
	const struct container *q = *(struct container *const *)b;

	return p->cgroup_id < q->cgroup_id ? -1 : p->cgroup_id > q->cgroup_id;
}

static int check_unique(const struct index *i, char *why, size_t why_size)
{
	for (size_t n = 1; n < i->count; n++)
		if (i->by_cgroup[n]->cgroup_id == i->by_cgroup[n - 1]->cgroup_id) {
			snprintf(why, why_size, "two containers have cgroup %" PRIu64,
				 i->by_cgroup[n]->cgroup_id);
			return -1;
		}
	return 0;
}

static bool has_cgroup(const struct workload_set *set, uint64_t cgroup)
{
	size_t i = 0;

	while (i < set->count && set->v[i]->cgroup_id != cgroup)
		i++;
	return i < set->count;
}

/* `but`: what it has is left out; or NULL. */
static void index_set(struct index *i, struct workloads *w, const struct workload_set *set,
		      const struct workload_set *but)
{
	for (size_t n = 0; n < set->count; n++) {
		uint64_t cgroup = number_of(w, set->v[n]);

		set->v[n]->cgroup_id = cgroup;
		if (!cgroup)
			i->waiting++;
		else if (!but || !has_cgroup(but, cgroup))
			i->by_cgroup[i->count++] = set->v[n];
	}
}

/* What is known, by who has said it. */
struct sources {
	const struct workload_set *file, *found, *added;
};

/* Those whose cgroups are there, in the order of the cgroups. */
static int make_index(struct index *i, struct workloads *w, const struct sources *from, char *why,
		      size_t why_size)
{
	size_t room = from->file->count + from->found->count + from->added->count + 1;

	*i = (struct index){.places = calloc(room, sizeof(*i->places)),
			    .by_cgroup = calloc(room, sizeof(struct container *))};
	if (!i->places || !i->by_cgroup) {
		index_free(i);
		snprintf(why, why_size, "out of memory");
		return -1;
	}
	index_set(i, w, from->file, NULL);
	index_set(i, w, from->found, from->file);
	index_set(i, w, from->added, from->found);
	qsort(i->by_cgroup, i->count, sizeof(struct container *), compare);
	for (size_t n = 0; n < i->count; n++)
		i->places[n] =
			(struct workload_place){i->by_cgroup[n]->cgroup_id, &i->by_cgroup[n]->is};
	if (!check_unique(i, why, why_size))
		return 0;
	index_free(i);
	return -1;
}

static void use_index(struct workloads *w, const struct index *i)
{
	free(w->places);
	free(w->by_cgroup);
	w->places = i->places;
	w->by_cgroup = i->by_cgroup;
	w->place_count = i->count;
	w->waiting = i->waiting;
	w->generation++;
}

/* ---- bundles --------------------------------------------------------------------------------- */

/*
 * A table that was kept knows the containers of before: what is known without the runtime is less,
 * and would take policies away from them until it answers.
 */
static bool knows_more(const struct workloads *w, const struct workload_rules *r)
{
	return w->runtime && !w->heard && r->head && r->head[0];
}

/* False: some bundle does not know them all. */
static bool write_all(struct workloads *w)
{
	bool all = true;

	for (size_t i = 0; i < w->rules_count; i++)
		if (!knows_more(w, w->rules[i]) &&
		    workload_rules_write(w->rules[i], w->places, w->place_count)) {
			all = false;
			notice("tgrun: workloads: a table of bundle %.*s has no room for all "
			       "cgroups; it is left as it was\n",
			       TG_NAME_MAX, w->rules[i]->artifact->header->name);
		}
	return all;
}

int workloads_serve(struct workloads *w, struct workload_rules *r)
{
	size_t i = 0;

	if (!r->count)
		return 0;
	while (i < w->rules_count && w->rules[i] != r) /* of an attempt with other variants */
		i++;
	if (i == WORKLOADS_RULES_MAX)
		return -1;
	w->rules[i] = r;
	w->rules_count += i == w->rules_count;
	return knows_more(w, r) ? 0 : workload_rules_write(r, w->places, w->place_count);
}

void workloads_forsake(struct workloads *w, const struct workload_rules *r)
{
	for (size_t i = 0; i < w->rules_count; i++)
		if (w->rules[i] == r) {
			w->rules[i] = w->rules[--w->rules_count];
			return;
		}
}

void workloads_moved(struct workloads *w, const struct workload_rules *from,
		     struct workload_rules *to)
{
	for (size_t i = 0; i < w->rules_count; i++)
		if (w->rules[i] == from)
			w->rules[i] = to;
}

/* ---- the file -------------------------------------------------------------------------------- */

/* Begins a sentence with the file's name; where it goes on. */
static size_t begin_sentence(const struct workloads *w, char *why, size_t why_size)
{
	int used = snprintf(why, why_size, "%s: ", w->path);

	return used < 0 || (size_t)used >= why_size ? 0 : (size_t)used;
}

static int read_set(struct workloads *w, struct workload_set *set, char *why, size_t why_size)
{
	struct file_bytes bytes;
	size_t used;
	int result;

	if (file_load(w->path, WORKLOAD_FILE_MAX, &bytes, why, why_size))
		return -1;
	used = begin_sentence(w, why, why_size);
	result = workload_set_parse(set, (const char *)bytes.at, bytes.size, why + used,
				    why_size - used);
	free(bytes.at);
	return result;
}

/* ---- what is added beside the file -------------------------------------------------------------
 */

static void number_all(struct workloads *w, const struct workload_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		set->v[i]->cgroup_id = number_of(w, set->v[i]);
}

/* What was added and no other has, as long as its cgroup is there; and what is added now. */
static int keep_added(struct workload_set *keep, struct workloads *w, const struct sources *from)
{
	const struct workload_set *more = from->added;
	size_t room = w->added.count + more->count + 1;

	*keep = (struct workload_set){.v = calloc(room, sizeof(struct container *))};
	if (!keep->v)
		return -1;
	number_all(w, from->file);
	number_all(w, from->found);
	number_all(w, more);
	for (size_t i = 0; i < w->added.count; i++) {
		uint64_t cgroup = number_of(w, w->added.v[i]);

		if (cgroup && !has_cgroup(from->file, cgroup) && !has_cgroup(from->found, cgroup) &&
		    !has_cgroup(more, cgroup))
			keep->v[keep->count++] = w->added.v[i];
	}
	for (size_t i = 0; i < more->count; i++)
		keep->v[keep->count++] = more->v[i];
	return 0;
}

/* Takes over the array; what is in it is held already. */
static void use_added(struct workloads *w, const struct workload_set *keep)
{
	for (size_t i = 0; i < w->added.count; i++) {
		size_t n = 0;

		while (n < keep->count && keep->v[n] != w->added.v[i])
			n++;
		if (n == keep->count)
			container_drop(w->added.v[i]);
	}
	free(w->added.v);
	w->added = *keep;
}

/* The index of all, and what is kept of what was added. */
static int use_sets(struct workloads *w, struct sources from, char *why, size_t why_size)
{
	struct workload_set keep;
	struct index index;

	if (keep_added(&keep, w, &from)) {
		snprintf(why, why_size, "out of memory");
		return -1;
	}
	from.added = &keep;
	if (make_index(&index, w, &from, why, why_size)) {
		free(keep.v);
		return -1;
	}
	use_index(w, &index);
	use_added(w, &keep);
	return 0;
}

static int check_there(const struct workload_set *more, char *why, size_t why_size)
{
	for (size_t i = 0; i < more->count; i++)
		if (!more->v[i]->cgroup_id) {
			snprintf(why, why_size, "there is no cgroup %.200s", more->v[i]->cgroup);
			return -1;
		}
	return 0;
}

static bool has_all(const struct workload_set *set, const struct workload_set *more)
{
	size_t i = 0;

	while (i < more->count && has_cgroup(set, more->v[i]->cgroup_id))
		i++;
	return i == more->count;
}

int workloads_add(struct workloads *w, const char *text, size_t size, char *why, size_t why_size)
{
	static const struct workload_set none;
	struct workload_set more;
	bool listed;

	if (workload_set_parse(&more, text, size, why, why_size))
		return -1;
	number_all(w, &more);
	if (check_there(&more, why, why_size)) {
		workload_set_free(&more);
		return -1;
	}
	number_all(w, &w->set);
	number_all(w, &w->found);
	/* who lists it knows it already, and more of it */
	listed = has_all(&w->set, &more) || has_all(&w->found, &more);
	if (use_sets(w, (struct sources){&w->set, &w->found, listed ? &none : &more}, why,
		     why_size)) {
		workload_set_free(&more);
		return -1;
	}
	if (listed) {
		workload_set_free(&more);
		return 0;
	}
	free(more.v);
	free(more.node_labels);
	if (write_all(w))
		return 0;
	snprintf(why, why_size, "there are more cgroups than bundles have room for");
	return -1;
}

/* ---- reading again -----------------------------------------------------------------------------
 */

static int reread(struct workloads *w, char *why, size_t why_size)
{
	static const struct workload_set none;
	struct workload_set set;
	size_t used;

	if (read_set(w, &set, why, why_size))
		return -1;
	used = begin_sentence(w, why, why_size);
	if (use_sets(w, (struct sources){&set, &w->found, &none}, why + used, why_size - used)) {
		workload_set_free(&set);
		return -1;
	}
	workload_set_free(&w->set);
	w->set = set;
	return 0;
}

int workloads_found(struct workloads *w, const char *text, size_t size, char *why, size_t why_size)
{
	static const struct workload_set none;
	struct workload_set found;

	if (workload_set_parse(&found, text, size, why, why_size))
		return -1;
	if (use_sets(w, (struct sources){&w->set, &found, &none}, why, why_size)) {
		workload_set_free(&found);
		return -1;
	}
	workload_set_free(&w->found);
	w->found = found;
	w->heard = true;
	write_all(w);
	return 0;
}

static void tell_waiting(const struct workloads *w)
{
	size_t waiting = 0;

	for (size_t i = 0; i < w->set.count; i++)
		waiting += !w->set.v[i]->cgroup_id;
	if (waiting)
		notice("tgrun: %s: %zu of %zu cgroups are not there; they are looked for again\n",
		       w->path, waiting, w->set.count);
}

void workloads_retry(struct workloads *w)
{
	char why[WHY_MAX];
	struct index index;
	size_t waited = w->waiting;

	if (w->unlisted) {
		notice("tgrun: %" PRIu64 " programs were started in containers that %s does not "
		       "list; to policies their processes are the host's\n",
		       w->unlisted, w->path ? w->path : "the container runtime");
		w->unlisted = 0;
	}
	if (!waited || make_index(&index, w, &(struct sources){&w->set, &w->found, &w->added}, why,
				  sizeof(why)))
		return;
	if (index.waiting == waited) {
		index_free(&index);
		return;
	}
	use_index(w, &index);
	write_all(w);
}

/* ---- changes --------------------------------------------------------------------------------- */

/* The folder, for the file is replaced by renaming; and `..data`, as Kubernetes does with its own.
 */
static int watch_folder(struct workloads *w, struct failure *why)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", w->path);
	w->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->watch_fd >= 0 && inotify_add_watch(w->watch_fd, dirname(path),
						  IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE) >= 0)
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT, "cannot watch %s: %s", w->path, strerror(errno));
}

/* Whether one of the events is about the file. */
static bool file_changed(struct workloads *w)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	const char *slash = strrchr(w->path, '/'), *name = slash ? slash + 1 : w->path;
	bool changed = false;
	ssize_t n;

	while ((n = read(w->watch_fd, events, sizeof(events))) > 0)
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(events + at);

			changed |=
				e->mask & IN_Q_OVERFLOW ||
				(e->len && (!strcmp(e->name, name) || !strcmp(e->name, "..data")));
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	return changed;
}

void workloads_reread(struct workloads *w)
{
	char why[WHY_MAX];

	if (!w->path)
		return;
	if (reread(w, why, sizeof(why))) {
		notice("tgrun: %s; what it said before stays\n", why);
		return;
	}
	write_all(w);
	notice("tgrun: %s: read again, %zu cgroups\n", w->path, w->place_count);
	tell_waiting(w);
}

void workloads_changed(struct workloads *w)
{
	if (file_changed(w))
		workloads_reread(w);
}

/* ---- all of it ---------------------------------------------------------------------------------
 */

static int open_file(struct workloads *w, struct failure *why)
{
	char text[WHY_MAX];

	if (watch_folder(w, why))
		return -1;
	if (reread(w, text, sizeof(text)))
		return failure_set(why, TGRUN_ENVIRONMENT, "%s", text);
	tell_waiting(w);
	return 0;
}

int workloads_open(struct workloads *w, const char *path, bool runtime, const char *root,
		   const char *node_labels, struct failure *why)
{
	*w = (struct workloads)WORKLOADS_NONE;
	w->path = path;
	w->runtime = runtime;
	if ((path || runtime) && open_root(w, root, why))
		return -1;
	if (path && open_file(w, why))
		return -1;
	if (node_labels)
		return node_labels_parse(&w->node, node_labels, why);
	return 0;
}

const struct labels *workloads_node(const struct workloads *w, struct labels *room)
{
	if (w->node.v)
		return &w->node;
	*room = (struct labels){w->set.node_labels, w->set.node_label_count};
	return room->v ? room : NULL;
}

void workloads_close(struct workloads *w)
{
	int *const fds[] = {&w->root_fd, &w->watch_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (*fds[i] >= 0)
			close(*fds[i]);
	workload_set_free(&w->set);
	workload_set_free(&w->found);
	workload_set_free(&w->added);
	node_labels_free(&w->node);
	free(w->places);
	free(w->by_cgroup);
	*w = (struct workloads)WORKLOADS_NONE;
}

/* ---- events ------------------------------------------------------------------------------------
 */

static struct container *find_cgroup(const struct workloads *w, uint64_t cgroup)
{
	size_t low = 0, high = w->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->places[middle].cgroup < cgroup)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->place_count && w->places[low].cgroup == cgroup ? w->by_cgroup[low] : NULL;
}

static const char *bare_id(const struct container *c)
{
	const char *scheme = c->id ? strstr(c->id, "://") : NULL;

	return scheme ? scheme + 3 : c->id ? c->id : "";
}

static struct container *find_id(const struct workload_set *set, const struct container_id *id)
{
	for (size_t i = 0; id->text[0] && i < set->count; i++)
		if (!strncmp(bare_id(set->v[i]), id->text, strlen(id->text)))
			return set->v[i];
	return NULL;
}

struct container *workloads_find(const struct workloads *w, uint64_t cgroup,
				 const struct container_id *id)
{
	struct container *found = find_cgroup(w, cgroup);

	if (!found)
		found = find_id(&w->set, id);
	if (!found)
		found = find_id(&w->found, id);
	return found ? found : find_id(&w->added, id);
}

const struct container *workloads_find_pod(const struct workloads *w, const char *namespace,
					   const char *name)
{
	const struct workload_set *const sets[] = {&w->set, &w->found, &w->added};

	for (size_t s = 0; s < sizeof(sets) / sizeof(sets[0]); s++)
		for (size_t i = 0; i < sets[s]->count; i++)
			if (!strcmp(sets[s]->v[i]->is.namespace, namespace) &&
			    !strcmp(sets[s]->v[i]->pod_name, name))
				return sets[s]->v[i];
	return NULL;
}
