/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the reader of user binaries; userelf.h is what others use. */
#ifndef TGC_USERELF_READ_H
#define TGC_USERELF_READ_H

#include "userelf.h"

struct userelf_section {
	const char *name; /* "" when it has none that can be read */
	uint32_t type, link;
	uint64_t address, offset, align;
	struct bytes data; /* empty when it is not in the file, or not within it */
};

struct userelf_reader {
	struct arena *arena;
	struct userelf *e;
	struct userelf_section *sections; /* as in the file */
	size_t section_count;
	struct bytes *notes; /* what PT_NOTE has, for files without sections */
	size_t note_count;
	size_t symbol_room, probe_room;
};

/* The part of `b`; empty when it does not lie within. */
struct bytes bytes_part(struct bytes b, uint64_t offset, uint64_t size);
/* The text at `at` when a NUL ends it within `b`, else NULL. */
const char *bytes_text(struct bytes b, uint64_t at);
/* Little endian; 0 past the end. */
uint32_t bytes_u32(struct bytes b, uint64_t at);
uint64_t bytes_u64(struct bytes b, uint64_t at);

const struct userelf_section *userelf_section(const struct userelf_reader *r, const char *name);
/* The segment that holds the address, in the file; NULL: none. */
const struct userelf_segment *userelf_segment_at(const struct userelf *e, uint64_t address);
/* The segments whose bytes include the file offset, the next one after `after` (NULL: first). */
const struct userelf_segment *userelf_segment_of(const struct userelf *e, uint64_t offset,
						 const struct userelf_segment *after);

void userelf_add_symbol(struct userelf_reader *r, const struct userelf_symbol *symbol);
/* Each takes what it finds; none of them fails. */
void userelf_read_symbols(struct userelf_reader *r);
void userelf_read_go(struct userelf_reader *r);
void userelf_read_notes(struct userelf_reader *r);
/* After all symbols were added. */
void userelf_sort_symbols(struct userelf_reader *r);

#endif
