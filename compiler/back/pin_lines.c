// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "pin_lines.h"

enum {
	NUMBER_MAX = 32,  /* bytes of a directive without a file name */
	COLUMN_MAX = 900, /* line information has ten bits for a column */
};

struct pinning {
	char *out;
	size_t used;
	char directive[NUMBER_MAX]; /* "#line 23\n"; "" outside of functions with a place */
	size_t directive_size;
	size_t column; /* of a line that more code may go on; 0: a new line */
	int depth;     /* of parentheses: a directive in a macro's arguments has no meaning */
	char quote;    /* inside of '"' or '\''; 0 */
	bool spliced;  /* the line before ends in a backslash */
};

static void put(struct pinning *p, const char *text, size_t size)
{
	memcpy(p->out + p->used, text, size);
	p->used += size;
}

/* "#line 23 "file.yaml"" gives "#line 23\n"; any other line leaves it. */
static void take_directive(struct pinning *p, const char *line, size_t size)
{
	static const char head[] = "#line ";
	const char *space;

	if (size < sizeof(head) || memcmp(line, head, sizeof(head) - 1) != 0)
		return;
	space = memchr(line + sizeof(head) - 1, ' ', size - (sizeof(head) - 1));
	if (!space || (size_t)(space - line) > NUMBER_MAX - 2)
		return;
	p->directive_size = (size_t)(space - line) + 1;
	memcpy(p->directive, line, p->directive_size - 1);
	p->directive[p->directive_size - 1] = '\n';
}

/* Follows parentheses and quotes, so that it is known what the next line begins in. */
static void follow(struct pinning *p, const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char c = line[i];

		if (p->quote) {
			if (c == '\\')
				i++;
			else if (c == p->quote)
				p->quote = 0;
		} else if (c == '"' || c == '\'') {
			p->quote = c;
		} else {
			p->depth += (c == '(') - (c == ')');
		}
	}
	p->quote = 0; /* no string goes over a line's end */
	p->spliced = size && line[size - 1] == '\\';
}

/* Ends the line that code was put on; the next one has the same number. */
static void end_line(struct pinning *p)
{
	if (!p->column)
		return;
	put(p, "\n", 1);
	p->column = 0;
	put(p, p->directive, p->directive_size);
}

/* Code goes on the line before it while that is short enough for a column to be noted. */
static void put_code(struct pinning *p, const char *line, size_t size)
{
	if (p->column + size > COLUMN_MAX && !p->depth)
		end_line(p);
	if (p->column)
		put(p, " ", 1);
	put(p, line, size);
	p->column += size + 1;
	follow(p, line, size);
	if (p->spliced)
		end_line(p);
}

static void put_line(struct pinning *p, const char *line, size_t size)
{
	if (p->directive_size && size && line[0] != '#' && !p->spliced) {
		put_code(p, line, size);
		return;
	}
	if (p->directive_size && !size)
		return;
	end_line(p);
	put(p, line, size);
	put(p, "\n", 1);
	if (!size || line[0] != '#') {
		follow(p, line, size);
		return;
	}
	take_directive(p, line, size);
	p->spliced = line[size - 1] == '\\';
}

static size_t count_lines(const char *text, size_t size)
{
	size_t count = 1;

	for (size_t i = 0; i < size; i++)
		count += text[i] == '\n';
	return count;
}

struct bytes pin_lines(struct arena *a, const char *text, size_t size)
{
	struct pinning p = {.out = arena_alloc(a, size + count_lines(text, size) * NUMBER_MAX + 1)};
	const char *end = text + size;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (!stop)
			stop = end;
		put_line(&p, text, (size_t)(stop - text));
		text = stop < end ? stop + 1 : end;
	}
	end_line(&p);
	return (struct bytes){(const uint8_t *)p.out, p.used};
}
