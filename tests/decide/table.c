// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "bpf-templates/tg_namespaces.h"
#include "table.h"
#include "words.h"

struct reading {
	struct arena *arena;
	const char *file;
	unsigned line;
	struct shapes *shapes;
	struct shape *shape; /* the last one */
	size_t event_room;
	const char *why;
};

static bool fail(struct reading *r, const char *why)
{
	r->why = why;
	return false;
}

static const char *after(const char *word, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(word, prefix, n) ? NULL : word + n;
}

static struct text text_of(const struct text *word, size_t skip)
{
	return (struct text){word->s + skip, word->len - skip};
}

static bool number(const char *s, uint64_t *out)
{
	char *end;

	*out = *s == '-' ? (uint64_t)strtoll(s, &end, 0) : strtoull(s, &end, 0);
	return *s && !*end;
}

/* ---- events ---------------------------------------------------------------------------- */

static void read_place(const struct text *word, struct argument *out)
{
	const char *path = after(word->s, "deleted:");

	out->kind = ARGUMENT_TEXT;
	out->deleted = path;
	out->text = text_of(word, path ? 8 : 0);
	if (!strcmp(word->s, "null"))
		out->kind = ARGUMENT_NULL;
	if (!strcmp(word->s, "fault"))
		out->kind = ARGUMENT_FAULT;
}

static bool read_argument(const struct shape_arg *arg, const struct text *word,
			  struct argument *out)
{
	*out = (struct argument){.kind = ARGUMENT_NUMBER};
	if (shape_arg_is_number(arg))
		return number(word->s, &out->number);
	read_place(word, out);
	if (out->kind != ARGUMENT_TEXT || shape_arg_is_path(arg))
		return true;
	out->in_kernel = after(word->s, "k:");
	out->text = text_of(word, out->in_kernel ? 2 : 0);
	return true;
}

/* PID/NSPID:EXE */
static bool read_parent(const struct text *word, struct event *e)
{
	struct relative *r = &e->parents[e->parent_count];
	const char *at = word->s + 7;
	char *end;

	if (e->parent_count == SHAPE_PARENTS)
		return false;
	*r = (struct relative){.pid = 100 + e->parent_count++};
	if (isdigit((unsigned char)*at)) {
		r->pid = (uint32_t)strtoul(at, &end, 10);
		if (*end == '/')
			r->nspid = (uint32_t)strtoul(end + 1, &end, 10);
		if (*end != ':')
			return false;
		at = end + 1;
	}
	read_place(&(struct text){at, word->len - (size_t)(at - word->s)}, &r->exe);
	r->kernel_thread = !strcmp(at, "kernel");
	return true;
}

/* KIND=INODE, SET=BITS, and `was:` before them */
static bool read_fact(const char *word, struct event *e)
{
	static const char *const sets[] = {"effective", "inheritable", "permitted"};
	static const char *const kinds[] = {
#define NAMESPACE(number, name) [number] = #name,
		TG_NAMESPACE_KINDS
#undef NAMESPACE
	};
	const char *value = strchr(word, '=');
	bool then = after(word, "was:");
	uint32_t *inodes = then ? e->recorded_namespaces : e->namespaces;
	uint64_t *capabilities = then ? e->recorded_capabilities : e->capabilities;
	size_t len;

	word += then ? 4 : 0;
	len = value ? (size_t)(value - word) : 0;

	for (unsigned i = 0; value && i < SHAPE_NAMESPACES; i++)
		if (strlen(kinds[i]) == len && !strncmp(word, kinds[i], len)) {
			inodes[i] = (uint32_t)strtoul(value + 1, NULL, 0);
			return true;
		}
	for (unsigned i = 0; value && i < SHAPE_CAPABILITY_SETS; i++)
		if (strlen(sets[i]) == len && !strncmp(word, sets[i], len)) {
			capabilities[i] = strtoull(value + 1, NULL, 0);
			return true;
		}
	return false;
}

