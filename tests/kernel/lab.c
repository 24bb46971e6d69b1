// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/boot.h"
#include "compiler/vm/child.h"
#include "compiler/vm/files.h"
#include "compiler/vm/guest.h"
#include "compiler/vm/initramfs.h"
#include "tests/kernel/lab.h"

void lab_defaults(struct lab *lab)
{
	*lab = (struct lab){
		.tgc = "build/tgc",
		.tgrun = "build/tgrun",
		.init = "build/vm-init",
		.guest = "build/tests/guest",
		.work = "build/tests/kernel",
		.cpus = 2,
		.memory = 1024,
		.timeout = 1800,
	};
}

/* A key and its certificate, unless they are there. */
static int key_make(struct arena *a, const char *key, const char *cert, struct vm_error *e)
{
	const char *argv[] = {"openssl", "req",	  "-x509",	  "-newkey", "ed25519",
			      "-nodes",	 "-subj", "/CN=tgc test", "-days",   "3650",
			      "-keyout", key,	  "-out",	  cert,	     NULL};
	char *text = arena_alloc(a, 512);

	if (!file_exists(cert) && child_run(argv, NULL, text, 512) != 0)
		return vm_fail(e, "openssl req: %s", text);
	return 0;
}

int lab_keys(const struct lab *lab, struct vm_error *e)
{
	struct arena a = {0};
	const char *work = lab->work;
	int result;

	if (dir_make(work) < 0)
		result = vm_fail(e, "%s: %s", work, strerror(errno));
	else
		result = key_make(&a, arena_printf(&a, "%s/key.pem", work),
				  arena_printf(&a, "%s/cert.pem", work), e);
	if (result == 0)
		result = key_make(&a, arena_printf(&a, "%s/other-key.pem", work),
				  arena_printf(&a, "%s/other.pem", work), e);
	arena_free(&a);
	return result;
}

static const char *case_dir(struct arena *a, const struct lab *lab, const struct kernel *k)
{
	return arena_printf(a, "%s/%s", lab->work, k->series->name);
}

/* Where everything of a bundle is, without an ending. */
static const char *bundle_stem(struct arena *a, const struct lab *lab, const struct kernel *k,
			       const struct test_case *c, const struct case_bundle *b)
{
	const char *dir = case_dir(a, lab, k);

	if (!strcmp(b->name, CASE_BUNDLE))
		return arena_printf(a, "%s/%s", dir, c->name);
	return arena_printf(a, "%s/%s-%s", dir, c->name, b->name);
}

/* An inline policy becomes a file beside the bundle. */
static const char *policy_path(struct arena *a, const struct case_bundle *b, size_t i,
			       const char *stem, struct vm_error *e)
{
	const struct case_policy *p = &b->policies[i];
	const char *path;

	if (p->path)
		return p->path;
	path = arena_printf(a, "%s-%zu.yaml", stem, i + 1);
	return file_write(path, p->text, strlen(p->text), e) == 0 ? path : NULL;
}

/* "kernel:SERIES" is that kernel's type information, which lies beside this one's. */
static const char *compile_word(struct arena *a, const struct kernel *k, const char *word)
{
	const char *series = !strncmp(word, "kernel:", 7) ? word + 7 : NULL;
	size_t cache = strlen(k->btf) - strlen(k->series->name) - strlen("/btf");

	return series ? arena_printf(a, "%.*s%s/btf", (int)cache, k->btf, series) : word;
}

static int bundle_compile(struct arena *a, const struct lab *lab, const struct kernel *k,
			  struct lab_case *lc, const struct case_bundle *b, struct vm_error *e)
{
	const char **argv = arena_array(a, b->policy_count + b->compile.n + 16, sizeof(*argv));
	const char *stem = bundle_stem(a, lab, k, lc->test, b);
	char text[4096];
	size_t n = 0, i;
	int status;

	argv[n++] = lab->tgc;
	argv[n++] = "compile";
	for (i = 0; i < b->policy_count; i++) {
		argv[n] = policy_path(a, b, i, stem, e);
		if (!argv[n++])
			return -1;
	}
	argv[n++] = "-o";
	argv[n++] = arena_printf(a, "%s.tgb", stem);
	argv[n++] = "--key";
	argv[n++] = arena_printf(a, "%s/key.pem", lab->work);
	argv[n++] = "--cert";
	argv[n++] = arena_printf(a, "%s/cert.pem", lab->work);
	argv[n++] = "--btf";
	argv[n++] = k->btf;
	for (i = 0; i < b->compile.n; i++)
		argv[n++] = compile_word(a, k, b->compile.v[i]);
	status = child_run(argv, NULL, text, sizeof(text));
	if (status != 0)
		lc->refused = arena_printf(a, "tgc compile: status %d\n%s", status, text);
	return 0;
}

int lab_compile(struct arena *a, const struct lab *lab, const struct kernel *k,
		struct lab_case *cases, size_t count, struct vm_error *e)
{
	size_t i, j;

	if (dir_make(case_dir(a, lab, k)) < 0)
		return vm_fail(e, "%s: %s", case_dir(a, lab, k), strerror(errno));
	for (i = 0; i < count; i++) {
		const struct test_case *c = cases[i].test;

		for (j = 0; j < c->bundle_count; j++) {
			if (bundle_compile(a, lab, k, &cases[i], &c->bundles[j], e) < 0)
				return -1;
		}
	}
	return 0;
}

