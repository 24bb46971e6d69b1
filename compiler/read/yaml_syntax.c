/* SPDX-License-Identifier: Apache-2.0 */
/* libyaml's errors in the words of somebody who edits a policy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "yaml_reader.h"

struct advice {
	const char *problem; /* as libyaml says it */
	const char *text;
	const char *hint;    /* may be NULL; %u is the column where the context starts */
	const char *context; /* the note at the start of what could not be read; may be NULL */
	enum { WHERE_STOPPED, WHERE_STARTED, WHERE_MISSING } where;
};

static const struct advice advices[] = {
	{"could not find expected ':'", "this is neither `key: value` nor a list item",
	 "a key is followed by `:` and a space", NULL, WHERE_STARTED},
	{"block sequence entries are not allowed in this context", "a list item cannot start here",
	 "put the first `-` on a line of its own, below the key", NULL, WHERE_STOPPED},
	{"mapping values are not allowed in this context", "`:` cannot stand here",
	 "indent the line like its neighbours; a value that contains `: ` needs quotes", NULL,
	 WHERE_STOPPED},
	{"mapping keys are not allowed in this context", "`?` cannot stand here",
	 "quote a value that starts with `? `", NULL, WHERE_STOPPED},
	{"did not find expected key", "this line does not fit the mapping it stands in",
	 "the keys of that mapping start in column %u", "the mapping starts here", WHERE_STOPPED},
	{"did not find expected '-' indicator", "this line does not fit the list it stands in",
	 "the items of that list start with `-` in column %u", "the list starts here",
	 WHERE_STOPPED},
	{"did not find expected ',' or ']'", "`,` or `]` is missing here", NULL,
	 "the list starts here", WHERE_MISSING},
	{"did not find expected ',' or '}'", "`,` or `}` is missing here", NULL,
	 "the mapping starts here", WHERE_MISSING},
	{"did not find expected node content", "a value is missing here", NULL, NULL,
	 WHERE_STOPPED},
	{"found unexpected end of stream", "the quote is never closed", NULL, NULL, WHERE_STARTED},
	{"found unexpected document indicator", "the quote is not closed in this document", NULL,
	 NULL, WHERE_STARTED},
	{"found unknown escape character", "unknown escape in a double-quoted string",
	 "write \\\\ for a backslash, or put the text in single quotes", NULL, WHERE_STOPPED},
	{"did not find expected hexdecimal number", "this escape wants hexadecimal digits",
	 "write \\\\ for a backslash, or put the text in single quotes", NULL, WHERE_STOPPED},
	{"found invalid Unicode character escape code", "this escape is not a Unicode character",
	 NULL, NULL, WHERE_STOPPED},
	{"did not find expected alphabetic or numeric character",
	 "a value that starts with `*` or `&` needs quotes",
	 "unquoted, `*name` is an alias and `&name` an anchor of YAML", NULL, WHERE_STARTED},
	{"did not find expected <document start>", "the document ended before this",
	 "check the indentation; another document starts with a line `---`", NULL, WHERE_STOPPED},
	{"found undefined tag handle", "a value that starts with `!` needs quotes",
	 "unquoted, `!name` is a tag of YAML", NULL, WHERE_STOPPED},
};

static const struct advice *advice_for(const char *problem)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (strcmp(advices[i].problem, problem) == 0)
			return &advices[i];
	return NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Behind the last thing before `offset`, when that is on an earlier line. */
static uint32_t behind_last(const struct yaml_reader *r, uint32_t offset)
{
	const struct source *f = r->source;
	uint32_t i = offset;

	while (i > r->bom && is_space(f->text[i - 1]))
		i--;
	return source_line(f, i) == source_line(f, offset) ? offset : i;
}

/* At the end of the file people look behind the last thing that is there. */
static struct span place_at(const struct yaml_reader *r, uint32_t offset)
{
	const struct source *f = r->source;
	uint32_t i = offset;

	while (i < f->size && is_space(f->text[i]))
		i++;
	if (i == f->size)
		for (i = offset; i > r->bom && is_space(f->text[i - 1]); i--)
			offset = i - 1;
	return (struct span){.file = r->file, .start = offset, .end = offset + 1};
}

