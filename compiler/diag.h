/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: every message a user can get about a policy has a name in diag.def, which is
 * the contract for tests, docs and (later) -W options. Messages accumulate; the pipeline
 * asks diag_errors() between stages. Text:
 *
 *   FILE:LINE:COL: error: text [name]
 *      12 |       operator: "Prefx"
 *         |                 ^~~~~~~
 *   note: ... [FILE:LINE:COL]
 *       3 |       operator: "Prefix"
 *         |       ^~~~~~~~
 *   hint: ...
 *
 * The same message at the same place is kept and counted once.
 */
#ifndef TGC_DIAG_H
#define TGC_DIAG_H

#include <stdio.h>
#include "source.h"

enum diag_id {
#define DIAG(id, name, level) DIAG_##id,
#include "diag.def"
#undef DIAG
	DIAG_COUNT
};

enum diag_level { DIAG_ERROR, DIAG_WARNING };

struct diag;

struct diags {
	struct arena *arena;	       /* borrowed */
	const struct sources *sources; /* borrowed */
	struct diag *first, *last;
	unsigned errors, warnings;
	struct diag **seen; /* hash table by content: what was said once is not said again */
	size_t seen_room;
};

/* One message. The text is clean: no control characters, safe for a terminal. */
struct diag {
	struct diag *next, *same_hash;
	enum diag_id id;
	bool placed;
	struct span at;
	const char *text;
	struct diag_note *first_note, *last_note;
	unsigned order;
	uint64_t hash;
};

struct diag_note {
	struct diag_note *next;
	bool is_hint, placed;
	struct span at;
	const char *text; /* hints may hold several lines */
};

/* The contract of an id: its name in brackets, and whether it is an error. */
const char *diag_name(enum diag_id id);
enum diag_level diag_level(enum diag_id id);

/* A new message at a place; stays current for diag_note/diag_hint on the returned handle. */
struct diag *diag_at(struct diags *d, enum diag_id id, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The same without a place in a file (environment-free facts such as "no policy given"). */
struct diag *diag_plain(struct diags *d, enum diag_id id, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_note(struct diags *d, struct diag *on, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_note_at(struct diags *d, struct diag *on, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
void diag_hint(struct diags *d, struct diag *on, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static inline unsigned diag_errors(const struct diags *d)
{
	return d->errors;
}

/* Prints all messages in order of file and place, at most `limit` (0: no limit), then a
 * closing line with the counts. `colour`: ANSI. */
void diag_print(const struct diags *d, FILE *to, unsigned limit, bool colour);

/*
 * The candidate nearest to `word` by edit distance (transpositions count one), or NULL when
 * none is near enough to be what was meant. Case-insensitive equality is nearest of all.
 */
const char *nearest(const char *word, const char *const *candidates, size_t count);

#endif
