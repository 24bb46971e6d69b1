// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/files.h"
#include "compiler/vm/kernels.h"
#include "tests/kernel/case.h"

struct section {
	const char *name;
	struct case_words args; /* words after the name */
	const char *body;
	int line; /* of the body's first line */
};

struct reader {
	struct arena *a;
	struct test_case *c;
	struct vm_error *e;
};

static struct case_words words_split(struct arena *a, const char *text)
{
	struct case_words w = {0};

	w.v = arena_array(a, strlen(text) / 2 + 1, sizeof(*w.v));
	while (*(text += strspn(text, " \t\r"))) {
		size_t len = strcspn(text, " \t\r");

		w.v[w.n++] = arena_strndup(a, text, len);
		text += len;
	}
	return w;
}

static int fail_at(const struct reader *r, int line, const char *what, const char *word)
{
	return vm_fail(r->e, "%s:%d: %s%s%s", r->c->path, line, what, word ? " " : "",
		       word ? word : "");
}

static bool is_blank(const char *body)
{
	return body[strspn(body, " \t\r\n")] == '\0';
}

static struct case_bundle *bundle_add(struct reader *r, const char *name, struct case_words compile)
{
	struct test_case *c = r->c;
	struct case_bundle *b;

	c->bundles =
		arena_grow(r->a, c->bundles, c->bundle_count, &c->bundle_room, sizeof(*c->bundles));
	b = &c->bundles[c->bundle_count++];
	*b = (struct case_bundle){.name = name, .compile = compile};
	return b;
}

static int take_bundle(struct reader *r, const struct section *s)
{
	struct case_words compile;

	if (!s->args.n || !is_blank(s->body))
		return fail_at(r, s->line, "bundle: a name, and nothing below", NULL);
	compile = (struct case_words){s->args.v + 1, s->args.n - 1};
	bundle_add(r, s->args.v[0], compile);
	return 0;
}

/* The YAML `n` times as documents of one file, `@N@` in it counting from 0. */
static const char *repeat(struct arena *a, const char *body, unsigned long n)
{
	static const char mark[] = "@N@";
	const char *at, *from;
	const char *copy;
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	for (unsigned long i = 0; i < n; i++) {
		fprintf(to, "---\n");
		for (from = body; (at = strstr(from, mark)); from = at + sizeof(mark) - 1)
			fprintf(to, "%.*s%lu", (int)(at - from), from, i);
		fprintf(to, "%s\n", from);
	}
	fclose(to);
	copy = arena_strndup(a, text, size);
	free(text);
	return copy;
}

static int take_policy(struct reader *r, const struct section *s)
{
	struct test_case *c = r->c;
	bool times = s->args.n == 2 && !strcmp(s->args.v[0], "times");
	bool by_path = s->args.n == 1;
	struct case_bundle *b;
	struct case_policy *p;

	if ((s->args.n > 1 && !times) || by_path != is_blank(s->body))
		return fail_at(r, s->line, "policy: one path, or `times N`, or YAML below", NULL);
	b = c->bundle_count ? &c->bundles[c->bundle_count - 1]
			    : bundle_add(r, CASE_BUNDLE, (struct case_words){0});
	b->policies = arena_grow(r->a, b->policies, b->policy_count, &b->policy_room,
				 sizeof(*b->policies));
	p = &b->policies[b->policy_count++];
	p->path = by_path ? s->args.v[0] : NULL;
	p->text = by_path ? NULL : s->body;
	if (times)
		p->text = repeat(r->a, s->body, strtoul(s->args.v[1], NULL, 10));
	return 0;
}

static int take_trigger(struct reader *r, const struct section *s)
{
	struct test_case *c = r->c;

	if (s->args.n > 1 || (s->args.n == 1 && strcmp(s->args.v[0], "user")))
		return fail_at(r, s->line, "trigger: only `user` may follow", NULL);
	c->triggers = arena_grow(r->a, c->triggers, c->trigger_count, &c->trigger_room,
				 sizeof(*c->triggers));
	c->triggers[c->trigger_count++] =
		(struct case_trigger){.script = s->body, .user = s->args.n == 1};
	return 0;
}

static int take_setup(struct reader *r, const struct section *s)
{
	r->c->setup = s->body;
	return 0;
}

static int take_tgrun(struct reader *r, const struct section *s)
{
	r->c->tgrun = s->args;
	return 0;
}

static int take_tgrun_exit(struct reader *r, const struct section *s)
{
	if (s->args.n != 1 || !isdigit((unsigned char)s->args.v[0][0]))
		return fail_at(r, s->line, "tgrun-exit: one number", NULL);
	r->c->tgrun_exit = atoi(s->args.v[0]);
	return 0;
}

