// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "bpf-templates/tg_event.h"
#include "runtime/bpf_log.h"
#include "runtime/buffer.h"
#include "runtime/hook_text.h"
#include "runtime/load.h"

#define LOG_LINES 12

/* How far the choice for one hook has come. */
struct choice {
	uint32_t variant;      /* offset from the hook's first program */
	enum tgrun_exit code;  /* how the last variant failed */
	struct buffer reasons; /* a line for each variant that failed */
};

struct attempt {
	const struct artifact *artifact;
	const struct base *base;
	struct features *features;
	struct failure *why;
	struct choice *choices; /* by hook */
	struct loaded *out;
};

enum outcome {
	DONE,
	NEXT_VARIANT, /* a hook's choice failed and has moved on */
	FAILED,	      /* and `why` is filled */
};

static const struct tg_program_entry *chosen_program(const struct attempt *at, uint32_t hook)
{
	const struct artifact *a = at->artifact;

	return &a->programs[a->hooks[hook].first_program + at->choices[hook].variant];
}

/* Says which hook of which policies, and why each variant failed. */
static enum outcome refuse_hook(struct attempt *at, uint32_t hook, const char *what)
{
	const struct artifact *a = at->artifact;
	struct choice *choice = &at->choices[hook];
	struct buffer policies = {0};

	hook_text_policies(&policies, a, hook);
	failure_set(at->why, choice->code, "bundle %.*s, hook %s (policy %.*s): %s%.*s",
		    TG_NAME_MAX, a->header->name, artifact_string(a, a->hooks[hook].name),
		    (int)policies.size, policies.data ? policies.data : "", what,
		    (int)choice->reasons.size, choice->reasons.data ? choice->reasons.data : "");
	buffer_free(&policies);
	return FAILED;
}

static void add_reason(struct attempt *at, uint32_t hook, enum tgrun_exit code, const char *reason)
{
	struct choice *choice = &at->choices[hook];
	enum tg_attach attach = chosen_program(at, hook)->attach;

	buffer_text(&choice->reasons, "\n  ");
	buffer_text(&choice->reasons, features_attach_name(attach));
	buffer_text(&choice->reasons, ": ");
	buffer_text(&choice->reasons, reason);
	choice->code = code;
}

static enum outcome reject_variant(struct attempt *at, uint32_t hook, enum tgrun_exit code,
				   const char *reason)
{
	add_reason(at, hook, code, reason);
	at->choices[hook].variant++;
	if (at->choices[hook].variant >= at->artifact->hooks[hook].programs)
		return refuse_hook(at, hook, "no variant works on this kernel");
	return NEXT_VARIANT;
}

bool load_error_is_passing(enum tgrun_exit stage, int error)
{
	switch (error) {
	case ENOMEM:
	case EBUSY:
	case EINTR:
	case EAGAIN:
		return true;
	case E2BIG: /* too many programs on a function; at load: too complex a program */
		return stage == TGRUN_ATTACH;
	default:
		return false;
	}
}

static enum outcome reject_with_log(struct attempt *at, uint32_t hook, enum tgrun_exit code)
{
	char reason[3072], log[2048];
	int error = errno;

	bpf_log_tail(log, sizeof(log), LOG_LINES);
	snprintf(reason, sizeof(reason), "%s: %s%s%s",
		 code == TGRUN_ATTACH ? "cannot be attached" : "cannot be loaded", strerror(error),
		 log[0] ? "\n" : "", log);
	if (!load_error_is_passing(code, error))
		return reject_variant(at, hook, code, reason);
	add_reason(at, hook, code, reason);
	return refuse_hook(at, hook, "failed, though this kernel may be able to do it");
}

static bool needs_function(enum tg_attach attach)
{
	return attach == TG_ATTACH_FENTRY || attach == TG_ATTACH_FMOD_RET;
}

/* Moves every choice past the variants that this kernel is known not to take. */
static enum outcome skip_impossible(struct attempt *at, uint32_t hook)
{
	const struct artifact *a = at->artifact;

	for (;;) {
		const struct tg_program_entry *p = chosen_program(at, hook);
		enum feature feature = features_of_attach(p->attach);
		const char *reason = NULL;

		if (feature == FEATURE_COUNT)
			reason = "unknown to this tgrun";
		else if (!features_have(at->features, feature))
			reason = features_why(at->features, feature);
		else if (needs_function(p->attach) &&
			 !features_have_function(at->features, artifact_string(a, p->target)))
			reason = "the kernel's type information has no such function";
		if (!reason)
			return DONE;
		if (reject_variant(at, hook, TGRUN_LOAD, reason) == FAILED)
			return FAILED;
	}
}

static enum outcome refuse_bundle(struct attempt *at, enum tgrun_exit code, const char *what)
{
	char log[2048];
	int error = errno;

