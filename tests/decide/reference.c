// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "reference.h"

#define TEXT_MAX 4096

/* What a task sees of a spelling once its own root has been taken off. */
static const char *below_root(const struct text *path, const struct text *root)
{
	const char *rest = path->s + root->len;

	if (path->len < root->len || memcmp(path->s, root->s, root->len))
		return path->s;
	return *rest && !strchr("/!<", *rest) ? path->s : rest;
}

struct text reference_path(struct arena *a, const struct argument *path, const struct text *root)
{
	char *out = arena_alloc(a, path->text.len + 16);
	size_t n = 0;
	bool inside = false;

	if (strcmp(path->text.s, "pipe"))
		for (const char *p = below_root(&path->text, root); *p; p++) {
			inside = *p == '<' || (inside && *p != '>');
			if (!inside && !strchr("!>", *p) && !(*p == '/' && n && out[n - 1] == '/'))
				out[n++] = *p;
		}
	if (n && out[n - 1] == '/')
		n--;
	if (path->deleted) {
		memcpy(out + n, " (deleted)", 10);
		n += 10;
	}
	if (n > TEXT_MAX)
		return (struct text){out + n - TEXT_MAX, TEXT_MAX};
	return (struct text){out, n};
}

struct text reference_dentry(struct arena *a, const struct argument *path)
{
	const struct text nowhere = {"", 0};
	struct argument below = *path;
	const char *last = path->text.s, *inner = NULL;

	for (const char *p = path->text.s; *p; p++) {
		if (*p == '<')
			inner = p + 1;
		if (*p == '!')
			inner = NULL;
		if (*p == '!' || *p == '>')
			last = p + 1;
	}
	if (inner)
		last = arena_printf(a, "/%.*s%s", (int)strcspn(inner, ">"), inner, last);
	below.text = (struct text){last, strlen(last)};
	return reference_path(a, &below, &nowhere);
}

struct text reference_net_device(struct arena *a, const struct argument *device)
{
	size_t n = strnlen(device->text.s, 15);

	return (struct text){arena_strndup(a, device->text.s, n), n};
}

struct text reference_text(struct arena *a, const struct shape_arg *type,
			   const struct argument *arg, const struct text *root)
{
	if (!strcmp(type->type, "dentry"))
		return reference_dentry(a, arg);
	if (!strcmp(type->type, "net_device"))
		return reference_net_device(a, arg);
	return shape_arg_is_path(type) ? reference_path(a, arg, root) : reference_string(arg);
}

struct text reference_string(const struct argument *string)
{
	size_t n = strnlen(string->text.s, string->text.len);

	return (struct text){string->text.s, n < TEXT_MAX ? n : TEXT_MAX};
}

static uint64_t extend(uint64_t v, unsigned bits, bool is_signed)
{
	if (bits == 64)
		return v;
	v &= (1ull << bits) - 1;
	if (is_signed && v >> (bits - 1))
		v -= 1ull << bits;
	return v;
}

uint64_t reference_number(const struct shape_arg *type, uint64_t raw)
{
	return extend(extend(raw, type->c_bits, type->c_signed), type->bits, type->is_signed);
}

/* ---- operators ------------------------------------------------------------------------- */

static bool text_compares(const char *op, const struct text *t, const struct text *v)
{
	if (!strcmp(op, "Equal"))
		return t->len == v->len && !memcmp(t->s, v->s, v->len);
	if (t->len < v->len || !t->len)
		return false;
	if (!strcmp(op, "Prefix"))
		return !memcmp(t->s, v->s, v->len);
	return !memcmp(t->s + t->len - v->len, v->s, v->len);
}

bool reference_text_matches(const struct filter *f, const struct text *text, bool is_path)
{
	bool negated = !strncmp(f->op, "Not", 3), any = false;
	const char *op = negated ? f->op + 3 : f->op;

	for (size_t i = 0; i < f->value_count; i++)
		any |= text_compares(op, text, &f->values[i]);
	return is_path && !text->len ? false : any != negated;
}

static bool number_compares(const char *op, bool is_signed, uint64_t a, uint64_t v)
{
	__int128 x = is_signed ? (__int128)(int64_t)a : (__int128)a;
	__int128 y = is_signed ? (__int128)(int64_t)v : (__int128)v;

	if (!strcmp(op, "GT"))
		return x > y;
	if (!strcmp(op, "LT"))
		return x < y;
	if (!strcmp(op, "Mask"))
		return a & v;
	return x == y;
}

bool reference_number_matches(const struct filter *f, const struct shape_arg *type, uint64_t raw)
{
	bool negated = !strncmp(f->op, "Not", 3), any = false;
	struct shape_arg compared = *type;
	uint64_t a;

	if (!strcmp(type->type, "size_t")) /* filtered on its low half */
		compared.bits = 32;
	if (!strcmp(f->op, "Mask")) /* on the bits that there are */
		compared.is_signed = false;
	a = reference_number(&compared, raw);
	for (size_t i = 0; i < f->value_count; i++) {
		uint64_t v = type->is_signed ? (uint64_t)strtoll(f->values[i].s, NULL, 0)
					     : strtoull(f->values[i].s, NULL, 0);

		any |= number_compares(negated ? f->op + 3 : f->op, type->is_signed, a, v);
	}
	return any != negated;
}
