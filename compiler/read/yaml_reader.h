/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the YAML tree reader (yaml_tree.c, yaml_text.c, yaml_syntax.c) only. */
#ifndef TGC_YAML_READER_H
#define TGC_YAML_READER_H

#include <yaml.h>
#include "yaml_tree.h"

struct yaml_anchor {
	struct yaml_anchor *next;
	const char *name;
	struct yaml_node *node;
};

enum { ANCHOR_SLOTS = 256 };

struct yaml_reader {
	struct arena *arena;
	struct diags *d;
	const struct source *source;
	uint32_t file;
	size_t bom;		 /* bytes before the text that libyaml sees */
	bool ascii;		 /* characters are bytes */
	const uint32_t *strides; /* byte offset of every STRIDE-th character */
	size_t stride_count;
	yaml_parser_t parser;
	struct yaml_anchor *anchors[ANCHOR_SLOTS]; /* of the current document */
	size_t nodes, aliased;
	uint32_t content_end; /* behind the last thing that was read */
};

/* yaml_tree.c: NULL: reported. The parser is to be deleted. */
struct yaml_reader *yaml_reader_open(struct arena *a, struct diags *d, const struct sources *s,
				     uint32_t file);
/* The parser from the file's start, again. */
void yaml_reader_restart(struct yaml_reader *r);

/* yaml_text.c: checks that the text is UTF-8 without control characters, and indexes it. */
bool yaml_text_check(struct yaml_reader *r);
/* The byte offset in the file of a libyaml mark. */
uint32_t yaml_text_offset(const struct yaml_reader *r, const yaml_mark_t *mark);

/* yaml_syntax.c: reports the parser's error. */
void yaml_syntax_report(struct yaml_reader *r);

#endif
