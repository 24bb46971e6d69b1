// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/kernels/kbtf.h"
#include "tracepoint.h"

#define EVENT_PREFIX	"btf_trace_"
#define CLASS_PREFIX	"__bpf_trace_"
#define CALLER_PREFIX	"__traceiter_"
#define RECORD_PREFIX	"trace_event_raw_"
#define MOST_CANDIDATES 64

struct named {
	const char *name; /* without the prefix */
	const char *key;  /* of the prototype; NULL: a record, which has none */
};

struct list {
	struct named *items; /* by name */
	size_t count, room;
};

struct tracepoints {
	const struct kbtf *kernel;
	struct list events, classes, records;
};

static const struct known {
	const char *subsystem, *class, *events; /* class NULL: each event is its own */
} known[] = {
#define EVENT_CLASS(subsystem, class, events) {#subsystem, #class, events},
#define EVENT_OWN(subsystem, events)	      {#subsystem, NULL, events},
#include "grammar/event-classes.def"
#undef EVENT_CLASS
#undef EVENT_OWN
};

#define KNOWN (sizeof(known) / sizeof(*known))

/* ---- reading --------------------------------------------------------------------------- */

struct collecting {
	struct arena *arena;
	const struct kbtf *kernel;
	struct list *list;
	size_t prefix_len;
	bool keys;
};

static void collect(void *data, const char *name, uint32_t id)
{
	struct collecting *c = data;
	struct list *l = c->list;

	l->items = arena_grow(c->arena, l->items, l->count, &l->room, sizeof(*l->items));
	l->items[l->count++] = (struct named){
		.name = name + c->prefix_len,
		.key = c->keys ? kbtf_prototype_key(c->kernel, c->arena, id) : NULL,
	};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void read_list(const struct kbtf *k, struct arena *a, enum kbtf_kind kind,
		      const char *prefix, struct list *out)
{
	struct collecting c = {.arena = a,
			       .kernel = k,
			       .list = out,
			       .prefix_len = strlen(prefix),
			       .keys = kind != KBTF_STRUCT};

	kbtf_each(k, kind, prefix, collect, &c);
	if (out->count)
		qsort(out->items, out->count, sizeof(*out->items), by_name);
}

const struct tracepoints *tracepoints_read(const struct kbtf *k, struct arena *a)
{
	struct tracepoints *t = arena_alloc(a, sizeof(*t));

	t->kernel = k;
	read_list(k, a, KBTF_CALLBACK, EVENT_PREFIX, &t->events);
	read_list(k, a, KBTF_FUNCTION, CLASS_PREFIX, &t->classes);
	read_list(k, a, KBTF_STRUCT, RECORD_PREFIX, &t->records);
	return t;
}

static const struct named *find(const struct list *l, const char *name)
{
	struct named wanted = {.name = name};

	return l->count ? bsearch(&wanted, l->items, l->count, sizeof(wanted), by_name) : NULL;
}

/* ---- the table ------------------------------------------------------------------------- */

/* Is the word among those that blanks part? */
static bool has_word(const char *words, const char *word)
{
	size_t len = strlen(word);

	while (*words) {
		size_t n = strcspn(words, " ");

		if (n == len && !memcmp(words, word, n))
			return true;
		words += n + strspn(words + n, " ");
	}
	return false;
}

static const char *usual_subsystem(const char *event)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (has_word(known[i].events, event))
			return known[i].subsystem;
	return NULL;
}

/* Do the other events of the row, where this kernel has them, take what this event takes? */
static bool siblings_agree(const struct tracepoints *t, const struct known *row, const char *key)
{
	for (size_t i = 0; i < t->events.count; i++) {
		const struct named *e = &t->events.items[i];

		if (has_word(row->events, e->name) && !find(&t->records, e->name) &&
		    strcmp(e->key, key))
			return false;
	}
	return true;
}

/* The table's class for an event, when this kernel does not contradict. */
static const char *known_class(const struct tracepoints *t, const struct named *event)
{
	for (size_t i = 0; i < KNOWN; i++) {
		const struct named *class;

		if (!known[i].class || !has_word(known[i].events, event->name) ||
		    !find(&t->records, known[i].class))
			continue;
		class = find(&t->classes, known[i].class);
		if (t->classes.count ? class && !strcmp(class->key, event->key)
				     : siblings_agree(t, &known[i], event->key))
			return known[i].class;
	}
	return NULL;
}

/* ---- classes --------------------------------------------------------------------------- */

static const struct kfield *record_fields(const struct tracepoints *t, struct arena *a,
					  const char *class, size_t *count)
{
	return kbtf_fields(t->kernel, a, arena_printf(a, "%s%s", RECORD_PREFIX, class), count);
}

static bool same_fields(const struct kfield *a, const struct kfield *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(a[i].name, b[i].name) || a[i].offset != b[i].offset ||
		    a[i].size != b[i].size || a[i].array != b[i].array ||
		    a[i].type.class != b[i].type.class || a[i].type.bits != b[i].type.bits ||
		    a[i].type.is_signed != b[i].type.is_signed ||
		    strcmp(a[i].type.text, b[i].type.text))
			return false;
	return true;
}

static bool all_alike(const struct tracepoints *t, struct arena *a, const char **classes,
		      size_t count)
{
	size_t first_count, other_count;
	const struct kfield *first = record_fields(t, a, classes[0], &first_count), *other;

	for (size_t i = 1; i < count; i++) {
		other = record_fields(t, a, classes[i], &other_count);
		if (!first || !other || first_count != other_count ||
		    !same_fields(first, other, first_count))
			return false;
	}
	return true;
}

