// SPDX-License-Identifier: Apache-2.0
/* Rules about where things are: which number counts what, which path is looked up where. */
#include <string.h>
#include "rule.h"

static bool is_tracepoint(const struct ir_hook *h)
{
	return h->kind == HOOK_TRACEPOINT || h->kind == HOOK_RAW_TRACEPOINT;
}

/* ---- data-index ----------------------------------------------------------------------------- */

static bool other_entry(const struct ast_arg *entries, size_t count, int64_t index, size_t *which)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].index.value == index && (int64_t)i != index) {
			*which = i;
			return true;
		}
	return false;
}

void data_index(struct ruling *r, const struct ast_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].data_count; j++) {
			const struct ast_filter *f = &h->selectors[i].data[j];
			struct diag *m;
			size_t which;

			if (!f->index.given ||
			    !other_entry(h->data, h->data_count, f->index.value, &which))
				continue;
			m = rule_at(r, f->index.at,
				    "in `matchData`, `index: %lld` means entry %lld of `data`, not "
				    "the entry whose `index` is %lld",
				    (long long)f->index.value, (long long)f->index.value,
				    (long long)f->index.value);
			diag_note_at(r->diags, m, h->data[which].index.at,
				     "that entry is here; its `index` has no meaning");
			diag_hint(r->diags, m, "args: [%zu]   # if that entry is meant", which);
		}
}

/* ---- shared-index --------------------------------------------------------------------------- */

/* Two entries of one argument: with different `resolve` paths. */
static const struct ast_arg *second_with(const struct ast_hook *h, int64_t index)
{
	const struct ast_arg *first = NULL;

	for (size_t i = 0; i < h->arg_count; i++) {
		if (h->args[i].index.value != index)
			continue;
		if (first)
			return &h->args[i];
		first = &h->args[i];
	}
	return NULL;
}

void shared_index(struct ruling *r, const struct ast_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].arg_count; j++) {
			const struct ast_filter *f = &h->selectors[i].args[j];
			const struct ast_arg *second =
				f->args.n ? NULL : second_with(h, f->index.value);
			struct diag *m;

			if (!second || (f->op.s && !strcmp(f->op.s, "CelExpr")))
				continue;
			m = rule_at(r, f->index.given ? f->index.at : f->at,
				    "two entries of `args` have index %lld; the filter is about "
				    "the first",
				    (long long)f->index.value);
			diag_note_at(r->diags, m, second->at, "the second one is here");
			diag_hint(r->diags, m, "args: [%zu]   # counts the entries, so the second",
				  (size_t)(second - h->args));
		}
}

/* ---- ambiguous-index ------------------------------------------------------------------------ */

/* Tetragon translates field numbers to entries one after the other, in place. */
static int64_t translated(const struct ast_hook *h, int64_t index)
{
	for (size_t i = 0; i < h->arg_count; i++)
		if (h->args[i].index.value == index)
			index = (int64_t)i;
	return index;
}

static int64_t entry_with(const struct ast_hook *h, int64_t index)
{
	for (size_t i = 0; i < h->arg_count; i++)
		if (h->args[i].index.value == index)
			return (int64_t)i;
	return -1;
}

void ambiguous_index(struct ruling *r, const struct ast_hook *h)
{
	if (!h->subsystem.s || h->path.s) /* a tracepoint has the one without the other */
		return;
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].arg_count; j++) {
			const struct ast_filter *f = &h->selectors[i].args[j];
			int64_t field = entry_with(h, f->index.value), theirs;
			struct diag *m;

			theirs = translated(h, f->index.value);
			if (f->args.n || field < 0 ||
			    (theirs == field &&
			     (field == f->index.value || f->index.value >= (int64_t)h->arg_count)))
				continue;
			m = rule_at(r, f->index.given ? f->index.at : f->at,
				    "`index: %lld` can mean field %lld or entry %lld of `args`; it "
				    "is read as the field",
				    (long long)f->index.value, (long long)f->index.value,
				    (long long)f->index.value);
			if (theirs != field)
				diag_note(r->diags, m,
					  "Tetragon translates it twice and compares entry %lld",
					  (long long)theirs);
			diag_hint(r->diags, m, "args: [%lld]   # the entry, without doubt",
				  (long long)field);
		}
}

/* ---- common-field --------------------------------------------------------------------------- */

void common_field(struct ruling *r, const struct ir_hook *h)
{
	static const char *const names[] = {"common_type", "common_flags", "common_preempt_count"};

	for (size_t i = 0; h->kind == HOOK_TRACEPOINT && i < h->arg_count; i++) {
		const struct ir_arg *a = &h->args[i];
		struct diag *m;

		if (a->position >= sizeof(names) / sizeof(names[0]))
			continue;
		m = rule_at(r, a->whole, "field %u is `%s`, of the header that all records have",
			    a->position, names[a->position]);
		diag_note(r->diags, m,
			  "the event's own fields start at 4, after `common_pid`; `tgc btf` shows "
			  "them");
	}
}

/* ---- size-is-buffer ------------------------------------------------------------------------- */

void size_index(struct ruling *r, const struct ir_hook *h)
{
	for (size_t i = 0; !is_tracepoint(h) && i < h->arg_count; i++) {
		const struct ir_arg *a = &h->args[i];

		if (a->size_position != a->position + 1)
			continue;
		diag_note(r->diags, rule_at(r, a->size_at, "the buffer is named as its own size"),
			  "`sizeArgIndex` counts the function's arguments from 1, `index` from 0");
	}
}

/* ---- relative-path -------------------------------------------------------------------------- */

void relative_path(struct ruling *r, const struct ir_hook *h)
{
	struct diag *m;

	if (!h->path || !h->path->len || h->path->s[0] == '/')
		return;
	m = rule_at(r, h->path->at, "a relative path depends on where the agent was started");
	diag_note(r->diags, m,
		  "the file is looked up in the agent's own root and mounts, and the probe acts "
		  "in every process that maps it");
	diag_hint(r->diags, m, "path: \"/...\"");
}

/* ---- probe-names ---------------------------------------------------------------------------- */

void probe_names(struct ruling *r, const struct ir_hook *h)
{
	if (h->kind != HOOK_UPROBE || h->place_count < 2)
		return;
	diag_hint(r->diags,
		  rule_at(r, h->places[1].at,
			  "with Tetragon, events of all %zu places carry the last one's name",
			  h->place_count),
		  "make an entry of `uprobes` for each");
}
