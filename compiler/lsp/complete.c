// SPDX-License-Identifier: Apache-2.0
/* textDocument/completion: what may stand at the cursor, as complete_*.c say it. */
#include <stdlib.h>
#include <string.h>
#include "complete.h"
#include "named.h"

void offer(struct offering *o, const struct offer *item)
{
	int score = item->score ? item->score : fuzzy_score(o->c.typed, item->label);

	if (score < 0)
		return;
	o->offers = arena_grow(o->arena, o->offers, o->count, &o->room, sizeof(*o->offers));
	o->offers[o->count] = (struct scored){*item, score, o->count};
	o->count++;
}

void offer_known(struct offering *o, enum known_kind kind, const char *typed, const char *prefix)
{
	static const char *const details[KNOWN_KINDS] = {[KNOWN_LSM_HOOK] = "LSM hook",
							 [KNOWN_EVENT] = "tracepoint",
							 [KNOWN_SYSCALL] = "system call"};
	struct found_name found[OFFERS_MAX];
	struct setup *s = o->doc->setup;
	size_t count, all;
	int64_t value;

	all = functions_search(setup_functions(s), kind, typed, found, OFFERS_MAX, &count);
	for (size_t i = 0; i < count; i++) {
		struct offer item = {.label = arena_printf(o->arena, "%s%s", prefix, found[i].name),
				     .kind = kind == KNOWN_CONSTANT ? OFFER_CONSTANT
								    : OFFER_FUNCTION,
				     .detail = details[kind],
				     .score = found[i].score + 1};

		if (kind == KNOWN_CONSTANT && named_constant(s, found[i].name, &value))
			item.detail = arena_printf(o->arena, "%lld", (long long)value);
		offer(o, &item);
	}
	o->more |= all > count;
}

static void offer_record(struct offering *o, const struct kbtf *btf, ktype_id record,
			 unsigned depth)
{
	struct kmember m;

	for (uint32_t i = 0; kbtf_member_at(btf, record, i, &m); i++) {
		struct kshape shape;

		if (*m.name) {
			offer(o, &(struct offer){
					 .label = m.name,
					 .kind = OFFER_FIELD,
					 .detail = kbtf_declare(btf, o->arena, m.type, m.name)});
			continue;
		}
		shape = kbtf_shape(btf, m.type);
		if (depth && (shape.kind == KSHAPE_STRUCT || shape.kind == KSHAPE_UNION))
			offer_record(o, btf, shape.id, depth - 1);
	}
}

void offer_members(struct offering *o, struct view_type of)
{
	ktype_id record = view_record(of);

	if (record)
		offer_record(o, of.btf, record, 6);
}

void offer_syscalls(struct offering *o, const char *prefix)
{
	const char *typed = o->c.typed;
	size_t len = strlen(prefix);

	if (len && !strncmp(typed, prefix, strlen(typed) < len ? strlen(typed) : len))
		typed += strlen(typed) < len ? strlen(typed) : len;
	offer_known(o, KNOWN_SYSCALL, typed, prefix);
}

void offer_hooks(struct offering *o, const struct hook_at *hook)
{
	const char *typed = o->c.typed;

	switch (hook->kind) {
	case HOOK_LSM:
		offer_known(o, KNOWN_LSM_HOOK, typed, "");
		break;
	case HOOK_KPROBE:
	case HOOK_FENTRY:
		if (hook->syscall)
			offer_syscalls(o, o->doc->language == DOCUMENT_YAML ? "sys_" : "");
		else
			offer_known(o, KNOWN_FUNCTION, typed, "");
		break;
	case HOOK_TRACEPOINT:
	case HOOK_RAW_TRACEPOINT:
		offer_known(o, KNOWN_EVENT, typed, "");
		break;
	default:
		break;
	}
}

void offer_functions(struct offering *o)
{
	offer_known(o, KNOWN_FUNCTION, o->c.typed, "");
}

void offer_set(struct offering *o, enum name_set set)
{
	size_t count;
	const struct name *all = names_all(set, &count);

	for (size_t i = 0; i < count; i++)
		offer(o, &(struct offer){.label = all[i].text,
					 .kind = OFFER_CONSTANT,
					 .detail = arena_printf(o->arena, "%s %u", names_noun(set),
								all[i].number)});
}

void offer_words(struct offering *o, enum word_set set)
{
	const char *word;

	for (size_t i = 0; (word = set_word(set, i)); i++)
		offer(o, &(struct offer){.label = word,
					 .kind = OFFER_KEYWORD,
					 .detail = words_noun(set),
					 .doc = set_word_doc(set, word)});
}

/* ---- the answer ------------------------------------------------------------------------- */

static json_t *item_of(const struct offering *o, const struct offer *item, size_t order)
{
	const char *put = item->put ? item->put : item->label;
	json_t *j = json_object();

	json_object_set_new(j, "label", lsp_string(o->arena, item->label));
	json_object_set_new(j, "kind", json_integer(item->kind));
	if (item->detail && *item->detail)
		json_object_set_new(j, "detail", lsp_string(o->arena, item->detail));
	if (item->doc && *item->doc)
		json_object_set_new(j, "documentation", lsp_markdown(o->arena, item->doc));
	/* The order is ours, not the client's: what was typed need not be the start. */
	json_object_set_new(j, "sortText", json_string(arena_printf(o->arena, "%03zu", order)));
	json_object_set_new(j, "filterText", lsp_string(o->arena, o->c.typed));
	json_object_set_new(j, "textEdit",
			    lsp_text_edit(o->arena,
					  lsp_range_json(document_source(o->doc), o->c.word.start,
							 o->offset, o->request->server->utf8),
					  put));
	return j;
}

static int best_first(const void *left, const void *right)
{
	const struct scored *a = left, *b = right;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static json_t *items_of(struct offering *o)
{
	json_t *out = json_array();

	if (o->count)
		qsort(o->offers, o->count, sizeof(*o->offers), best_first);
	for (size_t i = 0; i < o->count && i < OFFERS_MAX; i++)
		json_array_append_new(out, item_of(o, &o->offers[i].item, i));
	o->more |= o->count > OFFERS_MAX;
	return out;
}

json_t *lsp_complete(struct lsp_request *r)
{
	struct offering o = {.request = r, .arena = r->arena};
	json_t *items;

	o.doc = lsp_request_place(r, &o.offset);
	if (!o.doc)
		return NULL;
	o.c = cursor_at(r->arena, o.doc, o.offset);
	if (o.doc->language == DOCUMENT_TERSE)
		complete_terse(&o);
	else if (o.doc->language == DOCUMENT_YAML)
		complete_yaml(&o);
	items = items_of(&o);
	/* What was typed need not be in a name as it is: more letters, another search. */
	return json_pack("{s:b,s:o}", "isIncomplete", o.more || *o.c.typed, "items", items);
}
