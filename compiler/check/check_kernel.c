// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": whether a hook is for this kernel. tgrun asks a node's kernel the same. */
#include <string.h>
#include "check.h"

bool kernel_knows(const struct kbtf *k, struct arena *a, const char *name)
{
	const char *dot = strchr(name, '.');
	const char *record = dot ? arena_strndup(a, name, (size_t)(dot - name)) : name;
	ktype_id id = kbtf_struct(k, record);
	struct kmember member;

	if (dot)
		return id && kbtf_member(k, id, dot + 1, &member);
	return id || kbtf_function_id(k, name);
}

const struct ir_kernel_name *kernel_misfit(const struct kernel *k, struct arena *a,
					   const struct ir_hook *h)
{
	for (size_t i = 0; i < h->kernel_name_count; i++)
		if (kernel_knows(k->btf, a, h->kernel_names[i].name) == h->kernel_names[i].lacks)
			return &h->kernel_names[i];
	return NULL;
}
