// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "runtime/features.h"

#define LSM_LIST "/sys/kernel/security/lsm"
#define LOCKDOWN "/sys/kernel/security/lockdown"

/* A probe returns whether the feature is there, and fills `why` when it is not. */
typedef bool probe_fn(struct features *f, char *why);

static int absent(char *why, const char *sentence, int error)
{
	if (error)
		snprintf(why, FEATURE_WHY_SIZE, "%s: %s", sentence, strerror(error));
	else
		snprintf(why, FEATURE_WHY_SIZE, "%s", sentence);
	return false;
}

static bool probe_btf(struct features *f, char *why)
{
	if (!kernel_btf_open(&f->btf))
		return true;
	return absent(why, "the kernel offers no type information (BTF)", errno);
}

static bool probe_program_allocation(struct features *f, char *why)
{
	if (kernel_btf_find(&f->btf, "bpf_mem_alloc", BTF_KIND_STRUCT))
		return true;
	return absent(why, "programs cannot allocate map entries", 0);
}

static bool try_program(enum bpf_prog_type type, const struct bpf_insn *code, size_t count,
			struct bpf_prog_load_opts *opts)
{
	int fd = bpf_prog_load(type, NULL, "Dual BSD/GPL", code, count, opts);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Loads "return 0" as a program of this kind; it is gone again before the return. */
static bool try_load(enum bpf_prog_type type, struct bpf_prog_load_opts *opts)
{
	static const struct bpf_insn return_zero[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return try_program(type, return_zero, 2, opts);
}

static bool try_traced(struct features *f, enum bpf_prog_type type, enum bpf_attach_type attach,
		       const char *target, unsigned int kind)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach);
	uint32_t id = kernel_btf_find(&f->btf, target, kind);

	if (!id) {
		errno = ESRCH;
		return false;
	}
	opts.attach_btf_id = id;
	return try_load(type, &opts);
}

static bool probe_fentry(struct features *f, char *why)
{
	if (try_traced(f, BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "bpf_fentry_test1",
		       BTF_KIND_FUNC))
		return true;
	return absent(why, "this kernel takes no fentry programs", errno);
}

/* On a security hook, which is where bundles use it: the kernel's own test function is only
 * there for error injection, which distributions switch off. */
static bool probe_fmod_ret(struct features *f, char *why)
{
	if (try_traced(f, BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, "security_file_permission",
		       BTF_KIND_FUNC))
		return true;
	return absent(why, "this kernel takes no fmod_ret programs", errno);
}

static bool probe_tp_btf(struct features *f, char *why)
{
	if (try_traced(f, BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "btf_trace_sched_process_exec",
		       BTF_KIND_TYPEDEF))
		return true;
	return absent(why, "this kernel takes no typed raw tracepoint programs", errno);
}

static bool probe_iter_task(struct features *f, char *why)
{
	if (try_traced(f, BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, "bpf_iter_task", BTF_KIND_FUNC))
		return true;
	return absent(why, "this kernel takes no task iterator programs", errno);
}

/* Whether the comma-separated list of active security modules has "bpf". */
static bool lists_bpf(char *list)
{
	char *word, *rest = list;

	while ((word = strsep(&rest, ",\n"))) {
		if (!strcmp(word, "bpf"))
			return true;
	}
	return false;
}

/* A kernel that has BPF LSM but not in its list loads such programs and never runs them. */
static bool probe_lsm(struct features *f, char *why)
{
	char list[256];
	int fd = open(LSM_LIST, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);

	if (fd >= 0)
		close(fd);
	if (size < 0)
		return absent(why, "cannot read " LSM_LIST " (is securityfs mounted?)", errno);
	list[size] = '\0';
	if (!lists_bpf(list))
		return absent(why, "BPF LSM is not active: boot with lsm=...,bpf", 0);
	if (try_traced(f, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "bpf_lsm_file_open", BTF_KIND_FUNC))
		return true;
	return absent(why, "this kernel takes no LSM programs", errno);
}

static bool probe_file_hash(struct features *f, char *why)
{
	if (!features_have(f, FEATURE_LSM))
		return absent(why, features_why(f, FEATURE_LSM), 0);
	if (kernel_btf_find(&f->btf, "bpf_ima_inode_hash", BTF_KIND_FUNC))
		return true;
	return absent(why,
		      "this kernel does not tell programs the hashes of files (Linux 5.11 and "
		      "later do)",
		      0);
}