static void put_args(struct arena *a, struct initramfs *fs, const char *dir,
		     const struct test_case *c)
{
	const char *text = c->daemon.n ? "" : "/vm/tgrun\n--cert\n/vm/cert.pem\n";
	size_t i;

	for (i = 0; i < c->daemon.n; i++)
		text = arena_printf(a, "%s%s\n", text, c->daemon.v[i]);
	for (i = 0; i < c->bundle_count; i++) {
		if (!strcmp(c->bundles[i].name, CASE_BUNDLE))
			text = arena_printf(a, "%s--bundle\n" CASE_BUNDLE ".tgb\n", text);
	}
	for (i = 0; i < c->tgrun.n; i++)
		text = arena_printf(a, "%s%s\n", text, c->tgrun.v[i]);
	initramfs_text(fs, arena_printf(a, "%s/args", dir), text, 0644);
}

static void put_case(struct arena *a, const struct lab *lab, const struct kernel *k,
		     struct initramfs *fs, const struct test_case *c, size_t index)
{
	const char *dir = arena_printf(a, "/cases/%03zu-%s", index, c->name);
	size_t i;

	put_args(a, fs, dir, c);
	for (i = 0; i < c->bundle_count; i++) {
		const struct case_bundle *b = &c->bundles[i];

		initramfs_copy(fs, arena_printf(a, "%s/%s.tgb", dir, b->name),
			       arena_printf(a, "%s.tgb", bundle_stem(a, lab, k, c, b)), 0644);
	}
	if (c->setup)
		initramfs_text(fs, arena_printf(a, "%s/setup", dir), c->setup, 0755);
	for (i = 0; i < c->trigger_count; i++)
		initramfs_text(fs,
			       arena_printf(a, "%s/trigger.%zu%s", dir, i + 1,
					    c->triggers[i].user ? ".user" : ""),
			       c->triggers[i].script, 0755);
}

static int pack(struct arena *a, const struct lab *lab, const struct kernel *k, const char *path,
		struct lab_case *cases, size_t count, struct vm_error *e)
{
	struct initramfs *fs = initramfs_create(a, path);
	struct vm_error why;
	int result;
	size_t i;

	initramfs_copy(fs, "/vm/main", lab->guest, 0755);
	initramfs_copy(fs, "/vm/marker", lab->guest, 0755);
	initramfs_program(fs, "/vm/tgrun", lab->tgrun);
	initramfs_copy(fs, "/vm/cert.pem", arena_printf(a, "%s/cert.pem", lab->work), 0644);
	initramfs_copy(fs, "/vm/other.pem", arena_printf(a, "%s/other.pem", lab->work), 0644);
	if (lab->script_seconds)
		initramfs_text(fs, "/vm/limit", arena_printf(a, "%u\n", lab->script_seconds), 0644);
	for (i = 0; i < lab->file_count; i++) {
		const struct lab_file *f = &lab->files[i];

		if (f->program)
			initramfs_program(fs, f->path, f->from);
		else
			initramfs_copy(fs, f->path, f->from, 0);
	}
	for (i = 0; i < count; i++) {
		if (!cases[i].refused)
			put_case(a, lab, k, fs, cases[i].test, i);
	}
	result = guest_put_base(a, fs, lab->init, e);
	if (initramfs_close(fs, &why) == 0)
		return result;
	if (result == 0)
		*e = why;
	return -1;
}

struct session {
	struct lab_case *cases, *now; /* `now`: the case that lines belong to; NULL between */
	size_t count;
	const struct lab_watch *watch;
};

static void take_line(void *context, char *line, size_t len)
{
	struct session *s = context;
	char *text = strchr(line, ' ');
	size_t index;

	(void)len;
	if (!text)
		return;
	*text++ = '\0';
	if (!strcmp(line, "case")) {
		index = strtoul(text, NULL, 10);
		s->now = index < s->count ? &s->cases[index] : NULL;
	}
	if (s->now)
		record_line(&s->now->record, line, text);
	if (s->watch && s->watch->line)
		s->watch->line(s->watch->context, s->now, line, text);
	if (!strcmp(line, "end"))
		s->now = NULL;
}

int lab_boot(struct arena *a, const struct lab *lab, const struct kernel *k, struct lab_case *cases,
	     size_t count, const struct lab_watch *watch, struct vm_error *e)
{
	struct session s = {.cases = cases, .count = count, .watch = watch};
	struct boot b = {
		.image = k->image,
		.initramfs = arena_printf(a, "%s/initramfs", case_dir(a, lab, k)),
		.console = arena_printf(a, "%s/console.log", case_dir(a, lab, k)),
		.memory = lab->memory,
		.cpus = lab->cpus,
		.counted = lab->counted,
		.timeout = lab->timeout,
		.input = -1,
		.line = take_line,
		.context = &s,
	};
	int status;

	if (pack(a, lab, k, b.initramfs, cases, count, e) < 0)
		return -1;
	status = boot_run(&b, e);
	return status <= 0 ? status : vm_fail(e, "the guest's runner ended with %d", status);
}

static bool is_fault(const char *line)
{
	static const char *const words[] = {"Kernel panic",	  "Oops",
					    "BUG: unable",	  "BUG: kernel",
					    "general protection", "invalid opcode"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(line, words[i]))
			return true;
	return false;
}

bool lab_is_stuck(struct arena *a, const struct lab *lab, const struct kernel *k)
{
	FILE *f = fopen(arena_printf(a, "%s/console.log", case_dir(a, lab, k)), "r");
	bool stuck = false, fault = false, patched = false;
	char line[1024];

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		stuck |= strstr(line, "watchdog: BUG: soft lockup") != NULL;
		patched |= !fault && strstr(line, "int3: 0000") != NULL;
		fault |= is_fault(line);
	}
	fclose(f);
	return patched || (stuck && !fault);
}
