// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/bpf_log.h"
#include "runtime/check.h"
#include "runtime/fdinfo.h"
#include "runtime/kernel_names.h"
#include "runtime/load.h"
#include "runtime/object_load.h"

#define STATS_LEVEL 4	  /* BPF_LOG_STATS of the kernel: figures only */
#define STATS_SIZE  16384 /* of one program's figures */

struct checking {
	struct check *check;
	const struct base *base;
	struct features *features;
	struct targets targets;
	char no_targets[FEATURE_WHY_SIZE]; /* why they cannot be told; "" when they are */
};

bool check_is_good(const struct check *c)
{
	const struct artifact *a = c->artifact;

	for (uint32_t i = 0; i < a->program_count; i++)
		if (a->programs[i].hook == TG_NO_HOOK && c->programs[i].verdict != CHECK_GOOD)
			return false;
	for (uint32_t i = 0; i < a->hook_count; i++) {
		const struct tg_hook_entry *h = &a->hooks[i];
		bool any = false;

		if (!h->programs || c->hook_absent[i])
			continue; /* a part, whose program is the first one's; or left out here */
		for (uint32_t n = 0; n < h->programs; n++)
			any |= c->programs[h->first_program + n].verdict == CHECK_GOOD;
		if (!any)
			return false;
	}
	return true;
}

/* ---- programs that need not be tried ---- */

static void set(struct check_program *p, enum check_verdict verdict, const char *reason)
{
	p->verdict = verdict;
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
}

/* What a node goes without, as a load there would. */
static void find_absent_hooks(struct checking *c)
{
	const struct artifact *a = c->check->artifact;

	for (uint32_t i = 0; i < a->hook_count; i++)
		c->check->hook_absent[i] = (!c->no_targets[0] && c->targets.hook_absent[i]) ||
					   ((a->hooks[i].flags & TG_HOOK_MAY_MISS) &&
					    load_lacks_hook(a, i, c->features));
}

/* One program may serve for many functions at once, and for one after another where that cannot be.
 */
static bool goes_at_once(const struct checking *c, uint32_t index)
{
	const struct artifact *a = c->check->artifact;
	const struct tg_program_entry *p = &a->programs[index];

	for (uint32_t i = 0; i < index; i++)
		if (a->programs[i].hook == p->hook && load_is_multi(&a->programs[i]) &&
		    c->check->programs[i].verdict == CHECK_UNKNOWN &&
		    !strcmp(artifact_string(a, a->programs[i].name), artifact_string(a, p->name)))
			return true;
	return false;
}

/* Why this node goes without a hook: a sentence. */
static const char *why_absent(struct checking *c, uint32_t hook, char *out, size_t size)
{
	const struct artifact *a = c->check->artifact;
	const struct tg_kernel_name_entry *name = kernel_names_misfit(a, hook, &c->features->btf);
	char why[FEATURE_WHY_SIZE / 2];

	if (!name)
		return "this node does not have the hook, and goes without";
	kernel_names_why(a, name, why, sizeof(why));
	snprintf(out, size, "the hook is not for this node, whose %s", why);
	return out;
}

static void find_absent(struct checking *c)
{
	const struct artifact *a = c->check->artifact;
	char why[FEATURE_WHY_SIZE];

	find_absent_hooks(c);
	for (uint32_t i = 0; i < a->program_count; i++) {
		const struct tg_program_entry *p = &a->programs[i];
		const char *reason = load_impossible(a, p, c->features);

		if (!reason && p->hook != TG_NO_HOOK && c->check->hook_absent[p->hook])
			reason = why_absent(c, p->hook, why, sizeof(why));
		if (!reason && goes_at_once(c, i))
			reason = "the same program is attached to all functions at once here";
		if (reason)
			set(&c->check->programs[i], CHECK_ABSENT, reason);
	}
}

/* ---- loading ---- */

static struct bpf_program *program_of(const struct checking *c, struct bpf_object *object,
				      uint32_t index)
{
	const struct artifact *a = c->check->artifact;

	return bpf_object__find_program_by_name(object,
						artifact_string(a, a->programs[index].name));
}

