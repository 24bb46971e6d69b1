/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the value languages share: an arena, texts, and refusals compared in full. */
#ifndef TGC_VALUE_FIXTURE_H
#define TGC_VALUE_FIXTURE_H

#include <criterion/criterion.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/values/value_error.h"

/* A literal with the NULs it holds: a text and its size, for table rows. */
#define T(literal) (literal), sizeof(literal) - 1
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))

static struct arena arena;

static inline struct ast_str text_of(const char *s, size_t len)
{
	return (struct ast_str){.s = s, .len = len};
}

static inline void drop_arena(void)
{
	arena_free(&arena);
}

static inline void expect_text(const char *got, const char *want, const char *what, const char *of)
{
	if (want)
		cr_expect_str_eq(got ? got : "(none)", want, "%s of `%s`: %s", what, of,
				 got ? got : "(none)");
	else
		cr_expect_null(got, "%s of `%s`: %s", what, of, got);
}

/* The refusal must be this one, and its place must lie in the text. */
static inline void expect_refusal(const struct value_error *e, const struct ast_str *of,
				  const char *text, const char *replacement)
{
	expect_text(e->text, text, "the reason", of->s);
	expect_text(e->replacement, replacement, "the replacement", of->s);
	cr_expect_leq(e->from, e->to, "%s", of->s);
	cr_expect_leq(e->to, of->len, "%s", of->s);
}

#endif
