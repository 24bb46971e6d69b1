// SPDX-License-Identifier: Apache-2.0
/* artifact_view(): what it accepts, and one case for each way to refuse. */
#include <criterion/criterion.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "bundle_fixture.h"

/* The fixture's payload, with its parts open to change. */
static struct payload {
	struct arena arena;
	uint8_t *bytes;
	size_t size;
	struct tg_artifact_header *header;
	struct tg_section *table;
	struct tg_policy_entry *policies;
	struct tg_hook_entry *hooks;
	struct tg_kernel_name_entry *kernel_names;
	struct tg_program_entry *programs;
	struct tg_slot_entry *slots;
	struct tg_view_entry *views;
	struct tg_view_arg_entry *view_args;
	struct tg_selector_entry *selectors;
	struct tg_tag_entry *tags;
	struct tg_workload_entry *workloads;
	struct tg_requirement_entry *requirements;
	struct tg_label_value_entry *label_values;
	struct tg_digest_entry *digests;
	char *strings;
	Elf64_Ehdr *object;
} p;

static struct artifact view;
static char why[256];

static struct tg_section *section(uint32_t kind)
{
	return &p.table[kind - 1];
}

static void *entries(uint32_t kind)
{
	return p.bytes + section(kind)->offset;
}

/* In a block of its own exact size, so that the sanitizers see a step outside. */
static void setup(void)
{
	struct bytes payload = fixture_payload(&p.arena);

	p.size = payload.size;
	p.bytes = malloc(p.size);
	memcpy(p.bytes, payload.at, p.size);
	p.header = (void *)p.bytes;
	p.table = (void *)(p.bytes + sizeof(*p.header));
	p.strings = entries(TG_SEC_STRINGS);
	p.policies = entries(TG_SEC_POLICIES);
	p.hooks = entries(TG_SEC_HOOKS);
	p.kernel_names = entries(TG_SEC_KERNEL_NAMES);
	p.programs = entries(TG_SEC_PROGRAMS);
	p.slots = entries(TG_SEC_SLOTS);
	p.views = entries(TG_SEC_VIEWS);
	p.view_args = entries(TG_SEC_VIEW_ARGS);
	p.selectors = entries(TG_SEC_SELECTORS);
	p.tags = entries(TG_SEC_TAGS);
	p.workloads = entries(TG_SEC_WORKLOADS);
	p.requirements = entries(TG_SEC_REQUIREMENTS);
	p.label_values = entries(TG_SEC_LABEL_VALUES);
	p.digests = entries(TG_SEC_DIGESTS);
	p.object = entries(TG_SEC_OBJECT);
}

static void teardown(void)
{
	free(p.bytes);
	arena_free(&p.arena);
}

TestSuite(artifact, .init = setup, .fini = teardown);

static int look(void)
{
	return artifact_view(&view, p.bytes, p.size, why, sizeof(why));
}

Test(artifact, accepts_the_fixture)
{
	cr_assert_eq(look(), 0, "%s", why);
	cr_assert_str_eq(view.header->name, "fixture");
	cr_assert_eq(view.header->version, 7);
	cr_assert_eq(view.policy_count, 2);
	cr_assert_eq(view.hook_count, 3);
	cr_assert_eq(view.program_count, 6);
	cr_assert_eq(view.selector_count, 5);
	cr_assert_eq(view.digest_count, 3);
	cr_assert_eq(view.object_size, sizeof(Elf64_Ehdr));
	cr_assert_str_eq(artifact_string(&view, view.hooks[1].name), "file_open");
	cr_assert_str_eq(artifact_string(&view, view.view_args[1].label), "mask");
}

/* A payload that is only a header's length, a table's length and so on, up to one byte less. */
Test(artifact, refuses_every_shorter_size)
{
	for (size_t size = 0; size < p.size; size++) {
		uint8_t *cut = malloc(size ? size : 1);

		memcpy(cut, p.bytes, size);
		why[0] = '\0';
		cr_assert_eq(artifact_view(&view, cut, size, why, sizeof(why)), -1);
		cr_assert(why[0]);
		free(cut);
	}
}

