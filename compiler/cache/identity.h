/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs and kernels are, for keys of the cache, cheaply: by build ids, and by digests of
 * files that are remembered with the file's inode and times. False: it cannot be told for certain,
 * and nothing that depends on it may be kept.
 */
#ifndef TGC_IDENTITY_H
#define TGC_IDENTITY_H

#include <stdbool.h>

struct arena;
struct cache;
struct cache_key;

/* This program, and the libraries that its results depend on. */
bool identity_self(struct cache_key *k);
/* A clang and the libraries it loads. One that is a script, or runs another program, has none. */
bool identity_clang(struct cache *c, struct cache_key *k, const char *program);
/* The kernel in this file: the running one's type information, or any file's contents. */
bool identity_kernel(struct cache *c, struct cache_key *k, const char *path);

#endif
