// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Readers of arguments that few policies have (tg_lib_args.h). */
#ifndef TG_LIBRARY_ARGS
#define TG_LIBRARY_ARGS __hidden __subprogram
#endif
#include "tg_kernel_args.h"
#include "tg_lib_args.h"

/* Copies a member of a kernel struct; not 0 when it cannot be read. */
#define fetch(to, base, type, member)                                                              \
	bpf_probe_read_kernel(&(to), sizeof(to), (const char *)(base) + tg_offset(type, member))

/* Kernel pointers are negative. What a program passes is never followed into kernel memory. */
static __inline long copy_any(void *to, __u32 size, __u64 from, __u64 user)
{
	if ((__s64)from < 0 && !user)
		return bpf_probe_read_kernel(to, size, (const void *)from);
	return bpf_probe_read_user(to, size, (const void *)from);
}

static __inline long copy_any_text(void *to, __u32 size, __u64 from, __u64 user)
{
	if ((__s64)from < 0 && !user)
		return bpf_probe_read_kernel_str(to, size, (const void *)from);
	return bpf_probe_read_user_str(to, size, (const void *)from);
}

/* ---- texts ----------------------------------------------------------------------------- */

static __inline int text_none(struct tg_scratch *s, __u64 value, __u64 need)
{
	s->read.status = TG_SLOT_FAULT;
	s->read.start = TG_TEXT_END; /* a record may end with it, as with a path */
	s->read.len = 0;
	s->read.value = value;
	s->live &= ~need;
	return 0;
}

static __inline int text_done(struct tg_scratch *s, __u32 len, __u64 value)
{
	s->read.status = TG_SLOT_OK;
	s->read.start = 0;
	s->read.len = len;
	s->read.value = value;
	return 0;
}

/* `n`: what a helper for strings in the kernel's memory has returned, at least 1 or an error. */
static __inline int text_of(struct tg_scratch *s, long n, __u64 need)
{
	return n < 1 ? text_none(s, 0, need) : text_done(s, n - 1, 0);
}

/*
 * A walk that begins on a mount at address 0, whose parent is itself, ends at the first dentry
 * that is its own parent; the task's root it never meets.
 */
TG_LIBRARY_ARGS int tg_read_dentry(struct tg_scratch *s, __u64 dentry, __u64 need)
{
	__u64 inode, mode;

	if (!dentry || !tg_member(dentry, struct dentry, d_parent)) /* which a dentry always has */
		return text_none(s, 0, need);
	tg_path_text(s, dentry, tg_offset(struct mount, mnt), 1);
	inode = tg_member(dentry, struct dentry, d_inode);
	mode = tg_member(inode, struct inode, i_mode) & 0xffff;
	s->read.value = mode | (__u64)tg_fresh(s->read.flags) << 32;
	return 0;
}

static __inline __u64 file_of_fd(__u64 fd)
{
	__u64 files = tg_member(bpf_get_current_task(), struct task_struct___args, files);
	__u64 table = tg_member(files, struct files_struct, fdt);

	if ((__u32)fd >= (__u32)tg_member(table, struct fdtable, max_fds))
		return 0;
	return tg_word((const void *)(tg_member(table, struct fdtable, fd) + (__u32)fd * 8ull));
}

TG_LIBRARY_ARGS int tg_read_fd(struct tg_scratch *s, __u64 fd, __u64 need)
{
	return tg_read_file(s, file_of_fd(fd), need);
}

TG_LIBRARY_ARGS int tg_read_kiocb(struct tg_scratch *s, __u64 kiocb, __u64 need)
{
	return tg_read_file(s, kiocb ? tg_member(kiocb, struct kiocb, ki_filp) : 0, need);
}

TG_LIBRARY_ARGS int tg_read_binprm(struct tg_scratch *s, __u64 binprm, __u64 need)
{
	return tg_read_file(s, binprm ? tg_member(binprm, struct linux_binprm, file) : 0, need);
}

TG_LIBRARY_ARGS int tg_read_net_device(struct tg_scratch *s, __u64 device, __u64 need)
{
	if (!device)
		return text_none(s, 0, need);
	device += tg_offset(struct net_device, name);
	return text_of(s, bpf_probe_read_kernel_str(s->text, 16, (const void *)device), need);
}

