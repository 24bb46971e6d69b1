// SPDX-License-Identifier: Apache-2.0
/* textDocument/hover */
#include <string.h>
#include "compiler/diag/pages.h"
#include "compiler/explain/hook_words.h"
#include "compiler/kernels/profile.h"
#include "compiler/words/types.h"
#include "cursor.h"
#include "named.h"
#include "server.h"
#include "view.h"
#include "words.h"

struct hovering {
	struct arena *arena;
	const struct document *doc;
	struct cursor c;
	const char *text; /* Markdown so far; NULL: nothing */
};

static void add(struct hovering *h, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	while (len && (text[len - 1] == '\n' || text[len - 1] == ' '))
		len--;
	if (!len)
		return;
	h->text = h->text ? arena_printf(h->arena, "%s\n\n%.*s", h->text, (int)len, text)
			  : arena_strndup(h->arena, text, len);
}

static void add_code(struct hovering *h, const char *code)
{
	add(h, arena_printf(h->arena, "```c\n%s\n```", code));
}

/* ---- hooks ------------------------------------------------------------------------------ */

static const struct hook_words *known_words(struct hovering *h)
{
	const struct hook_at *k = &h->c.hook;

	if (k->syscall)
		return hook_words_syscall(strncmp(k->symbol, "sys_", 4) ? k->symbol
									: k->symbol + 4);
	if (k->kind == HOOK_LSM)
		return hook_words_lsm(h->arena, k->symbol);
	if (k->subsystem)
		return hook_words_function(
			arena_printf(h->arena, "%s/%s", k->subsystem, k->symbol));
	return hook_words_function(k->symbol);
}

static void add_event(struct hovering *h)
{
	const struct setup *s = h->doc->setup;
	const struct hook_at *k = &h->c.hook;
	const char *out = NULL;
	struct kevent_field f;
	struct kevent e;

	for (size_t i = 0; !out && i < s->kernels.count; i++) {
		if (profile_event(s->kernels.profiles[i], k->subsystem, k->symbol, &e) != KNOWN_YES)
			continue;
		out = arena_printf(h->arena, "```c\n/* %s/%s, %s */", k->subsystem, k->symbol,
				   view_kernel_name(s, i));
		for (uint32_t n = 0; profile_event_field(&e, n, &f); n++)
			out = arena_printf(h->arena, "%s\n%s %s; /* %u */", out, f.type, f.name, n);
	}
	if (out)
		add(h, arena_printf(h->arena, "%s\n```", out));
}

static void add_hook(struct hovering *h)
{
	const struct hook_at *k = &h->c.hook;
	const struct hook_words *w;

	if (!k->is_hook || !k->symbol || !*k->symbol)
		return;
	add(h, view_signatures(h->arena, h->doc->setup, k));
	if (k->kind == HOOK_TRACEPOINT && k->subsystem)
		add_event(h);
	w = known_words(h);
	if (!w)
		return;
	add(h, arena_printf(h->arena, k->syscall ? "A program %s. %s" : "Runs %s. %s", w->when,
			    hook_cost_sentence(w->cost)));
	add(h, w->misses);
}

/* ---- arguments -------------------------------------------------------------------------- */

/* How the argument reads: as each kernel declares it. */
static bool add_declaration(struct hovering *h, const char *path)
{
	const char *dot = strrchr(path, '.');
	struct view_type t;

	if (!view_path(h->arena, h->doc->setup, &h->c, path, &t))
		return false;
	add_code(h, kbtf_declare(t.btf, h->arena, t.id, dot ? dot + 1 : path));
	return true;
}

static void add_syscall_argument(struct hovering *h, const char *name)
{
	size_t kernel;
	const struct kfunction *f =
		h->c.hook.syscall ? view_any(h->arena, h->doc->setup, &h->c.hook, &kernel) : NULL;

	for (size_t i = 0; f && i < f->param_count; i++)
		if (f->params[i].name && !strcmp(f->params[i].name, name))
			add_code(h, arena_printf(h->arena, "%s %s", f->params[i].type.text, name));
}

static bool add_argument(struct hovering *h, const char *name)
{
	const char *before = h->text, *type = NULL;

	for (size_t i = 0; i < h->c.listed_count; i++)
		if (!strcmp(h->c.listed[i].name, name))
			type = h->c.listed[i].type;
	if (!add_declaration(h, name))
		add_syscall_argument(h, name);
	if (type && type_doc(type))
		add(h, arena_printf(h->arena, "`%s`: %s.", type, type_doc(type)));
	return h->text != before;
}

static void add_member(struct hovering *h)
{
	const char *doc = terse_doc(TERSE_MEMBER_WORDS, h->c.text);

	if (add_declaration(h, arena_printf(h->arena, "%s.%s", h->c.path, h->c.text)))
		return;
	if (!strncmp(h->c.path, "ns", 2) || !strncmp(h->c.path, "caps", 4))
		doc = terse_doc(TERSE_SUBJECT_WORDS, h->c.path);
	add(h, doc);
}

/* ---- words ------------------------------------------------------------------------------ */

