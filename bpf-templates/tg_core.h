/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The ground that every BPF program of tgc stands on: integer types, the helpers we call,
 * and the members of kernel types we read, relocated against the running kernel (CO-RE).
 * A dumped vmlinux.h would cost ten times the compile time.
 *
 * With TG_HOST defined the same text builds for the host, with helpers supplied by the
 * includer, so that tests run the very code that is compiled for the kernel.
 */
#ifndef TG_CORE_H
#define TG_CORE_H

#define TG_BPF 1

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef signed short __s16;
typedef unsigned int __u32;
typedef signed int __s32;
typedef unsigned long long __u64;
typedef signed long long __s64;
typedef _Bool bool;

#define true 1
#define false 0
#ifndef NULL
#define NULL ((void *)0)
#endif

#define __inline inline __attribute__((always_inline))
#define __subprogram __attribute__((noinline))
#define SEC(name)    __attribute__((section(name), used))
#define __ksym	     __attribute__((section(".ksyms")))
#define __weak	     __attribute__((weak))
#define __hidden     __attribute__((visibility("hidden")))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Map declarations as libbpf reads them from BTF. */
#define __uint(name, val)	  int(*name)[val]
#define __type(name, val)	  typeof(val) *name
#define BPF_MAP_TYPE_HASH	  1
#define BPF_MAP_TYPE_ARRAY	  2
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_RINGBUF	  27
#define BPF_F_NO_PREALLOC	  1
#define BPF_F_MMAPABLE		  1024
#define BPF_ANY			  0
#define BPF_NOEXIST		  1

#ifndef TG_HOST
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value,
					 __u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static __u64 (*const bpf_get_current_task)(void) = (void *)35;
static long (*const bpf_send_signal)(__u32 sig) = (void *)109;
static long (*const bpf_probe_read_user)(void *dst, __u32 size, const void *from) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *dst, __u32 size, const void *from) = (void *)113;
static long (*const bpf_probe_read_user_str)(void *dst, __u32 size, const void *from) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *dst, __u32 size,
					       const void *from) = (void *)115;
static __u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;
static long (*const bpf_ringbuf_output)(void *ring, void *data, __u64 size,
					__u64 flags) = (void *)130;
static struct task_struct *(*const bpf_get_current_task_btf)(void) = (void *)158;

#define tg_offset(type, member)	   __builtin_preserve_field_info(((type *)0)->member, 0)
#define tg_has_field(type, member) __builtin_preserve_field_info(((type *)0)->member, 2)
#define tg_has_type(type)	   __builtin_preserve_type_info(*(type *)0, 0)
#define tg_has_enum(type, value)   __builtin_preserve_enum_value(*(type *)value, 0)
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#else
#define tg_offset(type, member)	   __builtin_offsetof(type, member)
#define tg_has_field(type, member) 1
#define tg_has_type(type)	   1
#define tg_has_enum(type, value)   1
#endif

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
		__u64 hash_len;
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct inode {
	__u16 i_mode;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[32];
};

union shortname_store {
	unsigned char string[40];
};

struct dentry___short { /* from 6.13 on */
	union shortname_store d_shortname;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
};

struct filename {
	const char *name;
};

struct fs_struct {
	struct path root, pwd;
};

typedef struct {
	__u32 val;
} kuid_t;

struct cred {
	kuid_t euid;
};

struct mm_struct {
	unsigned long arg_start, arg_end;
	struct file *exe_file;
};

struct upid {
	int nr;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
};

struct task_struct {
	unsigned int flags;
	struct mm_struct *mm;
	int exit_code;
	int pid, tgid;
	struct task_struct *real_parent, *group_leader;
	struct pid *thread_pid;
	const struct cred *cred;
	struct fs_struct *fs;
	struct signal_struct *signal;
	kuid_t loginuid;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
};

struct pt_regs {
	unsigned long di, si, dx, cx, r8, r9, r10, ax, orig_ax;
};

struct bpf_iter__task {
	struct task_struct *task;
};

struct bpf_iter_num { /* kernels with open-coded iterators */
	__u64 opaque[1];
};

enum bpf_func_id___tg {
	BPF_FUNC_get_current_task_btf___tg = 158,
};

#ifndef TG_HOST
#pragma clang attribute pop
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;
#endif

#ifndef TG_HOST
#define TG_RELOCATED __attribute__((preserve_access_index))
#else
#define TG_RELOCATED
#endif

/* One kernel word through the fault-checked read; 0 when unreadable. */
static __inline __u64 tg_word(const void *at)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), at);
	return value;
}

#define tg_member(base, type, member) tg_word((const char *)(base) + tg_offset(type, member))

static __inline __u64 tg_current_fs(void)
{
	return tg_member(bpf_get_current_task(), struct task_struct, fs);
}

/* What was loaded before is not kept. */
#define tg_forget() asm volatile("" ::: "memory")

#define TG_PF_KTHREAD 0x00200000u

/* Keeps the compiler from undoing a bounds check that the verifier needs to see. */
#ifndef TG_HOST
#define tg_bound(var, mask) asm volatile("%0 &= %1" : "+r"(var) : "i"(mask))
#define tg_opaque(var)	    asm volatile("" : "+r"(var))
#else
#define tg_bound(var, mask) ((var) &= (mask))
#define tg_opaque(var)	    ((void)(var))
#endif

#endif
