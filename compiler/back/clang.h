/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of clang: C goes in through a pipe, an object comes out of another. No file is made, so
 * that none is left behind. All that is read lives in the arena given at the start.
 */
#ifndef TGC_CLANG_H
#define TGC_CLANG_H

#include <stdbool.h>
#include <sys/types.h>
#include "runtime/bytes.h"

struct arena;

struct clang {
	struct arena *arena;
	pid_t pid;     /* 0: not started, or waited for */
	int input;     /* -1: closed */
	int output;    /* does not block */
	int words;     /* what it says */
	uint8_t *made; /* so far */
	size_t size, room;
};

enum clang_state {
	CLANG_WORKS,
	CLANG_DONE,   /* the object is whole, though clang may still take itself apart */
	CLANG_REFUSED /* it ended without one: see clang_words() */
};

/* The clang named by TGC_CLANG, else the one in PATH, as a path or a name that does not exist. */
const char *clang_program(struct arena *a);
/* What decides about its output, besides itself and the text: its arguments, one string. */
const char *clang_options(struct arena *a);

/* 0, or an error number. It waits for text then. */
int clang_start(struct clang *c, struct arena *a, const char *program);
void clang_feed(struct clang *c, struct bytes text);
/* Takes what there is, and waits for nothing. Ask again when `output` can be read. */
enum clang_state clang_look(struct clang *c);
struct bytes clang_object(const struct clang *c);
/* After CLANG_REFUSED: its exit status, and the end of what it said. */
int clang_status(struct clang *c);
const char *clang_words(const struct clang *c);
/*
 * Ends what still runs, without waiting: a clang takes milliseconds to give its memory back. The
 * caller waits for the process that it returns, when it likes; 0: there is none. A zeroed one is
 * fine.
 */
pid_t clang_stop(struct clang *c);

#endif
