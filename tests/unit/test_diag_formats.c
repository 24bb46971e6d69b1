/* SPDX-License-Identifier: Apache-2.0 */
/* JSON, SARIF and annotations: hostile text stays data. tests/golden/formats.py has the rest. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag_options.h"

static struct arena arena;
static struct sources sources;
static struct diags diags;

static void setup(void)
{
	arena = (struct arena){.head = NULL};
	sources = (struct sources){.arena = &arena};
	diags = (struct diags){.arena = &arena, .sources = &sources};
	for (const char *const *v = (const char *const[]){"NO_COLOR", "CLICOLOR_FORCE", NULL}; *v;
	     v++)
		unsetenv(*v);
}

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(diag_formats, .init = setup, .fini = teardown);

static struct span span(uint32_t file, uint32_t start, uint32_t end)
{
	return (struct span){.file = file, .start = start, .end = end};
}

static const char *written(enum diag_format format)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	const char *copy;

	diag_write(&diags, to, format, 0, false);
	fclose(to);
	copy = arena_strndup(&arena, text, len);
	cr_expect_eq(strlen(copy), len, "a NUL byte in the output");
	free(text);
	return copy;
}

static json_t *parsed(enum diag_format format)
{
	json_error_t error;
	json_t *root = json_loads(written(format), JSON_REJECT_DUPLICATES, &error);

	cr_assert(root, "%s", error.text);
	return root;
}

static const char *text_at(json_t *root, const char *list, const char *key)
{
	return json_string_value(
		json_object_get(json_array_get(json_object_get(root, list), 0), key));
}

Test(diag_formats, no_messages)
{
	json_t *json = parsed(DIAG_FORMAT_JSON), *sarif = parsed(DIAG_FORMAT_SARIF);
	json_t *run = json_array_get(json_object_get(sarif, "runs"), 0);

	cr_expect_eq(json_array_size(json_object_get(json, "diagnostics")), 0);
	cr_expect_eq(json_integer_value(json_object_get(json, "version")), 1);
	cr_expect(json_is_array(json_object_get(run, "results")));
	cr_expect_str_eq(written(DIAG_FORMAT_GITHUB), "");
	cr_expect_str_eq(written(DIAG_FORMAT_TEXT), "");
	json_decref(json);
	json_decref(sarif);
}

Test(diag_formats, annotations_escape_what_ends_them)
{
	uint32_t f = sources_add(&sources, "a,b:c%\n.yaml", "one\ntwo\n", 8);
	struct diag *g = diag_at(&diags, DIAG_DUPLICATE_KEY, span(f, 4, 7), "50%% of: a, b");

	diag_hint(&diags, g, "write\nthis");
	diag_note_at(&diags, g, span(f, 0, 3), "before");
	diag_at(&diags, DIAG_NO_HOOKS, span(f, 0, 7), "idle");
	diag_plain(&diags, DIAG_BAD_NAME, "nowhere\r\n::error::fake");
	cr_expect_str_eq(
		written(DIAG_FORMAT_GITHUB),
		"::warning file=a%2Cb%3Ac%25\\x0a.yaml,line=1,endLine=2,title=no-hooks::idle\n"
		"::error file=a%2Cb%3Ac%25\\x0a.yaml,line=2,endLine=2,col=1,endColumn=4,"
		"title=duplicate-key::50%25 of: a, b%0Ahint: write%0Athis%0Anote: before "
		"[a,b:c%25\\x0a.yaml:1:1]\n"
		"::error title=bad-name::nowhere\\x0d\\x0a::error::fake\n");
}

Test(diag_formats, bytes_that_are_no_text)
{
	uint32_t f = sources_add(&sources, "\xff\x01.yaml", "\xfe\x02\0x\n", 5);
	struct diag *g =
		diag_at(&diags, DIAG_YAML_ENCODING, span(f, 0, 2), "byte \xfe\x02 \x1b[2J");
	json_t *json, *sarif;

	diag_hint(&diags, g, "\xc3(\n\x7f");
	diag_note(&diags, g, "\xed\xa0\x80");
	diag_fix(&diags, g, span(f, 0, 1), "\xff");
	json = parsed(DIAG_FORMAT_JSON);
	sarif = parsed(DIAG_FORMAT_SARIF);
	cr_expect_str_eq(text_at(json, "diagnostics", "file"), "\\xff\\x01.yaml");
	cr_expect_str_eq(text_at(json, "diagnostics", "message"), "byte \\xfe\\x02 \\x1b[2J");
	json_decref(json);
	json_decref(sarif);
}

Test(diag_formats, random_bytes)
{
	for (unsigned seed = 0; seed < 300; seed++) {
		char bytes[41];
		uint32_t f;
		struct diag *g;

		srand(seed);
		for (size_t i = 0; i < 40; i++)
			bytes[i] = (char)(rand() % 255 + 1);
		bytes[40] = '\0';
		f = sources_add(&sources, bytes, bytes, 40);
		g = diag_at(&diags, DIAG_BAD_NAME,
			    span(f, (uint32_t)(rand() % 41), (uint32_t)(rand() % 60)), "%s",
			    bytes + 10);
		diag_hint(&diags, g, "%s", bytes + 20);
		diag_note_at(&diags, g, span(f, 90, 10), "%s", bytes + 30);
		diag_fix(&diags, g, span(f, 1, 2), bytes + 38);
	}
	json_decref(parsed(DIAG_FORMAT_JSON));
	json_decref(parsed(DIAG_FORMAT_SARIF));
	for (const char *p = written(DIAG_FORMAT_GITHUB); *p; p = strchr(p, '\n') + 1)
		cr_expect(!strncmp(p, "::error ", 8));
}

/* Time must not grow with the length of the line times the number of messages. */
Test(diag_formats, a_line_of_megabytes, .timeout = 60)
{
	size_t size = 8u << 20, step = 800;
	char *text = arena_alloc(&arena, size + 1);
	json_t *json;
	uint32_t f;

	memset(text, 'x', size);
	f = sources_add(&sources, "f", text, size);
	for (uint32_t i = 0; i < size; i += (uint32_t)step)
		diag_at(&diags, DIAG_BAD_NAME, span(f, i, i + 1), "no");
	json = parsed(DIAG_FORMAT_JSON);
	cr_expect_eq(json_array_size(json_object_get(json, "diagnostics")),
		     (size + step - 1) / step);
	json_decref(json);
}

