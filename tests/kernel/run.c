// SPDX-License-Identifier: Apache-2.0
/* kernel-run: the kernel tests. See docs/testing.md. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "tests/kernel/lab.h"

struct counts {
	unsigned passed, failed;
};

#define FILES_MAX 16

struct options {
	struct lab lab;
	struct lab_file files[FILES_MAX];
	const char *series[16];
	size_t series_count;
	unsigned jobs;
	const char *results; /* file to append the counts to; NULL: none */
	bool verbose;
};

struct run { /* one kernel */
	const struct options *options;
	const char *series;
	struct lab_case *cases;
	size_t count;
	struct counts counts;
	struct timespec start;
};

static const char usage[] =
	"usage: kernel-run [options] CASE...\n"
	"  -k SERIES       only this kernel (may be repeated)\n"
	"  -j N            kernels at a time (2)\n"
	"  -v              show every line of the guest\n"
	"  --put [PATH=]FILE  a program or library for the guest, with what it needs\n"
	"  --tgc FILE, --tgrun FILE, --init FILE, --guest FILE, --work FOLDER\n"
	"  --results FILE  append `kernel PASSED FAILED`\n";

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void tell_verdict(struct run *r, const struct lab_case *c, const char *why)
{
	if (why)
		printf("FAIL %s %s: %s\n", r->series, c->test->name, why);
	else
		printf("PASS %s %s\n", r->series, c->test->name);
	fflush(stdout);
	if (why)
		r->counts.failed++;
	else
		r->counts.passed++;
}

/* All events of all cases, one a line, for tests/events/check.py. */
static void keep_events(const struct run *r, const struct lab_case *c)
{
	bool first = !r->counts.passed && !r->counts.failed;
	char path[4096];
	FILE *out;
	size_t i;
	json_t *event;

	snprintf(path, sizeof(path), "%s/%s/events.jsonl", r->options->lab.work, r->series);
	out = fopen(path, first ? "w" : "a");
	if (!out)
		return;
	json_array_foreach(c->record.events, i, event)
	{
		json_dumpf(event, out, JSON_COMPACT | JSON_ENSURE_ASCII);
		fputc('\n', out);
	}
	fclose(out);
}

static void judge(struct run *r, const struct lab_case *c)
{
	char why[16384];

	keep_events(r, c);
	if (record_judge(&c->record, c->test, why, sizeof(why)))
		tell_verdict(r, c, NULL);
	else
		tell_verdict(r, c, why);
}

/* A case is judged as soon as it is over. */
static void watch_line(void *context, struct lab_case *c, const char *word, const char *text)
{
	struct run *r = context;

	if (r->options->verbose)
		printf("     %s %s %s\n", r->series, word, text);
	if (!strcmp(word, "boot"))
		printf("     %s booted, %.1f s\n", r->series, seconds_since(&r->start));
	if (c && !strcmp(word, "end"))
		judge(r, c);
}

static void tell_progress(void *context, const char *sentence)
{
	(void)context;
	printf("     %s\n", sentence);
	fflush(stdout);
}

/* What has no verdict yet failed with the machine. */
static void fail_rest(struct run *r, const char *why)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		if (r->cases[i].refused)
			tell_verdict(r, &r->cases[i], r->cases[i].refused);
		else if (!r->cases[i].record.over)
			tell_verdict(r, &r->cases[i], why);
	}
}

/* Cases without a verdict to the end, as if they had never begun. Returns how many have one. */
static size_t put_judged_first(struct run *r)
{
	size_t judged = 0;

	for (size_t i = 0; i < r->count; i++) {
		struct lab_case c = r->cases[i];

		if (!c.record.over)
			continue;
		memmove(r->cases + judged + 1, r->cases + judged, (i - judged) * sizeof(*r->cases));
		r->cases[judged++] = c;
	}
	for (size_t i = judged; i < r->count; i++) {
		record_free(&r->cases[i].record);
		record_init(&r->cases[i].record);
	}
	return judged;
}

