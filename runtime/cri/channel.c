// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/clock.h"
#include "runtime/cri/channel.h"
#include "runtime/grpc/message.h"

#define READ_BYTES    65536u
#define SEND_SECONDS  5 /* as long as the runtime may take to read a request */
#define STATUS_DIGITS 3

/* ---- what comes ---------------------------------------------------------------------------- */

static bool is(const uint8_t *name, size_t size, const char *other)
{
	return size == strlen(other) && !memcmp(name, other, size);
}

/* -1: it is no number of a status. */
static int read_status(const uint8_t *value, size_t size)
{
	int status = 0;

	if (!size || size > STATUS_DIGITS)
		return -1;
	for (size_t i = 0; i < size; i++) {
		if (value[i] < '0' || value[i] > '9')
			return -1;
		status = status * 10 + value[i] - '0';
	}
	return status;
}

/* For a terminal; what is percent-encoded stays so. */
static void copy_sentence(char out[CHANNEL_SENTENCE_MAX], const uint8_t *value, size_t size)
{
	size_t n = size < CHANNEL_SENTENCE_MAX - 1 ? size : CHANNEL_SENTENCE_MAX - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = value[i] >= ' ' && value[i] < 127 ? (char)value[i] : '?';
	out[n] = '\0';
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
		     size_t name_size, const uint8_t *value, size_t size, uint8_t flags,
		     void *context)
{
	struct channel *c = context;
	int32_t stream = frame->hd.stream_id;

	(void)session;
	(void)flags;
	if (is(name, name_size, "grpc-status") && stream == c->call.stream)
		c->call.status = read_status(value, size);
	else if (is(name, name_size, "grpc-status") && stream == c->events.stream)
		c->events.status = read_status(value, size);
	else if (is(name, name_size, "grpc-message") && stream == c->call.stream)
		copy_sentence(c->call.sentence, value, size);
	return 0;
}

/* Prefixes are read and bodies skipped, over as many pieces as they come in. */
static void count_events(struct channel_events *e, const uint8_t *bytes, size_t size)
{
	while (size) {
		size_t part = 1;

		if (e->prefix < GRPC_PREFIX_BYTES) {
			if (e->prefix)
				e->skip = e->skip << 8 | bytes[0];
			e->prefix++;
		} else {
			part = size < e->skip ? size : e->skip;
			e->skip -= (uint32_t)part;
		}
		if (e->prefix == GRPC_PREFIX_BYTES && !e->skip) {
			e->prefix = 0;
			e->seen++;
		}
		bytes += part;
		size -= part;
	}
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
		   size_t size, void *context)
{
	struct channel *c = context;

	(void)session;
	(void)flags;
	if (stream == c->events.stream)
		count_events(&c->events, bytes, size);
	if (stream != c->call.stream || c->call.too_large)
		return 0;
	c->call.too_large = c->call.body.size + size > CHANNEL_ANSWER_MAX + GRPC_PREFIX_BYTES;
	if (!c->call.too_large)
		buffer_append(&c->call.body, bytes, size);
	return 0;
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t error, void *context)
{
	struct channel *c = context;

	(void)session;
	(void)error;
	if (stream == c->call.stream)
		c->call.over = true;
	if (stream == c->events.stream)
		c->events.over = true;
	return 0;
}

/* ---- the connection ------------------------------------------------------------------------ */

