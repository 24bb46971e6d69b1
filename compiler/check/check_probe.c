// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": uprobes and USDT probes, and the binaries they go into. */
#include <string.h>
#include <unistd.h>
#include "check.h"
#include "compiler/values/usdt.h"
#include "compiler/binaries/userelf.h"

/* Binaries are looked at only below a root folder that the user gave: the machine that checks is
 * seldom the one that runs. */
static const char *rooted(struct checking *c, const char *path)
{
	return arena_printf(c->arena, *path == '/' ? "%s%s" : "%s/%s", c->kernel->root, path);
}

static bool open_binary(struct checking *c)
{
	const struct ast_str *path = c->hook->path;
	struct userelf *e;
	char why[USERELF_WHY];

	e = userelf_open(c->arena, rooted(c, path->s), why, sizeof(why));
	if (!e)
		diag_at(c->diags, DIAG_PROBE_BINARY, path->at, "%s", why);
	else
		e->path = path->s; /* for messages: as the policy has it */
	c->binary = e;
	return e;
}

/* What tells the file from others. */
const char *digest_of(struct checking *c)
{
	const char *digest = userelf_digest_text(c->binary, c->arena, "build-id");

	return digest ? digest : userelf_digest_text(c->binary, c->arena, "sha256");
}

#define USER_ARGS 32 /* of a function whose prototype is not known; most are on the stack */

/* ---- uprobes ----------------------------------------------------------------------------- */

bool find_place(struct checking *c, const struct ir_place *p, struct userelf_place *out, char *why,
		size_t size)
{
	const char *text = p->symbol;

	if (p->kind == PLACE_ADDRESS)
		return userelf_address(c->binary, p->offset, out, why, size);
	if (p->kind == PLACE_OFFSET)
		return userelf_offset(c->binary, p->offset, out, why, size);
	if (p->offset)
		text = arena_printf(c->arena, "%s+%llu", text, (unsigned long long)p->offset);
	return userelf_find(c->binary, text, out, why, size);
}

static bool check_place(struct checking *c, const struct ir_place *p)
{
	const struct userelf *e = c->binary;
	struct userelf_place place;
	char why[USERELF_WHY];
	const char *near;
	struct diag *m;

	if (p->counted && !userelf_counter(e, p->counter, why, sizeof(why))) {
		diag_at(c->diags, DIAG_PROBE_BINARY, p->at, "%s", why);
		return false;
	}
	if (find_place(c, p, &place, why, sizeof(why)))
		return true;
	m = diag_at(c->diags, DIAG_PROBE_BINARY, p->at, "%s", why);
	near = p->kind == PLACE_SYMBOL ? userelf_nearest(e, c->arena, p->symbol) : NULL;
	if (near)
		diag_hint(c->diags, m, "did you mean `%s`?", near);
	return false;
}

/* Any one of the digests will do. */
static void check_digests(struct checking *c, const struct userelf *e)
{
	const struct ir_hook *h = c->hook;
	char why[USERELF_WHY] = "";

	for (size_t i = 0; i < h->digest_count; i++)
		if (userelf_digest(e, h->digests[i].s, why, sizeof(why)) == USERELF_SAME)
			return;
	if (h->digest_count && !h->ignore_digest)
		diag_note(c->diags,
			  diag_at(c->diags, DIAG_PROBE_BINARY, h->digests[0].at,
				  "none of the digests is that of `%s`", h->path->s),
			  "%s", why);
}

static bool find_uprobe(struct checking *c)
{
	bool ok = open_binary(c);

	for (size_t i = 0; c->binary && i < c->hook->place_count; i++)
		ok &= check_place(c, &c->hook->places[i]);
	if (c->binary)
		check_digests(c, c->binary);
	return ok;
}

/* ---- USDT probes -------------------------------------------------------------------------- */

static bool find_usdt(struct checking *c)
{
	const struct userelf_probe **probes;
	const char *name = c->hook->calls.v[0].name, *list;
	char why[USERELF_WHY];
	size_t count;
	struct diag *m;

	if (!open_binary(c))
		return false;
	probes = userelf_probes(c->binary, c->arena, c->hook->subsystem, name, &count, why,
				sizeof(why));
	if (probes) {
		c->out->sites = probes;
		c->out->site_count = count;
		c->out->file_digest = digest_of(c);
		return true;
	}
	m = diag_at(c->diags, DIAG_PROBE_BINARY, c->hook->symbol_at, "%s", why);
	list = userelf_probe_list(c->binary, c->arena, 10);
	if (list)
		diag_note(c->diags, m, "its probes: %s", list);
	return false;
}

