// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/clock.h"
#include "runtime/conflict.h"
#include "runtime/keeper.h"
#include "runtime/keeper_folder.h"
#include "runtime/keeper_wire.h"
#include "runtime/load_maps.h"
#include "runtime/memory.h"
#include "runtime/notice.h"
#include "runtime/oom_score.h"

/* A file of the folder, and the bundle that is loaded from it. */
struct kept {
	char file[NAME_MAX + 1];
	struct folder_identity identity;
	bool loaded, unload;
	struct bundle bundle; /* `links` are held here, and nowhere else */
};

struct keeper {
	const struct keeper_options *options;
	bool refused; /* a file, at least once */
	struct bundles *given;
	bool given_away[BUNDLES_MAX]; /* of those: unloaded since */
	struct base *base;
	struct features *features;
	int socket, watch_fd;
	struct kept *v[BUNDLES_MAX + 1]; /* owned */
	size_t count;
};

/* ---- talking with the relay ---------------------------------------------------------------- */

/* The relay is gone, or says what it may not: everything ends with this process. */
static _Noreturn void end(int code)
{
	_exit(code);
}

static void tell(struct keeper *k, struct keeper_message *m, const int *fds)
{
	if (keeper_send(k->socket, m, fds))
		end(1);
}

/* One of the folder is only marked: another may be on its way. See unload_marked(). */
static void mark(struct keeper *k, const char *bundle)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->v[i]->loaded && !strcmp(k->v[i]->bundle.artifact.header->name, bundle))
			k->v[i]->unload = true;
	for (size_t i = 0; i < k->given->count; i++)
		if (!strcmp(k->given->v[i].artifact.header->name, bundle)) {
			load_undo(&k->given->v[i].loaded);
			k->given_away[i] = true;
		}
}

/* Waits for YES or NO. */
static bool agreed(struct keeper *k)
{
	int fds[KEEPER_FDS_MAX];
	struct keeper_message m;

	for (;;) {
		if (keeper_receive(k->socket, &m, fds, false) != 1)
			end(1);
		if (m.kind == KEEPER_END)
			end(0);
		if (m.kind != KEEPER_UNLOAD)
			return m.kind == KEEPER_YES;
		mark(k, m.bundle);
	}
}

/* ---- a bundle's bytes ---------------------------------------------------------------------- */

