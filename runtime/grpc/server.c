// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/clock.h"
#include "runtime/grpc/listen.h"
#include "runtime/grpc/wire.h"
#include "runtime/memory.h"
#include "tetragon.pb-c.h"

#define EVENTS_AT_ONCE	 16
#define ACCEPTS_AT_ONCE	 16
#define FRESH_MAX	 256 /* events that are queued before clients are offered them */
#define GROWN_BYTES	 (1u << 20)
#define KEEPALIVE_AFTER	 60 /* seconds of silence on a TCP connection */
#define KEEPALIVE_PERIOD 10
#define KEEPALIVE_PROBES 6

uint64_t grpc_now(void)
{
	return clock_boot_now() / 1000000;
}

/* ---- clients -----------------------------------------------------------------------------------
 */

void grpc_watch_client(struct grpc_server *s, const struct client *c)
{
	struct epoll_event event = {.events = c->waiting ? EPOLLOUT : EPOLLIN,
				    .data.ptr = (void *)(uintptr_t)c};

	epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

void grpc_adopt(struct grpc_server *s, int fd, bool may_change)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct client *c;

	if (s->client_count >= grpc_share(GRPC_CLIENTS_MAX, may_change)) {
		s->counts.refused++;
		close(fd);
		return;
	}
	c = client_new(s, fd, may_change);
	if (!c)
		return;
	event.data.ptr = c;
	if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event)) {
		client_free(c);
		return;
	}
	s->counts.accepted++;
	s->clients[s->client_count++] = c;
}

/* A TCP client that vanishes says nothing of it. */
static void notice_vanishing(int fd)
{
	static const int values[][3] = {
		{SOL_SOCKET, SO_KEEPALIVE, 1},
		{IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_AFTER},
		{IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_PERIOD},
		{IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES},
		{IPPROTO_TCP, TCP_NODELAY, 1},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		setsockopt(fd, values[i][0], values[i][1], &values[i][2], sizeof(int));
}

/* A connection that cannot be taken stays readable: it must not keep the main loop awake. */
static void pause_listener(struct grpc_server *s, struct grpc_listener *l, bool paused)
{
	struct epoll_event event = {.events = paused ? 0 : EPOLLIN, .data.ptr = l};

	l->paused = paused;
	epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, l->fd, &event);
}

static void accept_clients(struct grpc_server *s, struct grpc_listener *l)
{
	for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
		int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
			    errno == ENOBUFS)
				pause_listener(s, l, true);
			return;
		}
		if (!l->may_change)
			notice_vanishing(fd);
		grpc_adopt(s, fd, l->may_change);
	}
}

static void remove_gone(struct grpc_server *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->client_count; i++) {
		struct client *c = s->clients[i];

		if (c->gone)
			client_free(c);
		else
			s->clients[kept++] = c;
	}
	s->client_count = kept;
	if (!s->grown || s->store.bytes)
		return;
	s->grown = false;
	memory_give_back();
}

void grpc_flush(struct grpc_server *s)
{
	if (s->busy) /* what is asked for makes events: they go when it is done */
		return;
	s->fresh = 0;
	s->grown |= s->store.bytes > GROWN_BYTES;
	for (size_t i = 0; i < s->client_count; i++)
		if (s->clients[i]->pending && !s->clients[i]->waiting)
			client_write(s->clients[i]);
	remove_gone(s);
}

/* ---- events ------------------------------------------------------------------------------------
 */

bool grpc_add_stream(struct grpc_server *s, struct grpc_call *call)
{
	if (s->stream_count >= grpc_share(GRPC_STREAMS_MAX, call->client->may_change))
		return false;
	s->streams[s->stream_count++] = call;
	return true;
}

void grpc_remove_stream(struct grpc_server *s, const struct grpc_call *call)
{
	size_t i = 0;

	while (i < s->stream_count && s->streams[i] != call)
		i++;
	if (i < s->stream_count)
		s->streams[i] = s->streams[--s->stream_count];
}

/* NULL with a cause. */
static struct message *encode(struct grpc_server *s, const char *line, size_t size,
			      enum sink_cause *cause)
{
	struct message *m;

