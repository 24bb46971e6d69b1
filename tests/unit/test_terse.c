// SPDX-License-Identifier: Apache-2.0
/* The terse language: layout, constants, names that kernels do not agree on, limits. */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/check/tir.h"
#include "compiler/diag/diag.h"
#include "compiler/lower/ir.h"
#include "compiler/read/ast.h"
#include "compiler/terse/lower.h"
#include "compiler/terse/terse.h"
#include "kernel_fixture.h"

struct run {
	struct arena arena;
	struct sources sources;
	struct diags diags;
	struct yaml_docs docs;
};

static void read_text(struct run *r, const char *text, const struct terse_options *options)
{
	uint32_t file;

	r->sources.arena = &r->arena;
	r->diags = (struct diags){.arena = &r->arena, .sources = &r->sources};
	file = sources_add(&r->sources, "test.tg", text, strlen(text));
	terse_read(&r->arena, &r->diags, &r->sources, file, options, &r->docs);
}

static void expect_layout(const char *text, const char *wanted)
{
	struct run r = {.sources = {.arena = &r.arena}};
	size_t size, again;
	const char *first, *second;

	r.diags = (struct diags){.arena = &r.arena, .sources = &r.sources};
	first = terse_format(&r.arena, &r.diags, &r.sources,
			     sources_add(&r.sources, "test.tg", text, strlen(text)), &size);
	cr_assert(first);
	cr_expect_str_eq(first, wanted);
	second = terse_format_text(&r.arena, first, size, &again);
	cr_expect_str_eq(second, wanted);
	arena_free(&r.arena);
}

Test(terse, layout)
{
	expect_layout(
		"policy   x;let a=1,2;kprobe f( arg0:int,arg1 : file )->int{arg0==1=>post,kill;}",
		"policy x\nlet a = 1, 2\nkprobe f(arg0: int, arg1: file) -> int {\n"
		"    arg0 == 1 => post, kill\n}\n");
	expect_layout(
		"policy x\n\n\n\n# above\nkprobe f {\n\n  # inside\n  default # behind\n\n}\n# end",
		"policy x\n\n# above\nkprobe f {\n    # inside\n    default  # behind\n}\n# end\n");
	expect_layout(
		"policy x\nkprobe f(arg0: int) where arg0 == 1 # first\n  and arg0 != 2 # last\n",
		"policy x\n# first\nkprobe f(arg0: int) where arg0 == 1 and arg0 != 2  # last\n");
	expect_layout("policy x\nusdt \"/a\" p : n(arg0:string)\ntracepoint a / b\n"
		      "kprobe f(arg0 : int @btfType( \"a\" )) @x({a:[1 , 2]})",
		      "policy x\nusdt \"/a\" p:n(arg0: string)\ntracepoint a/b\n"
		      "kprobe f(arg0: int @btfType(\"a\")) @x({a: [1, 2]})\n");
}

Test(terse, long_lines_break_at_words)
{
	static const char long_rule[] =
		"policy x\nkprobe f(arg0: file) {\n"
		"    arg0 == \"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" and arg0 != "
		"\"/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"\n"
		"        and arg0 ends \"c\" => post\n}\n";

	expect_layout("policy x\nkprobe f(arg0: file) {\n"
		      "arg0 == \"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" and arg0 != "
		      "\"/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\" and arg0 ends \"c\" => post\n}",
		      long_rule);
}

Test(terse, constants)
{
	static const struct {
		const char *name;
		int64_t value;
	} known[] = {{"EPERM", 1},	    {"SIGKILL", 9},	 {"CAP_SYS_ADMIN", 21},
		     {"AF_INET6", 10},	    {"IPPROTO_UDP", 17}, {"O_CREAT", 0100},
		     {"PROT_EXEC", 4},	    {"MAP_SHARED", 1},	 {"CLONE_NEWUSER", 0x10000000},
		     {"PTRACE_ATTACH", 16}, {"MAY_READ", 4},	 {"BPF_PROG_LOAD", 5},
		     {"MS_RDONLY", 1}};
	int64_t value;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		cr_expect(constant_find(known[i].name, &value), "%s", known[i].name);
		cr_expect_eq(value, known[i].value, "%s", known[i].name);
	}
	cr_expect_not(constant_find("EPREM", &value));
	cr_expect_not(constant_find("", &value));
}

static struct kbtf *kernel_with(struct arena *a, struct btf **btf, bool swapped)
{
	char why[200];
	int id, proto;

