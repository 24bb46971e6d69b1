// SPDX-License-Identifier: Apache-2.0
/* Tracepoints in BTF: made ones, the running kernel against its tracefs, the cached kernels. */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/kernels/kbtf.h"
#include "compiler/binaries/tracefs.h"
#include "compiler/binaries/tracepoint.h"

#define TRACEFS "/sys/kernel/tracing/events"

static struct arena arena;
static struct kbtf *kernel;
static struct tracepoint tp;
static char why[256];

static void end(void)
{
	kbtf_close(kernel);
	kernel = NULL;
	arena_free(&arena);
}

static bool look(const char *subsystem, const char *event)
{
	return tracepoint_find(kernel, &arena, subsystem, event, &tp);
}

static const char *raw_text(void)
{
	return kfunction_text(&arena, tp.raw);
}

/* ---- made BTF -------------------------------------------------------------------------- */

static struct btf *made;
static int type_void_ptr, type_int, type_long, type_task, type_header;

static int pointer_to(int id)
{
	return btf__add_ptr(made, id);
}

/* A prototype: the data pointer and these types, ended by 0. */
static int prototype(const int *types)
{
	int id = btf__add_func_proto(made, 0);

	btf__add_func_param(made, NULL, type_void_ptr);
	for (; *types; types++)
		btf__add_func_param(made, NULL, *types);
	return id;
}

#define TAKES(...) prototype((const int[]){__VA_ARGS__, 0})

static void add_event(const char *name, int proto)
{
	btf__add_typedef(made, arena_printf(&arena, "btf_trace_%s", name), pointer_to(proto));
}

static void add_class(const char *name, int proto, const char *field, int field_type)
{
	if (proto)
		btf__add_func(made, arena_printf(&arena, "__bpf_trace_%s", name), BTF_FUNC_STATIC,
			      proto);
	if (!field)
		return;
	btf__add_struct(made, arena_printf(&arena, "trace_event_raw_%s", name), 16);
	btf__add_field(made, "ent", type_header, 0, 0);
	btf__add_field(made, field, field_type, 64, 0);
}

static void begin_made(void)
{
	made = btf__new_empty();
	type_int = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	type_long = btf__add_int(made, "long int", 8, BTF_INT_SIGNED);
	type_void_ptr = pointer_to(0);
	type_header = btf__add_struct(made, "trace_entry", 8);
	btf__add_struct(made, "task_struct", 8);
	type_task = pointer_to(btf__add_const(made, btf__type_cnt(made) - 1));
}

/* From now on `kernel` is what was made. */
static void open_made(void)
{
	char path[] = "/tmp/tgc-btf-XXXXXX";
	int fd = mkstemp(path);
	uint32_t size;
	const void *data = btf__raw_data(made, &size);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
	kernel = kbtf_open(path, why, sizeof(why));
	cr_assert_not_null(kernel, "%s", why);
	unlink(path);
	btf__free(made);
}

Test(tracepoint, own_record, .fini = end)
{
	int caller;

	begin_made();
	add_event("one", TAKES(type_int, type_task));
	add_class("one", TAKES(type_int, type_task), "x", type_int);
	caller = btf__add_func_proto(made, type_int);
	btf__add_func_param(made, "__data", type_void_ptr);
	btf__add_func_param(made, "cpu", type_int);
	btf__add_func_param(made, "p", type_task);
	btf__add_func(made, "__traceiter_one", BTF_FUNC_STATIC, caller);
	open_made();
	cr_assert(look("s", "one"));
	cr_expect_eq(tp.source, TRACEPOINT_OWN);
	cr_expect_str_eq(tp.record, "trace_event_raw_one");
	cr_assert_eq(tp.field_count, 2);
	cr_expect_str_eq(tp.fields[1].name, "x");
	cr_expect_eq(tp.fields[1].offset, 8);
	cr_expect_str_eq(raw_text(), "void one(int cpu, const struct task_struct *p)");
	cr_expect_null(tp.usual_subsystem);
	cr_expect_not(look("s", "on"));
	cr_expect_str_eq(tracepoint_nearest(tracepoints_read(kernel, &arena), &arena, "on"), "one");
}

