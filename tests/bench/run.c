// SPDX-License-Identifier: Apache-2.0
/*
 * bench [SERIES...]: what two policies cost, in instructions, for (a) nothing loaded,
 * (b) the hand-written program, (c) tgc's bundle under tgrun: the same workload in the same
 * boot, one after another, on one CPU whose clock counts instructions. Then the times and
 * memory of tgrun. Figures are for people: nothing here passes or fails.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"
#include "tests/kernel/lab.h"

#define POLICY	    "stdlib-policies/file-monitoring.yaml"
#define OPEN_POLICY "tests/bench/open.yaml"

/*
 * For the matching read the process that takes the events is stopped, so that only the kernel's
 * part is counted; then it runs again, and its own time is read (993 = what wl does for 300).
 */
#define PREPARE                                                                                    \
	"w=/vm/wl\n"                                                                               \
	"mkdir -p /srv\n"                                                                          \
	"echo data >/srv/data\n"                                                                   \
	"echo data >/root/data\n"                                                                  \
	"pid=$(pidof tgrun hand)\n"                                                                \
	"$w settle 6\n"

static const char access_script[] = PREPARE "$w getppid 10000\n"
					    "$w read 10000 /srv/data\n"
					    "$w read 10000 /root/data read-near\n"
					    "$w write 5000 /srv/data\n"
					    "$w connect 3000\n"
					    "$w exec 40 /vm/nothing\n"
					    "kill -STOP $pid\n"
					    "$w read 100 /etc/shadow read-match\n"
					    "kill -CONT $pid\n"
					    "sleep 1\n"
					    "read before rest </proc/$pid/schedstat\n"
					    "$w read 300 /etc/shadow unused\n"
					    "sleep 1\n"
					    "read after rest </proc/$pid/schedstat\n"
					    "echo reader $(( (after - before) / 993 ))\n";

static const char open_script[] = PREPARE "$w open 5000 /srv/data\n"
					  "$w open 5000 /root/data open-near\n"
					  "kill -STOP $pid\n"
					  "$w open 100 /etc/shadow open-match\n"
					  "kill -CONT $pid\n"
					  "sleep 1\n";

static const char *const none_words[] = {"/vm/hand", "none"};
static const char *const hand_words[] = {"/vm/hand", "/vm/hand.bpf.o"};
static const char *const hand_open_words[] = {"/vm/hand", "/vm/hand_open.bpf.o"};
static struct case_trigger workloads[] = {{.script = access_script}, {.script = open_script}};
static struct case_policy policy = {.path = POLICY}, open_policy = {.path = OPEN_POLICY};
static struct case_bundle bundles[] = {
	{.name = CASE_BUNDLE, .policies = &policy, .policy_count = 1},
	{.name = CASE_BUNDLE, .policies = &open_policy, .policy_count = 1},
};

static const struct test_case configurations[] = {
	{.name = "bare",
	 .daemon = {(const char **)none_words, 2},
	 .triggers = workloads,
	 .trigger_count = 2},
	{.name = "hand",
	 .daemon = {(const char **)hand_words, 2},
	 .triggers = &workloads[0],
	 .trigger_count = 1},
	{.name = "tgc",
	 .bundles = &bundles[0],
	 .bundle_count = 1,
	 .triggers = &workloads[0],
	 .trigger_count = 1},
	{.name = "hand-open",
	 .daemon = {(const char **)hand_open_words, 2},
	 .triggers = &workloads[1],
	 .trigger_count = 1},
	{.name = "tgc-open",
	 .bundles = &bundles[1],
	 .bundle_count = 1,
	 .triggers = &workloads[1],
	 .trigger_count = 1},
};
enum { BARE, HAND, TGC, HAND_OPEN, TGC_OPEN, CONFIGURATIONS };

static const struct lab_file files[] = {
	{"/vm/wl", "build/tests/wl", false},
	{"/vm/nothing", "build/tests/wl", false},
	{"/vm/hand", "build/tests/hand", true},
	{"/vm/hand.bpf.o", "build/tests/hand.bpf.o", false},
	{"/vm/hand_open.bpf.o", "build/tests/hand_open.bpf.o", false},
};

/* `tetragon`: instructions that the real Tetragon adds, with the policy nearest to ours
 * (file_monitoring, lsm file_open; on 6.12.117); measured once, and NULL where there is no such
 * row. `hand`: the configuration of column b; that of c comes after it. */
static const struct {
	const char *name, *shown, *tetragon;
	int hand;
} operations[] = {
	{"getppid", "getppid", "~0 (no policy on it)", HAND},
	{"read", "read, no match", "13,300", HAND},
	{"read-near", "read, as near as /root", NULL, HAND},
	{"write", "write, no match", "13,310", HAND},
	{"connect", "connect (UDP)", NULL, HAND},
	{"exec", "vfork+exec+exit", "290,000-310,000 (fork)", HAND},
	{"read-match", "read, match, kernel part", "12,000-15,000 in BPF", HAND},
	{"reader", "the reader, per match", "180,000-380,000 (agent)", HAND},
	{"open", "open+close, no match (LSM)", "9,960", HAND_OPEN},
	{"open-near", "open+close, near as /root", NULL, HAND_OPEN},
	{"open-match", "open+close, match, kernel", NULL, HAND_OPEN},
};

