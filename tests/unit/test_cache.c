// SPDX-License-Identifier: Apache-2.0
/* The cache of compiled results, build ids, and the text that clang is given. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/back/includes.h"
#include "compiler/base/arena.h"
#include "compiler/cache/build_id.h"
#include "compiler/cache/cache.h"
#include "compiler/cache/identity.h"

static struct arena arena;
static char folder[] = "/tmp/tgc-test-cache-XXXXXX";

static void setup(void)
{
	cr_assert(mkdtemp(folder));
	setenv("TGC_CACHE_DIR", folder, 1);
}

static void teardown(void)
{
	char *command = arena_printf(&arena, "rm -rf %s", folder);

	cr_assert_eq(system(command), 0);
	arena_free(&arena);
}

TestSuite(cache, .init = setup, .fini = teardown);

static struct bytes text_bytes(const char *text)
{
	return (struct bytes){(const uint8_t *)text, strlen(text)};
}

static struct cache_key key_of(const char *text)
{
	struct cache_key k = {.arena = &arena};

	cache_key_text(&k, text);
	return k;
}

static bool holds(struct cache *c, const char *key, const char *text)
{
	struct cache_key k = key_of(key);
	struct bytes found;

	return cache_get(c, &k, &found) && found.size == strlen(text) &&
	       !memcmp(found.at, text, found.size);
}

Test(cache, what_was_put_is_found_by_its_key_only)
{
	struct cache *c = cache_open(&arena, true);
	struct cache_key k = key_of("a");

	cr_assert(!holds(c, "a", "one"));
	cache_put(c, &k, text_bytes("one"));
	cr_assert(holds(c, "a", "one"));
	cr_assert(!holds(c, "b", "one"));
	cache_put(c, &k, text_bytes("two"));
	cr_assert(holds(c, "a", "two"));
	cache_close(c);
	cr_assert(holds(cache_open(&arena, true), "a", "two"));
}

Test(cache, none_holds_nothing)
{
	struct cache_key k = key_of("a");

	cr_assert_null(cache_open(&arena, false));
	cache_put(NULL, &k, text_bytes("one"));
	cr_assert(!holds(NULL, "a", "one"));
	cache_close(NULL);
	cr_assert_eq(chmod(folder, 0770), 0);
	cr_assert_null(cache_open(&arena, true));
}

Test(cache, parts_of_a_key_do_not_run_together)
{
	struct cache_key a = {.arena = &arena}, b = {.arena = &arena}, none = {.arena = &arena},
			 empty = {.arena = &arena};

	cache_key_text(&a, "ab");
	cache_key_text(&a, "c");
	cache_key_text(&b, "a");
	cache_key_text(&b, "bc");
	cr_assert(a.size != b.size || memcmp(a.bytes, b.bytes, a.size) != 0);
	cache_key_text(&none, NULL);
	cache_key_text(&empty, "");
	cr_assert(none.size != empty.size || memcmp(none.bytes, empty.bytes, none.size) != 0);
}

Test(cache, a_kernel_is_known_by_its_bytes)
{
	struct cache_key a = {.arena = &arena}, b = a, c = a;
	char *path = arena_printf(&arena, "%s/kernel", folder);
	struct cache *cache = cache_open(&arena, true);
	FILE *f = fopen(path, "w");

	fputs("one", f);
	fclose(f);
	cr_assert(identity_kernel(cache, &a, path));
	f = fopen(path, "w"); /* as long, and within the same tick of a clock, perhaps */
	fputs("two", f);
	fclose(f);
	cr_assert(identity_kernel(cache, &b, path));
	cr_assert_eq(a.size, b.size);
	cr_assert_neq(memcmp(a.bytes, b.bytes, a.size), 0);
	cr_assert(!identity_kernel(cache, &c, folder));
}

Test(cache, what_runs_another_program_has_no_identity)
{
	struct cache_key k = {.arena = &arena};
	struct cache *c = cache_open(&arena, true);

	cr_assert(!identity_clang(c, &k, "/bin/true"));
	cr_assert(!identity_clang(c, &k, "/nonexistent"));
	cr_assert(!identity_clang(c, &k, "/etc/passwd"));
}

/* ---- build ids ---------------------------------------------------------------------------- */

TestSuite(build_id);

static const uint8_t notes[] = {
	/* one of another kind */
	4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 'G', 'N', 'U', 0, 7, 7, 0, 0,
	/* the id */
	4, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 'G', 'N', 'U', 0, 0xa, 0xb, 0xc, 0};

Test(build_id, is_found_behind_other_notes)
{
	struct bytes id;

	cr_assert(build_id_in((struct bytes){notes, sizeof(notes)}, &id));
	cr_assert_eq(id.size, 3);
	cr_assert_eq(memcmp(id.at, "\x0a\x0b\x0c", 3), 0);
}

Test(build_id, cut_and_hostile_notes)
{
	uint8_t *copy = malloc(sizeof(notes));
	struct bytes id;

	for (size_t size = 0; size < sizeof(notes); size++) {
		uint8_t *cut = malloc(size + 1);

		memcpy(cut, notes, size);
		cr_assert(!build_id_in((struct bytes){cut, size}, &id));
		free(cut);
	}
	for (size_t at = 0; at < sizeof(notes); at++) {
		memcpy(copy, notes, sizeof(notes));
		copy[at] = 0xff;
		build_id_in((struct bytes){copy, sizeof(notes)}, &id);
	}
	free(copy);
}

Test(build_id, of_this_program)
{
	struct bytes running, file;
	struct arena a = {0};

	cr_assert(build_id_of_self(&running));
	cr_assert(build_id_of_file(&a, "/proc/self/exe", &file));
	cr_assert_eq(running.size, file.size);
	cr_assert_eq(memcmp(running.at, file.at, file.size), 0);
	cr_assert(!build_id_of_file(&a, "/etc/passwd", &file));
	arena_free(&a);
}

/* ---- included templates --------------------------------------------------------------------- */

TestSuite(includes);

static const char *expanded(struct arena *a, const char *text)
{
	struct bytes made = includes_expand(a, text_bytes(text));

	cr_assert_eq(strlen((const char *)made.at), made.size);
	return (const char *)made.at;
}

Test(includes, a_template_is_there_once)
{
	struct arena a = {0};
	const char *text = expanded(&a, "#include \"tg_bits_layout.h\"\nint a;\n"
					"#include \"tg_bits_layout.h\"\nint b;\n");
	const char *first = strstr(text, "TG_BITS_LAYOUT_H\n");

	cr_assert_eq(strncmp(text, "#line 1 \"./tg_bits_layout.h\"\n", 29), 0);
	cr_assert_not_null(first);
	cr_assert_null(strstr(text, "#include"));
	cr_assert_not_null(strstr(text, "#line 1 \"unit.c\"\nint a;\n\nint b;\n"));
	arena_free(&a);
}

Test(includes, others_are_left)
{
	struct arena a = {0};
	static const char *const kept[] = {"#include <linux/types.h>\n", "#include \"nothing.h\"\n",
					   "#include \"\"\n", "#include \"", "\n\n"};

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		cr_assert_eq(strncmp(expanded(&a, kept[i]), kept[i], strlen(kept[i])), 0);
	arena_free(&a);
}
