/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the fingerprint into a linked object: the variable `tg_bundle` (tg_hook.h). */
#ifndef TGC_SET_BUNDLE_H
#define TGC_SET_BUNDLE_H

#include <stdbool.h>
#include "runtime/bytes.h"

/* false: the bytes are no object with this variable. They are of the caller, and written to. */
bool set_bundle(struct bytes object, uint32_t fingerprint);

#endif
