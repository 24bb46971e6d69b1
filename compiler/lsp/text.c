// SPDX-License-Identifier: Apache-2.0
/* Strings and edits in JSON, both ways. */
#include <string.h>
#include "compiler/base/utf8.h"
#include "server.h"

const char *lsp_text(const json_t *object, const char *key)
{
	const json_t *j = json_object_get(object, key);
	const char *text = json_string_value(j);

	return text && strlen(text) == json_string_length(j) ? text : NULL;
}

/* What is no UTF-8 becomes the sign for that; line ends and tabs stay. */
json_t *lsp_string(struct arena *a, const char *text)
{
	size_t len = strlen(text), used = 0;
	char *out = arena_alloc(a, len * 3 + 1);

	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t bytes = utf8_decode(text + i, len - i, &code);

		if (bytes) {
			memcpy(out + used, text + i, bytes);
			used += bytes;
			i += bytes;
		} else {
			memcpy(out + used, "\xef\xbf\xbd", 3);
			used += 3;
			i++;
		}
	}
	return json_stringn(out, used);
}

json_t *lsp_markdown(struct arena *a, const char *text)
{
	return json_pack("{s:s,s:o}", "kind", "markdown", "value", lsp_string(a, text));
}

json_t *lsp_text_edit(struct arena *a, json_t *range, const char *text)
{
	return json_pack("{s:o,s:o}", "range", range, "newText", lsp_string(a, text));
}

json_t *lsp_workspace_edit(const char *uri, json_t *edits)
{
	return json_pack("{s:{s:o}}", "changes", uri, edits);
}