static int take_expect(struct reader *r, const struct section *s)
{
	r->c->expect = s->body;
	r->c->expect_line = s->line;
	return 0;
}

static int take_lines(struct reader *r, const struct section *s)
{
	r->c->lines = s->body;
	return 0;
}

static int take_output(struct reader *r, const struct section *s)
{
	r->c->output = s->body;
	return 0;
}

static int take_log(struct reader *r, const struct section *s)
{
	r->c->log = s->body;
	return 0;
}

static int take_kernels(struct reader *r, const struct section *s)
{
	struct test_case *c = r->c;
	size_t i;

	c->kernels = s->args;
	if (c->kernels.n && !strcmp(c->kernels.v[0], "except")) {
		c->kernels_except = true;
		c->kernels.v++;
		c->kernels.n--;
	}
	for (i = 0; i < c->kernels.n; i++) {
		if (!kernel_series_find(c->kernels.v[i]))
			return fail_at(r, s->line, "no such kernel:", c->kernels.v[i]);
	}
	if (!c->kernels.n || is_blank(s->body))
		return fail_at(r, s->line, "kernels: a list, and below it the reason", NULL);
	c->reason = arena_strndup(r->a, s->body, strcspn(s->body, "\n"));
	return 0;
}

static const struct {
	const char *name;
	int (*take)(struct reader *r, const struct section *s);
} sections[] = {
	{"policy", take_policy}, {"bundle", take_bundle},   {"trigger", take_trigger},
	{"setup", take_setup},	 {"tgrun", take_tgrun},	    {"tgrun-exit", take_tgrun_exit},
	{"expect", take_expect}, {"lines", take_lines},	    {"output", take_output},
	{"log", take_log},	 {"kernels", take_kernels},
};

static int section_take(struct reader *r, const struct section *s)
{
	size_t i;

	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (!strcmp(sections[i].name, s->name))
			return sections[i].take(r, s);
	}
	return fail_at(r, s->line - 1, "no such section:", s->name);
}

/* `at` is behind "== "; moves it to the next section (or the end) and counts lines. */
static void section_cut(struct arena *a, const char **at, int *line, struct section *s)
{
	const char *head = *at, *body = head + strcspn(head, "\n"), *end;
	struct case_words w = words_split(a, arena_strndup(a, head, (size_t)(body - head)));

	s->name = w.n ? w.v[0] : "";
	s->args.v = w.v + (w.n ? 1 : 0);
	s->args.n = w.n ? w.n - 1 : 0;
	end = strstr(body, "\n== ");
	body += *body == '\n';
	if (!end)
		end = body + strlen(body);
	else
		end++;
	s->body = arena_strndup(a, body, (size_t)(end - body));
	s->line = *line + 1;
	for (; head < end; head++)
		*line += *head == '\n';
	*at = end;
}

static const char *case_name(struct arena *a, const char *path)
{
	const char *name = strrchr(path, '/'), *dot;

	name = name ? name + 1 : path;
	dot = strrchr(name, '.');
	return arena_strndup(a, name, dot ? (size_t)(dot - name) : strlen(name));
}

int case_read(struct arena *a, const char *path, struct test_case *out, struct vm_error *e)
{
	struct reader r = {a, out, e};
	const char *text = file_read(a, path, NULL, e), *at;
	int line = 1;

	memset(out, 0, sizeof(*out));
	out->path = path;
	out->name = case_name(a, path);
	if (!text)
		return -1;
	at = !strncmp(text, "== ", 3) ? text : strstr(text, "\n== ");
	if (!at)
		return fail_at(&r, 1, "no section", NULL);
	out->about = arena_strndup(a, text, (size_t)(at - text));
	at += *at == '\n';
	for (; text < at; text++)
		line += *text == '\n';
	while (*at) {
		struct section s;

		at += 3;
		section_cut(a, &at, &line, &s);
		if (section_take(&r, &s) < 0)
			return -1;
	}
	if (!out->expect && !out->lines && !out->output && !out->log)
		return fail_at(&r, 1, "expects nothing, so it cannot fail", NULL);
	return 0;
}

bool case_runs_on(const struct test_case *c, const char *series)
{
	bool listed = false;
	size_t i;

	for (i = 0; i < c->kernels.n; i++)
		listed = listed || !strcmp(c->kernels.v[i], series);
	return !c->kernels.n || listed != c->kernels_except;
}
