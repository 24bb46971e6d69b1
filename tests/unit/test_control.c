// SPDX-License-Identifier: Apache-2.0
#include <criterion/criterion.h>
#include <string.h>
#include "runtime/control.h"

static const char strings[] = "\0watch\0kill\0kill.yaml";
#define WATCH 1
#define KILL  7
#define FILE  12

static const struct tg_policy_entry policies[] = {
	{.name = WATCH, .source = FILE, .line = 3},
	{.name = KILL, .source = FILE, .line = 9, .flags = TG_POLICY_ENFORCES},
};
static const struct tg_artifact_header headers[] = {
	{.name = "both", .version = 4, .fingerprint = 1},
	{.name = "one", .version = 2, .fingerprint = 2},
};
static struct bundles bundles;
static struct control control = {.bundles = &bundles};
static char why[256];

static void add(size_t count)
{
	struct bundle *b = &bundles.v[bundles.count];

	*b = (struct bundle){.path = "a.tgb", .loaded = LOADED_NOTHING};
	b->artifact = (struct artifact){.header = &headers[bundles.count++],
					.strings = strings,
					.policies = policies,
					.policy_count = (uint32_t)count};
	cr_assert_eq(modes_init(&b->modes, &b->artifact), 0);
}

static void open_both(void)
{
	add(2);
	add(1);
}

static void close_both(void)
{
	bundles_free(&bundles);
}

TestSuite(control, .init = open_both, .fini = close_both);

static struct control_policy get(size_t index)
{
	struct control_policy p = {0};

	cr_assert(control_get(&control, index, &p));
	return p;
}

Test(control, lists_all_policies)
{
	struct control_policy p = get(1);

	cr_expect_str_eq(p.bundle, "both");
	cr_expect_str_eq(p.name, "kill");
	cr_expect_str_eq(p.source, "kill.yaml");
	cr_expect_eq(p.line, 9);
	cr_expect_eq(p.version, 4);
	cr_expect_eq(p.neighbours, 1);
	cr_expect_eq(p.state, CONTROL_ENABLED);
	cr_expect_eq(p.mode, TG_MODE_ENFORCE);
	p = get(2);
	cr_expect_str_eq(p.bundle, "one");
	cr_expect_eq(p.mode, TG_MODE_MONITOR_ONLY);
	cr_expect_not(control_get(&control, 3, &p));
}

Test(control, a_disabled_policy_comes_back_as_it_was)
{
	cr_assert_eq(control_set_mode(&control, NULL, "kill", TG_MODE_MONITOR, why, sizeof(why)),
		     CONTROL_OK);
	cr_assert_eq(control_disable(&control, NULL, "kill", why, sizeof(why)), CONTROL_OK);
	cr_expect_eq(get(1).state, CONTROL_DISABLED);
	cr_expect_eq(get(1).mode, TG_MODE_MONITOR);
	cr_expect_eq(modes_get(&bundles.v[0].modes, 1), TG_MODE_OFF);
	cr_assert_eq(control_enable(&control, NULL, "kill", why, sizeof(why)), CONTROL_OK);
	cr_expect_eq(get(1).state, CONTROL_ENABLED);
	cr_expect_eq(modes_get(&bundles.v[0].modes, 1), TG_MODE_MONITOR);
}

Test(control, the_mode_of_a_disabled_policy_waits)
{
	control_disable(&control, "both", "kill", why, sizeof(why));
	control_set_mode(&control, "both", "kill", TG_MODE_MONITOR, why, sizeof(why));
	cr_expect_eq(modes_get(&bundles.v[0].modes, 1), TG_MODE_OFF);
	control_enable(&control, "both", "kill", why, sizeof(why));
	cr_expect_eq(modes_get(&bundles.v[0].modes, 1), TG_MODE_MONITOR);
}

Test(control, what_cannot_enforce_stays_as_it_is)
{
	cr_assert_eq(control_set_mode(&control, NULL, "watch", TG_MODE_ENFORCE, why, sizeof(why)),
		     CONTROL_IMPOSSIBLE);
	cr_expect_str_eq(why, "policy watch cannot be made to enforce: none of its actions does");
	cr_assert_eq(control_set_mode(&control, NULL, "watch", TG_MODE_OFF, why, sizeof(why)),
		     CONTROL_IMPOSSIBLE);
	cr_expect_str_eq(why, "a policy can be made to enforce or to monitor");
}

Test(control, unknown_policies)
{
	cr_assert_eq(control_disable(&control, NULL, "none", why, sizeof(why)), CONTROL_NOT_FOUND);
	cr_expect_str_eq(why, "no policy is named \"none\"");
	cr_assert_eq(control_remove(&control, "one", "kill", why, sizeof(why)), CONTROL_NOT_FOUND);
	cr_expect_str_eq(why, "no policy is named \"kill\" in a bundle named \"one\"");
}

Test(control, policies_of_other_nodes_stay_off)
{
	modes_set(&bundles.v[0].modes, &bundles.v[0].artifact, 1, TG_MODE_OFF);
	bundles.v[0].modes.policies[1].elsewhere = true;
	cr_expect_eq(get(1).state, CONTROL_SKIPPED);
	cr_assert_eq(control_enable(&control, NULL, "kill", why, sizeof(why)), CONTROL_IMPOSSIBLE);
	cr_expect_str_eq(why, "policy kill is not for this node: its nodeSelector does not fit its "
			      "labels");
}

/* In two bundles; the one that has nothing else goes with it. */
Test(control, the_last_policy_takes_its_bundle_with_it)
{
	struct control_policy p;

	cr_assert_eq(control_remove(&control, NULL, "watch", why, sizeof(why)), CONTROL_OK);
	cr_expect_eq(bundles.count, 1);
	cr_expect_str_eq(get(0).name, "kill");
	cr_expect_not(control_get(&control, 1, &p));
	cr_expect_eq(modes_get(&bundles.v[0].modes, 0), TG_MODE_OFF);
	cr_expect_eq(bundles_find(&bundles, 2), &bundles.retired[0]);
	bundles_forget(&bundles, bundles.retired_at + 4000000000ull);
	cr_expect_not_null(bundles_find(&bundles, 2));
	bundles_forget(&bundles, bundles.retired_at + 5000000000ull);
	cr_expect_null(bundles_find(&bundles, 2));
	cr_assert_eq(control_remove(&control, NULL, "watch", why, sizeof(why)), CONTROL_NOT_FOUND);
}

Test(control, bundles_behind_a_removed_one_move_up)
{
	cr_assert_eq(control_remove(&control, "both", "watch", why, sizeof(why)), CONTROL_OK);
	cr_assert_eq(bundles.count, 2);
	cr_assert_eq(control_remove(&control, "both", "kill", why, sizeof(why)), CONTROL_OK);
	cr_assert_eq(bundles.count, 1);
	cr_expect_eq(bundles.changes, 1);
	cr_expect_str_eq(get(0).bundle, "one");
	cr_expect_eq(bundles_find(&bundles, 2), &bundles.v[0]);
}
