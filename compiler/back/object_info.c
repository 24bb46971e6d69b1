// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include <gelf.h>
#include <libelf.h>

#include "compiler/base/arena.h"
#include "object_info.h"

#define INSTRUCTION_SIZE 8

struct reader {
	struct arena *arena;
	struct object_info *out;
	Elf *elf;
	size_t section_names;
};

static char *copy(const struct reader *r, const char *text)
{
	return arena_strndup(r->arena, text, strlen(text));
}

/* Functions of sections with code: entry programs and their subprograms. */
static int add_symbol(const struct reader *r, const GElf_Sym *symbol, size_t names)
{
	Elf_Scn *section = elf_getscn(r->elf, symbol->st_shndx);
	const char *name = elf_strptr(r->elf, names, symbol->st_name), *section_name;
	struct object_info *out = r->out;
	GElf_Shdr header;

	if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC)
		return 0;
	if (!section || !gelf_getshdr(section, &header) || !name)
		return -1;
	section_name = elf_strptr(r->elf, r->section_names, header.sh_name);
	if (!section_name)
		return -1;
	out->programs =
		arena_grow(r->arena, out->programs, out->count, &out->room, sizeof(*out->programs));
	out->programs[out->count++] = (struct object_program){
		.name = copy(r, name),
		.section = copy(r, section_name),
		.instructions = (uint32_t)(symbol->st_size / INSTRUCTION_SIZE),
	};
	return 0;
}

static int add_symbols(const struct reader *r, Elf_Scn *table, const GElf_Shdr *header)
{
	Elf_Data *data = elf_getdata(table, NULL);
	size_t count;
	GElf_Sym symbol;

	if (!data || header->sh_entsize == 0)
		return -1;
	count = data->d_size / header->sh_entsize;
	for (size_t i = 1; i < count; i++)
		if (!gelf_getsym(data, (int)i, &symbol) || add_symbol(r, &symbol, header->sh_link))
			return -1;
	return 0;
}

static int read_elf(struct reader *r)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	if (elf_kind(r->elf) != ELF_K_ELF || elf_getshdrstrndx(r->elf, &r->section_names))
		return -1;
	while ((section = elf_nextscn(r->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return -1;
		if (header.sh_type == SHT_SYMTAB)
			return add_symbols(r, section, &header);
	}
	return -1;
}

static int compare_names(const void *a, const void *b)
{
	const struct object_program *left = a, *right = b;

	return strcmp(left->name, right->name);
}

int object_read(struct object_info *out, struct arena *arena, struct bytes object)
{
	struct reader r = {.arena = arena, .out = out};
	int result;

	memset(out, 0, sizeof(*out));
	if (elf_version(EV_CURRENT) == EV_NONE)
		return -1;
	/* libelf does not write to it: only reading is asked for. */
	r.elf = elf_memory((char *)object.at, object.size);
	if (!r.elf)
		return -1;
	result = read_elf(&r);
	elf_end(r.elf);
	if (result)
		memset(out, 0, sizeof(*out));
	if (out->count)
		qsort(out->programs, out->count, sizeof(*out->programs), compare_names);
	return result;
}

const struct object_program *object_find(const struct object_info *info, const char *name)
{
	struct object_program wanted = {.name = name};

	if (!info->count)
		return NULL;
	return bsearch(&wanted, info->programs, info->count, sizeof(wanted), compare_names);
}
