/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The records that travel from the kernel to tgrun, one per ring-buffer entry.
 * Included by the BPF programs, by tgrun and by tests: fixed-width types only,
 * host byte order, natural alignment, every size asserted below.
 *
 * A record is a fixed struct followed by a tail of bytes; `head.size` covers both.
 * tgrun treats every record as hostile: it checks size and counts before use.
 */
#ifndef TG_EVENT_H
#define TG_EVENT_H

#ifndef TG_BPF
#include <linux/types.h>
#endif

#define TG_PATH_MAX	   4096	 /* longest path text, without a NUL */
#define TG_STRING_MAX	   4096	 /* longest string argument, without its NUL */
#define TG_ARGV_MAX	   8192	 /* of the arguments, what an exec record has room for */
#define TG_ENV_MAX	   8192	 /* of the environment, likewise */
#define TG_REST_MAX	   8191	 /* bytes in one of the records that have the rest */
#define TG_RESTS_MAX	   40	 /* such records of one exec, each of arguments and environment */
#define TG_CGROUP_MAX	   127	 /* longest name of a cgroup; a longer one is cut */
#define TG_SLOTS_MAX	   16	 /* argument slots of one hook record */
#define TG_PROCESSES	   16384 /* entries of the tables that are kept by process */
#define TG_EXEC_NAMESPACES 10	 /* kinds, as tg_namespaces.h numbers them */
#define TG_SAVED_MAX	   4	 /* arguments of a call that are read when it returns */

enum tg_kind {
	TG_EXEC = 1,
	TG_CLONE = 2,
	TG_EXIT = 3,
	TG_HOOK = 4,
	TG_CANCEL = 5,
	TG_REST = 6,
	TG_KIND_COUNT,
};

/* Where in tg_base_lost the counts of spare programs begin, by enum tg_kind. */
#define TG_STOOD_IN TG_KIND_COUNT
#define TG_UNSURE   (2 * TG_KIND_COUNT)

/* head.flags */
#define TG_F_UNKNOWN 0x1 /* the process has no entry in the process table; key.ktime is 0 */

#define TG_F_MORE 0x2 /* TG_EXEC: struct tg_exec_more and the environment follow the tail */

/* Process flags: the bits of Tetragon's flag word that tgc produces (events.md 2.3). */
#define TG_P_EXECVE	 0x00000001u
#define TG_P_DATA_ENVS	 0x00000002u
#define TG_P_PROCFS	 0x00000004u
#define TG_P_ERR_ENVS	 0x00000008u
#define TG_P_TRUNC_ARGS	 0x00000010u
#define TG_P_MISS	 0x00000040u
#define TG_P_ERR_FILE	 0x00000100u
#define TG_P_ERR_ARGS	 0x00000200u
#define TG_P_NOCWD	 0x00000800u
#define TG_P_ROOTCWD	 0x00001000u
#define TG_P_ERR_CWD	 0x00002000u
#define TG_P_CLONE	 0x00004000u
#define TG_P_ERR_CWDPATH 0x00400000u
#define TG_P_DATA_ARGS	 0x01000000u
#define TG_P_INIT_TREE	 0x02000000u

struct tg_head {
	__u16 kind; /* enum tg_kind */
	__u16 flags;
	__u32 size;  /* bytes of the whole record, this head included */
	__u64 ktime; /* boot-time clock, nanoseconds */
};

/* In the process table only: */
#define TG_PROC_FRESH 0x80000000u /* cloned, and not exec'd since */
#define TG_PROC_DEAD  0x40000000u /* has ended, and waits for its last task to be freed */
#define TG_PROC_EXECS 0x3c000000u /* the low bits of how often the task has exec'd; 0 not known */
#define TG_PROC_FLAGS (TG_PROC_FRESH | TG_PROC_DEAD | TG_PROC_EXECS)

/* Identity of a process image: what exec_id is made of. */
struct tg_key {
	__u32 pid; /* thread group id, initial pid namespace */
	__u32 pad;
	__u64 ktime; /* when the image was loaded (exec) or the process cloned; 0 unknown */
};

