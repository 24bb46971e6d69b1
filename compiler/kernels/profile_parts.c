// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "kbtf_image.h"
#include "profile_parts.h"

/* ---- texts ------------------------------------------------------------------------------ */

struct texts texts_view(struct bytes section)
{
	bool good = section.size && !section.at[0] && !section.at[section.size - 1];

	return (struct texts){good, good ? section : (struct bytes){0}};
}

const char *texts_find(const struct texts *t, const char *key, char end)
{
	const char *at, *last;
	size_t len = strlen(key);

	if (!t->known || !len)
		return NULL;
	at = (const char *)t->bytes.at;
	last = at + t->bytes.size;
	/* each text has a NUL before it, so what is found is never the first byte */
	while ((at = memmem(at, (size_t)(last - at), key, len))) {
		if (!at[-1] && at[len] == end)
			return at;
		at += len;
	}
	return NULL;
}

size_t texts_count(const struct texts *t)
{
	size_t count = 0;

	for (size_t i = 1; i < t->bytes.size; i++)
		count += !t->bytes.at[i];
	return count;
}

/* ---- names ------------------------------------------------------------------------------ */

struct name_set names_view(struct bytes section, const struct kbtf *btf)
{
	const struct tgk_names *n = (const void *)section.at;
	struct name_set out = {.btf = btf};
	uint64_t size;

	if (!btf || section.size < sizeof(*n))
		return out;
	size = sizeof(*n) + (uint64_t)n->count * sizeof(n->refs[0]) + n->strings_size;
	if (size > section.size || (n->strings_size && section.at[size - 1]))
		return out;
	out.known = true;
	out.count = n->count;
	out.refs = n->refs;
	out.strings = (const char *)(n->refs + n->count);
	out.strings_size = n->strings_size;
	return out;
}

const char *names_at(const struct name_set *n, uint32_t i)
{
	uint32_t offset = n->refs[i] & ~TGK_OWN;

	if (!(n->refs[i] & TGK_OWN))
		return kbtf_string(n->btf, offset);
	return offset < n->strings_size ? n->strings + offset : "";
}

enum known names_have(const struct name_set *n, const char *name)
{
	uint32_t low = 0, high = n->count;

	if (!n->known)
		return KNOWN_UNKNOWN;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(name, names_at(n, middle));

		if (order == 0)
			return KNOWN_YES;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return KNOWN_NO;
}

/* ---- events ----------------------------------------------------------------------------- */

struct event_table events_view(struct bytes section)
{
	const struct tgk_events *e = (const void *)section.at;
	struct event_table out = {0};
	uint64_t size;

	if (section.size < sizeof(*e))
		return out;
	size = sizeof(*e) + (uint64_t)e->event_count * sizeof(*out.events) +
	       (uint64_t)e->field_count * sizeof(*out.fields) + e->strings_size;
	if (size > section.size || !e->strings_size || section.at[size - 1])
		return out;
	out.known = true;
	out.event_count = e->event_count;
	out.field_count = e->field_count;
	out.strings_size = e->strings_size;
	out.events = (const void *)(e + 1);
	out.fields = (const void *)(out.events + e->event_count);
	out.strings = (const char *)(out.fields + e->field_count);
	return out;
}

static const char *event_string(const struct event_table *t, uint32_t offset)
{
	return offset < t->strings_size ? t->strings + offset : "";
}

static const struct tgk_event *find_event(const struct event_table *t, const char *name)
{
	uint32_t low = 0, high = t->event_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(name, event_string(t, t->events[middle].name));

		if (order == 0)
			return &t->events[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

enum known profile_event(const struct profile *p, const char *subsystem, const char *event,
			 struct kevent *out)
{
	const struct tgk_event *e = NULL;
	char name[256];

	*out = (struct kevent){.profile = p};
	if (!p->events.known)
		return KNOWN_UNKNOWN;
	if ((size_t)snprintf(name, sizeof(name), "%s/%s", subsystem, event) < sizeof(name))
		e = find_event(&p->events, name);
	if (!e)
		return KNOWN_NO;
	out->first_field = e->first_field;
	out->field_count = e->field_count;
	return KNOWN_YES;
}

bool profile_event_field(const struct kevent *e, uint32_t i, struct kevent_field *out)
{
	const struct event_table *t = &e->profile->events;
	uint64_t index = (uint64_t)e->first_field + i;
	const struct tgk_field *f;

	if (i >= e->field_count || index >= t->field_count)
		return false;
	f = &t->fields[index];
	*out = (struct kevent_field){
		.name = event_string(t, f->name),
		.type = event_string(t, f->type),
		.offset = f->offset,
		.size = f->size,
		.is_signed = f->is_signed,
	};
	return true;
}

bool profile_each_event(const struct profile *p, bool (*take)(void *data, const char *name),
			void *data)
{
	const struct event_table *t = &p->events;

	for (uint32_t i = 0; i < t->event_count; i++)
		if (!take(data, event_string(t, t->events[i].name)))
			break;
	return t->known;
}

size_t profile_event_count(const struct profile *p)
{
	return p->events.event_count;
}