/* The same with a header that agrees, so that the checks behind it are reached. */
Test(artifact, refuses_every_shorter_size_with_its_header)
{
	for (size_t size = sizeof(*p.header); size < p.size; size++) {
		uint8_t *cut = malloc(size);
		uint64_t size64 = size;

		memcpy(cut, p.bytes, size);
		memcpy(cut + offsetof(struct tg_artifact_header, payload_size), &size64, 8);
		cr_assert_eq(artifact_view(&view, cut, size, why, sizeof(why)), -1);
		free(cut);
	}
}

#define REFUSES(name, sentence, ...)                                                               \
	Test(artifact, name)                                                                       \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
		cr_assert_eq(look(), -1);                                                          \
		cr_assert(strstr(why, sentence), "said: %s", why);                                 \
		cr_assert_null(view.header);                                                       \
	}

/* Header */
REFUSES(bad_magic, "wrong magic", p.header->magic[0] ^= 1)
REFUSES(later_format, "has format 2", p.header->format = 2)
REFUSES(payload_size, "the header speaks of", p.header->payload_size += 8)
REFUSES(header_flags, "unknown flags", p.header->flags = 1)
REFUSES(section_number, "sections instead of", p.header->sections = 10)
REFUSES(section_number_huge, "sections instead of", p.header->sections = 0xffffffff)
REFUSES(name_without_end, "name has no end", memset(p.header->name, 'a', TG_NAME_MAX))
REFUSES(name_with_more, "bytes behind the bundle name", p.header->name[20] = 'x')
REFUSES(name_empty, "not made of", memset(p.header->name, 0, TG_NAME_MAX))
REFUSES(name_slash, "not made of", p.header->name[1] = '/')
REFUSES(name_dot, "not made of", p.header->name[0] = '.')
REFUSES(name_capital, "not made of", p.header->name[0] = 'F')

/* Section table */
REFUSES(kind_zero, "unknown kind 0", section(TG_SEC_HOOKS)->kind = 0)
REFUSES(kind_unknown, "unknown kind 99", section(TG_SEC_HOOKS)->kind = 99)
REFUSES(kind_repeated, "repeated or out of order", section(TG_SEC_HOOKS)->kind = TG_SEC_STRINGS)
REFUSES(kind_missing, "section of hooks is missing", section(TG_SEC_HOOKS)->kind = TG_SEC_VIEWS)
REFUSES(misaligned, "not aligned", section(TG_SEC_HOOKS)->offset += 4)
REFUSES(outside, "lies outside", section(TG_SEC_HOOKS)->offset = p.size + 8)
REFUSES(outside_by_size, "lies outside", section(TG_SEC_OBJECT)->size = p.size)
REFUSES(outside_by_overflow, "lies outside", section(TG_SEC_OBJECT)->size = UINT64_MAX - 7)
REFUSES(overlap, "overlaps", section(TG_SEC_HOOKS)->offset -= 16)
REFUSES(over_header, "overlaps", section(TG_SEC_STRINGS)->offset = 0)
REFUSES(gap, "there is a gap", section(TG_SEC_STRINGS)->offset += 16)
REFUSES(count_too_large, "bytes for", section(TG_SEC_HOOKS)->count++)
REFUSES(count_overflow, "bytes for", section(TG_SEC_HOOKS)->count = 0xffffffff)
REFUSES(size_not_multiple, "bytes for", section(TG_SEC_HOOKS)->size--)
REFUSES(last_gap, "bytes behind the last section", section(TG_SEC_OBJECT)->size -= 8,
	section(TG_SEC_OBJECT)->count -= 8)

Test(artifact, padding_between)
{
	struct tg_section *s = section(TG_SEC_STRINGS);

	if (s->size % 8 == 0) { /* make room: the last string gives one byte up */
		s->size--, s->count--;
		p.strings[s->size - 1] = '\0';
	}
	cr_assert_eq(look(), 0, "%s", why);
	p.strings[s->size] = 1;
	cr_assert_eq(look(), -1);
	cr_assert(strstr(why, "padding before the section of policies"), "%s", why);
}

