// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/explain/hook_words.h"
#include "compiler/kernels/kbtf.h"
#include "compiler/kernels/profile.h"
#include "compiler/terse/lower.h"
#include "compiler/words/syscalls.h"
#include "functions.h"

static const char lsm_prefix[] = "bpf_lsm_";

struct gathering {
	struct arena *arena;
	struct functions *out;
	const struct kernel_set *kernels;
	size_t kernel; /* the one being read */
};

/* Whether an earlier kernel has it, so that it is in the list. */
static bool is_known(const struct gathering *g, const char *name)
{
	for (size_t i = 0; i < g->kernel; i++)
		if (kbtf_function_id(g->kernels->v[i].btf, name))
			return true;
	return false;
}

static void add(struct gathering *g, enum known_kind kind, const char *name)
{
	__typeof__(&g->out->of[0]) list = &g->out->of[kind];

	list->v = arena_grow(g->arena, list->v, list->n, &list->room, sizeof(*list->v));
	list->v[list->n++] = (struct known_name){name, fuzzy_letters(name)};
}

/* Without what compilers made of it, and what nothing may be attached to. */
static bool add_function(void *data, const char *name, ktype_id id)
{
	struct gathering *g = data;

	(void)id;
	if (strchr(name, '.') || is_known(g, name))
		return true;
	if (!strncmp(name, lsm_prefix, sizeof(lsm_prefix) - 1))
		add(g, KNOWN_LSM_HOOK, name + sizeof(lsm_prefix) - 1);
	else if (profile_attachable(g->kernels->profiles[g->kernel], name) != KNOWN_NO)
		add(g, KNOWN_FUNCTION, name);
	return true;
}

static bool add_enumerator(void *data, const struct kname *n)
{
	if (n->kind == KNAME_ENUMERATOR)
		add(data, KNOWN_CONSTANT, n->name);
	return true;
}

static bool add_event(void *data, const char *name)
{
	add(data, KNOWN_EVENT, name);
	return true;
}

/* Where no kernel's events are known: those that everybody uses. */
static void add_famous_events(struct gathering *g)
{
	size_t count;
	const struct hook_words *all = hook_words_all(&count);

	for (size_t i = 0; i < count; i++)
		if (strchr(all[i].name, '/') && strncmp(all[i].name, "lsm/", 4))
			add(g, KNOWN_EVENT, all[i].name);
}

static void add_tables(struct gathering *g)
{
	const struct syscall *calls;
	const char *name;
	size_t count;
	int64_t value;

	calls = syscall_all(ABI_X64, &count);
	for (size_t i = 0; i < count; i++)
		add(g, KNOWN_SYSCALL, calls[i].entry);
	for (size_t i = 0; (name = constant_at(i, &value)); i++)
		add(g, KNOWN_CONSTANT, name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct known_name *)a)->name, ((const struct known_name *)b)->name);
}

static void sort_unique(struct functions *f, enum known_kind kind)
{
	struct known_name *v = f->of[kind].v;
	size_t n = f->of[kind].n, kept = 0;

	if (n)
		qsort(v, n, sizeof(*v), by_name);
	for (size_t i = 0; i < n; i++)
		if (!kept || strcmp(v[kept - 1].name, v[i].name))
			v[kept++] = v[i];
	f->of[kind].n = kept;
}

struct functions *functions_of(struct arena *a, const struct kernel_set *kernels)
{
	struct functions *out = arena_alloc(a, sizeof(*out));
	struct gathering g = {.arena = a, .out = out, .kernels = kernels};

	for (g.kernel = 0; g.kernel < kernels->count; g.kernel++) {
		kbtf_each_function(kernels->v[g.kernel].btf, add_function, &g);
		profile_each_event(kernels->profiles[g.kernel], add_event, &g);
	}
	if (kernels->count)
		kbtf_each_name(kernels->v[0].btf, add_enumerator, &g);
	add_tables(&g);
	if (!out->of[KNOWN_EVENT].n)
		add_famous_events(&g);
	for (unsigned kind = 0; kind < KNOWN_KINDS; kind++)
		sort_unique(out, (enum known_kind)kind);
	return out;
}

/* ---- searching -------------------------------------------------------------------------- */

/* The best are kept in order; there are few of them. */
static void keep(struct found_name *out, size_t room, size_t *count, struct found_name f)
{
	size_t at = *count;

	if (at == room && (!room || out[room - 1].score >= f.score))
		return;
	if (at < room)
		++*count;
	else
		at--;
	while (at && out[at - 1].score < f.score) {
		out[at] = out[at - 1];
		at--;
	}
	out[at] = f;
}

size_t functions_search(const struct functions *f, enum known_kind kind, const char *typed,
			struct found_name *out, size_t room, size_t *count)
{
	uint64_t letters = fuzzy_letters(typed);
	size_t all = 0;

	*count = 0;
	for (size_t i = 0; i < f->of[kind].n; i++) {
		const struct known_name *n = &f->of[kind].v[i];
		int score;

		if ((n->letters & letters) != letters)
			continue;
		score = fuzzy_score(typed, n->name);
		if (score < 0)
			continue;
		all++;
		keep(out, room, count, (struct found_name){n->name, score});
	}
	return all;
}
