// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": arguments, data and return values against what the kernel passes. */
#include <string.h>
#include "check.h"

/* The structs that a type is read from, behind a pointer. */
static const struct {
	enum type_id type;
	const char *record;
} accepted[] = {
	{TYPE_FILE, "file"},
	{TYPE_PATH, "path"},
	{TYPE_FILENAME, "filename"},
	{TYPE_DENTRY, "dentry"},
	{TYPE_KIOCB, "kiocb"},
	{TYPE_LINUX_BINPRM, "linux_binprm"},
	{TYPE_SOCK, "sock"},
	{TYPE_SOCKET, "socket"},
	{TYPE_SKB, "sk_buff"},
	{TYPE_SOCKADDR, "sockaddr"},
	{TYPE_SOCKADDR, "sockaddr_unsized"},
	{TYPE_SOCKADDR, "sockaddr_in"},
	{TYPE_SOCKADDR, "sockaddr_in6"},
	{TYPE_SOCKADDR_UN, "sockaddr_un"},
	{TYPE_SOCKADDR_UN, "sockaddr"},
	{TYPE_SOCKADDR_UN, "sockaddr_unsized"},
	{TYPE_CRED, "cred"},
	{TYPE_USER_NAMESPACE, "user_namespace"},
	{TYPE_BPF_ATTR, "bpf_attr"},
	{TYPE_BPF_PROG, "bpf_prog"},
	{TYPE_BPF_MAP, "bpf_map"},
	{TYPE_PERF_EVENT, "perf_event"},
	{TYPE_LOAD_INFO, "load_info"},
	{TYPE_MODULE, "module"},
	{TYPE_NET_DEVICE, "net_device"},
	{TYPE_CHAR_IOVEC, "iovec"},
	{TYPE_IOV_ITER, "iov_iter"},
	{TYPE_KERNEL_CAP, "kernel_cap_struct"}, /* kernels before 6.3 */
};

#define ACCEPTED (sizeof(accepted) / sizeof(accepted[0]))

/* Kernels from 6.3 have kernel_cap_t without a struct's name. */
static bool is_capability_pointer(const struct checking *c, ktype_id id)
{
	struct kshape pointer = kbtf_shape(c->btf, id), target;

	if (pointer.kind != KSHAPE_PTR)
		return false;
	target = kbtf_shape(c->btf, pointer.target);
	return target.typedef_name && !strcmp(target.typedef_name, "kernel_cap_t");
}

const char *fitting_type(const struct checking *c, const struct ktype *t, ktype_id id)
{
	static const char *const integers[2][4] = {{"uint8", "uint16", "uint32", "uint64"},
						   {"int8", "int16", "int", "int64"}};

	if (t->class == KTYPE_INT)
		return integers[t->is_signed][t->bits <= 8    ? 0
					      : t->bits <= 16 ? 1
					      : t->bits <= 32 ? 2
							      : 3];
	if (t->class == KTYPE_CHAR_PTR)
		return "string";
	if (is_capability_pointer(c, id))
		return "kernel_cap_t";
	for (size_t i = 0; t->class == KTYPE_STRUCT_PTR && i < ACCEPTED; i++)
		if (!strcmp(accepted[i].record, t->target))
			return type_get(accepted[i].type)->name;
	return NULL;
}

static bool fits_record(enum type_id type, const struct ktype *have)
{
	for (size_t i = 0; have->class == KTYPE_STRUCT_PTR && i < ACCEPTED; i++)
		if (accepted[i].type == type && !strcmp(accepted[i].record, have->target))
			return true;
	return false;
}

static bool is_pointer(const struct ktype *t)
{
	return t->class == KTYPE_PTR || t->class == KTYPE_CHAR_PTR || t->class == KTYPE_STRUCT_PTR;
}

bool type_fits(const struct checking *c, const struct type_info *want, const struct ktype *have,
	       ktype_id id)
{
	switch (want->class) {
	case CLASS_INT:
		return have->class == KTYPE_INT || (want->bits == 64 && is_pointer(have));
	case CLASS_CAPS:
		return is_capability_pointer(c, id) || fits_record(TYPE_KERNEL_CAP, have);
	case CLASS_NOP:
		return true;
	case CLASS_AUTO:
		return false;
	default:
		break;
	}
	switch (want->id) {
	case TYPE_STRING:
		return have->class == KTYPE_CHAR_PTR;
	case TYPE_CHAR_BUF:
		return have->class == KTYPE_CHAR_PTR || have->class == KTYPE_PTR;
	case TYPE_FD:
		return have->class == KTYPE_INT && have->bits >= 32;
	case TYPE_CAPABILITY:
	case TYPE_BPF_CMD:
		return have->class == KTYPE_INT;
	default:
		return fits_record(want->id, have);
	}
}

