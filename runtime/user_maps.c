// SPDX-License-Identifier: Apache-2.0
#include <cap-ng.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/user_maps.h"

#define ANSWER_MS     1000
#define MAP_LINE_SIZE (4096 + 256)

#define ASKS_LINKS UINT32_MAX /* as `count` */

struct request {
	uint32_t pid, count;
	uint64_t addresses[USER_FRAMES_MAX];
};

/* ---- the child ------------------------------------------------------------------------- */

static uint32_t keep_path(struct user_places *out, size_t *used, const char *path)
{
	size_t size = strlen(path) + 1;
	uint32_t at = (uint32_t)*used;

	if (size > sizeof(out->paths) - *used)
		return 0;
	memcpy(out->paths + at, path, size);
	*used += size;
	return at + 1;
}

void user_maps_read_line(const char *line, const uint64_t *addresses, uint32_t count,
			 struct user_places *out, size_t *used)
{
	uint64_t start, end, offset;
	uint32_t path = 0;
	int at = 0;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %*s %n", &start, &end,
		   &offset, &at) != 3 ||
	    line[at] != '/')
		return;
	for (uint32_t i = 0; i < count; i++) {
		if (addresses[i] < start || addresses[i] >= end)
			continue;
		if (!path)
			path = keep_path(out, used, line + at);
		out->v[i].path = path;
		out->v[i].offset = addresses[i] - start + offset;
	}
}

static void answer(const char *procfs, const struct request *r, struct user_places *out)
{
	char name[256], line[MAP_LINE_SIZE];
	size_t used = 0;
	FILE *maps;

	memset(out, 0, sizeof(*out));
	snprintf(name, sizeof(name), "%s/%" PRIu32 "/maps", procfs, r->pid);
	maps = fopen(name, "re");
	while (maps && fgets(line, sizeof(line), maps)) {
		line[strcspn(line, "\n")] = '\0';
		user_maps_read_line(line, r->addresses, r->count, out, &used);
	}
	if (maps)
		fclose(maps);
}

/* Everything that was open is somebody else's: the programs must end with tgrun. */
static void close_others(int keep)
{
	if (keep > 3)
		close_range(3, (unsigned int)keep - 1, 0);
	close_range((unsigned int)keep + 1, ~0u, 0);
}

static int keep_one_privilege(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_SYS_PTRACE, -1);
	if (capng_apply(CAPNG_SELECT_BOTH) && capng_apply(CAPNG_SELECT_CAPS))
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static bool send_links(int fd, const char *procfs, uint32_t pid)
{
	struct procfs_links links;

	procfs_read_links(&links, procfs, pid);
	return write(fd, &links, sizeof(links)) == (ssize_t)sizeof(links);
}

static bool send_places(int fd, const char *procfs, const struct request *r)
{
	static struct user_places places;

	answer(procfs, r, &places);
	return write(fd, &places, sizeof(places)) == (ssize_t)sizeof(places);
}

static _Noreturn void serve(int fd, const char *procfs)
{
	struct request r;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "tgrun-maps");
	close_others(fd);
	if (keep_one_privilege())
		_exit(1);
	for (;;) {
		ssize_t n = read(fd, &r, sizeof(r));

		if (n != (ssize_t)sizeof(r) || (r.count > USER_FRAMES_MAX && r.count != ASKS_LINKS))
			_exit(0);
		if (!(r.count == ASKS_LINKS ? send_links(fd, procfs, r.pid)
					    : send_places(fd, procfs, &r)))
			_exit(0);
	}
}

/* ---- tgrun ----------------------------------------------------------------------------- */

int user_maps_start(struct user_maps *m, const char *procfs)
{
	int ends[2];

	*m = (struct user_maps){.fd = -1, .child = -1};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	m->child = fork();
	if (!m->child) {
		close(ends[0]);
		serve(ends[1], procfs);
	}
	close(ends[1]);
	if (m->child < 0) {
		close(ends[0]);
		return -1;
	}
	m->fd = ends[0];
	return 0;
}

/* A path outside the answer's memory, or without an end, is none. */
static void check_answer(struct user_places *out)
{
	out->paths[sizeof(out->paths) - 1] = '\0';
	for (int i = 0; i < USER_FRAMES_MAX; i++)
		if (out->v[i].path > sizeof(out->paths))
			out->v[i].path = 0;
}

/* A late answer would be taken for that of the next question: there is none then. */
static bool ask(struct user_maps *m, const struct request *r, void *out, size_t size)
{
	struct pollfd wait = {.fd = m->fd, .events = POLLIN};

	if (m->fd < 0)
		return false;
	if (send(m->fd, r, sizeof(*r), MSG_NOSIGNAL) == (ssize_t)sizeof(*r) &&
	    poll(&wait, 1, ANSWER_MS) == 1 && read(m->fd, out, size) == (ssize_t)size)
		return true;
	user_maps_stop(m);
	return false;
}

int user_maps_find(struct user_maps *m, uint32_t pid, const uint64_t *addresses, uint32_t count,
		   struct user_places *out)
{
	struct request r = {.pid = pid, .count = count};

	if (count > USER_FRAMES_MAX)
		return -1;
	memcpy(r.addresses, addresses, count * sizeof(*addresses));
	if (!ask(m, &r, out, sizeof(*out)))
		return -1;
	check_answer(out);
	return 0;
}

int user_maps_links(void *m, uint32_t pid, struct procfs_links *out)
{
	struct request r = {.pid = pid, .count = ASKS_LINKS};

	return ask(m, &r, out, sizeof(*out)) ? 0 : -1;
}

void user_maps_stop(struct user_maps *m)
{
	if (m->fd >= 0)
		close(m->fd);
	if (m->child > 0) {
		/* Another user's process ends by itself, when it sees that nobody asks. */
		waitpid(m->child, NULL, kill(m->child, SIGKILL) ? WNOHANG : 0);
	}
	*m = (struct user_maps){.fd = -1, .child = -1};
}