static int write_all(int fd, const char *at, size_t size)
{
	while (size) {
		ssize_t n = write(fd, at, size);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			at += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

/* Memory that nobody can change any more. The descriptor, or -1 with errno. */
static int sealed(const char *name, const void *bytes, size_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING), error;

	if (fd >= 0 && !write_all(fd, bytes, size) &&
	    !fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		return fd;
	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

/* The payload into memory that both processes share. The descriptor, or -1. */
static int share_payload(struct bundle *b, struct failure *why)
{
	int fd = sealed("bundle", b->verified.payload, b->verified.size);

	b->mapped_size = b->verified.size;
	if (fd >= 0)
		b->mapped = mmap(NULL, b->mapped_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd < 0 || b->mapped == MAP_FAILED) {
		b->mapped = NULL;
		failure_set(why, TGRUN_ENVIRONMENT, "%s: cannot be shared: %s", b->path,
			    strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	verified_free(&b->verified);
	if (!bundle_view(b, b->mapped, b->mapped_size, why))
		return fd;
	close(fd);
	return -1;
}

/* ---- handing over -------------------------------------------------------------------------- */

static const enum load_map maps_of[KEEPER_MAP_COUNT] = {
	[KEEPER_MAP_MODES] = LOAD_MAP_MODES,
	[KEEPER_MAP_WORKLOADS] = LOAD_MAP_WORKLOADS,
	[KEEPER_MAP_WORKLOAD_TABLES] = LOAD_MAP_WORKLOAD_TABLES,
	[KEEPER_MAP_LOST] = LOAD_MAP_MODES, /* both are in it */
	[KEEPER_MAP_HELD] = LOAD_MAP_HELD,
	[KEEPER_MAP_MISSED] = LOAD_MAP_MISSED,
	[KEEPER_MAP_FORGOTTEN] = LOAD_MAP_FORGOTTEN,
	[KEEPER_MAP_UNCHANGED] = LOAD_MAP_UNCHANGED,
	[KEEPER_MAP_KEPT] = LOAD_MAP_KEPT,
};

static int describe_map(struct keeper_shape *out, int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size))
		return -1;
	*out = (struct keeper_shape){info.type, info.key_size, info.value_size, info.max_entries,
				     info.map_flags};
	return 0;
}

struct handing {
	struct keeper *keeper;
	struct bundle *bundle;
};

/* For the relay: addresses, then which hooks this node goes without. */
static int sealed_targets(const struct artifact *a, const struct targets *t)
{
	size_t addresses = a->target_count * sizeof(uint64_t);
	size_t absent = a->hook_count * sizeof(bool);
	char *bytes = malloc(addresses + absent);
	int fd;

	if (!bytes)
		return -1;
	if (addresses)
		memcpy(bytes, t->addresses, addresses);
	memcpy(bytes + addresses, t->hook_absent, absent);
	fd = sealed("targets", bytes, addresses + absent);
	free(bytes);
	return fd;
}

/* Before anything is attached. */
static int hand_maps(void *state, const struct load_maps *maps, const struct loaded *loaded)
{
	const struct handing *h = state;
	const struct artifact *a = &h->bundle->artifact;
	struct keeper_message m = keeper_message(KEEPER_MAPS, a->header->name);
	int fds[KEEPER_FDS_MAX], addresses = -1;

	for (int i = 0; i < KEEPER_FDS_MAX; i++)
		fds[i] = -1;
	for (int i = 0; i < KEEPER_MAP_COUNT; i++) {
		fds[i] = maps->fds[maps_of[i]];
		if (describe_map(&m.shapes[i], fds[i]))
			return -1;
	}
	if (a->hook_count) {
		addresses = sealed_targets(a, &loaded->targets);
		if (addresses < 0)
			return -1;
		fds[KEEPER_TARGETS] = addresses;
	}
	tell(h->keeper, &m, fds);
	if (addresses >= 0)
		close(addresses);
	return agreed(h->keeper) ? 0 : -1;
}

/* Programs, for the counts that the kernel keeps with them; a few at a time. */
static void hand_programs(struct keeper *k, const struct bundle *b)
{
	const struct misses *all = &b->loaded.misses;
	struct keeper_message m;
	int fds[KEEPER_FDS_MAX], used = 0;

	for (size_t i = 0; i <= all->count; i++) {
		if (used && (i == all->count || used == KEEPER_FDS_MAX)) {
			while (used < KEEPER_FDS_MAX)
				fds[used++] = -1;
			tell(k, &m, fds);
			used = 0;
		}
		if (i == all->count || all->programs[i] < 0)
			continue;
		if (!used)
			m = keeper_message(KEEPER_PROGRAMS, b->artifact.header->name);
		m.hooks[used] = (uint32_t)i;
		fds[used++] = all->programs[i];
	}
}

/* What only the relay reads. */
static void keep_links_only(struct loaded *l)
{
	counters_close(&l->lost);
	counters_close(&l->held);
	counters_close(&l->missed);
	counters_close(&l->forgotten);
	counters_close(&l->unchanged);
	misses_close(&l->misses);
	buffer_free(&l->notes);
	targets_free(&l->targets);
}

/* ---- one bundle ---------------------------------------------------------------------------- */

static struct kept *find_file(const struct keeper *k, const char *file)
{
	for (size_t i = 0; i < k->count; i++)
		if (!strcmp(k->v[i]->file, file))
			return k->v[i];
	return NULL;
}

/* The loaded bundle of this name. */
static struct kept *find_bundle(const struct keeper *k, const char *name)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->v[i]->loaded && !strcmp(k->v[i]->bundle.artifact.header->name, name))
			return k->v[i];
	return NULL;
}

static bool is_there(const struct keeper *k, const char *file)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", k->options->folder, file) >= (int)sizeof(path))
		return false;
	return !access(path, F_OK) || (errno != ENOENT && errno != ENOTDIR);
}

