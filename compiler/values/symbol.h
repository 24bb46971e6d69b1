/* SPDX-License-Identifier: Apache-2.0 */
/* `symbols` of uprobes: SYMBOL or SYMBOL+OFFSET. */
#ifndef TGC_SYMBOL_H
#define TGC_SYMBOL_H

#include "value_error.h"

struct symbol {
	const char *name;
	uint64_t offset; /* bytes behind the symbol's address */
};

bool symbol_parse(struct arena *a, const struct ast_str *text, struct symbol *out,
		  struct value_error *e);
const char *symbol_print(struct arena *a, const struct symbol *s);

#endif
