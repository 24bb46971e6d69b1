// SPDX-License-Identifier: Apache-2.0
/* The table: rows, reasons for what is missing, output. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "tests/kernel/cover.h"

static struct cover_row *find(const struct cover *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->rows[i].name, name))
			return &c->rows[i];
	return NULL;
}

void cover_add(struct cover *c, const char *group, const char *name)
{
	c->rows = arena_grow(c->arena, c->rows, c->count, &c->room, sizeof(*c->rows));
	c->rows[c->count++] = (struct cover_row){.group = group, .name = name};
}

void cover_mark(struct cover *c, const char *name)
{
	struct cover_row *row = find(c, name);

	if (!row) {
		fprintf(stderr, "coverage: no row `%s`, which case %s has\n", name, c->test);
		exit(3);
	}
	if (!row->first)
		row->first = c->test;
	for (size_t k = 0; k < c->kernel_count; k++)
		row->cases[k] += c->runs[k];
}

/* ---- reasons ---- */

static bool names_kernel(const char *list, const char *kernel)
{
	size_t n = strlen(kernel);

	if (!strcmp(list, "all"))
		return true;
	for (const char *at = list; (at = strstr(at, kernel)); at += n)
		if ((at == list || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

/* Cuts `ROW | KERNELS | REASON`; false when it is something else. */
static bool cut(char *line, char *parts[3])
{
	parts[0] = line;
	for (int i = 1; i < 3; i++) {
		char *bar = strstr(parts[i - 1], " | ");

		if (!bar)
			return false;
		*bar = '\0';
		parts[i] = bar + 3;
	}
	return true;
}

static int take_reason(struct cover *c, const char *path, char *line)
{
	char *parts[3];
	struct cover_row *row = cut(line, parts) ? find(c, parts[0]) : NULL;

	if (!row) {
		fprintf(stderr, "coverage: %s: no such row: %s\n", path, line);
		return -1;
	}
	for (size_t k = 0; k < c->kernel_count; k++)
		if (names_kernel(parts[1], c->kernels[k]))
			row->reason[k] = arena_printf(c->arena, "%s", parts[2]);
	return 0;
}

int cover_read_reasons(struct cover *c, const char *path)
{
	FILE *f = fopen(path, "re");
	char line[1024];
	int result = 0;

	if (!f) {
		fprintf(stderr, "coverage: %s: %s\n", path, strerror(errno));
		return -1;
	}
	while (result == 0 && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			result = take_reason(c, path, line);
	}
	fclose(f);
	return result;
}

static bool same_reason(const struct cover_row *row, size_t i, size_t j)
{
	if (row->cases[i] || row->cases[j])
		return false;
	return row->reason[i] && row->reason[j] ? !strcmp(row->reason[i], row->reason[j])
						: row->reason[i] == row->reason[j];
}

static bool is_first_of_reason(const struct cover_row *row, size_t k)
{
	for (size_t i = 0; i < k; i++)
		if (same_reason(row, i, k))
			return false;
	return !row->cases[k];
}

/* The kernels that lack the row for the same reason as kernel `k`. */
static const char *kernels_like(const struct cover *c, const struct cover_row *row, size_t k)
{
	const char *list = "";
	size_t n = 0;

	for (size_t i = 0; i < c->kernel_count; i++) {
		if (!same_reason(row, i, k))
			continue;
		list = arena_printf(c->arena, "%s%s%s", list, n ? " " : "", c->kernels[i]);
		n++;
	}
	return n == c->kernel_count ? "all" : list;
}

int cover_write_reasons(struct cover *c, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return -1;
	fputs("# Parts of the language that no kernel case is about, on which kernels, and why.\n"
	      "# `make bless-coverage` rewrites the rows; where it puts `?`, somebody has to "
	      "write\n"
	      "# the reason, or a case.\n",
	      f);
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->kernel_count; k++)
			if (is_first_of_reason(&c->rows[i], k))
				fprintf(f, "%s | %s | %s\n", c->rows[i].name,
					kernels_like(c, &c->rows[i], k),
					c->rows[i].reason[k] ? c->rows[i].reason[k] : "?");
	return fclose(f);
}

unsigned cover_judge(const struct cover *c)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->kernel_count; k++) {
			const struct cover_row *row = &c->rows[i];
			const char *reason = row->reason[k];

			if (row->cases[k] && reason)
				printf("coverage: FAIL %s on %s has a case (%s), and a reason for "
				       "having "
				       "none: make bless-coverage\n",
				       row->name, c->kernels[k], row->first);
			else if (!row->cases[k] && (!reason || !strcmp(reason, "?")))
				printf("coverage: FAIL %s on %s has neither a case nor a reason\n",
				       row->name, c->kernels[k]);
			else
				continue;
			wrong++;
		}
	return wrong;
}

/* ---- output ---- */

void cover_print(const struct cover *c, FILE *to)
{
	const char *group = "";

	for (size_t i = 0; i < c->count; i++) {
		const struct cover_row *row = &c->rows[i];

		if (strcmp(group, row->group) != 0) {
			fprintf(to, "\n%-44s", row->group);
			for (size_t k = 0; k < c->kernel_count; k++)
				fprintf(to, " %7s", c->kernels[k]);
			fputs("  for example\n", to);
		}
		group = row->group;
		fprintf(to, "  %-42s", row->name);
		for (size_t k = 0; k < c->kernel_count; k++)
			if (row->cases[k])
				fprintf(to, " %7u", row->cases[k]);
			else
				fprintf(to, " %7s", "-");
		fprintf(to, "  %s\n", row->first ? row->first : "");
	}
	fputc('\n', to);
}

static void markdown_head(const struct cover *c, const char *group, FILE *to)
{
	fprintf(to, "\n## %c%s\n\n| |", group[0] - 'a' + 'A', group + 1);
	for (size_t k = 0; k < c->kernel_count; k++)
		fprintf(to, " %s |", c->kernels[k]);
	fputs("\n|---|", to);
	for (size_t k = 0; k < c->kernel_count; k++)
		fputs("---|", to);
	fputc('\n', to);
}

static void markdown_missing(const struct cover *c, FILE *to)
{
	fputs("\n## What has no case, and why\n\n| | kernels | why |\n|---|---|---|\n", to);
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; k < c->kernel_count; k++)
			if (is_first_of_reason(&c->rows[i], k))
				fprintf(to, "| %s | %s | %s |\n", c->rows[i].name,
					kernels_like(c, &c->rows[i], k),
					c->rows[i].reason[k] ? c->rows[i].reason[k] : "?");
}

void cover_markdown(const struct cover *c, FILE *to)
{
	const char *group = "";

	fputs("# What the kernel tests cover\n\n"
	      "Made by `make docs` from the policies of `tests/kernel/cases`, as `tgc` reads them, "
	      "and from\n"
	      "`tests/kernel/coverage.missing`. A part of the language is covered on a kernel when "
	      "a case that\n"
	      "runs there has it in its policy, with real events or effects. What each combination "
	      "decides\n"
	      "is tested elsewhere ([testing.md](testing.md)).\n",
	      to);
	for (size_t i = 0; i < c->count; i++) {
		const struct cover_row *row = &c->rows[i];

		if (strcmp(group, row->group) != 0)
			markdown_head(c, row->group, to);
		group = row->group;
		fprintf(to, "| %s |", row->name);
		for (size_t k = 0; k < c->kernel_count; k++)
			fputs(row->cases[k] ? " yes |" : " - |", to);
		fputc('\n', to);
	}
	markdown_missing(c, to);
}
