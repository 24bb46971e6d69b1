/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The hash of a path, which tgc and the programs compute alike: by words of eight bytes, the last
 * one filled up with zeros. */
#ifndef TG_PATHS_HASH_H
#define TG_PATHS_HASH_H

#define TG_PATHS_LONGEST 255 /* bytes of a path that can be listed */
#define TG_PATHS_WORDS	 32

struct tg_paths_entry {
	unsigned long long hash;
	unsigned int at, len, row; /* in the pool, in words; bytes; of facts */
};

static inline unsigned long long tg_paths_begin(unsigned long long length, unsigned long long seed)
{
	return (length + seed) * 0x9e3779b97f4a7c15ull;
}

static inline unsigned long long tg_paths_add(unsigned long long hash, unsigned long long word)
{
	hash = (hash ^ word) * 0xff51afd7ed558ccdull;
	return hash ^ hash >> 32;
}

#endif
