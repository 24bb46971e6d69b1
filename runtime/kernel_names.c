// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include "runtime/kernel_names.h"

const struct tg_kernel_name_entry *kernel_names_misfit(const struct artifact *a, uint32_t hook,
						       const struct kernel_btf *btf)
{
	const struct tg_hook_entry *h = &a->hooks[hook];

	for (uint32_t i = 0; i < h->kernel_names; i++) {
		const struct tg_kernel_name_entry *n = &a->kernel_names[h->first_kernel_name + i];
		bool lacks = n->flags & TG_KERNEL_NAME_LACKS;

		if (kernel_btf_has(btf, artifact_string(a, n->name)) == lacks)
			return n;
	}
	return NULL;
}

void kernel_names_why(const struct artifact *a, const struct tg_kernel_name_entry *name, char *out,
		      size_t size)
{
	snprintf(out, size, "kernel has %s`%s`", name->flags & TG_KERNEL_NAME_LACKS ? "" : "no ",
		 artifact_string(a, name->name));
}
