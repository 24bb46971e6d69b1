// SPDX-License-Identifier: Apache-2.0
/* In the place of runtime/names.c, in a program that cannot load modules. */
#include <stdio.h>
#include "runtime/names.h"
#include "runtime/notice.h"

bool names_user(const char *user, uid_t *uid, gid_t *gid)
{
	(void)user;
	(void)uid;
	(void)gid;
	return false;
}

bool names_group(const char *group, gid_t *gid)
{
	(void)group;
	(void)gid;
	return false;
}

/* Addresses only. */
int names_host(const char *host, const char *port, const struct addrinfo *hints,
	       struct addrinfo **found)
{
	struct addrinfo numeric = *hints;
	int result;

	numeric.ai_flags |= AI_NUMERICHOST | AI_NUMERICSERV;
	result = getaddrinfo(host, port, &numeric, found);
	if (result == EAI_NONAME && !(hints->ai_flags & AI_NUMERICHOST))
		notice("tgrun: GetUrl: this tgrun is static, and cannot look up the host %s: give "
		       "its "
		       "address, or take the tgrun with shared libraries\n",
		       host);
	return result;
}
