// SPDX-License-Identifier: Apache-2.0
/* The manifest builder and pack_payload(). */
#include <criterion/criterion.h>
#include <string.h>

#include "bundle_fixture.h"

static struct arena arena;
static struct manifest m;
static char why[256];

static void setup(void)
{
	manifest_init(&m, &arena);
}

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(pack, .init = setup, .fini = teardown);

static struct bytes pack(const char *name, struct bytes object)
{
	struct bundle_identity identity = {name, 1, 2};

	return pack_payload(&arena, &m, &identity, object, why, sizeof(why));
}

static const char *string(uint32_t offset)
{
	return (const char *)m.sections[TG_SEC_STRINGS].entries + offset;
}

Test(pack, strings_are_interned)
{
	uint32_t a = manifest_string(&m, "a"), b = manifest_string(&m, "b");

	cr_assert_eq(manifest_string(&m, NULL), 0);
	cr_assert_eq(manifest_string(&m, ""), 0);
	cr_assert_neq(a, b);
	cr_assert_eq(manifest_string(&m, "a"), a);
	cr_assert_str_eq(string(b), "b");
	cr_assert_str_eq(string(0), "");
}

Test(pack, many_strings)
{
	uint32_t offsets[3000];

	for (int i = 0; i < 3000; i++)
		offsets[i] = manifest_string(&m, arena_printf(&arena, "string %d", i));
	for (int i = 0; i < 3000; i++) {
		const char *text = arena_printf(&arena, "string %d", i);

		cr_assert_eq(manifest_string(&m, text), offsets[i]);
		cr_assert_str_eq(string(offsets[i]), text);
	}
}

/* Only the process programs, no policy: still a bundle. */
Test(pack, no_policy)
{
	struct artifact view;
	struct bytes payload;

	manifest_add_program(&m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "on_exit", "sched_process_exit");
	payload = pack("base", fixture_object(&arena));
	cr_assert_not_null(payload.at, "%s", why);
	cr_assert_eq(artifact_view(&view, payload.at, payload.size, why, sizeof(why)), 0);
	cr_assert_eq(view.hook_count, 0);
	cr_assert_eq(view.program_count, 1);
}

Test(pack, ranges_follow)
{
	const struct tg_hook_entry *hooks;
	const struct tg_view_entry *views;

	fixture_manifest(&m, &arena);
	hooks = m.sections[TG_SEC_HOOKS].entries;
	views = m.sections[TG_SEC_VIEWS].entries;
	cr_assert_eq(hooks[0].first_program, 2);
	cr_assert_eq(hooks[0].programs, 2);
	cr_assert_eq(hooks[1].first_program, 4);
	cr_assert_eq(hooks[1].first_slot, 2);
	cr_assert_eq(hooks[2].slots, 0);
	cr_assert_eq(hooks[2].first_slot, 0);
	cr_assert_eq(views[1].first_arg, 2);
	cr_assert_eq(views[0].tags, 2);
}

Test(pack, slots_are_counted_in_their_hook)
{
	uint32_t a = manifest_add_hook(&m, TG_HOOK_KPROBE, "a", NULL);
	uint32_t b = manifest_add_hook(&m, TG_HOOK_KPROBE, "b", NULL);

	cr_assert_eq(manifest_add_slot(&m, a, TG_ARG_INT, 0), 0);
	cr_assert_eq(manifest_add_slot(&m, a, TG_ARG_INT, 1), 1);
	cr_assert_eq(manifest_add_slot(&m, b, TG_ARG_INT, 0), 0);
}

Test(pack, is_reproducible)
{
	struct arena other = {0};
	struct bytes a = fixture_payload(&arena), b = fixture_payload(&other);

	cr_assert_eq(a.size, b.size);
	cr_assert_arr_eq(a.at, b.at, a.size);
	arena_free(&other);
}

Test(pack, keeps_everything)
{
	struct bytes payload = fixture_payload(&arena);
	struct artifact view;

	fixture_manifest(&m, &arena);
	cr_assert_eq(artifact_view(&view, payload.at, payload.size, why, sizeof(why)), 0, "%s",
		     why);
	cr_assert_eq(view.header->fingerprint, 0xfeedbeef);
	cr_assert_arr_eq(view.hooks, m.sections[TG_SEC_HOOKS].entries,
			 3 * sizeof(struct tg_hook_entry));
	cr_assert_arr_eq(view.selectors, m.sections[TG_SEC_SELECTORS].entries,
			 5 * sizeof(struct tg_selector_entry));
	cr_assert_arr_eq(view.object, fixture_object(&arena).at, view.object_size);
}

/* ---- refusals ---- */

static void refuses(struct bytes payload, const char *sentence)
{
	cr_assert_null(payload.at);
	cr_assert(strstr(why, sentence), "said: %s", why);
}

Test(pack, bad_name)
{
	refuses(pack("Not A Name", fixture_object(&arena)), "a bundle name has 1 to 63 characters");
	refuses(pack("", fixture_object(&arena)), "a bundle name has 1 to 63 characters");
}

Test(pack, no_object)
{
	refuses(pack("x", (struct bytes){0}), "too short for an ELF file");
}

/* With it, signature and trailer could exceed the limit that tgrun has for a file. */
Test(pack, too_large)
{
	struct bytes object = fixture_object(&arena);
	uint8_t *large = arena_alloc(&arena, TG_ARTIFACT_MAX);

	memcpy(large, object.at, object.size);
	refuses(pack("x", (struct bytes){large, TG_ARTIFACT_MAX - 1024}), "larger than");
	cr_assert_not_null(
		pack("x", (struct bytes){large, TG_ARTIFACT_MAX - TG_SIGNATURE_MAX - 1024}).at,
		"%s", why);
}

/* A plan that breaks the order is found here, not on a node. */
Test(pack, mixed_order)
{
	uint32_t a = manifest_add_hook(&m, TG_HOOK_KPROBE, "a", NULL);
	uint32_t b = manifest_add_hook(&m, TG_HOOK_KPROBE, "b", NULL);

	manifest_add_program(&m, a, TG_ATTACH_FENTRY, "a_fentry", "a");
	manifest_add_program(&m, b, TG_ATTACH_FENTRY, "b_fentry", "b");
	manifest_add_program(&m, a, TG_ATTACH_KPROBE, "a_kprobe", "a");
	refuses(pack("x", fixture_object(&arena)), "program 1 is not of hook 0");
}
