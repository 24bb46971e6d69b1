/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_HOOK_TEXT_H
#define TGRUN_HOOK_TEXT_H

#include "runtime/artifact.h"
#include "runtime/buffer.h"

/* Appends the names of the policies that use a hook: "one, two". */
void hook_text_policies(struct buffer *out, const struct artifact *a, uint32_t hook);

#endif
