/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that parse CelExpr; not for others. */
#ifndef TGC_CEL_PARSER_H
#define TGC_CEL_PARSER_H

#include "cel.h"

enum { LEVELS = 4 };

enum token { TOKEN_END, TOKEN_NUMBER, TOKEN_NAME, TOKEN_SIGN, TOKEN_TEXT };

struct parser {
	struct arena *arena;
	const struct ast_str *text;
	struct value_error *error;
	enum token token;
	size_t from, to; /* of the current token */
	size_t last;	 /* where the token before it ended */
	unsigned nest;
	bool failed;
};

/* On to the next word. */
void cel_next(struct parser *p);
bool cel_is_sign(const struct parser *p, const char *sign);
/* The current word is the sign, which is passed over. */
bool cel_expect(struct parser *p, const char *sign);
/* NULL: the first refusal counts, which is about the current word. */
struct cel_node *cel_fail(struct parser *p, const char *why);
/* NULL when the tree is too deep; its text ends with the word before the current one. */
struct cel_node *cel_node(struct parser *p, enum cel_kind kind, size_t from, struct cel_node *left,
			  struct cel_node *right);
/* Operators of a level and above; 0 is everything. */
struct cel_node *cel_expression(struct parser *p, int level);

/* ---- texts and lists (cel_text.c) ---- */

/* Where the literal that begins with the quote at `at` ends. */
size_t cel_text_end(const struct ast_str *text, size_t at);
struct cel_node *cel_text(struct parser *p);
/* What follows an operand: `.startsWith("...")` and the like. */
struct cel_node *cel_methods(struct parser *p, size_t from, struct cel_node *of);
/* `in [...]`, behind its left side. */
struct cel_node *cel_in(struct parser *p, size_t from, struct cel_node *left);
/* The literal as it is written. */
const char *cel_text_print(struct arena *a, const struct cel_node *n);

#endif
