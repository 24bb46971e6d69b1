/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The control socket: a unix socket whose clients ask for one thing each (control_request.h).
 * It runs inside the main loop and waits for nobody: a client that is slow or silent is let go
 * after some seconds, and at most CONTROL_CLIENTS_MAX are served at a time. Who may connect is
 * what the socket's mode says: root, or a group as well.
 */
#ifndef TGRUN_CONTROL_SOCKET_H
#define TGRUN_CONTROL_SOCKET_H

#include "runtime/control.h"
#include "runtime/control_request.h"
#include "runtime/failure.h"
#include "runtime/relay.h"

#define CONTROL_CLIENTS_MAX 8
#define CONTROL_CLIENT_NS   5000000000ull /* how long one is waited for */

struct control_socket;

/*
 * Makes the socket, mode 0600; with `group` (a name or a number) 0660 and of this group. One that
 * nobody listens on any more is replaced. `control` is borrowed. NULL with a sentence.
 */
struct control_socket *control_socket_open(const char *path, const char *group,
					   struct control *control, struct failure *why);

/* For relay_serve(); the state is the socket. */
int control_socket_fd(const struct control_socket *s);
extern const struct relay_service control_socket_service;

/* Removes the socket, if that is still allowed. NULL is fine. */
void control_socket_close(struct control_socket *s);

/* Does what was asked for, appends the answer. Hostile bytes. */
void control_answer(struct control *c, const struct control_request *r, struct buffer *out);

#endif
