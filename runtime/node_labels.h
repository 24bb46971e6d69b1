/* SPDX-License-Identifier: Apache-2.0 */
/* Labels as the command line gives them. */
#ifndef TGRUN_NODE_LABELS_H
#define TGRUN_NODE_LABELS_H

#include "runtime/failure.h"
#include "runtime/labels.h"

/* `key=value,key=value`; a value may be empty. What it makes is not NULL, and owned by `out`. */
int node_labels_parse(struct labels *out, const char *text, struct failure *why);
void node_labels_free(struct labels *l);

#endif
