// SPDX-License-Identifier: Apache-2.0
#include <libelf.h>
#include <gelf.h>
#include <string.h>
#include "set_bundle.h"

/* Where the variable lies in the file; 0: nowhere. */
static size_t place_of(Elf *elf, const GElf_Sym *symbol, size_t size)
{
	Elf_Scn *section = elf_getscn(elf, symbol->st_shndx);
	GElf_Shdr header;
	size_t place;

	if (!section || !gelf_getshdr(section, &header) || header.sh_type != SHT_PROGBITS ||
	    symbol->st_size != sizeof(uint32_t) || header.sh_size < sizeof(uint32_t) ||
	    symbol->st_value > header.sh_size - sizeof(uint32_t))
		return 0;
	place = header.sh_offset + symbol->st_value;
	return place <= size - sizeof(uint32_t) ? place : 0;
}

static size_t find_variable(Elf *elf, size_t size)
{
	for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s));) {
		Elf_Data *data = elf_getdata(s, NULL);
		GElf_Shdr header;
		GElf_Sym symbol;

		if (!gelf_getshdr(s, &header) || header.sh_type != SHT_SYMTAB || !data)
			continue;
		for (int i = 0; gelf_getsym(data, i, &symbol); i++) {
			const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);

			if (name && !strcmp(name, "tg_bundle"))
				return place_of(elf, &symbol, size);
		}
	}
	return 0;
}

bool set_bundle(struct bytes object, uint32_t fingerprint)
{
	Elf *elf;
	size_t place;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)object.at, object.size);
	place = elf ? find_variable(elf, object.size) : 0;
	elf_end(elf);
	if (place)
		memcpy((uint8_t *)object.at + place, &fingerprint, sizeof(fingerprint));
	return place;
}
