// SPDX-License-Identifier: Apache-2.0
/* Format files and `auto`. */
#include <criterion/criterion.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/kernels/kbtf.h"
#include "compiler/binaries/tracefs.h"

#define HEADER                                                                                     \
	"name: e\nID: 77\nformat:\n"                                                               \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"             \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
#define TAIL "\nprint fmt: \"%d\", field:not one;\n"

static struct arena arena;
static char why[256];

static void end(void)
{
	arena_free(&arena);
}

static bool parse(const char *text, struct trace_format *out)
{
	struct bytes b = {(const uint8_t *)text, strlen(text)};

	why[0] = 0;
	return trace_format_parse(&arena, b, out, why, sizeof(why));
}

/* The first field behind the header, of a file that has only this one. */
static struct trace_field field(const char *declaration, unsigned size, bool is_signed)
{
	struct trace_format f = {0};
	const char *text =
		arena_printf(&arena, "%s\tfield:%s;\toffset:8;\tsize:%u;\tsigned:%d;\n%s", HEADER,
			     declaration, size, is_signed, TAIL);

	cr_assert(parse(text, &f), "%s: %s", declaration, why);
	cr_assert_eq(f.field_count, 5);
	cr_expect_str_eq(f.event, "e");
	cr_expect_eq(f.id, 77);
	return f.fields[4];
}

static void expect_text(const char *declaration, unsigned size, const char *text)
{
	struct trace_field f = field(declaration, size, false);

	cr_expect_str_eq(trace_field_text(&arena, &f), text);
}

Test(tracefs, declarations, .fini = end)
{
	expect_text("unsigned int flags", 4, "unsigned int flags; offset 8; size 4");
	expect_text("const char * filename", 8, "const char *filename; offset 8; size 8");
	expect_text("const char *const * argv", 8, "const char *const *argv; offset 8; size 8");
	expect_text("char comm[16]", 16, "char comm[16]; offset 8; size 16");
	expect_text("char comm[TASK_COMM_LEN]", 16, "char comm[]; offset 8; size 16");
	expect_text("unsigned long args[]", 0, "unsigned long args[]; offset 8; size 0");
	expect_text("__data_loc char[] name", 4, "__data_loc char[] name; offset 8; size 4");
	expect_text("__rel_loc u64[] name", 4, "__rel_loc u64[] name; offset 8; size 4");
	expect_text("void (*call)(int, char *)", 8, "function * call; offset 8; size 8");
	expect_text("enum zone_type z", 4, "enum zone_type z; offset 8; size 4");
}

Test(tracefs, what_a_field_is, .fini = end)
{
	struct trace_field array = field("u8 id[16]", 16, false);
	struct trace_field pointer = field("struct sock * sk", 8, false);
	struct trace_field elsewhere = field("__data_loc char[] name", 4, true);
	struct trace_field relative = field("__rel_loc char[] name", 4, true);

	cr_expect(array.is_array && array.count == 16 && !array.is_pointer && !array.is_signed);
	cr_expect_str_eq(array.type, "u8");
	cr_expect(pointer.is_pointer && !pointer.is_array && !pointer.data_loc);
	cr_expect_str_eq(pointer.type, "struct sock *");
	cr_expect(elsewhere.data_loc && !elsewhere.rel_loc && !elsewhere.is_array);
	cr_expect(relative.rel_loc && !relative.data_loc);
	cr_expect_str_eq(relative.type, "char");
	cr_expect_str_eq(relative.name, "name");
}

Test(tracefs, header, .fini = end)
{
	struct trace_format f;

	cr_assert(parse(HEADER, &f));
	cr_assert_eq(f.field_count, 4);
	for (uint32_t i = 0; i < 4; i++)
		cr_expect_str_eq(trace_field_text(&arena, &f.fields[i]),
				 trace_field_text(&arena, trace_header_field(i)));
	cr_expect(f.fields[3].is_signed && trace_header_field(3)->is_signed);
	cr_expect_null(trace_header_field(4));
}

Test(tracefs, texts_that_are_no_format, .fini = end)
{
	static const char *const lines[] = {
		"field:int;\toffset:8;\tsize:4;\tsigned:1;",
		"field:;\toffset:8;\tsize:4;\tsigned:1;",
		"field:int x;\tsize:4;\tsigned:1;",
		"field:int x;\toffset:-8;\tsize:4;\tsigned:1;",
		"field:int x;\toffset:8;\tsize:99999999999;\tsigned:1;",
		"field:int x;\toffset:65536;\tsize:4;\tsigned:1;",
		"field:int x;\toffset:8;\tsize:;\tsigned:1;",
		"field:int x;\toffset:8;\tsize:4;\tsigned:2;",
		"field:int x",
		"ID: x",
	};
	struct trace_format f;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		cr_expect_not(parse(arena_printf(&arena, "%s%s\n", HEADER, lines[i]), &f), "%s",
			      lines[i]);
		cr_expect_str_eq(why, "line 9 is not a line of a format file");
	}
	cr_expect_not(parse("", &f));
	cr_expect_str_eq(why, "the text does not begin with the fields common_type to common_pid, "
			      "which every event has");
	cr_expect_not(parse(strstr(HEADER, "\tfield:unsigned char"), &f));
	cr_expect_not(trace_format_parse(&arena, (struct bytes){(const uint8_t *)"a\0b", 3}, &f,
					 why, sizeof(why)));
	cr_expect_str_eq(why, "this is no text of a format file");
}

