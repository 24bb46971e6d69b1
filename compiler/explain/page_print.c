// SPDX-License-Identifier: Apache-2.0
/* From Markdown, as docs/rules uses it, to plain text. */
#include <string.h>
#include "explain.h"

struct page_printer {
	FILE *to;
	bool colour, in_fence;
};

static bool starts_with(const char *line, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && !memcmp(line, prefix, n);
}

static bool ends_with(const char *line, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len >= n && !memcmp(line + len - n, suffix, n);
}

static void put_bold(const struct page_printer *p, const char *text, size_t len)
{
	fprintf(p->to, p->colour ? "\033[1m%.*s\033[0m\n" : "%.*s\n", (int)len, text);
}

/* "```yaml trips" becomes a title; the closing fence nothing. */
static void put_fence(struct page_printer *p, const char *line, size_t len)
{
	bool made = starts_with(line, len, "```sh");

	p->in_fence = !p->in_fence;
	if (!p->in_fence)
		return;
	if (ends_with(line, len, " trips"))
		fputs(made ? "Reported for what this makes:\n\n" : "Reported:\n\n", p->to);
	else if (ends_with(line, len, " passes"))
		fputs(made ? "Not reported for what this makes:\n\n" : "Not reported:\n\n", p->to);
}

static void put_line(struct page_printer *p, const char *line, size_t len)
{
	size_t marks = 0;

	if (starts_with(line, len, "```")) {
		put_fence(p, line, len);
		return;
	}
	if (p->in_fence) {
		fprintf(p->to, len ? "    %.*s\n" : "%.*s\n", (int)len, line);
		return;
	}
	while (marks < len && line[marks] == '#')
		marks++;
	if (marks && marks < len && line[marks] == ' ')
		put_bold(p, line + marks + 1, len - marks - 1);
	else
		fprintf(p->to, "%.*s\n", (int)len, line);
}

void page_print(const struct page *page, FILE *to, bool colour)
{
	struct page_printer p = {.to = to, .colour = colour};

	for (const char *line = page->text; line < page->end;) {
		const char *end = memchr(line, '\n', (size_t)(page->end - line));

		if (!end)
			end = page->end;
		put_line(&p, line, (size_t)(end - line));
		line = end + 1;
	}
}
