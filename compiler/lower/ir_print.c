// SPDX-License-Identifier: Apache-2.0
/* The normal form as text: what two spellings of one policy have in common. */
#include <inttypes.h>
#include <string.h>
#include "ir.h"

struct printer {
	const struct sources *places; /* NULL: without */
	FILE *to;
	unsigned depth;
};

static void begin(const struct printer *p, const char *word)
{
	fprintf(p->to, "%*s%s", (int)(p->depth * 2), "", word);
}

static void end(const struct printer *p, struct span at)
{
	if (p->places && at.end > at.start) {
		const struct source *f = sources_get(p->places, at.file);
		struct place from = source_place(f, at.start);

		fprintf(p->to, " @%u:%u", from.line, from.column);
	}
	fputc('\n', p->to);
}

static const struct span nowhere;

static void put_text(const struct printer *p, const char *s, size_t len)
{
	fputs(" \"", p->to);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\')
			fprintf(p->to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(p->to, "\\x%02x", c);
		else
			fputc(c, p->to);
	}
	fputc('"', p->to);
}

static void put_str(const struct printer *p, const struct ast_str *s)
{
	put_text(p, s->s, s->len);
}

static void put_strs(const struct printer *p, const struct ast_str *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_str(p, &v[i]);
}

static void put_flag(const struct printer *p, bool set, const char *word)
{
	if (set)
		fprintf(p->to, " %s", word);
}

static void put_line(const struct printer *p, const char *word, const char *text)
{
	if (!text || !*text)
		return;
	begin(p, word);
	put_text(p, text, strlen(text));
	end(p, nowhere);
}

static void put_str_line(const struct printer *p, const char *word, const struct ast_str *s)
{
	if (!s)
		return;
	begin(p, word);
	put_str(p, s);
	end(p, s->at);
}

/* ---- names, arguments ------------------------------------------------------------------- */

static void put_names(const struct printer *p, const char *word, const struct ir_names *names)
{
	static const char *const sources[] = {
		[NAMES_SYSCALLS] = "every system call", [NAMES_FTRACE] = "functions matching"};

	if (names->source != NAMES_WRITTEN) {
		begin(p, word);
		fprintf(p->to, " %s", sources[names->source]);
		if (names->pattern)
			put_str(p, names->pattern);
		end(p, names->at);
	}
	for (size_t i = 0; i < names->n; i++) {
		begin(p, word);
		put_text(p, names->v[i].name, strlen(names->v[i].name));
		put_flag(p, names->v[i].syscall, "syscall");
		put_flag(p, abi_is_32bit(names->v[i].abi), "32-bit");
		end(p, names->v[i].at);
	}
}

static void put_arg(const struct printer *p, const char *word, const struct ir_arg *a)
{
	static const char *const sources[] = {[IR_SOURCE_ARGUMENT] = NULL,
					      [IR_SOURCE_CURRENT_TASK] = "current_task",
					      [IR_SOURCE_REGISTER] = "register"};

	begin(p, word);
	fprintf(p->to, " %u %s", a->position, type_get(a->type)->name);
	put_flag(p, a->source != IR_SOURCE_ARGUMENT, sources[a->source]);
	if (a->resolve)
		put_str(p, a->resolve);
	if (a->btf_type)
		put_str(p, a->btf_type);
	if (a->btf_module)
		put_str(p, a->btf_module);
	if (a->size_position)
		fprintf(p->to, " size %u", a->size_position - 1);
	put_flag(p, a->return_copy, "at-return");
	put_flag(p, a->max_data, "all-data");
	put_flag(p, *a->label, "as");
	if (*a->label)
		put_text(p, a->label, strlen(a->label));
	end(p, a->whole);
}

