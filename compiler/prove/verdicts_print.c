// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include "compiler/commands/bundle_inspect.h"
#include "shown.h"
#include "verdicts.h"

/* ---- text ---- */

static void print_program(FILE *to, const struct verdicts *v, uint32_t index)
{
	const struct tg_program_entry *e = &v->artifact->programs[index];
	const struct verdict *p = &v->programs[index];

	fprintf(to, "  %-10s %-24s %-10s", bundle_attach(e->attach),
		shown_text(v->arena, artifact_string(v->artifact, e->name)),
		verdict_word(p->verdict));
	if (p->xlated)
		fprintf(to, " %10u %8u %8u", p->walked, p->xlated, p->jited);
	if (p->verdict != TG_VERDICT_GOOD)
		fprintf(to, " %s", p->reason);
	fputc('\n', to);
}

void verdicts_print_text(FILE *to, const struct verdicts *v)
{
	fprintf(to, "kernel %s (%s): %s; maps take %" PRIu64 " bytes with %u CPUs\n", v->name,
		v->release, verdicts_are_good(v) ? "the bundle works" : "the bundle does NOT work",
		v->memory, v->cpus);
	fprintf(to, "  %-10s %-24s %-10s %10s %8s %8s\n", "attach", "program", "verdict", "walked",
		"bytes", "machine");
	for (uint32_t i = 0; i < v->artifact->program_count; i++)
		print_program(to, v, i);
}

/* ---- JSON ---- */

static json_t *program(const struct verdicts *v, uint32_t index)
{
	const struct tg_program_entry *e = &v->artifact->programs[index];
	const struct verdict *p = &v->programs[index];
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I}", "name",
			      shown_text(v->arena, artifact_string(v->artifact, e->name)), "attach",
			      bundle_attach(e->attach), "target",
			      shown_text(v->arena, artifact_string(v->artifact, e->target)),
			      "verdict", verdict_word(p->verdict), "walked", (json_int_t)p->walked,
			      "xlated", (json_int_t)p->xlated, "jited", (json_int_t)p->jited);

	if (*p->reason)
		json_object_set_new(o, "reason", json_string(p->reason));
	if (*p->file && p->line)
		json_object_update_new(
			o, json_pack("{s:s, s:I}", "file", p->file, "line", (json_int_t)p->line));
	if (*p->words)
		json_object_set_new(o, "words", json_string(p->words));
	if (p->cause)
		json_object_set_new(o, "cause", json_string(p->cause));
	return o;
}

static json_t *kernel(const struct verdicts *v)
{
	json_t *programs = json_array(), *maps = json_array();

	for (uint32_t i = 0; i < v->artifact->program_count; i++)
		json_array_append_new(programs, program(v, i));
	for (size_t i = 0; i < v->map_count; i++)
		json_array_append_new(maps, json_pack("{s:s, s:I}", "name", v->maps[i].name,
						      "memory", (json_int_t)v->maps[i].memory));
	return json_pack("{s:s, s:s, s:b, s:I, s:I, s:o, s:o}", "name", v->name, "release",
			 v->release, "good", verdicts_are_good(v), "cpus", (json_int_t)v->cpus,
			 "memory", (json_int_t)v->memory, "programs", programs, "maps", maps);
}

int verdicts_print_json(FILE *to, const struct verdicts *v, size_t count)
{
	json_t *list = json_array(), *o;
	int failed;

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, kernel(&v[i]));
	o = json_pack("{s:s, s:o}", "bundle",
		      count ? shown_text(v->arena, v->artifact->header->name) : "", "kernels",
		      list);
	if (!o)
		return -1;
	failed = json_dumpf(o, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(o);
	return failed;
}