	*btf = btf__new_empty();
	id = btf__add_int(*btf, "int", 4, BTF_INT_SIGNED);
	proto = btf__add_func_proto(*btf, id);
	btf__add_func_param(*btf, swapped ? "b" : "a", id);
	btf__add_func_param(*btf, swapped ? "a" : "b", id);
	btf__add_func(*btf, "f", BTF_FUNC_GLOBAL, proto);
	return kbtf_from_bytes(fixture_raw(a, *btf), NULL, why, sizeof(why));
}

Test(terse, an_argument_that_moves)
{
	struct run r = {.docs = {.count = 0}};
	struct btf *raw[2];
	struct kernel kernels[2] = {{.name = "old"}, {.name = "new"}};
	struct terse_options options = {.kernels = kernels, .kernel_count = 2};

	kernels[0].btf = kernel_with(&r.arena, &raw[0], false);
	kernels[1].btf = kernel_with(&r.arena, &raw[1], true);
	cr_assert(kernels[0].btf && kernels[1].btf);
	read_text(&r, "policy x\nkprobe f(a)\n", &options);
	cr_assert_eq(diag_errors(&r.diags), 1);
	cr_expect_str_eq(r.diags.first->text, "`a` is not the same argument in all kernels");
	cr_expect_str_eq(r.diags.first->first_note->text,
			 "it is argument 0 in old, and argument 1 in new");
	cr_expect_eq(r.docs.count, 0);
	for (size_t i = 0; i < 2; i++) {
		kbtf_close((struct kbtf *)kernels[i].btf);
		btf__free(raw[i]);
	}
	arena_free(&r.arena);
}

Test(terse, parameters)
{
	const struct terse_param given = {"port", "8443"};
	const struct terse_options options = {.params = &given, .param_count = 1};
	struct run r = {.docs = {.count = 0}};
	const struct yaml_node *spec, *filter;

	read_text(&r,
		  "param port = 443\npolicy x\nkprobe f(arg0: sock) where arg0.dport in port, 80\n",
		  &options);
	cr_assert_eq(diag_errors(&r.diags), 0);
	spec = doc_get(r.docs.roots[0], "spec");
	filter = doc_get(doc_get(doc_get(spec, "kprobes")->items[0], "selectors")->items[0],
			 "matchArgs")
			 ->items[0];
	cr_expect_str_eq(doc_get(filter, "values")->items[0]->text, "8443");
	cr_expect_str_eq(doc_get(filter, "values")->items[1]->text, "80");
	arena_free(&r.arena);
}

static void expect_too_large(const char *before, const char *part, size_t times, const char *after)
{
	struct run r = {.docs = {.count = 0}};
	size_t len = strlen(part);
	char *text = malloc(strlen(before) + len * times + strlen(after) + 1), *at = text;

	at = stpcpy(at, before);
	for (size_t i = 0; i < times; i++)
		at = stpcpy(at, part);
	strcpy(at, after);
	read_text(&r, text, NULL);
	cr_expect(r.diags.reported[DIAG_TERSE_TOO_LARGE], "%s%s...", before, part);
	cr_expect_eq(r.docs.count, 0);
	free(text);
	arena_free(&r.arena);
}

Test(terse, limits)
{
	expect_too_large("policy x\nkprobe f(arg0: int) where ", "not ", 300, "arg0 == 1");
	expect_too_large("policy x\nkprobe f where ", "(", 20000, "");
	expect_too_large("policy x\n@spec(", "[", 20000, "");
	expect_too_large("policy x\nlet a = 1", ", 1", 400000, "");
}

/* Names for names, each for the one before. */
Test(terse, names_of_names)
{
	struct run r = {.docs = {.count = 0}};
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	fputs("let a0 = 1\nmacro m0 = arg0 == 1\n", to);
	for (int i = 1; i < 5000; i++)
		fprintf(to, "let a%d = a%d\nmacro m%d = not m%d\n", i, i - 1, i, i - 1);
	fputs("policy x\nkprobe f(arg0: int) {\n arg0 == a4999\n m4999\n}\n", to);
	fclose(to);
	read_text(&r, text, NULL);
	cr_expect_eq(diag_errors(&r.diags), 2);
	cr_expect_str_eq(r.diags.first->text, "names stand for names more than 64 levels deep");
	free(text);
	arena_free(&r.arena);
}