/* Against all that will be in use beside it. */
static int check_beside(const struct keeper *k, const struct bundle *b, const struct kept *old,
			const struct kept *own, struct failure *why)
{
	for (size_t i = 0; i < k->given->count + k->count; i++) {
		bool given = i < k->given->count;
		const struct kept *other = given ? NULL : k->v[i - k->given->count];
		const struct bundle *o = given ? &k->given->v[i] : &other->bundle;

		if (given ? k->given_away[i] : !other->loaded || other == old || other == own)
			continue;
		if (!strcmp(o->artifact.header->name, b->artifact.header->name) ||
		    o->artifact.header->fingerprint == b->artifact.header->fingerprint)
			return failure_set(
				why, TGRUN_DUPLICATE,
				"%s: bundle %s is in use already, from %s: remove one of "
				"the files, or give one bundle another name (tgc compile "
				"--name)",
				b->path, b->artifact.header->name, o->path);
		if (conflict_check_pair(o, b, why))
			return -1;
	}
	return 0;
}

/* Two versions whose records are alike cannot be in use at a time. */
static int check_against_old(const struct bundle *b, const struct kept *old, struct failure *why)
{
	if (!old || old->bundle.artifact.header->fingerprint != b->artifact.header->fingerprint)
		return 0;
	return failure_set(why, TGRUN_DUPLICATE,
			   "%s: bundle %s differs from the one in use, but has the same policies "
			   "and version: give it a higher one (tgc compile --bundle-version)",
			   b->path, b->artifact.header->name);
}

static int check_room(const struct keeper *k, const struct bundle *b, const struct kept *old,
		      struct failure *why)
{
	size_t used = 0;

	for (size_t i = 0; i < k->given->count; i++)
		used += !k->given_away[i];
	for (size_t i = 0; i < k->count; i++)
		used += k->v[i]->loaded;
	if (old || used < BUNDLES_MAX)
		return 0;
	return failure_set(why, TGRUN_USAGE,
			   "%s: there are %d bundles already, the most there can be", b->path,
			   BUNDLES_MAX);
}

static int offer(struct keeper *k, const struct bundle *b, int fd, struct failure *why)
{
	struct keeper_message m = keeper_message(KEEPER_OFFER, b->artifact.header->name);
	int fds[KEEPER_FDS_MAX] = {fd};

	for (int i = 1; i < KEEPER_FDS_MAX; i++)
		fds[i] = -1;
	m.value = b->mapped_size;
	snprintf(m.text, sizeof(m.text), "%s", b->path);
	tell(k, &m, fds);
	close(fd);
	if (agreed(k))
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT, "%s: the relay does not take it, as it has said",
			   b->path);
}

/* The new one is attached everywhere before the old one is detached from anything. */
static int take_the_place(struct keeper *k, struct bundle *b, struct kept *old, struct failure *why)
{
	struct handing handing = {k, b};
	struct load_dynamic dynamic = {
		.share = hand_maps, .state = &handing, .keep = k->options->keep};
	struct keeper_message m = keeper_message(KEEPER_ATTACHED, b->artifact.header->name);

	if (load_bundle(&b->loaded, &b->artifact, k->base, k->features, &dynamic, why))
		return -1;
	if (bundle_remember_version(b, k->options->state_dir, why)) {
		load_give_up(&b->loaded);
		return -1;
	}
	m.value = b->loaded.memory;
	hand_programs(k, b);
	m.time = clock_boot_now();
	tell(k, &m, NULL);
	if (!agreed(k))
		end(1);
	if (b->loaded.notes.size)
		notice_write(STDERR_FILENO, b->loaded.notes.data, b->loaded.notes.size);
	keep_links_only(&b->loaded);
	if (k->options->keep)
		keep_drop_left(k->options->keep, b->artifact.header->name);
	if (!old)
		return 0;
	bundle_free(&old->bundle);
	old->loaded = false;
	m = keeper_message(KEEPER_GONE, b->artifact.header->name);
	m.replaced = 1;
	tell(k, &m, NULL);
	return 0;
}

/* From verified bytes to programs; `*old`: which one it takes the place of. */
static int load(struct keeper *k, struct bundle *b, const struct kept *own, struct kept **old,
		struct failure *why)
{
	int fd = share_payload(b, why);

	if (fd < 0)
		return -1;
	*old = find_bundle(k, b->artifact.header->name);
	if (*old && *old != own && is_there(k, (*old)->file))
		*old = NULL; /* its file is still there: these are two */
	if (check_against_old(b, *old, why) || check_beside(k, b, *old, own, why) ||
	    check_room(k, b, *old, why) || bundle_check_version(b, k->options->state_dir, why)) {
		close(fd);
		return -1;
	}
	return offer(k, b, fd, why) ? -1 : take_the_place(k, b, *old, why);
}

