/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The kinds of namespaces, as policies' masks number them. */
#ifndef TG_NAMESPACES_H
#define TG_NAMESPACES_H

#define TG_NAMESPACE_KINDS                                                                         \
	NAMESPACE(0, uts)                                                                          \
	NAMESPACE(1, ipc)                                                                          \
	NAMESPACE(2, mnt)                                                                          \
	NAMESPACE(3, pid)                                                                          \
	NAMESPACE(4, pid_for_children)                                                             \
	NAMESPACE(5, net)                                                                          \
	NAMESPACE(6, time)                                                                         \
	NAMESPACE(7, time_for_children)                                                            \
	NAMESPACE(8, cgroup)                                                                       \
	NAMESPACE(9, user)
#define TG_NAMESPACES 10

#define TG_FIRST_PID_NAMESPACE 0xeffffffcu /* its inode number is part of the kernel's interface   \
					    */

#endif
