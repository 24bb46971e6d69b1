/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text below the YAML: encoding, and from libyaml's marks to bytes. A mark counts
 * characters from behind the byte order mark; spans count bytes from the start of the file.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/base/utf8.h"
#include "yaml_reader.h"

enum { STRIDE = 64 };

static struct span span_of(const struct yaml_reader *r, size_t start, size_t end)
{
	return (struct span){.file = r->file, .start = (uint32_t)start, .end = (uint32_t)end};
}

static bool is_utf16(const char *text, size_t size)
{
	return size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0);
}

static void report_bytes(struct yaml_reader *r, size_t i)
{
	const struct source *f = r->source;
	struct span at = span_of(r, i, i + 1);
	struct diag *g;

	if (i == 0 && is_utf16(f->text, f->size)) {
		g = diag_at(r->d, DIAG_YAML_ENCODING, at, "the file is UTF-16, not UTF-8");
		diag_hint(r->d, g, "iconv -f UTF-16 -t UTF-8 converts it");
		return;
	}
	g = diag_at(r->d, DIAG_YAML_ENCODING, at,
		    "byte 0x%02x at offset %zu is not UTF-8: a policy is UTF-8 text",
		    (unsigned char)f->text[i], i);
	diag_hint(r->d, g, "iconv -f LATIN1 -t UTF-8 converts a file of an older encoding");
}

static void report_character(struct yaml_reader *r, size_t i, size_t len, uint32_t code)
{
	struct diag *g = diag_at(r->d, DIAG_YAML_ENCODING, span_of(r, i, i + len),
				 "character U+%04X is not allowed in YAML", code);

	if (code < 0x100)
		diag_hint(r->d, g, "in a double-quoted string it is written \"\\x%02x\"", code);
	else
		diag_hint(r->d, g, "in a double-quoted string it is written \"\\u%04x\"", code);
}

/* The characters of YAML 1.1, section 5.1, without a byte order mark in the middle. */
static bool is_allowed(uint32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return (c != 0x7f && c < 0x80) || c == 0x85 || (c >= 0xa0 && c < 0xfeff) ||
	       (c > 0xfeff && c < 0xfffe) || c > 0xffff;
}

/* Reports the first bad place. Returns the count of characters, or -1. */
static ssize_t check_characters(struct yaml_reader *r)
{
	const struct source *f = r->source;
	ssize_t count = 0;
	uint32_t code = 0;
	size_t len;

	for (size_t i = r->bom; i < f->size; i += len, count++) {
		len = utf8_decode(f->text + i, f->size - i, &code);
		if (!len) {
			report_bytes(r, i);
			return -1;
		}
		if (!is_allowed(code)) {
			report_character(r, i, len, code);
			return -1;
		}
	}
	return count;
}

static void index_characters(struct yaml_reader *r, size_t count)
{
	const struct source *f = r->source;
	uint32_t *strides = arena_array(r->arena, count / STRIDE + 1, sizeof(*strides));
	size_t n = 0;

	for (size_t i = r->bom; i < f->size; i++) {
		if (!utf8_starts(f->text[i]))
			continue;
		if (n % STRIDE == 0)
			strides[n / STRIDE] = (uint32_t)i;
		n++;
	}
	r->strides = strides;
	r->stride_count = (count + STRIDE - 1) / STRIDE;
}

bool yaml_text_check(struct yaml_reader *r)
{
	ssize_t count;

	r->bom = utf8_bom(r->source->text, r->source->size);
	count = check_characters(r);
	if (count < 0)
		return false;
	r->ascii = (size_t)count == r->source->size - r->bom;
	if (!r->ascii)
		index_characters(r, (size_t)count);
	return true;
}

uint32_t yaml_text_offset(const struct yaml_reader *r, const yaml_mark_t *mark)
{
	const struct source *f = r->source;
	size_t stride = mark->index / STRIDE, i;

	if (r->ascii) {
		i = mark->index + r->bom;
		return (uint32_t)(i < f->size ? i : f->size);
	}
	if (stride >= r->stride_count)
		return (uint32_t)f->size;
	i = r->strides[stride];
	for (size_t left = mark->index % STRIDE; left && i < f->size; left--) {
		i++;
		while (i < f->size && !utf8_starts(f->text[i]))
			i++;
	}
	return (uint32_t)i;
}
