// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "case.h"
#include "compiler/base/arena.h"

struct reading {
	struct arena *arena;
	const char *file;
	unsigned line;
	struct cases *cases;
	struct test_case *last;
	const char *why;
};

static bool fail(struct reading *r, const char *why)
{
	r->why = why;
	return false;
}

static struct test_case *begin(struct reading *r)
{
	struct cases *all = r->cases;

	all->v = arena_grow(r->arena, all->v, all->n, &all->room, sizeof(*all->v));
	r->last = &all->v[all->n];
	*r->last = (struct test_case){.file = r->file,
				      .line = r->line,
				      .number = (unsigned)all->n++,
				      .part_count = 1,
				      .parts = {{"", "", "", NULL}}};
	return r->last;
}

/* Types that only a tracepoint's record holds. */
static bool of_tracepoint(const char *type)
{
	return !strcmp(type, "syscall64") || !strcmp(type, "data_loc");
}

static bool read_filter(struct reading *r, const struct words *w)
{
	struct test_case *c;

	if (w->count < 3)
		return fail(r, "filter TYPE OPERATOR VALUE...");
	c = begin(r);
	c->filter = w;
	c->kind = of_tracepoint(w->v[1].s) ? CASE_TRACEPOINT : CASE_KPROBE;
	c->types[c->type_count++] = w->v[1].s;
	return true;
}

static bool read_policy(struct reading *r, const struct words *w)
{
	static const char *const kinds[CASE_KINDS] = {"kprobe",	 "fentry", "security",
						      "syscall", "lsm",	   "tracepoint",
						      "raw",	 "uprobe", "usdt"};
	struct test_case *c;

	if (w->count < 2 || w->count > 2 + CASE_ARGS)
		return fail(r, "policy KIND TYPE...");
	c = begin(r);
	c->kind = CASE_KINDS;
	for (int i = 0; i < CASE_KINDS; i++)
		if (!strcmp(kinds[i], w->v[1].s))
			c->kind = (enum case_kind)i;
	for (size_t i = 2; i < w->count; i++)
		c->types[c->type_count++] = w->v[i].s;
	return c->kind != CASE_KINDS || fail(r, "no such kind of hook");
}

static const char *add_line(struct reading *r, const char *to, const char *indent, const char *line)
{
	return arena_printf(r->arena, "%s%s%s", to, indent, line);
}

/* What is written below `policy`, before its rows. */
static bool read_part(struct reading *r, const char *line)
{
	struct test_case *c = r->last;
	struct policy_part *p = c ? &c->parts[c->part_count - 1] : NULL;

	if (!p || c->filter || c->row_count)
		return fail(r, "this belongs after `policy`");
	if (!strncmp(line, "hook ", 5))
		p->hook = add_line(r, p->hook, "    ", line + 5);
	else if (!strncmp(line, "spec ", 5))
		p->spec = add_line(r, p->spec, "  ", line + 5);
	else if (!strncmp(line, "returns ", 8))
		c->returns = arena_strndup(r->arena, line + 8, strcspn(line + 8, "\n"));
	else if (!strncmp(line, "namespaced ", 11))
		p->namespace = arena_strndup(r->arena, line + 11, strcspn(line + 11, "\n"));
	else if (strncmp(line, "===", 3))
		p->selectors = add_line(r, p->selectors, "", line);
	else if (c->part_count == CASE_POLICIES)
		return fail(r, "too many policies");
	else
		c->parts[c->part_count++] = (struct policy_part){"", "", "", NULL};
	return true;
}

static bool is_part(const char *line)
{
	return isspace((unsigned char)*line) || !strncmp(line, "hook ", 5) ||
	       !strncmp(line, "spec ", 5) || !strncmp(line, "===", 3) ||
	       !strncmp(line, "namespaced ", 11) || !strncmp(line, "returns ", 8);
}

static bool read_row(struct reading *r, struct words *w)
{
	struct test_case *c = r->last;
	struct row row = {.line = r->line, .words = w};

	if (!c || c->refused)
		return fail(r, "a row of nothing");
	row.then = !strcmp(w->v[0].s, "then");
	if (row.then) {
		memmove(w->v, w->v + 1, (w->count - 1) * sizeof(*w->v));
		w->count--;
	}
	if (row.then && (!c->row_count || !w->count))
		return fail(r, "nothing comes before `then`");
	c->rows = arena_grow(r->arena, c->rows, c->row_count, &c->row_room, sizeof(*c->rows));
	c->rows[c->row_count++] = row;
	return true;
}

static bool read_line(struct reading *r, const char *line)
{
	struct words *w;

	if (!line[strspn(line, " \t\n")] || *line == '#')
		return true;
	if (is_part(line))
		return read_part(r, line);
	w = arena_alloc(r->arena, sizeof(*w));
	if (!words_split(r->arena, line, w) || !w->count)
		return fail(r, "an open quote or brace");
	if (!strcmp(w->v[0].s, "filter"))
		return read_filter(r, w);
	if (!strcmp(w->v[0].s, "policy"))
		return read_policy(r, w);
	if (strcmp(w->v[0].s, "refused"))
		return read_row(r, w);
	if (!r->last || r->last->row_count || w->count != 2)
		return fail(r, "refused NAME");
	r->last->refused = w->v[1].s;
	return true;
}

bool cases_read(struct arena *a, const char *path, struct cases *out)
{
	struct reading r = {.arena = a, .file = path, .cases = out, .why = "cannot be opened"};
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool ok = f;

	while (ok && getline(&line, &room, f) > 0) {
		r.line++;
		ok = read_line(&r, line);
	}
	if (!ok)
		printf("%s:%u: %s\n", path, r.line, r.why);
	free(line);
	if (f)
		fclose(f);
	return ok;
}
