// SPDX-License-Identifier: Apache-2.0
/* tgc btf: what kernels say of a name. */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/kernels/btf_print.h"
#include "cmd_kernels.h"
#include "compiler/diag/diag.h"
#include "compiler/base/exit.h"
#include "compiler/kernels/profile_parts.h"

static const char usage[] = "usage: tgc btf [--kernel KERNEL]... [--limit N] SYMBOL|GLOB\n";

enum { KERNELS_MAX = 64, NAMES_SHOWN = 200 };

struct btf_run {
	struct arena arena;
	const char *specs[KERNELS_MAX];
	struct profile *kernels[KERNELS_MAX];
	size_t spec_count, count;
	unsigned long limit;
	const char *words;
	char why[1024];
};

static enum exit_code complain(enum exit_code code, const char *reason)
{
	fprintf(stderr, "tgc: %s\n", reason);
	return code;
}

static enum exit_code bad_usage(const char *reason)
{
	fprintf(stderr, "tgc btf: %s\n%s", reason, usage);
	return EXIT_USAGE;
}

/* ---- kernels ------------------------------------------------------------------------------ */

static enum exit_code open_named(struct btf_run *r)
{
	for (size_t i = 0; i < r->spec_count; i++) {
		r->kernels[i] = profile_find(r->specs[i], r->why, sizeof(r->why));
		if (!r->kernels[i])
			return complain(EXIT_ENVIRONMENT, r->why);
		r->count++;
	}
	return EXIT_DONE;
}

/* All profiles of the store; without any, the running kernel. */
static enum exit_code open_all(struct btf_run *r)
{
	const char *folder = store_folder(&r->arena, r->why, sizeof(r->why)), **names;
	size_t count = 0;

