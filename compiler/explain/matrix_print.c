// SPDX-License-Identifier: Apache-2.0
/* The kernel matrix as text. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "features.h"
#include "matrix.h"
#include "compiler/kernels/profile.h"
#include "compiler/base/utf8.h"

enum { LABEL_MAX = 44, CELL_MIN = 8, CELL_MAX = 40, GAP = 2 };

struct column {
	size_t kernel; /* its place in the set */
	const char *name;
	unsigned long version; /* 0: not known */
	size_t width;
};

struct table {
	const struct matrix *m;
	struct arena arena;
	struct column *columns;
	size_t label_width;
	FILE *to;
};

/* ---- kernels
 * ------------------------------------------------------------------------------------- */

/* What is left of a path when the folder is what tells kernels apart: 6.12/btf is 6.12. */
static const char *short_name(struct arena *a, const char *name)
{
	const char *slash = strrchr(name, '/'), *last = slash ? slash + 1 : name, *start;

	if (!slash || (strcmp(last, "btf") && strcmp(last, "vmlinux") && strcmp(last, "vmlinuz")))
		return last;
	for (start = slash; start > name && start[-1] != '/'; start--)
		;
	return start < slash ? arena_strndup(a, start, (size_t)(slash - start)) : last;
}

static unsigned long version_of(const struct kernel *k, const char *name)
{
	unsigned major = 0, minor = 0;

	if (k->profile && profile_version(k->profile, &major, &minor))
		return major * 1000ul + minor;
	if (sscanf(name, "%3u.%3u", &major, &minor) == 2)
		return major * 1000ul + minor;
	return 0;
}

/* By version; those without one come last, in the order given. */
static int by_version(const void *left, const void *right)
{
	const struct column *a = left, *b = right;

	if (!a->version != !b->version)
		return !a->version - !b->version;
	if (a->version != b->version)
		return a->version < b->version ? -1 : 1;
	return (a->kernel > b->kernel) - (a->kernel < b->kernel);
}

static void order_columns(struct table *t)
{
	const struct kernel_set *set = t->m->kernels;

	t->columns = arena_array(&t->arena, set->count, sizeof(*t->columns));
	for (size_t i = 0; i < set->count; i++) {
		const char *name = short_name(&t->arena, set->names[i]);

		t->columns[i] = (struct column){
			.kernel = i, .name = name, .version = version_of(&set->v[i], name)};
	}
	qsort(t->columns, set->count, sizeof(*t->columns), by_version);
}

/* ---- widths
 * --------------------------------------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t columns_of(const char *s)
{
	size_t len = strlen(s), columns = 0;
	unsigned width;
	char shown[12];

	for (size_t i = 0; i < len; columns += width)
		i += utf8_show(s + i, len - i, shown, &width);
	return columns;
}

/* Writes a text in `width` columns; of one that is too long the start and two dots. */
static void put(const struct table *t, const char *s, size_t width, bool pad)
{
	size_t len = strlen(s), used = 0, room = columns_of(s) > width ? width - 2 : width;
	unsigned columns;
	char shown[12];

	for (size_t i = 0; i < len;) {
		i += utf8_show(s + i, len - i, shown, &columns);
		if (used + columns > room)
			break;
		fputs(shown, t->to);
		used += columns;
	}
	if (room < width) {
		fputs("..", t->to);
		used += 2;
	}
	if (pad && used < width)
		fprintf(t->to, "%*s", (int)(width - used), "");
}

static void measure(struct table *t, struct column *c)
{
	c->width = most(CELL_MIN, columns_of(c->name));
	for (size_t i = 0; i < t->m->count; i++) {
		const char *cell = t->m->rows[i].above ? NULL : t->m->rows[i].cells[c->kernel];

		c->width = most(c->width, cell ? columns_of(cell) : 0);
	}
	c->width = least(c->width, CELL_MAX);
}

/* Narrows the widest column until all of them fit, down to CELL_MIN. */
static void fit(struct table *t, size_t first, size_t n)
{
	for (;;) {
		size_t total = t->label_width, widest = first;

		for (size_t i = first; i < first + n; i++) {
			total += GAP + t->columns[i].width;
			if (t->columns[i].width > t->columns[widest].width)
				widest = i;
		}
		if (total <= MATRIX_WIDTH || t->columns[widest].width <= CELL_MIN)
			return;
		t->columns[widest].width--;
	}
}

/* ---- rows
 * ------------------------------------------------------------------------------------------ */

static void put_row(const struct table *t, unsigned indent, const char *label,
		    const char *const *cells, size_t first, size_t n)
{
	size_t last = first;

	for (size_t i = first; i < first + n; i++)
		if (cells[i - first])
			last = i + 1;
	fprintf(t->to, "%*s", (int)indent, "");
	put(t, label, t->label_width - indent, last > first);
	for (size_t i = first; i < last; i++) {
		fprintf(t->to, "%*s", GAP, "");
		put(t, cells[i - first] ? cells[i - first] : "-", t->columns[i].width,
		    i + 1 < last);
	}
	fputc('\n', t->to);
}

static void put_cells(struct table *t, unsigned indent, const char *label,
		      const char *const *by_kernel, size_t first, size_t n)
{
	const char **cells = arena_array(&t->arena, n, sizeof(*cells));

	for (size_t i = 0; i < n; i++)
		cells[i] = by_kernel[t->columns[first + i].kernel];
	put_row(t, indent, label, cells, first, n);
}

