// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"
#include "jit.h"
#include "jit_object.h"
#include "jit_source.h"
#include "jit_table.h"
#include "bpf-templates/tg_workloads_layout.h"

#define OUTPUT_MAX    16384
#define USER_MEMORY   (64u << 10)
#define FAULT_ADDRESS 0xffff800000001000ull /* in a hole of the kernel's address space */

static const char *const table_names[] = {"tg_rates", "tg_calls", "tg_socks"};
#define JIT_TABLES ((int)(sizeof(table_names) / sizeof(table_names[0])))

struct jit {
	struct arena *arena;
	struct jit_object *object;
	struct fake_world *world;
	struct fake_space space;
	uint64_t *lost; /* behind the modes of all hooks */
	size_t world_size, memory_size, lost_size;
	void *remembered; /* what programs keep beside their maps; NULL: nothing */
	size_t remembered_size;
	int bits, proc, seen; /* maps; negative: the unit has none */
	bool proc_known;
	struct jit_table *tables[JIT_TABLES];
	uint64_t *held; /* NULL: the unit has no limits */
	size_t held_size, modes_size;
	void *workloads; /* NULL: nobody asks */
	size_t workloads_size;
};

/* ---- building ---------------------------------------------------------------------------- */

static bool build(const struct unit_place *p, const char *object)
{
	const char *source = arena_printf(p->arena, "%s/jit.c", p->folder);
	const char *const argv[] = {"clang",
				    "-target",
				    "bpf",
				    "-mcpu=v3",
				    "-O1",
				    "-Xclang",
				    "-disable-lifetime-markers",
				    "-g",
				    "-w",
				    "-std=gnu11",
				    "-nostdinc",
				    arena_printf(p->arena, "-I%s", p->source),
				    arena_printf(p->arena, "-I%s/bpf-templates", p->source),
				    "-c",
				    source,
				    "-o",
				    object,
				    NULL};
	char *output = arena_alloc(p->arena, OUTPUT_MAX);
	int status;

	if (!jit_source(p, source))
		return false;
	status = child_run(argv, NULL, output, OUTPUT_MAX);
	if (status)
		printf("clang: status %d\n%s\n", status, output);
	return !status;
}

/* ---- running ----------------------------------------------------------------------------- */

static void *find(void *unit, const char *name)
{
	struct jit *j = unit;
	char run[64];

	if (!strcmp(name, "tg_modes"))
		return j->lost;
	if (!strcmp(name, "tg_workloads"))
		return j->workloads;
	snprintf(run, sizeof(run), "run_%s", name);
	return jit_object_find(j->object, run);
}

static void set_process(struct jit *j)
{
	const struct tg_proc process = {.ktime = FAKE_START};
	const uint32_t id = FAKE_TGID, place = FAKE_TGID % TG_KNOWN_SIZE;
	const struct tg_known nothing = {0};
	bool known = !fake_conditions.unknown_process;

	if (j->bits >= 0)
		jit_object_put(j->bits, &id, NULL);
	if (j->remembered)
		memset(j->remembered, 0, j->remembered_size);
	if (known == j->proc_known)
		return;
	if (j->seen >= 0)
		jit_object_put(j->seen, &place, &nothing);
	jit_object_put(j->proc, &id, known ? &process : NULL);
	j->proc_known = known;
}

static void take_records(const struct jit_records *r)
{
	fake_outcome.records = r->count;
	for (unsigned i = 0; i < r->count && i < JIT_RECORDS && i < FAKE_RECORDS; i++) {
		struct fake_record *out = &fake_outcome.record[i];

		out->size = r->v[i].size;
		if (out->size <= sizeof(out->bytes))
			memcpy(out->bytes, r->v[i].bytes, out->size);
	}
}

