/* SPDX-License-Identifier: Apache-2.0 */
/* A failure made smaller: parts of policies and of the call are left out while it still fails. */
#ifndef DECIDE_SHRINK_H
#define DECIDE_SHRINK_H

#include "loaded.h"

/* `d` holds the choices that made the call. Prints the policies and the call that are left. */
void shrink(const struct unit_place *place, struct loaded *all, const struct gen_set *set,
	    struct draw *d);

#endif
