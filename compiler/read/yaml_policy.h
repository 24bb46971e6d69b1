/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the policy reader (yaml_policy.c, yaml_report.c, yaml_checks.c) only. */
#ifndef TGC_YAML_POLICY_H
#define TGC_YAML_POLICY_H

#include "ast.h"
#include "yaml_schema.h"

struct policy_reader {
	struct arena *arena;
	struct diags *d;
	const struct source *source;
	struct ast_policy *policy; /* being read */
	bool in_gap;		   /* inside a key that is not compiled yet */
};

/* ---- yaml_report.c: messages about keys and values ---- */

void report_unknown_kind(struct policy_reader *r, const struct yaml_node *kind);
void report_unknown_key(struct policy_reader *r, enum schema_object object, const char *where,
			const struct yaml_node *node, const struct yaml_node *key);
void report_missing_keys(struct policy_reader *r, const char *where, const struct yaml_node *object,
			 const char *const *keys, size_t count);
/* The value of `key` is not `wanted` ("a string", "a list"). `key` gives the place of a null. */
void report_type(struct policy_reader *r, const struct yaml_node *key,
		 const struct yaml_node *value, enum value_type wanted);
/* An element of the list under `key` is not what the list wants. */
void report_item_type(struct policy_reader *r, const struct yaml_node *key,
		      const struct yaml_node *list, const struct yaml_node *item,
		      enum value_type wanted);
/* `what`: the key, as the message names it. */
void report_range(struct policy_reader *r, const char *what, const struct yaml_node *value,
		  int64_t low, int64_t high);
/* Checks a word of a set; reports what is unknown. */
bool check_word(struct policy_reader *r, enum word_set set, const struct yaml_node *value);

/* ---- yaml_policy.c ---- */

/* Remembers a part of the language that is not compiled yet. */
void note_gap(struct policy_reader *r, struct span at, const char *what);

/* ---- yaml_checks.c: what a table cannot say ---- */

/* Called when an object was read into `out`, also when parts of it were wrong. */
void check_object(struct policy_reader *r, enum schema_object object, const struct yaml_node *node,
		  void *out);

#endif
