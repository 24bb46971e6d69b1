/* SPDX-License-Identifier: Apache-2.0 */
/* Fixes: which edits are attached, how they are applied, and what is left alone. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/diag/fix.h"

#define HEAD "apiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\nmetadata:\n  name: t\n"

static struct arena arena;
static struct sources sources;
static struct diags diags;
static char folder[64];

static void setup(void)
{
	arena = (struct arena){.head = NULL};
	sources = (struct sources){.arena = &arena};
	diags = (struct diags){.arena = &arena, .sources = &sources};
	snprintf(folder, sizeof(folder), "/tmp/tgc-fix.XXXXXX");
	cr_assert(mkdtemp(folder));
}

static void teardown(void)
{
	char *argv = arena_printf(&arena, "rm -rf %s", folder);

	cr_expect_eq(system(argv), 0);
	arena_free(&arena);
}

TestSuite(fix, .init = setup, .fini = teardown);

static uint32_t add(const char *text)
{
	return sources_add(&sources, "f", text, strlen(text));
}

static struct span span(uint32_t file, uint32_t start, uint32_t end)
{
	return (struct span){.file = file, .start = start, .end = end};
}

static void edit(uint32_t file, uint32_t start, uint32_t end, const char *text)
{
	struct span at = span(file, start, end);

	diag_fix(&diags, diag_at(&diags, DIAG_BAD_NAME, at, "no"), at, text);
}

static const char *text_of(uint32_t file)
{
	size_t size = 0;
	const char *text = fix_text(&diags, file, &size);

	return text ? arena_strndup(&arena, text, size) : NULL;
}

/* ---- choosing and applying ------------------------------------------------------------ */

Test(fix, edits_are_applied_in_place)
{
	uint32_t f = add("one two three");

	edit(f, 4, 7, "2");
	edit(f, 0, 3, "first");
	edit(f, 13, 13, "!");
	edit(f, 7, 13, "");
	cr_expect_str_eq(text_of(f), "first 2!");
}

Test(fix, of_two_that_overlap_the_later_waits)
{
	struct fix_counts counts;
	uint32_t f = add("abcdef");
	FILE *none = fopen("/dev/null", "w");

	edit(f, 2, 4, "X");
	edit(f, 3, 5, "Y");
	edit(f, 1, 6, "Z");
	fix_diff(&diags, none, &counts);
	fclose(none);
	cr_expect_eq(counts.applied, 1);
	cr_expect_eq(counts.deferred, 2);
	cr_expect_str_eq(text_of(f), "aZ");
}

Test(fix, insertions_at_one_place_are_not_mixed)
{
	uint32_t f = add("ab");

	edit(f, 1, 1, "1");
	edit(f, 1, 2, "2");
	cr_expect_str_eq(text_of(f), "a1b");
}

Test(fix, edits_of_one_message_are_all_or_none)
{
	uint32_t f = add("abcdef");
	struct diag *g = diag_at(&diags, DIAG_BAD_NAME, span(f, 1, 2), "both");

	diag_fix(&diags, g, span(f, 1, 2), "B");
	diag_fix(&diags, g, span(f, 4, 5), "E");
	edit(f, 0, 1, "A");
	edit(f, 4, 6, "-");
	cr_expect_str_eq(text_of(f), "ABcdEf");
	diags.first = diags.last = NULL;
	diags.errors = 0;
	edit(f, 0, 2, "x");
	g = diag_at(&diags, DIAG_BAD_NAME, span(f, 1, 2), "neither");
	diag_fix(&diags, g, span(f, 1, 2), "B");
	diag_fix(&diags, g, span(f, 4, 5), "E");
	cr_expect_str_eq(text_of(f), "xcdef");
}

Test(fix, what_lies_outside_or_is_out_of_order_is_ignored)
{
	uint32_t f = add("abc");
	struct diag *g = diag_at(&diags, DIAG_BAD_NAME, span(f, 0, 1), "order");

	diag_fix(&diags, g, span(f, 1, 2), "1");
	diag_fix(&diags, g, span(f, 0, 1), "0");
	edit(f, 2, 9, "x");
	edit(f, 3, 2, "x");
	edit(f + 1, 0, 0, "x");
	diags.last->at.file = f;
	cr_expect_null(text_of(f));
}

Test(fix, a_repeated_message_is_mended_once)
{
	uint32_t f = add("abc");

	edit(f, 1, 2, "B");
	edit(f, 1, 2, "B");
	cr_expect_str_eq(text_of(f), "aBc");
}

Test(fix, what_holds_for_some_kernels_is_left)
{
	static const char *const kernels[] = {"5.10", "6.1"};
	uint32_t f = add("abc");

	diags_contexts(&diags, kernels, 2);
	diags_context(&diags, "5.10");
	edit(f, 0, 1, "A");
	edit(f, 1, 2, "B");
	diags_context(&diags, "6.1");
	edit(f, 1, 2, "B");
	cr_expect_str_eq(text_of(f), "aBc");
}

