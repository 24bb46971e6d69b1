// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": functions by name, by list, by pattern. */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "lower.h"
#include "compiler/values/pattern.h"

#define LIST_PREFIX "list:"

static bool is_list(const struct ast_str *call)
{
	return !strncmp(call->s, LIST_PREFIX, strlen(LIST_PREFIX));
}

const struct ast_list *find_list(struct lowering *l, const struct ast_str *reference)
{
	const struct ast_policy *p = l->policy;
	const char *name = reference->s + strlen(LIST_PREFIX), *near;
	const char **names = arena_array(l->arena, p->list_count, sizeof(*names));
	struct diag *m;

	for (size_t i = 0; i < p->list_count; i++) {
		names[i] = p->lists[i].name.s;
		if (!strcmp(name, names[i]))
			return &p->lists[i];
	}
	m = diag_at(l->diags, DIAG_UNKNOWN_LIST, reference->at, "the policy has no list `%s`",
		    name);
	near = nearest(name, names, p->list_count);
	if (near)
		diag_hint(l->diags, m, "did you mean `" LIST_PREFIX "%s`?", near);
	else
		diag_hint(l->diags, m,
			  "spec:\n  lists:\n  - name: \"%s\"\n    type: syscalls\n"
			  "    values: [\"sys_openat\"]",
			  name);
	return NULL;
}

static bool is_type(const struct ast_list *list, const char *type)
{
	return list->type.s && !strcmp(list->type.s, type);
}

/* `name` or `abi/name`; a prefix of the 32-bit entry points says the ABI as well. */
static bool lower_syscall(struct lowering *l, const struct ast_str *value, struct ir_name *out)
{
	struct syscall_element element;
	struct value_error e;

	if (!syscall_parse(l->arena, ARCH_X86_64, value, SYSCALL_AS_SYMBOL, &element, &e)) {
		report_value(l, DIAG_BAD_LIST, value, &e);
		return false;
	}
	*out = (struct ir_name){
		.at = value->at,
		.name = arena_printf(l->arena, "sys_%s", element.name),
		.syscall = true,
		.abi = element.abi,
	};
	return true;
}

static bool is_function_name(const char *s)
{
	size_t len = strlen(s);

	return len && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				"0123456789_.$/") == len;
}

static void lower_listed(struct lowering *l, const struct ast_list *list, bool syscall,
			 struct ir_names *out)
{
	bool syscalls = is_type(list, "syscalls");

	out->v = arena_array(l->arena, list->values.n, sizeof(*out->v));
	for (size_t i = 0; i < list->values.n; i++) {
		const struct ast_str *value = &list->values.v[i];
		struct ir_name *name = &out->v[out->n];

		if (syscalls) {
			out->n += lower_syscall(l, value, name);
			continue;
		}
		if (strlen(value->s) != value->len || !is_function_name(value->s)) {
			diag_at(l->diags, DIAG_BAD_LIST, value->at,
				"`%.60s` is not the name of a kernel function", value->s);
			continue;
		}
		*name = (struct ir_name){.at = value->at, .name = value->s, .syscall = syscall};
		out->n++;
	}
}

static void lower_list(struct lowering *l, const struct ast_list *list, bool syscall,
		       struct ir_names *out)
{
	out->list = list->name.s;
	if (is_type(list, "generated_syscalls")) {
		out->source = NAMES_SYSCALLS;
	} else if (is_type(list, "generated_ftrace")) {
		out->source = NAMES_FTRACE;
		out->pattern = &list->pattern;
	} else {
		lower_listed(l, list, syscall, out);
	}
}

void lower_calls(struct lowering *l, const struct ast_str *call, bool syscall, struct ir_names *out)
{
	const struct ast_list *list;

	*out = (struct ir_names){.at = call->at};
	if (is_list(call)) {
		list = find_list(l, call);
		if (list)
			lower_list(l, list, syscall, out);
		return;
	}
	out->v = arena_alloc(l->arena, sizeof(*out->v));
	out->n = 1;
	out->v[0] = (struct ir_name){.at = call->at, .name = call->s, .syscall = syscall};
	if (syscall && !strncmp(call->s, abi_prefix(ABI_I386), strlen(abi_prefix(ABI_I386))))
		out->v[0].abi = ABI_I386;
}

bool is_syscall_name(const char *name)
{
	if (!strncmp(name, "sys_", 4))
		return true;
	for (enum syscall_abi abi = 0; abi < ABI_COUNT; abi++)
		if (!strncmp(name, abi_prefix(abi), strlen(abi_prefix(abi))))
			return true;
	return false;
}

