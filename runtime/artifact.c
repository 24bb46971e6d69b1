// SPDX-License-Identifier: Apache-2.0
/*
 * The frame of a payload: header, section table, sections. What is inside the entries is
 * artifact_entries.c's. Neither trusts a number before it has been compared with the size.
 */
#include <elf.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "artifact.h"
#include "artifact_check.h"

#ifndef EM_BPF
#define EM_BPF 247
#endif

static const struct section_form {
	const char *name;
	size_t entry;
} forms[TG_SEC_COUNT] = {
	[TG_SEC_STRINGS] = {"strings", 1},
	[TG_SEC_POLICIES] = {"policies", sizeof(struct tg_policy_entry)},
	[TG_SEC_HOOKS] = {"hooks", sizeof(struct tg_hook_entry)},
	[TG_SEC_KERNEL_NAMES] = {"kernel names", sizeof(struct tg_kernel_name_entry)},
	[TG_SEC_TARGETS] = {"targets", sizeof(struct tg_target_entry)},
	[TG_SEC_PROGRAMS] = {"programs", sizeof(struct tg_program_entry)},
	[TG_SEC_SLOTS] = {"slots", sizeof(struct tg_slot_entry)},
	[TG_SEC_VIEWS] = {"views", sizeof(struct tg_view_entry)},
	[TG_SEC_VIEW_ARGS] = {"view arguments", sizeof(struct tg_view_arg_entry)},
	[TG_SEC_SELECTORS] = {"selectors", sizeof(struct tg_selector_entry)},
	[TG_SEC_TAGS] = {"tags", sizeof(struct tg_tag_entry)},
	[TG_SEC_WORKLOADS] = {"workloads", sizeof(struct tg_workload_entry)},
	[TG_SEC_REQUIREMENTS] = {"requirements", sizeof(struct tg_requirement_entry)},
	[TG_SEC_LABEL_VALUES] = {"label values", sizeof(struct tg_label_value_entry)},
	[TG_SEC_DIGESTS] = {"digests", sizeof(struct tg_digest_entry)},
	[TG_SEC_KERNELS] = {"kernels", sizeof(struct tg_kernel_entry)},
	[TG_SEC_PROOFS] = {"proofs", sizeof(struct tg_proof_entry)},
	[TG_SEC_OBJECT] = {"object", 1},
};

size_t artifact_entry_size(uint32_t kind)
{
	return kind < TG_SEC_COUNT ? forms[kind].entry : 0;
}

const char *artifact_section_name(uint32_t kind)
{
	return kind > 0 && kind < TG_SEC_COUNT ? forms[kind].name : "unknown";
}