static void refuse(struct keeper *k, const char *bundle, const struct failure *why, bool in_use)
{
	struct keeper_message m = keeper_message(KEEPER_FAILED, bundle);

	k->refused = true;
	notice("tgrun: %s%s\n", why->text,
	       in_use ? "; the bundle that was there stays in force" : "");
	tell(k, &m, NULL);
}

static struct kept *add_kept(struct keeper *k, const char *file)
{
	struct kept *kept = k->count < BUNDLES_MAX + 1 ? calloc(1, sizeof(*kept)) : NULL;

	if (!kept)
		return NULL;
	snprintf(kept->file, sizeof(kept->file), "%s", file);
	k->v[k->count++] = kept;
	return kept;
}

static void drop(struct keeper *k, struct kept *kept)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->v[i] == kept) {
			memmove(&k->v[i], &k->v[i + 1], (--k->count - i) * sizeof(k->v[0]));
			break;
		}
	if (kept->loaded)
		bundle_free(&kept->bundle);
	free(kept);
}

static bool is_same(const struct kept *kept, const struct bundle *b)
{
	const struct bundle *now = &kept->bundle;

	return kept->loaded && now->mapped_size == b->verified.size &&
	       !memcmp(now->mapped, b->verified.payload, b->verified.size);
}

/* The file had another bundle, which goes now. */
static void make_way(struct keeper *k, struct kept *kept)
{
	struct keeper_message m;

	if (!kept->loaded)
		return;
	m = keeper_message(KEEPER_GONE, kept->bundle.artifact.header->name);
	bundle_free(&kept->bundle);
	kept->loaded = false;
	tell(k, &m, NULL);
}

/* Where the result of load() goes: into the file's own entry. */
static void settle(struct keeper *k, struct kept *kept, struct kept *old, struct bundle *b)
{
	if (old && old != kept)
		drop(k, old);
	make_way(k, kept);
	kept->bundle = *b;
	kept->loaded = true;
	kept->unload = false; /* that was about the one before */
	notice("tgrun: bundle %s, version %llu, from %s is in force\n", b->artifact.header->name,
	       (unsigned long long)b->artifact.header->version, b->path);
}

static int check_file(const char *path, const struct stat *st, struct failure *why)
{
	const char *reason = folder_distrust(st);

	if (!S_ISREG(st->st_mode))
		return failure_set(why, TGRUN_UNREADABLE, "%s: not a regular file", path);
	if (reason)
		return failure_set(why, TGRUN_UNREADABLE, "%s: %s", path, reason);
	return 0;
}

static int check_folder(const char *path, struct failure *why)
{
	struct stat st;
	const char *reason;

	if (stat(path, &st))
		return failure_set(why, TGRUN_ENVIRONMENT, "--bundle-dir %s: %s%s", path,
				   strerror(errno), errno == ENOENT ? "; make it first" : "");
	if (!S_ISDIR(st.st_mode))
		return failure_set(why, TGRUN_ENVIRONMENT, "--bundle-dir %s: not a folder", path);
	reason = folder_distrust(&st);
	return reason ? failure_set(why, TGRUN_ENVIRONMENT, "--bundle-dir %s: %s", path, reason)
		      : 0;
}

/* The loaded bundle of these bytes whose file is gone: it has another name now. */
static struct kept *find_moved(const struct keeper *k, const struct bundle *b)
{
	for (size_t i = 0; i < k->count; i++)
		if (is_same(k->v[i], b) && !is_there(k, k->v[i]->file))
			return k->v[i];
	return NULL;
}

/* What runs from `from` is `kept`'s from now on; its path is that of `b`. */
static void follow(struct keeper *k, struct kept *kept, struct kept *from, struct bundle *b)
{
	struct bundle moved = from->bundle;
	bool unload = from->unload;

	from->loaded = false;
	drop(k, from);
	make_way(k, kept);
	free(moved.own_path);
	moved.path = moved.own_path = b->own_path;
	b->own_path = NULL;
	kept->bundle = moved;
	kept->loaded = true;
	kept->unload = unload;
}

