/* SPDX-License-Identifier: Apache-2.0 */
/* What policies need of a kernel besides hooks and types: grammar/features.def. */
#ifndef TGC_FEATURES_H
#define TGC_FEATURES_H

#include <stdint.h>
#include "compiler/kernels/profile.h"
#include "compiler/check/tir.h"

enum kernel_feature {
#define FEATURE(id, ...) KERNEL_##id,
#include "grammar/features.def"
	KERNEL_FEATURES
};

enum feature_use { FEATURE_NEEDED, FEATURE_HELPS };

struct kernel_feature_info {
	const char *name, *what;
	enum feature_use use;
	unsigned major, minor; /* the first Linux that has it */
	const char *mark, *config;
};

const struct kernel_feature_info *kernel_feature_get(enum kernel_feature f);

/* Bit N: enum kernel_feature N. */
uint32_t features_of_hook(const struct ir_policy *p, const struct ir_hook *h);
uint32_t features_of_policy(const struct ir_policy *p);

enum known kernel_has_feature(const struct kernel *k, enum kernel_feature f);

#endif
