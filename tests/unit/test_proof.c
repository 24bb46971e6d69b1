// SPDX-License-Identifier: Apache-2.0
/* Budgets, what a guest says, bundles with proofs, and places in units. */
#include <criterion/criterion.h>
#include <string.h>
#include "bundle_fixture.h"
#include "compiler/back/pin_lines.h"
#include "compiler/prove/budget.h"
#include "compiler/prove/proof.h"

static struct arena arena;
static struct artifact view;
static struct verdicts verdicts;
static char why[300];

static void setup(void)
{
	struct bytes payload = fixture_payload(&arena);

	cr_assert_eq(artifact_view(&view, payload.at, payload.size, why, sizeof(why)), 0);
	verdicts_init(&verdicts, &arena, &view, "6.12");
}

static void teardown(void)
{
	arena_free(&arena);
}

TestSuite(proof, .init = setup, .fini = teardown);

/* ---- budgets ---- */

Test(proof, budget_values)
{
	struct budget b = {0};

	cr_expect(budget_set(&b, BUDGET_memory, "64k", why, sizeof(why)));
	cr_expect_eq(b.memory, 65536);
	cr_expect(budget_set(&b, BUDGET_memory, "2M", why, sizeof(why)));
	cr_expect_eq(b.memory, 2 << 20);
	cr_expect(budget_set(&b, BUDGET_instructions, "4000", why, sizeof(why)));
	cr_expect_eq(b.instructions, 4000);
}

Test(proof, budget_values_refused)
{
	static const char *const bad[] = {"",	       "0",   "-1",   "1.5",
					  "k",	       "1kk", "1G",   "010",
					  " 1",	       "1 ",  "0x10", "99999999999999999999",
					  "4294967296"};
	struct budget b = {.instructions = 7};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(budget_set(&b, BUDGET_instructions, bad[i], why, sizeof(why)), "%s",
			      bad[i]);
	cr_expect_eq(b.instructions, 7);
}

/* ---- what a guest says ---- */

static void say_all(const char *verdict)
{
	char line[200];

	for (uint32_t i = 0; i < view.program_count; i++) {
		snprintf(line, sizeof(line),
			 "{\"program\":\"x\",\"index\":%u,\"verdict\":\"%s\",\"walked\":%u,"
			 "\"reason\":\"because\",\"line\":9}",
			 i, verdict, i + 100);
		verdicts_line(&verdicts, line);
	}
	verdicts_line(&verdicts, "{\"map\":\"m\",\"memory\":\"4096\"}");
	verdicts_line(&verdicts, "{\"kernel\":\"6.12.1\",\"cpus\":2,\"memory\":\"4096\"}");
}

Test(proof, complete)
{
	cr_expect_not(verdicts_are_complete(&verdicts));
	say_all("good");
	cr_expect(verdicts_are_complete(&verdicts));
	cr_expect(verdicts_are_good(&verdicts));
	cr_expect_eq(verdicts.memory, 4096);
	cr_expect_str_empty(verdicts.programs[0].reason);
}

Test(proof, one_variant_is_enough)
{
	say_all("good");
	verdicts_line(&verdicts, "{\"program\":\"x\",\"index\":2,\"verdict\":\"refused\"}");
	cr_expect(verdicts_are_good(&verdicts));
	cr_expect_str_eq(verdicts.programs[2].reason, "no reason was given");
	verdicts_line(&verdicts, "{\"program\":\"x\",\"index\":3,\"verdict\":\"absent\"}");
	cr_expect_not(verdicts_are_good(&verdicts));
}

/* As tgrun says of hooks that the bundle has for other kernels. */
Test(proof, a_hook_that_is_left_out)
{
	say_all("good");
	verdicts_line(&verdicts, "{\"program\":\"x\",\"index\":2,\"verdict\":\"refused\"}");
	verdicts_line(&verdicts,
		      "{\"program\":\"x\",\"index\":3,\"verdict\":\"absent\",\"left_out\":true}");
	cr_expect(verdicts_are_good(&verdicts));
	verdicts_line(&verdicts,
		      "{\"program\":\"x\",\"index\":3,\"verdict\":\"refused\",\"left_out\":true}");
	cr_expect_not(verdicts_are_good(&verdicts));
}

Test(proof, a_further_part_has_the_programs_of_the_first)
{
	struct tg_hook_entry hooks[2] = {view.hooks[0], view.hooks[0]};
	char line[100];

	hooks[1].first_program = hooks[1].programs = 0;
	view.hooks = hooks;
	view.hook_count = 2;
	say_all("good");
	cr_expect(verdicts_are_good(&verdicts));
	for (uint32_t i = 0; i < hooks[0].programs; i++) {
		snprintf(line, sizeof(line),
			 "{\"program\":\"x\",\"index\":%u,\"verdict\":\"refused\"}",
			 hooks[0].first_program + i);
		verdicts_line(&verdicts, line);
	}
	cr_expect_not(verdicts_hook_works(&verdicts, 1));
}