static void put_place(const struct printer *p, const struct ir_place *place)
{
	static const char *const kinds[] = {[PLACE_SYMBOL] = "symbol",
					    [PLACE_OFFSET] = "file-offset",
					    [PLACE_ADDRESS] = "address"};

	begin(p, kinds[place->kind]);
	if (place->kind == PLACE_SYMBOL)
		put_text(p, place->symbol, strlen(place->symbol));
	fprintf(p->to, " 0x%" PRIx64, place->offset);
	if (place->counted)
		fprintf(p->to, " counter 0x%" PRIx64, place->counter);
	end(p, place->at);
}

/* ---- workloads -------------------------------------------------------------------------- */

static void put_labels(const struct printer *p, const char *word, const struct ir_label_selector *s)
{
	static const char *const ops[] = {[LABEL_IN] = "in",
					  [LABEL_NOT_IN] = "not-in",
					  [LABEL_EXISTS] = "exists",
					  [LABEL_ABSENT] = "absent"};

	if (!s)
		return;
	begin(p, word);
	put_flag(p, !s->n, "any");
	end(p, s->at);
	for (size_t i = 0; i < s->n; i++) {
		begin(p, "  label");
		put_text(p, s->v[i].key, strlen(s->v[i].key));
		fprintf(p->to, " %s", ops[s->v[i].op]);
		put_strs(p, s->v[i].values, s->v[i].value_count);
		end(p, s->v[i].at);
	}
}

static void put_workload(const struct printer *p, const struct ir_workload *w)
{
	if (!w)
		return;
	put_labels(p, "pods", w->pod);
	put_labels(p, "containers", w->container);
	if (w->host) {
		begin(p, "host");
		end(p, nowhere);
	}
}

/* ---- selectors -------------------------------------------------------------------------- */

static void put_filter(const struct printer *p, const char *word, const struct ir_filter *f)
{
	begin(p, word);
	if (!f->expression)
		fprintf(p->to, " %u", f->arg);
	if (f->op == OP_CAPABILITIES_GAINED)
		fprintf(p->to, " %u", f->second);
	fprintf(p->to, " %s", op_name(f->op));
	put_strs(p, f->values, f->value_count);
	end(p, f->at);
}

static void put_pids(const struct printer *p, const struct ir_pids *s)
{
	begin(p, "pids");
	put_flag(p, s->negated, "not");
	put_flag(p, s->follow_forks, "follow-forks");
	put_flag(p, s->in_namespace, "in-namespace");
	for (size_t i = 0; i < s->value_count; i++)
		fprintf(p->to, " %" PRId32, s->values[i]);
	end(p, s->at);
}

static void put_binaries(const struct printer *p, const char *word, const struct ir_binaries *s,
			 size_t count)
{
	for (size_t i = 0; i < count; i++) {
		begin(p, word);
		fprintf(p->to, " %s", op_name(s[i].op));
		put_flag(p, s[i].follow_children, "follow-children");
		put_strs(p, s[i].values, s[i].value_count);
		end(p, s[i].at);
	}
}

static void put_namespaces(const struct printer *p, const struct ir_namespaces *s)
{
	begin(p, "namespace");
	fprintf(p->to, " %d", s->kind);
	put_flag(p, s->negated, "not");
	put_flag(p, s->host, "host");
	for (size_t i = 0; i < s->value_count; i++)
		fprintf(p->to, " %" PRIu32, s->values[i]);
	end(p, s->at);
}

static void put_capabilities(const struct printer *p, const char *word,
			     const struct ir_capabilities *s, size_t count)
{
	static const char *const sets[] = {[CAPS_EFFECTIVE] = "effective",
					   [CAPS_INHERITABLE] = "inheritable",
					   [CAPS_PERMITTED] = "permitted"};

	for (size_t i = 0; i < count; i++) {
		begin(p, word);
		fprintf(p->to, " %s", sets[s[i].set]);
		put_flag(p, s[i].negated, "not");
		put_flag(p, s[i].other_user_namespace, "other-user-namespace");
		fprintf(p->to, " 0x%" PRIx64, s[i].mask);
		end(p, s[i].at);
	}
}

