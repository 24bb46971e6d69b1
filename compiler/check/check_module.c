// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": functions and structs that belong to kernel modules, where the profile has
 * the modules' types. */
#include "check.h"
#include "compiler/kernels/profile.h"

const struct kfunction *module_function(struct checking *c, const char *symbol)
{
	struct profile *p = c->kernel->profile;
	const char *module;

	for (size_t i = 0; p && (module = profile_module_at(p, i)); i++) {
		const struct kbtf *types = profile_module_btf(p, module);
		const struct kfunction *f = types ? kbtf_function(types, c->arena, symbol) : NULL;

		if (!f)
			continue;
		c->btf = types;
		c->out->module = module;
		return f;
	}
	return NULL;
}

bool module_types(struct checking *c, const struct ast_str *module, bool *known)
{
	struct profile *p = c->kernel->profile;
	enum known has = p ? profile_has_module(p, module->s) : KNOWN_UNKNOWN;
	const struct kbtf *types = has == KNOWN_YES ? profile_module_btf(p, module->s) : NULL;

	*known = has != KNOWN_UNKNOWN;
	if (types) {
		c->btf = types;
		return true;
	}
	if (*known)
		diag_at(c->diags, DIAG_RESOLVE, module->at, "the kernel has no module `%.60s`",
			module->s);
	return false;
}
