// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/event_cel.h"
#include "runtime/event_filter.h"
#include "runtime/label_selector.h"
#include "runtime/pid_family.h"
#include "runtime/regex.h"

enum value_kind { REGEX, EXACT, LABELS, CONDITION };

static const struct {
	const char *member;
	enum value_kind kind;
} text_members[] = {
#define FILTER_TEXT(name, member, kind) [FILTER_##name] = {member, kind},
#include "runtime/event_filter_fields.def"
#undef FILTER_TEXT
};

union value {
	struct regex *regex;
	char *text;
	struct label_selector *labels;
	struct event_cel *condition;
};

struct values {
	union value *v;
	size_t count;
};

struct numbers {
	uint32_t *v;
	size_t count;
};

struct capability_rule {
	enum event_filter_rule rule;
	uint64_t set;
};

enum tristate { UNSET, IS_FALSE, IS_TRUE };

struct event_filter {
	uint32_t types; /* 0 all */
	struct values texts[FILTER_TEXT_COUNT];
	struct numbers pids;
	bool has_family;
	struct pid_family family;
	enum tristate flags[FILTER_FLAG_COUNT];
	struct capability_rule capabilities[FILTER_SET_COUNT];
};

const char *event_filter_text_name(enum event_filter_text member)
{
	return text_members[member].member;
}

/* ---- making one ---------------------------------------------------------------------------- */

struct event_filter *event_filters_add(struct event_filters *list)
{
	struct event_filter **v, *f;

	if (list->count == EVENT_FILTERS_MAX)
		return NULL;
	v = realloc(list->v, (list->count + 1) * sizeof(struct event_filter *));
	if (!v)
		return NULL;
	list->v = v;
	f = calloc(1, sizeof(*f));
	if (f)
		list->v[list->count++] = f;
	return f;
}

static void free_value(enum value_kind kind, union value value)
{
	if (kind == REGEX)
		regex_free(value.regex);
	else if (kind == LABELS)
		label_selector_free(value.labels);
	else if (kind == CONDITION)
		event_cel_free(value.condition);
	else
		free(value.text);
}

static void filter_free(struct event_filter *f)
{
	for (int i = 0; i < FILTER_TEXT_COUNT; i++) {
		for (size_t k = 0; k < f->texts[i].count; k++)
			free_value(text_members[i].kind, f->texts[i].v[k]);
		free(f->texts[i].v);
	}
	free(f->pids.v);
	pid_family_free(&f->family);
	free(f);
}

void event_filters_free(struct event_filters *list)
{
	for (size_t i = 0; i < list->count; i++)
		filter_free(list->v[i]);
	free(list->v);
	*list = (struct event_filters){0};
}

static size_t filter_weight(const struct event_filter *f)
{
	const struct values *conditions = &f->texts[FILTER_CEL_EXPRESSION];
	size_t n = 0;

	for (int m = 0; m < FILTER_TEXT_COUNT; m++)
		for (size_t k = 0; text_members[m].kind == REGEX && k < f->texts[m].count; k++)
			n += regex_weight(f->texts[m].v[k].regex);
	for (size_t k = 0; k < conditions->count; k++)
		n += event_cel_weight(conditions->v[k].condition);
	return n;
}

size_t event_filters_weight(const struct event_filters *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += filter_weight(list->v[i]);
	return n;
}

/* Room for one more; NULL when there is none. */
static void *grown(void *v, size_t count, size_t each)
{
	if (count >= EVENT_FILTER_VALUES_MAX)
		return NULL;
	if (count & (count - 1)) /* room grows at powers of two */
		return v;
	return realloc(v, (count ? count * 2 : 1) * each);
}

static int no_room(struct failure *why, const char *member)
{
	return failure_set(why, TGRUN_USAGE, "%s: more than %d values, or no memory for them",
			   member, EVENT_FILTER_VALUES_MAX);
}