static const struct {
	const char *name;
	bool enforces;
} actions[] = {
	[TG_ACTION_POST] = {"post", false},
	[TG_ACTION_SIGKILL] = {"sigkill", true},
	[TG_ACTION_OVERRIDE] = {"override", true},
	[TG_ACTION_GET_URL] = {"geturl", false},
	[TG_ACTION_DNS_LOOKUP] = {"dnslookup", false},
	[TG_ACTION_NOPOST] = {"nopost", false},
	[TG_ACTION_SIGNAL] = {"signal", true},
	[TG_ACTION_TRACK_SOCK] = {"tracksock", false},
	[TG_ACTION_UNTRACK_SOCK] = {"untracksock", false},
	[TG_ACTION_NOTIFY_ENFORCER] = {"notifyenforcer", true},
	[TG_ACTION_CLEANUP_ENFORCER] = {"cleanupenforcernotification", false},
	[TG_ACTION_SET] = {"set", true},
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

const char *artifact_action_name(uint32_t action)
{
	return action < ACTIONS ? actions[action].name : NULL;
}

bool artifact_action_enforces(uint32_t action)
{
	return action < ACTIONS && actions[action].enforces;
}

bool artifact_name_valid(const char *name)
{
	size_t len = strnlen(name, TG_NAME_MAX);

	if (len == 0 || len == TG_NAME_MAX || name[0] == '.' || name[0] == '-')
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

int artifact_refuse(struct artifact_check *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->why, c->why_size, format, args);
	va_end(args);
	return -1;
}

/* The name must be usable as a file name and leave no room for anything behind its end. */
static int check_name(struct artifact_check *c, const struct tg_artifact_header *h)
{
	size_t len = strnlen(h->name, TG_NAME_MAX);

	if (len == TG_NAME_MAX)
		return artifact_refuse(c, "the bundle name has no end");
	for (size_t i = len; i < TG_NAME_MAX; i++)
		if (h->name[i])
			return artifact_refuse(c, "there are bytes behind the bundle name");
	if (!artifact_name_valid(h->name))
		return artifact_refuse(c, "the bundle name is not made of a-z, 0-9, '.' and '-'");
	return 0;
}

static int check_header(struct artifact_check *c, const struct tg_artifact_header *h, size_t size)
{
	if (memcmp(h->magic, TG_ARTIFACT_MAGIC, sizeof(h->magic)) != 0)
		return artifact_refuse(c, "this is not a bundle: wrong magic");
	if (h->format != TG_ARTIFACT_FORMAT)
		return artifact_refuse(c, "the bundle has format %u; this program reads format %u",
				       h->format, TG_ARTIFACT_FORMAT);
	if (h->payload_size != size)
		return artifact_refuse(c, "the header speaks of %llu bytes, there are %zu",
				       (unsigned long long)h->payload_size, size);
	if (h->flags)
		return artifact_refuse(c, "the header has unknown flags 0x%x", h->flags);
	if (h->sections != TG_SEC_COUNT - 1)
		return artifact_refuse(c, "the bundle has %u sections instead of %u", h->sections,
				       TG_SEC_COUNT - 1);
	return check_name(c, h);
}

/* Kinds come in rising order, each once: with the right number of entries none is missing. */
static int check_kind(struct artifact_check *c, const struct tg_section *s, uint32_t want)
{
	if (s->kind == 0 || s->kind >= TG_SEC_COUNT)
		return artifact_refuse(c, "section %u is of an unknown kind %u", want - 1, s->kind);
	if (s->kind < want)
		return artifact_refuse(c, "the section of %s is repeated or out of order",
				       forms[s->kind].name);
	if (s->kind > want)
		return artifact_refuse(c, "the section of %s is missing", forms[want].name);
	return 0;
}

static int check_place(struct artifact_check *c, const struct tg_section *s, uint64_t end,
		       uint64_t size)
{
	const char *name = forms[s->kind].name;

	if (s->offset % TG_ALIGN)
		return artifact_refuse(c, "the section of %s is not aligned", name);
	if (s->offset > size || s->size > size - s->offset)
		return artifact_refuse(c, "the section of %s lies outside the bundle", name);
	if (s->offset < end)
		return artifact_refuse(c, "the section of %s overlaps what is before it", name);
	if (s->offset - end >= TG_ALIGN)
		return artifact_refuse(c, "there is a gap before the section of %s", name);
	if (s->size != (uint64_t)s->count * forms[s->kind].entry)
		return artifact_refuse(c, "the section of %s has %llu bytes for %u entries", name,
				       (unsigned long long)s->size, s->count);
	return 0;
}

static bool all_zero(const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Every byte from the table's end to the payload's is in a section or is zero padding. */
static int check_table(struct artifact_check *c, const uint8_t *payload, size_t size)
{
	const struct tg_section *table = c->table;
	uint64_t end = sizeof(struct tg_artifact_header) + (TG_SEC_COUNT - 1) * sizeof(*table);

	for (uint32_t kind = 1; kind < TG_SEC_COUNT; kind++) {
		const struct tg_section *s = &table[kind - 1];

		if (check_kind(c, s, kind) || check_place(c, s, end, size))
			return -1;
		if (!all_zero(payload + end, s->offset - end))
			return artifact_refuse(c,
					       "the padding before the section of %s is not zero",
					       forms[kind].name);
		end = s->offset + s->size;
	}
	if (size % TG_ALIGN || size - end >= TG_ALIGN)
		return artifact_refuse(c, "there are bytes behind the last section");
	if (!all_zero(payload + end, size - end))
		return artifact_refuse(c, "the padding behind the last section is not zero");
	return 0;
}

static int check_strings(struct artifact_check *c, const struct artifact *a)
{
	if (a->strings_size == 0)
		return artifact_refuse(c, "the section of strings is empty");
	if (a->strings[0] != '\0')
		return artifact_refuse(c,
				       "the section of strings does not start with an empty one");
	if (a->strings[a->strings_size - 1] != '\0')
		return artifact_refuse(c, "the last string has no end");
	return 0;
}

static int check_object(struct artifact_check *c, const struct artifact *a)
{
	Elf64_Ehdr elf;

	if (a->object_size < sizeof(elf))
		return artifact_refuse(c, "the object is too short for an ELF file");
	memcpy(&elf, a->object, sizeof(elf));
	if (memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0)
		return artifact_refuse(c, "the object is not an ELF file");
	if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_ident[EI_DATA] != ELFDATA2LSB)
		return artifact_refuse(c, "the object is not a 64-bit little-endian ELF file");
	if (elf.e_machine != EM_BPF)
		return artifact_refuse(c, "the object is for machine %u, not for BPF",
				       elf.e_machine);
	if (elf.e_type != ET_REL)
		return artifact_refuse(c, "the object is not relocatable");
	return 0;
}

static void set_views(struct artifact *a, const uint8_t *payload, const struct tg_section *table)
{
#define SECTION(kind) (&table[(kind)-1])
#define ENTRIES(kind, field, counter)                                                              \
	(a->field = (const void *)(payload + SECTION(kind)->offset),                               \
	 a->counter = SECTION(kind)->count)

	a->header = (const void *)payload;
	ENTRIES(TG_SEC_STRINGS, strings, strings_size);
	ENTRIES(TG_SEC_POLICIES, policies, policy_count);
	ENTRIES(TG_SEC_HOOKS, hooks, hook_count);
	ENTRIES(TG_SEC_KERNEL_NAMES, kernel_names, kernel_name_count);
	ENTRIES(TG_SEC_TARGETS, targets, target_count);
	ENTRIES(TG_SEC_PROGRAMS, programs, program_count);
	ENTRIES(TG_SEC_SLOTS, slots, slot_count);
	ENTRIES(TG_SEC_VIEWS, views, view_count);
	ENTRIES(TG_SEC_VIEW_ARGS, view_args, view_arg_count);
	ENTRIES(TG_SEC_SELECTORS, selectors, selector_count);
	ENTRIES(TG_SEC_TAGS, tags, tag_count);
	ENTRIES(TG_SEC_WORKLOADS, workloads, workload_count);
	ENTRIES(TG_SEC_REQUIREMENTS, requirements, requirement_count);
	ENTRIES(TG_SEC_LABEL_VALUES, label_values, label_value_count);
	ENTRIES(TG_SEC_DIGESTS, digests, digest_count);
	ENTRIES(TG_SEC_KERNELS, kernels, kernel_count);
	ENTRIES(TG_SEC_PROOFS, proofs, proof_count);
	ENTRIES(TG_SEC_OBJECT, object, object_size);
#undef ENTRIES
#undef SECTION
}

int artifact_view(struct artifact *out, const void *payload, size_t size, char *why,
		  size_t why_size)
{
	struct artifact_check check = {.why = why, .why_size = why_size};
	struct artifact a = {0};

	memset(out, 0, sizeof(*out));
	if ((uintptr_t)payload % TG_ALIGN)
		return artifact_refuse(&check, "the payload is not aligned in memory");
	if (size > TG_ARTIFACT_MAX)
		return artifact_refuse(&check, "the payload is larger than %u bytes",
				       TG_ARTIFACT_MAX);
	if (size < sizeof(*a.header))
		return artifact_refuse(&check, "the payload is too short for its header");
	if (check_header(&check, payload, size))
		return -1;
	if (size - sizeof(*a.header) < (TG_SEC_COUNT - 1) * sizeof(struct tg_section))
		return artifact_refuse(&check, "the payload is too short for its section table");
	check.table = (const void *)((const uint8_t *)payload + sizeof(*a.header));
	if (check_table(&check, payload, size))
		return -1;
	set_views(&a, payload, check.table);
	if (check_strings(&check, &a) || check_object(&check, &a) ||
	    artifact_check_entries(&check, &a))
		return -1;
	*out = a;
	return 0;
}