Test(proof, a_guest_that_is_not_right)
{
	static const char *const lines[] = {
		"",
		"{",
		"[]",
		"null",
		"{\"program\":1}",
		"{\"program\":\"x\",\"index\":99999}",
		"7",
		"\"a\"",
		"{\"program\":\"x\",\"index\":-1,\"verdict\":\"good\"}",
		"{\"program\":\"x\",\"index\":0,\"verdict\":\"splendid\"}",
		"{\"kernel\":7,\"memory\":[]}",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		verdicts_line(&verdicts, lines[i]);
	cr_expect_not(verdicts_are_complete(&verdicts));
	cr_expect_eq(verdicts.programs[0].verdict, 0);
}

/* ---- the bundle ---- */

static struct artifact proved;

static uint8_t *prove(size_t count)
{
	struct verdicts all[2] = {verdicts, verdicts};
	struct bytes payload = proof_payload(&arena, &view, all, count, why, sizeof(why));

	cr_assert(payload.at, "%s", why);
	cr_assert_eq(artifact_view(&proved, payload.at, payload.size, why, sizeof(why)), 0);
	return (uint8_t *)payload.at;
}

Test(proof, bundle)
{
	say_all("refused");
	prove(2);
	cr_expect_eq(proved.kernel_count, 2);
	cr_expect_eq(proved.proof_count, 2 * view.program_count);
	cr_expect_str_eq(artifact_string(&proved, proved.kernels[1].release), "6.12.1");
	cr_expect_eq(proved.kernels[1].memory, 4096);
	cr_expect_eq(proved.proofs[view.program_count].walked, 100);
	cr_expect_eq(proved.proofs[0].line, 9);
	cr_expect_str_eq(artifact_string(&proved, proved.proofs[0].reason), "because");
}

/* All else is as it was, and a second proof takes the place of the first. */
Test(proof, bundle_is_the_same)
{
	say_all("good");
	prove(1);
	cr_expect_eq(memcmp(proved.header->name, view.header->name, TG_NAME_MAX), 0);
	cr_expect_eq(proved.header->version, view.header->version);
	cr_expect_eq(proved.header->fingerprint, view.header->fingerprint);
	cr_expect_eq(proved.object_size, view.object_size);
	cr_expect_eq(memcmp(proved.object, view.object, view.object_size), 0);
	cr_expect_eq(memcmp(proved.hooks, view.hooks, view.hook_count * sizeof(*view.hooks)), 0);
	view = proved;
	prove(2);
	cr_expect_eq(proved.kernel_count, 2);
}

/* Each change of the proofs is found. */
#define REFUSES(name, words, change)                                                               \
	Test(proof, refuses_##name)                                                                \
	{                                                                                          \
		struct tg_section *table;                                                          \
		struct tg_kernel_entry *kernels;                                                   \
		struct tg_proof_entry *proofs;                                                     \
		uint8_t *payload;                                                                  \
                                                                                                   \
		say_all("good");                                                                   \
		payload = prove(2);                                                                \
		table = (void *)(payload + sizeof(struct tg_artifact_header));                     \
		kernels = (void *)(payload + table[TG_SEC_KERNELS - 1].offset);                    \
		proofs = (void *)(payload + table[TG_SEC_PROOFS - 1].offset);                      \
		(void)kernels;                                                                     \
		(void)proofs;                                                                      \
		change;                                                                            \
		cr_assert_eq(artifact_view(&proved, payload, proved.header->payload_size, why,     \
					   sizeof(why)),                                           \
			     -1);                                                                  \
		cr_expect(strstr(why, words), "%s", why);                                          \
	}

REFUSES(release, "its release is empty", kernels[0].release = 0)
REFUSES(release_outside, "its release lies outside", kernels[1].release = 0xffffff)
REFUSES(order, "proof 1 is out of order", proofs[1].program = 0)
REFUSES(kernel, "proof 0 is out of order", proofs[0].kernel = 1)
REFUSES(verdict, "unknown verdict 5", proofs[0].verdict = 5)
REFUSES(no_verdict, "unknown verdict 0", proofs[0].verdict = 0)
REFUSES(reason_outside, "its reason lies outside", proofs[0].reason = 0xffffff)
REFUSES(good_with_reason, "do not agree", proofs[0].reason = kernels[0].release)
REFUSES(bad_without_reason, "do not agree", proofs[0].verdict = TG_VERDICT_ABSENT)
REFUSES(line, "was not refused", proofs[2].line = 4)

/* ---- places ---- */

static const char *pinned(const char *text)
{
	struct bytes out = pin_lines(&arena, text, strlen(text));

	return arena_strndup(&arena, (const char *)out.at, out.size);
}

Test(proof, lines_are_pinned)
{
	cr_expect_str_eq(pinned("int a;\n\n#line 7 \"p.yaml\"\nint f(void)\n{\n\n\treturn 1;\n}\n"
				"#line 9 \"p.yaml\"\nint g;\n"),
			 "int a;\n\n#line 7 \"p.yaml\"\nint f(void) { \treturn 1; }\n#line 7\n"
			 "#line 9 \"p.yaml\"\nint g;\n#line 9\n");
}

Test(proof, directives_stay_on_their_lines)
{
	cr_expect_str_eq(
		pinned("#line 7 \"p.yaml\"\nint f;\n#define X \\\n\t1\nint g;\n"),
		"#line 7 \"p.yaml\"\nint f;\n#line 7\n#define X \\\n\t1\nint g;\n#line 7\n");
}

/* A line is not so long that a column could not be told. */
Test(proof, long_functions_are_divided)
{
	char text[8192] = "#line 7 \"p.yaml\"\n";
	const char *out;

	while (strlen(text) < 6000)
		strcat(text, "\tx = \"( \\\" (\" + (y);\n");
	out = pinned(text);
	cr_expect(strstr(out, "\n#line 7\n"));
	for (; *out; out += strcspn(out, "\n") + 1)
		cr_expect_lt(strcspn(out, "\n"), 1000);
}
