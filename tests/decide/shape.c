// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "runtime/labels.h"
#include "shape.h"

struct type_row {
	const char *name, *c_type;
	unsigned bits;
	bool is_signed;
};

static const struct type_row types[] = {
	{"int", "int", 32, true},
	{"sint32", "int", 32, true},
	{"int32", "int", 32, true},
	{"uint32", "unsigned int", 32, false},
	{"sint64", "long", 64, true},
	{"int64", "long", 64, true},
	{"long", "long", 64, true},
	{"uint64", "unsigned long", 64, false},
	{"ulong", "unsigned long", 64, false},
	{"size_t", "size_t", 64, false},
	{"sint16", "short", 16, true},
	{"int16", "short", 16, true},
	{"uint16", "unsigned short", 16, false},
	{"sint8", "signed char", 8, true},
	{"int8", "signed char", 8, true},
	{"uint8", "unsigned char", 8, false},
	{"string", "const char *", 0, false},
	{"filename", "struct filename *", 0, false},
	{"file", "struct file *", 0, false},
	{"path", "const struct path *", 0, false},
	{"dentry", "struct dentry *", 0, false},
	{"linux_binprm", "struct linux_binprm *", 0, false},
	{"net_device", "struct net_device *", 0, false},
	{"kernel_cap_t", "struct kernel_cap_struct *", 64, false},
	{"char_buf", "const char *", 0, false},
	{"sock", "struct sock *", 0, false},
	{"socket", "struct socket *", 0, false},
	{"sockaddr", "struct sockaddr *", 0, false},
	{"nop", "void *", 0, false},
	{"auto", "int", 32, true},
};

static const struct type_row *row_by(const char *word, bool by_c_type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(word, by_c_type ? types[i].c_type : types[i].name))
			return &types[i];
	return NULL;
}

void shape_arg_parse(struct arena *a, const char *word, struct shape_arg *out)
{
	const char *at = strchr(word, '@');
	const char *name = at ? arena_strndup(a, word, (size_t)(at - word)) : word;
	const struct type_row *row = row_by(name, false);
	const struct type_row *c = at ? row_by(at + 1, true) : row;

	*out = (struct shape_arg){.type = name, .c_bits = 64};
	if (row) {
		out->bits = row->bits;
		out->is_signed = row->is_signed;
	}
	out->c_type = at ? at + 1 : row ? row->c_type : "void *";
	if (c && c->bits) {
		out->c_bits = c->bits;
		out->c_signed = c->is_signed;
	}
}

bool shape_arg_is_number(const struct shape_arg *arg)
{
	return arg->bits != 0;
}

bool shape_arg_is_path(const struct shape_arg *arg)
{
	static const char *const paths[] = {"file", "path", "dentry", "linux_binprm"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (!strcmp(arg->type, paths[i]))
			return true;
	return false;
}

bool shape_arg_is_buffer(const struct shape_arg *arg)
{
	return !strcmp(arg->type, "char_buf");
}

bool shape_arg_is_socket(const struct shape_arg *arg)
{
	return !strncmp(arg->type, "sock", strlen("sock"));
}

#define BUFFER_MAX 4095

struct text shape_buffer(const struct shape *s, const struct event *e, unsigned arg, uint64_t *size)
{
	const struct shape_arg *type = &s->args[arg];
	struct text t = e->args[arg].text;
	int64_t n = (int32_t)e->result.number;

	if (!type->return_copy) {
		const struct shape_arg *other = &s->args[type->size_arg - 1];
		uint64_t raw = e->args[type->size_arg - 1].number;

		n = other->c_bits == 32 ? (int32_t)raw : (int64_t)raw;
	}
	*size = n < 0 ? 0 : (uint64_t)n;
	if (t.len > *size)
		t.len = *size;
	if (t.len > BUFFER_MAX)
		t.len = BUFFER_MAX;
	return t;
}

bool shape_arg_is_caps(const struct shape_arg *arg)
{
	return !strcmp(arg->type, "kernel_cap_t");
}

void event_begin(struct event *e)
{
	static const struct workload host; /* in no pod */

	*e = (struct event){.mode = 0100644, .root = {"", 0}, .capabilities = {~0ull, 0, ~0ull}};
	for (unsigned i = 0; i < SHAPE_NAMESPACES; i++)
		e->namespaces[i] = SHAPE_HOST_INODE + i;
	e->workload = &host;
	memcpy(e->recorded_namespaces, e->namespaces, sizeof(e->namespaces));
	memcpy(e->recorded_capabilities, e->capabilities, sizeof(e->capabilities));
}

struct shape *shapes_add(struct arena *a, struct shapes *all)
{
	all->v = arena_grow(a, all->v, all->count, &all->room, sizeof(*all->v));
	all->v[all->count] = (struct shape){.number = (unsigned)all->count};
	return &all->v[all->count++];
}
