/* SPDX-License-Identifier: Apache-2.0 */
#include <elf.h>
#include <stddef.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "tests/unit/elf_fixture.h"

enum {
	SIZE = 0x4000,
	RELOCATIONS_AT = 0x3000,
	SECTIONS_AT = 0x3400,
	NAMES_AT = 0x3800,
	GO_NAMES = 0x80, /* in the table */
	GO_PAIRS = 0x180,
	GO_SIZE = 0x400,
};

static const char *const go_names[GO_FUNCTIONS] = {"main.main", "main.(*T).Get", "runtime.goexit"};

static void put64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof(value));
}

static void put32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

/* Pairs and records; starts are of `word` bytes. */
static void put_functions(uint8_t *table, unsigned word)
{
	uint8_t *pairs = table + GO_PAIRS;
	uint32_t name_at = 1; /* the first is the empty name */

	for (uint32_t i = 0; i <= GO_FUNCTIONS; i++) {
		uint64_t start = 0x40 * i + (word == 8 ? GO_TEXT : 0);
		uint32_t record = 0x80 + 0x20 * i;

		memcpy(pairs + 2 * word * i, &start, word);
		if (i == GO_FUNCTIONS)
			break;
		memcpy(pairs + 2 * word * i + word, &record, sizeof(record));
		memcpy(pairs + record, &start, word);
		put32(pairs + record + word, name_at);
		strcpy((char *)table + GO_NAMES + name_at, go_names[i]);
		name_at += (uint32_t)strlen(go_names[i]) + 1;
	}
}

static void put_table(uint8_t *table, struct go_shape shape)
{
	static const uint32_t magic[] = {0xfffffffa, 0xfffffff0, 0xfffffff1};
	unsigned offsets = shape.release == GO_1_16 ? 24 : 32;

	put32(table, magic[shape.release]);
	table[6] = 1;
	table[7] = 8;
	put64(table + 8, GO_FUNCTIONS);
	put64(table + 16, 1);
	if (shape.release != GO_1_16)
		put64(table + 24, shape.own_text ? GO_TEXT : 0);
	put64(table + offsets, GO_NAMES);
	put64(table + offsets + 32, GO_PAIRS);
	put_functions(table, shape.release == GO_1_16 ? 8 : 4);
	if (shape.cgo)
		strcpy((char *)table + GO_NAMES + 0x60, "runtime/cgo.init");
}

static void put_segments(uint8_t *file)
{
	Elf64_Ehdr header = {
		.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_entry = GO_TEXT,
		.e_phoff = sizeof(header),
		.e_ehsize = sizeof(header),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 2,
		.e_shentsize = sizeof(Elf64_Shdr),
	};
	Elf64_Phdr code = {.p_type = PT_LOAD,
			   .p_flags = PF_R | PF_X,
			   .p_offset = GO_TEXT_AT,
			   .p_vaddr = GO_TEXT,
			   .p_filesz = 0x1000,
			   .p_memsz = 0x1000};
	Elf64_Phdr data = {.p_type = PT_LOAD,
			   .p_flags = PF_R,
			   .p_offset = GO_TABLE_AT,
			   .p_vaddr = 0x402000,
			   .p_filesz = 0x2000,
			   .p_memsz = 0x2000};

	memcpy(file, &header, sizeof(header));
	memcpy(file + sizeof(header), &code, sizeof(code));
	memcpy(file + sizeof(header) + sizeof(code), &data, sizeof(data));
}

static void put_sections(uint8_t *file, bool relocations)
{
	static const char names[] = "\0.text\0.gopclntab\0.rela\0.shstrtab";
	Elf64_Ehdr *header = (Elf64_Ehdr *)file;
	Elf64_Shdr sections[] = {
		{0},
		{.sh_name = 1,
		 .sh_type = SHT_PROGBITS,
		 .sh_addr = GO_TEXT,
		 .sh_offset = GO_TEXT_AT,
		 .sh_size = 0x1000},
		{.sh_name = 7,
		 .sh_type = SHT_PROGBITS,
		 .sh_addr = 0x402000,
		 .sh_offset = GO_TABLE_AT,
		 .sh_size = GO_SIZE},
		{.sh_name = 18,
		 .sh_type = SHT_RELA,
		 .sh_offset = RELOCATIONS_AT,
		 .sh_size = relocations ? sizeof(Elf64_Rela) : 0,
		 .sh_entsize = sizeof(Elf64_Rela)},
		{.sh_name = 24,
		 .sh_type = SHT_STRTAB,
		 .sh_offset = NAMES_AT,
		 .sh_size = sizeof(names)},
	};

	header->e_shoff = SECTIONS_AT;
	header->e_shnum = 5;
	header->e_shstrndx = 4;
	memcpy(file + SECTIONS_AT, sections, sizeof(sections));
	memcpy(file + NAMES_AT, names, sizeof(names));
}

struct bytes fixture_go(struct arena *a, struct go_shape shape)
{
	uint8_t *file = arena_alloc(a, SIZE);
	Elf64_Rela start = {.r_offset = 0x402000 + 24,
			    .r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE),
			    .r_addend = GO_TEXT};

	put_segments(file);
	put_table(file + GO_TABLE_AT, shape);
	if (shape.relocations)
		memcpy(file + RELOCATIONS_AT, &start, sizeof(start));
	if (shape.sections)
		put_sections(file, shape.relocations);
	return (struct bytes){file, SIZE};
}
