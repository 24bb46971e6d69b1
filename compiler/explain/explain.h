/* SPDX-License-Identifier: Apache-2.0 */
/* tgc explain RULE... | --list | POLICY... */
#ifndef TGC_EXPLAIN_H
#define TGC_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>
#include "compiler/diag/pages.h"

/* Returns an enum exit_code, as all commands do. */
int cmd_explain(int argc, char **argv);

/* Whether an argument is the path of a policy rather than a rule's name. */
bool explain_is_path(const char *word);

/* tgc explain POLICY...: arguments as cmd_explain() got them. */
int explain_policies(int argc, char **argv);

/* A page as a person reads it: headings bold with `colour`, examples indented. */
void page_print(const struct page *page, FILE *to, bool colour);

#endif
