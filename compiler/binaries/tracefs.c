// SPDX-License-Identifier: Apache-2.0
/* The `format` files of tracefs. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/kernels/kbtf.h"
#include "tracefs.h"

#define DATA_LOC "__data_loc "
#define REL_LOC	 "__rel_loc "

struct piece { /* of the text; not NUL-terminated */
	const char *s;
	size_t len;
};

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static struct piece trim(struct piece p)
{
	while (p.len && isspace((unsigned char)p.s[0]))
		p.s++, p.len--;
	while (p.len && isspace((unsigned char)p.s[p.len - 1]))
		p.len--;
	return p;
}

static bool starts(struct piece p, const char *word)
{
	return p.len >= strlen(word) && !memcmp(p.s, word, strlen(word));
}

static struct piece after(struct piece p, size_t n)
{
	return trim((struct piece){p.s + n, p.len - n});
}

/* What stands before `c`; the piece is advanced behind it. */
static struct piece cut(struct piece *p, char c)
{
	const char *end = memchr(p->s, c, p->len);
	struct piece head = {p->s, end ? (size_t)(end - p->s) : p->len};
	size_t used = head.len + (end != NULL);

	p->s += used;
	p->len -= used;
	return trim(head);
}

static bool parse_number(struct piece p, uint32_t *out)
{
	*out = 0;
	for (size_t i = 0; i < p.len; i++)
		if (p.s[i] < '0' || p.s[i] > '9' || __builtin_mul_overflow(*out, 10u, out) ||
		    __builtin_add_overflow(*out, (uint32_t)(p.s[i] - '0'), out))
			return false;
	return p.len > 0;
}

/* "offset:16;" */
static bool take_number(struct piece *p, const char *key, uint32_t *out)
{
	struct piece part = cut(p, ';');

	return starts(part, key) && parse_number(after(part, strlen(key)), out);
}

/* ---- one field -------------------------------------------------------------------------- */

/* "[16]" at the end: an array. What is between need not be a number. */
static void take_brackets(struct piece *p, struct trace_field *f)
{
	size_t open = p->len;

	if (!p->len || p->s[p->len - 1] != ']')
		return;
	while (open && p->s[open - 1] != '[')
		open--;
	if (!open)
		return;
	f->is_array = true;
	parse_number(trim((struct piece){p->s + open, p->len - open - 1}), &f->count);
	*p = trim((struct piece){p->s, open - 1});
}

/* A pointer to a function has its name in the middle: "void (*f)(int)". */
static bool take_function(struct arena *a, struct piece p, struct trace_field *f)
{
	const char *open = memmem(p.s, p.len, "(*", 2);
	struct piece name;

	if (!open)
		return false;
	name = trim((struct piece){open + 2, p.len - (size_t)(open + 2 - p.s)});
	for (size_t i = 0; i < name.len; i++)
		if (!word_char(name.s[i])) {
			name.len = i;
			break;
		}
	f->is_pointer = true;
	f->name = arena_strndup(a, name.s, name.len);
	f->type = "function *";
	return name.len > 0;
}

static bool take_declaration(struct arena *a, struct piece p, struct trace_field *f)
{
	size_t name;

	f->data_loc = starts(p, DATA_LOC);
	f->rel_loc = starts(p, REL_LOC);
	if (f->data_loc || f->rel_loc)
		p = after(p, strlen(f->data_loc ? DATA_LOC : REL_LOC));
	if (take_function(a, p, f))
		return true;
	take_brackets(&p, f);
	for (name = p.len; name && word_char(p.s[name - 1]); name--)
		;
	f->name = arena_strndup(a, p.s + name, p.len - name);
	p = trim((struct piece){p.s, name});
	/* "__data_loc char[] name": the brackets belong to the type, and the bytes lie elsewhere.
	 */
	if (f->data_loc || f->rel_loc) {
		take_brackets(&p, f);
		f->is_array = false;
	}
	f->is_pointer = p.len && p.s[p.len - 1] == '*';
	f->type = arena_strndup(a, p.s, p.len);
	return *f->name && p.len;
}

static bool parse_field(struct arena *a, struct piece line, struct trace_field *f)
{
	uint32_t is_signed;

	*f = (struct trace_field){0};
	if (!take_declaration(a, cut(&line, ';'), f) ||
	    !take_number(&line, "offset:", &f->offset) || !take_number(&line, "size:", &f->size) ||
	    !take_number(&line, "signed:", &is_signed))
		return false;
	f->is_signed = is_signed;
	return is_signed <= 1 && f->offset <= UINT16_MAX && f->size <= UINT16_MAX;
}