bool find_probe(struct checking *c)
{
	c->out->symbol = c->hook->kind == HOOK_USDT ? c->hook->calls.v[0].name : c->hook->path->s;
	c->binary = NULL;
	if (!check_register_writes(c))
		return false;
	if (!c->kernel->root)
		return true;
	return c->hook->kind == HOOK_USDT ? find_usdt(c) : find_uprobe(c);
}

/* ---- arguments ------------------------------------------------------------------------------ */

/* What a program's own memory can hold. */
static bool check_user_type(struct checking *c, const struct tir_arg *arg)
{
	struct diag *m;

	if (arg->type->class == CLASS_INT || arg->type->id == TYPE_STRING ||
	    arg->type->id == TYPE_CHAR_BUF || arg->type->id == TYPE_CHAR_IOVEC ||
	    arg->type->id == TYPE_FD || arg->type->id == TYPE_SOCKADDR ||
	    arg->type->id == TYPE_SOCKADDR_UN || arg->ir->path)
		return true;
	m = diag_at(c->diags, DIAG_ARG_TYPE, arg->ir->at,
		    "a program's arguments are values in its own memory: `%s` is a kernel object",
		    arg->type->name);
	diag_note(c->diags, m, "Tetragon accepts the type and reads nothing useful");
	return false;
}

/* `Set` writes four bytes to where an operand says that they are, at every place of the probe. */
static bool check_set(struct checking *c, const struct userelf_probe *site,
		      const struct ir_action *a)
{
	const struct ast_str text = {.s = site->arguments, .len = strlen(site->arguments)};
	uint32_t at = c->hook->args[a->arg].position;
	struct usdt_operand operands[USDT_OPERANDS];
	struct value_error e;
	size_t count = 0;
	struct diag *m;

	usdt_parse(c->arena, ARCH_X86_64, &text, operands, &count, &e);
	if (at < count && operands[at].kind == USDT_MEMORY && operands[at].size == 4 &&
	    !operands[at].index)
		return true;
	m = diag_at(c->diags, DIAG_ACTION_ARG, a->at,
		    "`Set` writes four bytes of memory, which operand %u of the probe is not", at);
	diag_note(c->diags, m, "the probe's arguments: %s", site->arguments);
	if (at < count)
		diag_note(c->diags, m, "the operand is: %s",
			  usdt_print(c->arena, ARCH_X86_64, &operands[at]));
	return false;
}

void check_sets(struct checking *c)
{
	for (size_t i = 0; i < c->hook->selector_count; i++) {
		const struct ir_actions *actions = &c->hook->selectors[i].actions;

		for (size_t j = 0; j < actions->n; j++)
			for (size_t k = 0; k < c->out->site_count; k++)
				if (actions->v[j].action == TG_ACTION_SET &&
				    !check_set(c, c->out->sites[k], &actions->v[j]))
					break;
	}
}

static bool check_operand(struct checking *c, struct tir_arg *arg)
{
	arg->source = ARG_OPERAND;
	if (arg->ir->position >= USDT_OPERANDS) {
		diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			"there is no operand %u: a probe has at most %d, counted from 0",
			arg->ir->position, USDT_OPERANDS);
		return false;
	}
	if (!c->out->site_count || arg->ir->position < c->out->sites[0]->operand_count)
		return true;
	diag_note(c->diags,
		  diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
			  "there is no operand %u: the probe has %zu, counted from 0",
			  arg->ir->position, c->out->sites[0]->operand_count),
		  "the probe's arguments: %s", c->out->sites[0]->arguments);
	return false;
}

static bool check_resolve(struct checking *c, const struct tir_arg *arg)
{
	if (!arg->ir->path || (c->hook->btf_path && arg->ir->btf_type))
		return true;
	diag_note(
		c->diags,
		diag_at(c->diags, DIAG_RESOLVE, arg->ir->resolve->at,
			"`resolve` in a user program needs `btfPath` on the hook and `btfType` on "
			"the argument"),
		"they say which file describes the program's types, and where the path "
		"starts");
	return false;
}

bool check_probe_arg(struct checking *c, struct tir_arg *arg)
{
	arg->from_user = true;
	arg->bits = 64;
	if (!check_user_type(c, arg) || !check_resolve(c, arg))
		return false;
	if (c->hook->kind == HOOK_USDT)
		return check_operand(c, arg);
	arg->source = ARG_PARAMETER;
	if (arg->ir->position < USER_ARGS)
		return true;
	diag_at(c->diags, DIAG_ARG_COUNT, arg->ir->at,
		"there is no argument %u: functions of user programs have at most %d here, "
		"counted from 0",
		arg->ir->position, USER_ARGS);
	return false;
}

bool check_probe_return(struct checking *c, struct tir_arg *arg)
{
	arg->from_user = true;
	return check_user_type(c, arg);
}
