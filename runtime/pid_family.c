// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include "runtime/pid_family.h"

#define FIRST_ROOM 64 /* a power of two; more than half full, the table doubles */

static uint32_t home_of(const struct pid_family *f, uint32_t pid)
{
	return (pid * 0x9e3779b1u) & (f->room - 1);
}

/* Where the pid is, or would be. */
static uint32_t find(const struct pid_family *f, uint32_t pid)
{
	uint32_t at = home_of(f, pid);

	while (f->members[at] && f->members[at] != pid)
		at = (at + 1) & (f->room - 1);
	return at;
}

static int grow(struct pid_family *f)
{
	struct pid_family larger = {.room = f->room ? f->room * 2 : FIRST_ROOM, .count = f->count};

	larger.members = calloc(larger.room, sizeof(*larger.members));
	if (!larger.members)
		return -1;
	for (uint32_t i = 0; i < f->room; i++) {
		if (f->members[i])
			larger.members[find(&larger, f->members[i])] = f->members[i];
	}
	free(f->members);
	*f = larger;
	return 0;
}

int pid_family_add(struct pid_family *f, uint32_t pid)
{
	if (!pid || pid_family_has(f, pid))
		return 0;
	if (f->count == PID_FAMILY_MAX || (f->count * 2 >= f->room && grow(f)))
		return -1;
	f->members[find(f, pid)] = pid;
	f->count++;
	return 0;
}

bool pid_family_has(const struct pid_family *f, uint32_t pid)
{
	return f->room && pid && f->members[find(f, pid)] == pid;
}

/* What stands behind the gap and was meant for it, or for a place before, moves up. */
void pid_family_remove(struct pid_family *f, uint32_t pid)
{
	uint32_t gap, at, mask = f->room - 1;

	if (!pid_family_has(f, pid))
		return;
	gap = find(f, pid);
	f->count--;
	for (at = (gap + 1) & mask; f->members[at]; at = (at + 1) & mask) {
		uint32_t home = home_of(f, f->members[at]);

		if (((at - home) & mask) < ((at - gap) & mask))
			continue;
		f->members[gap] = f->members[at];
		gap = at;
	}
	f->members[gap] = 0;
}

void pid_family_free(struct pid_family *f)
{
	free(f->members);
	*f = (struct pid_family){0};
}
