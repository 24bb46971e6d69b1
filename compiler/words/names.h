/* SPDX-License-Identifier: Apache-2.0 */
/* grammar/names.def as constant tables: names of numbers, both ways. */
#ifndef TGC_NAMES_H
#define TGC_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum name_set {
#define NAMES(set, ...) NAMES_##set,
#include "grammar/names.def"
	NAMES_COUNT
};

struct name {
	enum name_set set;
	const char *text;
	uint32_t number;
	bool spelling_differs; /* Tetragon refuses this spelling */
};

/* By spelling, letter case as the set has it; NULL: the set has no such name. */
const struct name *name_find(enum name_set set, const char *s, size_t len);
/* The preferred spelling of a number, or NULL. */
const char *name_of(enum name_set set, uint32_t number);
/*
 * What a wrong spelling was meant to be, or NULL: another letter case, a forgotten prefix, a
 * slip, or a known mistake, whose remedy may be a number. Never the spelling itself.
 */
const char *name_nearest(struct arena *a, enum name_set set, const char *s, size_t len);

/* "protocol", "protocols". */
const char *names_noun(enum name_set set);
const char *names_plural(enum name_set set);
/* All spellings of a set; `*count` gets their number. */
const struct name *names_all(enum name_set set, size_t *count);

#endif