static const char *action_word(const struct ir_action *a)
{
	const char *name = action_name(a->action);

	return name ? name : "?";
}

static void put_rate(const struct printer *p, const struct ir_action *a)
{
	static const char *const scopes[] = {
		[RATE_THREAD] = "thread", [RATE_PROCESS] = "process", [RATE_GLOBAL] = "global"};

	if (a->rate_ms)
		fprintf(p->to, " rate %" PRIu32 "ms %s", a->rate_ms, scopes[a->rate_scope]);
}

static void put_action(const struct printer *p, const char *word, const struct ir_action *a)
{
	begin(p, word);
	fprintf(p->to, " %s", action_word(a));
	if (a->action == TG_ACTION_SIGNAL || a->action == TG_ACTION_OVERRIDE || a->value)
		fprintf(p->to, " %" PRId32, a->value);
	if (a->action == TG_ACTION_NOTIFY_ENFORCER)
		fprintf(p->to, " error %" PRId32, a->error);
	if (a->action == TG_ACTION_TRACK_SOCK || a->action == TG_ACTION_UNTRACK_SOCK ||
	    a->action == TG_ACTION_SET)
		fprintf(p->to, " argument %" PRIu32, a->arg);
	if (a->action == TG_ACTION_SET)
		fprintf(p->to, " to %" PRIu32, a->set);
	if (a->target)
		put_str(p, a->target);
	put_strs(p, a->registers, a->register_count);
	if (a->new_symbol)
		put_str(p, a->new_symbol);
	if (a->new_place)
		fprintf(p->to, " %s %" PRId64, a->new_place_is_address ? "address" : "offset",
			a->new_place->value);
	put_rate(p, a);
	put_flag(p, a->kernel_stack, "kernel-stack");
	put_flag(p, a->user_stack, "user-stack");
	put_flag(p, a->ima_hash, "ima-hash");
	end(p, a->at);
}

static void put_process(const struct printer *p, const struct ir_selector *s)
{
	put_workload(p, s->workload);
	for (size_t i = 0; i < s->pid_count; i++)
		put_pids(p, &s->pids[i]);
	put_binaries(p, "binaries", s->binaries, s->binary_count);
	put_binaries(p, "parent-binaries", s->parent_binaries, s->parent_binary_count);
	for (size_t i = 0; i < s->namespace_count; i++)
		put_namespaces(p, &s->namespaces[i]);
	put_capabilities(p, "capabilities", s->capabilities, s->capability_count);
	for (size_t i = 0; i < s->namespace_change_count; i++) {
		begin(p, "namespace-changes");
		put_flag(p, s->namespace_changes[i].negated, "not");
		fprintf(p->to, " 0x%" PRIx32, s->namespace_changes[i].kinds);
		end(p, s->namespace_changes[i].at);
	}
	put_capabilities(p, "capability-changes", s->capability_changes,
			 s->capability_change_count);
}

static void put_selector(struct printer *p, const struct ir_selector *s)
{
	static const char *const words[] = {
		[IR_ARGS] = "filter", [IR_DATA] = "data-filter", [IR_RETURN] = "return-filter"};

	begin(p, "selector");
	end(p, s->at);
	p->depth++;
	put_line(p, "label", s->label);
	put_process(p, s);
	for (int section = 0; section < IR_SECTIONS; section++)
		for (size_t i = 0; i < s->filters[section].n; i++)
			put_filter(p, words[section], &s->filters[section].v[i]);
	for (size_t i = 0; i < s->actions.n; i++)
		put_action(p, "action", &s->actions.v[i]);
	for (size_t i = 0; i < s->return_actions.n; i++)
		put_action(p, "return-action", &s->return_actions.v[i]);
	p->depth--;
}

/* ---- hooks, policies -------------------------------------------------------------------- */

static void put_event(const struct printer *p, const struct ir_hook *h)
{
	put_line(p, "message", h->message);
	if (h->tag_count) {
		begin(p, "tags");
		put_strs(p, h->tags, h->tag_count);
		end(p, nowhere);
	}
}

