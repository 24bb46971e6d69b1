// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/field_filter.h"
#include "runtime/json_name.h"
#include "runtime/json_objects.h"

/* A name and those below it; `whole`: a path ends here. */
struct field {
	char name[64];
	bool whole;
	struct field *inside, *next; /* owned */
};

struct field_filter {
	uint32_t types; /* bits, inverted already; all when it was empty */
	bool exclude;
	struct field root;
};

static void field_free(struct field *list)
{
	while (list) {
		struct field *next = list->next;

		field_free(list->inside); /* FIELD_FILTER_DEPTH_MAX deep at most */
		free(list);
		list = next;
	}
}

void field_filters_free(struct field_filters *list)
{
	for (size_t i = 0; i < list->count; i++) {
		field_free(list->v[i]->root.inside);
		free(list->v[i]);
	}
	free(list->v);
	*list = (struct field_filters){0};
}

static const struct field *find(const struct field *parent, const char *name, size_t size)
{
	for (const struct field *f = parent->inside; f; f = f->next) {
		if (strlen(f->name) == size && !memcmp(f->name, name, size))
			return f;
	}
	return NULL;
}

/* In snake_case. False when it is empty, too long or has a character that no name has. */
static bool copy_name(char out[64], const char *name, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size && n < 62; i++) {
		bool upper = isupper((unsigned char)name[i]);

		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
		if (upper && i && islower((unsigned char)name[0]))
			out[n++] = '_';
		out[n++] = islower((unsigned char)name[0]) ? (char)tolower((unsigned char)name[i])
							   : name[i];
	}
	out[n] = '\0';
	return size && n < 62;
}

static struct field *enter(struct field *parent, const char *name, size_t size)
{
	struct field *f = calloc(1, sizeof(*f));
	const struct field *known;

	if (!f || !copy_name(f->name, name, size)) {
		free(f);
		return NULL;
	}
	known = find(parent, f->name, strlen(f->name));
	if (known) {
		free(f);
		return (struct field *)(uintptr_t)known;
	}
	f->next = parent->inside;
	parent->inside = f;
	return f;
}

static int add_path(struct field *at, const char *path, size_t size)
{
	const char *end = path + size;

	for (int depth = 0; at; depth++) {
		const char *dot = memchr(path, '.', (size_t)(end - path));
		const char *stop = dot ? dot : end;

		if (depth == FIELD_FILTER_DEPTH_MAX)
			return -1;
		at = enter(at, path, (size_t)(stop - path));
		if (at && !dot) {
			at->whole = true;
			return 0;
		}
		path = stop + 1;
	}
	return -1;
}

static int add_paths(struct field_filter *f, const char *fields, struct failure *why)
{
	size_t count = 0;

	for (const char *at = fields; *at;) {
		size_t size = strcspn(at, ",");

		if (++count > FIELD_FILTER_PATHS_MAX || add_path(&f->root, at, size))
			return failure_set(why, TGRUN_USAGE,
					   "fields: \"%.*s\" is not a path of names with dots, as "
					   "process.pod.name is, or one too many",
					   (int)(size < 200 ? size : 200), at);
		at += size;
		at += *at == ',';
	}
	return 0;
}

int field_filters_add(struct field_filters *list, uint32_t types, bool invert, bool exclude,
		      const char *fields, struct failure *why)
{
	struct field_filter *f = NULL, **v = NULL;

	if (list->count < FIELD_FILTERS_MAX)
		v = realloc(list->v, (list->count + 1) * sizeof(struct field_filter *));
	if (v) {
		list->v = v;
		f = calloc(1, sizeof(*f));
	}
	if (!f)
		return failure_set(why, TGRUN_USAGE, "more than %d filters, or no memory for them",
				   FIELD_FILTERS_MAX);
	v[list->count++] = f;
	f->types = types ? types : EVENT_TYPES_ALL;
	if (invert)
		f->types = ~f->types & EVENT_TYPES_ALL;
	f->exclude = exclude;
	return add_paths(f, fields, why);
}

/* ---- from JSON ----------------------------------------------------------------------------- */

struct parsed {
	uint32_t types;
	bool invert, exclude;
	const char *fields;
};

static int read_action(struct parsed *p, const json_t *value, struct failure *why)
{
	const char *text = json_string_value(value);

	p->exclude = (text && !strcmp(text, "EXCLUDE")) ||
		     (json_is_integer(value) && json_integer_value(value) == 1);
	if (p->exclude || (text && !strcmp(text, "INCLUDE")) ||
	    (json_is_integer(value) && json_integer_value(value) == 0))
		return 0;
	return failure_set(why, TGRUN_USAGE, "action: the value is neither INCLUDE nor EXCLUDE");
}

