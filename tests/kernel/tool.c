// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel tests need done in the guest and no usual program does: tool WORD ARG...
 * Static, so that nothing but the call in question opens or maps files.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tool.h"

static int fail(const char *what)
{
	fprintf(stderr, "tool: %s: %s\n", what, strerror(errno));
	return 1;
}

static int read_one(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char byte;

	if (fd < 0 || read(fd, &byte, 1) < 0)
		return fail(path);
	close(fd);
	return 0;
}

/* mmap PATH PROT: maps a page of it, shared. */
static int do_mmap(char **args)
{
	int prot = atoi(args[1]);
	int fd = open(args[0], (prot & PROT_WRITE ? O_RDWR : O_RDONLY) | O_CLOEXEC);

	if (fd < 0 || mmap(NULL, 4096, prot, MAP_SHARED, fd, 0) == MAP_FAILED)
		return fail(args[0]);
	return 0;
}

/* truncate PATH: by name, not by descriptor. */
static int do_truncate(char **args)
{
	return truncate(args[0], 0) ? fail(args[0]) : 0;
}

/* deep N NAME: goes N folders down, each called `d`, and reads a new file there. */
static int do_deep(char **args)
{
	int n = atoi(args[0]), fd;

	while (n-- > 0) {
		if ((mkdir("d", 0755) && errno != EEXIST) || chdir("d"))
			return fail("d");
	}
	fd = open(args[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(args[1]);
	close(fd);
	return read_one(args[1]);
}

/* opens N PATH: opens it N times and tells how it went. */
static int do_opens(char **args)
{
	int n = atoi(args[0]), done = 0, denied = 0, why = 0;

	while (n-- > 0) {
		int fd = open(args[1], O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			done++;
		else if (++denied)
			why = errno;
		if (fd >= 0)
			close(fd);
	}
	printf("%d opened, %d denied%s%s\n", done, denied, why ? ": " : "",
	       why ? strerror(why) : "");
	return 0;
}

/* reads N PATH: opens it once, reads it N times. */
static int do_reads(char **args)
{
	int n = atoi(args[0]), fd = open(args[1], O_RDONLY | O_CLOEXEC);
	char byte;

	if (fd < 0)
		return fail(args[1]);
	while (n-- > 0) {
		if (pread(fd, &byte, 1, 0) < 0)
			return fail(args[1]);
	}
	return 0;
}

/* deleted PATH: reads it after removing its name. */
static int do_deleted(char **args)
{
	int fd = open(args[0], O_RDONLY | O_CLOEXEC);
	char byte;

	if (fd < 0 || unlink(args[0]) || read(fd, &byte, 1) < 0)
		return fail(args[0]);
	return 0;
}

/* wait GO PATH: reads PATH as soon as the file GO exists (30 seconds at most). */
static int do_wait(char **args)
{
	int tries;

	for (tries = 0; tries < 3000 && access(args[0], F_OK); tries++)
		usleep(10000);
	return read_one(args[1]);
}

static void *thread_exec(void *program)
{
	char *const argv[] = {program, NULL};

	execv(program, argv);
	exit(fail(program));
}

/* thread-exec PROGRAM: a thread that is not the first executes it. */
static int do_thread_exec(char **args)
{
	pthread_t t;

	if (pthread_create(&t, NULL, thread_exec, args[0]))
		return fail("thread");
	pthread_join(t, NULL);
	return 1;
}

static void *thread_read(void *path)
{
	return read_one(path) ? path : NULL;
}

/* threads N PATH: N threads read it, one after another. */
static int do_threads(char **args)
{
	int n = atoi(args[0]);

	while (n-- > 0) {
		void *failed;
		pthread_t t;

		if (pthread_create(&t, NULL, thread_read, args[1]) || pthread_join(t, &failed))
			return fail("thread");
		if (failed)
			return 1;
	}
	return 0;
}

/* fork PATH STATUS: a child reads it and ends with the status, without executing anything. */
static int do_fork(char **args)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(read_one(args[0]) ? 99 : atoi(args[1]));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return fail("fork");
	return 0;
}

static long bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* programs: NAME WALKED XLATED JITED of every program in the kernel, as bpf(2) says. */
static int do_programs(char **args)
{
	union bpf_attr next = {.start_id = 0};

	(void)args;
	for (; !bpf(BPF_PROG_GET_NEXT_ID, &next); next.start_id = next.next_id) {
		union bpf_attr open = {.prog_id = next.next_id}, get = {.info.bpf_fd = 0};
		struct bpf_prog_info info = {0};
		int fd = (int)bpf(BPF_PROG_GET_FD_BY_ID, &open);

		get.info.bpf_fd = (__u32)fd;
		get.info.info_len = sizeof(info);
		get.info.info = (__u64)(unsigned long)&info;
		if (fd < 0 || bpf(BPF_OBJ_GET_INFO_BY_FD, &get))
			return fail("program");
		printf("%s %u %u %u\n", info.name, info.verified_insns, info.xlated_prog_len,
		       info.jited_prog_len);
		close(fd);
	}
	return errno == ENOENT ? 0 : fail("programs");
}

/* calls NAME: makes and removes a folder and a link, and removes a folder that is not
 * there. */
static int do_calls(char **args)
{
	if (syscall(SYS_mkdir, args[0], 0755) || syscall(SYS_rmdir, args[0]) ||
	    syscall(SYS_symlink, "to", args[0]) || syscall(SYS_unlinkat, AT_FDCWD, args[0], 0))
		return fail(args[0]);
	return syscall(SYS_rmdir, args[0]) ? 0 : 1;
}

/* int80 NUMBER A B C: a 32-bit system call, with what a 64-bit program may leave behind it.
 */
static int do_int80(char **args)
{
	long dirt = 0x5500000000, result;
	long b = dirt | strtol(args[1], NULL, 0), c = dirt | strtol(args[2], NULL, 0);
	long d = dirt | strtol(args[3], NULL, 0);

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(strtol(args[0], NULL, 0)), "b"(b), "c"(c), "d"(d)
		     : "memory", "r8", "r9", "r10", "r11");
	printf("%ld\n", result);
	return 0;
}

static int lose_admin(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return -1;
	data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	data[0].permitted &= ~(1u << CAP_SYS_ADMIN);
	return (int)syscall(SYS_capset, &head, data);
}

/* change mount|net|caps|nothing PATH: changes it for itself, then reads three
 * times. */
static int do_change(char **args)
{
	int result = 0;

	if (!strcmp(args[0], "mount"))
		result = unshare(CLONE_NEWNS);
	else if (!strcmp(args[0], "net"))
		result = unshare(CLONE_NEWNET);
	else if (!strcmp(args[0], "caps"))
		result = lose_admin();
	if (result)
		return fail(args[0]);
	return read_one(args[1]) || read_one(args[1]) || read_one(args[1]);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *word;
		int args;
		int (*run)(char **args);
	} words[] = {
		{"mmap", 2, do_mmap},	     {"truncate", 1, do_truncate},
		{"deep", 2, do_deep},	     {"opens", 2, do_opens},
		{"reads", 2, do_reads},	     {"deleted", 1, do_deleted},
		{"wait", 2, do_wait},	     {"thread-exec", 1, do_thread_exec},
		{"threads", 2, do_threads},  {"fork", 2, do_fork},
		{"calls", 1, do_calls},	     {"int80", 4, do_int80},
		{"probed", 2, tool_call},    {"usdt", 2, tool_usdt},
		{"changed", 1, tool_change}, {"set", 1, tool_set},
		{"tcp", 2, tool_tcp},	     {"udp", 2, tool_udp},
		{"udps", 3, tool_udps},	     {"lend", 3, tool_lend},
		{"unix", 1, tool_unix},	     {"writev", 2, tool_writev},
		{"write", 2, tool_write},    {"bad-write", 1, tool_bad_write},
		{"close", 1, tool_close},    {"capset", 0, tool_capset},
		{"userns", 0, tool_userns},  {"bpf", 0, tool_bpf},
		{"chdir", 1, tool_chdir},    {"module", 0, tool_module},
		{"perf", 1, tool_perf},	     {"programs", 0, do_programs},
		{"change", 2, do_change},
	};
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(words) / sizeof(words[0]); i++) {
		if (!strcmp(words[i].word, argv[1]) && argc == words[i].args + 2)
			return words[i].run(argv + 2);
	}
	fprintf(stderr, "tool: no such thing to do\n");
	return 2;
}
