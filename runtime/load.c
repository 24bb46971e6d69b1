// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/bpf_log.h"
#include "runtime/buffer.h"
#include "runtime/hook_text.h"
#include "runtime/fdinfo.h"
#include "runtime/kernel_names.h"
#include "runtime/load.h"
#include "runtime/object_load.h"
#include "runtime/refusal.h"
#include "tg_event.h"
#include "tg_workloads_layout.h"

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
	const struct load_dynamic *dynamic;
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
	char reason[4096], log[2048], why[512] = "";
	struct refusal refusal;
	int error = errno;

	bpf_log_tail(log, sizeof(log), LOG_LINES);
	if (code == TGRUN_LOAD) {
		refusal_find(&refusal, at->artifact,
			     artifact_string(at->artifact, chosen_program(at, hook)->name),
			     bpf_log_verifier());
		refusal_text(&refusal, why, sizeof(why));
	}
	snprintf(reason, sizeof(reason), "%s: %s%s%s%s",
		 code == TGRUN_ATTACH ? "cannot be attached" : "cannot be loaded", strerror(error),
		 why, log[0] ? "\n" : "", log);
	if (!load_error_is_passing(code, error))
		return reject_variant(at, hook, code, reason);
	add_reason(at, hook, code, reason);
	return refuse_hook(at, hook, "failed, though this kernel may be able to do it");
}

static bool needs_function(enum tg_attach attach)
{
	return attach == TG_ATTACH_FENTRY || attach == TG_ATTACH_FMOD_RET ||
	       attach == TG_ATTACH_FEXIT;
}

const char *load_impossible(const struct artifact *a, const struct tg_program_entry *p,
			    struct features *f)
{
	enum feature feature = features_of_attach(p->attach);

	if (feature == FEATURE_COUNT)
		return "unknown to this tgrun";
	if (!features_have(f, feature))
		return features_why(f, feature);
	if (needs_function(p->attach) && !features_have_function(f, artifact_string(a, p->target)))
		return "the kernel's type information has no such function";
	return NULL;
}

/* Moves every choice past the variants that this kernel is known not to take. */
static enum outcome skip_impossible(struct attempt *at, uint32_t hook)
{
	for (;;) {
		const char *reason =
			load_impossible(at->artifact, chosen_program(at, hook), at->features);

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
static int allocate_ahead(struct features *f, struct bpf_object *object, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);
	uint32_t entries;

	if (!map || features_have(f, FEATURE_PROGRAM_ALLOCATION))
		return 0;
	entries = bpf_map__max_entries(map) / TG_PROCESSES * BASE_FIXED_PROCESSES;
	return bpf_map__set_map_flags(map, 0) || bpf_map__set_max_entries(map, entries);
}

/* The base's maps take the place of the object's own of the same name. */
static int share_maps(const struct base *base, struct features *f, struct bpf_object *object)
{
	struct bpf_map *map;

	for (int i = 0; i < BASE_MAP_COUNT; i++) {
		map = bpf_object__find_map_by_name(object, base_map_names[i]);
		if (map && bpf_map__reuse_fd(map, base->maps[i]))
			return -1;
	}
	return allocate_ahead(f, object, "tg_bits") || allocate_ahead(f, object, "tg_recorded") ||
	       allocate_ahead(f, object, "tg_pending");
}

static struct bpf_program *find_program(struct attempt *at, struct bpf_object *object,
					const struct tg_program_entry *entry)
{
	const char *name = artifact_string(at->artifact, entry->name);

	return bpf_object__find_program_by_name(object, name);
}

bool load_is_multi(const struct tg_program_entry *p)
{
	return p->attach == TG_ATTACH_KPROBE_MULTI || p->attach == TG_ATTACH_KRETPROBE_MULTI;
}

int load_enable(struct bpf_program *program, const struct tg_program_entry *entry)
{
	bool multi = load_is_multi(entry);

	/* One program is for one function and for many at once. */
	if (multi || entry->attach == TG_ATTACH_KPROBE || entry->attach == TG_ATTACH_KRETPROBE)
		bpf_program__set_expected_attach_type(program, multi ? BPF_TRACE_KPROBE_MULTI : 0);
	return bpf_program__set_autoload(program, true);
}

static int enable(struct attempt *at, struct bpf_object *object,
		  const struct tg_program_entry *entry)
{
	struct bpf_program *program = find_program(at, object, entry);

	return program ? load_enable(program, entry) : -1;
}

/* libbpf would have it mapped, which takes two pages; nobody maps constants. */
static void keep_constants_small(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		const char *end = strstr(bpf_map__name(map), ".rodata");

		if (end && !strcmp(end, ".rodata"))
			bpf_map__set_map_flags(map, bpf_map__map_flags(map) & ~BPF_F_MMAPABLE);
	}
}

