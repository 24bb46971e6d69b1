/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a policy means, in the plainest C: the text of a path as a task sees it, and operators
 * on whole texts and numbers. Independent of the product's code.
 */
#ifndef DECIDE_REFERENCE_H
#define DECIDE_REFERENCE_H

#include "shape.h"

/* The text of a path that is spelled as in tree.h, seen from `root`. */
struct text reference_path(struct arena *a, const struct argument *path, const struct text *root);
/* The part of it on the mount that it is on. */
struct text reference_dentry(struct arena *a, const struct argument *path);
struct text reference_net_device(struct arena *a, const struct argument *device);
/* The text of whatever has one. */
struct text reference_text(struct arena *a, const struct shape_arg *type,
			   const struct argument *arg, const struct text *root);
/* The text that is compared of a string: up to its NUL, 4096 bytes at most. */
struct text reference_string(const struct argument *string);
/* The value of a number as its type has it, sign- or zero-extended. */
uint64_t reference_number(const struct shape_arg *type, uint64_t raw);

bool reference_text_matches(const struct filter *f, const struct text *text, bool is_path);
bool reference_number_matches(const struct filter *f, const struct shape_arg *type, uint64_t raw);

#endif
