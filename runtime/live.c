// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "runtime/clock.h"
#include "runtime/keeper_wire.h"
#include "runtime/live.h"
#include "runtime/notice.h"

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW)

static void answer(struct live *l, bool yes)
{
	struct keeper_message m = keeper_message(yes ? KEEPER_YES : KEEPER_NO, NULL);

	if (keeper_send(l->socket, &m, NULL))
		l->ended = true;
}

/* Memory that nobody can change any more, of this many bytes. NULL with errno. */
static void *map_sealed(int fd, size_t size)
{
	struct stat st;
	void *at;

	errno = EINVAL;
	if (fstat(fd, &st) || (uint64_t)st.st_size != size || !size ||
	    (fcntl(fd, F_GET_SEALS) & SEALS) != SEALS)
		return NULL;
	/* private: older kernels share sealed memory with nobody who could write */
	at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

/* ---- a bundle that comes ------------------------------------------------------------------- */

static const struct bundle *named(const struct live *l, const char *name)
{
	for (size_t i = 0; i < l->bundles->count; i++)
		if (!strcmp(l->bundles->v[i].artifact.header->name, name))
			return &l->bundles->v[i];
	return NULL;
}

static void set_modes(struct live *l, struct bundle *b)
{
	const struct bundle *old = named(l, b->artifact.header->name);
	const struct options *o = l->options;

	for (size_t i = 0; i < o->mode_count; i++)
		for (uint32_t p = 0; p < b->artifact.policy_count; p++)
			if (!strcmp(artifact_string(&b->artifact, b->artifact.policies[p].name),
				    o->modes[i].policy) &&
			    modes_set(&b->modes, &b->artifact, p, o->modes[i].mode))
				notice("tgrun: policy %s cannot be made to enforce: none of its "
				       "actions does\n",
				       o->modes[i].policy);
	if (old)
		modes_inherit(&b->modes, &b->artifact, &old->modes, &old->artifact);
}

static void drop_coming(struct live *l)
{
	struct bundles *b = l->bundles;

	if (!b->is_coming)
		return;
	workloads_forsake(l->workloads, &b->coming.workloads);
	bundle_free(&b->coming);
	b->is_coming = false;
}

static int view(struct live *l, struct bundle *b, const struct keeper_message *m, int fd,
		struct failure *why)
{
	b->own_path = strdup(m->text);
	b->path = b->own_path;
	if (!b->own_path || m->value > TG_ARTIFACT_MAX)
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	b->mapped_size = m->value;
	b->mapped = map_sealed(fd, b->mapped_size);
	if (!b->mapped)
		return failure_set(why, TGRUN_ENVIRONMENT, "%s: cannot be mapped: %s", b->path,
				   strerror(errno));
	if (bundle_view(b, b->mapped, b->mapped_size, why) || bundle_prepare(b, why))
		return -1;
	set_modes(l, b);
	return bundle_place(b, l->workloads, why);
}

/* All that have begun; nothing is left of their old bundles. */
static void end_handovers(struct live *l)
{
	while (l->dispatch->handover) {
		struct handover *last = l->dispatch->handover;

		l->dispatch->handover = last->next;
		free(last);
	}
}

/* While both are attached, records of the one count first, then those of the other. */
static void begin_handover(struct live *l, const struct bundle *old)
{
	const struct artifact *new = &l->bundles->coming.artifact;
	struct handover *h =
		handover_new(old->artifact.header->fingerprint, new->header->fingerprint);

	if (!h)
		return;
	h->next = l->dispatch->handover;
	l->dispatch->handover = h;
}

/* The last one came to nothing. */
static void cancel_handover(struct live *l)
{
	struct handover *last = l->dispatch->handover;

	if (!last || last->switch_at != UINT64_MAX)
		return;
	l->dispatch->handover = last->next;
	free(last);
}

static void take_offer(struct live *l, const struct keeper_message *m, int fd)
{
	struct bundle *b = &l->bundles->coming;
	const struct bundle *old = named(l, m->bundle);
	struct failure why;
	bool taken;

	cancel_handover(l);
	drop_coming(l);
	*b = (struct bundle){.loaded = LOADED_NOTHING};
	l->bundles->is_coming = true;
	taken = !view(l, b, m, fd, &why);
	if (!taken) {
		notice("tgrun: %s\n", why.text);
		bundle_free(b);
		l->bundles->is_coming = false;
	} else if (l->prepare) {
		for (uint32_t i = 0; i < b->artifact.selector_count; i++)
			l->prepare(l->prepare_state, b->artifact.selectors[i].flags);
	}
	if (taken && old)
		begin_handover(l, old);
	answer(l, taken);
}

static struct bpf_map_info info_of(const struct keeper_shape *s)
{
	return (struct bpf_map_info){.type = s->type,
				     .key_size = s->key_size,
				     .value_size = s->value_size,
				     .max_entries = s->max_entries,
				     .map_flags = s->flags};
}

/* Addresses, then which hooks the node goes without. */
static int take_targets(struct bundle *b, int fd)
{
	size_t addresses = b->artifact.target_count * sizeof(uint64_t);
	size_t absent = b->artifact.hook_count * sizeof(bool);
	struct targets *t = &b->loaded.targets;
	const char *from;

	free(t->addresses);
	free(t->hook_absent);
	t->addresses = NULL;
	t->hook_absent = NULL;
	if (!absent)
		return 0;
	from = map_sealed(fd, addresses + absent);
	if (!from)
		return -1;
	t->addresses = malloc(addresses + 1);
	t->hook_absent = malloc(absent);
	if (t->addresses && t->hook_absent) {
		memcpy(t->addresses, from, addresses);
		memcpy(t->hook_absent, from + addresses, absent);
	}
	munmap((void *)(uintptr_t)from, addresses + absent);
	return t->addresses && t->hook_absent ? 0 : -1;
}

/* Takes one descriptor out of its slot. */
static int take(int fds[KEEPER_FDS_MAX], int slot)
{
	int fd = fds[slot];

	fds[slot] = -1;
	return fd;
}

static int take_losses(struct bundle *b, const struct keeper_message *m, int fds[KEEPER_FDS_MAX])
{
	struct bpf_map_info info = info_of(&m->shapes[KEEPER_MAP_LOST]);

	counters_close(&b->loaded.lost);
	if (fds[KEEPER_MAP_LOST] < 0)
		return 0;
	return load_open_losses(&b->loaded.lost, &b->artifact, take(fds, KEEPER_MAP_LOST), &info);
}

static int take_counters(struct loaded *l, const struct keeper_message *m, int fds[KEEPER_FDS_MAX])
{
	const struct {
		struct counters *to;
		int slot;
	} all[] = {{&l->held, KEEPER_MAP_HELD},
		   {&l->missed, KEEPER_MAP_MISSED},
		   {&l->forgotten, KEEPER_MAP_FORGOTTEN},
		   {&l->unchanged, KEEPER_MAP_UNCHANGED}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct bpf_map_info info = info_of(&m->shapes[all[i].slot]);

		counters_close(all[i].to);
		if (fds[all[i].slot] >= 0 &&
		    counters_open_as(all[i].to, take(fds, all[i].slot), &info))
			return -1;
	}
	return 0;
}

/* Before modes are written. */
static int take_kept(struct bundle *b, const struct keeper_message *m, int fds[KEEPER_FDS_MAX])
{
	struct bpf_map_info info = info_of(&m->shapes[KEEPER_MAP_KEPT]);

	if (fds[KEEPER_MAP_KEPT] < 0)
		return 0;
	return modes_keep(&b->modes, &b->artifact, take(fds, KEEPER_MAP_KEPT), &info);
}

/* The first time, or of another variant. Modes and workloads are in the kernel afterwards. */
static int take_maps(struct live *l, const struct keeper_message *m, int fds[KEEPER_FDS_MAX])
{
	struct bundle *b = &l->bundles->coming;
	struct bpf_map_info modes = info_of(&m->shapes[KEEPER_MAP_MODES]);
	struct bpf_map_info workloads[] = {info_of(&m->shapes[KEEPER_MAP_WORKLOADS]),
					   info_of(&m->shapes[KEEPER_MAP_WORKLOAD_TABLES])};
	int head, tables;

	if (take_kept(b, m, fds) || take_losses(b, m, fds) || take_counters(&b->loaded, m, fds) ||
	    take_targets(b, fds[KEEPER_TARGETS]) ||
	    modes_map_as(&b->modes, &b->artifact, take(fds, KEEPER_MAP_MODES), &modes))
		return -1;
	head = take(fds, KEEPER_MAP_WORKLOADS);
	tables = take(fds, KEEPER_MAP_WORKLOAD_TABLES);
	misses_close(&b->loaded.misses);
	if (misses_open(&b->loaded.misses,
			(size_t)b->artifact.hook_count + b->artifact.program_count)) {
		close(head);
		close(tables);
		return -1;
	}
	if (workload_rules_map_as(&b->workloads, head, tables, workloads))
		return -1;
	return workloads_serve(l->workloads, &b->workloads);
}

static void take_programs(struct live *l, const struct keeper_message *m, int fds[KEEPER_FDS_MAX])
{
	struct misses *misses = &l->bundles->coming.loaded.misses;

	for (int i = 0; i < KEEPER_FDS_MAX; i++)
		if (fds[i] >= 0 && m->hooks[i] < misses->count && misses->programs[m->hooks[i]] < 0)
			misses->programs[m->hooks[i]] = take(fds, i);
}

/* ---- bundles that are there ---------------------------------------------------------------- */

static void welcome(struct live *l, const struct keeper_message *m)
{
	struct bundles *b = l->bundles;
	const struct bundle *old = named(l, b->coming.artifact.header->name);

	b->coming.loaded.memory = m->value;
	if (old) { /* with what was chosen while this one was loaded */
		modes_inherit(&b->coming.modes, &b->coming.artifact, &old->modes, &old->artifact);
		b->replaced++;
	} else {
		b->added++;
	}
	bundles_welcome(b, l->workloads);
}

static void take_attached(struct live *l, const struct keeper_message *m)
{
	const struct bundle *old = named(l, m->bundle);
	bool room = old || l->bundles->count < BUNDLES_MAX;
	struct handover *h = l->dispatch->handover;

	if (h && h->switch_at == UINT64_MAX) {
		h->attached_at = m->time;
		h->switch_at = clock_boot_now();
	}
	if (room)
		welcome(l, m);
	answer(l, room);
}

static void take_gone(struct live *l, const struct keeper_message *m)
{
	if (m->replaced) {
		l->bundles->retired_at = clock_boot_now();
		return;
	}
	for (size_t i = 0; i < l->bundles->count; i++)
		if (!strcmp(l->bundles->v[i].artifact.header->name, m->bundle)) {
			l->bundles->withdrawn++;
			bundles_retire(l->bundles, i, l->workloads);
			return;
		}
}

/* Messages about a bundle on its way must be about the one that is. */
static bool is_about_coming(const struct live *l, const struct keeper_message *m)
{
	return l->bundles->is_coming &&
	       !strcmp(l->bundles->coming.artifact.header->name, m->bundle);
}

static void take_message(struct live *l, const struct keeper_message *m, int fds[KEEPER_FDS_MAX])
{
	switch ((enum keeper_kind)m->kind) {
	case KEEPER_OFFER:
		take_offer(l, m, fds[0]);
		break;
	case KEEPER_MAPS:
		answer(l, is_about_coming(l, m) && !take_maps(l, m, fds));
		break;
	case KEEPER_PROGRAMS:
		if (is_about_coming(l, m))
			take_programs(l, m, fds);
		break;
	case KEEPER_ATTACHED:
		if (is_about_coming(l, m))
			take_attached(l, m);
		else
			answer(l, false);
		break;
	case KEEPER_FAILED:
		l->bundles->refused++;
		cancel_handover(l);
		drop_coming(l);
		break;
	case KEEPER_GONE:
		take_gone(l, m);
		break;
	case KEEPER_SETTLED:
		l->settled = true;
		break;
	default:
		break;
	}
}

static void receive(struct live *l)
{
	int fds[KEEPER_FDS_MAX];
	struct keeper_message m;
	int result = keeper_receive(l->socket, &m, fds, true);

	if (result == 0)
		l->ended = true;
	if (result != 1)
		return;
	take_message(l, &m, fds);
	keeper_close(fds);
}

static void run(void *state)
{
	struct live *l = state;
	struct pollfd wait = {.fd = l->socket, .events = POLLIN};

	while (!l->ended && poll(&wait, 1, 0) == 1)
		receive(l);
	if (!l->bundles->retired_count && !l->bundles->is_coming)
		end_handovers(l);
	if (l->ended)
		relay_stop(l->relay);
}

const struct relay_service live_service = {.run = run};

int live_wait(struct live *l, struct failure *why)
{
	struct pollfd wait = {.fd = l->socket, .events = POLLIN};

	while (!l->settled && !l->ended)
		if (poll(&wait, 1, -1) == 1)
			receive(l);
	return l->ended ? failure_set(why, TGRUN_ENVIRONMENT, "the keeper has ended") : 0;
}

void live_unload(void *state, const char *bundle)
{
	struct live *l = state;
	struct keeper_message m = keeper_message(KEEPER_UNLOAD, bundle);

	if (l->socket < 0 && l->options && l->options->keep_on_exit)
		notice("tgrun: bundle %s is kept: its programs stay in the kernel, switched off, "
		       "until tgrun has ended and `tgrun release` has been run\n",
		       bundle);

	if (l->socket >= 0 && keeper_send(l->socket, &m, NULL))
		notice("tgrun: bundle %s: the keeper does not answer; its policies are off\n",
		       bundle);
}

void live_end(struct live *l)
{
	struct keeper_message m = keeper_message(KEEPER_END, NULL);

	if (l->socket >= 0) {
		keeper_send(l->socket, &m, NULL);
		close(l->socket);
	}
	if (l->keeper > 0)
		waitpid(l->keeper, NULL, 0);
	if (l->dispatch)
		end_handovers(l);
	*l = LIVE_NONE;
}
