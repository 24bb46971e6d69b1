/* SPDX-License-Identifier: Apache-2.0 */
/* The plan as the manifest of a bundle: what tgrun needs to attach hooks and print events. */
#ifndef TGC_DESCRIBE_H
#define TGC_DESCRIBE_H

#include "manifest.h"
#include "plan.h"

void describe(struct manifest *m, const struct sources *s, const struct plan *plan);

#endif
