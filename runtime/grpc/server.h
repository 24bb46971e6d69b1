/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tetragon's gRPC service, in the main loop: it waits for nobody. Clients, their calls, what they
 * send and what waits for them are limited; beyond that they are refused or lose events, which is
 * counted.
 */
#ifndef TGRUN_GRPC_SERVER_H
#define TGRUN_GRPC_SERVER_H

#include "runtime/grpc/client.h"
#include "runtime/relay.h"

#define GRPC_CLIENTS_MAX  32
#define GRPC_STREAMS_MAX  64	      /* of events, of all clients */
#define GRPC_QUEUE_MAX	  10000	      /* events of a stream */
#define GRPC_QUEUES_BYTES (32u << 20) /* of all streams */
#define GRPC_REQUESTS_MAX (4u << 20)  /* bytes of requests that are not whole yet */

struct grpc_listener {
	int fd;
	bool may_change; /* what comes from here */
	char address[128];
	uint64_t inode; /* of a socket in the file system; 0 */
	bool paused;	/* for want of descriptors */
};

struct grpc_counts {
	uint64_t accepted, refused; /* connections */
	uint64_t calls, failed;
};

struct grpc_server {
	struct grpc_node node;
	struct h2_library h2;
	nghttp2_session_callbacks *callbacks;
	nghttp2_option *option;
	int epoll_fd;
	struct grpc_listener listeners[GRPC_LISTENERS_MAX];
	size_t listener_count;
	struct client *clients[GRPC_CLIENTS_MAX];
	size_t client_count;
	struct grpc_call *streams[GRPC_STREAMS_MAX]; /* with `events` */
	size_t stream_count;
	struct message_store store;
	size_t request_bytes;
	struct time_budget asked, filtered; /* by all clients that came by TCP */
	bool busy;			    /* in the hands of a client's request */
	bool grown;			    /* queues have been long */
	size_t fresh;			    /* events queued since they were last offered */
	struct buffer line, wire;
	struct sink_counts events;
	struct grpc_counts counts;
};

/*
 * `addresses`: unix:///PATH or HOST:PORT of this machine; see docs/grpc.md. NULL with a sentence.
 */
struct grpc_server *grpc_open(char *const *addresses, size_t count, const struct grpc_node *node,
			      struct failure *why);
/* The server becomes one of the sinks. 0, or -1. */
int grpc_add_sink(struct grpc_server *s, struct sinks *sinks);
/* For relay_serve(); the state is the server. */
int grpc_fd(const struct grpc_server *s);
extern const struct relay_service grpc_service;
/* Ends what clients still have; before the sinks are closed. NULL is fine. */
void grpc_close(struct grpc_server *s);

/* ---- for the parts of the service ------------------------------------------------------------ */

uint64_t grpc_now(void); /* boot-time clock, milliseconds */
/* Takes the connection in: it is watched and closed by the server. */
void grpc_adopt(struct grpc_server *s, int fd, bool may_change);
/* What clients by TCP may have of a limit for all: the rest is for the unix socket. */
static inline size_t grpc_share(size_t limit, bool may_change)
{
	return may_change ? limit : limit / 4 * 3;
}
/* False: there are too many. */
bool grpc_add_stream(struct grpc_server *s, struct grpc_call *call);
void grpc_remove_stream(struct grpc_server *s, const struct grpc_call *call);
/* Says what is to be waited for at the client's socket. */
void grpc_watch_client(struct grpc_server *s, const struct client *c);
/* Sends what is queued, and lets go of who is gone. */
void grpc_flush(struct grpc_server *s);

#endif
