// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>
#include "runtime/oom_score.h"

int oom_score_protect(void)
{
	static const char never[] = "-1000";
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, never, sizeof(never) - 1);

	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : 0;
}
