/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boots a kernel with an initramfs under QEMU, in software emulation: no privileges and no
 * KVM needed. The console goes to a log file; what the guest says (compiler/vm/init.c) comes
 * line by line over a second serial port.
 */
#ifndef TGC_VM_BOOT_H
#define TGC_VM_BOOT_H

#include <stdbool.h>
#include "compiler/vm/vm.h"

struct boot {
	const char *image, *initramfs;
	const char *console; /* the log file to write */
	const char *append;  /* more kernel parameters; NULL: none */
	unsigned memory;     /* MiB */
	unsigned cpus;
	bool counted;	  /* one CPU, guest time = instructions executed */
	unsigned timeout; /* seconds of real time */
	int input;	  /* a descriptor the guest can read from; -1: none */
	/* Each line as it comes, NUL-terminated, without its newline. */
	void (*line)(void *context, char *line, size_t len);
	void *context;
};

/*
 * Runs the guest to its end. Returns the exit status of its /vm/main, or -1 with the reason
 * (did not start, hung, died early; with the end of the console's log).
 */
int boot_run(const struct boot *b, struct vm_error *e);

#endif