/* Classes whose functions the compiler has let an event of this prototype be assigned to. */
static size_t candidates(const struct tracepoints *t, const char *key,
			 const char *out[MOST_CANDIDATES])
{
	size_t count = 0;

	for (size_t i = 0; i < t->classes.count && count < MOST_CANDIDATES; i++)
		if (!strcmp(t->classes.items[i].key, key) &&
		    find(&t->records, t->classes.items[i].name))
			out[count++] = t->classes.items[i].name;
	return count;
}

/* A class whose prototype is not told could be of any: then a single match proves nothing. */
static bool all_told(const struct tracepoints *t)
{
	for (size_t i = 0; i < t->records.count; i++)
		if (!find(&t->classes, t->records.items[i].name))
			return false;
	return t->classes.count > 0;
}

static const char *list_text(struct arena *a, const char **names, size_t count)
{
	const char *text = names[0];

	for (size_t i = 1; i < count && i < 4; i++)
		text = arena_printf(a, "%s, %s", text, names[i]);
	return count > 4 ? arena_printf(a, "%s, ...", text) : text;
}

static const char *say_unknown(struct arena *a, const char *event, const char **names, size_t count)
{
	if (!count)
		return arena_printf(a,
				    "BTF has no record named after `%s`, and nothing that tells "
				    "which other record it uses",
				    event);
	return arena_printf(a,
			    "BTF does not tell which record `%s` uses: %zu classes of events have "
			    "its prototype (%s)",
			    event, count, list_text(a, names, count));
}

/* ---- one event ------------------------------------------------------------------------- */

/* The event's class by its prototype, else by the table; NULL: not known. */
static const char *shared_class(const struct tracepoints *t, struct arena *a,
				const struct named *event, struct tracepoint *out)
{
	const char *names[MOST_CANDIDATES], *class;
	size_t count = candidates(t, event->key, names);

	out->source = TRACEPOINT_PROTOTYPE;
	if (count == 1 && all_told(t))
		return names[0];
	out->source = t->classes.count ? TRACEPOINT_KNOWN : TRACEPOINT_TABLE;
	class = known_class(t, event);
	if (class)
		return class;
	out->source = TRACEPOINT_ALIKE;
	if (count > 1 && count < MOST_CANDIDATES && all_told(t) && all_alike(t, a, names, count))
		return names[0];
	out->source = TRACEPOINT_NO_RECORD;
	out->why = say_unknown(a, event->name, names, count);
	return NULL;
}

static const char *class_of(const struct tracepoints *t, struct arena *a, const struct named *event,
			    struct tracepoint *out)
{
	const struct named *own = find(&t->classes, event->name);
	bool record = find(&t->records, event->name);

	if (record && (!own || !strcmp(own->key, event->key))) {
		out->source = TRACEPOINT_OWN;
		return event->name;
	}
	if (own && !record) {
		out->why = arena_printf(a,
					"`%s` has no record: it is for programs that attach to the "
					"raw tracepoint only",
					event->name);
		return NULL;
	}
	return shared_class(t, a, event, out);
}

/* The callback type has no names; the function that calls the programs has them. */
static void name_params(const struct kbtf *k, struct arena *a, struct kfunction *f)
{
	const struct kfunction *named =
		kbtf_function(k, a, arena_printf(a, "%s%s", CALLER_PREFIX, f->name));

	for (size_t i = 0; i < f->param_count; i++) {
		if (*f->params[i].name)
			continue;
		f->params[i].name = named && named->param_count == f->param_count + 1
					    ? named->params[i + 1].name
					    : arena_printf(a, "arg%zu", i);
	}
}

static struct kfunction *raw_prototype(const struct kbtf *k, struct arena *a, const char *event)
{
	struct kfunction *f = kbtf_callback(k, a, arena_printf(a, "%s%s", EVENT_PREFIX, event));

	if (!f || !f->param_count)
		return NULL;
	f->name = arena_printf(a, "%s", event);
	f->params++;
	f->param_count--;
	name_params(k, a, f);
	return f;
}

bool tracepoint_look(const struct tracepoints *t, struct arena *a, const char *subsystem,
		     const char *event, struct tracepoint *out)
{
	const struct named *found = find(&t->events, event);
	const char *class;

	*out = (struct tracepoint){
		.subsystem = subsystem, .event = event, .usual_subsystem = usual_subsystem(event)};
	if (!found)
		return false;
	out->raw = raw_prototype(t->kernel, a, event);
	class = class_of(t, a, found, out);
	if (class) {
		out->record = arena_printf(a, "%s%s", RECORD_PREFIX, class);
		out->fields = record_fields(t, a, class, &out->field_count);
	}
	return out->raw;
}

bool tracepoint_find(const struct kbtf *k, struct arena *a, const char *subsystem,
		     const char *event, struct tracepoint *out)
{
	return tracepoint_look(tracepoints_read(k, a), a, subsystem, event, out);
}

const char *tracepoint_nearest(const struct tracepoints *t, struct arena *a, const char *event)
{
	const char **names = arena_array(a, t->events.count + 1, sizeof(*names));

	for (size_t i = 0; i < t->events.count; i++)
		names[i] = t->events.items[i].name;
	return nearest(event, names, t->events.count);
}
