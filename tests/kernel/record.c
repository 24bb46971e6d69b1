// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/kernel/match.h"
#include "tests/kernel/record.h"

static void text_add_line(struct text *t, const char *line)
{
	size_t len = strlen(line);

	if (t->len + len + 2 > t->room) {
		t->room = (t->len + len + 2) * 2;
		t->s = realloc(t->s, t->room);
		if (!t->s)
			abort();
	}
	memcpy(t->s + t->len, line, len);
	memcpy(t->s + t->len + len, "\n", 2);
	t->len += len + 1;
}

static const char *text_of(const struct text *t)
{
	return t->s ? t->s : "";
}

void record_init(struct record *r)
{
	memset(r, 0, sizeof(*r));
	r->events = json_array();
	r->ready_ms = -1;
	r->tgrun_exit = -1;
}

void record_free(struct record *r)
{
	struct text *texts[] = {&r->output, &r->errors, &r->log, &r->notes, &r->usage, &r->plain};
	size_t i;

	json_decref(r->events);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		free(texts[i]->s);
	memset(r, 0, sizeof(*r));
}

static void event_add(struct record *r, const char *text)
{
	json_error_t e;
	json_t *event = json_loads(text, JSON_REJECT_DUPLICATES, &e);

	if (event)
		json_array_append_new(r->events, event);
	else
		text_add_line(&r->plain, text);
}

void record_line(struct record *r, const char *word, const char *text)
{
	const struct {
		const char *word;
		struct text *to;
	} texts[] = {
		{"stdout", &r->output}, {"stderr", &r->errors}, {"log", &r->log},
		{"note", &r->notes},	{"usage", &r->usage},
	};
	size_t i;

	if (!strcmp(word, "case"))
		r->begun = true;
	else if (!strcmp(word, "end"))
		r->over = true;
	else if (!strcmp(word, "event"))
		event_add(r, text);
	else if (!strcmp(word, "ready"))
		r->ready_ms = atol(text);
	else if (!strcmp(word, "tgrun"))
		r->tgrun_exit = atoi(text);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!strcmp(word, texts[i].word))
			text_add_line(texts[i].to, text);
	}
}

/* A tgrun that is meant to refuse never becomes ready, and that is no fault then. */
static bool is_sound(const struct record *r, const struct test_case *c, char *why, size_t size)
{
	if (!r->over)
		snprintf(why, size,
			 r->begun ? "the guest ended in the middle of it"
				  : "the guest did not come to it");
	else if (r->notes.s)
		snprintf(why, size, "%s  tgrun said:\n%s", r->notes.s, text_of(&r->log));
	else if (r->tgrun_exit != c->tgrun_exit)
		snprintf(why, size, "tgrun ended with %d, not %d; it said:\n%s", r->tgrun_exit,
			 c->tgrun_exit, text_of(&r->log));
	else if (r->ready_ms < 0 && c->tgrun_exit == 0)
		snprintf(why, size, "tgrun was never ready; it said:\n%s", text_of(&r->log));
	else if (r->plain.s && !c->lines)
		snprintf(why, size, "not JSON: %s", r->plain.s);
	else
		return true;
	return false;
}

bool record_judge(const struct record *r, const struct test_case *c, char *why, size_t size)
{
	size_t len;

	if (!is_sound(r, c, why, size))
		return false;
	if (c->expect && !events_match(r->events, c->expect, c->expect_line, why, size))
		return false;
	len = (size_t)snprintf(why, size, "lines: ");
	if (c->lines && !lines_match(text_of(&r->plain), c->lines, why + len, size - len))
		return false;
	len = (size_t)snprintf(why, size, "output: ");
	if (c->output && !lines_match(text_of(&r->output), c->output, why + len, size - len))
		return false;
	len = (size_t)snprintf(why, size, "log: ");
	if (c->log && !lines_match(text_of(&r->log), c->log, why + len, size - len))
		return false;
	return true;
}
