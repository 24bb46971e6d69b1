// SPDX-License-Identifier: Apache-2.0
/* Facts from images, texts, packages and running systems. */
#include <archive.h>
#include <archive_entry.h>
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/files.h"
#include "kernel_fixture.h"

static struct arena arena;
static struct kernel_facts facts;
static struct bytes raw;
static char why[512];

static void begin(void)
{
	struct btf *btf = fixture_btf();

	facts = (struct kernel_facts){.arena = &arena};
	raw = fixture_raw(&arena, btf);
	btf__free(btf);
}

static void end(void)
{
	arena_free(&arena);
}

TestSuite(kernel_facts, .init = begin, .fini = end);

static struct bytes text(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static int take(struct bytes file)
{
	return facts_from_bytes(&facts, file, "a file", why, sizeof(why));
}

static void expect_btf(void)
{
	cr_assert_eq(facts.btf.size, raw.size);
	cr_expect_eq(memcmp(facts.btf.at, raw.at, raw.size), 0);
}

Test(kernel_facts, vmlinux)
{
	cr_assert_eq(take(fixture_elf(&arena, raw, "CONFIG_BPF=y\nCONFIG_NET=m\n")), 0, "%s", why);
	expect_btf();
	cr_expect_str_eq(facts.release, "9.8.7-fixture");
	cr_expect_str_eq(facts.arch, "x86_64");
	cr_expect_eq(facts.config.count, 2);
	cr_expect_str_eq(facts.config.at[1], "CONFIG_NET=m");
	cr_expect_not(facts.functions.known, "no symbol table");
}

Test(kernel_facts, vmlinuz)
{
	struct bytes image = fixture_image(&arena, fixture_elf(&arena, raw, "CONFIG_BPF=y\n"));

	cr_assert_eq(take(image), 0, "%s", why);
	expect_btf();
	cr_expect_str_eq(facts.release, "9.8.7-fixture");
	cr_expect(facts.config.known);
	cr_expect_eq(take(image), -1, "twice");
	cr_expect_str_eq(why, "it is a second kernel: each needs a profile of its own");
}

Test(kernel_facts, a_vmlinuz_that_is_cut_off)
{
	struct bytes image = fixture_image(&arena, fixture_elf(&arena, raw, "CONFIG_BPF=y\n"));

	image.size -= 100;
	cr_expect_eq(take(image), -1);
	cr_expect_str_eq(why, "a boot image without a compressed kernel");
	cr_expect_eq(facts.btf.size, 0);
}

Test(kernel_facts, raw_types)
{
	cr_assert_eq(take(raw), 0, "%s", why);
	expect_btf();
	cr_expect_null(facts.release);
}

Test(kernel_facts, configurations)
{
	const char *config = "#\n# Linux/x86 9.8.7 Kernel Configuration\n#\nCONFIG_BPF=y\n";

	cr_expect_eq(take(text(config)), 0, "%s", why);
	cr_expect_eq(facts.config.count, 1);
	facts.config = (struct fact_list){0};
	cr_expect_eq(take(fixture_gzip(&arena, text(config))), 0, "%s", why);
	cr_expect_eq(facts.config.count, 1);
}

/* Symbols are in the order of their addresses; modules come behind. */
Test(kernel_facts, what_is_beyond_the_text_is_no_function)
{
	cr_expect(facts_symbols(&facts,
				text("0 t before\n1 T _text\n2 t do_work\n3 T _etext\n"
				     "4 t init_work\n5 t module_work\t[m]\n"),
				"kallsyms"));
	cr_assert_eq(facts.functions.count, 3);
	cr_expect_str_eq(facts.functions.at[1], "do_work");
	cr_expect_str_eq(facts.functions.at[2], "module_work");
}

Test(kernel_facts, system_map)
{
	cr_expect_eq(take(text("ffffffff81000000 T do_work\nffffffff81000010 t do_rest\n"
			       "ffffffff82000000 D data\n")),
		     0, "%s", why);
	cr_expect_eq(facts.functions.count, 2);
	cr_expect_str_eq(facts.functions_from, "System.map");
}

/* Debian's packages hold a System.map that only says where the real one is. */
Test(kernel_facts, a_system_map_without_symbols)
{
	cr_expect_eq(take(text("ffffffffffffffff B The real System.map is in the package -dbg\n")),
		     -1);
	cr_expect_not_null(strstr(why, "it is a placeholder"));
	cr_expect_not(facts.functions.known);
}

Test(kernel_facts, what_tells_nothing_is_refused)
{
	cr_expect_eq(take(text("hello\n")), -1);
	cr_expect_not_null(strstr(why, "it is none of what tells about a kernel"));
	cr_expect_eq(take((struct bytes){0}), -1);
	cr_expect_str_eq(why, "it is empty");
	cr_expect_eq(take(text("\x7f"
			       "ELFxxxxxxxxxxxxxxxx")),
		     -1);
	cr_expect_str_eq(why, "it is not a 64-bit ELF file");
}

/* ---- the kernel's own symbols --------------------------------------------------------------- */

static void expect_symbols(size_t align, bool with_order)
{
	facts.functions = (struct fact_list){0};
	cr_assert(facts_kallsyms(&facts, fixture_kallsyms(&arena, align, with_order)),
		  "align %zu order %d", align, with_order);
	cr_assert_eq(facts.functions.count, 300, "%zu", facts.functions.count);
	cr_expect_str_eq(facts.functions.at[0], "f000");
	cr_expect_str_eq(facts.functions.at[299], "f299");
	cr_expect_str_eq(facts.functions_from, "kallsyms");
}

Test(kernel_facts, kallsyms)
{
	expect_symbols(8, false);
	expect_symbols(8, true);
	expect_symbols(4, false);
	expect_symbols(4, true);
}

Test(kernel_facts, kallsyms_that_do_not_agree_are_not_believed)
{
	struct bytes s = fixture_kallsyms(&arena, 8, false);

	((uint8_t *)s.at)[39]++; /* a name's length */
	cr_expect_not(facts_kallsyms(&facts, s));
	cr_expect_not(facts.functions.known);
}

Test(kernel_facts, damaged_kallsyms_do_no_harm)
{
	struct bytes s = fixture_kallsyms(&arena, 4, true);

	for (size_t i = 0; i < s.size; i++) {
		uint8_t *copy = malloc(s.size);

		memcpy(copy, s.at, s.size);
		copy[i] ^= 0xff;
		facts.functions = (struct fact_list){0};
		facts_kallsyms(&facts, (struct bytes){copy, s.size});
		facts.functions = (struct fact_list){0};
		facts_kallsyms(&facts, (struct bytes){copy + i, s.size - i});
		free(copy);
	}
}

/* ---- packages ----------------------------------------------------------------------------- */

static void add_entry(struct archive *to, const char *path, struct bytes data)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, path);
	archive_entry_set_size(e, (la_int64_t)data.size);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	cr_assert_eq(archive_write_header(to, e), ARCHIVE_OK);
	cr_assert_eq((size_t)archive_write_data(to, data.at, data.size), data.size);
	archive_entry_free(e);
}

