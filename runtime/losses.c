// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdlib.h>
#include "bpf-templates/tg_event.h"
#include "runtime/hook_text.h"
#include "runtime/losses.h"
#include "runtime/notice.h"

/* Returns how many, and appends them to the list when there are any. */
static uint64_t add_to(struct losses *l, struct buffer *parts, const struct counters *c,
		       uint32_t index, const char *kind, const char *name)
{
	uint64_t n;

	if (counters_read(c, index, &n)) {
		l->unreadable = true;
		return 0;
	}
	if (!n)
		return 0;
	buffer_text(parts, parts->size ? ", " : "");
	buffer_text(parts, kind);
	buffer_text(parts, name);
	buffer_print(parts, ": %" PRIu64, n);
	return n;
}

static uint64_t add_part(struct losses *l, const struct counters *c, uint32_t index,
			 const char *kind, const char *name)
{
	return add_to(l, &l->parts, c, index, kind, name);
}

static void add_unseen(struct losses *l, const struct base *base)
{
	static const struct {
		enum tg_kind kind;
		const char *name;
	} kinds[] = {{TG_EXEC, "process_exec"}, {TG_EXIT, "process_exit"}, {TG_CLONE, "clone"}};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint64_t n = base_unseen(base, kinds[i].kind);

		if (n)
			buffer_print(&l->unseen_parts, "%s%s: %" PRIu64,
				     l->unseen_parts.size ? ", " : "", kinds[i].name, n);
		l->unseen += n;
	}
}

static void add_base(struct losses *l, const struct base *base)
{
	l->lost += add_part(l, &base->lost, TG_EXEC, "process_exec", "");
	l->lost += add_part(l, &base->lost, TG_EXIT, "process_exit", "");
	l->clones = add_part(l, &base->lost, TG_CLONE, "clone", "");
	if (counters_read(&base->lost, 0, &l->table_full))
		l->unreadable = true;
	l->table_full += base->startup_full;
	add_unseen(l, base);
}

static void add_bundle(struct losses *l, const struct bundle *b)
{
	const struct artifact *a = &b->artifact;

	for (uint32_t i = 0; i < a->policy_count; i++) {
		const char *name = artifact_string(a, a->policies[i].name);

		if (b->loaded.lost.fd >= 0)
			l->lost += add_part(l, &b->loaded.lost, i, "policy ", name);
		if (b->loaded.held.fd >= 0)
			l->held += add_to(l, &l->held_parts, &b->loaded.held, i, "policy ", name);
		if (b->loaded.missed.fd >= 0)
			l->unenforced += add_to(l, &l->unenforced_parts, &b->loaded.missed, i,
						"policy ", name);
		if (b->loaded.forgotten.fd >= 0)
			l->forgotten += add_to(l, &l->forgotten_parts, &b->loaded.forgotten, i,
					       "policy ", name);
		if (b->loaded.unchanged.fd >= 0)
			l->unchanged += add_to(l, &l->unchanged_parts, &b->loaded.unchanged, i,
					       "policy ", name);
	}
}

/* Such a program is no hook's: it keeps what is known of processes. */
static uint64_t facts_missed(const struct bundle *b)
{
	const struct artifact *a = &b->artifact;
	uint64_t n = 0;

	for (uint32_t i = 0; i < a->program_count; i++)
		n += misses_read(&b->loaded.misses, (size_t)a->hook_count + i);
	return n;
}

static void add_misses(struct losses *l, const struct bundles *bundles)
{
	size_t at = 0;

	l->misses = calloc(bundles_hooks(bundles) + 1, sizeof(*l->misses));
	for (size_t i = 0; l->misses && i < bundles->count; i++) {
		l->facts_missed += facts_missed(&bundles->v[i]);
		for (uint32_t j = 0; j < bundles->v[i].artifact.hook_count; j++, at++) {
			l->misses[at] = misses_read(&bundles->v[i].loaded.misses, j);
			l->missed += l->misses[at];
		}
	}
}

void losses_read(struct losses *l, const struct base *base, const struct bundles *bundles)
{
	*l = (struct losses){.changes = bundles->changes, .lost = bundles->gone_lost};
	for (size_t i = 0; i < bundles->count; i++)
		add_bundle(l, &bundles->v[i]);
	add_base(l, base);
	add_misses(l, bundles);
}

