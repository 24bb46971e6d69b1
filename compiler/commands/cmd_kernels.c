// SPDX-License-Identifier: Apache-2.0
/* tgc kernels add | list | show | remove */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "cmd_kernels.h"
#include "compiler/vm/files.h"
#include "compiler/vm/kernels.h"
#include "compiler/diag/diag.h"
#include "compiler/base/exit.h"
#include "compiler/kernels/kernel_facts.h"
#include "compiler/kernels/profile_print.h"

static const char usage[] =
	"usage: tgc kernels add [--name NAME] FILE... | --running [--root DIR] | --debian SERIES\n"
	"       tgc kernels list [--json]\n"
	"       tgc kernels show [--json] NAME\n"
	"       tgc kernels remove NAME...\n";

struct kernels_options {
	bool json, running;
	const char *name, *root, *debian;
	char **words;
	int count;
};

struct kernels_run {
	struct arena arena;
	const struct kernels_options *o;
	const char *folder;
	char why[1024];
};

static enum exit_code complain(enum exit_code code, const char *reason)
{
	fprintf(stderr, "tgc: %s\n", reason);
	return code;
}

static enum exit_code bad_usage(const char *reason)
{
	fprintf(stderr, "tgc kernels: %s\n%s", reason, usage);
	return EXIT_USAGE;
}

static enum exit_code flush_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_ENVIRONMENT, "standard output cannot be written");
	return EXIT_DONE;
}

/* ---- add ---------------------------------------------------------------------------------- */

static void say_progress(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "tgc: %s\n", sentence);
}

static const char *series_names(struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < kernel_series_count; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "", kernel_series[i].name);
	return text;
}

static enum exit_code from_debian(struct kernels_run *r, struct kernel_facts *f)
{
	const struct kernel_series *series = kernel_series_find(r->o->debian);
	const struct vm_progress progress = {say_progress, NULL};
	struct kernel kernel;
	struct vm_error e;
	const char *cache;

	if (!series) {
		fprintf(stderr, "tgc: there is no series `%s`; there are %s\n", r->o->debian,
			series_names(&r->arena));
		return EXIT_USAGE;
	}
	cache = kernel_cache(&r->arena, &e);
	if (!cache || kernel_prepare(&r->arena, series, cache, &progress, &kernel, &e) < 0)
		return complain(EXIT_ENVIRONMENT, e.text);
	if (facts_from_file(f, kernel.image, r->why, sizeof(r->why)) < 0)
		return complain(EXIT_REJECTED, r->why);
	f->source = arena_printf(&r->arena, "%s %s", kernel.package, kernel.version);
	return EXIT_DONE;
}

static enum exit_code from_files(struct kernels_run *r, struct kernel_facts *f)
{
	for (int i = 0; i < r->o->count; i++) {
		const char *path = r->o->words[i];

		if (access(path, R_OK) < 0) {
			fprintf(stderr, "tgc: cannot read %s: %s\n", path, strerror(errno));
			return EXIT_ENVIRONMENT;
		}
		if (facts_from_file(f, path, r->why, sizeof(r->why)) < 0)
			return complain(EXIT_REJECTED, r->why);
	}
	if (!f->btf.size)
		return complain(EXIT_REJECTED,
				"no type information (BTF) in what was given: a kernel belongs to "
				"it, as vmlinux, vmlinuz, BTF or package");
	return EXIT_DONE;
}

static enum exit_code gather(struct kernels_run *r, struct kernel_facts *f)
{
	if (r->o->debian)
		return from_debian(r, f);
	if (!r->o->running)
		return from_files(r, f);
	if (facts_from_running(f, r->o->root ? r->o->root : "", r->why, sizeof(r->why)) < 0)
		return complain(EXIT_ENVIRONMENT, r->why);
	return EXIT_DONE;
}

/* --name, else the series, the release, the first file's name up to its last dot. */
static const char *choose_name(struct kernels_run *r, const struct kernel_facts *f)
{
	const char *path, *slash, *dot;

	if (r->o->name)
		return r->o->name;
	if (r->o->debian)
		return r->o->debian;
	if (f->release && store_name_valid(f->release))
		return f->release;
	path = r->o->count ? r->o->words[0] : "running";
	slash = strrchr(path, '/');
	path = slash ? slash + 1 : path;
	dot = strrchr(path, '.');
	if (!dot || dot == path)
		return path;
	return arena_strndup(&r->arena, path, (size_t)(dot - path));
}

