// SPDX-License-Identifier: Apache-2.0
/* textDocument/documentSymbol: policies, their hooks, rules, and names. */
#include <string.h>
#include "compiler/terse/lower.h"
#include "named.h"
#include "server.h"

/* Kinds of the protocol. */
enum {
	SYMBOL_NAMESPACE = 3,
	SYMBOL_EVENT = 24,
	SYMBOL_CONSTANT = 14,
	SYMBOL_FUNCTION = 12,
	SYMBOL_OBJECT = 19,
	SYMBOL_PROPERTY = 7
};

struct listing {
	struct lsp_request *r;
	struct document *d;
	json_t *out;	  /* of the file */
	json_t *policy;	  /* the last one's children; NULL: none yet */
	const char *name; /* of the policy */
};

/* Adds to a list; returns the children's list, borrowed. */
static json_t *add(struct listing *l, json_t *to, const char *name, int kind, struct span whole,
		   struct span at)
{
	const struct source *f = document_source(l->d);
	bool utf8 = l->r->server->utf8;
	json_t *s = json_object(), *children;

	if (whole.end < at.end || whole.start > at.start)
		whole = at;
	json_object_set_new(s, "name", lsp_string(l->r->arena, *name ? name : "?"));
	json_object_set_new(s, "kind", json_integer(kind));
	if (!l->r->server->nested) {
		json_object_set_new(s, "location",
				    json_pack("{s:s,s:o}", "uri", l->d->uri, "range",
					      lsp_range_json(f, whole.start, whole.end, utf8)));
		if (l->name && to != l->out)
			json_object_set_new(s, "containerName", lsp_string(l->r->arena, l->name));
		json_array_append_new(l->out, s);
		return to;
	}
	json_object_set_new(s, "range", lsp_range_json(f, whole.start, whole.end, utf8));
	json_object_set_new(s, "selectionRange", lsp_range_json(f, at.start, at.end, utf8));
	children = json_array();
	json_object_set_new(s, "children", children);
	json_array_append_new(to, s);
	return children;
}

/* ---- the terse language ----------------------------------------------------------------- */

static const char *text_at(struct listing *l, struct span at, size_t most)
{
	size_t len = at.end - at.start;

	return arena_strndup(l->r->arena, document_source(l->d)->text + at.start,
			     len > most ? most : len);
}

static void add_rules(struct listing *l, json_t *to, const struct terse_node *hook)
{
	const struct terse_node *items = kid(hook, 4);

	for (size_t i = 0; items && i < items->count; i++) {
		const struct terse_node *rule = items->kids[i];

		if (rule && rule->kind == T_RULE)
			add(l, to,
			    kid(rule, 0)
				    ? kid(rule, 0)->text
				    : text_at(l, kid(rule, 1) ? kid(rule, 1)->at : rule->at, 60),
			    SYMBOL_PROPERTY, rule->at, rule->at);
	}
}

static void add_hook(struct listing *l, const struct terse_node *hook)
{
	const struct terse_node *words = kid(hook, 0);
	struct span at = words ? words->at : hook->at;
	json_t *to = l->policy ? l->policy : l->out;

	add_rules(l, add(l, to, text_at(l, at, 200), SYMBOL_EVENT, terse_join(hook->at, at), at),
		  hook);
}

static void add_statement(struct listing *l, const struct terse_node *n)
{
	const struct terse_node *name = kid(n, 0);

	if (n->kind == T_HOOK) {
		add_hook(l, n);
		return;
	}
	if (!name || !name->text)
		return;
	switch (n->op) {
	case POLICY:
		l->policy = add(l, l->out, name->text, SYMBOL_NAMESPACE, n->at, name->at);
		l->name = name->text;
		break;
	case LET:
	case PARAM:
	case LIST:
		add(l, l->policy ? l->policy : l->out, name->text, SYMBOL_CONSTANT, n->at,
		    name->at);
		break;
	case MACRO:
		add(l, l->policy ? l->policy : l->out, name->text, SYMBOL_FUNCTION, n->at,
		    name->at);
		break;
	default:
		break;
	}
}

static void list_terse(struct listing *l)
{
	struct terse_file tree = named_tree(l->r->arena, l->d->analysis, l->d->analysis->file);

	for (size_t i = 0; i < tree.statements->count; i++)
		if (tree.statements->kids[i])
			add_statement(l, tree.statements->kids[i]);
}

/* ---- YAML ------------------------------------------------------------------------------- */

static void list_policy(struct listing *l, const struct ast_policy *p)
{
	l->name = p->name.s ? p->name.s : "";
	l->policy =
		add(l, l->out, l->name, SYMBOL_NAMESPACE, p->at, p->name.s ? p->name.at : p->at);
	for (size_t i = 0; i < p->list_count; i++)
		if (p->lists[i].name.s)
			add(l, l->policy, p->lists[i].name.s, SYMBOL_CONSTANT, p->lists[i].at,
			    p->lists[i].name.at);
	for (size_t i = 0; i < p->macro_count; i++)
		if (p->macros[i].name.s)
			add(l, l->policy, p->macros[i].name.s, SYMBOL_FUNCTION,
			    p->macros[i].name.at, p->macros[i].name.at);
	for (size_t k = 0; k < AST_HOOK_KINDS; k++)
		for (size_t i = 0; i < p->hooks[k].n; i++) {
			const struct ast_hook *h = &p->hooks[k].v[i];
			const struct ast_str *name = h->symbol.s ? &h->symbol : &h->path;

			if (name->s)
				add(l, l->policy, name->s, SYMBOL_EVENT, h->at, name->at);
		}
}

json_t *lsp_symbols(struct lsp_request *r)
{
	struct document *d = lsp_request_document(r);
	struct listing l = {.r = r, .d = d};
	const struct ast *ast;

	if (!d)
		return NULL;
	l.out = json_array();
	ast = &d->analysis->checked.ast;
	if (d->language == DOCUMENT_TERSE)
		list_terse(&l);
	else
		for (size_t i = 0; i < ast->policy_count; i++)
			list_policy(&l, &ast->policies[i]);
	return l.out;
}
