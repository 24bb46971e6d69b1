// SPDX-License-Identifier: Apache-2.0
#include "front.h"
#include <string.h>
#include "compiler/base/arena.h"

bool front_open(struct front *f, struct arena *a, const char *btf)
{
	char why[256];

	*f = (struct front){.arena = a, .sources = {.arena = a}};
	f->btf = kbtf_open(btf, why, sizeof(why));
	if (!f->btf) {
		printf("%s\n", why);
		return false;
	}
	f->kernel = (struct kernel){.name = "test", .btf = f->btf, .arena = a};
	f->kernel.events = arena_alloc(a, sizeof(*f->kernel.events));
	return true;
}

void front_close(struct front *f)
{
	if (f->btf)
		kbtf_close(f->btf);
}

const struct tir *front_type(struct front *f, const char *name, const char *yaml, size_t size)
{
	uint32_t file = sources_add(&f->sources, name, yaml, size);
	struct ast ast = {0};
	const struct ir *ir;
	const struct tir *tir = NULL;

	f->diags = (struct diags){.arena = f->arena, .sources = &f->sources};
	yaml_read(f->arena, &f->diags, &f->sources, file, &ast);
	if (diag_errors(&f->diags))
		return NULL;
	ir = lower(f->arena, &f->diags, &ast);
	if (!diag_errors(&f->diags))
		tir = typecheck(f->arena, &f->diags, ir, &f->kernel);
	return diag_errors(&f->diags) ? NULL : tir;
}

bool front_said(const struct front *f, const char *name)
{
	for (const struct diag *d = f->diags.first; d; d = d->next)
		if (!strcmp(diag_name(d->id), name))
			return true;
	return false;
}
