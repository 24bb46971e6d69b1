// SPDX-License-Identifier: Apache-2.0
/* What `auto` makes of a tracepoint's field, judged by its C type as it is written. */
#include <string.h>
#include "tracefs.h"

/* Words of a C type. */
enum word {
	WORD_SIGN = 1,	 /* unsigned, signed */
	WORD_NUMBER = 2, /* char, short, int, long */
	WORD_ALIAS = 4,	 /* u8 to u64: alone */
	WORD_CHAR = 8,
	WORD_SIZE = 16,
	WORD_REFUSED = 32, /* known, and no number to Tetragon */
	WORD_OTHER = 64,
};

static enum word word_of(const char *s, size_t len)
{
	static const struct {
		const char *text;
		enum word is;
	} words[] = {
		{"unsigned", WORD_SIGN},
		{"signed", WORD_SIGN},
		{"char", WORD_NUMBER | WORD_CHAR},
		{"short", WORD_NUMBER},
		{"int", WORD_NUMBER},
		{"long", WORD_NUMBER},
		{"u8", WORD_ALIAS},
		{"u16", WORD_ALIAS},
		{"u32", WORD_ALIAS},
		{"u64", WORD_ALIAS},
		{"size_t", WORD_SIZE},
		{"pid_t", WORD_REFUSED},
		{"bool", WORD_REFUSED},
		{"_Bool", WORD_REFUSED},
		{"dma_addr_t", WORD_REFUSED},
		{"void", WORD_REFUSED},
		{"const", 0},
		{"volatile", 0},
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i].text) == len && !memcmp(words[i].text, s, len))
			return words[i].is;
	return WORD_OTHER;
}

static unsigned words_of(const char *type)
{
	unsigned all = 0;

	while (*(type += strspn(type, " \t*"))) {
		size_t len = strcspn(type, " \t*");

		all |= word_of(type, len);
		type += len;
	}
	return all;
}

static bool is_number(unsigned words)
{
	unsigned kind = words & ~(unsigned)WORD_CHAR;

	return kind && (!(kind & ~(unsigned)(WORD_SIGN | WORD_NUMBER)) || kind == WORD_ALIAS);
}

static enum trace_auto number_of(uint32_t size, bool is_signed)
{
	switch (size) {
	case 1:
		return is_signed ? TRACE_AUTO_INT8 : TRACE_AUTO_UINT8;
	case 2:
		return is_signed ? TRACE_AUTO_INT16 : TRACE_AUTO_UINT16;
	case 4:
		return is_signed ? TRACE_AUTO_INT32 : TRACE_AUTO_UINT32;
	case 8:
		return is_signed ? TRACE_AUTO_INT64 : TRACE_AUTO_UINT64;
	default:
		return TRACE_AUTO_NONE;
	}
}

static struct trace_derived derived(enum trace_auto type)
{
	return (struct trace_derived){.type = type};
}

static struct trace_derived refused(const char *why, enum trace_auto instead)
{
	return (struct trace_derived){.why = why, .instead = instead};
}

static struct trace_derived derive_pointer(const char *type, unsigned words, bool sized)
{
	const char *star = strchr(type, '*');
	bool bytes = star && !strchr(star + 1, '*') && words == (WORD_NUMBER | WORD_CHAR);

	if (bytes && sized)
		return derived(TRACE_AUTO_CHAR_BUF);
	if (bytes)
		return refused("a `char *` is a string or counted bytes; `sizeArgIndex` would make "
			       "it `char_buf`",
			       TRACE_AUTO_NONE);
	return refused("it is a pointer", TRACE_AUTO_UINT64);
}

struct trace_derived trace_field_derive(const struct trace_field *f, bool sized)
{
	unsigned words = words_of(f->type);
	enum trace_auto number = number_of(f->size, f->is_signed);

	if (f->data_loc)
		return refused("its bytes are elsewhere in the record", TRACE_AUTO_DATA_LOC);
	if (f->rel_loc)
		return refused("its bytes are elsewhere in the record", TRACE_AUTO_NONE);
	if (f->is_array && !f->is_pointer && is_number(words) && f->size)
		return derived(TRACE_AUTO_CONST_BUF);
	if (f->is_array)
		return refused("it is an array, and not one of numbers of a fixed size",
			       TRACE_AUTO_NONE);
	if (f->is_pointer)
		return derive_pointer(f->type, words, sized);
	if (words == WORD_SIZE)
		return derived(TRACE_AUTO_SIZE);
	if (!is_number(words))
		return refused("the name of its type does not say that it is a number", number);
	if (f->size != 4 && f->size != 8)
		return refused("only numbers of 4 and 8 bytes are derived", number);
	return derived(number);
}

const char *trace_auto_name(enum trace_auto type)
{
	static const char *const names[] = {
		[TRACE_AUTO_INT8] = "int8",	      [TRACE_AUTO_UINT8] = "uint8",
		[TRACE_AUTO_INT16] = "int16",	      [TRACE_AUTO_UINT16] = "uint16",
		[TRACE_AUTO_INT32] = "int32",	      [TRACE_AUTO_UINT32] = "uint32",
		[TRACE_AUTO_INT64] = "int64",	      [TRACE_AUTO_UINT64] = "uint64",
		[TRACE_AUTO_SIZE] = "size_t",	      [TRACE_AUTO_CHAR_BUF] = "char_buf",
		[TRACE_AUTO_CONST_BUF] = "const_buf", [TRACE_AUTO_DATA_LOC] = "data_loc",
	};

	return names[type];
}