Test(artifact, padding_at_the_end)
{
	struct tg_section *s = section(TG_SEC_OBJECT);
	uint8_t *bigger = calloc(1, p.size + 8);

	memcpy(bigger, p.bytes, p.size);
	free(p.bytes);
	p.bytes = bigger;
	p.header = (void *)p.bytes;
	p.table = (void *)(p.bytes + sizeof(*p.header));
	s = section(TG_SEC_OBJECT);
	s->size++, s->count++;
	p.size += 8;
	p.header->payload_size = p.size;
	cr_assert_eq(look(), 0, "%s", why);
	p.bytes[p.size - 1] = 1;
	cr_assert_eq(look(), -1);
	cr_assert(strstr(why, "padding behind the last section"), "%s", why);
}

Test(artifact, misaligned_in_memory)
{
	uint8_t *shifted = malloc(p.size + 1);

	memcpy(shifted + 1, p.bytes, p.size);
	cr_assert_eq(artifact_view(&view, shifted + 1, p.size, why, sizeof(why)), -1);
	cr_assert(strstr(why, "not aligned in memory"));
	free(shifted);
}

Test(artifact, too_large)
{
	cr_assert_eq(artifact_view(&view, p.bytes, TG_ARTIFACT_MAX + 1, why, sizeof(why)), -1);
	cr_assert(strstr(why, "is larger than"));
}

/* Strings and object */
REFUSES(strings_start, "does not start with an empty one", p.strings[0] = 'x')
REFUSES(strings_end, "last string has no end", p.strings[section(TG_SEC_STRINGS)->size - 1] = 'x')
REFUSES(object_magic, "not an ELF file", p.object->e_ident[1] = 'e')
REFUSES(object_class, "64-bit little-endian", p.object->e_ident[EI_CLASS] = ELFCLASS32)
REFUSES(object_order, "64-bit little-endian", p.object->e_ident[EI_DATA] = ELFDATA2MSB)
REFUSES(object_machine, "for machine 62", p.object->e_machine = EM_X86_64)
REFUSES(object_linked, "not relocatable", p.object->e_type = ET_EXEC)
REFUSES(object_short, "too short for an ELF file", section(TG_SEC_OBJECT)->size -= 7,
	section(TG_SEC_OBJECT)->count -= 7, memset(p.bytes + p.size - 7, 0, 7))

static void empty_strings(void)
{
	struct tg_section *table = p.table;

	/* Everything after moves up to the table's end. */
	size_t from = table[1].offset, to = table[0].offset;

	memmove(p.bytes + to, p.bytes + from, p.size - from);
	p.size -= from - to;
	p.header->payload_size = p.size;
	for (int i = 1; i < TG_SEC_COUNT - 1; i++)
		table[i].offset -= from - to;
	table[0].size = table[0].count = 0;
}
REFUSES(strings_empty, "section of strings is empty", empty_strings())

/* Policies */
REFUSES(policy_name, "policy 1: its name lies outside", p.policies[1].name = 0x7fffffff)
REFUSES(policy_name_empty, "policy 1: its name is empty", p.policies[1].name = 0)
REFUSES(policy_source, "policy 0: its source lies outside",
	p.policies[0].source = section(TG_SEC_STRINGS)->count)
REFUSES(policy_flags, "policy 0 has unknown flags 0x4", p.policies[0].flags = 4)
REFUSES(policy_monitors, "policy 0 is in monitor mode but has nothing to enforce",
	p.policies[0].flags = TG_POLICY_MONITORS)

/* Hooks */
REFUSES(hook_kind, "hook 0 is of an unknown kind 0", p.hooks[0].kind = 0)
REFUSES(hook_kind_high, "hook 0 is of an unknown kind", p.hooks[0].kind = TG_HOOK_KIND_COUNT)
REFUSES(hook_name, "hook 2: its name lies outside", p.hooks[2].name = 0xffffffff)
REFUSES(hook_subsystem_missing, "hook 2: its subsystem is empty", p.hooks[2].subsystem = 0)
REFUSES(hook_subsystem_outside, "hook 2: its subsystem lies outside",
	p.hooks[2].subsystem = 0xffffff)