/*
 * Emulated processors now and then run into each other for good, a few in a thousand cases: the
 * guest's own watchdog says so, or the kernel meets its own patching (int3). What is left of the
 * cases then gets another guest, a few times, and the run says so. Whatever else a guest dies of is
 * a failure.
 */
#define GUESTS_MAX 5

static int boot_cases(struct arena *a, struct run *r, const struct kernel *k, struct vm_error *e)
{
	const struct lab_watch watch = {watch_line, r};
	const struct lab *lab = &r->options->lab;
	size_t judged = 0;

	for (int guests = 1;; guests++) {
		if (!lab_boot(a, lab, k, r->cases + judged, r->count - judged, &watch, e))
			return 0;
		if (guests == GUESTS_MAX || !lab_is_stuck(a, lab, k))
			return -1;
		judged = put_judged_first(r);
		printf("     %s is stuck: %zu cases go to another guest\n", r->series,
		       r->count - judged);
		fflush(stdout);
	}
}

static int run_on(struct arena *a, struct run *r, struct vm_error *e)
{
	const struct vm_progress progress = {tell_progress, NULL};
	const struct lab *lab = &r->options->lab;
	struct kernel k;

	if (kernel_prepare(a, kernel_series_find(r->series), lab->cache, &progress, &k, e) < 0)
		return -1;
	clock_gettime(CLOCK_MONOTONIC, &r->start);
	if (lab_compile(a, lab, &k, r->cases, r->count, e) < 0)
		return -1;
	printf("     %s is %s %s; %zu cases compiled, %.1f s\n", r->series, k.package, k.version,
	       r->count, seconds_since(&r->start));
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &r->start);
	return boot_cases(a, r, &k, e);
}

static struct counts run_kernel(const struct options *o, const char *series,
				const struct test_case *tests, size_t count)
{
	struct run r = {.options = o, .series = series};
	struct vm_error e = {"the guest ended before it"};
	struct arena a = {0};
	size_t i;

	r.cases = arena_array(&a, count + 1, sizeof(*r.cases));
	for (i = 0; i < count; i++) {
		if (!case_runs_on(&tests[i], series)) {
			printf("SKIP %s %s: %s\n", series, tests[i].name, tests[i].reason);
			continue;
		}
		r.cases[r.count].test = &tests[i];
		record_init(&r.cases[r.count++].record);
	}
	if (r.count)
		run_on(&a, &r, &e);
	fail_rest(&r, e.text);
	printf("     %s done: %u passed, %u failed, %.1f s\n", series, r.counts.passed,
	       r.counts.failed, seconds_since(&r.start));
	for (i = 0; i < r.count; i++)
		record_free(&r.cases[i].record);
	arena_free(&a);
	return r.counts;
}

/* One process a kernel; the counts come back through a pipe. A process that ends without
 * telling them counts as a failure of every case. */
static int kernel_start(const struct options *o, const char *series, const struct test_case *tests,
			size_t count)
{
	struct counts counts;
	int fds[2];
	pid_t pid;

	if (pipe(fds) < 0)
		return -1;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		counts = run_kernel(o, series, tests, count);
		fflush(stdout);
		_exit(write(fds[1], &counts, sizeof(counts)) != sizeof(counts));
	}
	close(fds[1]);
	return fds[0];
}

static struct counts kernel_finish(int fd, size_t count)
{
	struct counts counts;

	if (fd < 0 || read(fd, &counts, sizeof(counts)) != sizeof(counts))
		counts = (struct counts){0, (unsigned)count};
	if (fd >= 0)
		close(fd);
	return counts;
}

static struct counts run_all(const struct options *o, const struct test_case *tests, size_t count)
{
	struct counts sum = {0, 0}, c;
	int fds[16];
	size_t started = 0, finished = 0, i;

	for (i = 0; i < 16; i++)
		fds[i] = -1;
	while (finished < o->series_count) {
		if (started < o->series_count && started - finished < o->jobs) {
			fds[started] = kernel_start(o, o->series[started], tests, count);
			started++;
			continue;
		}
		c = kernel_finish(fds[finished], count);
		finished++;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		sum.passed += c.passed;
		sum.failed += c.failed;
	}
	return sum;
}