	bpf_log_tail(log, sizeof(log), LOG_LINES);
	failure_set(at->why, code, "bundle %.*s: %s: %s%s%s", TG_NAME_MAX,
		    at->artifact->header->name, what, strerror(error), log[0] ? "\n" : "", log);
	return FAILED;
}

/* Tables by process, where programs cannot make them grow: at once, and smaller. */
static int allocate_ahead(struct attempt *at, struct bpf_object *object, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);
	uint32_t entries;

	if (!map || features_have(at->features, FEATURE_PROGRAM_ALLOCATION))
		return 0;
	entries = bpf_map__max_entries(map) / TG_PROCESSES * BASE_FIXED_PROCESSES;
	return bpf_map__set_map_flags(map, 0) || bpf_map__set_max_entries(map, entries);
}

/* The base's maps take the place of the object's own of the same name. */
static int share_maps(struct attempt *at, struct bpf_object *object)
{
	struct bpf_map *map;

	for (int i = 0; i < BASE_MAP_COUNT; i++) {
		map = bpf_object__find_map_by_name(object, base_map_names[i]);
		if (map && bpf_map__reuse_fd(map, at->base->maps[i]))
			return -1;
	}
	return allocate_ahead(at, object, "tg_bits") || allocate_ahead(at, object, "tg_recorded");
}

static struct bpf_program *find_program(struct attempt *at, struct bpf_object *object,
					const struct tg_program_entry *entry)
{
	const char *name = artifact_string(at->artifact, entry->name);

	return bpf_object__find_program_by_name(object, name);
}

static int enable(struct attempt *at, struct bpf_object *object,
		  const struct tg_program_entry *entry)
{
	struct bpf_program *program = find_program(at, object, entry);

	return program ? bpf_program__set_autoload(program, true) : -1;
}

/* With none of its programs to be loaded yet. */
static struct bpf_object *open_object(struct attempt *at)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
	const struct artifact *a = at->artifact;
	struct bpf_program *program;
	struct bpf_object *object;
	char name[TG_NAME_MAX + 1] = {0};

	memcpy(name, a->header->name, TG_NAME_MAX);
	opts.object_name = name;
	bpf_log_clear();
	object = bpf_object__open_mem(a->object, a->object_size, &opts);
	if (!object)
		return NULL;
	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
	if (!share_maps(at, object))
		return object;
	bpf_object__close(object);
	return NULL;
}

static int enable_chosen(struct attempt *at, struct bpf_object *object)
{
	const struct artifact *a = at->artifact;

	for (uint32_t i = 0; i < a->program_count; i++) {
		if (a->programs[i].hook == TG_NO_HOOK && enable(at, object, &a->programs[i]))
			return -1;
	}
	for (uint32_t i = 0; i < a->hook_count; i++) {
		if (enable(at, object, chosen_program(at, i)))
			return -1;
	}
	return 0;
}

/* Whether a hook's chosen program loads when nothing else is loaded with it. */
static bool loads_alone(struct attempt *at, uint32_t hook)
{
	struct bpf_object *object = open_object(at);
	bool loads = object && !enable(at, object, chosen_program(at, hook)) &&
		     !bpf_object__load(object);
	int error = errno;

	bpf_object__close(object);
	errno = error;
	return loads;
}

/*
 * libbpf does not tell which program failed, so each hook's is tried alone. When all of them
 * load it was none of theirs, and the bundle is refused.
 */
static enum outcome find_culprit(struct attempt *at)
{
	struct failure refused;
	struct failure *why = at->why;

	at->why = &refused; /* with the log of the load that failed */
	refuse_bundle(at, TGRUN_LOAD, "cannot be loaded");
	at->why = why;
	for (uint32_t i = 0; i < at->artifact->hook_count; i++) {
		if (!loads_alone(at, i))
			return reject_with_log(at, i, TGRUN_LOAD);
	}
	*why = refused;
	return FAILED;
}

static enum outcome attach_process_programs(struct attempt *at, struct bpf_object *object,
					    bool iterators)
{
	const struct artifact *a = at->artifact;

	for (uint32_t i = 0; i < a->program_count; i++) {
		const struct tg_program_entry *p = &a->programs[i];
		struct bpf_program *program = find_program(at, object, p);
		int result;

		if (p->hook != TG_NO_HOOK || (p->attach == TG_ATTACH_ITER_TASK) != iterators)
			continue;
		if (iterators)
			result = attach_run_iterator(program);
		else
			result = attach_program(&at->out->links, program, p->attach,
						artifact_string(a, p->target));
		if (result)
			return refuse_bundle(at, TGRUN_ATTACH, artifact_string(a, p->name));
	}
	return DONE;
}