static void load_file(struct keeper *k, struct kept *kept, const struct stat *st, char *path)
{
	struct bundle b = {.path = path, .own_path = path, .loaded = LOADED_NOTHING};
	struct kept *old = NULL, *moved;
	struct failure why;
	bool failed = check_folder(k->options->folder, &why) || check_file(path, st, &why) ||
		      bundle_verify(&b, k->options->cert, &why);

	if (!failed && is_same(kept, &b)) {
		bundle_free(&b);
		return;
	}
	moved = failed ? NULL : find_moved(k, &b);
	if (moved) {
		follow(k, kept, moved, &b);
		bundle_free(&b);
		return;
	}
	if (!failed && !load(k, &b, kept, &old, &why)) {
		settle(k, kept, old, &b);
		return;
	}
	refuse(k, b.artifact.header ? b.artifact.header->name : NULL, &why, kept->loaded || old);
	bundle_free(&b);
	if (!kept->loaded)
		drop(k, kept);
}

static void refuse_file(struct keeper *k, const char *file, const char *reason)
{
	struct failure why;

	failure_set(&why, TGRUN_USAGE, "%s/%s: %s", k->options->folder, file, reason);
	refuse(k, NULL, &why, false);
}

/* A file that is there, and may be what it was. */
static void look_at(struct keeper *k, const char *file)
{
	struct kept *kept = find_file(k, file);
	struct folder_identity identity;
	char path[PATH_MAX], *copy;
	struct stat st;

	if (snprintf(path, sizeof(path), "%s/%s", k->options->folder, file) >= (int)sizeof(path))
		errno = ENAMETOOLONG;
	else if (!lstat(path, &st))
		errno = 0;
	if (errno) {
		if (errno != ENOENT)
			refuse_file(k, file, strerror(errno));
		return;
	}
	identity = folder_identity(&st);
	if (kept && folder_identity_equal(&kept->identity, &identity))
		return;
	kept = kept ? kept : add_kept(k, file);
	if (!kept) {
		refuse_file(k, file, "there are too many files");
		return;
	}
	copy = strdup(path);
	if (!copy) {
		refuse_file(k, file, strerror(errno));
		return;
	}
	kept->identity = identity;
	load_file(k, kept, &st, copy);
}

static void withdraw(struct keeper *k, struct kept *kept)
{
	if (kept->loaded)
		notice("tgrun: %s/%s is gone, and bundle %s with it\n", k->options->folder,
		       kept->file, kept->bundle.artifact.header->name);
	make_way(k, kept);
	drop(k, kept);
}

/* What the relay asked for meanwhile: the file stays, and what it is is remembered. */
static void unload_marked(struct keeper *k)
{
	for (size_t i = 0; i < k->count; i++) {
		if (k->v[i]->loaded && k->v[i]->unload) {
			bundle_free(&k->v[i]->bundle);
			k->v[i]->loaded = false;
		}
		k->v[i]->unload = false;
	}
}

static void unload(struct keeper *k, const char *bundle)
{
	mark(k, bundle);
	unload_marked(k);
}

/* ---- the folder ---------------------------------------------------------------------------- */

/* First what came, so that a bundle whose file has another name now is replaced and not missed. */
static void look_at_all(struct keeper *k, struct folder_names *n)
{
	if (n->all)
		n->count = 0; /* all come again */
	for (size_t i = 0; n->all && i < k->count; i++)
		folder_names_add(n, k->v[i]->file);
	if (n->all && folder_list(k->options->folder, n))
		refuse_file(k, ".", strerror(errno));
	for (size_t i = 0; i < n->count; i++)
		look_at(k, n->v[i]);
	for (size_t i = 0; i < n->count; i++) {
		struct kept *kept = find_file(k, n->v[i]);

		if (kept && !is_there(k, n->v[i]))
			withdraw(k, kept);
	}
	unload_marked(k);
	memory_give_back();
}

static void handle_folder(struct keeper *k)
{
	static struct folder_names names;

	names.count = 0;
	names.all = names.gone = false;
	poll(NULL, 0, 20); /* both halves of a rename */
	folder_read_events(k->watch_fd, &names);
	if (names.gone) {
		notice("tgrun: the folder %s has been moved or removed: its bundles stay in force, "
		       "and changes are not seen until tgrun is started again\n",
		       k->options->folder);
		close(k->watch_fd);
		k->watch_fd = -1;
		return;
	}
	look_at_all(k, &names);
}

