/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle in use: from a verified file to loaded programs. */
#ifndef TGRUN_BUNDLE_H
#define TGRUN_BUNDLE_H

#include "runtime/action_counts.h"
#include "runtime/artifact.h"
#include "runtime/failure.h"
#include "runtime/load.h"
#include "runtime/verify.h"
#include "runtime/workloads.h"

#define BUNDLES_MAX 64

struct bundle {
	const char *path; /* not owned */
	char *own_path;	  /* the same when it is; or NULL */
	void *mapped;	  /* the payload, when it is not in `verified`; unmapped with the bundle */
	size_t mapped_size;
	struct verified verified;
	struct artifact artifact; /* views into `verified` */
	struct modes modes;	  /* of its policies */
	struct workload_rules workloads;
	struct action_counts *told; /* by policy; owned */
	struct loaded loaded;
};

#define BUNDLES_RETIRED_MAX 8

struct bundles {
	struct bundle v[BUNDLES_MAX];
	size_t count;
	/* Detached, the oldest first; their last records may still be in the ring. */
	struct bundle retired[BUNDLES_RETIRED_MAX];
	size_t retired_count;
	uint64_t retired_at; /* the last one, by the boot-time clock */
	uint64_t changes;    /* of the list: what was counted by place in it is void */
	/* Its programs are being attached: records may come already. */
	struct bundle coming;
	bool is_coming;
	/* What became of files while this was running, or in the folder at the start. */
	uint64_t added, replaced, withdrawn, refused;
	uint64_t gone_lost; /* events that retired bundles lost */
};

/*
 * Reads and verifies all files against the certificates in `cert`; refuses a version older
 * than one accepted before (`state_dir`), two bundles that cannot be told apart, and two that
 * would hide calls from each other.
 */
int bundles_read(struct bundles *b, char *const *paths, size_t count, const char *cert,
		 const char *state_dir, struct failure *why);

/* ---- one of them, for the folder ----
 *
 * Views the payload, which `b` keeps, as far as the format goes.
 */
int bundle_view(struct bundle *b, const void *payload, size_t size, struct failure *why);
/* Verifies b->path; the bytes are in b->verified. */
int bundle_verify(struct bundle *b, const char *cert, struct failure *why);
/* Its modes and rules as it has them, in memory. */
int bundle_prepare(struct bundle *b, struct failure *why);
/* As bundles_place(). */
int bundle_place(struct bundle *b, const struct workloads *w, struct failure *why);
int bundle_check_version(const struct bundle *b, const char *state_dir, struct failure *why);
int bundle_remember_version(const struct bundle *b, const char *state_dir, struct failure *why);

/* Changes the mode of the policies of this name, before or after they are loaded. */
int bundles_set_mode(struct bundles *b, const char *policy, enum tg_policy_mode mode,
		     struct failure *why);

/*
 * Before they are loaded: whether what they ask of workloads and of the node can be told; policies
 * that are for other nodes are switched off.
 */
int bundles_place(struct bundles *b, const struct workloads *w, struct failure *why);

/* Loads and attaches them all, then remembers their versions. On failure some are loaded. */
int bundles_load(struct bundles *b, const struct base *base, struct features *f,
		 struct workloads *w, const char *state_dir, struct failure *why);

/*
 * Detaches the bundle and takes it off the list: `index` is that of the next one then. Its records
 * are still understood, until bundles_forget() learns that the ring has been read up to some
 * seconds later. Pointers to bundles are void after either.
 */
void bundles_retire(struct bundles *b, size_t index, struct workloads *w);
/* The coming one is attached: it takes the place of one of its name, which retires, or a new one;
 * there must be room for that. */
void bundles_welcome(struct bundles *b, struct workloads *w);
void bundles_forget(struct bundles *b, uint64_t read_until);

/* The bundle whose records carry this fingerprint, also a retired one; or NULL. */
const struct bundle *bundles_find(const struct bundles *b, uint32_t fingerprint);

bool bundles_have_policy(const struct bundles *b, const char *policy);
size_t bundles_hooks(const struct bundles *b);
size_t bundles_policies(const struct bundles *b);
/* What the selectors of all bundles want: TG_SELECTOR_* together. */
uint32_t bundles_selector_flags(const struct bundles *b);
/* Whether any policy does more than observe. */
bool bundles_enforce(const struct bundles *b);

/* No more records; the rest stays. */
void bundles_detach(struct bundles *b);

/* Detaches and frees one, wherever it lies; and everything. */
void bundle_free(struct bundle *b);
void bundles_free(struct bundles *b);

#endif
