// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/base/utf8.h"
#include "compiler/commands/bundle_inspect.h"
#include "shown.h"

const char *shown_text(struct arena *a, const char *text)
{
	size_t size = strlen(text), used = 0;
	char *out = arena_alloc(a, size * 12 + 1);
	unsigned columns;

	while (size) {
		size_t n = utf8_show(text, size, out + used, &columns);

		used += strlen(out + used);
		text += n;
		size -= n;
	}
	return out;
}

const char *shown_hook(struct arena *a, const struct artifact *artifact, uint32_t hook)
{
	const struct tg_hook_entry *h = &artifact->hooks[hook];
	const char *subsystem = artifact_string(artifact, h->subsystem);

	return shown_text(a,
			  arena_printf(a, "%s %s%s%s", bundle_hook_kind(h->kind), subsystem,
				       *subsystem ? "/" : "", artifact_string(artifact, h->name)));
}
