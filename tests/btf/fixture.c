// SPDX-License-Identifier: Apache-2.0
/*
 * Type information of a small kernel, for golden tests that must not depend on the host's:
 * compiled for BPF with -g, read with --btf. Prototypes and records as in Linux 6.12, as far as
 * the cases of tests/golden need them; what starts with fixture_ is of no kernel.
 */
typedef _Bool bool;
typedef unsigned char u8;
typedef unsigned short u16, umode_t;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int pid_t;

struct file {
	int f_flags;
};
struct path {
	void *mnt, *dentry;
};
struct filename {
	const char *name;
};
struct pt_regs {
	unsigned long di;
};
struct inode {
	umode_t i_mode;
};
struct dentry {
	struct inode *d_inode;
};
struct task_struct {
	int pid;
	char comm[16];
	struct mm_struct *mm;
	struct task_struct *real_parent;
	struct opaque *opaque;
};
struct sock {
	int sk_state;
	unsigned int sk_flag : 1;
};
struct mm_struct {
	struct task_struct *owner;
	unsigned long saved_auxv[4];
	struct file *exe_files[2];
};
struct linux_binprm {
	struct file *file;
};
struct open_flags {
	int open_flag;
};

enum fixture_state { FIXTURE_IDLE, FIXTURE_BUSY };

typedef struct {
	u64 val;
} kernel_cap_t;

/* One function for each type of argument that a policy can name: fixture_TYPE. */
#define POINTERS(kind, type)                                                                       \
	kind type                                                                                  \
	{                                                                                          \
		int member;                                                                        \
	};                                                                                         \
	int fixture_##type(kind type *a)                                                           \
	{                                                                                          \
		return a->member;                                                                  \
	}
#define INTEGERS(name, type)                                                                       \
	int fixture_##name(type a)                                                                 \
	{                                                                                          \
		return (int)a;                                                                     \
	}

POINTERS(struct, kiocb)
POINTERS(struct, socket)
POINTERS(struct, sk_buff)
POINTERS(struct, sockaddr)
POINTERS(struct, sockaddr_un)
POINTERS(struct, cred)
POINTERS(struct, user_namespace)
POINTERS(union, bpf_attr)
POINTERS(struct, bpf_prog)
POINTERS(struct, bpf_map)
POINTERS(struct, perf_event)
POINTERS(struct, load_info)
POINTERS(struct, module)
POINTERS(struct, net_device)
POINTERS(struct, iovec)
POINTERS(struct, iov_iter)
INTEGERS(int, int)
INTEGERS(u32, u32)
INTEGERS(s64, long)
INTEGERS(u64, u64)
INTEGERS(s16, short)
INTEGERS(u16, u16)
INTEGERS(s8, signed char)
INTEGERS(u8, u8)

int fixture_caps(const kernel_cap_t *before, const kernel_cap_t *after)
{
	return before->val < after->val;
}

int fixture_path(const struct path *path)
{
	return !path->mnt;
}

int fixture_filename(struct filename *name)
{
	return !name->name;
}

int fixture_dentry(struct dentry *dentry)
{
	return !dentry->d_inode;
}

long fixture_buffer(const char *buffer, unsigned long size, void *private)
{
	return buffer && size && private;
}

/* What is only pointed to would be declared only. */
struct mm_struct fixture_mm;
struct inode fixture_inode;

struct sock *fixture_result(struct task_struct *task)
{
	return task->mm->owner ? (struct sock *)0 : (struct sock *)1;
}

/* ---- functions ------------------------------------------------------------------------- */

int security_file_permission(struct file *file, int mask)
{
	return mask && !file;
}

int security_file_open(struct file *file)
{
	return !file;
}

int security_mmap_file(struct file *file, unsigned long prot, unsigned long flags)
{
	return prot && flags && !file;
}

int security_path_truncate(const struct path *path)
{
	return !path;
}

int security_inode_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return mode && !dir && !dentry;
}

int security_sb_mount(const char *dev_name, const struct path *path, const char *type,
		      unsigned long flags, void *data)
{
	return !dev_name && !path && !type && flags && !data;
}

void security_task_to_inode(struct task_struct *p, struct inode *inode)
{
	inode->i_mode = (umode_t)p->pid;
}

struct file *do_filp_open(int dfd, struct filename *pathname, const struct open_flags *op)
{
	return dfd && pathname && op ? (struct file *)0 : (struct file *)1;
}

int tcp_connect(struct sock *sk)
{
	return sk->sk_state;
}

int fixture_const_file(const struct file *const file, bool on, enum fixture_state state)
{
	return file->f_flags && on && state;
}

long __x64_sys_openat(const struct pt_regs *regs)
{
	return (long)regs->di;
}

long __x64_sys_write(const struct pt_regs *regs)
{
	return (long)regs->di;
}

long __ia32_sys_openat(const struct pt_regs *regs)
{
	return (long)regs->di;
}

