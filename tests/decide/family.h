/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process that makes a call and those it descends from: their tasks, and their lives as the
 * programs that keep facts about processes see them. Include after fake.h.
 */
#ifndef DECIDE_FAMILY_H
#define DECIDE_FAMILY_H

#include "shape.h"

/* How the programs come to know of the family. */
enum family_history {
	FAMILY_UNSEEN, /* not at all: the call itself has to find out */
	FAMILY_LIVED,  /* each was made and executed its program, the oldest first */
	FAMILY_BEFORE, /* they were there already, and are gone through */
	FAMILY_HISTORIES
};

/* Completes the process's task, and makes those of its ancestors. */
void family_make(const struct event *e, struct task_struct *task);
/* Has the programs of the library told. */
void family_tell(void *library, const struct event *e, enum family_history history);

#endif
