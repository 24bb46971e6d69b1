// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/grpc/server.h"
#include "runtime/grpc/wire.h"

struct grpc_call *call_begin(struct client *client, int32_t stream)
{
	struct grpc_call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->client = client;
	call->stream = stream;
	call->next = client->calls;
	client->calls = call;
	client->idle_since = grpc_now();
	client->server->counts.calls++;
	return call;
}

static void drop_request(struct grpc_call *call)
{
	call->client->server->request_bytes -= call->request.size;
	buffer_free(&call->request);
}

void call_free(struct grpc_call *call)
{
	struct grpc_call **at = &call->client->calls;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	if (call->events)
		grpc_remove_stream(call->client->server, call);
	event_stream_free(call->events);
	drop_request(call);
	message_queue_free(&call->queue);
	free(call->sentence);
	free(call);
}

/* ---- the answer ------------------------------------------------------------------------------ */

#define NV(name, value)                                                                            \
	((nghttp2_nv){(uint8_t *)(uintptr_t)(name), (uint8_t *)(uintptr_t)(value), strlen(name),   \
		      strlen(value), NGHTTP2_NV_FLAG_NONE})

/* "grpc-message": percent-encoded. */
static void encode_sentence(char out[3 * CALL_SENTENCE_MAX + 1], const char *sentence)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t n = 0;

	for (size_t i = 0; sentence[i] && i < CALL_SENTENCE_MAX; i++) {
		unsigned char c = (unsigned char)sentence[i];

		if (c >= 0x20 && c < 0x7f && c != '%') {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	out[n] = '\0';
}

/* How a call ended, as headers; the texts lie in `room`. How many there are. */
struct ending {
	char status[16], sentence[3 * CALL_SENTENCE_MAX + 1];
};

static size_t put_ending(const struct grpc_call *call, struct ending *room, nghttp2_nv out[2])
{
	snprintf(room->status, sizeof(room->status), "%d", (int)call->status);
	encode_sentence(room->sentence, call->sentence ? call->sentence : "");
	out[0] = NV("grpc-status", room->status);
	out[1] = NV("grpc-message", room->sentence);
	return call->sentence ? 2 : 1;
}

static void send_trailer(struct grpc_call *call)
{
	const struct h2_library *h2 = &call->client->server->h2;
	struct ending room;
	nghttp2_nv trailer[2];
	size_t count = put_ending(call, &room, trailer);

	h2->nghttp2_submit_trailer(call->client->session, call->stream, trailer, count);
}

/* What of the queue fits. */
static size_t copy_queued(struct grpc_call *call, uint8_t *out, size_t room)
{
	struct message *m;
	size_t n = 0;

	while (n < room && (m = message_queue_first(&call->queue))) {
		size_t part = m->size - call->sent;

		if (part > room - n)
			part = room - n;
		memcpy(out + n, m->bytes + call->sent, part);
		n += part;
		call->sent += part;
		if (call->sent < m->size)
			break;
		call->sent = 0;
		message_queue_drop(&call->queue);
	}
	return n;
}

static ssize_t read_queue(nghttp2_session *session, int32_t stream, uint8_t *out, size_t room,
			  uint32_t *flags, nghttp2_data_source *source, void *context)
{
	struct grpc_call *call = source->ptr;
	size_t n = copy_queued(call, out, room);

	(void)session;
	(void)stream;
	(void)context;
	if (!call->queue.count && call->over) {
		*flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
		send_trailer(call);
		return (ssize_t)n;
	}
	call->asleep = !n;
	return n ? (ssize_t)n : NGHTTP2_ERR_DEFERRED;
}

#define HEAD                                                                                       \
	NV(":status", "200"), NV("content-type", "application/grpc"),                              \
		NV("grpc-accept-encoding", "identity")

static void begin(struct grpc_call *call, const nghttp2_nv *head, size_t count,
		  const nghttp2_data_provider *body)
{
	call->answered = true;
	if (call->client->server->h2.nghttp2_submit_response(call->client->session, call->stream,
							     head, count, body))
		call->client->gone = true;
}

static void begin_answer(struct grpc_call *call)
{
	const nghttp2_nv head[] = {HEAD};
	const nghttp2_data_provider body = {.source.ptr = call, .read_callback = read_queue};

	begin(call, head, sizeof(head) / sizeof(head[0]), &body);
}

/* An answer without a message is one frame: its head says how it ended. */
static void answer_at_once(struct grpc_call *call)
{
	nghttp2_nv head[5] = {HEAD};
	struct ending room;
	size_t count = 3 + put_ending(call, &room, head + 3);

	begin(call, head, count, NULL);
}

static void wake(struct grpc_call *call)
{
	call->client->pending = true;
	if (!call->asleep)
		return;
	call->asleep = false;
	call->client->server->h2.nghttp2_session_resume_data(call->client->session, call->stream);
}

bool call_push(struct grpc_call *call, struct message *m)
{
	if (!message_queue_push(&call->queue, m))
		return false;
	wake(call);
	return true;
}

void call_finish(struct grpc_call *call, enum grpc_status status, const char *sentence)
{
	if (call->over)
		return;
	call->over = true;
	call->client->idle_since = grpc_now();
	call->status = status;
	call->sentence = sentence ? strdup(sentence) : NULL;
	call->client->server->counts.failed += status != GRPC_OK;
	if (!call->answered && !call->queue.count)
		answer_at_once(call);
	else if (!call->answered)
		begin_answer(call);
	wake(call);
}

/* ---- the request ------------------------------------------------------------------------------
 */

static bool is(const char *name, size_t name_size, const char *other)
{
	return name_size == strlen(other) && !memcmp(name, other, name_size);
}

static bool begins(const char *text, size_t size, const char *with)
{
	return size >= strlen(with) && !memcmp(text, with, strlen(with));
}

/* "8 digits at most, and a unit": milliseconds, at least one. */
static uint64_t timeout_of(const char *value, size_t size)
{
	static const struct {
		char unit;
		uint64_t nanoseconds;
	} units[] = {{'H', 3600000000000}, {'M', 60000000000}, {'S', 1000000000},
		     {'m', 1000000},	   {'u', 1000},	       {'n', 1}};
	uint64_t n = 0;

	if (size < 2 || size > 9)
		return 0;
	for (size_t i = 0; i + 1 < size; i++) {
		if (value[i] < '0' || value[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(value[i] - '0');
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == value[size - 1])
			return n > UINT64_MAX / units[i].nanoseconds
				       ? 0 /* centuries: as none */
				       : n * units[i].nanoseconds / 1000000 + 1;
	return 0;
}

void call_header(struct grpc_call *call, const char *name, size_t name_size, const char *value,
		 size_t size)
{
	call->header_bytes += name_size + size + 32; /* as HTTP/2 counts them */
	if (is(name, name_size, ":method"))
		call->post = is(value, size, "POST");
	else if (is(name, name_size, "content-type"))
		call->grpc = begins(value, size, "application/grpc");
	else if (is(name, name_size, "grpc-encoding"))
		call->bad_encoding = !is(value, size, "identity");
	else if (is(name, name_size, "grpc-timeout"))
		call->timeout = timeout_of(value, size);
	else if (is(name, name_size, ":path") && size < CALL_PATH_MAX)
		memcpy(call->path, value, size); /* NUL-terminated: it was all zeros */
}

void call_data(struct grpc_call *call, const uint8_t *bytes, size_t size)
{
	struct grpc_server *s = call->client->server;

	if (call->over)
		return;
	if (call->request.size + size > CALL_REQUEST_MAX + GRPC_PREFIX_BYTES ||
	    s->request_bytes + size > grpc_share(GRPC_REQUESTS_MAX, call->client->may_change)) {
		drop_request(call);
		call_finish(call, GRPC_RESOURCE_EXHAUSTED,
			    "the request is longer than 256 KiB, or there are too many at a time");
		return;
	}
	s->request_bytes -= call->request.size;
	buffer_append(&call->request, bytes, size);
	s->request_bytes += call->request.size;
	if (call->request.failed)
		call_finish(call, GRPC_RESOURCE_EXHAUSTED, "out of memory");
}

static void answer(struct grpc_call *call, const struct method *m, const json_t *request,
		   struct failure *why)
{
	struct grpc_server *s = call->client->server;
	struct buffer text = {0}, wire = {0};
	struct json reply = {.out = &text};
	enum grpc_status status;
	struct message *message = NULL;

	json_open(&reply, NULL, '{');
	status = m->answer(&s->node, request, &reply, why);
	json_close(&reply, '}');
	if (status == GRPC_OK && !text.failed &&
	    s->store.bytes <= grpc_share(s->store.limit, call->client->may_change) &&
	    wire_encode(&wire, m->response, text.data, text.size))
		message = message_new(&s->store, wire.data, wire.size);
	buffer_free(&text);
	buffer_free(&wire);
	if (status != GRPC_OK)
		call_finish(call, status, why->text);
	else if (!message || !call_push(call, message))
		call_finish(call, GRPC_INTERNAL, "no memory for the answer");
	else if (m->kind == METHOD_WATCH)
		begin_answer(call);
	else
		call_finish(call, GRPC_OK, NULL);
}

static void open_events(struct grpc_call *call, const json_t *request, struct failure *why)
{
	struct grpc_server *s = call->client->server;

	call->events = event_stream_new(
		request, &s->node.options->export,
		call->client->may_change ? STREAM_VALUES_MAX : STREAM_VALUES_OPEN, why);
	if (!call->events) {
		call_finish(call, GRPC_INVALID_ARGUMENT, why->text);
	} else if (!grpc_add_stream(s, call)) {
		event_stream_free(call->events);
		call->events = NULL;
		call_finish(call, GRPC_RESOURCE_EXHAUSTED,
			    "there are too many streams of events already");
	} else {
		begin_answer(call);
	}
}

static void answer_message(struct grpc_call *call, const struct method *m, const uint8_t *bytes,
			   size_t size)
{
	struct failure why;
	json_t *request = wire_decode(m->request, bytes, size, &why);

	if (!request) {
		call_finish(call, GRPC_INVALID_ARGUMENT, why.text);
		return;
	}
	if (m->kind == METHOD_EVENTS)
		open_events(call, request, &why);
	else
		answer(call, m, request, &why);
	json_decref(request);
}

/* Whether the request is one message, as it is; else the call is over. */
static bool check_request(struct grpc_call *call)
{
	const uint8_t *at = (const uint8_t *)call->request.data;
	size_t size = call->request.size;

	if (call->bad_encoding || (size && at[0]))
		call_finish(call, GRPC_UNIMPLEMENTED,
			    "the request is compressed, which this server does not take");
	else if (size < GRPC_PREFIX_BYTES ||
		 ((uint32_t)at[1] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 8 | at[4]) !=
			 size - GRPC_PREFIX_BYTES)
		call_finish(call, GRPC_INVALID_ARGUMENT, "the request is not one message");
	return !call->over;
}

static void ask(struct grpc_call *call, const struct method *m)
{
	if (m->kind == METHOD_REFUSED)
		call_finish(call, m->status, m->refusal);
	else if (m->changes && !call->client->may_change)
		call_finish(call, GRPC_PERMISSION_DENIED,
			    "a TCP port cannot tell who asks: what changes something is asked "
			    "for by the unix socket");
	else if (check_request(call))
		answer_message(call, m, (const uint8_t *)call->request.data + GRPC_PREFIX_BYTES,
			       call->request.size - GRPC_PREFIX_BYTES);
}

/* Clients by TCP share a part of the time; those of the unix socket are trusted with it. */
static void ask_in_time(struct grpc_call *call, const struct method *m)
{
	struct time_budget *b = &call->client->server->asked;
	uint64_t before = clock_boot_now();

	if (!call->client->may_change && time_budget_over(b, before)) {
		call_finish(call, GRPC_RESOURCE_EXHAUSTED,
			    "requests by TCP take more time than they may; ask again");
		return;
	}
	ask(call, m);
	if (!call->client->may_change)
		time_budget_spend(b, before);
}

void call_asked(struct grpc_call *call)
{
	const struct method *m = method_find(call->path);

	if (call->over)
		return;
	if (call->timeout)
		call->deadline = grpc_now() + call->timeout;
	if (!call->post || !call->grpc || call->header_bytes > CALL_HEADERS_MAX)
		call_finish(call, GRPC_INVALID_ARGUMENT,
			    "this is no request of gRPC, or it has too long headers");
	else if (!m)
		call_finish(call, GRPC_UNIMPLEMENTED, "there is no such method");
	else
		ask_in_time(call, m);
	drop_request(call);
}