static bool read_option(const struct text *word, struct event *e)
{
	const char *value;

	if ((value = after(word->s, "exe="))) {
		struct text rest = text_of(word, 4);

		e->exe_given = true;
		e->kernel_thread = !strcmp(value, "kernel");
		e->exe_inherited = !strcmp(value, "inherited");
		read_place(&rest, &e->exe);
	} else if (after(word->s, "parent=")) {
		return read_parent(word, e);
	} else if ((value = after(word->s, "nspid="))) {
		e->nspid = (uint32_t)strtoul(value, NULL, 10);
	} else if (after(word->s, "root=")) {
		e->root = text_of(word, 5);
	} else if ((value = after(word->s, "mode="))) {
		e->mode = (uint32_t)strtoul(value, NULL, 8);
	} else if ((value = after(word->s, "at="))) {
		e->time = strtoull(value, NULL, 10);
	} else if ((value = after(word->s, "tid="))) {
		e->tid = (unsigned)strtoul(value, NULL, 10);
	} else if (!strcmp(word->s, "policies=monitor")) {
		e->asked = ASKED_MONITOR;
	} else if (!strcmp(word->s, "policies=off")) {
		e->asked = ASKED_OFF;
	} else if (!strcmp(word->s, "ring=full")) {
		e->ring_full = true;
	} else if (!strcmp(word->s, "process=unknown")) {
		e->unknown_process = true;
	} else if (!strcmp(word->s, "scratch=interrupted")) {
		e->trouble = SCRATCH_INTERRUPTED;
	} else if (!strcmp(word->s, "scratch=swamped")) {
		e->trouble = SCRATCH_SWAMPED;
	} else {
		return read_fact(word->s, e);
	}
	return true;
}

static bool read_bits(const char *s, uint64_t *out)
{
	char *end;

	memset(out, 0, SHAPE_PROGRAM_PARTS * sizeof(*out));
	do {
		unsigned long bit = strtoul(s, &end, 10);

		if (end == s || bit / 64 >= SHAPE_PROGRAM_PARTS)
			return false;
		out[bit / 64] |= 1ull << bit % 64;
		s = end + 1;
	} while (*end == ',');
	return !*end;
}

/* A result that has an operand. */
static bool read_operand(const char *name, const struct text *word, struct expected *x)
{
	uint64_t n = 0;

	if (!strcmp(name, "post"))
		return read_bits(word->s, x->matched);
	if (!strcmp(name, "shows")) {
		x->has_text = true;
		x->text = *word;
		return true;
	}
	if (!number(word->s, &n))
		return false;
	if (!strcmp(name, "signal") && x->signal_count < EXPECTED_SIGNALS)
		x->signals[x->signal_count++] = (unsigned)n;
	else if (!strcmp(name, "return"))
		x->result = (int)n;
	else if (!strcmp(name, "lost"))
		x->lost = (unsigned)n;
	else if (!strcmp(name, "held"))
		x->held = (unsigned)n;
	else if (!strcmp(name, "missed"))
		x->missed = (unsigned)n;
	else if (!strcmp(name, "value"))
		x->value = n, x->has_value = true;
	else
		return false;
	return true;
}

static bool read_results(const struct words *w, size_t at, struct expected *x)
{
	bool said = false;

	for (; at < w->count; at++) {
		const char *word = w->v[at].s;
		bool last = at + 1 == w->count;

		said = true;
		if (!strcmp(word, "match"))
			x->matched[0] = 1;
		else if (!strcmp(word, "no") && !last && !strcmp(w->v[at + 1].s, "match"))
			at++;
		else if (!strcmp(word, "unresolved"))
			x->unresolved = true;
		else if (!strcmp(word, "unreadable"))
			x->fault = true;
		else if (strcmp(word, "nothing")) {
			if (last || !read_operand(word, &w->v[at + 1], x))
				return false;
			at++;
		}
	}
	return said;
}

bool table_event(struct arena *a, const struct shape *shape, const char *line, struct event *out)
{
	struct words *w = arena_alloc(a, sizeof(*w));
	size_t at = 0;

	event_begin(out);
	out->then = !strncmp(line, "then ", 5);
	line += out->then ? 5 : 0;
	if (!words_split(a, line, w))
		return false;
	for (; at < shape->arg_count; at++)
		if (at == w->count || !read_argument(&shape->args[at], &w->v[at], &out->args[at]))
			return false;
	for (; at < w->count && strcmp(w->v[at].s, "=>"); at++)
		if (!read_option(&w->v[at], out))
			return false;
	return read_results(w, at + 1, &out->expected);
}

