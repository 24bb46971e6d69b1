/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terse language, .tg: from text to the tree of a YAML file that says the same, with places in
 * the text. compiler/read goes on with that tree, so that what a policy may say is checked in
 * one place. docs/language.md describes the language.
 */
#ifndef TGC_TERSE_H
#define TGC_TERSE_H

#include <stdio.h>
#include "compiler/read/yaml_tree.h"

struct arena;
struct diags;
struct kernel;

/* `--param NAME=VALUE` */
struct terse_param {
	const char *name, *value;
};

struct terse_options {
	/* Kernels whose names of arguments and constants are known; NULL: none are. */
	const struct kernel *kernels;
	size_t kernel_count;
	bool all_kernels; /* hooks for none of them are wanted as well, with the names of arguments
			   */
	const struct terse_param *params;
	size_t param_count;
};

/*
 * Reads a file of the sources. `options` may be NULL. Files that it includes or loads are added to
 * `s`. What is wrong is reported to `d`; `out` has the policies that could be read all the same.
 */
void terse_read(struct arena *a, struct diags *d, struct sources *s, uint32_t file,
		const struct terse_options *options, struct yaml_docs *out);

/*
 * The canonical form of a file without mistakes: comments stay, order stays, blank lines become
 * one. NULL: there were mistakes, which are reported.
 */
const char *terse_format(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
			 size_t *size);

/* The same for a text that is known to have no mistakes. */
const char *terse_format_text(struct arena *a, const char *text, size_t size, size_t *out);

/* The places of its comments, in their order. */
const struct span *terse_comments(struct arena *a, const struct source *f, size_t *count);

/* A YAML file's tree, without errors, in the terse language; `source` has the comments. */
const char *terse_write(struct arena *a, const struct source *source, const struct yaml_docs *docs,
			size_t *size);

#endif
