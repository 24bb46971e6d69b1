/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where events go: standard output, the export file, clients. Each sink gets every event and
 * decides itself which it wants and in which form. A sink never waits for its reader while
 * there are others, and counts what its reader does not get, by cause.
 *
 * To add one: fill a struct sink_ops, call sinks_add(), and in `event` take the line with
 * sink_event_json() (made once for all sinks) or what is needed from `event` and `view`.
 */
#ifndef TGRUN_SINK_H
#define TGRUN_SINK_H

#include <jansson.h>
#include "runtime/buffer.h"
#include "runtime/event.h"
#include "runtime/event_view.h"

#define SINKS_MAX 16

typedef void event_printer(struct buffer *out, const struct event *e,
			   const struct event_style *style);

enum sink_cause {
#define SINK_CAUSE(name, label, words) SINK_##name,
#include "runtime/sink_causes.def"
#undef SINK_CAUSE
	SINK_CAUSE_COUNT,
};

struct sink_counts {
	uint64_t accepted;		     /* taken for the reader */
	uint64_t left_out[SINK_CAUSE_COUNT]; /* by cause; what was accepted before included */
};

const char *sink_cause_label(enum sink_cause cause);
const char *sink_cause_words(enum sink_cause cause);

struct sinks;

/* Valid during the call that hands it over. */
struct sink_event {
	struct event_view view;
	const struct event *event;
	const struct event_style *style;
	struct sinks *sinks;
};

/* The event as JSON, one line with its newline; NULL when memory ran out. */
const char *sink_event_json(const struct sink_event *e, size_t *size);

/* What may be NULL is not needed by every sink. `state` is the sink's own. */
struct sink_ops {
	void (*event)(void *state, const struct sink_event *e);
	/* Whether so much waits that it should be flushed before more is read; or NULL. */
	bool (*full)(const void *state);
	/* The ring is empty for now, or some sink is full; or NULL. */
	void (*flush)(void *state);
	/* Some seconds have passed; `now` is the boot-time clock in nanoseconds; or NULL. */
	void (*tick)(void *state, uint64_t now);
	/* SIGHUP: files are to be opened anew; or NULL. */
	void (*reopen)(void *state);
	/* False: nothing is worth relaying on for, as far as this sink goes; or NULL for true. */
	bool (*goes_on)(const void *state);
	/* At the end: whether the reader got all that was to be written; or NULL for true. */
	bool (*finished)(const void *state);
	/* The end: flush has been called. */
	void (*close)(void *state);
};

struct sink {
	const char *name; /* for messages: "standard output" */
	const struct sink_ops *ops;
	void *state;
	struct sink_counts *counts; /* the sink's own */
};

struct sinks {
	struct sink v[SINKS_MAX];
	size_t count;
	struct buffer json; /* the event at hand, when it has been asked for; owned */
	bool encoded;
	json_t *tree; /* the same, when a filter has asked for it; owned */
};

/* 0, or -1 when there are too many. */
int sinks_add(struct sinks *s, const struct sink *sink);
/* Hands the event to all. */
void sinks_event(struct sinks *s, const struct event *e, const struct event_style *style);
bool sinks_full(const struct sinks *s);
void sinks_flush(struct sinks *s);
void sinks_tick(struct sinks *s, uint64_t now);
void sinks_reopen(struct sinks *s);
bool sinks_go_on(const struct sinks *s);
bool sinks_finished(const struct sinks *s);
/* Of all sinks. */
uint64_t sinks_left_out(const struct sinks *s, enum sink_cause cause);
void sinks_close(struct sinks *s);

#endif
