// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/back/plan.h"
#include "compiler/base/arena.h"
#include "compiler/check/gaps.h"
#include "policy.h"
#include "tests/eval/front.h"
#include "accept.h"

#define FEATURES 512

struct feature {
	const char *name;
	bool on;
};

struct accept {
	struct front front;
	struct feature features[FEATURES];
	size_t feature_count;
};

struct accept *accept_open(struct arena *a, const char *btf)
{
	struct accept *x = arena_alloc(a, sizeof(*x));

	return front_open(&x->front, a, btf) ? x : NULL;
}

void accept_close(struct accept *x)
{
	front_close(&x->front);
}

static void check(struct front *f, const char *text, size_t size)
{
	struct ast ast = {0};
	uint32_t file = sources_add(&f->sources, "accept", text, size);
	const struct ir *ir = NULL;
	struct tir *tir = NULL;

	yaml_read(f->arena, &f->diags, &f->sources, file, &ast);
	gaps_written(&f->diags, &ast);
	if (!diag_errors(&f->diags))
		ir = lower(f->arena, &f->diags, &ast);
	if (ir && !diag_errors(&f->diags))
		tir = typecheck(f->arena, &f->diags, ir, &f->kernel);
	if (tir && !diag_errors(&f->diags))
		gaps_typed(&f->diags, tir);
	if (tir && !diag_errors(&f->diags))
		plan_build(f->arena, &f->diags, tir);
}

enum accept_verdict accept_shape(struct accept *x, const struct shape *s)
{
	struct arena a = {0};
	struct front f = x->front;
	enum accept_verdict verdict = ACCEPT_YES;
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	policy_write(to, s);
	fclose(to);
	f.arena = &a;
	f.sources = (struct sources){.arena = &a};
	f.diags = (struct diags){.arena = &a, .sources = &f.sources};
	check(&f, text, size);
	if (diag_errors(&f.diags))
		verdict = front_said(&f, "not-supported-yet") ? ACCEPT_GAP : ACCEPT_NO;
	if (verdict == ACCEPT_NO)
		diag_print(&f.diags, stdout, 5, false);
	free(text);
	arena_free(&a);
	return verdict;
}

bool accept_feature(struct accept *x, const struct shape *s, const char *feature)
{
	struct feature *f = x->features;
	size_t i;

	for (i = 0; i < x->feature_count; i++)
		if (!strcmp(f[i].name, feature))
			return f[i].on;
	if (i < FEATURES)
		x->features[x->feature_count++] = (struct feature){
			arena_strndup(x->front.arena, feature, strlen(feature)), false};
	return i < FEATURES && (f[i].on = accept_shape(x, s) == ACCEPT_YES);
}

void accept_report(const struct accept *x, FILE *with, FILE *without)
{
	for (size_t i = 0; i < x->feature_count; i++)
		fprintf(x->features[i].on ? with : without, " %s", x->features[i].name);
}
