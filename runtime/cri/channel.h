/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's side of gRPC over a unix socket: one call at a time, and beside it one stream of
 * events, of which only the number counts. It waits, with a limit, so it is for a process that has
 * nothing else to do. What comes may be anything; its size is limited.
 */
#ifndef TGRUN_CRI_CHANNEL_H
#define TGRUN_CRI_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "runtime/buffer.h"
#include "runtime/grpc/h2.h"

#define CHANNEL_ANSWER_MAX   (16u << 20) /* bytes of an answer */
#define CHANNEL_SENTENCE_MAX 256

/* Why a call came to nothing. */
enum channel_result {
	CHANNEL_OK,
	CHANNEL_REFUSED,   /* answered with a status that is not OK; the channel goes on */
	CHANNEL_CONNECT,   /* nobody answers at the address */
	CHANNEL_TIME,	   /* no answer in time */
	CHANNEL_TOO_LARGE, /* an answer is larger than CHANNEL_ANSWER_MAX */
	CHANNEL_BROKEN,	   /* the connection was closed, or what comes is not gRPC */
	CHANNEL_OWNER,	   /* the process that all is for has ended */
	CHANNEL_RESULT_COUNT,
};

struct channel_call {
	int32_t stream;	     /* 0: none */
	struct buffer body;  /* what came, with the prefix */
	const char *request; /* what goes; borrowed */
	size_t request_size, sent;
	int status;			     /* of gRPC; -1: none came */
	char sentence[CHANNEL_SENTENCE_MAX]; /* of it */
	bool over, too_large;
};

struct channel_events {
	int32_t stream;	 /* 0: none */
	uint64_t seen;	 /* events that came */
	uint32_t prefix; /* bytes of a prefix that came */
	uint32_t skip;	 /* bytes of an event that are to come */
	int status;	 /* when it is over; -1 */
	bool over;
};

struct channel {
	const struct h2_library *h2; /* borrowed */
	nghttp2_session_callbacks *callbacks;
	nghttp2_session *session;
	int fd;	   /* -1: not connected */
	int owner; /* hangs up when nobody wants answers any more; -1: none */
	struct channel_call call;
	struct channel_events events;
	struct channel_call asked_events; /* what goes for them */
};

#define CHANNEL_NONE ((struct channel){.fd = -1, .owner = -1})

/* `path`: of the socket. CHANNEL_OK, or CHANNEL_CONNECT or CHANNEL_BROKEN with errno. */
enum channel_result channel_open(struct channel *c, const struct h2_library *h2, const char *path);
/* The same with a socket that is connected; takes it over. */
enum channel_result channel_adopt(struct channel *c, const struct h2_library *h2, int fd);
void channel_close(struct channel *c);

/*
 * Calls `/service/method` with a message; the answer's bytes are `*answer` until the next call.
 * With CHANNEL_REFUSED c->call has status and sentence. After all others but OK the channel is to
 * be closed.
 */
enum channel_result channel_ask(struct channel *c, const char *path, const struct buffer *message,
				unsigned int ms, const void **answer, size_t *size);

/* Begins the stream of events; that it is refused is seen later, in c->events. */
enum channel_result channel_listen(struct channel *c, const char *path);
/* Waits for an event, or the stream's end, or the time. */
enum channel_result channel_wait(struct channel *c, unsigned int ms);

#endif