/* ---- auto ------------------------------------------------------------------------------ */

static void expect_auto(const char *declaration, unsigned size, bool is_signed, const char *type)
{
	struct trace_field f = field(declaration, size, is_signed);
	struct trace_derived d = trace_field_derive(&f, false);

	cr_expect_str_eq(trace_auto_name(d.type) ? trace_auto_name(d.type) : "none", type, "%s",
			 declaration);
	cr_expect_null(d.why);
}

static void expect_refused(const char *declaration, unsigned size, const char *why_not,
			   const char *instead)
{
	struct trace_field f = field(declaration, size, false);
	struct trace_derived d = trace_field_derive(&f, false);

	cr_expect_eq(d.type, TRACE_AUTO_NONE, "%s", declaration);
	cr_expect_str_eq(d.why, why_not, "%s", declaration);
	cr_expect_str_eq(trace_auto_name(d.instead) ? trace_auto_name(d.instead) : "none", instead,
			 "%s", declaration);
}

Test(tracefs, auto_of_numbers, .fini = end)
{
	expect_auto("int x", 4, true, "int32");
	expect_auto("unsigned int x", 4, false, "uint32");
	expect_auto("unsigned x", 4, false, "uint32");
	expect_auto("u32 x", 4, false, "uint32");
	expect_auto("long x", 8, true, "int64");
	expect_auto("unsigned long x", 8, false, "uint64");
	expect_auto("unsigned long long x", 8, false, "uint64");
	expect_auto("long long unsigned int x", 8, false, "uint64"); /* as BTF names it */
	expect_auto("const u64 x", 8, false, "uint64");
	expect_auto("int fd", 8, false, "uint64"); /* the size decides */
	expect_auto("size_t count", 8, false, "size_t");
	expect_auto("char comm[16]", 16, true, "const_buf");
	expect_auto("unsigned long words[2]", 16, false, "const_buf");
}

Test(tracefs, auto_that_is_refused, .fini = end)
{
	static const char narrow[] = "only numbers of 4 and 8 bytes are derived";
	static const char named[] = "the name of its type does not say that it is a number";
	static const char array[] = "it is an array, and not one of numbers of a fixed size";

	expect_refused("u8 x", 1, narrow, "uint8");
	expect_refused("unsigned short x", 2, narrow, "uint16");
	expect_refused("dev_t dev", 4, named, "uint32");
	expect_refused("umode_t mode", 2, named, "uint16");
	expect_refused("enum zone_type z", 4, named, "uint32");
	expect_refused("__u32 x", 4, named, "uint32");
	expect_refused("pid_t pid", 4, named, "uint32");
	expect_refused("bool b", 1, named, "uint8");
	expect_refused("unsigned u32 x", 4, named, "uint32");
	expect_refused("struct pair x", 16, named, "none");
	expect_refused("__u8 id[16]", 16, array, "none");
	expect_refused("unsigned long args[]", 0, array, "none");
	expect_refused("char *names[2]", 16, array, "none");
	expect_refused("struct file * f", 8, "it is a pointer", "uint64");
	expect_refused("char * * argv", 8, "it is a pointer", "uint64");
	expect_refused("void (*call)(int)", 8, "it is a pointer", "uint64");
	expect_refused("__data_loc char[] s", 4, "its bytes are elsewhere in the record",
		       "data_loc");
	expect_refused("__rel_loc char[] s", 4, "its bytes are elsewhere in the record", "none");
}

Test(tracefs, auto_of_counted_bytes, .fini = end)
{
	struct trace_field f = field("const char * buf", 8, false);

	cr_expect_eq(trace_field_derive(&f, true).type, TRACE_AUTO_CHAR_BUF);
	cr_expect_eq(trace_field_derive(&f, false).type, TRACE_AUTO_NONE);
	f = field("struct file * f", 8, false);
	cr_expect_eq(trace_field_derive(&f, true).type, TRACE_AUTO_NONE);
}

/* The same field, once as tracefs and once as BTF describes it. */
Test(tracefs, from_btf, .fini = end)
{
	struct kfield flags = {.name = "flags",
			       .type = {.class = KTYPE_INT, .text = "unsigned int"},
			       .offset = 16,
			       .size = 4};
	struct kfield comm = {.name = "comm", .type = {.text = "array"}, .size = 16, .array = true};
	struct kfield name = {.name = "__data_loc_name", .type = {.text = "u32"}, .size = 4};
	struct ktype element = {.class = KTYPE_INT, .text = "char", .is_signed = true};
	struct trace_field f = trace_field_of(&arena, &flags, NULL, 0);

	cr_expect_str_eq(trace_field_text(&arena, &f), "unsigned int flags; offset 16; size 4");
	cr_expect_eq(trace_field_derive(&f, false).type, TRACE_AUTO_UINT32);
	f = trace_field_of(&arena, &comm, &element, 16);
	cr_expect_str_eq(trace_field_text(&arena, &f), "char comm[16]; offset 0; size 16");
	cr_expect_eq(trace_field_derive(&f, false).type, TRACE_AUTO_CONST_BUF);
	f = trace_field_of(&arena, &name, NULL, 0);
	cr_expect_str_eq(trace_field_text(&arena, &f), "__data_loc name; offset 0; size 4");
	cr_expect_eq(trace_field_derive(&f, false).instead, TRACE_AUTO_DATA_LOC);
}
