// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "cursor.h"

/* A word of YAML may have dashes and dots, and is often a path or a name with both. */
static bool in_word(const struct document *d, char c)
{
	if (isalnum((unsigned char)c) || c == '_')
		return true;
	return d->language != DOCUMENT_TERSE && c == '-';
}

enum { WORD_MAX = 256 };

struct cursor cursor_at(struct arena *a, const struct document *d, uint32_t offset)
{
	const struct source *f = document_source(d);
	struct cursor c = {.word = {d->analysis->file, offset, offset}};

	while (c.word.start && offset - c.word.start < WORD_MAX &&
	       in_word(d, f->text[c.word.start - 1]))
		c.word.start--;
	while (c.word.end < f->size && c.word.end - offset < WORD_MAX &&
	       in_word(d, f->text[c.word.end]))
		c.word.end++;
	c.typed = arena_strndup(a, f->text + c.word.start, offset - c.word.start);
	c.text = arena_strndup(a, f->text + c.word.start, c.word.end - c.word.start);
	if (d->language == DOCUMENT_TERSE)
		cursor_terse(a, f, &c);
	else if (d->language == DOCUMENT_YAML)
		cursor_yaml(a, f, &c);
	return c;
}

const char *cursor_sibling(const struct cursor *c, const char *key)
{
	for (size_t i = 0; i < c->sibling_count; i++)
		if (!strcmp(c->siblings[i].key, key))
			return c->siblings[i].value;
	return NULL;
}
