// SPDX-License-Identifier: Apache-2.0
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "shown.h"
#include "verdicts.h"

static const char *const words[TG_VERDICT_COUNT] = {
	[TG_VERDICT_GOOD] = "good",
	[TG_VERDICT_ABSENT] = "absent",
	[TG_VERDICT_REFUSED] = "refused",
	[TG_VERDICT_UNATTACHED] = "unattached",
};

const char *verdict_word(enum tg_verdict verdict)
{
	return verdict && verdict < TG_VERDICT_COUNT ? words[verdict] : "unknown";
}

void verdicts_init(struct verdicts *v, struct arena *a, const struct artifact *artifact,
		   const char *name)
{
	*v = (struct verdicts){
		.arena = a,
		.artifact = artifact,
		.name = name,
		.programs = arena_array(a, artifact->program_count + 1, sizeof(*v->programs)),
		.last_error = "",
	};
	for (uint32_t i = 0; i < artifact->program_count; i++)
		v->programs[i].reason = v->programs[i].file = v->programs[i].words = "";
}

/* ---- lines ---- */

static const char *text_of(const struct verdicts *v, const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? shown_text(v->arena, text) : "";
}

static uint32_t number_of(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* 64-bit numbers are strings there. */
static uint64_t large_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? strtoull(text, NULL, 10) : 0;
}

static void take_program(struct verdicts *v, const json_t *o)
{
	const char *word = text_of(v, o, "verdict");
	const json_t *number = json_object_get(o, "index");
	json_int_t index = json_is_integer(number) ? json_integer_value(number) : -1;
	struct verdict *p;

	if (index < 0 || index >= v->artifact->program_count)
		return;
	p = &v->programs[index];
	for (uint32_t i = 1; i < TG_VERDICT_COUNT; i++)
		if (!strcmp(words[i], word))
			p->verdict = (enum tg_verdict)i;
	p->walked = number_of(o, "walked");
	p->xlated = number_of(o, "xlated");
	p->jited = number_of(o, "jited");
	p->reason = p->verdict == TG_VERDICT_GOOD ? "" : text_of(v, o, "reason");
	if (p->verdict != TG_VERDICT_GOOD && !*p->reason)
		p->reason = "no reason was given";
	p->file = text_of(v, o, "file");
	p->line = p->verdict == TG_VERDICT_REFUSED ? number_of(o, "line") : 0;
	p->words = text_of(v, o, "words");
	p->cause = *text_of(v, o, "cause") ? text_of(v, o, "cause") : NULL;
}

static void take_map(struct verdicts *v, const json_t *o)
{
	if (v->map_count == 4096) /* more than tgrun ever says */
		return;
	v->maps = arena_grow(v->arena, v->maps, v->map_count, &v->map_room, sizeof(*v->maps));
	v->maps[v->map_count++] = (struct verdict_map){text_of(v, o, "map"), large_of(o, "memory")};
}

static void take_end(struct verdicts *v, const json_t *o)
{
	const char *release = text_of(v, o, "kernel");

	v->release = *release ? release : NULL;
	v->cpus = number_of(o, "cpus");
	v->memory = large_of(o, "memory");
}

void verdicts_line(struct verdicts *v, const char *line)
{
	json_t *o = json_loads(line, 0, NULL);

	if (json_object_get(o, "program"))
		take_program(v, o);
	else if (json_object_get(o, "map"))
		take_map(v, o);
	else if (json_object_get(o, "kernel"))
		take_end(v, o);
	json_decref(o);
}

/* ---- the whole ---- */

bool verdicts_are_complete(const struct verdicts *v)
{
	for (uint32_t i = 0; i < v->artifact->program_count; i++)
		if (!v->programs[i].verdict)
			return false;
	return v->release != NULL;
}

bool verdicts_hook_works(const struct verdicts *v, uint32_t hook)
{
	const struct artifact *a = v->artifact;
	const struct tg_hook_entry *h = &a->hooks[artifact_first_part(a, hook)];

	for (uint32_t i = 0; i < h->programs; i++)
		if (v->programs[h->first_program + i].verdict == TG_VERDICT_GOOD)
			return true;
	return false;
}

bool verdicts_are_good(const struct verdicts *v)
{
	const struct artifact *a = v->artifact;

	for (uint32_t i = 0; i < a->hook_count; i++)
		if (!verdicts_hook_works(v, i))
			return false;
	for (uint32_t i = 0; i < a->program_count; i++)
		if (a->programs[i].hook == TG_NO_HOOK && v->programs[i].verdict != TG_VERDICT_GOOD)
			return false;
	return true;
}
