// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/image_text.h"
#include "runtime/procfs.h"
#include "runtime/procfs_facts.h"
#include "runtime/procs.h"
#include "runtime/utf8.h"

#define KERNEL_THREAD 0x00200000u /* PF_KTHREAD in the flags field of stat */
#define NO_AUID	      UINT32_MAX
#define STATUS_SIZE   8192

/* Up to `size` - 1 bytes of a file, NUL-terminated. Bytes read, or -1. */
static ssize_t read_text(int dir, const char *name, char *out, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	while (used < size - 1 && (n = read(fd, out + used, size - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	out[used] = '\0';
	return n < 0 ? -1 : (ssize_t)used;
}

static uint64_t ticks_to_ns(unsigned long long ticks)
{
	long hertz = sysconf(_SC_CLK_TCK);

	return ticks * (1000000000ull / (unsigned long long)(hertz > 0 ? hertz : 100));
}

struct stat_fields {
	char state;
	unsigned int parent_pid, flags;
	long threads;
	unsigned long long start; /* ticks */
	char comm[64];
};

/* The command stands between the first '(' and the last ')', and may contain both. */
static int read_stat(int dir, struct stat_fields *out)
{
	char text[1024], *open, *close;

	if (read_text(dir, "stat", text, sizeof(text)) < 0)
		return -1;
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close || close < open)
		return -1;
	*close = '\0';
	snprintf(out->comm, sizeof(out->comm), "%s", open + 1);
	if (sscanf(close + 1,
		   " %c %u %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld %*d %llu",
		   &out->state, &out->parent_pid, &out->flags, &out->threads, &out->start) != 5)
		return -1;
	return 0;
}

/* The last of the numbers after "NSpid:", when there is more than one. */
static uint32_t innermost_pid(const char *status)
{
	const char *line = strstr(status, "\nNSpid:");
	unsigned long pid = 0;
	int count = 0;
	char *end;

	if (!line)
		return 0;
	for (line += strlen("\nNSpid:"); *line == '\t' || *line == ' '; line = end) {
		pid = strtoul(line, &end, 10);
		if (end == line)
			break;
		count++;
	}
	return count > 1 ? (uint32_t)pid : 0;
}

/* -1 when memory runs out. */
static int read_status(int dir, struct procfs_process *p, bool facts)
{
	char text[STATUS_SIZE];
	const char *line;
	unsigned int real, effective;

	if (read_text(dir, "status", text, sizeof(text)) < 0)
		text[0] = '\0';
	line = strstr(text, "\nUid:");
	if (line && sscanf(line + strlen("\nUid:"), "%u %u", &real, &effective) == 2)
		p->uid = effective;
	p->nspid = innermost_pid(text);
	p->facts = facts ? malloc(sizeof(*p->facts)) : NULL;
	if (p->facts)
		procfs_facts(p->facts, dir, text);
	return facts && !p->facts ? -1 : 0;
}

static uint32_t read_auid(int dir)
{
	char text[16];

	if (read_text(dir, "loginuid", text, sizeof(text)) <= 0)
		return NO_AUID;
	return (uint32_t)strtoul(text, NULL, 10);
}

static char *valid_text(const char *bytes, size_t size)
{
	struct buffer text = {0};

	utf8_append_valid(&text, bytes, size);
	buffer_char(&text, '\0');
	return text.data;
}

/* Where the link leads, as valid UTF-8; NULL when that cannot be read. */
static char *read_link(int dir, const char *name)
{
	char path[PATH_MAX];
	ssize_t size = readlinkat(dir, name, path, sizeof(path));

	return size < 0 ? NULL : valid_text(path, (size_t)size);
}

static void read_cgroup(int dir, struct container_id *out)
{
	char text[8192];

	if (read_text(dir, "cgroup", text, sizeof(text)) > 0)
		container_id_of_lines(out, text);
}

static char *read_arguments(int dir, struct procfs_process *p)
{
	char *raw = malloc(TG_ARGV_MAX + 1), *first_end, *text;
	ssize_t size = raw ? read_text(dir, "cmdline", raw, TG_ARGV_MAX + 1) : -1;

	if (size < 0) {
		p->flags |= TG_P_ERR_ARGS;
		size = 0;
	}
	if (size == TG_ARGV_MAX)
		p->flags |= TG_P_TRUNC_ARGS;
	first_end = size ? memchr(raw, '\0', (size_t)size) : NULL;
	if (first_end)
		text = image_arguments(first_end + 1, (size_t)(raw + size - first_end - 1));
	else
		text = image_arguments("", 0);
	free(raw);
	return text;
}

static int read_kernel_thread(struct procfs_process *p, const char *comm)
{
	struct buffer binary = {0};

	p->kernel_thread = true;
	p->auid = NO_AUID;
	buffer_char(&binary, '[');
	utf8_append_valid(&binary, comm, strlen(comm));
	buffer_append(&binary, "]", 2);
	p->binary = binary.data;
	p->arguments = calloc(1, 1);
	p->cwd = calloc(1, 1);
	return p->binary && p->arguments && p->cwd ? 0 : -1;
}

static int read_user_process(int dir, struct procfs_process *p, bool facts)
{
	if (read_status(dir, p, facts))
		return -1;
	p->auid = read_auid(dir);
	p->arguments = read_arguments(dir, p);
	p->binary = read_link(dir, "exe");
	p->cwd = read_link(dir, "cwd");
	read_cgroup(dir, &p->docker);
	if (!p->binary) {
		p->flags |= TG_P_ERR_FILE;
		p->binary = calloc(1, 1);
	}
	if (!p->cwd) {
		p->flags |= TG_P_ERR_CWD;
		p->cwd = calloc(1, 1);
	}
	if (!p->binary || !p->arguments || !p->cwd)
		return -1;
	if (!strcmp(p->cwd, "/"))
		p->flags |= TG_P_ROOTCWD;
	return 0;
}

void procfs_process_free(struct procfs_process *p)
{
	free(p->binary);
	free(p->arguments);
	free(p->cwd);
	free(p->facts);
}

/* 1 when there is nothing (any more) to report of this pid, -1 when memory runs out. */
static int read_process(int dir, uint32_t pid, struct procfs_process *p, bool facts)
{
	struct stat_fields stat;
	int result;

	*p = (struct procfs_process){.pid = pid, .flags = TG_P_PROCFS};
	if (read_stat(dir, &stat))
		return 1;
	if ((stat.state == 'Z' || stat.state == 'X') && stat.threads <= 1)
		return 1;
	p->parent_pid = stat.parent_pid;
	p->ktime = ticks_to_ns(stat.start);
	if (stat.flags & KERNEL_THREAD)
		result = read_kernel_thread(p, stat.comm);
	else
		result = read_user_process(dir, p, facts);
	if (result)
		procfs_process_free(p);
	return result;
}

static int append_process(struct procfs_list *list, const struct procfs_process *p)
{
	size_t capacity = list->capacity ? list->capacity * 2 : 128;
	struct procfs_process *v;

	if (list->count == list->capacity) {
		v = realloc(list->v, capacity * sizeof(*v));
		if (!v)
			return -1;
		list->v = v;
		list->capacity = capacity;
	}
	list->v[list->count++] = *p;
	return 0;
}

static int add_pid(struct procfs_list *list, int proc, const char *name)
{
	struct procfs_process p;
	unsigned long pid;
	char *end;
	int dir, result;

	pid = strtoul(name, &end, 10);
	if (end == name || *end || !pid || pid > INT_MAX)
		return 0;
	dir = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return 0;
	result = read_process(dir, (uint32_t)pid, &p, list->facts);
	close(dir);
	if (result)
		return result < 0 ? -1 : 0;
	if (!append_process(list, &p))
		return 0;
	procfs_process_free(&p);
	return -1;
}

static int compare_pids(const void *a, const void *b)
{
	const struct procfs_process *p = a, *q = b;

	return p->pid < q->pid ? -1 : p->pid > q->pid;
}

int procfs_read(struct procfs_list *out, const char *directory, bool facts)
{
	DIR *proc = opendir(directory);
	struct dirent *entry;
	int result = 0;

	*out = (struct procfs_list){.facts = facts};
	if (!proc)
		return -1;
	while (!result && (entry = readdir(proc)))
		result = add_pid(out, dirfd(proc), entry->d_name);
	closedir(proc);
	if (result) {
		procfs_list_free(out);
		errno = ENOMEM;
		return -1;
	}
	if (out->count)
		qsort(out->v, out->count, sizeof(*out->v), compare_pids);
	return 0;
}

void procfs_list_free(struct procfs_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		procfs_process_free(&list->v[i]);
	free(list->v);
	*list = (struct procfs_list){0};
}

struct procfs_process *procfs_lookup(const struct procfs_list *list, uint32_t pid)
{
	struct procfs_process key = {.pid = pid};

	if (!list->count)
		return NULL;
	return bsearch(&key, list->v, list->count, sizeof(key), compare_pids);
}

static int open_process(const char *directory, uint32_t pid)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%u", directory, pid);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int procfs_read_one(struct procfs_process *out, const char *directory, uint32_t pid, bool facts)
{
	int dir = open_process(directory, pid), result;

	if (dir < 0)
		return -1;
	result = read_process(dir, pid, out, facts);
	close(dir);
	if (!result && out->kernel_thread) {
		procfs_process_free(out);
		result = -1;
	}
	return result ? -1 : 0;
}

void procfs_read_links(struct procfs_links *out, const char *directory, uint32_t pid)
{
	int dir = open_process(directory, pid);

	memset(out, 0, sizeof(*out));
	out->exe_size = (int32_t)readlinkat(dir, "exe", out->exe, sizeof(out->exe));
	out->cwd_size = (int32_t)readlinkat(dir, "cwd", out->cwd, sizeof(out->cwd));
	if (dir >= 0)
		close(dir);
	procfs_namespaces(out->namespaces, directory, pid);
}

/* Whether `text` is replaced. */
static bool add_link(char **text, const char *link, int32_t size, size_t room)
{
	char *valid = size >= 0 && (size_t)size <= room ? valid_text(link, (size_t)size) : NULL;

	if (!valid)
		return false;
	free(*text);
	*text = valid;
	return true;
}

void procfs_add_links(struct procfs_process *p, const struct procfs_links *links)
{
	if (p->flags & TG_P_ERR_FILE &&
	    add_link(&p->binary, links->exe, links->exe_size, sizeof(links->exe)))
		p->flags &= ~TG_P_ERR_FILE;
	if (p->flags & TG_P_ERR_CWD &&
	    add_link(&p->cwd, links->cwd, links->cwd_size, sizeof(links->cwd)))
		p->flags &= ~TG_P_ERR_CWD;
	if (!strcmp(p->cwd, "/"))
		p->flags |= TG_P_ROOTCWD;
	for (int i = 0; p->facts && i < TG_EXEC_NAMESPACES; i++)
		if (!p->facts->namespaces[i])
			p->facts->namespaces[i] = links->namespaces[i];
}

bool procfs_alive(const char *directory, const struct procfs_process *p)
{
	struct stat_fields stat;
	int dir = open_process(directory, p->pid);
	bool alive;

	if (dir < 0)
		return false;
	alive = !read_stat(dir, &stat) && ticks_to_ns(stat.start) == p->ktime;
	close(dir);
	return alive;
}
