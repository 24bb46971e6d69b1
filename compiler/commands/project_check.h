/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the project file's reader (project.c, project_check.c) only. */
#ifndef TGC_PROJECT_CHECK_H
#define TGC_PROJECT_CHECK_H

#include <cyaml/cyaml.h>
#include "compiler/read/yaml_tree.h"

/*
 * Compares a document with the schema that libcyaml will load it by, and reports everything that
 * does not fit, with its place; libcyaml stops at the first and takes any word for true. Where
 * both read a value in different ways (`010`, `no`), it is refused.
 */
void project_check(struct arena *a, struct diags *d, const struct yaml_node *root,
		   const cyaml_schema_value_t *schema);

/* The names in `rules` must be names of diagnostics. */
void project_check_rules(struct diags *d, const struct yaml_node *root);

struct budget;
/* The numbers in `budget`; `out` gets those that are good. */
void project_check_budget(struct diags *d, const struct yaml_node *root, struct budget *out);

#endif
