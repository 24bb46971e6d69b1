// SPDX-License-Identifier: Apache-2.0
#include "runtime/event.h"
#include "runtime/event_view.h"
#include "runtime/workload_file.h"

/* They lie there as filters want them. */
static const struct event_capabilities *capabilities_of(const struct proc *p)
{
	const struct proc_facts *facts = proc_facts(p);

	_Static_assert(sizeof(struct event_capabilities) == 24, "three sets");
	return facts ? (const struct event_capabilities *)&facts->credentials.permitted : NULL;
}

/* Of a process that is not in the cache only the pid is known. */
static struct event_process_view process_view(uint32_t pid, const struct proc *p)
{
	if (!p)
		return (struct event_process_view){
			.pid = pid, .binary = "", .arguments = "", .container_id = ""};
	return (struct event_process_view){
		.pid = pid,
		.binary = proc_binary(p),
		.arguments = proc_arguments(p),
		.container_id = proc_docker(p),
		.pod = p->text->container ? &p->text->container->seen : NULL,
		.in_init_tree = p->flags & TG_P_INIT_TREE,
		.capabilities = capabilities_of(p),
	};
}

static const char *ancestor_of(const struct event_view *view, size_t index)
{
	const struct proc *const *ancestors = view->ancestors;

	return proc_binary(ancestors[index]);
}

void event_view_of(struct event_view *view, const struct event *e)
{
	*view = (struct event_view){
		.type = event_type_of_kind(e->kind),
		.has_process = true,
		.has_parent = e->parent,
		.process = process_view(e->key.pid, e->process),
		.policy = e->policy ? e->policy : "",
		.ancestor = ancestor_of,
		.ancestors = e->ancestors,
		.ancestor_count = e->ancestor_count,
	};
	if (e->parent)
		view->parent = process_view(e->parent->key.pid, e->parent);
}
