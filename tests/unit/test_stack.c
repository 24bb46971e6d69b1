// SPDX-License-Identifier: Apache-2.0
/* From addresses to names: kallsyms, memory maps, frames. */
#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "runtime/stack.h"

static const char list[] = "ffffffff81000100 T vfs_read\n"
			   "ffffffff81000000 T security_file_open\n"
			   "ffffffff81000080 D some_data\n"
			   "ffffffffc0000000 t bpf_prog_0123456789abcdef_h0_fentry\t[bpf]\n"
			   "ffffffffc0001000 t bpf_trampoline_1234\t[bpf]\n"
			   "not a line\n\n"
			   "ffffffffc0002000 t ext4_open\t[ext4]\n";

static int read_list(struct kallsyms *k, const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int result = kallsyms_read(k, f), error = errno;

	fclose(f);
	errno = error;
	return result;
}

Test(stack, kallsyms)
{
	struct kallsyms k;
	uint64_t offset = 99;

	cr_assert_eq(read_list(&k, list), 0);
	cr_assert_str_eq(kallsyms_find(&k, 0xffffffff81000000, &offset), "security_file_open");
	cr_assert_eq(offset, 0);
	cr_assert_str_eq(kallsyms_find(&k, 0xffffffff810000ff, &offset), "security_file_open");
	cr_assert_eq(offset, 0xff);
	cr_assert_str_eq(kallsyms_find(&k, 0xffffffffc0002001, &offset), "ext4_open");
	cr_assert_null(kallsyms_find(&k, 0xffffffff80ffffff, &offset));
	cr_assert_null(kallsyms_find(&k, 0xffffffffd0000000, &offset));
	kallsyms_free(&k);
}

Test(stack, hidden_addresses)
{
	struct kallsyms k;

	cr_assert_eq(read_list(&k, "0000000000000000 T vfs_read\n"), -1);
	cr_assert_eq(errno, EPERM);
	cr_assert_null(k.v);
}

Test(stack, kernel_frames)
{
	uint64_t addresses[] = {
		0xffffffffc0000010, 0xffffffffc0001010, 0xffffffff81000005, 0, 0x1000,
		0xffffffff81000110, 0xffffffffc0000010};
	struct record_text bytes = {(const char *)addresses, sizeof(addresses)};
	struct symbols symbols = {0};
	struct stack s;

	cr_assert_eq(read_list(&symbols.kernel, list), 0);
	stack_kernel(&s, &symbols, &bytes);
	cr_assert_eq(s.count, 3);
	cr_assert_str_eq(s.v[0].symbol, "security_file_open");
	cr_assert_eq(s.v[0].offset, 5);
	cr_assert_str_eq(s.v[1].symbol, "vfs_read");
	cr_assert_str_eq(s.v[2].symbol, "bpf_prog_0123456789abcdef_h0_fentry");
	kallsyms_free(&symbols.kernel);
}

Test(stack, map_lines)
{
	static struct user_places out;
	uint64_t addresses[] = {0x1000, 0x1fff, 0x2000, 0x7000};
	size_t used = 0;

	user_maps_read_line("1000-2000 r-xp 00003000 fe:01 42      /usr/bin/a b", addresses, 4,
			    &out, &used);
	user_maps_read_line("2000-3000 rw-p 00000000 00:00 0 ", addresses, 4, &out, &used);
	user_maps_read_line("7000-8000 r-xp 00000000 00:00 0       [vdso]", addresses, 4, &out,
			    &used);
	user_maps_read_line("rubbish", addresses, 4, &out, &used);
	cr_assert_str_eq(out.paths + out.v[0].path - 1, "/usr/bin/a b");
	cr_assert_eq(out.v[0].offset, 0x3000);
	cr_assert_eq(out.v[1].path, out.v[0].path);
	cr_assert_eq(out.v[1].offset, 0x3fff);
	cr_assert_eq(out.v[2].path + out.v[3].path, 0);
}

Test(stack, full_paths)
{
	static struct user_places out;
	uint64_t address = 0x1000;
	size_t used = sizeof(out.paths) - 3;

	user_maps_read_line("1000-2000 r-xp 0 fe:01 42 /abc", &address, 1, &out, &used);
	cr_assert_eq(out.v[0].path, 0);
}

/* The child reads the map of this very process. */
Test(stack, own_maps)
{
	static struct user_places out;
	uint64_t addresses[] = {(uint64_t)(uintptr_t)read_list, 0};
	struct user_maps m;

	cr_assert_eq(user_maps_start(&m, "/proc"), 0);
	if (!user_maps_find(&m, (uint32_t)getpid(), addresses, 2, &out)) {
		cr_assert_neq(out.v[0].path, 0);
		cr_assert_eq(out.v[1].path, 0);
	} else {
		cr_skip_test("the child may not keep CAP_SYS_PTRACE here");
	}
	user_maps_stop(&m);
	cr_assert_eq(user_maps_find(&m, 1, addresses, 2, &out), -1);
}
