/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML tree: types and places; and the inputs too large to keep as golden files. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "compiler/diag/diag.h"
#include "compiler/read/yaml_tree.h"

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

TestSuite(yaml, .init = setup, .fini = teardown);

static const struct yaml_node *tree(const char *text)
{
	uint32_t f = sources_add(&sources, "t", text, strlen(text));
	struct yaml_docs docs = {.count = 0};

	yaml_tree_read(&arena, &diags, &sources, f, &docs);
	cr_assert_eq(diags.errors, 0);
	cr_assert_eq(docs.count, 1);
	return docs.roots[0];
}

static void expect_source(struct span at, const char *expected)
{
	const struct source *f = sources_get(&sources, at.file);

	cr_expect(at.end - at.start == strlen(expected) &&
			  memcmp(f->text + at.start, expected, strlen(expected)) == 0,
		  "the span holds \"%.*s\", not \"%s\"", (int)(at.end - at.start),
		  f->text + at.start, expected);
}

/* ---- types ---------------------------------------------------------------------------- */

static enum node_type type_of(const char *plain)
{
	return tree(arena_printf(&arena, "- %s\n", plain))->items[0]->type;
}

Test(yaml, plain_words)
{
	static const struct {
		const char *text;
		enum node_type type;
	} cases[] = {
		{"", NODE_NULL},
		{"~", NODE_NULL},
		{"null", NODE_NULL},
		{"nUll", NODE_STRING},
		{"true", NODE_BOOL},
		{"False", NODE_BOOL},
		{"yes", NODE_BOOL},
		{"Off", NODE_BOOL},
		{"tRue", NODE_STRING},
		{"0", NODE_INT},
		{"-0", NODE_INT},
		{"+12", NODE_INT},
		{"0x1F", NODE_INT},
		{"0b101", NODE_INT},
		{"0o17", NODE_INT},
		{"017", NODE_INT},
		{"1_000", NODE_INT},
		{"08", NODE_FLOAT},
		{"0xg", NODE_STRING},
		{"0x", NODE_STRING},
		{"1.5", NODE_FLOAT},
		{".5", NODE_FLOAT},
		{"1e3", NODE_FLOAT},
		{"1e", NODE_STRING},
		{".inf", NODE_FLOAT},
		{".", NODE_STRING},
		{"1.2.3", NODE_STRING},
		{"\"1\"", NODE_STRING},
		{"'true'", NODE_STRING},
		{"!!str 1", NODE_STRING},
		{"2026-11-22", NODE_STRING},
		{"0.0.0.0/0", NODE_STRING},
		{"/etc/shadow", NODE_STRING},
		{"12abc", NODE_STRING},
	};

	for (size_t i = 1; i < sizeof(cases) / sizeof(cases[0]); i++)
		cr_expect_eq(type_of(cases[i].text), cases[i].type, "%s is %d", cases[i].text,
			     type_of(cases[i].text));
	cr_expect_eq(tree("-\n")->items[0]->type, NODE_NULL);
}

static void expect_int(const char *text, int64_t value, bool too_large)
{
	const struct yaml_node *n = tree(arena_printf(&arena, "- %s\n", text))->items[0];

	cr_expect_eq(n->type, NODE_INT, "%s", text);
	cr_expect_eq(n->too_large, too_large, "%s", text);
	cr_expect_eq(n->integer, value, "%s", text);
}

Test(yaml, integers)
{
	expect_int("0x1F", 31, false);
	expect_int("017", 15, false);
	expect_int("0o17", 15, false);
	expect_int("-0b11", -3, false);
	expect_int("1_0", 10, false);
	expect_int("9223372036854775807", INT64_MAX, false);
	expect_int("-9223372036854775808", INT64_MIN, false);
	expect_int("9223372036854775808", 0, true);
	expect_int("-9223372036854775809", 0, true);
	expect_int("0xffffffffffffffffffff", 0, true);
}

/* ---- places --------------------------------------------------------------------------- */

static void expect_places(const char *text)
{
	const struct yaml_node *map = tree(text);

	cr_assert_eq(map->count, 4);
	expect_source(map->pairs[0].key->at, "k\xc3\xa4y");
	expect_source(map->pairs[0].value->at, "\xe6\xbc\xa2 \xf0\x9f\x98\x80");
	expect_source(map->pairs[1].value->at, "\"q\\x41\"");
	expect_source(map->pairs[2].value->at, "[a, {b: c}]");
	expect_source(map->pairs[2].value->items[1]->at, "{b: c}");
	expect_source(map->pairs[2].value->items[1]->pairs[0].value->at, "c");
	expect_source(map->pairs[3].value->items[1]->at, "last");
	expect_source(map->pairs[3].value->items[0]->pairs[0].key->at, "d");
}

Test(yaml, places_are_bytes)
{
	expect_places("k\xc3\xa4y: \xe6\xbc\xa2 \xf0\x9f\x98\x80 # \xc3\xa4\n"
		      "q: \"q\\x41\"\nf: [a, {b: c}]\nl:\n- d: e\n- last\n");
}

Test(yaml, places_with_crlf)
{
	expect_places("k\xc3\xa4y: \xe6\xbc\xa2 \xf0\x9f\x98\x80 # \xc3\xa4\r\n"
		      "q: \"q\\x41\"\r\nf: [a, {b: c}]\r\nl:\r\n- d: e\r\n- last\r\n");
}

Test(yaml, places_behind_a_byte_order_mark)
{
	expect_places("\xef\xbb\xbfk\xc3\xa4y: \xe6\xbc\xa2 \xf0\x9f\x98\x80 # \xc3\xa4\n"
		      "q: \"q\\x41\"\nf: [a, {b: c}]\nl:\n- d: e\n- last");
}

