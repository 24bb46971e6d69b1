/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML file as a tree of typed nodes with places. Made by yaml_tree_read(), owned by the
 * arena, read-only afterwards. A node that an alias names is shared by all its users, so its
 * place is where it was written. Limits keep what a hostile file can cost small.
 */
#ifndef TGC_YAML_TREE_H
#define TGC_YAML_TREE_H

#include "compiler/base/source.h"

struct arena;
struct diags;

enum {
	YAML_MAX_DEPTH = 64,
	YAML_MAX_DOCUMENTS = 1000, /* in a file */
	YAML_MAX_NODES = 200000,   /* values in a file */
	YAML_MAX_ALIASED = 100000, /* values that aliases stand for, in a file */
};

enum node_type {
	NODE_BAD, /* reported already: users keep silent about it */
	NODE_NULL,
	NODE_BOOL,
	NODE_INT,
	NODE_FLOAT,
	NODE_STRING,
	NODE_MAP,
	NODE_LIST,
};

struct yaml_pair {
	struct yaml_node *key; /* always a scalar */
	struct yaml_node *value;
	bool repeated; /* reported already; the first of the same name counts */
};

struct yaml_node {
	enum node_type type;
	bool quoted;	 /* a scalar with quotes, in block style or tagged !!str */
	bool too_large;	 /* NODE_INT outside int64_t */
	bool boolean;	 /* NODE_BOOL */
	bool open;	 /* while it is being read */
	unsigned height; /* levels below this node */
	uint32_t weight; /* nodes in the tree, aliases followed; saturates */
	struct span at;
	int64_t integer;  /* NODE_INT */
	const char *text; /* scalars: the content; NUL-terminated, `len` counts NULs inside */
	size_t len;
	struct yaml_pair *pairs;  /* NODE_MAP */
	struct yaml_node **items; /* NODE_LIST */
	size_t count;		  /* of pairs or items */
	size_t room;		  /* in the array; kept by who makes a tree by hand */
};

struct yaml_docs {
	struct yaml_node **roots; /* one a document; empty documents are NODE_NULL */
	size_t count, room;
};

/*
 * Reads a file. What is wrong is reported to `d`; after a syntax error the documents before it
 * are still in `out`. A file without any content gives no documents and no message.
 */
void yaml_tree_read(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		    struct yaml_docs *out);

/* Whether a scalar's content is exactly `text`. */
bool yaml_is(const struct yaml_node *scalar, const char *text);
/* The pair with this key, or NULL (also when `map` is no mapping). */
const struct yaml_pair *yaml_find(const struct yaml_node *map, const char *key);

/* Sets the type (and integer, boolean) of a plain scalar from its text. yaml_scalar.c */
void yaml_scalar_resolve(struct yaml_node *n);

#endif