	buffer_cut(&s->wire, 0);
	if (!wire_encode(&s->wire, &tetragon__get_events_response__descriptor, line, size)) {
		*cause = s->wire.failed ? SINK_MEMORY : SINK_ENCODING;
		return NULL;
	}
	m = message_new(&s->store, s->wire.data, s->wire.size);
	if (!m)
		*cause = SINK_QUEUE_FULL;
	return m;
}

static void end_greedy(struct grpc_call *call)
{
	call_finish(call, GRPC_RESOURCE_EXHAUSTED, "the filters take more time than a stream may");
}

/* Clients by TCP may take as much all together as one stream. */
static bool is_greedy(struct grpc_server *s, const struct grpc_call *call, uint64_t before)
{
	return !call->client->may_change && time_budget_spend(&s->filtered, before);
}

/* Its own message, made in time that counts as its filters'. */
static struct message *encode_filtered(struct grpc_server *s, struct grpc_call *call,
				       const struct sink_event *e, const char *line, size_t size,
				       enum sink_cause *cause)
{
	uint64_t before = clock_boot_now();
	struct message *m = NULL;
	bool greedy;

	buffer_cut(&s->line, 0);
	field_filters_apply(&call->events->fields, e->view.type, line, size, &s->line);
	*cause = SINK_MEMORY;
	if (!s->line.failed)
		m = encode(s, s->line.data, s->line.size, cause);
	greedy = time_budget_spend(&call->events->time, before);
	greedy |= is_greedy(s, call, before);
	if (greedy)
		end_greedy(call);
	return m;
}

/* One whose filters would hold up the others is ended. */
static bool wants(struct grpc_call *call, const struct sink_event *e)
{
	uint64_t before = clock_boot_now();
	bool greedy, wanted = event_stream_wants(call->events, &e->view, &greedy);

	greedy |= is_greedy(call->client->server, call, before);
	if (greedy)
		end_greedy(call);
	return wanted && !greedy;
}

/* The message for all streams without field filters, once it has been tried. */
struct shared {
	struct message *m;
	bool tried;
	enum sink_cause cause; /* without `m` */
};

static struct message *shared_message(struct grpc_server *s, struct shared *shared,
				      const char *line, size_t size, enum sink_cause *cause)
{
	if (!shared->tried)
		shared->m = encode(s, line, size, &shared->cause);
	shared->tried = true;
	*cause = shared->cause;
	return shared->m ? message_hold(shared->m) : NULL;
}

static bool has_room(const struct grpc_server *s, const struct grpc_call *call)
{
	return call->queue.count < GRPC_QUEUE_MAX &&
	       s->store.bytes <= grpc_share(s->store.limit, call->client->may_change);
}

/* The message that this stream gets. */
static struct message *message_for(struct grpc_server *s, struct grpc_call *call,
				   const struct sink_event *e, struct shared *shared,
				   enum sink_cause *cause)
{
	size_t size;
	const char *line;

	*cause = SINK_FILTERED;
	if (!wants(call, e))
		return NULL;
	*cause = SINK_QUEUE_FULL;
	if (!has_room(s, call))
		return NULL;
	*cause = SINK_MEMORY;
	line = sink_event_json(e, &size);
	if (!line)
		return NULL;
	return call->events->fields.count ? encode_filtered(s, call, e, line, size, cause)
					  : shared_message(s, shared, line, size, cause);
}

static void take_event(void *state, const struct sink_event *e)
{
	struct grpc_server *s = state;
	struct shared shared = {.m = NULL};

	for (size_t i = 0; i < s->stream_count; i++) {
		enum sink_cause cause;
		struct message *m;

		if (s->streams[i]->over)
			continue;
		m = message_for(s, s->streams[i], e, &shared, &cause);
		if (m && !call_push(s->streams[i], m)) {
			m = NULL;
			cause = SINK_MEMORY;
		}
		s->events.accepted += m != NULL;
		s->fresh += m != NULL;
		if (!m)
			s->events.left_out[cause]++;
	}
	message_drop(shared.m);
}

static bool is_full(const void *state)
{
	const struct grpc_server *s = state;

	return s->fresh >= FRESH_MAX;
}

static void flush(void *state)
{
	grpc_flush(state);
}

static void close_sink(void *state)
{
	(void)state; /* grpc_close() */
}

