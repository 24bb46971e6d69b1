// SPDX-License-Identifier: Apache-2.0
/* The terse language: hooks, their arguments, what stands in their bodies. */
#include <stdlib.h>
#include <string.h>
#include "lower.h"

static const char *const sections[] = {"kprobes",  "fentries", "tracepoints",
				       "lsmhooks", "uprobes",  "usdts"};

static const char *section_of(int kind)
{
	static const int kinds[] = {KPROBE, FENTRY, TRACEPOINT, LSM, UPROBE, USDT};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i] == kind)
			return sections[i];
	return sections[0];
}

/* ---- what a hook watches ---------------------------------------------------------------- */

static void put_text(struct terse_lowering *l, struct yaml_node *map, const char *key,
		     const struct terse_node *n, const char *text)
{
	doc_put(l->arena, map, key, n->at, doc_string(l->arena, n->at, text));
}

static bool is_mark(const struct terse_node *n, const char *mark)
{
	return n && n->kind == T_MARK && !strcmp(n->text, mark);
}

static bool is_word(const struct terse_node *n)
{
	return n && (n->kind == T_NAME || n->kind == T_STRING);
}

static void report_target(struct terse_lowering *l, const struct terse_node *words,
			  const char *form)
{
	diag_hint(
		l->d,
		terse_say(l, DIAG_TERSE_SYNTAX, words->at, "this is not how such a hook is named"),
		"%s", form);
}

/* `ptrace` is `sys_ptrace` to YAML; what has a prefix, or quotes, stays. */
static const char *syscall_name(struct terse_lowering *l, const struct terse_node *n)
{
	if (n->kind == T_STRING || !strncmp(n->text, "sys_", 4) || !strncmp(n->text, "__", 2))
		return n->text;
	return arena_printf(l->arena, "sys_%s", n->text);
}

static void lower_function(struct terse_lowering *l, struct terse_hook *h)
{
	const struct terse_node *words = kid(h->node, 0), *first = kid(words, 0);
	const char *key = h->kind == LSM ? "hook" : "call";

	if (words->count == 2 && node_is(first, "list") && is_word(kid(words, 1))) {
		put_text(l, h->map, key, kid(words, 1),
			 arena_printf(l->arena, "list:%s", kid(words, 1)->text));
	} else if (words->count == 1 && is_word(first)) {
		h->symbol = h->syscall ? syscall_name(l, first) : first->text;
		put_text(l, h->map, key, first, h->symbol);
	} else {
		report_target(
			l, words,
			"kprobe tcp_connect(sk), kprobe list NAME; a name with dots has quotes: "
			"kprobe \"f.isra.0\"(...)");
	}
	if (h->kind != LSM)
		doc_put(l->arena, h->map, "syscall", h->node->at,
			doc_boolean(l->arena, h->node->at, h->syscall));
}

static void lower_tracepoint(struct terse_lowering *l, struct terse_hook *h)
{
	const struct terse_node *words = kid(h->node, 0);

	if (words->count != 3 || !is_word(kid(words, 0)) || !is_mark(kid(words, 1), "/") ||
	    !is_word(kid(words, 2))) {
		report_target(l, words, "tracepoint SUBSYSTEM/EVENT(...)");
		return;
	}
	h->subsystem = kid(words, 0)->text;
	h->symbol = kid(words, 2)->text;
	put_text(l, h->map, "subsystem", kid(words, 0), h->subsystem);
	put_text(l, h->map, "event", kid(words, 2), h->symbol);
	if (h->node->flags & HOOK_RAW)
		doc_put(l->arena, h->map, "raw", h->node->at,
			doc_boolean(l->arena, h->node->at, true));
}

