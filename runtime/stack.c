// SPDX-License-Identifier: Apache-2.0
#include <stdbool.h>
#include <string.h>
#include "runtime/stack.h"

static uint32_t read_addresses(uint64_t out[TG_STACK_FRAMES], const struct record_text *bytes)
{
	uint32_t count = (uint32_t)(bytes->size / sizeof(*out)), n = 0;

	for (uint32_t i = 0; i < count && i < TG_STACK_FRAMES; i++) {
		memcpy(&out[n], bytes->bytes + i * sizeof(*out), sizeof(*out));
		n += out[n] != 0;
	}
	return n;
}

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* What stands between the function and our program, where the kernel shows that. */
static bool is_our_own(const char *name)
{
	return has_prefix(name, "bpf_prog_") || has_prefix(name, "bpf_trampoline_") ||
	       has_prefix(name, "bpf_get_stack");
}

void stack_kernel(struct stack *s, const struct symbols *from, const struct record_text *bytes)
{
	uint64_t addresses[TG_STACK_FRAMES] = {0};
	uint32_t count = read_addresses(addresses, bytes);

	s->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct stack_frame f = {.address = addresses[i], .module = ""};

		f.symbol = kallsyms_find(&from->kernel, addresses[i], &f.offset);
		if (f.symbol && !(s->count == 0 && is_our_own(f.symbol)))
			s->v[s->count++] = f;
	}
}

void stack_user(struct stack *s, struct symbols *from, uint32_t pid,
		const struct record_text *bytes)
{
	uint64_t addresses[TG_STACK_FRAMES] = {0};
	uint32_t count = read_addresses(addresses, bytes);

	s->count = 0;
	if (user_maps_find(&from->user, pid, addresses, count, &from->places))
		return;
	for (uint32_t i = 0; i < count; i++) {
		const struct user_place *p = &from->places.v[i];

		if (p->path)
			s->v[s->count++] = (struct stack_frame){
				.address = addresses[i],
				.symbol = "",
				.module = from->places.paths + p->path - 1,
				.offset = p->offset,
			};
	}
}
