// SPDX-License-Identifier: Apache-2.0
/* Operations of the tool that hand objects of every kind to the kernel. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>
#include <arpa/inet.h>
#include "tool.h"

static int fail(const char *what)
{
	fprintf(stderr, "tool: %s: %s\n", what, strerror(errno));
	return 1;
}

/* ---- sockets ------------------------------------------------------------------------------- */

static socklen_t address_of(struct sockaddr_storage *to, const char *text, int port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return sizeof(*v4);
	}
	inet_pton(AF_INET6, text, &v6->sin6_addr);
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)port);
	return sizeof(*v6);
}

/* The port that packets and connections come from: $TOOL_PORT, else 40000. */
static int own_port(void)
{
	const char *port = getenv("TOOL_PORT");

	return port ? atoi(port) : 40000;
}

/* tcp ADDRESS PORT: listens there, connects to itself from port $TOOL_PORT and sends `hello`. */
int tool_tcp(char **args)
{
	struct sockaddr_storage to, from;
	socklen_t size = address_of(&to, args[0], atoi(args[1])),
		  own = address_of(&from, args[0], own_port());
	int listener = socket(to.ss_family, SOCK_STREAM, 0);
	int client = socket(to.ss_family, SOCK_STREAM, 0), one = 1, mark = 7;
	char text[8];
	int peer;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(client, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(client, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	setsockopt(client, SOL_SOCKET, SO_PRIORITY, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&to, size) || listen(listener, 1) ||
	    bind(client, (struct sockaddr *)&from, own) ||
	    connect(client, (struct sockaddr *)&to, size))
		return fail(args[0]);
	peer = accept(listener, NULL, NULL);
	if (peer < 0 || send(client, "hello", 5, 0) != 5 || recv(peer, text, sizeof(text), 0) != 5)
		return fail("send");
	return 0;
}

/*
 * lend ADDRESS PORT COMMAND: connects to itself, and has a shell run the command with one end of
 * the connection as its output and the other one as its input.
 */
int tool_lend(char **args)
{
	struct sockaddr_storage to;
	socklen_t size = address_of(&to, args[0], atoi(args[1]));
	int listener = socket(to.ss_family, SOCK_STREAM, 0);
	int client = socket(to.ss_family, SOCK_STREAM, 0), peer, one = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&to, size) || listen(listener, 1) ||
	    connect(client, (struct sockaddr *)&to, size))
		return fail(args[0]);
	peer = accept(listener, NULL, NULL);
	if (peer < 0 || dup2(peer, 0) < 0 || dup2(client, 1) < 0)
		return fail("accept");
	return system(args[2]);
}

/* udp ADDRESS PORT: sends `hello` there from port $TOOL_PORT. */
int tool_udp(char **args)
{
	struct sockaddr_storage to, from;
	socklen_t size = address_of(&to, args[0], atoi(args[1])),
		  own = address_of(&from, args[0], own_port());
	int s = socket(to.ss_family, SOCK_DGRAM, 0);

	if (bind(s, (struct sockaddr *)&from, own) ||
	    sendto(s, "hello", 5, 0, (struct sockaddr *)&to, size) != 5)
		return fail(args[0]);
	close(s);
	return 0;
}

/* udps ADDRESS PORT N: the same N times, each from a new socket. */
int tool_udps(char **args)
{
	for (int n = atoi(args[2]); n > 0; n--)
		if (tool_udp(args))
			return 1;
	return 0;
}

/* unix PATH: tries to connect to it; `@` stands for the NUL of an abstract name. */
int tool_unix(char **args)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = strlen(args[0]);
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	if (s < 0 || n >= sizeof(to.sun_path))
		return fail(args[0]);
	memcpy(to.sun_path, args[0], n);
	if (args[0][0] == '@')
		to.sun_path[0] = '\0';
	(void)connect(
		s, (struct sockaddr *)&to,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (args[0][0] != '@')));
	return 0;
}

