/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts that write YAML's tree in the terse language (write*.c) only. */
#ifndef TGC_TERSE_WRITE_H
#define TGC_TERSE_WRITE_H

#include <stdio.h>
#include "compiler/base/arena.h"
#include "compiler/read/yaml_format.h"
#include "doc.h"
#include "lex.h"

struct terse_writer {
	struct arena *arena;
	const struct source *source;
	FILE *to;
	struct yaml_comment_places comments;
	size_t comment_next;
	const struct yaml_node *hook; /* being written */
	bool tracepoint;
};

/* A mapping whose keys are taken one by one; what is left is written as escapes. */
struct taking {
	const struct yaml_node *map;
	uint64_t taken; /* bit N: pair N */
};

/* The value under a key that has not been taken, or NULL. */
const struct yaml_node *look(const struct taking *t, const char *key);
const struct yaml_node *take_key(struct taking *t, const char *key);
/* The same, only if it has this type; else it stays. */
const struct yaml_node *take_typed(struct taking *t, const char *key, enum node_type type);
/* Every key but those in `known` (ends with NULL) was taken, or there is none. */
bool only_keys(const struct yaml_node *map, const char *const *known);

/* write_value.c */
void write_json(struct terse_writer *w, const struct yaml_node *n);
/* ` @key(value)` for each key that is left. */
void write_rest(struct terse_writer *w, const struct taking *t, const char *before);
void write_string(struct terse_writer *w, const char *text, size_t len);
/* A name where a string may stand, too. `places`: where it must be no keyword. */
void write_name(struct terse_writer *w, const struct yaml_node *n);
bool is_plain_name(const char *text);
bool is_strings(const struct yaml_node *n); /* a list of strings with at least one */
/* Strings as values; `words`: names of the language stay as they are. */
void write_values(struct terse_writer *w, const struct yaml_node *list, bool words);
void write_labels(struct terse_writer *w, const struct yaml_node *selector);
/* Whether the terse language has a form for it. */
bool is_label_selector(const struct yaml_node *n);

/* write_rule.c */
void write_selector(struct terse_writer *w, const struct yaml_node *selector);

/* write_hook.c */
void write_hooks(struct terse_writer *w, const char *section, const struct yaml_node *list);
/* What conditions call entry `i` of args or data; NULL: its number only. */
const char *argument_name(struct terse_writer *w, const char *list, size_t i);
/* Those before the place, each on a line. */
void write_comments(struct terse_writer *w, uint32_t before);
/* The end of the last thing written below a node. */
uint32_t last_end(const struct yaml_node *n);

#endif
