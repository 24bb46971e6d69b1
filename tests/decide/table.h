/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables: rows of decisions, as text. `#` begins a comment, at the start of a line or after
 * a blank. The other lines:
 *
 *   filter TYPE OPERATOR VALUE...      a kprobe whose argument 0 is filtered so
 *   policy KIND TYPE...                a hook with these arguments; then indented lines, the
 *                                      YAML of its selectors (none: no selectors); a line
 *                                      `===` begins the selectors of another policy
 *   enforcer                           its policies have enforcers that act in this function
 *   refused NAME                       tgc must refuse the above with message NAME
 *   ARGUMENT... [OPTION...] => RESULT...   else: a call of it, and what must come of it
 *   then ARGUMENT... => RESULT...          the same, and what was remembered still is
 *
 * KIND: kprobe security syscall lsm tracepoint sys_enter. TYPE: a type of the language, with
 * @C-TYPE when the function's own type is another.
 * ARGUMENT: a number; a string, k:STRING when it is in kernel memory; a path (tree.h),
 * deleted:PATH; null; fault, an address that cannot be read.
 * OPTION: exe=PATH|null|fault|kernel|inherited, parent=[PID[/NSPID]:]EXE (the parent first),
 * nspid=N, KIND=INODE (net, pid_for_children ...; else the host's, 4026531830 and so on),
 * effective=N, inheritable=N, permitted=N (all ones, 0, all ones), was:KIND=INODE and so on (when
 * it last executed something), root=PATH, mode=OCTAL, ring=full, process=unknown,
 * scratch=interrupted|swamped, policies=monitor|off, at=MS, tid=N.
 * RESULT: match (= post 0), "no match", nothing, post BIT[,BIT] (64 is bit 0 of the next part),
 * signal N, return N, lost N, held N, missed N, shows TEXT, value N, unresolved, unreadable (the
 * first text). A word may be quoted; it knows \0 \n \t \xHH \\ \" and {TEXT*COUNT}, which repeats.
 */
#ifndef DECIDE_TABLE_H
#define DECIDE_TABLE_H

#include "shape.h"

/* Appends the shapes of a file; false after printing what is wrong with it. */
bool table_read(struct arena *a, const char *path, struct shapes *out);
/* One event row, for arguments of these types. */
bool table_event(struct arena *a, const struct shape *shape, const char *line, struct event *out);

#endif
