// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "cri.pb-c.h"
#include "runtime/cgroup_path.h"
#include "runtime/clock.h"
#include "runtime/cri/owner.h"
#include "runtime/cri/table.h"
#include "runtime/grpc/wire.h"
#include "runtime/json.h"
#include "tg_workloads_layout.h"

#define UID_LEAST 16 /* characters by which a pod's cgroup is told from others */

static const char *text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value ? value : "";
}

/* By names, one in the other; NULL: there is no such thing. */
static json_t *inside(json_t *object, const char *const *names)
{
	for (; *names; names++)
		object = json_object_get(object, *names);
	return object;
}

#define INSIDE(object, ...) inside(object, (const char *const[]){__VA_ARGS__, NULL})

/* ---- lists --------------------------------------------------------------------------------- */

typedef bool usable_item(const json_t *item);

static bool usable_pod(const json_t *pod)
{
	const json_t *meta = json_object_get(pod, "metadata");

	return text(pod, "id")[0] && text(meta, "name")[0] && text(meta, "namespace")[0];
}

static bool usable_container(const json_t *container)
{
	return text(container, "id")[0] && text(container, "pod_sandbox_id")[0] &&
	       text(json_object_get(container, "metadata"), "name")[0];
}

/* State 0, the default, is left out by senders. */
static bool is_over(const json_t *item)
{
	const char *state = text(item, "state");

	return strcmp(state, "") != 0 && strcmp(state, "SANDBOX_READY") != 0 &&
	       strcmp(state, "CONTAINER_CREATED") != 0 && strcmp(state, "CONTAINER_RUNNING") != 0;
}

struct listing {
	const ProtobufCMessageDescriptor *item;
	usable_item *usable;
	json_t *out;
	size_t count, left_out;
};

/* One that cannot be used does not hide the others. */
static void take_item(struct listing *l, struct wire_input part)
{
	size_t size = (size_t)(part.end - part.at);
	struct failure why;
	json_t *item = NULL;
	bool over, taken;

	if (l->count++ < CRI_ITEMS_MAX && size <= CRI_ITEM_BYTES)
		item = wire_decode(l->item, part.at, size, &why);
	over = item && is_over(item);
	taken = item && !over && l->usable(item) && !json_array_append(l->out, item);
	l->left_out += !over && !taken;
	json_decref(item);
}

static int take_list(struct listing *l, const void *bytes, size_t size, struct failure *why)
{
	struct wire_input in = {bytes, (const uint8_t *)bytes + size}, part;
	uint64_t tag;

	while (in.at < in.end) {
		if (!wire_get_varint(&in, &tag))
			return failure_set(why, TGRUN_ENVIRONMENT, "a list is cut off");
		if (tag == (1u << 3 | WIRE_BYTES) && wire_get_bytes(&in, &part))
			take_item(l, part);
		else if (tag == (1u << 3 | WIRE_BYTES) || !wire_skip(&in, tag & 7))
			return failure_set(why, TGRUN_ENVIRONMENT, "a list is cut off");
	}
	return 0;
}

static int replace_list(json_t **list, struct listing *l, const void *bytes, size_t size,
			struct failure *why)
{
	static const uint8_t nothing;

	l->out = json_array();
	if (!l->out)
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	if (take_list(l, size ? bytes : &nothing, size, why)) {
		json_decref(l->out);
		return -1;
	}
	json_decref(*list);
	*list = l->out;
	return 0;
}

int cri_table_pods(struct cri_table *t, const void *bytes, size_t size, struct failure *why)
{
	struct listing l = {.item = &runtime__v1__pod_sandbox__descriptor, .usable = usable_pod};

	if (replace_list(&t->pods, &l, bytes, size, why))
		return -1;
	t->left_out = l.left_out;
	return 0;
}

/* Facts move to a new object, so that those of what is gone stay behind. */
static void keep_facts(json_t *to, const json_t *from, const json_t *list)
{
	json_t *item, *facts;
	size_t i;

	json_array_foreach(list, i, item)
	{
		facts = json_object_get(from, text(item, "id"));
		if (facts)
			json_object_set(to, text(item, "id"), facts);
	}
}

int cri_table_containers(struct cri_table *t, const void *bytes, size_t size, struct failure *why)
{
	struct listing l = {.item = &runtime__v1__container__descriptor,
			    .usable = usable_container};
	json_t *facts = json_object();

	if (!facts || replace_list(&t->containers, &l, bytes, size, why)) {
		if (!facts)
			failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
		json_decref(facts);
		return -1;
	}
	t->left_out += l.left_out;
	keep_facts(facts, t->facts, t->pods);
	keep_facts(facts, t->facts, t->containers);
	json_decref(t->facts);
	t->facts = facts;
	return 0;
}

/* ---- one of them --------------------------------------------------------------------------- */

