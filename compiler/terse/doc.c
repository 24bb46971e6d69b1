// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "doc.h"

static struct yaml_node *new_node(struct arena *a, enum node_type type, struct span at)
{
	struct yaml_node *n = arena_alloc(a, sizeof(*n));

	n->type = type;
	n->at = at;
	n->weight = 1;
	return n;
}

struct yaml_node *doc_map(struct arena *a, struct span at)
{
	return new_node(a, NODE_MAP, at);
}

struct yaml_node *doc_list(struct arena *a, struct span at)
{
	return new_node(a, NODE_LIST, at);
}

struct yaml_node *doc_null(struct arena *a, struct span at)
{
	struct yaml_node *n = new_node(a, NODE_NULL, at);

	n->text = "";
	return n;
}

/* Of a text that lives as long as the arena. */
static struct yaml_node *new_string(struct arena *a, struct span at, const char *text, size_t len)
{
	struct yaml_node *n = new_node(a, NODE_STRING, at);

	n->quoted = true;
	n->text = text;
	n->len = len;
	return n;
}

struct yaml_node *doc_bytes(struct arena *a, struct span at, const char *text, size_t len)
{
	return new_string(a, at, arena_strndup(a, text, len), len);
}

struct yaml_node *doc_string(struct arena *a, struct span at, const char *text)
{
	return doc_bytes(a, at, text, strlen(text));
}

struct yaml_node *doc_number(struct arena *a, struct span at, const char *text)
{
	struct yaml_node *n = doc_string(a, at, text);

	n->quoted = false;
	yaml_scalar_resolve(n);
	return n;
}

/* Positions of arguments are digits, and there are many. */
struct yaml_node *doc_integer(struct arena *a, struct span at, int64_t value)
{
	struct yaml_node *n = new_node(a, NODE_INT, at);

	n->text = value >= 0 && value < 10 ? arena_strndup(a, &"0123456789"[value], 1)
					   : arena_printf(a, "%lld", (long long)value);
	n->len = strlen(n->text);
	n->integer = value;
	return n;
}

struct yaml_node *doc_boolean(struct arena *a, struct span at, bool value)
{
	struct yaml_node *n = new_node(a, NODE_BOOL, at);

	n->boolean = value;
	n->text = value ? "true" : "false";
	n->len = strlen(n->text);
	return n;
}

struct yaml_node *doc_get(const struct yaml_node *map, const char *key)
{
	const struct yaml_pair *pair = yaml_find(map, key);

	return pair ? pair->value : NULL;
}

void doc_put(struct arena *a, struct yaml_node *map, const char *key, struct span at,
	     struct yaml_node *value)
{
	for (size_t i = 0; i < map->count; i++)
		if (yaml_is(map->pairs[i].key, key)) {
			map->pairs[i].value = value;
			return;
		}
	map->pairs = arena_grow(a, map->pairs, map->count, &map->room, sizeof(*map->pairs));
	map->pairs[map->count++] =
		(struct yaml_pair){.key = new_string(a, at, key, strlen(key)), .value = value};
}

void doc_append(struct arena *a, struct yaml_node *list, struct yaml_node *item)
{
	list->items = arena_grow(a, list->items, list->count, &list->room, sizeof(*list->items));
	list->items[list->count++] = item;
}

static struct yaml_node *part_at(struct arena *a, struct yaml_node *map, const char *key,
				 struct span at, enum node_type type)
{
	struct yaml_node *part = doc_get(map, key);

	if (part)
		return part->type == type ? part : NULL;
	part = new_node(a, type, at);
	doc_put(a, map, key, at, part);
	return part;
}

struct yaml_node *doc_list_at(struct arena *a, struct yaml_node *map, const char *key,
			      struct span at)
{
	return part_at(a, map, key, at, NODE_LIST);
}

struct yaml_node *doc_map_at(struct arena *a, struct yaml_node *map, const char *key,
			     struct span at)
{
	return part_at(a, map, key, at, NODE_MAP);
}
