// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": selectors with their macros, filters with their arguments. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/values/cel.h"
#include "lower.h"

/* "`kprobes`, `fentries` and `uprobes`"; NULL: no kind of hook has it. */
static const char *sections_with(struct arena *a, enum hook_feature f)
{
	const char *list = NULL, *last = NULL;

	for (enum hook_kind kind = 0; kind < HOOK_KINDS; kind++) {
		const char *section = hook_section(kind);

		if (hook_supports(kind, f) != SUPPORT_YES || kind == HOOK_RAW_TRACEPOINT)
			continue;
		if (last)
			list = list ? arena_printf(a, "%s, `%s`", list, last)
				    : arena_printf(a, "`%s`", last);
		last = section;
	}
	if (!list)
		return last ? arena_printf(a, "`%s`", last) : NULL;
	return arena_printf(a, "%s and `%s`", list, last);
}

static bool refuse_feature(struct lowering *l, const struct ir_hook *h, enum hook_feature f,
			   struct span at)
{
	const char *others = sections_with(l->arena, f);
	struct diag *m = diag_at(l->diags, DIAG_HOOK_FEATURE, at, "%s %s cannot have %s",
				 hook_article(h->kind), hook_noun(h->kind), hook_feature_words(f));

	if (hook_supports(h->kind, f) == SUPPORT_IDLE)
		diag_note(l->diags, m, "Tetragon accepts it here and does nothing");
	if (others)
		diag_hint(l->diags, m, "hooks under %s can", others);
	return false;
}

bool allow_feature(struct lowering *l, const struct ir_hook *h, enum hook_feature f, struct span at)
{
	return hook_supports(h->kind, f) != SUPPORT_REFUSED || refuse_feature(l, h, f, at);
}

bool allow_working(struct lowering *l, const struct ir_hook *h, enum hook_feature f, struct span at)
{
	return hook_supports(h->kind, f) == SUPPORT_YES || refuse_feature(l, h, f, at);
}

/* ---- macros ---------------------------------------------------------------------------- */

/* A section of a selector that a macro can add: where its items and their number are. */
#define SECTION(name, items, count)                                                                \
	{                                                                                          \
		name, offsetof(struct ast_selector, items), offsetof(struct ast_selector, count)   \
	}

static const struct section {
	const char *name;
	size_t items, count;
} sections[] = {
	SECTION("matchPIDs", pids, pid_count),
	SECTION("matchBinaries", binaries, binary_count),
	SECTION("matchParentBinaries", parent_binaries, parent_binary_count),
	SECTION("matchNamespaces", namespaces, namespace_count),
	SECTION("matchCapabilities", capabilities, capability_count),
	SECTION("matchNamespaceChanges", namespace_changes, namespace_change_count),
	SECTION("matchCapabilityChanges", capability_changes, capability_change_count),
	SECTION("matchArgs", args, arg_count),
	SECTION("matchData", data, data_count),
	SECTION("matchReturnArgs", return_args, return_arg_count),
	SECTION("matchActions", actions, action_count),
	SECTION("matchReturnActions", return_actions, return_action_count),
};

static void **items_of(struct ast_selector *s, const struct section *section)
{
	return (void **)((char *)s + section->items);
}

static size_t *count_of(struct ast_selector *s, const struct section *section)
{
	return (size_t *)((char *)s + section->count);
}

static void report_overlap(struct lowering *l, const struct ast_str *use, const char *name,
			   struct span other)
{
	struct diag *m =
		diag_at(l->diags, DIAG_MACRO_OVERLAP, use->at,
			"macro `%s` has `%s`, which this selector has already", use->s, name);

	diag_note_at(l->diags, m, other, "a macro adds whole sections; it cannot extend this one");
}

static void add_macro(struct lowering *l, const struct ast_str *use,
		      const struct ast_selector *macro, struct ast_selector *to)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const struct section *s = &sections[i];
		struct ast_selector from = *macro;

		if (!*count_of(&from, s))
			continue;
		if (*count_of(to, s)) {
			/* every item starts with its place */
			report_overlap(l, use, s->name, *(struct span *)*items_of(to, s));
			continue;
		}
		*items_of(to, s) = *items_of(&from, s);
		*count_of(to, s) = *count_of(&from, s);
	}
	if (macro->workloads && to->workloads)
		report_overlap(l, use, "matchWorkloads", to->workloads->at);
	else if (macro->workloads)
		to->workloads = macro->workloads;
	if (!to->label.s)
		to->label = macro->label;
}

