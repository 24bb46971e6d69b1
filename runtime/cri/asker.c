// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/cri/asker.h"
#include "runtime/cri/channel.h"
#include "runtime/grpc/wire.h"
#include "runtime/memory.h"
#include "runtime/notice.h"

#define SERVICE	      "/runtime.v1.RuntimeService/"
#define ANSWER_MS     10000u
#define BACKOFF_FIRST 250u /* milliseconds */
#define BACKOFF_MAX   10000u
#define EVENTS_MS     30000u /* between two questions, while the runtime tells of changes */
#define SETTLE_MS     50u    /* events come in flocks */
#define REFUSED_NONE  12     /* of gRPC: there is no such method */
#define TOLD_MAX      1024

static const char *const usual[] = {
	"/run/containerd/containerd.sock",
	"/run/crio/crio.sock",
	"/var/run/cri-dockerd.sock",
};

struct asker {
	const struct asker_options *options;
	int socket;
	const char *endpoint; /* that is used now */
	struct channel channel;
	struct cri_table table;
	struct cri_counts counts;
	struct buffer text, next; /* what the relay was told, and what it is to be told */
	unsigned int backoff;
	bool connected; /* it has answered all that was asked */
	bool fresh;	/* nothing has been asked on this connection yet */
	uint64_t heard; /* events of this connection, when it was asked last */
	bool announced; /* an event came before the question */
	bool deaf;	/* events do not tell of everything */
	char told[TOLD_MAX];
};

static _Noreturn void end(int status)
{
	_exit(status);
}

/* ---- to the relay -------------------------------------------------------------------------- */

static int put_memory(const struct buffer *text)
{
	int fd = memfd_create("tgrun-cri", MFD_CLOEXEC);

	for (size_t done = 0; fd >= 0 && done < text->size;) {
		ssize_t n = write(fd, text->data + done, text->size - done);

		if (n < 0 && errno != EINTR) {
			close(fd);
			return -1;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	return fd;
}

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr aligned;
};

static void attach(struct msghdr *h, union control *c, int fd)
{
	struct cmsghdr *item;

	h->msg_control = c->bytes;
	h->msg_controllen = sizeof(c->bytes);
	item = CMSG_FIRSTHDR(h);
	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(item), &fd, sizeof(fd));
}