	if (folder && store_list(&r->arena, folder, &names, &count) < 0) {
		fprintf(stderr, "tgc: cannot read %s: %s\n", folder, strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	if (count > KERNELS_MAX) {
		fprintf(stderr,
			"tgc: %zu kernel profiles are too many to ask at once: name some "
			"with --kernel\n",
			count);
		return EXIT_ENVIRONMENT;
	}
	for (; r->count < count; r->count++) {
		r->kernels[r->count] = profile_open(store_path(&r->arena, folder, names[r->count]),
						    r->why, sizeof(r->why));
		if (!r->kernels[r->count])
			return complain(EXIT_ENVIRONMENT, r->why);
	}
	if (count)
		return EXIT_DONE;
	r->specs[r->spec_count++] = RUNNING_BTF;
	return open_named(r);
}

/* ---- one name ----------------------------------------------------------------------------- */

struct answer {
	char *text; /* malloc'ed; NULL: none */
	const char *why;
};

static bool ask_modules(FILE *to, struct btf_run *r, struct profile *p, const struct btf_query *q)
{
	const char *name, *why;
	bool found = false;

	for (size_t i = 0; !found && (name = profile_module_at(p, i)); i++) {
		const struct kbtf *k = profile_module_btf(p, name);

		found = k && btf_answer(to, k, &r->arena, q, &why);
		if (found)
			fprintf(to, "/* in module %s */\n", name);
	}
	return found;
}

static struct answer ask(struct btf_run *r, struct profile *p, const struct btf_query *q)
{
	struct answer a = {NULL, ""};
	size_t size;
	FILE *to = open_memstream(&a.text, &size);
	bool found;

	if (!to)
		return a;
	found = btf_answer(to, profile_btf(p), &r->arena, q, &a.why) || ask_modules(to, r, p, q);
	fclose(to);
	if (!found) {
		free(a.text);
		a.text = NULL;
	}
	return a;
}

/* The kernels from `first` on whose answer is the same. */
static const char *same_kernels(struct btf_run *r, const struct answer *answers, size_t first)
{
	const char *names = "", *text = answers[first].text;

	for (size_t i = first; i < r->count; i++) {
		const char *other = answers[i].text;

		if (text ? other && strcmp(text, other) == 0 : !other)
			names = arena_printf(&r->arena, "%s%s%s", names, *names ? ", " : "",
					     profile_name(r->kernels[i]));
	}
	return names;
}

static bool was_printed(const struct answer *answers, size_t i)
{
	for (size_t before = 0; before < i; before++)
		if (answers[before].text && strcmp(answers[before].text, answers[i].text) == 0)
			return true;
	return false;
}

/* Equal answers once. With one kernel there is nothing to tell apart. */
static void print_answers(struct btf_run *r, const struct answer *answers)
{
	size_t missing = r->count;
	bool first = true;

	for (size_t i = 0; i < r->count; i++) {
		if (!answers[i].text && missing == r->count)
			missing = i;
		if (!answers[i].text || was_printed(answers, i))
			continue;
		if (r->count > 1)
			printf("%s/* %s */\n", first ? "" : "\n", same_kernels(r, answers, i));
		fputs(answers[i].text, stdout);
		first = false;
	}
	if (missing < r->count)
		printf("\n/* not in %s */\n", same_kernels(r, answers, missing));
}

struct candidates {
	struct arena *arena;
	const char **names;
	size_t count, room, len;
	unsigned kinds;
};

static bool add_candidate(void *data, const struct kname *n)
{
	struct candidates *c = data;
	size_t len = strlen(n->name);

	if (!(c->kinds >> n->kind & 1) || len > c->len + c->len / 2 + 1 ||
	    c->len > len + c->len / 2 + 1)
		return true;
	c->names = arena_grow(c->arena, c->names, c->count, &c->room, sizeof(*c->names));
	c->names[c->count++] = n->name;
	return true;
}

static enum exit_code say_nothing(struct btf_run *r, const struct btf_query *q,
				  const struct answer *last)
{
	struct candidates c = {
		.arena = &r->arena,
		.len = strlen(q->name),
		.kinds = q->kinds,
	};
	const char *near;

	if (*last->why)
		return complain(EXIT_REJECTED, last->why);
	for (size_t i = 0; i < r->count; i++)
		kbtf_each_name(profile_btf(r->kernels[i]), add_candidate, &c);
	near = nearest(q->name, c.names, c.count);
	fprintf(stderr, "tgc: no kernel asked has `%s`", r->words);
	fprintf(stderr, near ? "; did you mean `%s`?\n" : "%s\n", near ? near : "");
	return EXIT_REJECTED;
}

static enum exit_code show_name(struct btf_run *r)
{
	struct answer *answers = arena_array(&r->arena, r->count, sizeof(*answers));
	const struct btf_query q = btf_query(r->words);
	enum exit_code code = EXIT_DONE;
	bool found = false;

	for (size_t i = 0; i < r->count; i++) {
		answers[i] = ask(r, r->kernels[i], &q);
		found |= answers[i].text != NULL;
	}
	if (found)
		print_answers(r, answers);
	else
		code = say_nothing(r, &q, &answers[r->count - 1]);
	for (size_t i = 0; i < r->count; i++)
		free(answers[i].text);
	return code;
}

/* ---- globs -------------------------------------------------------------------------------- */

struct match {
	const char *name;
	enum kname_kind kind;
	uint64_t kernels; /* bits */
};

struct matches {
	struct arena *arena;
	struct btf_query query;
	struct match *at;
	size_t count, room;
	unsigned kernel;
};

static bool add_match(void *data, const struct kname *n)
{
	struct matches *m = data;

	if (!(m->query.kinds >> n->kind & 1) || fnmatch(m->query.name, n->name, 0) != 0)
		return true;
	m->at = arena_grow(m->arena, m->at, m->count, &m->room, sizeof(*m->at));
	m->at[m->count++] = (struct match){n->name, n->kind, 1ull << m->kernel};
	return true;
}

static int by_kind_and_name(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->name, y->name);
}

static void unite(struct matches *m)
{
	size_t kept = 0;

	if (m->count)
		qsort(m->at, m->count, sizeof(*m->at), by_kind_and_name);
	for (size_t i = 0; i < m->count; i++) {
		if (kept && by_kind_and_name(&m->at[kept - 1], &m->at[i]) == 0)
			m->at[kept - 1].kernels |= m->at[i].kernels;
		else
			m->at[kept++] = m->at[i];
	}
	m->count = kept;
}

static void print_match(struct btf_run *r, const struct match *m)
{
	uint64_t all = r->count == 64 ? ~0ull : (1ull << r->count) - 1;
	const char *separator = "  /* only ";

	printf("%-10s  %s", kname_word(m->kind), m->name);
	for (size_t i = 0; m->kernels != all && i < r->count; i++) {
		if (!(m->kernels >> i & 1))
			continue;
		printf("%s%s", separator, profile_name(r->kernels[i]));
		separator = ", ";
	}
	puts(m->kernels != all ? " */" : "");
}

static enum exit_code show_glob(struct btf_run *r)
{
	struct matches m = {.arena = &r->arena, .query = btf_query(r->words)};
	size_t shown;