/* Names of parameters, typedefs and outer qualifiers do not count; const behind a pointer does. */
Test(tracepoint, class_by_prototype, .fini = end)
{
	int number, same;

	begin_made();
	number = btf__add_typedef(made, "pid_t", btf__add_const(made, type_int));
	same = btf__add_func_proto(made, 0);
	btf__add_func_param(made, "data", type_void_ptr);
	btf__add_func_param(made, "other", number);
	btf__add_func_param(made, "name", type_task);
	add_event("one", TAKES(type_int, type_task));
	add_class("first", same, "x", type_int);
	add_class("second", TAKES(type_int, pointer_to(type_header)), "y", type_int);
	add_class("third", TAKES(type_int, type_task, type_int), "z", type_int);
	open_made();
	cr_assert(look("s", "one"));
	cr_expect_eq(tp.source, TRACEPOINT_PROTOTYPE);
	cr_expect_str_eq(tp.record, "trace_event_raw_first");
}

Test(tracepoint, const_behind_a_pointer_counts, .fini = end)
{
	int plain;

	begin_made();
	plain = pointer_to(btf__find_by_name_kind(made, "task_struct", BTF_KIND_STRUCT));
	add_event("one", TAKES(plain));
	add_class("first", TAKES(type_task), "x", type_int);
	open_made();
	cr_assert(look("s", "one"));
	cr_expect_eq(tp.source, TRACEPOINT_NO_RECORD);
	cr_expect_str_eq(tp.why,
			 "BTF has no record named after `one`, and nothing that tells which "
			 "other record it uses");
}

Test(tracepoint, several_classes, .fini = end)
{
	begin_made();
	add_event("one", TAKES(type_int));
	add_class("first", TAKES(type_int), "x", type_int);
	add_class("second", TAKES(type_int), "y", type_int);
	open_made();
	cr_assert(look("s", "one"));
	cr_expect_eq(tp.source, TRACEPOINT_NO_RECORD);
	cr_expect_null(tp.record);
	cr_expect_null(tp.fields);
	cr_expect_str_eq(tp.why, "BTF does not tell which record `one` uses: 2 classes of events "
				 "have its prototype (first, second)");
	cr_expect_str_eq(raw_text(), "void one(int arg0)");
}

Test(tracepoint, several_classes_with_equal_records, .fini = end)
{
	begin_made();
	add_event("one", TAKES(type_int));
	add_class("first", TAKES(type_int), "x", type_int);
	add_class("second", TAKES(type_int), "x", type_int);
	open_made();
	cr_assert(look("s", "one"));
	cr_expect_eq(tp.source, TRACEPOINT_ALIKE);
	cr_expect_str_eq(tp.record, "trace_event_raw_first");
}

/* A class without a prototype could be the event's: one match among the others decides nothing. */
Test(tracepoint, a_class_that_is_not_told, .fini = end)
{
	begin_made();
	add_event("one", TAKES(type_int));
	add_class("first", TAKES(type_int), "x", type_int);
	add_class("second", 0, "y", type_int);
	open_made();
	cr_assert(look("s", "one"));
	cr_expect_eq(tp.source, TRACEPOINT_NO_RECORD);
}

Test(tracepoint, without_a_record, .fini = end)
{
	begin_made();
	add_event("bare", TAKES(type_int));
	add_class("bare", TAKES(type_int), NULL, 0);
	add_class("first", TAKES(type_int), "x", type_int);
	open_made();
	cr_assert(look("s", "bare"));
	cr_expect_eq(tp.source, TRACEPOINT_NO_RECORD);
	cr_expect_str_eq(tp.why, "`bare` has no record: it is for programs that attach to the raw "
				 "tracepoint only");
}

