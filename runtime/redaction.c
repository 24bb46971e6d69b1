// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/buffer.h"
#include "runtime/json_name.h"
#include "runtime/json_objects.h"
#include "runtime/redaction.h"
#include "runtime/regex.h"
#include "runtime/utf8.h"

#define SHOWN_INSTEAD "*****"

struct expressions {
	struct regex *v[REDACTION_VALUES_MAX];
	size_t count;
};

struct redaction {
	struct expressions redact, binaries;
};

static void free_expressions(struct expressions *e)
{
	for (size_t i = 0; i < e->count; i++)
		regex_free(e->v[i]);
}

void redactions_free(struct redactions *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free_expressions(&list->v[i].redact);
		free_expressions(&list->v[i].binaries);
	}
	free(list->v);
	*list = (struct redactions){0};
}

static int read_expressions(struct expressions *e, const char *member, const json_t *value,
			    struct failure *why)
{
	const char *reason = "";
	size_t i;
	json_t *element;

	if (json_check_texts(member, value, why))
		return -1;
	json_array_foreach(value, i, element)
	{
		const char *text = json_string_value(element);

		if (e->count == REDACTION_VALUES_MAX)
			return failure_set(why, TGRUN_USAGE, "%s: more than %d values", member,
					   REDACTION_VALUES_MAX);
		e->v[e->count] = regex_compile(text, json_string_length(element), &reason);
		if (!e->v[e->count])
			return failure_set(why, TGRUN_USAGE,
					   "%s: \"%.200s\" is not a regular expression: %s", member,
					   text, reason);
		e->count++;
	}
	return 0;
}

static int read_member(struct redaction *r, const char *name, const json_t *value,
		       struct failure *why)
{
	if (json_name_is(name, "redact"))
		return read_expressions(&r->redact, "redact", value, why);
	if (json_name_is(name, "binary_regex"))
		return read_expressions(&r->binaries, "binary_regex", value, why);
	if (json_name_is(name, "match"))
		return 0; /* Tetragon ignores it, too */
	return failure_set(why, TGRUN_USAGE,
			   "\"%s\" is no member of a redaction filter; these are: redact, "
			   "binary_regex",
			   name);
}

static int read_redaction(void *context, json_t *object, struct failure *why)
{
	struct redactions *list = context;
	struct redaction *v = NULL;
	const char *name;
	json_t *value;

	if (list->count < REDACTIONS_MAX)
		v = realloc(list->v, (list->count + 1) * sizeof(*v));
	if (!v)
		return failure_set(why, TGRUN_USAGE, "more than %d filters, or no memory for them",
				   REDACTIONS_MAX);
	list->v = v;
	v += list->count++;
	*v = (struct redaction){0};
	json_object_foreach(object, name, value)
	{
		if (!json_is_null(value) && read_member(v, name, value, why))
			return -1;
	}
	return 0;
}

int redactions_parse(struct redactions *list, const char *origin, const char *text, size_t size,
		     struct failure *why)
{
	return json_objects_read(origin, text, size, read_redaction, list, why);
}

static bool is_for(const struct redaction *r, const char *binary)
{
	for (size_t i = 0; i < r->binaries.count; i++) {
		if (regex_search(r->binaries.v[i], binary, strlen(binary)))
			return true;
	}
	return !r->binaries.count;
}

/* The groups of one match, in their order; `done`: up to where the text has been copied. */
static void replace_groups(struct buffer *out, const char *text, size_t *done,
			   const struct regex_span *spans, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (spans[i].start == REGEX_NONE || spans[i].start < *done ||
		    spans[i].start == spans[i].end)
			continue;
		buffer_append(out, text + *done, spans[i].start - *done);
		buffer_text(out, SHOWN_INSTEAD);
		*done = spans[i].end;
	}
}

/* Where to look for the next match: behind this one, but not at the same place for ever. */
static size_t next_from(const char *text, size_t size, const struct regex_span *match)
{
	uint32_t c;
	size_t length;

	if (match->end > match->start)
		return match->end;
	length = utf8_next(text + match->end, size - match->end, &c);
	return match->end + (length ? length : 1);
}

/* NULL when memory runs out. */
static char *redact(struct regex *r, char *text)
{
	struct regex_span spans[REGEX_GROUPS_MAX + 1];
	struct buffer out = {0};
	size_t size = strlen(text), done = 0, from = 0;
	int found;

	while ((found = regex_find(r, text, size, from, spans)) > 0) {
		replace_groups(&out, text, &done, spans, regex_spans(r));
		from = next_from(text, size, &spans[0]);
	}
	if (!found && !out.size)
		return text;
	buffer_append(&out, text + done, size - done + 1);
	free(text);
	if (found < 0 || out.failed)
		buffer_free(&out);
	return out.data;
}

char *redactions_apply(const struct redactions *list, const char *binary, char *text)
{
	for (size_t i = 0; text && i < list->count; i++) {
		const struct redaction *r = &list->v[i];

		if (!is_for(r, binary))
			continue;
		for (size_t k = 0; text && k < r->redact.count; k++)
			text = redact(r->redact.v[k], text);
	}
	return text;
}
