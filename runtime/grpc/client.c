// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/grpc/server.h"

#define READ_BYTES     16384u
#define READS_AT_ONCE  4
#define WRITES_AT_ONCE 16
#define OUT_BYTES      (64u << 10) /* that are made before the socket is asked to take them */
#define GREETING_TIME  10000u	   /* milliseconds */
#define IDLE_TIME      300000u
#define NUISANCE_TIME  10000u
#define NUISANCE_MAX   100000u
#define HEADER_LIST    16384u
#define TABLE_CAPACITY 4096u

/* Frames that ask for work and carry nothing; nobody needs so many of them. */
static unsigned int nuisance_of(const nghttp2_frame *frame)
{
	switch (frame->hd.type) {
	case NGHTTP2_PING:
		return 1;
	case NGHTTP2_DATA:
		return frame->hd.length ? 0 : 10;
	case NGHTTP2_RST_STREAM:
	case NGHTTP2_PRIORITY:
		return 10;
	case NGHTTP2_SETTINGS:
		return 100;
	}
	return 0;
}

static struct grpc_call *call_of(const struct client *c, int32_t stream)
{
	return c->server->h2.nghttp2_session_get_stream_user_data(c->session, stream);
}

/* ---- what nghttp2 tells ------------------------------------------------------------------------
 */

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct client *c = context;
	struct grpc_call *call;

	if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
		return 0;
	call = call_begin(c, frame->hd.stream_id);
	if (!call)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	c->server->h2.nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, call);
	return 0;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_size, const uint8_t *value, size_t size, uint8_t flags,
		     void *context)
{
	struct grpc_call *call = call_of(context, frame->hd.stream_id);

	(void)session;
	(void)flags;
	if (call && frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
		call_header(call, (const char *)name, name_size, (const char *)value, size);
	return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
		   size_t size, void *context)
{
	struct grpc_call *call = call_of(context, stream);

	(void)session;
	(void)flags;
	if (call)
		call_data(call, bytes, size);
	return 0;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context)
{
	struct client *c = context;
	struct grpc_call *call;

	c->greeted |= frame->hd.type == NGHTTP2_SETTINGS;
	c->nuisance += nuisance_of(frame);
	if (c->nuisance > NUISANCE_MAX)
		c->server->h2.nghttp2_session_terminate_session(session, NGHTTP2_ENHANCE_YOUR_CALM);
	if ((frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS) ||
	    !(frame->hd.flags & NGHTTP2_FLAG_END_STREAM))
		return 0;
	call = call_of(c, frame->hd.stream_id);
	if (call)
		call_asked(call);
	return 0;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t error, void *context)
{
	struct grpc_call *call = call_of(context, stream);

	(void)session;
	(void)error;
	if (call)
		call_free(call);
	return 0;
}

void client_set_callbacks(const struct h2_library *h2, nghttp2_session_callbacks *callbacks)
{
	h2->nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
	h2->nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
	h2->nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
	h2->nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
	h2->nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
}

/* ---- the connection ----------------------------------------------------------------------------
 */

static int open_session(struct client *c)
{
	static const nghttp2_settings_entry settings[] = {
		{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, CLIENT_CALLS_MAX},
		{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HEADER_LIST},
		{NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, TABLE_CAPACITY},
	};
	const struct h2_library *h2 = &c->server->h2;

	if (h2->nghttp2_session_server_new2(&c->session, c->server->callbacks, c,
					    c->server->option))
		return -1;
	return h2->nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, settings,
					   sizeof(settings) / sizeof(settings[0]));
}

struct client *client_new(struct grpc_server *server, int fd, bool may_change)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return NULL;
	}
	c->server = server;
	c->fd = fd;
	c->may_change = may_change;
	c->idle_since = c->nuisance_since = c->moved = grpc_now();
	c->pending = true;
	if (!open_session(c))
		return c;
	client_free(c);
	return NULL;
}

void client_read(struct client *c)
{
	uint8_t bytes[READ_BYTES];

	/* One that does not take answers is not asked for more requests. */
	for (int i = 0; i < READS_AT_ONCE && !c->gone && !c->out.size; i++) {
		ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0 ||
		    c->server->h2.nghttp2_session_mem_recv(c->session, bytes, (size_t)n) < 0)
			c->gone = true;
		c->pending = true;
		if (n < (ssize_t)sizeof(bytes))
			return;
	}
}

/* What the library has to say, up to a size. */
static void fill(struct client *c)
{
	while (c->out.size < OUT_BYTES) {
		const uint8_t *bytes;
		ssize_t n = c->server->h2.nghttp2_session_mem_send(c->session, &bytes);

		if (n < 0 || c->out.failed)
			c->gone = true;
		if (n <= 0)
			return;
		buffer_append(&c->out, bytes, (size_t)n);
	}
}

/* False: the socket takes no more for now. */
static bool drain(struct client *c)
{
	size_t done = 0;

	while (done < c->out.size) {
		ssize_t n = send(c->fd, c->out.data + done, c->out.size - done,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		done += (size_t)n;
		c->moved = grpc_now();
	}
	if (done < c->out.size && errno != EAGAIN)
		c->gone = true;
	memmove(c->out.data, c->out.data + done, c->out.size - done);
	buffer_cut(&c->out, c->out.size - done);
	return !c->out.size;
}

void client_write(struct client *c)
{
	const struct h2_library *h2 = &c->server->h2;
	bool waiting = c->waiting, more = true;

	c->pending = false;
	c->waiting = false;
	for (int i = 0; more && !c->gone; i++) {
		if (i == WRITES_AT_ONCE) { /* the others have their turn; the socket wakes us */
			c->waiting = true;
			break;
		}
		fill(c);
		more = c->out.size >= OUT_BYTES;
		if (c->out.size && !drain(c)) {
			c->waiting = true;
			break;
		}
	}
	if (!c->out.size)
		buffer_free(&c->out);
	if (!c->out.size && !h2->nghttp2_session_want_read(c->session) &&
	    !h2->nghttp2_session_want_write(c->session))
		c->gone = true;
	if (!c->gone && waiting != c->waiting)
		grpc_watch_client(c->server, c);
}

void client_tick(struct client *c, uint64_t now)
{
	bool answering = false;

	for (struct grpc_call *call = c->calls; call; call = call->next) {
		answering |= call->answered && !call->over;
		if (call->deadline && now > call->deadline)
			call_finish(call, GRPC_DEADLINE_EXCEEDED, "the time for the call is over");
	}
	if (now - c->nuisance_since > NUISANCE_TIME) {
		c->nuisance_since = now;
		c->nuisance = 0;
	}
	if ((!c->greeted && now - c->idle_since > GREETING_TIME) ||
	    (c->waiting && now - c->moved > IDLE_TIME))
		c->gone = true;
	if (answering || now - c->idle_since <= IDLE_TIME)
		return;
	c->server->h2.nghttp2_session_terminate_session(c->session, NGHTTP2_NO_ERROR);
	c->pending = true;
}

void client_dismiss(struct client *c)
{
	for (struct grpc_call *call = c->calls; call; call = call->next)
		call_finish(call, GRPC_UNAVAILABLE, "tgrun has been told to end");
	client_write(c);
	if (!c->gone) {
		c->server->h2.nghttp2_session_terminate_session(c->session, NGHTTP2_NO_ERROR);
		client_write(c);
	}
}

void client_free(struct client *c)
{
	while (c->calls)
		call_free(c->calls);
	if (c->session)
		c->server->h2.nghttp2_session_del(c->session);
	buffer_free(&c->out);
	close(c->fd);
	free(c);
}
