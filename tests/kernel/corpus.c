// SPDX-License-Identifier: Apache-2.0
/*
 * corpus-run SERIES [NAME]...: has `tgrun --check` try bundles on one kernel, all in one boot:
 * those at build/tests/corpus-work/SERIES/corpus-NAME.tgb. Prints, for tests/kernel/corpus.py:
 *
 *   kernel BTF PACKAGE VERSION
 *   bundle NAME     what follows is about this one
 *   {...}           a line of tgrun --check
 *   said TEXT       a line of its standard error
 *   tgrun STATUS    its exit status
 *
 * Without names only the kernel is made ready.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "tests/kernel/lab.h"

/* Programs that policies of the corpus put probes into. */
static const struct lab_file files[] = {
	{"/bin/bash", "/bin/bash", true},
	{"/procRoot/1/root/usr/bin/bash", "/bin/bash", true},
	{"/lib64/libc.so.6", "/lib/x86_64-linux-gnu/libc.so.6", false},
};

/*
 * To take a program away is to wait for the kernel, so several bundles are tried at a time. On old
 * kernels, and under load, the largest lists take minutes.
 */
#define AT_A_TIME 3
#define SCRIPT                                                                                     \
	"cd \"$(dirname \"$0\")\" || exit\n"                                                       \
	"try()\n"                                                                                  \
	"{\n"                                                                                      \
	"	/vm/tgrun --check --cert /vm/cert.pem --bundle $1.tgb >$1.out 2>$1.err\n"                \
	"	echo \"tgrun $?\" >>$1.out\n"                                                            \
	"}\n"                                                                                      \
	"for b in %s; do try $b & done\n"                                                          \
	"wait\n"                                                                                   \
	"for b in %s; do\n"                                                                        \
	"	echo \"bundle $b\"\n"                                                                    \
	"	sed 's/^/said /' $b.err\n"                                                               \
	"	cat $b.out\n"                                                                            \
	"done\n"

static void watch_line(void *context, struct lab_case *c, const char *word, const char *text)
{
	(void)context;
	(void)c;
	if (!strcmp(word, "stdout"))
		printf("%s\n", text);
	if (!strcmp(word, "note"))
		fprintf(stderr, "corpus-run: %s\n", text);
}

static int boot(struct arena *a, const struct lab *lab, const struct kernel *k,
		const struct test_case *test, struct vm_error *e)
{
	const struct lab_watch watch = {watch_line, NULL};
	struct lab_case c = {.test = test};
	int result;

	record_init(&c.record);
	result = lab_boot(a, lab, k, &c, 1, &watch, e);
	if (result == 0 && !c.record.over)
		result = vm_fail(e, "the guest did not come to its end");
	record_free(&c.record);
	return result;
}

static void make_scripts(struct arena *a, struct test_case *test, char **names, size_t count)
{
	test->triggers = arena_array(a, count / AT_A_TIME + 1, sizeof(*test->triggers));
	for (size_t i = 0; i < count; i += AT_A_TIME) {
		const char *words = "";

		for (size_t j = i; j < count && j < i + AT_A_TIME; j++)
			words = arena_printf(a, "%s %s", words, names[j]);
		test->triggers[test->trigger_count++].script =
			arena_printf(a, SCRIPT, words, words);
	}
}

static int run(struct arena *a, struct lab *lab, const char *series, char **names, size_t count,
	       struct vm_error *e)
{
	struct test_case test = {.name = "corpus"};
	struct kernel k;

	if (!kernel_series_find(series))
		return vm_fail(e, "no such kernel: %s", series);
	lab->cache = kernel_cache(a, e);
	if (!lab->cache || lab_keys(lab, e) < 0 ||
	    kernel_prepare(a, kernel_series_find(series), lab->cache, NULL, &k, e) < 0)
		return -1;
	printf("kernel %s %s %s\n", k.btf, k.package, k.version);
	test.bundles = arena_array(a, count + 1, sizeof(*test.bundles));
	while (test.bundle_count < count) {
		test.bundles[test.bundle_count].name = names[test.bundle_count];
		test.bundle_count++;
	}
	make_scripts(a, &test, names, count);
	return count ? boot(a, lab, &k, &test, e) : 0;
}

int main(int argc, char **argv)
{
	struct arena a = {0};
	struct vm_error e;
	struct lab lab;
	int result;

	if (argc < 2) {
		fprintf(stderr, "usage: corpus-run SERIES [NAME]...\n");
		return 2;
	}
	setlinebuf(stdout);
	lab_defaults(&lab);
	lab.work = "build/tests/corpus-work";
	lab.script_seconds = 400;
	lab.timeout = 1800;
	lab.files = files;
	lab.file_count = sizeof(files) / sizeof(files[0]);
	result = run(&a, &lab, argv[1], argv + 2, (size_t)argc - 2, &e);
	if (result < 0)
		fprintf(stderr, "corpus-run: %s\n", e.text);
	arena_free(&a);
	return result < 0 ? 3 : 0;
}
