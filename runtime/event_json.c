// SPDX-License-Identifier: Apache-2.0
/*
 * Members stand in the order of Tetragon's protobuf declarations, not by field number. What
 * is printed although it is 0 is a wrapper type or a oneof member there.
 */
#include <string.h>
#include "bpf-templates/tg_namespaces.h"
#include "runtime/arg_json.h"
#include "runtime/clock.h"
#include "runtime/event_json.h"
#include "runtime/file_hash.h"
#include "runtime/flags.h"
#include "runtime/json.h"
#include "runtime/pod_json.h"
#include "runtime/stack_text.h"

#define NODE_NAME_MAX 255

static void print_time(struct json *j, const char *name, const struct event_style *style,
		       uint64_t ktime)
{
	char text[CLOCK_TEXT_SIZE];

	clock_text(text, clock_wall(style->clock, ktime), false);
	json_text(j, name, text);
}

static void print_exec_id(struct json *j, const char *name, const struct event_style *style,
			  const struct tg_key *key)
{
	char bytes[NODE_NAME_MAX + 48];
	struct buffer text = {.data = bytes, .capacity = sizeof(bytes)}; /* never grows */

	buffer_append(&text, style->node_name, strnlen(style->node_name, NODE_NAME_MAX));
	buffer_char(&text, ':');
	buffer_number(&text, key->ktime);
	buffer_char(&text, ':');
	buffer_number(&text, key->pid);
	json_base64(j, name, text.data, text.size);
}

struct process_view {
	const struct proc *process;
	uint32_t tid;
	uint32_t refcnt;		 /* 0: left out */
	const struct tg_exec_more *more; /* NULL: not shown */
};

/* A kind that the kernel does not have is left out. */
static void print_namespaces(struct json *j, const uint32_t *inodes, const uint32_t *host)
{
	static const char *const names[] = {
#define NAMESPACE(index, name) [index] = #name,
		TG_NAMESPACE_KINDS
#undef NAMESPACE
	};

	json_open(j, "ns", '{');
	for (int i = 0; i < TG_NAMESPACES; i++) {
		if (!inodes[i])
			continue;
		json_open(j, names[i], '{');
		json_uint(j, "inum", inodes[i]);
		if (host && host[i] == inodes[i])
			json_bool(j, "is_host", true);
		json_close(j, '}');
	}
	json_close(j, '}');
}

/* Why an exec raised privileges, if it did. */
static void print_privileges(struct json *j, uint32_t raised)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} reasons[] = {
		{TG_RAISED_FILE_CAPS, "PRIVILEGES_RAISED_EXEC_FILE_CAP"},
		{TG_RAISED_SETUID_ROOT, "PRIVILEGES_RAISED_EXEC_FILE_SETUID"},
		{TG_RAISED_SETGID_ROOT, "PRIVILEGES_RAISED_EXEC_FILE_SETGID"},
	};

	if (!(raised & (TG_RAISED_FILE_CAPS | TG_RAISED_SETUID_ROOT | TG_RAISED_SETGID_ROOT)))
		return;
	json_open(j, "privileges_changed", '[');
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (raised & reasons[i].bit)
			json_text(j, NULL, reasons[i].name);
	}
	json_close(j, ']');
}

static bool has_properties(const struct tg_exec_more *more, const struct proc_facts *facts)
{
	return more && facts && (more->raised || (more->inode && !more->links));
}

