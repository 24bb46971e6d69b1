// SPDX-License-Identifier: Apache-2.0
#include <sys/utsname.h>
#include <unistd.h>
#include "runtime/check.h"
#include "runtime/json.h"

const char *check_verdict_name(enum check_verdict verdict)
{
	static const char *const names[] = {
		[CHECK_UNKNOWN] = "unknown",	   [CHECK_GOOD] = "good",
		[CHECK_ABSENT] = "absent",	   [CHECK_REFUSED] = "refused",
		[CHECK_UNATTACHED] = "unattached",
	};

	return names[verdict];
}

/* ---- JSON ---- */

static void print_refusal(struct json *j, const struct refusal *r)
{
	json_text_unless_empty(j, "file", r->file);
	if (r->file[0])
		json_uint(j, "line", r->line);
	json_text_unless_empty(j, "words", r->words);
	json_text_unless_empty(j, "cause", r->cause);
}

static void json_program(struct buffer *out, const struct check *c, uint32_t i)
{
	const struct artifact *a = c->artifact;
	const struct check_program *p = &c->programs[i];
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "bundle", a->header->name);
	json_uint(&j, "index", i);
	json_text(&j, "program", artifact_string(a, a->programs[i].name));
	json_text(&j, "attach", features_attach_name(a->programs[i].attach));
	json_text(&j, "target", artifact_string(a, a->programs[i].target));
	json_text(&j, "verdict", check_verdict_name(p->verdict));
	json_text_unless_empty(&j, "reason", p->reason);
	if (a->programs[i].hook != TG_NO_HOOK && c->hook_absent[a->programs[i].hook])
		json_bool(&j, "left_out", true);
	if (p->verdict == CHECK_REFUSED)
		print_refusal(&j, &p->refusal);
	if (p->verdict == CHECK_GOOD || p->verdict == CHECK_UNATTACHED) {
		json_uint(&j, "walked", p->walked);
		json_uint(&j, "xlated", p->xlated);
		json_uint(&j, "jited", p->jited);
	}
	json_close(&j, '}');
	buffer_char(out, '\n');
}

static void json_map(struct buffer *out, const struct check *c, const struct check_map *m)
{
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	json_text(&j, "bundle", c->artifact->header->name);
	json_text(&j, "map", m->name);
	json_uint64(&j, "memory", m->memory);
	json_close(&j, '}');
	buffer_char(out, '\n');
}

void check_print_json(struct buffer *out, const struct check *c)
{
	struct json j = {.out = out};
	struct utsname name = {0};

	uname(&name);
	for (uint32_t i = 0; i < c->artifact->program_count; i++)
		json_program(out, c, i);
	for (size_t i = 0; i < c->map_count; i++)
		json_map(out, c, &c->maps[i]);
	json_open(&j, NULL, '{');
	json_text(&j, "bundle", c->artifact->header->name);
	json_text(&j, "kernel", name.release);
	json_uint(&j, "cpus", (uint32_t)sysconf(_SC_NPROCESSORS_CONF));
	json_uint64(&j, "memory", c->memory);
	json_text(&j, "verdict", check_is_good(c) ? "good" : "refused");
	json_close(&j, '}');
	buffer_char(out, '\n');
}

/* ---- text ---- */

static void text_program(struct buffer *out, const struct check *c, uint32_t i)
{
	const struct artifact *a = c->artifact;
	const struct check_program *p = &c->programs[i];
	char why[512];

	buffer_print(out, "  %s %s: %s", features_attach_name(a->programs[i].attach),
		     artifact_string(a, a->programs[i].target), check_verdict_name(p->verdict));
	if (p->verdict == CHECK_GOOD)
		buffer_print(out, ", %u instructions walked, %u bytes, %u once compiled", p->walked,
			     p->xlated, p->jited);
	else
		buffer_print(out, ": %s", p->reason);
	if (p->verdict == CHECK_REFUSED) {
		refusal_text(&p->refusal, why, sizeof(why));
		buffer_text(out, why);
		if (p->refusal.words[0])
			buffer_print(out, "\n    its last words: %s", p->refusal.words);
	}
	buffer_char(out, '\n');
}

void check_print_text(struct buffer *out, const struct check *c)
{
	struct utsname name = {0};

	uname(&name);
	buffer_print(out, "bundle %.*s on %s: %s, maps take %llu bytes\n", TG_NAME_MAX,
		     c->artifact->header->name, name.release,
		     check_is_good(c) ? "works" : "does not work", (unsigned long long)c->memory);
	for (uint32_t i = 0; i < c->artifact->program_count; i++)
		text_program(out, c, i);
}
