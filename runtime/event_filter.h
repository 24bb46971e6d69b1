/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which events somebody wants: Tetragon's `Filter`, from options or from a client's request.
 *
 * One filter holds when all its members do; a member holds when any of its values does; a member
 * without values is not asked. A list of filters holds when any of them does. An event passes
 * when the allow list is empty or holds, and the deny list does not hold.
 *
 * From JSON:     event_filters_parse(&list, "--export-allowlist", text, size, &abilities, &why)
 * From a message: f = event_filters_add(&list), then event_filter_add_text() and the others for
 *                each value, and event_filters_check(&list, ...) when all is there.
 * To be asked:   event_filters_pass(&allow, &deny, &view)
 *
 * Matching never fails and takes no memory but for `pid_set`, whose processes are remembered up
 * to a limit. Lists are not for two threads at once: regular expressions keep working memory.
 */
#ifndef TGRUN_EVENT_FILTER_H
#define TGRUN_EVENT_FILTER_H

#include "runtime/event_view.h"
#include "runtime/failure.h"

enum event_filter_text {
#define FILTER_TEXT(name, member, kind) FILTER_##name,
#include "runtime/event_filter_fields.def"
#undef FILTER_TEXT
	FILTER_TEXT_COUNT,
};

enum event_filter_number {
	FILTER_PID,
	FILTER_PID_SET,
};

enum event_filter_flag {
	FILTER_HEALTH_CHECK,
	FILTER_IN_INIT_TREE,
	FILTER_FLAG_COUNT,
};

enum event_filter_set {
	FILTER_PERMITTED,
	FILTER_EFFECTIVE,
	FILTER_INHERITABLE,
	FILTER_SET_COUNT,
};

/* How a process's set of capabilities is compared with the given one. */
enum event_filter_rule {
	FILTER_NO_RULE,
	FILTER_ANY,
	FILTER_ALL,
	FILTER_EXACTLY,
	FILTER_NONE,
};

#define EVENT_FILTERS_MAX	256  /* in a list */
#define EVENT_FILTER_VALUES_MAX 4096 /* of one member */

/* What this run can tell: filters that ask for more are refused rather than never hold. */
struct event_filter_abilities {
	bool credentials;   /* --enable-process-cred */
	bool pid_set;	    /* --enable-pid-set-filter; clients of the service may always */
	uint32_t ancestors; /* types of events that have them; bits */
};

struct event_filter;

struct event_filters {
	struct event_filter **v; /* owned */
	size_t count;
};

/* An empty filter at the end of the list, which holds for every event; NULL: no room. */
struct event_filter *event_filters_add(struct event_filters *list);
void event_filters_free(struct event_filters *list);
/* Of all regular expressions in them; see regex_weight(). */
size_t event_filters_weight(const struct event_filters *list);

/*
 * Each adds a value, or sets one. 0, or -1 with `why` (code TGRUN_USAGE), which names the member
 * and says what is wrong with the value.
 */
int event_filter_add_text(struct event_filter *f, enum event_filter_text member, const char *text,
			  size_t size, struct failure *why);
int event_filter_add_number(struct event_filter *f, enum event_filter_number member,
			    uint32_t number, struct failure *why);
void event_filter_add_type(struct event_filter *f, enum event_type type);
void event_filter_set_flag(struct event_filter *f, enum event_filter_flag member, bool value);
/* A set has one rule: a second one is refused. */
int event_filter_set_capabilities(struct event_filter *f, enum event_filter_set set,
				  enum event_filter_rule rule, uint64_t capabilities,
				  struct failure *why);

/* Whether this run can answer what the list asks. 0, or -1 with `why`. */
int event_filters_check(const struct event_filters *list,
			const struct event_filter_abilities *abilities, struct failure *why);

/*
 * Appends the filters of a sequence of JSON objects, in protobuf's JSON form. `origin` begins the
 * message, as in "--export-allowlist". 0, or -1 with `why`; the list is then to be freed still.
 */
int event_filters_parse(struct event_filters *list, const char *origin, const char *text,
			size_t size, const struct event_filter_abilities *abilities,
			struct failure *why);

const char *event_filter_text_name(enum event_filter_text member); /* "binary_regex" */

/* Whether the one filter holds. */
bool event_filter_matches(struct event_filter *f, const struct event_view *view);
/* Whether any of the list holds; false for an empty one. */
bool event_filters_match(const struct event_filters *list, const struct event_view *view);
bool event_filters_pass(const struct event_filters *allow, const struct event_filters *deny,
			const struct event_view *view);

#endif