void report_misfit(struct checking *c, const struct tir_arg *arg, const char *what,
		   const struct ktype *have, ktype_id id)
{
	const char *better = fitting_type(c, have, id);
	struct diag *m =
		diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at, "%s is %s, which `%s` cannot read",
			arg->source == ARG_RETURN
				? "the return value"
				: arena_printf(c->arena, "argument %u", arg->ir->position),
			what, arg->type->name);

	note_signature(c, m);
	if (better) {
		diag_hint(c->diags, m, "type: \"%s\"", better);
		diag_fix_word(c->diags, m, arg->ir->at, arg->type->name, better);
	} else if (arg->type->class == CLASS_INT && have->bits == 64) {
		diag_hint(c->diags, m, "type: \"uint64\"   # its address");
	}
}

void check_width(struct checking *c, const struct tir_arg *arg, const struct ktype *have)
{
	struct diag *m;

	if (arg->type->class != CLASS_INT || have->class != KTYPE_INT ||
	    arg->type->bits <= have->bits || have->bits == 0)
		return;
	m = diag_at(c->diags, DIAG_ARG_WIDTH, arg->ir->at,
		    "`%s` is wider than the argument: the kernel passes %u bits", arg->type->name,
		    have->bits);
	note_signature(c, m);
	diag_hint(c->diags, m, "type: \"%s\"", fitting_type(c, have, 0));
}

/* What the kernel has is what the argument is. */
static bool take_kernel_type(struct checking *c, struct tir_arg *arg, const struct ktype *have,
			     ktype_id id)
{
	arg->kernel = have->text;
	if (!type_fits(c, arg->type, have, id)) {
		report_misfit(c, arg, arena_printf(c->arena, "`%s`", have->text), have, id);
		return false;
	}
	check_width(c, arg, have);
	arg->bits = have->bits ? have->bits : 64;
	arg->is_signed = have->is_signed;
	arg->is_enum = have->is_enum;
	arg->is_pointer = is_pointer(have);
	return true;
}

static bool report_position(struct checking *c, const struct tir_arg *arg)
{
	struct diag *m = diag_at(
		c->diags, DIAG_ARG_COUNT, arg->ir->at,
		"there is no argument %u: the %s has %zu, counted from 0", arg->ir->position,
		c->syscall_function ? "system call" : "function", c->function->param_count);

	note_signature(c, m);
	if (!c->out->syscall && c->out->symbol && !strncmp(c->out->symbol, "__x64_sys_", 10))
		diag_hint(c->diags, m, "syscall: true   # to read the system call's own");
	return false;
}

/* `btfType` says what the parameter really points to; its module may be another than the hook's.
 * Where nothing is known of modules the path cannot be judged. */
static bool check_resolved(struct checking *c, struct tir_arg *arg, const struct kparam *param)
{
	const struct ast_str *type = arg->ir->btf_type, *module = arg->ir->btf_module;
	const struct kbtf *own = c->btf;
	bool known = true, ok;

	if (module && !module_types(c, module, &known))
		return !known;
	ok = check_path(c, arg, type ? kbtf_struct(c->btf, type->s) : param->id, !type);
	c->btf = own;
	return ok;
}

static bool check_parameter(struct checking *c, struct tir_arg *arg)
{
	uint32_t at = arg->ir->position;
	const struct kparam *param;

	arg->source = ARG_PARAMETER;
	if (at >= c->function->param_count)
		return report_position(c, arg);
	param = &c->function->params[at];
	if (!arg->ir->path)
		return take_kernel_type(c, arg, &param->type, param->id);
	return check_resolved(c, arg, param);
}

/* Values that a program passes are numbers and addresses in its own memory. */
static bool check_user_value(struct checking *c, const struct tir_arg *arg)
{
	struct diag *m;

	switch (arg->type->id) {
	case TYPE_FD:
	case TYPE_SOCKADDR:
	case TYPE_SOCKADDR_UN:
	case TYPE_BPF_ATTR:
	case TYPE_BPF_CMD:
	case TYPE_CAPABILITY:
		return true;
	default:
		break;
	}
	if (arg->type->class == CLASS_INT || arg->type->class == CLASS_STRING ||
	    arg->type->class == CLASS_BYTES)
		return true;
	m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
		    "a system call's arguments are values of the program: `%s` is a kernel object",
		    arg->type->name);
	diag_hint(c->diags, m,
		  "type: \"string\" for a path the program passes, or an LSM hook such "
		  "as `file_open` for the file that is really opened");
	return false;
}

