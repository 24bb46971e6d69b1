/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the hand-written programs share: dentries compared in place; the text of the path is made
 * only for an event, or where a file is not on the root mount.
 */
#ifndef TGC_BENCH_HAND_H
#define TGC_BENCH_HAND_H

#include "hand_ring.h"
#include <bpf/bpf_core_read.h>

#define DEPTH_MAX 64
#define PATH_SIZE TEXT_SIZE

struct qstr {
	union {
		struct {
			__u32 hash, len;
		};
	};
} KERNEL_TYPE;

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	unsigned char d_iname[40];
} KERNEL_TYPE;

/* The same member since 6.14. */
union shortname_store {
	unsigned char string[40];
} KERNEL_TYPE;

struct dentry___new {
	union shortname_store d_shortname;
} KERNEL_TYPE;

/* A short name lies in the dentry itself. */
static __always_inline const unsigned char *short_name(struct dentry *d)
{
	return bpf_core_field_exists(((struct dentry___new *)0)->d_shortname)
		       ? ((struct dentry___new *)d)->d_shortname.string
		       : d->d_iname;
}

struct vfsmount;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} KERNEL_TYPE;

struct file {
	struct path f_path;
} KERNEL_TYPE;

struct fs_struct {
	struct path root;
} KERNEL_TYPE;

struct task_struct {
	struct fs_struct *fs;
} KERNEL_TYPE;

/* What a path is, as bits. */
#define SECRET	1u /* reading it is reported */
#define CONTROL 2u /* writing it is reported */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, char[PATH_SIZE]);
} scratch SEC(".maps");

#define IS3(n, a, b, c)		 ((n)[0] == (a) && (n)[1] == (b) && (n)[2] == (c))
#define IS6(n, a, b, c, d, e, f) (IS3(n, a, b, c) && IS3((n) + 3, d, e, f))

/* The name below /etc: shadow*, gshadow*, sudoers*, passwd*, group*, pam.d*, ld.so.preload*. */
static __always_inline __u32 etc_kind(const unsigned char *n)
{
	switch (n[0]) {
	case 's':
		if (IS6(n, 's', 'h', 'a', 'd', 'o', 'w') ||
		    (IS6(n, 's', 'u', 'd', 'o', 'e', 'r') && n[6] == 's'))
			return SECRET | CONTROL;
		return 0;
	case 'g':
		if (IS6(n, 'g', 's', 'h', 'a', 'd', 'o') && n[6] == 'w')
			return SECRET | CONTROL;
		return IS3(n, 'g', 'r', 'o') && n[3] == 'u' && n[4] == 'p' ? CONTROL : 0;
	case 'p':
		if (IS6(n, 'p', 'a', 's', 's', 'w', 'd'))
			return CONTROL;
		return IS3(n, 'p', 'a', 'm') && n[3] == '.' && n[4] == 'd' ? CONTROL : 0;
	case 'l':
		return IS6(n, 'l', 'd', '.', 's', 'o', '.') &&
				       IS6(n + 6, 'p', 'r', 'e', 'l', 'o', 'a') && n[12] == 'd'
			       ? CONTROL
			       : 0;
	}
	return 0;
}

/* The two components nearest to the root decide; short names lie in the dentry itself. */
static __always_inline __u32 dentry_kind(struct dentry *d)
{
	struct dentry *first = NULL, *second = NULL;
	const unsigned char *n;
	int i;

	for (i = 0; i < DEPTH_MAX; i++) {
		struct dentry *parent = d->d_parent;

		if (parent == d)
			break;
		second = first;
		first = d;
		d = parent;
	}
	if (!second || !first)
		return 0;
	n = short_name(first);
	if (first->d_name.len == 3 && IS3(n, 'e', 't', 'c'))
		return etc_kind(short_name(second));
	if (first->d_name.len != 4 || !IS3(n, 'r', 'o', 'o') || n[3] != 't')
		return 0;
	n = short_name(second);
	return IS3(n, '.', 's', 's') && n[3] == 'h' ? SECRET | CONTROL : 0;
}

/* On another mount only the text tells. */
static __noinline __u32 text_kind(const char *p)
{
	if (!p)
		return 0;
	if (IS3(p, '/', 'e', 't') && p[3] == 'c' && p[4] == '/')
		return etc_kind((const unsigned char *)p + 5);
	if (IS6(p, '/', 'r', 'o', 'o', 't', '/') && IS3(p + 6, '.', 's', 's') && p[9] == 'h')
		return SECRET | CONTROL;
	return 0;
}

static __always_inline __u32 path_kind(struct path *path)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 zero = 0;
	char *text;

	if (path->mnt == task->fs->root.mnt)
		return dentry_kind(path->dentry);
	text = bpf_map_lookup_elem(&scratch, &zero);
	if (!text || bpf_d_path(path, text, PATH_SIZE) < 0)
		return 0;
	return text_kind(text);
}

static __always_inline void report(struct path *path, __u32 function, __s32 argument)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return;
	e->time = bpf_ktime_get_boot_ns();
	e->pid_tgid = bpf_get_current_pid_tgid();
	e->function = function;
	e->argument = argument;
	bpf_d_path(path, e->path, sizeof(e->path));
	bpf_ringbuf_submit(e, 0);
}

#endif
