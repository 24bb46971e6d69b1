/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of stage "emit"; not for others. */
#ifndef TGC_EMIT_H
#define TGC_EMIT_H

#include <stdio.h>
#include "plan.h"
#include "compiler/base/source.h"

struct emitter {
	struct arena *arena;
	const struct sources *sources;
	const struct plan *plan;
	FILE *out;
	const char *function; /* of text predicates: `__subprogram`, or `__inline` when many */
};

/* Where the bytes of a text lie in the scratch buffer `text`. */
enum text_layout {
	TEXT_AT_START, /* strings: from text[0] */
	TEXT_AT_END,   /* paths: up to text[TG_TEXT_END] */
};

/* `#line` for the next function head. */
void emit_line(struct emitter *e, struct span at);
/* A function `bool NAME(struct tg_scratch *)`: does the text in s->read satisfy the operator? */
void emit_text_predicate(struct emitter *e, const char *name, enum text_layout layout, enum op op,
			 const struct value *values, size_t count);
/*
 * A function `bool NAME(__u64 first, const struct tg_sketch *)`: false only if no path with that
 * sketch can satisfy the filter. Returns false, and emits nothing, when a sketch cannot tell.
 */
bool emit_sketch_predicate(struct emitter *e, const char *name, const struct tir_filter *f);
/* Can a sketch of this filter's path ever rule it out? */
bool sketch_useful(const struct tir_filter *f);
/* Can a path satisfy it whose first component is too long to lie in its dentry? */
bool sketch_maybe_long(const struct tir_filter *f);
/* The matcher and the programs that keep binaries' bits with each process. */
void emit_binaries(struct emitter *e);

#endif
