// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": what a selector does when it matches. */
#include <string.h>
#include "compiler/base/arena.h"
#include "lower.h"
#include "compiler/values/rate.h"
#include "compiler/values/regs.h"

/* What an action needs of its hook; FEATURE_COUNT: nothing. */
static enum hook_feature feature_of(enum tg_action action)
{
	switch (action) {
	case TG_ACTION_SIGKILL:
	case TG_ACTION_SIGNAL:
		return FEATURE_SIGNAL;
	case TG_ACTION_OVERRIDE:
		return FEATURE_OVERRIDE;
	case TG_ACTION_GET_URL:
	case TG_ACTION_DNS_LOOKUP:
		return FEATURE_REQUEST;
	case TG_ACTION_TRACK_SOCK:
	case TG_ACTION_UNTRACK_SOCK:
		return FEATURE_TRACK;
	case TG_ACTION_NOTIFY_ENFORCER:
		return FEATURE_NOTIFY;
	case TG_ACTION_CLEANUP_ENFORCER:
		return FEATURE_CLEANUP;
	case TG_ACTION_SET:
		return FEATURE_SET;
	default:
		return FEATURE_COUNT;
	}
}

/* ---- Override -------------------------------------------------------------------------- */

static bool can_override(const struct ir_hook *hook, const struct ir_name *name)
{
	if (hook->kind == HOOK_KPROBE)
		return name->syscall || !strncmp(name->name, "security_", 9);
	return hook->kind == HOOK_LSM || hook->kind == HOOK_UPROBE;
}

static bool report_override(struct lowering *l, const struct ir_hook *hook,
			    const struct ir_name *name, struct span at)
{
	struct diag *m;

	if (hook->kind != HOOK_KPROBE) {
		m = diag_at(l->diags, DIAG_OVERRIDE, at, "`Override` cannot act on the %s `%s`",
			    hook_noun(hook->kind), name->name);
		diag_note(l->diags, m,
			  "a %s only observes; Tetragon accepts the action there and "
			  "does nothing",
			  hook_noun(hook->kind));
	} else {
		m = diag_at(l->diags, DIAG_OVERRIDE, at,
			    "`Override` cannot act on the function `%s`", name->name);
		diag_note(l->diags, m,
			  "only system calls, LSM hooks and `security_*` functions can be "
			  "overridden");
	}
	diag_hint(l->diags, m, "move the rule to the LSM hook that guards this operation");
	return false;
}

static bool check_override_target(struct lowering *l, const struct ir_hook *hook, struct span at)
{
	for (size_t i = 0; i < hook->calls.n; i++)
		if (!can_override(hook, &hook->calls.v[i]))
			return report_override(l, hook, &hook->calls.v[i], at);
	return true;
}

/* What a `security_` function returns goes to its caller, and some callers understand positive
 * numbers; the kernel lets programs on LSM hooks and system calls return errors only. */
static bool may_be_positive(const struct ir_hook *hook)
{
	if (hook->kind != HOOK_KPROBE || hook->calls.source == NAMES_SYSCALLS)
		return false;
	for (size_t i = 0; i < hook->calls.n; i++)
		if (hook->calls.v[i].syscall)
			return false;
	return true;
}

static void report_override_value(struct lowering *l, const struct ast_action *a, bool positive)
{
	struct span at = at_or(a->arg_error.at, a->at);
	long long value = a->arg_error.value;
	struct diag *m;

	if (!value) {
		m = diag_at(l->diags, DIAG_OVERRIDE_VALUE, at,
			    a->arg_error.given
				    ? "`Override` with error 0 denies nothing"
				    : "`Override` needs `argError`, the error to return");
		diag_hint(l->diags, m, "argError: -1   # -EPERM, operation not permitted");
		return;
	}
	m = diag_at(l->diags, DIAG_OVERRIDE_VALUE, at,
		    positive ? "%lld is no result of a `security_` function: errors lie between "
			       "-%d and -1, other values end at 4095"
			     : "%lld is not a kernel error: they lie between -%d and -1",
		    value, ERRNO_MAX);
	if (value > 0 && value <= ERRNO_MAX) {
		diag_hint(l->diags, m, "argError: -%lld", value);
		diag_fix(l->diags, m, at, arena_printf(l->arena, "-%lld", value));
	}
}

