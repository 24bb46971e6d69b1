/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "bpf-templates/tg_event.h"
#include "runtime/procfs.h"

static void write_file(const char *directory, const char *name, const char *bytes, size_t size)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

static void link_to(const char *directory, const char *name, const char *target)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	cr_assert_eq(symlink(target, path), 0);
}

/* `rest`: state, parent and flags, ready for the stat file. */
static void make_process(const char *proc, int pid, const char *comm, const char *state, int parent,
			 const char *flags, char *directory, size_t size)
{
	char stat[512];

	snprintf(directory, size, "%s/%d", proc, pid);
	cr_assert_eq(mkdir(directory, 0700), 0);
	snprintf(stat, sizeof(stat),
		 "%d (%s) %s %d 1 1 0 -1 %s 0 0 0 0 0 0 0 0 20 0 1 0 4321 0 0\n", pid, comm, state,
		 parent, flags);
	write_file(directory, "stat", stat, strlen(stat));
}

static struct procfs_list read_made(const char *proc)
{
	struct procfs_list list;

	cr_assert_eq(procfs_read(&list, proc, true), 0);
	return list;
}

static void make_root(char proc[32])
{
	strcpy(proc, "/tmp/tgrun-proc-XXXXXX");
	cr_assert_not_null(mkdtemp(proc));
}

static void remove_root(const char *proc)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", proc);
	cr_assert_eq(system(command), 0);
}

Test(procfs, reads_a_process)
{
	static const char status[] = "Name:\tx\nUid:\t1000\t0\t1000\t1000\nNSpid:\t77\t1\n";
	static const char cmdline[] = "/bin/x\0-c\0a b";
	char proc[32], directory[64];
	struct procfs_list list;
	struct procfs_process *p;

	make_root(proc);
	make_process(proc, 77, "we) ird (", "S", 1, "4194560", directory, sizeof(directory));
	write_file(directory, "status", status, sizeof(status) - 1);
	write_file(directory, "cmdline", cmdline, sizeof(cmdline));
	write_file(directory, "loginuid", "1000", 4);
	link_to(directory, "exe", "/usr/bin/x\xff");
	link_to(directory, "cwd", "/");
	list = read_made(proc);
	p = procfs_lookup(&list, 77);
	cr_assert_not_null(p);
	cr_expect_eq(p->parent_pid, 1);
	cr_expect_eq(p->ktime, 43210000000ull);
	cr_expect_eq(p->uid, 0, "the effective one");
	cr_expect_eq(p->auid, 1000);
	cr_expect_eq(p->nspid, 1);
	cr_expect_eq(p->flags, TG_P_PROCFS | TG_P_ROOTCWD);
	cr_expect_str_eq(p->binary, "/usr/bin/x\xef\xbf\xbd");
	cr_expect_str_eq(p->arguments, "-c \"a b\"");
	cr_expect_str_eq(p->cwd, "/");
	cr_expect(procfs_alive(proc, p));
	p->ktime++;
	cr_expect_not(procfs_alive(proc, p), "another process of that pid");
	procfs_list_free(&list);
	remove_root(proc);
}

Test(procfs, what_cannot_be_read_is_flagged)
{
	char proc[32], directory[64];
	struct procfs_list list;

	make_root(proc);
	make_process(proc, 5, "x", "S", 1, "0", directory, sizeof(directory));
	list = read_made(proc);
	cr_assert_eq(list.count, 1);
	cr_expect_eq(list.v[0].flags, TG_P_PROCFS | TG_P_ERR_FILE | TG_P_ERR_ARGS | TG_P_ERR_CWD);
	cr_expect_eq(list.v[0].auid, UINT32_MAX);
	cr_expect_str_eq(list.v[0].binary, "");
	procfs_list_free(&list);
	remove_root(proc);
}

Test(procfs, kernel_threads_zombies_and_others)
{
	char proc[32], directory[64];
	struct procfs_list list;

	make_root(proc);
	make_process(proc, 2, "kthreadd", "S", 0, "2129984", directory, sizeof(directory));
	make_process(proc, 9, "gone", "Z", 1, "0", directory, sizeof(directory));
	write_file(proc, "uptime", "1", 1);
	write_file(proc, "12x", "1", 1);
	list = read_made(proc);
	cr_assert_eq(list.count, 1);
	cr_expect(list.v[0].kernel_thread);
	cr_expect_str_eq(list.v[0].binary, "[kthreadd]");
	cr_expect_null(procfs_lookup(&list, 9));
	procfs_list_free(&list);
	remove_root(proc);
}

Test(procfs, finds_this_test)
{
	struct procfs_list list = read_made("/proc");
	struct procfs_process *p = procfs_lookup(&list, (uint32_t)getpid());
	char cwd[4096];

	cr_assert_not_null(p);
	cr_expect_eq(p->parent_pid, (uint32_t)getppid());
	cr_expect_eq(p->uid, geteuid());
	cr_expect_str_eq(p->cwd, getcwd(cwd, sizeof(cwd)));
	procfs_list_free(&list);
}

Test(procfs, no_such_directory)
{
	struct procfs_list list;

	cr_expect_eq(procfs_read(&list, "/nonexistent", true), -1);
	cr_expect_eq(errno, ENOENT);
}