/* The kernel records no prototypes of system calls: registers are 64 bits of user data. */
static bool check_syscall_arg(struct checking *c, struct tir_arg *arg)
{
	const struct ktype *have;

	arg->source = ARG_SYSCALL;
	arg->from_user = true;
	arg->abi32 = abi_is_32bit(c->out->abi);
	arg->bits = 64;
	if (arg->ir->path) {
		diag_at(c->diags, DIAG_RESOLVE, arg->ir->resolve->at,
			"`resolve` follows the kernel's own structures; a system call's arguments "
			"are the program's");
		return false;
	}
	if (arg->ir->position >= SYSCALL_ARGS) {
		diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			"system calls have at most %d arguments, counted from 0", SYSCALL_ARGS);
		return false;
	}
	if (!check_user_value(c, arg))
		return false;
	if (!c->function)
		return true;
	if (arg->ir->position >= c->function->param_count)
		return report_position(c, arg);
	have = &c->function->params[arg->ir->position].type;
	arg->kernel = have->text;
	if (have->class == KTYPE_OTHER || type_fits(c, arg->type, have, 0))
		return true;
	report_misfit(c, arg, arena_printf(c->arena, "`%s`", have->text), have, 0);
	return false;
}

static bool check_auto(struct checking *c, const struct tir_arg *arg)
{
	const struct kparam *param = NULL;
	const char *better;
	struct diag *m;

	if (arg->type->class != CLASS_AUTO || c->hook->kind == HOOK_TRACEPOINT || arg->ir->path)
		return true;
	m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
		    "argument %u needs a `type`: only tracepoints can derive it",
		    arg->ir->position);
	if (c->function && arg->ir->position < c->function->param_count)
		param = &c->function->params[arg->ir->position];
	if (c->function && !c->syscall_function)
		note_signature(c, m);
	better = param && !c->syscall_function ? fitting_type(c, &param->type, param->id) : NULL;
	if (better)
		diag_hint(c->diags, m, "type: \"%s\"", better);
	return false;
}

/* Types that only the record of a tracepoint has. */
static bool check_type_place(struct checking *c, const struct tir_arg *arg)
{
	bool tracepoint = c->hook->kind == HOOK_TRACEPOINT;
	enum type_id id = arg->type->id;

	if (id == TYPE_BPF_CMD && c->hook->kind != HOOK_KPROBE && c->hook->kind != HOOK_FENTRY) {
		diag_hint(c->diags,
			  diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
				  "`bpf_cmd` is known to kprobes and fentry hooks only; this is %s "
				  "%s",
				  hook_article(c->hook->kind), hook_noun(c->hook->kind)),
			  "type: \"int\"");
		return false;
	}
	if (tracepoint || (id != TYPE_SYSCALL64 && id != TYPE_DATA_LOC && id != TYPE_CONST_BUF))
		return true;
	diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
		"`%s` reads a field of a tracepoint's record; %s %s has none", arg->type->name,
		hook_article(c->hook->kind), hook_noun(c->hook->kind));
	return false;
}

static bool report_no_size(struct checking *c, const struct tir_arg *arg)
{
	bool tracepoint = c->hook->kind == HOOK_TRACEPOINT;
	const struct kparam *next = NULL;
	struct diag *m = diag_at(c->diags, DIAG_ARG_SIZE, arg->ir->at,
				 "`%s` needs `sizeArgIndex`, the %s that holds its size",
				 arg->type->name, tracepoint ? "field" : "argument");

	diag_note(c->diags, m, "Tetragon accepts this and reads nothing");
	if (c->function && arg->ir->position + 1 < c->function->param_count)
		next = &c->function->params[arg->ir->position + 1];
	note_signature(c, m);
	if (next && next->type.class == KTYPE_INT)
		diag_hint(c->diags, m, "sizeArgIndex: %u   # `%s`, counted from 1",
			  arg->ir->position + 2, next->name);
	return false;
}

/* The argument that holds the size of a buffer. */
static bool check_size(struct checking *c, struct tir_arg *arg)
{
	uint32_t at = arg->ir->size_position;
	const struct ktype *have;
	struct diag *m;

	if (!at && !arg->ir->return_copy &&
	    (arg->type->id == TYPE_CHAR_BUF || arg->type->id == TYPE_CHAR_IOVEC))
		return report_no_size(c, arg);
	arg->size.bits = 64;
	if (!at || !c->function || c->hook->kind == HOOK_TRACEPOINT)
		return true;
	if (at > c->function->param_count) {
		m = diag_at(c->diags, DIAG_ARG_SIZE, arg->ir->size_at,
			    "there is no argument %u to hold the size: the %s has %zu, counted "
			    "from 1 here",
			    at, c->syscall_function ? "system call" : "function",
			    c->function->param_count);
		note_signature(c, m);
		return false;
	}
	have = &c->function->params[at - 1].type;
	if (have->class == KTYPE_INT && have->bits) {
		arg->size.bits = have->bits;
		arg->size.is_signed = have->is_signed;
	}
	if (have->class == KTYPE_INT || have->class == KTYPE_OTHER)
		return true;
	m = diag_at(c->diags, DIAG_ARG_SIZE, arg->ir->size_at,
		    "argument %u, counted from 1 here, is `%s`, which is no size", at, have->text);
	note_signature(c, m);
	return false;
}