static const struct ast_macro *find_macro(struct lowering *l, const struct ast_str *use)
{
	const struct ast_policy *p = l->policy;
	const char **names = arena_array(l->arena, p->macro_count, sizeof(*names)), *near;
	struct diag *m;

	for (size_t i = 0; i < p->macro_count; i++) {
		names[i] = p->macros[i].name.s;
		if (!strcmp(names[i], use->s))
			return &p->macros[i];
	}
	m = diag_at(l->diags, DIAG_UNKNOWN_MACRO, use->at, "the policy has no macro `%.60s`",
		    use->s);
	near = nearest(use->s, names, p->macro_count);
	if (near)
		diag_hint(l->diags, m, "did you mean `%s`?", near);
	else
		diag_hint(l->diags, m, "macros are defined under `spec.selectorsMacros`");
	return NULL;
}

static struct ast_selector merge_macros(struct lowering *l, const struct ast_selector *s)
{
	struct ast_selector merged = *s;

	for (size_t i = 0; i < s->macros.n; i++) {
		const struct ast_macro *macro = find_macro(l, &s->macros.v[i]);

		if (macro)
			add_macro(l, &s->macros.v[i], &macro->selector, &merged);
	}
	return merged;
}

void check_macros(struct lowering *l)
{
	for (size_t i = 0; i < l->policy->macro_count; i++) {
		const struct ast_selector *s = &l->policy->macros[i].selector;

		if (s->macros.n)
			diag_at(l->diags, DIAG_NESTED_MACRO, s->macros.at,
				"a macro cannot use other macros");
	}
}

/* ---- which argument a filter means ------------------------------------------------------ */

static const char *const section_keys[] = {
	[IR_ARGS] = "matchArgs", [IR_DATA] = "matchData", [IR_RETURN] = "matchReturnArgs"};

static bool report_entry(struct lowering *l, const struct ast_filter *f, enum ir_section section,
			 size_t count)
{
	const char *key = section == IR_DATA ? "data" : "args";
	struct diag *m = diag_at(l->diags, DIAG_FILTER_ARG, f->args.at,
				 "there is no such entry in this hook's `%s`", key);

	diag_note(l->diags, m, "the hook lists %zu %s%s, counted from 0", count,
		  section == IR_DATA ? "entr" : "argument",
		  section == IR_DATA ? (count == 1 ? "y" : "ies") : (count == 1 ? "" : "s"));
	return false;
}

/* `args: [n]` counts the entries of the list. */
static bool bind_entries(struct lowering *l, const struct ast_filter *f, enum ir_section section,
			 size_t count, struct ir_filter *out)
{
	size_t wanted = out->op == OP_CAPABILITIES_GAINED ? 2 : 1;

	if (out->op == OP_CEL_EXPR)
		return true;
	if (f->args.n != wanted) {
		diag_at(l->diags, DIAG_FILTER_ARG, f->args.at,
			wanted == 2 ? "`%s` compares two arguments: before and after"
				    : "`%s` compares one argument",
			f->op.s);
		return false;
	}
	for (size_t i = 0; i < f->args.n; i++)
		if (f->args.v[i].value >= (int64_t)count)
			return report_entry(l, f, section, count);
	out->arg = f->args.n ? (uint32_t)f->args.v[0].value : 0;
	out->second = f->args.n > 1 ? (uint32_t)f->args.v[1].value : 0;
	return true;
}

static bool report_index(struct lowering *l, const struct ast_filter *f, enum ir_section section,
			 int64_t index, size_t count)
{
	struct diag *m;

	if (section == IR_DATA) {
		m = diag_at(l->diags, DIAG_FILTER_ARG, at_or(f->index.at, f->at),
			    "this hook's `data` has no entry %lld", (long long)index);
		diag_note(l->diags, m,
			  "in `matchData`, `index` counts the entries of `data` from 0, and the "
			  "hook lists %zu",
			  count);
		return false;
	}
	m = diag_at(l->diags, DIAG_FILTER_ARG, at_or(f->index.at, f->at),
		    "no entry of this hook's `args` has index %lld", (long long)index);
	if (!f->index.given)
		diag_note(l->diags, m, "a filter without `index` means argument 0");
	diag_hint(l->diags, m, "list it: `args: [{index: %lld, type: ...}]`", (long long)index);
	return false;
}

