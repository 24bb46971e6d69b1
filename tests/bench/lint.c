// SPDX-License-Identifier: Apache-2.0
/*
 * lint-bench TGC FOLDER KERNEL...: how long tgc lint takes for the policies of a folder, with the
 * first kernel and with all of them, and how much memory. Figures only: nothing fails because of
 * one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5, KERNELS_MAX = 16 };

struct figures {
	double seconds, cpu;
	long kib;
	int status; /* exit code, or -1 */
};

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static _Noreturn void become_tgc(char **args)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	execv(args[0], args);
	_exit(127);
}

static struct figures run_once(char **args)
{
	struct figures f = {.status = -1};
	struct rusage usage;
	double start = now();
	int status;
	pid_t child = fork();

	if (!child)
		become_tgc(args);
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return f;
	f.seconds = now() - start;
	f.cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	f.kib = usage.ru_maxrss;
	f.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return f;
}

static int by_time(const void *left, const void *right)
{
	const struct figures *a = left, *b = right;

	return (a->seconds > b->seconds) - (a->seconds < b->seconds);
}

/* The median of several runs by time. */
static struct figures measure(const char *tgc, const char *folder, char *const *kernels, int count)
{
	char *args[KERNELS_MAX * 2 + 8];
	struct figures runs[RUNS];
	int n = 0;

	args[n++] = (char *)tgc;
	args[n++] = (char *)"lint";
	args[n++] = (char *)"--no-project";
	for (int i = 0; i < count; i++) {
		args[n++] = (char *)"--kernel";
		args[n++] = kernels[i];
	}
	args[n++] = (char *)folder;
	args[n] = NULL;
	for (int i = 0; i < RUNS; i++)
		runs[i] = run_once(args);
	qsort(runs, RUNS, sizeof(runs[0]), by_time);
	return runs[RUNS / 2];
}

static int report(const char *tgc, const char *folder, char *const *kernels, int count)
{
	struct figures f = measure(tgc, folder, kernels, count);

	if (f.status != 0 && f.status != 1) {
		fprintf(stderr, "lint-bench: tgc lint %s: exit code %d\n", folder, f.status);
		return 1;
	}
	printf("lint  %-28s %d kernel%s  %6.2f s  (%.2f s of processor)  %4ld MiB%s\n", folder,
	       count, count == 1 ? " " : "s", f.seconds, f.cpu, f.kib / 1024,
	       f.status ? "  with findings" : "");
	return 0;
}

int main(int argc, char **argv)
{
	int count = argc - 3, failed;

	if (count < 1 || count > KERNELS_MAX) {
		fputs("lint-bench TGC FOLDER KERNEL...\n", stderr);
		return 2;
	}
	failed = report(argv[1], argv[2], argv + 3, 1);
	if (count > 1)
		failed |= report(argv[1], argv[2], argv + 3, count);
	return failed;
}