Test(fix, thousands_of_edits)
{
	char *text = arena_alloc(&arena, 100001);
	size_t size;
	uint32_t f;
	struct diag *g;

	memset(text, 'x', 100000);
	f = add(text);
	g = diag_at(&diags, DIAG_BAD_NAME, span(f, 0, 1), "all");
	for (uint32_t i = 0; i < 100000; i += 2)
		diag_fix(&diags, g, span(f, i, i + 1), "yy");
	for (uint32_t i = 0; i < 5000; i++)
		edit(f, 2 * i + 1, 2 * i + 2, "z");
	cr_assert(fix_text(&diags, f, &size));
	cr_expect_eq(size, 150000);
}

/* ---- words ---------------------------------------------------------------------------- */

static const char *mended_word(const char *text, uint32_t start, uint32_t end, const char *new)
{
	uint32_t f = add(text);

	diag_fix_word(&diags, diag_at(&diags, DIAG_BAD_NAME, span(f, start, end), "no"),
		      span(f, start, end), "old", new);
	return text_of(f);
}

Test(fix, words_keep_their_quotes)
{
	cr_expect_str_eq(mended_word("a: old", 3, 6, "new"), "a: new");
	cr_expect_str_eq(mended_word("a: \"old\"", 3, 8, "new"), "a: \"new\"");
	cr_expect_str_eq(mended_word("a: 'old'", 3, 8, "new"), "a: 'new'");
}

Test(fix, words_get_quotes_where_they_would_be_something_else)
{
	cr_expect_str_eq(mended_word("a: old", 3, 6, "true"), "a: \"true\"");
	cr_expect_str_eq(mended_word("a: old", 3, 6, "1.5"), "a: \"1.5\"");
	cr_expect_str_eq(mended_word("a: 'old'", 3, 8, "1"), "a: '1'");
}

Test(fix, words_that_stand_there_otherwise_are_left)
{
	cr_expect_null(mended_word("a: \"o\\x6cd\"", 3, 11, "new"));
	cr_expect_null(mended_word("a: |\n  old", 3, 10, "new"));
	cr_expect_null(mended_word("a: old", 3, 60, "new"));
	cr_expect_null(mended_word("a: old", 3, 3, "new"));
}

/* ---- keys ----------------------------------------------------------------------------- */

/* Adds `k: v` behind the value `x` of the first key. */
static const char *with_key(const char *text)
{
	uint32_t f = add(text), x = (uint32_t)(strchr(text, 'x') - text);

	diag_fix_key(&diags, diag_at(&diags, DIAG_BAD_NAME, span(f, x, x + 1), "no"),
		     span(f, 0, (uint32_t)strlen(text)), span(f, x, x + 1), "key", "v");
	return text_of(f);
}

Test(fix, a_key_is_added_in_the_style_of_the_mapping)
{
	cr_expect_str_eq(with_key("- a: x # why\n  b: 1\n"), "- a: x # why\n  key: v\n  b: 1\n");
	cr_expect_str_eq(with_key("  - - a: x"), "  - - a: x\n      key: v");
	cr_expect_str_eq(with_key("- {a: x, b: 1}\n"), "- {a: x, key: v, b: 1}\n");
	cr_expect_str_eq(with_key("- {b: 1, a: x}\n"), "- {b: 1, a: x, key: v}\n");
	cr_expect_str_eq(with_key("\xef\xbb\xbf"
				  "a: x\r\n"),
			 "\xef\xbb\xbf"
			 "a: x\r\nkey: v\r\n");
}

Test(fix, a_key_is_not_added_where_that_could_go_wrong)
{
	cr_expect_null(with_key("- a: x\n  key: 1\n"));
	cr_expect_null(with_key("- a: &n x\n"));
	cr_expect_null(with_key("x: 1\n"));
	cr_expect_null(with_key("? a\n: x\n"));
}

/* ---- what the policy reader attaches -------------------------------------------------- */

/* Reads the policy, applies its fixes, reads again: no fixable message is left. */
static const char *mended(const char *before)
{
	struct ast ast = {.policy_count = 0};
	uint32_t f = add(before);
	const char *after;

	yaml_read(&arena, &diags, &sources, f, &ast);
	after = text_of(f);
	diags = (struct diags){.arena = &arena, .sources = &sources};
	if (after) {
		yaml_read(&arena, &diags, &sources, add(after), &ast);
		cr_expect_eq(diags.errors, 0, "there are still messages for:\n%s", after);
	}
	diags = (struct diags){.arena = &arena, .sources = &sources};
	return after;
}

