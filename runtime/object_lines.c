// SPDX-License-Identifier: Apache-2.0
#include <gelf.h>
#include <libelf.h>
#include <linux/btf.h>
#include <stdlib.h>
#include "runtime/object_lines.h"
#include "runtime/verifier_log.h"

/* The head of .BTF.ext, as far as it is needed; offsets count from the end of the head. */
struct ext_head {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t size;
	uint32_t func_info_off, func_info_len;
	uint32_t line_info_off, line_info_len;
};

struct ext_block { /* the records of one section follow */
	uint32_t section_name, count;
};

struct ext_line {
	uint32_t offset; /* bytes in the section */
	uint32_t file, text;
	uint32_t line_column; /* the line from bit 10 on */
};

struct lines {
	const struct code *code;
	struct bytes strings, info; /* of .BTF; records of .BTF.ext */
};

/* ---- the two sections ---- */

static const char *section_name(const struct code *c, size_t index)
{
	Elf_Scn *section = elf_getscn(c->elf, index);
	GElf_Shdr header;
	size_t names;

	if (!section || !gelf_getshdr(section, &header) || elf_getshdrstrndx(c->elf, &names))
		return NULL;
	return elf_strptr(c->elf, names, header.sh_name);
}

static struct bytes section_named(const struct code *c, const char *name)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(c->elf, section))) {
		const char *own = section_name(c, elf_ndxscn(section));
		Elf_Data *data = own && !strcmp(own, name) ? elf_getdata(section, NULL) : NULL;

		if (data && data->d_buf)
			return (struct bytes){data->d_buf, data->d_size};
	}
	return (struct bytes){0};
}

static struct bytes part(struct bytes of, uint64_t offset, uint64_t size)
{
	if (offset > of.size || size > of.size - offset)
		return (struct bytes){0};
	return (struct bytes){of.at + offset, size};
}

static bool open_lines(struct lines *l, const struct code *c)
{
	struct bytes btf = section_named(c, ".BTF"), ext = section_named(c, ".BTF.ext");
	struct btf_header head;
	struct ext_head ext_head;

	if (btf.size < sizeof(head) || ext.size < sizeof(ext_head))
		return false;
	memcpy(&head, btf.at, sizeof(head));
	memcpy(&ext_head, ext.at, sizeof(ext_head));
	l->code = c;
	l->strings = part(btf, (uint64_t)head.hdr_len + head.str_off, head.str_len);
	l->info =
		part(ext, (uint64_t)ext_head.size + ext_head.line_info_off, ext_head.line_info_len);
	return head.magic == BTF_MAGIC && ext_head.magic == BTF_MAGIC && l->strings.size &&
	       l->info.size > 4 && !l->strings.at[l->strings.size - 1];
}

static const char *string_at(const struct lines *l, uint32_t offset)
{
	return offset < l->strings.size ? (const char *)l->strings.at + offset : "";
}

/* ---- records ---- */

enum which { FIRST, LAST };

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? slash + 1 : file;
}

/* The first or last record of a policy between two instructions of a section, both counted. */
static bool pick_between(const struct lines *l, struct bytes records, size_t record_size,
			 uint64_t first, uint64_t last, enum which which, struct object_line *out)
{
	bool found = false;
	uint64_t best = 0;

	for (size_t at = 0; records.size - at >= record_size; at += record_size) {
		struct ext_line r;
		const char *file;

		memcpy(&r, records.at + at, sizeof(r));
		file = string_at(l, r.file);
		if (r.offset < first || r.offset > last ||
		    (found && (which == LAST ? r.offset < best : r.offset >= best)) || !*file ||
		    !verifier_log_is_policy(file, strlen(file)))
			continue;
		found = true;
		best = r.offset;
		*out = (struct object_line){base_name(file), r.line_column >> 10};
	}
	return found;
}

/* The same in instructions of a function. */
static bool find_in(const struct lines *l, const struct code_function *f, uint32_t last,
		    enum which which, struct object_line *out)
{
	const char *section = section_name(l->code, f->section);
	uint64_t from = (uint64_t)f->first * 8, to = ((uint64_t)f->first + last) * 8;
	struct bytes rest = part(l->info, 4, l->info.size - 4);
	struct ext_block block;
	uint32_t size;

	memcpy(&size, l->info.at, sizeof(size));
	while (section && size >= sizeof(struct ext_line) && rest.size >= sizeof(block)) {
		struct bytes records;

		memcpy(&block, rest.at, sizeof(block));
		records = part(rest, sizeof(block), (uint64_t)block.count * size);
		if (!records.size)
			return false;
		if (!strcmp(string_at(l, block.section_name), section) &&
		    pick_between(l, records, size, from, to, which, out))
			return true;
		rest = part(rest, sizeof(block) + records.size,
			    rest.size - sizeof(block) - records.size);
	}
	return false;
}

/* Goes through the functions as libbpf lines them up, to the one that has the instruction. */
static bool find_insn(const struct lines *l, const struct code_function *program, int64_t insn,
		      uint32_t *order, struct object_line *out)
{
	size_t count = code_reach(l->code, program, order);

	for (size_t i = 0; i < count && insn >= 0; i++) {
		const struct code_function *f = &l->code->functions[order[i]];

		if (insn < f->count)
			return find_in(l, f, (uint32_t)insn, LAST, out);
		insn -= f->count;
	}
	return false;
}

bool object_line_find(struct object_line *out, const struct code *c, const char *program,
		      int64_t insn)
{
	const struct code_function *f = code_find(c, program);
	struct lines lines;
	uint32_t *order;
	bool found;

	if (!f || !open_lines(&lines, c))
		return false;
	order = calloc(c->function_count, sizeof(*order));
	if (!order)
		return false;
	found = find_insn(&lines, f, insn, order, out) ||
		(f->count && find_in(&lines, f, f->count - 1, FIRST, out));
	free(order);
	return found;
}
