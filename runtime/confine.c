// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include "runtime/confine.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter of system calls does not know this architecture"
#endif

#define X32 0x40000000u /* the bit of the calls of x86's third form */

#define NEW_NAMESPACES                                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |             \
	 CLONE_NEWPID | CLONE_NEWNET)

#define CALL(name) __NR_##name,
static const uint32_t calls[] = {
#include "runtime/confine.def"
};
static const uint32_t asker_calls[] = {
#include "runtime/confine_asker.def"
};
#undef CALL
#define CALLS	    (sizeof(calls) / sizeof(calls[0]))
#define ASKER_CALLS (sizeof(asker_calls) / sizeof(asker_calls[0]))

struct filter {
	struct sock_filter v[CALLS * 2 + 64];
	unsigned short size;
};

static void add(struct filter *f, struct sock_filter instruction)
{
	f->v[f->size++] = instruction;
}

static void load(struct filter *f, uint32_t offset)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

static void result(struct filter *f, uint32_t action)
{
	add(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

static uint32_t argument(int index)
{
	return (uint32_t)(offsetof(struct seccomp_data, args) + (size_t)index * sizeof(uint64_t));
}

#define REFUSE (SECCOMP_RET_ERRNO | EPERM)

/*
 * What becomes of `call` with one of these values as its argument, and with any other; the number
 * of the call is loaded.
 */
static void decide(struct filter *f, uint32_t call, int index, const uint32_t *values,
		   uint8_t count, uint32_t these, uint32_t others)
{
	add(f,
	    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, (uint8_t)(count + 3)));
	load(f, argument(index));
	for (uint8_t i = 0; i < count; i++)
		add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, values[i],
						    (uint8_t)(count - i), 0));
	result(f, others);
	result(f, these);
}

static void only(struct filter *f, uint32_t call, int index, const uint32_t *values, uint8_t count)
{
	decide(f, call, index, values, count, SECCOMP_RET_ALLOW, REFUSE);
}

static void except(struct filter *f, uint32_t call, int index, const uint32_t *values,
		   uint8_t count)
{
	decide(f, call, index, values, count, REFUSE, SECCOMP_RET_ALLOW);
}

/* `call` only with none of these bits in its argument. */
static void without(struct filter *f, uint32_t call, int index, uint32_t bits)
{
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 4));
	load(f, argument(index));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
	result(f, REFUSE);
	result(f, SECCOMP_RET_ALLOW);
}

static void check_architecture(struct filter *f)
{
	load(f, offsetof(struct seccomp_data, arch));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
	result(f, SECCOMP_RET_KILL_PROCESS);
	load(f, offsetof(struct seccomp_data, nr));
	add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1));
	result(f, SECCOMP_RET_KILL_PROCESS);
}

static void allow(struct filter *f, const uint32_t *v, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, v[i], 0, 1));
		result(f, SECCOMP_RET_ALLOW);
	}
	result(f, REFUSE);
}

static void make(struct filter *f, bool network)
{
	static const uint32_t reads[] = {BPF_MAP_LOOKUP_ELEM, BPF_OBJ_GET_INFO_BY_FD};
	static const uint32_t typing[] = {TIOCSTI,
					  TIOCLINUX}; /* into the terminal of who started it */
	static const uint32_t families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

	f->size = 0;
	check_architecture(f);
	only(f, __NR_bpf, 0, reads, 2);
	only(f, __NR_socket, 0, families, network ? 4 : 1);
	except(f, __NR_ioctl, 1, typing, 2);
	without(f, __NR_clone, 0, NEW_NAMESPACES);
	allow(f, calls, CALLS);
}

static void make_asker(struct filter *f)
{
	static const uint32_t families[] = {AF_UNIX};

	f->size = 0;
	check_architecture(f);
	only(f, __NR_socket, 0, families, 1);
	allow(f, asker_calls, ASKER_CALLS);
}

static int install(struct filter *f, struct failure *why)
{
	struct sock_fprog program = {.filter = f->v, .len = f->size};

	if (!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0))
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT, "cannot filter system calls: %s",
			   strerror(errno));
}

int confine(bool network, struct failure *why)
{
	struct filter f;

	make(&f, network);
	return install(&f, why);
}

int confine_asker(struct failure *why)
{
	struct filter f;

	make_asker(&f);
	return install(&f, why);
}