static int read_member(struct parsed *p, const char *name, const json_t *value, struct failure *why)
{
	if (json_name_is(name, "event_set"))
		return json_get_event_set(value, &p->types, why);
	if (json_name_is(name, "invert_event_set"))
		return json_get_bool("invert_event_set", value, &p->invert, why);
	if (json_name_is(name, "action"))
		return read_action(p, value, why);
	if (!json_name_is(name, "fields"))
		return failure_set(why, TGRUN_USAGE,
				   "\"%s\" is no member of a field filter; these are: event_set, "
				   "fields, action, invert_event_set",
				   name);
	p->fields = json_string_value(value);
	return p->fields ? 0
			 : failure_set(why, TGRUN_USAGE,
				       "fields: the value is not a text of paths separated by "
				       "commas");
}

static int read_filter(void *context, json_t *object, struct failure *why)
{
	struct parsed p = {.fields = ""};
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		if (!json_is_null(value) && read_member(&p, name, value, why))
			return -1;
	}
	return field_filters_add(context, p.types, p.invert, p.exclude, p.fields, why);
}

int field_filters_parse(struct field_filters *list, const char *origin, const char *text,
			size_t size, struct failure *why)
{
	return json_objects_read(origin, text, size, read_filter, list, why);
}

/* ---- on a line ----------------------------------------------------------------------------- */

/* The rest of the line. What it says is our own and well-formed; `end` is a stop all the same. */
struct reader {
	const char *at, *end;
	struct buffer *out;
};

static void skip_string(struct reader *r)
{
	for (r->at++; r->at < r->end && *r->at != '"'; r->at++)
		r->at += *r->at == '\\';
	r->at = r->at < r->end ? r->at + 1 : r->end;
}

/* A value of any kind, brackets and what is in them included. */
static void skip_value(struct reader *r)
{
	size_t depth = 0;

	while (r->at < r->end) {
		char c = *r->at;

		if (c == '"') {
			skip_string(r);
		} else if (depth == 0 && (c == ',' || c == '}' || c == ']')) {
			return;
		} else {
			depth += c == '{' || c == '[';
			depth -= c == '}' || c == ']';
			r->at++;
		}
		if (depth == 0 && r->at < r->end && (r->at[-1] == '}' || r->at[-1] == ']'))
			return;
	}
}

static void copy_since(struct reader *r, const char *start)
{
	buffer_append(r->out, start, (size_t)(r->at - start));
}

static void filter_value(struct reader *r, const struct field *f, bool exclude);

static void filter_member(struct reader *r, const struct field *parent, bool exclude, bool *comma)
{
	const char *start = r->at, *name = start + 1;
	const struct field *f;
	size_t size;

	skip_string(r);
	size = r->at > name ? (size_t)(r->at - name) - 1 : 0;
	r->at += r->at < r->end; /* the colon */
	f = find(parent, name, size);
	if (f ? (f->whole && exclude) : !exclude) {
		skip_value(r);
		return;
	}
	if (*comma)
		buffer_char(r->out, ',');
	*comma = true;
	if (!f || f->whole) {
		skip_value(r);
		copy_since(r, start);
	} else {
		copy_since(r, start);
		filter_value(r, f, exclude);
	}
}

/* Objects in an array are each filtered; deeper than the paths go nothing is. */
static void filter_value(struct reader *r, const struct field *f, bool exclude)
{
	char open = r->at < r->end ? *r->at : '\0';
	const char *start = r->at;
	bool comma = false;

	if (open != '{' && open != '[') {
		skip_value(r);
		copy_since(r, start);
		return;
	}
	buffer_char(r->out, open);
	for (r->at++; r->at < r->end && *r->at != '}' && *r->at != ']';) {
		if (*r->at == ',') {
			r->at++;
		} else if (open == '{') {
			filter_member(r, f, exclude, &comma);
		} else {
			if (comma)
				buffer_char(r->out, ',');
			comma = true;
			start = r->at;
			if (*r->at == '{') {
				filter_value(r, f, exclude);
			} else {
				skip_value(r);
				copy_since(r, start);
			}
		}
	}
	buffer_char(r->out, open == '{' ? '}' : ']');
	r->at += r->at < r->end;
}

/* The line begins with a bracket and the event's member. */
static void apply_one(const struct field_filter *f, const char *line, size_t size,
		      struct buffer *out)
{
	struct reader r = {line + 1, line + size, out};

	skip_string(&r);
	r.at += r.at < r.end;
	buffer_append(out, line, (size_t)(r.at - line));
	filter_value(&r, &f->root, f->exclude);
	buffer_append(out, r.at, (size_t)(r.end - r.at));
}

void field_filters_apply(const struct field_filters *list, enum event_type type, const char *line,
			 size_t size, struct buffer *out)
{
	struct buffer before = {0}, after = {0};

	buffer_append(&before, line, size);
	for (size_t i = 0; i < list->count && !before.failed; i++) {
		struct buffer swap = before;

		if (!(list->v[i]->types >> type & 1))
			continue;
		buffer_cut(&after, 0);
		apply_one(list->v[i], before.data, before.size, &after);
		before = after;
		after = swap;
	}
	buffer_append(out, before.data, before.size);
	out->failed |= before.failed;
	buffer_free(&before);
	buffer_free(&after);
}