/* `index: n` names a function position, in `data` an entry. */
static bool bind_index(struct lowering *l, const struct ast_filter *f, enum ir_section section,
		       const struct ir_hook *hook, struct ir_filter *out)
{
	int64_t index = f->index.given ? f->index.value : 0;
	bool tracepoint = hook->kind == HOOK_TRACEPOINT || hook->kind == HOOK_RAW_TRACEPOINT;
	size_t count = section == IR_DATA ? hook->data_count : hook->arg_count;

	if (out->op == OP_CEL_EXPR)
		return true;
	if (out->op == OP_CAPABILITIES_GAINED) {
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_FILTER_ARG, f->at,
				  "`CapabilitiesGained` compares two arguments: before and after"),
			  "args: [0, 1]   # entries of the hook's `args`");
		return false;
	}
	for (size_t i = 0; section == IR_ARGS && i < hook->arg_count; i++)
		if (hook->args[i].position == index) {
			out->arg = (uint32_t)i;
			return true;
		}
	if ((section == IR_DATA || tracepoint) && index < (int64_t)count) {
		out->arg = (uint32_t)index;
		return true;
	}
	return report_index(l, f, section, index, count);
}

/* The return value has one place only. */
static bool bind_return(struct lowering *l, const struct ast_filter *f, const struct ir_hook *hook)
{
	int64_t index = f->index.given ? f->index.value : 0;
	struct diag *m;

	if (f->args.n ? f->args.n == 1 && !f->args.v[0].value : index == hook->return_arg->position)
		return true;
	m = diag_at(l->diags, DIAG_FILTER_ARG, at_or(f->args.at, at_or(f->index.at, f->at)),
		    "a `matchReturnArgs` filter is about the return value");
	diag_hint(l->diags, m, "index: %u", hook->return_arg->position);
	return false;
}

static bool bind_argument(struct lowering *l, const struct ast_filter *f, enum ir_section section,
			  const struct ir_hook *hook, struct ir_filter *out)
{
	if (section == IR_RETURN)
		return bind_return(l, f, hook);
	if (f->args.n)
		return bind_entries(l, f, section,
				    section == IR_DATA ? hook->data_count : hook->arg_count, out);
	return bind_index(l, f, section, hook, out);
}

/* ---- filters --------------------------------------------------------------------------- */

static bool lower_expression(struct lowering *l, const struct ast_filter *f,
			     enum ir_section section, struct ir_filter *out)
{
	struct value_error e;

	if (section != IR_ARGS) {
		diag_at(l->diags, DIAG_HOOK_FEATURE, f->op.at,
			"`CelExpr` speaks of `args`; `%s` cannot have it", section_keys[section]);
		return false;
	}
	if (f->values.n > 1) {
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_BAD_VALUE, at_or(f->values.at, f->at),
				  "`CelExpr` takes one expression, but this has %zu", f->values.n),
			  "join them: `(...) || (...)`");
		return false;
	}
	if (!f->values.n) /* check_value_count() reports it */
		return true;
	out->expression = cel_parse(l->arena, &f->values.v[0], &e);
	if (!out->expression)
		report_value(l, DIAG_BAD_VALUE, &f->values.v[0], &e);
	return out->expression;
}

static bool check_value_count(struct lowering *l, const struct ast_filter *f, enum op op)
{
	struct diag *m;

	if (op_get(op)->takes == OPERAND_NONE) {
		if (!f->values.n)
			return true;
		diag_hint(l->diags,
			  diag_at(l->diags, DIAG_BAD_VALUE, f->values.at,
				  "`%s` says it all: it takes no values", f->op.s),
			  "leave `values` out");
		return false;
	}
	if (f->values.n)
		return true;
	m = diag_at(l->diags, DIAG_NO_VALUES, f->at, "`%s` needs at least one value", f->op.s);
	diag_note(l->diags, m,
		  "Tetragon accepts an empty list, but what it then compares with is "
		  "not defined");
	return false;
}

