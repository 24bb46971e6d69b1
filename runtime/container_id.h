/* SPDX-License-Identifier: Apache-2.0 */
/* The container id that the name of a cgroup has in it, as the runtimes write it. */
#ifndef TGRUN_CONTAINER_ID_H
#define TGRUN_CONTAINER_ID_H

#include <stddef.h>

#define CONTAINER_ID_MAX 31 /* characters that events show */

struct container_id {
	char text[CONTAINER_ID_MAX + 1]; /* "" none */
};

/* From the last component of a cgroup's path, as the kernel reports it (cut at TG_CGROUP_MAX). */
void container_id_of_leaf(struct container_id *out, const char *leaf, size_t size);
/* From the text of /proc/PID/cgroup. */
void container_id_of_lines(struct container_id *out, const char *lines);

#endif
