/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: every message a user can get about a policy has a name in diag.def or rules.def,
 * which is the contract for tests, docs and the options -W, -E and -A. Messages accumulate; the
 * pipeline asks diags_failed() between stages. diag_write.h shows them: as text,
 *
 *   FILE:LINE:COL: error: text [name]
 *      12 |       operator: "Prefx"
 *         |                 ^~~~~~~
 *   note: ... [FILE:LINE:COL]
 *       3 |       operator: "Prefix"
 *         |       ^~~~~~~~
 *   hint: ...
 *
 * or for programs. The same message at the same place is kept and counted once.
 */
#ifndef TGC_DIAG_H
#define TGC_DIAG_H

#include <stdio.h>
#include "compiler/base/source.h"

enum diag_id {
#define DIAG(id, name, level) DIAG_##id,
#include "diag.def"
#undef DIAG
	DIAG_COUNT
};

enum diag_level {
	DIAG_ERROR,
	DIAG_WARNING,
	DIAG_OFF, /* not reported */
};

/* Levels that the user chose; all zero: none. */
struct diag_levels {
	uint8_t chosen[DIAG_COUNT]; /* 0, or a level + 1 */
};

enum { DIAG_CONTEXTS_MAX = 64 };

struct diag;

struct diags {
	struct arena *arena;	       /* borrowed */
	const struct sources *sources; /* borrowed */
	struct diag *first, *last;
	unsigned errors, warnings;
	struct diag **seen; /* hash table by content: what was said once is not said again */
	size_t seen_room;
	struct diag_levels levels;
	bool strict;		     /* warnings fail the run as errors do */
	bool reported[DIAG_COUNT];   /* since diags_scope() */
	const char *const *contexts; /* names of kernels, borrowed */
	size_t context_count;
	uint64_t context; /* the bit of the current one, or 0 */
};

/* One message. The text is clean: no control characters, safe for a terminal. */
struct diag {
	struct diag *next, *same_hash;
	enum diag_id id;
	enum diag_level level;
	bool placed;
	struct span at;
	const char *text;
	struct diag_note *first_note, *last_note;
	struct diag_edit *first_edit, *last_edit;
	uint64_t contexts; /* in which it was said, as bits; 0: none were in use */
	unsigned order;
	uint64_t hash;
};

struct diag_note {
	struct diag_note *next;
	bool is_hint, placed;
	struct span at;
	const char *text; /* hints may hold several lines */
};

/* One replacement of a fix. The edits of one message belong together: all or none. */
struct diag_edit {
	struct diag_edit *next;
	struct span at;	  /* empty: an insertion */
	const char *text; /* as it goes into the file, with its line ends */
};

/* ---- names and levels ---- */

/* The contract of an id: its name in brackets, and the level it has unless the user says. */
const char *diag_name(enum diag_id id);
enum diag_level diag_level(enum diag_id id);
/* "error", "warning" or "off" */
const char *diag_level_name(enum diag_level level);
/* Whether the level of an id can be chosen (rules.def). */
bool diag_is_rule(enum diag_id id);
/* The id with this name, or DIAG_COUNT. */
enum diag_id diag_find(const char *name);
/* The name that is meant by a misspelt one, or NULL. */
const char *diag_nearest_name(const char *name);

/*
 * Chooses a level. "all": DIAG_WARNING turns on the rules that are off, DIAG_ERROR makes errors
 * of those that are on, DIAG_OFF turns all off. False: no such name, or an error that no level
 * but DIAG_ERROR suits.
 */
bool diag_levels_set(struct diag_levels *l, const char *name, enum diag_level level);
enum diag_level diag_levels_get(const struct diag_levels *l, enum diag_id id);
bool diags_set_level(struct diags *d, const char *name, enum diag_level level);

/* The letter of an option (W, E or A) with its name. False: `why` says what is wrong with it. */
bool diag_levels_option(struct diag_levels *l, int letter, const char *name, char *why,
			size_t room);

/* What prerequisites are about starts anew: another policy, or another hook. */
void diags_scope(struct diags *d);
/* Whether a rule is to run: it is not off, and none of its prerequisites was reported in the
 * scope. */
bool diags_wants(const struct diags *d, enum diag_id rule);

/* ---- kernels ---- */

/* The kernels that a run is about; the names outlive `d`. False: more than DIAG_CONTEXTS_MAX. */
bool diags_contexts(struct diags *d, const char *const *names, size_t count);
/* What is said from now on is said of this one of them; NULL: of the policy as such. */
void diags_context(struct diags *d, const char *name);

/* ---- messages ---- */

/*
 * A new message at a place, for diag_note(), diag_hint() and diag_fix(). Never NULL: one that
 * was said before, or is off, is handed back unlinked, and what is put on it goes nowhere.
 */
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

/*
 * An edit that removes the cause for certain: `text` in place of the bytes `at`. Copied; LF becomes
 * what the file has for line ends. Several on one message, in order of their places, are one fix.
 * fix.h applies them.
 */
void diag_fix(struct diags *d, struct diag *on, struct span at, const char *text);
/*
 * The same for a word of YAML, when the source at `at` is exactly `old`, plain or in quotes:
 * quotes stay, and are added where `new` would be no string without them. Else nothing.
 */
void diag_fix_word(struct diags *d, struct diag *on, struct span at, const char *old,
		   const char *new);

/*
 * The same for a key that a YAML mapping lacks: adds `key: value` behind the entry whose value is
 * at `after`, in the style the mapping has. Nothing when the mapping at `object` has the key
 * already, or the entry does not stand on one line.
 */
void diag_fix_key(struct diags *d, struct diag *on, struct span object, struct span after,
		  const char *key, const char *value);

static inline unsigned diag_errors(const struct diags *d)
{
	return d->errors;
}

/* Whether the run is to end with exit code 1. */
static inline bool diags_failed(const struct diags *d)
{
	return d->errors || (d->strict && d->warnings);
}

/* All messages in order of file and place, in the arena; what has no place comes last. */
const struct diag **diags_sorted(const struct diags *d, size_t *count);
/* The names of the contexts in which a message was said, and in which not; at most
 * DIAG_CONTEXTS_MAX each. */
size_t diag_kernels(const struct diags *d, const struct diag *g, bool said, const char **names);

/* Prints all messages as text, at most `limit` (0: no limit), then a closing line with the
 * counts. `colour`: ANSI. */
void diag_print(const struct diags *d, FILE *to, unsigned limit, bool colour);

/*
 * The candidate nearest to `word` by edit distance (transpositions count one), or NULL when
 * none is near enough to be what was meant. Case-insensitive equality is nearest of all.
 */
const char *nearest(const char *word, const char *const *candidates, size_t count);

#endif