/* What returnCopy reads is not there when the filters are evaluated. */
static bool check_content(struct lowering *l, enum ir_section section, const struct ir_hook *hook,
			  const struct ir_filter *f)
{
	const struct ir_arg *arg;
	struct diag *m;

	if (section != IR_ARGS || f->op == OP_CEL_EXPR)
		return true;
	arg = &hook->args[f->arg];
	if (!arg->return_copy)
		return true;
	m = diag_at(l->diags, DIAG_FILTER_ARG, f->index_at,
		    "the bytes of this argument are read when the function returns, after its "
		    "filters");
	diag_note_at(l->diags, m, arg->whole, "`returnCopy` is set here");
	return false;
}

static bool lower_filter(struct lowering *l, const struct ast_filter *f, enum ir_section section,
			 const struct ir_hook *hook, struct ir_filter *out)
{
	*out = (struct ir_filter){
		.at = at_or(f->op.at, f->at),
		.index_at = at_or(f->args.at, at_or(f->index.at, f->at)),
		.op = op_find(f->op.s),
		.values = f->values.v,
		.value_count = f->values.n,
		.values_at = at_or(f->values.at, f->at),
	};
	if (out->op == OP_CEL_EXPR && !lower_expression(l, f, section, out))
		return false;
	return check_value_count(l, f, out->op) && bind_argument(l, f, section, hook, out) &&
	       check_content(l, section, hook, out);
}

static void lower_filters(struct lowering *l, const struct ast_filter *from, size_t count,
			  enum ir_section section, const struct ir_hook *hook,
			  struct ir_filters *out)
{
	out->v = arena_array(l->arena, count, sizeof(*out->v));
	for (size_t i = 0; i < count; i++)
		if (lower_filter(l, &from[i], section, hook, &out->v[out->n]))
			out->n++;
}

/* Filters on the return value, where there is one to look at. */
static void lower_return_filters(struct lowering *l, const struct ast_selector *s,
				 const struct ir_hook *hook, struct ir_selector *out)
{
	struct diag *m;

	if (!s->return_arg_count ||
	    !allow_feature(l, hook, FEATURE_RETURN_FILTER, s->return_args[0].at))
		return;
	if (hook->return_arg) {
		lower_filters(l, s->return_args, s->return_arg_count, IR_RETURN, hook,
			      &out->filters[IR_RETURN]);
		return;
	}
	m = diag_at(l->diags, DIAG_RETURN_ARG, s->return_args[0].at,
		    "`matchReturnArgs` filters the return value, but the hook does not watch it");
	diag_note(l->diags, m, "Tetragon ignores the filter: every call would pass");
	if (hook->kind == HOOK_KPROBE || hook->kind == HOOK_FENTRY || hook->kind == HOOK_UPROBE)
		diag_hint(l->diags, m, "return: true\nreturnArg:\n  index: 0\n  type: \"int\"");
	else
		diag_hint(l->diags, m, "leave `matchReturnArgs` out");
}

static void lower_selector(struct lowering *l, const struct ast_selector *written,
			   const struct ir_hook *hook, struct ir_selector *out)
{
	struct ast_selector s = merge_macros(l, written);

	out->at = s.at;
	out->label = s.label.s ? s.label.s : "";
	lower_filters(l, s.args, s.arg_count, IR_ARGS, hook, &out->filters[IR_ARGS]);
	if (!s.data_count || allow_feature(l, hook, FEATURE_DATA_FILTER, s.data[0].at))
		lower_filters(l, s.data, s.data_count, IR_DATA, hook, &out->filters[IR_DATA]);
	lower_return_filters(l, &s, hook, out);
	lower_process(l, &s, out);
	lower_actions(l, &s, hook, out);
}

void lower_selectors(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	out->no_selectors = !h->selector_count;
	out->selectors = arena_array(l->arena, h->selector_count + 1, sizeof(*out->selectors));
	for (size_t i = 0; i < h->selector_count; i++)
		lower_selector(l, &h->selectors[i], out, &out->selectors[out->selector_count++]);
	if (out->no_selectors) /* every call posts */
		out->selectors[out->selector_count++] = (struct ir_selector){
			.at = h->at, .label = "", .posts = true, .last_action = TG_ACTION_POST};
}
