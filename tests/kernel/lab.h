/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The laboratory: compiles the cases' policies for one kernel, packs them with tgrun into an
 * initramfs, boots that kernel once and hands every line of the guest to the record of the
 * case it belongs to.
 */
#ifndef TGC_TEST_LAB_H
#define TGC_TEST_LAB_H

#include "compiler/vm/kernels.h"
#include "tests/kernel/case.h"
#include "tests/kernel/record.h"

struct lab_file { /* one more file in the guest */
	const char *path, *from;
	bool program; /* with the libraries it needs */
};

struct lab {
	const char *tgc, *tgrun;  /* the programs under test */
	const char *init, *guest; /* the guest's own programs, static */
	const char *work;	  /* a folder for everything made */
	const char *cache;	  /* kernels */
	unsigned cpus, memory, timeout;
	unsigned script_seconds; /* that a script may take; 0: a minute */
	bool counted;		 /* boot.h */
	const struct lab_file *files;
	size_t file_count;
};

struct lab_case {
	const struct test_case *test;
	const char *refused; /* what tgc said when it did not compile; NULL: it did */
	struct record record;
};

/* Called when something has come for a case, as it comes; `word` as in tests/kernel/guest.c. */
struct lab_watch {
	void (*line)(void *context, struct lab_case *c, const char *word, const char *text);
	void *context;
};

/* The defaults: what `make` builds. */
void lab_defaults(struct lab *lab);

/* Made once per work folder: a key and a certificate for signing (key.pem, cert.pem), and a
 * certificate of somebody else (other.pem). */
int lab_keys(const struct lab *lab, struct vm_error *e);

/* Compiles each case's policies against the kernel's BTF; a refusal is noted in the case. */
int lab_compile(struct arena *a, const struct lab *lab, const struct kernel *k,
		struct lab_case *cases, size_t count, struct vm_error *e);

/* Packs and boots. 0 when the guest came to its end, whatever the cases say. */
int lab_boot(struct arena *a, const struct lab *lab, const struct kernel *k, struct lab_case *cases,
	     size_t count, const struct lab_watch *watch, struct vm_error *e);
/* Whether the last boot ended by the emulation's doing: the kernel said that its processors hang,
 * and of no fault before, or met a breakpoint of its own patching. */
bool lab_is_stuck(struct arena *a, const struct lab *lab, const struct kernel *k);

#endif
