// SPDX-License-Identifier: Apache-2.0
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/object_load.h"

#define NAME_SIZE 256

/* libbpf asks for types from within a load, without a word on which object it is for. */
static const struct lean_btf *current;

struct wanted {
	struct lean_name *v;
	size_t count;
	size_t attached; /* the first of those that programs attach to */
};

const struct lean_btf *object_load_btf(void)
{
	return current;
}

static uint32_t kernels_id(const struct lean_btf *lean, int id)
{
	return id > 0 && (uint32_t)id < lean->count ? lean->ids[id] : 0;
}

/* A function of the kernel is called by its type's id; so is asked whether it is there. */
static bool names_type(const struct bpf_insn *insn)
{
	if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
		return insn->src_reg == BPF_PSEUDO_BTF_ID;
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_KFUNC_CALL;
}

void object_load_translate(const struct lean_btf *lean, struct bpf_prog_load_opts *opts,
			   struct bpf_insn *code, size_t count)
{
	if (opts->attach_btf_id && !opts->attach_btf_obj_fd && !opts->attach_prog_fd)
		opts->attach_btf_id = kernels_id(lean, (int)opts->attach_btf_id);
	for (size_t i = 0; i < count; i++) {
		if (names_type(&code[i]))
			code[i].imm = (int)kernels_id(lean, code[i].imm);
		i += code[i].code == (BPF_LD | BPF_IMM | BPF_DW);
	}
}

/* What the kernel calls the place that a program attaches to; NULL: it has no such type. */
static char *target_name(const struct bpf_program *p, bool *function)
{
	const char *slash = strchr(bpf_program__section_name(p), '/');
	const char *prefix;
	char *name;

	*function = true;
	switch (bpf_program__expected_attach_type(p)) {
	case BPF_TRACE_FENTRY:
	case BPF_TRACE_FEXIT:
	case BPF_MODIFY_RETURN:
		prefix = "";
		break;
	case BPF_LSM_MAC:
		prefix = "bpf_lsm_";
		break;
	case BPF_TRACE_ITER:
		prefix = "bpf_iter_";
		break;
	case BPF_TRACE_RAW_TP:
		prefix = "btf_trace_";
		*function = false;
		break;
	default:
		return NULL;
	}
	if (!slash || asprintf(&name, "%s%s", prefix, slash + 1) < 0)
		return NULL;
	return name;
}

static void want_targets(struct wanted *w, struct bpf_object *object)
{
	struct bpf_program *p;
	bool function;
	char *name;

	w->attached = w->count;
	bpf_object__for_each_program(p, object)
	{
		name = bpf_program__autoload(p) ? target_name(p, &function) : NULL;
		if (name)
			w->v[w->count++] = (struct lean_name){.name = name, .function = function};
	}
}

/* libbpf has by now made global what was extern. */
static void want_types(struct wanted *w, const struct btf *btf)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, t->name_off);
		bool function = btf_is_func(t);

		if (!name || !*name)
			continue;
		if (btf_is_composite(t) || btf_is_any_enum(t) || btf_is_typedef(t) ||
		    (function && btf_vlen(t) != BTF_FUNC_STATIC))
			w->v[w->count++] = (struct lean_name){.name = name, .function = function};
	}
}

static size_t count_programs(struct bpf_object *object)
{
	struct bpf_program *p;
	size_t count = 0;

	bpf_object__for_each_program(p, object) count++;
	return count;
}

/* Functions of modules are in types of their own. */
static bool has_targets(const struct wanted *w)
{
	for (size_t i = w->attached; i < w->count; i++)
		if (!w->v[i].found)
			return false;
	return true;
}

static bool make_lean(struct lean_btf *lean, struct bpf_object *object, struct features *f)
{
	const struct btf *btf = bpf_object__btf(object);
	struct wanted w = {0};
	bool ok = false;

	if (!btf || !features_have(f, FEATURE_BTF) || !f->btf.data)
		return false;
	w.v = calloc(btf__type_cnt(btf) + count_programs(object), sizeof(*w.v));
	if (w.v) {
		want_types(&w, btf);
		want_targets(&w, object);
		ok = !lean_btf_make(lean, &f->btf, w.v, w.count) && has_targets(&w);
		for (size_t i = w.attached; i < w.count; i++)
			free((char *)(uintptr_t)w.v[i].name);
	}
	free(w.v);
	return ok;
}

int object_load(struct bpf_object *object, struct features *f)
{
	struct lean_btf lean = {0};
	int result, error;

	if (make_lean(&lean, object, f))
		current = &lean;
	result = bpf_object__load(object);
	error = errno;
	current = NULL;
	lean_btf_free(&lean);
	errno = error;
	return result;
}
