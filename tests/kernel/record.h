/* SPDX-License-Identifier: Apache-2.0 */
/* What the guest told about one test case, and the verdict on it. */
#ifndef TGC_TEST_RECORD_H
#define TGC_TEST_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include "tests/kernel/case.h"

struct arena;

struct text { /* growing, NUL-terminated */
	char *s;
	size_t len, room;
};

struct record {
	bool begun, over;
	json_t *events;		    /* array; owned: record_free() */
	struct text output, errors; /* of the triggers */
	struct text log;	    /* tgrun's standard error */
	struct text notes;	    /* what the guest found wrong */
	struct text usage;	    /* memory figures */
	struct text plain;	    /* event lines that are not JSON */
	long ready_ms;		    /* -1: never ready */
	int tgrun_exit;
};

void record_init(struct record *r);
void record_free(struct record *r);

/* One line of the guest (`WORD TEXT`) that belongs to this case. */
void record_line(struct record *r, const char *word, const char *text);

/* True when the case passed; else the reason, as one or more lines. */
bool record_judge(const struct record *r, const struct test_case *c, char *why, size_t size);

#endif
