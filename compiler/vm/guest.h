/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every guest has: our init, busybox, some real programs of this machine, two users
 * (root, and `user` with id 1000), the usual files in /etc (with made-up contents).
 *
 * init mounts proc, sysfs, devtmpfs, securityfs, bpffs, tracefs, cgroup2 and a /tmp, brings
 * the loopback device up, runs /vm/main and powers the machine off when that ends.
 */
#ifndef TGC_VM_GUEST_H
#define TGC_VM_GUEST_H

#include "compiler/vm/vm.h"

struct arena;
struct initramfs;

/* `init`: the built guest init (compiler/vm/init.c), a static program. */
int guest_put_base(struct arena *a, struct initramfs *fs, const char *init, struct vm_error *e);

#endif