/* An ordinary function with the looks of a system call. */
int __sys_connect(int fd)
{
	return fd;
}

int bpf_lsm_file_open(struct file *file)
{
	return !file;
}

int bpf_lsm_file_permission(struct file *file, int mask)
{
	return mask && !file;
}

void bpf_lsm_bprm_committed_creds(const struct linux_binprm *bprm)
{
	(void)bprm;
}

int security_inode_copy_up_xattr(const char *name)
{
	return !name;
}

int bpf_lsm_inode_copy_up_xattr(const char *name)
{
	return !name;
}

int bpf_lsm_capset(const struct cred *new, const struct cred *old, const kernel_cap_t *effective)
{
	return new &&old &&effective;
}

/* ---- tracepoints: what they call, and their records
 * ------------------------------------------------------------ */

/* A type that is only declared is known only where something uses it. */
typedef void (*btf_trace_sched_process_exec)(void *, struct task_struct *, pid_t,
					     struct linux_binprm *);
typedef void (*btf_trace_sched_process_exit)(void *, struct task_struct *);
typedef void (*btf_trace_sys_enter)(void *, struct pt_regs *, long);
typedef void (*btf_trace_fixture_kinds)(void *, struct sock *, int);

struct events {
	btf_trace_sched_process_exec sched_process_exec;
	btf_trace_sched_process_exit sched_process_exit;
	btf_trace_sys_enter sys_enter;
	btf_trace_fixture_kinds fixture_kinds;
} events;

struct trace_entry {
	unsigned short type;
	unsigned char flags, preempt_count;
	int pid;
};

struct trace_event_raw_sched_process_exec {
	struct trace_entry ent;
	u32 __data_loc_filename;
	pid_t pid, old_pid;
	char __data[];
} sched_process_exec;

struct trace_event_raw_sched_process_template {
	struct trace_entry ent;
	char comm[16];
	pid_t pid;
	int prio;
	char __data[];
} sched_process_template;

struct trace_event_raw_sys_enter {
	struct trace_entry ent;
	long id;
	unsigned long args[6];
	char __data[];
} sys_enter;

struct trace_event_raw_fixture_kinds {
	struct trace_entry ent;
	const char *name;
	u16 port;
	bool on;
	enum fixture_state state;
	u64 bytes;
	const void *skbaddr;
	u32 __data_loc_text;
	char __data[];
} fixture_kinds;

/* ---- for the pages of the rules and the tutorials' policies ------------------------------ */

long __x64_sys_execve(const struct pt_regs *regs)
{
	return (long)regs->di;
}

long __x64_sys_setns(const struct pt_regs *regs)
{
	return (long)regs->di;
}

long __x64_sys_connect(const struct pt_regs *regs)
{
	return (long)regs->di;
}

long __x64_sys_ptrace(const struct pt_regs *regs)
{
	return (long)regs->di;
}

void fd_install(unsigned int fd, struct file *file)
{
	file->f_flags = (int)fd;
}

int security_bprm_check(struct linux_binprm *bprm)
{
	return !bprm->file;
}

int bpf_lsm_bprm_check_security(struct linux_binprm *bprm)
{
	return !bprm->file;
}

/* A buffer and its size. */
long fixture_sized(const char *text, unsigned long size, unsigned char kind)
{
	return text ? (long)size + kind : 0;
}
/* ---- for tgc explain ------------------------------------------------------------------- */

int fixture_network(struct sock *sk, struct sk_buff *skb, struct sockaddr *address,
		    struct sockaddr_un *local)
{
	return sk && skb && address && local;
}

int fixture_capabilities(const kernel_cap_t *before, const kernel_cap_t *after)
{
	return before && after;
}

int fixture_numbers(int number, u64 flags, const char *name, struct dentry *dentry)
{
	return number && flags && name && dentry;
}

struct sock *sk_alloc(int family, struct sock *parent)
{
	return family ? parent : (struct sock *)0;
}

/* In older kernels, security_bpf_map_alloc. */
int security_bpf_map_create(void *map)
{
	return !map;
}

/* ---- what newer kernels have ------------------------------------------------------------- */

struct bpf_prog_aux {
	bool kprobe_write_ctx;
};

struct perf_mmap_event {
	void *vma;
	const char *file_name;
	unsigned char build_id[20];
	u32 build_id_size;
};

void perf_event_mmap_output(struct perf_event *event, void *data)
{
	*(void **)data = event;
}

enum bpf_func_id { BPF_FUNC_ima_inode_hash = 161 };

int ima_inode_hash(struct inode *inode, char *out, unsigned long size)
{
	return inode && out && size;
}

int fixture_newer(struct bpf_prog_aux *aux, struct perf_mmap_event *mapped, enum bpf_func_id *id)
{
	return aux->kprobe_write_ctx && mapped->build_id_size && *id == BPF_FUNC_ima_inode_hash;
}
