// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": `imaHash`, for which a kernel must tell LSM programs the hashes of files. */
#include "check.h"

static const struct ir_action *first_hash(const struct ir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].actions.n; j++)
			if (h->selectors[i].actions.v[j].ima_hash)
				return &h->selectors[i].actions.v[j];
	return NULL;
}

/* NULL: it does. All hooks that have a file may sleep in every kernel that has the helper. */
static const char *why_no_hash(const struct checking *c)
{
	int64_t number;

	if (!kbtf_enum_value(c->kernel->btf, "BPF_FUNC_ima_inode_hash", &number))
		return "Linux 5.11 is the first one that tells LSM programs the hash of a file";
	if (!kbtf_function_id(c->kernel->btf, "ima_inode_hash"))
		return "it was built without CONFIG_IMA, the part that computes hashes of files";
	return NULL;
}

void check_hashes(struct checking *c)
{
	const struct ir_action *a = c->hook->kind == HOOK_LSM ? first_hash(c->hook) : NULL;
	const char *why = a ? why_no_hash(c) : NULL;
	struct diag *m;

	c->out->hash_may_miss = why != NULL;
	if (!why || c->kernel->allow_missing)
		return;
	m = diag_at(c->diags, DIAG_HOOK_FEATURE, a->at,
		    "`imaHash` needs a kernel that tells programs the hashes of files");
	diag_note(c->diags, m, "%s", why);
	diag_hint(c->diags, m,
		  "tgc compile --allow-missing   # on such kernels events have no hash");
}