static bool is_error(int64_t value)
{
	return value >= -ERRNO_MAX && value < 0;
}

static bool lower_assignments(struct lowering *l, const struct ast_action *a)
{
	bool ok = a->arg_regs.n <= REG_ASSIGNMENTS;

	if (!ok)
		diag_at(l->diags, DIAG_ACTION_ARG, a->arg_regs.at,
			"%zu assignments: an `Override` makes at most %d", a->arg_regs.n,
			REG_ASSIGNMENTS);
	for (size_t i = 0; i < a->arg_regs.n; i++) {
		struct reg_assignment assignment;
		struct value_error e;

		if (reg_assignment_parse(l->arena, ARCH_X86_64, &a->arg_regs.v[i], &assignment, &e))
			continue;
		report_value(l, DIAG_ACTION_ARG, &a->arg_regs.v[i], &e);
		ok = false;
	}
	return ok;
}

/* A uprobe's Override changes registers, or goes on elsewhere, or returns from the function. */
static bool lower_probe_override(struct lowering *l, const struct ast_action *a,
				 struct ir_action *out)
{
	int targets =
		(a->new_symbol.s && a->new_symbol.len) + a->new_addr.given + a->new_offset.given;

	out->registers = a->arg_regs.v;
	out->register_count = a->arg_regs.n;
	out->new_symbol = a->new_symbol.s && a->new_symbol.len ? &a->new_symbol : NULL;
	out->new_place = a->new_addr.given     ? &a->new_addr
			 : a->new_offset.given ? &a->new_offset
					       : NULL;
	out->new_place_is_address = a->new_addr.given;
	out->value = (int32_t)a->arg_error.value;
	if (targets > 1) {
		diag_at(l->diags, DIAG_ACTION_ARG, a->at,
			"a call goes on at one place: give one of `argNewSymbol`, `argNewAddr` "
			"and `argNewOffset`");
		return false;
	}
	return lower_assignments(l, a);
}

static bool check_probe_only(struct lowering *l, const struct ast_action *a,
			     const struct ir_hook *hook)
{
	const char *key = a->arg_regs.n				 ? "argRegs"
			  : a->new_symbol.s && a->new_symbol.len ? "argNewSymbol"
			  : a->new_addr.given			 ? "argNewAddr"
			  : a->new_offset.given			 ? "argNewOffset"
								 : NULL;
	struct diag *m;

	if (!key)
		return true;
	m = diag_at(l->diags, DIAG_ACTION_ARG, a->action.at,
		    "`%s` belongs to an `Override` of a uprobe, and this is %s %s", key,
		    hook_article(hook->kind), hook_noun(hook->kind));
	diag_hint(l->diags, m, "leave `%s` out", key);
	return false;
}

static bool lower_override(struct lowering *l, const struct ast_action *a,
			   const struct ir_hook *hook, struct ir_action *out)
{
	bool positive = may_be_positive(hook);
	int64_t value = a->arg_error.value;

	if (!check_override_target(l, hook, a->action.at))
		return false;
	if (hook->kind == HOOK_UPROBE)
		return lower_probe_override(l, a, out);
	if (!check_probe_only(l, a, hook))
		return false;
	out->value = (int32_t)value;
	if (is_error(value) || (value > 0 && value <= ERRNO_MAX && positive))
		return true;
	report_override_value(l, a, positive);
	return false;
}

/* ---- the other actions ------------------------------------------------------------------ */

static bool lower_signal(struct lowering *l, const struct ast_action *a, struct ir_action *out)
{
	struct diag *m;

	out->value = (int32_t)a->arg_sig.value;
	if (a->arg_sig.given && a->arg_sig.value >= 1 && a->arg_sig.value <= 64)
		return true;
	m = diag_at(l->diags, DIAG_SIGNAL_VALUE, at_or(a->arg_sig.at, a->at),
		    a->arg_sig.given ? "%lld is not a signal number: they lie between 1 and 64"
				     : "`Signal` needs `argSig`, the number of the signal",
		    (long long)a->arg_sig.value);
	diag_hint(l->diags, m, "argSig: 15   # SIGTERM");
	return false;
}

