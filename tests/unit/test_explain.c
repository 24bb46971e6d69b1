// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: nothing of the language without words. The texts are in tests/golden. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/explain/explain_parts.h"
#include "compiler/explain/hook_words.h"

static const struct {
	enum op op;
	const char *name;
} ops[] = {
#define OPERATOR(id, name, ...) {OP_##id, name},
#include "grammar/operators.def"
};

/* The keys of a selector that are conditions. */
static const char *const sections[] = {
#define LIST(object, key, ...) OF_##object(key)
#define SUB(object, key, ...)  OF_##object(key)
#define OF_KPROBE(key)
#define OF_LABELSELECTOR(key)
#define OF_LSMHOOK(key)
#define OF_SELECTOR(key) key,
#define OF_SPEC(key)
#define OF_TRACEPOINT(key)
#define OF_UPROBE(key)
#define OF_USDT(key)
#define OF_WORKLOADS(key)
#include "grammar/policy-schema.def"
};

Test(explain, every_operator_has_words)
{
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		cr_assert(prose_has_operator(ops[i].op), "%s", ops[i].name);
	cr_assert_eq(sizeof(ops) / sizeof(ops[0]), OP_COUNT);
}

Test(explain, every_action_has_words)
{
	for (unsigned i = 0; i <= TG_ACTION_SET; i++)
		cr_assert_eq(prose_has_action((enum tg_action)i), action_name(i) != NULL, "%u", i);
	cr_assert_not(prose_has_action((enum tg_action)(TG_ACTION_SET + 1)));
}

Test(explain, every_type_has_words)
{
	for (unsigned i = 0; i < TYPE_COUNT; i++)
		cr_assert(prose_has_type((enum type_id)i), "%s", type_get((enum type_id)i)->name);
}

static bool is_told(const char *key)
{
	size_t count;
	const struct prose_section *all = prose_sections(&count);

	for (size_t i = 0; i < count; i++)
		if (!strcmp(all[i].key, key))
			return true;
	return false;
}

Test(explain, every_section_has_words)
{
	unsigned conditions = 0;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (strncmp(sections[i], "match", 5) || strstr(sections[i], "Actions"))
			continue;
		conditions++;
		cr_assert(is_told(sections[i]), "%s", sections[i]);
	}
	cr_assert_eq(conditions, 11);
}

Test(explain, words_of_hooks_are_whole)
{
	size_t count;
	const struct hook_words *all = hook_words_all(&count);

	cr_assert_gt(count, 80);
	for (size_t i = 0; i < count; i++) {
		const char *misses = all[i].misses;
		size_t len = strlen(misses);

		cr_assert_eq(hook_words_function(all[i].name), &all[i], "%s comes twice",
			     all[i].name);
		cr_assert(*all[i].when && all[i].when[strlen(all[i].when) - 1] != '.', "%s",
			  all[i].name);
		cr_assert(!len || (len > 2 && !strcmp(misses + len - 2, ". ")), "%s", all[i].name);
	}
}

Test(explain, hooks_are_found_by_name)
{
	struct arena a = {0};

	cr_assert_str_eq(hook_words_lsm(&a, "file_open")->name, "security_file_open");
	cr_assert_str_eq(hook_words_lsm(&a, "bprm_check_security")->name,
			 "lsm/bprm_check_security");
	cr_assert_null(hook_words_lsm(&a, "no_such_hook"));
	cr_assert_null(hook_words_function("openat"));
	cr_assert_eq(hook_words_syscall("openat")->cost, COST_OPEN);
	arena_free(&a);
}

Test(explain, numbers_have_words)
{
	struct arena a = {0};

	cr_assert_str_eq(hook_value_words(&a, "security_file_permission", "mask", 4), "MAY_READ");
	cr_assert_str_eq(hook_value_words(&a, "security_mmap_file", "prot", 5),
			 "PROT_READ and PROT_EXEC");
	cr_assert_null(hook_value_words(&a, "security_mmap_file", "prot", 64 + 1));
	cr_assert_null(hook_value_words(&a, "security_file_permission", "mask", 0));
	cr_assert_null(hook_value_words(&a, "security_kernel_read_file", "id", 7));
	arena_free(&a);
}

static char *written(bool markdown)
{
	struct arena a = {0};
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	struct doc d = {.arena = &a, .to = to, .markdown = markdown};

	doc_heading(&d, 1, "One %s", "two");
	for (unsigned i = 0; i < 12; i++)
		doc_say(&d, "word%u `not broken` ", i);
	doc_end(&d);
	doc_say(&d, "a");
	doc_end_item(&d, 1);
	doc_say(&d, "b");
	doc_end_item(&d, 1);
	doc_end(&d);
	fclose(to);
	arena_free(&a);
	return text;
}

Test(explain, text_is_wrapped)
{
	char *text = written(false);

	cr_assert_str_eq(text, "One two\n=======\n\n"
			       "word0 `not broken` word1 `not broken` word2 `not broken` word3 "
			       "`not broken` word4\n"
			       "`not broken` word5 `not broken` word6 `not broken` word7 "
			       "`not broken` word8 `not broken`\n"
			       "word9 `not broken` word10 `not broken` word11 `not broken`\n\n"
			       "- a\n- b\n");
	free(text);
}

Test(explain, markdown_is_not)
{
	char *text = written(true);

	cr_assert_eq(strncmp(text, "# One two\n\nword0 ", 17), 0);
	cr_assert_str_eq(strchr(text + 12, '\n'), "\n\n- a\n- b\n");
	free(text);
}

Test(explain, quotes_are_harmless)
{
	struct arena a = {0};

	cr_assert_str_eq(doc_quote(&a, "a\x1b[2J", 5), "`a\\x1b[2J`");
	cr_assert_str_eq(doc_quote(&a, "a`b", 3), "`` a`b ``");
	cr_assert_str_eq(doc_quote(&a, "", 0), "``");
	arena_free(&a);
}
