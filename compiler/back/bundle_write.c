// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle.h"
#include "runtime/artifact.h"

static int write_all(int fd, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			at += n;
			size -= n;
		}
	}
	return 0;
}

static int write_parts(int fd, struct bytes payload, struct bytes signature)
{
	struct tg_trailer trailer = {
		.payload_size = payload.size,
		.signature_size = (uint32_t)signature.size,
	};
	mode_t mask = umask(0);

	umask(mask);
	memcpy(trailer.magic, TG_TRAILER_MAGIC, sizeof(trailer.magic));
	if (write_all(fd, payload.at, payload.size) ||
	    write_all(fd, signature.at, signature.size) || write_all(fd, &trailer, sizeof(trailer)))
		return -1;
	/* mkstemp() makes it private; a bundle is meant to be handed on. */
	return fchmod(fd, 0666 & ~mask);
}

/*
 * A new bundle can be made again, and half a one is refused; to wait for the disk takes longer than
 * the rest of a compilation from the cache. One that takes the place of another is there first.
 */
static int write_through(int fd, bool replaces)
{
	return replaces ? fdatasync(fd) : 0;
}

static int refuse(const char *path, const char *reason, char *why, size_t why_size)
{
	snprintf(why, why_size, "%s: %s", path, reason);
	return -1;
}

static int rename_written(int fd, const char *temporary, const char *path, int failed, char *why,
			  size_t why_size)
{
	int error = errno;

	if (close(fd) && !failed) {
		failed = -1;
		error = errno;
	}
	if (!failed && rename(temporary, path)) {
		failed = -1;
		error = errno;
	}
	if (!failed)
		return 0;
	unlink(temporary);
	return refuse(path, strerror(error), why, why_size);
}

static int write_beside(const char *path, struct bytes payload, struct bytes signature, char *why,
			size_t why_size)
{
	char temporary[PATH_MAX];
	struct stat st;
	bool replaces = stat(path, &st) == 0;
	int fd, failed;

	if (replaces && !S_ISREG(st.st_mode))
		return refuse(path, "exists and is not a regular file", why, why_size);
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >= (int)sizeof(temporary))
		return refuse(path, strerror(ENAMETOOLONG), why, why_size);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return refuse(path, strerror(errno), why, why_size);
	failed = write_parts(fd, payload, signature) || write_through(fd, replaces);
	return rename_written(fd, temporary, path, failed, why, why_size);
}

/* Nobody who interrupts us finds half a file beside the output. */
int bundle_write(const char *path, struct bytes payload, struct bytes signature, char *why,
		 size_t why_size)
{
	sigset_t ending, before;
	int result;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &before);
	signal(SIGXFSZ, SIG_IGN); /* a file that may not become so large is like a full disk */
	result = write_beside(path, payload, signature, why, why_size);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
}
