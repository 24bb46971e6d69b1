/* SPDX-License-Identifier: Apache-2.0 */
/* The texts that the editor has open, and what is known of each. */
#ifndef TGC_LSP_DOCUMENT_H
#define TGC_LSP_DOCUMENT_H

#include <jansson.h>
#include "compiler/base/arena.h"
#include "compiler/commands/policy_check.h"
#include "compiler/diag/diag.h"

struct setup;

enum document_language { DOCUMENT_YAML, DOCUMENT_TERSE, DOCUMENT_PROJECT };

/* What was found in a text; it lives until the next one is made. */
struct analysis {
	struct arena arena;
	struct sources sources;
	struct diags diags;
	uint32_t file;		       /* of the document */
	struct policy_checked checked; /* of policies */
	bool policies;		       /* the file holds some, or should */
};

#define DOCUMENT_MAX (4 * (size_t)SOURCE_MAX)

struct document {
	struct document *next;
	char *uri, *path; /* owned, as all below */
	enum document_language language;
	json_int_t version;
	bool versioned;
	bool too_large; /* to be read, until it is smaller again */
	bool lost;	/* even to be kept: it is empty until the editor sends it whole */
	char *text;	/* NUL-terminated */
	size_t size, room;
	bool dirty; /* the analysis is not about this text */
	struct analysis *analysis;
	struct setup *setup; /* borrowed; NULL: none yet */
};

struct document *document_new(const char *uri, const char *path, const char *language);
void document_free(struct document *d);
/* Puts a text in place of the bytes [start, end). A text above SOURCE_MAX is kept for what becomes
 * of it, but not read; one above DOCUMENT_MAX is not kept. */
void document_replace(struct document *d, size_t start, size_t end, const char *text, size_t len);
/* Applies an entry of contentChanges. False: it is none. */
bool document_change(struct document *d, const json_t *change, bool utf8);
void document_forget(struct document *d); /* the analysis */

static inline const struct source *document_source(const struct document *d)
{
	return sources_get(&d->analysis->sources, d->analysis->file);
}

#endif