/* A word for a scheme; what is none is not used. */
int cri_table_version(struct cri_table *t, const void *bytes, size_t size, struct failure *why)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-+.";
	json_t *answer = wire_decode(&runtime__v1__version_response__descriptor, bytes, size, why);
	const char *name = text(answer, "runtime_name");

	if (!answer)
		return -1;
	t->runtime[0] = '\0';
	if (strlen(name) < sizeof(t->runtime) && !name[strspn(name, allowed)])
		strcpy(t->runtime, name);
	json_decref(answer);
	return 0;
}

/* What runtimes tell beyond the interface: the container as it was given to the OCI runtime. */
static json_t *read_info(const json_t *answer)
{
	const json_t *info = json_object_get(json_object_get(answer, "info"), "info");

	if (!info || json_string_length(info) > CRI_INFO_BYTES)
		return NULL;
	return json_loadb(json_string_value(info), json_string_length(info), 0, NULL);
}

static void set_text(json_t *facts, const char *name, const char *value)
{
	if (value && value[0])
		json_object_set_new(facts, name, json_string(value));
}

static void set_cgroup(json_t *facts, json_t *info)
{
	const char *path = json_string_value(INSIDE(info, "runtimeSpec", "linux", "cgroupsPath"));
	struct buffer out = {0};

	if (!path)
		return;
	cgroup_path_put(&out, path);
	if (!out.failed && cgroup_path_usable(out.data))
		set_text(facts, "cgroup", out.data);
	buffer_free(&out);
}

static void set_status(json_t *facts, json_t *status)
{
	json_int_t started = json_integer_value(json_object_get(status, "started_at"));
	char time[CLOCK_TEXT_SIZE];

	set_text(facts, "image", json_string_value(INSIDE(status, "image", "image")));
	set_text(facts, "image_id", text(status, "image_ref"));
	if (started <= 0)
		return;
	clock_text(time, (uint64_t)started, false);
	set_text(facts, "start_time", time);
}

static bool is_privileged(json_t *info)
{
	return json_is_true(INSIDE(info, "config", "linux", "security_context", "privileged")) ||
	       json_is_true(json_object_get(info, "privileged"));
}

int cri_table_status(struct cri_table *t, const char *id, bool pod, const void *bytes, size_t size,
		     struct failure *why)
{
	json_t *answer = wire_decode(pod ? &runtime__v1__pod_sandbox_status_response__descriptor
					 : &runtime__v1__container_status_response__descriptor,
				     bytes, size, why);
	json_t *info, *facts = json_object();

	if (!answer || !facts) {
		json_decref(answer);
		json_decref(facts);
		return -1;
	}
	info = read_info(answer);
	set_cgroup(facts, info);
	if (!pod)
		set_status(facts, json_object_get(answer, "status"));
	if (!pod && is_privileged(info))
		json_object_set_new(facts, "privileged", json_true());
	json_decref(info);
	json_decref(answer);
	return json_object_set_new(t->facts, id, facts);
}

static bool is_known(const struct cri_table *t, const json_t *item)
{
	const json_t *facts = json_object_get(t->facts, text(item, "id"));

	if (facts && !strcmp(text(item, "state"), "CONTAINER_RUNNING"))
		return json_object_get(facts, "start_time"); /* it was not running then */
	return facts;
}

const char *cri_table_unknown(const struct cri_table *t, size_t *at, bool *pod)
{
	size_t pods = json_array_size(t->pods), all = pods + json_array_size(t->containers);

	while (*at < all) {
		size_t i = (*at)++;
		const json_t *item = i < pods ? json_array_get(t->pods, i)
					      : json_array_get(t->containers, i - pods);

		*pod = i < pods;
		if (!is_known(t, item))
			return text(item, "id");
	}
	return NULL;
}

/* ---- the text ---------------------------------------------------------------------------------
 */

struct printing {
	const struct cri_table *table;
	struct json j;
	json_t *used; /* cgroups that have been printed */
	struct cri_told *told;
};

/* A cgroup is of one container only, and there is room for so many. False: it cannot be told. */
static bool claim(struct printing *p, const char *cgroup)
{
	if (!cgroup[0] || json_object_get(p->used, cgroup) ||
	    json_object_size(p->used) == TG_WORKLOADS_MAX || p->j.out->size > CRI_TEXT_BYTES)
		return false;
	return !json_object_set_new(p->used, cgroup, json_true());
}

/* Whether the last component of a path has the uid in it, with '-' or with '_'. */
static bool names_pod(const char *path, size_t size, const char *uid)
{
	const char *slash = memrchr(path, '/', size);
	const char *leaf = slash ? slash + 1 : path;
	size_t leaf_size = size - (size_t)(leaf - path), uid_size = strlen(uid);

	for (size_t at = 0; uid_size >= UID_LEAST && at + uid_size <= leaf_size; at++) {
		size_t i = 0;

		while (i < uid_size &&
		       (leaf[at + i] == uid[i] || (uid[i] == '-' && leaf[at + i] == '_')))
			i++;
		if (i == uid_size)
			return true;
	}
	return false;
}

