// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/check/check.h"
#include "compiler/commands/pipeline.h"
#include "view.h"

enum { STEPS_MAX = 64 };

/* `sys_openat` and `openat` alike. */
static const struct kfunction *syscall_function(struct arena *a, const char *symbol)
{
	const char *plain = syscall_plain(symbol);

	return syscall_prototype(a, plain ? plain : symbol);
}

const struct kfunction *view_function(struct arena *a, const struct setup *s, size_t kernel,
				      const struct hook_at *hook)
{
	const struct kbtf *btf = s->kernels.v[kernel].btf;

	if (!hook->symbol || !*hook->symbol)
		return NULL;
	switch (hook->kind) {
	case HOOK_LSM:
		return kbtf_function(btf, a, arena_printf(a, "bpf_lsm_%s", hook->symbol));
	case HOOK_KPROBE:
	case HOOK_FENTRY:
		return hook->syscall ? NULL : kbtf_function(btf, a, hook->symbol);
	case HOOK_RAW_TRACEPOINT:
		return kbtf_callback(btf, a, arena_printf(a, "btf_trace_%s", hook->symbol));
	default:
		return NULL;
	}
}

const struct kfunction *view_any(struct arena *a, const struct setup *s, const struct hook_at *hook,
				 size_t *kernel)
{
	const struct kfunction *f = NULL;

	*kernel = 0;
	if (!hook->is_hook || !hook->symbol)
		return NULL;
	if (hook->syscall)
		return syscall_function(a, hook->symbol);
	for (size_t i = 0; !f && i < s->kernels.count; i++) {
		*kernel = i;
		f = view_function(a, s, i, hook);
	}
	return f;
}

const char *view_kernel_name(const struct setup *s, size_t kernel)
{
	const char *name = s->kernels.names[kernel], *slash = strrchr(name, '/');

	if (!strcmp(name, DEFAULT_BTF))
		return "the running kernel";
	return slash ? slash + 1 : name;
}

/* The names of the kernels whose text is the same as that of the first; these are then done. */
static const char *same_names(struct arena *a, const struct setup *s, const char **texts,
			      size_t first)
{
	const char *text = texts[first], *out = NULL;

	for (size_t i = first; i < s->kernels.count; i++) {
		if (!texts[i] || strcmp(texts[i], text))
			continue;
		out = out ? arena_printf(a, "%s, %s", out, view_kernel_name(s, i))
			  : view_kernel_name(s, i);
		texts[i] = NULL;
	}
	return out;
}

const char *view_signatures(struct arena *a, const struct setup *s, const struct hook_at *hook)
{
	const char **texts = arena_array(a, s->kernels.count + 1, sizeof(*texts)), *out = NULL;
	const char *missing = NULL;
	size_t any;

	if (hook->syscall) {
		const struct kfunction *f = view_any(a, s, hook, &any);

		return f ? arena_printf(a, "```c\n%s\n```\n", kfunction_text(a, f)) : NULL;
	}
	for (size_t i = 0; i < s->kernels.count; i++) {
		const struct kfunction *f = view_function(a, s, i, hook);

		if (f)
			texts[i] = kfunction_text(a, f);
		else
			missing =
				missing ? arena_printf(a, "%s, %s", missing, view_kernel_name(s, i))
					: view_kernel_name(s, i);
	}
	for (size_t i = 0; i < s->kernels.count; i++)
		if (texts[i]) {
			const char *text = texts[i];

			out = arena_printf(a, "%s```c\n%s\n```\n%s\n", out ? out : "", text,
					   same_names(a, s, texts, i));
		}
	if (out && missing)
		out = arena_printf(a, "%s\nNot in %s.\n", out, missing);
	return out;
}

/* ---- types ------------------------------------------------------------------------------ */

ktype_id view_record(struct view_type t)
{
	struct kshape shape = kbtf_shape(t.btf, t.id);

	for (unsigned i = 0; i < 8 && (shape.kind == KSHAPE_PTR || shape.kind == KSHAPE_ARRAY); i++)
		shape = kbtf_shape(t.btf, shape.target);
	return shape.kind == KSHAPE_STRUCT || shape.kind == KSHAPE_UNION ? shape.id : 0;
}

bool view_walk(struct arena *a, struct view_type from, const char *path, struct view_type *out)
{
	*out = from;
	for (unsigned steps = 0; *path && steps < STEPS_MAX; steps++) {
		size_t len = strcspn(path, ".[");
		const char *name = arena_strndup(a, path, len);
		ktype_id record = view_record(*out);
		struct kmember m;

		if (len && (!record || !kbtf_member(out->btf, record, name, &m)))
			return false;
		if (len)
			out->id = m.type;
		path += len;
		if (*path == '[')
			path += strcspn(path, "]");
		path += *path != '\0';
	}
	return !*path;
}

static bool find_argument(const struct kfunction *f, const char *name, ktype_id *out)
{
	for (size_t i = 0; i < f->param_count; i++)
		if (f->params[i].name && !strcmp(f->params[i].name, name)) {
			*out = f->params[i].id;
			return true;
		}
	if (strncmp(name, "arg", 3) || name[3] < '0' || name[3] > '9' || name[4] ||
	    (size_t)(name[3] - '0') >= f->param_count)
		return false;
	*out = f->params[name[3] - '0'].id;
	return true;
}

/* A system call's arguments are of no kernel's types. */
static bool view_head(struct arena *a, const struct setup *s, const struct hook_at *hook,
		      const char *name, struct view_type *out)
{
	size_t kernel;
	const struct kfunction *f;

	if (!s->kernels.count)
		return false;
	if (!strcmp(name, "task")) {
		out->btf = s->kernels.v[0].btf;
		out->id = kbtf_struct(out->btf, "task_struct");
		return out->id;
	}
	f = hook->syscall ? NULL : view_any(a, s, hook, &kernel);
	if (!f)
		return false;
	out->btf = s->kernels.v[kernel].btf;
	return find_argument(f, name, &out->id);
}

bool view_path(struct arena *a, const struct setup *s, const struct cursor *c, const char *path,
	       struct view_type *out)
{
	size_t len = strcspn(path, ".[");
	const char *head = arena_strndup(a, path, len), *rest = path + len + (path[len] == '.');
	struct view_type start;

	for (size_t i = 0; i < c->listed_count; i++)
		if (!strcmp(c->listed[i].name, head) && strcmp(c->listed[i].path, head)) {
			const char *full = c->listed[i].path;

			len = strcspn(full, ".[");
			head = arena_strndup(a, full, len);
			rest = arena_printf(a, "%s.%s", full + len + (full[len] == '.'), rest);
			break;
		}
	return view_head(a, s, &c->hook, head, &start) && view_walk(a, start, rest, out);
}

bool view_argument(struct arena *a, const struct setup *s, const struct hook_at *hook,
		   uint32_t position, struct view_type *out)
{
	size_t kernel;
	const struct kfunction *f = hook->syscall ? NULL : view_any(a, s, hook, &kernel);

	if (!f || position >= f->param_count)
		return false;
	out->btf = s->kernels.v[kernel].btf;
	out->id = f->params[position].id;
	return true;
}
