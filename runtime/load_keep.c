// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "runtime/load_keep.h"
#include "runtime/notice.h"

/* Which map it is, of all that this kernel ever had. 0 with errno. */
static uint32_t map_id(int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &size) ? 0 : info.id;
}

struct file_id {
	uint64_t device, inode, size, changed, changed_ns, offset;
};

static void add_file(struct keep_digest *d, const struct targets *t, uint32_t i)
{
	struct file_id id = {.offset = t->offsets[i]};
	struct stat st;

	if (t->files[i] >= 0 && !fstat(t->files[i], &st)) {
		id.device = st.st_dev;
		id.inode = st.st_ino;
		id.size = (uint64_t)st.st_size;
		id.changed = (uint64_t)st.st_ctim.tv_sec;
		id.changed_ns = (uint64_t)st.st_ctim.tv_nsec;
	}
	keep_digest_add(d, &id, sizeof(id));
}

int load_keep_id(struct keep_id *out, const struct artifact *a, const struct base *base,
		 const struct targets *t)
{
	uint32_t maps[BASE_MAP_COUNT];
	struct keep_digest d;

	for (int i = 0; i < BASE_MAP_COUNT; i++) {
		maps[i] = map_id(base->maps[i]);
		if (!maps[i])
			return -1;
	}
	keep_digest_begin(&d);
	keep_digest_add(&d, a->header, a->header->payload_size);
	keep_digest_add(&d, maps, sizeof(maps));
	keep_digest_add(&d, t->hook_absent, a->hook_count * sizeof(bool));
	keep_digest_add(&d, t->absent, a->target_count * sizeof(bool));
	keep_digest_add(&d, t->addresses, a->target_count * sizeof(uint64_t));
	for (uint32_t i = 0; i < t->count; i++)
		add_file(&d, t, i);
	return keep_digest_end(&d, out);
}

/* Only what changes nothing: the set may turn out to be unfit. */
static int look_at(struct loaded *out, const struct artifact *a, const struct keep_set *s,
		   struct load_maps *maps)
{
	const char *what;

	return load_maps_of_set(maps, s) || load_maps_count(maps, a, out, &what) ||
	       misses_open(&out->misses, (size_t)a->hook_count + a->program_count) ||
	       keep_programs(s, &out->misses) || keep_links(s, &out->links) ||
	       !keep_links_are_of(&out->links, &out->misses);
}

int load_keep_take(struct loaded *out, const struct artifact *a, struct keep_set *s,
		   const struct load_dynamic *dynamic, bool *refused, struct failure *why)
{
	struct load_maps maps = LOAD_MAPS_NONE;
	enum tgrun_exit code;
	const char *what;
	int result = -1;

	*refused = false;
	if (look_at(out, a, s, &maps)) {
		notice("tgrun: bundle %s: what was kept of it is not as tgrun left it, and is "
		       "replaced\n",
		       a->header->name);
		keep_distrust(s);
	} else if (load_maps_fill(&maps, a, out, dynamic, &code, &what)) {
		failure_set(why, code, "bundle %s: %s: %s", a->header->name, what, strerror(errno));
		*refused = true;
		s->state = KEEP_LEFT;
	} else {
		out->kept = s;
		out->memory = keep_memory(s);
		notice("tgrun: bundle %s is taken over as it was kept\n", a->header->name);
		result = 0;
	}
	load_maps_close(&maps);
	if (result)
		links_detach(&out->links); /* they are pinned */
	return result;
}

static int add_maps(struct keep *k, const struct bpf_object *object, const struct load_maps *maps)
{
	const struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		if (bpf_map__fd(map) >= 0 && !load_shares_map(bpf_map__name(map)) &&
		    keep_add_map(k, bpf_map__name(map), bpf_map__fd(map)))
			return -1;
	}
	return keep_add_map(k, load_map_names[LOAD_MAP_KEPT], maps->fds[LOAD_MAP_KEPT]);
}

int load_keep_commit(struct loaded *out, const struct artifact *a, const struct bpf_object *object,
		     const struct load_maps *maps, struct keep *k, const struct keep_id *id)
{
	const struct misses *programs = &out->misses;

	for (size_t i = 0; i < programs->count; i++)
		if (misses_watched(programs, i) && keep_add_program(k, i, programs->programs[i]))
			return -1;
	if (add_maps(k, object, maps))
		return -1;
	out->kept = keep_commit(k, a->header->name, id);
	return out->kept ? 0 : -1;
}
