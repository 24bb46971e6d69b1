// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "types.h"
#include "runtime/artifact.h"

static const struct type_info types[TYPE_COUNT] = {
#define TYPE(id, name, class, bits, sign, print) [TYPE_##id] = {name, class, bits, sign, print},
#include "types.def"
#undef TYPE
};

static const struct {
	const char *name;
	enum op op;
} ops[] = {
	{"Equal", OP_EQUAL},	 {"NotEqual", OP_NOT_EQUAL},
	{"Prefix", OP_PREFIX},	 {"NotPrefix", OP_NOT_PREFIX},
	{"Postfix", OP_POSTFIX}, {"NotPostfix", OP_NOT_POSTFIX},
	{"Mask", OP_MASK},	 {"GT", OP_GT},
	{"GreaterThan", OP_GT},	 {"LT", OP_LT},
	{"LessThan", OP_LT},
};

static const struct {
	const char *name;
	enum tg_action action;
} actions[] = {
	{"Post", TG_ACTION_POST},	  {"NoPost", TG_ACTION_NOPOST},
	{"Sigkill", TG_ACTION_SIGKILL},	  {"Signal", TG_ACTION_SIGNAL},
	{"Override", TG_ACTION_OVERRIDE},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const struct type_info *type_get(enum type_id id)
{
	return &types[id];
}

enum type_id type_find(const char *name)
{
	for (int i = 0; i < TYPE_COUNT; i++)
		if (!strcmp(types[i].name, name))
			return i;
	return TYPE_COUNT;
}

enum op op_find(const char *name)
{
	for (size_t i = 0; i < COUNT(ops); i++)
		if (!strcmp(ops[i].name, name))
			return ops[i].op;
	return OP_COUNT;
}

int action_find(const char *name)
{
	for (size_t i = 0; i < COUNT(actions); i++)
		if (!strcmp(actions[i].name, name))
			return (int)actions[i].action;
	return -1;
}

const char *op_name(enum op op)
{
	for (size_t i = 0; i < COUNT(ops); i++)
		if (ops[i].op == op)
			return ops[i].name;
	return "?";
}
