// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "types.h"
#include "runtime/artifact.h"

static const struct type_info types[TYPE_COUNT] = {
#define TYPE(id, name, class, bits, sign, print, compiled)                                         \
	[TYPE_##id] = {name, class, bits, sign, print, TYPE_##id, compiled},
#include "types.def"
#undef TYPE
};

#define FITS_INT	 (1u << CLASS_INT)
#define FITS_CAPS	 (1u << CLASS_CAPS)
#define FITS_PATH	 (1u << CLASS_PATH)
#define FITS_SOCK	 (1u << CLASS_SOCK)
#define FITS_SKB	 (1u << CLASS_SKB)
#define FITS_SOCKADDR	 (1u << CLASS_SOCKADDR)
#define FITS_SOCKADDR_UN (1u << CLASS_SOCKADDR_UN)
#define FITS_TEXT                                                                                  \
	(1u << CLASS_STRING | 1u << CLASS_BYTES | 1u << CLASS_FILENAME | FITS_PATH |               \
	 FITS_SOCKADDR_UN)

static const struct op_info ops[OP_COUNT] = {
#define OPERATOR(id, name, plain, takes, fits, compiled)                                           \
	[OP_##id] = {name, OP_##plain, takes, fits, compiled},
#include "grammar/operators.def"
};

static const struct {
	const char *name;
	enum op op;
} aliases[] = {
#define OP_ALIAS(id, name) {name, OP_##id},
#include "grammar/operators.def"
};

static const struct {
	const char *name;
	enum tg_action action;
} actions[] = {
	{"Post", TG_ACTION_POST},
	{"NoPost", TG_ACTION_NOPOST},
	{"Sigkill", TG_ACTION_SIGKILL},
	{"Signal", TG_ACTION_SIGNAL},
	{"Override", TG_ACTION_OVERRIDE},
	{"GetUrl", TG_ACTION_GET_URL},
	{"DnsLookup", TG_ACTION_DNS_LOOKUP},
	{"TrackSock", TG_ACTION_TRACK_SOCK},
	{"UntrackSock", TG_ACTION_UNTRACK_SOCK},
	{"NotifyEnforcer", TG_ACTION_NOTIFY_ENFORCER},
	{"CleanupEnforcerNotification", TG_ACTION_CLEANUP_ENFORCER},
	{"Set", TG_ACTION_SET},
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
	for (int i = 0; i < OP_COUNT; i++)
		if (!strcmp(ops[i].name, name))
			return i;
	for (size_t i = 0; i < COUNT(aliases); i++)
		if (!strcmp(aliases[i].name, name))
			return aliases[i].op;
	return OP_COUNT;
}

int action_find(const char *name)
{
	for (size_t i = 0; i < COUNT(actions); i++)
		if (!strcmp(actions[i].name, name))
			return (int)actions[i].action;
	return -1;
}

const struct op_info *op_get(enum op op)
{
	return &ops[op];
}

const char *op_name(enum op op)
{
	return ops[op].name;
}

bool op_textual(enum op op)
{
	return ops[op].compiled && ops[op].fits & 1u << CLASS_STRING;
}

bool op_numeric(enum op op)
{
	return ops[op].compiled && ops[op].fits & 1u << CLASS_INT;
}

const char *action_name(uint32_t action)
{
	for (size_t i = 0; i < COUNT(actions); i++)
		if (actions[i].action == action)
			return actions[i].name;
	return NULL;
}