/* What the enforcer will do: a signal, an error, or both. */
static bool lower_notify(struct lowering *l, const struct ast_action *a, struct ir_action *out)
{
	struct diag *m;

	out->value = (int32_t)a->arg_sig.value;
	out->error = (int32_t)a->arg_error.value;
	if (!l->policy->enforcer_count) {
		m = diag_at(l->diags, DIAG_ENFORCER, a->action.at,
			    "`NotifyEnforcer` needs `enforcers`, the functions to act in");
		diag_hint(l->diags, m, "spec:\n  enforcers:\n  - calls: [\"sys_openat\"]");
		return false;
	}
	if (a->arg_sig.value < 0 || a->arg_sig.value > 64) {
		diag_at(l->diags, DIAG_SIGNAL_VALUE, a->arg_sig.at,
			"%lld is not a signal number: they lie between 1 and 64",
			(long long)a->arg_sig.value);
		return false;
	}
	if (a->arg_error.value && !is_error(a->arg_error.value)) {
		report_override_value(l, a, false);
		return false;
	}
	if (out->value || out->error)
		return true;
	m = diag_at(l->diags, DIAG_ACTION_ARG, a->at,
		    "`NotifyEnforcer` without `argError` and `argSig` makes the enforcer do "
		    "nothing");
	diag_hint(l->diags, m, "argError: -1");
	return false;
}

static bool need_text(struct lowering *l, const struct ast_action *a, const struct ast_str *text,
		      const char *key, const char *example, struct ir_action *out)
{
	if (text->s && text->len) {
		out->target = text;
		return true;
	}
	diag_hint(l->diags,
		  diag_at(l->diags, DIAG_ACTION_ARG, a->at, "`%s` needs `%s`", a->action.s, key),
		  "%s: \"%s\"", key, example);
	return false;
}

/* `argSock` and `argIndex` count the entries of `args`. */
static bool lower_entry(struct lowering *l, const struct ast_action *a, const struct ast_int *index,
			const char *key, const struct ir_hook *hook, struct ir_action *out)
{
	out->arg = (uint32_t)index->value;
	if (index->value >= 0 && index->value < (int64_t)hook->arg_count)
		return true;
	diag_note(l->diags,
		  diag_at(l->diags, DIAG_ACTION_ARG, at_or(index->at, a->at),
			  "`%s` is %lld, but the hook lists %zu argument%s", key,
			  (long long)index->value, hook->arg_count,
			  hook->arg_count == 1 ? "" : "s"),
		  "it counts the entries of the hook's `args` from 0");
	return false;
}

static bool lower_track(struct lowering *l, const struct ast_action *a, const struct ir_hook *hook,
			struct ir_action *out)
{
	const struct type_info *type;

	if (!lower_entry(l, a, &a->arg_sock, "argSock", hook, out))
		return false;
	type = type_get(hook->args[out->arg].type);
	if (type->class == CLASS_SOCK)
		return true;
	diag_note_at(l->diags,
		     diag_at(l->diags, DIAG_ACTION_ARG, at_or(a->arg_sock.at, a->at),
			     "`%s` needs an argument of type `sock` or `socket`, but entry %u is "
			     "`%s`",
			     a->action.s, out->arg, type->name),
		     hook->args[out->arg].at, "the argument is here");
	return false;
}

static bool lower_set(struct lowering *l, const struct ast_action *a, const struct ir_hook *hook,
		      struct ir_action *out)
{
	out->set = (uint32_t)a->arg_value.value;
	if (hook->kind != HOOK_USDT) {
		diag_note(l->diags,
			  diag_at(l->diags, DIAG_HOOK_FEATURE, a->action.at,
				  "`Set` writes to an argument of a USDT probe, and this is %s %s",
				  hook_article(hook->kind), hook_noun(hook->kind)),
			  "Tetragon accepts the action here and does nothing");
		return false;
	}
	return lower_entry(l, a, &a->arg_index, "argIndex", hook, out);
}

/* ---- the parameters of Post ------------------------------------------------------------- */

static bool is_set(const struct ast_str *s)
{
	return s->s && s->len;
}

static bool refuse_parameter(struct lowering *l, const struct ast_action *a, const char *key,
			     struct span at)
{
	diag_hint(l->diags,
		  diag_at(l->diags, DIAG_ACTION_ARG, at, "`%s` belongs to `Post`, not to `%s`", key,
			  a->action.s),
		  "give it to a `Post` action of the same selector");
	return false;
}

