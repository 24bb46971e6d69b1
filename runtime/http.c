// SPDX-License-Identifier: Apache-2.0
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/http.h"
#include "runtime/http_address.h"
#include "runtime/library.h"

#define LIBRARY		 "libmicrohttpd.so.12"
#define CONNECTIONS	 16u
#define IDLE_SECONDS	 5u
#define CONNECTION_BYTES ((size_t)16 << 10)
#define STEPS		 64 /* of the server in one turn of the main loop */

#define FUNCTIONS(X)                                                                               \
	X(MHD_start_daemon)                                                                        \
	X(MHD_stop_daemon)                                                                         \
	X(MHD_get_daemon_info)                                                                     \
	X(MHD_run)                                                                                 \
	X(MHD_get_timeout)                                                                         \
	X(MHD_create_response_from_buffer)                                                         \
	X(MHD_add_response_header)                                                                 \
	X(MHD_queue_response)                                                                      \
	X(MHD_destroy_response)

struct library {
	void *handle;
#define MEMBER(name) __typeof__(&(name)) name;
	FUNCTIONS(MEMBER)
};

struct http {
	struct library library;
	struct MHD_Daemon *daemon;
	http_page *page;
	void *context;
	int epoll_fd; /* the daemon's */
	char address[80];
};

static const struct library_need need = {LIBRARY, "libmicrohttpd12", "the metrics server"};

static int load(struct library *l, struct failure *why)
{
	l->handle = library_open(&need, why);
	if (!l->handle)
		return -1;
#define FIND(name)                                                                                 \
	if (library_find(l->handle, &need, #name, &l->name, why))                                  \
		return -1;
	FUNCTIONS(FIND)
	return 0;
}

static enum MHD_Result respond(struct http *h, struct MHD_Connection *to, unsigned int status,
			       struct buffer *body)
{
	struct MHD_Response *r = h->library.MHD_create_response_from_buffer(body->size, body->data,
									    MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	h->library.MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
					   "text/plain; version=0.0.4; charset=utf-8");
	h->library.MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		h->library.MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	result = h->library.MHD_queue_response(to, status, r);
	h->library.MHD_destroy_response(r);
	return result;
}

/* What a request brings along is not read: no page wants it. */
static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	static char seen;
	struct http *h = context;
	struct buffer body = {0};
	unsigned int status = MHD_HTTP_METHOD_NOT_ALLOWED;
	enum MHD_Result result;

	(void)version;
	(void)upload;
	if (!*state) { /* only the head of the request is there */
		*state = &seen;
		return MHD_YES;
	}
	if (*upload_size) {
		*upload_size = 0;
		return MHD_YES;
	}
	if (!strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD))
		status = h->page(h->context, url, &body);
	if (body.failed) {
		status = MHD_HTTP_INTERNAL_SERVER_ERROR;
		buffer_cut(&body, 0);
	}
	result = respond(h, connection, status, &body);
	buffer_free(&body);
	return result;
}

static int start(struct http *h, int listening, struct failure *why)
{
	const union MHD_DaemonInfo *info;

	h->daemon = h->library.MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, answer, h, MHD_OPTION_LISTEN_SOCKET, listening,
		MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
		IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, MHD_OPTION_END);
	if (!h->daemon) {
		close(listening);
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot start the metrics server");
	}
	info = h->library.MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info || info->epoll_fd < 0)
		return failure_set(why, TGRUN_ENVIRONMENT, LIBRARY " has no epoll");
	h->epoll_fd = info->epoll_fd;
	return 0;
}

static int open_server(struct http *h, const char *address, struct failure *why)
{
	int listening;

	if (load(&h->library, why))
		return -1;
	listening = http_address_listen(address, why);
	if (listening < 0)
		return -1;
	http_address_of(listening, h->address, sizeof(h->address));
	return start(h, listening, why);
}

struct http *http_open(const char *address, http_page *page, void *context, struct failure *why)
{
	struct http *h = calloc(1, sizeof(*h));

	if (!h) {
		failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
		return NULL;
	}
	h->page = page;
	h->context = context;
	if (!open_server(h, address, why))
		return h;
	http_close(h);
	return NULL;
}

const char *http_address(const struct http *h)
{
	return h->address;
}

int http_fd(const struct http *h)
{
	return h->epoll_fd;
}

static int serve_wait(void *state)
{
	const struct http *h = state;
	MHD_UNSIGNED_LONG_LONG wait;

	if (h->library.MHD_get_timeout(h->daemon, &wait) != MHD_YES)
		return -1;
	return wait < IDLE_SECONDS * 1000 ? (int)wait : (int)IDLE_SECONDS * 1000;
}

/* Until the server has nothing to do at once; clients cannot keep it busy for longer than that. */
static void serve_run(void *state)
{
	const struct http *h = state;
	MHD_UNSIGNED_LONG_LONG wait;

	for (int i = 0; i < STEPS; i++) {
		h->library.MHD_run(h->daemon);
		if (h->library.MHD_get_timeout(h->daemon, &wait) != MHD_YES || wait)
			return;
	}
}

const struct relay_service http_service = {.run = serve_run, .wait = serve_wait};

void http_close(struct http *h)
{
	if (!h)
		return;
	if (h->daemon)
		h->library.MHD_stop_daemon(h->daemon);
	if (h->library.handle)
		library_close(h->library.handle);
	free(h);
}
