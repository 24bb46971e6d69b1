// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The job of policies/openat.yaml written by hand: the first sixteen bytes in one read that does
 * not look for the end of the text, compared as words; the text is read for the event only.
 */
#include "hand_ring.h"

struct pt_regs {
	unsigned long si;
} KERNEL_TYPE;

/* "/etc/sha" + "dow", "/etc/sud" + "oers", in the order of memory. */
#define ETC_SHA 0x6168732f6374652full
#define ETC_SUD 0x6475732f6374652full
#define DOW	0x776f64ull
#define OERS	0x7372656full

static __noinline int report_name(const char *name)
{
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return 0;
	e->time = bpf_ktime_get_boot_ns();
	e->pid_tgid = bpf_get_current_pid_tgid();
	e->function = 10;
	bpf_probe_read_user_str(e->path, sizeof(e->path), name);
	bpf_ringbuf_submit(e, 0);
	return 0;
}

SEC("fentry/__x64_sys_openat")
int BPF_PROG(hand_openat, struct pt_regs *regs)
{
	const char *name = (const char *)regs->si;
	__u64 words[2];

	if (bpf_probe_read_user(words, sizeof(words), name))
		words[1] = 0, bpf_probe_read_user_str(words, sizeof(words), name);
	if (words[0] == ETC_SHA ? (words[1] & 0xffffff) == DOW
				: words[0] == ETC_SUD && (words[1] & 0xffffffff) == OERS)
		report_name(name);
	return 0;
}