/* The figure of one operation in the workload's output; negative when it is missing. */
static double figure(const struct record *r, const char *name)
{
	const char *at = r->output.s;
	size_t len = strlen(name);

	while (at && *at) {
		if (!strncmp(at, name, len) && at[len] == ' ')
			return atof(at + len);
		at = strchr(at, '\n');
		at += at != NULL;
	}
	return -1;
}

static void print_number(double value)
{
	if (value < 0)
		printf(" %10s", "-");
	else
		printf(" %10.0f", value);
}

static void print_row(const struct lab_case *cases, size_t i)
{
	double bare = figure(&cases[BARE].record, operations[i].name);
	double hand = figure(&cases[operations[i].hand].record, operations[i].name);
	double tgc = figure(&cases[operations[i].hand + 1].record, operations[i].name);
	bool complete = bare >= 0 && hand >= 0 && tgc >= 0;

	printf("%-27s", operations[i].shown);
	print_number(bare);
	if (complete)
		printf(" %+9.0f %+9.0f", hand - bare, tgc - bare);
	else
		printf(" %9s %9s", "-", "-");
	if (complete && hand - bare >= 20) /* below that, a ratio of noise */
		printf(" %8.2f", (tgc - bare) / (hand - bare));
	else
		printf(" %8s", "-");
	printf("   %s\n", operations[i].tetragon ? operations[i].tetragon : "-");
}

static void print_table(const struct kernel *k, const struct lab_case *cases)
{
	size_t i;

	printf("\n%s %s: instructions, %s; open: %s\n\n", k->package, k->version, POLICY,
	       OPEN_POLICY);
	printf("%-27s %10s %9s %9s %8s   %s\n", "operation", "bare (a)", "b adds", "c adds", "c/b",
	       "Tetragon adds (6.12, measured baseline)");
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		print_row(cases, i);
	printf("\nb: tests/bench/hand*.bpf.c, events counted; c: tgc's bundle, tgrun printing "
	       "JSON\n"
	       "(and reporting every exec and exit, which b does not).\n");
}

/* Bytes of maps, the event ring apart; as the kernel accounts them. */
static void print_usage(const struct record *r)
{
	unsigned long type, bytes, ring = 0, rest = 0, maps = 0;
	const char *at = r->usage.s;

	while (at && *at) {
		if (sscanf(at, "map type %lu bytes %lu", &type, &bytes) == 2) {
			maps++;
			if (type == 27)
				ring += bytes;
			else
				rest += bytes;
		} else {
			printf("tgrun %.*s\n", (int)strcspn(at, "\n"), at);
		}
		at = strchr(at, '\n');
		at += at != NULL;
	}
	printf("maps: %lu, %lu bytes, and %lu bytes of event ring\n", maps, rest, ring);
	printf("tgrun start to attached: %ld ms of guest time (instructions / 10^6)\n",
	       r->ready_ms);
}

static void tell_progress(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "%s\n", sentence);
}

static void watch_line(void *context, struct lab_case *c, const char *word, const char *text)
{
	(void)context;
	static const char *const shown[] = {"stdout", "stderr", "note", "log"};
	size_t i;

	for (i = 0; c && i < sizeof(shown) / sizeof(shown[0]); i++) {
		if (!strcmp(word, shown[i]))
			fprintf(stderr, "  %s: %s\n", c->test->name, text);
	}
}

static int bench(struct arena *a, const struct lab *lab, const char *series, struct vm_error *e)
{
	const struct vm_progress progress = {tell_progress, NULL};
	const struct lab_watch watch = {watch_line, NULL};
	struct lab_case cases[CONFIGURATIONS];
	struct kernel k;
	int result, i;

	if (!kernel_series_find(series))
		return vm_fail(e, "no such kernel: %s", series);
	if (kernel_prepare(a, kernel_series_find(series), lab->cache, &progress, &k, e) < 0)
		return -1;
	for (i = 0; i < CONFIGURATIONS; i++) {
		cases[i] = (struct lab_case){.test = &configurations[i]};
		record_init(&cases[i].record);
	}
	result = lab_compile(a, lab, &k, cases, CONFIGURATIONS, e);
	if (result == 0)
		result = lab_boot(a, lab, &k, cases, CONFIGURATIONS, &watch, e);
	if (result == 0) {
		print_table(&k, cases);
		print_usage(&cases[TGC].record);
	}
	for (i = 0; i < CONFIGURATIONS; i++) {
		if (result == 0 && cases[i].refused)
			result = vm_fail(e, "%.1000s", cases[i].refused);
		record_free(&cases[i].record);
	}
	return result;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct vm_error e;
	struct lab lab;
	int i, result;

	lab_defaults(&lab);
	lab.work = "build/tests/bench-work";
	lab.counted = true;
	lab.files = files;
	lab.file_count = sizeof(files) / sizeof(files[0]);
	lab.timeout = 1800;
	lab.cache = kernel_cache(&a, &e);
	result = lab.cache ? lab_keys(&lab, &e) : -1;
	for (i = 1; result == 0 && (i < argc || i == 1); i++)
		result = bench(&a, &lab, i < argc ? argv[i] : "6.12", &e);
	if (result < 0)
		fprintf(stderr, "bench: %s\n", e.text);
	arena_free(&a);
	return result < 0 ? 3 : 0;
}
