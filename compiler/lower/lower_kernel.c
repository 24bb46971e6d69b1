// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": ignore.kernelHas and kernelLacks, by which a hook is for some kernels only. */
#include <string.h>
#include "compiler/base/arena.h"
#include "lower.h"

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t identifier(const char *s)
{
	size_t n = 0;

	while (is_letter(s[n]) || (n && s[n] >= '0' && s[n] <= '9'))
		n++;
	return n;
}

/* "tcp_connect", "file", "file.f_inode" */
static bool is_kernel_name(const char *s, size_t len)
{
	size_t n = identifier(s), member;

	if (!n || s[n] != '.')
		return n && n == len;
	member = identifier(s + n + 1);
	return member && n + 1 + member == len;
}

/* What stands behind `struct` or `union`, if that would do; else NULL. */
static const char *bare_name(const struct ast_str *s)
{
	static const char *const words[] = {"struct ", "union "};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i]);

		if (!strncmp(s->s, words[i], n) && is_kernel_name(s->s + n, s->len - n))
			return s->s + n;
	}
	return NULL;
}

static void check_form(struct lowering *l, const struct ast_str *s)
{
	struct diag *m;

	if (is_kernel_name(s->s, s->len))
		return;
	m = diag_at(l->diags, DIAG_KERNEL_NAME, s->at,
		    "`%.60s` is no name that a kernel could have", s->s);
	diag_note(l->diags, m,
		  "a function, a struct or union, or a member of one, such as "
		  "`task_struct.mm_cid`, is "
		  "looked up in the kernel's type information");
	if (bare_name(s))
		diag_hint(l->diags, m, "did you mean `%s`?", bare_name(s));
}

/* The function whose absence would leave nothing to attach to; NULL: it is not one. */
static const char *own_function(struct arena *a, const struct ir_hook *h)
{
	const struct ir_names *calls = &h->calls;

	if (calls->source != NAMES_WRITTEN || calls->n != 1 || calls->v[0].syscall)
		return NULL;
	if (h->kind == HOOK_LSM)
		return arena_printf(a, "bpf_lsm_%s", calls->v[0].name);
	return h->kind == HOOK_KPROBE || h->kind == HOOK_FENTRY ? calls->v[0].name : NULL;
}

/* A hook that no kernel would have is hardly what was meant. */
static void check_some_kernel(struct lowering *l, const struct ast_hook *h,
			      const struct ir_hook *out, const struct ast_str *has)
{
	const char *own = own_function(l->arena, out);

	if (own && !strcmp(own, has->s))
		diag_note(l->diags,
			  diag_at(l->diags, DIAG_KERNEL_NAME, has->at,
				  "the hook is left out wherever its own function is"),
			  "kernels without `%s` have nothing to attach it to", own);
	for (size_t i = 0; i < h->ignore_lacks.n; i++)
		if (!strcmp(h->ignore_lacks.v[i].s, has->s))
			diag_note_at(
				l->diags,
				diag_at(l->diags, DIAG_KERNEL_NAME, has->at,
					"the hook is left out of every kernel, with `%.60s` or "
					"without",
					has->s),
				h->ignore_lacks.v[i].at, "here it is left out without");
}

static void add(struct lowering *l, struct ir_hook *out, const struct ast_strs *names, bool lacks)
{
	for (size_t i = 0; i < names->n; i++) {
		check_form(l, &names->v[i]);
		out->kernel_names[out->kernel_name_count++] = (struct ir_kernel_name){
			.at = names->v[i].at, .name = names->v[i].s, .lacks = lacks};
	}
}

void lower_kernel_names(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	size_t count = h->ignore_has.n + h->ignore_lacks.n;

	if (!count)
		return;
	out->kernel_names = arena_array(l->arena, count, sizeof(*out->kernel_names));
	add(l, out, &h->ignore_lacks, false);
	add(l, out, &h->ignore_has, true);
	for (size_t i = 0; i < h->ignore_has.n; i++)
		check_some_kernel(l, h, out, &h->ignore_has.v[i]);
}
