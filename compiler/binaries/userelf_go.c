// SPDX-License-Identifier: Apache-2.0
/*
 * Functions of Go programs from the line table (pclntab), which stays when symbols are stripped.
 *
 * Header: magic (4 bytes), two zero bytes, quantum, size of a pointer (8 here); then words of
 * eight bytes: number of functions, number of files, [start of text, since 1.18,] and the offsets
 * of the names, units, files, pc tables, and of the function table. The table has a pair a
 * function, start and offset of its record (from the table), and one more start that ends the
 * last function. A record begins with the start again, then the offset of the name. In 1.16 the
 * starts and pairs are of eight bytes and absolute; since 1.18 of four, from the start of text.
 */
#include <elf.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "userelf_read.h"

#define MAGIC_1_16 0xfffffffa
#define MAGIC_1_18 0xfffffff0
#define MAGIC_1_20 0xfffffff1

struct go_table {
	struct bytes all;	/* from the header to the end of what holds it */
	struct bytes names;	/* of functions */
	struct bytes functions; /* pairs, and the records they point to */
	uint64_t offset;	/* of the header, in the file */
	uint64_t count;
	uint64_t text; /* what starts are counted from; 0 for 1.16 */
	unsigned word; /* size of a start */
};

static bool is_header(struct bytes at)
{
	uint32_t magic = bytes_u32(at, 0);

	return (magic == MAGIC_1_16 || magic == MAGIC_1_18 || magic == MAGIC_1_20) &&
	       at.size >= 8 && !at.at[4] && !at.at[5] && (at.at[6] == 1 || at.at[6] == 4) &&
	       at.at[7] == 8;
}

static uint64_t start_of(const struct go_table *t, uint64_t index)
{
	uint64_t at = index * 2 * t->word;

	return t->word == 8 ? bytes_u64(t->functions, at) : bytes_u32(t->functions, at) + t->text;
}

static struct bytes from(struct bytes b, uint64_t offset)
{
	return offset < b.size ? bytes_part(b, offset, b.size - offset) : (struct bytes){0};
}

/* False: what the header says does not fit in the bytes. */
static bool read_header(struct go_table *t, struct bytes at)
{
	bool old;
	uint64_t offsets;

	if (!is_header(at))
		return false;
	old = bytes_u32(at, 0) == MAGIC_1_16;
	t->all = at;
	t->word = old ? 8 : 4;
	t->count = bytes_u64(at, 8);
	t->text = old ? 0 : bytes_u64(at, 24);
	offsets = old ? 24 : 32;
	t->names = from(at, bytes_u64(at, offsets));
	t->functions = from(at, bytes_u64(at, offsets + 32));
	return t->count && t->names.size && t->count < t->functions.size / (2 * t->word);
}

/* A file without sections: the table is aligned, and in the bytes of some segment. */
static bool search(const struct userelf *e, struct go_table *t)
{
	for (size_t i = 0; i < e->segment_count; i++) {
		const struct userelf_segment *s = &e->segments[i];
		struct bytes b = bytes_part(e->file, s->offset, s->file_size);

		for (uint64_t at = 0; at + 8 <= b.size; at += 8) {
			if (b.at[at + 3] != 0xff || !read_header(t, from(b, at)))
				continue;
			t->offset = s->offset + at;
			return true;
		}
	}
	return false;
}

static bool find_table(const struct userelf_reader *r, struct go_table *t)
{
	const struct userelf_section *s = userelf_section(r, ".gopclntab");

	if (!s)
		s = userelf_section(r, ".data.rel.ro.gopclntab");
	if (!s)
		return !r->section_count && search(r->e, t);
	t->offset = s->offset;
	return read_header(t, s->data);
}

static bool is_code(const struct userelf *e, uint64_t address)
{
	const struct userelf_segment *s = userelf_segment_at(e, address);

	return s && s->executable;
}

/* In a program that is loaded anywhere, the loader fills in the start of text: ask its table. */
static uint64_t relocated(const struct userelf_reader *r, uint64_t address)
{
	uint64_t relative =
		r->e->machine == USERELF_X86_64 ? R_X86_64_RELATIVE : R_AARCH64_RELATIVE;

	for (size_t i = 0; i < r->section_count; i++) {
		struct bytes b = r->sections[i].data;

		if (r->sections[i].type != SHT_RELA)
			continue;
		for (uint64_t at = 0; at + 24 <= b.size; at += 24)
			if (bytes_u64(b, at) == address && bytes_u64(b, at + 8) == relative)
				return bytes_u64(b, at + 16);
	}
	return 0;
}

static bool has_prefix(struct bytes names, const char *prefix)
{
	return memmem(names.at, names.size, prefix, strlen(prefix));
}

/* Without cgo, Go's text is the section of this name; with it, C code stands before. */
static uint64_t text_section(const struct userelf_reader *r, const struct go_table *t)
{
	const struct userelf_section *s = userelf_section(r, ".text");

	return s && !has_prefix(t->names, "runtime/cgo") ? s->address : 0;
}

static bool find_text(const struct userelf_reader *r, struct go_table *t)
{
	const struct userelf_segment *s = userelf_segment_of(r->e, t->offset, NULL);

	if (t->word == 8 || is_code(r->e, t->text))
		return true;
	if (s)
		t->text = relocated(r, t->offset - s->offset + s->address + 24);
	if (!is_code(r->e, t->text))
		t->text = text_section(r, t);
	return is_code(r->e, t->text);
}

static void add_function(struct userelf_reader *r, const struct go_table *t, uint64_t index)
{
	uint64_t pair = index * 2 * t->word, address = start_of(t, index), record;
	const struct userelf_segment *s = userelf_segment_at(r->e, address);
	const char *name;

	record = t->word == 8 ? bytes_u64(t->functions, pair + 8)
			      : bytes_u32(t->functions, pair + 4);
	if (record >= t->functions.size || !s || !s->executable)
		return;
	name = bytes_text(t->names, bytes_u32(t->functions, record + t->word));
	if (!name || !*name || strlen(name) > UINT32_MAX)
		return;
	userelf_add_symbol(r, &(struct userelf_symbol){
				      .name = name,
				      .name_len = (uint32_t)strlen(name),
				      .address = address,
				      .size = start_of(t, index + 1) > address
						      ? start_of(t, index + 1) - address
						      : 0,
				      .offset = address - s->address + s->offset,
				      .binding = USERELF_GLOBAL,
				      .type = USERELF_FUNCTION,
			      });
}

void userelf_read_go(struct userelf_reader *r)
{
	struct go_table t = {0};

	r->e->go |= userelf_section(r, ".gopclntab") || userelf_section(r, ".go.buildinfo") ||
		    userelf_section(r, ".note.go.buildid");
	if (r->e->naming == USERELF_SYMBOLS)
		return;
	if (!find_table(r, &t)) {
		if (r->e->go)
			r->e->go_problem = "the layout of its Go line table is not known to tgc";
		return;
	}
	r->e->go = true;
	if (!find_text(r, &t)) {
		r->e->go_problem = "its Go line table does not tell where the code starts";
		return;
	}
	for (uint64_t i = 0; i < t.count; i++)
		add_function(r, &t, i);
	r->e->naming = USERELF_LINE_TABLE;
}
