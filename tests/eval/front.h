/* SPDX-License-Identifier: Apache-2.0 */
/* The front half of tgc for a test: from YAML to a typed policy, against one kernel's types. */
#ifndef EVAL_FRONT_H
#define EVAL_FRONT_H

#include "compiler/diag/diag.h"
#include "compiler/check/tir.h"

struct front {
	struct arena *arena;
	struct kbtf *btf;
	struct kernel kernel;
	struct sources sources;
	struct diags diags; /* of the last front_type() */
};

/* False after printing why. `btf`: a file with type information. */
bool front_open(struct front *f, struct arena *a, const char *btf);
void front_close(struct front *f);

/* NULL: refused; `diags` has the messages. */
const struct tir *front_type(struct front *f, const char *name, const char *yaml, size_t size);
/* Whether a message of this name is among them. */
bool front_said(const struct front *f, const char *name);

#endif