static bool probe_kprobe(struct features *f, char *why)
{
	(void)f;
	if (access("/sys/bus/event_source/devices/kprobe/type", F_OK) &&
	    access("/sys/kernel/tracing/kprobe_events", F_OK) &&
	    access("/sys/kernel/debug/tracing/kprobe_events", F_OK))
		return absent(why, "this kernel has no kprobes", 0);
	if (try_load(BPF_PROG_TYPE_KPROBE, NULL))
		return true;
	return absent(why, "this kernel takes no kprobe programs", errno);
}

static bool probe_override_return(struct features *f, char *why)
{
	static const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_override_return},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};

	if (!features_have(f, FEATURE_KPROBE))
		return absent(why, features_why(f, FEATURE_KPROBE), 0);
	if (try_program(BPF_PROG_TYPE_KPROBE, code, 4, NULL))
		return true;
	return absent(why,
		      "this kernel does not let programs replace the result of a function "
		      "(CONFIG_BPF_KPROBE_OVERRIDE)",
		      errno);
}

static bool probe_kprobe_multi(struct features *f, char *why)
{
	if (features_have(f, FEATURE_KPROBE) &&
	    kernel_btf_find(&f->btf, "register_fprobe_syms", BTF_KIND_FUNC))
		return true;
	return absent(why, "this kernel attaches kprobes one by one only", 0);
}

static bool probe_uprobe(struct features *f, char *why)
{
	(void)f;
	if (access("/sys/bus/event_source/devices/uprobe/type", F_OK))
		return absent(why, "this kernel has no uprobes", 0);
	if (try_load(BPF_PROG_TYPE_KPROBE, NULL))
		return true;
	return absent(why, "this kernel takes no uprobe programs", errno);
}

/* Writes to the context are accepted at all. */
static bool probe_uprobe_registers(struct features *f, char *why)
{
	static const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_STX | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_1},
		{.code = BPF_JMP | BPF_EXIT},
	};

	if (!features_have(f, FEATURE_UPROBE))
		return absent(why, features_why(f, FEATURE_UPROBE), 0);
	if (try_program(BPF_PROG_TYPE_KPROBE, code, 3, NULL))
		return true;
	return absent(why,
		      "this kernel does not let uprobes change registers (Linux 6.18 and later do)",
		      errno);
}

static bool locked_down(void)
{
	char modes[128];
	int fd = open(LOCKDOWN, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, modes, sizeof(modes) - 1);

	if (fd >= 0)
		close(fd);
	modes[size > 0 ? size : 0] = '\0';
	return strstr(modes, "[integrity]") || strstr(modes, "[confidentiality]");
}

static bool probe_uprobe_memory(struct features *f, char *why)
{
	static const struct bpf_insn code[] = {
		{.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1},
		{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_10},
		{.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = -8},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 4},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_write_user},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K},
		{.code = BPF_JMP | BPF_EXIT},
	};

	if (!features_have(f, FEATURE_UPROBE))
		return absent(why, features_why(f, FEATURE_UPROBE), 0);
	if (try_program(BPF_PROG_TYPE_KPROBE, code, sizeof(code) / sizeof(code[0]), NULL))
		return true;
	if (locked_down())
		return absent(why,
			      "this kernel is locked down (" LOCKDOWN
			      "), so no program may write to the memory of others",
			      0);
	return absent(why,
		      "the kernel lets no program of tgrun write to the memory of others, which "
		      "takes CAP_SYS_ADMIN",
		      errno);
}

static bool probe_tracepoint(struct features *f, char *why)
{
	(void)f;
	if (access("/sys/kernel/tracing/events", X_OK) &&
	    access("/sys/kernel/debug/tracing/events", X_OK))
		return absent(why,
			      "cannot enter /sys/kernel/tracing/events "
			      "(is tracefs mounted?)",
			      errno);
	if (try_load(BPF_PROG_TYPE_TRACEPOINT, NULL))
		return true;
	return absent(why, "this kernel takes no tracepoint programs", errno);
}

#define FEATURE(id, typed, fn) [id] = {typed, fn}

