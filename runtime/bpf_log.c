// SPDX-License-Identifier: Apache-2.0
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/bpf_log.h"

#define INDENT "    "

/* The one variable outside functions: libbpf's print callback carries no context. */
static struct {
	char text[4096];
	size_t size;
	struct verifier_log verifier;
} kept;

static void keep(const char *text, size_t size)
{
	size_t room = sizeof(kept.text), drop;

	if (size > room) {
		text += size - room;
		size = room;
	}
	drop = kept.size + size > room ? kept.size + size - room : 0;
	memmove(kept.text, kept.text + drop, kept.size - drop);
	kept.size -= drop;
	memcpy(kept.text + kept.size, text, size);
	kept.size += size;
}

static int print_kept(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;
	int size;

	if (level != LIBBPF_WARN)
		return 0;
	size = vasprintf(&text, format, args);
	if (size < 0)
		return 0;
	verifier_log_read(&kept.verifier, text, (size_t)size);
	keep(text, (size_t)size);
	free(text);
	return 0;
}

void bpf_log_capture(void)
{
	libbpf_set_print(print_kept);
}

void bpf_log_clear(void)
{
	kept.size = 0;
	verifier_log_clear(&kept.verifier);
}

/* Where the last `lines` lines begin. */
static size_t tail_start(unsigned int lines)
{
	size_t at = kept.size;

	if (at && kept.text[at - 1] == '\n')
		at--;
	while (at) {
		if (kept.text[at - 1] == '\n' && --lines == 0)
			break;
		at--;
	}
	return at;
}

void bpf_log_tail(char *out, size_t size, unsigned int lines)
{
	size_t at = tail_start(lines), used = 0;

	out[0] = '\0';
	while (at < kept.size && used < size) {
		const char *line = kept.text + at;
		const char *end = memchr(line, '\n', kept.size - at);
		size_t length = end ? (size_t)(end - line) : kept.size - at;
		int n = snprintf(out + used, size - used, "%s" INDENT "%.*s", used ? "\n" : "",
				 (int)length, line);

		used += n > 0 ? (size_t)n : 0;
		at += length + 1;
	}
}

const struct verifier_log *bpf_log_verifier(void)
{
	return &kept.verifier;
}
