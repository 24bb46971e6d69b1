// SPDX-License-Identifier: Apache-2.0
/*
 * Stage "lower": `loader`, as a hook on the function that tells perf events of mapped files. Where
 * its arguments lie in the kernel's record, check_loader.c knows.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "lower.h"

#define FUNCTION "perf_event_mmap_output"

static const struct {
	enum type_id type;
	const char *what;
} args[LOADER_ARGS] = {
	[LOADER_PATH] = {TYPE_STRING, "file_name"},
	[LOADER_ID] = {TYPE_UINT64, "build_id[0]"},
	[LOADER_ID + 1] = {TYPE_UINT64, "build_id[8]"},
	[LOADER_ID + 2] = {TYPE_UINT32, "build_id[16]"},
	[LOADER_ID_SIZE] = {TYPE_UINT32, "build_id_size"},
};

static struct ir_arg *make_args(struct arena *a, struct span at)
{
	struct ir_arg *out = arena_array(a, LOADER_ARGS, sizeof(*out));

	for (size_t i = 0; i < LOADER_ARGS; i++) {
		struct ast_str *what = arena_alloc(a, sizeof(*what));

		*what = (struct ast_str){.s = args[i].what, .len = strlen(args[i].what), .at = at};
		out[i] = (struct ir_arg){.at = at,
					 .whole = at,
					 .position = 1,
					 .type = args[i].type,
					 .label = "",
					 .resolve = what};
	}
	return out;
}

/* Files without a build id are not reported. */
static struct ir_selector *make_selector(struct arena *a, struct span at)
{
	struct ir_selector *s = arena_alloc(a, sizeof(*s));
	struct ir_filter *f = arena_alloc(a, sizeof(*f));
	static const struct ast_str zero = {.s = "0", .len = 1};

	*f = (struct ir_filter){.at = at,
				.index_at = at,
				.arg = LOADER_ID_SIZE,
				.op = OP_NOT_EQUAL,
				.values = &zero,
				.value_count = 1,
				.values_at = at};
	*s = (struct ir_selector){
		.at = at, .label = "", .posts = true, .last_action = TG_ACTION_POST};
	s->filters[IR_ARGS] = (struct ir_filters){f, 1};
	return s;
}

const struct ir_hook *lower_loader(struct arena *a, struct span at)
{
	struct ir_hook *h = arena_alloc(a, sizeof(*h));
	struct ir_name *name = arena_alloc(a, sizeof(*name));

	*name = (struct ir_name){.at = at, .name = FUNCTION};
	*h = (struct ir_hook){.at = at,
			      .symbol_at = at,
			      .kind = HOOK_KPROBE,
			      .loader = true,
			      .calls = {.at = at, .v = name, .n = 1},
			      .subsystem = "",
			      .args = make_args(a, at),
			      .arg_count = LOADER_ARGS,
			      .message = "",
			      .selectors = make_selector(a, at),
			      .selector_count = 1};
	return h;
}
