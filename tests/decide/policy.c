// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <string.h>
#include "policy.h"

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

unsigned policy_index(const struct shape *s, unsigned arg)
{
	if (s->kind == SHAPE_TRACEPOINT)
		return 4 + arg;
	return s->kind == SHAPE_SYS_ENTER ? 5 + arg : arg;
}

static void write_hook(FILE *to, const struct shape *s)
{
	static const char *const heads[SHAPE_KINDS] = {
		[SHAPE_KPROBE] = "  kprobes:\n  - call: probe_%u\n    syscall: false\n",
		[SHAPE_SECURITY] = "  kprobes:\n  - call: security_probe_%u\n    syscall: false\n",
		[SHAPE_SYSCALL] = "  kprobes:\n  - call: sys_probe_%u\n",
		[SHAPE_LSM] = "  lsmhooks:\n  - hook: probe_%u\n",
		[SHAPE_TRACEPOINT] = "  tracepoints:\n  - subsystem: decide\n    event: probe_%u\n",
		[SHAPE_SYS_ENTER] =
			"  tracepoints:\n  - subsystem: syscalls\n    event: sys_enter_probe_%u\n",
	};

	fprintf(to, heads[s->kind], s->number);
	if (s->arg_count)
		fprintf(to, "    args:\n");
	for (unsigned i = 0; i < s->arg_count; i++)
		fprintf(to, "    - {index: %u, type: \"%s\"%s}\n", policy_index(s, i),
			s->args[i].type, s->args[i].more ? s->args[i].more : "");
}

static void write_head(FILE *to, const struct shape *s, size_t n)
{
	fprintf(to,
		"---\napiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\n"
		"metadata:\n  name: shape-%u-%zu\nspec:\n",
		s->number, n);
	if (s->enforcer)
		fprintf(to, "  enforcers: [{calls: [%s_probe_%u]}]\n",
			s->kind == SHAPE_SYSCALL ? "sys" : "security", s->number);
	if (n < s->policy_count)
		fputs(s->policies[n].spec, to);
	write_hook(to, s);
	if (n < s->policy_count)
		fputs(s->policies[n].hook, to);
}

static void write_filter(FILE *to, const struct shape *s, const struct filter *f)
{
	fprintf(to, "    selectors:\n    - matchArgs:\n      - index: %u\n        operator: %s\n",
		policy_index(s, 0), f->op);
	fprintf(to, "        values:%s\n", f->value_count ? "" : " []");
	for (size_t i = 0; i < f->value_count; i++) {
		fprintf(to, "        - ");
		write_quoted(to, &f->values[i]);
		fputc('\n', to);
	}
}

/* Policies of one hook are told apart by lines of `===`. */
static void write_selectors(FILE *to, const struct shape *s)
{
	const char *part = s->selectors, *end;

	for (size_t n = 0; part; n++) {
		end = strstr(part, "    ===\n");
		write_head(to, s, n);
		fprintf(to, "    selectors:\n%.*s", end ? (int)(end - part) : (int)strlen(part),
			part);
		part = end ? end + strlen("    ===\n") : NULL;
	}
}

void policy_write(FILE *to, const struct shape *s)
{
	if (s->selectors)
		write_selectors(to, s);
	else if (!s->filter_count)
		write_head(to, s, 0);
	for (size_t i = 0; i < s->filter_count; i++) {
		write_head(to, s, i);
		write_filter(to, s, &s->filters[i]);
	}
}

/* ---- the kernel ------------------------------------------------------------------------ */

static void write_parameters(FILE *to, const struct shape *s)
{
	for (unsigned i = 0; i < s->arg_count; i++)
		fprintf(to, "%s%s a%u", i ? ", " : "", s->args[i].c_type, i);
	fprintf(to, "%s)\n{\n\treturn 0;\n}\n", s->arg_count ? "" : "void");
}

static void write_function(FILE *to, const struct shape *s)
{
	static const char *const names[SHAPE_KINDS] = {
		[SHAPE_KPROBE] = "probe_%u",
		[SHAPE_SECURITY] = "security_probe_%u",
		[SHAPE_SYSCALL] = "__x64_sys_probe_%u",
		[SHAPE_LSM] = "bpf_lsm_probe_%u",
		[SHAPE_SYS_ENTER] = "__x64_sys_probe_%u",
	};

	if (s->kind == SHAPE_TRACEPOINT) {
		fprintf(to, "typedef void (*btf_trace_probe_%u)(void *, int);\n", s->number);
		fprintf(to, "btf_trace_probe_%u program_%u;\n", s->number, s->number);
		fprintf(to, "struct trace_event_raw_probe_%u {\n\tstruct trace_entry ent;\n",
			s->number);
		for (unsigned i = 0; i < s->arg_count; i++)
			fprintf(to, "\t%s f%u;\n", s->args[i].c_type, i);
		fprintf(to,
			"\tchar __data[0];\n} event_%u;\n"
			"typedef void (*btf_trace_probe_%u)(void *, int);\n"
			"btf_trace_probe_%u callback_%u;\n",
			s->number, s->number, s->number, s->number);
		return;
	}
	fprintf(to, "%s ", s->result.c_type ? s->result.c_type : "int");
	fprintf(to, names[s->kind], s->number);
	fprintf(to, "(");
	if (s->kind == SHAPE_SYSCALL || s->kind == SHAPE_SYS_ENTER)
		fprintf(to, "const struct pt_regs *regs)\n{\n\treturn 0;\n}\n");
	else
		write_parameters(to, s);
}

void policy_kernel(FILE *to, const struct shapes *all)
{
	fprintf(to, "typedef unsigned long size_t;\n"
		    "struct file;\nstruct path;\nstruct filename;\nstruct pt_regs;\n"
		    "struct sock;\nstruct socket;\nstruct sockaddr;\n"
		    "struct dentry;\nstruct linux_binprm;\nstruct net_device;\n"
		    "struct kernel_cap_struct;\n"
		    "struct trace_entry {\n\tunsigned short type;\n"
		    "\tunsigned char flags, preempt_count;\n\tint pid;\n};\n");
	for (size_t i = 0; i < all->count; i++)
		write_function(to, &all->v[i]);
}