/* The low half is where the text begins, the high one its length, with a NUL. */
TG_LIBRARY_ARGS int tg_read_data_loc(struct tg_scratch *s, const void *record, __u32 locator,
				     __u64 need)
{
	const char *at = (const char *)record + (locator & 0xffff);
	__u32 size = locator >> 16;

	if (size > TG_BYTES_MAX + 1)
		size = TG_BYTES_MAX + 1;
	return text_of(s, size ? bpf_probe_read_kernel_str(s->text, size, at) : 1, need);
}

TG_LIBRARY_ARGS int tg_read_array(struct tg_scratch *s, const void *record, __u32 locator,
				  __u64 need)
{
	const char *at = (const char *)record + (locator & 0xffff);
	__u32 size = locator >> 16, n = size;

	if (n > TG_BYTES_MAX)
		n = TG_BYTES_MAX;
	if (n && bpf_probe_read_kernel(s->text, n, at))
		return text_none(s, size, need);
	return text_done(s, n, size);
}

TG_LIBRARY_ARGS int tg_read_failed(struct tg_scratch *s, __u32 status, __u64 need)
{
	text_none(s, 0, need);
	s->read.status = status;
	return 0;
}

TG_LIBRARY_ARGS int tg_read_sockaddr_un(struct tg_scratch *s, __u64 address, __u64 user, __u64 need)
{
	__u16 family = 0;
	long n; /* of an empty string: 1, or 0 in a program's memory */

	if (!address || copy_any(&family, sizeof(family), address, user))
		return text_none(s, 0, need);
	if (family != TG_AF_UNIX)
		return text_done(s, 0, family);
	n = copy_any_text(s->text, TG_UNIX_MAX + 1, address + sizeof(family), user);
	if (n > 1)
		return text_done(s, n - 1, family);
	if (n < 0 || copy_any(s->text, TG_UNIX_MAX, address + sizeof(family) + 1, user))
		return text_none(s, 0, need);
	return text_done(s, TG_UNIX_MAX, family | TG_UNIX_ABSTRACT);
}

/* ---- buffers --------------------------------------------------------------------------- */

TG_LIBRARY_ARGS int tg_read_buffer(struct tg_scratch *s, __u64 address, __u64 size, __u64 user,
				   __u64 need)
{
	__u64 n = size;

	if (n > TG_BYTES_MAX)
		n = TG_BYTES_MAX;
	if (n && copy_any(s->text, n, address, user))
		return text_none(s, size, need);
	return text_done(s, n, size);
}

TG_LIBRARY_ARGS int tg_read_data(struct tg_scratch *s, __u64 address, __u64 size, __u64 user,
				 __u64 need)
{
	__u64 n = size;

	if (n > TG_DATA_MAX)
		n = TG_DATA_MAX;
	if (n && copy_any(s->text, n, address, user))
		return text_none(s, size, need);
	return text_done(s, n, size);
}

/* Adds one entry to what s->read has; s->read.value counts what all of them hold. */
static __inline int gather(struct tg_scratch *s, __u64 base, __u64 len, __u64 user)
{
	__u32 at = tg_fresh(s->read.len), n = TG_BYTES_MAX;

	s->read.value = tg_fresh(s->read.value) + len;
	if (at >= TG_BYTES_MAX)
		return 0;
	if (len < TG_BYTES_MAX - at)
		n = len;
	else
		n = TG_BYTES_MAX - at;
	tg_bound(at, TG_BYTES_MAX);
	tg_bound(n, TG_BYTES_MAX);
	if (n && copy_any(s->text + at, n, base, user))
		return -1;
	s->read.len = at + n;
	return 0;
}

TG_LIBRARY_ARGS int tg_read_iovec(struct tg_scratch *s, __u64 address, __u64 count, __u64 user,
				  __u64 need)
{
	struct iovec v;

	text_done(s, 0, 0);
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (__u32 i = 0; i < TG_IOVECS_MAX; i++) {
		if (i >= count)
			return 0;
		if (copy_any(&v, sizeof(v), address + i * sizeof(v), user) ||
		    gather(s, (__u64)v.iov_base, v.iov_len, user))
			return text_none(s, 0, need);
	}
	if (count > TG_IOVECS_MAX)
		s->read.value = tg_fresh(s->read.value) | TG_BYTES_MORE;
	return 0;
}