REFUSES(hook_subsystem_wrong, "but is no tracepoint", p.hooks[1].subsystem = p.hooks[1].name)
REFUSES(hook_no_program, "hook 1 has no program", p.hooks[1].programs = 0)
REFUSES(hook_programs_outside, "more than there are", p.hooks[2].programs = 7)
REFUSES(hook_programs_overflow, "more than there are", p.hooks[2].programs = 0xffffffff)
REFUSES(hook_programs_first, "more than there are", p.hooks[2].first_program = 0xffffffff)
REFUSES(hook_programs_overlap, "overlap those of the one before", p.hooks[1].first_program = 3)
REFUSES(hook_programs_foreign, "is not of hook 0", p.hooks[0].first_program = 1)
REFUSES(hook_kernel_names_outside, "more than there are", p.hooks[1].kernel_names = 3)
REFUSES(hook_kernel_names_overflow, "more than there are",
	p.hooks[1].first_kernel_name = 0xffffffff)
REFUSES(hook_kernel_names_gap, "kernel names before its own that nobody owns",
	p.hooks[1].first_kernel_name = 1, p.hooks[1].kernel_names = 1)
REFUSES(hook_kernel_names_rest, "1 kernel names belong to no hook", p.hooks[1].kernel_names = 1)
REFUSES(kernel_name_outside, "kernel name 1: its name lies outside",
	p.kernel_names[1].name = 0x7fffffff)
REFUSES(kernel_name_empty, "kernel name 0: its name is empty", p.kernel_names[0].name = 0)
REFUSES(kernel_name_flags, "kernel name 0 has unknown flags 0x2", p.kernel_names[0].flags = 2)
REFUSES(hook_slots_outside, "more than there are", p.hooks[1].slots = 5)
REFUSES(hook_slots_overlap, "its slots overlap", p.hooks[1].first_slot = 1)
REFUSES(hook_slots_gap, "slots before its own that nobody owns", p.hooks[0].slots = 1)
REFUSES(hook_slots_rest, "1 slots belong to no hook", p.hooks[1].slots = 0,
	p.hooks[1].first_slot = 0)
REFUSES(hook_slots_empty_first, "an empty range of slots does not start at 0",
	p.hooks[2].first_slot = 1)
REFUSES(hook_views_outside, "more than there are", p.hooks[2].views = 9)
REFUSES(hook_views_foreign, "view 2 is not of hook 0", p.hooks[0].views = 3)
REFUSES(hook_views_rest, "1 views belong to no hook", p.hooks[2].views = 0,
	p.hooks[2].first_view = 0)

Test(artifact, hook_too_many_slots)
{
	struct manifest m;
	struct bundle_identity identity = {"slots", 1, 1};
	uint32_t hook;

	manifest_init(&m, &p.arena);
	hook = manifest_add_hook(&m, TG_HOOK_KPROBE, "f", NULL);
	manifest_add_program(&m, hook, TG_ATTACH_KPROBE, "p", "f");
	for (int i = 0; i < TG_HOOK_SLOTS_MAX + 1; i++)
		manifest_add_slot(&m, hook, TG_ARG_INT, i);
	cr_assert_null(
		pack_payload(&p.arena, &m, &identity, fixture_object(&p.arena), why, sizeof(why))
			.at);
	cr_assert(strstr(why, "17 slots are too many"), "%s", why);
}

Test(artifact, too_many_hooks)
{
	struct manifest m;
	struct bundle_identity identity = {"hooks", 1, 1};

	manifest_init(&m, &p.arena);
	for (uint32_t i = 0; i <= TG_HOOKS_MAX; i++)
		manifest_add_program(&m, manifest_add_hook(&m, TG_HOOK_KPROBE, "f", NULL),
				     TG_ATTACH_KPROBE, "p", "f");
	cr_assert_null(
		pack_payload(&p.arena, &m, &identity, fixture_object(&p.arena), why, sizeof(why))
			.at);
	cr_assert(strstr(why, "65536 hooks are too many"), "%s", why);
}

/* Programs */
REFUSES(program_attach, "attaches in an unknown way 0", p.programs[2].attach = 0)
REFUSES(program_attach_high, "attaches in an unknown way", p.programs[2].attach = TG_ATTACH_COUNT)
REFUSES(program_name, "program 2: its name is empty", p.programs[2].name = 0)
REFUSES(program_name_outside, "program 2: its name lies outside", p.programs[2].name = 0xffff)
REFUSES(program_target, "program 2: its target is empty", p.programs[2].target = 0)
REFUSES(program_iter_hook, "walks the tasks but is of a hook",
	p.programs[2].attach = TG_ATTACH_ITER_TASK)
