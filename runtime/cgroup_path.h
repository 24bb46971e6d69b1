/* SPDX-License-Identifier: Apache-2.0 */
/* Where a container's cgroup is, from what runtimes say of it. */
#ifndef TGRUN_CGROUP_PATH_H
#define TGRUN_CGROUP_PATH_H

#include <stdbool.h>
#include "runtime/buffer.h"

/*
 * Appends the path below the root of the file system, with a NUL: of "/a/b", or of systemd's form
 * "SLICE:PREFIX:NAME", which is SLICE/PREFIX-NAME.scope.
 */
void cgroup_path_put(struct buffer *out, const char *cgroups_path);

/* Whether it can be a container's: not the root, no detours, not deeper than programs look. */
bool cgroup_path_usable(const char *path);

#endif
