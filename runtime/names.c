// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include "runtime/names.h"

bool names_user(const char *user, uid_t *uid, gid_t *gid)
{
	const struct passwd *account = getpwnam(user);
	unsigned long number;
	char *end;

	if (!account) {
		errno = 0;
		number = strtoul(user, &end, 10);
		if (!errno && end != user && !*end && number < (uid_t)-1)
			account = getpwuid((uid_t)number);
	}
	if (!account)
		return false;
	*uid = account->pw_uid;
	*gid = account->pw_gid;
	return true;
}

bool names_group(const char *group, gid_t *gid)
{
	const struct group *entry = getgrnam(group);

	if (!entry)
		return false;
	*gid = entry->gr_gid;
	return true;
}

int names_host(const char *host, const char *port, const struct addrinfo *hints,
	       struct addrinfo **found)
{
	return getaddrinfo(host, port, hints, found);
}
