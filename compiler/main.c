// SPDX-License-Identifier: Apache-2.0
/* tgc: the table of sub-commands. */
#include <stdio.h>
#include <string.h>
#include "compiler/commands/cmd_kernels.h"
#include "compiler/commands/command.h"
#include "compiler/diag/diag_options.h"
#include "compiler/explain/explain.h"
#include "runtime/trust.h"

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("tgc " TGC_VERSION);
	return EXIT_DONE;
}

static command_function cmd_help;

static const struct command {
	const char *name;
	command_function *run;
	const char *words;
} commands[] = {
	{"compile", cmd_compile,
	 "compile POLICY... -o FILE.tgb --key KEY.pem --cert CERT.pem\n"
	 "          [--kernel KERNEL]... [--root FOLDER] [--name NAME] [--bundle-version N]\n"
	 "          [--project FILE | --no-project] [--report] [--max-insns N] [--max-stack N]\n"
	 "          [--max-memory N] [--max-event-bytes N] [-j N] [--no-cache] [--progress]\n"
	 "          " DIAG_OPTIONS_WORDS},
	{"lint", cmd_lint,
	 "lint [FILE|FOLDER...] [--kernel KERNEL]... [--fix | --diff] [--matrix | --quiet]\n"
	 "          [--root FOLDER] [--project FILE | --no-project]\n"
	 "          " DIAG_OPTIONS_WORDS},
	{"convert", cmd_convert,
	 "convert [--to tg|yaml] [--kernel KERNEL]... [--param NAME=VALUE]... POLICY"},
	{"fmt", cmd_fmt, "fmt [--check] [--diff] FILE..."},
	{"lsp", cmd_lsp,
	 "lsp [--kernel KERNEL]... [--root FOLDER] [--project FILE | --no-project]\n"
	 "          [--param NAME=VALUE]... [-W|-E|-A RULE] [--strict]"},
	{"init", cmd_init, "init [--example] [FOLDER]"},
	{"bundle", cmd_bundle,
	 "bundle inspect FILE [--report] [--json] | verify --cert CERT.pem FILE"},
	{"prove", cmd_prove,
	 "prove --kernel KERNEL... --cert CERT.pem [--source FOLDER] [--json]\n"
	 "          [-o FILE.tgb --key KEY.pem] BUNDLE"},
	{"dump", cmd_dump,
	 "dump --stage ast|ir|tir|c POLICY... [--no-places] [--kernel KERNEL]\n"
	 "          [--root FOLDER]"},
	{"explain", cmd_explain,
	 "explain RULE... | --list\n"
	 "  tgc explain POLICY|FOLDER... [--kernel KERNEL]... [--format text|markdown]"},
	{"kernels", cmd_kernels,
	 "kernels add [--name NAME] FILE... | --running | --debian SERIES\n"
	 "  tgc kernels list | show NAME | remove NAME..."},
	{"btf", cmd_btf, "btf [--kernel KERNEL]... SYMBOL|GLOB"},
	{"version", cmd_version, "version"},
	{"help", cmd_help, "help"},
};

static int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("tgc compiles Tetragon tracing policies to signed eBPF bundles.\n");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		printf("  tgc %s\n", commands[i].words);
	puts("\nExit codes: 0 done, 1 policy or bundle rejected, 2 usage, 3 environment.\n"
	     "The manual: man tgc");
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	crypto_init();

	if (!strcmp(name, "--help") || !strcmp(name, "-h"))
		name = "help";
	if (!strcmp(name, "--version"))
		name = "version";
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return commands[i].run(argc - 1, argv + 1);
	return *name ? command_usage("there is no command `%s`", name)
		     : command_usage("which command?");
}
