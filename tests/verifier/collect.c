// SPDX-License-Identifier: Apache-2.0
/* collect LOGS OBJECT INIT IMAGE WORK: boots a kernel, runs LOGS there, prints what it prints. */
#include <stdio.h>
#include "compiler/base/arena.h"
#include "compiler/vm/machine.h"

static void print_line(void *context, const char *line)
{
	fprintf(context, "%s\n", line);
}

int main(int argc, char *argv[])
{
	static const char *const args[] = {"/vm/bad.bpf.o", NULL};
	struct machine_file files[] = {{"/vm/bad.bpf.o", argc > 2 ? argv[2] : ""}};
	struct arena a = {0};
	struct vm_error e;
	struct machine m = {
		.args = args,
		.files = files,
		.file_count = 1,
		.timeout = 300,
		.out = print_line,
		.err = print_line,
		.context = stdout,
	};
	int status;

	if (argc != 6)
		return 2;
	m.program = argv[1];
	m.init = argv[3];
	m.image = argv[4];
	m.work = argv[5];
	status = machine_run(&a, &m, &e);
	if (status)
		fprintf(stderr, "collect: %s\n", status < 0 ? e.text : "failed");
	arena_free(&a);
	return status != 0;
}
