/* SPDX-License-Identifier: Apache-2.0 */
/* What a bundle may cost, and messages when it costs more. docs/budgets.md has the meanings. */
#ifndef TGC_BUDGET_H
#define TGC_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diags;
struct plan;
struct report;

struct budget { /* 0: no limit */
#define BUDGET(field, key, unit, most) uint64_t field;
#include "budgets.def"
#undef BUDGET
};

enum budget_kind {
#define BUDGET(field, key, unit, most) BUDGET_##field,
#include "budgets.def"
#undef BUDGET
	BUDGET_COUNT
};

/* "insns"; the option is "--max-" and this. */
const char *budget_key(enum budget_kind kind);

/* False: `why` says what is wrong with the value. Nothing else is changed. */
bool budget_set(struct budget *b, enum budget_kind kind, const char *value, char *why,
		size_t why_size);

/* Reports what is above its limit, at the hooks of the plan that the report is about. */
void budget_check(struct diags *d, const struct budget *b, const struct report *r,
		  const struct plan *plan);

#endif
