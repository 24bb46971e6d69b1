// SPDX-License-Identifier: Apache-2.0
/* Bundles that go while others stay. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "runtime/bundle.h"
#include "runtime/clock.h"

#define GRACE_NS 5000000000ull

/* What lies in a bundle is pointed to from two places. */
static void move(struct bundle *to, const struct bundle *from, struct workloads *w)
{
	memmove(to, from, sizeof(*to));
	if (to->workloads.artifact)
		to->workloads.artifact = &to->artifact;
	if (w)
		workloads_moved(w, &from->workloads, &to->workloads);
}

void bundle_free(struct bundle *b)
{
	load_undo(&b->loaded);
	modes_free(&b->modes);
	workload_rules_free(&b->workloads);
	free(b->told);
	b->told = NULL;
	verified_free(&b->verified);
	if (b->mapped)
		munmap(b->mapped, b->mapped_size);
	free(b->own_path);
	b->mapped = NULL;
	b->own_path = NULL;
}

static void forget_oldest(struct bundles *b)
{
	bundle_free(&b->retired[0]);
	b->retired_count--;
	for (size_t i = 0; i < b->retired_count; i++)
		move(&b->retired[i], &b->retired[i + 1], NULL);
}

static uint64_t lost_by(const struct bundle *b)
{
	uint64_t sum = 0, n;

	for (uint32_t i = 0; b->loaded.lost.fd >= 0 && i < b->artifact.policy_count; i++)
		if (!counters_read(&b->loaded.lost, i, &n))
			sum += n;
	return sum;
}

void bundles_welcome(struct bundles *b, struct workloads *w)
{
	const char *name = b->coming.artifact.header->name;
	size_t i = 0;

	while (i < b->count && strcmp(b->v[i].artifact.header->name, name) != 0)
		i++;
	if (i < b->count) {
		if (b->retired_count == BUNDLES_RETIRED_MAX)
			forget_oldest(b);
		b->gone_lost += lost_by(&b->v[i]);
		if (w)
			workloads_forsake(w, &b->v[i].workloads);
		move(&b->retired[b->retired_count++], &b->v[i], NULL);
		b->retired_at = UINT64_MAX - GRACE_NS; /* until it is detached: see live.c */
	}
	b->count += i == b->count;
	move(&b->v[i], &b->coming, w);
	b->is_coming = false;
	b->changes++;
}

void bundles_retire(struct bundles *b, size_t index, struct workloads *w)
{
	struct bundle *gone = &b->v[index];

	links_detach(&gone->loaded.links);
	b->gone_lost += lost_by(gone);
	if (w)
		workloads_forsake(w, &gone->workloads);
	if (b->retired_count == BUNDLES_RETIRED_MAX)
		forget_oldest(b);
	move(&b->retired[b->retired_count++], gone, NULL);
	b->retired_at = clock_boot_now();
	b->count--;
	for (size_t i = index; i < b->count; i++)
		move(&b->v[i], &b->v[i + 1], w);
	b->changes++;
}

void bundles_forget(struct bundles *b, uint64_t read_until)
{
	if (read_until < b->retired_at + GRACE_NS)
		return;
	while (b->retired_count)
		forget_oldest(b);
}
