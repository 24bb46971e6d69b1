/* SPDX-License-Identifier: Apache-2.0 */
/* Prose with headings, wrapped, as plain text or as Markdown. */
#ifndef TGC_EXPLAIN_DOC_H
#define TGC_EXPLAIN_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct arena;
struct ast_str;

#define DOC_WIDTH 92 /* columns of plain text */

struct doc {
	struct arena *arena;
	FILE *to;
	bool markdown;
	bool began; /* something has been written */
	bool in_list;
	char *text; /* of the paragraph so far */
	size_t len, room;
};

/* level 1 to 3 */
void doc_heading(struct doc *d, unsigned level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Adds to the paragraph; blanks between the pieces are the caller's. */
void doc_say(struct doc *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Ends the paragraph. As an item it is `depth` deep in a list, from 1. Nothing said: nothing. */
void doc_end(struct doc *d);
void doc_end_item(struct doc *d, unsigned depth);

/* The user's words in backticks, with nothing in it that a terminal would act on. */
const char *doc_quote(struct arena *a, const char *s, size_t len);
const char *doc_quote_word(struct arena *a, const char *word);

/* "a", "a or b", "a, b or c" */
struct doc_list {
	const char **v;
	size_t n, room;
};
void doc_list_add(struct arena *a, struct doc_list *l, const char *item);
const char *doc_list_text(struct arena *a, const struct doc_list *l, const char *joint);
/* All of them quoted. */
const char *doc_strings(struct arena *a, const struct ast_str *v, size_t n, const char *joint);

#endif