/* Beside its place, then renamed: a reader has the old profile or the new one, whole. */
static int write_profile(struct kernels_run *r, const char *path, struct bytes bytes)
{
	char *temporary = arena_printf(&r->arena, "%s/.new-XXXXXX", r->folder);
	mode_t mask = umask(0);
	int fd = -1, good;
	FILE *to = NULL;

	umask(mask);
	if (dir_make(r->folder) == 0)
		fd = mkstemp(temporary);
	if (fd >= 0)
		to = fdopen(fd, "wb");
	good = to && fchmod(fd, 0666 & ~mask) == 0 &&
	       fwrite(bytes.at, 1, bytes.size, to) == bytes.size && fflush(to) == 0 &&
	       fsync(fd) == 0;
	good = to && fclose(to) == 0 && good;
	if (good && rename(temporary, path) == 0)
		return 0;
	snprintf(r->why, sizeof(r->why), "cannot write %s: %s", path, strerror(errno));
	if (fd >= 0)
		unlink(temporary);
	return -1;
}

static enum exit_code store(struct kernels_run *r, struct kernel_facts *f)
{
	const char *name = choose_name(r, f), *path;
	struct bytes bytes;
	bool replaces;

	if (!store_name_valid(name)) {
		fprintf(stderr,
			"tgc: `%s` cannot name a kernel profile: letters, digits and `._+-~` can, "
			"at most 63, not beginning with a dot or a dash (--name)\n",
			name);
		return EXIT_USAGE;
	}
	bytes = facts_pack(f, name, r->why, sizeof(r->why));
	if (!bytes.size) {
		fprintf(stderr, "tgc: the kernel's type information is not good: %s\n", r->why);
		return EXIT_REJECTED;
	}
	path = store_path(&r->arena, r->folder, name);
	replaces = access(path, F_OK) == 0;
	if (write_profile(r, path, bytes) < 0)
		return complain(EXIT_ENVIRONMENT, r->why);
	for (size_t i = 0; i < f->notes.count; i++)
		fprintf(stderr, "note: %s\n", f->notes.at[i]);
	printf("%s kernel profile %s%s%s%s (%.1f MB)\n", replaces ? "replaced" : "added", name,
	       f->release ? ": release " : "", f->release ? f->release : "",
	       f->release ? "" : ": release unknown", (double)bytes.size / 1e6);
	return flush_output();
}

static enum exit_code add(struct kernels_run *r)
{
	struct kernel_facts f = {.arena = &r->arena};
	enum exit_code code = gather(r, &f);

	return code == EXIT_DONE ? store(r, &f) : code;
}

/* ---- list, show, remove ------------------------------------------------------------------- */

static enum exit_code list(struct kernels_run *r)
{
	enum exit_code code = EXIT_DONE;
	struct profile **profiles;
	const char **names;
	size_t count, good = 0;

