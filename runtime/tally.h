/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts of events by what metrics label them with: their type, the policy and hook, and the
 * process. Programs can make up any number of names, so at most TALLY_ROWS combinations of process
 * labels are kept; what comes after is counted with these labels empty, never left out.
 */
#ifndef TGRUN_TALLY_H
#define TGRUN_TALLY_H

#include "runtime/event.h"

#define TALLY_ROWS 4096

enum tally_kind {
	TALLY_EVENTS,	/* words: type */
	TALLY_POLICIES, /* words: policy, hook */
	TALLY_SYSCALLS, /* words: syscall */
	TALLY_KIND_COUNT,
};

enum tally_label {
	TALLY_NAMESPACE,
	TALLY_WORKLOAD,
	TALLY_POD,
	TALLY_BINARY,
	TALLY_LABEL_COUNT,
};
extern const char *const tally_label_names[TALLY_LABEL_COUNT];

#define TALLY_WORDS 2

struct tally_row {
	enum tally_kind kind;
	const char *words[TALLY_WORDS]; /* "" where the kind has none */
	const char *labels[TALLY_LABEL_COUNT];
	uint64_t count;
};

struct tally;

/* `labels`: bits of enum tally_label that are filled. NULL when memory runs out. */
struct tally *tally_new(unsigned int labels);
void tally_free(struct tally *t);

/* An event that is relayed. */
void tally_event(struct tally *t, const struct event *e);

/* Row `index`, in the order in which they came; false: there is none. */
bool tally_get(const struct tally *t, size_t index, struct tally_row *out);
/* Events that are in no row, because memory ran out. */
uint64_t tally_missed(const struct tally *t);

#endif
