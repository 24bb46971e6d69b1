// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "compiler/commands/bundle_inspect.h"
#include "report.h"
#include "shown.h"

struct printing {
	FILE *to;
	struct arena *arena;
	const struct report *report;
};

static void print_head(const struct printing *p)
{
	fprintf(p->to, "  %-10s %-24s %12s %6s %12s %5s\n", "attach", "program", "instructions",
		"stack", "longest path", "loops");
}

static void print_program(const struct printing *p, uint32_t index)
{
	const struct tg_program_entry *e = &p->report->artifact->programs[index];
	const struct report_program *program = &p->report->programs[index];
	const char *name = shown_text(p->arena, artifact_string(p->report->artifact, e->name));

	fprintf(p->to, "  %-10s %-24s ", bundle_attach(e->attach), name);
	if (program->found)
		fprintf(p->to, "%12u %6u %12" PRIu64 " %5u\n", program->cost.instructions,
			program->cost.stack, program->cost.longest, program->cost.loops);
	else
		fprintf(p->to, "not in the object\n");
}

static void print_hook(const struct printing *p, uint32_t index)
{
	const struct artifact *a = p->report->artifact;
	const struct tg_hook_entry *h = &a->hooks[index];

	fprintf(p->to, "%s: records of at most %" PRIu64 " bytes\n", shown_hook(p->arena, a, index),
		p->report->event_bytes[index]);
	print_head(p);
	for (uint32_t i = 0; i < h->programs; i++)
		print_program(p, h->first_program + i);
	fputc('\n', p->to);
}

static void print_process_programs(const struct printing *p)
{
	const struct artifact *a = p->report->artifact;
	bool any = false;

	for (uint32_t i = 0; i < a->program_count; i++) {
		if (a->programs[i].hook != TG_NO_HOOK)
			continue;
		if (!any) {
			fputs("process programs\n", p->to);
			print_head(p);
		}
		any = true;
		print_program(p, i);
	}
	if (any)
		fputc('\n', p->to);
}

static void print_map(const struct printing *p, const struct object_map *m)
{
	fprintf(p->to, "  %-16s %-24s %8u %6u %8u ", map_type_name(p->arena, m->type),
		shown_text(p->arena, m->name), m->entries, m->key_size, m->value_size);
	if (m->shared)
		fprintf(p->to, "%12s %12s\n", "tgrun's", "tgrun's");
	else
		fprintf(p->to, "%12" PRIu64 " %12" PRIu64 "\n", m->loaded, m->full);
}

static void print_maps(const struct printing *p)
{
	const struct object_maps *maps = &p->report->maps;

	fprintf(p->to, "maps, on a machine with %u CPUs\n", p->report->cpus);
	fprintf(p->to, "  %-16s %-24s %8s %6s %8s %12s %12s\n", "type", "map", "entries", "key",
		"value", "bytes", "bytes if full");
	for (size_t i = 0; i < maps->count; i++)
		print_map(p, &maps->v[i]);
	fprintf(p->to, "  %-16s %-24s %8s %6s %8s %12" PRIu64 " %12" PRIu64 "\n", "",
		"of this bundle", "", "", "", maps->loaded, maps->full);
}

void report_print_text(FILE *to, struct arena *a, const struct report *r)
{
	struct printing p = {to, a, r};

	for (uint32_t i = 0; i < r->artifact->hook_count; i++)
		print_hook(&p, i);
	print_process_programs(&p);
	print_maps(&p);
}
