/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Users and groups by name or number: as /etc/passwd and /etc/group have them, and only if they do
 * not, as names.h does.
 */
#ifndef TGRUN_ACCOUNTS_H
#define TGRUN_ACCOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

/* A number without an account is its own group too. */
bool accounts_user(const char *user, uid_t *uid, gid_t *gid);
bool accounts_group(const char *group, gid_t *gid);

/* The same of these files, and of nothing else. */
bool accounts_file_user(const char *passwd, const char *user, uid_t *uid, gid_t *gid);
bool accounts_file_group(const char *file, const char *group, gid_t *gid);

#endif