/* Of an iterator: 0 neither, 1 over a vector of buffers, 2 over one buffer of a program. */
static __inline int iter_kind(__u64 iter)
{
	__u8 kind = 0;
	__u32 type = 0;

	if (!tg_has_field(struct iov_iter___kind, iter_type)) {
		if (fetch(type, iter, struct iov_iter___type, type))
			return 0;
		return (type & ~1u) == 4; /* ITER_IOVEC; the lowest bit is the direction */
	}
	if (fetch(kind, iter, struct iov_iter___kind, iter_type))
		return 0;
	if (kind == tg_enum_value(enum iter_type, ITER_IOVEC))
		return 1;
	if (tg_has_enum(enum iter_type___user, ITER_UBUF) &&
	    kind == tg_enum_value(enum iter_type___user, ITER_UBUF))
		return 2;
	return 0;
}

static __inline __u64 iter_vector(__u64 iter)
{
	if (tg_has_field(struct iov_iter___renamed, __iov))
		return tg_member(iter, struct iov_iter___renamed, __iov);
	return tg_member(iter, struct iov_iter, iov);
}

/* What is left of the first buffer; of the others only their number of bytes is told. */
TG_LIBRARY_ARGS int tg_read_iov_iter(struct tg_scratch *s, __u64 iter, __u64 need)
{
	__u64 count, skip, base, len, n;
	struct iovec v = {};
	int kind;

	if (!iter)
		return text_none(s, 0, need);
	len = count = tg_member(iter, struct iov_iter, count);
	skip = tg_member(iter, struct iov_iter, iov_offset);
	kind = iter_kind(iter);
	if (!kind)
		return text_done(s, 0, count);
	if (kind == 1) {
		if (bpf_probe_read_kernel(&v, sizeof(v), (const void *)iter_vector(iter)))
			return text_none(s, count, need);
		base = (__u64)v.iov_base;
		if (v.iov_len < len + skip)
			len = v.iov_len - skip;
	} else {
		base = tg_member(iter, struct iov_iter___kind, ubuf);
	}
	n = len;
	if (n > TG_BYTES_MAX)
		n = TG_BYTES_MAX;
	if (n && copy_any(s->text, n, base + skip, 0))
		return text_none(s, count, need);
	return text_done(s, n, count);
}

TG_LIBRARY_ARGS int tg_slot_bytes(struct tg_scratch *s, struct tg_slot *slot)
{
	__u32 len = tg_fresh(s->read.len), end = tg_fresh(s->end);

	slot->status = tg_fresh(s->read.status);
	slot->len = 0;
	slot->value = tg_fresh(s->read.value);
	if (!len)
		return 0;
	tg_bound(len, TG_DATA_MAX);
	if (end > TG_RECORD_MAX - TG_DATA_MAX ||
	    bpf_probe_read_kernel(s->record + end, len, s->text)) {
		slot->status = TG_SLOT_UNREAD;
		return 0;
	}
	slot->len = len;
	s->end = end + len;
	return 0;
}

/* ---- numbers --------------------------------------------------------------------------- */

/* Two 32-bit words before 6.3, one of 64 bits since: the same bytes here. */
TG_LIBRARY_ARGS int tg_read_caps(__u64 *out, __u64 address)
{
	*out = 0;
	return bpf_probe_read_kernel(out, sizeof(*out), (const void *)address);
}

TG_LIBRARY_ARGS __u64 tg_syscall64(__u64 number)
{
	__u64 status =
		tg_member(bpf_get_current_task(), struct task_struct___args, thread_info.status);

	return status & TG_TS_COMPAT ? number | 1ull << 31 : number;
}

/* ---- sockets --------------------------------------------------------------------------- */

static __inline void clear_socket(struct tg_socket *n)
{
	__builtin_memset(n, 0, sizeof(*n));
}

#define in6(to, sock, member)                                                                      \
	bpf_probe_read_kernel((to), 16,                                                            \
			      (const char *)(sock) + tg_offset(struct sock, __sk_common.member))

static __inline void read_addresses(struct tg_socket *n, __u64 sock)
{
	__u32 v4 = 0;

	if (n->family == TG_AF_INET6) {
		in6(n->saddr, sock, skc_v6_rcv_saddr);
		in6(n->daddr, sock, skc_v6_daddr);
	} else if (n->family == TG_AF_INET) {
		fetch(v4, sock, struct sock, __sk_common.skc_rcv_saddr);
		n->saddr[0] = v4;
		fetch(v4, sock, struct sock, __sk_common.skc_daddr);
		n->daddr[0] = v4;
	}
}

