// SPDX-License-Identifier: Apache-2.0
#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stdlib.h>
#include "runtime/object_code.h"

#define INSN_SIZE sizeof(struct bpf_insn)

struct code_relocation {
	uint32_t section;
	uint64_t offset;
	uint32_t to_section; /* 0: something that is not in the object */
	uint64_t to_value;
};

/* Room for one more in an array that doubles; NULL when there is no memory. */
static void *more(void *array, size_t count, size_t *room, size_t size)
{
	void *moved;

	if (count < *room)
		return array;
	*room = *room ? 2 * *room : 64;
	moved = realloc(array, *room * size);
	return moved;
}

/* ---- functions ---- */

static Elf_Data *section_bytes(Elf *elf, size_t index, GElf_Shdr *header)
{
	Elf_Scn *section = elf_getscn(elf, index);

	if (!section || !gelf_getshdr(section, header) || header->sh_type == SHT_NOBITS)
		return NULL;
	return elf_getdata(section, NULL);
}

static int add_function(struct code *c, const GElf_Sym *symbol, const char *name)
{
	uint64_t size = symbol->st_size, value = symbol->st_value;
	struct code_function *f;
	GElf_Shdr header;
	Elf_Data *data = section_bytes(c->elf, symbol->st_shndx, &header);

	if (!data || !data->d_buf || !(header.sh_flags & SHF_EXECINSTR) || !name ||
	    value % INSN_SIZE || size % INSN_SIZE || value > data->d_size ||
	    size > data->d_size - value || c->function_count == CODE_FUNCTIONS_MAX)
		return -1;
	f = more(c->functions, c->function_count, &c->function_room, sizeof(*f));
	if (!f)
		return -1;
	c->functions = f;
	c->functions[c->function_count++] = (struct code_function){
		.name = name,
		.section = symbol->st_shndx,
		.first = (uint32_t)(value / INSN_SIZE),
		.count = (uint32_t)(size / INSN_SIZE),
		.bytes = (const uint8_t *)data->d_buf + value,
	};
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct code_function *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return x->first < y->first ? -1 : x->first > y->first;
}

static int read_functions(struct code *c, Elf_Data *symbols, const GElf_Shdr *header)
{
	size_t count = header->sh_entsize ? symbols->d_size / header->sh_entsize : 0;
	GElf_Sym symbol;

	for (size_t i = 1; i < count; i++) {
		if (!gelf_getsym(symbols, (int)i, &symbol))
			return -1;
		if (GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF)
			continue;
		if (add_function(c, &symbol, elf_strptr(c->elf, header->sh_link, symbol.st_name)))
			return -1;
	}
	if (c->function_count)
		qsort(c->functions, c->function_count, sizeof(*c->functions), by_place);
	return c->function_count ? 0 : -1;
}

/* The function that begins at an instruction of a section, or has it; NULL: none. */
static const struct code_function *function_at(const struct code *c, uint32_t section,
					       uint64_t insn)
{
	size_t low = 0, high = c->function_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct code_function *f = &c->functions[middle];

		if (f->section < section || (f->section == section && f->first <= insn))
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || c->functions[low - 1].section != section ||
	    insn - c->functions[low - 1].first >= c->functions[low - 1].count)
		return NULL;
	return &c->functions[low - 1];
}

/* ---- relocations ---- */

static int add_relocation(struct code *c, uint32_t section, const GElf_Rel *rel, Elf_Data *symbols)
{
	struct code_relocation *r;
	GElf_Sym symbol;

	if (!gelf_getsym(symbols, (int)GELF_R_SYM(rel->r_info), &symbol))
		return -1;
	r = more(c->relocations, c->relocation_count, &c->relocation_room, sizeof(*r));
	if (!r)
		return -1;
	c->relocations = r;
	r[c->relocation_count++] = (struct code_relocation){
		.section = section,
		.offset = rel->r_offset,
		.to_section = symbol.st_shndx == SHN_UNDEF ? 0 : symbol.st_shndx,
		.to_value = symbol.st_value,
	};
	return 0;
}

static int by_offset(const void *a, const void *b)
{
	const struct code_relocation *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int read_section_relocations(struct code *c, Elf_Scn *section, const GElf_Shdr *header,
				    Elf_Data *symbols)
{
	Elf_Data *data = elf_getdata(section, NULL);
	size_t count = data && header->sh_entsize ? data->d_size / header->sh_entsize : 0;
	GElf_Rel rel;

	for (size_t i = 0; i < count; i++)
		if (!gelf_getrel(data, (int)i, &rel) ||
		    add_relocation(c, header->sh_info, &rel, symbols))
			return -1;
	return 0;
}

static int read_relocations(struct code *c, Elf_Data *symbols)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(c->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return -1;
		if (header.sh_type == SHT_REL &&
		    read_section_relocations(c, section, &header, symbols))
			return -1;
	}
	if (c->relocation_count)
		qsort(c->relocations, c->relocation_count, sizeof(*c->relocations), by_offset);
	return 0;
}