static void handle_relay(struct keeper *k)
{
	int fds[KEEPER_FDS_MAX];
	struct keeper_message m;

	if (keeper_receive(k->socket, &m, fds, false) != 1 || m.kind == KEEPER_END)
		end(0);
	if (m.kind == KEEPER_UNLOAD)
		unload(k, m.bundle);
}

/*
 * What was kept and has no file any more goes. But it stays while there is a file that cannot be
 * used, for that may have been its next version.
 */
static void settle_kept(struct keeper *k)
{
	struct keep *keep = k->options->keep;

	for (size_t i = 0; k->refused && i < keep->count; i++)
		if (keep->sets[i]->state == KEEP_LEFT && keep->sets[i]->kind == KEEP_HALF)
			keep_drop(keep->sets[i]);
		else if (keep->sets[i]->state == KEEP_LEFT && keep->sets[i]->kind == KEEP_BUNDLE)
			notice("tgrun: bundle %s stays in force as it was kept, without events: a "
			       "file of the folder cannot be used; mend it or take it away, and "
			       "start tgrun again\n",
			       keep->sets[i]->bundle);
	if (!k->refused)
		keep_drop_left(keep, NULL);
}

static _Noreturn void run(struct keeper *k)
{
	static struct folder_names names = {.all = true};
	struct keeper_message settled = keeper_message(KEEPER_SETTLED, NULL);

	look_at_all(k, &names);
	if (k->options->keep)
		settle_kept(k);
	tell(k, &settled, NULL);
	for (;;) {
		struct pollfd fds[] = {{.fd = k->socket, .events = POLLIN},
				       {.fd = k->watch_fd, .events = POLLIN}};

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			end(1);
		if (fds[0].revents)
			handle_relay(k);
		if (fds[1].revents)
			handle_folder(k);
	}
}

/* ---- privileges ---------------------------------------------------------------------------- */

/*
 * CAP_BPF and CAP_PERFMON load and attach; CAP_SYS_RESOURCE is the limit of locked memory, which
 * 5.10 counts maps against; CAP_DAC_READ_SEARCH reads the programs that probes go into.
 */
static int keep_few_privileges(void)
{
	static const unsigned int kept[] = {CAP_BPF, CAP_PERFMON, CAP_SYS_RESOURCE,
					    CAP_DAC_READ_SEARCH};
	bool have[sizeof(kept) / sizeof(kept[0])];

	if (capng_get_caps_process())
		return -1;
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		have[i] = capng_have_capability(CAPNG_PERMITTED, kept[i]);
	capng_clear(CAPNG_SELECT_ALL);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (have[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]);
	if (capng_apply(CAPNG_SELECT_CAPS) || capng_apply(CAPNG_SELECT_AMBIENT))
		return -1;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static _Noreturn void start_in_child(struct keeper *k)
{
	prctl(PR_SET_NAME, "tgrun-keeper");
	oom_score_protect(); /* its end is the end of enforcement */
	if (k->options->ready_fd > 2)
		close(k->options->ready_fd); /* the relay's */
	if (k->options->asker_fd >= 0)
		close(k->options->asker_fd); /* likewise: only the relay sees when it ends */
	links_detach(&k->base->links);	     /* the relay has them */
	if (keep_few_privileges()) {
		notice("tgrun: the keeper cannot start: %s\n", strerror(errno));
		end(1);
	}
	run(k);
}

pid_t keeper_start(const struct keeper_options *o, struct bundles *given, struct base *base,
		   struct features *f, int *socket, struct failure *why)
{
	struct keeper k = {.options = o, .given = given, .base = base, .features = f};
	int ends[2];
	pid_t child;

	if (check_folder(o->folder, why))
		return -1;
	k.watch_fd = folder_watch(o->folder);
	if (k.watch_fd < 0)
		return failure_set(why, TGRUN_ENVIRONMENT, "--bundle-dir %s: cannot be watched: %s",
				   o->folder, strerror(errno));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		close(k.watch_fd);
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot start the keeper: %s",
				   strerror(errno));
	}
	child = fork();
	if (!child) {
		close(ends[0]);
		k.socket = ends[1];
		start_in_child(&k);
	}
	close(ends[1]);
	close(k.watch_fd);
	*socket = ends[0];
	if (child < 0)
		close(ends[0]);
	return child < 0 ? failure_set(why, TGRUN_ENVIRONMENT, "cannot start the keeper: %s",
				       strerror(errno))
			 : child;
}
