// SPDX-License-Identifier: Apache-2.0
/* Facts from texts that kernels print, and that their builds leave. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "kernel_facts.h"

void fact_add(struct kernel_facts *f, struct fact_list *list, const char *text, size_t len)
{
	list->known = true;
	list->at = arena_grow(f->arena, list->at, list->count, &list->room, sizeof(*list->at));
	list->at[list->count++] = arena_strndup(f->arena, text, len);
}

void fact_note(struct kernel_facts *f, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fact_add(f, &f->notes, text, strlen(text));
}

/* The next line, without its end; false at the end of the text. */
static bool next_line(struct bytes *text, struct bytes *line)
{
	const uint8_t *end;

	if (!text->size)
		return false;
	end = memchr(text->at, '\n', text->size);
	*line = (struct bytes){text->at, end ? (size_t)(end - text->at) : text->size};
	text->at += line->size + (end ? 1 : 0);
	text->size -= line->size + (end ? 1 : 0);
	return true;
}

static bool starts(struct bytes line, const char *with)
{
	size_t len = strlen(with);

	return line.size >= len && memcmp(line.at, with, len) == 0;
}

/* The next word, up to a blank; no bytes at the end of the line. */
static struct bytes next_word(struct bytes *line)
{
	struct bytes word;

	while (line->size && isspace(*line->at)) {
		line->at++;
		line->size--;
	}
	word = (struct bytes){line->at, 0};
	while (line->size && !isspace(*line->at)) {
		line->at++;
		line->size--;
		word.size++;
	}
	return word;
}

bool facts_config(struct kernel_facts *f, struct bytes text)
{
	struct fact_list all = {0};
	struct bytes line;

	while (next_line(&text, &line))
		if (starts(line, "CONFIG_") && memchr(line.at, '=', line.size) &&
		    !memchr(line.at, 0, line.size))
			fact_add(f, &all, (const char *)line.at, line.size);
	if (!f->config.known)
		f->config = all;
	return all.known;
}

static bool is_address(struct bytes word)
{
	if (!word.size)
		return false;
	for (size_t i = 0; i < word.size; i++)
		if (!isxdigit(word.at[i]))
			return false;
	return true;
}

static bool is_name(struct bytes word)
{
	for (size_t i = 0; i < word.size; i++)
		if (!isgraph(word.at[i]))
			return false;
	return word.size > 0;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), tail = strlen(with);

	return len >= tail && strcmp(text + len - tail, with) == 0;
}

/* Functions, without the padding before them and the parts that are split off. */
static bool is_function(char type, const char *name)
{
	return type && strchr("tTwW", type) && !begins(name, "__pfx_") && !begins(name, "__cfi_") &&
	       !ends(name, ".cold");
}

void facts_symbol(struct kernel_facts *f, char type, const char *name)
{
	if (strcmp(name, "_text") == 0 || strcmp(name, "_stext") == 0)
		f->beyond_text = false;
	else if (strcmp(name, "_etext") == 0)
		f->beyond_text = true;
	else if (!f->beyond_text && is_function(type, name))
		fact_add(f, &f->functions, name, strlen(name));
}

/* What is made while the kernel runs is in no other kernel. */
static bool is_passing(struct bytes module)
{
	return starts(module, "[bpf]") || starts(module, "[__builtin_");
}

bool facts_symbols(struct kernel_facts *f, struct bytes text, const char *from)
{
	struct fact_list before = f->functions;
	bool known;
	struct bytes line;

	f->functions = (struct fact_list){0};
	f->beyond_text = false;
	while (next_line(&text, &line)) {
		struct bytes address = next_word(&line), type = next_word(&line);
		struct bytes name = next_word(&line), module;

		if (!is_address(address) || type.size != 1 || !is_name(name)) {
			f->functions = before;
			return false;
		}
		module = next_word(&line);
		f->beyond_text &= !module.size;
		if (!is_passing(module))
			facts_symbol(f, (char)*type.at,
				     arena_strndup(f->arena, (const char *)name.at, name.size));
	}
	known = f->functions.known;
	if (before.known || !known)
		f->functions = before;
	else
		f->functions_from = from;
	return known;
}

void facts_names(struct kernel_facts *f, struct fact_list *to, struct bytes text)
{
	struct bytes line;

	to->known = true;
	while (next_line(&text, &line)) {
		struct bytes name = next_word(&line);

		if (is_name(name))
			fact_add(f, to, (const char *)name.at, name.size);
	}
}

void facts_lsms(struct kernel_facts *f, struct bytes text)
{
	const uint8_t *comma;

	f->lsms.known = true;
	while (text.size && isspace(text.at[text.size - 1]))
		text.size--;
	while (text.size) {
		comma = memchr(text.at, ',', text.size);
		struct bytes word = {text.at, comma ? (size_t)(comma - text.at) : text.size};

		if (is_name(word))
			fact_add(f, &f->lsms, (const char *)word.at, word.size);
		text.at += word.size + (comma ? 1 : 0);
		text.size -= word.size + (comma ? 1 : 0);
	}
}

/* ---- formats of tracepoints --------------------------------------------------------------- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* "char comm[16]" is "char[16]" and "comm". */
static void split_declaration(struct kernel_facts *f, const char *text, size_t len,
			      struct fact_field *out)
{
	const char *end = text + len, *name_end, *name;

	name_end = end;
	if (len && end[-1] == ']') {
		while (name_end > text && *name_end != '[')
			name_end--;
	}
	for (name = name_end; name > text && is_word(name[-1]);)
		name--;
	out->name = arena_strndup(f->arena, name, (size_t)(name_end - name));
	while (name > text && name[-1] == ' ')
		name--;
	out->type = arena_printf(f->arena, "%.*s%.*s", (int)(name - text), text,
				 (int)(end - name_end), name_end);
}

/* "\tfield:TYPE NAME;\toffset:8;\tsize:4;\tsigned:0;" */
static bool parse_field(struct kernel_facts *f, struct bytes line, struct fact_field *out)
{
	const char *text = arena_strndup(f->arena, (const char *)line.at, line.size);
	const char *start = strstr(text, "field:"), *end = start ? strchr(start, ';') : NULL;
	unsigned is_signed = 0;

	if (!end)
		return false;
	start += strlen("field:");
	if (sscanf(end, "; offset:%9u; size:%9u; signed:%1u;", &out->offset, &out->size,
		   &is_signed) < 2)
		return false;
	out->is_signed = is_signed;
	split_declaration(f, start, (size_t)(end - start), out);
	return true;
}

void facts_event(struct kernel_facts *f, const char *name, struct bytes text)
{
	struct fact_event e = {.name = name};
	struct fact_field field = {0};
	struct bytes line;

	while (next_line(&text, &line)) {
		if (starts(line, "print fmt:"))
			break;
		if (!parse_field(f, line, &field))
			continue;
		e.fields = arena_grow(f->arena, e.fields, e.count, &e.room, sizeof(*e.fields));
		e.fields[e.count++] = field;
	}
	f->events.known = true;
	f->events.at = arena_grow(f->arena, f->events.at, f->events.count, &f->events.room,
				  sizeof(*f->events.at));
	f->events.at[f->events.count++] = e;
}
