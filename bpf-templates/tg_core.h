/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The ground that every BPF program of tgc stands on: integer types and the helpers we call.
 * Generated units see nothing else of the kernel; its types are in tg_kernel.h.
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
/* A global function: verifiers look at it once in a program, however often it is called. */
#ifndef TG_HOST
#define TG_ONCE __subprogram
#else
#define TG_ONCE static
#endif
#define SEC(name) __attribute__((section(name), used))
#define __ksym	  __attribute__((section(".ksyms")))
#define __weak	  __attribute__((weak))
#define __hidden  __attribute__((visibility("hidden")))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Map declarations as libbpf reads them from BTF. */
#define __uint(name, val)	  int(*name)[val]
#define __type(name, val)	  typeof(val) *name
#define BPF_MAP_TYPE_HASH	  1
#define BPF_MAP_TYPE_ARRAY	  2
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_LRU_HASH	  9
#define BPF_MAP_TYPE_RINGBUF	  27
#define BPF_F_NO_PREALLOC	  1
#define BPF_F_MMAPABLE		  1024
#define BPF_RB_NO_WAKEUP	  1
#define BPF_RB_AVAIL_DATA	  0
#define BPF_RB_RING_SIZE	  1
#define BPF_ANY			  0
#define BPF_NOEXIST		  1
#define BPF_F_USER_STACK	  256
#define TG_ENOENT		  2
#define TG_EEXIST		  17

struct file;
struct inode;

#ifndef TG_HOST
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value,
					 __u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static __u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static __u64 (*const bpf_get_current_task)(void) = (void *)35;
static long (*const bpf_probe_write_user)(void *to, const void *from, __u32 size) = (void *)36;
static long (*const bpf_override_return)(void *ctx, __u64 value) = (void *)58;
static long (*const bpf_get_stack)(void *ctx, void *buf, __u32 size, __u64 flags) = (void *)67;
static __u64 (*const bpf_get_current_cgroup_id)(void) = (void *)80;
static long (*const bpf_send_signal)(__u32 sig) = (void *)109;
static long (*const bpf_probe_read_user)(void *dst, __u32 size, const void *from) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *dst, __u32 size, const void *from) = (void *)113;
static long (*const bpf_probe_read_user_str)(void *dst, __u32 size, const void *from) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *dst, __u32 size,
					       const void *from) = (void *)115;
static __u64 (*const bpf_get_current_ancestor_cgroup_id)(int level) = (void *)123;
static __u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;
static long (*const bpf_ringbuf_output)(void *ring, void *data, __u64 size,
					__u64 flags) = (void *)130;
static void *(*const bpf_ringbuf_reserve)(void *ring, __u64 size, __u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *record, __u64 flags) = (void *)132;
static void (*const bpf_ringbuf_discard)(void *record, __u64 flags) = (void *)133;
static __u64 (*const bpf_ringbuf_query)(void *ring, __u64 flags) = (void *)134;
static struct task_struct *(*const bpf_get_current_task_btf)(void) = (void *)158;
static long (*const bpf_ima_inode_hash)(struct inode *inode, void *dst, __u32 size) = (void *)161;
static __u64 (*const bpf_get_attach_cookie)(void *ctx) = (void *)174;
static long (*const bpf_get_func_ret)(void *ctx, __u64 *value) = (void *)184;
static long (*const bpf_ima_file_hash)(struct file *file, void *dst, __u32 size) = (void *)193;

#define tg_offset(type, member)	   __builtin_preserve_field_info(((type *)0)->member, 0)
#define tg_has_field(type, member) __builtin_preserve_field_info(((type *)0)->member, 2)
#define tg_has_type(type)	   __builtin_preserve_type_info(*(type *)0, 0)
#define tg_has_enum(type, value)   __builtin_preserve_enum_value(*(type *)value, 0)
#define TG_RELOCATED		   __attribute__((preserve_access_index))
#else
#define tg_offset(type, member)	   __builtin_offsetof(type, member)
#define tg_has_field(type, member) 1
#define tg_has_type(type)	   1
#define tg_has_enum(type, value)   1
#define TG_RELOCATED
#endif

struct pt_regs {
	unsigned long di, si, dx, cx, r8, r9, r10, r11, r12, r13, r14, r15, ax, orig_ax, bx, bp, sp;
	unsigned long ip, flags, cs, ss;
} TG_RELOCATED;

/* Keeps the compiler from undoing a bounds check that the verifier needs to see. */
#ifndef TG_HOST
#define tg_bound(var, mask) asm volatile("%0 &= %1" : "+r"(var) : "i"(mask))
#define tg_opaque(var)	    asm volatile("" : "+r"(var))
/* 0, which the verifier takes for any number: it does not compute with pointers. */
#define tg_unknown_zero(var) asm volatile("%0 = r10\n\t%0 -= r10" : "=r"(var))
#else
#define tg_bound(var, mask)  ((var) &= (mask))
#define tg_opaque(var)	     ((void)(var))
#define tg_unknown_zero(var) ((var) = 0)
#endif

#endif
