/* SPDX-License-Identifier: Apache-2.0 */
/* The main loop: the ring on one side, the output on the other. */
#ifndef TGRUN_RELAY_H
#define TGRUN_RELAY_H

#include "runtime/clock.h"
#include "runtime/delivery.h"
#include "runtime/dispatch.h"
#include "runtime/http.h"
#include "runtime/losses.h"

struct relay {
	struct dispatch *dispatch;
	const struct base *base;
	struct clock *clock; /* measured again from time to time */
	struct delivery delivery;
	struct ring_buffer *ring;
	struct http *http; /* borrowed; NULL none */
	int epoll_fd, signal_fd, timer_fd;
	struct losses losses; /* as last reported */
	unsigned int timer_ticks;
};

/*
 * Opens what needs privileges. SIGTERM and SIGINT must be blocked by the caller: they end
 * relay_run. `dispatch`, `base` and `clock` must outlive the relay.
 */
int relay_open(struct relay *r, struct dispatch *dispatch, const struct base *base,
	       struct clock *clock, int output_fd, struct failure *why);

/* Lets clients of this server be answered while events are relayed. 0, or -1 with errno set. */
int relay_serve(struct relay *r, struct http *http);

/* Relays until a signal; without enforcing policies also until the output fails. */
void relay_run(struct relay *r);

/* With the programs detached: relays what is left in the ring, prints what was lost. */
int relay_finish(struct relay *r, struct failure *why);
void relay_close(struct relay *r);

#endif