static int open_session(struct channel *c)
{
	static const nghttp2_settings_entry no_push = {NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
	const struct h2_library *h2 = c->h2;

	if (h2->nghttp2_session_callbacks_new(&c->callbacks))
		return -1;
	h2->nghttp2_session_callbacks_set_on_header_callback(c->callbacks, on_header);
	h2->nghttp2_session_callbacks_set_on_data_chunk_recv_callback(c->callbacks, on_data);
	h2->nghttp2_session_callbacks_set_on_stream_close_callback(c->callbacks, on_close);
	if (h2->nghttp2_session_client_new2(&c->session, c->callbacks, c, NULL))
		return -1;
	return h2->nghttp2_submit_settings(c->session, NGHTTP2_FLAG_NONE, &no_push, 1);
}

enum channel_result channel_adopt(struct channel *c, const struct h2_library *h2, int fd)
{
	c->h2 = h2;
	c->fd = fd;
	if (!open_session(c))
		return CHANNEL_OK;
	channel_close(c);
	errno = ENOMEM;
	return CHANNEL_BROKEN;
}

/* Whoever else may serve there must not say what pods there are. */
static bool is_trusted(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
	       (!peer.uid || peer.uid == geteuid());
}

enum channel_result channel_open(struct channel *c, const struct h2_library *h2, const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	struct timeval limit = {.tv_sec = SEND_SECONDS};
	int fd, error;

	errno = ENAMETOOLONG;
	if (strlen(path) >= sizeof(at.sun_path))
		return CHANNEL_CONNECT;
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return CHANNEL_CONNECT;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)); /* also for connect() */
	if (!connect(fd, (struct sockaddr *)&at, sizeof(at))) {
		if (is_trusted(fd))
			return channel_adopt(c, h2, fd);
		errno = EPERM;
	}
	error = errno;
	close(fd);
	errno = error;
	return CHANNEL_CONNECT;
}

void channel_close(struct channel *c)
{
	int owner = c->owner;

	if (c->session)
		c->h2->nghttp2_session_del(c->session);
	if (c->callbacks)
		c->h2->nghttp2_session_callbacks_del(c->callbacks);
	if (c->fd >= 0)
		close(c->fd);
	buffer_free(&c->call.body);
	*c = CHANNEL_NONE;
	c->owner = owner;
}

/* What the library has to say; the socket takes it within its time. */
static bool send_all(struct channel *c)
{
	const uint8_t *bytes;
	ssize_t n;

	while ((n = c->h2->nghttp2_session_mem_send(c->session, &bytes)) > 0)
		for (ssize_t done = 0, part; done < n; done += part) {
			part = send(c->fd, bytes + done, (size_t)(n - done), MSG_NOSIGNAL);
			if (part < 0 && errno == EINTR)
				part = 0;
			else if (part <= 0)
				return false;
		}
	return n == 0;
}

static bool receive(struct channel *c)
{
	uint8_t bytes[READ_BYTES];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	return n > 0 && c->h2->nghttp2_session_mem_recv(c->session, bytes, (size_t)n) >= 0;
}

/* One turn: what is to be sent, and what comes until `deadline` (milliseconds). */
static enum channel_result turn(struct channel *c, uint64_t deadline)
{
	uint64_t now = clock_boot_now() / 1000000;
	struct pollfd wait[] = {{.fd = c->fd, .events = POLLIN},
				{.fd = c->owner, .events = POLLIN}};

	if (!send_all(c))
		return CHANNEL_BROKEN;
	if (now >= deadline)
		return CHANNEL_TIME;
	if (poll(wait, 2, (int)(deadline - now)) < 0 && errno != EINTR)
		return CHANNEL_BROKEN;
	if (wait[1].revents)
		return CHANNEL_OWNER;
	if (wait[0].revents && !receive(c))
		return CHANNEL_BROKEN;
	/* what came may have been so bad that the library will have no more of it */
	return c->h2->nghttp2_session_want_read(c->session) ? CHANNEL_OK : CHANNEL_BROKEN;
}

/* ---- calls --------------------------------------------------------------------------------- */

#define NV(name, value)                                                                            \
	((nghttp2_nv){(uint8_t *)(uintptr_t)(name), (uint8_t *)(uintptr_t)(value), strlen(name),   \
		      strlen(value), NGHTTP2_NV_FLAG_NONE})

static ssize_t read_request(nghttp2_session *session, int32_t stream, uint8_t *out, size_t room,
			    uint32_t *flags, nghttp2_data_source *source, void *context)
{
	struct channel_call *call = source->ptr;
	size_t part = call->request_size - call->sent;

	(void)session;
	(void)stream;
	(void)context;
	part = part < room ? part : room;
	memcpy(out, call->request + call->sent, part);
	call->sent += part;
	if (call->sent == call->request_size)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)part;
}

