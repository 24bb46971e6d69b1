/* SPDX-License-Identifier: Apache-2.0 */
/* Files that were reported once, and events of the files that processes map. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "runtime/hook_event.h"
#include "runtime/mappings.h"

static bool first(struct mapped *m, uint32_t pid, const char *path)
{
	return mapped_first(m, pid, path, strlen(path));
}

Test(mappings, once_for_each_process)
{
	struct mapped m = {0};

	cr_expect(first(&m, 7, "/lib/a"));
	cr_expect_not(first(&m, 7, "/lib/a"));
	cr_expect(first(&m, 7, "/lib/b"));
	cr_expect(first(&m, 8, "/lib/a"));
	cr_expect(first(&m, 7, "/lib/"));
	cr_expect(first(&m, 7, ""));
	cr_expect_not(first(&m, 7, ""));
	mapped_free(&m);
}

Test(mappings, a_number_that_is_given_again)
{
	struct mapped m = {0};

	mapped_forget(&m, 7);
	cr_expect(first(&m, 7, "/lib/a"));
	cr_expect(first(&m, 8, "/lib/a"));
	mapped_forget(&m, 7);
	cr_expect(first(&m, 7, "/lib/a"));
	cr_expect_not(first(&m, 8, "/lib/a"));
	mapped_free(&m);
}

Test(mappings, the_one_met_longest_ago_is_forgotten)
{
	struct mapped m = {0};
	char path[32];

	for (int i = 0; i < MAPPED_FILES; i++) {
		snprintf(path, sizeof(path), "/lib/%d", i);
		cr_assert(first(&m, 7, path));
	}
	cr_expect_not(first(&m, 7, "/lib/0"));
	cr_expect(first(&m, 7, "/lib/more"));
	cr_expect_not(first(&m, 7, "/lib/0"));
	cr_expect(first(&m, 7, "/lib/1"));
	mapped_free(&m);
}

/* ---- what a record says of the file ------------------------------------------------------- */

#define STRINGS "\0loading"

/* One policy, one hook, its five arguments. */
struct loader_fixture {
	struct tg_policy_entry policy;
	struct tg_hook_entry hook;
	struct tg_slot_entry slots[5];
	struct tg_view_entry view;
	struct tg_view_arg_entry args[5];
	struct tg_selector_entry selector;
	struct artifact artifact;
	struct record record;
	struct event event;
};

static void loader_open(struct loader_fixture *f)
{
	static const uint32_t types[] = {TG_ARG_STRING, TG_ARG_SIZE, TG_ARG_SIZE, TG_ARG_UINT,
					 TG_ARG_UINT};

	*f = (struct loader_fixture){.policy = {.name = 1},
				     .hook = {.kind = TG_HOOK_LOADER, .slots = 5, .views = 1},
				     .view = {.selectors = 1, .args = 5}};
	for (uint32_t i = 0; i < 5; i++) {
		f->slots[i].type = types[i];
		f->args[i].slot = i;
	}
	f->artifact = (struct artifact){.strings = STRINGS,
					.strings_size = sizeof(STRINGS),
					.policies = &f->policy,
					.hooks = &f->hook,
					.slots = f->slots,
					.views = &f->view,
					.view_args = f->args,
					.selectors = &f->selector,
					.policy_count = 1,
					.hook_count = 1,
					.slot_count = 5,
					.view_count = 1,
					.view_arg_count = 5,
					.selector_count = 1};
	f->record.hook.fixed.matched = 1;
	f->record.hook.texts[0] = (struct record_text){"/lib/a", 6};
	memcpy(&f->record.hook.slots[1].value, "01234567", 8);
	memcpy(&f->record.hook.slots[2].value, "89abcdef", 8);
	memcpy(&f->record.hook.slots[3].value, "ghij", 4);
	f->record.hook.slots[4].value = 20;
}

static bool fill(struct loader_fixture *f)
{
	return hook_event_fill(&f->event, &f->artifact, &f->view, &f->record);
}

Test(mappings, the_build_id_is_put_together)
{
	struct loader_fixture f;

	loader_open(&f);
	cr_assert(fill(&f));
	cr_expect_eq(f.event.kind, EVENT_LOADER);
	cr_expect_eq(f.event.build_id_size, 20);
	cr_expect(!memcmp(f.event.build_id, "0123456789abcdefghij", 20));
	f.record.hook.slots[4].value = 16;
	cr_assert(fill(&f));
	cr_expect_eq(f.event.build_id_size, 16);
	f.record.hook.slots[4].value = 0xffffffffu;
	cr_assert(fill(&f));
	cr_expect_eq(f.event.build_id_size, 20);
}

Test(mappings, a_record_that_does_not_fit)
{
	struct loader_fixture f;

	loader_open(&f);
	f.record.hook.slots[2].status = TG_SLOT_FAULT;
	cr_assert(fill(&f));
	cr_expect_eq(f.event.build_id_size, 0);
	f.slots[0].type = TG_ARG_SIZE;
	cr_expect_not(fill(&f));
	f.slots[0].type = TG_ARG_STRING;
	f.view.data = 1;
	cr_expect_not(fill(&f));
	f.view.data = 0;
	f.view.args = 4;
	cr_expect_not(fill(&f));
}
