/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The relay's side of the keeper (keeper.h): bundles come, take the place of others, and go while
 * events are relayed. A bundle is known here before any of its programs is attached, so that no
 * record is unknown.
 */
#ifndef TGRUN_LIVE_H
#define TGRUN_LIVE_H

#include <sys/types.h>
#include "runtime/options.h"
#include "runtime/relay.h"

struct live {
	int socket; /* -1: there is no keeper */
	pid_t keeper;
	const struct options *options; /* borrowed, as all below */
	struct bundles *bundles;
	struct workloads *workloads;
	struct dispatch *dispatch;
	struct relay *relay;
	/* Called when a bundle's selectors want what these flags say; or NULL. */
	void (*prepare)(void *state, uint32_t selector_flags);
	void *prepare_state;
	bool settled; /* the folder has been looked through once */
	bool ended;   /* the keeper has, and it was not told to */
};

#define LIVE_NONE ((struct live){.socket = -1, .keeper = -1})

/* Waits until the folder has been looked through; bundles are taken meanwhile. 0, or -1. */
int live_wait(struct live *l, struct failure *why);
/* For relay_serve(). */
extern const struct relay_service live_service;

/* Has a bundle's programs ended; for struct control. */
void live_unload(void *state, const char *bundle);

/* Has the keeper detach everything and end, and waits for it. Nothing without a keeper. */
void live_end(struct live *l);

#endif