TG_LIBRARY_ARGS int tg_read_sock(struct tg_socket *n, __u64 sock)
{
	__u64 word = 0;

	clear_socket(n);
	if (!sock || fetch(n->family, sock, struct sock, __sk_common.skc_family))
		return -1;
	read_addresses(n, sock);
	n->address = sock;
	fetch(n->mark, sock, struct sock, sk_mark);
	fetch(n->priority, sock, struct sock, sk_priority);
	fetch(n->type, sock, struct sock, sk_type);
	fetch(n->protocol, sock, struct sock, sk_protocol);
	word = tg_member(sock, struct sock, __sk_common.skc_state);
	n->state = word & 0xff;
	fetch(n->sport, sock, struct sock, __sk_common.skc_num);
	word = tg_member(sock, struct sock, __sk_common.skc_dport);
	n->dport = __builtin_bswap16(word);
	return 0;
}

TG_LIBRARY_ARGS int tg_read_socket(struct tg_socket *n, __u64 socket)
{
	return tg_read_sock(n, socket ? tg_member(socket, struct socket, sk) : 0);
}

TG_LIBRARY_ARGS int tg_read_sockaddr(struct tg_socket *n, __u64 address, __u64 user)
{
	__u16 port = 0;

	clear_socket(n);
	if (!address || copy_any(&n->family, sizeof(n->family), address, user))
		return -1;
	if (n->family != TG_AF_INET && n->family != TG_AF_INET6)
		return 0;
	if (copy_any(&port, sizeof(port), address + 2, user))
		goto fault;
	n->sport = __builtin_bswap16(port);
	if (n->family == TG_AF_INET && copy_any(n->saddr, 4, address + 4, user))
		goto fault;
	if (n->family == TG_AF_INET6 && copy_any(n->saddr, 16, address + 8, user))
		goto fault;
	return 0;
fault:
	clear_socket(n);
	return -1;
}

/* ---- packets --------------------------------------------------------------------------- */

#define IPV6_OPTIONS_MAX 7

struct ipv4_header {
	__u8 version, tos;
	__u16 len, id, fragment;
	__u8 ttl, protocol;
	__u16 check;
	__u32 saddr, daddr;
};

struct ipv6_header {
	__u8 version, flow[3];
	__u16 len;
	__u8 next, hops;
	__u64 saddr[2], daddr[2];
};

/* Hop-by-hop, routing, fragment, authentication and destination headers come before the rest. */
static __inline bool is_ipv6_option(__u8 next)
{
	return next == 0 || next == 43 || next == 44 || next == 51 || next == 60;
}

/* Where the transport header is; *next becomes the protocol. */
static __inline __u64 skip_ipv6_options(__u64 at, __u8 *next)
{
	__u8 option[2];

#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < IPV6_OPTIONS_MAX; i++) {
		if (!is_ipv6_option(*next) ||
		    bpf_probe_read_kernel(option, sizeof(option), (const void *)at))
			break;
		at += *next == 44 ? 8 : *next == 51 ? (option[1] + 2) * 4 : (option[1] + 1) * 8;
		*next = option[0];
	}
	return at;
}

static __inline int read_ipv4(struct tg_socket *n, __u64 at)
{
	struct ipv4_header h;

	if (bpf_probe_read_kernel(&h, sizeof(h), (const void *)at))
		return -1;
	n->family = TG_AF_INET;
	n->protocol = h.protocol;
	n->saddr[0] = h.saddr;
	n->daddr[0] = h.daddr;
	return 0;
}

static __inline __u64 read_ipv6(struct tg_socket *n, __u64 at)
{
	struct ipv6_header h;
	__u64 transport;

	if (bpf_probe_read_kernel(&h, sizeof(h), (const void *)at))
		return 0;
	n->family = TG_AF_INET6;
	__builtin_memcpy(n->saddr, h.saddr, 16);
	__builtin_memcpy(n->daddr, h.daddr, 16);
	transport = skip_ipv6_options(at + sizeof(h), &h.next);
	n->protocol = h.next;
	return transport;
}

static __inline void read_ports(struct tg_socket *n, __u64 at)
{
	__u16 ports[2] = {};

	if (n->protocol != 6 && n->protocol != 17)
		return;
	bpf_probe_read_kernel(ports, sizeof(ports), (const void *)at);
	n->sport = __builtin_bswap16(ports[0]);
	n->dport = __builtin_bswap16(ports[1]);
}

