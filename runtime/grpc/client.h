/* SPDX-License-Identifier: Apache-2.0 */
/* One connection: HTTP/2 frames on a socket that is never waited for. */
#ifndef TGRUN_GRPC_CLIENT_H
#define TGRUN_GRPC_CLIENT_H

#include "runtime/buffer.h"
#include "runtime/grpc/call.h"

#define CLIENT_CALLS_MAX 16 /* at a time */

struct grpc_server;

struct client {
	struct grpc_server *server;
	int fd;
	bool may_change; /* came by the unix socket, whose mode says who may */
	bool greeted;	 /* its settings are there */
	bool gone;	 /* to be closed; nothing is done for it any more */
	bool waiting;	 /* for its socket to take more */
	bool pending;	 /* something was queued that has not been offered to it */
	nghttp2_session *session;
	struct buffer out; /* what its socket did not take */
	struct grpc_call *calls;
	uint64_t idle_since; /* no call began or ended; boot-time clock, milliseconds */
	uint64_t moved;	     /* its socket took something; likewise */
	uint64_t nuisance_since, nuisance;
};

/* What sessions of clients tell; once for all of them. */
void client_set_callbacks(const struct h2_library *h2, nghttp2_session_callbacks *callbacks);

/* Takes over `fd`, also when it fails. NULL: out of memory. */
struct client *client_new(struct grpc_server *server, int fd, bool may_change);
/* Its socket is readable. It is handled so far that others have their turn. */
void client_read(struct client *c);
/* Sends what there is, as far as the socket takes it. */
void client_write(struct client *c);
/* Some time has passed. */
void client_tick(struct client *c, uint64_t now);
/* Ends all its calls, and tells it to go elsewhere. */
void client_dismiss(struct client *c);
void client_free(struct client *c);

#endif
