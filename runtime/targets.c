// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/kernel_names.h"
#include "runtime/targets.h"
#include "runtime/userfile.h"

#define KERNEL_HALF (1ull << 63)

static int fail(char *why, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, size, format, args);
	va_end(args);
	return -1;
}

/* The function of a hook without targets that a kernel may lack. */
static const char *optional_function(const struct artifact *a, uint32_t hook)
{
	const struct tg_hook_entry *h = &a->hooks[hook];

	if (!(h->flags & TG_HOOK_MAY_MISS) || h->targets || h->kind != TG_HOOK_KPROBE)
		return NULL;
	return artifact_string(a, h->name);
}

static int want_all(struct ksyms *k, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->target_count; i++)
		if (a->targets[i].place == TG_PLACE_FUNCTION &&
		    ksyms_want(k, artifact_string(a, a->targets[i].name)))
			return -1;
	for (uint32_t i = 0; i < a->hook_count; i++)
		if (optional_function(a, i) && ksyms_want(k, optional_function(a, i)))
			return -1;
	return 0;
}

/* A file with other digests is left alone, or the bundle refused, as the policy says. */
static int take_file(struct targets *t, const struct artifact *a, uint32_t i, char *why,
		     size_t why_size)
{
	const struct tg_target_entry *target = &a->targets[i];
	const char *path = artifact_string(a, target->path);
	char reason[256] = "";
	enum userfile_verdict verdict;

	t->files[i] = userfile_open(path, why, why_size);
	if (t->files[i] < 0)
		return -1;
	verdict = userfile_check(t->files[i], artifact_string(a, target->digests), reason,
				 sizeof(reason));
	if (verdict != USERFILE_SAME && !(target->flags & TG_TARGET_MAY_DIFFER))
		return fail(why, why_size, "%s is not the file that the bundle is for: %s", path,
			    reason);
	t->absent[i] = verdict != USERFILE_SAME;
	t->offsets[i] = target->offset;
	if (target->place == TG_PLACE_ADDRESS && !t->absent[i] &&
	    !userfile_offset(t->files[i], target->offset, &t->offsets[i]))
		return fail(why, why_size, "%s has no code at the address 0x%llx", path,
			    (unsigned long long)target->offset);
	return 0;
}

/* A list may name what this kernel has not, or cannot trace, only where the bundle says so. */
static int take_target(struct targets *t, const struct artifact *a, uint32_t i,
		       const struct ksyms *k, char *why, size_t why_size)
{
	const struct tg_target_entry *target = &a->targets[i];
	const char *name = artifact_string(a, target->name);
	const struct ksym *s = ksyms_find(k, name);

	if (target->place != TG_PLACE_FUNCTION)
		return take_file(t, a, i, why, why_size);
	t->addresses[i] = s ? s->address : 0;
	t->absent[i] = !s || !s->found;
	if (target->flags & TG_TARGET_MAY_MISS)
		t->absent[i] |= !s || !s->traceable;
	else if (t->absent[i])
		return fail(why, why_size, "this kernel has no function %s", name);
	return 0;
}

/* Hooks for other kernels, with all that they would go to, before any of it is looked for. */
static int leave_out(struct targets *t, const struct artifact *a, struct features *f, char *why,
		     size_t why_size)
{
	if (a->kernel_name_count && !features_have(f, FEATURE_BTF))
		return fail(why, why_size, "%s, which tells what hooks are for it",
			    features_why(f, FEATURE_BTF));
	for (uint32_t i = 0; a->kernel_name_count && i < a->hook_count; i++) {
		const struct tg_hook_entry *h = &a->hooks[i];

		t->hook_absent[i] = kernel_names_misfit(a, i, &f->btf) != NULL;
		for (uint32_t j = 0; t->hook_absent[i] && j < h->targets; j++)
			t->absent[h->first_target + j] = true;
	}
	return 0;
}

static void take_hooks(struct targets *t, const struct artifact *a, const struct ksyms *k)
{
	for (uint32_t i = 0; i < a->hook_count; i++) {
		const struct tg_hook_entry *h = &a->hooks[i];
		const char *name = optional_function(a, i);
		uint32_t absent = 0;

		for (uint32_t j = 0; j < h->targets; j++)
			absent += t->absent[h->first_target + j];
		t->hook_absent[i] |=
			name ? !ksyms_find(k, name)->found : h->targets && absent == h->targets;
	}
}

static int look(struct targets *t, const struct artifact *a, struct ksyms *k, struct features *f,
		char *why, size_t why_size)
{
	t->addresses = calloc(a->target_count + 1, sizeof(*t->addresses));
	t->absent = calloc(a->target_count + 1, sizeof(*t->absent));
	t->offsets = calloc(a->target_count + 1, sizeof(*t->offsets));
	t->files = calloc(a->target_count + 1, sizeof(*t->files));
	t->hook_absent = calloc(a->hook_count + 1, sizeof(*t->hook_absent));
	if (!t->addresses || !t->absent || !t->hook_absent || !t->offsets || !t->files ||
	    want_all(k, a))
		return fail(why, why_size, "out of memory");
	for (; t->count < a->target_count; t->count++)
		t->files[t->count] = -1;
	if (leave_out(t, a, f, why, why_size))
		return -1;
	if (k->count && ksyms_read(k))
		return fail(why, why_size, "cannot read /proc/kallsyms: %s", strerror(errno));
	for (uint32_t i = 0; i < a->target_count; i++)
		if (!t->absent[i] && take_target(t, a, i, k, why, why_size))
			return -1;
	take_hooks(t, a, k);
	return 0;
}

int targets_open(struct targets *t, const struct artifact *a, struct features *f, char *why,
		 size_t why_size)
{
	struct ksyms k = {0};
	int result;

	*t = (struct targets){0};
	result = look(t, a, &k, f, why, why_size);
	ksyms_free(&k);
	if (result)
		targets_free(t);
	return result;
}

void targets_close_files(struct targets *t)
{
	for (uint32_t i = 0; i < t->count; i++) {
		if (t->files[i] >= 0)
			close(t->files[i]);
		t->files[i] = -1;
	}
}

void targets_free(struct targets *t)
{
	targets_close_files(t);
	free(t->offsets);
	free(t->files);
	free(t->addresses);
	free(t->absent);
	free(t->hook_absent);
	*t = (struct targets){0};
}

static const struct tg_target_entry *by_address(const struct targets *t, const struct artifact *a,
						const struct tg_hook_entry *h, uint64_t address)
{
	for (uint32_t i = 0; t->addresses && i < h->targets; i++)
		if (t->addresses[h->first_target + i] == address)
			return &a->targets[h->first_target + i];
	return NULL;
}

const struct tg_target_entry *targets_of_record(const struct targets *t, const struct artifact *a,
						const struct record *r)
{
	const struct tg_hook_entry *h = &a->hooks[r->hook.fixed.hook];
	const struct tg_hook_entry *first = &a->hooks[artifact_first_part(a, r->hook.fixed.hook)];
	uint64_t which;

	for (uint32_t i = 0; i < h->slots; i++) {
		if (a->slots[h->first_slot + i].type != TG_ARG_TARGET)
			continue;
		which = r->hook.slots[i].value;
		if (which >= KERNEL_HALF)
			return by_address(t, a, first, which);
		return which < first->targets ? &a->targets[first->first_target + which] : NULL;
	}
	return NULL;
}