/* NUL-terminated; NULL when memory runs out or the text has a NUL. */
static char *copy_text(const char *text, size_t size)
{
	return memchr(text, '\0', size) ? NULL : strndup(text, size);
}

/* `room`: for a reason that is no constant. */
static bool make_value(enum value_kind kind, const char *text, size_t size, union value *value,
		       const char **reason, char room[EVENT_CEL_WHY])
{
	char *copy;

	if (kind == CONDITION) {
		*reason = room;
		value->condition = event_cel_parse(text, size, room);
		return value->condition;
	}

	if (kind == REGEX) {
		value->regex = regex_compile(text, size, reason);
		return value->regex;
	}
	copy = copy_text(text, size);
	*reason = "it has a NUL, or memory ran out";
	if (kind == EXACT) {
		value->text = copy;
		return copy;
	}
	value->labels = copy ? label_selector_parse(copy, reason) : NULL;
	free(copy);
	return value->labels;
}

int event_filter_add_text(struct event_filter *f, enum event_filter_text member, const char *text,
			  size_t size, struct failure *why)
{
	static const char *const what[] = {[REGEX] = "a regular expression",
					   [EXACT] = "a text",
					   [LABELS] = "a label selector",
					   [CONDITION] = "a CEL expression that can be asked"};
	enum value_kind kind = text_members[member].kind;
	struct values *values = &f->texts[member];
	union value *v = grown(values->v, values->count, sizeof(*v));
	const char *reason = "";
	char room[EVENT_CEL_WHY];

	if (!v)
		return no_room(why, text_members[member].member);
	values->v = v;
	if (!make_value(kind, text, size, &v[values->count], &reason, room))
		return failure_set(why, TGRUN_USAGE, "%s: \"%.*s\" is not %s: %s",
				   text_members[member].member, (int)(size < 200 ? size : 200),
				   text, what[kind], reason);
	values->count++;
	return 0;
}

int event_filter_add_number(struct event_filter *f, enum event_filter_number member,
			    uint32_t number, struct failure *why)
{
	uint32_t *v;

	if (member == FILTER_PID_SET) {
		f->has_family = true;
		return pid_family_add(&f->family, number) ? no_room(why, "pid_set") : 0;
	}
	v = grown(f->pids.v, f->pids.count, sizeof(*v));
	if (!v)
		return no_room(why, "pid");
	f->pids.v = v;
	v[f->pids.count++] = number;
	return 0;
}

void event_filter_add_type(struct event_filter *f, enum event_type type)
{
	f->types |= 1u << type;
}

void event_filter_set_flag(struct event_filter *f, enum event_filter_flag member, bool value)
{
	f->flags[member] = value ? IS_TRUE : IS_FALSE;
}

int event_filter_set_capabilities(struct event_filter *f, enum event_filter_set set,
				  enum event_filter_rule rule, uint64_t capabilities,
				  struct failure *why)
{
	static const char *const names[] = {"permitted", "effective", "inheritable"};

	if (f->capabilities[set].rule != FILTER_NO_RULE)
		return failure_set(
			why, TGRUN_USAGE,
			"capabilities: %s: only one of any, all, exactly and none can be "
			"given for a set",
			names[set]);
	f->capabilities[set] = (struct capability_rule){rule, capabilities};
	return 0;
}

static bool asks_capabilities(const struct event_filter *f)
{
	for (int i = 0; i < FILTER_SET_COUNT; i++) {
		if (f->capabilities[i].rule != FILTER_NO_RULE)
			return true;
	}
	return false;
}

static int check(const struct event_filter *f, const struct event_filter_abilities *can,
		 struct failure *why)
{
	uint32_t types = f->types ? f->types : EVENT_TYPES_ALL;