struct bpf_object *load_open(const struct artifact *a, const struct base *base, struct features *f)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts);
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
	keep_constants_small(object);
	if (!share_maps(base, f, object))
		return object;
	bpf_object__close(object);
	return NULL;
}

bool load_shares_map(const char *name)
{
	for (int i = 0; i < BASE_MAP_COUNT; i++)
		if (!strcmp(base_map_names[i], name))
			return true;
	return false;
}

static uint64_t memory_of(struct bpf_object *object)
{
	struct bpf_program *program;
	struct bpf_map *map;
	uint64_t memory = 0;

	bpf_object__for_each_program(program, object)
	{
		if (bpf_program__fd(program) >= 0)
			memory += fdinfo_memory(bpf_program__fd(program));
	}
	bpf_object__for_each_map(map, object)
	{
		if (bpf_map__fd(map) >= 0 && !load_shares_map(bpf_map__name(map)))
			memory += fdinfo_memory(bpf_map__fd(map));
	}
	return memory;
}

/* This node goes without the hook, as the bundle allows. */
static bool is_absent(const struct attempt *at, uint32_t hook)
{
	return at->out->targets.hook_absent[hook];
}

/* Has the hook a program of its own here? A part's is its first part's. */
static bool is_used(const struct attempt *at, uint32_t hook)
{
	return at->artifact->hooks[hook].programs && !is_absent(at, hook);
}

static int enable_chosen(struct attempt *at, struct bpf_object *object)
{
	const struct artifact *a = at->artifact;

	for (uint32_t i = 0; i < a->program_count; i++) {
		if (a->programs[i].hook == TG_NO_HOOK && enable(at, object, &a->programs[i]))
			return -1;
	}
	for (uint32_t i = 0; i < a->hook_count; i++) {
		if (is_used(at, i) && enable(at, object, chosen_program(at, i)))
			return -1;
	}
	return 0;
}

/* Whether a hook's chosen program loads when nothing else is loaded with it. */
static bool loads_alone(struct attempt *at, uint32_t hook)
{
	struct bpf_object *object = load_open(at->artifact, at->base, at->features);
	bool loads = object && !enable(at, object, chosen_program(at, hook)) &&
		     !object_load(object, at->features);
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
		if (is_used(at, i) && !loads_alone(at, i))
			return reject_with_log(at, i, TGRUN_LOAD);
	}
	*why = refused;
	return FAILED;
}

/* The counts of calls that the program does not see outlive the object too. */
static enum outcome watch_misses(struct attempt *at, uint32_t index,
				 const struct bpf_program *program)
{
	if (!misses_watch(&at->out->misses, index, bpf_program__fd(program)))
		return DONE;
	return refuse_bundle(at, TGRUN_ENVIRONMENT, "cannot keep a program's descriptor");
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
		if (!iterators && watch_misses(at, a->hook_count + i, program) == FAILED)
			return FAILED;
	}
	return DONE;
}

