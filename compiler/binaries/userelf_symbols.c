// SPDX-License-Identifier: Apache-2.0
/* Functions of user binaries by name: .symtab, .dynsym, and what is asked of them. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "userelf_read.h"

#define VERSION_HIDDEN 0x8000 /* .gnu.version: not the default version of the name */

void userelf_add_symbol(struct userelf_reader *r, const struct userelf_symbol *symbol)
{
	struct userelf *e = r->e;

	e->symbols = arena_grow(r->arena, e->symbols, e->symbol_count, &r->symbol_room,
				sizeof(*e->symbols));
	e->symbols[e->symbol_count++] = *symbol;
}

/* ---- reading --------------------------------------------------------------------------- */

static bool hidden_version(struct bytes versions, size_t index)
{
	struct bytes part = bytes_part(versions, (uint64_t)index * 2, 2);

	return part.size && ((part.at[0] | part.at[1] << 8) & VERSION_HIDDEN);
}

static void classify(const struct userelf *e, const Elf64_Sym *in, struct userelf_symbol *out)
{
	const struct userelf_segment *s = userelf_segment_at(e, in->st_value);
	unsigned type = ELF64_ST_TYPE(in->st_info);

	out->type = USERELF_OTHER;
	if (type != STT_FUNC && type != STT_GNU_IFUNC)
		return;
	if (in->st_shndx == SHN_UNDEF) {
		out->type = USERELF_IMPORT;
	} else if (type == STT_GNU_IFUNC) {
		out->type = USERELF_IFUNC;
	} else if (s && s->executable) {
		out->type = USERELF_FUNCTION;
		out->offset = in->st_value - s->address + s->offset;
	}
}

static void read_symbol(struct userelf_reader *r, const Elf64_Sym *in, const char *name,
			bool hidden)
{
	const char *version = strchr(name, '@');
	struct userelf_symbol out = {
		.name = name,
		.name_len = (uint32_t)(version ? (size_t)(version - name) : strlen(name)),
		.address = in->st_value,
		.size = in->st_size,
		.binding = USERELF_GLOBAL,
	};

	if (!out.name_len || ELF64_ST_TYPE(in->st_info) == STT_SECTION ||
	    ELF64_ST_TYPE(in->st_info) == STT_FILE)
		return;
	if (ELF64_ST_BIND(in->st_info) == STB_LOCAL)
		out.binding = USERELF_LOCAL;
	else if (hidden || (version && version[1] != '@'))
		out.binding = USERELF_OLD_VERSION;
	classify(r->e, in, &out);
	userelf_add_symbol(r, &out);
}

static void read_table(struct userelf_reader *r, const struct userelf_section *table,
		       struct bytes versions)
{
	struct bytes names;
	Elf64_Sym symbol;

	/* Sections are listed from number 1 on. */
	if (table->link < 1 || table->link > r->section_count)
		return;
	names = r->sections[table->link - 1].data;
	for (size_t i = 1; i < table->data.size / sizeof(symbol); i++) {
		const char *name;

		memcpy(&symbol, table->data.at + i * sizeof(symbol), sizeof(symbol));
		name = bytes_text(names, symbol.st_name);
		if (name)
			read_symbol(r, &symbol, name, hidden_version(versions, i));
	}
}

/* A file has one of each; further ones could only be there to cost time. */
static const struct userelf_section *first_of(const struct userelf_reader *r, uint32_t type)
{
	for (size_t i = 0; i < r->section_count; i++)
		if (r->sections[i].type == type)
			return &r->sections[i];
	return NULL;
}

void userelf_read_symbols(struct userelf_reader *r)
{
	const struct userelf_section *versions = userelf_section(r, ".gnu.version");
	const struct userelf_section *all = first_of(r, SHT_SYMTAB);
	const struct userelf_section *dynamic = first_of(r, SHT_DYNSYM);

	if (dynamic) {
		read_table(r, dynamic, versions ? versions->data : (struct bytes){0});
		r->e->naming = USERELF_DYNAMIC;
	}
	if (all) {
		read_table(r, all, (struct bytes){0});
		r->e->naming = USERELF_SYMBOLS;
	}
}

/* ---- order ----------------------------------------------------------------------------- */

