/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One program in one kernel: packs an initramfs with the program, its libraries and some files,
 * boots it (boot.h), and hands over what the program prints. The guest has nothing else.
 */
#ifndef TGC_VM_MACHINE_H
#define TGC_VM_MACHINE_H

#include "compiler/vm/vm.h"

struct arena;

struct machine_file {
	const char *path; /* in the guest */
	const char *from;
};

struct machine {
	const char *image;	 /* of the kernel */
	const char *init;	 /* the built guest init (compiler/vm/init.c), a static program */
	const char *program;	 /* becomes /vm/main */
	const char *const *args; /* its arguments; the last is NULL; none may have a newline */
	const struct machine_file *files;
	size_t file_count;
	const char *work; /* a folder for the initramfs and the console's log */
	unsigned timeout; /* seconds */
	/* Each line of its standard output, and of its standard error; NUL-terminated. */
	void (*out)(void *context, const char *line);
	void (*err)(void *context, const char *line);
	void *context;
};

/* The program's exit status, or -1 with the reason. */
int machine_run(struct arena *a, const struct machine *m, struct vm_error *e);

#endif
