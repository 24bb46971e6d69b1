/* SPDX-License-Identifier: Apache-2.0 */
/* Edits, and those of words and keys in YAML. */
#include <string.h>
#include "compiler/base/arena.h"
#include "diag.h"
#include "compiler/base/utf8.h"
#include "compiler/read/yaml_tree.h"

static bool ends_lines_with_crlf(const struct source *f)
{
	const char *end = memchr(f->text, '\n', f->size);

	return end && end > f->text && end[-1] == '\r';
}

static const char *with_line_ends(const struct diags *d, uint32_t file, const char *text)
{
	char *out, *to, before = '\0';

	if (file >= d->sources->count || !ends_lines_with_crlf(sources_get(d->sources, file)))
		return arena_strndup(d->arena, text, strlen(text));
	out = to = arena_alloc(d->arena, strlen(text) * 2 + 1);
	for (; *text; before = *text++) {
		if (*text == '\n' && before != '\r')
			*to++ = '\r';
		*to++ = *text;
	}
	return out;
}

void diag_fix(struct diags *d, struct diag *on, struct span at, const char *text)
{
	struct diag_edit *e = arena_alloc(d->arena, sizeof(*e));

	e->at = at;
	e->text = with_line_ends(d, at.file, text);
	if (on->last_edit)
		on->last_edit->next = e;
	else
		on->first_edit = e;
	on->last_edit = e;
}

static bool is_string_when_plain(const char *text)
{
	struct yaml_node plain = {.text = text, .len = strlen(text)};

	yaml_scalar_resolve(&plain);
	return plain.type == NODE_STRING;
}

static bool holds(const struct source *f, struct span at, const char *text)
{
	size_t len = strlen(text);

	return at.end - at.start == len && memcmp(f->text + at.start, text, len) == 0;
}

void diag_fix_word(struct diags *d, struct diag *on, struct span at, const char *old,
		   const char *new)
{
	const struct source *f = sources_get(d->sources, at.file);
	struct span inside = {.file = at.file, .start = at.start + 1, .end = at.end - 1};
	char first, last;

	if (at.end > f->size || at.start >= at.end)
		return;
	first = f->text[at.start];
	last = f->text[at.end - 1];
	if (holds(f, at, old))
		diag_fix(d, on, at,
			 is_string_when_plain(new) ? new : arena_printf(d->arena, "\"%s\"", new));
	else if (at.end - at.start >= 2 && first == last && (first == '"' || first == '\'') &&
		 holds(f, inside, old))
		diag_fix(d, on, inside, new);
}

/* ---- a key more ------------------------------------------------------------------------ */

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static uint32_t skip_spaces_back(const struct source *f, uint32_t at, uint32_t first)
{
	while (at > first && f->text[at - 1] == ' ')
		at--;
	return at;
}

/* Where the key before a value on the same line starts; `at` when there is none. */
static uint32_t key_before(const struct source *f, uint32_t at, uint32_t line)
{
	uint32_t i = skip_spaces_back(f, at, line), end;

	if (i == line || i == at || f->text[i - 1] != ':')
		return at;
	end = --i;
	while (i > line && is_word_byte(f->text[i - 1]))
		i--;
	return i < end ? i : at;
}

static bool is_only_indent(const struct source *f, uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		if (f->text[from] != ' ' && f->text[from] != '-')
			return false;
	return true;
}

static bool has_key(const struct source *f, struct span object, const char *key)
{
	size_t size = object.end - object.start;

	return memmem(f->text + object.start, size, key, strlen(key));
}

static uint32_t end_of_line(const struct source *f, uint32_t at)
{
	while (at < f->size && f->text[at] != '\n' && f->text[at] != '\r')
		at++;
	return at;
}

void diag_fix_key(struct diags *d, struct diag *on, struct span object, struct span after,
		  const char *key, const char *value)
{
	const struct source *f = sources_get(d->sources, after.file);
	uint32_t line, start, before;
	struct span at = after;

	if (f->terse || object.end > f->size || object.start > object.end || after.end > f->size ||
	    object.file != after.file || has_key(f, object, key) ||
	    source_line(f, after.start) != source_line(f, after.end))
		return;
	line = f->lines[source_line(f, after.start)];
	if (!line)
		line = (uint32_t)utf8_bom(f->text, f->size);
	start = key_before(f, after.start, line);
	before = skip_spaces_back(f, start, line);
	if (start == after.start)
		return;
	if (is_only_indent(f, line, start)) {
		at.start = at.end = end_of_line(f, after.end);
		diag_fix(
			d, on, at,
			arena_printf(d->arena, "\n%*s%s: %s", (int)(start - line), "", key, value));
	} else if (before > line && strchr("{,", f->text[before - 1])) {
		at.start = after.end;
		diag_fix(d, on, at, arena_printf(d->arena, ", %s: %s", key, value));
	}
}
