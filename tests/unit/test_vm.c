// SPDX-License-Identifier: Apache-2.0
/* The kernel harness, as far as it goes without booting. */
#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/vm/apt.h"
#include "compiler/vm/child.h"
#include "compiler/vm/files.h"
#include "compiler/vm/initramfs.h"
#include "compiler/vm/kernels.h"
#include "compiler/vm/needed.h"
#include "compiler/vm/vmlinuz.h"

static struct arena arena;
static char work[] = "/tmp/tgc-vm-XXXXXX";

static void make_work(void)
{
	cr_assert_not_null(mkdtemp(work));
}

static void remove_work(void)
{
	tree_remove(work);
	arena_free(&arena);
}

static const char *derive(const char *text, bool deb822, const char *suites)
{
	return apt_sources_derive(&arena, text, deb822, "bookworm", suites);
}

Test(apt_sources, deb822, .fini = remove_work)
{
	static const char text[] =
		"# a comment\nTypes: deb\nURIs: http://host.invalid/other\nSuites: nodistro\n"
		"Components: main\n\n"
		"Types: deb deb-src\nURIs: http://host.invalid/debian\n"
		"Suites: bookworm\n bookworm-updates\nComponents: main contrib\n"
		"Signed-By: /usr/share/keyrings/key.gpg\n\n"
		"Types: deb\nURIs: http://host.invalid/security\nSuites: bookworm-security\n"
		"Components: main\n";

	cr_assert_str_eq(derive(text, true, "trixie sid"),
			 "URIs: http://host.invalid/debian\n"
			 "Signed-By: /usr/share/keyrings/key.gpg\n"
			 "Types: deb\nSuites: trixie sid\nComponents: main\n");
	cr_assert_null(derive("Types: deb\nURIs: u\nSuites: bookworm\nComponents: main\n"
			      "Enabled: no\n",
			      true, "sid"));
	cr_assert_null(derive("", true, "sid"));
}

Test(apt_sources, one_line, .fini = remove_work)
{
	static const char text[] = "# deb http://x bookworm main\n"
				   "deb-src http://host.invalid/debian bookworm main\n"
				   "deb http://host.invalid/sec bookworm-security main\n"
				   "deb [arch=amd64 signed-by=/k.gpg] http://host.invalid/debian "
				   "bookworm main contrib\n";

	cr_assert_str_eq(
		derive(text, false, "trixie sid"),
		"deb [arch=amd64 signed-by=/k.gpg] http://host.invalid/debian trixie main\n"
		"deb [arch=amd64 signed-by=/k.gpg] http://host.invalid/debian sid main\n");
	cr_assert_null(derive("deb http://host.invalid/debian bookworm contrib\n", false, "sid"));
	cr_assert_null(derive("deb [broken\n", false, "sid"));
	cr_assert_null(derive("deb \n", false, "sid"));
}

Test(child, statuses, .fini = remove_work)
{
	const char *good[] = {"sh", "-c", "echo out; echo err >&2; exit 3", NULL};
	const char *killed[] = {"sh", "-c", "kill -9 $$", NULL};
	const char *absent[] = {"/nonexistent/program", NULL};
	const char *many[] = {"sh", "-c", "seq 1 100000", NULL};
	char text[64], *all;

	cr_assert_eq(child_run(good, NULL, text, sizeof(text)), 3);
	cr_assert_str_eq(text, "out\nerr");
	cr_assert_eq(child_run(killed, NULL, text, sizeof(text)), 137);
	cr_assert_eq(child_run(absent, NULL, text, sizeof(text)), 127);
	cr_assert_eq(child_run(many, NULL, text, sizeof(text)), 0);
	cr_assert_str_eq(text + strlen(text) - 12, "99999\n100000");
	cr_assert_eq(child_capture(many, NULL, &all), 0);
	cr_assert_eq(strlen(all), 588895);
	free(all);
}

/* name, type, size of every entry, in order */
static char *listing(const char *path)
{
	struct archive *from = archive_read_new();
	struct archive_entry *entry;
	char *out = arena_printf(&arena, "%s", "");

	archive_read_support_format_cpio(from);
	cr_assert_eq(archive_read_open_filename(from, path, 65536), ARCHIVE_OK);
	while (archive_read_next_header(from, &entry) == ARCHIVE_OK)
		out = arena_printf(&arena, "%s%s %o %lld\n", out, archive_entry_pathname(entry),
				   archive_entry_mode(entry), (long long)archive_entry_size(entry));
	archive_read_free(from);
	return out;
}

static void fill(const char *path, struct vm_error *e)
{
	struct initramfs *fs = initramfs_create(&arena, path);

	initramfs_text(fs, "/bin/tool", "text", 0755);
	initramfs_text(fs, "/usr/bin/tool", "second", 0755);
	initramfs_device(fs, "/dev/console", 0600, 5, 1);
	initramfs_program(fs, "/usr/bin/true", "/usr/bin/true");
	cr_assert_eq(initramfs_close(fs, e), 0, "%s", e->text);
}

