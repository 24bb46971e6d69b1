// SPDX-License-Identifier: Apache-2.0
#include "runtime/hook_text.h"

static void append_policies(struct buffer *out, const struct artifact *a, uint32_t hook)
{
	const struct tg_hook_entry *h = &a->hooks[hook];

	for (uint32_t i = 0; i < h->views; i++) {
		const struct tg_view_entry *view = &a->views[h->first_view + i];

		/* an entry that has more selectors than a part */
		if (out->size && view[-1].policy == view->policy)
			continue;
		buffer_text(out, out->size ? ", " : "");
		buffer_text(out, artifact_string(a, a->policies[view->policy].name));
	}
}

void hook_text_policies(struct buffer *out, const struct artifact *a, uint32_t hook)
{
	append_policies(out, a, hook);
	while (++hook < a->hook_count && artifact_is_part(a, hook))
		append_policies(out, a, hook);
}
