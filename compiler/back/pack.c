// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "compiler/base/arena.h"
#include "pack.h"

static uint64_t aligned(uint64_t offset)
{
	return (offset + TG_ALIGN - 1) & ~(uint64_t)(TG_ALIGN - 1);
}

struct layout {
	struct tg_section table[TG_SEC_COUNT - 1];
	const void *contents[TG_SEC_COUNT - 1];
	uint64_t size;
};

/* 0, or -1 when it all would be too large. Sizes are of things in memory: no overflow. */
static int lay_out(struct layout *l, const struct manifest *m, struct bytes object)
{
	l->size = sizeof(struct tg_artifact_header) + sizeof(l->table);
	for (uint32_t kind = 1; kind < TG_SEC_COUNT; kind++) {
		const struct manifest_table *t = &m->sections[kind];
		size_t count = kind == TG_SEC_OBJECT ? object.size : t->count;
		uint64_t size = (uint64_t)count * artifact_entry_size(kind);

		if (count > TG_ARTIFACT_MAX || size > TG_ARTIFACT_MAX)
			return -1;
		l->table[kind - 1] = (struct tg_section){kind, (uint32_t)count, l->size, size};
		l->contents[kind - 1] = kind == TG_SEC_OBJECT ? object.at : t->entries;
		l->size = aligned(l->size + size);
	}
	/* The signature and the trailer count as well. */
	return l->size > TG_ARTIFACT_MAX - TG_SIGNATURE_MAX - sizeof(struct tg_trailer) ? -1 : 0;
}

static void write_header(uint8_t *to, const struct layout *l, const struct bundle_identity *id)
{
	struct tg_artifact_header header = {
		.format = TG_ARTIFACT_FORMAT,
		.sections = TG_SEC_COUNT - 1,
		.payload_size = l->size,
		.version = id->version,
		.fingerprint = id->fingerprint,
	};

	memcpy(header.magic, TG_ARTIFACT_MAGIC, sizeof(header.magic));
	snprintf(header.name, sizeof(header.name), "%s", id->name);
	memcpy(to, &header, sizeof(header));
	memcpy(to + sizeof(header), l->table, sizeof(l->table));
}

struct bytes pack_payload(struct arena *arena, const struct manifest *m,
			  const struct bundle_identity *identity, struct bytes object, char *why,
			  size_t why_size)
{
	struct artifact check;
	struct layout layout;
	uint8_t *payload;

	if (!artifact_name_valid(identity->name)) {
		snprintf(why, why_size,
			 "a bundle name has 1 to %d characters of a-z, 0-9, '.' and '-'",
			 TG_NAME_MAX - 1);
		return (struct bytes){0};
	}
	if (lay_out(&layout, m, object)) {
		snprintf(why, why_size, "the bundle would be larger than %u bytes",
			 TG_ARTIFACT_MAX);
		return (struct bytes){0};
	}
	payload = arena_alloc(arena, layout.size);
	write_header(payload, &layout, identity);
	for (size_t i = 0; i < TG_SEC_COUNT - 1; i++)
		if (layout.table[i].size)
			memcpy(payload + layout.table[i].offset, layout.contents[i],
			       layout.table[i].size);
	if (artifact_view(&check, payload, layout.size, why, why_size))
		return (struct bytes){0};
	return (struct bytes){payload, layout.size};
}
