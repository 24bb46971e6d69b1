// SPDX-License-Identifier: Apache-2.0
/* tgc convert: from one language to the other. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/check/kernel_check.h"
#include "compiler/diag/diag.h"
#include "compiler/read/yaml_write.h"
#include "command.h"
#include "policy_read.h"

enum { OPT_KERNEL = 256, OPT_BTF, OPT_TO };

static const struct option long_options[] = {
	{"to", required_argument, NULL, OPT_TO},
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"btf", required_argument, NULL, OPT_BTF},
	COMMAND_TERSE_OPTIONS,
	DIAG_LONG_OPTIONS,
	{0},
};

struct conversion {
	struct arena arena;
	struct sources sources;
	struct diags diags;
	struct diag_options diag;
	struct command_names kernel_names;
	struct command_terse terse;
	struct kernel_set kernels;
	const char *to;
	struct policy_file file;
	struct yaml_docs docs;
	uint32_t source;
};

static int take_option(void *command, int option)
{
	struct conversion *c = command;

	if (option == OPT_TO)
		c->to = optarg;
	else if (option == OPT_KERNEL)
		command_add(&c->arena, &c->kernel_names, optarg);
	else if (option == OPT_BTF)
		command_add_btf(&c->arena, &c->kernel_names, optarg);
	else if (command_terse_option(&c->arena, &c->terse, option, optarg))
		return c->terse.bad;
	else
		return command_usage(NULL);
	return 0;
}

static int parse(struct conversion *c, int argc, char **argv)
{
	const struct command_parser parser = {DIAG_SHORT_OPTIONS, long_options, &c->diag,
					      take_option, c};
	int bad = command_parse(&parser, argc, argv);

	if (bad)
		return bad;
	if (argc - optind != 1)
		return command_usage("one policy file is converted at a time");
	c->file = command_terse_file(&c->terse, argv[optind]);
	if (!c->to)
		c->to = policy_is_terse(&c->file) ? "yaml" : "tg";
	if (strcmp(c->to, "yaml") && strcmp(c->to, "tg"))
		return command_usage("policies are converted `--to tg` or `--to yaml`, not to `%s`",
				     c->to);
	return 0;
}

static enum exit_code load(struct conversion *c)
{
	char why[1024];
	enum exit_code code = EXIT_DONE;
	int source;

	if (c->kernel_names.count)
		code = kernel_set_open(&c->kernels, &c->arena, c->kernel_names.names,
				       c->kernel_names.count, NULL, why, sizeof(why));
	if (code != EXIT_DONE) {
		fprintf(stderr, "tgc: %s\n", why);
		return code;
	}
	source = sources_load(&c->sources, c->file.path);
	if (source < 0) {
		fprintf(stderr, "tgc: cannot read %s: %s\n", c->file.path, strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	c->source = (uint32_t)source;
	return EXIT_DONE;
}

/* The tree, which is a policy without mistakes: the reader's checks are made, too. */
static bool read_tree(struct conversion *c)
{
	const struct terse_options options = {.kernels = c->kernels.v,
					      .kernel_count = c->kernels.count,
					      .all_kernels = true,
					      .params = c->terse.params,
					      .param_count = c->terse.count};
	struct ast ast = {.policy_count = 0};

	if (policy_is_terse(&c->file))
		terse_read(&c->arena, &c->diags, &c->sources, c->source, &options, &c->docs);
	else
		yaml_tree_read(&c->arena, &c->diags, &c->sources, c->source, &c->docs);
	if (diag_errors(&c->diags))
		return false;
	policy_read_tree(&c->arena, &c->diags, sources_get(&c->sources, c->source), &c->docs, &ast);
	if (!diag_errors(&c->diags) && !ast.policy_count)
		diag_at(&c->diags, DIAG_EMPTY_FILE, (struct span){.file = c->source},
			"the file holds no policy");
	return !diag_errors(&c->diags);
}

static void write_yaml(struct conversion *c)
{
	struct yaml_comments comments = {.n = 0};

	if (policy_is_terse(&c->file)) {
		comments.source = sources_get(&c->sources, c->source);
		comments.v = terse_comments(&c->arena, comments.source, &comments.n);
	}
	yaml_write(stdout, &c->docs, &comments);
}

static void write_terse(struct conversion *c)
{
	const struct source *f = sources_get(&c->sources, c->source);
	struct source none = {.name = "", .text = "", .size = 0};
	const char *text;
	size_t size;

	text = terse_write(&c->arena, policy_is_terse(&c->file) ? &none : f, &c->docs, &size);
	fwrite(text, 1, size, stdout);
}

static enum exit_code convert(struct conversion *c)
{
	enum exit_code code = load(c);

	if (code != EXIT_DONE)
		return code;
	if (read_tree(c)) {
		if (!strcmp(c->to, "yaml"))
			write_yaml(c);
		else
			write_terse(c);
	}
	diag_options_report(&c->diag, &c->diags, stderr);
	if (fflush(stdout) || ferror(stdout)) {
		fputs("tgc: standard output cannot be written\n", stderr);
		return EXIT_ENVIRONMENT;
	}
	return diags_failed(&c->diags) ? EXIT_REJECTED : EXIT_DONE;
}

int cmd_convert(int argc, char **argv)
{
	struct conversion c = {.diag = diag_options_default()};
	int code = parse(&c, argc, argv);

	if (!code) {
		c.sources.arena = &c.arena;
		c.diags = (struct diags){.arena = &c.arena, .sources = &c.sources};
		diag_options_apply(&c.diag, &c.diags);
		code = (int)convert(&c);
	}
	kernel_set_close(&c.kernels);
	arena_free(&c.arena);
	return code;
}
