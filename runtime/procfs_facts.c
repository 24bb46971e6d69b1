// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bpf-templates/tg_namespaces.h"
#include "runtime/procfs_facts.h"

/* What stands behind "\nNAME:"; "" when there is no such line. */
static const char *line_of(const char *status, const char *name)
{
	const char *line = strstr(status, name);

	return line ? line + strlen(name) : "";
}

static uint64_t capability_line(const char *status, const char *name)
{
	return strtoull(line_of(status, name), NULL, 16);
}

/* Links read as "uts:[4026531838]". */
static void read_namespaces(uint32_t inodes[TG_EXEC_NAMESPACES], int dir)
{
	static const char *const links[] = {
#define NAMESPACE(index, name) [index] = "ns/" #name,
		TG_NAMESPACE_KINDS
#undef NAMESPACE
	};
	char text[64];

	for (int i = 0; i < TG_EXEC_NAMESPACES; i++) {
		ssize_t size = readlinkat(dir, links[i], text, sizeof(text) - 1);
		const char *bracket;

		text[size > 0 ? size : 0] = '\0';
		bracket = strchr(text, '[');
		inodes[i] = bracket ? (uint32_t)strtoul(bracket + 1, NULL, 10) : 0;
	}
}

void procfs_facts(struct proc_facts *out, int dir, const char *status)
{
	struct tg_credentials *c = &out->credentials;

	*out = (struct proc_facts){0};
	sscanf(line_of(status, "\nUid:"), "%u %u %u %u", &c->uid, &c->euid, &c->suid, &c->fsuid);
	sscanf(line_of(status, "\nGid:"), "%u %u %u %u", &c->gid, &c->egid, &c->sgid, &c->fsgid);
	c->permitted = capability_line(status, "\nCapPrm:");
	c->effective = capability_line(status, "\nCapEff:");
	c->inheritable = capability_line(status, "\nCapInh:");
	read_namespaces(out->namespaces, dir);
}

void procfs_namespaces(uint32_t inodes[TG_EXEC_NAMESPACES], const char *directory, uint32_t pid)
{
	char path[PATH_MAX];
	int dir;

	memset(inodes, 0, TG_EXEC_NAMESPACES * sizeof(*inodes));
	snprintf(path, sizeof(path), "%s/%u", directory, pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return;
	read_namespaces(inodes, dir);
	close(dir);
}
