// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/kernel/match.h"

#define NAMES_MAX 32
#define PATH_SIZE 256

struct binding {
	char name[32];
	json_t *value; /* borrowed from the events */
};

/* One attempt to match one event. */
struct attempt {
	struct binding bound[NAMES_MAX];
	size_t bound_count;
	unsigned leaves; /* values that matched: how near it was */
	bool failed;
	char path[PATH_SIZE]; /* where we are */
	char why[768];	      /* the first mismatch */
};

static bool glob_match(const char *pattern, const char *text)
{
	const char *star = NULL, *mark = text;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			mark = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++mark;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static void mismatch(struct attempt *t, json_t *wanted, json_t *found)
{
	char *w = json_dumps(wanted, JSON_ENCODE_ANY | JSON_COMPACT);
	char *f = found ? json_dumps(found, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;

	if (!t->failed)
		snprintf(t->why, sizeof(t->why), "%s is %.200s, not %.200s",
			 *t->path ? t->path : "event", f ? f : "absent", w ? w : "?");
	t->failed = true;
	free(w);
	free(f);
}

static bool bind(struct attempt *t, const char *name, json_t *value)
{
	struct binding *b;
	size_t i;

	for (i = 0; i < t->bound_count; i++) {
		if (!strcmp(t->bound[i].name, name))
			return json_equal(t->bound[i].value, value);
	}
	if (t->bound_count == NAMES_MAX)
		return false;
	b = &t->bound[t->bound_count++];
	snprintf(b->name, sizeof(b->name), "%s", name);
	b->value = value;
	return true;
}

static bool leaf_match(struct attempt *t, json_t *wanted, json_t *found)
{
	const char *pattern = json_string_value(wanted);

	if (json_is_null(wanted))
		return !found || json_is_null(found);
	if (!found)
		return false;
	if (!pattern)
		return json_equal(wanted, found);
	if (*pattern == '$')
		return bind(t, pattern, found);
	if (!strcmp(pattern, "*"))
		return true;
	return json_is_string(found) && glob_match(pattern, json_string_value(found));
}

static void value_match(struct attempt *t, json_t *wanted, json_t *found);

static void array_match(struct attempt *t, json_t *wanted, json_t *found)
{
	size_t here = strlen(t->path), i;

	if (!json_is_array(found) || json_array_size(wanted) != json_array_size(found)) {
		mismatch(t, wanted, found);
		return;
	}
	for (i = 0; i < json_array_size(wanted); i++) {
		snprintf(t->path + here, PATH_SIZE - here, "[%zu]", i);
		value_match(t, json_array_get(wanted, i), json_array_get(found, i));
		t->path[here] = '\0';
	}
}

static void object_match(struct attempt *t, json_t *wanted, json_t *found)
{
	size_t here = strlen(t->path);
	const char *key;
	json_t *value;

	if (!json_is_object(found)) {
		mismatch(t, wanted, found);
		return;
	}
	t->leaves++; /* the right kind of event is nearer, whatever it says */
	json_object_foreach(wanted, key, value)
	{
		snprintf(t->path + here, PATH_SIZE - here, "%s%s", here ? "." : "", key);
		value_match(t, value, json_object_get(found, key));
		t->path[here] = '\0';
	}
}

/* Goes on after a mismatch, so that `leaves` tells how near the event was. */
static void value_match(struct attempt *t, json_t *wanted, json_t *found)
{
	if (json_is_object(wanted))
		object_match(t, wanted, found);
	else if (json_is_array(wanted))
		array_match(t, wanted, found);
	else if (leaf_match(t, wanted, found))
		t->leaves++;
	else
		mismatch(t, wanted, found);
}

struct stream {
	json_t *events;
	size_t next;	      /* the first event that an ordered expectation may take */
	struct attempt state; /* bindings so far */
	char *why;
	size_t why_size;
};

static bool try_event(const struct stream *s, json_t *wanted, size_t index, struct attempt *t)
{
	*t = s->state;
	t->leaves = 0;
	value_match(t, wanted, json_array_get(s->events, index));
	return !t->failed;
}

static void explain(struct stream *s, json_t *wanted, int line, size_t nearest,
		    const struct attempt *best)
{
	char *want = json_dumps(wanted, JSON_COMPACT);
	char *found = json_array_size(s->events)
			      ? json_dumps(json_array_get(s->events, nearest), JSON_COMPACT)
			      : NULL;

	if (!found)
		snprintf(s->why, s->why_size, "line %d: no events at all, wanted %s", line, want);
	else if (!best->failed)
		snprintf(s->why, s->why_size, "line %d: comes too early: %s", line, want);
	else
		snprintf(s->why, s->why_size, "line %d: no event like %s\n  nearest: %s\n  but %s",
			 line, want, found, best->why);
	free(want);
	free(found);
}

static bool take_ordered(struct stream *s, json_t *wanted, int line)
{
	size_t count = json_array_size(s->events), nearest = 0, i;
	struct attempt best = {.failed = true}, t;

	for (i = s->next; i < count; i++) {
		if (try_event(s, wanted, i, &t)) {
			t.failed = false;
			s->state = t;
			s->next = i + 1;
			return true;
		}
	}
	for (i = 0; i < count; i++) {
		if (!try_event(s, wanted, i, &t) && t.leaves <= best.leaves && i > 0)
			continue;
		best = t;
		nearest = i;
		if (!t.failed)
			break;
	}
	explain(s, wanted, line, nearest, &best);
	return false;
}

static bool take_counted(struct stream *s, json_t *wanted, long want, int line)
{
	size_t count = json_array_size(s->events), i, last = 0;
	struct attempt t;
	long found = 0;
	char *text;

	for (i = 0; i < count; i++) {
		if (try_event(s, wanted, i, &t)) {
			found++;
			last = i;
		}
	}
	if (found == want)
		return true;
	text = found ? json_dumps(json_array_get(s->events, last), JSON_COMPACT) : NULL;
	snprintf(s->why, s->why_size, "line %d: %ld events like this, wanted %ld%s%s", line, found,
		 want, text ? "\n  last: " : "", text ? text : "");
	free(text);
	return false;
}

/* -1: ordered; else the exact number. Moves `at` behind the prefix. */
static long prefix_read(const char **at)
{
	char *end;
	long n = -1;

	if (**at == '!') {
		++*at;
		n = 0;
	} else if (**at == '=') {
		n = strtol(*at + 1, &end, 10);
		*at = end;
	}
	*at += strspn(*at, " \t");
	return n;
}

static int lines_in(const char *from, const char *to)
{
	int n = 0;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* Blank space and lines that start with `#`. */
static const char *skip_blank(const char *at)
{
	at += strspn(at, " \t\r\n");
	while (*at == '#') {
		at += strcspn(at, "\n");
		at += strspn(at, " \t\r\n");
	}
	return at;
}

bool events_match(json_t *events, const char *expect, int first_line, char *why, size_t size)
{
	struct stream s = {.events = events, .why = why, .why_size = size};
	const char *at = skip_blank(expect);
	bool good = true;

	while (good && *at) {
		int line = first_line + lines_in(expect, at);
		long count = prefix_read(&at);
		json_error_t e;
		json_t *wanted = json_loads(at, JSON_DISABLE_EOF_CHECK, &e);

		if (!wanted) {
			snprintf(why, size, "line %d: bad expectation: %s", line, e.text);
			return false;
		}
		good = count < 0 ? take_ordered(&s, wanted, line)
				 : take_counted(&s, wanted, count, line);
		at = skip_blank(at + e.position);
		json_decref(wanted);
	}
	return good;
}

/* Moves `from` behind the first line like `pattern`; false when there is none. */
static bool find_line(const char **from, const char *pattern)
{
	char line[4096];
	bool found = false;

	while (!found && **from) {
		size_t n = strcspn(*from, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)n, *from);
		found = glob_match(pattern, line);
		*from += n + ((*from)[n] == '\n');
	}
	return found;
}

bool lines_match(const char *lines, const char *wanted, char *why, size_t size)
{
	const char *from = lines, *all;
	char pattern[1024];

	for (wanted = skip_blank(wanted); *wanted; wanted = skip_blank(wanted)) {
		size_t len = strcspn(wanted, "\r\n");
		bool unwanted = !strncmp(wanted, "! ", 2);

		snprintf(pattern, sizeof(pattern), "%.*s", (int)len, wanted);
		wanted += len;
		all = lines;
		if (unwanted && find_line(&all, pattern + 2)) {
			snprintf(why, size, "a line like `%s` in:\n%s", pattern + 2, lines);
			return false;
		}
		if (!unwanted && !find_line(&from, pattern)) {
			snprintf(why, size, "no line `%s` (in this place) in:\n%s", pattern, lines);
			return false;
		}
	}
	return true;
}
