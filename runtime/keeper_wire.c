// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/keeper_wire.h"

/* What a message of each kind may have. */
static const struct {
	bool from_keeper, named;
	uint32_t may, must; /* slots with descriptors */
} kinds[KEEPER_KIND_COUNT] = {
	[KEEPER_OFFER] = {true, true, 1, 1},
	[KEEPER_MAPS] = {true, true, (1u << KEEPER_MAPS_FDS) - 1, 0},
	[KEEPER_PROGRAMS] = {true, true, (1u << KEEPER_FDS_MAX) - 1, 1},
	[KEEPER_ATTACHED] = {true, true, 0, 0},
	[KEEPER_FAILED] = {true, false, 0, 0},
	[KEEPER_GONE] = {true, true, 0, 0},
	[KEEPER_SETTLED] = {true, false, 0, 0},
	[KEEPER_YES] = {false, false, 0, 0},
	[KEEPER_NO] = {false, false, 0, 0},
	[KEEPER_UNLOAD] = {false, true, 0, 0},
	[KEEPER_END] = {false, false, 0, 0},
};

static bool is_name(const char *name, bool needed)
{
	if (strnlen(name, TG_NAME_MAX) == TG_NAME_MAX)
		return false;
	return name[0] ? artifact_name_valid(name) : !needed;
}

bool keeper_check(const struct keeper_message *m, size_t size, int descriptors, bool from_keeper)
{
	if (size != sizeof(*m) || m->magic != KEEPER_MAGIC)
		return false;
	if (!m->kind || m->kind >= KEEPER_KIND_COUNT || kinds[m->kind].from_keeper != from_keeper)
		return false;
	if (m->present & ~kinds[m->kind].may || ~m->present & kinds[m->kind].must)
		return false;
	return __builtin_popcount(m->present) == descriptors && m->replaced <= 1 &&
	       is_name(m->bundle, kinds[m->kind].named) &&
	       strnlen(m->text, sizeof(m->text)) < sizeof(m->text);
}

struct keeper_message keeper_message(enum keeper_kind kind, const char *bundle)
{
	struct keeper_message m = {.magic = KEEPER_MAGIC, .kind = kind};

	if (bundle)
		memcpy(m.bundle, bundle, strnlen(bundle, TG_NAME_MAX - 1));
	return m;
}

union control {
	char bytes[CMSG_SPACE(KEEPER_FDS_MAX * sizeof(int))];
	struct cmsghdr aligned;
};

/* Puts the descriptors behind the message; there is at least one. */
static void attach_fds(struct msghdr *h, union control *c, const int *fds, size_t count)
{
	struct cmsghdr *item;

	h->msg_control = c->bytes;
	h->msg_controllen = CMSG_SPACE(count * sizeof(int));
	item = CMSG_FIRSTHDR(h);
	item->cmsg_level = SOL_SOCKET;
	item->cmsg_type = SCM_RIGHTS;
	item->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(item), fds, count * sizeof(int));
}

int keeper_send(int socket, struct keeper_message *m, const int *fds)
{
	struct iovec bytes = {m, sizeof(*m)};
	struct msghdr h = {.msg_iov = &bytes, .msg_iovlen = 1};
	union control c = {0};
	int packed[KEEPER_FDS_MAX];
	size_t count = 0;
	ssize_t n;

	m->present = 0;
	for (int i = 0; fds && i < KEEPER_FDS_MAX; i++)
		if (fds[i] >= 0) {
			m->present |= 1u << i;
			packed[count++] = fds[i];
		}
	if (count)
		attach_fds(&h, &c, packed, count);
	do {
		n = sendmsg(socket, &h, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*m) ? 0 : -1;
}

/* All descriptors that came, also those that should not have. */
static int take_fds(struct msghdr *h, int packed[KEEPER_FDS_MAX])
{
	int count = 0;

	for (struct cmsghdr *i = CMSG_FIRSTHDR(h); i; i = CMSG_NXTHDR(h, i)) {
		size_t n = i->cmsg_level == SOL_SOCKET && i->cmsg_type == SCM_RIGHTS
				   ? (i->cmsg_len - CMSG_LEN(0)) / sizeof(int)
				   : 0;

		for (size_t k = 0; k < n && count < KEEPER_FDS_MAX; k++, count++)
			memcpy(&packed[count], CMSG_DATA(i) + k * sizeof(int), sizeof(int));
	}
	return count;
}

int keeper_receive(int socket, struct keeper_message *m, int fds[KEEPER_FDS_MAX], bool from_keeper)
{
	struct iovec bytes = {m, sizeof(*m)};
	union control c = {0};
	struct msghdr h = {.msg_iov = &bytes,
			   .msg_iovlen = 1,
			   .msg_control = c.bytes,
			   .msg_controllen = sizeof(c.bytes)};
	int packed[KEEPER_FDS_MAX], count;
	ssize_t n;

	for (int i = 0; i < KEEPER_FDS_MAX; i++)
		fds[i] = -1;
	do {
		n = recvmsg(socket, &h, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? -1 : 0;
	count = take_fds(&h, packed);
	if (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ||
	    !keeper_check(m, (size_t)n, count, from_keeper)) {
		while (count)
			close(packed[--count]);
		return 0;
	}
	for (int i = 0, next = 0; i < KEEPER_FDS_MAX; i++)
		if (m->present >> i & 1)
			fds[i] = packed[next++];
	return 1;
}

void keeper_close(int fds[KEEPER_FDS_MAX])
{
	for (int i = 0; i < KEEPER_FDS_MAX; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}