static __inline int read_headers(struct tg_socket *n, __u64 skb)
{
	__u64 head = tg_member(skb, struct sk_buff, head), network, transport;
	__u16 offset = 0;
	__u8 version = 0;

	fetch(offset, skb, struct sk_buff, network_header);
	network = head + offset;
	if (bpf_probe_read_kernel(&version, sizeof(version), (const void *)network))
		return -1;
	offset = 0;
	fetch(offset, skb, struct sk_buff, transport_header);
	transport = head + offset;
	if (version >> 4 == 6)
		transport = read_ipv6(n, network);
	else if (version >> 4 != 4 || read_ipv4(n, network))
		return -1;
	read_ports(n, transport);
	return n->family ? 0 : -1;
}

#define path_member(out, at, member)                                                               \
	do {                                                                                       \
		__u64 v_ = tg_member(at, struct sec_path, member);                                 \
		(out) = tg_field_size(struct sec_path, member) == 1 ? (v_ & 0xff) : (__u32)v_;     \
	} while (0)

static __inline void read_sec_path(struct tg_packet *p, __u64 skb)
{
	__u64 extensions, at;
	__u8 active = 0, offset = 0;
	__u32 id;

	if (!tg_has_enum(enum skb_ext_id, SKB_EXT_SEC_PATH))
		return;
	id = tg_enum_value(enum skb_ext_id, SKB_EXT_SEC_PATH);
	if (fetch(active, skb, struct sk_buff, active_extensions) || !(active >> id & 1))
		return;
	extensions = tg_member(skb, struct sk_buff, extensions);
	at = extensions + tg_offset(struct skb_ext, offset) + id;
	if (bpf_probe_read_kernel(&offset, sizeof(offset), (const void *)at))
		return;
	at = extensions + offset * 8ull;
	path_member(p->path_len, at, len);
	path_member(p->path_olen, at, olen);
}

TG_LIBRARY_ARGS int tg_read_skb(struct tg_packet *p, __u64 skb)
{
	struct tg_socket *n = &p->socket;

	__builtin_memset(p, 0, sizeof(*p));
	if (!skb || read_headers(n, skb)) {
		clear_socket(n);
		return -1;
	}
	fetch(n->mark, skb, struct sk_buff, mark);
	fetch(n->priority, skb, struct sk_buff, priority);
	fetch(p->hash, skb, struct sk_buff, hash);
	fetch(p->len, skb, struct sk_buff, len);
	read_sec_path(p, skb);
	return 0;
}

/* ---- records --------------------------------------------------------------------------- */

/* Appends a value; or none, when it could not be read. */
static __inline int append(struct tg_scratch *s, struct tg_slot *slot, const void *value,
			   __u32 size, __u32 status)
{
	__u32 end = tg_fresh(s->end);

	slot->status = !status ? TG_SLOT_UNREAD : status > TG_SLOT_STEPS ? TG_SLOT_FAULT : status;
	slot->len = 0;
	slot->value = 0;
	if (status || end > TG_RECORD_MAX - 256 ||
	    bpf_probe_read_kernel(s->record + end, size, value))
		return 0;
	slot->status = TG_SLOT_OK;
	slot->len = size;
	s->end = end + size;
	return 0;
}

TG_LIBRARY_ARGS int tg_put_socket(struct tg_scratch *s, struct tg_slot *slot,
				  const struct tg_socket *socket, __u32 status)
{
	return append(s, slot, socket, sizeof(*socket), status);
}

TG_LIBRARY_ARGS int tg_put_packet(struct tg_scratch *s, struct tg_slot *slot,
				  const struct tg_packet *packet, __u32 status)
{
	return append(s, slot, packet, sizeof(*packet), status);
}

static __inline int read_user_ns(struct tg_user_ns *out, __u64 ns)
{
	if (!ns || fetch(out->level, ns, struct user_namespace, level))
		return -1;
	fetch(out->owner, ns, struct user_namespace, owner);
	fetch(out->group, ns, struct user_namespace, group);
	fetch(out->inum, ns, struct user_namespace, ns.inum);
	return 0;
}

TG_LIBRARY_ARGS int tg_put_user_ns(struct tg_scratch *s, struct tg_slot *slot, __u64 ns)
{
	struct tg_user_ns v = {};

	return append(s, slot, &v, sizeof(v), read_user_ns(&v, ns));
}

