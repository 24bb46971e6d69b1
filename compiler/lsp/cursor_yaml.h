/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts that find the cursor in YAML (cursor_yaml.c, cursor_flow.c) only. */
#ifndef TGC_LSP_CURSOR_YAML_H
#define TGC_LSP_CURSOR_YAML_H

#include "cursor.h"

enum { LEVELS_MAX = 32, LINES_MAX = 20000, FLOW_MAX = 16 };

/* What a line begins with: dashes, and perhaps a key. */
struct yaml_line {
	size_t start, end; /* bytes of the text */
	size_t dashes[8];  /* columns */
	size_t dash_count;
	size_t column;	/* of what stands behind them */
	size_t key_len; /* 0: it is no key */
	bool blank;
};

/* A key above the cursor, and where the mapping or list below it is. */
struct level {
	const char *key;
	size_t line;   /* the first of the mapping */
	size_t column; /* of its keys */
};

struct walk {
	struct arena *arena;
	const struct source *f;
	struct cursor *c;
	struct level levels[LEVELS_MAX]; /* innermost first */
	size_t count;
	size_t line; /* of the cursor */
};

/* The end of a line without what ends it. */
size_t yaml_line_end(const struct source *f, size_t line);
/* The line, as far as the byte `limit`. */
struct yaml_line yaml_read_line(const struct source *f, size_t line, size_t limit);
/* The bytes of the key at `s`, with its quotes; 0: there is none. */
size_t yaml_key_length(const char *s, const char *end);
const char *yaml_unquoted(struct arena *a, const char *s, size_t len);
/* A key of the mapping that the cursor is in, with its value from byte `at` on. */
void yaml_add_sibling(struct walk *w, const char *key, const char *value, size_t len, size_t at);

/* ---- cursor_flow.c ---- */

/* Braces and brackets that are open at the cursor, and the keys that they belong to. */
struct flow {
	const char
		*keys[FLOW_MAX]; /* under which each stands, outermost first; NULL: the block's */
	char kinds[FLOW_MAX];
	size_t from[FLOW_MAX]; /* bytes: where each starts */
	size_t depth;
	const char *key; /* whose value is being written; NULL: none */
	bool quoted, comment, bad;
};

/* The line where the outermost one that is still open when `line` begins was opened; `line` itself
 * when none is. */
size_t flow_head(struct arena *a, const struct source *f, size_t line);
/* Reads on from one byte to another, over lines. */
void flow_read(struct arena *a, const struct source *f, struct flow *fl, size_t from, size_t to);
/* Where a flow that begins in line `head` ends at the latest, seen from a line in it. */
size_t flow_stop(const struct source *f, size_t head, size_t line);
/* Calls for each entry of the mapping whose brace is at byte `from`, up to `stop`. */
void flow_each(struct walk *w, size_t from, size_t stop,
	       void (*take)(struct walk *w, const char *key, size_t at, size_t len));

#endif