	if (asks_capabilities(f) && !can->credentials)
		return failure_set(why, TGRUN_USAGE,
				   "capabilities: not known without --enable-process-cred");
	if (f->has_family && !can->pid_set)
		return failure_set(why, TGRUN_USAGE,
				   "pid_set: not allowed without --enable-pid-set-filter");
	if (f->texts[FILTER_ANCESTOR_BINARY_REGEX].count && (types & ~can->ancestors))
		return failure_set(
			why, TGRUN_USAGE,
			"ancestor_binary_regex: some of the types of events in `event_set` (all, "
			"when it is empty) have no ancestors; --enable-ancestors chooses which do");
	return 0;
}

int event_filters_check(const struct event_filters *list,
			const struct event_filter_abilities *abilities, struct failure *why)
{
	for (size_t i = 0; i < list->count; i++) {
		if (check(list->v[i], abilities, why))
			return -1;
	}
	return 0;
}

/* ---- matching ------------------------------------------------------------------------------ */

static bool any_regex(const struct values *values, const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < values->count; i++) {
		if (regex_search(values->v[i].regex, text, size))
			return true;
	}
	return false;
}

static bool any_exact(const struct values *values, const char *text)
{
	for (size_t i = 0; i < values->count; i++) {
		if (!strcmp(values->v[i].text, text))
			return true;
	}
	return false;
}

static bool any_labels(const struct values *values, const struct event_pod *pod)
{
	for (size_t i = 0; pod && i < values->count; i++) {
		if (label_selector_matches(values->v[i].labels, pod->labels, pod->label_count))
			return true;
	}
	return false;
}

/* The event is made for those only that ask about events of its type. */
static bool any_condition(const struct values *values, const struct event_view *view)
{
	for (size_t i = 0; i < values->count; i++) {
		struct event_cel *condition = values->v[i].condition;
		const json_t *event = view->json && event_cel_asks(condition, view->type)
					      ? view->json(view)
					      : NULL;

		if (event && event_cel_holds(condition, view->type, event))
			return true;
	}
	return false;
}

static bool any_ancestor(const struct values *values, const struct event_view *view)
{
	for (size_t i = 0; i < view->ancestor_count; i++) {
		if (any_regex(values, view->ancestor(view, i)))
			return true;
	}
	return false;
}

#define TYPES_WITH_POLICY                                                                          \
	(1u << EVENT_TYPE_PROCESS_KPROBE | 1u << EVENT_TYPE_PROCESS_TRACEPOINT |                   \
	 1u << EVENT_TYPE_PROCESS_UPROBE | 1u << EVENT_TYPE_PROCESS_LSM)

/* What a process without a pod, or an event without a process, has no text for. */
static const char *text_of(enum event_filter_text member, const struct event_view *view)
{
	const struct event_process_view *p = &view->process;
	const struct event_pod *pod = p->pod;

	switch (member) {
	case FILTER_BINARY_REGEX:
		return p->binary;
	case FILTER_ARGUMENTS_REGEX:
		return p->arguments;
	case FILTER_CONTAINER_ID:
		return p->container_id;
	case FILTER_PARENT_BINARY_REGEX:
		return view->has_parent ? view->parent.binary : NULL;
	case FILTER_PARENT_ARGUMENTS_REGEX:
		return view->has_parent ? view->parent.arguments : NULL;
	case FILTER_NAMESPACE:
		return pod ? pod->namespace : "";
	case FILTER_NAMESPACE_REGEX:
		return pod ? pod->namespace : NULL;
	case FILTER_POD_REGEX:
		return pod ? pod->name : NULL;
	case FILTER_CONTAINER_NAME_REGEX:
		return pod ? pod->container_name : NULL;
	default:
		return NULL;
	}
}

static bool text_matches(enum event_filter_text member, const struct values *values,
			 const struct event_view *view)
{
	const char *text;

	if (member == FILTER_POLICY_NAMES)
		return (TYPES_WITH_POLICY >> view->type & 1) && any_exact(values, view->policy);
	if (member == FILTER_CEL_EXPRESSION)
		return any_condition(values, view);
	if (!view->has_process)
		return false;
	if (member == FILTER_LABELS)
		return any_labels(values, view->process.pod);
	if (member == FILTER_ANCESTOR_BINARY_REGEX)
		return any_ancestor(values, view);
	text = text_of(member, view);
	if (!text)
		return false;
	return text_members[member].kind == REGEX ? any_regex(values, text)
						  : any_exact(values, text);
}

