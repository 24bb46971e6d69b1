/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel harness's files share: the sentence that says why something failed.
 * The harness takes kernels from Debian, packs an initramfs and boots it under QEMU; it is a
 * library (no output, no globals), used by the tests and by `tgc dryrun` and `tgc prove`.
 */
#ifndef TGC_VM_H
#define TGC_VM_H

#include <stdarg.h>
#include <stddef.h>

struct vm_error {
	char text[1024]; /* one or more lines, no newline at the end */
};

/* Fills `e` and returns -1, so that a failing function can `return vm_fail(e, ...)`. */
int vm_fail(struct vm_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A sentence about what is being done now ("downloading ..."); may be NULL. */
struct vm_progress {
	void (*say)(void *context, const char *sentence);
	void *context;
};

void vm_say(const struct vm_progress *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
