// SPDX-License-Identifier: Apache-2.0
/* trace_format_parse(), on text that may come from another machine. */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/binaries/tracefs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every field has a name and a type, and is described without either getting lost. */
static void check_field(struct arena *a, const struct trace_field *f)
{
	struct trace_derived d = trace_field_derive(f, false);
	const char *text = trace_field_text(a, f);

	if (!*f->name || !*f->type || !strstr(text, f->name) || !strstr(text, f->type))
		abort();
	if ((d.type == TRACE_AUTO_NONE) != (d.why != NULL))
		abort();
	trace_auto_name(trace_field_derive(f, true).type);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct arena arena = {0};
	struct trace_format f;
	char why[256] = "";

	memcpy(copy, data, size);
	if (trace_format_parse(&arena, (struct bytes){copy, size}, &f, why, sizeof(why))) {
		if (f.field_count < TRACE_HEADER_FIELDS)
			abort();
		for (size_t i = 0; i < f.field_count; i++)
			check_field(&arena, &f.fields[i]);
	} else if (!*why) {
		abort();
	}
	arena_free(&arena);
	free(copy);
	return 0;
}
