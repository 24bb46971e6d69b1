/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a text of the policy is no value. Every parser of the value languages returns false and
 * fills one of these; the caller, who knows the place, makes the diagnostic. Texts are constant
 * or live in the arena that the parser was given.
 */
#ifndef TGC_VALUE_ERROR_H
#define TGC_VALUE_ERROR_H

#include "compiler/read/ast.h"

struct value_error {
	const char *text;	 /* for the diagnostic's first line; no full stop */
	const char *hint;	 /* advice, or NULL */
	const char *replacement; /* the whole value, mended; NULL when nobody can know it */
	uint32_t from, to;	 /* the bytes of the text at fault; both 0: all of them */
};

/* All return false, so that a parser can end with them. */
bool refuse(struct value_error *e, const char *text);
/* `hint` and `replacement` may be NULL. */
bool refuse_hint(struct value_error *e, const char *text, const char *hint);
bool refuse_mend(struct value_error *e, const char *text, const char *replacement);
bool refuse_at(struct value_error *e, size_t from, size_t to, const char *text);

/*
 * The first bytes of a value for a message: up to a NUL, shortened when long, cut between
 * characters. Controls are left for the printer, which escapes them.
 */
const char *shown(struct arena *a, const char *s, size_t len);
/* False, with a reason, when the text holds a NUL; `what` completes "is no part of". */
bool no_nul(struct arena *a, const struct ast_str *text, const char *what, struct value_error *e);
/* `text` with the bytes from..to replaced by `by`. */
const char *mended(struct arena *a, const struct ast_str *text, size_t from, size_t to,
		   const char *by);

#endif