Test(diag_formats, kernels_are_listed)
{
	static const char *const kernels[] = {"5.10", "6.1"};
	json_t *json, *list;

	diags_contexts(&diags, kernels, 2);
	diags_context(&diags, "6.1");
	diag_plain(&diags, DIAG_UNKNOWN_FUNCTION, "no");
	json = parsed(DIAG_FORMAT_JSON);
	list = json_object_get(json_array_get(json_object_get(json, "diagnostics"), 0), "kernels");
	cr_expect_eq(json_array_size(list), 1);
	cr_expect_str_eq(json_string_value(json_array_get(list, 0)), "6.1");
	json_decref(json);
	cr_expect(strstr(written(DIAG_FORMAT_SARIF), "\"kernels\""));
}

Test(diag_formats, the_limit_is_for_text_only)
{
	struct diag_options o = diag_options_default();
	json_t *json;

	for (int i = 0; i < 30; i++)
		diag_plain(&diags, DIAG_BAD_NAME, "%d", i);
	cr_expect_eq(o.limit, 20);
	json = parsed(DIAG_FORMAT_JSON);
	cr_expect_eq(json_array_size(json_object_get(json, "diagnostics")), 30);
	json_decref(json);
}

/* ---- options -------------------------------------------------------------------------- */

static const char *wrong(int option, const char *value)
{
	static char why[300];
	struct diag_options o = diag_options_default();

	cr_expect_eq(diag_option(&o, option, value, why, sizeof(why)), DIAG_OPTION_WRONG);
	return why;
}

Test(diag_formats, options)
{
	struct diag_options o = diag_options_default();
	char why[300];

	cr_expect_eq(diag_option(&o, DIAG_OPT_FORMAT, "sarif", why, 300), DIAG_OPTION_TAKEN);
	cr_expect_eq(diag_option(&o, 'E', "no-hooks", why, 300), DIAG_OPTION_TAKEN);
	cr_expect_eq(diag_option(&o, DIAG_OPT_STRICT, NULL, why, 300), DIAG_OPTION_TAKEN);
	cr_expect_eq(diag_option(&o, DIAG_OPT_LIMIT, "7", why, 300), DIAG_OPTION_TAKEN);
	cr_expect_eq(diag_option(&o, 'o', "file", why, 300), DIAG_OPTION_OTHER);
	diag_options_apply(&o, &diags);
	cr_expect_eq(o.format, DIAG_FORMAT_SARIF);
	cr_expect_eq(o.limit, 7);
	cr_expect(diags.strict);
	diag_plain(&diags, DIAG_NO_HOOKS, "idle");
	cr_expect_eq(diags.errors, 1);
}

Test(diag_formats, wrong_options)
{
	cr_expect_str_eq(wrong(DIAG_OPT_FORMAT, "xml"),
			 "there is no format `xml`: text, json, sarif and github are");
	cr_expect_str_eq(wrong(DIAG_OPT_COLOUR, "pink"),
			 "`--color` is auto, always or never, not `pink`");
	cr_expect_str_eq(wrong(DIAG_OPT_LIMIT, "-1"), "`-1` is not a number");
	cr_expect_str_eq(wrong(DIAG_OPT_LIMIT, "99999999999"), "`99999999999` is not a number");
	cr_expect_str_eq(wrong('W', "no-hoks"),
			 "there is no rule `no-hoks`; did you mean `no-hooks`?");
}

Test(diag_formats, colours)
{
	struct diag_options o = diag_options_default();
	FILE *file = tmpfile();

	cr_expect(!diag_options_colour(&o, file));
	setenv("CLICOLOR_FORCE", "0", 1);
	cr_expect(!diag_options_colour(&o, file));
	setenv("CLICOLOR_FORCE", "1", 1);
	cr_expect(diag_options_colour(&o, file));
	setenv("NO_COLOR", "", 1);
	cr_expect(diag_options_colour(&o, file));
	setenv("NO_COLOR", "1", 1);
	cr_expect(!diag_options_colour(&o, file));
	o.colour = COLOUR_ALWAYS;
	cr_expect(diag_options_colour(&o, file));
	o.colour = COLOUR_NEVER;
	unsetenv("NO_COLOR");
	cr_expect(!diag_options_colour(&o, file));
	fclose(file);
}