REFUSES(program_hook, "program 0: there is no hook 3", p.programs[0].hook = 3)
REFUSES(program_outside_range, "program 0 is outside the range of its hook 1",
	p.programs[0].hook = 1)

/* Slots */
REFUSES(slot_type, "slot 1 is of an unknown type 0", p.slots[1].type = 0)
REFUSES(slot_type_high, "slot 1 is of an unknown type", p.slots[1].type = TG_ARG_TYPE_COUNT)

/* Views and what they show */
REFUSES(view_policy, "view 0: there is no policy 2", p.views[0].policy = 2)
REFUSES(view_hook, "view 0 is not of hook 0", p.views[0].hook = 1)
REFUSES(view_message, "view 0: its message lies outside", p.views[0].message = 0xffffffff)
REFUSES(view_data, "view 0: 100 data are more than it has arguments", p.views[0].data = 100)
REFUSES(view_selectors_shared, "view 1 shares a selector", p.views[1].selectors |= 1)
REFUSES(view_selectors_foreign, "view 0 shows a selector that its policy does not have",
	p.views[1].selectors = 0, p.views[0].selectors = 4)
REFUSES(view_selectors_missing, "view 3 shows a selector that its policy does not have",
	p.views[3].selectors = 1ull << 63)
REFUSES(view_args_outside, "more than there are", p.views[0].args = 0xffffffff)
REFUSES(view_args_overlap, "its arguments overlap", p.views[1].first_arg = 1)
REFUSES(view_args_gap, "arguments before its own that nobody owns", p.views[0].args = 1)
REFUSES(view_args_rest, "1 arguments belong to no view", p.views[2].args = 0,
	p.views[2].first_arg = 0)
REFUSES(view_arg_slot, "view 0: there is no slot 2", p.view_args[0].slot = 2)
REFUSES(view_arg_label, "view argument 1: its label lies outside", p.view_args[1].label = 0xffff)
REFUSES(view_tags_outside, "tags from 0 on are more", p.views[0].tags = 3)
REFUSES(view_tags_overflow, "more than there are", p.views[0].first_tag = 0xffffffff)
REFUSES(view_tags_empty_first, "an empty range of tags", p.views[1].first_tag = 1)
REFUSES(tag_text, "tag 1: its text lies outside", p.tags[1].text = 0x10000)

/* workloads */
REFUSES(node_requirements, "policy 0: 4 requirements from 0 on are more than there are",
	p.policies[0].requirements = 4)
REFUSES(node_overflow, "more than there are", p.policies[0].first_requirement = 0xffffffff)
REFUSES(node_empty, "policy 1: an empty range of requirements", p.policies[1].first_requirement = 1)
REFUSES(workload_flags, "workload 0 has unknown flags 0x4", p.workloads[0].flags = 4)
REFUSES(workload_nobody, "workload 1 has unknown flags 0x0", p.workloads[1].flags = 0)
REFUSES(workload_namespace, "workload 0: its namespace lies outside",
	p.workloads[0].namespace = 0x10000)
REFUSES(workload_overflow, "workload 0 has too many requirements", p.workloads[0].of_pod = ~0u)
REFUSES(workload_shared, "workload 0: its requirements overlap",
	p.workloads[0].first_requirement = 0)
REFUSES(workload_gap, "requirements before its own that nobody owns",
	p.workloads[0].first_requirement = 2, p.workloads[0].of_pod = 0)
REFUSES(workload_unowned, "1 requirements belong to no workload", p.workloads[0].of_container = 0)
REFUSES(workload_host_asks, "workload 1 is in no pod, but asks", p.workloads[1].of_pod = 1)
REFUSES(workload_host_namespace, "workload 1 is in no pod, but asks",
	p.workloads[1].namespace = p.workloads[0].namespace)
REFUSES(requirement_op, "requirement 1 has an unknown operator 4", p.requirements[1].op = 4)
REFUSES(requirement_key, "requirement 0: its key lies outside", p.requirements[0].key = 0x10000)
REFUSES(requirement_exists, "requirement 0: its operator and values do not agree",
	p.requirements[0].op = 2)
REFUSES(requirement_in, "requirement 1: its operator and values do not agree",
	p.requirements[1].op = 0)
