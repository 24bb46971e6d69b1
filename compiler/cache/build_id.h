/* SPDX-License-Identifier: Apache-2.0 */
/* The build id that a linker writes into programs and libraries. */
#ifndef TGC_BUILD_ID_H
#define TGC_BUILD_ID_H

#include <stdbool.h>
#include "runtime/bytes.h"

struct arena;

/* The id in ELF notes; false: none. It points into the notes, whatever bytes they are. */
bool build_id_in(struct bytes notes, struct bytes *out);
/* Of a file, in the arena; false: it is no ELF file of this machine's class, or has none. */
bool build_id_of_file(struct arena *a, const char *path, struct bytes *out);
/* Of this program; it lives as long as that. */
bool build_id_of_self(struct bytes *out);

#endif
