// SPDX-License-Identifier: Apache-2.0
/*
 * Runs test cases inside the guest, as /vm/main (compiler/vm/guest.h). Each folder of /cases:
 *
 *   args         the command line of tgrun, a word a line; it runs in this folder
 *   setup        optional script, run before tgrun
 *   trigger.N    scripts, run one after another when tgrun is ready; trigger.N.user as uid 1000
 *
 * Tells the host on descriptor 3, in lines `WORD TEXT`: case, ready (milliseconds since its
 * start), event, log (tgrun's standard error), stdout, stderr (of the triggers), trigger (exit
 * status), note (what went wrong), usage (memory of tgrun), tgrun (exit status), end.
 *
 * The stream has drained when the exit of /vm/marker, started last, has come through it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHANNEL	   3
#define LINE_SIZE  (192 << 10)
#define ARGS_MAX   64
#define READY_MS   60000
#define TRIGGER_MS 60000 /* unless /vm/limit has a number of seconds */
#define DRAIN_MS   20000
#define STOP_MS	   20000
#define MARKER	   "/vm/marker"

struct stream {
	int fd; /* -1: closed */
	const char *word;
	size_t used;
	char line[LINE_SIZE];
};

/* tgrun and what its output has told so far */
struct daemon {
	pid_t pid; /* 0: ended */
	int status;
	long started;
	bool is_tgrun; /* or a stand-in, which has no events to wait for */
	bool ready, marked;
	struct stream out, err;
};

static void say(const char *word, const char *text, size_t len)
{
	static char frame[LINE_SIZE + 32];
	int n = snprintf(frame, sizeof(frame), "%s %.*s\n", word, (int)len, text);
	char *at = frame;

	while (n > 0) {
		ssize_t done = write(CHANNEL, at, (size_t)n);

		if (done < 0 && errno != EINTR)
			exit(1);
		at += done > 0 ? done : 0;
		n -= done > 0 ? (int)done : 0;
	}
}