/* A record of the event's name, but of a class that takes something else. */
Test(tracepoint, a_namesake, .fini = end)
{
	begin_made();
	add_event("one", TAKES(type_int));
	add_class("one", TAKES(type_long), "x", type_int);
	add_class("two", TAKES(type_int), "y", type_int);
	open_made();
	cr_assert(look("s", "one"));
	cr_expect_eq(tp.source, TRACEPOINT_PROTOTYPE);
	cr_expect_str_eq(tp.record, "trace_event_raw_two");
}

Test(tracepoint, the_table, .fini = end)
{
	begin_made();
	add_event("sched_waking", TAKES(type_task));
	add_event("sched_process_exit", TAKES(type_task));
	add_class("sched_wakeup_template", TAKES(type_task), "x", type_int);
	add_class("sched_process_template", TAKES(type_long), "y", type_int);
	add_class("other", TAKES(type_task), "z", type_int);
	open_made();
	cr_assert(look("sched", "sched_waking"));
	cr_expect_eq(tp.source, TRACEPOINT_KNOWN);
	cr_expect_str_eq(tp.record, "trace_event_raw_sched_wakeup_template");
	cr_expect_str_eq(tp.usual_subsystem, "sched");
	cr_assert(look("sched", "sched_process_exit"));
	cr_expect_eq(tp.source, TRACEPOINT_NO_RECORD, "its prototype says no");
}

/* As in kernels whose BTF leaves out static functions. */
Test(tracepoint, the_table_without_classes, .fini = end)
{
	begin_made();
	add_event("sched_waking", TAKES(type_task));
	add_event("sched_wakeup", TAKES(type_task));
	add_event("sched_process_exit", TAKES(type_task));
	add_event("sched_process_free", TAKES(type_long));
	add_event("own", TAKES(type_task));
	add_event("unknown", TAKES(type_task));
	add_class("sched_wakeup_template", 0, "x", type_int);
	add_class("own", 0, "y", type_int);
	add_class("sched_process_template", 0, "z", type_int);
	open_made();
	cr_assert(look("sched", "sched_waking"));
	cr_expect_eq(tp.source, TRACEPOINT_TABLE);
	cr_expect_str_eq(tp.record, "trace_event_raw_sched_wakeup_template");
	cr_assert(look("s", "own"));
	cr_expect_eq(tp.source, TRACEPOINT_OWN);
	cr_assert(look("s", "unknown"));
	cr_expect_eq(tp.source, TRACEPOINT_NO_RECORD);
}

/* ---- the running kernel ---------------------------------------------------------------- */

static struct {
	unsigned events, syscalls, found, refused, absent, fields, derived;
	unsigned by_source[TRACEPOINT_TABLE + 1];
} seen;

static bool read_format(const char *path, struct trace_format *out)
{
	uint8_t *text = arena_alloc(&arena, TRACE_FORMAT_LARGEST);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t size = 0;
	ssize_t n;

	if (fd < 0)
		return false;
	while ((n = read(fd, text + size, TRACE_FORMAT_LARGEST - size)) > 0)
		size += (size_t)n;
	close(fd);
	return trace_format_parse(&arena, (struct bytes){text, size}, out, why, sizeof(why));
}

/* The record's members but for the header and the bytes at the end. */
static size_t own_fields(const struct tracepoint *t)
{
	size_t count = t->field_count;

	if (count && !strcmp(t->fields[count - 1].name, "__data"))
		count--;
	return count ? count - 1 : 0;
}

static void compare_field(const char *event, const struct trace_field *f, size_t at)
{
	const struct kfield *k = &tp.fields[at];
	struct trace_derived a, b;
	struct ktype element;
	struct trace_field g;
	uint32_t count = 0;
	bool array = kbtf_element(kernel, &arena, tp.record, at, &element, &count);

	g = trace_field_of(&arena, k, array ? &element : NULL, count);
	cr_expect(!strcmp(f->name, g.name) && f->offset == g.offset && f->size == g.size &&
			  f->data_loc == g.data_loc && f->rel_loc == g.rel_loc,
		  "%s: %s against %s", event, trace_field_text(&arena, f),
		  trace_field_text(&arena, &g));
	a = trace_field_derive(f, false);
	b = trace_field_derive(&g, false);
	cr_expect(a.type == b.type, "%s: auto for %s and %s", event, trace_field_text(&arena, f),
		  trace_field_text(&arena, &g));
	seen.fields++;
	seen.derived += a.type != TRACE_AUTO_NONE;
}

