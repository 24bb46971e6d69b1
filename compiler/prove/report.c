// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include "bpf-templates/tg_event.h"
#include "compiler/base/arena.h"
#include "report.h"

/* The scratch memory that a record is built in (bpf-templates/tg_scratch.h). */
#define RECORD_MAX                                                                                 \
	(sizeof(struct tg_exec) + TG_PATH_MAX + TG_ARGV_MAX + TG_PATH_MAX + TG_CGROUP_MAX + 1)

/* The most that a slot adds behind the slots: the longest text for all that are not numbers. */
static uint64_t tail_bytes(uint32_t type)
{
	switch (type) {
	case TG_ARG_INT:
	case TG_ARG_UINT:
	case TG_ARG_LONG:
	case TG_ARG_SIZE:
		return 0;
	default:
		return TG_STRING_MAX > TG_PATH_MAX ? TG_STRING_MAX : TG_PATH_MAX;
	}
}

static uint64_t event_bytes(const struct artifact *a, const struct tg_hook_entry *h)
{
	uint64_t bytes = sizeof(struct tg_hook);

	for (uint32_t i = 0; i < h->slots; i++)
		bytes += sizeof(struct tg_slot) + tail_bytes(a->slots[h->first_slot + i].type);
	return bytes < RECORD_MAX ? bytes : RECORD_MAX;
}

static void add_program(struct report *out, struct costs *costs, const struct code *code,
			uint32_t index)
{
	const struct artifact *a = out->artifact;
	const struct code_function *f =
		code_find(code, artifact_string(a, a->programs[index].name));

	if (f)
		out->programs[index] =
			(struct report_program){.found = true, .cost = costs_of(costs, f)};
}

int report_make(struct report *out, struct arena *a, const struct artifact *artifact, uint32_t cpus,
		char *why, size_t why_size)
{
	struct bytes object = {artifact->object, artifact->object_size};
	struct costs *costs;
	struct code code;

	*out = (struct report){
		.artifact = artifact,
		.programs = arena_array(a, artifact->program_count + 1, sizeof(*out->programs)),
		.event_bytes = arena_array(a, artifact->hook_count + 1, sizeof(uint64_t)),
		.cpus = cpus,
	};
	if (code_read(&code, object)) {
		code_free(&code);
		snprintf(why, why_size, "the object's code cannot be read");
		return -1;
	}
	costs = costs_make(a, &code);
	for (uint32_t i = 0; i < artifact->program_count; i++)
		add_program(out, costs, &code, i);
	for (uint32_t i = 0; i < artifact->hook_count; i++)
		out->event_bytes[i] = event_bytes(artifact, &artifact->hooks[i]);
	code_free(&code);
	return maps_read(&out->maps, a, object, cpus, why, why_size);
}