static bool check_post_only(struct lowering *l, const struct ast_action *a)
{
	if (is_set(&a->rate_limit))
		return refuse_parameter(l, a, "rateLimit", a->rate_limit.at);
	if (a->kernel_stack.value)
		return refuse_parameter(l, a, "kernelStackTrace", a->kernel_stack.at);
	if (a->user_stack.value)
		return refuse_parameter(l, a, "userStackTrace", a->user_stack.at);
	if (a->ima_hash.value)
		return refuse_parameter(l, a, "imaHash", a->ima_hash.at);
	return true;
}

/* The LSM hooks whose file, or whose program's file, has a hash. */
static bool check_hashed(struct lowering *l, const struct ir_hook *hook, struct span at)
{
	static const char *const hashed[] = {
		"bprm_check_security",
		"bprm_committed_creds",
		"bprm_committing_creds",
		"bprm_creds_for_exec",
		"bprm_creds_from_file",
		"file_ioctl",
		"file_lock",
		"file_open",
		"file_post_open",
		"file_receive",
		"mmap_file",
	};
	struct diag *m;

	for (size_t i = 0; hook->calls.n && i < sizeof(hashed) / sizeof(hashed[0]); i++)
		if (!strcmp(hashed[i], hook->calls.v[0].name))
			return true;
	m = diag_at(l->diags, DIAG_HOOK_FEATURE, at,
		    "this LSM hook has no file whose hash could be collected");
	diag_note(l->diags, m, "Tetragon accepts it here and loses the events");
	return false;
}

static bool lower_post(struct lowering *l, const struct ast_action *a, const struct ir_hook *hook,
		       struct ir_action *out)
{
	struct rate rate = {0};
	struct value_error e;

	out->kernel_stack = a->kernel_stack.value;
	out->user_stack = a->user_stack.value;
	out->ima_hash = a->ima_hash.value;
	if (out->kernel_stack && !allow_feature(l, hook, FEATURE_STACK, a->kernel_stack.at))
		return false;
	if (out->user_stack && !allow_feature(l, hook, FEATURE_STACK, a->user_stack.at))
		return false;
	if (out->ima_hash && (!allow_working(l, hook, FEATURE_IMA, a->ima_hash.at) ||
			      !check_hashed(l, hook, a->ima_hash.at)))
		return false;
	if (is_set(&a->rate_limit) && !rate_parse(l->arena, &a->rate_limit, &rate, &e)) {
		report_value(l, DIAG_BAD_RATE, &a->rate_limit, &e);
		return false;
	}
	out->rate_ms = rate.ms;
	if (is_set(&a->rate_limit_scope) &&
	    !rate_scope_parse(l->arena, &a->rate_limit_scope, &out->rate_scope, &e)) {
		report_value(l, DIAG_BAD_RATE, &a->rate_limit_scope, &e);
		return false;
	}
	return true;
}

/* ---- one action, all actions ------------------------------------------------------------ */

static bool lower_kind(struct lowering *l, const struct ast_action *a, const struct ir_hook *hook,
		       struct ir_action *out)
{
	switch (out->action) {
	case TG_ACTION_POST:
		return lower_post(l, a, hook, out);
	case TG_ACTION_OVERRIDE:
		return lower_override(l, a, hook, out);
	case TG_ACTION_SIGNAL:
		return lower_signal(l, a, out);
	case TG_ACTION_SIGKILL:
		out->value = 9;
		return true;
	case TG_ACTION_NOTIFY_ENFORCER:
		return lower_notify(l, a, out);
	case TG_ACTION_GET_URL:
		return need_text(l, a, &a->arg_url, "argUrl", "http://localhost/", out);
	case TG_ACTION_DNS_LOOKUP:
		return need_text(l, a, &a->arg_fqdn, "argFqdn", "example.com", out);
	case TG_ACTION_TRACK_SOCK:
	case TG_ACTION_UNTRACK_SOCK:
		return lower_track(l, a, hook, out);
	case TG_ACTION_SET:
		return lower_set(l, a, hook, out);
	default:
		return true;
	}
}

