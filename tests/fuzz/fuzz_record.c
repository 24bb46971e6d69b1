// SPDX-License-Identifier: Apache-2.0
/*
 * Whatever the ring holds: a sequence of records, each behind two bytes of size, through
 * decoding, the process cache and both printers. What is printed as JSON must have its form.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/clock.h"
#include "runtime/dispatch.h"
#include "runtime/export_sink.h"
#include "runtime/event_compact.h"
#include "runtime/event_json.h"

#define FINGERPRINT 0x41414141u
#define CAPACITY    8 /* small, so that entries are evicted */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char strings[] = "\0hook\0policy\0label";
static const struct tg_artifact_header header = {.fingerprint = FINGERPRINT};
static const struct tg_policy_entry policies[] = {{.name = 6}, {.name = 1}};

/* Two hooks, which together have a slot of each type; the first one is seen by two policies. */
#define FIRST_SLOTS 14u
#define ALL_SLOTS   (TG_ARG_TYPE_COUNT - 1u)
#define RETURN_ARGS 31u

static const struct tg_hook_entry hooks[] = {
	{.kind = TG_HOOK_KPROBE, .name = 1, .slots = FIRST_SLOTS, .views = 2},
	{.kind = TG_HOOK_KPROBE,
	 .name = 1,
	 .first_slot = FIRST_SLOTS,
	 .slots = ALL_SLOTS - FIRST_SLOTS,
	 .first_view = 2,
	 .views = 1},
	/* the two halves of one */
	{.kind = TG_HOOK_KPROBE, .name = 1, .slots = 7, .first_view = 3, .views = 1, .peer = 4},
	{.kind = TG_HOOK_KPROBE,
	 .name = 1,
	 .slots = 7,
	 .first_view = 4,
	 .views = 1,
	 .peer = 3,
	 .flags = TG_HOOK_AT_RETURN},
};
static const struct tg_slot_entry slots[] = {
#define ARG_TYPE(id, word) {TG_ARG_##id, 0},
#include "runtime/arg_types.def"
};
_Static_assert(sizeof(slots) / sizeof(slots[0]) == ALL_SLOTS &&
		       ALL_SLOTS - FIRST_SLOTS <= TG_HOOK_SLOTS_MAX,
	       "slots of two hooks");
static const struct tg_view_arg_entry view_args[] = {
	{0, 13, 0}, {1, 0, 0},	{2, 0, 0},
	{3, 0, 0},  {4, 13, 0}, {5, 0, 0},
	{6, 0, 0},  {7, 0, 0},	{8, 13, 0},
	{9, 0, 0},  {10, 0, 0}, {11, 0, 0},
	{12, 0, 0}, {13, 0, 0}, {6, 0, 0},
	{0, 0, 0},  {0, 13, 0}, {1, 0, 0},
	{2, 0, 0},  {3, 13, 0}, {4, 0, 0},
	{5, 0, 0},  {6, 0, 0},	{7, 0, 0},
	{8, 0, 0},  {9, 0, 0},	{10, 0, 0},
	{11, 0, 0}, {12, 0, 0}, {13, 0, 0},
	{14, 0, 0}, {4, 13, 0}, {2, 0, TG_PLACE_RESULT},
};
static const struct tg_view_entry views[] = {
	{.policy = 0, .selectors = 1, .args = FIRST_SLOTS},
	{.policy = 1, .selectors = 6, .first_arg = FIRST_SLOTS, .args = 2, .message = 6},
	{.policy = 0,
	 .hook = 1,
	 .selectors = 1,
	 .first_arg = FIRST_SLOTS + 2,
	 .args = ALL_SLOTS - FIRST_SLOTS},
	{.policy = 0, .hook = 2, .selectors = 1, .args = 7},
	{.policy = 0, .hook = 3, .selectors = 1, .first_arg = RETURN_ARGS, .args = 2},
};
static const struct tg_selector_entry selectors[] = {
	{.bit = 0}, {.bit = 1, .action = 2}, {.bit = 2, .action = 4}, {.hook = 1}, {.hook = 2},
	{.hook = 3}};

static void open_bundles(struct bundles *b)
{
	b->count = 1;
	b->v[0].artifact = (struct artifact){
		.header = &header,
		.strings = strings,
		.strings_size = sizeof(strings),
		.policies = policies,
		.hooks = hooks,
		.slots = slots,
		.views = views,
		.view_args = view_args,
		.selectors = selectors,
		.policy_count = 2,
		.hook_count = 4,
		.slot_count = ALL_SLOTS,
		.view_count = 5,
		.view_arg_count = sizeof(view_args) / sizeof(view_args[0]),
		.selector_count = 6,
	};
}

/* Past a string; a control character or a wrong escape in it ends the run. */
static const char *skip_string(const char *at)
{
	for (at++; *at != '"'; at++) {
		if ((unsigned char)*at < 0x20)
			abort();
		if (*at == '\\' && !strchr("\"\\/bfnrtu", *++at))
			abort();
	}
	return at + 1;
}

/* Lines, each one object in which strings and brackets close. */
static void check_json(const struct buffer *out)
{
	char open[16];
	size_t depth = 0;

	for (const char *at = out->data, *end = at + out->size; at < end;) {
		if (*at == '"') {
			at = skip_string(at);
			continue;
		}
		if (*at == '{' || *at == '[')
			open[depth++] = *at;
		else if (*at == '}' || *at == ']') {
			if (!depth || open[--depth] != *at - 2)
				abort();
		} else if (*at == '\n' && depth) {
			abort();
		}
		at++;
	}
	if (depth)
		abort();
}

static void run(event_printer *print, const uint8_t *data, size_t size)
{
	static struct bundles bundles;
	struct clock clock = {.offset = 1787205600000000000ll};
	struct export_sink lines = {.print = print, .limit = {.per_minute = -1}};
	struct sinks sinks = {0};
	struct dispatch d = {
		.procs = procs_new(CAPACITY),
		.calls = calls_new(CAPACITY, 1u << 20),
		.bundles = &bundles,
		.sinks = &sinks,
		.style = {.node_name = "node", .clock = &clock, .colors = true, .timestamps = true},
	};

	open_bundles(&bundles);
	export_sink_add(&sinks, &lines);
	while (size >= 2) {
		size_t record = data[0] | (size_t)data[1] << 8;

		data += 2;
		size -= 2;
		record = record < size ? record : size;
		dispatch_record(&d, data, record);
		data += record;
		size -= record;
	}
	procs_tick(d.procs);
	procs_tick(d.procs);
	if (print == event_json && lines.out.size)
		check_json(&lines.out);
	sinks_close(&sinks);
	procs_free(d.procs);
	calls_free(d.calls);
	rests_free(&d.rests);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	run(event_json, data, size);
	run(event_compact, data, size);
	return 0;
}
