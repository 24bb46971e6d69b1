/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of YAML made by hand. Nodes live in the arena; a tree is filled in until it is given away.
 */
#ifndef TGC_TERSE_DOC_H
#define TGC_TERSE_DOC_H

#include "compiler/read/yaml_tree.h"

struct arena;

struct yaml_node *doc_map(struct arena *a, struct span at);
struct yaml_node *doc_list(struct arena *a, struct span at);
struct yaml_node *doc_null(struct arena *a, struct span at);
struct yaml_node *doc_string(struct arena *a, struct span at, const char *text);
struct yaml_node *doc_bytes(struct arena *a, struct span at, const char *text, size_t len);
struct yaml_node *doc_integer(struct arena *a, struct span at, int64_t value);
/* A number as it is written, with a base's prefix or too large. */
struct yaml_node *doc_number(struct arena *a, struct span at, const char *text);
struct yaml_node *doc_boolean(struct arena *a, struct span at, bool value);

/* Sets a key, whether or not the mapping has it. `at`: of the key, which lives as long as the
 * arena. */
void doc_put(struct arena *a, struct yaml_node *map, const char *key, struct span at,
	     struct yaml_node *value);
void doc_append(struct arena *a, struct yaml_node *list, struct yaml_node *item);
/* The list under a key, made when it is not there. NULL: there is something else. */
struct yaml_node *doc_list_at(struct arena *a, struct yaml_node *map, const char *key,
			      struct span at);
struct yaml_node *doc_map_at(struct arena *a, struct yaml_node *map, const char *key,
			     struct span at);
/* The value under a key, or NULL. */
struct yaml_node *doc_get(const struct yaml_node *map, const char *key);

#endif
