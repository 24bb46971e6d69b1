/* SPDX-License-Identifier: Apache-2.0 */
/* One call of a client: from its first header to the last byte of the answer. */
#ifndef TGRUN_GRPC_CALL_H
#define TGRUN_GRPC_CALL_H

#include "runtime/buffer.h"
#include "runtime/grpc/event_stream.h"
#include "runtime/grpc/h2.h"
#include "runtime/grpc/message.h"
#include "runtime/grpc/methods.h"

#define CALL_REQUEST_MAX  (256u << 10)
#define CALL_HEADERS_MAX  (16u << 10)
#define CALL_PATH_MAX	  128
#define CALL_SENTENCE_MAX 1024 /* of a status */

struct client;

struct grpc_call {
	struct client *client;
	struct grpc_call *next; /* of the client's */
	int32_t stream;
	/* What came. */
	char path[CALL_PATH_MAX];
	bool post, grpc, bad_encoding;
	size_t header_bytes;
	uint64_t timeout; /* milliseconds; 0 none */
	struct buffer request;
	/* What goes. */
	bool answered;	   /* a response has been begun */
	bool over;	   /* what is queued is the last of it */
	bool asleep;	   /* nothing was there to be sent */
	uint64_t deadline; /* boot-time clock, milliseconds; 0 none */
	struct message_queue queue;
	size_t sent; /* of the queue's first */
	enum grpc_status status;
	char *sentence;		     /* or NULL; owned */
	struct event_stream *events; /* of GetEvents; or NULL; owned */
};

struct grpc_call *call_begin(struct client *client, int32_t stream);
void call_header(struct grpc_call *call, const char *name, size_t name_size, const char *value,
		 size_t size);
void call_data(struct grpc_call *call, const uint8_t *bytes, size_t size);
/* The request is whole. */
void call_asked(struct grpc_call *call);
void call_free(struct grpc_call *call);

/* Takes over the message; false: memory ran out, and it is not sent. */
bool call_push(struct grpc_call *call, struct message *m);
/* Ends an answer that goes on. */
void call_finish(struct grpc_call *call, enum grpc_status status, const char *sentence);

#endif
