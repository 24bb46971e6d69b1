/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The templates that a unit includes put into its text, so that clang reads no files: each once,
 * for all have guards, where it is first named.
 */
#ifndef TGC_INCLUDES_H
#define TGC_INCLUDES_H

#include "runtime/bytes.h"

struct arena;

/* `text` is C as this compiler makes it; what it includes that is no template is left as it is. */
struct bytes includes_expand(struct arena *a, struct bytes text);

#endif
