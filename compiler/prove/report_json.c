// SPDX-License-Identifier: Apache-2.0
#include <jansson.h>
#include "compiler/base/arena.h"
#include "compiler/commands/bundle_inspect.h"
#include "report.h"
#include "shown.h"

struct making {
	struct arena *arena;
	const struct report *report;
};

static json_t *text(const struct making *m, uint32_t offset)
{
	return json_string(shown_text(m->arena, artifact_string(m->report->artifact, offset)));
}

static json_t *program(const struct making *m, uint32_t index)
{
	const struct tg_program_entry *e = &m->report->artifact->programs[index];
	const struct report_program *p = &m->report->programs[index];
	json_t *o = json_pack("{s:s, s:o, s:o}", "attach", bundle_attach(e->attach), "name",
			      text(m, e->name), "target", text(m, e->target));

	if (o && p->found)
		json_object_update_new(o, json_pack("{s:I, s:I, s:I, s:I}", "instructions",
						    (json_int_t)p->cost.instructions, "stack",
						    (json_int_t)p->cost.stack, "longest_path",
						    (json_int_t)p->cost.longest, "loops",
						    (json_int_t)p->cost.loops));
	return o;
}

static json_t *programs(const struct making *m, uint32_t first, uint32_t count)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < count; i++)
		json_array_append_new(list, program(m, first + i));
	return list;
}

static json_t *hook(const struct making *m, uint32_t index)
{
	const struct artifact *a = m->report->artifact;
	const struct tg_hook_entry *h = &a->hooks[index];

	return json_pack("{s:s, s:o, s:o, s:I, s:o}", "kind", bundle_hook_kind(h->kind),
			 "subsystem", text(m, h->subsystem), "name", text(m, h->name),
			 "event_bytes", (json_int_t)m->report->event_bytes[index], "programs",
			 programs(m, h->first_program, h->programs));
}

static json_t *hooks(const struct making *m)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < m->report->artifact->hook_count; i++)
		json_array_append_new(list, hook(m, i));
	return list;
}

static json_t *process_programs(const struct making *m)
{
	const struct artifact *a = m->report->artifact;
	json_t *list = json_array();

	for (uint32_t i = 0; i < a->program_count; i++)
		if (a->programs[i].hook == TG_NO_HOOK)
			json_array_append_new(list, program(m, i));
	return list;
}

static json_t *map(const struct making *m, const struct object_map *v)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:b, s:b, s:I, s:I}", "name",
			 shown_text(m->arena, v->name), "type", map_type_name(m->arena, v->type),
			 "entries", (json_int_t)v->entries, "key_size", (json_int_t)v->key_size,
			 "value_size", (json_int_t)v->value_size, "flags", (json_int_t)v->flags,
			 "per_cpu", v->per_cpu, "shared", v->shared, "bytes", (json_int_t)v->loaded,
			 "bytes_full", (json_int_t)v->full);
}

static json_t *maps(const struct making *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->report->maps.count; i++)
		json_array_append_new(list, map(m, &m->report->maps.v[i]));
	return list;
}

int report_print_json(FILE *to, struct arena *a, const struct report *r)
{
	const struct making m = {a, r};
	json_t *o = json_pack("{s:s, s:o, s:o, s:o, s:I, s:I, s:I}", "bundle",
			      shown_text(a, r->artifact->header->name), "hooks", hooks(&m),
			      "process_programs", process_programs(&m), "maps", maps(&m), "cpus",
			      (json_int_t)r->cpus, "bytes", (json_int_t)r->maps.loaded,
			      "bytes_full", (json_int_t)r->maps.full);
	int failed;

	if (!o)
		return -1;
	failed = json_dumpf(o, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(o);
	return failed;
}
