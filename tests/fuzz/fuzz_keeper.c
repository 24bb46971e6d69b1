// SPDX-License-Identifier: Apache-2.0
/*
 * Any bytes, and any number of descriptors, as a message between keeper and relay. The first byte
 * says which side gets it, and whether the bytes are filled up to a whole message with its first
 * number in place, as most shall be; the second one how many descriptors come with it.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/keeper_wire.h"

#define FDS (2 * KEEPER_FDS_MAX + 1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void send_raw(int socket, const uint8_t *data, size_t size, int null, size_t count)
{
	union {
		char bytes[CMSG_SPACE(2 * KEEPER_FDS_MAX * sizeof(int))];
		struct cmsghdr aligned;
	} control = {0};
	struct iovec bytes = {(void *)(uintptr_t)data, size};
	struct msghdr h = {.msg_iov = &bytes, .msg_iovlen = 1};
	struct cmsghdr *item = &control.aligned;

	if (count) {
		h.msg_control = control.bytes;
		h.msg_controllen = CMSG_SPACE(count * sizeof(int));
		item->cmsg_level = SOL_SOCKET;
		item->cmsg_type = SCM_RIGHTS;
		item->cmsg_len = CMSG_LEN(count * sizeof(int));
		for (size_t i = 0; i < count; i++)
			memcpy(CMSG_DATA(item) + i * sizeof(int), &null, sizeof(int));
	}
	if (sendmsg(socket, &h, MSG_NOSIGNAL) < 0)
		abort();
}

/* What was taken is whole, and no descriptor stays open that is not in a slot. */
static void check(const struct keeper_message *m, int fds[KEEPER_FDS_MAX], int result)
{
	for (int i = 0; i < KEEPER_FDS_MAX; i++)
		if ((fds[i] >= 0) != (result == 1 && (m->present >> i & 1)))
			abort();
	if (result == 1 && (!memchr(m->text, '\0', sizeof(m->text)) ||
			    !memchr(m->bundle, '\0', sizeof(m->bundle))))
		abort();
	keeper_close(fds);
}

/* The lowest descriptor that is free. */
static int lowest(int null)
{
	int fd = dup(null);

	close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int null = -1;
	int ends[2], fds[KEEPER_FDS_MAX], next;
	struct keeper_message m;

	if (size < 3)
		return 0;
	if (null < 0)
		null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	next = lowest(null);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		abort();
	if (data[0] & 2) {
		memset(&m, 0, sizeof(m));
		memcpy(&m, data + 2, size - 2 < sizeof(m) ? size - 2 : sizeof(m));
		m.magic = KEEPER_MAGIC;
		send_raw(ends[0], (const uint8_t *)&m, sizeof(m), null, data[1] % FDS);
	} else {
		send_raw(ends[0], data + 2, size - 2, null, data[1] % FDS);
	}
	check(&m, fds, keeper_receive(ends[1], &m, fds, data[0] & 1));
	close(ends[0]);
	close(ends[1]);
	if (lowest(null) != next) /* something stays open */
		abort();
	return 0;
}
