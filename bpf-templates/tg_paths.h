/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which of many listed paths a text is. The unit has put the tables before: paths_slots (by hash,
 * the number of an entry, from 1 on), paths_entries, paths_pool (their texts as words), paths_rows
 * (facts).
 */
#ifndef TG_PATHS_H
#define TG_PATHS_H

#include "tg_bits.h"
#include "tg_paths_hash.h"

#ifdef TG_HOST
#define PATHS_LOOP
#else
#define PATHS_LOOP _Pragma("clang loop unroll(disable)")
#endif

/* Word `i` of the text, the last one without what comes after. No branch: in a bounded loop each
 * would multiply what verifiers follow. */
static __inline __u64 paths_word(const char *text, __u32 i, __u32 len)
{
	__s64 left = (__s64)len - i * 8;
	__u64 whole = ~(__u64)((left - 8) >> 63);

	tg_opaque(whole);
	return tg_load8(text + i * 8) & (whole | ((1ull << (left * 8 & 63)) - 1));
}

static __subprogram __u64 paths_hash(const struct tg_scratch *s)
{
	__u32 start = tg_fresh(s->read.start), len = tg_fresh(s->read.len);
	__u64 hash = tg_paths_begin(len, TG_PATHS_SEED);
	const char *text;

	tg_bound(start, TG_TEXT_MASK);
	text = s->text + start;
	PATHS_LOOP
	for (__u32 i = 0; i < TG_PATHS_WORDS && i * 8 < len; i++)
		hash = tg_paths_add(hash, paths_word(text, i, len));
	return hash;
}

/* 0 when the text is this one of the pool. */
static __subprogram __u64 paths_differ(const struct tg_scratch *s, __u32 at)
{
	__u32 start = tg_fresh(s->read.start), len = tg_fresh(s->read.len);
	__u64 differ = 0;
	const char *text;

	if (at > TG_PATHS_POOL)
		return 1;
	tg_bound(start, TG_TEXT_MASK);
	text = s->text + start;
	PATHS_LOOP
	for (__u32 i = 0; i < TG_PATHS_WORDS && i * 8 < len; i++)
		differ |= paths_word(text, i, len) ^ paths_pool[at + i];
	return differ;
}

/* The number of the entry with this hash; 0: none. No two entries have the same. */
static __subprogram __u32 paths_find(__u64 hash)
{
	PATHS_LOOP
	for (__u32 i = 0; i < TG_PATHS_PROBES; i++) {
		__u32 entry = tg_fresh(paths_slots[(hash + i) & (TG_PATHS_SLOTS - 1)]);

		if (!entry || entry > TG_PATHS)
			return 0;
		if (paths_entries[entry].hash == hash)
			return entry;
	}
	return 0;
}

/* Adds the facts of the path in s->read, if it is listed. */
static __inline void tg_paths_facts(const struct tg_scratch *s, __u64 *found)
{
	__u32 len = tg_fresh(s->read.len), entry, row;

	if (!len || len > TG_PATHS_LONGEST)
		return;
	entry = paths_find(paths_hash(s));
	if (!entry || entry > TG_PATHS || paths_entries[entry].len != len)
		return;
	if (paths_differ(s, paths_entries[entry].at))
		return;
	row = tg_fresh(paths_entries[entry].row);
	if (row >= TG_PATHS_ROWS)
		return;
	for (__u32 k = 0; k < TG_BITS_WORDS; k++)
		found[k] |= paths_rows[row][k];
}

#endif
