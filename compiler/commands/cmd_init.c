// SPDX-License-Identifier: Apache-2.0
/* tgc init: a project file to start from. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "command.h"

static const char project_text[] =
	"# What `tgc lint` and `tgc compile` do when no policy is named: see "
	"docs/project-file.md.\n"
	"# Paths are relative to this file. A key may be left out; what it means then is shown.\n"
	"version: 1            # of this file's form\n"
	"\n"
	"# Files, folders (searched to their depths) and patterns. Without this key: policies, or "
	"else\n"
	"# this folder. What a folder holds besides tracing policies is passed over.\n"
	"policies: [policies]\n"
	"#exclude: [\"draft-*\", \"policies/old/*\"]\n"
	"\n"
	"# The kernels that every policy must fit: names that `tgc kernels list` shows, or, with "
	"a\n"
	"# slash, paths of profiles and of type information (BTF). Without this key: the running "
	"kernel.\n"
	"#kernels: [6.12, ./kernels/node.btf]\n"
	"\n"
	"# Findings by name, the word in brackets at the end of a message.\n"
	"#rules:\n"
	"#  error: [no-hooks]   # refuse\n"
	"#  warn: []            # report\n"
	"#  allow: [api-version] # keep quiet about it\n"
	"\n"
	"# Whether warnings fail the run like errors.\n"
	"strict: false\n"
	"\n"
	"# Who signs the bundle. Keep the key out of the repository.\n"
	"#sign:\n"
	"#  key: ../signer.key\n"
	"#  cert: signer.pem\n"
	"\n"
	"output:\n"
	"  bundle: policies.tgb   # where `tgc compile` writes\n"
	"  #name: policies        # of the bundle; else the file's name up to its last dot\n"
	"  #version: 1            # tgrun refuses to go back to a lower one\n"
	"  #format: text          # of findings: text, json, sarif or github\n"
	"  #limit: 20             # findings shown; 0: all\n";

static const char example_text[] = "# Reports who reads or writes the files that hold passwords.\n"
				   "apiVersion: cilium.io/v1alpha1\n"
				   "kind: TracingPolicy\n"
				   "metadata:\n"
				   "  name: password-files\n"
				   "spec:\n"
				   "  kprobes:\n"
				   "  - call: security_file_permission\n"
				   "    syscall: false\n"
				   "    args:\n"
				   "    - index: 0\n"
				   "      type: file\n"
				   "    - index: 1\n"
				   "      type: int\n"
				   "    selectors:\n"
				   "    - matchArgs:\n"
				   "      - index: 0\n"
				   "        operator: Equal\n"
				   "        values:\n"
				   "        - /etc/passwd\n"
				   "        - /etc/shadow\n";

static const char workflow_text[] = "# For GitHub, as .github/workflows/policies.yaml:\n"
				    "name: policies\n"
				    "on: [push, pull_request]\n"
				    "jobs:\n"
				    "  lint:\n"
				    "    runs-on: ubuntu-latest\n"
				    "    steps:\n"
				    "    - uses: actions/checkout@v4\n"
				    "    - run: tgc lint   # exit code 1: findings\n";

struct init_options {
	const char *folder;
	bool example;
};

static enum exit_code fail(const char *path, const char *reason)
{
	fprintf(stderr, "tgc: %s: %s\n", path, reason);
	return EXIT_ENVIRONMENT;
}

/* ---- files ----------------------------------------------------------------------------- */

static int write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			text += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* link() makes the name exist with its whole content, or fails because it does: nothing is ever
 * overwritten, nor seen half written. */
static int fill_and_link(int fd, const char *temporary, const char *path, const char *text)
{
	mode_t mask = umask(0);
	int failed, error;

	umask(mask);
	failed = write_all(fd, text, strlen(text)) || fchmod(fd, 0666 & ~mask) || fsync(fd) ||
		 link(temporary, path);
	error = errno;
	close(fd);
	unlink(temporary);
	errno = error;
	return failed ? -1 : 0;
}

static enum exit_code create(const char *path, const char *text)
{
	char temporary[PATH_MAX];
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return fail(path, strerror(ENAMETOOLONG));
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return fail(path, strerror(errno));
	if (!fill_and_link(fd, temporary, path, text)) {
		fprintf(stderr, "wrote %s\n", path);
		return EXIT_DONE;
	}
	if (errno != EEXIST)
		return fail(path, strerror(errno));
	fprintf(stderr, "tgc: %s exists already, and is left as it is\n", path);
	return EXIT_REJECTED;
}

static enum exit_code make_folder(const char *path)
{
	if (!mkdir(path, 0777) || errno == EEXIST)
		return EXIT_DONE;
	return fail(path, strerror(errno));
}

/* ---- the command ----------------------------------------------------------------------- */

static enum exit_code write_example(const char *folder)
{
	char path[PATH_MAX];
	enum exit_code code;

	snprintf(path, sizeof(path), "%s/policies", folder);
	code = make_folder(path);
	if (code != EXIT_DONE)
		return code;
	snprintf(path, sizeof(path), "%s/policies/example.yaml", folder);
	code = create(path, example_text);
	if (code != EXIT_DONE)
		return code;
	fputs(workflow_text, stdout);
	return fflush(stdout) || ferror(stdout) ? fail("standard output", "cannot be written")
						: EXIT_DONE;
}

static enum exit_code init(const struct init_options *o)
{
	char path[PATH_MAX];
	enum exit_code code = make_folder(o->folder);

	if (code != EXIT_DONE)
		return code;
	if (strlen(o->folder) > PATH_MAX - 64)
		return fail(o->folder, strerror(ENAMETOOLONG));
	snprintf(path, sizeof(path), "%s/" PROJECT_FILE, o->folder);
	code = create(strncmp(path, "./", 2) ? path : path + 2, project_text);
	if (code != EXIT_DONE || !o->example)
		return code;
	return write_example(o->folder);
}

int cmd_init(int argc, char **argv)
{
	static const struct option long_options[] = {
		{"example", no_argument, NULL, 'e'},
		{0},
	};
	struct init_options o = {.folder = "."};
	int option;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (option != 'e')
			return command_usage(NULL); /* getopt has said what is wrong */
		o.example = true;
	}
	if (argc - optind > 1)
		return command_usage("init makes one project: give one folder");
	if (optind < argc)
		o.folder = argv[optind];
	return init(&o);
}
