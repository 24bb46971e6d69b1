/* SPDX-License-Identifier: Apache-2.0 */
/* Folders and patterns become lists of files. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/diag/diag.h"
#include "compiler/commands/policy_files.h"

static struct arena arena;
static struct policy_files files;
static char folder[64], why[256];

static void make(const char *path)
{
	FILE *f = fopen(path, "w");

	cr_assert_not_null(f, "%s", path);
	fclose(f);
}

static void setup(void)
{
	arena = (struct arena){.head = NULL};
	files = (struct policy_files){.count = 0};
	why[0] = '\0';
	snprintf(folder, sizeof(folder), "/tmp/tgc-files-XXXXXX");
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
	cr_assert_eq(mkdir("p", 0755) || mkdir("p/deep", 0755) || mkdir("p/.hidden", 0755) ||
			     mkdir("empty", 0755),
		     0);
	make("p/b.yaml");
	make("p/a.yml");
	make("p/c.tg");
	make("p/notes.txt");
	make("p/.dot.yaml");
	make("p/deep/z.yaml");
	make("p/.hidden/h.yaml");
	make("one.yaml");
}

static void teardown(void)
{
	char command[128];

	arena_free(&arena);
	cr_assert_eq(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	cr_expect_eq(system(command), 0);
}

TestSuite(policy_files, .init = setup, .fini = teardown);

static enum exit_code find(const char *name, const char *exclude, const char *base)
{
	struct policy_search s = {
		.names = &name,
		.name_count = 1,
		.exclude = &exclude,
		.exclude_count = exclude != NULL,
		.folder = base,
	};

	return policy_files_find(&arena, &s, &files, why, sizeof(why));
}

/* `wanted`: paths with a space behind each. */
static void expect_files(const char *wanted)
{
	char text[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < files.count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s ",
					 files.files[i].path);
	cr_expect_str_eq(text, wanted);
}

Test(policy_files, a_folder_to_its_depths_in_order)
{
	cr_assert_eq(find("p", NULL, NULL), EXIT_DONE);
	expect_files("p/a.yml p/b.yaml p/c.tg p/deep/z.yaml ");
	for (size_t i = 0; i < files.count; i++)
		cr_expect(files.files[i].found);
}

Test(policy_files, a_slash_at_the_end_changes_nothing)
{
	cr_assert_eq(find("p//", NULL, NULL), EXIT_DONE);
	expect_files("p/a.yml p/b.yaml p/c.tg p/deep/z.yaml ");
}

Test(policy_files, a_named_file_is_taken_as_it_is)
{
	cr_assert_eq(find("p/notes.txt", NULL, NULL), EXIT_DONE);
	cr_assert_eq(find("nowhere.yaml", NULL, NULL), EXIT_DONE);
	cr_assert_eq(find("-", "*", NULL), EXIT_DONE);
	expect_files("p/notes.txt nowhere.yaml - ");
	cr_expect_not(files.files[0].found);
}

Test(policy_files, patterns)
{
	cr_assert_eq(find("p/*.yaml", NULL, NULL), EXIT_DONE);
	cr_assert_eq(find("*/deep", NULL, NULL), EXIT_DONE, "a folder by a pattern");
	expect_files("p/b.yaml p/deep/z.yaml ");
	cr_expect(files.files[0].found);
}

Test(policy_files, a_file_that_is_named_like_a_pattern)
{
	make("[a].yaml");
	cr_assert_eq(find("[a].yaml", NULL, NULL), EXIT_DONE);
	expect_files("[a].yaml ");
	cr_expect_not(files.files[0].found);
}

Test(policy_files, exclusion_by_the_last_part)
{
	cr_assert_eq(find("p", "*.tg", NULL), EXIT_DONE);
	expect_files("p/a.yml p/b.yaml p/deep/z.yaml ");
}

Test(policy_files, exclusion_of_a_folder)
{
	cr_assert_eq(find("p", "deep", NULL), EXIT_DONE);
	expect_files("p/a.yml p/b.yaml p/c.tg ");
}

Test(policy_files, exclusion_by_path)
{
	cr_assert_eq(find("p", "p/deep/*", NULL), EXIT_DONE);
	expect_files("p/a.yml p/b.yaml p/c.tg ");
}

