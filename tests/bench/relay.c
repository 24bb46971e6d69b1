/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tgrun does with records once it has them: a buffer of records, as the ring would hand them
 * over, is given to the relay again and again, and the lines of JSON go to /dev/null. The records
 * are what a busy node makes: four events of a policy about files for each clone, exec and exit.
 *
 * relay-bench [EVENTS]
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "runtime/clock.h"
#include "runtime/dispatch.h"
#include "runtime/export_sink.h"

#define FINGERPRINT   0xfeed
#define PROCESSES     2000 /* alive at a time */
#define HOOKS_EACH    4	   /* events of a policy in the life of a process */
#define GOAL	      400000
#define GOAL_LABEL    "400,000"
#define FLUSH_BYTES   (64 * 1024)
#define TICK_EVERY    1000000 /* events between two calls of procs_tick() */
#define GROWTH_EVENTS 1000000 /* memory is compared from here on: the tables are full by then */

static const char strings[] = "\0file-access\0security_file_permission";
enum { POLICY = 1, HOOK = 13 };

static const struct tg_artifact_header header = {.fingerprint = FINGERPRINT};
static const struct tg_policy_entry policies[] = {{.name = POLICY}};
static const struct tg_hook_entry hooks[] = {
	{.kind = TG_HOOK_KPROBE, .name = HOOK, .slots = 2, .views = 1}};
static const struct tg_slot_entry slots[] = {{TG_ARG_FILE, 0}, {TG_ARG_INT, 1}};
static const struct tg_view_entry views[] = {{.selectors = 1, .args = 2}};
static const struct tg_view_arg_entry view_args[] = {{0, 0, 0}, {1, 0, 0}};
static const struct tg_selector_entry selectors[] = {{.hook = 0}};

struct bench {
	struct bundles bundles;
	struct clock clock;
	struct dispatch d;
	struct sinks sinks;
	struct export_sink lines;
	int null;
	uint64_t bytes;
};

static size_t write_lines(void *state, const char *lines, size_t size, struct sink_counts *counts)
{
	struct bench *b = state;

	(void)counts;
	b->bytes += size;
	return write(b->null, lines, size) < 0 ? 0 : size;
}

static void close_lines(void *state)
{
	(void)state;
}

static const struct line_writer_ops null_writer = {
	.name = "/dev/null", .write = write_lines, .close = close_lines};

static void open_bench(struct bench *b)
{
	b->bundles.count = 1;
	b->bundles.v[0].artifact = (struct artifact){
		.header = &header,
		.strings = strings,
		.strings_size = sizeof(strings),
		.policies = policies,
		.hooks = hooks,
		.slots = slots,
		.views = views,
		.view_args = view_args,
		.selectors = selectors,
		.policy_count = 1,
		.hook_count = 1,
		.slot_count = 2,
		.view_count = 1,
		.view_arg_count = 2,
		.selector_count = 1,
	};
	clock_measure(&b->clock);
	b->d = (struct dispatch){.procs = procs_new(PROCS_CAPACITY),
				 .calls = calls_new(CALLS_CAPACITY, CALLS_BYTES),
				 .bundles = &b->bundles,
				 .sinks = &b->sinks,
				 .style = {.node_name = "worker-3", .clock = &b->clock}};
	b->lines = (struct export_sink){
		.limit = {.per_minute = -1}, .style = &b->d.style, .writer = {&null_writer, b}};
	b->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (!b->d.procs || !b->d.calls || b->null < 0 || export_sink_add(&b->sinks, &b->lines))
		abort();
}

/* ---- records ------------------------------------------------------------------------------- */

static const struct tg_key shell = {.pid = 100, .ktime = 1000000000};

static void feed(struct bench *b, const void *record, size_t size)
{
	dispatch_record(&b->d, record, size);
	if (sinks_full(&b->sinks) || b->lines.out.size > FLUSH_BYTES)
		sinks_flush(&b->sinks);
}

static void feed_exec(struct bench *b, struct tg_key key, struct tg_key parent, uint64_t previous)
{
	static const char tail[] = "/usr/bin/curl-s\0http://10.96.14.7:9000/health\0/app"
				   "cri-containerd-session-4.scope";
	struct {
		struct tg_exec fixed;
		char tail[sizeof(tail) - 1];
	} r = {.fixed = {.head = {.kind = TG_EXEC, .size = sizeof(r), .ktime = key.ktime},
			 .key = key,
			 .parent = parent,
			 .previous = {.pid = key.pid, .ktime = previous},
			 .flags = TG_P_EXECVE | (previous ? TG_P_CLONE : 0),
			 .uid = 1000,
			 .auid = UINT32_MAX,
			 .path_size = 13,
			 .args_size = 33,
			 .cwd_size = 4,
			 .cgroup_size = 30}};

	memcpy(r.tail, tail, sizeof(r.tail));
	feed(b, &r, sizeof(r));
}