static int run(void *unit, void *program, struct call *c)
{
	struct jit *j = unit;
	struct fake_world *w = j->world;
	int result;

	set_process(j);
	w->pid_tgid =
		(uint64_t)FAKE_TGID << 32 | (fake_conditions.tid ? fake_conditions.tid : FAKE_TID);
	w->task = fake_address(fake_conditions.task);
	w->time = 123456789 + fake_conditions.time * 1000000;
	w->cgroup = fake_conditions.cgroup;
	w->signal_count = 0;
	memcpy(w->context, c->context, sizeof(w->context));
	memset((char *)j->lost + j->modes_size, 0, j->lost_size - j->modes_size);
	if (j->held)
		memset(j->held, 0, j->held_size);
	result = jit_object_run(program);
	take_records(jit_object_records(j->object));
	fake_outcome.signal_count = w->signal_count;
	memcpy(fake_outcome.signals, w->signals, sizeof(w->signals));
	for (size_t i = j->modes_size / sizeof(uint64_t); i < j->lost_size / sizeof(uint64_t); i++)
		if (j->lost[i])
			fake_outcome.lost[fake_outcome.lost_count++] = j->lost[i];
	for (size_t i = 0; j->held && i < j->held_size / sizeof(uint64_t); i++)
		fake_outcome.held += j->held[i];
	return result;
}

static void tables(void *unit, enum backend_tables what)
{
	struct jit *j = unit;

	for (int i = 0; i < JIT_TABLES; i++)
		if (!j->tables[i])
			continue;
		else if (what == TABLES_KEEP)
			jit_table_keep(j->tables[i]);
		else
			jit_table_restore(j->tables[i], what == TABLES_CLEAR);
}

static bool map_all(struct jit *j)
{
	j->lost = jit_object_mapped(j->object, TG_MODES_SECTION, &j->lost_size);
	j->world = jit_object_mapped(j->object, ".data.test", &j->world_size);
	j->space.memory = jit_object_mapped(j->object, "fake_memory", &j->memory_size);
	j->space.user = malloc(USER_MEMORY);
	j->remembered = jit_object_mapped(j->object, ".bss", &j->remembered_size);
	j->bits = jit_object_map(j->object, "tg_bits");
	j->proc = jit_object_map(j->object, "tg_proc");
	j->workloads = jit_object_mapped(j->object, TG_WORKLOADS_SECTION, &j->workloads_size);
	j->held = jit_object_mapped(j->object, "tg_held", &j->held_size);
	for (int i = 0; i < JIT_TABLES; i++)
		j->tables[i] = jit_table_open(j->arena, jit_object_map(j->object, table_names[i]));
	j->seen = jit_object_map(j->object, "tg_known");
	return j->lost && j->world && j->space.memory && j->space.user;
}

static size_t modes_of(const struct shapes *all)
{
	size_t hooks = 0;

	for (size_t i = 0; i < all->count; i++)
		hooks += all->v[i].refused ? 0 : all->v[i].hooks;
	return hooks * sizeof(struct tg_mode);
}

struct jit *jit_load(const struct unit_place *p, const struct shapes *all, struct backend *out,
		     unsigned *refused)
{
	const char *path = arena_printf(p->arena, "%s/jit.o", p->folder);
	struct jit *j = arena_alloc(p->arena, sizeof(*j));

	*out = (struct backend){"JIT", j, &j->space, false, find, run, tables};
	j->arena = p->arena;
	if (!build(p, path))
		return NULL;
	j->object = jit_object_load(p->arena, path, refused);
	if (!j->object || !map_all(j))
		return NULL;
	j->modes_size = modes_of(all);
	jit_object_run(jit_object_find(j->object, "run_layout"));
	j->space.size = FAKE_MEMORY;
	j->space.user_size = USER_MEMORY;
	j->space.kernel = j->world->memory;
	j->space.fault = FAULT_ADDRESS;
	j->space.layout = &j->world->layout;
	return j;
}

void jit_close(struct jit *j)
{
	if (j->remembered)
		munmap(j->remembered, j->remembered_size);
	if (j->workloads)
		munmap(j->workloads, j->workloads_size);
	if (j->held)
		munmap(j->held, j->held_size);
	munmap(j->lost, j->lost_size);
	munmap(j->world, j->world_size);
	munmap(j->space.memory, j->memory_size);
	free(j->space.user);
	jit_object_close(j->object);
}
