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
};
struct sock {
	int sk_state;
};
struct linux_binprm {
	struct file *file;
};
struct open_flags {
	int open_flag;
};

enum fixture_state { FIXTURE_IDLE, FIXTURE_BUSY };

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

/* ---- records of tracepoints ------------------------------------------------------------ */

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
	char __data[];
} fixture_kinds;

/* ---- for tgc explain ------------------------------------------------------------------- */

struct sk_buff {
	int len;
};
struct sockaddr {
	u16 sa_family;
};
struct sockaddr_un {
	u16 sun_family;
};
typedef struct {
	u64 val;
} kernel_cap_t;

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

/* The prototypes of events: what makes them tracepoints. */
typedef void (*btf_trace_sys_enter)(void *data, struct pt_regs *regs, long id);
typedef void (*btf_trace_sched_process_exec)(void *data, struct task_struct *p, pid_t old_pid,
					     struct linux_binprm *bprm);
btf_trace_sys_enter explained_sys_enter;
btf_trace_sched_process_exec explained_sched_process_exec;
