/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places as the protocol has them: a line from 0 and, within it, UTF-16 code units or bytes. Lines
 * end at LF, CR LF and CR, as for struct source.
 */
#ifndef TGC_LSP_POSITION_H
#define TGC_LSP_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include "compiler/base/source.h"

struct lsp_position {
	uint32_t line, character;
};

/* The byte that a place is before. What lies behind the end of a line is its end; behind the last
 * line, the end of the text. Never inside of a character. */
uint32_t lsp_offset(const struct source *f, struct lsp_position p, bool utf8);
/* The same for text without an index of lines. */
size_t lsp_offset_in(const char *text, size_t size, struct lsp_position p, bool utf8);
struct lsp_position lsp_position(const struct source *f, uint32_t offset, bool utf8);

/* False: it is no position. Numbers that are too large are the largest. */
bool lsp_position_read(const json_t *j, struct lsp_position *out);
json_t *lsp_position_json(struct lsp_position p);
json_t *lsp_range_json(const struct source *f, uint32_t start, uint32_t end, bool utf8);

#endif
