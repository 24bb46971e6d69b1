/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "runtime/conflict.h"

/* Two bundles of one policy, one hook and one selector each, to be changed by the tests. */
static const char strings[] = "\0file_open\0security_file_open\0file_free";
enum { FILE_OPEN = 1, SECURITY_FILE_OPEN = 11, FILE_FREE = 30 };

struct side {
	struct tg_artifact_header header;
	struct tg_policy_entry policy;
	struct tg_hook_entry hook;
	struct tg_program_entry program;
	struct tg_selector_entry selector;
};

static struct side sides[2];
static struct bundles bundles;

static void put_side(int i, const char *name)
{
	struct side *s = &sides[i];

	*s = (struct side){
		.hook = {.kind = TG_HOOK_LSM, .name = FILE_OPEN, .programs = 1},
		.program = {.attach = TG_ATTACH_LSM, .target = FILE_OPEN},
	};
	strcpy(s->header.name, name);
	bundles.v[i] = (struct bundle){.path = i ? "b.tgb" : "a.tgb",
				       .artifact = {.header = &s->header,
						    .strings = strings,
						    .strings_size = sizeof(strings),
						    .policies = &s->policy,
						    .hooks = &s->hook,
						    .programs = &s->program,
						    .selectors = &s->selector,
						    .policy_count = 1,
						    .hook_count = 1,
						    .program_count = 1,
						    .selector_count = 1}};
}

static void setup(void)
{
	put_side(0, "one");
	put_side(1, "two");
	bundles.count = 2;
}

TestSuite(conflict, .init = setup);

static void expect_refused(void)
{
	struct failure why = {0};

	cr_assert_eq(conflict_check(&bundles, &why), -1);
	cr_expect_eq(why.code, TGRUN_CONFLICT);
	cr_expect(strstr(why.text, "one (a.tgb) and two (b.tgb)"), "%s", why.text);
	cr_expect(strstr(why.text, "hook file_open"), "%s", why.text);
	cr_expect(strstr(why.text, "compile these policies into one bundle"), "%s", why.text);
}

static void expect_allowed(void)
{
	struct failure why = {0};

	cr_expect_eq(conflict_check(&bundles, &why), 0, "%s", why.text);
}

Test(conflict, observers_share_a_hook)
{
	expect_allowed();
}

Test(conflict, a_denial_in_either_is_refused)
{
	sides[0].selector.action = TG_ACTION_OVERRIDE;
	expect_refused();
	setup();
	sides[1].selector.action = TG_ACTION_OVERRIDE;
	expect_refused();
}

/* Override and then NoPost: the entry shows the last action only. */
Test(conflict, a_denial_that_the_last_action_hides_is_refused)
{
	sides[1].selector.action = TG_ACTION_NOPOST;
	expect_allowed();
	sides[1].policy.flags = TG_POLICY_ENFORCES;
	expect_refused();
}

Test(conflict, other_functions_do_not_meet)
{
	sides[0].selector.action = TG_ACTION_OVERRIDE;
	sides[1].program.target = FILE_FREE;
	expect_allowed();
}

Test(conflict, a_kprobe_hook_that_attaches_as_lsm_meets_the_lsm_hook)
{
	sides[0].selector.action = TG_ACTION_OVERRIDE;
	sides[1].hook.kind = TG_HOOK_KPROBE;
	sides[1].hook.name = SECURITY_FILE_OPEN;
	expect_refused();
	sides[1].program.attach = TG_ATTACH_FENTRY; /* which runs in any case */
	expect_allowed();
}

Test(conflict, a_changed_return_value_skips_the_lsm_hook_behind)
{
	sides[0].selector.action = TG_ACTION_OVERRIDE;
	sides[0].program.attach = TG_ATTACH_FMOD_RET;
	expect_allowed();
	sides[0].program.target = SECURITY_FILE_OPEN;
	expect_refused();
}

Test(conflict, two_that_change_the_same_return_value)
{
	for (int i = 0; i < 2; i++) {
		sides[i].program.attach = TG_ATTACH_FMOD_RET;
		sides[i].selector.action = TG_ACTION_OVERRIDE;
	}
	expect_refused();
}
