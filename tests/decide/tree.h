/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directory trees of fake dentries and mounts, and files in them. A path is spelled
 *
 *   /a/b     components below the root of all mounts
 *   /a!/b    another file system is mounted on /a, and b is in its root
 *   /a<c/d>/b  the same, but what is mounted is that file system's directory c/d
 *   pipe     a dentry of its own on an internal mount, as of a pipe
 *
 * "" is the root of all mounts; what is spelled alike is the same object.
 * Include after fake.h.
 */
#ifndef DECIDE_TREE_H
#define DECIDE_TREE_H

#include "shape.h"

/* Forgets all paths; must follow fake_reset(). */
void tree_reset(void);
/* What lies in a dentry in place of a name that does not fit into it. */
void tree_set_lure(const char *name);

/* Fills in a struct path. A mode of 0 leaves the inode's as it is; `spelling` is kept. */
void tree_path(void *path, const char *spelling, size_t len, bool deleted, uint32_t mode);
/* The addresses that a program gets for them. */
uint64_t tree_file(const struct argument *a, uint32_t mode);
uint64_t tree_dentry(const struct argument *a, uint32_t mode);
uint64_t tree_binprm(const struct argument *a, uint32_t mode);
uint64_t tree_path_object(const struct argument *a, uint32_t mode);
void *tree_task(const struct event *e);

#endif
