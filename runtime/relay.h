/* SPDX-License-Identifier: Apache-2.0 */
/* The main loop: the ring on one side, the sinks on the other. */
#ifndef TGRUN_RELAY_H
#define TGRUN_RELAY_H

#include "runtime/clock.h"
#include "runtime/dispatch.h"
#include "runtime/losses.h"
#include "runtime/sink.h"

#define RELAY_SERVERS_MAX 8

/* What has clients of its own, beside the events: it never waits for one. */
struct relay_service {
	/* Its descriptor is readable, or the time is over that `wait` has told. */
	void (*run)(void *state);
	/* Milliseconds until `run` is to be called anyway; -1 none; or NULL for that. */
	int (*wait)(void *state);
};

struct relay_server {
	const struct relay_service *service;
	void *state;
	int fd;
};

struct relay {
	struct dispatch *dispatch;
	const struct base *base;
	struct clock *clock; /* measured again from time to time */
	struct sinks sinks;  /* to be filled once the relay is open */
	struct ring_buffer *ring;
	int pause; /* milliseconds until it is read again; -1: until there are records */
	struct relay_server servers[RELAY_SERVERS_MAX];
	size_t server_count;
	int epoll_fd; /* of all but the ring */
	int timer_fd;
	int signal_fd;	      /* readable: stop */
	int hangup_fd;	      /* SIGHUP: open files anew */
	struct losses losses; /* as last reported */
	unsigned int timer_ticks;
	bool stopped; /* see relay_stop() */
};

/*
 * Opens what needs privileges. SIGTERM and SIGINT, which end relay_run, and SIGHUP must be
 * blocked by the caller. `dispatch`, `base` and `clock` must outlive the relay; the dispatch is
 * given the relay's sinks.
 */
int relay_open(struct relay *r, struct dispatch *dispatch, const struct base *base,
	       struct clock *clock, struct failure *why);

/* Lets a server's clients be answered while events are relayed; `fd` is watched for input. 0, or -1
 * with errno set. `state` is borrowed. */
int relay_serve(struct relay *r, int fd, const struct relay_service *service, void *state);

/* Relays until a signal; also until a sink without which there is no reason to go on fails. */
void relay_run(struct relay *r);

/* From a service: has relay_run() return. */
void relay_stop(struct relay *r);

/* Prints what was lost. With the programs detached, relays what is left in the ring before;
 * `leave`: they are not, and the next start will. */
void relay_finish(struct relay *r, bool leave);
void relay_close(struct relay *r);

#endif
