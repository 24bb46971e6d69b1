/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics in the formats of --format. */
#ifndef TGC_DIAG_WRITE_H
#define TGC_DIAG_WRITE_H

#include "diag.h"

enum diag_format {
	DIAG_FORMAT_TEXT,
	DIAG_FORMAT_JSON,   /* one document, described in docs/diagnostics.md */
	DIAG_FORMAT_SARIF,  /* 2.1.0 */
	DIAG_FORMAT_GITHUB, /* workflow commands, which become annotations */
};

/*
 * Writes all messages. `limit` (0: none) and `colour` concern text only. Where there are no
 * messages, JSON and SARIF are documents that say so, and the others nothing.
 */
void diag_write(const struct diags *d, FILE *to, enum diag_format format, unsigned limit,
		bool colour);

/* The format with this name, or -1. */
int diag_format_find(const char *name);

/* ---- shared by the writers ---- */

/* A range as people count: from 1, characters, `last` exclusive. */
struct diag_range {
	struct place first, last;
};

struct diag_range diag_range(const struct diags *d, struct span at);
/* Bytes of a user's as UTF-8 without control characters. In the arena. */
const char *diag_utf8(const struct diags *d, const char *text);

void diag_json(const struct diags *d, FILE *to);
void diag_sarif(const struct diags *d, FILE *to);
void diag_github(const struct diags *d, FILE *to);

#endif
