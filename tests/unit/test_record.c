/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include "runtime/record.h"

struct exec_record {
	struct tg_exec fixed;
	char tail[16];
};

static struct exec_record make_exec(void)
{
	struct exec_record r = {
		.fixed = {.head = {.kind = TG_EXEC, .size = sizeof(struct tg_exec) + 9},
			  .path_size = 4,
			  .args_size = 3,
			  .cwd_size = 2},
		.tail = "/bina\0b/w",
	};

	return r;
}

Test(record, exec_texts_follow_each_other)
{
	struct exec_record r = make_exec();
	struct record out;

	cr_assert_eq(record_decode(&out, &r, r.fixed.head.size), 0);
	cr_expect_eq(out.exec.path.size, 4);
	cr_expect_arr_eq(out.exec.path.bytes, "/bin", 4);
	cr_expect_arr_eq(out.exec.args.bytes, "a\0b", 3);
	cr_expect_arr_eq(out.exec.cwd.bytes, "/w", 2);
}

Test(record, the_ring_may_round_up_but_not_cut)
{
	struct exec_record r = make_exec();
	struct record out;

	cr_expect_eq(record_decode(&out, &r, sizeof(r)), 0);
	for (size_t size = 0; size < r.fixed.head.size; size++)
		cr_expect_neq(record_decode(&out, &r, size), 0, "%zu bytes", size);
}

Test(record, sizes_that_do_not_add_up_are_refused)
{
	struct exec_record r = make_exec();
	struct record out;

	r.fixed.cwd_size++;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0, "one byte too few");
	r.fixed.cwd_size -= 2;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0, "one byte too many");
	r = make_exec();
	r.fixed.path_size = UINT16_MAX;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0);
}

Test(record, a_text_longer_than_its_limit_is_refused)
{
	static struct {
		struct tg_exec fixed;
		char tail[TG_PATH_MAX + 1];
	} r = {.fixed = {.head = {.kind = TG_EXEC}}};
	struct record out;

	r.fixed.path_size = TG_PATH_MAX;
	r.fixed.head.size = sizeof(r.fixed) + TG_PATH_MAX;
	cr_expect_eq(record_decode(&out, &r, sizeof(r)), 0);
	r.fixed.path_size++;
	r.fixed.head.size++;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0);
}

Test(record, unknown_kinds_are_refused)
{
	static const uint16_t kinds[] = {0, TG_KIND_COUNT, UINT16_MAX};
	struct tg_clone r = {.head = {.size = sizeof(r)}};
	struct record out;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		r.head.kind = kinds[i];
		cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0);
	}
	r.head.kind = TG_CLONE;
	cr_expect_eq(record_decode(&out, &r, sizeof(r)), 0);
	r.head.kind = TG_EXIT;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0, "an exit record is shorter");
}

struct hook_record {
	struct tg_hook fixed;
	struct tg_slot slots[2];
	char tail[8];
};

Test(record, slots_share_the_tail)
{
	struct hook_record r = {
		.fixed = {.head = {.kind = TG_HOOK, .size = sizeof(r)}, .slots = 2},
		.slots = {{.len = 5}, {.len = 3}},
		.tail = {'h', 'e', 'l', 'l', 'o', 'a', 'b', 'c'},
	};
	struct record out;

	cr_assert_eq(record_decode(&out, &r, sizeof(r)), 0);
	cr_expect_arr_eq(out.hook.texts[0].bytes, "hello", 5);
	cr_expect_arr_eq(out.hook.texts[1].bytes, "abc", 3);
	r.slots[1].len = 4;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0);
	r.slots[0].len = UINT32_MAX;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0);
	r.fixed.slots = TG_SLOTS_MAX + 1;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0);
}

Test(record, needs_no_alignment)
{
	struct exec_record r = make_exec();
	char shifted[sizeof(r) + 1];
	struct record out;

	memcpy(shifted + 1, &r, sizeof(r));
	cr_assert_eq(record_decode(&out, shifted + 1, r.fixed.head.size), 0);
	cr_expect_eq(out.exec.path.bytes, shifted + 1 + sizeof(struct tg_exec));
}

/* What an exec is only asked for stands behind the rest. */
Test(record, more_of_an_exec)
{
	struct tg_exec_more more = {.raised = 9, .links = 1, .inode = 77, .env_size = 4};
	char bytes[sizeof(struct exec_record) + sizeof(more) + 4];
	struct exec_record r = make_exec();
	size_t tail = r.fixed.head.size;
	struct record out;

	cr_assert_eq(record_decode(&out, &r, sizeof(r)), 0);
	cr_expect_eq(out.exec.more.inode, 0);
	cr_expect_eq(out.exec.env.size, 0);
	r.fixed.head.flags = TG_F_MORE;
	cr_expect_neq(record_decode(&out, &r, sizeof(r)), 0, "there is none");
	r.fixed.head.size += (uint32_t)sizeof(more) + 4;
	memcpy(bytes, &r, sizeof(r));
	memcpy(bytes + tail, &more, sizeof(more));
	memcpy(bytes + tail + sizeof(more), "A=1", 4);
	cr_assert_eq(record_decode(&out, bytes, sizeof(bytes)), 0);
	cr_expect_eq(out.exec.more.inode, 77);
	cr_expect_arr_eq(out.exec.env.bytes, "A=1", 4);
	more.env_size = UINT32_MAX;
	memcpy(bytes + tail, &more, sizeof(more));
	cr_expect_neq(record_decode(&out, bytes, sizeof(bytes)), 0);
}