bool load_lacks_hook(const struct artifact *a, uint32_t hook, struct features *f)
{
	const struct tg_hook_entry *h = &a->hooks[hook];
	const struct tg_hook_entry *first = &a->hooks[artifact_first_part(a, hook)];
	const char *name = artifact_string(a, h->name);
	char path[512];

	if (h->kind == TG_HOOK_LSM && h->flags & TG_HOOK_AT_RETURN &&
	    !features_have(f, FEATURE_FILE_HASH))
		return true;
	if (h->kind == TG_HOOK_LSM) {
		snprintf(path, sizeof(path), "bpf_lsm_%s", name);
		return !features_have_function(f, path);
	}
	if (first->programs &&
	    a->programs[first->first_program].attach == TG_ATTACH_UPROBE_REGISTERS)
		return !features_have(f, FEATURE_UPROBE_REGISTERS);
	if (h->kind == TG_HOOK_LOADER)
		return !features_have_function(f, name);
	if (h->kind != TG_HOOK_TRACEPOINT)
		return false;
	snprintf(path, sizeof(path), "/sys/kernel/tracing/events/%s/%s",
		 artifact_string(a, h->subsystem), name);
	return access(path, F_OK) && errno == ENOENT;
}

static void find_absent(struct attempt *at)
{
	const struct artifact *a = at->artifact;

	for (uint32_t i = 0; i < a->hook_count; i++)
		if (a->hooks[i].flags & TG_HOOK_MAY_MISS)
			at->out->targets.hook_absent[i] |= load_lacks_hook(a, i, at->features);
}

static int attach_hook(struct attempt *at, uint32_t hook, const struct bpf_program *program)
{
	const struct artifact *a = at->artifact;
	const struct tg_program_entry *p = chosen_program(at, hook);

	if (a->hooks[hook].kind == TG_HOOK_LOADER && !at->out->mappings.count &&
	    mappings_open(&at->out->mappings))
		return -1;
	if (a->hooks[hook].targets)
		return attach_targets(&at->out->links, program, p->attach, a, hook,
				      &at->out->targets);
	return attach_program(&at->out->links, program, p->attach, artifact_string(a, p->target));
}

static enum outcome attach_one_hook(struct attempt *at, struct bpf_object *object, uint32_t hook)
{
	struct bpf_program *program = find_program(at, object, chosen_program(at, hook));

	bpf_log_clear();
	if (attach_hook(at, hook, program))
		return reject_with_log(at, hook, TGRUN_ATTACH);
	return watch_misses(at, hook, program);
}

static bool is_hash_half(const struct artifact *a, uint32_t hook)
{
	return a->hooks[hook].kind == TG_HOOK_LSM && a->hooks[hook].flags & TG_HOOK_AT_RETURN;
}

/*
 * The kernel runs those LSM programs first that were attached last: the second halves come first,
 * for each has to run after its first half.
 */
static enum outcome attach_hooks(struct attempt *at, struct bpf_object *object)
{
	const struct artifact *a = at->artifact;
	enum outcome outcome = DONE;

	for (int hashes = 1; hashes >= 0; hashes--)
		for (uint32_t i = 0; outcome == DONE && i < a->hook_count; i++)
			if (is_used(at, i) && is_hash_half(a, i) == hashes)
				outcome = attach_one_hook(at, object, i);
	return outcome;
}

/* New processes first, then those already there, so that none is missed in between. */
static enum outcome attach_all(struct attempt *at, struct bpf_object *object)
{
	const struct artifact *a = at->artifact;
	enum outcome outcome;

	/* Of hooks, then of the programs that know processes. */
	if (misses_open(&at->out->misses, (size_t)a->hook_count + a->program_count))
		return refuse_bundle(at, TGRUN_ENVIRONMENT, "cannot be attached");
	outcome = attach_process_programs(at, object, false);
	if (outcome == DONE)
		outcome = attach_process_programs(at, object, true);
	if (outcome == DONE)
		outcome = attach_hooks(at, object);
	return outcome;
}