TG_LIBRARY_ARGS int tg_put_cred(struct tg_scratch *s, struct tg_slot *slot, __u64 cred)
{
	struct tg_cred v = {};
	int status = cred ? fetch(v.ids.uid, cred, struct cred___args, uid) : -1;

	if (!status) {
		fetch(v.ids.gid, cred, struct cred___args, gid);
		fetch(v.ids.suid, cred, struct cred___args, suid);
		fetch(v.ids.sgid, cred, struct cred___args, sgid);
		fetch(v.ids.euid, cred, struct cred___args, euid);
		fetch(v.ids.egid, cred, struct cred___args, egid);
		fetch(v.ids.fsuid, cred, struct cred___args, fsuid);
		fetch(v.ids.fsgid, cred, struct cred___args, fsgid);
		fetch(v.ids.securebits, cred, struct cred___args, securebits);
		fetch(v.ids.permitted, cred, struct cred___args, cap_permitted);
		fetch(v.ids.effective, cred, struct cred___args, cap_effective);
		fetch(v.ids.inheritable, cred, struct cred___args, cap_inheritable);
		read_user_ns(&v.user_ns, tg_member(cred, struct cred___args, user_ns));
	}
	return append(s, slot, &v, sizeof(v), status);
}

/* The layout of union bpf_attr is an interface to programs: it does not change. */
#define ATTR_NAME 48

TG_LIBRARY_ARGS int tg_put_bpf_attr(struct tg_scratch *s, struct tg_slot *slot, __u64 attr,
				    __u64 user)
{
	struct tg_bpf_prog v = {};
	int status = attr ? copy_any(&v, 8, attr, user) : -1;

	if (!status)
		copy_any(v.name, sizeof(v.name), attr + ATTR_NAME, user);
	return append(s, slot, &v, sizeof(v), status);
}

TG_LIBRARY_ARGS int tg_put_bpf_prog(struct tg_scratch *s, struct tg_slot *slot, __u64 prog)
{
	struct tg_bpf_prog v = {};
	int status = prog ? fetch(v.type, prog, struct bpf_prog, type) : -1;

	if (!status) {
		fetch(v.insns, prog, struct bpf_prog, len);
		fetch(v.name, tg_member(prog, struct bpf_prog, aux), struct bpf_prog_aux, name);
	}
	return append(s, slot, &v, sizeof(v), status);
}

TG_LIBRARY_ARGS int tg_put_bpf_map(struct tg_scratch *s, struct tg_slot *slot, __u64 map)
{
	struct tg_bpf_map v = {};
	int status = map ? fetch(v.type, map, struct bpf_map, map_type) : -1;

	if (!status) {
		fetch(v.key_size, map, struct bpf_map, key_size);
		fetch(v.value_size, map, struct bpf_map, value_size);
		fetch(v.max_entries, map, struct bpf_map, max_entries);
		fetch(v.name, map, struct bpf_map, name);
	}
	return append(s, slot, &v, sizeof(v), status);
}

/* For other events the member that may hold a function's name is a number: never kernel memory. */
TG_LIBRARY_ARGS int tg_put_perf_event(struct tg_scratch *s, struct tg_slot *slot, __u64 event)
{
	struct tg_perf_event v = {};
	int status = event ? fetch(v.type, event, struct perf_event, attr.type) : -1;
	__u64 function;

	if (!status) {
		fetch(v.config, event, struct perf_event, attr.config);
		fetch(v.offset, event, struct perf_event, attr.probe_offset);
		function = tg_member(event, struct perf_event, attr.kprobe_func);
		bpf_probe_read_user_str(v.function, sizeof(v.function), (const void *)function);
	}
	return append(s, slot, &v, sizeof(v), status);
}

TG_LIBRARY_ARGS int tg_put_module(struct tg_scratch *s, struct tg_slot *slot, __u64 module)
{
	struct tg_module v = {};
	int status = module ? fetch(v.taints, module, struct module, taints) : -1;

	if (!status) {
		module += tg_offset(struct module, name);
		bpf_probe_read_kernel_str(v.name, 56, (const void *)module);
	}
	return append(s, slot, &v, sizeof(v), status);
}

TG_LIBRARY_ARGS int tg_put_load_info(struct tg_scratch *s, struct tg_slot *slot, __u64 info)
{
	struct tg_module v = {.flags = TG_MODULE_CHECKED};
	__u64 name = 0;
	__u8 good = 0;
	int status = info ? fetch(name, info, struct load_info, name) : -1;

	if (!status) {
		bpf_probe_read_kernel_str(v.name, sizeof(v.name), (const void *)name);
		fetch(v.taints, tg_member(info, struct load_info, mod), struct module, taints);
		if (tg_has_field(struct load_info, sig_ok))
			fetch(good, info, struct load_info, sig_ok);
		if (good)
			v.flags |= TG_MODULE_SIGNED;
	}
	return append(s, slot, &v, sizeof(v), status);
}
