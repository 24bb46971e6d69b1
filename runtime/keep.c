// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/fdinfo.h"
#include "runtime/keep.h"
#include "runtime/notice.h"

/* ---- files of a set ------------------------------------------------------------------------ */

/* By the descriptor of the folder that was checked. */
static void path_of(char out[PATH_MAX], const struct keep *k, const char *set, const char *file)
{
	snprintf(out, PATH_MAX, "/proc/self/fd/%d/%s/%s", k->fd, set, file);
}

static DIR *open_folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Calls for each file of a set; ends early with what is not 0. */
static int each_file(const struct keep_set *s, int (*take)(void *, const char *), void *state)
{
	DIR *d = open_folder(s->keep->fd, s->name);
	const struct dirent *e;
	int result = 0;

	if (!d)
		return -1;
	while (!result && (e = readdir(d)))
		if (!is_dot(e->d_name))
			result = take(state, e->d_name);
	closedir(d);
	return result;
}

struct tally_files {
	uint32_t links, programs;
};

static int count_file(void *state, const char *name)
{
	struct tally_files *n = state;

	n->links += !strncmp(name, "link:", 5);
	n->programs += !strncmp(name, "program:", 8);
	return 0;
}

static bool is_whole(const struct keep_set *s)
{
	struct tally_files n = {0};

	return !each_file(s, count_file, &n) && n.links == s->links && n.programs == s->programs;
}

static int get(const struct keep_set *s, const char *file)
{
	char path[PATH_MAX];

	path_of(path, s->keep, s->name, file);
	return bpf_obj_get(path);
}

static void map_file(char out[NAME_MAX + 1], const char *map)
{
	strcpy(out, "map:");
	keep_file_name(out + 4, NAME_MAX + 1 - 4, map, '.', ',');
}

int keep_map(const struct keep_set *s, const char *map)
{
	char file[NAME_MAX + 1];

	map_file(file, map);
	return get(s, file);
}

int keep_links(const struct keep_set *s, struct links *out)
{
	char path[PATH_MAX], file[32];

	for (uint32_t i = 0; i < s->links; i++) {
		snprintf(file, sizeof(file), "link:%u", i);
		path_of(path, s->keep, s->name, file);
		if (links_open(out, path))
			return -1;
	}
	return 0;
}

struct programs_wanted {
	const struct keep_set *set;
	struct misses *out;
};

static int take_program(void *state, const char *name)
{
	struct programs_wanted *w = state;
	uint32_t number;

	if (strncmp(name, "program:", 8))
		return 0;
	errno = EINVAL;
	if (!keep_number(name + 8, &number) || number >= w->out->count ||
	    w->out->programs[number] >= 0)
		return -1;
	w->out->programs[number] = get(w->set, name);
	return w->out->programs[number] < 0 ? -1 : 0;
}

int keep_programs(const struct keep_set *s, struct misses *out)
{
	struct programs_wanted w = {s, out};

	return each_file(s, take_program, &w);
}

static uint32_t program_id(int fd, bool of_link)
{
	struct bpf_prog_info program = {0};
	struct bpf_link_info link = {0};
	uint32_t size = of_link ? sizeof(link) : sizeof(program);

	if (bpf_obj_get_info_by_fd(fd, of_link ? (void *)&link : (void *)&program, &size))
		return 0;
	return of_link ? link.prog_id : program.id;
}

static bool is_among(uint32_t id, const uint32_t *ids, size_t count)
{
	for (size_t i = 0; id && i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

bool keep_links_are_of(const struct links *links, const struct misses *programs)
{
	uint32_t *ids = calloc(programs->count + 1, sizeof(*ids));
	bool all = ids != NULL;

	for (size_t i = 0; all && i < programs->count; i++)
		if (programs->programs[i] >= 0)
			ids[i] = program_id(programs->programs[i], false);
	for (size_t i = 0; all && i < links->count; i++)
		all = is_among(program_id(links_fd(links, i), true), ids, programs->count);
	free(ids);
	return all;
}

struct memory_sum {
	const struct keep_set *set;
	uint64_t bytes;
};

static int add_memory(void *state, const char *name)
{
	struct memory_sum *sum = state;
	int fd = strncmp(name, "link:", 5) ? get(sum->set, name) : -1;

	if (fd >= 0) {
		sum->bytes += fdinfo_memory(fd);
		close(fd);
	}
	return 0;
}

uint64_t keep_memory(const struct keep_set *s)
{
	struct memory_sum sum = {.set = s};

	each_file(s, add_memory, &sum);
	return sum.bytes;
}

/* ---- sets that are there ------------------------------------------------------------------- */

struct keep_set *keep_take(struct keep *k, const char *bundle, const struct keep_id *id)
{
	for (size_t i = 0; i < k->count; i++) {
		struct keep_set *s = k->sets[i];

		if (s->state != KEEP_LEFT || s->kind != (bundle ? KEEP_BUNDLE : KEEP_BASE) ||
		    strcmp(s->bundle, bundle ? bundle : "") != 0 ||
		    memcmp(&s->id, id, sizeof(*id)) != 0 || !is_whole(s))
			continue;
		s->state = KEEP_TAKEN;
		return s;
	}
	return NULL;
}

struct keep_set *keep_left(const struct keep *k, const char *bundle)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->sets[i]->state == KEEP_LEFT && k->sets[i]->kind == KEEP_BUNDLE &&
		    !strcmp(k->sets[i]->bundle, bundle))
			return k->sets[i];
	return NULL;
}

void keep_distrust(struct keep_set *s)
{
	s->state = KEEP_LEFT;
	memset(&s->id, 0, sizeof(s->id));
}

