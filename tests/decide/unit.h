/* SPDX-License-Identifier: Apache-2.0 */
/* From shapes to programs in memory: tgc, then the host's compiler with sanitizers. */
#ifndef DECIDE_UNIT_H
#define DECIDE_UNIT_H

#include "backend.h"

#define UNIT_TEXT    "unit.text" /* what tgc wrote */
#define UNIT_LIBRARY "#include \"lib.bpf.c\"\n#include \"lib_args.bpf.c\"\n"
#define UNIT_BITS    "#include \"bits.bpf.c\"\n" /* after the text: it has the facts */

struct unit_place {
	struct arena *arena;
	const char *tgc, *folder; /* of what is made; must exist */
	const char *source;	  /* the top of the source tree, absolute */
};

/* Writes and compiles the kernel's type information. */
bool unit_kernel(const struct unit_place *p, const struct shapes *all);
/* Did tgc refuse the shape by the message it should? Prints why not. */
bool unit_refused(const struct unit_place *p, const struct shape *s);
/* All shapes that are not to be refused, whose `hooks` are known, in one library; numbers their
 * hooks. False: said why. */
bool unit_load(const struct unit_place *p, struct shapes *all, struct backend *out);
void unit_close(struct backend *host);

#endif