/* ---- memory -------------------------------------------------------------------------------- */

/* writev PATH N: writes `part0 part1 ...`, N parts, by one call. */
int tool_writev(char **args)
{
	FILE *f = fopen(args[0], "we");
	int n = atoi(args[1]);
	struct iovec v[64];
	char text[64][8];

	if (!f || n < 1 || n > 64)
		return fail(args[0]);
	for (int i = 0; i < n; i++)
		v[i] = (struct iovec){text[i],
				      (size_t)snprintf(text[i], sizeof(text[i]), "part%d ", i)};
	return writev(fileno(f), v, n) < 0 ? fail(args[0]) : 0;
}

/* write PATH N: writes N times the letter `x` by one call. */
int tool_write(char **args)
{
	FILE *f = fopen(args[0], "we");
	size_t n = (size_t)atol(args[1]);
	char *text = malloc(n + 1);

	if (!f || !text)
		return fail(args[0]);
	memset(text, 'x', n);
	return write(fileno(f), text, n) < 0 ? fail(args[0]) : 0;
}

/* bad-write PATH: writes from an address where nothing is. */
int tool_bad_write(char **args)
{
	FILE *f = fopen(args[0], "we");

	if (!f)
		return fail(args[0]);
	return syscall(SYS_write, fileno(f), 4096L, 16L) < 0 ? 0 : 1;
}

/* close N: closes a descriptor that is not open, or is. */
int tool_close(char **args)
{
	close(atoi(args[0]));
	return 0;
}

/* chdir PATH: tries to. */
int tool_chdir(char **args)
{
	return chdir(args[0]) && errno != ENOENT ? fail(args[0]) : 0;
}

/* ---- credentials and namespaces ------------------------------------------------------------- */

/* capset: drops all capabilities but CAP_CHOWN, which becomes inheritable as well. */
int tool_capset(char **args)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
		{.effective = 1, .permitted = 1, .inheritable = 1}};

	(void)args;
	return syscall(SYS_capset, &header, data) ? fail("capset") : 0;
}

/* userns: goes into a user namespace of its own. */
int tool_userns(char **args)
{
	(void)args;
	return unshare(CLONE_NEWUSER) ? fail("unshare") : 0;
}

/* ---- BPF and perf --------------------------------------------------------------------------- */

static int bpf(int command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* bpf: makes a map called `tool_map` and loads a program called `tool_prog`. */
int tool_bpf(char **args)
{
	static const struct bpf_insn insns[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr map = {.map_type = BPF_MAP_TYPE_HASH,
			      .key_size = 4,
			      .value_size = 8,
			      .max_entries = 10,
			      .map_name = "tool_map"};
	union bpf_attr prog = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
			       .insn_cnt = 2,
			       .insns = (uintptr_t)insns,
			       .license = (uintptr_t) "GPL",
			       .prog_name = "tool_prog"};

	(void)args;
	if (bpf(BPF_MAP_CREATE, &map) < 0)
		return fail("BPF_MAP_CREATE");
	return bpf(BPF_PROG_LOAD, &prog) < 0 ? fail("BPF_PROG_LOAD") : 0;
}

/*
 * perf CONFIG: a breakpoint on the memory where a name stands, of processor 0: one of a task has
 * the kernel patch itself. What other events have there is the name of a function.
 */
int tool_perf(char **args)
{
	static char name[16] __attribute__((aligned(8))) = "do_unlinkat";
	struct perf_event_attr attr = {.type = PERF_TYPE_BREAKPOINT,
				       .size = sizeof(attr),
				       .config = (uint64_t)atoll(args[0]),
				       .bp_type = HW_BREAKPOINT_W,
				       .bp_addr = (uintptr_t)name,
				       .bp_len = HW_BREAKPOINT_LEN_4,
				       .exclude_kernel = 1,
				       .disabled = 1};

	return syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0) < 0 ? fail("perf_event_open") : 0;
}