struct member {
	const char *path;
	struct bytes data;
};

static struct bytes pack(bool tar, const struct member *members, size_t count)
{
	size_t room = 1 << 20, used = 0;
	uint8_t *at = arena_alloc(&arena, room);
	struct archive *to = archive_write_new();

	if (tar) {
		archive_write_set_format_ustar(to);
		archive_write_add_filter_xz(to);
	} else {
		archive_write_set_format_ar_bsd(to);
	}
	cr_assert_eq(archive_write_open_memory(to, at, room, &used), ARCHIVE_OK);
	for (size_t i = 0; i < count; i++)
		add_entry(to, members[i].path, members[i].data);
	cr_assert_eq(archive_write_close(to), ARCHIVE_OK);
	archive_write_free(to);
	return (struct bytes){at, used};
}

static struct bytes make_deb(const struct member *members, size_t count)
{
	const struct member parts[] = {
		{"debian-binary", text("2.0\n")},
		{"control.tar.xz", pack(true, NULL, 0)},
		{"data.tar.xz", pack(true, members, count)},
	};

	return pack(false, parts, 3);
}

Test(kernel_facts, package)
{
	const struct member members[] = {
		{"./boot/System.map-9.8.7", text("ffffffffffffffff B The real one is elsewhere\n")},
		{"./boot/config-9.8.7", text("CONFIG_BPF=y\n")},
		{"./boot/vmlinuz-9.8.7", fixture_image(&arena, fixture_elf(&arena, raw, ""))},
		{"./usr/share/doc/readme", text("CONFIG_NO=y\n")},
	};

	cr_assert_eq(take(make_deb(members, 4)), 0, "%s", why);
	expect_btf();
	cr_expect_eq(facts.config.count, 1);
	cr_expect_not(facts.functions.known);
	cr_assert_eq(facts.notes.count, 1);
	cr_expect_not_null(strstr(facts.notes.at[0], "./boot/System.map-9.8.7 is left out"));
}

