// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <string.h>
#include <unistd.h>
#include "runtime/base.h"
#include "runtime/bpf_log.h"
#include "runtime/notice.h"
#include "runtime/object_load.h"

#define LOG_LINES 12

/* The object file, as the Makefile built it, between two symbols. */
__asm__(".pushsection .rodata\n"
	".balign 16\n"
	"base_object:\n"
	".incbin \"build/base.bpf.o\"\n"
	"base_object_end:\n"
	".popsection\n");
extern const char base_object[], base_object_end[];

const char *const base_map_names[BASE_MAP_COUNT] = {
	[BASE_MAP_RING] = "tg_ring",
	[BASE_MAP_PROC] = "tg_proc",
	[BASE_MAP_SCRATCH] = "tg_scratch",
	[BASE_MAP_USERS] = "tg_users",
	[BASE_MAP_KNOWN] = "tg_known",
};

/* The programs, in the order of base.misses. Spares follow, in the same order. */
static const struct base_program {
	const char *name, *spare;
	enum tg_kind kind;
} base_programs[] = {
	{"tg_clone", "tg_clone_spare", TG_CLONE},
	{"tg_exec", "tg_exec_spare", TG_EXEC},
	{"tg_exit", "tg_exit_spare", TG_EXIT},
	{"tg_free", "tg_free_spare", TG_KIND_COUNT}, /* makes no record */
	{"tg_raise", NULL, TG_KIND_COUNT},
};
#define BASE_PROGRAMS (sizeof(base_programs) / sizeof(base_programs[0]))

/* Whatever fails here is no bundle's fault. */
static int fail(struct failure *why, const char *what)
{
	int error = errno;
	char log[2048];

	if (error == EPERM || error == EACCES)
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "cannot %s the process programs: %s; tgrun needs root, or the "
				   "capabilities that tgrun(8) lists",
				   what, strerror(error));
	bpf_log_tail(log, sizeof(log), LOG_LINES);
	return failure_set(why, TGRUN_ENVIRONMENT, "cannot %s the process programs: %s%s%s", what,
			   strerror(error), log[0] ? "\n" : "", log);
}

static bool can_see_raises(struct features *f)
{
	if (features_have(f, FEATURE_FENTRY) &&
	    features_have_function(f, "security_bprm_committing_creds"))
		return true;
	notice("tgrun: what programs do to privileges is not shown (binary_properties): %s\n",
	       features_have(f, FEATURE_FENTRY)
		       ? "this kernel has no function security_bprm_committing_creds"
		       : features_why(f, FEATURE_FENTRY));
	return false;
}

/* Constants: programs that are not asked for something have no code for it. */
static int set_wanted(struct bpf_object *object, struct features *f, const struct tg_wanted *wanted)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, TG_WANTED_SECTION);
	struct bpf_program *raise = bpf_object__find_program_by_name(object, "tg_raise");

	if (!map || !raise || bpf_map__set_initial_value(map, wanted, sizeof(*wanted)))
		return -1;
	return bpf_program__set_autoload(raise, wanted->properties && can_see_raises(f));
}

static int open_maps(struct bpf_object *object, struct features *f, const struct base_options *o)
{
	struct bpf_map *ring = bpf_object__find_map_by_name(object, "tg_ring");
	struct bpf_map *proc = bpf_object__find_map_by_name(object, "tg_proc");

	if (!ring || !proc || bpf_map__set_max_entries(ring, o->ring_size))
		return -1;
	if (o->processes && bpf_map__set_max_entries(proc, o->processes))
		return -1;
	if (features_have(f, FEATURE_PROGRAM_ALLOCATION))
		return 0;
	return bpf_map__set_map_flags(proc, 0) ||
	       (!o->processes && bpf_map__set_max_entries(proc, BASE_FIXED_PROCESSES));
}

/* Where programs of tracepoints run under this guard they can be preempted. */
static bool is_preemptible(struct features *f)
{
	return kernel_btf_find(&f->btf, "class_srcu_fast_notrace_t", BTF_KIND_TYPEDEF);
}

static int choose_programs(struct bpf_object *object, struct features *f)
{
	bool spares = is_preemptible(f);

	for (size_t i = 0; i < BASE_PROGRAMS && !spares; i++) {
		const char *name = base_programs[i].spare;
		struct bpf_program *spare =
			name ? bpf_object__find_program_by_name(object, name) : NULL;

		if (!name)
			continue;
		if (!spare || bpf_program__set_autoload(spare, false))
			return -1;
	}
	return 0;
}

