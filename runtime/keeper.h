/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: a process that stays behind with the privileges that loading needs, when bundles may
 * come and go (--bundle-dir). It watches the folder, verifies, loads and attaches bundles, and
 * holds their links; the relay, which has no privileges, gets their maps (keeper_wire.h, live.h).
 * It has one thread, reads no events and takes nothing from the relay but the end of programs. When
 * the relay ends, so does the keeper, and every program with it that is not kept (keep.h).
 */
#ifndef TGRUN_KEEPER_H
#define TGRUN_KEEPER_H

#include <sys/types.h>
#include "runtime/base.h"
#include "runtime/bundle.h"

struct keeper_options {
	const char *folder, *cert, *state_dir;
	int ready_fd;	   /* the relay's; -1 none */
	int asker_fd;	   /* likewise, of the process that asks the container runtime */
	struct keep *keep; /* what outlives tgrun; NULL: nothing does */
};

/*
 * Forks; before the relay opens anything that the keeper must not have. In the relay: the socket,
 * in `*socket`, and the keeper's pid; -1 with a sentence, also when the folder is not as it has to
 * be. All borrowed, of which the keeper has copies: `given` are bundles that were loaded before.
 */
pid_t keeper_start(const struct keeper_options *o, struct bundles *given, struct base *base,
		   struct features *f, int *socket, struct failure *why);

#endif
