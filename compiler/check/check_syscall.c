// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": prototypes of system calls, from grammar/syscall-args.def. */
#include <string.h>
#include "check.h"

struct prototype {
	const char *name;
	const char *args[SYSCALL_ARGS];
};

static const struct prototype prototypes[] = {
#define SYSCALL(name, ...) {name, {__VA_ARGS__}},
#include "grammar/syscall-args.def"
#undef SYSCALL
};

/* The integer types that the table's declarations use. */
static const struct {
	const char *name;
	uint32_t bits;
	bool is_signed;
} integers[] = {
	{"int", 32, true},
	{"unsigned int", 32, false},
	{"unsigned", 32, false},
	{"long", 64, true},
	{"unsigned long", 64, false},
	{"size_t", 64, false},
	{"ssize_t", 64, true},
	{"loff_t", 64, true},
	{"off_t", 64, true},
	{"pid_t", 32, true},
	{"uid_t", 32, false},
	{"gid_t", 32, false},
	{"old_uid_t", 16, false},
	{"old_gid_t", 16, false},
	{"umode_t", 16, false},
	{"u32", 32, false},
	{"__u32", 32, false},
	{"__s32", 32, true},
	{"u64", 64, false},
	{"__u64", 64, false},
	{"clockid_t", 32, true},
	{"timer_t", 32, true},
	{"mqd_t", 32, true},
	{"key_t", 32, true},
	{"key_serial_t", 32, true},
	{"qid_t", 32, false},
	{"rwf_t", 32, true},
	{"aio_context_t", 64, false},
	{"uintptr_t", 64, false},
	{"landlock_rule_type", 32, false},
};

static struct ktype type_of(struct arena *a, const char *type)
{
	struct ktype out = {.class = KTYPE_OTHER, .text = type};
	const char *plain = strncmp(type, "const ", 6) ? type : type + 6;
	bool is_struct = !strncmp(plain, "struct ", 7), is_union = !strncmp(plain, "union ", 6);
	size_t len = strlen(type);

	if (len && type[len - 1] == '*') {
		out.class = KTYPE_PTR;
		out.bits = 64;
		if (!strcmp(plain, "char *")) {
			out.class = KTYPE_CHAR_PTR;
		} else if ((is_struct || is_union) && strchr(plain, '*')[1] == '\0') {
			plain = strchr(plain, ' ') + 1;
			out.class = KTYPE_STRUCT_PTR;
			out.target = arena_strndup(a, plain, strcspn(plain, " "));
		}
		return out;
	}
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
		if (!strcmp(integers[i].name, plain)) {
			out.class = KTYPE_INT;
			out.bits = integers[i].bits;
			out.is_signed = integers[i].is_signed;
		}
	return out;
}

/* "const char *filename" is a type and a name. */
static struct kparam param_of(struct arena *a, const char *declaration)
{
	size_t len = strlen(declaration), name = len;
	struct kparam out = {.name = declaration};

	while (name && declaration[name - 1] != ' ' && declaration[name - 1] != '*')
		name--;
	out.name = declaration + name;
	while (name && declaration[name - 1] == ' ')
		name--;
	out.type = type_of(a, arena_strndup(a, declaration, name));
	return out;
}

const struct kfunction *syscall_prototype(struct arena *a, const char *name)
{
	struct kfunction *f;

	for (size_t i = 0; i < sizeof(prototypes) / sizeof(prototypes[0]); i++) {
		const struct prototype *p = &prototypes[i];

		if (strcmp(p->name, name))
			continue;
		f = arena_alloc(a, sizeof(*f));
		f->name = arena_printf(a, "sys_%s", name);
		f->result = (struct ktype){
			.class = KTYPE_INT, .bits = 64, .is_signed = true, .text = "long"};
		f->params = arena_array(a, SYSCALL_ARGS, sizeof(*f->params));
		while (f->param_count < SYSCALL_ARGS && p->args[f->param_count]) {
			f->params[f->param_count] = param_of(a, p->args[f->param_count]);
			f->param_count++;
		}
		return f;
	}
	return NULL;
}