/* `at_return`: an action of matchReturnActions, which comes too late to change the call. */
static bool lower_action(struct lowering *l, const struct ast_action *a, const struct ir_hook *hook,
			 bool at_return, struct ir_action *out)
{
	enum hook_feature feature;

	*out = (struct ir_action){.at = at_or(a->action.at, a->at),
				  .action = (enum tg_action)action_find(a->action.s)};
	feature = feature_of(out->action);
	if (at_return &&
	    (out->action == TG_ACTION_OVERRIDE || out->action == TG_ACTION_NOTIFY_ENFORCER ||
	     out->action == TG_ACTION_SET)) {
		diag_note(l->diags,
			  diag_at(l->diags, DIAG_HOOK_FEATURE, a->action.at,
				  "`%s` comes too late in `matchReturnActions`: the call is over",
				  a->action.s),
			  "Tetragon accepts the action there and does nothing");
		return false;
	}
	if (feature == FEATURE_NOTIFY && !allow_working(l, hook, feature, a->action.at))
		return false;
	if (feature != FEATURE_COUNT && !allow_feature(l, hook, feature, a->action.at))
		return false;
	if (out->action != TG_ACTION_POST && !check_post_only(l, a))
		return false;
	return lower_kind(l, a, hook, out);
}

/* A call returns once: another error in the same selector contradicts the first. */
static void check_one_override(struct lowering *l, const struct ir_hook *hook,
			       const struct ir_actions *actions)
{
	const struct ir_action *first = NULL;

	for (size_t i = 0; i < actions->n; i++) {
		const struct ir_action *a = &actions->v[i];
		struct diag *m;

		if (a->action != TG_ACTION_OVERRIDE)
			continue;
		if (!first)
			first = a;
		if (a->value == first->value && hook->kind != HOOK_UPROBE)
			continue;
		if (a == first)
			continue;
		m = diag_at(l->diags,
			    hook->kind == HOOK_UPROBE ? DIAG_ACTION_ARG : DIAG_OVERRIDE_VALUE,
			    a->at,
			    hook->kind == HOOK_UPROBE
				    ? "a second `Override`: a selector of a uprobe has one"
				    : "a second `Override` in this selector returns another "
				      "error");
		diag_note_at(l->diags, m, first->at, "the first one is here");
	}
}

static void lower_list(struct lowering *l, const struct ast_action *from, size_t count,
		       const struct ir_hook *hook, bool at_return, struct ir_actions *out)
{
	out->v = arena_array(l->arena, count, sizeof(*out->v));
	for (size_t i = 0; i < count; i++)
		if (lower_action(l, &from[i], hook, at_return, &out->v[out->n]))
			out->n++;
}

/* Actions at the return need a return that is watched. */
static bool check_returns(struct lowering *l, const struct ast_selector *s,
			  const struct ir_hook *hook)
{
	struct span at = s->return_actions[0].at;
	bool watched = hook->return_arg;
	struct diag *m;

	if (!allow_working(l, hook, FEATURE_RETURN_ACTION, at))
		return false;
	for (size_t i = 0; i < hook->arg_count; i++)
		watched |= hook->args[i].return_copy;
	if (watched)
		return true;
	m = diag_at(l->diags, DIAG_RETURN_ARG, at,
		    "`matchReturnActions` act when the function returns, but the hook does not "
		    "watch that");
	diag_note(l->diags, m, "Tetragon accepts them and does nothing");
	diag_hint(l->diags, m, "return: true\nreturnArg:\n  index: 0\n  type: \"int\"");
	return false;
}

void lower_actions(struct lowering *l, const struct ast_selector *s, const struct ir_hook *hook,
		   struct ir_selector *out)
{
	out->posts = true;
	out->last_action = TG_ACTION_POST;
	lower_list(l, s->actions, s->action_count, hook, false, &out->actions);
	if (s->return_action_count && check_returns(l, s, hook))
		lower_list(l, s->return_actions, s->return_action_count, hook, true,
			   &out->return_actions);
	for (size_t i = 0; i < out->actions.n; i++) {
		out->last_action = out->actions.v[i].action;
		if (out->last_action == TG_ACTION_NOPOST)
			out->posts = false;
	}
	check_one_override(l, hook, &out->actions);
}
