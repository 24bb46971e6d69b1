/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What filters look at of an event, whatever it was made from. A view owns nothing: all it
 * points to lives as long as the event. Texts are NUL-terminated, valid UTF-8, never NULL.
 */
#ifndef TGRUN_EVENT_VIEW_H
#define TGRUN_EVENT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/event_type.h"
#include "runtime/labels.h"

struct json_t; /* of jansson */

struct event_pod {
	const char *namespace, *name, *container_name;
	const struct label *labels;
	size_t label_count;
	bool maybe_exec_probe;
};

struct event_capabilities {
	uint64_t permitted, effective, inheritable; /* bits by number */
};

struct event_process_view {
	uint32_t pid;
	const char *binary, *arguments;
	const char *container_id; /* `docker` */
	bool in_init_tree;
	const struct event_capabilities *capabilities; /* NULL: not known */
	const struct event_pod *pod;		       /* NULL: none */
};

struct event_view {
	enum event_type type;
	bool has_process, has_parent;
	struct event_process_view process, parent;
	const char *policy; /* "" none */
	/* The binary of the ancestor above the parent with this index, nearest first. */
	const char *(*ancestor)(const struct event_view *view, size_t index);
	const void *ancestors; /* what that function knows them by */
	size_t ancestor_count;
	/* The whole event in protobuf's JSON form, made when it is first asked for; NULL when
	 * memory ran out. The function may be NULL: there is none. */
	const struct json_t *(*json)(const struct event_view *view);
	void *whole; /* what that function knows it by */
};

struct event;

/* What filters see of an event of this run; `view` borrows from it. */
void event_view_of(struct event_view *view, const struct event *e);

#endif
