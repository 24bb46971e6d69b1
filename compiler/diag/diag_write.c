/* SPDX-License-Identifier: Apache-2.0 */
/* The formats by name, and what they share. */
#include <string.h>
#include "compiler/base/arena.h"
#include "diag_write.h"
#include "compiler/base/utf8.h"

struct diag_range diag_range(const struct diags *d, struct span at)
{
	const struct source *f = sources_get(d->sources, at.file);

	return (struct diag_range){source_place(f, at.start),
				   source_place(f, at.end > at.start ? at.end : at.start)};
}

const char *diag_utf8(const struct diags *d, const char *text)
{
	size_t len = strlen(text), used = 0;
	char *out = arena_alloc(d->arena, len * 4 + 12), shown[12];
	unsigned columns;

	for (size_t i = 0; i < len;) {
		i += utf8_show(text + i, len - i, shown, &columns);
		memcpy(out + used, shown, strlen(shown));
		used += strlen(shown);
	}
	return out;
}

static const char *const formats[] = {
	[DIAG_FORMAT_TEXT] = "text",
	[DIAG_FORMAT_JSON] = "json",
	[DIAG_FORMAT_SARIF] = "sarif",
	[DIAG_FORMAT_GITHUB] = "github",
};

int diag_format_find(const char *name)
{
	for (unsigned i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i], name))
			return (int)i;
	return -1;
}

void diag_write(const struct diags *d, FILE *to, enum diag_format format, unsigned limit,
		bool colour)
{
	switch (format) {
	case DIAG_FORMAT_TEXT:
		diag_print(d, to, limit, colour);
		break;
	case DIAG_FORMAT_JSON:
		diag_json(d, to);
		break;
	case DIAG_FORMAT_SARIF:
		diag_sarif(d, to);
		break;
	case DIAG_FORMAT_GITHUB:
		diag_github(d, to);
		break;
	}
}