static void series_add(struct options *o, const char *name)
{
	if (!kernel_series_find(name) || o->series_count == 16) {
		fprintf(stderr, "kernel-run: no such kernel: %s\n", name);
		exit(2);
	}
	o->series[o->series_count++] = name;
}

static void files_add(struct options *o, const char *path, const char *from, bool program)
{
	if (o->lab.file_count == FILES_MAX) {
		fputs("kernel-run: too many files\n", stderr);
		exit(2);
	}
	o->files[o->lab.file_count++] = (struct lab_file){path, from, program};
}

/* "PATH=FILE", or a file that has the same path in the guest. */
static void file_put(struct options *o, char *word)
{
	char *equal = strchr(word, '=');

	if (equal)
		*equal = '\0';
	files_add(o, word, equal ? equal + 1 : word, true);
}

static void options_read(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{"tgc", required_argument, NULL, 'c'},
		{"tgrun", required_argument, NULL, 'r'},
		{"init", required_argument, NULL, 'i'},
		{"guest", required_argument, NULL, 'g'},
		{"work", required_argument, NULL, 'w'},
		{"results", required_argument, NULL, 'R'},
		{"put", required_argument, NULL, 'p'},
		{"script-seconds", required_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	int opt;

	files_add(o, "/vm/tool", "build/tests/tool", false);
	while ((opt = getopt_long(argc, argv, "k:j:v", longs, NULL)) != -1) {
		switch (opt) {
		case 'k':
			series_add(o, optarg);
			break;
		case 'j':
			o->jobs = (unsigned)atoi(optarg);
			break;
		case 'v':
			o->verbose = true;
			break;
		case 's':
			o->lab.script_seconds = (unsigned)atoi(optarg);
			break;
		case 'p':
			file_put(o, optarg);
			break;
		case 'c':
			o->lab.tgc = optarg;
			break;
		case 'r':
			o->lab.tgrun = optarg;
			break;
		case 'i':
			o->lab.init = optarg;
			break;
		case 'g':
			o->lab.guest = optarg;
			break;
		case 'w':
			o->lab.work = optarg;
			break;
		case 'R':
			o->results = optarg;
			break;
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind == argc || o->jobs == 0) {
		fputs(usage, stderr);
		exit(2);
	}
}

static void results_write(const char *path, struct counts c)
{
	FILE *f = fopen(path, "ae");

	if (!f || fprintf(f, "kernel %u %u\n", c.passed, c.failed) < 0 || fclose(f) != 0) {
		fprintf(stderr, "kernel-run: %s: %s\n", path, strerror(errno));
		exit(3);
	}
}

static void die(const char *why)
{
	fprintf(stderr, "kernel-run: %s\n", why);
	exit(3);
}

int main(int argc, char **argv)
{
	struct options o = {.jobs = 2};
	struct arena a = {0};
	struct test_case *tests;
	struct counts counts;
	struct vm_error e;
	size_t count, i;

	setlinebuf(stdout);
	lab_defaults(&o.lab);
	o.lab.files = o.files;
	options_read(&o, argc, argv);
	for (i = o.series_count ? kernel_series_count : 0; i < kernel_series_count; i++)
		o.series[o.series_count++] = kernel_series[i].name;
	count = (size_t)(argc - optind);
	tests = arena_array(&a, count, sizeof(*tests));
	for (i = 0; i < count; i++) {
		if (case_read(&a, argv[optind + (int)i], &tests[i], &e) < 0)
			die(e.text);
	}
	o.lab.cache = kernel_cache(&a, &e);
	if (!o.lab.cache || lab_keys(&o.lab, &e) < 0)
		die(e.text);
	counts = run_all(&o, tests, count);
	if (o.results)
		results_write(o.results, counts);
	printf("kernel tests: %u passed, %u failed\n", counts.passed, counts.failed);
	arena_free(&a);
	return counts.failed ? 1 : 0;
}