	for (m.kernel = 0; m.kernel < r->count; m.kernel++)
		kbtf_each_name(profile_btf(r->kernels[m.kernel]), add_match, &m);
	unite(&m);
	if (!m.count) {
		fprintf(stderr, "tgc: no name matches `%s`\n", r->words);
		return EXIT_REJECTED;
	}
	shown = r->limit && m.count > r->limit ? r->limit : m.count;
	for (size_t i = 0; i < shown; i++)
		print_match(r, &m.at[i]);
	if (shown < m.count)
		printf("%zu of %zu names shown; --limit 0 shows all\n", shown, m.count);
	return EXIT_DONE;
}

/* ---- command line ------------------------------------------------------------------------- */

/* "struct file" may come as two words. */
static const char *take_words(struct btf_run *r, char **words, int count)
{
	static const char which[] = "which SYMBOL? One name, or a pattern in quotes";

	if (count < 1 || count > 2 || !*words[0])
		return which;
	r->words = words[0];
	if (count == 1)
		return NULL;
	r->words = arena_printf(&r->arena, "%s %s", words[0], words[1]);
	return btf_query(r->words).kinds == ~0u ? which : NULL;
}

static const char *parse_options(struct btf_run *r, int argc, char **argv)
{
	static const struct option options[] = {
		{"kernel", required_argument, NULL, 'k'},
		{"limit", required_argument, NULL, 'l'},
		{0},
	};
	int option;
	char *end;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'k' && r->spec_count < KERNELS_MAX) {
			r->specs[r->spec_count++] = optarg;
		} else if (option == 'l') {
			r->limit = strtoul(optarg, &end, 10);
			if (*end || *optarg < '0' || *optarg > '9')
				return "--limit takes a whole number; 0 is no limit";
		} else {
			return option == 'k' ? "at most 64 kernels can be asked at once"
					     : "only the options below";
		}
	}
	return take_words(r, argv + optind, argc - optind);
}

static enum exit_code run(struct btf_run *r)
{
	enum exit_code code = r->spec_count ? open_named(r) : open_all(r);

	if (code == EXIT_DONE)
		code = strpbrk(r->words, "*?[") ? show_glob(r) : show_name(r);
	for (size_t i = 0; i < r->count; i++)
		profile_close(r->kernels[i]);
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_ENVIRONMENT, "standard output cannot be written");
	return code;
}

int cmd_btf(int argc, char **argv)
{
	struct btf_run r = {.limit = NAMES_SHOWN};
	const char *problem = parse_options(&r, argc, argv);
	enum exit_code code = problem ? bad_usage(problem) : run(&r);

	arena_free(&r.arena);
	return code;
}
