/* SPDX-License-Identifier: Apache-2.0 */
/* Workflow commands of GitHub Actions: one line a message. */
#include <string.h>
#include "diag_write.h"

/* `reserved`: the bytes that end the value, besides line ends and the escape itself. */
static void put_escaped(FILE *to, const char *text, const char *reserved)
{
	for (; *text; text++) {
		if (*text == '%' || *text == '\r' || *text == '\n' || strchr(reserved, *text))
			fprintf(to, "%%%02X", (unsigned char)*text);
		else
			fputc(*text, to);
	}
}

static void put_property(FILE *to, const char *text)
{
	put_escaped(to, text, ":,");
}

static void put_message(const struct diags *d, FILE *to, const struct diag *g)
{
	put_escaped(to, g->text, "");
	for (const struct diag_note *n = g->first_note; n; n = n->next) {
		put_escaped(to, n->is_hint ? "\nhint: " : "\nnote: ", "");
		put_escaped(to, n->text, "");
		if (!n->placed)
			continue;
		fputs(" [", to);
		put_escaped(to, diag_utf8(d, sources_get(d->sources, n->at.file)->name), "");
		fprintf(to, ":%u:%u]", diag_range(d, n->at).first.line,
			diag_range(d, n->at).first.column);
	}
}

static void put_command(const struct diags *d, FILE *to, const struct diag *g)
{
	fprintf(to, "::%s ", diag_level_name(g->level));
	if (g->placed) {
		struct diag_range r = diag_range(d, g->at);

		fputs("file=", to);
		put_property(to, diag_utf8(d, sources_get(d->sources, g->at.file)->name));
		fprintf(to, ",line=%u,endLine=%u", r.first.line, r.last.line);
		/* Columns mean something on one line only. */
		if (r.first.line == r.last.line)
			fprintf(to, ",col=%u,endColumn=%u", r.first.column, r.last.column);
		fputc(',', to);
	}
	fputs("title=", to);
	put_property(to, diag_name(g->id));
	fputs("::", to);
	put_message(d, to, g);
	fputc('\n', to);
}

void diag_github(const struct diags *d, FILE *to)
{
	size_t count;
	const struct diag **all = diags_sorted(d, &count);

	for (size_t i = 0; i < count; i++)
		put_command(d, to, all[i]);
}
