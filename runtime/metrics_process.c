// SPDX-License-Identifier: Apache-2.0
/* tgrun's own use of the machine, by the names that Prometheus's clients have for it. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "runtime/metrics.h"
#include "runtime/metrics_text.h"

#define STAT_STARTED 19 /* fields behind the one after the name: starttime is 22, state is 3 */

static uint64_t nanoseconds(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000;
}

static void print_cpu(struct buffer *out)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		return;
	metric_begin(out, "process_cpu_seconds_total", "counter", "Processor time used.");
	metric_sample_seconds(out, "process_cpu_seconds_total", NULL,
			      nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime));
}

/* Reads a file of /proc/self to `text`, with a NUL. */
static bool read_own(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static void print_memory(struct buffer *out)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), total, resident;
	char text[128];

	if (!read_own("/proc/self/statm", text, sizeof(text)) ||
	    sscanf(text, "%" SCNu64 " %" SCNu64, &total, &resident) != 2)
		return;
	metric_single(out, "process_resident_memory_bytes", "gauge", "Memory in use.",
		      resident * page);
	metric_single(out, "process_virtual_memory_bytes", "gauge", "Address space in use.",
		      total * page);
}

/* The program's name may hold anything; the last bracket ends it. */
static void print_start(struct buffer *out)
{
	uint64_t ticks = (uint64_t)sysconf(_SC_CLK_TCK), started;
	struct timespec boot, now;
	char text[1024], *at;

	if (!read_own("/proc/self/stat", text, sizeof(text)))
		return;
	at = strrchr(text, ')');
	for (int i = 0; at && i <= STAT_STARTED; i++)
		at = strchr(at + 1, ' ');
	if (!at || clock_gettime(CLOCK_BOOTTIME, &boot) || clock_gettime(CLOCK_REALTIME, &now))
		return;
	started = strtoull(at, NULL, 10) / ticks;
	metric_single(out, "process_start_time_seconds", "gauge", "When it started.",
		      (uint64_t)(now.tv_sec - boot.tv_sec) + started);
}

/* The one that looks is not counted. */
static bool count_descriptors(uint64_t *n)
{
	DIR *folder = opendir("/proc/self/fd");

	if (!folder)
		return false;
	for (*n = 0; readdir(folder);)
		++*n;
	closedir(folder);
	*n -= *n < 3 ? *n : 3; /* ".", ".." */
	return true;
}

static void print_descriptors(struct buffer *out)
{
	struct rlimit limit;
	uint64_t n;

	if (count_descriptors(&n))
		metric_single(out, "process_open_fds", "gauge", "Descriptors that are open.", n);

	if (!getrlimit(RLIMIT_NOFILE, &limit))
		metric_single(out, "process_max_fds", "gauge", "Descriptors that it may have.",
			      limit.rlim_cur);
}

void metrics_process(struct buffer *out)
{
	print_cpu(out);
	print_memory(out);
	print_start(out);
	print_descriptors(out);
}
