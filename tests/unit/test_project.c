/* SPDX-License-Identifier: Apache-2.0 */
/* The project file: what it gives, and what is said of a wrong one. The full texts of messages
 * are in tests/golden/project. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/commands/project.h"

static struct arena arena;
static struct sources sources;
static struct diags diags;

static void setup(void)
{
	arena = (struct arena){.head = NULL};
	sources = (struct sources){.arena = &arena};
	diags = (struct diags){.arena = &arena, .sources = &sources};
}

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(project, .init = setup, .fini = teardown);

static bool read_sized(const char *name, const char *text, size_t size, struct project *out)
{
	return project_read(&arena, &diags, &sources, sources_add(&sources, name, text, size), out);
}

static bool read_text(const char *name, const char *text, struct project *out)
{
	return read_sized(name, text, strlen(text), out);
}

static struct project read_good(const char *name, const char *text)
{
	struct project p = {.file = NULL};

	cr_assert(read_text(name, text, &p), "%s: %s", text,
		  diags.first ? diags.first->text : "no message");
	cr_assert_null(diags.first);
	return p;
}

Test(project, every_key)
{
	struct project p = read_good(
		"tgc.yaml",
		"version: 1\n"
		"kernels: [6.12, ./node.btf]\n"
		"policies: [policies, extra/*.yaml]\n"
		"exclude: [\"draft-*\"]\n"
		"rules: {error: [no-hooks], warn: [long-tag], allow: [api-version, arg-width]}\n"
		"strict: true\n"
		"sign: {key: k.pem, cert: c.pem}\n"
		"output: {bundle: out.tgb, name: node, version: 7, limit: 0, format: sarif}\n");

	cr_expect_str_eq(p.file, "tgc.yaml");
	cr_expect_str_eq(p.folder, ".");
	cr_assert_eq(p.kernels_count, 2);
	cr_expect_str_eq(p.kernels[0], "6.12");
	cr_expect_str_eq(p.kernels[1], "./node.btf");
	cr_assert_eq(p.policies_count, 2);
	cr_expect_str_eq(p.policies[1], "extra/*.yaml");
	cr_assert_eq(p.exclude_count, 1);
	cr_expect_str_eq(p.exclude[0], "draft-*");
	cr_assert_eq(p.rules.error_count, 1);
	cr_assert_eq(p.rules.warn_count, 1);
	cr_assert_eq(p.rules.allow_count, 2);
	cr_expect_str_eq(p.rules.allow[1], "arg-width");
	cr_expect(p.strict);
	cr_expect_str_eq(p.sign.key, "k.pem");
	cr_expect_str_eq(p.sign.cert, "c.pem");
	cr_expect_str_eq(p.output.bundle, "out.tgb");
	cr_expect_str_eq(p.output.name, "node");
	cr_assert_not_null(p.output.version);
	cr_expect_eq(*p.output.version, 7);
	cr_assert_not_null(p.output.limit);
	cr_expect_eq(*p.output.limit, 0);
	cr_assert_not_null(p.output.format);
	cr_expect_eq(*p.output.format, DIAG_FORMAT_SARIF);
}

Test(project, only_the_version)
{
	struct project p = read_good("tgc.yaml", "version: 1\n");

	cr_expect_eq(p.kernels_count, 0);
	cr_expect_eq(p.policies_count, 0);
	cr_expect_not(p.strict);
	cr_expect_null(p.sign.key);
	cr_expect_null(p.output.bundle);
	cr_expect_null(p.output.version);
	cr_expect_null(p.output.limit);
	cr_expect_null(p.output.format);
}

Test(project, paths_are_relative_to_the_file)
{
	struct project p = read_good("../../tgc.yaml", "version: 1\n"
						       "kernels: [6.1, k/btf, /abs/btf]\n"
						       "policies: [p, /abs]\n"
						       "sign: {key: k.pem, cert: /c.pem}\n"
						       "output: {bundle: b.tgb, name: n}\n");

	cr_expect_str_eq(p.folder, "../..");
	cr_expect_str_eq(p.kernels[0], "6.1");
	cr_expect_str_eq(p.kernels[1], "../../k/btf");
	cr_expect_str_eq(p.kernels[2], "/abs/btf");
	cr_expect_str_eq(p.policies[0], "../../p");
	cr_expect_str_eq(p.policies[1], "/abs");
	cr_expect_str_eq(p.sign.key, "../../k.pem");
	cr_expect_str_eq(p.sign.cert, "/c.pem");
	cr_expect_str_eq(p.output.bundle, "../../b.tgb");
	cr_expect_str_eq(p.output.name, "n");
}

Test(project, long_lists)
{
	struct project p;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	fputs("version: 1\nexclude:\n", to);
	for (unsigned i = 0; i < PROJECT_LIST; i++)
		fprintf(to, "- x%u\n", i);
	fclose(to);
	p = read_good("tgc.yaml", text);
	cr_assert_eq(p.exclude_count, PROJECT_LIST);
	for (unsigned i = 0; i < PROJECT_LIST; i++)
		cr_expect_eq(atoi(p.exclude[i] + 1), (int)i);
	free(text);
}

/* What is refused, and the name of the first message. */
static const struct {
	const char *text, *name;
} bad[] = {
	{"", "project-file"},
	{"# nothing\n", "project-file"},
	{"--- \n", "project-file"},
	{"[]", "project-file"},
	{"x", "project-file"},
	{"version: 1\n---\nversion: 1\n", "project-file"},
	{"version: 1\nkernels: [&a x, *a]\n", "project-file"},
	{"{}", "project-key"},
	{"strict: true\n", "project-key"},
	{"version: 1\nkernel: [x]\n", "project-key"},
	{"version: 1\n\"\": x\n", "project-key"},
	{"version: 1\noutput: {bundel: x}\n", "project-key"},
	{"version: 2\n", "project-value"},
	{"version: 2\nfuture: [x]\n", "project-value"},
	{"version: -1\n", "project-value"},
	{"version: 01\n", "project-value"},
	{"version: 0x1\n", "project-value"},
	{"version: \"1\"\n", "project-value"},
	{"version: 1.0\n", "project-value"},
	{"version:\n", "project-value"},
	{"version: [1]\n", "project-value"},
	{"version: 99999999999999999999999\n", "project-value"},
	{"version: 1\nkernels: 6.12\n", "project-value"},
	{"version: 1\nkernels:\n", "project-value"},
	{"version: 1\nkernels: {a: b}\n", "project-value"},
	{"version: 1\nkernels: [[a]]\n", "project-value"},
	{"version: 1\nkernels: [\"\"]\n", "project-value"},
	{"version: 1\nkernels: [~]\n", "project-value"},
	{"version: 1\nkernels: [\"a\\0b\"]\n", "project-value"},
	{"version: 1\nstrict: no\n", "project-value"},
	{"version: 1\nstrict: maybe\n", "project-value"},
	{"version: 1\nstrict: \"true\"\n", "project-value"},
	{"version: 1\nrules: [no-hooks]\n", "project-value"},
	{"version: 1\nrules: {warn: [no-hoks]}\n", "project-value"},
	{"version: 1\nrules: {allow: [unknown-function]}\n", "project-value"},
	{"version: 1\noutput: {limit: 4294967296}\n", "project-value"},
	{"version: 1\noutput: {version: 9223372036854775808}\n", "project-value"},
	{"version: 1\noutput: {format: yaml}\n", "project-value"},
	{"version: 1\noutput: {format: 1}\n", "project-value"},
	{"version: 1\nversion: 1\n", "duplicate-key"},
	{"version: 1\n  kernels: [\n", "yaml-syntax"},
	{"version: 1\n\tstrict: true\n", "yaml-tab"},
	{"version: 1\nkernels: [\xff]\n", "yaml-encoding"},
	{"version: 1\n? [a]\n: b\n", "yaml-key"},
	{"version: 1\nkernels: [*a]\n", "yaml-alias"},
};