static enum outcome keep_counter(struct attempt *at, struct bpf_object *object,
				 struct counters *out, const char *map)
{
	int fd = bpf_object__find_map_fd_by_name(object, map);
	char what[64];

	if (fd < 0 || !counters_open(out, fcntl(fd, F_DUPFD_CLOEXEC, 3)))
		return DONE;
	snprintf(what, sizeof(what), "map %s", map);
	return refuse_bundle(at, TGRUN_MALFORMED, what);
}

int load_open_losses(struct counters *out, const struct artifact *a, int fd,
		     const struct bpf_map_info *info)
{
	uint32_t hooks = a->hook_count ? a->hook_count : 1;

	return counters_open_part(out, fd, hooks * sizeof(struct tg_mode),
				  a->policy_count ? a->policy_count : 1, info);
}

static enum outcome keep_losses(struct attempt *at, struct bpf_object *object)
{
	int fd = bpf_object__find_map_fd_by_name(object, TG_MODES_SECTION);

	if (fd < 0 ||
	    !load_open_losses(&at->out->lost, at->artifact, fcntl(fd, F_DUPFD_CLOEXEC, 3), NULL))
		return DONE;
	return refuse_bundle(at, TGRUN_MALFORMED, "map " TG_MODES_SECTION);
}

static enum outcome keep_counters(struct attempt *at, struct bpf_object *object)
{
	enum outcome outcome = keep_losses(at, object);

	if (outcome == DONE)
		outcome = keep_counter(at, object, &at->out->held, "tg_held");
	if (outcome == DONE)
		outcome = keep_counter(at, object, &at->out->missed, "tg_missed");
	if (outcome == DONE)
		outcome = keep_counter(at, object, &at->out->forgotten, "tg_forgotten");
	return outcome == DONE ? keep_counter(at, object, &at->out->unchanged, "tg_unchanged")
			       : outcome;
}

static enum outcome set_modes(struct attempt *at, struct bpf_object *object)
{
	int fd = bpf_object__find_map_fd_by_name(object, TG_MODES_SECTION);

	if (!modes_map(at->dynamic->modes, at->artifact,
		       fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3)))
		return DONE;
	return refuse_bundle(at, TGRUN_MALFORMED, "map " TG_MODES_SECTION);
}

/* Modes and workloads are whoever's it is to keep them. */
static enum outcome share(struct attempt *at, struct bpf_object *object)
{
	if (!at->dynamic->share(at->dynamic->state, object, at->out))
		return DONE;
	return refuse_bundle(at, TGRUN_ENVIRONMENT, "the relay does not take its maps");
}