/* ---- the file --------------------------------------------------------------------------- */

static bool parse_line(struct arena *a, struct piece line, struct trace_format *out, size_t *room)
{
	if (starts(line, "name:")) {
		line = after(line, 5);
		out->event = arena_strndup(a, line.s, line.len);
		return true;
	}
	if (starts(line, "ID:"))
		return parse_number(after(line, 3), &out->id);
	if (!starts(line, "field:"))
		return true;
	out->fields = arena_grow(a, out->fields, out->field_count, room, sizeof(*out->fields));
	return parse_field(a, after(line, 6), &out->fields[out->field_count++]);
}

static bool has_header(const struct trace_format *f)
{
	if (f->field_count < TRACE_HEADER_FIELDS)
		return false;
	for (uint32_t i = 0; i < TRACE_HEADER_FIELDS; i++)
		if (strcmp(f->fields[i].name, trace_header_field(i)->name) ||
		    f->fields[i].offset != trace_header_field(i)->offset ||
		    f->fields[i].size != trace_header_field(i)->size)
			return false;
	return true;
}

bool trace_format_parse(struct arena *a, struct bytes text, struct trace_format *out, char *why,
			size_t why_size)
{
	struct piece rest = {(const char *)text.at, text.size}, line;
	size_t number = 0, room = 0;

	*out = (struct trace_format){.event = ""};
	if (text.size > TRACE_FORMAT_LARGEST || (text.size && memchr(text.at, 0, text.size))) {
		snprintf(why, why_size, "this is no text of a format file");
		return false;
	}
	while (rest.len) {
		line = cut(&rest, '\n');
		number++;
		if (starts(line, "print fmt:"))
			break;
		if (!parse_line(a, line, out, &room)) {
			snprintf(why, why_size, "line %zu is not a line of a format file", number);
			return false;
		}
	}
	if (!has_header(out)) {
		snprintf(why, why_size,
			 "the text does not begin with the fields common_type to common_pid, which "
			 "every event has");
		return false;
	}
	return true;
}

const struct trace_field *trace_header_field(uint32_t number)
{
	static const struct trace_field header[TRACE_HEADER_FIELDS] = {
		{.name = "common_type", .type = "unsigned short", .offset = 0, .size = 2},
		{.name = "common_flags", .type = "unsigned char", .offset = 2, .size = 1},
		{.name = "common_preempt_count", .type = "unsigned char", .offset = 3, .size = 1},
		{.name = "common_pid", .type = "int", .offset = 4, .size = 4, .is_signed = true},
	};

	return number < TRACE_HEADER_FIELDS ? &header[number] : NULL;
}

/* ---- from BTF, and in words -------------------------------------------------------------- */

struct trace_field trace_field_of(struct arena *a, const struct kfield *member,
				  const struct ktype *element, uint32_t count)
{
	const struct ktype *type = member->array && element ? element : &member->type;
	const char *name = member->name;
	struct trace_field f = {
		.offset = member->offset,
		.size = member->size,
		.is_signed = type->is_signed,
		.is_array = member->array,
		.count = member->array ? count : 0,
		.data_loc = !strncmp(name, "__data_loc_", 11),
		.rel_loc = !strncmp(name, "__rel_loc_", 10),
	};

	f.name = arena_printf(a, "%s", name + (f.data_loc ? 11 : f.rel_loc ? 10 : 0));
	f.type = f.data_loc || f.rel_loc ? "" : arena_printf(a, "%s", type->text);
	f.is_pointer = *f.type && f.type[strlen(f.type) - 1] == '*';
	return f;
}

const char *trace_field_text(struct arena *a, const struct trace_field *f)
{
	const char *count = f->count ? arena_printf(a, "%u", f->count) : "";
	const char *where = f->data_loc ? DATA_LOC : f->rel_loc ? REL_LOC : "";
	bool elsewhere = f->data_loc || f->rel_loc;

	if (elsewhere && !*f->type)
		where = f->data_loc ? "__data_loc" : "__rel_loc";
	return arena_printf(a, "%s%s%s%s%s%s%s%s; offset %u; size %u", where, f->type,
			    elsewhere && *f->type ? "[]" : "",
			    f->is_pointer && strcmp(f->type, "function *") ? "" : " ", f->name,
			    f->is_array ? "[" : "", count, f->is_array ? "]" : "", f->offset,
			    f->size);
}
