// SPDX-License-Identifier: Apache-2.0
/* tgc fmt: the canonical layout of policies in either language. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/diag/fix.h"
#include "compiler/read/yaml_format.h"
#include "command.h"
#include "policy_read.h"

enum { OPT_CHECK = 256, OPT_DIFF, WINDOW = 200 };

static const struct option long_options[] = {
	{"check", no_argument, NULL, OPT_CHECK},
	{"diff", no_argument, NULL, OPT_DIFF},
	{"language", required_argument, NULL, COMMAND_OPT_LANGUAGE},
	DIAG_LONG_OPTIONS,
	{0},
};

struct formatting {
	struct arena arena;
	struct sources sources;
	struct diags diags;
	struct diags edits; /* what is to be changed, as fixes */
	struct diag_options diag;
	struct command_terse terse;
	bool check, diff;
	unsigned changed;
};

/* ---- what differs ----------------------------------------------------------------------- */

struct lines {
	const char **v; /* where each starts, and the end */
	size_t n;
};

static struct lines lines_of(struct arena *a, const char *text, size_t size)
{
	struct lines l = {.n = 0};
	size_t room = 0;

	for (size_t i = 0; i < size;) {
		const char *end = memchr(text + i, '\n', size - i);

		l.v = arena_grow(a, l.v, l.n, &room, sizeof(*l.v));
		l.v[l.n++] = text + i;
		i = end ? (size_t)(end - text) + 1 : size;
	}
	l.v = arena_grow(a, l.v, l.n, &room, sizeof(*l.v));
	l.v[l.n] = text + size;
	return l;
}

static bool same_line(const struct lines *a, size_t i, const struct lines *b, size_t k)
{
	size_t len = (size_t)(a->v[i + 1] - a->v[i]);

	return len == (size_t)(b->v[k + 1] - b->v[k]) && !memcmp(a->v[i], b->v[k], len);
}

/* The nearest lines from here on that are the same; the ends, when there are none near. */
static void resync(const struct lines *old, const struct lines *new, size_t *i, size_t *k)
{
	for (size_t sum = 1; sum < WINDOW; sum++)
		for (size_t more = 0; more <= sum; more++) {
			size_t at = *i + more, to = *k + sum - more;

			if (at < old->n && to < new->n &&same_line(old, at, new, to)) {
				*i = at;
				*k = to;
				return;
			}
		}
	*i = old->n;
	*k = new->n;
}

static void add_edits(struct formatting *f, uint32_t file, const char *text, size_t size)
{
	const struct source *s = sources_get(&f->sources, file);
	struct lines old = lines_of(&f->arena, s->text, s->size);
	struct lines new = lines_of(&f->arena, text, size);
	size_t i = 0, k = 0;

	while (i < old.n || k < new.n) {
		size_t from = i, to = k;
		struct span at = {.file = file};

		if (i < old.n && k < new.n &&same_line(&old, i, &new, k)) {
			i++;
			k++;
			continue;
		}
		resync(&old, &new, &i, &k);
		at.start = (uint32_t)(old.v[from] - s->text);
		at.end = (uint32_t)(old.v[i] - s->text);
		diag_fix(&f->edits, diag_at(&f->edits, DIAG_TERSE_SYNTAX, at, "line %zu", from), at,
			 arena_strndup(&f->arena, new.v[to], (size_t)(new.v[k] - new.v[to])));
	}
}

/* ---- files ------------------------------------------------------------------------------ */

static void format_source(struct formatting *f, uint32_t source, bool terse, bool out)
{
	const struct source *s = sources_get(&f->sources, source);
	size_t size;
	const char *text = terse ? terse_format(&f->arena, &f->diags, &f->sources, source, &size)
				 : yaml_format(&f->arena, &f->diags, &f->sources, source, &size);

	if (!text)
		return;
	text = source_line_ends(&f->arena, s, text, &size); /* fixes keep them, too */
	if (out)
		fwrite(text, 1, size, stdout);
	if (size == s->size && !memcmp(text, s->text, size))
		return;
	f->changed++;
	if (f->check && !f->diff)
		printf("%s\n", s->name);
	if (!out)
		add_edits(f, source, text, size);
}

static enum exit_code format_file(struct formatting *f, const char *path)
{
	struct policy_file file = command_terse_file(&f->terse, path);
	int source = sources_load(&f->sources, path);

	if (source < 0) {
		fprintf(stderr, "tgc: cannot read %s: %s\n", path, strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	format_source(f, (uint32_t)source, policy_is_terse(&file),
		      !strcmp(path, "-") && !f->check && !f->diff);
	return EXIT_DONE;
}

static enum exit_code finish(struct formatting *f)
{
	struct fix_counts counts = {.applied = 0};
	char why[1024];
	bool wrong = f->check && f->changed;

	diag_options_report(&f->diag, &f->diags, stderr);
	if (f->diff)
		fix_diff(&f->edits, stdout, &counts);
	else if (!f->check && f->edits.first && !fix_apply(&f->edits, &counts, why, sizeof(why))) {
		fprintf(stderr, "tgc: %s\n", why);
		return EXIT_ENVIRONMENT;
	}
	if (fflush(stdout) || ferror(stdout)) {
		fputs("tgc: standard output cannot be written\n", stderr);
		return EXIT_ENVIRONMENT;
	}
	return diags_failed(&f->diags) || wrong ? EXIT_REJECTED : EXIT_DONE;
}

static int take_option(void *command, int option)
{
	struct formatting *f = command;

	if (command_terse_option(&f->arena, &f->terse, option, optarg))
		return f->terse.bad;
	if (option != OPT_CHECK && option != OPT_DIFF)
		return command_usage(NULL);
	f->check |= option == OPT_CHECK;
	f->diff |= option == OPT_DIFF;
	return 0;
}

static int parse(struct formatting *f, int argc, char **argv)
{
	const struct command_parser parser = {DIAG_SHORT_OPTIONS, long_options, &f->diag,
					      take_option, f};
	int bad = command_parse(&parser, argc, argv);

	if (!bad && optind == argc)
		bad = command_usage("no file given");
	return bad;
}

int cmd_fmt(int argc, char **argv)
{
	struct formatting f = {.diag = diag_options_default(), .terse.language_terse = true};
	int code = parse(&f, argc, argv);

	f.sources.arena = &f.arena;
	f.diags = (struct diags){.arena = &f.arena, .sources = &f.sources};
	f.edits = f.diags;
	diag_options_apply(&f.diag, &f.diags);
	for (int i = optind; !code && i < argc; i++)
		code = (int)format_file(&f, argv[i]);
	if (!code)
		code = (int)finish(&f);
	arena_free(&f.arena);
	return code;
}