int grpc_add_sink(struct grpc_server *s, struct sinks *sinks)
{
	static const struct sink_ops ops = {
		.event = take_event, .full = is_full, .flush = flush, .close = close_sink};

	return sinks_add(sinks, &(struct sink){"gRPC", &ops, s, &s->events});
}

/* ---- the main loop ------------------------------------------------------------------------------
 */

static struct grpc_listener *listener_of(struct grpc_server *s, const void *pointer)
{
	for (size_t i = 0; i < s->listener_count; i++)
		if (pointer == &s->listeners[i])
			return &s->listeners[i];
	return NULL;
}

static void handle(struct grpc_server *s, const struct epoll_event *event)
{
	struct grpc_listener *l = listener_of(s, event->data.ptr);
	struct client *c = event->data.ptr;

	if (l) {
		accept_clients(s, l);
		return;
	}
	if (event->events & (EPOLLERR | EPOLLHUP))
		c->gone = true;
	if (event->events & EPOLLOUT)
		client_write(c);
	if (event->events & EPOLLIN)
		client_read(c);
}

static void run(void *state)
{
	struct grpc_server *s = state;
	struct epoll_event events[EVENTS_AT_ONCE];
	int n = epoll_wait(s->epoll_fd, events, EVENTS_AT_ONCE, 0);
	uint64_t now;

	for (size_t i = 0; i < s->listener_count; i++)
		if (s->listeners[i].paused)
			pause_listener(s, &s->listeners[i], false);
	s->busy = true;
	for (int i = 0; i < n; i++)
		handle(s, &events[i]);
	s->busy = false;
	now = grpc_now(); /* not before anything that was noted */
	for (size_t i = 0; i < s->client_count; i++)
		client_tick(s->clients[i], now);
	grpc_flush(s);
}

const struct relay_service grpc_service = {.run = run};

int grpc_fd(const struct grpc_server *s)
{
	return s->epoll_fd;
}

/* ---- all of it
 * ----------------------------------------------------------------------------------- */

static int prepare_sessions(struct grpc_server *s, struct failure *why)
{
	if (h2_load(&s->h2, why))
		return -1;
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll_fd < 0 || s->h2.nghttp2_session_callbacks_new(&s->callbacks) ||
	    s->h2.nghttp2_option_new(&s->option))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot start the gRPC service: %s",
				   strerror(errno));
	client_set_callbacks(&s->h2, s->callbacks);
	s->h2.nghttp2_option_set_no_closed_streams(s->option, 1); /* priorities are not kept */
	return 0;
}

static int add_listener(struct grpc_server *s, const char *address, struct failure *why)
{
	struct grpc_listener *l = &s->listeners[s->listener_count];
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = l};
	int result = grpc_listen(l, address, why);

	s->listener_count += l->fd >= 0; /* to be closed, whatever came of it */
	if (!result && epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, l->fd, &event))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot watch %s: %s", address,
				   strerror(errno));
	return result;
}

struct grpc_server *grpc_open(char *const *addresses, size_t count, const struct grpc_node *node,
			      struct failure *why)
{
	struct grpc_server *s = calloc(1, sizeof(*s));
	int result;

	if (!s) {
		failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
		return NULL;
	}
	s->epoll_fd = -1;
	s->node = *node;
	s->store.limit = GRPC_QUEUES_BYTES;
	result = prepare_sessions(s, why);
	for (size_t i = 0; i < count && !result; i++)
		result = add_listener(s, addresses[i], why);
	if (!result)
		return s;
	grpc_close(s);
	return NULL;
}

void grpc_close(struct grpc_server *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->client_count; i++) {
		client_dismiss(s->clients[i]);
		client_free(s->clients[i]);
	}
	for (size_t i = 0; i < s->listener_count; i++)
		grpc_unlisten(&s->listeners[i]);
	if (s->callbacks)
		s->h2.nghttp2_session_callbacks_del(s->callbacks);
	if (s->option)
		s->h2.nghttp2_option_del(s->option);
	h2_unload(&s->h2);
	if (s->epoll_fd >= 0)
		close(s->epoll_fd);
	buffer_free(&s->line);
	buffer_free(&s->wire);
	free(s);
}
