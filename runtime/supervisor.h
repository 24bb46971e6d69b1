/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service manager that started tgrun (sd_notify(3)): it learns when everything is attached,
 * when tgrun ends, and, if it asks for that (WatchdogSec=), that the main loop still turns.
 */
#ifndef TGRUN_SUPERVISOR_H
#define TGRUN_SUPERVISOR_H

#include <stdint.h>
#include "runtime/failure.h"
#include "runtime/relay.h"

struct supervisor {
	int socket;   /* -1: there is no manager */
	int timer_fd; /* -1: it does not watch */
};

#define SUPERVISOR_NONE ((struct supervisor){.socket = -1, .timer_fd = -1})

/*
 * Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, so that no child has
 * them. Without them there is no manager. 0, or -1 with `why`: they are there and do not work.
 */
int supervisor_open(struct supervisor *s, struct failure *why);
/* Has the relay tell the manager that it goes on, as often as it asks for. 0, or -1 with errno. */
int supervisor_watch(struct supervisor *s, struct relay *r);

/* `status`: a line for people. */
void supervisor_ready(const struct supervisor *s, const char *status);
void supervisor_stopping(const struct supervisor *s);
void supervisor_close(struct supervisor *s);

#endif