static int map_copy(struct bpf_object *object, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(object, name);

	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static enum outcome set_workloads(struct attempt *at, struct bpf_object *object)
{
	const struct load_dynamic *d = at->dynamic;

	if (workload_rules_map(d->rules, map_copy(object, TG_WORKLOADS_SECTION),
			       map_copy(object, TG_WORKLOAD_TABLES)))
		return refuse_bundle(at, TGRUN_MALFORMED, "map " TG_WORKLOADS_SECTION);
	if (workloads_serve(d->workloads, d->rules))
		return refuse_bundle(at, TGRUN_ENVIRONMENT, "there are too many cgroups");
	return DONE;
}

static enum outcome load_chosen(struct attempt *at, struct bpf_object *object)
{
	enum outcome outcome;

	if (enable_chosen(at, object))
		return refuse_bundle(at, TGRUN_MALFORMED, "a program is not in the object");
	if (object_load(object, at->features))
		return find_culprit(at);
	at->out->memory = memory_of(object);
	outcome = keep_counters(at, object);
	if (outcome == DONE && at->dynamic->share)
		outcome = share(at, object);
	else if (outcome == DONE)
		outcome = set_modes(at, object);
	if (outcome == DONE && !at->dynamic->share)
		outcome = set_workloads(at, object);
	return outcome == DONE ? attach_all(at, object) : outcome;
}

/* What the next attempt does again; what was found out of the node stays. */
static void detach_all(struct loaded *l)
{
	links_detach(&l->links);
	counters_close(&l->lost);
	counters_close(&l->held);
	counters_close(&l->missed);
	counters_close(&l->forgotten);
	counters_close(&l->unchanged);
	mappings_close(&l->mappings);
	misses_close(&l->misses);
}

static enum outcome try_choices(struct attempt *at)
{
	enum outcome outcome = DONE;
	struct bpf_object *object;

	for (uint32_t i = 0; outcome == DONE && i < at->artifact->hook_count; i++)
		if (is_used(at, i))
			outcome = skip_impossible(at, i);
	if (outcome != DONE)
		return outcome;
	object = load_open(at->artifact, at->base, at->features);
	if (!object)
		return refuse_bundle(at, TGRUN_MALFORMED, "cannot open the object");
	outcome = load_chosen(at, object);
	bpf_object__close(object);
	if (outcome != DONE)
		detach_all(at->out);
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

static const char *why_absent(const struct attempt *at, uint32_t hook, char *out, size_t size)
{
	const struct artifact *a = at->artifact;
	const struct tg_hook_entry *first = &a->hooks[artifact_first_part(a, hook)];
	const struct tg_kernel_name_entry *name = kernel_names_misfit(a, hook, &at->features->btf);

	if (name) {
		kernel_names_why(a, name, out, size);
		return out;
	}
	if (is_hash_half(a, hook))
		return "kernel does not tell programs the hashes of files";
	if (first->kind != TG_HOOK_UPROBE)
		return "kernel does not have it";
	if (first->targets && at->out->targets.absent[first->first_target])
		return "file has none of the policy's digests";
	return "kernel lets no uprobe change registers";
}

/* Of a hook for other kernels, its first part speaks for the others and for its second half. */
static bool says_absence(const struct attempt *at, uint32_t hook)
{
	const struct tg_hook_entry *h = &at->artifact->hooks[hook];

	return is_absent(at, hook) &&
	       (!h->kernel_names || (h->programs && !(h->flags & TG_HOOK_AT_RETURN)) ||
		!kernel_names_misfit(at->artifact, hook, &at->features->btf));
}

static void note_choices(struct attempt *at)
{
	const struct artifact *a = at->artifact;
	struct buffer *notes = &at->out->notes;
	char why[256];

	for (uint32_t i = 0; i < a->hook_count; i++) {
		if (says_absence(at, i))
			buffer_print(notes, "tgrun: hook %s: %s, because this %s\n",
				     artifact_string(a, a->hooks[i].name),
				     is_hash_half(a, i) ? "events go without `ima_hash`"
							: "left out",
				     why_absent(at, i, why, sizeof(why)));
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
		struct features *f, const struct load_dynamic *dynamic, struct failure *why)
{
	struct attempt at = {a, base, f, why, NULL, out, dynamic};
	enum outcome outcome;
	char reason[512];

	*out = LOADED_NOTHING;
	if (targets_open(&out->targets, a, f, reason, sizeof(reason)))
		return failure_set(why, TGRUN_ATTACH, "bundle %.*s: %s", TG_NAME_MAX,
				   a->header->name, reason);
	at.choices = calloc(a->hook_count + 1, sizeof(*at.choices));
	if (!at.choices)
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	find_absent(&at);
	do {
		outcome = try_choices(&at);
	} while (outcome == NEXT_VARIANT);
	if (outcome == DONE) {
		note_choices(&at);
		if (dynamic->modes)
			modes_note(dynamic->modes, a, &out->notes);
	}
	for (uint32_t i = 0; i < a->hook_count; i++)
		buffer_free(&at.choices[i].reasons);
	free(at.choices);
	targets_close_files(&out->targets);
	if (outcome != DONE)
		load_undo(out);
	return outcome == DONE ? 0 : -1;
}

void load_undo(struct loaded *l)
{
	detach_all(l);
	targets_free(&l->targets);
	buffer_free(&l->notes);
}