static void report_hook(const struct bundle *b, uint32_t hook, uint64_t n)
{
	const struct artifact *a = &b->artifact;
	struct buffer policies = {0};

	hook_text_policies(&policies, a, hook);
	notice("tgrun: %" PRIu64 " calls of %s ran without their program because it was "
	       "interrupted (policy %.*s)\n",
	       n, artifact_string(a, a->hooks[hook].name), (int)policies.size,
	       policies.data ? policies.data : "");
	buffer_free(&policies);
}

static void report_misses(const struct losses *l, const struct losses *before,
			  const struct bundles *bundles)
{
	const uint64_t *old = before->changes == l->changes ? before->misses : NULL;
	size_t at = 0;

	for (size_t i = 0; l->misses && i < bundles->count; i++) {
		for (uint32_t j = 0; j < bundles->v[i].artifact.hook_count; j++, at++) {
			if (l->misses[at] != (old ? old[at] : 0))
				report_hook(&bundles->v[i], j, l->misses[at]);
		}
	}
}

void losses_report(const struct losses *l, const struct losses *before,
		   const struct bundles *bundles)
{
	if (l->lost != before->lost || l->clones != before->clones)
		notice("tgrun: lost %" PRIu64 " events because the ring was full (%.*s)\n", l->lost,
		       (int)l->parts.size, l->parts.data ? l->parts.data : "");
	if (l->unseen != before->unseen)
		notice("tgrun: up to %" PRIu64 " starts or ends of processes were not seen because "
		       "the program for them was interrupted (%.*s)\n",
		       l->unseen, (int)l->unseen_parts.size,
		       l->unseen_parts.data ? l->unseen_parts.data : "");
	if (l->facts_missed > before->facts_missed)
		notice("tgrun: up to %" PRIu64
		       " starts or ends of tasks or sockets are not known to "
		       "policies that ask about them, because the program was interrupted\n",
		       l->facts_missed);
	if (l->table_full != before->table_full)
		notice("tgrun: the process table was full for %" PRIu64 " processes\n",
		       l->table_full);
	if (l->discarded != before->discarded)
		notice("tgrun: discarded %" PRIu64 " events because they could not be written\n",
		       l->discarded);
	if (l->too_slow != before->too_slow)
		notice("tgrun: dropped %" PRIu64 " events because their reader is too slow\n",
		       l->too_slow);
	if (l->unenforced > before->unenforced)
		notice("tgrun: %" PRIu64 " notifications of enforcers were not acted on (%.*s)\n",
		       l->unenforced, (int)l->unenforced_parts.size,
		       l->unenforced_parts.data ? l->unenforced_parts.data : "");
	if (l->forgotten > before->forgotten)
		notice("tgrun: %" PRIu64 " tracked sockets were forgotten because there were too "
		       "many (%.*s)\n",
		       l->forgotten, (int)l->forgotten_parts.size,
		       l->forgotten_parts.data ? l->forgotten_parts.data : "");
	if (l->unchanged > before->unchanged)
		notice("tgrun: %" PRIu64 " times a program's memory could not be read or written, "
		       "and it went on unchanged (%.*s)\n",
		       l->unchanged, (int)l->unchanged_parts.size,
		       l->unchanged_parts.data ? l->unchanged_parts.data : "");
	report_misses(l, before, bundles);
	if (l->unreadable && !before->unreadable)
		notice("tgrun: this kernel does not let an unprivileged process read the "
		       "counters of lost events\n");
}

void losses_report_held(const struct losses *l)
{
	if (l->held)
		notice("tgrun: rate limits held back %" PRIu64 " events (%.*s)\n", l->held,
		       (int)l->held_parts.size, l->held_parts.data ? l->held_parts.data : "");
}

void losses_free(struct losses *l)
{
	buffer_free(&l->held_parts);
	buffer_free(&l->unseen_parts);
	buffer_free(&l->unenforced_parts);
	buffer_free(&l->forgotten_parts);
	buffer_free(&l->unchanged_parts);
	buffer_free(&l->parts);
	free(l->misses);
	l->misses = NULL;
}