/* The counts of calls that the program does not see outlive the object too. */
static enum outcome watch_misses(struct attempt *at, uint32_t hook,
				 const struct bpf_program *program)
{
	if (!misses_watch(&at->out->misses, hook, bpf_program__fd(program)))
		return DONE;
	return refuse_bundle(at, TGRUN_ENVIRONMENT, "cannot keep a program's descriptor");
}

static enum outcome attach_hooks(struct attempt *at, struct bpf_object *object)
{
	const struct artifact *a = at->artifact;

	if (misses_open(&at->out->misses, a->hook_count))
		return refuse_bundle(at, TGRUN_ENVIRONMENT, "cannot be attached");

	for (uint32_t i = 0; i < a->hook_count; i++) {
		const struct tg_program_entry *p = chosen_program(at, i);
		struct bpf_program *program = find_program(at, object, p);

		bpf_log_clear();
		if (attach_program(&at->out->links, program, p->attach,
				   artifact_string(a, p->target)))
			return reject_with_log(at, i, TGRUN_ATTACH);
		if (watch_misses(at, i, program) == FAILED)
			return FAILED;
	}
	return DONE;
}

/* New processes first, then those already there, so that none is missed in between. */
static enum outcome attach_all(struct attempt *at, struct bpf_object *object)
{
	enum outcome outcome = attach_process_programs(at, object, false);

	if (outcome == DONE)
		outcome = attach_process_programs(at, object, true);
	if (outcome == DONE)
		outcome = attach_hooks(at, object);
	return outcome;
}

static enum outcome keep_counters(struct attempt *at, struct bpf_object *object)
{
	int fd = bpf_object__find_map_fd_by_name(object, "tg_lost");

	if (fd < 0)
		return DONE;
	if (counters_open(&at->out->lost, fcntl(fd, F_DUPFD_CLOEXEC, 3)))
		return refuse_bundle(at, TGRUN_MALFORMED, "map tg_lost");
	return DONE;
}

static enum outcome load_chosen(struct attempt *at, struct bpf_object *object)
{
	enum outcome outcome;

	if (enable_chosen(at, object))
		return refuse_bundle(at, TGRUN_MALFORMED, "a program is not in the object");
	if (bpf_object__load(object))
		return find_culprit(at);
	outcome = keep_counters(at, object);
	return outcome == DONE ? attach_all(at, object) : outcome;
}

static enum outcome try_choices(struct attempt *at)
{
	enum outcome outcome = DONE;
	struct bpf_object *object;

	for (uint32_t i = 0; outcome == DONE && i < at->artifact->hook_count; i++)
		outcome = skip_impossible(at, i);
	if (outcome != DONE)
		return outcome;
	object = open_object(at);
	if (!object)
		return refuse_bundle(at, TGRUN_MALFORMED, "cannot open the object");
	outcome = load_chosen(at, object);
	bpf_object__close(object);
	if (outcome != DONE)
		load_undo(at->out);
	return outcome;
}

/* The reasons without the kernel's log, which is indented further. */
static void note_reasons(struct buffer *notes, const struct buffer *reasons)
{
	for (size_t at = 0; at < reasons->size;) {
		const char *line = reasons->data + at;
		const char *end = memchr(line, '\n', reasons->size - at);
		size_t size = end ? (size_t)(end - line) + 1 : reasons->size - at;

		if (size > 2 && line[2] != ' ') {
			buffer_append(notes, line, size);
			if (!end)
				buffer_char(notes, '\n');
		}
		at += size;
	}
}

static void note_choices(struct attempt *at)
{
	const struct artifact *a = at->artifact;
	struct buffer *notes = &at->out->notes;

	for (uint32_t i = 0; i < a->hook_count; i++) {
		if (!at->choices[i].variant)
			continue;
		buffer_text(notes, "tgrun: hook ");
		buffer_text(notes, artifact_string(a, a->hooks[i].name));
		buffer_text(notes, ": attached by ");
		buffer_text(notes, features_attach_name(chosen_program(at, i)->attach));
		buffer_text(notes, ", because\n");
		note_reasons(notes, &at->choices[i].reasons);
	}
}

int load_bundle(struct loaded *out, const struct artifact *a, const struct base *base,
		struct features *f, struct failure *why)
{
	struct attempt at = {a, base, f, why, NULL, out};
	enum outcome outcome;

	*out = (struct loaded){.lost = {.fd = -1}};
	at.choices = calloc(a->hook_count + 1, sizeof(*at.choices));
	if (!at.choices)
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	do {
		outcome = try_choices(&at);
	} while (outcome == NEXT_VARIANT);
	if (outcome == DONE)
		note_choices(&at);
	for (uint32_t i = 0; i < a->hook_count; i++)
		buffer_free(&at.choices[i].reasons);
	free(at.choices);
	return outcome == DONE ? 0 : -1;
}

void load_undo(struct loaded *l)
{
	links_detach(&l->links);
	counters_close(&l->lost);
	misses_close(&l->misses);
	buffer_free(&l->notes);
}