Test(policy_files, exclusion_is_relative_to_the_project)
{
	cr_assert_eq(chdir("empty"), 0);
	cr_assert_eq(find("../p", "p/deep/*", ".."), EXIT_DONE);
	expect_files("../p/a.yml ../p/b.yaml ../p/c.tg ");
}

Test(policy_files, exclusion_does_not_touch_a_named_file)
{
	cr_assert_eq(find("one.yaml", "*.yaml", NULL), EXIT_DONE);
	expect_files("one.yaml ");
}

Test(policy_files, once_each_and_named_wins)
{
	cr_assert_eq(symlink("b.yaml", "p/same.yaml"), 0);
	cr_assert_eq(find("p", "*.tg", NULL), EXIT_DONE);
	cr_assert_eq(find("./p/b.yaml", NULL, NULL), EXIT_DONE);
	expect_files("p/a.yml p/b.yaml p/deep/z.yaml ");
	cr_expect(files.files[0].found);
	cr_expect_not(files.files[1].found);
}

Test(policy_files, links)
{
	cr_assert_eq(symlink("../one.yaml", "p/link.yaml") || symlink("..", "p/up") ||
			     symlink("nowhere", "p/dangling.yaml") || symlink("p", "q"),
		     0);
	cr_assert_eq(find("q", "*.tg", NULL), EXIT_DONE);
	expect_files("q/a.yml q/b.yaml q/deep/z.yaml q/link.yaml ");
}

Test(policy_files, nothing_there)
{
	cr_expect_eq(find("empty", NULL, NULL), EXIT_USAGE);
	cr_expect_str_eq(why, "empty: there is no policy file here");
	cr_expect_eq(find("p/*.json", NULL, NULL), EXIT_USAGE);
	cr_expect_eq(find("p", "*", NULL), EXIT_USAGE);
}

Test(policy_files, terse)
{
	cr_expect(policy_file_is_terse("p/c.tg"));
	cr_expect_not(policy_file_is_terse("p/c.tgb"));
	cr_expect_not(policy_file_is_terse(".tg"));
}

/* ---- what is passed over in a found file ---- */

#define POLICY                                                                                     \
	"apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata: {name: a}\nspec: {}\n"

static const struct {
	const char *text;
	bool is_policy;
	unsigned policies, errors;
} found[] = {
	{POLICY, true, 1, 0},
	{"kind: Pod\n---\n" POLICY "---\nkind: Deployment\n", true, 1, 0},
	{"kind: Pod\nmetadata: {labels: {for: TracingPolicy}}\n", false, 0, 0},
	{"kind: Pod\n", false, 0, 0},
	{"", false, 0, 0},
	{"resources: [a.yaml]\n", false, 0, 0},
	{"{{- if .Values.x }}\nkind: Pod\n", false, 0, 0},
	{"{{- if .Values.x }}\nkind: TracingPolicy\n", true, 0, 1},
	{"kind: TracingPolcy\n", true, 0, 1},
	{"kind: tracingpolicy\n", true, 0, 1},
	{"kind: PodInfo\napiVersion: cilium.io/v1alpha1\n", false, 0, 0},
	{"apiVersion: cilium.io/v1alpha1\nspec: {}\n", true, 1, 2},
};

Test(policy_files, documents_that_are_no_policies)
{
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		struct arena a = {.head = NULL};
		struct sources s = {.arena = &a};
		struct diags d = {.arena = &a, .sources = &s};
		struct ast ast = {.policy_count = 0};
		uint32_t file = sources_add(&s, "t.yaml", found[i].text, strlen(found[i].text));
		bool is_policy = yaml_read_found(&a, &d, &s, file, &ast);

		cr_expect_eq(is_policy, found[i].is_policy, "%s", found[i].text);
		cr_expect_eq(ast.policy_count, found[i].policies, "%s", found[i].text);
		cr_expect_eq(diag_errors(&d) > 0, found[i].errors > 0, "%s: %s", found[i].text,
			     d.first ? d.first->text : "");
		arena_free(&a);
	}
}
