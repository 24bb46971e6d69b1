// SPDX-License-Identifier: Apache-2.0
/*
 * The workload: repeats one operation and prints its cost by the guest's clock, which under
 * -icount counts instructions. wl OPERATION COUNT [PATH]; `wl settle SECONDS` spins until the
 * machine has been up so long and two spins of known length agree.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct job {
	const char *path;
	int fd; /* of the path, for reads and writes; or a socket */
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "wl: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void open_for_read(struct job *j)
{
	j->fd = open(j->path, O_RDONLY | O_CLOEXEC);
	if (j->fd < 0)
		die(j->path);
}

static void open_for_write(struct job *j)
{
	j->fd = open(j->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (j->fd < 0)
		die(j->path);
}

static void open_socket(struct job *j)
{
	j->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (j->fd < 0)
		die("socket");
}

static void do_read(struct job *j)
{
	char byte;

	if (pread(j->fd, &byte, 1, 0) < 0)
		die("pread");
}

static void do_write(struct job *j)
{
	if (pwrite(j->fd, "x", 1, 0) != 1)
		die("pwrite");
}

static void do_open(struct job *j)
{
	int fd = open(j->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(j->path);
	close(fd);
}

static void do_getppid(struct job *j)
{
	(void)j;
	syscall(SYS_getppid);
}

static void do_exec(struct job *j)
{
	char *const argv[] = {(char *)j->path, NULL};
	pid_t pid = vfork();
	int status;

	if (pid == 0) {
		execv(j->path, argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		die("exec");
}

/* UDP: the whole of the connect path, and nothing of a peer. */
static void do_connect(struct job *j)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(j->fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		die("connect");
}

/* One port of its own for all: looking for a free one costs more or less, as it happens. */
static void open_tcp(struct job *j)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(20000)};
	int one = 1;

	j->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(j->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (j->fd < 0 || bind(j->fd, (struct sockaddr *)&from, sizeof(from)))
		die("bind");
}

/* TCP, refused by the other side: PATH is an address and a port. */
static void do_tcp(struct job *j)
{
	struct sockaddr_in to = {.sin_family = AF_INET};
	char address[32];
	int port;

	if (sscanf(j->path, "%31[^:]:%d", address, &port) != 2 ||
	    inet_pton(AF_INET, address, &to.sin_addr) != 1)
		die(j->path);
	to.sin_port = htons((uint16_t)port);
	if (!connect(j->fd, (struct sockaddr *)&to, sizeof(to)) || errno != ECONNREFUSED)
		die("connect");
}

/* To root, which the process is already. */
static void do_setuid(struct job *j)
{
	(void)j;
	if (syscall(SYS_setuid, 0))
		die("setuid");
}

static void drop_capabilities(struct job *j)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}};

	(void)j;
	if (syscall(SYS_capset, &header, none))
		die("capset");
}

static void do_getpgid(struct job *j)
{
	(void)j;
	syscall(SYS_getpgid, 0);
}

/* A file that no loader knows: as far as the check, and no further. */
static void do_badexec(struct job *j)
{
	char *const argv[] = {(char *)j->path, NULL};

	if (!execv(j->path, argv) || errno != ENOEXEC)
		die("exec");
}

static const struct {
	const char *name;
	void (*prepare)(struct job *j);
	void (*once)(struct job *j);
} operations[] = {
	{"read", open_for_read, do_read},
	{"write", open_for_write, do_write},
	{"open", NULL, do_open},
	{"getppid", NULL, do_getppid},
	{"exec", NULL, do_exec},
	{"connect", open_socket, do_connect},
	{"tcp", open_tcp, do_tcp},
	{"setuid", NULL, do_setuid},
	{"setuid-without", drop_capabilities, do_setuid},
	{"getpgid", NULL, do_getpgid},
	{"badexec", NULL, do_badexec},
};

/* An interrupt's work in a spin shows as a difference. */
static uint64_t spin(void)
{
	uint64_t start = now();
	volatile uint32_t i;

	for (i = 0; i < 2000000; i++)
		;
	return now() - start;
}

static void settle(uint64_t seconds)
{
	uint64_t last = spin(), this;
	int calm = 0, tries = 400;

	while ((calm < 3 || now() < seconds * 1000000000u) && tries-- > 0) {
		this = spin();
		calm = this < last + last / 500 && last < this + this / 500 ? calm + 1 : 0;
		last = this;
	}
}

/* The best of three runs: what is not ours only adds. */
static void measure(const char *name, void (*once)(struct job *), struct job *j, long count)
{
	double best = 0;
	int run;
	long i;

	for (run = 0; run < 3; run++) {
		uint64_t start;
		double each;

		for (i = 0; i < count / 10 + 1; i++)
			once(j);
		start = now();
		for (i = 0; i < count; i++)
			once(j);
		each = (double)(now() - start) / (double)count;
		if (run == 0 || each < best)
			best = each;
	}
	printf("%s %.1f\n", name, best);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct job j = {.path = argc > 3 ? argv[3] : "", .fd = -1};
	size_t i;

	if (!strcmp(argv[0], "/vm/nothing")) /* what `exec` executes */
		return 0;
	if (argc < 3) {
		fprintf(stderr, "usage: wl OPERATION COUNT [PATH]\n");
		return 2;
	}
	if (!strcmp(argv[1], "settle")) {
		settle(strtoull(argv[2], NULL, 10));
		return 0;
	}
	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
		if (strcmp(operations[i].name, argv[1]))
			continue;
		if (operations[i].prepare)
			operations[i].prepare(&j);
		measure(argc > 4 ? argv[4] : argv[1], operations[i].once, &j, atol(argv[2]));
		return 0;
	}
	fprintf(stderr, "wl: no operation %s\n", argv[1]);
	return 2;
}
