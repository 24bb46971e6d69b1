// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/accounts.h"
#include "runtime/names.h"

static bool is_number(const char *text, uint32_t *out)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || text[0] < '0' || text[0] > '9' || *end || number >= UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

bool accounts_file_user(const char *passwd, const char *user, uid_t *uid, gid_t *gid)
{
	FILE *f = fopen(passwd, "re");
	const struct passwd *p = NULL;
	uint32_t number;
	bool numeric = is_number(user, &number);

	while (f && (p = fgetpwent(f)))
		if (!strcmp(p->pw_name, user) || (numeric && p->pw_uid == number))
			break;
	if (p) {
		*uid = p->pw_uid;
		*gid = p->pw_gid;
	}
	if (f)
		fclose(f);
	return p != NULL;
}

bool accounts_file_group(const char *file, const char *group, gid_t *gid)
{
	FILE *f = fopen(file, "re");
	const struct group *g = NULL;

	while (f && (g = fgetgrent(f)))
		if (!strcmp(g->gr_name, group))
			break;
	if (g)
		*gid = g->gr_gid;
	if (f)
		fclose(f);
	return g != NULL;
}

bool accounts_user(const char *user, uid_t *uid, gid_t *gid)
{
	uint32_t number;

	if (accounts_file_user("/etc/passwd", user, uid, gid) || names_user(user, uid, gid))
		return true;
	if (!is_number(user, &number))
		return false;
	*uid = number;
	*gid = number;
	return true;
}

bool accounts_group(const char *group, gid_t *gid)
{
	uint32_t number;

	if (accounts_file_group("/etc/group", group, gid) || names_group(group, gid))
		return true;
	if (!is_number(group, &number))
		return false;
	*gid = number;
	return true;
}
