// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/grpc/methods.h"

/* Of Tetragon's domains the one of policies that came at the start. */
#define DOMAIN "static"

/* ---- the list ----------------------------------------------------------------------------------
 */

static const char *const states[CONTROL_STATE_COUNT] = {
	[CONTROL_ENABLED] = "TP_STATE_ENABLED",
	[CONTROL_DISABLED] = "TP_STATE_DISABLED",
	[CONTROL_SKIPPED] = "TP_STATE_SKIPPED",
};

static const char *const modes[] = {
	[TG_MODE_ENFORCE] = "TP_MODE_ENFORCE",
	[TG_MODE_MONITOR] = "TP_MODE_MONITOR",
	[TG_MODE_MONITOR_ONLY] = "TP_MODE_MONITOR_ONLY",
	[TG_MODE_OFF] = "TP_MODE_UNKNOWN",
};

static void print_stats(struct json *j, const struct action_counts *counts)
{
	json_open(j, "stats", '{');
	json_open(j, "action_counters", '{');
#define COUNT(NAME, name)                                                                          \
	if (counts->v[ACTION_COUNT_##NAME])                                                        \
		json_uint64(j, #name, counts->v[ACTION_COUNT_##NAME]);
	ACTION_COUNTS(COUNT)
#undef COUNT
	json_close(j, '}');
	json_close(j, '}');
}

/* Where it comes from, and what of its bundle's is not its own. */
static void print_info(struct json *j, const struct control_policy *p)
{
	struct buffer text = {0};

	buffer_print(&text, "bundle %s version %llu", p->bundle, (unsigned long long)p->version);
	if (p->neighbours)
		buffer_print(&text, ", with %u other policies, whose memory is counted with it",
			     p->neighbours);
	if (p->counts.lost)
		buffer_print(&text, "; %llu events lost", (unsigned long long)p->counts.lost);
	json_bytes(j, "info", text.size ? text.data : "", text.size);
	buffer_free(&text);
}

static void print_policy(struct json *j, uint64_t id, const struct control_policy *p)
{
	json_open(j, NULL, '{');
	json_uint64(j, "id", id);
	json_text(j, "name", p->name);
	json_text_unless_empty(j, "namespace", p->namespace);
	print_info(j, p);
	json_open(j, "sensors", '[');
	json_text(j, NULL, p->bundle);
	json_close(j, ']');
	json_bool(j, "enabled", p->state == CONTROL_ENABLED);
	json_text(j, "state", states[p->state]);
	json_uint64(j, "kernel_memory_bytes", p->memory);
	json_text(j, "mode", modes[p->mode]);
	print_stats(j, &p->actions);
	json_text(j, "domain", DOMAIN);
	json_close(j, '}');
}

GRPC_ANSWER(answer_list_policies)
{
	const char *domain = request_text(request, "domain");
	struct control_policy p;

	(void)why;
	if (domain[0] && strcmp(domain, DOMAIN) != 0)
		return GRPC_OK;
	json_open(reply, "policies", '[');
	for (size_t i = 0; control_get(node->control, i, &p); i++)
		print_policy(reply, i + 1, &p);
	json_close(reply, ']');
	return GRPC_OK;
}

GRPC_ANSWER(answer_list_domains)
{
	struct control_policy p;

	(void)request;
	(void)why;
	json_open(reply, "domains", '[');
	if (control_get(node->control, 0, &p))
		json_text(reply, NULL, DOMAIN);
	json_close(reply, ']');
	return GRPC_OK;
}

/* ---- changes -----------------------------------------------------------------------------------
 */

/* Clients that do not say which domain mean their own, "grpc", where nothing can be: so all. */
static enum grpc_status check_name(const json_t *request, struct failure *why)
{
	const char *domain = request_text(request, "domain");
	const char *name = request_text(request, "name");

	if (!name[0])
		return grpc_refuse(why, GRPC_INVALID_ARGUMENT, "the request names no policy");
	if (domain[0] && strcmp(domain, DOMAIN) != 0 && strcmp(domain, "grpc") != 0)
		return grpc_refuse(why, GRPC_NOT_FOUND,
				   "there is no policy in the domain \"%.100s\"; all are in "
				   "\"" DOMAIN "\"",
				   domain);
	if (request_text(request, "namespace")[0])
		return grpc_refuse(why, GRPC_NOT_FOUND,
				   "policies are known by their names alone: leave the namespace "
				   "out");
	return GRPC_OK;
}

static enum grpc_status status_of(enum control_result result)
{
	switch (result) {
	case CONTROL_OK:
		return GRPC_OK;
	case CONTROL_NOT_FOUND:
		return GRPC_NOT_FOUND;
	case CONTROL_IMPOSSIBLE:
		return GRPC_FAILED_PRECONDITION;
	}
	return GRPC_INTERNAL;
}

typedef enum control_result change(struct control *c, const char *bundle, const char *policy,
				   char *why, size_t size);

static enum grpc_status do_change(struct grpc_node *node, const json_t *request, change *what,
				  struct failure *why)
{
	enum grpc_status status = check_name(request, why);

	if (status != GRPC_OK)
		return status;
	return status_of(what(node->control, NULL, request_text(request, "name"), why->text,
			      sizeof(why->text)));
}

GRPC_ANSWER(answer_delete_policy)
{
	(void)reply;
	return do_change(node, request, control_remove, why);
}

GRPC_ANSWER(answer_enable_policy)
{
	(void)reply;
	return do_change(node, request, control_enable, why);
}

GRPC_ANSWER(answer_disable_policy)
{
	(void)reply;
	return do_change(node, request, control_disable, why);
}

static enum grpc_status set_mode(struct grpc_node *node, const json_t *request, const char *mode,
				 struct failure *why)
{
	static const enum tg_policy_mode settable[] = {TG_MODE_ENFORCE, TG_MODE_MONITOR};

	for (size_t i = 0; i < sizeof(settable) / sizeof(settable[0]); i++)
		if (mode && !strcmp(mode, modes[settable[i]]))
			return status_of(
				control_set_mode(node->control, NULL, request_text(request, "name"),
						 settable[i], why->text, sizeof(why->text)));
	return grpc_refuse(why, GRPC_INVALID_ARGUMENT,
			   "a mode is set to TP_MODE_ENFORCE or TP_MODE_MONITOR");
}

/* Not all or nothing when both are given, as with Tetragon; the mode comes first. */
GRPC_ANSWER(answer_configure_policy)
{
	const json_t *mode = json_object_get(request, "mode");
	const json_t *enable = json_object_get(request, "enable");
	enum grpc_status status = check_name(request, why);

	(void)reply;
	if (status == GRPC_OK && mode)
		status = set_mode(node, request, json_string_value(mode), why);
	if (status == GRPC_OK && enable)
		status = do_change(node, request,
				   json_is_true(enable) ? control_enable : control_disable, why);
	return status;
}