Test(project, what_is_refused)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct project p = {.file = NULL};

		setup();
		cr_expect_not(read_text("tgc.yaml", bad[i].text, &p), "%s", bad[i].text);
		cr_expect(diags.first && !strcmp(diag_name(diags.first->id), bad[i].name),
			  "%s: %s, not %s", bad[i].text,
			  diags.first ? diag_name(diags.first->id) : "no message", bad[i].name);
		cr_expect(diags.first && diags.first->placed, "%s", bad[i].text);
		teardown();
	}
}

Test(project, everything_at_once)
{
	struct project p;

	cr_expect_not(read_text("tgc.yaml",
				"kernls: [a]\nversion: 1\nstrict: no\nrules: {warn: x}\n"
				"output: {limit: 010, format: sarff, bundle: }\n",
				&p));
	cr_expect_eq(diags.errors, 6);
}

static void expect_refused(char *text, size_t size, const char *name)
{
	struct project p;

	cr_expect_not(read_sized("tgc.yaml", text, size, &p));
	cr_assert_not_null(diags.first);
	cr_expect_str_eq(diag_name(diags.first->id), name);
	free(text);
}

Test(project, a_file_that_is_too_large)
{
	size_t size = PROJECT_MAX + 1;
	char *text = malloc(size);

	memset(text, '#', size);
	expect_refused(text, size, "yaml-too-large");
}