/* `text`: a new state, or NULL. False: there was no memory to put it in. */
static bool report(struct asker *a, const struct buffer *text)
{
	int fd = text ? put_memory(text) : -1;
	struct cri_report r = {.magic = CRI_MAGIC,
			       .connected = a->connected,
			       .size = fd >= 0 ? text->size : 0,
			       .counts = a->counts};
	struct iovec bytes = {&r, sizeof(r)};
	struct msghdr h = {.msg_iov = &bytes, .msg_iovlen = 1};
	union control c = {0};

	if (fd >= 0)
		attach(&h, &c, fd);
	while (sendmsg(a->socket, &h, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			end(0);
	if (fd >= 0)
		close(fd);
	return !text || fd >= 0;
}

/* ---- what went wrong ----------------------------------------------------------------------- */

static enum cri_failure failure_of(enum channel_result result)
{
	switch (result) {
	case CHANNEL_CONNECT:
		return CRI_UNREACHABLE;
	case CHANNEL_REFUSED:
		return CRI_REFUSED;
	case CHANNEL_TIME:
		return CRI_TIMEOUT;
	case CHANNEL_TOO_LARGE:
		return CRI_TOO_LARGE;
	default:
		return CRI_PROTOCOL;
	}
}

static void explain(const struct asker *a, enum channel_result result, const char *sentence,
		    char *out, size_t size)
{
	const struct channel_call *call = &a->channel.call;

	switch (result) {
	case CHANNEL_CONNECT:
		snprintf(out, size,
			 "cannot connect: %s; if its socket is elsewhere, say so with "
			 "--cri-endpoint",
			 sentence);
		break;
	case CHANNEL_REFUSED:
		snprintf(out, size, "the runtime refuses with status %d (%s)%s", call->status,
			 call->sentence,
			 call->status == REFUSED_NONE
				 ? "; tgrun speaks CRI v1, which containerd has since 1.6 and "
				   "CRI-O since 1.23, unless its plugin `cri` is disabled"
				 : "");
		break;
	case CHANNEL_TIME:
		snprintf(out, size, "no answer within %u s; it may be overloaded",
			 ANSWER_MS / 1000);
		break;
	case CHANNEL_TOO_LARGE:
		snprintf(out, size,
			 "an answer is larger than %u MiB; remove containers that have "
			 "ended",
			 CHANNEL_ANSWER_MAX >> 20);
		break;
	default:
		snprintf(out, size, "%s", sentence);
	}
}

/* Once, until it is something else or has become good again. */
static void tell(struct asker *a, enum channel_result result, const char *sentence)
{
	char text[TOLD_MAX];

	explain(a, result, sentence, text, sizeof(text));
	if (!strcmp(text, a->told))
		return;
	memcpy(a->told, text, sizeof(a->told));
	notice("tgrun: container runtime at %s: %s. What is known of pods stays, and it is tried "
	       "again\n",
	       a->endpoint, text);
}

static void fail(struct asker *a, enum channel_result result, const char *sentence)
{
	if (result == CHANNEL_OWNER)
		end(0);
	tell(a, result, sentence);
	channel_close(&a->channel);
	a->counts.failures[failure_of(result)]++;
	a->connected = false;
	report(a, NULL);
}

/* ---- questions ----------------------------------------------------------------------------- */

static enum channel_result ask(struct asker *a, const char *method, const char *id,
			       const void **answer, size_t *size)
{
	struct buffer message = {0};
	enum channel_result result;

	if (id) { /* ..._id = 1, verbose = 2 */
		wire_put_tag(&message, 1, WIRE_BYTES);
		wire_put_varint(&message, strlen(id));
		buffer_text(&message, id);
		wire_put_tag(&message, 2, WIRE_VARINT);
		wire_put_varint(&message, 1);
	}
	result = message.failed
			 ? CHANNEL_BROKEN
			 : channel_ask(&a->channel, method, &message, ANSWER_MS, answer, size);
	buffer_free(&message);
	return result;
}

typedef int take_answer(struct cri_table *t, const void *bytes, size_t size, struct failure *why);

/* 0, or -1: the channel is closed, and why is told. */
static int take(struct asker *a, const char *method, take_answer *taker)
{
	enum channel_result result;
	struct failure why = {.text = "the connection was closed, or what comes is not gRPC"};
	const void *answer;
	size_t size;

	result = ask(a, method, NULL, &answer, &size);
	if (result == CHANNEL_OK && taker(&a->table, answer, size, &why))
		result = CHANNEL_BROKEN;
	if (result == CHANNEL_OK)
		return 0;
	fail(a, result, why.text);
	return -1;
}

/* Of each that is new. What has ended meanwhile is refused, and not in the next list. */
static int take_statuses(struct asker *a)
{
	enum channel_result result = CHANNEL_OK;
	struct failure why;
	const void *answer;
	size_t at = 0, size;
	const char *id;
	bool pod;

	while (result == CHANNEL_OK && (id = cri_table_unknown(&a->table, &at, &pod))) {
		result = ask(a, pod ? SERVICE "PodSandboxStatus" : SERVICE "ContainerStatus", id,
			     &answer, &size);
		if (result == CHANNEL_OK)
			cri_table_status(&a->table, id, pod, answer, size, &why);
		if (result == CHANNEL_REFUSED) {
			a->counts.failures[CRI_REFUSED]++;
			result = CHANNEL_OK;
		}
	}
	if (result == CHANNEL_OK)
		return 0;
	fail(a, result, "the connection was closed, or what comes is not gRPC");
	return -1;
}

/* What is known is told, if it is not what was told last. */
static void tell_state(struct asker *a)
{
	struct cri_told told;
	struct buffer old = a->text;
	bool was_connected = a->connected;
	size_t left_out = a->counts.left_out;

	buffer_cut(&a->next, 0);
	cri_table_print(&a->table, &a->next, &told);
	a->counts.pods = told.pods;
	a->counts.containers = told.containers;
	a->counts.left_out = told.left_out;
	a->connected = a->channel.fd >= 0;
	if (a->next.failed)
		return;
	if (a->next.size != old.size || memcmp(a->next.data, old.data, old.size)) {
		a->deaf |= !a->announced && !a->fresh;
		a->text = a->next;
		a->next = old;
		if (!report(a, &a->text))
			buffer_cut(&a->text, 0); /* it is not told yet */
		memory_give_back();
	} else if (was_connected != a->connected || left_out != told.left_out || a->announced) {
		report(a, NULL);
	}
}

/* Two lists, and the statuses of what is new in them. */
static int question(struct asker *a)
{
	uint64_t seen = a->channel.events.seen;
	int result;

	a->announced = seen != a->heard;
	a->counts.events += seen - a->heard;
	a->heard = seen;
	if (take(a, SERVICE "ListPodSandbox", cri_table_pods) ||
	    take(a, SERVICE "ListContainers", cri_table_containers))
		return -1;
	result = take_statuses(a);
	tell_state(a);
	a->fresh = false;
	return result;
}

/* ---- the connection ------------------------------------------------------------------------ */

static enum channel_result connect_one(struct asker *a, const char *path)
{
	a->endpoint = path;
	return channel_open(&a->channel, a->options->h2, path);
}

static int connect_runtime(struct asker *a)
{
	size_t count = a->options->endpoint ? 0 : sizeof(usual) / sizeof(usual[0]);
	enum channel_result result = CHANNEL_CONNECT;

	if (a->options->endpoint)
		result = connect_one(a, a->options->endpoint);
	for (size_t i = 0; i < count && result != CHANNEL_OK; i++)
		result = connect_one(a, usual[i]);
	if (result == CHANNEL_OK)
		return 0;
	if (count)
		a->endpoint = "its usual places";
	fail(a, result,
	     errno == EPERM ? "who serves there is neither root nor the user of tgrun"
			    : strerror(errno));
	return -1;
}

static int begin(struct asker *a)
{
	bool was_told = a->told[0];

	if (connect_runtime(a) || take(a, SERVICE "Version", cri_table_version))
		return -1;
	if (channel_listen(&a->channel, SERVICE "GetContainerEvents") != CHANNEL_OK) {
		fail(a, CHANNEL_BROKEN, "the connection was closed");
		return -1;
	}
	a->counts.connects++;
	a->fresh = true;
	a->deaf = false;
	a->heard = 0;
	if (question(a))
		return -1;
	if (was_told)
		notice("tgrun: container runtime at %s: it answers again\n", a->endpoint);
	a->told[0] = '\0';
	a->backoff = BACKOFF_FIRST;
	return 0;
}

/* The time of the relay's end is not waited for. */
static void pause_for(const struct asker *a, unsigned int ms)
{
	struct pollfd relay = {.fd = a->socket, .events = POLLIN};

	if (poll(&relay, 1, (int)ms) > 0)
		end(0);
}

/* A stream that has never told of anything, or not of everything, is not relied on. */
static void wait_for_change(struct asker *a)
{
	const struct channel_events *e = &a->channel.events;
	bool told = e->seen && !e->over && !a->deaf;
	enum channel_result result = CHANNEL_OK;

	if (e->seen == a->heard) /* while it was asked nothing has changed */
		result = channel_wait(&a->channel, told ? EVENTS_MS : a->options->interval);

	if (result != CHANNEL_OK) {
		fail(a, result, "the connection was closed, or what comes is not gRPC");
		return;
	}
	if (e->seen != a->heard)
		pause_for(a, SETTLE_MS);
}

_Noreturn void asker_run(const struct asker_options *o, int socket)
{
	struct asker a = {
		.options = o, .socket = socket, .channel = CHANNEL_NONE, .backoff = BACKOFF_FIRST};

	a.channel.owner = socket;
	for (;;) {
		if (a.channel.fd >= 0 ? !question(&a) : !begin(&a))
			wait_for_change(&a);
		if (a.channel.fd >= 0)
			continue;
		pause_for(&a, a.backoff);
		a.backoff = a.backoff * 2 < BACKOFF_MAX ? a.backoff * 2 : BACKOFF_MAX;
	}
}
