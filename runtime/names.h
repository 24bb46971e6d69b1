/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the C library looks up with modules that it loads: accounts of directories, hosts by name. A
 * static program can load none; it has runtime/static/names.c instead, which finds nothing.
 */
#ifndef TGRUN_NAMES_H
#define TGRUN_NAMES_H

#include <netdb.h>
#include <stdbool.h>
#include <sys/types.h>

/* By name or, for users, by number. */
bool names_user(const char *user, uid_t *uid, gid_t *gid);
bool names_group(const char *group, gid_t *gid);

/* As getaddrinfo(). */
int names_host(const char *host, const char *port, const struct addrinfo *hints,
	       struct addrinfo **found);

#endif
