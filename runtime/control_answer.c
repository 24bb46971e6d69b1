// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "runtime/control_socket.h"
#include "runtime/json.h"

static void print_json(struct json *j, const struct control_policy *p)
{
	json_open(j, NULL, '{');
	json_text(j, "name", p->name);
	json_text(j, "bundle", p->bundle);
	json_uint64(j, "version", p->version);
	json_text(j, "file", p->file);
	json_text(j, "source", p->source);
	json_uint(j, "line", p->line);
	json_text(j, "state", control_state_word(p->state));
	json_text(j, "mode", control_mode_word(p->mode));
	json_uint64(j, "kernel_memory_bytes", p->memory);
	json_uint(j, "shares_memory_with", p->neighbours);
	json_uint64(j, "events_lost", p->counts.lost);
	json_uint64(j, "events_rate_limited", p->counts.held);
	json_uint64(j, "notifications_missed", p->counts.unenforced);
	json_uint64(j, "sockets_forgotten", p->counts.forgotten);
	json_uint64(j, "changes_failed", p->counts.unchanged);
	json_open(j, "action_counters", '{');
#define COUNT(NAME, name) json_uint64(j, #name, p->actions.v[ACTION_COUNT_##NAME]);
	ACTION_COUNTS(COUNT)
#undef COUNT
	json_close(j, '}');
	json_close(j, '}');
}

static void list_json(const struct control *c, struct buffer *out)
{
	struct json j = {.out = out};
	struct control_policy p;

	json_open(&j, NULL, '{');
	json_open(&j, "policies", '[');
	for (size_t i = 0; control_get(c, i, &p); i++)
		print_json(&j, &p);
	json_close(&j, ']');
	json_close(&j, '}');
	buffer_char(out, '\n');
}

static int wider(int width, const char *text)
{
	int size = (int)strlen(text);

	return size > width ? size : width;
}

static void list_table(const struct control *c, struct buffer *out)
{
	int name = (int)strlen("NAME"), bundle = (int)strlen("BUNDLE");
	struct control_policy p;

	for (size_t i = 0; control_get(c, i, &p); i++) {
		name = wider(name, p.name);
		bundle = wider(bundle, p.bundle);
	}
	buffer_print(out,
		     "%-*s   %-*s   VERSION   STATE      MODE           KERNELMEMORY   LOST"
		     "   NPOST   NENFORCE   NMONITOR\n",
		     name, "NAME", bundle, "BUNDLE");
	for (size_t i = 0; control_get(c, i, &p); i++)
		buffer_print(out,
			     "%-*s   %-*s   %-7" PRIu64 "   %-8s   %-12s   %12" PRIu64
			     "   %4" PRIu64 "   %5" PRIu64 "   %8" PRIu64 "   %8" PRIu64 "\n",
			     name, p.name, bundle, p.bundle, p.version, control_state_word(p.state),
			     control_mode_word(p.mode), p.memory, p.counts.lost,
			     p.actions.v[ACTION_COUNT_POST], action_counts_sum(&p.actions, false),
			     action_counts_sum(&p.actions, true));
}

static enum control_result change(struct control *c, const struct control_request *r, char *why,
				  size_t size)
{
	const char *bundle = r->bundle[0] ? r->bundle : NULL;

	switch ((enum control_command)r->command) {
	case CONTROL_ENABLE:
		return control_enable(c, bundle, r->policy, why, size);
	case CONTROL_DISABLE:
		return control_disable(c, bundle, r->policy, why, size);
	case CONTROL_MODE_ENFORCE:
		return control_set_mode(c, bundle, r->policy, TG_MODE_ENFORCE, why, size);
	case CONTROL_MODE_MONITOR:
		return control_set_mode(c, bundle, r->policy, TG_MODE_MONITOR, why, size);
	case CONTROL_REMOVE:
		return control_remove(c, bundle, r->policy, why, size);
	case CONTROL_LIST:
	case CONTROL_COMMAND_COUNT:
		break;
	}
	return CONTROL_OK;
}

static void refuse(struct buffer *out, const char *sentence)
{
	buffer_text(out, CONTROL_ANSWER_NOT);
	buffer_text(out, sentence);
	buffer_char(out, '\n');
}

void control_answer(struct control *c, const struct control_request *r, struct buffer *out)
{
	const char *wrong = control_request_check(r);
	char why[CONTROL_NAME_SIZE + 256];

	if (wrong) {
		refuse(out, wrong);
		return;
	}
	if (change(c, r, why, sizeof(why)) != CONTROL_OK) {
		refuse(out, why);
		return;
	}
	buffer_text(out, CONTROL_ANSWER_OK);
	if (r->command == CONTROL_LIST && r->json)
		list_json(c, out);
	else if (r->command == CONTROL_LIST)
		list_table(c, out);
}