static void put_hook_place(const struct printer *p, const struct ir_hook *h)
{
	put_str_line(p, "path", h->path);
	put_str_line(p, "btf", h->btf_path);
	put_line(p, "subsystem", h->subsystem);
	put_names(p, "call", &h->calls);
	for (size_t i = 0; i < h->place_count; i++)
		put_place(p, &h->places[i]);
	for (size_t i = 0; i < h->digest_count; i++)
		put_str_line(p, "digest", &h->digests[i]);
	if (h->ignore_missing || h->ignore_digest) {
		begin(p, "ignore");
		put_flag(p, h->ignore_missing, "missing");
		put_flag(p, h->ignore_digest, "digest");
		end(p, nowhere);
	}
	for (size_t i = 0; i < h->kernel_name_count; i++) {
		begin(p, h->kernel_names[i].lacks ? "kernel-lacks" : "kernel-has");
		put_text(p, h->kernel_names[i].name, strlen(h->kernel_names[i].name));
		end(p, h->kernel_names[i].at);
	}
}

static void put_hook(struct printer *p, const struct ir_hook *h)
{
	static const char *const return_actions[] = {
		[RETURN_TRACK_SOCK] = "track-sock", [RETURN_UNTRACK_SOCK] = "untrack-sock"};

	begin(p, "hook");
	fprintf(p->to, " %s", hook_noun(h->kind));
	end(p, h->at);
	p->depth++;
	put_hook_place(p, h);
	put_event(p, h);
	for (size_t i = 0; i < h->arg_count; i++)
		put_arg(p, "arg", &h->args[i]);
	for (size_t i = 0; i < h->data_count; i++)
		put_arg(p, "data", &h->data[i]);
	if (h->return_arg)
		put_arg(p, "return", h->return_arg);
	if (h->return_action)
		put_line(p, "return-value", return_actions[h->return_action]);
	for (size_t i = 0; i < h->selector_count; i++)
		put_selector(p, &h->selectors[i]);
	p->depth--;
}

static void put_options(const struct printer *p, const struct ir_policy *policy)
{
	static const char *const methods[] = {[OVERRIDE_AUTOMATIC] = "",
					      [OVERRIDE_FMOD_RET] = "fmod-ret",
					      [OVERRIDE_RETURN] = "override-return"};

	put_line(p, "namespace", policy->namespace);
	put_line(p, "mode", policy->mode == MODE_MONITOR ? "monitor" : "enforce");
	put_line(p, "override", methods[policy->override]);
	put_line(p, "kprobe-multi", policy->no_kprobe_multi ? "no" : "");
	put_line(p, "uprobe-multi", policy->no_uprobe_multi ? "no" : "");
	if (policy->preload_size) {
		begin(p, "preload-size");
		fprintf(p->to, " %" PRIu32, policy->preload_size);
		end(p, nowhere);
	}
	put_line(p, "loader", policy->loader ? "yes" : "");
}

static void put_policy(struct printer *p, const struct ir_policy *policy)
{
	begin(p, "policy");
	put_text(p, policy->name, strlen(policy->name));
	end(p, policy->at);
	p->depth++;
	put_options(p, policy);
	put_workload(p, policy->workload);
	put_labels(p, "nodes", policy->nodes);
	for (size_t i = 0; i < policy->enforcer_count; i++)
		for (size_t j = 0; j < policy->enforcers[i].call_count; j++)
			put_names(p, "enforcer", &policy->enforcers[i].calls[j]);
	for (size_t i = 0; i < policy->hook_count; i++)
		put_hook(p, &policy->hooks[i]);
	p->depth--;
}

void ir_print(const struct ir *ir, const struct sources *places, FILE *to)
{
	struct printer p = {.places = places, .to = to};

	for (size_t i = 0; i < ir->policy_count; i++)
		put_policy(&p, &ir->policies[i]);
}
