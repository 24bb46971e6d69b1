// SPDX-License-Identifier: Apache-2.0
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/workload_file.h"
#include "tg_workloads_layout.h"

#define PLACE_MAX 96

struct parsing {
	struct workload_set *out;
	char *why;
	size_t why_size;
	char place[PLACE_MAX]; /* of the object at hand: `pods[1].containers[0]` */
};

static int refuse(struct parsing *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(struct parsing *p, const char *format, ...)
{
	int used = snprintf(p->why, p->why_size, "%s%s", p->place, p->place[0] ? ": " : "");
	va_list args;

	va_start(args, format);
	if (used >= 0 && (size_t)used < p->why_size)
		vsnprintf(p->why + used, p->why_size - (size_t)used, format, args);
	va_end(args);
	for (char *c = p->why; *c; c++) /* the file's own words, to a terminal */
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	return -1;
}

/* ---- members ------------------------------------------------------------------------------- */

/* A member that was misspelt would be a condition less. */
static int check_keys(struct parsing *p, json_t *object, const char *const *known)
{
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return refuse(p, "this is not an object");
	json_object_foreach(object, key, value)
	{
		size_t i = 0;

		while (known[i] && strcmp(known[i], key))
			i++;
		if (!known[i])
			return refuse(p, "unknown key \"%.64s\"", key);
	}
	return 0;
}

static int get_text(struct parsing *p, json_t *object, const char *key, bool needed,
		    const char **out)
{
	json_t *value = json_object_get(object, key);

	*out = NULL;
	if (!value && !needed)
		return 0;
	if (!json_is_string(value))
		return refuse(p, value ? "\"%s\" is not a string" : "\"%s\" is missing", key);
	if (needed && !json_string_length(value))
		return refuse(p, "\"%s\" is empty", key);
	*out = json_string_value(value);
	return 0;
}

static int check_labels(struct parsing *p, json_t *labels, const char *what)
{
	const char *key;
	json_t *value;

	if (labels && !json_is_object(labels))
		return refuse(p, "\"%s\" is not an object", what);
	json_object_foreach(labels, key, value)
	{
		if (!json_is_string(value))
			return refuse(p, "label \"%.64s\" is not a string", key);
	}
	return 0;
}

static json_t *get_list(struct parsing *p, json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (json_is_array(value))
		return value;
	refuse(p, value ? "\"%s\" is not a list" : "\"%s\" is missing", key);
	return NULL;
}

/* ---- cgroups --------------------------------------------------------------------------------- */

/* Relative, without detours, and where programs find it. */
static int check_path(struct parsing *p, const char *path)
{
	int depth = 0;

	for (const char *s = path; *s; s += strspn(s, "/")) {
		size_t size = strcspn(s, "/");

		if ((size == 1 && *s == '.') || (size == 2 && !memcmp(s, "..", 2)))
			return refuse(p, "\"cgroup\" has a component \"%.*s\"", (int)size, s);
		s += size;
		depth++;
	}
	if (!depth)
		return refuse(p, "\"cgroup\" is the root, which is the host's");
	if (depth > TG_WORKLOAD_LEVELS)
		return refuse(p, "\"cgroup\" is %d levels deep; tgrun looks at %d", depth,
			      TG_WORKLOAD_LEVELS);
	return 0;
}

static int get_cgroup(struct parsing *p, json_t *object, const char **path, uint64_t *id)
{
	json_t *value = json_object_get(object, "cgroup");

	*path = NULL;
	*id = 0;
	if (json_is_integer(value)) {
		*id = (uint64_t)json_integer_value(value);
		return json_integer_value(value) > 1 && (uint32_t)*id
			       ? 0
			       : refuse(p, "\"cgroup\" is not the number of a cgroup");
	}
	if (get_text(p, object, "cgroup", true, path))
		return -1;
	*path += strspn(*path, "/");
	return check_path(p, *path);
}

/* ---- a container with its pod ------------------------------------------------------------------
 */

/*
 * What an image is called without its version: the id up to its one `@`, or, where there is no
 * id, the name up to its one `:`.
 */
static size_t repo_size(const struct container *c)
{
	const char *name = c->image_id ? c->image_id : c->image;
	char mark = c->image_id ? '@' : ':';
	const char *end = name ? strchr(name, mark) : NULL;

	return end && !strchr(end + 1, mark) ? (size_t)(end - name) : 0;
}

static const char *put(char **at, const char *text, size_t size)
{
	char *to = *at;

	memcpy(to, text, size);
	to[size] = '\0';
	*at += size + 1;
	return to;
}

#define TEXTS(c)                                                                                   \
	{                                                                                          \
		&(c)->is.namespace, &(c)->is.container, &(c)->pod_name, &(c)->pod_uid,             \
			&(c)->workload, &(c)->workload_kind, &(c)->id, &(c)->image,                \
			&(c)->image_id, &(c)->start_time, &(c)->cgroup                             \
	}

static size_t bytes_of(struct container *c, json_t *labels)
{
	const char **const texts[] = TEXTS(c);
	size_t size = repo_size(c) + 1;
	const char *key;
	json_t *value;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		size += *texts[i] ? strlen(*texts[i]) + 1 : 0;
	json_object_foreach(labels, key, value) size +=
		sizeof(struct label) + strlen(key) + json_string_length(value) + 2;
	return size;
}

/* All in one piece of memory; `from` has texts of the parser's. NULL: out of memory. */
static struct container *container_new(struct container *from, json_t *labels)
{
	size_t count = json_object_size(labels), repo = repo_size(from);
	struct container *c = malloc(sizeof(*c) + bytes_of(from, labels));
	const char *key, *name;
	json_t *value;
	char *at;

	if (!c)
		return NULL;
	*c = *from;
	c->users = 1;
	c->is.in_pod = true;
	c->is.labels = (struct labels){c->labels, 0};
	at = (char *)(c->labels + count);
	name = c->image_id ? c->image_id : c->image;
	c->is.repo = repo ? put(&at, name, repo) : NULL;
	const char **const texts[] = TEXTS(c);

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*texts[i])
			*texts[i] = put(&at, *texts[i], strlen(*texts[i]));
	json_object_foreach(labels, key, value)
	{
		struct label *label = &c->labels[c->is.labels.n++];

		label->key = put(&at, key, strlen(key));
		label->value = put(&at, json_string_value(value), json_string_length(value));
	}
	c->seen = (struct event_pod){
		.namespace = c->is.namespace,
		.name = c->pod_name,
		.container_name = c->is.container ? c->is.container : "",
		.labels = c->labels,
		.label_count = c->is.labels.n,
	};
	return c;
}

