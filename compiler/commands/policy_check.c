// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/diag/diag.h"
#include "compiler/lower/ir.h"
#include "compiler/rules/rules.h"
#include "policy_check.h"

bool policy_check(struct arena *a, struct diags *d, struct sources *s, uint32_t source,
		  const struct policy_file *file, const struct terse_options *options,
		  const struct kernel_set *kernels, struct policy_checked *out)
{
	unsigned before = diag_errors(d);

	*out = (struct policy_checked){.ir = NULL};
	/* What a rule waits for (diags_wants) concerns this file only. */
	memset(d->reported, 0, sizeof(d->reported));
	if (!policy_read(a, d, s, source, file, options, &out->ast))
		return false;
	if (!out->ast.policy_count || diag_errors(d) != before)
		return true;
	out->ir = lower(a, d, &out->ast);
	if (diag_errors(d) != before)
		return true;
	out->typed = kernel_set_check(kernels, a, d, out->ir);
	rules_run(a, d, &out->ast, out->ir, out->typed, kernels->count);
	return true;
}