Test(kernel_facts, a_package_without_a_kernel)
{
	const struct member members[] = {{"./usr/bin/x", text("x")}};

	cr_expect_eq(take(make_deb(members, 1)), -1);
	cr_expect_str_eq(why, "the package has no kernel, no configuration and no System.map");
	cr_expect_eq(take(text("!<arch>\nnonsense")), -1);
	cr_expect_str_eq(why, "it is not a Debian package, or is damaged");
}

/* ---- a running system ----------------------------------------------------------------------- */

static void put(const char *root, const char *path, struct bytes data)
{
	char *full = arena_printf(&arena, "%s%s", root, path), *slash = strrchr(full, '/');
	struct vm_error e;

	*slash = '\0';
	cr_assert_eq(dir_make(full), 0);
	*slash = '/';
	cr_assert_eq(file_write(full, data.at, data.size, &e), 0, "%s", e.text);
}

Test(kernel_facts, running_system)
{
	char *root = arena_printf(&arena, "/tmp/tgc-running-XXXXXX");
	struct btf *base = fixture_btf(), *split = fixture_split_btf(base);

	cr_assert_not_null(mkdtemp(root));
	put(root, "/sys/kernel/btf/vmlinux", raw);
	put(root, "/sys/kernel/btf/example", fixture_raw(&arena, split));
	put(root, "/proc/sys/kernel/osrelease", text("9.8.7-here\n"));
	put(root, "/proc/config.gz", fixture_gzip(&arena, text("CONFIG_BPF=y\n")));
	put(root, "/sys/kernel/tracing/available_filter_functions",
	    text("do_work\nfrom_module [example]\n"));
	put(root, "/proc/kallsyms", text("0 t do_rest\n"));
	put(root, "/sys/kernel/security/lsm", text("capability,bpf"));
	put(root, "/sys/kernel/tracing/events/sched/sched_exec/format",
	    text("\tfield:int pid;\toffset:8;\tsize:4;\tsigned:1;\n"));
	put(root, "/sys/kernel/tracing/events/sched/enable", text("0\n"));
	cr_assert_eq(facts_from_running(&facts, root, why, sizeof(why)), 0, "%s", why);
	expect_btf();
	cr_expect_str_eq(facts.release, "9.8.7-here");
	cr_expect_eq(facts.config.count, 1);
	cr_expect_eq(facts.functions.count, 2);
	cr_expect_str_eq(facts.functions_from, "available_filter_functions");
	cr_expect_eq(facts.lsms.count, 2);
	cr_assert_eq(facts.events.count, 1);
	cr_expect_str_eq(facts.events.at[0].name, "sched/sched_exec");
	cr_expect_eq(facts.module_count, 1);
	cr_assert_eq(facts.notes.count, 1);
	cr_expect_not_null(strstr(facts.notes.at[0], "error_injection/list"));
	tree_remove(root);
	btf__free(split);
	btf__free(base);
}

Test(kernel_facts, a_running_system_without_types)
{
	cr_expect_eq(facts_from_running(&facts, "/nonexistent", why, sizeof(why)), -1);
	cr_expect_not_null(strstr(why, "CONFIG_DEBUG_INFO_BTF"));
}
