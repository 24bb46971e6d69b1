// SPDX-License-Identifier: Apache-2.0
/*
 * Bytes through every parser of the value languages. The first byte chooses parser, operator and
 * type. A refusal must have a reason and a place inside the text; what is taken must be shown as
 * a text that is taken again and shown the same.
 */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/values/cel.h"
#include "compiler/values/digest.h"
#include "compiler/values/fieldpath.h"
#include "compiler/words/operator.h"
#include "compiler/words/option.h"
#include "compiler/values/pattern.h"
#include "compiler/values/process_value.h"
#include "compiler/values/rate.h"
#include "compiler/values/symbol.h"
#include "compiler/words/syscalls.h"
#include "compiler/values/usdt.h"
#include "compiler/values/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct arena arena;

static void check_refusal(const struct value_error *e, const struct ast_str *text)
{
	if (!e->text || !*e->text || e->from > e->to || e->to > text->len)
		abort();
}

static struct ast_str text_of(const char *s)
{
	return (struct ast_str){.s = s, .len = strlen(s)};
}

static void try_value(const struct ast_str *text, unsigned choice)
{
	const struct type_info *type = type_get(choice % TYPE_COUNT);
	enum op op = choice / TYPE_COUNT % OP_COUNT;
	struct ast_str again;
	struct value_error e = {.text = NULL};
	struct value v, second;
	const char *note, *first;

	if (operator_check(&arena, op, type, &e, &note) == OPERATOR_REFUSED)
		return;
	if (!value_read(&arena, text, type, op, &v, &e)) {
		check_refusal(&e, text);
		return;
	}
	if (v.kind == VALUE_IS_TEXT)
		return;
	first = value_show(&arena, &v, type, op);
	again = text_of(first);
	/* size_t and syscall64 are read signed and shown unsigned. */
	if (type->id == TYPE_SIZE || type->id == TYPE_SYSCALL64)
		return;
	if (!value_read(&arena, &again, type, op, &second, &e) ||
	    strcmp(value_show(&arena, &second, type, op), first))
		abort();
}

static void try_cel(const struct ast_str *text)
{
	static const enum type_id types[] = {TYPE_INT, TYPE_UINT32, TYPE_INT64, TYPE_UINT64,
					     TYPE_STRING};
	const struct type_info *args[5];
	struct value_error e = {.text = NULL};
	struct cel_node *root = cel_parse(&arena, text, &e), *second;
	const char *first;
	struct ast_str again;

	for (size_t i = 0; i < 5; i++)
		args[i] = type_get(types[i]);
	if (!root) {
		check_refusal(&e, text);
		return;
	}
	first = cel_print(&arena, root);
	again = text_of(first);
	if (again.len > CEL_LENGTH)
		return;
	second = cel_parse(&arena, &again, &e);
	if (!second || strcmp(cel_print(&arena, second), first))
		abort();
	if (cel_check(&arena, root, text, args, 5, &e) !=
	    cel_check(&arena, second, &again, args, 5, &e))
		abort();
	if (e.text)
		check_refusal(&e, &again);
}

static void try_fieldpath(const struct ast_str *text)
{
	struct value_error e = {.text = NULL};
	struct fieldpath p, second;
	const char *first;
	struct ast_str again;

	if (!fieldpath_parse(&arena, text, &p, &e)) {
		check_refusal(&e, text);
		return;
	}
	first = fieldpath_print(&arena, &p, p.count);
	again = text_of(first);
	if (!fieldpath_parse(&arena, &again, &second, &e) || second.count != p.count ||
	    strcmp(fieldpath_print(&arena, &second, second.count), first))
		abort();
}

