// SPDX-License-Identifier: Apache-2.0
/* Credentials, namespaces, BPF objects, perf events, modules. */
#include "bpf-templates/tg_args.h"
#include "runtime/arg_json.h"
#include "runtime/arg_names.h"

/* ---- credentials --------------------------------------------------------------------------- */

static void print_capabilities(struct json *j, const char *name, uint64_t mask)
{
	if (!mask)
		return;
	json_open(j, name, '[');
	for (uint32_t i = 0; i < 64; i++) {
		const char *capability = arg_name(ARG_NAMES_CAPABILITY, i);

		if (!(mask >> i & 1))
			continue;
		if (capability)
			json_text(j, NULL, capability);
		else
			json_uint(j, NULL, i);
	}
	json_close(j, ']');
}

/* The bits that have names. */
static void print_bits(struct json *j, const char *name, enum arg_names set, uint64_t mask)
{
	bool any = false;

	for (uint32_t i = 0; i < 32; i++) {
		const char *word = arg_name(set, 1ull << i);

		if (!(mask >> i & 1) || !word)
			continue;
		if (!any)
			json_open(j, name, '[');
		any = true;
		json_text(j, NULL, word);
	}
	if (any)
		json_close(j, ']');
}

void arg_json_ids(struct json *j, const struct tg_credentials *c)
{
	json_uint(j, "uid", c->uid);
	json_uint(j, "gid", c->gid);
	json_uint(j, "euid", c->euid);
	json_uint(j, "egid", c->egid);
	json_uint(j, "suid", c->suid);
	json_uint(j, "sgid", c->sgid);
	json_uint(j, "fsuid", c->fsuid);
	json_uint(j, "fsgid", c->fsgid);
	print_bits(j, "securebits", ARG_NAMES_SECURE_BIT, c->securebits);
}

void arg_json_capabilities(struct json *j, const char *name, const struct tg_credentials *c)
{
	json_open(j, name, '{');
	print_capabilities(j, "permitted", c->permitted);
	print_capabilities(j, "effective", c->effective);
	print_capabilities(j, "inheritable", c->inheritable);
	json_close(j, '}');
}

static void print_user_ns(struct json *j, const char *name, const struct tg_user_ns *ns)
{
	json_open(j, name, '{');
	json_int(j, "level", ns->level);
	json_uint(j, "uid", ns->owner);
	json_uint(j, "gid", ns->group);
	json_open(j, "ns", '{');
	arg_json_uint_unless_0(j, "inum", ns->inum);
	if (!ns->level)
		json_bool(j, "is_host", true);
	json_close(j, '}');
	json_close(j, '}');
}

static void print_cred(struct json *j, const struct tg_cred *c)
{
	json_open(j, "process_credentials_arg", '{');
	arg_json_ids(j, &c->ids);
	arg_json_capabilities(j, "caps", &c->ids);
	print_user_ns(j, "user_ns", &c->user_ns);
	json_close(j, '}');
}

/* ---- BPF, perf, modules --------------------------------------------------------------------- */

static void print_program(struct json *j, const char *name, const struct tg_bpf_prog *p)
{
	json_open(j, name, '{');
	arg_json_word(j, "ProgType", ARG_NAMES_PROGRAM, p->type);
	arg_json_uint_unless_0(j, "InsnCnt", p->insns);
	arg_json_name(j, "ProgName", p->name, sizeof(p->name));
	json_close(j, '}');
}

static void print_map(struct json *j, const struct tg_bpf_map *m)
{
	json_open(j, "bpf_map_arg", '{');
	arg_json_word(j, "MapType", ARG_NAMES_MAP, m->type);
	arg_json_uint_unless_0(j, "KeySize", m->key_size);
	arg_json_uint_unless_0(j, "ValueSize", m->value_size);
	arg_json_uint_unless_0(j, "MaxEntries", m->max_entries);
	arg_json_name(j, "MapName", m->name, sizeof(m->name));
	json_close(j, '}');
}

static void print_perf_event(struct json *j, const struct tg_perf_event *e)
{
	json_open(j, "perf_event_arg", '{');
	arg_json_name(j, "KprobeFunc", e->function, sizeof(e->function));
	arg_json_word(j, "Type", ARG_NAMES_PERF, e->type);
	if (e->config)
		json_uint64(j, "Config", e->config);
	if (e->offset)
		json_uint64(j, "ProbeOffset", e->offset);
	json_close(j, '}');
}

static void print_module(struct json *j, const struct tg_module *m)
{
	json_open(j, "module_arg", '{');
	arg_json_name(j, "name", m->name, sizeof(m->name));
	if (m->flags & TG_MODULE_CHECKED)
		json_bool(j, "signature_ok", m->flags & TG_MODULE_SIGNED);
	print_bits(j, "tainted", ARG_NAMES_TAINT, m->taints);
	json_close(j, '}');
}

bool arg_json_struct(struct json *j, const struct event_arg *arg)
{
	union {
		struct tg_cred cred;
		struct tg_user_ns ns;
		struct tg_bpf_prog program;
		struct tg_bpf_map map;
		struct tg_perf_event event;
		struct tg_module module;
	} v;

	switch (arg->type) {
	case TG_ARG_CRED:
		return arg_take(arg, &v.cred, sizeof(v.cred)) && (print_cred(j, &v.cred), true);
	case TG_ARG_USER_NS:
		return arg_take(arg, &v.ns, sizeof(v.ns)) &&
		       (print_user_ns(j, "user_ns_arg", &v.ns), true);
	case TG_ARG_BPF_ATTR:
		return arg_take(arg, &v.program, sizeof(v.program)) &&
		       (print_program(j, "bpf_attr_arg", &v.program), true);
	case TG_ARG_BPF_PROG:
		return arg_take(arg, &v.program, sizeof(v.program)) &&
		       (print_program(j, "bpf_prog_arg", &v.program), true);
	case TG_ARG_BPF_MAP:
		return arg_take(arg, &v.map, sizeof(v.map)) && (print_map(j, &v.map), true);
	case TG_ARG_PERF_EVENT:
		return arg_take(arg, &v.event, sizeof(v.event)) &&
		       (print_perf_event(j, &v.event), true);
	case TG_ARG_MODULE:
		return arg_take(arg, &v.module, sizeof(v.module)) &&
		       (print_module(j, &v.module), true);
	default:
		return false;
	}
}