/* The symbols, offsets or addresses of a uprobe, from word `i` on. */
static bool lower_places(struct terse_lowering *l, struct terse_hook *h, size_t i)
{
	const struct terse_node *words = kid(h->node, 0), *first = kid(words, i);
	bool offsets = node_is(first, "offset"), addresses = node_is(first, "address");
	bool numbers =
		(offsets || addresses) && kid(words, i + 1) && kid(words, i + 1)->kind == T_NUMBER;
	struct yaml_node *list = doc_list(l->arena, words->at);

	for (i += numbers; i < words->count; i += 2) {
		const struct terse_node *n = words->kids[i];

		if (i + 1 < words->count && !is_mark(words->kids[i + 1], ","))
			return false;
		if (numbers ? n->kind != T_NUMBER : !is_word(n))
			return false;
		doc_append(l->arena, list,
			   numbers ? doc_number(l->arena, n->at, n->text)
				   : doc_bytes(l->arena, n->at, n->text, n->len));
	}
	if (list->count)
		doc_put(l->arena, h->map,
			!numbers  ? "symbols"
			: offsets ? "offsets"
				  : "addrs",
			words->at, list);
	return true;
}

static void lower_uprobe(struct terse_lowering *l, struct terse_hook *h)
{
	const struct terse_node *words = kid(h->node, 0), *path = kid(words, 0);

	if (path->kind == T_STRING) {
		doc_put(l->arena, h->map, "path", path->at,
			doc_bytes(l->arena, path->at, path->text, path->len));
		if (lower_places(l, h, is_mark(kid(words, 1), ":") ? 2 : 1))
			return;
	}
	report_target(
		l, words,
		"uprobe \"/usr/bin/bash\" readline(...), uprobe \"/bin/x\" offset 0x1234(...)");
}

static void lower_usdt(struct terse_lowering *l, struct terse_hook *h)
{
	const struct terse_node *words = kid(h->node, 0), *path = kid(words, 0);

	if (words->count != 4 || path->kind != T_STRING || !is_word(kid(words, 1)) ||
	    !is_mark(kid(words, 2), ":") || !is_word(kid(words, 3))) {
		report_target(l, words, "usdt \"/usr/bin/python3\" PROVIDER:NAME(...)");
		return;
	}
	doc_put(l->arena, h->map, "path", path->at,
		doc_bytes(l->arena, path->at, path->text, path->len));
	put_text(l, h->map, "provider", kid(words, 1), kid(words, 1)->text);
	put_text(l, h->map, "name", kid(words, 3), kid(words, 3)->text);
}

static void lower_target(struct terse_lowering *l, struct terse_hook *h)
{
	switch (h->kind) {
	case TRACEPOINT:
		lower_tracepoint(l, h);
		break;
	case UPROBE:
		lower_uprobe(l, h);
		break;
	case USDT:
		lower_usdt(l, h);
		break;
	default:
		lower_function(l, h);
	}
}

/* ---- arguments -------------------------------------------------------------------------- */

const char *ref_text(struct arena *a, const struct terse_node *ref, size_t from)
{
	const char *out = NULL;

	for (size_t i = from; i < ref->count; i++) {
		const struct terse_node *n = ref->kids[i];

		if (n->kind == T_NUMBER)
			out = arena_printf(a, "%s[%s]", out ? out : "", n->text);
		else
			out = out ? arena_printf(a, "%s.%s", out, n->text) : n->text;
	}
	return out;
}

bool argument_number(const char *name, uint32_t *n)
{
	unsigned long value;
	char *end;

	if (strncmp(name, "arg", 3) || name[3] < '0' || name[3] > '9' || strlen(name) > 6)
		return false;
	value = strtoul(name + 3, &end, 10);
	*n = (uint32_t)value;
	return !*end && (name[3] != '0' || !name[4]);
}

static bool is_data(const struct terse_node *ref)
{
	return ref->count > 1 && (node_is(ref->kids[0], "task") || node_is(ref->kids[0], "reg"));
}

/* The position and, when it is not written, the type of a parameter. */
static bool locate(struct terse_lowering *l, const struct terse_node *ref, struct terse_arg *arg)
{
	const struct terse_node *base = kid(ref, 0);
	const char *type = NULL;

	if (argument_number(base->text, &arg->position)) {
		if (!arg->type && arg->whole)
			arg->type = kernel_type(l, arg->position);
		return true;
	}
	if (!kernel_argument(l, base, &arg->position, &type))
		return false;
	if (!arg->type && arg->whole)
		arg->type = type;
	return true;
}