	if (store_list(&r->arena, r->folder, &names, &count) < 0) {
		fprintf(stderr, "tgc: cannot read %s: %s\n", r->folder, strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	profiles = arena_array(&r->arena, count + 1, sizeof(struct profile *));
	for (size_t i = 0; i < count; i++) {
		profiles[good] = profile_open(store_path(&r->arena, r->folder, names[i]), r->why,
					      sizeof(r->why));
		if (profiles[good])
			good++;
		else
			code = complain(EXIT_REJECTED, r->why);
	}
	if (r->o->json)
		profiles_print_json(stdout, profiles, good);
	else
		profiles_print_list(stdout, profiles, good);
	if (!count && !r->o->json)
		fprintf(stderr,
			"tgc: no kernel profiles in %s; `tgc kernels add --running` makes one\n",
			r->folder);
	for (size_t i = 0; i < good; i++)
		profile_close(profiles[i]);
	return flush_output() == EXIT_DONE ? code : EXIT_ENVIRONMENT;
}

static enum exit_code show(struct kernels_run *r)
{
	struct profile *p = profile_find(r->o->words[0], r->why, sizeof(r->why));

	if (!p)
		return complain(EXIT_REJECTED, r->why);
	if (r->o->json)
		profile_print_json(stdout, p);
	else
		profile_print_text(stdout, p);
	profile_close(p);
	return flush_output();
}

static enum exit_code say_no_profile(struct kernels_run *r, const char *name)
{
	const char **names, *near;
	size_t count;

	store_list(&r->arena, r->folder, &names, &count);
	near = nearest(name, names, count);
	fprintf(stderr, "tgc: there is no kernel profile `%s`", name);
	fprintf(stderr, near ? "; did you mean `%s`?\n" : " in %s\n", near ? near : r->folder);
	return EXIT_REJECTED;
}

static enum exit_code drop(struct kernels_run *r)
{
	for (int i = 0; i < r->o->count; i++) {
		const char *name = r->o->words[i];
		const char *path = store_path(&r->arena, r->folder, name);

		if (!store_name_valid(name) || (unlink(path) < 0 && errno == ENOENT))
			return say_no_profile(r, name);
		if (access(path, F_OK) == 0) {
			fprintf(stderr, "tgc: cannot remove %s: %s\n", path, strerror(errno));
			return EXIT_ENVIRONMENT;
		}
		printf("removed kernel profile %s\n", name);
	}
	return flush_output();
}

/* ---- command line ------------------------------------------------------------------------- */

static int parse_options(struct kernels_options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},	  {"running", no_argument, NULL, 'r'},
		{"name", required_argument, NULL, 'n'},	  {"root", required_argument, NULL, 'R'},
		{"debian", required_argument, NULL, 'd'}, {0},
	};
	int option;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'j')
			o->json = true;
		else if (option == 'r')
			o->running = true;
		else if (option == 'n')
			o->name = optarg;
		else if (option == 'R')
			o->root = optarg;
		else if (option == 'd')
			o->debian = optarg;
		else
			return -1;
	}
	o->words = argv + optind;
	o->count = argc - optind;
	return 0;
}

static const char *check_add(const struct kernels_options *o)
{
	int sources = o->running + !!o->debian + !!o->count;

	if (!sources)
		return "which kernel? Give FILEs, --running or --debian SERIES";
	if (sources > 1)
		return "FILEs, --running and --debian are three ways; one at a time";
	if (o->root && !o->running)
		return "--root belongs to --running";
	return o->json ? "add has no --json" : NULL;
}

static const char *check_list(const struct kernels_options *o)
{
	return o->count || o->running || o->name || o->debian || o->root ? "list takes --json only"
									 : NULL;
}

static const char *check_show(const struct kernels_options *o)
{
	return o->count != 1 || o->running || o->name || o->debian || o->root
		       ? "show takes one NAME, and --json"
		       : NULL;
}

static const char *check_remove(const struct kernels_options *o)
{
	return !o->count || o->running || o->name || o->debian || o->root || o->json
		       ? "remove takes NAMEs"
		       : NULL;
}

static const struct {
	const char *name;
	const char *(*check)(const struct kernels_options *o);
	enum exit_code (*run)(struct kernels_run *r);
} actions[] = {
	{"add", check_add, add},
	{"list", check_list, list},
	{"show", check_show, show},
	{"remove", check_remove, drop},
};

static enum exit_code run_action(size_t i, const struct kernels_options *o)
{
	const char *problem = actions[i].check(o);
	struct kernels_run r = {.o = o};
	enum exit_code code;

	if (problem)
		return bad_usage(problem);
	r.folder = store_folder(&r.arena, r.why, sizeof(r.why));
	code = r.folder ? actions[i].run(&r) : complain(EXIT_ENVIRONMENT, r.why);
	arena_free(&r.arena);
	return code;
}

int cmd_kernels(int argc, char **argv)
{
	struct kernels_options o = {0};

	if (argc < 2)
		return bad_usage("what to do with kernels?");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(argv[1], actions[i].name) != 0)
			continue;
		if (parse_options(&o, argc - 1, argv + 1))
			return bad_usage("only the options below");
		return run_action(i, &o);
	}
	return bad_usage("the commands are add, list, show and remove");
}