/* ---- making one ---------------------------------------------------------------------------- */

int keep_begin(struct keep *k)
{
	k->links = k->programs = 0;
	for (int i = 0; i < 1000; i++) { /* others are what crashes left */
		snprintf(k->making, sizeof(k->making), "+%d", i);
		if (!mkdirat(k->fd, k->making, 0700))
			return 0;
		if (errno != EEXIST)
			break;
	}
	k->making[0] = '\0';
	return -1;
}

static int pin(const struct keep *k, const char *file, int fd)
{
	char path[PATH_MAX];

	path_of(path, k, k->making, file);
	return bpf_obj_pin(fd, path) ? -1 : 0;
}

int keep_add_links(struct keep *k, const struct links *links, size_t from)
{
	char file[32];

	for (size_t i = from; i < links->count; i++) {
		snprintf(file, sizeof(file), "link:%u", k->links);
		if (pin(k, file, links_fd(links, i)))
			return -1;
		k->links++;
	}
	return 0;
}

int keep_add_program(struct keep *k, size_t number, int fd)
{
	char file[32];

	snprintf(file, sizeof(file), "program:%zu", number);
	if (pin(k, file, fd))
		return -1;
	k->programs++;
	return 0;
}

int keep_add_map(struct keep *k, const char *map, int fd)
{
	char file[NAME_MAX + 1];

	map_file(file, map);
	return pin(k, file, fd);
}

static struct keep_set *unused_set(const struct keep *k)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->sets[i]->state == KEEP_GONE)
			return k->sets[i];
	return NULL;
}

static struct keep_set *add_set(struct keep *k, const struct keep_set *from)
{
	struct keep_set *s = unused_set(k), **sets;

	if (!s) {
		sets = realloc(k->sets, (k->count + 1) * sizeof(struct keep_set *));
		s = sets ? malloc(sizeof(*s)) : NULL;
		if (sets)
			k->sets = sets;
		if (!s)
			return NULL;
		k->sets[k->count++] = s;
	}
	*s = *from;
	s->keep = k;
	return s;
}

/* Until nothing is left: what a folder lists while it is emptied is not sure to be all. */
static int remove_set(int folder, const char *name)
{
	DIR *d = open_folder(folder, name);
	const struct dirent *e;
	size_t removed = 1;
	int result;

	if (!d)
		return -1;
	while (removed) {
		removed = 0;
		rewinddir(d);
		while ((e = readdir(d)))
			if (!is_dot(e->d_name) && !unlinkat(dirfd(d), e->d_name, 0))
				removed++;
	}
	result = unlinkat(folder, name, AT_REMOVEDIR);
	closedir(d);
	return result;
}

/* One of the same name was not fit to be taken over; what takes its place is attached. */
static void drop_name(struct keep *k, const char *name)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->sets[i]->state != KEEP_GONE && !strcmp(k->sets[i]->name, name))
			keep_drop(k->sets[i]);
}

struct keep_set *keep_commit(struct keep *k, const char *bundle, const struct keep_id *id)
{
	char name[NAME_MAX + 1];
	struct keep_set s, *set;

	keep_name(name, bundle, k->links, k->programs, id);
	drop_name(k, name);
	if (!keep_parse(&s, name)) {
		errno = EINVAL;
		return NULL;
	}
	s.state = KEEP_MADE;
	set = add_set(k, &s);
	if (!set || renameat(k->fd, k->making, k->fd, name)) {
		if (set)
			set->state = KEEP_GONE;
		return NULL;
	}
	k->making[0] = '\0';
	return set;
}

void keep_cancel(struct keep *k)
{
	int error = errno;

	if (k->making[0])
		remove_set(k->fd, k->making);
	k->making[0] = '\0';
	errno = error;
}

/* ---- dropping them ------------------------------------------------------------------------- */

int keep_drop(struct keep_set *s)
{
	int result;

	if (!s || s->state == KEEP_GONE)
		return 0;
	result = remove_set(s->keep->fd, s->name);
	s->state = KEEP_GONE;
	if (result)
		notice("tgrun: %s/%s: cannot be removed, and stays in force: %s\n",
		       s->keep->directory, s->name, strerror(errno));
	return result;
}

static size_t drop_kind(struct keep *k, const char *bundle, bool base)
{
	size_t dropped = 0;

	for (size_t i = 0; i < k->count; i++) {
		struct keep_set *s = k->sets[i];

		if (s->state != KEEP_LEFT || (s->kind == KEEP_BASE) != base ||
		    (bundle && strcmp(s->bundle, bundle) != 0))
			continue;
		if (!keep_drop(s))
			dropped++;
	}
	return dropped;
}

size_t keep_drop_left(struct keep *k, const char *bundle)
{
	size_t dropped = drop_kind(k, bundle, false);

	return bundle ? dropped : dropped + drop_kind(k, NULL, true);
}

int keep_list(struct keep *k)
{
	DIR *d = open_folder(k->fd, ".");
	const struct dirent *e;
	struct keep_set s;
	int result = d ? 0 : -1;

	while (!result && (e = readdir(d))) {
		if (is_dot(e->d_name))
			continue;
		if (!keep_parse(&s, e->d_name))
			notice("tgrun: %s/%s is not tgrun's, and left alone\n", k->directory,
			       e->d_name);
		else if (!add_set(k, &s))
			result = -1;
	}
	if (d)
		closedir(d);
	return result;
}

void keep_close(struct keep *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->sets[i]);
	free(k->sets);
	if (k->fd >= 0)
		close(k->fd);
	*k = (struct keep){.fd = -1};
}
