/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical layout of YAML files, and where their comments are. */
#ifndef TGC_YAML_FORMAT_H
#define TGC_YAML_FORMAT_H

#include "compiler/base/source.h"

struct arena;
struct diags;

struct yaml_comment_place {
	uint32_t start, end; /* bytes, from `#`, without blanks at the end */
	bool alone;	     /* nothing stands before it on its line */
};

struct yaml_comment_places {
	struct yaml_comment_place *v;
	size_t n, room;
};

/* The comments of a file that yaml_tree_read() has read without errors, in their order. */
void yaml_comments_find(struct arena *a, const struct sources *s, uint32_t file,
			struct yaml_comment_places *out);

/*
 * The canonical form: values, anchors, comments and their order stay, and so do the styles of
 * scalars; indentation, blanks and empty lines become those of docs/language.md. What is written is
 * read again and compared. NULL: there were mistakes, which are reported.
 */
const char *yaml_format(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
			size_t *size);

#endif
