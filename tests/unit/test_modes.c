// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <string.h>
#include "runtime/modes.h"
#include "tg_event.h"

static const char strings[] = "\0watch\0kill\0says-monitor";
static const struct tg_policy_entry policies[] = {
	{.name = 1},
	{.name = 7, .flags = TG_POLICY_ENFORCES},
	{.name = 12, .flags = TG_POLICY_ENFORCES | TG_POLICY_MONITORS},
};
static const struct tg_hook_entry hooks[] = {{.views = 2}, {.first_view = 2, .views = 2}};
static const struct tg_view_entry views[] = {
	{.policy = 0, .selectors = 1},
	{.policy = 1, .selectors = 6},
	{.policy = 1, .hook = 1, .selectors = 1},
	{.policy = 2, .hook = 1, .selectors = 2},
};
static const struct artifact artifact = {
	.strings = strings,
	.policies = policies,
	.hooks = hooks,
	.views = views,
	.policy_count = 3,
	.hook_count = 2,
	.view_count = 4,
};

Test(modes, first)
{
	struct modes m;

	cr_assert_eq(modes_init(&m, &artifact), 0);
	cr_assert_eq(modes_get(&m, 0), TG_MODE_MONITOR_ONLY);
	cr_assert_eq(modes_get(&m, 1), TG_MODE_ENFORCE);
	cr_assert_eq(modes_get(&m, 2), TG_MODE_MONITOR);
	modes_free(&m);
}

Test(modes, only_what_can_enforce_does)
{
	struct modes m;

	cr_assert_eq(modes_init(&m, &artifact), 0);
	cr_assert_eq(modes_set(&m, &artifact, 0, TG_MODE_ENFORCE), -1);
	cr_assert_eq(modes_set(&m, &artifact, 0, TG_MODE_OFF), 0);
	cr_assert_eq(modes_get(&m, 0), TG_MODE_OFF);
	cr_assert_eq(modes_set(&m, &artifact, 0, TG_MODE_MONITOR), 0);
	cr_assert_eq(modes_get(&m, 0), TG_MODE_MONITOR_ONLY);
	cr_assert_eq(modes_set(&m, &artifact, 2, TG_MODE_ENFORCE), 0);
	cr_assert_eq(modes_get(&m, 2), TG_MODE_ENFORCE);
	modes_free(&m);
}

static void inherit(struct modes *m, const struct modes *from)
{
	cr_assert_eq(modes_init(m, &artifact), 0);
	modes_inherit(m, &artifact, from, &artifact);
}

/* A new version has what somebody chose, and else what it says itself. */
Test(modes, inherited)
{
	struct modes old, m;

	cr_assert_eq(modes_init(&old, &artifact), 0);
	modes_set(&old, &artifact, 1, TG_MODE_OFF); /* by the bundle: nobody chose it */
	inherit(&m, &old);
	cr_expect_eq(modes_get(&m, 1), TG_MODE_ENFORCE);
	modes_free(&m);
	old.policies[1].switched = true;
	modes_choose(&old, &artifact, 2, TG_MODE_ENFORCE);
	old.policies[2].chosen = true;
	inherit(&m, &old);
	cr_expect_eq(modes_get(&m, 0), TG_MODE_MONITOR_ONLY);
	cr_expect_eq(modes_get(&m, 1), TG_MODE_OFF);
	cr_expect_eq(modes_get(&m, 2), TG_MODE_ENFORCE);
	modes_free(&m);
	/* Off and on again is no choice of a mode. */
	modes_resume(&old, &artifact, 1);
	old.policies[2].chosen = false;
	old.policies[2].switched = true;
	inherit(&m, &old);
	cr_expect_eq(modes_get(&m, 1), TG_MODE_ENFORCE);
	cr_expect_eq(modes_get(&m, 2), TG_MODE_MONITOR);
	modes_free(&m);
	modes_free(&old);
}

/* The masks as the programs read them: here in plain memory instead of the map's. */
Test(modes, masks)
{
	struct tg_mode memory[2] = {{0}};
	struct modes m;

	cr_assert_eq(modes_init(&m, &artifact), 0);
	m.hooks = memory;
	cr_assert_eq(modes_set(&m, &artifact, 1, TG_MODE_OFF), 0);
	cr_assert_eq(memory[0].off, 6);
	cr_assert_eq(memory[0].monitor, 1);
	cr_assert_eq(memory[1].off, 1);
	cr_assert_eq(memory[1].monitor, 2);
	cr_assert_eq(modes_set(&m, &artifact, 1, TG_MODE_ENFORCE), 0);
	cr_assert_eq(modes_set(&m, &artifact, 2, TG_MODE_ENFORCE), 0);
	cr_assert_eq(memory[0].off | memory[1].off | memory[1].monitor, 0);
	m.hooks = NULL;
	modes_free(&m);
}

Test(modes, notes)
{
	struct buffer out = {0};
	struct modes m;

	cr_assert_eq(modes_init(&m, &artifact), 0);
	modes_set(&m, &artifact, 0, TG_MODE_OFF);
	modes_note(&m, &artifact, &out);
	buffer_char(&out, '\0');
	cr_assert_str_eq(out.data, "tgrun: policy watch is off\n"
				   "tgrun: policy says-monitor only monitors\n");
	buffer_free(&out);
	modes_free(&m);
}