static bool pid_matches(const struct numbers *pids, const struct event_view *view)
{
	for (size_t i = 0; i < pids->count; i++) {
		if (view->has_process && view->process.pid == pids->v[i])
			return true;
	}
	return false;
}

static bool is_probe(bool known, const struct event_process_view *p)
{
	return known && p->pod && p->pod->maybe_exec_probe;
}

static bool flags_match(const struct event_filter *f, const struct event_view *view)
{
	bool probe = is_probe(view->has_process, &view->process) ||
		     is_probe(view->has_parent, &view->parent);
	enum tristate tree = f->flags[FILTER_IN_INIT_TREE];

	if (f->flags[FILTER_HEALTH_CHECK] && (f->flags[FILTER_HEALTH_CHECK] == IS_TRUE) != probe)
		return false;
	return !tree || (view->has_process && view->process.in_init_tree == (tree == IS_TRUE));
}

static bool set_matches(const struct capability_rule *r, uint64_t has)
{
	switch (r->rule) {
	case FILTER_ANY:
		return has & r->set;
	case FILTER_ALL:
		return (has & r->set) == r->set;
	case FILTER_EXACTLY:
		return has == r->set;
	case FILTER_NONE:
		return !(has & r->set);
	default:
		return true;
	}
}

static bool capabilities_match(const struct event_filter *f, const struct event_view *view)
{
	const struct event_capabilities *c = view->process.capabilities;

	if (!asks_capabilities(f))
		return true;
	return view->has_process && c &&
	       set_matches(&f->capabilities[FILTER_PERMITTED], c->permitted) &&
	       set_matches(&f->capabilities[FILTER_EFFECTIVE], c->effective) &&
	       set_matches(&f->capabilities[FILTER_INHERITABLE], c->inheritable);
}

/* Whether the process belongs to the family; whose child it is tells for later events. */
static bool family_matches(struct event_filter *f, const struct event_view *view)
{
	uint32_t pid = view->process.pid;
	bool member;

	if (!f->has_family)
		return true;
	if (!view->has_process)
		return false;
	member = pid_family_has(&f->family, pid) ||
		 (view->has_parent && pid_family_has(&f->family, view->parent.pid));
	if (member && view->type == EVENT_TYPE_PROCESS_EXIT)
		pid_family_remove(&f->family, pid);
	else if (member)
		pid_family_add(&f->family, pid);
	return member;
}

/* The family first: it is to learn of every event, whatever the other members say. */
bool event_filter_matches(struct event_filter *f, const struct event_view *view)
{
	if (!family_matches(f, view) || (f->types && !(f->types >> view->type & 1)) ||
	    (f->pids.count && !pid_matches(&f->pids, view)) || !flags_match(f, view) ||
	    !capabilities_match(f, view))
		return false;
	for (int i = 0; i < FILTER_TEXT_COUNT; i++) {
		if (f->texts[i].count &&
		    !text_matches((enum event_filter_text)i, &f->texts[i], view))
			return false;
	}
	return true;
}

/* After one that holds the others are asked only for what they have to learn. */
bool event_filters_match(const struct event_filters *list, const struct event_view *view)
{
	bool any = false;

	for (size_t i = 0; i < list->count; i++) {
		if (!any || list->v[i]->has_family)
			any |= event_filter_matches(list->v[i], view);
	}
	return any;
}

bool event_filters_pass(const struct event_filters *allow, const struct event_filters *deny,
			const struct event_view *view)
{
	bool denied = event_filters_match(deny, view);

	return (event_filters_match(allow, view) || !allow->count) && !denied;
}