Test(yaml, places_far_into_a_file)
{
	char *text = arena_alloc(&arena, 400000), *p = text;

	for (int i = 0; i < 10000; i++)
		p += sprintf(p, "k%d: \xc3\xa4\xc3\xb6\xe6\xbc\xa2 # \xf0\x9f\x98\x80\n", i);
	for (int i = 0; i < 10000; i += 777)
		expect_source(tree(text)->pairs[i].value->at, "\xc3\xa4\xc3\xb6\xe6\xbc\xa2");
}

Test(yaml, collections_end_at_their_last_line)
{
	const struct yaml_node *map = tree("a:\n  b: 1\n  c: |\n    x\n    y\n\n# end\nd: 2\n");

	expect_source(map->pairs[0].value->at, "b: 1\n  c: |\n    x\n    y");
	expect_source(map->pairs[0].value->pairs[1].value->at, "|\n    x\n    y");
}

Test(yaml, aliases_share_their_node)
{
	const struct yaml_node *map = tree("a: &x [1]\nb: *x\nc: &x 2\nd: *x\n");

	cr_expect_eq(map->pairs[0].value, map->pairs[1].value);
	cr_expect_eq(map->pairs[3].value->integer, 2);
}

/* ---- hostile input -------------------------------------------------------------------- */

/* Reads a policy file of `size` bytes: one error, of this kind, within the time. */
static void expect_refused(const char *text, size_t size, enum diag_id id, double seconds)
{
	uint32_t f = sources_add(&sources, "t", text, size);
	struct ast ast = {.policy_count = 0};
	clock_t start = clock();

	yaml_read(&arena, &diags, &sources, f, &ast);
	cr_expect_lt((double)(clock() - start) / CLOCKS_PER_SEC, seconds);
	cr_expect_eq(diags.errors, 1);
	cr_assert_not_null(diags.first);
	cr_expect_eq(diags.first->id, id, "got %s", diag_name(diags.first->id));
	cr_expect_eq(ast.policy_count, 0);
}

/* `size` bytes of `unit` over and over. */
static char *repeat(const char *unit, size_t size)
{
	char *text = arena_alloc(&arena, size + 1);
	size_t len = strlen(unit);

	for (size_t i = 0; i < size; i++)
		text[i] = unit[i % len];
	return text;
}

enum { TEN_MB = 10 * 1000 * 1000 };

Test(yaml, ten_megabytes_of_nesting)
{
	static const char *const units[] = {"[", "{a: ", "- ", "? ", "[{a: "};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		expect_refused(repeat(units[i], TEN_MB), TEN_MB, DIAG_YAML_TOO_DEEP, 2.0);
		diags = (struct diags){.arena = &arena, .sources = &sources};
	}
}

Test(yaml, depth_at_the_limit)
{
	char text[400] = "";

	memset(text, '[', YAML_MAX_DEPTH);
	memset(text + YAML_MAX_DEPTH, ']', YAML_MAX_DEPTH);
	cr_expect_eq(tree(text)->height, YAML_MAX_DEPTH - 1);
	memset(text, '[', YAML_MAX_DEPTH + 1);
	memset(text + YAML_MAX_DEPTH + 1, ']', YAML_MAX_DEPTH + 1);
	expect_refused(text, strlen(text), DIAG_YAML_TOO_DEEP, 1.0);
}

Test(yaml, file_above_the_limit)
{
	expect_refused(repeat("#", (size_t)SOURCE_MAX + 1), (size_t)SOURCE_MAX + 1,
		       DIAG_YAML_TOO_LARGE, 1.0);
}

Test(yaml, too_many_values)
{
	char *text = repeat(",a", TEN_MB);

	text[0] = '[';
	expect_refused(text, TEN_MB, DIAG_YAML_TOO_LARGE, 4.0);
}

Test(yaml, too_many_documents)
{
	size_t size = 7 * 2000;
	const struct yaml_docs none = {.count = 0};
	struct yaml_docs docs = none;
	uint32_t f = sources_add(&sources, "t", repeat("--- ~\n\n", size), size);

	yaml_tree_read(&arena, &diags, &sources, f, &docs);
	cr_expect_eq(diags.first->id, DIAG_YAML_TOO_LARGE);
	cr_expect_eq(docs.count, YAML_MAX_DOCUMENTS);
}

Test(yaml, empty_documents_are_counted_by_nobody)
{
	struct ast ast = {.policy_count = 0};
	uint32_t f = sources_add(&sources, "t", "---\n---\n", 8);

	yaml_read(&arena, &diags, &sources, f, &ast);
	cr_expect_eq(diags.errors, 1);
	cr_expect_eq(diags.first->id, DIAG_EMPTY_FILE);
}

Test(yaml, every_prefix_of_a_policy_is_answered)
{
	static const char text[] =
		"apiVersion: cilium.io/v1alpha1\r\nkind: TracingPolicy\nmetadata: {name: 'a'}\n"
		"spec:\n  kprobes:\n  - call: \"f\\n\"\n    args: &a\n    - {index: 0, type: int}\n"
		"  - call: g # \xc3\xa4\n    args: *a\n    message: |\n      x\n    tags: "
		"[a\xe6\xbc\xa2]\n";

	for (size_t size = 0; size < sizeof(text); size++) {
		struct ast ast = {.policy_count = 0};

		yaml_read(&arena, &diags, &sources, sources_add(&sources, "t", text, size), &ast);
		cr_expect(ast.policy_count == 1 || diags.errors > 0, "%zu bytes", size);
		diags = (struct diags){.arena = &arena, .sources = &sources};
	}
}