/* Who a process is for the kernel. */
struct tg_credentials {
	__u32 uid, gid, euid, egid, suid, sgid, fsuid, fsgid;
	__u32 securebits;
	__u32 pad;
	__u64 permitted, effective, inheritable; /* capabilities */
};

/* Tail: path, arguments (argv[0] removed, NUL separated), cwd, name of the cgroup; sizes below, no
 * terminators. */
struct tg_exec {
	struct tg_head head;
	struct tg_key key;
	struct tg_key parent;	/* by real_parent */
	struct tg_key previous; /* the image this exec replaced; ktime 0 when unknown */
	__u32 flags;		/* TG_P_* */
	__u32 uid;		/* effective */
	__u32 auid;
	__u32 nspid; /* pid in its own namespace, 0 in the initial one */
	__u16 path_size;
	__u16 args_size;
	__u16 cwd_size;
	__u16 cgroup_size;
	__u64 cgroup; /* its number; 0 not known */
	struct tg_credentials credentials;
	__u32 namespaces[TG_EXEC_NAMESPACES]; /* inode numbers, by kind; 0: the kernel has none */
};

/* What is only told when it is asked for. */
struct tg_exec_more {
	__u32 raised; /* TG_RAISED_* */
	__u32 links;  /* to the program's file; 0: it has no name any more */
	__u64 inode;
	__u32 env_size;
	__u32 pad;
};

/* What an exec changed of the privileges. */
#define TG_RAISED_SETUID      0x01u /* the effective user, by the file's set-uid bit */
#define TG_RAISED_SETGID      0x02u
#define TG_RAISED_FILE_CAPS   0x04u /* capabilities, by those of the file */
#define TG_RAISED_SETUID_ROOT 0x08u /* capabilities, for the user is root now */
#define TG_RAISED_SETGID_ROOT 0x10u

/* What the process programs are asked for: constants when they are loaded. */
struct tg_wanted {
	__u32 properties;  /* of the program: privileges that it raises, a file without a name */
	__u32 environment; /* variables */
};
#define TG_WANTED_SECTION ".rodata.tg_wanted" /* the map's name, too */

enum tg_rest_of {
	TG_REST_ARGS,
	TG_REST_ENV,
	TG_REST_KINDS,
};

/*
 * What an exec record had no room for (TG_P_DATA_ARGS, TG_P_DATA_ENVS): its bytes follow. These
 * records come in order, and before that of the exec.
 */
struct tg_rest {
	struct tg_head head;
	struct tg_key key; /* as in the exec's record */
	__u32 of;	   /* enum tg_rest_of */
	__u32 at;	   /* where in the rest these bytes belong */
};

struct tg_clone {
	struct tg_head head;
	struct tg_key key;
	struct tg_key parent;
	__u32 flags;
	__u32 nspid;
};

struct tg_exit {
	struct tg_head head;
	struct tg_key key;
	__u32 code; /* the kernel's exit_code word */
	__u32 tid;
};

/* One argument of a hook record. */
struct tg_slot {
	__u32 status; /* TG_SLOT_* */
	__u32 len;    /* bytes of this slot in the tail: texts, and structs of tg_args.h; else 0 */
	__u64 value;  /* integer: the argument, sign- or zero-extended by its type.
			 path: inode mode | TG_PATH_* << 32 */
};

#define TG_SLOT_OK     0u
#define TG_SLOT_FAULT  0xffffffffu
#define TG_SLOT_UNREAD 0xfffffffeu /* not read: no event needs it, or there was no room for it */
#define TG_SLOT_STEPS  0x80u	   /* 1 to this: the load of `resolve` with that number failed */

#define TG_PATH_UNRESOLVED 0x2u

/* Followed by `slots` struct tg_slot, then the tail: the bytes of each slot in order, then parts.
 */