static void compare_event(const char *event, const struct trace_format *f)
{
	size_t count = f->field_count - TRACE_HEADER_FIELDS;

	cr_expect_eq(own_fields(&tp), count, "%s: %zu fields, %zu in BTF", event, count,
		     own_fields(&tp));
	for (size_t i = 0; i < count && i < own_fields(&tp); i++)
		compare_field(event, &f->fields[TRACE_HEADER_FIELDS + i], i + 1);
	seen.found++;
}

/* What the type checker takes for granted: the number, then eight bytes each. */
static void compare_syscall(const char *event, const struct trace_format *f)
{
	cr_expect(f->field_count > 4 && f->fields[4].offset == 8 && f->fields[4].size == 4, "%s",
		  event);
	for (size_t i = 5; i < f->field_count; i++)
		cr_expect(f->fields[i].offset == 16 + 8 * (i - 5) && f->fields[i].size == 8,
			  "%s: %s", event, trace_field_text(&arena, &f->fields[i]));
	seen.syscalls++;
}

static void check_event(const struct tracepoints *all, const char *path)
{
	char subsystem[128], event[128];
	struct trace_format f;

	if (sscanf(path, TRACEFS "/%127[^/]/%127[^/]", subsystem, event) != 2 ||
	    !strcmp(subsystem, "ftrace"))
		return;
	seen.events++;
	cr_assert(read_format(path, &f), "%s: %s", path, why);
	cr_expect_str_eq(f.event, event);
	if (!strcmp(subsystem, "syscalls")) {
		compare_syscall(event, &f);
	} else if (!tracepoint_look(all, &arena, subsystem, event, &tp)) {
		seen.absent++;
	} else {
		seen.by_source[tp.source]++;
		if (tp.source == TRACEPOINT_NO_RECORD)
			seen.refused++;
		else
			compare_event(event, &f);
	}
}

/* No event gets a layout that is not its own. */
Test(tracepoint, the_running_kernel, .fini = end)
{
	const struct tracepoints *all;
	glob_t paths;

	kernel = kbtf_open("/sys/kernel/btf/vmlinux", why, sizeof(why));
	if (!kernel || glob(TRACEFS "/*/*/format", 0, NULL, &paths))
		cr_skip_test("no BTF or no tracefs here: %s", why);
	all = tracepoints_read(kernel, &arena);
	for (size_t i = 0; i < paths.gl_pathc; i++)
		check_event(all, paths.gl_pathv[i]);
	globfree(&paths);
	/* Not cr_log_warn(): a warning makes Criterion end with 1. */
	fprintf(stderr,
		"note: %u events: %u of system calls, %u found (%u own, %u prototype, %u alike, %u "
		"known, %u table), %u refused, %u not in BTF; %u fields, %u derived\n",
		seen.events, seen.syscalls, seen.found, seen.by_source[TRACEPOINT_OWN],
		seen.by_source[TRACEPOINT_PROTOTYPE], seen.by_source[TRACEPOINT_ALIKE],
		seen.by_source[TRACEPOINT_KNOWN], seen.by_source[TRACEPOINT_TABLE], seen.refused,
		seen.absent, seen.fields, seen.derived);
	cr_expect_gt(seen.found, 9 * seen.refused);
}

/* ---- kernels of the lab ---------------------------------------------------------------- */