static struct span place_of_mark(const struct yaml_reader *r, const yaml_mark_t *mark)
{
	return place_at(r, yaml_text_offset(r, mark));
}

/* ---- tabs ----------------------------------------------------------------------------- */

/* The first tab in a line's indentation, or SIZE_MAX. */
static size_t indenting_tab(const struct source *f, size_t line)
{
	size_t i = f->lines[line];

	while (i < f->size && f->text[i] == ' ')
		i++;
	return i < f->size && f->text[i] == '\t' ? i : SIZE_MAX;
}

/* The tab that caused an error at `at`, or SIZE_MAX. */
static size_t guilty_tab(const struct yaml_reader *r, struct span at)
{
	const struct source *f = r->source;

	if (at.start < f->size && f->text[at.start] == '\t')
		return at.start;
	return indenting_tab(f, source_line(f, at.start));
}

static void report_tab(struct yaml_reader *r, size_t tab)
{
	const struct source *f = r->source;
	struct span at = {.file = r->file, .start = (uint32_t)tab, .end = (uint32_t)tab};
	size_t others = 0, line = source_line(f, at.start);
	struct diag *g;

	while (at.end < f->size && f->text[at.end] == '\t')
		at.end++;
	g = diag_at(r->d, DIAG_YAML_TAB, at, "a tab stands where YAML wants spaces");
	for (size_t i = line + 1; i < f->line_count; i++)
		others += indenting_tab(f, i) != SIZE_MAX;
	if (others)
		diag_note(r->d, g, "%zu more line%s of this file start%s with a tab", others,
			  others == 1 ? "" : "s", others == 1 ? "s" : "");
	diag_hint(r->d, g, "indent with spaces; `expand -t 2` rewrites a file so");
}

/* ---- a colon too many ------------------------------------------------------------------- */

/* Where a line's text begins, behind its indentation and list dashes. */
static uint32_t text_start(const struct source *f, size_t line)
{
	uint32_t i = f->lines[line];

	while (i < f->size && (f->text[i] == ' ' ||
			       (f->text[i] == '-' && i + 1 < f->size && f->text[i + 1] == ' ')))
		i++;
	return i;
}

static bool is_blank_or_comment(const struct source *f, size_t line)
{
	char c = f->text[text_start(f, line)];

	return c == '\0' || c == '\r' || c == '\n' || c == '#';
}

/* The last line with text before `line`, or SIZE_MAX. */
static size_t line_before(const struct source *f, size_t line)
{
	while (line-- > 0)
		if (!is_blank_or_comment(f, line))
			return line;
	return SIZE_MAX;
}

/* Whether the text can be shown in quotes as it is. */
static bool is_simple(const char *text, int len)
{
	for (int i = 0; i < len; i++)
		if (strchr("\"\\{}[]#", text[i]))
			return false;
	return len < 60;
}

/* `key: a: b` */
static void report_inner_colon(struct yaml_reader *r, struct span colon, uint32_t first)
{
	const struct source *f = r->source;
	struct diag *g =
		diag_at(r->d, DIAG_YAML_SYNTAX, colon, "a value that contains `: ` needs quotes");
	uint32_t start = text_start(f, source_line(f, colon.start)), value = first + 1;
	int rest;

	while (f->text[value] == ' ')
		value++;
	rest = (int)strcspn(f->text + value, "\r\n");
	if (first - start < 30 && is_simple(f->text + value, rest))
		diag_hint(r->d, g, "`%.*s: \"%.*s\"`", (int)(first - start), f->text + start, rest,
			  f->text + value);
}

static void report_continued_value(struct yaml_reader *r, uint32_t start, struct span colon,
				   uint32_t before)
{
	const struct source *f = r->source;
	struct span at = {.file = r->file, .start = start, .end = colon.end};
	struct span above = {.file = r->file, .start = before, .end = before + 1};
	struct diag *g;

	g = diag_at(r->d, DIAG_YAML_SYNTAX, at,
		    "this line is indented deeper than the one above, which has a value already");
	diag_note_at(r->d, g, above, "the line above starts here");
	diag_hint(r->d, g, "start it in column %u as well", source_place(f, before).column);
}

