// SPDX-License-Identifier: Apache-2.0
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/confine.h"
#include "runtime/cri/cri.h"
#include "runtime/notice.h"

#define FIRST_MS   5000 /* that the start waits */
#define MEMORY_MAX (512u << 20)
#define TEXT_MAX   (4 * (size_t)CRI_TEXT_BYTES) /* with the last pod, and what is escaped */

const char *cri_endpoint_path(const char *endpoint)
{
	static const char scheme[] = "unix://";

	if (!strncmp(endpoint, scheme, sizeof(scheme) - 1))
		endpoint += sizeof(scheme) - 1;
	return endpoint[0] == '/' ? endpoint : NULL;
}

/* ---- the process --------------------------------------------------------------------------- */

/* Root's socket is root's to open: the user stays, and nothing else does. */
static int give_up(struct failure *why)
{
	struct rlimit memory = {MEMORY_MAX, MEMORY_MAX};

	setrlimit(RLIMIT_DATA, &memory);
	prctl(PR_SET_DUMPABLE, 0); /* others of this user cannot write its memory */
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_apply(CAPNG_SELECT_BOTH) && capng_apply(CAPNG_SELECT_CAPS))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot drop capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot set no_new_privs");
	return confine_asker(why);
}

static _Noreturn void serve(const struct asker_options *o, int socket)
{
	struct failure why;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "tgrun-cri");
	if (socket > 3)
		close_range(3, (unsigned int)socket - 1, 0);
	close_range((unsigned int)socket + 1, ~0u, 0);
	if (!give_up(&why))
		asker_run(o, socket);
	notice("tgrun: container runtime: the process that asks it cannot start: %s\n", why.text);
	_exit(1);
}

static int fork_asker(struct cri *c, const struct asker_options *o)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	c->child = fork();
	if (!c->child) {
		close(ends[0]);
		serve(o, ends[1]);
	}
	close(ends[1]);
	c->fd = ends[0];
	return c->child < 0 ? -1 : 0;
}

int cri_start(struct cri *c, const struct cri_options *o, struct workloads *w, struct failure *why)
{
	struct h2_library h2 = {0};
	struct asker_options asker = {
		.endpoint = o->endpoint ? cri_endpoint_path(o->endpoint) : NULL,
		.interval = (unsigned int)(o->interval / 1000000),
		.h2 = &h2,
	};
	int result = 0;

	*c = CRI_NONE;
	c->workloads = w;
	if (!o->enable)
		return 0;
	if (h2_load(&h2, why))
		result = -1;
	else if (fork_asker(c, &asker))
		result = failure_set(why, TGRUN_ENVIRONMENT,
				     "cannot start the process that asks the container runtime: %s",
				     strerror(errno));
	h2_unload(&h2);
	return result;
}

/* ---- what it says -------------------------------------------------------------------------- */

static void lose(struct cri *c)
{
	notice("tgrun: container runtime: the process that asks it has ended; what is known of "
	       "pods stays, and nothing new will be known until tgrun is started again\n");
	close(c->fd);
	c->fd = -1;
	c->connected = false;
}

/* All of the memory's bytes, or NULL. */
static char *read_text(int fd, size_t size)
{
	char *text = size <= TEXT_MAX ? malloc(size) : NULL;
	size_t done = 0;

	while (text && done < size) {
		ssize_t n = pread(fd, text + done, size - done, (off_t)done);

		if (n <= 0 && !(n < 0 && errno == EINTR)) {
			free(text);
			return NULL;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	return text;
}

static void use_text(struct cri *c, int fd, size_t size)
{
	char *text = read_text(fd, size), why[512] = "it cannot be read";

	c->updates++;
	if (!text || workloads_found(c->workloads, text, size, why, sizeof(why))) {
		c->refused++;
		notice("tgrun: container runtime: what it says cannot be used: %s; what is known "
		       "of pods stays\n",
		       why);
	}
	free(text);
}

static int descriptor_of(struct msghdr *h)
{
	struct cmsghdr *item = CMSG_FIRSTHDR(h);
	int fd = -1;

	if (item && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS &&
	    item->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(item), sizeof(fd));
	return fd;
}

static bool take(struct cri *c, const struct cri_report *r, size_t size, int fd)
{
	if (size != sizeof(*r) || r->magic != CRI_MAGIC || r->connected > 1 ||
	    (fd >= 0) != (r->size > 0))
		return false;
	c->counts = r->counts;
	c->connected = r->connected;
	if (fd >= 0)
		use_text(c, fd, r->size);
	return true;
}

/* False: nothing is there (any more). */
static bool receive(struct cri *c)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr aligned;
	} control;
	struct cri_report r;
	struct iovec bytes = {&r, sizeof(r)};
	struct msghdr h = {.msg_iov = &bytes,
			   .msg_iovlen = 1,
			   .msg_control = control.bytes,
			   .msg_controllen = CMSG_LEN(sizeof(int))}; /* no room for more */
	ssize_t n = recvmsg(c->fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	int fd;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	fd = n > 0 ? descriptor_of(&h) : -1;
	if (n <= 0 || h.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || !take(c, &r, (size_t)n, fd))
		lose(c);
	if (fd >= 0)
		close(fd);
	return c->fd >= 0;
}

static void run(void *state)
{
	struct cri *c = state;

	if (c->fd >= 0) /* one at a time: events come first */
		receive(c);
}

const struct relay_service cri_service = {.run = run};

void cri_wait(struct cri *c)
{
	struct pollfd wait = {.fd = c->fd, .events = POLLIN};
	uint64_t end = clock_boot_now() + FIRST_MS * 1000000ull, now = 0;

	/* That the runtime is not there yet is no answer: it may start at the same time. */
	while (c->fd >= 0 && !c->updates && (now = clock_boot_now()) < end &&
	       poll(&wait, 1, (int)((end - now) / 1000000) + 1) == 1)
		receive(c);
	if (c->fd >= 0 && !c->updates)
		notice("tgrun: container runtime: no answer within %d s; pods are known when it "
		       "comes\n",
		       FIRST_MS / 1000);
}

void cri_stop(struct cri *c)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->child > 0) /* another user's process ends by itself, when it sees that */
		waitpid(c->child, NULL, kill(c->child, SIGKILL) ? WNOHANG : 0);
	*c = CRI_NONE;
}
