// SPDX-License-Identifier: Apache-2.0
/*
 * compile-bench TGC BTF KEY CERT WORK: how long tgc compile takes, beside a clang that compiles
 * nothing: one policy, from nothing and from the cache, and many (WORK/distinct) at once. Figures
 * only: nothing fails because of one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 15, ARGS_MAX = 24 };

struct figures {
	double ms, cpu; /* the least of all runs, each for itself */
	long kib;	/* the largest process */
	int status;
};

struct setting {
	const char *tgc, *btf, *key, *cert, *out;
};

static double ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static _Noreturn void become(const char *const *args)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	execvp(args[0], (char *const *)args);
	_exit(127);
}

/* Time of processor includes that of children it has waited for. */
static struct figures run_once(const char *const *args)
{
	struct figures f = {.status = -1};
	struct rusage usage;
	double start = now_ms();
	pid_t child = fork();
	int status;

	if (!child)
		become(args);
	if (child < 0 || wait4(child, &status, 0, &usage) != child)
		return f;
	f.ms = now_ms() - start;
	f.cpu = ms_of(usage.ru_utime) + ms_of(usage.ru_stime);
	f.kib = usage.ru_maxrss;
	f.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return f;
}

static struct figures least(const char *const *args, int runs)
{
	struct figures best = run_once(args);

	for (int i = 1; i < runs; i++) {
		struct figures f = run_once(args);

		best.ms = f.ms < best.ms ? f.ms : best.ms;
		best.cpu = f.cpu < best.cpu ? f.cpu : best.cpu;
	}
	return best;
}

static void print_row(const char *name, struct figures f, struct figures unit)
{
	if (f.status)
		printf("compile  %-42s exit code %d\n", name, f.status);
	else
		printf("compile  %-42s %8.1f ms (%8.1f of processor, %5.2f of a clang)  %4ld MiB\n",
		       name, f.ms, f.cpu, f.cpu / unit.cpu, f.kib / 1024);
}

static struct figures compile(const struct setting *s, const char *policies, int runs,
			      const char *option)
{
	const char *args[ARGS_MAX] = {s->tgc, "compile", policies, "-o",     s->out,  "--btf",
				      s->btf, "--key",	 s->key,   "--cert", s->cert, option};

	return least(args, runs);
}

static void print_policy(const struct setting *s, const char *path, struct figures unit)
{
	const char *name = strrchr(path, '/') + 1;
	char row[100];

	snprintf(row, sizeof(row), "%s, from nothing", name);
	print_row(row, compile(s, path, RUNS, "--no-cache"), unit);
	compile(s, path, 1, NULL);
	snprintf(row, sizeof(row), "%s, from the cache", name);
	print_row(row, compile(s, path, RUNS, NULL), unit);
}

int main(int argc, char **argv)
{
	const char *const nothing[] = {"clang", "-target", "bpf", "-O1", "-x", "c",
				       "-c",	"-",	   "-o",  "-",	 NULL};
	struct setting s;
	struct figures unit;
	char many[4096], out[4096];

	if (argc != 6) {
		fputs("compile-bench TGC BTF KEY CERT WORK\n", stderr);
		return 2;
	}
	snprintf(many, sizeof(many), "%s/distinct", argv[5]);
	snprintf(out, sizeof(out), "%s/compile.tgb", argv[5]);
	s = (struct setting){argv[1], argv[2], argv[3], argv[4], out};
	unit = least(nothing, RUNS);
	print_row("clang, an empty file", unit, unit);
	print_policy(&s, "stdlib-policies/file-protection.yaml", unit);
	print_policy(&s, "stdlib-policies/file-monitoring.yaml", unit);
	print_row("the policies of `distinct`, from nothing", compile(&s, many, 1, "--no-cache"),
		  unit);
	compile(&s, many, 1, NULL);
	print_row("the policies of `distinct`, from the cache", compile(&s, many, 1, NULL), unit);
	return 0;
}
