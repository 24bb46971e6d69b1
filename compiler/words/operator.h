/* SPDX-License-Identifier: Apache-2.0 */
/* Which operator can compare an argument of which type. */
#ifndef TGC_OPERATOR_H
#define TGC_OPERATOR_H

#include "types.h"
#include "compiler/values/value_error.h"

enum operator_fit {
	OPERATOR_REFUSED,
	OPERATOR_FITS,
	OPERATOR_OURS, /* it has a meaning here; Tetragon refuses it or lets everything through */
};

/*
 * REFUSED fills `e`: text as in "`GT` cannot compare an argument of type `file`", a reason in
 * `note` when there is more to say than that, and a hint with the operators that fit.
 * OURS fills `note` as well. `note` is otherwise set to NULL.
 */
enum operator_fit operator_check(struct arena *a, enum op op, const struct type_info *type,
				 struct value_error *e, const char **note);
/* "Equal, NotEqual, GT, LT and Mask": the operators that fit the type, or NULL: none does. */
const char *operators_fitting(struct arena *a, const struct type_info *type);
/* Must the operator have values, or must it have none? `count` is how many it was given. */
bool operator_value_count(struct arena *a, enum op op, size_t count, struct value_error *e);

#endif
