// SPDX-License-Identifier: Apache-2.0
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include "kernel_elf.h"

struct elf_view {
	struct bytes file, names;
	Elf64_Ehdr header;
	uint64_t count;
};

bool elf_is_elf(struct bytes file)
{
	return file.size >= EI_NIDENT && memcmp(file.at, ELFMAG, SELFMAG) == 0;
}

static struct bytes part(struct bytes file, uint64_t offset, uint64_t size)
{
	if (offset > file.size || size > file.size - offset)
		return (struct bytes){0};
	return (struct bytes){file.at + offset, size};
}

static bool header_at(const struct elf_view *v, uint64_t index, Elf64_Shdr *out)
{
	uint64_t offset = v->header.e_shoff;
	struct bytes at;

	if (index >= v->file.size / sizeof(*out) || offset > v->file.size)
		return false;
	at = part(v->file, offset + index * sizeof(*out), sizeof(*out));
	if (!at.size)
		return false;
	memcpy(out, at.at, sizeof(*out));
	return true;
}

static struct bytes contents(const struct elf_view *v, const Elf64_Shdr *s)
{
	if (s->sh_type == SHT_NOBITS || s->sh_flags & SHF_COMPRESSED)
		return (struct bytes){0};
	return part(v->file, s->sh_offset, s->sh_size);
}

/* "" when the offset is not that of a text which ends within the bytes. */
static const char *text_at(struct bytes from, uint64_t offset)
{
	if (offset >= from.size || !memchr(from.at + offset, 0, from.size - offset))
		return "";
	return (const char *)from.at + offset;
}

static const char *open_view(struct elf_view *v, struct bytes file)
{
	Elf64_Shdr first, names;

	*v = (struct elf_view){.file = file};
	if (!elf_is_elf(file))
		return "it is not an ELF file";
	if (file.at[EI_DATA] == ELFDATA2MSB)
		return "it is for a big-endian machine, which is not supported";
	if (file.at[EI_CLASS] != ELFCLASS64 || file.size < sizeof(v->header))
		return "it is not a 64-bit ELF file";
	memcpy(&v->header, file.at, sizeof(v->header));
	if (v->header.e_shentsize != sizeof(first) || !header_at(v, 0, &first))
		return "the ELF file has no sections";
	v->count = v->header.e_shnum ? v->header.e_shnum : first.sh_size;
	if (!header_at(v, v->header.e_shstrndx == SHN_XINDEX ? first.sh_link : v->header.e_shstrndx,
		       &names))
		return "the ELF file's sections have no names";
	v->names = contents(v, &names);
	return NULL;
}

/* The index of the section, 0 when there is none. */
static uint64_t find_section(const struct elf_view *v, const char *name, Elf64_Shdr *out)
{
	for (uint64_t i = 1; i < v->count && header_at(v, i, out); i++)
		if (strcmp(text_at(v->names, out->sh_name), name) == 0)
			return i;
	return 0;
}

struct bytes elf_section(struct bytes file, const char *name, char *why, size_t why_size)
{
	struct bytes data = {0};
	const char *problem;
	struct elf_view v;
	Elf64_Shdr s;

	problem = open_view(&v, file);
	if (problem) {
		snprintf(why, why_size, "%s", problem);
		return data;
	}
	if (!find_section(&v, name, &s)) {
		snprintf(why, why_size, "the ELF file has no section %s", name);
		return data;
	}
	data = contents(&v, &s);
	if (!data.size)
		snprintf(why, why_size, "section %s is %s", name,
			 s.sh_flags & SHF_COMPRESSED ? "compressed" : "empty or incomplete");
	return data;
}

bool elf_each_function(struct bytes file, void (*take)(void *data, const char *name), void *data)
{
	struct bytes symbols, names;
	Elf64_Shdr table, strings;
	struct elf_view v;
	Elf64_Sym symbol;

	if (open_view(&v, file) || !find_section(&v, ".symtab", &table) ||
	    !header_at(&v, table.sh_link, &strings))
		return false;
	symbols = contents(&v, &table);
	names = contents(&v, &strings);
	for (size_t at = 0; at + sizeof(symbol) <= symbols.size; at += sizeof(symbol)) {
		memcpy(&symbol, symbols.at + at, sizeof(symbol));
		if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && symbol.st_shndx != SHN_UNDEF)
			take(data, text_at(names, symbol.st_name));
	}
	return symbols.size > 0;
}

const char *elf_arch(struct bytes file)
{
	Elf64_Ehdr header;

	if (!elf_is_elf(file) || file.size < sizeof(header))
		return "";
	memcpy(&header, file.at, sizeof(header));
	switch (header.e_machine) {
	case EM_X86_64:
		return "x86_64";
	case EM_AARCH64:
		return "aarch64";
	case EM_RISCV:
		return "riscv64";
	default:
		return "";
	}
}