/* ---- calls ---- */

/* The function that an instruction calls or names, as libbpf finds it; NULL: none here. */
static const struct code_function *target(const struct code *c, const struct code_function *f,
					  uint32_t at)
{
	struct code_relocation key = {f->section, (uint64_t)(f->first + at) * INSN_SIZE, 0, 0};
	const struct code_relocation *r = NULL;
	struct bpf_insn insn = code_insn(f, at);
	bool calls = insn.code == (BPF_JMP | BPF_CALL) && insn.src_reg == BPF_PSEUDO_CALL;

	if (!calls && !code_is_wide(&insn))
		return NULL;
	if (c->relocation_count)
		r = bsearch(&key, c->relocations, c->relocation_count, sizeof(key), by_offset);
	if (r && !calls)
		return function_at(c, r->to_section,
				   (r->to_value + (uint64_t)(int64_t)insn.imm) / INSN_SIZE);
	if (r)
		return function_at(c, r->to_section,
				   r->to_value / INSN_SIZE + (uint64_t)(int64_t)insn.imm + 1);
	if (calls)
		return function_at(c, f->section, f->first + at + (uint64_t)(int64_t)insn.imm + 1);
	return NULL;
}

static int read_function_calls(struct code *c, struct code_function *f)
{
	for (uint32_t i = 0; i < f->count; i++) {
		const struct code_function *to = target(c, f, i);
		struct bpf_insn insn = code_insn(f, i);
		struct code_call *calls;

		if (to) {
			calls = more(c->calls, c->call_count, &c->call_room, sizeof(*calls));
			if (!calls)
				return -1;
			c->calls = calls;
			calls[c->call_count++] =
				(struct code_call){i, (uint32_t)(to - c->functions)};
			f->call_count++;
		}
		if (code_is_wide(&insn))
			i++;
	}
	return 0;
}

static int read_calls(struct code *c)
{
	const struct code_call *next;

	for (size_t i = 0; i < c->function_count; i++)
		if (read_function_calls(c, &c->functions[i]))
			return -1;
	next = c->calls;
	for (size_t i = 0; next && i < c->function_count; i++) {
		c->functions[i].calls = next;
		next += c->functions[i].call_count;
	}
	return 0;
}

/* ---- the object ---- */

static int read_elf(struct code *c)
{
	Elf_Scn *section = NULL;
	Elf_Data *symbols;
	GElf_Shdr header;

	if (elf_kind(c->elf) != ELF_K_ELF)
		return -1;
	while ((section = elf_nextscn(c->elf, section))) {
		if (!gelf_getshdr(section, &header))
			return -1;
		if (header.sh_type != SHT_SYMTAB)
			continue;
		symbols = elf_getdata(section, NULL);
		return !symbols || read_functions(c, symbols, &header) ||
				       read_relocations(c, symbols) || read_calls(c)
			       ? -1
			       : 0;
	}
	return -1;
}

int code_read(struct code *out, struct bytes object)
{
	int result;

	memset(out, 0, sizeof(*out));
	if (elf_version(EV_CURRENT) == EV_NONE)
		return -1;
	/* libelf does not write to it: only reading is asked for. */
	out->elf = elf_memory((char *)object.at, object.size);
	if (!out->elf)
		return -1;
	result = read_elf(out);
	free(out->relocations);
	out->relocations = NULL;
	out->relocation_count = 0;
	return result;
}

void code_free(struct code *c)
{
	free(c->functions);
	free(c->calls);
	free(c->relocations);
	if (c->elf)
		elf_end(c->elf);
	memset(c, 0, sizeof(*c));
}

const struct code_function *code_find(const struct code *c, const char *name)
{
	for (size_t i = 0; i < c->function_count; i++)
		if (!strcmp(c->functions[i].name, name))
			return &c->functions[i];
	return NULL;
}

/* ---- what a program consists of ---- */

static bool is_among(const uint32_t *order, size_t count, uint32_t function)
{
	for (size_t i = 0; i < count; i++)
		if (order[i] == function)
			return true;
	return false;
}

/* Where the walk through a function's calls stands. */
struct walk {
	uint32_t function, next_call;
};

/* libbpf goes into a function as soon as it has met it: depth first, in the order of calls. */
size_t code_reach(const struct code *c, const struct code_function *program, uint32_t *order)
{
	struct walk stack[64]; /* deeper than any kernel lets calls nest */
	size_t depth = 1, count = 1;

	stack[0] = (struct walk){(uint32_t)(program - c->functions), 0};
	order[0] = stack[0].function;
	while (depth) {
		struct walk *w = &stack[depth - 1];
		const struct code_function *f = &c->functions[w->function];

		if (w->next_call == f->call_count) {
			depth--;
			continue;
		}
		uint32_t to = f->calls[w->next_call++].to;

		if (is_among(order, count, to))
			continue;
		order[count++] = to;
		if (depth < sizeof(stack) / sizeof(stack[0]))
			stack[depth++] = (struct walk){to, 0};
	}
	return count;
}
