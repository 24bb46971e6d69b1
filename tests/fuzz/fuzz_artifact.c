// SPDX-License-Identifier: Apache-2.0
/*
 * artifact_view() on anything. What it accepts must hold: every string, range and index is
 * used once the way tgrun does, so that a missed check becomes a sanitizer's report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/artifact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile size_t sink;

static void use_string(const struct artifact *a, uint32_t offset)
{
	sink += strlen(artifact_string(a, offset));
}

static void use_view(const struct artifact *a, const struct tg_view_entry *v)
{
	const struct tg_hook_entry *h = &a->hooks[v->hook];

	use_string(a, v->message);
	use_string(a, a->policies[v->policy].name);
	for (uint32_t i = 0; i < v->args; i++) {
		const struct tg_view_arg_entry *arg = &a->view_args[v->first_arg + i];

		sink += a->slots[h->first_slot + arg->slot].type;
		use_string(a, arg->label);
	}
	for (uint32_t i = 0; i < v->tags && i < 64; i++)
		use_string(a, a->tags[v->first_tag + i].text);
}

static void use_hooks(const struct artifact *a)
{
	for (uint32_t i = 0; i < a->hook_count; i++) {
		const struct tg_hook_entry *h = &a->hooks[i];

		use_string(a, h->name);
		use_string(a, h->subsystem);
		for (uint32_t n = 0; n < h->programs; n++)
			if (a->programs[h->first_program + n].hook != i)
				abort();
		for (uint32_t n = 0; n < h->views; n++) {
			if (a->views[h->first_view + n].hook != i)
				abort();
			use_view(a, &a->views[h->first_view + n]);
		}
	}
}

static void use_rest(const struct artifact *a)
{
	for (uint32_t i = 0; i < a->policy_count; i++)
		use_string(a, a->policies[i].source);
	for (uint32_t i = 0; i < a->program_count; i++) {
		use_string(a, a->programs[i].name);
		use_string(a, a->programs[i].target);
		if (a->programs[i].hook != TG_NO_HOOK)
			sink += a->hooks[a->programs[i].hook].kind;
	}
	for (uint32_t i = 0; i < a->selector_count; i++)
		if (!artifact_action_name(a->selectors[i].action) || a->selectors[i].bit > 63)
			abort();
	for (uint32_t i = 0; i < a->digest_count; i++)
		use_string(a, a->digests[i].name);
	for (size_t i = 0; i < a->object_size; i++)
		sink += ((const uint8_t *)a->object)[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A block of its own: aligned, and with a guard at its very end. */
	uint8_t *payload = malloc(size ? size : 1);
	struct artifact a;
	char why[256] = "";

	memcpy(payload, data, size);
	if (artifact_view(&a, payload, size, why, sizeof(why))) {
		if (!why[0] || a.header)
			abort();
	} else {
		use_hooks(&a);
		use_rest(&a);
	}
	free(payload);
	return 0;
}