Test(initramfs, contents, .init = make_work, .fini = remove_work)
{
	char *one = arena_printf(&arena, "%s/one", work),
	     *two = arena_printf(&arena, "%s/two", work);
	size_t sizes[2];
	struct vm_error e;
	char *text;

	fill(one, &e);
	fill(two, &e);
	text = listing(one);
	cr_assert_not_null(strstr(text, "bin 120777 "), "%s", text);
	cr_assert_not_null(strstr(text, "usr 40755 0\nusr/bin 40755 0\nusr/bin/tool 100755 4\n"));
	cr_assert_null(strstr(text, "usr/bin/tool 100755 6"), "the first file wins");
	cr_assert_not_null(strstr(text, "dev/console 20600 "));
	cr_assert_not_null(strstr(text, "/libc.so.6 100755 "));
	cr_assert_not_null(strstr(text, "usr/lib64/ld-linux-x86-64.so.2 100755 "));
	text = file_read(&arena, one, &sizes[0], &e);
	cr_assert_eq(memcmp(text, file_read(&arena, two, &sizes[1], &e), sizes[0]), 0);
	cr_assert_eq(sizes[0], sizes[1]);
}

Test(initramfs, first_error_leaves_no_file, .init = make_work, .fini = remove_work)
{
	char *path = arena_printf(&arena, "%s/image", work);
	struct initramfs *fs = initramfs_create(&arena, path);
	struct vm_error e;

	initramfs_copy(fs, "/a", "/nonexistent/first", 0);
	initramfs_copy(fs, "/b", "/nonexistent/second", 0);
	cr_assert_eq(initramfs_close(fs, &e), -1);
	cr_assert_not_null(strstr(e.text, "/nonexistent/first"));
	cr_assert(!file_exists(path));
}

Test(needed, not_elf, .fini = remove_work)
{
	struct needed needed;
	struct vm_error e;

	cr_assert_eq(needed_read(&arena, "/etc/passwd", &needed, &e), 0);
	cr_assert_eq(needed.count, 0);
	cr_assert_eq(needed_read(&arena, "/nonexistent", &needed, &e), -1);
}

static void assert_bad_image(const void *data, size_t size, const char *part)
{
	char *image = arena_printf(&arena, "%s/image", work);
	char *btf = arena_printf(&arena, "%s/btf", work);
	struct vm_error e;

	cr_assert_eq(file_write(image, data, size, &e), 0);
	cr_assert_eq(vmlinuz_btf(image, btf, &e), -1);
	cr_assert_not_null(strstr(e.text, part), "%s", e.text);
	cr_assert(!file_exists(btf));
}

Test(vmlinuz, bad_images, .init = make_work, .fini = remove_work)
{
	static char image[8192];

	assert_bad_image("", 0, "not a Linux boot image");
	assert_bad_image(image, sizeof(image), "not a Linux boot image");
	memcpy(image + 0x202, "HdrS", 4);
	assert_bad_image(image, sizeof(image), "without a compressed kernel");
	memset(image + 0x248, 0xff, 8);
	assert_bad_image(image, sizeof(image), "without a compressed kernel");
	memcpy(image + 0x248, "\0\0\0\0\0\2\0\0", 8);
	assert_bad_image(image, sizeof(image), "cannot be read");
}

/* The cache is used as it is: no network, no lock, no apt. */
Test(kernels, from_the_cache, .init = make_work, .fini = remove_work)
{
	char *dir = arena_printf(&arena, "%s/6.1", work);
	struct kernel k;
	struct vm_error e;

	cr_assert_eq(dir_make(dir), 0);
	cr_assert_eq(file_write(arena_printf(&arena, "%s/vmlinuz", dir), "x", 1, &e), 0);
	cr_assert_eq(file_write(arena_printf(&arena, "%s/btf", dir), "x", 1, &e), 0);
	cr_assert_eq(file_write(arena_printf(&arena, "%s/version", dir), "pack 1.2-3\n", 11, &e),
		     0);
	cr_assert_eq(kernel_prepare(&arena, kernel_series_find("6.1"), work, NULL, &k, &e), 0);
	cr_assert_str_eq(k.package, "pack");
	cr_assert_str_eq(k.version, "1.2-3");
	cr_assert_null(kernel_series_find("6.2"));
}

Test(kernels, cache_folder, .fini = remove_work)
{
	struct vm_error e;

	setenv("HOME", "/home/x", 1);
	unsetenv("XDG_CACHE_HOME");
	unsetenv("TGC_KERNELS");
	cr_assert_str_eq(kernel_cache(&arena, &e), "/home/x/.cache/tgc/kernels");
	setenv("XDG_CACHE_HOME", "/c", 1);
	cr_assert_str_eq(kernel_cache(&arena, &e), "/c/tgc/kernels");
	setenv("TGC_KERNELS", "/k", 1);
	cr_assert_str_eq(kernel_cache(&arena, &e), "/k");
}