static bool fits(const struct table *t, const struct matrix_row *r, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		const char *cell = r->cells[t->columns[i].kernel];

		if (cell && columns_of(cell) > t->columns[i].width)
			return false;
	}
	return true;
}

static const char *kernels_with(struct table *t, const struct matrix_row *r, const char *value,
				size_t first, size_t n)
{
	const char *list = NULL;

	for (size_t i = first; i < first + n; i++) {
		const char *cell = r->cells[t->columns[i].kernel], *name = t->columns[i].name;

		if (cell && !strcmp(cell, value))
			list = list ? arena_printf(&t->arena, "%s, %s", list, name) : name;
	}
	return list;
}

/* Values too long for a cell: a line for each, with the kernels that have it. */
static void put_values(struct table *t, const struct matrix_row *r, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		const char *value = r->cells[t->columns[i].kernel];
		bool again = false;

		for (size_t j = first; value && j < i; j++)
			again |= r->cells[t->columns[j].kernel] &&
				 !strcmp(r->cells[t->columns[j].kernel], value);
		if (!value || again)
			continue;
		fputs("  ", t->to);
		put(t,
		    arena_printf(&t->arena, "%s (%s): %s", r->label,
				 kernels_with(t, r, value, first, n), value),
		    MATRIX_WIDTH - 2, false);
		fputc('\n', t->to);
	}
}

static void put_below(struct table *t, const struct matrix_row *r, size_t first, size_t n)
{
	if (fits(t, r, first, n) && columns_of(r->label) + 2 <= t->label_width)
		put_cells(t, 2, r->label, r->cells, first, n);
	else
		put_values(t, r, first, n);
}

static void put_hooks(struct table *t, size_t first, size_t n)
{
	const struct matrix *m = t->m;

	for (size_t i = 0; i < m->count; i++) {
		if (m->rows[i].above)
			continue;
		put_cells(t, 0, m->rows[i].label, m->rows[i].cells, first, n);
		for (size_t j = 0; j < m->count; j++)
			if (m->rows[j].above == i + 1)
				put_below(t, &m->rows[j], first, n);
	}
}

static const char *feature_label(struct table *t, enum kernel_feature f)
{
	static const char *const uses[] = {
		[FEATURE_NEEDED] = "needs", [FEATURE_HELPS] = "helped by"};
	const struct kernel_feature_info *info = kernel_feature_get(f);
	const struct kernel_set *set = t->m->kernels;

	for (size_t i = 0; i < set->count; i++)
		if (kernel_has_feature(&set->v[i], f) != KNOWN_YES)
			return arena_printf(&t->arena, "%s %s (since %u.%u)", uses[info->use],
					    info->name, info->major, info->minor);
	return arena_printf(&t->arena, "%s %s", uses[info->use], info->name);
}

static void put_features(struct table *t, size_t first, size_t n)
{
	static const char *const words[] = {
		[KNOWN_NO] = "no", [KNOWN_YES] = "yes", [KNOWN_UNKNOWN] = "unknown"};
	const struct kernel_set *set = t->m->kernels;
	const char **cells = arena_array(&t->arena, set->count, sizeof(*cells));

	for (unsigned f = 0; f < KERNEL_FEATURES; f++) {
		if (!(t->m->needs >> f & 1))
			continue;
		for (size_t i = 0; i < set->count; i++)
			cells[i] = words[kernel_has_feature(&set->v[i], (enum kernel_feature)f)];
		put_cells(t, 0, feature_label(t, (enum kernel_feature)f), cells, first, n);
	}
}

static void measure_labels(struct table *t)
{
	for (size_t i = 0; i < t->m->count; i++)
		if (!t->m->rows[i].above)
			t->label_width = most(t->label_width, columns_of(t->m->rows[i].label));
	for (unsigned f = 0; f < KERNEL_FEATURES; f++)
		if (t->m->needs >> f & 1)
			t->label_width = most(t->label_width,
					      columns_of(feature_label(t, (enum kernel_feature)f)));
	t->label_width = least(t->label_width, LABEL_MAX);
}

static void put_table(struct table *t, size_t first, size_t n)
{
	const char **names = arena_array(&t->arena, n, sizeof(*names));

	fit(t, first, n);
	for (size_t i = 0; i < n; i++)
		names[i] = t->columns[first + i].name;
	put_row(t, 0, "kernel", names, first, n);
	put_hooks(t, first, n);
	put_features(t, first, n);
}

void matrix_print(const struct matrix *m, FILE *to)
{
	struct table t = {.m = m, .to = to};
	size_t n, each;

	if (!m->count && !m->needs)
		return;
	order_columns(&t);
	measure_labels(&t);
	for (size_t i = 0; i < m->kernels->count; i++)
		measure(&t, &t.columns[i]);
	each = (MATRIX_WIDTH - t.label_width) / (GAP + CELL_MIN);
	for (size_t i = 0; i < m->kernels->count; i += n) {
		n = least(each, m->kernels->count - i);
		if (i)
			fputc('\n', to);
		put_table(&t, i, n);
	}
	arena_free(&t.arena);
}
