// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include "runtime/metrics.h"
#include "runtime/metrics_text.h"
#include "runtime/tally.h"
#include "tests/unit/event_fixture.h"

#define ALL_LABELS ((1u << TALLY_LABEL_COUNT) - 1)

static void expect_row(const struct tally *t, size_t index, enum tally_kind kind, const char *first,
		       const char *second, const char *binary, uint64_t count)
{
	struct tally_row row;

	cr_assert(tally_get(t, index, &row), "row %zu", index);
	cr_expect_eq(row.kind, kind);
	cr_expect_str_eq(row.words[0], first);
	cr_expect_str_eq(row.words[1], second);
	cr_expect_str_eq(row.labels[TALLY_BINARY], binary);
	cr_expect_str_eq(row.labels[TALLY_POD], "");
	cr_expect_eq(row.count, count, "%llu", (unsigned long long)row.count);
}

Test(tally, events_are_counted_by_type_policy_and_process)
{
	struct tally *t = tally_new(ALL_LABELS);
	struct event_fixture f;

	event_fixture_open(&f, EVENT_KPROBE);
	f.event.policy = "watch";
	f.event.function = "tcp_connect";
	tally_event(t, &f.event);
	tally_event(t, &f.event);
	f.event.process = NULL;
	tally_event(t, &f.event);
	expect_row(t, 0, TALLY_EVENTS, "process_kprobe", "", "/usr/bin/curl", 2);
	expect_row(t, 1, TALLY_POLICIES, "watch", "kprobe:tcp_connect", "/usr/bin/curl", 2);
	expect_row(t, 2, TALLY_EVENTS, "process_kprobe", "", "", 1);
	expect_row(t, 3, TALLY_POLICIES, "watch", "kprobe:tcp_connect", "", 1);
	cr_expect_not(tally_get(t, 4, &(struct tally_row){0}));
	event_fixture_close(&f);
	tally_free(t);
}

Test(tally, hooks_have_tetragons_words)
{
	static const struct {
		enum event_kind kind;
		const char *subsystem, *function, *word;
	} rows[] = {
		{EVENT_KPROBE, NULL, "f", "kprobe:f"},
		{EVENT_LSM, NULL, "file_open", "lsm:file_open"},
		{EVENT_TRACEPOINT, "sched", "sched_switch", "tracepoint:sched/sched_switch"},
		{EVENT_UPROBE, NULL, "main", "uprobe:/bin/sh/main"},
		{EVENT_USDT, "sh", "start", "usdt:sh/start"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tally *t = tally_new(0);
		struct event_fixture f;

		event_fixture_open(&f, rows[i].kind);
		f.event.policy = "p";
		f.event.path = "/bin/sh";
		f.event.subsystem = rows[i].subsystem;
		f.event.function = rows[i].function;
		tally_event(t, &f.event);
		expect_row(t, 1, TALLY_POLICIES, "p", rows[i].word, "", 1);
		event_fixture_close(&f);
		tally_free(t);
	}
}

Test(tally, system_calls_are_counted_by_name)
{
	struct tally *t = tally_new(0);
	struct event_fixture f;

	event_fixture_open(&f, EVENT_TRACEPOINT);
	f.event.subsystem = "raw_syscalls";
	f.event.function = "sys_enter";
	event_fixture_arg(&f, TG_ARG_SYSCALL, 257, NULL, "");
	tally_event(t, &f.event);
	f.event.args[0].slot.value = 5 | 1u << 31;
	tally_event(t, &f.event);
	f.event.args[0].slot.value = 99999;
	tally_event(t, &f.event);
	expect_row(t, 0, TALLY_EVENTS, "process_tracepoint", "", "", 3);
	expect_row(t, 1, TALLY_SYSCALLS, "openat", "", "", 1);
	expect_row(t, 2, TALLY_SYSCALLS, "i386/open", "", "", 1);
	expect_row(t, 3, TALLY_SYSCALLS, "unknown", "", "", 1);
	event_fixture_close(&f);
	tally_free(t);
}

static struct proc *named(char *memory, size_t size, int number)
{
	struct proc *p = (struct proc *)memory;

	p->text = (struct proc_text *)(memory + sizeof(*p));
	snprintf(p->text->bytes, size - sizeof(*p) - sizeof(*p->text), "/tmp/%d", number);
	return p;
}

/* Any user can run a program of any name. */
Test(tally, no_number_of_names_makes_it_grow_or_forget)
{
	static _Alignas(
		struct proc) char memory[sizeof(struct proc) + sizeof(struct proc_text) + 64];
	struct tally *t = tally_new(ALL_LABELS);
	struct event_fixture f;
	struct tally_row row;
	uint64_t sum = 0;
	size_t rows = 0;

	event_fixture_open(&f, EVENT_EXEC);
	for (int i = 0; i < 2 * TALLY_ROWS; i++) {
		f.event.process = named(memory, sizeof(memory), i);
		tally_event(t, &f.event);
	}
	for (; tally_get(t, rows, &row); rows++)
		sum += row.count;
	cr_expect_eq(rows, TALLY_ROWS + 1);
	cr_expect_eq(sum, 2 * TALLY_ROWS);
	expect_row(t, TALLY_ROWS, TALLY_EVENTS, "process_exec", "", "", TALLY_ROWS);
	cr_expect_eq(tally_missed(t), 0);
	event_fixture_close(&f);
	tally_free(t);
}

Test(tally, the_text_form_has_labels_in_quotes)
{
	struct tally *t = tally_new(ALL_LABELS);
	struct buffer out = {0};
	struct event_fixture f;

	event_fixture_open(&f, EVENT_EXEC);
	tally_event(t, &f.event);
	metrics_events(&out, t, "worker-3");
	expect_text(&out,
		    "# HELP tetragon_events_total Events relayed.\n"
		    "# TYPE tetragon_events_total counter\n"
		    "tetragon_events_total{type=\"process_exec\",node_name=\"worker-3\","
		    "namespace=\"\",workload=\"\",pod=\"\",binary=\"/usr/bin/curl\"} 1\n"
		    "# HELP tetragon_policy_events_total Events of policies.\n"
		    "# TYPE tetragon_policy_events_total counter\n"
		    "# HELP tetragon_syscalls_total System calls seen by raw_syscalls/sys_enter.\n"
		    "# TYPE tetragon_syscalls_total counter\n"
		    "# HELP tgrun_events_uncounted_total Events that the counts by label lack, "
		    "because memory ran out.\n"
		    "# TYPE tgrun_events_uncounted_total counter\n"
		    "tgrun_events_uncounted_total 0\n");
	event_fixture_close(&f);
	tally_free(t);
}

Test(metrics_text, label_values_are_escaped)
{
	struct buffer out = {0};

	metric_sample(&out, "m", METRIC_LABELS({"a", "q\"b\\s\nn\tt\xff"}, {"b", ""}), 7);
	metric_sample_seconds(&out, "s", NULL, 1000000001);
	expect_text(&out, "m{a=\"q\\\"b\\\\s\\nn\tt\xef\xbf\xbd\",b=\"\"} 7\ns 1.000000001\n");
}