/* All that have no verdict yet. False when one is not in the object. */
static bool enable(const struct checking *c, struct bpf_object *object)
{
	for (uint32_t i = 0; i < c->check->artifact->program_count; i++) {
		struct bpf_program *p = program_of(c, object, i);

		if (c->check->programs[i].verdict != CHECK_UNKNOWN)
			continue;
		if (!p || load_enable(p, &c->check->artifact->programs[i]))
			return false;
	}
	return true;
}

static void refuse(struct checking *c, uint32_t index, int error)
{
	const struct artifact *a = c->check->artifact;
	struct check_program *p = &c->check->programs[index];

	set(p, CHECK_REFUSED, strerror(error));
	refusal_find(&p->refusal, a, artifact_string(a, a->programs[index].name),
		     bpf_log_verifier());
}

/* The program that libbpf has named last is the one that failed; without a name all have. */
static void refuse_culprit(struct checking *c, int error)
{
	const struct artifact *a = c->check->artifact;
	const char *culprit = bpf_log_verifier()->program;
	bool found = false;

	for (int all = 0; all < 2 && !found; all++)
		for (uint32_t i = 0; i < a->program_count; i++) {
			if (c->check->programs[i].verdict != CHECK_UNKNOWN ||
			    (!all && strcmp(artifact_string(a, a->programs[i].name), culprit) != 0))
				continue;
			refuse(c, i, error);
			found = true;
		}
}

static bool any_left(const struct checking *c)
{
	for (uint32_t i = 0; i < c->check->artifact->program_count; i++)
		if (c->check->programs[i].verdict == CHECK_UNKNOWN)
			return true;
	return false;
}

/* Loads all that can be, so that the others are known; NULL when there is none. */
static struct bpf_object *load_rest(struct checking *c)
{
	while (any_left(c)) {
		struct bpf_object *object = load_open(c->check->artifact, c->base, c->features);
		int error;

		if (object && enable(c, object) && !object_load(object, c->features))
			return object;
		error = errno;
		bpf_object__close(object);
		refuse_culprit(c, error);
	}
	return NULL;
}

/* ---- figures ---- */

static void read_info(struct check_program *p, const struct bpf_program *program)
{
	struct bpf_prog_info info = {0};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return;
	p->xlated = info.xlated_prog_len;
	p->jited = info.jited_prog_len;
	if (info.verified_insns)
		p->walked = info.verified_insns;
}

/* "processed 1234 insns (limit ..." */
static uint32_t processed(const char *log)
{
	const char *at = strstr(log, "processed ");

	return at ? (uint32_t)strtoul(at + strlen("processed "), NULL, 10) : 0;
}

/* Kernels before 5.16 tell the number of steps in the log only: all is loaded once more. */
static void read_steps(struct checking *c)
{
	struct bpf_object *object = load_open(c->check->artifact, c->base, c->features);
	uint32_t count = c->check->artifact->program_count;
	char *logs = calloc(count + 1, STATS_SIZE);

	if (object && logs && enable(c, object)) {
		for (uint32_t i = 0; i < count; i++) {
			struct bpf_program *p = program_of(c, object, i);

			if (c->check->programs[i].verdict != CHECK_UNKNOWN)
				continue;
			bpf_program__set_log_level(p, STATS_LEVEL);
			bpf_program__set_log_buf(p, logs + (size_t)i * STATS_SIZE, STATS_SIZE);
		}
		object_load(object, c->features);
	}
	for (uint32_t i = 0; logs && i < count; i++)
		c->check->programs[i].walked = processed(logs + (size_t)i * STATS_SIZE);
	bpf_object__close(object);
	free(logs);
}

static void read_maps(struct check *c, struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		const char *name = bpf_map__name(map);
		struct check_map *m = &c->maps[c->map_count];

		if (bpf_map__fd(map) < 0 || load_shares_map(name) || c->map_count == CHECK_MAPS_MAX)
			continue;
		snprintf(m->name, sizeof(m->name), "%s", name);
		m->memory = fdinfo_memory(bpf_map__fd(map));
		c->memory += m->memory;
		c->map_count++;
	}
}

/* ---- attaching ---- */

