// SPDX-License-Identifier: Apache-2.0
#include "runtime/pod_json.h"

static void print_image(struct json *j, const struct container *c)
{
	if (!c->image && !c->image_id)
		return;
	json_open(j, "image", '{');
	json_text_unless_empty(j, "id", c->image_id);
	json_text_unless_empty(j, "name", c->image);
	json_close(j, '}');
}

static void print_container(struct json *j, const struct container *c, uint32_t nspid)
{
	if (!c->is.container)
		return;
	json_open(j, "container", '{');
	json_text_unless_empty(j, "id", c->id);
	json_text(j, "name", c->is.container);
	print_image(j, c);
	json_text_unless_empty(j, "start_time", c->start_time);
	if (nspid)
		json_uint(j, "pid", nspid);
	json_open(j, "security_context", '{');
	if (c->privileged)
		json_bool(j, "privileged", true);
	json_close(j, '}');
	json_close(j, '}');
}

static void print_labels(struct json *j, const struct labels *labels)
{
	if (!labels->n)
		return;
	json_open(j, "pod_labels", '{');
	for (size_t i = 0; i < labels->n; i++)
		json_text_named(j, labels->v[i].key, labels->v[i].value);
	json_close(j, '}');
}

void pod_json(struct json *j, const struct container *c, uint32_t nspid)
{
	if (!c)
		return;
	json_open(j, "pod", '{');
	json_text(j, "namespace", c->is.namespace);
	json_text(j, "name", c->pod_name);
	json_text_unless_empty(j, "uid", c->pod_uid);
	print_container(j, c, nspid);
	print_labels(j, &c->is.labels);
	json_text(j, "workload", container_workload(c));
	json_text(j, "workload_kind", c->workload_kind ? c->workload_kind : "Pod");
	json_close(j, '}');
}
