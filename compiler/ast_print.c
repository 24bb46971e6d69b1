/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include "ast.h"

/* A string in quotes with C escapes, so that any bytes are one readable line. */
static void put_string(FILE *to, const struct ast_str *s)
{
	fputc('"', to);
	for (size_t i = 0; i < s->len; i++) {
		unsigned char c = (unsigned char)s->s[i];

		if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(to, "\\x%02x", c);
		else
			fputc(c, to);
	}
	fputc('"', to);
}

static void put_indent(FILE *to, unsigned depth)
{
	fprintf(to, "%*s", (int)(depth * 2), "");
}

static void put_str_line(FILE *to, unsigned depth, const char *key, const struct ast_str *s)
{
	if (!s->s)
		return;
	put_indent(to, depth);
	fprintf(to, "%s ", key);
	put_string(to, s);
	fputc('\n', to);
}

static void put_strs_line(FILE *to, unsigned depth, const char *key, const struct ast_strs *s)
{
	if (!s->n)
		return;
	put_indent(to, depth);
	fputs(key, to);
	for (size_t i = 0; i < s->n; i++) {
		fputc(' ', to);
		put_string(to, &s->v[i]);
	}
	fputc('\n', to);
}

static void put_int_line(FILE *to, unsigned depth, const char *key, const struct ast_int *i)
{
	if (!i->given)
		return;
	put_indent(to, depth);
	fprintf(to, "%s %" PRId64 "\n", key, i->value);
}

static void put_ints_line(FILE *to, unsigned depth, const char *key, const struct ast_ints *s)
{
	if (!s->n)
		return;
	put_indent(to, depth);
	fputs(key, to);
	for (size_t i = 0; i < s->n; i++)
		fprintf(to, " %" PRId64, s->v[i].value);
	fputc('\n', to);
}

static void put_head(FILE *to, unsigned depth, const char *head)
{
	put_indent(to, depth);
	fprintf(to, "%s\n", head);
}

static void put_selector(FILE *to, const struct ast_selector *s)
{
	put_head(to, 2, "selector");
	put_str_line(to, 3, "label", &s->label);
	for (size_t i = 0; i < s->binary_count; i++) {
		put_head(to, 3, "matchBinaries");
		put_str_line(to, 4, "operator", &s->binaries[i].op);
		put_strs_line(to, 4, "values", &s->binaries[i].values);
	}
	for (size_t i = 0; i < s->arg_count; i++) {
		put_head(to, 3, "matchArgs");
		put_int_line(to, 4, "index", &s->args[i].index);
		put_ints_line(to, 4, "args", &s->args[i].args);
		put_str_line(to, 4, "operator", &s->args[i].op);
		put_strs_line(to, 4, "values", &s->args[i].values);
	}
	for (size_t i = 0; i < s->action_count; i++) {
		put_head(to, 3, "matchActions");
		put_str_line(to, 4, "action", &s->actions[i].action);
		put_int_line(to, 4, "argError", &s->actions[i].arg_error);
		put_int_line(to, 4, "argSig", &s->actions[i].arg_sig);
	}
}

static void put_hook(FILE *to, const struct ast_hook *h)
{
	static const char *const kinds[] = {
		[AST_KPROBE] = "kprobe", [AST_LSM] = "lsmhook", [AST_TRACEPOINT] = "tracepoint"};
	static const char *const symbols[] = {
		[AST_KPROBE] = "call", [AST_LSM] = "hook", [AST_TRACEPOINT] = "event"};

	put_head(to, 1, kinds[h->kind]);
	put_str_line(to, 2, "subsystem", &h->subsystem);
	put_str_line(to, 2, symbols[h->kind], &h->symbol);
	if (h->syscall.given)
		put_head(to, 2, h->syscall.value ? "syscall true" : "syscall false");
	put_str_line(to, 2, "message", &h->message);
	put_strs_line(to, 2, "tags", &h->tags);
	for (size_t i = 0; i < h->arg_count; i++) {
		put_head(to, 2, "arg");
		put_int_line(to, 3, "index", &h->args[i].index);
		put_str_line(to, 3, "type", &h->args[i].type);
		put_str_line(to, 3, "label", &h->args[i].label);
	}
	for (size_t i = 0; i < h->selector_count; i++)
		put_selector(to, &h->selectors[i]);
}

void ast_print(const struct ast *ast, FILE *to)
{
	for (size_t i = 0; i < ast->policy_count; i++) {
		const struct ast_policy *p = &ast->policies[i];

		put_str_line(to, 0, "policy", &p->name);
		for (size_t o = 0; o < p->option_count; o++) {
			put_str_line(to, 1, "option", &p->options[o].name);
			put_str_line(to, 2, "value", &p->options[o].value);
		}
		for (size_t h = 0; h < p->hook_count; h++)
			put_hook(to, &p->hooks[h]);
	}
}
