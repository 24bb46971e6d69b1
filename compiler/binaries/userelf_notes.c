// SPDX-License-Identifier: Apache-2.0
/* Notes of user binaries: the build id and the USDT probes. */
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "userelf_read.h"

#define NOTE_HEADER	12
#define MOST_PROBES	16384 /* overlapping sections could make any number of them */
#define STAPSDT_PROBE	3
#define PROBE_ADDRESSES 24 /* location, base, semaphore */

/* ---- USDT ------------------------------------------------------------------------------ */

/* Blanks part operands, but for those within brackets: "4@[sp, 12] 8@x0" are two. */
static void split_operands(struct arena *a, struct userelf_probe *p)
{
	const char *s = p->arguments;

	while (p->operand_count < USERELF_OPERANDS) {
		const char *start;
		int depth = 0;

		s += strspn(s, " \t");
		for (start = s; *s && (depth > 0 || (*s != ' ' && *s != '\t')); s++)
			depth += (*s == '[' || *s == '(') - (*s == ']' || *s == ')');
		if (s == start)
			return;
		p->operands[p->operand_count++] = arena_strndup(a, start, (size_t)(s - start));
	}
}

/* From addresses to file offsets. The kernel counts users in the semaphore's page of the file. */
static const char *place_probe(const struct userelf *e, struct userelf_probe *p)
{
	const struct userelf_segment *s = userelf_segment_at(e, p->location);

	if (!s)
		return "its location is in no segment of the file";
	if (!s->executable)
		return "its location is not in an executable segment";
	p->offset = p->location - s->address + s->offset;
	if (!p->semaphore)
		return NULL;
	s = userelf_segment_at(e, p->semaphore);
	if (!s)
		return "its semaphore is in no segment of the file";
	if (s->executable)
		return "its semaphore is in an executable segment";
	p->ref_ctr_offset = p->semaphore - s->address + s->offset;
	return NULL;
}

static void add_probe(struct userelf_reader *r, struct bytes note)
{
	const struct userelf_section *base = userelf_section(r, ".stapsdt.base");
	struct userelf_probe p = {
		.location = bytes_u64(note, 0),
		.base = bytes_u64(note, 8),
		.semaphore = bytes_u64(note, 16),
		.provider = bytes_text(note, PROBE_ADDRESSES),
	};
	uint64_t at = PROBE_ADDRESSES;

	if (!p.provider || r->e->probe_count == MOST_PROBES)
		return;
	at += strlen(p.provider) + 1;
	p.name = bytes_text(note, at);
	if (!p.name)
		return;
	at += strlen(p.name) + 1;
	p.arguments = bytes_text(note, at);
	if (!p.arguments)
		p.arguments = "";
	if (base && p.base)
		p.location += base->address - p.base;
	split_operands(r->arena, &p);
	p.problem = place_probe(r->e, &p);
	r->e->probes = arena_grow(r->arena, r->e->probes, r->e->probe_count, &r->probe_room,
				  sizeof(*r->e->probes));
	r->e->probes[r->e->probe_count++] = p;
}

/* ---- notes ----------------------------------------------------------------------------- */

static void read_note(struct userelf_reader *r, uint32_t type, struct bytes owner,
		      struct bytes data)
{
	struct userelf *e = r->e;

	if (type == STAPSDT_PROBE && owner.size == 8 && !memcmp(owner.at, "stapsdt", 8)) {
		add_probe(r, data);
	} else if (type == NT_GNU_BUILD_ID && owner.size == 4 && !memcmp(owner.at, "GNU", 4)) {
		if (e->build_id_size || data.size > sizeof(e->build_id) || !data.size)
			return;
		memcpy(e->build_id, data.at, data.size);
		e->build_id_size = data.size;
	} else if (owner.size == 3 && !memcmp(owner.at, "Go", 3)) {
		e->go = true;
	}
}

static uint64_t padded(uint64_t size, uint64_t align)
{
	return (size + align - 1) & ~(align - 1);
}

static void read_note_list(struct userelf_reader *r, struct bytes list, uint64_t align)
{
	uint64_t at = 0;

	while (at + NOTE_HEADER <= list.size) {
		uint64_t owner_size = bytes_u32(list, at), data_size = bytes_u32(list, at + 4);
		uint64_t data_at = padded(at + NOTE_HEADER + owner_size, align);
		struct bytes owner = bytes_part(list, at + NOTE_HEADER, owner_size);
		struct bytes data = bytes_part(list, data_at, data_size);

		if ((owner_size && !owner.size) || (data_size && !data.size))
			return;
		if (owner.size)
			read_note(r, bytes_u32(list, at + 8), owner, data);
		at = padded(data_at + data_size, align);
	}
}

void userelf_read_notes(struct userelf_reader *r)
{
	bool any = false;

	for (size_t i = 0; i < r->section_count; i++) {
		const struct userelf_section *s = &r->sections[i];

		if (s->type != SHT_NOTE)
			continue;
		any = true;
		read_note_list(r, s->data, s->align == 8 ? 8 : 4);
	}
	for (size_t i = 0; !any && i < r->note_count; i++)
		read_note_list(r, r->notes[i], 4);
}

/* ---- questions ------------------------------------------------------------------------- */

static bool listed(const struct userelf *e, size_t index)
{
	const struct userelf_probe *p = &e->probes[index];

	for (size_t i = 0; i < index; i++)
		if (!strcmp(e->probes[i].provider, p->provider) &&
		    !strcmp(e->probes[i].name, p->name))
			return true;
	return false;
}

const char *userelf_probe_list(const struct userelf *e, struct arena *a, size_t limit)
{
	const char *text = NULL;
	size_t shown = 0;

	for (size_t i = 0; i < e->probe_count; i++) {
		if (listed(e, i))
			continue;
		if (shown++ == limit)
			return arena_printf(a, "%s, ...", text ? text : "");
		text = arena_printf(a, "%s%s%s:%s", text ? text : "", text ? ", " : "",
				    e->probes[i].provider, e->probes[i].name);
	}
	return text;
}

static void say_no_probe(const struct userelf *e, const char *provider, const char *name, char *why,
			 size_t why_size)
{
	if (!e->probe_count)
		snprintf(why, why_size, "%s has no USDT probes", e->path);
	else
		snprintf(why, why_size, "%s has no USDT probe `%s:%s`", e->path, provider, name);
}

const struct userelf_probe **userelf_probes(const struct userelf *e, struct arena *a,
					    const char *provider, const char *name, size_t *count,
					    char *why, size_t why_size)
{
	const struct userelf_probe **found = NULL;
	size_t room = 0;

	*count = 0;
	for (size_t i = 0; i < e->probe_count; i++) {
		const struct userelf_probe *p = &e->probes[i];

		if (strcmp(p->provider, provider) || strcmp(p->name, name))
			continue;
		if (p->problem) {
			snprintf(why, why_size, "USDT probe `%s:%s` of %s is broken: %s", provider,
				 name, e->path, p->problem);
			*count = 0;
			return NULL;
		}
		found = arena_grow(a, found, *count, &room, sizeof(struct userelf_probe *));
		found[(*count)++] = p;
	}
	if (!found)
		say_no_probe(e, provider, name, why, why_size);
	return found;
}