bool lower_enforcer_call(struct lowering *l, const struct ast_str *call, struct ir_names *out)
{
	bool ok = true;
	struct diag *m;

	lower_calls(l, call, true, out);
	for (size_t i = 0; i < out->n; i++) {
		struct ir_name *name = &out->v[i];

		name->syscall = is_syscall_name(name->name);
		if (name->syscall || !strncmp(name->name, "security_", 9))
			continue;
		m = diag_at(l->diags, DIAG_ENFORCER, name->at, "an enforcer cannot act in `%s`",
			    name->name);
		diag_note(l->diags, m,
			  "it acts in system calls (`sys_...`) and in `security_...` functions");
		ok = false;
	}
	return ok && (out->source != NAMES_WRITTEN || out->n);
}

/* ---- the lists themselves -------------------------------------------------------------- */

static void check_pattern(struct lowering *l, const struct ast_str *text)
{
	struct value_error e;
	struct pattern *pattern = pattern_compile(l->arena, text, &e);

	if (!pattern)
		report_value(l, DIAG_BAD_LIST, text, &e);
	pattern_free(pattern);
}

static void check_generated(struct lowering *l, const struct ast_list *list, bool wants_pattern)
{
	if (list->values.n)
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_BAD_LIST, list->values.at,
				  "a `%s` list is filled in by the kernel, so it has no values",
				  list->type.s),
			  "leave `values` out");
	if (wants_pattern && (!list->pattern.s || !list->pattern.len))
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_BAD_LIST, at_or(list->pattern.at, list->at),
				  "a `generated_ftrace` list needs a `pattern`"),
			  "pattern: \"^tcp_\"");
	else if (wants_pattern)
		check_pattern(l, &list->pattern);
}

/* By text, then by place. */
static int by_text(const void *left, const void *right)
{
	const struct ast_str *a = *(const struct ast_str *const *)left;
	const struct ast_str *b = *(const struct ast_str *const *)right;
	int order = memcmp(a->s, b->s, a->len < b->len ? a->len : b->len);

	if (!order)
		order = (a->len > b->len) - (a->len < b->len);
	return order ? order : (a > b) - (a < b);
}

static void check_twice(struct lowering *l, const struct ast_list *list)
{
	const struct ast_str **v = arena_array(l->arena, list->values.n, sizeof(*v));
	size_t count = list->values.n;

	for (size_t i = 0; i < count; i++)
		v[i] = &list->values.v[i];
	if (count)
		qsort(v, count, sizeof(*v), by_text);
	for (size_t i = 1; i < count; i++)
		if (v[i - 1]->len == v[i]->len && !memcmp(v[i - 1]->s, v[i]->s, v[i]->len))
			diag_note_at(l->diags,
				     diag_at(l->diags, DIAG_BAD_LIST, v[i]->at,
					     "`%.60s` is in the list twice", v[i]->s),
				     v[i - 1]->at, "it is here as well");
}

static void check_list(struct lowering *l, const struct ast_list *list)
{
	bool ftrace = is_type(list, "generated_ftrace");

	if (list->pattern.s && !ftrace)
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_BAD_LIST, list->pattern.at,
				  "only a `generated_ftrace` list has a `pattern`"),
			  "leave `pattern` out, or say `type: generated_ftrace`");
	if (ftrace || is_type(list, "generated_syscalls"))
		check_generated(l, list, ftrace);
	else if (!list->values.n)
		diag_at(l->diags, DIAG_BAD_LIST, at_or(list->values.at, list->at),
			"the list `%.60s` is empty", list->name.s ? list->name.s : "");
}

void check_lists(struct lowering *l)
{
	const struct ast_policy *p = l->policy;

	for (size_t i = 0; i < p->list_count; i++) {
		check_list(l, &p->lists[i]);
		check_twice(l, &p->lists[i]);
		for (size_t j = 0; j < i; j++) {
			struct diag *m;

			if (strcmp(p->lists[i].name.s, p->lists[j].name.s))
				continue;
			m = diag_at(l->diags, DIAG_BAD_LIST, p->lists[i].name.at,
				    "a second list named `%.60s`", p->lists[i].name.s);
			diag_note_at(l->diags, m, p->lists[j].name.at,
				     "Tetragon takes the first one, which is here");
			break;
		}
	}
}
