// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/environment.h"
#include "runtime/utf8.h"

static bool is_listed(const char *names, const char *variable)
{
	size_t size = strcspn(variable, "=");

	if (!names || !*names)
		return true;
	for (const char *at = names; *at; at += *at == ',') {
		size_t word = strcspn(at, ",");

		if (word == size && !memcmp(at, variable, size))
			return true;
		at += word;
	}
	return false;
}

static void append_shown(struct buffer *out, const struct environment_rules *rules,
			 const char *binary, const char *variable)
{
	struct buffer text = {0};

	utf8_append_valid(&text, variable, strlen(variable));
	buffer_char(&text, '\0');
	if (text.failed) {
		buffer_free(&text);
		return;
	}
	if (rules->redactions)
		text.data = redactions_apply(rules->redactions, binary, text.data);
	if (text.data)
		buffer_append(out, text.data, strlen(text.data) + 1);
	free(text.data);
}

char *environment_shown(const struct environment_rules *rules, const char *binary, const char *raw,
			size_t size, size_t *shown)
{
	struct buffer out = {0};
	const char *end;

	for (size_t at = 0; at < size && (end = memchr(raw + at, '\0', size - at));
	     at = (size_t)(end - raw) + 1) {
		if (raw[at] && is_listed(rules->names, raw + at))
			append_shown(&out, rules, binary, raw + at);
	}
	if (out.failed)
		buffer_free(&out);
	*shown = out.size;
	return out.data;
}