static bool add_name(struct hovering *h)
{
	const struct analysis *n = h->doc->analysis;
	const struct named *name = named_find(h->arena, n, h->c.text);
	const struct source *f;
	uint32_t size;

	if (!name)
		return false;
	f = sources_get(&n->sources, name->whole.file);
	size = name->whole.end - name->whole.start;
	add(h, arena_printf(h->arena, "```tg\n%.*s%s\n```", (int)(size > 600 ? 600 : size),
			    f->text + name->whole.start, size > 600 ? " ..." : ""));
	return true;
}

static void add_constant(struct hovering *h)
{
	int64_t value;

	if (named_constant(h->doc->setup, h->c.text, &value))
		add_code(h, arena_printf(h->arena, "%s = %lld /* %#llx */", h->c.text,
					 (long long)value, (unsigned long long)value));
}

static void add_condition(struct hovering *h)
{
	if (!add_argument(h, h->c.text) && !add_name(h)) {
		add(h, terse_doc(TERSE_RULE_WORDS, h->c.text));
		add(h, terse_doc(TERSE_SUBJECT_WORDS, h->c.text));
		add(h, terse_doc(TERSE_OPERATOR_WORDS, h->c.text));
	}
}

static void add_scalar(struct hovering *h)
{
	const struct schema_key *k = h->c.key;
	const char *doc;

	if (k->type != VALUE_WORD) {
		add_constant(h);
		return;
	}
	doc = set_word_doc((enum word_set)k->of, h->c.text);
	if (doc)
		add(h, arena_printf(h->arena, "`%s`: %s.", h->c.text, doc));
}

/* The name of a hook in YAML is the value of its key. */
static bool on_hook_name(const struct hovering *h)
{
	const struct cursor *c = &h->c;

	return c->place == PLACE_SCALAR && c->hook.symbol && c->hook.at.start <= c->word.start &&
	       c->hook.at.end >= c->word.end;
}

static void add_words(struct hovering *h)
{
	const struct cursor *c = &h->c;
	const char *op;

	switch (c->place) {
	case PLACE_HOOK:
		add_hook(h);
		break;
	case PLACE_ARGUMENT:
		add_argument(h, c->text);
		break;
	case PLACE_MEMBER:
		add_member(h);
		break;
	case PLACE_TYPE:
		if (type_doc(c->text))
			add(h, arena_printf(h->arena, "`%s`: %s.", c->text, type_doc(c->text)));
		break;
	case PLACE_RULE:
	case PLACE_CONDITION:
		add_condition(h);
		break;
	case PLACE_VALUE:
		if (!add_name(h))
			add_constant(h);
		break;
	case PLACE_OPERATOR:
	case PLACE_AFTER:
		op = terse_doc(TERSE_OPERATOR_WORDS, c->text);
		if (op)
			add(h, arena_printf(h->arena, "`%s`: %s.", c->text, op));
		break;
	case PLACE_ESCAPE:
		op = operator_doc(c->text);
		if (op)
			add(h, arena_printf(h->arena, "`%s`: %s.", c->text, op));
		break;
	case PLACE_STATEMENT:
		add(h, terse_doc(TERSE_STATEMENT_WORDS, c->text));
		break;
	case PLACE_ACTION:
		add(h, terse_doc(TERSE_ACTION_WORDS, c->text));
		break;
	case PLACE_ACTION_WORD:
		add(h, terse_doc(TERSE_ACTION_PART_WORDS, c->text));
		add_constant(h);
		break;
	case PLACE_KEY:
		add(h, key_doc(c->object, c->text));
		break;
	case PLACE_SCALAR:
		if (on_hook_name(h))
			add_hook(h);
		else
			add_scalar(h);
		break;
	default:
		break;
	}
}

/* ---- messages --------------------------------------------------------------------------- */

/* Its page, up to the examples. */
static void add_page(struct hovering *h, const char *name)
{
	const struct page *page = page_find(name);
	const char *example;

	if (!page)
		return;
	example = memmem(page->text, page_size(page), "```", 3);
	add(h, arena_printf(h->arena, "%s#%.*s", h->text ? "---\n\n" : "",
			    (int)((example ? example : page->end) - page->text), page->text));
	add(h, arena_printf(h->arena, "`tgc explain %s` has examples.", name));
}

static void add_messages(struct hovering *h, uint32_t offset)
{
	const struct analysis *n = h->doc->analysis;
	size_t count;
	const struct diag **all = diags_sorted(&n->diags, &count);
	unsigned shown = 0;

	for (size_t i = 0; i < count && shown < 3; i++) {
		const struct diag *g = all[i];

		if (!g->placed || g->at.file != n->file || offset < g->at.start ||
		    offset > g->at.end || (i && all[i - 1]->id == g->id && shown))
			continue;
		add_page(h, diag_name(g->id));
		shown++;
	}
}

json_t *lsp_hover(struct lsp_request *r)
{
	uint32_t offset;
	struct document *d = lsp_request_place(r, &offset);
	struct hovering h = {.arena = r->arena, .doc = d};
	json_t *out;

	if (!d)
		return NULL;
	h.c = cursor_at(r->arena, d, offset);
	if (h.c.word.end > h.c.word.start)
		add_words(&h);
	add_messages(&h, offset);
	if (!h.text)
		return json_null();
	out = json_pack("{s:o}", "contents", lsp_markdown(r->arena, h.text));
	if (h.c.word.end > h.c.word.start)
		json_object_set_new(out, "range",
				    lsp_range_json(document_source(d), h.c.word.start, h.c.word.end,
						   r->server->utf8));
	return out;
}