/* The two usual reasons for a `:` where YAML wants none. Whether it was one of them. */
static bool report_colon(struct yaml_reader *r, struct span colon)
{
	const struct source *f = r->source;
	size_t line = source_line(f, colon.start), before = line_before(f, line);
	uint32_t start = text_start(f, line), above;

	if (f->text[colon.start] != ':' || !strchr(" \r\n", f->text[colon.start + 1]))
		return false;
	for (uint32_t i = start; i + 1 < colon.start; i++) {
		if (f->text[i] == ':' && f->text[i + 1] == ' ') {
			report_inner_colon(r, colon, i);
			return true;
		}
	}
	if (before == SIZE_MAX)
		return false;
	above = text_start(f, before);
	if (start - f->lines[line] <= above - f->lines[before])
		return false;
	report_continued_value(r, start, colon, above);
	return true;
}

/* ---- the rest ------------------------------------------------------------------------- */

static void report_start_character(struct yaml_reader *r, struct span at)
{
	char c = r->source->text[at.start];
	struct diag *g = diag_at(r->d, DIAG_YAML_SYNTAX, at, "a value cannot start with `%c`", c);

	if (c == '%')
		diag_hint(r->d, g, "put the value in quotes");
	else
		diag_hint(r->d, g, "`%c` is reserved in YAML: put the value in quotes", c);
}

static void hint_column(struct yaml_reader *r, struct diag *g, const char *hint, unsigned column)
{
	const char *at = strstr(hint, "%u");

	if (at)
		diag_hint(r->d, g, "%.*s%u%s", (int)(at - hint), hint, column, at + 2);
	else
		diag_hint(r->d, g, "%s", hint);
}

static void report_advice(struct yaml_reader *r, const struct advice *advice, struct span at)
{
	struct span context = place_of_mark(r, &r->parser.context_mark);
	struct diag *g;

	if (advice->where == WHERE_STARTED)
		at = context;
	if (advice->where == WHERE_MISSING) {
		at.start = behind_last(r, at.start);
		at.end = at.start + 1;
	}
	g = diag_at(r->d, DIAG_YAML_SYNTAX, at, "%s", advice->text);
	if (advice->context && context.start != at.start)
		diag_note_at(r->d, g, context, "%s", advice->context);
	if (advice->hint && !(advice->context && context.start == at.start))
		hint_column(r, g, advice->hint, source_place(r->source, context.start).column);
}

static void report_unforeseen(struct yaml_reader *r, const char *problem, struct span at)
{
	if (r->parser.context)
		diag_at(r->d, DIAG_YAML_SYNTAX, at, "not YAML: %s (%s)", problem,
			r->parser.context);
	else
		diag_at(r->d, DIAG_YAML_SYNTAX, at, "not YAML: %s", problem);
}

void yaml_syntax_report(struct yaml_reader *r)
{
	const char *problem = r->parser.problem ? r->parser.problem : "unknown error";
	struct span at = place_of_mark(r, &r->parser.problem_mark);
	const struct advice *advice = advice_for(problem);
	size_t tab = guilty_tab(r, at);

	if (r->parser.error == YAML_MEMORY_ERROR) {
		fputs("tgc: out of memory\n", stderr);
		exit(3);
	}
	if (r->parser.error == YAML_READER_ERROR) {
		at = place_at(r, (uint32_t)(r->parser.problem_offset + r->bom));
		diag_at(r->d, DIAG_YAML_ENCODING, at, "not YAML: %s", problem);
	} else if (tab != SIZE_MAX) {
		report_tab(r, tab);
	} else if (strcmp(problem, "found character that cannot start any token") == 0) {
		report_start_character(r, at);
	} else if (strcmp(problem, "mapping values are not allowed in this context") == 0 &&
		   report_colon(r, at)) {
		return;
	} else if (advice) {
		report_advice(r, advice, at);
	} else {
		report_unforeseen(r, problem, at);
	}
}