/* The stream's number; negative: there is none. */
static int32_t submit(struct channel *c, const char *path, struct channel_call *call)
{
	const nghttp2_nv head[] = {
		NV(":method", "POST"), NV(":scheme", "http"),
		NV(":path", path),     NV(":authority", "localhost"),
		NV("te", "trailers"),  NV("content-type", "application/grpc"),
	};
	nghttp2_data_provider body = {.source.ptr = call, .read_callback = read_request};

	return c->h2->nghttp2_submit_request(c->session, NULL, head, sizeof(head) / sizeof(head[0]),
					     &body, NULL);
}

/* Behind the prefix of all messages. */
static void put_message(struct buffer *out, const struct buffer *message)
{
	size_t size = message->size;
	const uint8_t prefix[GRPC_PREFIX_BYTES] = {0, (uint8_t)(size >> 24), (uint8_t)(size >> 16),
						   (uint8_t)(size >> 8), (uint8_t)size};

	buffer_append(out, prefix, sizeof(prefix));
	buffer_append(out, message->data, size);
}

/* Whether the body is one message, as it is. */
static bool check_body(const struct buffer *body)
{
	const uint8_t *at = (const uint8_t *)body->data;

	return !body->failed && body->size >= GRPC_PREFIX_BYTES && !at[0] &&
	       ((uint32_t)at[1] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 8 | at[4]) ==
		       body->size - GRPC_PREFIX_BYTES;
}

static enum channel_result judge(const struct channel_call *call)
{
	if (call->too_large)
		return CHANNEL_TOO_LARGE;
	if (call->status > 0)
		return CHANNEL_REFUSED;
	return call->status == 0 && check_body(&call->body) ? CHANNEL_OK : CHANNEL_BROKEN;
}

enum channel_result channel_ask(struct channel *c, const char *path, const struct buffer *message,
				unsigned int ms, const void **answer, size_t *size)
{
	uint64_t deadline = clock_boot_now() / 1000000 + ms;
	struct channel_call *call = &c->call;
	enum channel_result result = CHANNEL_OK;
	struct buffer request = {0};

	buffer_free(&call->body);
	put_message(&request, message);
	*call = (struct channel_call){
		.status = -1, .request = request.data, .request_size = request.size};
	if (!request.failed)
		call->stream = submit(c, path, call);
	if (call->stream <= 0)
		result = CHANNEL_BROKEN;
	while (result == CHANNEL_OK && !call->over && !call->too_large)
		result = turn(c, deadline);
	buffer_free(&request);
	call->request_size = call->sent = 0;
	if (result != CHANNEL_OK)
		return result;
	*answer = call->body.size > GRPC_PREFIX_BYTES ? call->body.data + GRPC_PREFIX_BYTES : "";
	*size = call->body.size > GRPC_PREFIX_BYTES ? call->body.size - GRPC_PREFIX_BYTES : 0;
	return judge(call);
}

/* ---- events -------------------------------------------------------------------------------- */

enum channel_result channel_listen(struct channel *c, const char *path)
{
	static const char empty[GRPC_PREFIX_BYTES];

	c->asked_events = (struct channel_call){.request = empty, .request_size = sizeof(empty)};
	c->events = (struct channel_events){.status = -1};
	c->events.stream = submit(c, path, &c->asked_events);
	return c->events.stream > 0 && send_all(c) ? CHANNEL_OK : CHANNEL_BROKEN;
}

enum channel_result channel_wait(struct channel *c, unsigned int ms)
{
	uint64_t deadline = clock_boot_now() / 1000000 + ms, seen = c->events.seen;
	bool over = c->events.over;
	enum channel_result result = CHANNEL_OK;

	while (result == CHANNEL_OK && c->events.seen == seen && c->events.over == over)
		result = turn(c, deadline);
	return result == CHANNEL_TIME ? CHANNEL_OK : result;
}
