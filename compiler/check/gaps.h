/* SPDX-License-Identifier: Apache-2.0 */
/* What tgc checks but this version of it cannot compile yet: refused, never left out. */
#ifndef TGC_GAPS_H
#define TGC_GAPS_H

#include "tir.h"

struct diags;

/* Keys and words. */
void gaps_written(struct diags *d, const struct ast *ast);
/* What only the types tell. */
void gaps_typed(struct diags *d, const struct tir *tir);

#endif
