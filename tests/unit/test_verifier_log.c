// SPDX-License-Identifier: Apache-2.0
/*
 * Logs of real verifiers (tests/verifier): each leads back to the line of the program that was
 * refused and to the right cause; where the kernel does not name the line, through the object.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/files.h"
#include "runtime/object_lines.h"
#include "runtime/refusal.h"

#define OBJECT "build/tests/bad.bpf.o"

static const struct row {
	const char *program;
	uint32_t line;
	const char *cause;
} rows[] = {
	{"scalar_access", 101, "a number as an address"},
	{"maybe_null", 102, "without a test that there was something"},
	{"value_bounds", 103, "outside of a map's memory"},
	{"unbounded_index", 104, "adds a number without bounds"},
	{"negative_size", 105, "a length that may be negative"},
	{"unbounded_size", 106, "a length without bounds"},
	{"deep_stack", 107, "more than 512 bytes of stack"},
	{"unknown_helper", 108, "lacks a helper"},
	{"helper_not_here", 109, "helper that it needs"},
	{"unknown_field", 110, "a field of a structure that this kernel does not have"},
	{"unknown_target", 111, "no such function or tracepoint"},
	{"typed_bounds", 112, "beyond the end of a structure"},
	{"uninitialized", 113, "stack memory that it has not written"},
	{"return_range", 114, "a value that this hook must not return"},
	{"context_bounds", 115, "an argument that this hook does not have"},
	{"pointer_sum", 116, "computes with an address"},
	{"leaked_reference", 117, "does not give back"},
	{"endless", 201, "1,000,000 steps"},
	{"too_long", 202, "1,000,000 steps"},
	{"unknown_kfunc", 301, "a kernel function that this kernel does not have"},
};

static struct arena arena;

static void free_arena(void)
{
	arena_free(&arena);
}

TestSuite(verifier_log, .fini = free_arena);

static const struct row *row_of(const char *name, size_t size)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strlen(rows[i].program) == size && !memcmp(rows[i].program, name, size))
			return &rows[i];
	return NULL;
}

/* The artifact is as good as none, but for the object. */
static struct artifact artifact_of(const char *path)
{
	struct artifact a = {0};
	struct vm_error e;
	size_t size;

	a.object = file_read(&arena, path, &size, &e);
	a.object_size = size;
	cr_assert(a.object, "%s", e.text);
	return a;
}

static void check_section(const char *label, const struct artifact *a, const struct row *row,
			  const char *text, size_t size)
{
	struct verifier_log log;
	struct refusal r;

	verifier_log_clear(&log);
	verifier_log_read(&log, text, size);
	refusal_find(&r, a, row->program, &log);
	cr_expect(r.cause && strstr(r.cause, row->cause), "%s, %s: the cause is: %s; the words: %s",
		  label, row->program, r.cause ? r.cause : "none", r.words);
	if (row->line >= 200)
		return; /* of other objects */
	cr_expect_str_eq(r.file, "policy.yaml", "%s, %s", label, row->program);
	cr_expect_eq(r.line, row->line, "%s, %s: line %u", label, row->program, r.line);
}

/* How many programs of a log were refused. */
static size_t check_log(const char *kernel)
{
	char *path = arena_printf(&arena, "tests/verifier/%s.log", kernel);
	struct artifact a = artifact_of(OBJECT);
	size_t size, refused = 0;
	struct vm_error e;
	char *text = file_read(&arena, path, &size, &e), *end;

	cr_assert(text, "%s", e.text);
	for (; text && !strncmp(text, "== ", 3); text = end) {
		const struct row *row = row_of(text + 3, strcspn(text + 3, "\n"));

		end = strstr(text, "\n== ");
		end = end ? end + 1 : text + strlen(text);
		cr_assert(row, "%s: nothing is known of %.20s", path, text);
		if (memmem(text, (size_t)(end - text), "result: loaded", 14))
			continue;
		check_section(kernel, &a, row, text, (size_t)(end - text));
		refused++;
	}
	return refused;
}

Test(verifier_log, real_logs)
{
	static const char *const kernels[] = {"5.10", "6.1", "6.12", "6.18", "newest"};

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		cr_expect_geq(check_log(kernels[i]), 14, "%s", kernels[i]);
	cr_expect_eq(check_log("local"), 3);
}

/* Kernels before 6.9 name no file: the instruction is looked up in the object. */
Test(verifier_log, old_kernels_name_no_line)
{
	struct vm_error e;
	char *text = file_read(&arena, "tests/verifier/5.10.log", NULL, &e);

	cr_assert(text);
	cr_expect_not(strstr(text, "@ policy.yaml"));
}

Test(verifier_log, says_nothing_of_nothing)
{
	struct verifier_log log;

	verifier_log_clear(&log);
	verifier_log_read(&log, "", 0);
	cr_expect_str_empty(log.words);
	cr_expect_null(log.cause);
	cr_expect_eq(log.insn, -1);
}

Test(verifier_log, marks_of_the_library_are_no_policy)
{
	static const char text[] = "; x = y @ policy.yaml:12\n1: (b7) r0 = 0\n"
				   "; a @ b; @ lib.bpf.c:99\n2: (95) exit\nsomething else\n";
	struct verifier_log log;

	verifier_log_clear(&log);
	verifier_log_read(&log, text, sizeof(text) - 1);
	cr_expect_str_eq(log.file, "policy.yaml");
	cr_expect_eq(log.line, 12);
	cr_expect_eq(log.insn, 2);
	cr_expect_str_eq(log.words, "something else");
}

Test(verifier_log, text_for_people)
{
	struct refusal r = {.file = "p.yaml", .line = 7, .cause = "it is wrong"};
	char out[200];

	refusal_text(&r, out, sizeof(out));
	cr_expect_str_eq(out, "\n    p.yaml:7: the program comes from here"
			      "\n    the kernel refuses it: it is wrong");
	r = (struct refusal){.cause = NULL};
	refusal_text(&r, out, sizeof(out));
	cr_expect_str_empty(out);
}

/* Whatever of an object is cut off or turned over, there is an answer or none, and no crash. */
Test(verifier_log, broken_objects)
{
	struct artifact a = artifact_of(OBJECT);
	struct object_line line;
	struct code code;

	for (size_t cut = 0; cut < a.object_size; cut += 97) {
		uint8_t *copy = malloc(a.object_size - cut);

		memcpy(copy, a.object, a.object_size - cut);
		copy[cut % (a.object_size - cut)] ^= 0xff;
		if (!code_read(&code, (struct bytes){copy, a.object_size - cut}))
			object_line_find(&line, &code, "deep_stack", (int64_t)cut);
		code_free(&code);
		free(copy);
	}
}
