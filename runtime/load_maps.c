// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/load.h"
#include "runtime/load_maps.h"
#include "tg_event.h"
#include "tg_workloads_layout.h"

const char *const load_map_names[LOAD_MAP_COUNT] = {
	[LOAD_MAP_MODES] = TG_MODES_SECTION,
	[LOAD_MAP_WORKLOADS] = TG_WORKLOADS_SECTION,
	[LOAD_MAP_WORKLOAD_TABLES] = TG_WORKLOAD_TABLES,
	[LOAD_MAP_HELD] = "tg_held",
	[LOAD_MAP_MISSED] = "tg_missed",
	[LOAD_MAP_FORGOTTEN] = "tg_forgotten",
	[LOAD_MAP_UNCHANGED] = "tg_unchanged",
	[LOAD_MAP_KEPT] = "tgrun_modes",
};

static int copy(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

int load_maps_of_object(struct load_maps *m, const struct bpf_object *object)
{
	*m = LOAD_MAPS_NONE;
	for (int i = 0; i < LOAD_MAP_COUNT; i++) {
		int fd = bpf_object__find_map_fd_by_name(object, load_map_names[i]);

		m->fds[i] = copy(fd);
		if (fd >= 0 && m->fds[i] < 0)
			return -1;
	}
	return 0;
}

int load_maps_of_set(struct load_maps *m, const struct keep_set *s)
{
	*m = LOAD_MAPS_NONE;
	for (int i = 0; i < LOAD_MAP_COUNT; i++) {
		m->fds[i] = keep_map(s, load_map_names[i]);
		if (m->fds[i] < 0 && errno != ENOENT)
			return -1;
	}
	return m->fds[LOAD_MAP_KEPT] < 0 ? -1 : 0;
}

void load_maps_close(struct load_maps *m)
{
	int error = errno;

	for (int i = 0; i < LOAD_MAP_COUNT; i++)
		if (m->fds[i] >= 0)
			close(m->fds[i]);
	*m = LOAD_MAPS_NONE;
	errno = error;
}

/* ---- modes that outlive tgrun -------------------------------------------------------------- */

#define KEPT_SIZE_MAX (1u << 20)

/* What lies in such a map of an earlier bundle; NULL: nothing. The caller frees. */
static void *read_kept(const struct keep_set *before, uint32_t *size)
{
	int fd = before ? keep_map(before, load_map_names[LOAD_MAP_KEPT]) : -1;
	struct bpf_map_info info = {0};
	uint32_t info_size = sizeof(info), zero = 0;
	void *bytes = NULL;

	*size = 0;
	if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &info, &info_size) &&
	    info.type == BPF_MAP_TYPE_ARRAY && info.max_entries == 1 &&
	    info.value_size <= KEPT_SIZE_MAX)
		bytes = malloc(info.value_size);
	if (bytes && bpf_map_lookup_elem(fd, &zero, bytes)) {
		free(bytes);
		bytes = NULL;
	}
	if (bytes)
		*size = info.value_size;
	if (fd >= 0)
		close(fd);
	return bytes;
}

int load_maps_add_kept(struct load_maps *m, const struct artifact *a, const struct keep_set *before)
{
	uint32_t own = (a->policy_count + 1) * (uint32_t)sizeof(struct policy_mode), old, zero = 0;
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	void *bytes = read_kept(before, &old);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, load_map_names[LOAD_MAP_KEPT], sizeof(zero),
				own > old ? own : old, 1, &opts);
	char *whole = bytes ? calloc(1, own > old ? own : old) : NULL;
	int result = fd < 0 || (bytes && !whole) ? -1 : 0;

	if (!result && whole) {
		memcpy(whole, bytes, old);
		result = bpf_map_update_elem(fd, &zero, whole, BPF_ANY);
	}
	free(whole);
	free(bytes);
	m->fds[LOAD_MAP_KEPT] = fd;
	return result;
}

/* ---- what is done with them ---------------------------------------------------------------- */

int load_maps_count(const struct load_maps *m, const struct artifact *a, struct loaded *out,
		    const char **what)
{
	const struct {
		struct counters *to;
		enum load_map map;
	} all[] = {{&out->held, LOAD_MAP_HELD},
		   {&out->missed, LOAD_MAP_MISSED},
		   {&out->forgotten, LOAD_MAP_FORGOTTEN},
		   {&out->unchanged, LOAD_MAP_UNCHANGED}};

	*what = load_map_names[LOAD_MAP_MODES];
	if (m->fds[LOAD_MAP_MODES] >= 0 &&
	    load_open_losses(&out->lost, a, copy(m->fds[LOAD_MAP_MODES]), NULL))
		return -1;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		*what = load_map_names[all[i].map];
		if (m->fds[all[i].map] >= 0 && counters_open(all[i].to, copy(m->fds[all[i].map])))
			return -1;
	}
	return 0;
}

int load_maps_fill(const struct load_maps *m, const struct artifact *a, const struct loaded *out,
		   const struct load_dynamic *d, enum tgrun_exit *code, const char **what)
{
	*code = TGRUN_ENVIRONMENT;
	*what = "the relay does not take its maps";
	if (d->share)
		return d->share(d->state, m, out);
	*code = TGRUN_MALFORMED;
	*what = "map " TG_MODES_SECTION;
	if (m->fds[LOAD_MAP_KEPT] >= 0 &&
	    modes_keep(d->modes, a, copy(m->fds[LOAD_MAP_KEPT]), NULL))
		return -1;
	if (modes_map(d->modes, a, copy(m->fds[LOAD_MAP_MODES])))
		return -1;
	*what = "map " TG_WORKLOADS_SECTION;
	if (workload_rules_map(d->rules, copy(m->fds[LOAD_MAP_WORKLOADS]),
			       copy(m->fds[LOAD_MAP_WORKLOAD_TABLES])))
		return -1;
	*code = TGRUN_ENVIRONMENT;
	*what = "there are too many cgroups";
	return workloads_serve(d->workloads, d->rules);
}
