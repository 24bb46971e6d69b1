// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "runtime/notice.h"
#include "runtime/relay.h"

#define FLUSH_SIZE   (32u << 10) /* bytes of lines that are written without waiting for more */
#define LOSS_SECONDS 10
#define TICKS_TO_AGE (PROCS_TICK_SECONDS / LOSS_SECONDS)

static void flush(struct relay *r)
{
	struct buffer *out = &r->dispatch->out;

	delivery_write(&r->delivery, out->data, out->size);
	buffer_cut(out, 0);
}

/* A negative result makes libbpf return to the loop; the record counts as consumed. */
static int take_record(void *context, void *data, size_t size)
{
	struct relay *r = context;

	dispatch_record(r->dispatch, data, size);
	if (r->dispatch->out.size < FLUSH_SIZE)
		return 0;
	flush(r);
	return -EAGAIN;
}

static int watch(struct relay *r, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int open_all(struct relay *r)
{
	struct itimerspec every = {{LOSS_SECONDS, 0}, {LOSS_SECONDS, 0}};
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	r->ring = ring_buffer__new(r->base->maps[BASE_MAP_RING], take_record, r, NULL);
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	r->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (!r->ring || r->epoll_fd < 0 || r->signal_fd < 0 || r->timer_fd < 0)
		return -1;
	if (timerfd_settime(r->timer_fd, 0, &every, NULL))
		return -1;
	return watch(r, ring_buffer__epoll_fd(r->ring)) || watch(r, r->signal_fd) ||
	       watch(r, r->timer_fd);
}

int relay_open(struct relay *r, struct dispatch *dispatch, const struct base *base,
	       struct clock *clock, int output_fd, struct failure *why)
{
	*r = (struct relay){.dispatch = dispatch,
			    .base = base,
			    .clock = clock,
			    .epoll_fd = -1,
			    .signal_fd = -1,
			    .timer_fd = -1};
	if (open_all(r))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot open the event ring: %s",
				   strerror(errno));
	delivery_init(&r->delivery, output_fd, r->signal_fd, bundles_enforce(dispatch->bundles));
	return 0;
}

int relay_serve(struct relay *r, struct http *http)
{
	r->http = http;
	return watch(r, http_fd(http));
}

static void report_losses(struct relay *r)
{
	struct losses now;

	losses_read(&now, r->base, r->dispatch->bundles);
	now.discarded = r->delivery.discarded;
	losses_report(&now, &r->losses, r->dispatch->bundles);
	losses_free(&r->losses);
	r->losses = now;
}

static void handle_timer(struct relay *r)
{
	uint64_t expired;

	if (read(r->timer_fd, &expired, sizeof(expired)) != sizeof(expired))
		return;
	report_losses(r);
	requests_reap(&r->dispatch->requests);
	delivery_retry(&r->delivery);
	clock_measure(r->clock);
	r->timer_ticks++;
	if (r->timer_ticks % TICKS_TO_AGE == 0)
		procs_tick(r->dispatch->procs);
}

/* Whether to go on. */
static bool wait_and_handle(struct relay *r)
{
	struct epoll_event events[4];
	int n = epoll_wait(r->epoll_fd, events, 4, r->http ? http_wait(r->http) : -1);
	bool failed = n < 0 && errno != EINTR; /* what follows may change errno */
	bool serve = n == 0;

	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == r->signal_fd)
			return false;
		if (events[i].data.fd == r->timer_fd)
			handle_timer(r);
		serve |= events[i].data.fd == r->timer_fd ||
			 (r->http && events[i].data.fd == http_fd(r->http));
	}
	if (r->http && serve)
		http_run(r->http);
	ring_buffer__consume(r->ring);
	flush(r);
	return delivery_goes_on(&r->delivery) && !failed;
}

static void add_count(struct buffer *line, uint64_t count, const char *what)
{
	if (count)
		buffer_print(line, ", %" PRIu64 " %s", count, what);
}

static void print_summary(const struct relay *r)
{
	const struct dispatch_counts *c = &r->dispatch->counts;
	const struct delivery *d = &r->delivery;
	struct buffer line = {0};

	buffer_print(&line, "tgrun: stopped: %" PRIu64 " events, %" PRIu64 " lost",
		     c->events - d->discarded, r->losses.lost);
	add_count(&line, d->discarded, "discarded because they could not be written");
	add_count(&line, r->dispatch->requests.made, "requests made");
	add_count(&line, r->dispatch->requests.dropped, "requests left out, too many at a time");
	add_count(&line, r->losses.missed, "calls without their program");
	add_count(&line, calls_count(r->dispatch->calls), "calls that have not returned");
	add_count(&line, calls_given_up(r->dispatch->calls), "calls given up for want of room");
	add_count(&line, c->unknown, "of unknown processes");
	add_count(&line, c->malformed, "records not understood");
	add_count(&line, c->dropped, "dropped for want of memory");
	add_count(&line, procs_evicted(r->dispatch->procs), "processes forgotten early");
	if (d->result == OUTPUT_STOPPED)
		buffer_text(&line, "; the reader did not take the last of them");
	buffer_char(&line, '\n');
	if (line.size)
		notice_write(STDERR_FILENO, line.data, line.size);
	buffer_free(&line);
}

void relay_run(struct relay *r)
{
	flush(r); /* the processes of the start */
	while (delivery_goes_on(&r->delivery) && wait_and_handle(r))
		;
}

int relay_finish(struct relay *r, struct failure *why)
{
	while (ring_buffer__consume(r->ring) == -EAGAIN)
		;
	flush(r);
	report_losses(r);
	losses_report_held(&r->losses);
	print_summary(r);
	return delivery_result(&r->delivery, why);
}

void relay_close(struct relay *r)
{
	ring_buffer__free(r->ring);
	if (r->epoll_fd >= 0)
		close(r->epoll_fd);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	if (r->timer_fd >= 0)
		close(r->timer_fd);
	losses_free(&r->losses);
	r->ring = NULL;
}
