// SPDX-License-Identifier: Apache-2.0
/* Any bytes as a request of the control socket, to two bundles that are never loaded. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/control_socket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* None of the bundles has anything in the kernel. */
void load_undo(struct loaded *l)
{
	(void)l;
}

void links_detach(struct links *links)
{
	(void)links;
}

void workloads_forsake(struct workloads *w, const struct workload_rules *r)
{
	(void)w;
	(void)r;
}

void workloads_moved(struct workloads *w, const struct workload_rules *from,
		     struct workload_rules *to)
{
	(void)w;
	(void)from;
	(void)to;
}

void workload_rules_free(struct workload_rules *r)
{
	(void)r;
}

static const char strings[] = "\0p\0q";
static const struct tg_policy_entry policies[] = {{.name = 1},
						  {.name = 3, .flags = TG_POLICY_ENFORCES}};
static const struct tg_artifact_header headers[] = {{.name = "b", .fingerprint = 1},
						    {.name = "c", .fingerprint = 2}};

static void open_bundles(struct bundles *all)
{
	for (size_t i = 0; i < 2; i++) {
		struct bundle *b = &all->v[all->count++];

		*b = (struct bundle){.path = "f", .loaded = LOADED_NOTHING};
		b->artifact = (struct artifact){.header = &headers[i],
						.strings = strings,
						.policies = policies,
						.policy_count = 2 - (uint32_t)i};
		if (modes_init(&b->modes, &b->artifact))
			abort();
	}
}

/* Several requests, each on what the ones before have left. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct bundles bundles;
	struct control control = {.bundles = &bundles};
	struct control_request r;

	open_bundles(&bundles);
	while (size) {
		size_t n = size < sizeof(r) ? size : sizeof(r);
		struct buffer out = {0};

		memset(&r, 0, sizeof(r));
		memcpy(&r, data, n);
		if (r.magic != 0) /* most inputs shall come through */
			r.magic = CONTROL_MAGIC;
		control_answer(&control, &r, &out);
		if (!out.failed && (!out.size || out.data[out.size - 1] != '\n'))
			abort();
		buffer_free(&out);
		data += n;
		size -= n;
	}
	while (bundles.count)
		bundle_free(&bundles.v[--bundles.count]);
	while (bundles.retired_count)
		bundle_free(&bundles.retired[--bundles.retired_count]);
	return 0;
}
