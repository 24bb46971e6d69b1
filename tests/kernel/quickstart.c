// SPDX-License-Identifier: Apache-2.0
/*
 * The whole path, for a person to watch: policies are compiled and signed, a real kernel boots
 * with tgrun in it, an unprivileged user reads a protected file, and the events appear as they
 * happen. The three runs are ordinary test cases (tests/kernel/quickstart); they are judged as
 * such, and the exit status says whether all that was promised has been seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "tests/kernel/lab.h"

#define SERIES "6.12"

static const char *const case_files[] = {
	"tests/kernel/quickstart/1-watch.case",
	"tests/kernel/quickstart/2-kill.case",
	"tests/kernel/quickstart/3-deny.case",
};
#define CASES (sizeof(case_files) / sizeof(case_files[0]))

struct show {
	struct timespec start;
	struct arena *arena;
	const char *bold, *dim, *plain; /* terminal escapes, or "" */
	bool json_shown;
	unsigned failed;
};

static void step(const struct show *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void step(const struct show *s, const char *format, ...)
{
	struct timespec now;
	va_list ap;

	clock_gettime(CLOCK_MONOTONIC, &now);
	printf("%s[%5.1f s]%s ", s->dim,
	       (double)(now.tv_sec - s->start.tv_sec) +
		       (double)(now.tv_nsec - s->start.tv_nsec) / 1e9,
	       s->plain);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* ---- events ---- */

static const char *text_at(json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

/* Each argument is an object with one member, named for its type. */
static void show_args(json_t *args)
{
	json_t *arg, *value;
	const char *type;
	size_t i;

	json_array_foreach(args, i, arg)
	{
		json_object_foreach(arg, type, value)
		{
			if (json_is_object(value))
				printf("  %s", text_at(value, "path"));
			else if (json_is_integer(value))
				printf("  %lld", (long long)json_integer_value(value));
			else if (json_is_string(value))
				printf("  %s", json_string_value(value));
		}
	}
}

static void show_hook(struct show *s, json_t *body, const char *raw)
{
	printf("  %s(", text_at(body, "function_name"));
	show_args(json_object_get(body, "args"));
	printf("  )  policy %s", text_at(body, "policy_name"));
	if (strcmp(text_at(body, "action"), "KPROBE_ACTION_POST"))
		printf("  %s%s%s", s->bold, text_at(body, "action"), s->plain);
	if (!s->json_shown)
		printf("\n%s           %s%s", s->dim, raw, s->plain);
	s->json_shown = true;
}

/* Of the guest's own making, and running before: not what the reader came for. */
static bool is_scenery(json_t *process)
{
	const char *binary = text_at(process, "binary");

	return !strcmp(binary, "/init") || !strncmp(binary, "/vm/", 4);
}

static void show_event(struct show *s, const char *raw)
{
	json_t *event = json_loads(raw, 0, NULL), *body, *process;
	const char *kind = json_object_iter_key(json_object_iter(event));

	body = kind ? json_object_get(event, kind) : NULL;
	process = json_object_get(body, "process");
	if (process && !is_scenery(process)) {
		printf("           %s%-14s%s uid %lld  %s %s", s->bold, kind, s->plain,
		       (long long)json_integer_value(json_object_get(process, "uid")),
		       text_at(process, "binary"), text_at(process, "arguments"));
		if (!strcmp(kind, "process_exit"))
			printf("  %s%s", *text_at(body, "signal") ? "signal " : "",
			       text_at(body, "signal"));
		else if (strcmp(kind, "process_exec"))
			show_hook(s, body, raw);
		putchar('\n');
		fflush(stdout);
	}
	json_decref(event);
}

/* ---- the runs ---- */

static void show_case(const struct show *s, const struct test_case *c)
{
	printf("\n%s%.*s%s\n", s->bold, (int)strcspn(c->about, "\n"), c->about, s->plain);
	step(s, "guest# tgrun --cert cert.pem --bundle %s.tgb", c->name);
}

static void show_verdict(struct show *s, const struct lab_case *c)
{
	char why[16384];

	if (record_judge(&c->record, c->test, why, sizeof(why))) {
		step(s, "as expected; tgrun ended with %d", c->record.tgrun_exit);
	} else {
		step(s, "%sNOT as expected%s: %s", s->bold, s->plain, why);
		s->failed++;
	}
}

static void watch_line(void *context, struct lab_case *c, const char *word, const char *text)
{
	struct show *s = context;

	if (!strcmp(word, "boot"))
		step(s, "the guest is up");
	if (!c)
		return;
	if (!strcmp(word, "case"))
		show_case(s, c->test);
	else if (!strcmp(word, "ready"))
		step(s, "attached; user 1000 runs: cat /etc/shadow");
	else if (!strcmp(word, "event"))
		show_event(s, text);
	else if (!strcmp(word, "stdout"))
		printf("           output: %s\n", text);
	else if (!strcmp(word, "end"))
		show_verdict(s, c);
}

static void tell_progress(void *context, const char *sentence)
{
	step(context, "%s", sentence);
}

static int compile_all(struct show *s, const struct lab *lab, const struct kernel *k,
		       struct lab_case *cases, struct vm_error *e)
{
	size_t i;

	for (i = 0; i < CASES; i++) {
		const struct test_case *t = cases[i].test;

		if (lab_compile(s->arena, lab, k, &cases[i], 1, e) < 0)
			return -1;
		if (cases[i].refused)
			return vm_fail(e, "%.1000s", cases[i].refused);
		step(s, "tgc compile %s -o %s.tgb --key key.pem --cert cert.pem",
		     t->bundles[0].policies[0].path, t->name);
	}
	return 0;
}

static int run(struct show *s, struct lab *lab, struct lab_case *cases, struct vm_error *e)
{
	const struct vm_progress progress = {tell_progress, s};
	const struct lab_watch watch = {watch_line, s};
	struct kernel k;

	lab->cache = kernel_cache(s->arena, e);
	if (!lab->cache || lab_keys(lab, e) < 0)
		return -1;
	if (kernel_prepare(s->arena, kernel_series_find(SERIES), lab->cache, &progress, &k, e) < 0)
		return -1;
	step(s, "kernel: %s %s", k.package, k.version);
	if (compile_all(s, lab, &k, cases, e) < 0)
		return -1;
	step(s, "booting it under QEMU (software emulation) with tgrun and the bundles in it");
	return lab_boot(s->arena, lab, &k, cases, CASES, &watch, e);
}

static void styles_set(struct show *s)
{
	bool terminal = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");

	s->bold = terminal ? "\033[1m" : "";
	s->dim = terminal ? "\033[2m" : "";
	s->plain = terminal ? "\033[0m" : "";
}

int main(void)
{
	struct arena a = {0};
	struct show s = {.arena = &a};
	struct test_case tests[CASES];
	struct lab_case cases[CASES];
	struct vm_error e;
	struct lab lab;
	int result = 0;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &s.start);
	styles_set(&s);
	lab_defaults(&lab);
	lab.work = "build/tests/quickstart-work";
	for (i = 0; i < CASES && result == 0; i++) {
		result = case_read(&a, case_files[i], &tests[i], &e);
		cases[i] = (struct lab_case){.test = &tests[i]};
		record_init(&cases[i].record);
	}
	if (result == 0)
		result = run(&s, &lab, cases, &e);
	if (result < 0)
		fprintf(stderr, "quickstart: %s\n", e.text);
	else if (s.failed == 0)
		step(&s, "%sAll three runs did what they should.%s", s.bold, s.plain);
	for (i = 0; i < CASES; i++)
		record_free(&cases[i].record);
	arena_free(&a);
	return result < 0 || s.failed ? 1 : 0;
}