static void feed_clone(struct bench *b, struct tg_key key)
{
	struct tg_clone r = {.head = {.kind = TG_CLONE, .size = sizeof(r), .ktime = key.ktime},
			     .key = key,
			     .parent = shell,
			     .flags = TG_P_EXECVE};

	feed(b, &r, sizeof(r));
}

static void feed_hook(struct bench *b, struct tg_key key, uint64_t ktime)
{
	static const char path[] = "/etc/ssl/certs/ca-certificates.crt";
	struct {
		struct tg_hook fixed;
		struct tg_slot slots[2];
		char path[sizeof(path) - 1];
	} r = {.fixed = {.head = {.kind = TG_HOOK, .size = sizeof(r), .ktime = ktime},
			 .key = key,
			 .matched = 1,
			 .bundle = FINGERPRINT,
			 .slots = 2,
			 .tid = key.pid},
	       .slots = {{.len = sizeof(r.path), .value = 0100644}, {.value = 4}}};

	memcpy(r.path, path, sizeof(r.path));
	r.fixed.head.size = (uint32_t)(offsetof(typeof(r), path) + sizeof(r.path));
	feed(b, &r, r.fixed.head.size);
}

static void feed_exit(struct bench *b, struct tg_key key, uint64_t ktime)
{
	struct tg_exit r = {.head = {.kind = TG_EXIT, .size = sizeof(r), .ktime = ktime},
			    .key = key,
			    .tid = key.pid};

	feed(b, &r, sizeof(r));
}

/* Number `n` starts; its time, from which all others follow. */
static struct tg_key key_of(uint64_t n)
{
	return (struct tg_key){.pid = 1000 + (uint32_t)(n % 4000000),
			       .ktime = 2000000000 + n * 1000};
}

/* One process comes, works and stays a while; another goes. */
static void live(struct bench *b, uint64_t n)
{
	struct tg_key clone = key_of(n), key = clone;

	key.ktime += 100;
	feed_clone(b, clone);
	feed_exec(b, key, shell, clone.ktime);
	for (unsigned int i = 0; i < HOOKS_EACH; i++)
		feed_hook(b, key, key.ktime + 100 + i);
	if (n < PROCESSES)
		return;
	key = key_of(n - PROCESSES);
	key.ktime += 100;
	feed_exit(b, key, clone.ktime + 900);
}

/* ---- figures ------------------------------------------------------------------------------- */

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Resident memory in kilobytes. */
static long resident(void)
{
	long total = 0, pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char *argv[])
{
	static struct bench b;
	uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000000, ticks = 0;
	long early = 0, late;
	double started, took;

	open_bench(&b);
	feed_exec(&b, shell, (struct tg_key){.pid = 0, .ktime = 1}, 0);
	started = cpu_seconds();
	for (uint64_t n = 0; b.d.counts.events < events; n++) {
		live(&b, n);
		if (b.d.counts.events / TICK_EVERY != ticks) {
			ticks = b.d.counts.events / TICK_EVERY;
			procs_tick(b.d.procs);
		}
		if (!early && b.d.counts.events >= GROWTH_EVENTS)
			early = resident();
	}
	sinks_flush(&b.sinks);
	took = cpu_seconds() - started;
	late = resident();
	printf("relay, ring to JSON: %.0f events/s a core (goal " GOAL_LABEL
	       "%s); %.0f ns and %.0f "
	       "bytes an event, %" PRIu64 " events\n",
	       (double)b.d.counts.events / took,
	       (double)b.d.counts.events / took < GOAL ? ", missed" : "",
	       took / (double)b.d.counts.events * 1e9, (double)b.bytes / (double)b.d.counts.events,
	       b.d.counts.events);
	printf("relay, memory: %ld kB after %d events, %ld kB after all; %zu processes known\n",
	       early, GROWTH_EVENTS, late, procs_count(b.d.procs));
	if (b.d.counts.unknown || b.d.counts.malformed || b.d.counts.dropped)
		printf("relay: %" PRIu64 " unknown, %" PRIu64 " malformed, %" PRIu64 " dropped\n",
		       b.d.counts.unknown, b.d.counts.malformed, b.d.counts.dropped);
	sinks_close(&b.sinks);
	procs_free(b.d.procs);
	calls_free(b.d.calls);
	close(b.null);
	return 0;
}
