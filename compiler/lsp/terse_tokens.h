/* SPDX-License-Identifier: Apache-2.0 */
/* The tokens of a text in the terse language, as its parser sees them, ends of statements included.
 */
#ifndef TGC_LSP_TERSE_TOKENS_H
#define TGC_LSP_TERSE_TOKENS_H

#include "compiler/terse/lex.h"

struct arena;

struct terse_tokens {
	struct terse_token *v;
	size_t n, room;
};

/* Of `size` bytes; nothing is reported. */
struct terse_tokens terse_tokens(struct arena *a, uint32_t file, const char *text, size_t size);

#endif