static void try_usdt(const struct ast_str *text, enum arch arch)
{
	struct usdt_operand o[USDT_OPERANDS], second[USDT_OPERANDS];
	struct value_error e = {.text = NULL};
	size_t count, one;

	if (!usdt_parse(&arena, arch, text, o, &count, &e))
		check_refusal(&e, text);
	for (size_t i = 0; i < count; i++) {
		const char *first = usdt_print(&arena, arch, &o[i]);
		struct ast_str again = text_of(first);

		if (!usdt_parse(&arena, arch, &again, second, &one, &e) || one != 1 ||
		    strcmp(usdt_print(&arena, arch, &second[0]), first))
			abort();
	}
}

static void try_assignment(const struct ast_str *text, enum arch arch)
{
	struct value_error e = {.text = NULL};
	struct reg_assignment r, second;
	const struct reg *reg;
	const char *first;
	struct ast_str again;

	if (!reg_read(&arena, arch, text, &reg, &e))
		check_refusal(&e, text);
	if (!reg_assignment_parse(&arena, arch, text, &r, &e)) {
		check_refusal(&e, text);
		return;
	}
	first = reg_assignment_print(&arena, &r);
	again = text_of(first);
	if (!reg_assignment_parse(&arena, arch, &again, &second, &e) ||
	    strcmp(reg_assignment_print(&arena, &second), first))
		abort();
}

static void try_pattern(const struct ast_str *text)
{
	struct value_error e = {.text = NULL};
	struct pattern *p = pattern_compile(&arena, text, &e);

	if (!p)
		check_refusal(&e, text);
	else
		pattern_match(p, "__x64_sys_open", 14);
	pattern_free(p);
}

static void try_settings(const struct ast_str *text, unsigned choice)
{
	struct value_error e = {.text = NULL};
	enum rate_scope scope;
	struct digest digest;
	struct symbol symbol;
	struct rate rate;
	uint32_t value;

	if (!rate_parse(&arena, text, &rate, &e))
		check_refusal(&e, text);
	if (!rate_scope_parse(&arena, text, &scope, &e))
		check_refusal(&e, text);
	if (!option_parse(&arena, choice % OPTION_COUNT, text, &value, &e))
		check_refusal(&e, text);
	if (!digest_parse(&arena, text, &digest, &e))
		check_refusal(&e, text);
	else if (!digest_print(&arena, &digest))
		abort();
	if (!symbol_parse(&arena, text, &symbol, &e))
		check_refusal(&e, text);
}

static void try_names(const struct ast_str *text, unsigned choice)
{
	struct value_error e = {.text = NULL};
	struct syscall_element element;
	struct namespace_value ns;
	uint64_t mask = 0;
	uint32_t kinds = 0;
	bool differs;

	if (!syscall_parse(&arena, choice & 1, text, choice >> 1 & 1, &element, &e))
		check_refusal(&e, text);
	if (!namespace_parse(&arena, text, &ns, &e))
		check_refusal(&e, text);
	if (!namespace_kind_parse(&arena, text, &kinds, &e))
		check_refusal(&e, text);
	if (!capability_parse(&arena, text, &mask, &differs, &e))
		check_refusal(&e, text);
	if (!binary_check(&arena, text, OP_POSTFIX, &e))
		check_refusal(&e, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ast_str text;
	unsigned parser, choice;
	char *copy;

	if (size < 3)
		return 0;
	parser = data[0];
	choice = data[1] | (unsigned)data[2] << 8;
	/* A block of its own, with a guard behind the NUL that every ast_str has. */
	copy = malloc(size - 2);
	memcpy(copy, data + 3, size - 3);
	copy[size - 3] = 0;
	text = (struct ast_str){.s = copy, .len = size - 3};
	switch (parser % 9) {
	case 0:
		try_cel(&text);
		break;
	case 1:
		try_fieldpath(&text);
		break;
	case 2:
		try_usdt(&text, choice & 1);
		break;
	case 3:
		try_assignment(&text, choice & 1);
		break;
	case 4:
		try_pattern(&text);
		break;
	case 5:
		try_settings(&text, choice);
		break;
	case 6:
		try_names(&text, choice);
		break;
	default:
		try_value(&text, choice);
		break;
	}
	arena_free(&arena);
	free(copy);
	return 0;
}
