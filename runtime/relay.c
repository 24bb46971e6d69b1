// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include "runtime/notice.h"
#include "runtime/relay.h"

#define LOSS_SECONDS 10
#define EVENTS	     8 /* taken at once */
#define PAUSE_MS     1
#define TICKS_TO_AGE (PROCS_TICK_SECONDS / LOSS_SECONDS)

/* A negative result makes libbpf return to the loop; the record counts as consumed. */
static int take_record(void *context, void *data, size_t size)
{
	struct relay *r = context;

	dispatch_record(r->dispatch, data, size);
	if (!sinks_full(&r->sinks))
		return 0;
	sinks_flush(&r->sinks);
	return -EAGAIN;
}

static int watch(struct relay *r, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(r->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int open_signals(struct relay *r)
{
	sigset_t stop, hangup;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigemptyset(&hangup);
	sigaddset(&hangup, SIGHUP);
	r->signal_fd = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	r->hangup_fd = signalfd(-1, &hangup, SFD_CLOEXEC | SFD_NONBLOCK);
	return r->signal_fd < 0 || r->hangup_fd < 0 ? -1 : 0;
}

static int open_all(struct relay *r)
{
	const struct workloads *w = r->dispatch->workloads;
	struct itimerspec every = {{LOSS_SECONDS, 0}, {LOSS_SECONDS, 0}};

	r->ring = ring_buffer__new(r->base->maps[BASE_MAP_RING], take_record, r, NULL);
	r->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	r->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (!r->ring || r->epoll_fd < 0 || r->timer_fd < 0 || open_signals(r))
		return -1;
	if (timerfd_settime(r->timer_fd, 0, &every, NULL))
		return -1;
	if (w && w->watch_fd >= 0 && watch(r, w->watch_fd))
		return -1;
	return watch(r, r->signal_fd) || watch(r, r->hangup_fd) || watch(r, r->timer_fd);
}

int relay_open(struct relay *r, struct dispatch *dispatch, const struct base *base,
	       struct clock *clock, struct failure *why)
{
	*r = (struct relay){.dispatch = dispatch,
			    .base = base,
			    .clock = clock,
			    .pause = -1,
			    .epoll_fd = -1,
			    .signal_fd = -1,
			    .hangup_fd = -1,
			    .timer_fd = -1};
	dispatch->sinks = &r->sinks;
	if (open_all(r))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot open the event ring: %s",
				   strerror(errno));
	return 0;
}

int relay_serve(struct relay *r, int fd, const struct relay_service *service, void *state)
{
	if (r->server_count == RELAY_SERVERS_MAX) {
		errno = ENOSPC;
		return -1;
	}
	if (watch(r, fd))
		return -1;
	r->servers[r->server_count++] = (struct relay_server){service, state, fd};
	return 0;
}

/* `fd`: what is readable; -1 nothing is. */
static void serve(struct relay *r, int fd)
{
	for (size_t i = 0; i < r->server_count; i++)
		if (fd < 0 || fd == r->servers[i].fd)
			r->servers[i].service->run(r->servers[i].state);
}

/* How long servers can do without being asked; milliseconds, -1 for ever. */
static int longest_wait(const struct relay *r)
{
	int longest = -1;

	for (size_t i = 0; i < r->server_count; i++) {
		const struct relay_server *s = &r->servers[i];
		int wait = s->service->wait ? s->service->wait(s->state) : -1;

		if (wait >= 0 && (longest < 0 || wait < longest))
			longest = wait;
	}
	return longest;
}

static void report_losses(struct relay *r)
{
	struct losses now;

	losses_read(&now, r->base, r->dispatch->bundles);
	now.discarded = sinks_left_out(&r->sinks, SINK_OUTPUT);
	now.too_slow = sinks_left_out(&r->sinks, SINK_QUEUE_FULL);
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
	if (r->dispatch->workloads)
		workloads_retry(r->dispatch->workloads);
	sinks_tick(&r->sinks, clock_boot_now());
	serve(r, -1);
	clock_measure(r->clock);
	r->timer_ticks++;
	if (r->timer_ticks % TICKS_TO_AGE == 0)
		procs_tick(r->dispatch->procs);
}

static void handle_hangup(struct relay *r)
{
	struct signalfd_siginfo info;

	while (read(r->hangup_fd, &info, sizeof(info)) == sizeof(info))
		;
	sinks_reopen(&r->sinks);
	if (r->dispatch->workloads)
		workloads_reread(r->dispatch->workloads);
}

/* Bundles that are detached are forgotten once their last records have come. */
static void read_ring(struct relay *r)
{
	uint64_t before = clock_boot_now();
	int records = ring_buffer__consume(r->ring);

	r->pause = records < 0 ? 0 : records ? PAUSE_MS : -1;
	if (records >= 0)
		r->dispatch->read_until = before;
	bundles_forget(r->dispatch->bundles, r->dispatch->read_until);
}

/*
 * How many descriptors but the ring's are readable; *late: none is, and servers have waited long
 * enough. The kernel wakes whoever waits for the ring with each record that is read before the next
 * one comes, and to be woken costs ten times what a record does: after some have come, more are let
 * gather for a moment.
 */
static int wait_for_some(struct relay *r, struct epoll_event *events, bool *late)
{
	struct pollfd both[] = {{.fd = r->epoll_fd, .events = POLLIN},
				{.fd = ring_buffer__epoll_fd(r->ring), .events = POLLIN}};
	int longest = longest_wait(r), n;

	if (r->pause >= 0 && (longest < 0 || longest > r->pause)) {
		*late = false;
		return epoll_wait(r->epoll_fd, events, EVENTS, r->pause);
	}
	n = poll(both, 2, longest);
	*late = n == 0;
	return n <= 0 ? n : epoll_wait(r->epoll_fd, events, EVENTS, 0);
}

/* Whether to go on. */
static bool wait_and_handle(struct relay *r)
{
	struct epoll_event events[EVENTS];
	bool late;
	int n = wait_for_some(r, events, &late);
	bool failed = n < 0 && errno != EINTR; /* what follows may change errno */

	if (late)
		serve(r, -1);
	for (int i = 0; i < n; i++) {
		if (events[i].data.fd == r->signal_fd)
			return false;
		if (events[i].data.fd == r->timer_fd)
			handle_timer(r);
		serve(r, events[i].data.fd);
		if (events[i].data.fd == r->hangup_fd)
			handle_hangup(r);
		if (r->dispatch->workloads && events[i].data.fd == r->dispatch->workloads->watch_fd)
			workloads_changed(r->dispatch->workloads);
	}
	read_ring(r);
	sinks_flush(&r->sinks);
	return sinks_go_on(&r->sinks) && !failed;
}

static void add_count(struct buffer *line, uint64_t count, const char *what)
{
	if (count)
		buffer_print(line, ", %" PRIu64 " %s", count, what);
}

/* What all sinks left out, under its cause; two causes are told elsewhere. */
static void add_left_out(struct buffer *line, const struct sinks *sinks)
{
	for (int i = 0; i < SINK_CAUSE_COUNT; i++) {
		if (i != SINK_OUTPUT && i != SINK_MEMORY)
			add_count(line, sinks_left_out(sinks, (enum sink_cause)i),
				  sink_cause_words((enum sink_cause)i));
	}
}

/* With one sink, what it could not write did not happen for anybody. */
static uint64_t told(const struct relay *r)
{
	uint64_t discarded = sinks_left_out(&r->sinks, SINK_OUTPUT);

	return r->dispatch->counts.events - (r->sinks.count == 1 ? discarded : 0);
}

static void print_summary(const struct relay *r)
{
	const struct dispatch_counts *c = &r->dispatch->counts;
	struct buffer line = {0};

	buffer_print(&line, "tgrun: stopped: %" PRIu64 " events, %" PRIu64 " lost", told(r),
		     r->losses.lost);
	add_count(&line, sinks_left_out(&r->sinks, SINK_OUTPUT),
		  "discarded because they could not be written");
	add_left_out(&line, &r->sinks);
	add_count(&line, r->dispatch->requests.made, "requests made");
	add_count(&line, r->dispatch->requests.dropped, "requests left out, too many at a time");
	add_count(&line, r->losses.unseen, "starts or ends of processes not seen, at most");
	add_count(&line, r->losses.missed, "calls without their program");
	add_count(&line, calls_count(r->dispatch->calls), "calls that have not returned");
	add_count(&line, calls_given_up(r->dispatch->calls), "calls given up for want of room");
	add_count(&line, c->unknown, "of unknown processes");
	add_count(&line, r->dispatch->repair ? r->dispatch->repair->repaired : 0,
		  "processes put together anew");
	add_count(&line, c->malformed, "records not understood");
	add_count(&line, c->dropped + sinks_left_out(&r->sinks, SINK_MEMORY),
		  sink_cause_words(SINK_MEMORY));
	add_count(&line, procs_evicted(r->dispatch->procs), "processes forgotten early");
	if (!sinks_finished(&r->sinks))
		buffer_text(&line, "; the reader did not take the last of them");
	buffer_char(&line, '\n');
	if (line.size)
		notice_write(STDERR_FILENO, line.data, line.size);
	buffer_free(&line);
}

void relay_run(struct relay *r)
{
	sinks_flush(&r->sinks); /* the processes of the start */
	while (!r->stopped && sinks_go_on(&r->sinks) && wait_and_handle(r))
		;
}

void relay_stop(struct relay *r)
{
	r->stopped = true;
}

void relay_finish(struct relay *r, bool leave)
{
	while (!leave && ring_buffer__consume(r->ring) == -EAGAIN)
		;
	sinks_flush(&r->sinks);
	if (r->dispatch->workloads)
		workloads_retry(r->dispatch->workloads);
	report_losses(r);
	losses_report_held(&r->losses);
	print_summary(r);
}

void relay_close(struct relay *r)
{
	sinks_close(&r->sinks);
	ring_buffer__free(r->ring);
	if (r->epoll_fd >= 0)
		close(r->epoll_fd);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	if (r->hangup_fd >= 0)
		close(r->hangup_fd);
	if (r->timer_fd >= 0)
		close(r->timer_fd);
	losses_free(&r->losses);
	r->ring = NULL;
}