/* 0, or -1 with the sentence. */
static int attach_once(struct checking *c, uint32_t index, const struct bpf_program *program,
		       char *why, size_t why_size)
{
	const struct artifact *a = c->check->artifact;
	const struct tg_program_entry *e = &a->programs[index];
	struct links links = {0};
	int result;

	if (e->attach == TG_ATTACH_ITER_TASK)
		result = attach_run_iterator(program);
	else if (e->hook == TG_NO_HOOK || !a->hooks[e->hook].targets)
		result = attach_program(&links, program, e->attach, artifact_string(a, e->target));
	else if (!c->no_targets[0])
		result = attach_targets(&links, program, e->attach, a, e->hook, &c->targets);
	else {
		snprintf(why, why_size, "%s", c->no_targets);
		return -1;
	}
	if (result)
		snprintf(why, why_size, "%s", strerror(errno));
	links_detach(&links);
	return result;
}

static void try_loaded(struct checking *c, struct bpf_object *object)
{
	const struct artifact *a = c->check->artifact;
	char why[sizeof(c->no_targets)];

	for (uint32_t i = 0; i < a->program_count; i++) {
		struct bpf_program *program = program_of(c, object, i);
		struct check_program *p = &c->check->programs[i];

		if (p->verdict != CHECK_UNKNOWN)
			continue;
		read_info(p, program);
		if (attach_once(c, i, program, why, sizeof(why)))
			set(p, CHECK_UNATTACHED, why);
		else
			p->verdict = CHECK_GOOD;
	}
}

static bool lacks_steps(const struct checking *c, struct bpf_object *object)
{
	struct check_program probe = {0};

	for (uint32_t i = 0; i < c->check->artifact->program_count; i++)
		if (c->check->programs[i].verdict == CHECK_UNKNOWN) {
			read_info(&probe, program_of(c, object, i));
			return !probe.walked;
		}
	return false;
}

static void check_one(struct checking *c)
{
	struct bpf_object *object;

	targets_open(&c->targets, c->check->artifact, c->features, c->no_targets,
		     sizeof(c->no_targets));
	find_absent(c);
	object = load_rest(c);
	if (object) {
		if (lacks_steps(c, object))
			read_steps(c);
		read_maps(c->check, object);
		try_loaded(c, object);
	}
	bpf_object__close(object);
	targets_free(&c->targets);
}

/* NULL: out of memory. */
static struct check *check_make(const struct artifact *a)
{
	struct check *check = calloc(1, sizeof(*check));

	if (!check)
		return NULL;
	check->artifact = a;
	check->programs = calloc(a->program_count + 1, sizeof(*check->programs));
	check->hook_absent = calloc(a->hook_count + 1, sizeof(*check->hook_absent));
	return check;
}

static void check_free(struct check *c)
{
	free(c->programs);
	free(c->hook_absent);
	free(c);
}

static int print(const struct check *c, bool compact)
{
	struct buffer out = {0};
	int failed;

	if (compact)
		check_print_text(&out, c);
	else
		check_print_json(&out, c);
	failed = out.failed || fwrite(out.data, 1, out.size, stdout) != out.size || fflush(stdout);
	buffer_free(&out);
	return failed ? -1 : 0;
}

static int finish(struct check *c, bool compact, struct failure *why)
{
	if (print(c, compact))
		return failure_set(why, TGRUN_OUTPUT, "standard output: %s", strerror(errno));
	if (check_is_good(c))
		return 0;
	return failure_set(why, TGRUN_LOAD, "bundle %.*s does not work on this kernel", TG_NAME_MAX,
			   c->artifact->header->name);
}

int check_bundles(const struct bundles *b, const struct base *base, struct features *f,
		  bool compact, struct failure *why)
{
	int result = 0;

	for (size_t i = 0; i < b->count; i++) {
		struct check *check = check_make(&b->v[i].artifact);
		struct checking c = {.check = check, .base = base, .features = f};

		if (!check || !check->programs || !check->hook_absent) {
			if (check)
				check_free(check);
			return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
		}
		check_one(&c);
		if (finish(check, compact, why))
			result = -1;
		check_free(check);
	}
	return result;
}