struct tg_hook {
	struct tg_head head;
	struct tg_key key;
	__u64 matched; /* winning selectors whose policy posts, as bits of the hook's selectors */
	__u32 bundle;  /* fingerprint of the bundle, as in its header */
	__u16 hook;    /* index into the bundle's hooks */
	__u16 slots;
	__u32 tid;
	__u32 call; /* tells a call of the thread from its others, in both halves; 0: it has one */
};

/* No event comes of a call whose first half was sent. */
struct tg_cancel {
	struct tg_head head;
	__u32 bundle;
	__u16 hook; /* of the first half */
	__u16 pad;
	__u32 tid;
	__u32 call;
};

/* What a hook record has besides its arguments: `size` bytes follow. */
struct tg_part {
	__u32 kind; /* enum tg_part_kind */
	__u32 size;
};

enum tg_part_kind {
	TG_PART_KERNEL_STACK = 1, /* __u64 addresses, the innermost first */
	TG_PART_USER_STACK,
	TG_PART_OWNERS, /* struct tg_owner, one after another */
	TG_PART_HASH,	/* struct tg_file_hash, in the second half of an LSM hook's event */
	TG_PART_KIND_COUNT,
};

#define TG_STACK_FRAMES 127
#define TG_STACK_BYTES	(TG_STACK_FRAMES * 8)
#define TG_PART_MAX	16384

/* Whose process a policy's event is about, for it owns a socket of the event; of several for one
 * policy the last counts. Also the value of the map `tg_socks`. */
struct tg_owner {
	__u32 policy; /* index in the bundle */
	__u32 tid;
	struct tg_key key;
};

/* What the kernel's integrity subsystem (IMA) says of a file. */
struct tg_file_hash {
	__s32 algorithm; /* as the kernel numbers them; below 0: why there is no hash */
	__u32 pad;
	__u8 digest[64]; /* as long as the algorithm's */
};

/* An element of `tg_known`: what the process table says of one that had an event lately. */
struct tg_known {
	__u64 ktime, check; /* their XOR is TG_KNOWN_CHECK() of its thread group id */
};
#define TG_KNOWN_SIZE	   1024 /* elements, by the lowest bits of the id */
#define TG_KNOWN_CHECK(id) (((__u64)(id) + 1) * 0x9e3779b97f4a7c15ull)

/* Value of the process table `tg_proc`, key: __u32 thread group id. */
struct tg_proc {
	__u64 ktime;
	__u64 parent_ktime;
	__u32 parent_pid;
	__u32 flags; /* TG_P_*, TG_PROC_* */
};

/*
 * What of a hook's selectors is switched off, and which may only report: tgrun writes it after a
 * bundle is loaded (tg_modes, an element a hook). Looked at only when something has matched.
 */
struct tg_mode {
	__u64 off, monitor;
};
/* Modes by hook, then counters of lost events by policy; the map's name, too. */
#define TG_MODES_SECTION ".data.tg_modes"

#define TG_ASSERT_SIZE(type, bytes) _Static_assert(sizeof(type) == (bytes), #type)
TG_ASSERT_SIZE(struct tg_head, 16);
TG_ASSERT_SIZE(struct tg_key, 16);
TG_ASSERT_SIZE(struct tg_credentials, 64);
TG_ASSERT_SIZE(struct tg_exec, 200);
TG_ASSERT_SIZE(struct tg_exec_more, 24);
TG_ASSERT_SIZE(struct tg_wanted, 8);
TG_ASSERT_SIZE(struct tg_rest, 40);
TG_ASSERT_SIZE(struct tg_clone, 56);
TG_ASSERT_SIZE(struct tg_exit, 40);
TG_ASSERT_SIZE(struct tg_slot, 16);
TG_ASSERT_SIZE(struct tg_hook, 56);
TG_ASSERT_SIZE(struct tg_cancel, 32);
TG_ASSERT_SIZE(struct tg_proc, 24);
TG_ASSERT_SIZE(struct tg_part, 8);
TG_ASSERT_SIZE(struct tg_owner, 24);
TG_ASSERT_SIZE(struct tg_mode, 16);
TG_ASSERT_SIZE(struct tg_file_hash, 72);

#endif