static void open_lab(const char *series)
{
	const char *folder = getenv("TGC_KERNELS"), *home = getenv("HOME");
	const char *path = folder ? arena_printf(&arena, "%s/%s/btf", folder, series)
				  : arena_printf(&arena, "%s/.cache/tgc/kernels/%s/btf",
						 home ? home : "", series);

	if (access(path, R_OK))
		cr_skip_test("kernel %s is not in the cache", series);
	kernel = kbtf_open(path, why, sizeof(why));
	cr_assert_not_null(kernel, "%s", why);
}

static void count(void *data, const char *name, uint32_t id)
{
	const struct tracepoints *all = data;

	(void)id;
	cr_assert(tracepoint_look(all, &arena, "", name + strlen("btf_trace_"), &tp), "%s", name);
	cr_expect((tp.source == TRACEPOINT_NO_RECORD) == (tp.why != NULL));
	cr_expect((tp.source == TRACEPOINT_NO_RECORD) == (tp.fields == NULL));
	seen.events++;
	seen.by_source[tp.source]++;
}

static void expect_record(const char *event, enum tracepoint_source source, const char *record)
{
	cr_expect(look("", event), "%s", event);
	cr_expect_eq(tp.source, source, "%s: %d", event, tp.source);
	if (record)
		cr_expect_str_eq(tp.record ? tp.record : "",
				 arena_printf(&arena, "trace_event_raw_%s", record));
}

static void check_lab(const char *series)
{
	kbtf_each(kernel, KBTF_CALLBACK, "btf_trace_", count,
		  (void *)tracepoints_read(kernel, &arena));
	fprintf(stderr,
		"note: %s: %u events: %u own, %u prototype, %u alike, %u known, %u table, %u not\n",
		series, seen.events, seen.by_source[TRACEPOINT_OWN],
		seen.by_source[TRACEPOINT_PROTOTYPE], seen.by_source[TRACEPOINT_ALIKE],
		seen.by_source[TRACEPOINT_KNOWN], seen.by_source[TRACEPOINT_TABLE],
		seen.by_source[TRACEPOINT_NO_RECORD]);
	expect_record("sched_process_exec", TRACEPOINT_OWN, "sched_process_exec");
	cr_expect_str_eq(raw_text(),
			 "void sched_process_exec(struct task_struct *p, pid_t old_pid, "
			 "struct linux_binprm *bprm)");
	expect_record("sys_enter", TRACEPOINT_OWN, "sys_enter");
	cr_expect_not(look("syscalls", "sys_enter_openat"));
}

Test(tracepoint, kernel_5_10, .fini = end)
{
	open_lab("5.10");
	check_lab("5.10");
	expect_record("sched_process_exit", TRACEPOINT_TABLE, "sched_process_template");
	expect_record("sched_wakeup", TRACEPOINT_TABLE, "sched_wakeup_template");
}

Test(tracepoint, kernel_6_1, .fini = end)
{
	open_lab("6.1");
	check_lab("6.1");
	expect_record("sched_process_exit", TRACEPOINT_KNOWN, "sched_process_template");
	expect_record("tcp_retransmit_skb", TRACEPOINT_PROTOTYPE, "tcp_event_sk_skb");
	expect_record("pelt_cfs_tp", TRACEPOINT_NO_RECORD, NULL);
}

Test(tracepoint, kernel_6_12, .fini = end)
{
	open_lab("6.12");
	check_lab("6.12");
	expect_record("sched_process_exit", TRACEPOINT_KNOWN, "sched_process_template");
	expect_record("tcp_retransmit_skb", TRACEPOINT_KNOWN, "tcp_event_sk_skb");
}

Test(tracepoint, kernel_6_18, .fini = end)
{
	open_lab("6.18");
	check_lab("6.18");
	expect_record("sched_process_exit", TRACEPOINT_OWN, "sched_process_exit");
	expect_record("sched_waking", TRACEPOINT_KNOWN, "sched_wakeup_template");
}

Test(tracepoint, kernel_newest, .fini = end)
{
	open_lab("newest");
	check_lab("newest");
	expect_record("sched_waking", TRACEPOINT_KNOWN, "sched_wakeup_template");
}