static void sayf(const char *word, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void sayf(const char *word, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	say(word, text, strlen(text));
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- lines ---- */

static bool contains(const struct stream *s, const char *what)
{
	return memmem(s->line, s->used, what, strlen(what)) != NULL;
}

/* The marker's own events are not shown. */
static void line_done(struct stream *s, struct daemon *d)
{
	if (d && s == &d->out && contains(s, MARKER)) {
		if (contains(s, "\"process_exit\"") || contains(s, "💥"))
			d->marked = true;
	} else {
		say(s->word, s->line, s->used);
	}
	if (d && s == &d->err && !d->ready && contains(s, "ready:")) {
		d->ready = true;
		sayf("ready", "%ld", now_ms() - d->started);
	}
	s->used = 0;
}

static void stream_read(struct stream *s, struct daemon *d)
{
	char part[16384];
	ssize_t n = read(s->fd, part, sizeof(part)), i;

	if (n < 0 && errno == EINTR)
		return;
	for (i = 0; i < n; i++) {
		if (part[i] == '\n' || s->used == LINE_SIZE)
			line_done(s, d);
		if (part[i] != '\n')
			s->line[s->used++] = part[i];
	}
	if (n > 0)
		return;
	if (s->used)
		line_done(s, d);
	close(s->fd);
	s->fd = -1;
}

/* Waits at most `ms` for something to read in any of the streams, and reads it. */
static bool streams_poll(struct stream **streams, size_t count, struct daemon *d, int ms)
{
	struct pollfd fds[4];
	size_t i;
	int n;

	for (i = 0; i < count; i++)
		fds[i] = (struct pollfd){.fd = streams[i]->fd, .events = POLLIN};
	n = poll(fds, count, ms);
	for (i = 0; n > 0 && i < count; i++) {
		if (fds[i].revents)
			stream_read(streams[i], d);
	}
	return n > 0;
}

/* ---- processes ---- */

static int exit_status(int s)
{
	return WIFSIGNALED(s) ? 128 + WTERMSIG(s) : WEXITSTATUS(s);
}

static void become_user(void)
{
	if (setgroups(0, NULL) < 0 || setgid(1000) < 0 || setuid(1000) < 0)
		_exit(126);
}

/* A child in a session of its own, in `dir` unless that is NULL, with the two streams as its
 * output. */
static pid_t spawn(char *const argv[], const char *dir, bool user, struct stream *out,
		   struct stream *err)
{
	int o[2], e[2];
	pid_t pid;

	if (pipe2(o, O_CLOEXEC) < 0 || pipe2(e, O_CLOEXEC) < 0)
		exit(1);
	pid = fork();
	if (pid == 0) {
		setsid();
		fcntl(CHANNEL, F_SETFD, FD_CLOEXEC);
		dup2(o[1], 1);
		dup2(e[1], 2);
		if (dir && chdir(dir) < 0)
			_exit(126);
		if (user)
			become_user();
		execv(argv[0], argv);
		fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(o[1]);
	close(e[1]);
	out->fd = o[0];
	err->fd = e[0];
	return pid;
}

static bool ended(pid_t pid, int *status)
{
	int s;

	if (waitpid(pid, &s, WNOHANG) != pid)
		return false;
	*status = exit_status(s);
	return true;
}

static void daemon_check(struct daemon *d)
{
	if (d->pid && ended(d->pid, &d->status))
		d->pid = 0;
}

/* ---- one case ---- */

static long trigger_ms(void)
{
	static long limit;
	FILE *f = limit ? NULL : fopen("/vm/limit", "r");
	char line[16];

	if (f && fgets(line, sizeof(line), f))
		limit = atol(line) * 1000;
	if (f)
		fclose(f);
	if (limit <= 0)
		limit = TRIGGER_MS;
	return limit;
}

/* A script's outputs and tgrun's are read together, so that neither blocks the other. */
static void script_run(const char *path, bool user, struct daemon *d)
{
	static struct stream out, err;
	char shell[] = "/bin/sh", script[512];
	char *const argv[] = {shell, script, NULL};
	struct stream *streams[4] = {&out, &err, &d->out, &d->err};
	long end = now_ms() + trigger_ms();
	bool over = false;
	int status = 0;
	pid_t pid;

	snprintf(script, sizeof(script), "%s", path);
	out = (struct stream){.word = "stdout"};
	err = (struct stream){.word = "stderr"};
	pid = spawn(argv, NULL, user, &out, &err);
	while (!over || out.fd >= 0 || err.fd >= 0) {
		if (!streams_poll(streams, 4, d, over ? 50 : 20) && over)
			break; /* something it left behind holds the pipes */
		over = over || ended(pid, &status);
		if (!over && now_ms() > end) {
			say("note", "a script did not end in time", 28);
			kill(-pid, SIGKILL);
			end = now_ms() + trigger_ms();
		}
	}
	if (out.fd >= 0)
		close(out.fd);
	if (err.fd >= 0)
		close(err.fd);
	sayf("trigger", "%d", status);
}

static void daemon_poll(struct daemon *d, int ms)
{
	struct stream *streams[2] = {&d->out, &d->err};

	streams_poll(streams, 2, d, ms);
	daemon_check(d);
}

static bool args_read(const char *dir, char *text, size_t size, char **argv)
{
	char path[512], *rest, *word;
	size_t n = 0;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/args", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	len = fd >= 0 ? read(fd, text, size - 1) : -1;
	if (fd >= 0)
		close(fd);
	if (len <= 0)
		return false;
	text[len] = '\0';
	for (word = strtok_r(text, "\n", &rest); word && n < ARGS_MAX - 1;
	     word = strtok_r(NULL, "\n", &rest))
		argv[n++] = word;
	argv[n] = NULL;
	return n > 0;
}

static bool daemon_start(struct daemon *d, const char *dir)
{
	static char text[8192];
	char *argv[ARGS_MAX];

	d->out = (struct stream){.fd = -1, .word = "event"};
	d->err = (struct stream){.fd = -1, .word = "log"};
	d->ready = d->marked = false;
	if (!args_read(dir, text, sizeof(text), argv)) {
		say("note", "no args", 7);
		return false;
	}
	d->is_tgrun = !strcmp(argv[0], "/vm/tgrun");
	d->started = now_ms();
	d->pid = spawn(argv, dir, false, &d->out, &d->err);
	while (!d->ready && d->pid && now_ms() - d->started < READY_MS)
		daemon_poll(d, 10);
	if (!d->ready && d->pid)
		say("note", "tgrun did not become ready in time", 34);
	return d->ready;
}

static void scripts_run(const char *dir, const char *prefix, struct daemon *d)
{
	struct dirent **names;
	int count = scandir(dir, &names, NULL, alphasort), i;

	for (i = 0; i < count; i++) {
		char path[512];

		if (!strncmp(names[i]->d_name, prefix, strlen(prefix))) {
			snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
			script_run(path, strstr(names[i]->d_name, ".user") != NULL, d);
		}
		free(names[i]);
	}
	if (count >= 0)
		free(names);
}

static void drain(struct daemon *d)
{
	long end = now_ms() + DRAIN_MS;
	pid_t pid = fork();

	if (pid == 0) {
		execl(MARKER, MARKER, NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	while (!d->marked && d->pid && now_ms() < end)
		daemon_poll(d, 10);
	if (!d->marked)
		say("note", "the marker's exit did not come through", 38);
}

/* The lines of /proc/PID/status that tell memory. */
static void usage_tell(pid_t pid)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "VmRSS:", 6) || !strncmp(line, "VmHWM:", 6))
			sayf("usage", "%.*s", (int)strcspn(line, "\n"), line);
	}
	if (f)
		fclose(f);
}

/* Kernel memory of the maps tgrun holds, as the kernel accounts it. */
static void maps_tell(pid_t pid)
{
	char dir[64], path[512], line[256];
	struct dirent *entry;
	DIR *fds;

	snprintf(dir, sizeof(dir), "/proc/%d/fdinfo", pid);
	fds = opendir(dir);
	while (fds && (entry = readdir(fds))) {
		unsigned long type = 0, memory = 0;
		bool is_map = false;
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		f = fopen(path, "re");
		while (f && fgets(line, sizeof(line), f)) {
			is_map = sscanf(line, "map_type: %lu", &type) == 1 || is_map;
			sscanf(line, "memlock: %lu", &memory);
		}
		if (f)
			fclose(f);
		if (is_map)
			sayf("usage", "map type %lu bytes %lu", type, memory);
	}
	if (fds)
		closedir(fds);
}

static void daemon_stop(struct daemon *d)
{
	long end = now_ms() + STOP_MS;

	if (d->pid)
		kill(d->pid, SIGTERM);
	while (d->pid && now_ms() < end)
		daemon_poll(d, 10);
	if (d->pid) {
		say("note", "tgrun did not end on SIGTERM", 28);
		kill(d->pid, SIGKILL);
		waitpid(d->pid, &d->status, 0);
		d->status = exit_status(d->status);
		d->pid = 0;
	}
	while (d->out.fd >= 0)
		stream_read(&d->out, d);
	while (d->err.fd >= 0)
		stream_read(&d->err, d);
	sayf("tgrun", "%d", d->status);
}

static void case_run(const char *name)
{
	static struct daemon d;
	char dir[300];

	snprintf(dir, sizeof(dir), "/cases/%s", name);
	say("case", name, strlen(name));
	memset(&d, 0, offsetof(struct daemon, out));
	d.out.fd = d.err.fd = -1;
	scripts_run(dir, "setup", &d);
	if (daemon_start(&d, dir)) {
		scripts_run(dir, "trigger.", &d);
		if (d.is_tgrun)
			drain(&d);
		if (d.pid) {
			usage_tell(d.pid);
			maps_tell(d.pid);
		}
	}
	daemon_stop(&d);
	say("end", name, strlen(name));
}

static int is_case(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **names;
	int count, i;

	(void)argc;
	if (!strcmp(argv[0], MARKER))
		return 0;
	count = scandir("/cases", &names, is_case, alphasort);
	if (count < 0) {
		perror("/cases");
		return 1;
	}
	for (i = 0; i < count; i++)
		case_run(names[i]->d_name);
	return 0;
}
