// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "runtime/stack_text.h"

void stack_json(struct json *j, const char *name, const struct stack *s)
{
	if (!s || !s->count)
		return;
	json_open(j, name, '[');
	for (uint32_t i = 0; i < s->count; i++) {
		const struct stack_frame *f = &s->v[i];

		json_open(j, NULL, '{');
		if (f->offset)
			json_uint64(j, "offset", f->offset);
		json_text_unless_empty(j, "symbol", f->symbol);
		json_text_unless_empty(j, "module", f->module);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* Addresses help an attacker, so they are not shown. */
static void begin_frame(struct compact *c)
{
	buffer_text(c->out, "\n   ");
	compact_plain(c, COMPACT_GREEN, "0x0");
	buffer_text(c->out, ": ");
}

static void kernel_lines(struct compact *c, const struct stack *s)
{
	char offset[32];

	buffer_text(c->out, "\nKernel:");
	for (uint32_t i = 0; i < s->count; i++) {
		begin_frame(c);
		compact_plain(c, COMPACT_BLUE, s->v[i].symbol);
		snprintf(offset, sizeof(offset), "+0x%" PRIx64, s->v[i].offset);
		compact_plain(c, COMPACT_YELLOW, offset);
	}
}

static void user_lines(struct compact *c, const struct stack *s)
{
	char offset[32];

	buffer_text(c->out, "\nUser:");
	for (uint32_t i = 0; i < s->count; i++) {
		const struct stack_frame *f = &s->v[i];

		begin_frame(c);
		if (*f->symbol) {
			compact_plain(c, COMPACT_BLUE, f->symbol);
			buffer_char(c->out, ' ');
		}
		buffer_char(c->out, '(');
		compact_text(c, COMPACT_YELLOW, f->module, strlen(f->module));
		snprintf(offset, sizeof(offset), "+0x%" PRIx64, f->offset);
		compact_plain(c, COMPACT_YELLOW, offset);
		buffer_char(c->out, ')');
	}
}

void stack_lines(struct compact *c)
{
	const struct stack *kernel = c->event->kernel_stack, *user = c->event->user_stack;

	if (kernel && kernel->count)
		kernel_lines(c, kernel);
	if (user && user->count)
		user_lines(c, user);
}
