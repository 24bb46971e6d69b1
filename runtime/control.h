/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be done with loaded policies while tgrun runs: asked for by a client of the control
 * socket or of gRPC, done in the process that relays. To be called between records, as a service
 * of the main loop is (relay.h), never from within a sink. No call waits for anything.
 */
#ifndef TGRUN_CONTROL_H
#define TGRUN_CONTROL_H

#include "runtime/bundle.h"

enum control_result {
	CONTROL_OK,
	CONTROL_NOT_FOUND,  /* no such policy */
	CONTROL_IMPOSSIBLE, /* it is there, and this cannot be done with it */
};

/* As in Tetragon's TracingPolicyState; a bundle is attached whole or not at all. */
enum control_state {
	CONTROL_ENABLED,
	CONTROL_DISABLED,
	CONTROL_SKIPPED, /* it is for other nodes */
	CONTROL_STATE_COUNT,
};

/* Counts of one policy since its bundle was loaded; 0 where the bundle does not count this. */
struct control_counts {
	uint64_t lost;	     /* events for which the ring had no room */
	uint64_t held;	     /* events that a rate limit held back */
	uint64_t unenforced; /* notifications that no enforcer acted on */
	uint64_t forgotten;  /* sockets that too many others pushed out */
	uint64_t unchanged;  /* programs that could not be changed */
};

/* Texts belong to the bundle: valid until the next call that removes, or the main loop goes on. */
struct control_policy {
	const char *bundle, *name, *file, *source; /* file: the bundle's; source: the policy's */
	const char *namespace;			   /* "": of all; bundles do not keep it */
	uint32_t line;				   /* in the source */
	uint64_t version;			   /* of the bundle */
	enum control_state state;
	enum tg_policy_mode mode; /* never TG_MODE_OFF: of a disabled one, what it would be */
	uint64_t memory;	  /* bytes in the kernel: of the whole bundle */
	uint32_t neighbours;	  /* other policies of the bundle, which share them */
	struct control_counts counts;
	struct action_counts actions; /* likewise; as events tell them */
};

struct control {
	struct bundles *bundles;     /* borrowed */
	struct workloads *workloads; /* borrowed */
	/* Ends a bundle's programs; NULL: by closing what this process holds of them. */
	void (*unload)(void *state, const char *bundle);
	void *unload_state;
};

/* "enabled", ..., and "enforce", "monitor", "monitor_only"; never NULL. */
const char *control_state_word(enum control_state state);
const char *control_mode_word(enum tg_policy_mode mode);

/* The policies in their order, from 0; false: there are no more. */
bool control_get(const struct control *c, size_t index, struct control_policy *out);

/*
 * Each is about all policies of this name, in the bundle of this name unless it is NULL. `why`, of
 * `size` bytes, gets a sentence unless the result is CONTROL_OK; then nothing has changed.
 *
 * set_mode: TG_MODE_ENFORCE or TG_MODE_MONITOR; a disabled policy has it once it is enabled.
 * remove: the policy does nothing any more and is not listed; the last one of a bundle takes the
 * bundle with it. Its file stays where it is, so it is back at the next start, and when the file
 * is replaced.
 */
enum control_result control_set_mode(struct control *c, const char *bundle, const char *policy,
				     enum tg_policy_mode mode, char *why, size_t size);
enum control_result control_enable(struct control *c, const char *bundle, const char *policy,
				   char *why, size_t size);
enum control_result control_disable(struct control *c, const char *bundle, const char *policy,
				    char *why, size_t size);
enum control_result control_remove(struct control *c, const char *bundle, const char *policy,
				   char *why, size_t size);

#endif
