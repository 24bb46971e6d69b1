/* SPDX-License-Identifier: Apache-2.0 */
/* Fills what a map takes, from the rest of it. */
#ifndef TGC_MAP_MEMORY_H
#define TGC_MAP_MEMORY_H

#include "maps.h"

void map_memory(struct object_map *m, uint32_t cpus);

#endif
