// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "runtime/object_lines.h"
#include "runtime/refusal.h"

#define INDENT "    "

/* The kernel's own mark, when it is of this program and not of another that libbpf loaded. */
static bool is_marked(const struct verifier_log *log, const char *program)
{
	return log->file[0] && (!log->program[0] || !strcmp(log->program, program));
}

static void find_line(struct refusal *out, const struct artifact *a, const char *program,
		      int64_t insn)
{
	struct object_line line;
	struct code code;

	if (!code_read(&code, (struct bytes){a->object, a->object_size}) &&
	    object_line_find(&line, &code, program, insn)) {
		snprintf(out->file, sizeof(out->file), "%s", line.file);
		out->line = line.line;
	}
	code_free(&code);
}

void refusal_find(struct refusal *out, const struct artifact *a, const char *program,
		  const struct verifier_log *log)
{
	*out = (struct refusal){.cause = log->cause};
	memcpy(out->words, log->words, sizeof(out->words));
	if (is_marked(log, program)) {
		memcpy(out->file, log->file, sizeof(out->file));
		out->line = log->line;
	} else {
		find_line(out, a, program, log->insn);
	}
}

void refusal_text(const struct refusal *r, char *out, size_t size)
{
	int used = 0;

	out[0] = '\0';
	if (r->file[0])
		used = snprintf(out, size, "\n" INDENT "%s:%u: the program comes from here",
				r->file, r->line);
	if (r->cause && used >= 0 && (size_t)used < size)
		snprintf(out + used, size - (size_t)used, "\n" INDENT "the kernel refuses it: %s",
			 r->cause);
}