REFUSES(requirement_values, "requirement 2: 2 values from 2 on are more than there are",
	p.requirements[2].values = 2)
REFUSES(label_value, "label value 2: its text lies outside", p.label_values[2].text = 0x10000)

/* Selectors */
REFUSES(selector_hook, "selector 4: there is no hook 9", p.selectors[4].hook = 9)
REFUSES(selector_policy, "selector 4: there is no policy 9", p.selectors[4].policy = 9)
REFUSES(selector_bit, "selector 2: bit 64 is too high", p.selectors[2].bit = 64)
REFUSES(selector_order, "selector 1 is repeated or out of order", p.selectors[0].bit = 1)
REFUSES(selector_hook_order, "selector 1 is repeated or out of order", p.selectors[0].hook = 1)
REFUSES(selector_action, "selector 0: unknown action 3", p.selectors[0].action = 3)
REFUSES(selector_enforces, "selector 2 enforces, but policy 1 says it does not",
	p.policies[1].flags = 0)
REFUSES(selector_flags, "selector 0 has unknown flags 0x80", p.selectors[0].flags = 0x80)
REFUSES(selector_target, "selector 0 has a target but makes no request", p.selectors[0].target = 1)
REFUSES(selector_no_target, "selector 0: its target is empty",
	p.selectors[0].action = TG_ACTION_GET_URL)
REFUSES(selector_pad, "selector 0: a reserved field is not 0", p.selectors[0].pad = 1)

/* Digests */
REFUSES(digest_kind, "digest 0 is of an unknown kind 0", p.digests[0].kind = 0)
REFUSES(digest_kind_high, "digest 0 is of an unknown kind 4", p.digests[0].kind = 4)
REFUSES(digest_name, "digest 2: its name is empty", p.digests[2].name = 0)

/* No change of one bit may lead outside the payload (the sanitizers watch), accepted or not. */
Test(artifact, survives_every_bit)
{
	uint8_t *copy = malloc(p.size);

	for (size_t bit = 0; bit < 8 * p.size; bit++) {
		memcpy(copy, p.bytes, p.size);
		copy[bit / 8] ^= 1u << bit % 8;
		if (artifact_view(&view, copy, p.size, why, sizeof(why)))
			cr_assert_null(view.header);
	}
	free(copy);
}

Test(artifact, names)
{
	char longest[TG_NAME_MAX + 1] = "";

	cr_assert(artifact_name_valid("a"));
	cr_assert(artifact_name_valid("0-files.prod"));
	cr_assert_not(artifact_name_valid(""));
	cr_assert_not(artifact_name_valid("."));
	cr_assert_not(artifact_name_valid(".."));
	cr_assert_not(artifact_name_valid("-x"));
	cr_assert_not(artifact_name_valid("a/b"));
	cr_assert_not(artifact_name_valid("a b"));
	memset(longest, 'x', TG_NAME_MAX - 1);
	cr_assert(artifact_name_valid(longest));
	longest[TG_NAME_MAX - 1] = 'x';
	cr_assert_not(artifact_name_valid(longest));
}

Test(artifact, finds_selectors)
{
	cr_assert_eq(look(), 0, "%s", why);
	cr_assert_eq(artifact_selector_from(&view, 0, 0), 0);
	cr_assert_eq(artifact_selector_from(&view, 0, 2), 2);
	cr_assert_eq(artifact_selector_from(&view, 0, 3), 3);
	cr_assert_eq(artifact_selector_from(&view, 2, 0), 4);
	cr_assert_eq(artifact_selector_from(&view, 2, 1), view.selector_count);
}

Test(artifact, words)
{
	cr_assert_eq(artifact_entry_size(0), 0);
	cr_assert_eq(artifact_entry_size(TG_SEC_COUNT), 0);
	cr_assert_eq(artifact_entry_size(TG_SEC_VIEWS), sizeof(struct tg_view_entry));
	cr_assert_str_eq(artifact_section_name(0), "unknown");
	cr_assert_str_eq(artifact_section_name(TG_SEC_TAGS), "tags");
	cr_assert_str_eq(artifact_action_name(TG_ACTION_SIGKILL), "sigkill");
	cr_assert_null(artifact_action_name(1));
}
