/* SPDX-License-Identifier: Apache-2.0 */
/* Hash maps of a unit whose keys are process ids. Include after fake.h. */
#ifndef DECIDE_FAKE_MAP_H
#define DECIDE_FAKE_MAP_H

/* Finds the maps of a loaded unit that keep something with each process. */
void fake_map_attach(void *library);
/* Before the unit is gone. */
void fake_map_detach(void);
/* Empties them, and forgets what programs remember beside them. */
void fake_map_restart(void);

bool fake_map_known(const void *map);
void *fake_map_lookup(const void *map, const void *key);
long fake_map_update(const void *map, const void *key, const void *value, unsigned long long flags);
long fake_map_delete(const void *map, const void *key);

#endif
