// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/control_request.h"

/* Text, then NULs to the end. */
static bool is_text(const char *field, size_t size)
{
	size_t length = strnlen(field, size);

	for (size_t i = length; i < size; i++)
		if (field[i])
			return false;
	return length < size;
}

const char *control_request_check(const struct control_request *r)
{
	if (r->magic != CONTROL_MAGIC)
		return "this is not a request of this version of tgrun";
	if (!r->command || r->command >= CONTROL_COMMAND_COUNT || r->json > 1 || r->pad)
		return "the request is malformed";
	if (!is_text(r->bundle, sizeof(r->bundle)) || !is_text(r->policy, sizeof(r->policy)))
		return "a name in the request has no end";
	if ((r->command == CONTROL_LIST) != !r->policy[0] ||
	    (r->command == CONTROL_LIST && r->bundle[0]))
		return "the request needs a policy, or has one too many";
	return NULL;
}

static bool copy(char *field, size_t size, const char *text, size_t length)
{
	if (!length || length >= size)
		return false;
	memcpy(field, text, length);
	return true;
}

bool control_request_fill(struct control_request *r, enum control_command command, const char *name)
{
	const char *slash = name ? strchr(name, '/') : NULL;
	const char *policy = slash ? slash + 1 : name;

	*r = (struct control_request){.magic = CONTROL_MAGIC, .command = command};
	if (command == CONTROL_LIST)
		return !name;
	if (!name || (slash && !copy(r->bundle, sizeof(r->bundle), name, (size_t)(slash - name))))
		return false;
	return copy(r->policy, sizeof(r->policy), policy, strlen(policy));
}