bool is_called(const struct terse_arg *arg, const char *path)
{
	return (arg->name && !strcmp(arg->name, path)) || !strcmp(arg->path, path);
}

/* An argument of the list, or one that is only named here. */
static bool locate_size(struct terse_lowering *l, const struct terse_node *size,
			struct terse_arg *out)
{
	const struct terse_args *args = &l->hook->args;

	for (size_t i = 0; i < args->n; i++)
		if (args->v[i].whole && is_called(&args->v[i], kid(size, 0)->text)) {
			*out = args->v[i];
			return true;
		}
	return locate(l, size, out);
}

static void put_size(struct terse_lowering *l, struct yaml_node *map, const struct terse_node *size)
{
	struct terse_arg at = {.whole = false};

	if (size && locate_size(l, size, &at))
		doc_put(l->arena, map, "sizeArgIndex", size->at,
			doc_integer(l->arena, size->at, (int64_t)at.position + 1));
}

static void put_source(struct terse_lowering *l, struct yaml_node *map,
		       const struct terse_node *ref)
{
	put_text(l, map, "source", ref, node_is(kid(ref, 0), "task") ? "current_task" : "pt_regs");
}

size_t add_argument(struct terse_lowering *l, const struct terse_node *param, bool implied)
{
	const struct terse_node *alias = kid(param, 0), *ref = kid(param, 1), *type = kid(param, 2);
	bool data = is_data(ref);
	struct terse_args *args = data ? &l->hook->data : &l->hook->args;
	struct terse_arg arg = {.whole = ref->count == 1,
				.type = type ? type->text : NULL,
				.path = ref_text(l->arena, ref, 0)};
	struct yaml_node *map = doc_map(l->arena, param->at), *list;

	(void)implied;
	arg.name = alias ? alias->text : NULL;
	if (!data && !locate(l, ref, &arg))
		arg.position = 0;
	doc_put(l->arena, map, "index", ref->at, doc_integer(l->arena, ref->at, arg.position));
	if (arg.type)
		put_text(l, map, "type", type ? type : ref, arg.type);
	if (data)
		put_source(l, map, ref);
	if (ref->count > 1)
		put_text(l, map, "resolve", ref, ref_text(l->arena, ref, 1));
	if (alias)
		put_text(l, map, "label", alias, alias->text);
	put_size(l, map, kid(param, 3));
	terse_lower_attrs(l, map, kid(param, 4));
	list = doc_list_at(l->arena, l->hook->map, data ? "data" : "args", param->at);
	if (list)
		doc_append(l->arena, list, map);
	args->v = arena_grow(l->arena, args->v, args->n, &args->room, sizeof(*args->v));
	args->v[args->n] = arg;
	return args->n++;
}

/* ---- the rest --------------------------------------------------------------------------- */

static void lower_result(struct terse_lowering *l, struct terse_hook *h)
{
	const struct terse_node *type = kid(h->node, 2);
	struct yaml_node *arg;

	if (!type)
		return;
	arg = doc_map(l->arena, type->at);
	doc_put(l->arena, h->map, "return", type->at, doc_boolean(l->arena, type->at, true));
	doc_put(l->arena, arg, "index", type->at, doc_integer(l->arena, type->at, 0));
	put_text(l, arg, "type", type, type->text);
	doc_put(l->arena, h->map, "returnArg", type->at, arg);
}

static void lower_item(struct terse_lowering *l, const struct terse_node *item)
{
	struct yaml_node *tags;

	if (item->kind == T_RULE) {
		terse_lower_rule(l, item);
		return;
	}
	if (item->op == MESSAGE) {
		doc_put(l->arena, l->hook->map, "message", item->at,
			doc_bytes(l->arena, kid(item, 0)->at, kid(item, 0)->text,
				  kid(item, 0)->len));
		return;
	}
	tags = values_lower(l, kid(item, 0), WORDS_KEPT);
	if (tags)
		doc_put(l->arena, l->hook->map, "tags", item->at, tags);
}