static bool check_task_path(struct checking *c, struct tir_arg *arg)
{
	arg->source = ARG_TASK;
	return check_path(c, arg, kbtf_struct(c->btf, "task_struct"), false);
}

static bool check_register(struct checking *c, struct tir_arg *arg)
{
	arg->source = ARG_REGISTER;
	arg->bits = 64;
	arg->from_user = c->out->syscall;
	if (arg->type->class != CLASS_AUTO && arg->type->id != TYPE_DATA_LOC &&
	    arg->type->id != TYPE_CONST_BUF)
		return true;
	diag_hint(c->diags,
		  diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
			  "a register needs a `type`, which says what it holds"),
		  "type: \"uint64\"");
	return false;
}

static bool check_place(struct checking *c, struct tir_arg *arg)
{
	if (c->hook->kind == HOOK_TRACEPOINT)
		return check_field(c, arg);
	if (c->hook->kind == HOOK_UPROBE || c->hook->kind == HOOK_USDT)
		return check_probe_arg(c, arg);
	return c->out->syscall ? check_syscall_arg(c, arg) : check_parameter(c, arg);
}

static bool check_arg(struct checking *c, const struct ir_arg *ir, struct tir_arg *arg)
{
	arg->ir = ir;
	arg->type = type_get(ir->type);
	if (ir->source == IR_SOURCE_CURRENT_TASK)
		return check_task_path(c, arg);
	if (ir->source == IR_SOURCE_REGISTER)
		return check_register(c, arg);
	if (!check_auto(c, arg) || !check_type_place(c, arg) || !check_size(c, arg))
		return false;
	if (arg->type->class == CLASS_NOP && !ir->path) {
		arg->source = ARG_NONE;
		return true;
	}
	return check_place(c, arg);
}

/* Only a socket can be tracked. */
static bool check_return_action(struct checking *c, const struct tir_arg *arg)
{
	if (c->hook->return_action == RETURN_NOTHING || arg->type->class == CLASS_SOCK)
		return true;
	diag_note(c->diags,
		  diag_at(c->diags, DIAG_ACTION_ARG, arg->ir->at,
			  "`returnArgAction` needs a `returnArg` of type `sock` or `socket`, not "
			  "`%s`",
			  arg->type->name),
		  "Tetragon accepts this and tracks an address that is none");
	return false;
}

static bool check_return(struct checking *c, struct tir_arg *arg)
{
	static const struct ktype syscall_result = {
		.class = KTYPE_INT, .bits = 64, .is_signed = true, .text = "long"};
	const struct ktype *have = &syscall_result;
	ktype_id id = 0;

	arg->ir = c->hook->return_arg;
	arg->type = type_get(arg->ir->type);
	arg->source = ARG_RETURN;
	arg->bits = 64;
	if (arg->type->class == CLASS_NOP)
		return check_return_action(c, arg);
	if (arg->type->class == CLASS_AUTO) {
		diag_hint(c->diags,
			  diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
				  "`returnArg` needs a `type`: only tracepoints can derive it"),
			  "type: \"int\"");
		return false;
	}
	if (!check_return_action(c, arg))
		return false;
	if (c->hook->kind == HOOK_UPROBE)
		return check_probe_return(c, arg);
	if (!c->out->syscall) {
		have = &c->function->result;
		id = c->function->result_id;
	}
	if (have->class != KTYPE_VOID)
		return take_kernel_type(c, arg, have, id);
	note_signature(c, diag_at(c->diags, DIAG_RETURN_ARG, arg->ir->whole,
				  "the function returns nothing"));
	return false;
}

void check_args(struct checking *c)
{
	const struct ir_hook *ir = c->hook;
	struct tir_hook *out = c->out;

	out->args = arena_array(c->arena, ir->arg_count, sizeof(*out->args));
	out->data = arena_array(c->arena, ir->data_count, sizeof(*out->data));
	out->arg_count = ir->arg_count;
	out->data_count = ir->data_count;
	for (size_t i = 0; i < ir->arg_count; i++)
		out->args[i].good = check_arg(c, &ir->args[i], &out->args[i]);
	for (size_t i = 0; i < ir->data_count; i++)
		out->data[i].good = check_arg(c, &ir->data[i], &out->data[i]);
	if (!ir->return_arg)
		return;
	out->return_arg = arena_alloc(c->arena, sizeof(*out->return_arg));
	out->return_arg->good = check_return(c, out->return_arg);
}
