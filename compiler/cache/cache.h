/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was compiled before, by the digest of all that it was made from. Files in a folder of the
 * user's: a file that is not theirs, that others may write to, or whose digest is wrong, is not
 * there. Nothing here ever fails a run: without a folder nothing is found and nothing is kept.
 */
#ifndef TGC_CACHE_H
#define TGC_CACHE_H

#include <stdbool.h>
#include "runtime/bytes.h"

struct arena;
struct cache;

#define CACHE_DIGEST 32

/* All that decides about a result, put together piece by piece. */
struct cache_key {
	struct arena *arena;
	uint8_t *bytes;
	size_t size, room;
};

void cache_key_bytes(struct cache_key *k, struct bytes part);
void cache_key_text(struct cache_key *k, const char *text); /* NULL is not the empty text */
void cache_key_number(struct cache_key *k, uint64_t n);

/*
 * The folder: TGC_CACHE_DIR, else tgc/compiled in XDG_CACHE_HOME or ~/.cache; made when something
 * is kept. NULL: `wanted` is false, or there is no place.
 */
struct cache *cache_open(struct arena *a, bool wanted);
/* What was kept under the key, in the arena; false: nothing. A NULL cache holds nothing. */
bool cache_get(struct cache *c, const struct cache_key *k, struct bytes *out);
void cache_put(struct cache *c, const struct cache_key *k, struct bytes what);
/* Makes room, oldest use first, where something was put. */
void cache_close(struct cache *c);

#endif