/* What only some kernels have is left out on the others. */
static void lower_optional(struct terse_lowering *l, struct terse_hook *h)
{
	struct yaml_node *ignore;

	if (h->kind != KPROBE) {
		terse_say(l, DIAG_TERSE_CONDITION, h->node->at,
			  "only kprobes and system calls can be left out where a kernel has none");
		return;
	}
	ignore = doc_map_at(l->arena, h->map, "ignore", h->node->at);
	if (ignore)
		doc_put(l->arena, ignore, "callNotFound", h->node->at,
			doc_boolean(l->arena, h->node->at, true));
}

/* The hook's own function is not looked up among all names, but where hooks are. */
static bool is_own(const struct terse_hook *h, const struct terse_node *name, bool lacks)
{
	const struct terse_node *words = kid(h->node, 0);

	return !lacks && words->count == 1 && node_is(name, kid(words, 0)->text);
}

static void lower_need(struct terse_lowering *l, struct terse_hook *h,
		       const struct terse_node *need)
{
	const struct terse_node *names = kid(need, 1);
	bool lacks = node_is(kid(need, 0), "lacks");
	struct yaml_node *ignore, *list;

	for (size_t i = 0; i < names->count; i++) {
		const struct terse_node *name = names->kids[i];

		if (is_own(h, name, lacks)) {
			lower_optional(l, h);
			continue;
		}
		ignore = doc_map_at(l->arena, h->map, "ignore", h->node->at);
		list = doc_list_at(l->arena, ignore, lacks ? "kernelHas" : "kernelLacks", need->at);
		doc_append(l->arena, list, doc_string(l->arena, name->at, name->text));
	}
}

/* `when kernel has NAME and lacks NAME`: where it is not so, the hook is left out. */
static void lower_when(struct terse_lowering *l, struct terse_hook *h)
{
	const struct terse_node *when = kid(h->node, 5), *needs = kid(when, 1);

	for (size_t i = 0; i < needs->count; i++) {
		const struct terse_node *need = needs->kids[i];

		if (node_is(kid(when, 0), "kernel") &&
		    (node_is(kid(need, 0), "has") || node_is(kid(need, 0), "lacks")))
			lower_need(l, h, need);
		else
			diag_hint(l->d,
				  terse_say(l, DIAG_TERSE_CONDITION, when->at,
					    "this is no condition on a kernel"),
				  "when kernel has NAME kprobe NAME; when kernel lacks NAME kprobe "
				  "OTHER");
	}
}

static void lower_parts(struct terse_lowering *l, struct terse_hook *h)
{
	const struct terse_node *params = kid(h->node, 1), *body = kid(h->node, 4);

	lower_target(l, h);
	if (h->node->flags & HOOK_OPTIONAL)
		lower_optional(l, h);
	if (h->node->flags & HOOK_WHEN)
		lower_when(l, h);
	for (size_t i = 0; params && i < params->count; i++)
		add_argument(l, params->kids[i], false);
	lower_result(l, h);
	terse_lower_attrs(l, h->map, kid(h->node, 3));
	for (size_t i = 0; body && i < body->count; i++)
		lower_item(l, body->kids[i]);
}

void terse_lower_hook(struct terse_lowering *l, const struct terse_node *n)
{
	struct terse_hook h = {.node = n, .kind = n->op, .map = doc_map(l->arena, n->at)};
	struct yaml_node *list;

	list = doc_list_at(l->arena, l->spec, section_of(n->op), n->at);
	h.syscall = n->flags & HOOK_SYSCALL;
	if (!list) {
		terse_say(l, DIAG_TERSE_VALUE, n->at, "`@spec` has given `%s` another value",
			  section_of(n->op));
		return;
	}
	doc_append(l->arena, list, h.map);
	l->hook = &h;
	lower_parts(l, &h);
	l->hook = NULL;
}