void container_hold(struct container *c)
{
	c->users++;
}

void container_drop(struct container *c)
{
	if (c && --c->users == 0)
		free(c);
}

static int add(struct parsing *p, struct container *from, json_t *labels)
{
	struct workload_set *s = p->out;
	struct container **v;

	if (s->count == TG_WORKLOADS_MAX)
		return refuse(p, "more than %d cgroups", TG_WORKLOADS_MAX);
	v = realloc(s->v, (s->count + 1) * sizeof(*v));
	if (!v)
		return refuse(p, "out of memory");
	s->v = v;
	v[s->count] = container_new(from, labels);
	if (!v[s->count])
		return refuse(p, "out of memory");
	s->count++;
	return 0;
}

static int parse_container(struct parsing *p, json_t *object, struct container c, json_t *labels)
{
	static const char *const keys[] = {"name",	 "id",	       "image",	 "image_id",
					   "start_time", "privileged", "cgroup", NULL};
	json_t *privileged = json_object_get(object, "privileged");

	if (check_keys(p, object, keys) || get_text(p, object, "name", true, &c.is.container) ||
	    get_text(p, object, "id", false, &c.id) ||
	    get_text(p, object, "image", false, &c.image) ||
	    get_text(p, object, "image_id", false, &c.image_id) ||
	    get_text(p, object, "start_time", false, &c.start_time) ||
	    get_cgroup(p, object, &c.cgroup, &c.cgroup_id))
		return -1;
	if (privileged && !json_is_boolean(privileged))
		return refuse(p, "\"privileged\" is not true or false");
	c.privileged = json_is_true(privileged);
	return add(p, &c, labels);
}