static int keep_map(struct bpf_object *object, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(object, name);

	return fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

static int keep_maps(struct base *b, struct bpf_object *object)
{
	for (int i = 0; i < BASE_MAP_COUNT; i++) {
		b->maps[i] = keep_map(object, base_map_names[i]);
		if (b->maps[i] < 0)
			return -1;
	}
	return counters_open(&b->lost, keep_map(object, "tg_base_lost"));
}

static int attach_one(struct base *b, struct bpf_object *object, const char *name, size_t index)
{
	struct bpf_program *program;

	if (!name)
		return 0;
	program = bpf_object__find_program_by_name(object, name);
	if (!program)
		return -1;
	if (!bpf_program__autoload(program))
		return 0;
	if (attach_program(&b->links, program, TG_ATTACH_TP_BTF, ""))
		return -1;
	return misses_watch(&b->misses, index, bpf_program__fd(program));
}

/* A tracepoint runs its programs in the order in which they came, so that a spare comes second. */
static int attach_all(struct base *b, struct bpf_object *object)
{
	if (misses_open(&b->misses, BASE_PROGRAMS * 2))
		return -1;
	for (size_t i = 0; i < BASE_PROGRAMS; i++) {
		if (attach_one(b, object, base_programs[i].name, i) ||
		    attach_one(b, object, base_programs[i].spare, BASE_PROGRAMS + i))
			return -1;
	}
	return 0;
}

static int load_and_attach(struct base *b, struct bpf_object *object, struct features *f,
			   struct failure *why)
{
	if (object_load(object, f))
		return fail(why, "load");
	if (keep_maps(b, object))
		return fail(why, "keep the maps of");
	if (attach_all(b, object))
		return fail(why, "attach");
	return 0;
}

int base_start(struct base *b, struct features *f, const struct base_options *o,
	       struct failure *why)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "tgrun");
	struct bpf_object *object;
	int result;

	*b = (struct base){.maps = {-1, -1, -1, -1}, .lost = {.fd = -1}};
	if (!features_have(f, FEATURE_BTF))
		return failure_set(why, TGRUN_ENVIRONMENT, "%s", features_why(f, FEATURE_BTF));
	bpf_log_clear();
	object = bpf_object__open_mem(base_object, (size_t)(base_object_end - base_object), &opts);
	if (!object || open_maps(object, f, o) || choose_programs(object, f) ||
	    set_wanted(object, f, &o->wanted))
		result = fail(why, "open");
	else
		result = load_and_attach(b, object, f, why);
	bpf_object__close(object);
	return result;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t count_of(const struct base *b, uint32_t index)
{
	uint64_t n = 0;

	counters_read(&b->lost, index, &n);
	return n;
}

uint64_t base_stood_in(const struct base *b, enum tg_kind kind)
{
	return count_of(b, TG_STOOD_IN + kind);
}

/*
 * What neither saw is in both counts, and so is what mattered to nobody: a thread's start, an exec
 * that the other program saw.
 */
static uint64_t unseen_by(const struct base *b, size_t program)
{
	uint64_t main = misses_read(&b->misses, program);
	enum tg_kind kind = base_programs[program].kind;
	size_t spare = BASE_PROGRAMS + program;

	if (!misses_watched(&b->misses, spare))
		return main;
	return least(main - least(main, base_stood_in(b, kind)),
		     misses_read(&b->misses, spare) + count_of(b, TG_UNSURE + kind));
}

uint64_t base_unseen(const struct base *b, enum tg_kind kind)
{
	for (size_t i = 0; i < BASE_PROGRAMS; i++) {
		if (base_programs[i].kind == kind)
			return unseen_by(b, i);
	}
	return 0;
}

int base_look(void *base, uint32_t pid, struct tg_proc *out)
{
	const struct base *b = base;

	return bpf_map_lookup_elem(b->maps[BASE_MAP_PROC], &pid, out) ? -1 : 0;
}

void base_detach(struct base *b)
{
	links_detach(&b->links);
}

void base_stop(struct base *b)
{
	links_detach(&b->links);
	counters_close(&b->lost);
	misses_close(&b->misses);
	for (int i = 0; i < BASE_MAP_COUNT; i++) {
		if (b->maps[i] >= 0)
			close(b->maps[i]);
		b->maps[i] = -1;
	}
}