static int compare_name(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

/* By name, then the best first: functions before others, higher binding first. */
static int by_name(const void *a, const void *b)
{
	const struct userelf_symbol *x = a, *y = b;
	int order = compare_name(x->name, x->name_len, y->name, y->name_len);

	if (!order)
		order = (int)x->type - (int)y->type;
	if (!order)
		order = (int)y->binding - (int)x->binding;
	if (!order)
		order = (x->address > y->address) - (x->address < y->address);
	if (!order)
		order = (x->size < y->size) - (x->size > y->size);
	return order;
}

static int by_offset(const void *a, const void *b)
{
	const struct userelf_symbol *x = *(struct userelf_symbol *const *)a;
	const struct userelf_symbol *y = *(struct userelf_symbol *const *)b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	/* The name that people know comes last, where userelf_offset() looks first. */
	if (x->binding != y->binding)
		return (int)x->binding - (int)y->binding;
	return (x > y) - (x < y);
}

void userelf_sort_symbols(struct userelf_reader *r)
{
	struct userelf *e = r->e;

	if (!e->symbol_count)
		return;
	qsort(e->symbols, e->symbol_count, sizeof(*e->symbols), by_name);
	e->by_offset = arena_array(r->arena, e->symbol_count, sizeof(struct userelf_symbol *));
	for (size_t i = 0; i < e->symbol_count; i++)
		if (e->symbols[i].type == USERELF_FUNCTION)
			e->by_offset[e->function_count++] = &e->symbols[i];
	if (e->function_count)
		qsort(e->by_offset, e->function_count, sizeof(struct userelf_symbol *), by_offset);
}

/* ---- questions ------------------------------------------------------------------------- */

static const struct userelf_symbol *first_named(const struct userelf *e, const char *name,
						size_t len)
{
	size_t low = 0, high = e->symbol_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct userelf_symbol *s = &e->symbols[middle];

		if (compare_name(s->name, s->name_len, name, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == e->symbol_count ||
	    compare_name(e->symbols[low].name, e->symbols[low].name_len, name, len))
		return NULL;
	return &e->symbols[low];
}

/* How many places the best functions of this name are at. */
static size_t places(const struct userelf *e, const struct userelf_symbol *first)
{
	const struct userelf_symbol *end = e->symbols + e->symbol_count, *s;
	uint64_t last = first->address;
	size_t count = 1;

	for (s = first + 1; s < end && s->type == first->type && s->binding == first->binding;
	     s++) {
		if (compare_name(s->name, s->name_len, first->name, first->name_len))
			break;
		count += s->address != last;
		last = s->address;
	}
	return count;
}

static void say_missing(const struct userelf *e, const char *name, int len, char *why, size_t size)
{
	switch (e->naming) {
	case USERELF_NO_NAMES:
		snprintf(why, size, "%s is stripped: it has no symbols%s%s%s%s", e->path,
			 e->debuglink ? ", they are in " : "", e->debuglink ? e->debuglink : "",
			 e->go_problem ? ", and " : "", e->go_problem ? e->go_problem : "");
		break;
	case USERELF_DYNAMIC:
		snprintf(why, size,
			 "%s has no function `%.*s` among those that other files may call, and "
			 "its other symbols are stripped%s%s%s%s",
			 e->path, len, name, e->debuglink ? ", they are in " : "",
			 e->debuglink ? e->debuglink : "", e->go_problem ? ", and " : "",
			 e->go_problem ? e->go_problem : "");
		break;
	default:
		snprintf(why, size, "%s has no function `%.*s`", e->path, len, name);
	}
}

static bool say_unusable(const struct userelf *e, const struct userelf_symbol *s, char *why,
			 size_t size)
{
	int len = (int)s->name_len;
	size_t count;

	switch (s->type) {
	case USERELF_FUNCTION:
		count = places(e, s);
		if (count == 1)
			return false;
		snprintf(why, size, "%s has %zu functions `%.*s`, the first at address 0x%llx",
			 e->path, count, len, s->name, (unsigned long long)s->address);
		return true;
	case USERELF_IMPORT:
		snprintf(why, size, "%s calls `%.*s`, but the function is in a shared library",
			 e->path, len, s->name);
		return true;
	case USERELF_IFUNC:
		snprintf(why, size,
			 "`%.*s` of %s is chosen among several functions when the program starts; "
			 "a probe under this name would see the choice, not the calls",
			 len, s->name, e->path);
		return true;
	default:
		snprintf(why, size, "`%.*s` of %s is not a function", len, s->name, e->path);
		return true;
	}
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

static bool parse_offset(const char *s, uint64_t *out)
{
	static const char letters[] = "xXbBoO";
	static const unsigned bases[] = {16, 16, 2, 2, 8, 8};
	const char *letter = s[0] == '0' && s[1] ? strchr(letters, s[1]) : NULL;
	unsigned base = letter ? bases[letter - letters] : s[0] == '0' ? 8 : 10;

	*out = 0;
	s += letter ? 2 : 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s == '_' && s[1])
			continue;
		if ((unsigned)digit(*s) >= base || __builtin_mul_overflow(*out, base, out) ||
		    __builtin_add_overflow(*out, (unsigned)digit(*s), out))
			return false;
	}
	return true;
}

static bool find_at(const struct userelf *e, const struct userelf_symbol *s, uint64_t into,
		    struct userelf_place *out, char *why, size_t why_size)
{
	if (into && s->size && into >= s->size) {
		snprintf(why, why_size, "`%.*s` of %s has %llu bytes, so there is no offset %llu",
			 (int)s->name_len, s->name, e->path, (unsigned long long)s->size,
			 (unsigned long long)into);
		return false;
	}
	if (__builtin_add_overflow(s->offset, into, &into))
		into = UINT64_MAX;
	if (!userelf_offset(e, into, out, why, why_size))
		return false;
	out->symbol = s;
	out->into = into - s->offset;
	return true;
}

bool userelf_find(const struct userelf *e, const char *text, struct userelf_place *out, char *why,
		  size_t why_size)
{
	size_t len = strcspn(text, "@");
	const char *plus = strrchr(text, '+');
	const struct userelf_symbol *s = first_named(e, text, len);
	uint64_t into = 0;

	if (!s && plus) {
		if (!parse_offset(plus + 1, &into)) {
			snprintf(why, why_size, "`%s` is not an offset into a function", plus + 1);
			return false;
		}
		if ((size_t)(plus - text) < len)
			len = (size_t)(plus - text);
		s = first_named(e, text, len);
	} else if (plus && strchr(text, '@') && !parse_offset(plus + 1, &into)) {
		snprintf(why, why_size, "`%s` is not an offset into a function", plus + 1);
		return false;
	}
	if (!s) {
		say_missing(e, text, (int)len, why, why_size);
		return false;
	}
	return !say_unusable(e, s, why, why_size) && find_at(e, s, into, out, why, why_size);
}

const char *userelf_nearest(const struct userelf *e, struct arena *a, const char *name)
{
	const char **names = arena_array(a, e->function_count + 1, sizeof(*names));

	for (size_t i = 0; i < e->function_count; i++)
		names[i] = arena_strndup(a, e->by_offset[i]->name, e->by_offset[i]->name_len);
	return nearest(name, names, e->function_count);
}
