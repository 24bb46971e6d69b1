// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <strings.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "digest.h"

static const char *const names[DIGEST_COUNT] = {"sha1", "sha256", "sha384", "sha512", "build-id"};
static const size_t sizes[DIGEST_COUNT] = {20, 32, 48, 64, 0};

const char *digest_algo_name(enum digest_algo algo)
{
	return names[algo];
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The algorithm whose digests have this many bytes; -1: none has. */
static int algo_of_size(size_t size)
{
	for (int i = 0; i < DIGEST_COUNT; i++)
		if (sizes[i] == size && size)
			return i;
	return -1;
}

static bool all_hex(const struct ast_str *text)
{
	for (size_t i = 0; i < text->len; i++)
		if (hex(text->s[i]) < 0)
			return false;
	return true;
}

static bool refuse_form(struct arena *a, const struct ast_str *text, struct value_error *e)
{
	int algo = all_hex(text) ? algo_of_size(text->len / 2) : -1;

	return refuse_mend(
		e, arena_printf(a, "`%s` names no algorithm", shown(a, text->s, text->len)),
		algo >= 0 && text->len % 2 == 0 ? arena_printf(a, "%s:%s", names[algo], text->s)
						: NULL);
}

static bool refuse_algo(struct arena *a, const struct ast_str *text, size_t len,
			struct value_error *e)
{
	const char *word = shown(a, text->s, len), *near;

	refuse_at(e, 0, len, arena_printf(a, "`%s` is no known algorithm", word));
	e->hint = "digests are sha1, sha256, sha384, sha512 or build-id";
	near = nearest(word, names, DIGEST_COUNT);
	if (near)
		e->replacement = mended(a, text, 0, len, near);
	return false;
}

static bool read_hex(struct arena *a, const struct ast_str *text, size_t from, struct digest *out,
		     struct value_error *e)
{
	size_t size = (text->len - from) / 2, want = sizes[out->algo];

	for (size_t i = from; i < text->len; i++)
		if (hex(text->s[i]) < 0)
			return refuse_at(e, i, i + 1, "a digest has hexadecimal digits only");
	if ((text->len - from) % 2)
		return refuse_at(e, from, text->len, "a digest has two digits for each byte");
	if (want ? size != want : !size || size > sizeof(out->bytes))
		return refuse_at(
			e, from, text->len,
			want ? arena_printf(a, "a %s digest has %zu digits, not %zu",
					    names[out->algo], 2 * want, 2 * size)
			     : arena_printf(a, "a build id has 1 to 64 bytes, not %zu", size));
	for (size_t i = 0; i < size; i++)
		out->bytes[i] =
			(uint8_t)(hex(text->s[from + 2 * i]) << 4 | hex(text->s[from + 2 * i + 1]));
	out->size = size;
	return true;
}

bool digest_parse(struct arena *a, const struct ast_str *text, struct digest *out,
		  struct value_error *e)
{
	const char *colon = memchr(text->s, ':', text->len);
	size_t len = colon ? (size_t)(colon - text->s) : 0;

	*out = (struct digest){.algo = DIGEST_COUNT};
	if (!no_nul(a, text, "a digest", e))
		return false;
	if (!colon)
		return refuse_form(a, text, e);
	for (int i = 0; i < DIGEST_COUNT; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], text->s, len))
			out->algo = i;
	if (out->algo == DIGEST_COUNT)
		return refuse_algo(a, text, len, e);
	return read_hex(a, text, len + 1, out, e);
}

const char *digest_print(struct arena *a, const struct digest *d)
{
	static const char digits[] = "0123456789abcdef";
	size_t name = strlen(names[d->algo]);
	char *text = arena_alloc(a, name + 2 * d->size + 2), *p = text + name;

	memcpy(text, names[d->algo], name);
	*p++ = ':';
	for (size_t i = 0; i < d->size; i++) {
		*p++ = digits[d->bytes[i] >> 4];
		*p++ = digits[d->bytes[i] & 15];
	}
	return text;
}