/*
 * The cgroup around all containers of a pod, which is named by its uid; with a runtime that has
 * none, the sandbox's own.
 */
static void pod_cgroup(struct buffer *out, const char *sandbox, const char *uid)
{
	const char *slash = strrchr(sandbox, '/');
	size_t size = slash ? (size_t)(slash - sandbox) : 0;

	if (size && names_pod(sandbox, size, uid))
		buffer_append(out, sandbox, size);
	else
		buffer_text(out, sandbox);
	buffer_char(out, '\0');
}

static bool print_pod_cgroup(struct printing *p, const char *sandbox, const char *uid)
{
	struct buffer path = {0};
	bool printed;

	pod_cgroup(&path, sandbox, uid);
	printed = !path.failed && claim(p, path.data);
	if (printed)
		json_text(&p->j, "cgroup", path.data);
	buffer_free(&path);
	return printed;
}

/* Three of them are of the kubelet, for the runtime, and not the pod's. */
static void print_labels(struct json *j, json_t *labels)
{
	static const char own[] = "io.kubernetes.pod.";
	const char *key;
	json_t *value;

	json_open(j, "labels", '{');
	json_object_foreach(labels, key, value)
	{
		if (strncmp(key, own, strlen(own)) != 0 ||
		    (strcmp(key + strlen(own), "name") && strcmp(key + strlen(own), "namespace") &&
		     strcmp(key + strlen(own), "uid")))
			json_text_named(j, key, json_string_value(value));
	}
	json_close(j, '}');
}

static void print_id(struct printing *p, const char *id)
{
	struct buffer full = {0};

	if (p->table->runtime[0])
		buffer_print(&full, "%s://", p->table->runtime);
	buffer_append(&full, id, strlen(id) + 1);
	if (!full.failed)
		json_text(&p->j, "id", full.data);
	buffer_free(&full);
}

static void print_container(struct printing *p, const json_t *container)
{
	static const char *const members[] = {"image", "image_id", "start_time", "cgroup"};
	const json_t *facts = json_object_get(p->table->facts, text(container, "id"));

	if (!claim(p, text(facts, "cgroup"))) {
		p->told->left_out++;
		return;
	}
	json_open(&p->j, NULL, '{');
	json_text(&p->j, "name", text(json_object_get(container, "metadata"), "name"));
	print_id(p, text(container, "id"));
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		json_text_unless_empty(&p->j, members[i], text(facts, members[i]));
	if (json_object_get(facts, "privileged"))
		json_bool(&p->j, "privileged", true);
	json_close(&p->j, '}');
	p->told->containers++;
}

static void print_containers(struct printing *p, const char *sandbox)
{
	const json_t *container;
	size_t i;

	json_open(&p->j, "containers", '[');
	json_array_foreach(p->table->containers, i, container)
	{
		if (!strcmp(text(container, "pod_sandbox_id"), sandbox))
			print_container(p, container);
	}
	json_close(&p->j, ']');
}

static void print_pod(struct printing *p, json_t *pod)
{
	json_t *meta = json_object_get(pod, "metadata"), *labels = json_object_get(pod, "labels");
	const char *id = text(pod, "id"), *uid = text(meta, "uid");
	struct pod_owner owner;

	pod_owner_find(&owner, text(meta, "name"), labels);
	json_open(&p->j, NULL, '{');
	json_text(&p->j, "namespace", text(meta, "namespace"));
	json_text(&p->j, "name", text(meta, "name"));
	json_text_unless_empty(&p->j, "uid", uid);
	print_labels(&p->j, labels);
	if (owner.kind) {
		json_text(&p->j, "workload", owner.name);
		json_text(&p->j, "workload_kind", owner.kind);
	}
	if (!print_pod_cgroup(p, text(json_object_get(p->table->facts, id), "cgroup"), uid))
		p->told->left_out++;
	print_containers(p, id);
	json_close(&p->j, '}');
	p->told->pods++;
}

void cri_table_print(const struct cri_table *t, struct buffer *out, struct cri_told *told)
{
	struct printing p = {.table = t, .j = {.out = out}, .used = json_object(), .told = told};
	json_t *pod;
	size_t i;

	*told = (struct cri_told){.left_out = t->left_out};
	json_open(&p.j, NULL, '{');
	json_open(&p.j, "pods", '[');
	json_array_foreach(t->pods, i, pod)
	{
		if (out->size <= CRI_TEXT_BYTES)
			print_pod(&p, pod);
		else
			told->left_out++;
	}
	json_close(&p.j, ']');
	json_close(&p.j, '}');
	json_decref(p.used);
}

void cri_table_free(struct cri_table *t)
{
	json_decref(t->pods);
	json_decref(t->containers);
	json_decref(t->facts);
	*t = (struct cri_table){0};
}
