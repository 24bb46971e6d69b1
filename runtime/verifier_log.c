// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "runtime/verifier_log.h"

static const struct {
	const char *words, *cause;
} causes[] = {
#define CAUSE(words, cause) {words, cause},
#include "runtime/verifier-causes.def"
#undef CAUSE
};

void verifier_log_clear(struct verifier_log *log)
{
	*log = (struct verifier_log){.insn = -1};
}

bool verifier_log_is_policy(const char *file, size_t size)
{
	return size < 2 || file[size - 2] != '.' ||
	       (file[size - 1] != 'c' && file[size - 1] != 'h');
}

struct line {
	const char *at;
	size_t size;
};

static bool begins(const struct line *l, const char *with)
{
	size_t size = strlen(with);

	return l->size >= size && !memcmp(l->at, with, size);
}

static const char *find(const struct line *l, const char *what)
{
	return memmem(l->at, l->size, what, strlen(what));
}

/* Digits at `at`, up to the line's end; -1 when there are none, or too many. */
static int64_t number(const struct line *l, const char *at, const char **end)
{
	const char *stop = l->at + l->size;
	int64_t value = 0;
	const char *from = at;

	for (; at < stop && *at >= '0' && *at <= '9' && at - from < 10; at++)
		value = value * 10 + (*at - '0');
	*end = at;
	return at == from ? -1 : value;
}

/* "; source text @ file.yaml:23" */
static void take_mark(struct verifier_log *log, const struct line *l)
{
	const char *at = NULL, *file, *colon, *end;
	int64_t line;

	for (const char *next = find(l, " @ "); next;
	     next = memmem(next + 1, (size_t)(l->at + l->size - next - 1), " @ ", 3))
		at = next;
	if (!at)
		return;
	file = at + 3;
	colon = memrchr(file, ':', (size_t)(l->at + l->size - file));
	if (!colon || colon == file || !verifier_log_is_policy(file, (size_t)(colon - file)))
		return;
	line = number(l, colon + 1, &end);
	if (line < 0)
		return;
	snprintf(log->file, sizeof(log->file), "%.*s", (int)(colon - file), file);
	log->line = (uint32_t)line;
}

/* "libbpf: prog 'NAME': -- BEGIN PROG LOAD LOG --" */
static void take_program(struct verifier_log *log, const struct line *l)
{
	static const char head[] = "libbpf: prog '";
	const char *name = l->at + sizeof(head) - 1, *end;

	if (!begins(l, head))
		return;
	end = memchr(name, '\'', (size_t)(l->at + l->size - name));
	if (end)
		snprintf(log->program, sizeof(log->program), "%.*s", (int)(end - name), name);
}

/* "12: (85) call ..."; "12: R1=..." is the state there. */
static bool take_insn(struct verifier_log *log, const struct line *l)
{
	const char *end;
	int64_t insn = number(l, l->at, &end);

	if (insn < 0 || end >= l->at + l->size || *end != ':')
		return false;
	log->insn = insn;
	return true;
}

static bool take_cause(struct verifier_log *log, const struct line *l)
{
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		if (!find(l, causes[i].words))
			continue;
		log->cause = causes[i].cause;
		return true;
	}
	return false;
}

/* Lines that never say why: states, frames of the log, libbpf's echo of the error. */
static bool is_noise(const struct line *l)
{
	static const char *const heads[] = {
		" ",
		";",
		"from ",
		"regs=",
		"last_idx ",
		"parent ",
		"mark_precise",
		"processed ",
		"-- END ",
		"func#",
		"caller",
		"callee",
		"returning ",
		"verification time",
		"stack depth ",
		"old state:",
		"cur state:",
		"arg#",
		"Validating ",
		"propagating",
		"reg type ",
		"0: R",
	};

	if (!l->size || begins(l, "libbpf: failed to load object") ||
	    (begins(l, "libbpf: prog ") &&
	     (find(l, "failed to load: -") || find(l, "BEGIN PROG LOAD LOG") ||
	      find(l, "failed to prepare load attributes"))))
		return true;
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (begins(l, heads[i]))
			return true;
	return false;
}

static void take_words(struct verifier_log *log, const struct line *l)
{
	static const char head[] = "libbpf: ";
	size_t skip = begins(l, head) ? sizeof(head) - 1 : 0;

	snprintf(log->words, sizeof(log->words), "%.*s", (int)(l->size - skip), l->at + skip);
}

static void read_line(struct verifier_log *log, const struct line *l)
{
	take_program(log, l);
	if (begins(l, ";")) {
		take_mark(log, l);
		return;
	}
	if (take_insn(log, l) || is_noise(l))
		return;
	if (take_cause(log, l) || !log->cause)
		take_words(log, l);
}

void verifier_log_read(struct verifier_log *log, const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct line l = {text, (size_t)((stop ? stop : end) - text)};

		read_line(log, &l);
		text = stop ? stop + 1 : end;
	}
}
