/* SPDX-License-Identifier: Apache-2.0 */
/* One typed form of the policies for all kernels that a bundle is compiled for. */
#ifndef TGC_COMMON_H
#define TGC_COMMON_H

#include "compiler/check/tir.h"

struct diags;

/*
 * What every kernel makes of the policies, together: each function that some of them have, marked
 * when others lack it. An argument that two kernels have in different places or forms, and a hook
 * that none has, is reported. With one kernel the result says the same as that kernel's.
 */
const struct tir *common_tir(struct arena *a, struct diags *d, struct tir *const *tirs,
			     size_t count);

#endif