static bool read_event(struct reading *r, const char *line)
{
	struct shape *s = r->shape;

	if (!s || s->refused)
		return fail(r, "a call of nothing");
	s->events =
		arena_grow(r->arena, s->events, s->event_count, &r->event_room, sizeof(*s->events));
	if (!table_event(r->arena, s, line, &s->events[s->event_count]))
		return fail(r, "this is not a call");
	s->events[s->event_count++].line = r->line;
	return true;
}

/* ---- shapes ---------------------------------------------------------------------------- */

static void begin_shape(struct reading *r)
{
	r->shape = shapes_add(r->arena, r->shapes);
	r->shape->file = r->file;
	r->shape->line = r->line;
	r->event_room = 0;
}

static bool add_arg(struct reading *r, const char *word)
{
	struct shape *s = r->shape;

	if (s->arg_count == SHAPE_ARGS)
		return fail(r, "too many arguments");
	shape_arg_parse(r->arena, word, &s->args[s->arg_count]);
	s->arg_count++;
	return true;
}

static bool read_filter(struct reading *r, const struct words *w)
{
	struct filter *f = arena_alloc(r->arena, sizeof(*f));

	if (w->count < 3)
		return fail(r, "filter TYPE OPERATOR VALUE...");
	begin_shape(r);
	f->op = w->v[2].s;
	f->value_count = w->count - 3;
	f->values = arena_array(r->arena, w->count, sizeof(*f->values));
	memcpy((void *)f->values, w->v + 3, f->value_count * sizeof(*f->values));
	r->shape->filters = f;
	r->shape->filter_count = 1;
	return add_arg(r, w->v[1].s);
}

static bool read_policy(struct reading *r, const struct words *w)
{
	static const char *const kinds[SHAPE_KINDS] = {"kprobe", "security",   "syscall",
						       "lsm",	 "tracepoint", "sys_enter"};

	if (w->count < 2)
		return fail(r, "policy KIND TYPE...");
	begin_shape(r);
	r->shape->kind = SHAPE_KINDS;
	for (int i = 0; i < SHAPE_KINDS; i++)
		if (!strcmp(kinds[i], w->v[1].s))
			r->shape->kind = (enum shape_kind)i;
	if (r->shape->kind == SHAPE_KINDS)
		return fail(r, "no such kind of hook");
	for (size_t i = 2; i < w->count; i++)
		if (!add_arg(r, w->v[i].s))
			return false;
	return true;
}

static bool read_yaml(struct reading *r, const char *line)
{
	struct shape *s = r->shape;

	if (!s || s->filter_count || s->event_count)
		return fail(r, "YAML belongs after `policy`");
	s->selectors = arena_printf(r->arena, "%s%s", s->selectors ? s->selectors : "", line);
	return true;
}

static bool read_line(struct reading *r, const char *line)
{
	struct words w;

	if (isspace((unsigned char)*line) && line[strspn(line, " \t\n")])
		return read_yaml(r, line);
	if (strncmp(line, "filter ", 7) && strncmp(line, "policy ", 7) &&
	    strncmp(line, "refused ", 8) && strncmp(line, "enforcer\n", 9)) {
		line += strspn(line, " \t\n");
		return !*line || *line == '#' || read_event(r, line);
	}
	if (!words_split(r->arena, line, &w))
		return fail(r, "an open quote or brace");
	if (*line == 'e')
		return r->shape && (r->shape->enforcer = true);
	if (*line == 'f')
		return read_filter(r, &w);
	if (*line == 'p')
		return read_policy(r, &w);
	if (!r->shape || r->shape->event_count || w.count != 2)
		return fail(r, "refused NAME");
	r->shape->refused = w.v[1].s;
	return true;
}

bool table_read(struct arena *a, const char *path, struct shapes *out)
{
	struct reading r = {.arena = a, .file = path, .shapes = out, .why = "cannot be opened"};
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;
	bool ok = f;

	while (ok && getline(&line, &room, f) > 0) {
		r.line++;
		ok = read_line(&r, line);
	}
	if (!ok)
		printf("%s:%u: %s\n", path, r.line, r.why);
	free(line);
	if (f)
		fclose(f);
	return ok;
}
