/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/base/source.h"
#include "compiler/base/utf8.h"

static struct arena arena;
static struct sources sources;

static void setup(void)
{
	arena = (struct arena){.head = NULL};
	sources = (struct sources){.arena = &arena};
}

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(source, .init = setup, .fini = teardown);

static const struct source *add(const char *text, size_t size)
{
	return sources_get(&sources, sources_add(&sources, "t.yaml", text, size));
}

static void expect_place(const struct source *f, uint32_t offset, uint32_t line, uint32_t column)
{
	struct place p = source_place(f, offset);

	cr_expect(p.line == line && p.column == column, "offset %u is %u:%u, not %u:%u", offset,
		  p.line, p.column, line, column);
}

Test(source, empty_text_has_one_line)
{
	const struct source *f = add("", 0);

	cr_expect_eq(f->line_count, 1);
	expect_place(f, 0, 1, 1);
	expect_place(f, 99, 1, 1);
}

Test(source, lines_end_at_lf_crlf_and_cr)
{
	const struct source *f = add("a\nbc\r\nd\re", 9);

	cr_expect_eq(f->line_count, 4);
	expect_place(f, 1, 1, 2);
	expect_place(f, 2, 2, 1);
	expect_place(f, 5, 2, 4);
	expect_place(f, 6, 3, 1);
	expect_place(f, 8, 4, 1);
	expect_place(f, 9, 4, 2);
}

Test(source, columns_count_characters)
{
	const struct source *f = add("\xc3\xa4\xe6\xbc\xa2x\n\xf0\x9f\x98\x80y", 12);

	expect_place(f, 2, 1, 2);
	expect_place(f, 5, 1, 3);
	expect_place(f, 11, 2, 2);
}

Test(source, byte_order_mark_has_no_column)
{
	const struct source *f = add("\xef\xbb\xbf"
				     "ab\nc",
				     7);

	expect_place(f, 0, 1, 1);
	expect_place(f, 3, 1, 1);
	expect_place(f, 4, 1, 2);
	expect_place(f, 6, 2, 1);
}

Test(source, many_files_keep_their_text)
{
	char text[32];

	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "file %d", i);
		cr_expect_eq(sources_add(&sources, text, text, strlen(text)), (uint32_t)i);
	}
	cr_expect_str_eq(sources_get(&sources, 7)->text, "file 7");
	cr_expect_str_eq(sources_get(&sources, 99)->name, "file 99");
}

static int load_bytes(size_t size)
{
	char path[] = "/tmp/tgc-source-XXXXXX";
	int fd = mkstemp(path), file, saved;

	cr_assert(fd >= 0);
	cr_assert(ftruncate(fd, (off_t)size) == 0);
	close(fd);
	file = sources_load(&sources, path);
	saved = errno;
	unlink(path);
	errno = saved;
	return file;
}

Test(source, loads_up_to_the_limit)
{
	cr_assert_eq(load_bytes(SOURCE_MAX), 0);
	cr_expect_eq(sources_get(&sources, 0)->size, SOURCE_MAX);
	cr_expect_eq(sources_get(&sources, 0)->text[SOURCE_MAX], '\0');
}

Test(source, refuses_what_is_larger)
{
	cr_expect_eq(load_bytes((size_t)SOURCE_MAX + 1), -1);
	cr_expect_eq(errno, EFBIG);
	cr_expect_eq(sources.count, 0);
}

Test(source, endless_device_is_too_large)
{
	cr_expect_eq(sources_load(&sources, "/dev/zero"), -1);
	cr_expect_eq(errno, EFBIG);
}

Test(source, absent_file_and_folder)
{
	cr_expect_eq(sources_load(&sources, "/nonexistent/policy.yaml"), -1);
	cr_expect_eq(errno, ENOENT);
	cr_expect_eq(sources_load(&sources, "/"), -1);
	cr_expect_eq(errno, EISDIR);
}

Test(source, arena_grows_arrays)
{
	size_t room = 0, *array = NULL;

	for (size_t i = 0; i < 1000; i++) {
		array = arena_grow(&arena, array, i, &room, sizeof(*array));
		array[i] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		cr_assert_eq(array[i], i);
}

Test(source, arena_memory_is_zeroed_aligned_and_apart)
{
	char *last = NULL;

	for (size_t size = 1; size < 100000; size = size * 2 + 1) {
		char *p = arena_alloc(&arena, size);

		cr_expect_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			cr_assert_eq(p[i], 0);
		memset(p, 0xff, size);
		cr_expect(p != last);
		last = p;
	}
	cr_expect_str_eq(arena_printf(&arena, "%s-%d", "x", 7), "x-7");
	cr_expect_str_eq(arena_strndup(&arena, "abc", 2), "ab");
}

Test(source, utf8_refuses_what_is_not_shortest_or_no_character)
{
	static const char *const bad[] = {"\x80",	  "\xc0\xaf",	  "\xc1\x81",
					  "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
					  "\xf8\x88",	  "\xc3",	  "\xe6\xbc",
					  "\xff"};
	uint32_t code;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(utf8_decode(bad[i], strlen(bad[i]), &code), 0, "case %zu", i);
	cr_expect_eq(utf8_decode("\xf4\x8f\xbf\xbf", 4, &code), 4);
	cr_expect_eq(code, 0x10ffff);
	cr_expect_eq(utf8_decode("\xed\x9f\xbf", 3, &code), 3);
	cr_expect_eq(code, 0xd7ff);
}

/* Columns far into a line, around the blocks in which characters are counted ahead. */
Test(source, columns_of_long_lines)
{
	size_t size = 3 * SOURCE_BLOCK;
	char *text = arena_alloc(&arena, size);
	const struct source *f;
	uint32_t column = 1;

	for (size_t i = 0; i < size; i++)
		text[i] = i % 3 == 1 ? '\xc3' : i % 3 == 2 ? '\xa4' : 'x';
	text[100] = '\n';
	f = add(text, size);
	for (uint32_t i = 101; i <= size; i++) {
		expect_place(f, i, 2, column);
		column += i < size && utf8_starts(text[i]);
	}
}