#define HOOK			     HEAD "spec:\n  kprobes:\n  - call: f\n"
#define expect_mended(before, after) cr_expect_str_eq(mended(before), after)

Test(fix, misspelt_keys_and_words)
{
	expect_mended(HOOK "    sycall: false\n", HOOK "    syscall: false\n");
	expect_mended(HOOK "    \"sycall\": false\n", HOOK "    \"syscall\": false\n");
	expect_mended(HOOK "    args:\n    - {index: 0, type: fiel}\n",
		      HOOK "    args:\n    - {index: 0, type: file}\n");
	expect_mended(HOOK "    selectors:\n    - matchActions: [{action: 'sigkil'}]\n",
		      HOOK "    selectors:\n    - matchActions: [{action: 'Sigkill'}]\n");
	expect_mended(HOOK "    args:\n    - {index: 0, type: file}\n    selectors:\n"
			   "    - matchArgs: [{operator: \"Prefx\", values: [\"/\"]}]\n",
		      HOOK "    args:\n    - {index: 0, type: file}\n    selectors:\n"
			   "    - matchArgs: [{operator: \"Prefix\", values: [\"/\"]}]\n");
	expect_mended("kind: tracingpolicy\napiVersion: cilium.io/v1alpha1\n"
		      "metadata: {name: t}\nspec: {}\n",
		      "kind: TracingPolicy\napiVersion: cilium.io/v1alpha1\n"
		      "metadata: {name: t}\nspec: {}\n");
}

Test(fix, a_key_is_not_made_a_second_time)
{
	cr_expect_null(mended(HOOK "    syscall: false\n    sycall: false\n"));
}

Test(fix, names)
{
	expect_mended("kind: TracingPolicy\napiVersion: cilium.io/v1alpha1\n"
		      "metadata: {name: My_Policy}\nspec: {}\n",
		      "kind: TracingPolicy\napiVersion: cilium.io/v1alpha1\n"
		      "metadata: {name: my-policy}\nspec: {}\n");
	expect_mended("kind: TracingPolicy\napiVersion: cilium.io/v1alpha1\n"
		      "metadata: {name: 1.5!}\nspec: {}\n",
		      "kind: TracingPolicy\napiVersion: cilium.io/v1alpha1\n"
		      "metadata: {name: \"1.5\"}\nspec: {}\n");
}

Test(fix, quotes_and_lists)
{
	expect_mended(HOOK "    message: 42\n", HOOK "    message: \"42\"\n");
	expect_mended(HOOK "    syscall: \"false\"\n", HOOK "    syscall: false\n");
	expect_mended(HOOK "    tags: files\n", HOOK "    tags: [\"files\"]\n");
	expect_mended(HOOK "    tags: 'files'\n", HOOK "    tags: ['files']\n");
	expect_mended(HOOK "    tags: [10, \"aa\", yes, 0x3]\n",
		      HOOK "    tags: [\"10\", \"aa\", \"yes\", \"0x3\"]\n");
	expect_mended(HOOK "    args:\n    - {index: '1', type: int}\n",
		      HOOK "    args:\n    - {index: 1, type: int}\n");
}

Test(fix, line_ends_and_byte_order_mark_stay)
{
	expect_mended("\xef\xbb\xbf"
		      "kind: TracingPolicy\r\napiVersion: cilium.io/v1alpha1\r\n"
		      "metadata: {name: A}\r\nspec: {}\r\n",
		      "\xef\xbb\xbf"
		      "kind: TracingPolicy\r\napiVersion: cilium.io/v1alpha1\r\n"
		      "metadata: {name: a}\r\nspec: {}\r\n");
}

/* ---- files ---------------------------------------------------------------------------- */

static const char *path_of(const char *name)
{
	return arena_printf(&arena, "%s/%s", folder, name);
}

static void put_file(const char *path, const char *text)
{
	FILE *to = fopen(path, "w");

	cr_assert(to);
	fputs(text, to);
	fclose(to);
}

static const char *get_file(const char *path)
{
	int f = sources_load(&sources, path);

	cr_assert_geq(f, 0);
	return sources_get(&sources, (uint32_t)f)->text;
}

static uint32_t load(const char *path, const char *text)
{
	int f;

	put_file(path, text);
	f = sources_load(&sources, path);
	cr_assert_geq(f, 0);
	return (uint32_t)f;
}

