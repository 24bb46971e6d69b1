/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML file as it is laid out: styles, anchors, aliases and comments, which the tree of
 * yaml_tree.h forgets. Lives in the arena. Shared by yaml_layout.c and yaml_format.c.
 */
#ifndef TGC_YAML_LAYOUT_H
#define TGC_YAML_LAYOUT_H

#include "yaml_format.h"

enum layout_kind {
	LAYOUT_SCALAR, /* of one line, or an alias */
	LAYOUT_LINES,  /* a plain or quoted scalar of several lines */
	LAYOUT_BLOCK,  /* | or > */
	LAYOUT_MAP,
	LAYOUT_LIST,
};

struct layout_node {
	enum layout_kind kind;
	bool flow;	     /* a collection in brackets */
	uint32_t start, end; /* bytes of the source, end without blanks and line ends behind */
	uint32_t column;     /* of a block collection's entries, from 0 */
	uint32_t width;	     /* on one line; UINT32_MAX: it has several */
	const char *props;   /* "&name !!str", or "" */
	const char *text;    /* SCALAR: as it is written; BLOCK: the header, "|-" */
	uint32_t *lines;     /* LINES, BLOCK: start and end of each in the source */
	struct layout_node **kids; /* MAP: keys and values in turn */
	size_t count, room;	   /* of kids, or of lines */
};

struct layout_document {
	struct layout_node *root;
	uint32_t start, end; /* of its `---`; the same: there is none */
	int major, minor;    /* of %YAML; 0: none */
};

struct layout {
	struct arena *arena;
	const struct source *source;
	struct layout_document *docs;
	size_t count, room;
	struct yaml_comment_places comments;
};

/* The bytes of the line break at `at`, as YAML has them; 0: there is none. The text ends with NUL.
 */
uint32_t yaml_break(const char *text, uint32_t at);
/* Whether a line break, or nothing, is right before `at`. */
bool yaml_line_starts(const char *text, uint32_t at);

/* Reads a file that yaml_tree_read() has read without errors. */
void yaml_layout_read(struct arena *a, const struct sources *s, uint32_t file, struct layout *out);

#endif