static const struct {
	bool needs_btf;
	probe_fn *probe;
} table[FEATURE_COUNT] = {
	FEATURE(FEATURE_BTF, false, probe_btf),
	FEATURE(FEATURE_PROGRAM_ALLOCATION, true, probe_program_allocation),
	FEATURE(FEATURE_FENTRY, true, probe_fentry),
	FEATURE(FEATURE_FMOD_RET, true, probe_fmod_ret),
	FEATURE(FEATURE_LSM, true, probe_lsm),
	FEATURE(FEATURE_KPROBE, false, probe_kprobe),
	FEATURE(FEATURE_KPROBE_MULTI, true, probe_kprobe_multi),
	FEATURE(FEATURE_UPROBE, false, probe_uprobe),
	FEATURE(FEATURE_TRACEPOINT, false, probe_tracepoint),
	FEATURE(FEATURE_TP_BTF, true, probe_tp_btf),
	FEATURE(FEATURE_ITER_TASK, true, probe_iter_task),
	FEATURE(FEATURE_OVERRIDE_RETURN, false, probe_override_return),
	FEATURE(FEATURE_UPROBE_REGISTERS, false, probe_uprobe_registers),
	FEATURE(FEATURE_UPROBE_MEMORY, false, probe_uprobe_memory),
	FEATURE(FEATURE_FILE_HASH, true, probe_file_hash),
};

bool features_have(struct features *f, enum feature feature)
{
	struct feature_answer *answer = &f->answers[feature];

	if (answer->known)
		return answer->present;
	answer->known = true;
	if (table[feature].needs_btf && !features_have(f, FEATURE_BTF))
		snprintf(answer->why, sizeof(answer->why), "%s", features_why(f, FEATURE_BTF));
	else
		answer->present = table[feature].probe(f, answer->why);
	return answer->present;
}

const char *features_why(const struct features *f, enum feature feature)
{
	return f->answers[feature].why;
}

static const struct {
	enum feature feature;
	const char *name;
} attach_table[] = {
	[TG_ATTACH_FENTRY] = {FEATURE_FENTRY, "fentry"},
	[TG_ATTACH_FMOD_RET] = {FEATURE_FMOD_RET, "fmod_ret"},
	[TG_ATTACH_LSM] = {FEATURE_LSM, "lsm"},
	[TG_ATTACH_KPROBE] = {FEATURE_KPROBE, "kprobe"},
	[TG_ATTACH_TRACEPOINT] = {FEATURE_TRACEPOINT, "tracepoint"},
	[TG_ATTACH_FEXIT] = {FEATURE_FENTRY, "fexit"},
	[TG_ATTACH_KRETPROBE] = {FEATURE_KPROBE, "kretprobe"},
	[TG_ATTACH_KPROBE_MULTI] = {FEATURE_KPROBE_MULTI, "kprobe.multi"},
	[TG_ATTACH_KRETPROBE_MULTI] = {FEATURE_KPROBE_MULTI, "kretprobe.multi"},
	[TG_ATTACH_UPROBE] = {FEATURE_UPROBE, "uprobe"},
	[TG_ATTACH_URETPROBE] = {FEATURE_UPROBE, "uretprobe"},
	[TG_ATTACH_TP_BTF] = {FEATURE_TP_BTF, "tp_btf"},
	[TG_ATTACH_ITER_TASK] = {FEATURE_ITER_TASK, "iter/task"},
	[TG_ATTACH_KPROBE_OVERRIDE] = {FEATURE_OVERRIDE_RETURN, "kprobe with bpf_override_return"},
	[TG_ATTACH_UPROBE_REGISTERS] = {FEATURE_UPROBE_REGISTERS, "uprobe that changes registers"},
	[TG_ATTACH_UPROBE_MEMORY] = {FEATURE_UPROBE_MEMORY, "uprobe that changes memory"},
	[TG_ATTACH_LSM_SLEEPABLE] = {FEATURE_FILE_HASH, "lsm that may sleep"},
};

enum feature features_of_attach(enum tg_attach attach)
{
	if (attach < TG_ATTACH_FENTRY || attach >= TG_ATTACH_COUNT)
		return FEATURE_COUNT;
	return attach_table[attach].feature;
}

const char *features_attach_name(enum tg_attach attach)
{
	return features_of_attach(attach) == FEATURE_COUNT ? "?" : attach_table[attach].name;
}

bool features_have_function(struct features *f, const char *name)
{
	return features_have(f, FEATURE_BTF) && kernel_btf_find(&f->btf, name, BTF_KIND_FUNC);
}

void features_release(struct features *f)
{
	kernel_btf_close(&f->btf);
}
