// SPDX-License-Identifier: Apache-2.0
/* Cases as the compiler reads them: policies, and the C of the kernel that they are for. */
#include <stdio.h>
#include <string.h>
#include "case.h"
#include "compiler/base/arena.h"

/* ---- policies -------------------------------------------------------------------------- */

static void write_quoted(FILE *to, const struct text *t)
{
	fputc('"', to);
	for (size_t i = 0; i < t->len; i++) {
		unsigned char c = (unsigned char)t->s[i];

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(to, "\\x%02x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static unsigned argument_index(const struct test_case *c, unsigned arg)
{
	return c->kind == CASE_TRACEPOINT ? 4 + arg : arg;
}

/* "probe_N" with what the kind of hook puts around it. */
static const struct {
	const char *head, *function; /* NULL: no function of the kernel */
} hooks[CASE_KINDS] = {
	[CASE_KPROBE] = {"  kprobes:\n  - call: probe_%u\n    syscall: false\n", "probe_%u"},
	[CASE_FENTRY] = {"  fentries:\n  - call: probe_%u\n    syscall: false\n", "probe_%u"},
	[CASE_SECURITY] = {"  kprobes:\n  - call: security_probe_%u\n    syscall: false\n",
			   "security_probe_%u"},
	[CASE_SYSCALL] = {"  kprobes:\n  - call: sys_probe_%u\n", "__x64_sys_probe_%u"},
	[CASE_LSM] = {"  lsmhooks:\n  - hook: probe_%u\n", "bpf_lsm_probe_%u"},
	[CASE_TRACEPOINT] = {"  tracepoints:\n  - subsystem: test\n    event: probe_%u\n", NULL},
	[CASE_RAW] = {"  tracepoints:\n  - subsystem: test\n    event: probe_%u\n    raw: true\n",
		      NULL},
	[CASE_UPROBE] = {"  uprobes:\n  - path: /bin/probe\n    symbols: [probe_%u]\n", NULL},
	[CASE_USDT] = {"  usdts:\n  - path: /bin/probe\n    provider: test\n    name: probe_%u\n",
		       NULL},
};

/* A buffer has its size in one more parameter, behind the others. */
static bool is_buffer(const struct test_case *c, unsigned arg)
{
	return !strcmp(c->types[arg], "char_buf");
}

static bool has_buffer(const struct test_case *c)
{
	for (unsigned i = 0; i < c->type_count; i++)
		if (is_buffer(c, i))
			return true;
	return false;
}

static void write_args(FILE *to, const struct test_case *c)
{
	if (c->type_count)
		fprintf(to, "    args:\n");
	for (unsigned i = 0; i < c->type_count; i++) {
		fprintf(to, "    - {index: %u, type: \"%s\"", argument_index(c, i), c->types[i]);
		if (is_buffer(c, i))
			fprintf(to, ", sizeArgIndex: %u", c->type_count + 1);
		fprintf(to, "}\n");
	}
}

static void write_filter(FILE *to, const struct test_case *c)
{
	const struct words *w = c->filter;

	fprintf(to, "    selectors:\n    - matchArgs:\n      - index: %u\n        operator: %s\n",
		argument_index(c, 0), w->v[2].s);
	if (w->count > 3)
		fprintf(to, "        values:\n");
	for (size_t i = 3; i < w->count; i++) {
		fprintf(to, "        - ");
		write_quoted(to, &w->v[i]);
		fputc('\n', to);
	}
}

static void write_policy(FILE *to, const struct test_case *c, unsigned n)
{
	const struct policy_part *p = &c->parts[n];

	fprintf(to, "---\napiVersion: cilium.io/v1alpha1\nkind: TracingPolicy%s\n",
		p->namespace ? "Namespaced" : "");
	fprintf(to, "metadata:\n  name: case-%u-%u\n", c->number, n);
	if (p->namespace)
		fprintf(to, "  namespace: %s\n", p->namespace);
	fprintf(to, "spec:\n%s", p->spec);
	fprintf(to, hooks[c->kind].head, c->number);
	if (!strstr(p->hook, "    args:"))
		write_args(to, c);
	fputs(p->hook, to);
	if (c->filter)
		write_filter(to, c);
	if (*p->selectors)
		fprintf(to, "    selectors:\n%s", p->selectors);
}

void case_policies(FILE *to, const struct test_case *c)
{
	for (unsigned i = 0; i < c->part_count; i++)
		write_policy(to, c, i);
}

void case_event(struct arena *a, const struct test_case *c, struct eval_event *out)
{
	static const enum hook_kind kinds[CASE_KINDS] = {
		HOOK_KPROBE,	 HOOK_KPROBE,	      HOOK_KPROBE, HOOK_KPROBE, HOOK_LSM,
		HOOK_TRACEPOINT, HOOK_RAW_TRACEPOINT, HOOK_UPROBE, HOOK_USDT};

	*out = (struct eval_event){
		.kind = kinds[c->kind], .subsystem = "test", .path = "/bin/probe"};
	out->symbol = arena_printf(a,
				   c->kind == CASE_SECURITY  ? "security_probe_%u"
				   : c->kind == CASE_SYSCALL ? "__x64_sys_probe_%u"
							     : "probe_%u",
				   c->number);
}

/* ---- the kernel ------------------------------------------------------------------------ */

static const char kernel_types[] =
	"typedef unsigned long size_t;\ntypedef unsigned int u32;\ntypedef unsigned long u64;\n"
	"typedef struct { u64 val; } kernel_cap_t;\n"
	"struct cred { kernel_cap_t cap_permitted, cap_effective; };\n"
	"struct task_struct { int pid; u64 flags; const struct cred *cred; char comm[16]; };\n"
	"struct inner { int depth; };\nstruct sock { int size; struct inner *inner; };\n"
	"struct file; struct path; struct filename; struct pt_regs; struct net_device;\n"
	"struct dentry; struct kiocb; struct linux_binprm; struct socket; struct sk_buff;\n"
	"struct sockaddr; struct sockaddr_un; struct iovec;\n"
	"struct trace_entry { unsigned short type; unsigned char flags, preempt_count; int pid; "
	"};\n"
	"struct task_struct *task;\nstruct inner inner;\n"
	"int security_enforced(void) { return task->pid; }\n"
	"struct bpf_prog_aux { _Bool kprobe_write_ctx; } newer;\n"
	"long __x64_sys_enforced(const struct pt_regs *regs) { return !regs; }\n"
	"long __x64_sys_read(const struct pt_regs *regs) { return !regs; }\n"
	"long __x64_sys_dup(const struct pt_regs *regs) { return !regs; }\n";

static const char *c_type(const char *type)
{
	static const char *const types[][2] = {
		{"int", "int"},
		{"sint32", "int"},
		{"int32", "int"},
		{"uint32", "unsigned int"},
		{"sint64", "long"},
		{"int64", "long"},
		{"long", "long"},
		{"uint64", "unsigned long"},
		{"ulong", "unsigned long"},
		{"size_t", "size_t"},
		{"sint16", "short"},
		{"int16", "short"},
		{"uint16", "unsigned short"},
		{"sint8", "signed char"},
		{"int8", "signed char"},
		{"uint8", "unsigned char"},
		{"syscall64", "long"},
		{"fd", "int"},
		{"skb", "struct sk_buff *"},
		{"kernel_cap_t", "kernel_cap_t *"},
		{"cap_inheritable", "kernel_cap_t *"},
		{"cap_permitted", "kernel_cap_t *"},
		{"cap_effective", "kernel_cap_t *"},
		{"string", "const char *"},
		{"char_buf", "const char *"},
		{"nop", "void *"},
		{"char_iovec", "struct iovec *"},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i][0], type))
			return types[i][1];
	return NULL;
}

static void write_member(FILE *to, const char *type, const char *name, unsigned n)
{
	if (!strcmp(type, "data_loc"))
		fprintf(to, "u32 __data_loc_%s%u", name, n);
	else if (c_type(type))
		fprintf(to, "%s %s%u", c_type(type), name, n);
	else
		fprintf(to, "struct %s *%s%u", type, name, n);
}

/* How a kernel tells of a tracepoint: the type of its programs, and its record. */
static void write_record(FILE *to, const struct test_case *c)
{
	fprintf(to, "typedef void (*btf_trace_probe_%u)(void *", c->number);
	for (unsigned i = 0; i < c->type_count; i++) {
		fprintf(to, ", ");
		write_member(to, c->types[i], "a", i);
	}
	fprintf(to, ");\nbtf_trace_probe_%u program_%u;\n", c->number, c->number);
	fprintf(to, "struct trace_event_raw_probe_%u {\n\tstruct trace_entry ent;\n", c->number);
	for (unsigned i = 0; i < c->type_count; i++) {
		write_member(to, c->types[i], "f", i);
		fprintf(to, ";\n");
	}
	fprintf(to, "char __data[0];\n} event_%u;\n", c->number);
}

static void write_function(FILE *to, const struct test_case *c)
{
	if (c->returns)
		fprintf(to, "struct %s *", c->returns);
	else
		fprintf(to, c->kind == CASE_SYSCALL ? "long " : "int ");
	fprintf(to, hooks[c->kind].function, c->number);
	fprintf(to, "(%s",
		c->kind == CASE_SYSCALL ? "const struct pt_regs *regs"
		: c->type_count		? ""
					: "void");
	for (unsigned i = 0; c->kind != CASE_SYSCALL && i < c->type_count; i++) {
		fprintf(to, "%s", i ? ", " : "");
		write_member(to, c->types[i], "a", i);
	}
	if (has_buffer(c))
		fprintf(to, ", unsigned long size");
	fprintf(to, ") { return 0; }\n");
}

void case_kernel(FILE *to, const struct cases *all)
{
	fputs(kernel_types, to);
	for (size_t i = 0; i < all->n; i++)
		if (all->v[i].kind == CASE_TRACEPOINT || all->v[i].kind == CASE_RAW)
			write_record(to, &all->v[i]);
		else if (hooks[all->v[i].kind].function)
			write_function(to, &all->v[i]);
}