static void print_properties(struct json *j, const struct tg_exec_more *more,
			     const struct tg_credentials *c)
{
	json_open(j, "binary_properties", '{');
	if (more->raised & TG_RAISED_SETUID)
		json_uint(j, "setuid", c->euid);
	if (more->raised & TG_RAISED_SETGID)
		json_uint(j, "setgid", c->egid);
	print_privileges(j, more->raised);
	if (more->inode && !more->links) {
		json_open(j, "file", '{');
		json_open(j, "inode", '{');
		json_uint64(j, "number", more->inode);
		json_uint(j, "links", more->links);
		json_close(j, '}');
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void print_environment(struct json *j, const struct proc_text *text)
{
	size_t at = 0;

	if (!text->environment_size)
		return;
	json_open(j, "environment_variables", '[');
	while (at < text->environment_size) {
		const char *variable = text->environment + at;
		size_t size = strlen(variable), name = strcspn(variable, "=");

		json_open(j, NULL, '{');
		if (variable[name])
			json_bytes(j, "Key", variable, name);
		else
			json_text(j, "Key", "invalid");
		if (name + 1 < size)
			json_text(j, "Value", variable + name + 1);
		json_close(j, '}');
		at += size + 1;
	}
	json_close(j, ']');
}

static void print_process(struct json *j, const char *name, const struct event_style *style,
			  const struct process_view *view)
{
	const struct proc *p = view->process;
	const struct proc_facts *facts = proc_facts(p);
	char flags[FLAGS_TEXT_SIZE];

	json_open(j, name, '{');
	print_exec_id(j, "exec_id", style, &p->key);
	json_uint(j, "pid", p->key.pid);
	json_uint(j, "uid", p->uid);
	json_text_unless_empty(j, "cwd", proc_cwd(p));
	json_text_unless_empty(j, "binary", proc_binary(p));
	json_text_unless_empty(j, "arguments", proc_arguments(p));
	json_text_unless_empty(j, "flags", flags_text(flags, p->flags));
	print_time(j, "start_time", style, p->key.ktime);
	json_uint(j, "auid", p->auid);
	pod_json(j, p->text->container, p->nspid);
	json_text_unless_empty(j, "docker", proc_docker(p));
	print_exec_id(j, "parent_exec_id", style, &p->parent);
	if (view->refcnt)
		json_uint(j, "refcnt", view->refcnt);
	if (facts && style->credentials)
		arg_json_capabilities(j, "cap", &facts->credentials);
	if (facts && style->namespaces)
		print_namespaces(j, facts->namespaces, style->host_namespaces);
	json_uint(j, "tid", view->tid);
	if (facts && style->credentials) {
		json_open(j, "process_credentials", '{');
		arg_json_ids(j, &facts->credentials);
		json_close(j, '}');
	}
	if (has_properties(view->more, facts))
		print_properties(j, view->more, &facts->credentials);
	json_bool(j, "in_init_tree", p->flags & TG_P_INIT_TREE);
	print_environment(j, p->text);
	json_close(j, '}');
}

static void print_unknown_process(struct json *j, const struct event *e,
				  const struct event_style *style)
{
	json_open(j, "process", '{');
	json_uint(j, "pid", e->key.pid);
	if (e->unknown)
		json_text(j, "flags", "unknown");
	print_time(j, "start_time", style, e->key.ktime);
	json_close(j, '}');
}

/* Exec and exit show the cached entry, whose count is set for clones only; hooks a live one. */
static uint32_t cached_refcnt(const struct proc *p)
{
	return p->cloned ? 1 : 0;
}

static void print_own_process(struct json *j, const struct event *e,
			      const struct event_style *style)
{
	bool hook = e->kind != EVENT_EXEC && e->kind != EVENT_EXIT && e->kind != EVENT_LOADER;
	struct process_view view = {.process = e->process, .tid = hook ? e->tid : e->key.pid};

	if (e->process) {
		view.more = e->more;
		/* Where these are added Tetragon prints a copy of the entry, with the count. */
		hook |= has_properties(e->more, proc_facts(e->process));
		view.refcnt = hook ? e->process->uses : cached_refcnt(e->process);
		print_process(j, "process", style, &view);
	} else {
		print_unknown_process(j, e, style);
	}
}

static void print_parent(struct json *j, const struct event *e, const struct event_style *style)
{
	struct process_view view;

	if (!e->parent)
		return;
	view = (struct process_view){.process = e->parent,
				     .tid = e->parent->key.pid,
				     .refcnt = cached_refcnt(e->parent)};
	print_process(j, "parent", style, &view);
}

static void print_processes(struct json *j, const struct event *e, const struct event_style *style)
{
	print_own_process(j, e, style);
	print_parent(j, e, style);
}

static void print_ancestors(struct json *j, const struct event *e, const struct event_style *style)
{
	if (!e->ancestor_count)
		return;
	json_open(j, "ancestors", '[');
	for (size_t i = 0; i < e->ancestor_count; i++) {
		const struct proc *p = e->ancestors[i];

		print_process(j, NULL, style,
			      &(struct process_view){
				      .process = p, .tid = p->key.pid, .refcnt = cached_refcnt(p)});
	}
	json_close(j, ']');
}

/* Arguments may all print as nothing (an empty array in a record): then there is no list. */
static void close_args(struct json *j, size_t before, bool comma)
{
	if (j->comma) {
		json_close(j, ']');
		return;
	}
	j->out->size = before;
	j->comma = comma;
}

/* In events of user programs the result is the last argument. */
static void print_args(struct json *j, const struct event *e)
{
	bool user = e->kind == EVENT_UPROBE && e->has_result, comma = j->comma;
	size_t before = j->out->size;

	json_open(j, "args", '[');
	for (uint32_t i = 0; i < e->arg_count; i++)
		arg_json(j, NULL, &e->args[i], e->kind);
	if (user)
		arg_json(j, NULL, &e->result, e->kind);
	close_args(j, before, comma);
}

static void print_data(struct json *j, const struct event *e)
{
	bool comma = j->comma;
	size_t before = j->out->size;

	json_open(j, "data", '[');
	for (uint32_t i = 0; i < e->data_count; i++)
		arg_json(j, NULL, &e->args[e->arg_count + i], e->kind);
	close_args(j, before, comma);
}

static void print_tags(struct json *j, const struct event *e)
{
	if (!e->tag_count)
		return;
	json_open(j, "tags", '[');
	for (uint32_t i = 0; i < e->tag_count; i++)
		json_text(j, NULL, e->tags[i]);
	json_close(j, ']');
}

static const char *action_name(uint32_t raw)
{
	static const char *const names[] = {
		[0] = "KPROBE_ACTION_POST",
		[2] = "KPROBE_ACTION_SIGKILL",
		[4] = "KPROBE_ACTION_OVERRIDE",
		[6] = "KPROBE_ACTION_GETURL",
		[7] = "KPROBE_ACTION_DNSLOOKUP",
		[8] = "KPROBE_ACTION_NOPOST",
		[9] = "KPROBE_ACTION_SIGNAL",
		[10] = "KPROBE_ACTION_TRACKSOCK",
		[11] = "KPROBE_ACTION_UNTRACKSOCK",
		[12] = "KPROBE_ACTION_NOTIFYENFORCER",
		[13] = "KPROBE_ACTION_CLEANUPENFORCERNOTIFICATION",
		[14] = "KPROBE_ACTION_SET",
	};

	return raw < sizeof(names) / sizeof(names[0]) ? names[raw] : NULL;
}

static void print_exec(struct json *j, const struct event *e, const struct event_style *style)
{
	json_open(j, event_member(e), '{');
	print_processes(j, e, style);
	print_ancestors(j, e, style);
	json_close(j, '}');
}

static void print_exit(struct json *j, const struct event *e, const struct event_style *style)
{
	json_open(j, event_member(e), '{');
	print_processes(j, e, style);
	json_text_unless_empty(j, "signal", exit_signal_name(e->exit_code));
	if (exit_status(e->exit_code))
		json_uint(j, "status", exit_status(e->exit_code));
	print_time(j, "time", style, e->ktime);
	print_ancestors(j, e, style);
	json_close(j, '}');
}

static void print_kprobe(struct json *j, const struct event *e, const struct event_style *style)
{
	json_open(j, event_member(e), '{');
	print_processes(j, e, style);
	json_text(j, "function_name", e->function);
	print_args(j, e);
	if (e->has_result)
		arg_json(j, "return", &e->result, e->kind);
	json_text_unless_empty(j, "action", action_name(e->action));
	stack_json(j, "kernel_stack_trace", e->kernel_stack);
	json_text_unless_empty(j, "policy_name", e->policy);
	json_text_unless_empty(j, "return_action", action_name(e->return_action));
	json_text_unless_empty(j, "message", e->message);
	print_tags(j, e);
	stack_json(j, "user_stack_trace", e->user_stack);
	print_ancestors(j, e, style);
	print_data(j, e);
	json_close(j, '}');
}

/* Tetragon's events of the other kinds have no such members: these take the names they have there.
 */
static void print_stacks(struct json *j, const struct event *e)
{
	stack_json(j, "kernel_stack_trace", e->kernel_stack);
	stack_json(j, "user_stack_trace", e->user_stack);
}

static void print_hash(struct json *j, const struct event *e)
{
	char text[FILE_HASH_TEXT];

	if (e->hash && file_hash_text(text, e->hash))
		json_text(j, "ima_hash", text);
}

static void print_lsm(struct json *j, const struct event *e, const struct event_style *style)
{
	json_open(j, event_member(e), '{');
	print_processes(j, e, style);
	json_text(j, "function_name", e->function);
	json_text_unless_empty(j, "policy_name", e->policy);
	json_text_unless_empty(j, "message", e->message);
	print_args(j, e);
	json_text_unless_empty(j, "action", action_name(e->action));
	print_tags(j, e);
	print_ancestors(j, e, style);
	print_hash(j, e);
	print_stacks(j, e);
	json_close(j, '}');
}

static void print_tracepoint(struct json *j, const struct event *e, const struct event_style *style)
{
	json_open(j, event_member(e), '{');
	print_processes(j, e, style);
	json_text(j, "subsys", e->subsystem);
	json_text(j, "event", e->function);
	print_args(j, e);
	json_text_unless_empty(j, "policy_name", e->policy);
	json_text_unless_empty(j, "action", action_name(e->action));
	json_text_unless_empty(j, "message", e->message);
	print_tags(j, e);
	print_ancestors(j, e, style);
	print_stacks(j, e);
	json_close(j, '}');
}

/* Where the policy says a symbol, that names the place; else its offset in the file does. */
static void print_place(struct json *j, const struct event *e)
{
	if (e->target->place == TG_PLACE_OFFSET && e->target->offset)
		json_uint64(j, "offset", e->target->offset);
	if (e->target->counter)
		json_uint64(j, "ref_ctr_offset", e->target->counter);
}

static void print_uprobe(struct json *j, const struct event *e, const struct event_style *style)
{
	json_open(j, event_member(e), '{');
	print_processes(j, e, style);
	json_text(j, "path", e->path);
	json_text_unless_empty(j, "symbol", e->function);
	json_text_unless_empty(j, "policy_name", e->policy);
	json_text_unless_empty(j, "message", e->message);
	print_args(j, e);
	print_tags(j, e);
	print_ancestors(j, e, style);
	print_place(j, e);
	json_text_unless_empty(j, "action", action_name(e->action));
	print_data(j, e);
	json_close(j, '}');
}

static void print_usdt(struct json *j, const struct event *e, const struct event_style *style)
{
	json_open(j, event_member(e), '{');
	print_processes(j, e, style);
	json_text(j, "path", e->path);
	json_text(j, "provider", e->subsystem);
	json_text(j, "name", e->function);
	json_text_unless_empty(j, "policy_name", e->policy);
	json_text_unless_empty(j, "message", e->message);
	print_args(j, e);
	print_tags(j, e);
	print_ancestors(j, e, style);
	json_text_unless_empty(j, "action", action_name(e->action));
	json_close(j, '}');
}

static void print_loader(struct json *j, const struct event *e, const struct event_style *style)
{
	const struct record_text *path = &e->args[0].text;

	json_open(j, "process_loader", '{');
	print_own_process(j, e, style);
	json_bytes(j, "path", path->bytes, path->size);
	json_base64(j, "buildid", (const char *)e->build_id, e->build_id_size);
	print_parent(j, e, style);
	json_close(j, '}');
}

void event_json(struct buffer *out, const struct event *e, const struct event_style *style)
{
	static void (*const printers[])(struct json *, const struct event *,
					const struct event_style *) = {
		[EVENT_EXEC] = print_exec,
		[EVENT_EXIT] = print_exit,
		[EVENT_KPROBE] = print_kprobe,
		[EVENT_LSM] = print_lsm,
		[EVENT_TRACEPOINT] = print_tracepoint,
		[EVENT_UPROBE] = print_uprobe,
		[EVENT_USDT] = print_usdt,
		[EVENT_LOADER] = print_loader,
	};
	struct json j = {.out = out};

	json_open(&j, NULL, '{');
	printers[e->kind](&j, e, style);
	json_text_unless_empty(&j, "node_name", style->node_name);
	print_time(&j, "time", style, e->ktime);
	json_text_unless_empty(&j, "cluster_name", style->cluster_name);
	json_close(&j, '}');
	buffer_char(out, '\n');
}