Test(project, a_list_that_is_too_long)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	fputs("version: 1\nkernels: [", to);
	for (unsigned i = 0; i <= PROJECT_LIST; i++)
		fputs("x,", to);
	fputs("]\n", to);
	fclose(to);
	expect_refused(text, size, "project-value");
}

Test(project, a_text_that_is_too_long)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	fprintf(to, "version: 1\nsign: {key: %05000d}\n", 1);
	fclose(to);
	expect_refused(text, size, "project-value");
}

/* ---- finding it ---- */

static void make_file(const char *path)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f);
	fputs("version: 1\n", f);
	fclose(f);
}

static void enter_new_folder(void)
{
	char folder[] = "/tmp/tgc-project-XXXXXX";

	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
	char command[4200], here[4096];

	cr_assert_not_null(getcwd(here, sizeof(here)));
	cr_assert_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", here);
	cr_expect_eq(system(command), 0);
}

Test(project, is_found_upwards)
{
	enter_new_folder();
	cr_assert_eq(mkdir("a", 0755) || mkdir("a/b", 0755) || chdir("a/b"), 0);
	cr_expect_null(project_find(&arena));
	make_file("../../tgc.yaml");
	cr_expect_str_eq(project_find(&arena), "../../tgc.yaml");
	make_file("../tgc.yaml");
	cr_expect_str_eq(project_find(&arena), "../tgc.yaml");
	make_file("tgc.yaml");
	cr_expect_str_eq(project_find(&arena), "tgc.yaml");
	cr_assert_eq(chdir("../.."), 0);
	leave_folder();
}

Test(project, is_not_looked_for_outside_the_repository)
{
	enter_new_folder();
	make_file("tgc.yaml");
	cr_assert_eq(
		mkdir("a", 0755) || mkdir("a/.git", 0755) || mkdir("a/b", 0755) || chdir("a/b"), 0);
	cr_expect_null(project_find(&arena));
	make_file("../tgc.yaml");
	cr_expect_str_eq(project_find(&arena), "../tgc.yaml", "at its top it is");
	cr_assert_eq(chdir("../.."), 0);
	leave_folder();
}

Test(project, a_folder_of_that_name_is_none)
{
	enter_new_folder();
	cr_assert_eq(mkdir("tgc.yaml", 0755), 0);
	cr_expect_null(project_find(&arena));
	leave_folder();
}