static int parse_containers(struct parsing *p, json_t *pod, const struct container *of,
			    json_t *labels)
{
	json_t *list = get_list(p, pod, "containers"), *object;
	size_t i, len = strlen(p->place);

	if (!list)
		return -1;
	json_array_foreach(list, i, object)
	{
		snprintf(p->place + len, sizeof(p->place) - len, ".containers[%zu]", i);
		if (parse_container(p, object, *of, labels))
			return -1;
	}
	p->place[len] = '\0';
	return 0;
}

static int parse_pod(struct parsing *p, json_t *pod)
{
	static const char *const keys[] = {"namespace",	 "name",	  "uid",
					   "labels",	 "workload_kind", "cgroup",
					   "containers", "workload",	  NULL};
	json_t *labels = json_object_get(pod, "labels");
	struct container c = {0}, own;

	if (check_keys(p, pod, keys) || get_text(p, pod, "namespace", true, &c.is.namespace) ||
	    get_text(p, pod, "name", true, &c.pod_name) ||
	    get_text(p, pod, "uid", false, &c.pod_uid) ||
	    get_text(p, pod, "workload", false, &c.workload) ||
	    get_text(p, pod, "workload_kind", false, &c.workload_kind) ||
	    check_labels(p, labels, "labels"))
		return -1;
	own = c;
	if (json_object_get(pod, "cgroup") &&
	    (get_cgroup(p, pod, &own.cgroup, &own.cgroup_id) || add(p, &own, labels)))
		return -1;
	return parse_containers(p, pod, &c, labels);
}

/* ---- the file ----------------------------------------------------------------------------------
 */

static int parse_node(struct parsing *p, json_t *labels)
{
	struct workload_set *s = p->out;
	const char *key;
	json_t *value;

	if (!labels)
		return 0;
	if (check_labels(p, labels, "node_labels"))
		return -1;
	s->node_labels = calloc(json_object_size(labels) + 1, sizeof(*s->node_labels));
	if (!s->node_labels)
		return refuse(p, "out of memory");
	json_object_foreach(labels, key, value)
	{
		struct label *label = &s->node_labels[s->node_label_count++];

		*label = (struct label){strdup(key), strdup(json_string_value(value))};
		if (!label->key || !label->value)
			return refuse(p, "out of memory");
	}
	return 0;
}

static int parse_root(struct parsing *p, json_t *root)
{
	static const char *const keys[] = {"pods", "node_labels", NULL};
	json_t *pods, *pod;
	size_t i;

	if (check_keys(p, root, keys) || parse_node(p, json_object_get(root, "node_labels")))
		return -1;
	pods = get_list(p, root, "pods");
	if (!pods)
		return -1;
	json_array_foreach(pods, i, pod)
	{
		snprintf(p->place, sizeof(p->place), "pods[%zu]", i);
		if (parse_pod(p, pod))
			return -1;
	}
	return 0;
}

int workload_set_parse(struct workload_set *out, const char *text, size_t size, char *why,
		       size_t why_size)
{
	struct parsing p = {.out = out, .why = why, .why_size = why_size};
	json_error_t error;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	int result;

	*out = (struct workload_set){0};
	if (!root) {
		refuse(&p, "line %d, column %d: %s", error.line, error.column, error.text);
		return -1;
	}
	result = parse_root(&p, root);
	json_decref(root);
	if (result)
		workload_set_free(out);
	return result;
}

void workload_set_free(struct workload_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		container_drop(s->v[i]);
	for (size_t i = 0; i < s->node_label_count; i++) {
		free((char *)s->node_labels[i].key);
		free((char *)s->node_labels[i].value);
	}
	free(s->v);
	free(s->node_labels);
	*s = (struct workload_set){0};
}
