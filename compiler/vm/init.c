// SPDX-License-Identifier: Apache-2.0
/*
 * The guest's first process (guest.h). Speaks to the host over the second serial port in
 * lines `WORD TEXT`:
 *
 *   boot SECONDS   the guest is up, by its own clock
 *   out TEXT       a line of /vm/main's standard output
 *   err TEXT       a line of its standard error
 *   exit STATUS    /vm/main has ended, as a shell counts; the last line
 *
 * /vm/main gets the lines of /vm/args as its arguments. It may write lines with words of its own to
 * descriptor 3, one write() a line.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define LINE_SIZE 65536
#define ARGS_MAX  64

struct stream { /* one of /vm/main's outputs */
	int fd;
	const char *word;
	size_t used;
	char line[LINE_SIZE];
};

static void channel_write(int channel, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(channel, data, size);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
}

static void channel_say(int channel, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void channel_say(int channel, const char *format, ...)
{
	char text[256];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n > 0)
		channel_write(channel, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text));
}

static void mount_one(const char *type, const char *where, const char *data)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, data) < 0)
		fprintf(stderr, "init: mount %s: %s\n", where, strerror(errno));
}

static void mount_all(void)
{
	mount_one("proc", "/proc", NULL);
	mount_one("sysfs", "/sys", NULL);
	mount_one("devtmpfs", "/dev", NULL);
	mkdir("/dev/pts", 0755);
	mount_one("devpts", "/dev/pts", NULL);
	mount_one("tmpfs", "/dev/shm", NULL);
	mount_one("securityfs", "/sys/kernel/security", NULL);
	mount_one("bpf", "/sys/fs/bpf", NULL);
	mount_one("tracefs", "/sys/kernel/tracing", NULL);
	mount_one("cgroup2", "/sys/fs/cgroup", NULL);
	mount_one("tmpfs", "/tmp", "mode=1777");
	mount_one("tmpfs", "/run", "mode=755");
}

static void loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		fprintf(stderr, "init: loopback: %s\n", strerror(errno));
	if (fd >= 0)
		close(fd);
}

static int channel_open(void)
{
	int fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd >= 0 && tcgetattr(fd, &t) == 0) {
		cfmakeraw(&t);
		t.c_cflag |= CLOCAL;
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

/* The words for /vm/main, behind its name: the lines of /vm/args, if it is there. */
static void read_args(char *argv[ARGS_MAX])
{
	static char text[LINE_SIZE];
	int fd = open("/vm/args", O_RDONLY | O_CLOEXEC), count = 1;
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;
	char *rest;

	if (n > 0)
		for (char *word = strtok_r(text, "\n", &rest); word && count < ARGS_MAX - 1;
		     word = strtok_r(NULL, "\n", &rest))
			argv[count++] = word;
	argv[count] = NULL;
	if (fd >= 0)
		close(fd);
}

static _Noreturn void main_exec(int channel, int out, int err)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin", home[] = "HOME=/root";
	char *const envp[] = {path, home, NULL};
	char name[] = "/vm/main";
	char *argv[ARGS_MAX] = {name, NULL};
	int null = open("/dev/null", O_RDONLY);

	setsid();
	if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	if (channel == 3)
		fcntl(3, F_SETFD, 0);
	else if (dup2(channel, 3) < 0)
		_exit(126);
	read_args(argv);
	if (chdir("/root") == 0)
		execve(name, argv, envp);
	fprintf(stderr, "init: %s: %s\n", name, strerror(errno));
	_exit(127);
}

static void line_flush(int channel, struct stream *s)
{
	static char frame[LINE_SIZE + 16];
	int n = snprintf(frame, sizeof(frame), "%s %.*s\n", s->word, (int)s->used, s->line);

	channel_write(channel, frame, (size_t)n);
	s->used = 0;
}

/* False at the end of the stream. */
static bool stream_read(int channel, struct stream *s)
{
	char part[4096];
	ssize_t n = read(s->fd, part, sizeof(part)), i;

	if (n < 0 && errno == EINTR)
		return true;
	for (i = 0; i < n; i++) {
		if (part[i] == '\n' || s->used == LINE_SIZE)
			line_flush(channel, s);
		if (part[i] != '\n')
			s->line[s->used++] = part[i];
	}
	if (n <= 0 && s->used)
		line_flush(channel, s);
	return n > 0;
}

/* Reaps everything (we are everybody's last parent); the status of `pid` once it ended. */
static bool reap(pid_t pid, int *status)
{
	bool ended = false;
	pid_t done;
	int s;

	while ((done = waitpid(-1, &s, WNOHANG)) > 0) {
		if (done != pid)
			continue;
		*status = WIFSIGNALED(s) ? 128 + WTERMSIG(s) : WEXITSTATUS(s);
		ended = true;
	}
	return ended;
}

/* A daemon left behind may hold the pipes open: what is there is read, not waited for. */
static int relay(int channel, pid_t pid, struct stream *streams)
{
	int status = 127, i, ready = 1;
	bool ended = false;

	while (!ended || ready > 0) {
		struct pollfd fds[2];

		for (i = 0; i < 2; i++)
			fds[i] = (struct pollfd){.fd = streams[i].fd, .events = POLLIN};
		ready = poll(fds, 2, ended ? 0 : 20);
		for (i = 0; i < 2; i++) {
			if (ready > 0 && fds[i].revents && !stream_read(channel, &streams[i]))
				streams[i].fd = -1;
		}
		ended = reap(pid, &status) || ended;
	}
	for (i = 0; i < 2; i++) {
		if (streams[i].used)
			line_flush(channel, &streams[i]);
	}
	return status;
}

static int main_run(int channel)
{
	static struct stream streams[2];
	int out[2], err[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		return 126;
	pid = fork();
	if (pid == 0)
		main_exec(channel, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	streams[0] = (struct stream){.fd = out[0], .word = "out"};
	streams[1] = (struct stream){.fd = err[0], .word = "err"};
	return pid < 0 ? 126 : relay(channel, pid, streams);
}

int main(void)
{
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	struct timespec now;
	int channel, status;

	umask(022);
	mount_all();
	channel = channel_open();
	loopback_up();
	if (sethostname("guest", 5) < 0)
		fprintf(stderr, "init: hostname: %s\n", strerror(errno));
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	clock_gettime(CLOCK_MONOTONIC, &now);
	channel_say(channel, "boot %ld.%03ld\n", (long)now.tv_sec, now.tv_nsec / 1000000);
	status = main_run(channel);
	channel_say(channel, "exit %d\n", status);
	tcdrain(channel);
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