Test(fix, files_are_rewritten_and_keep_their_mode)
{
	const char *a = path_of("a"), *b = path_of("b");
	struct fix_counts counts;
	struct stat st;
	uint32_t f = load(a, "abc\n");
	char why[200] = "";

	load(b, "untouched\n");
	cr_assert_eq(chmod(a, 0640), 0);
	edit(f, 1, 2, "B");
	cr_expect(fix_apply(&diags, &counts, why, sizeof(why)), "%s", why);
	cr_expect_eq(counts.applied, 1);
	cr_expect_eq(counts.files, 1);
	cr_expect_str_eq(get_file(a), "aBc\n");
	cr_expect_str_eq(get_file(b), "untouched\n");
	cr_assert_eq(stat(a, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0640);
}

Test(fix, a_link_stays_a_link)
{
	const char *a = path_of("a"), *link = path_of("link");
	struct fix_counts counts;
	struct stat st;
	char why[200];
	int f;

	put_file(a, "abc\n");
	cr_assert_eq(symlink("a", link), 0);
	f = sources_load(&sources, link);
	edit((uint32_t)f, 0, 1, "A");
	cr_expect(fix_apply(&diags, &counts, why, sizeof(why)));
	cr_expect_str_eq(get_file(a), "Abc\n");
	cr_assert_eq(lstat(link, &st), 0);
	cr_expect(S_ISLNK(st.st_mode));
}

Test(fix, a_file_that_has_changed_is_refused)
{
	const char *a = path_of("a");
	struct fix_counts counts;
	uint32_t f = load(a, "abc\n");
	char why[200];

	edit(f, 0, 1, "A");
	put_file(a, "abcd\n");
	cr_expect(!fix_apply(&diags, &counts, why, sizeof(why)));
	cr_expect_str_eq(
		why, arena_printf(&arena, "cannot mend %s: it has changed since it was read", a));
	cr_expect_eq(counts.files, 0);
	cr_expect_str_eq(get_file(a), "abcd\n");
}

Test(fix, what_is_no_file_is_refused)
{
	struct fix_counts counts;
	char why[200];
	uint32_t f = sources_add(&sources, "<stdin>", "abc", 3);

	edit(f, 0, 1, "A");
	cr_expect(!fix_apply(&diags, &counts, why, sizeof(why)));
	cr_expect_str_eq(why, "cannot mend <stdin>: it is not a file");
}

/* ---- the diff ------------------------------------------------------------------------- */

static const char *diff_text(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	struct fix_counts counts;
	const char *copy;

	fix_diff(&diags, to, &counts);
	fclose(to);
	copy = arena_strndup(&arena, text, len);
	free(text);
	return copy;
}

Test(fix, a_diff_has_context_and_hunks)
{
	uint32_t f = add("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n");

	edit(f, 8, 9, "five\nand");
	edit(f, 33, 35, "fifteen");
	cr_expect_str_eq(diff_text(), "--- f\n+++ f\n"
				      "@@ -2,7 +2,8 @@\n 2\n 3\n 4\n-5\n+five\n+and\n 6\n 7\n 8\n"
				      "@@ -12,7 +13,7 @@\n 12\n 13\n 14\n-15\n+fifteen\n"
				      " 16\n 17\n 18\n");
}

Test(fix, a_diff_of_the_last_line_without_its_end)
{
	uint32_t f = add("a\nb");

	edit(f, 2, 3, "B");
	cr_expect_str_eq(diff_text(), "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n"
				      "\\ No newline at end of file\n+B\n"
				      "\\ No newline at end of file\n");
}

Test(fix, nothing_to_mend_is_no_diff)
{
	add("a\nb");
	cr_expect_str_eq(diff_text(), "");
}

/* patch(1) makes of the diff what fix_text() makes of the file. */
static void expect_patch_agrees(const char *text, unsigned seed)
{
	const char *a = path_of("a"), *d = path_of("d");
	uint32_t f = load(a, text), size = (uint32_t)strlen(text);
	const char *expected;
	char *command;

	srand(seed);
	for (uint32_t at = 0; at + 4 < size; at += 1 + (uint32_t)(rand() % 30))
		edit(f, at, at + (uint32_t)(rand() % 3), rand() % 2 ? "+" : "x\ny");
	expected = text_of(f);
	put_file(d, diff_text());
	command = arena_printf(&arena, "patch -s %s <%s", a, d);
	cr_expect_eq(system(command), 0);
	cr_expect_str_eq(get_file(a), expected, "seed %u", seed);
}

Test(fix, patch_takes_the_diff)
{
	char *text = arena_alloc(&arena, 1000);

	if (system("command -v patch >/dev/null"))
		cr_skip_test("there is no patch");
	for (unsigned seed = 0; seed < 60; seed++) {
		size_t size = 20 + seed * 10;

		for (size_t i = 0; i < size; i++)
			text[i] = i % (1 + seed % 9) == 0 ? '\n' : (char)('a' + i % 26);
		text[size] = '\0';
		expect_patch_agrees(text, seed);
		diags = (struct diags){.arena = &arena, .sources = &sources};
	}
}
