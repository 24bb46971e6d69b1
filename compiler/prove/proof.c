// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/back/pack.h"
#include "compiler/base/arena.h"
#include "proof.h"

static void copy(struct manifest *m, enum tg_section_kind kind, const void *entries, uint32_t count)
{
	size_t size = count * artifact_entry_size(kind);
	struct manifest_table *t = &m->sections[kind];

	t->entries = arena_alloc(m->arena, size + 1);
	if (size)
		memcpy(t->entries, entries, size);
	t->count = t->room = count;
}

/* All but kernels, proofs and the object. Strings stay where they are: offsets refer to them. */
static void copy_all(struct manifest *m, const struct artifact *a)
{
	copy(m, TG_SEC_STRINGS, a->strings, a->strings_size);
	copy(m, TG_SEC_POLICIES, a->policies, a->policy_count);
	copy(m, TG_SEC_HOOKS, a->hooks, a->hook_count);
	copy(m, TG_SEC_KERNEL_NAMES, a->kernel_names, a->kernel_name_count);
	copy(m, TG_SEC_TARGETS, a->targets, a->target_count);
	copy(m, TG_SEC_PROGRAMS, a->programs, a->program_count);
	copy(m, TG_SEC_SLOTS, a->slots, a->slot_count);
	copy(m, TG_SEC_VIEWS, a->views, a->view_count);
	copy(m, TG_SEC_VIEW_ARGS, a->view_args, a->view_arg_count);
	copy(m, TG_SEC_SELECTORS, a->selectors, a->selector_count);
	copy(m, TG_SEC_TAGS, a->tags, a->tag_count);
	copy(m, TG_SEC_WORKLOADS, a->workloads, a->workload_count);
	copy(m, TG_SEC_REQUIREMENTS, a->requirements, a->requirement_count);
	copy(m, TG_SEC_LABEL_VALUES, a->label_values, a->label_value_count);
	copy(m, TG_SEC_DIGESTS, a->digests, a->digest_count);
}

static void add_kernels(struct manifest *m, const struct verdicts *kernels, size_t count)
{
	uint32_t programs = kernels->artifact->program_count;
	struct tg_kernel_entry *to = arena_array(m->arena, count, sizeof(*to));
	struct tg_proof_entry *proofs =
		arena_array(m->arena, count * programs + 1, sizeof(*proofs));

	for (size_t i = 0; i < count; i++) {
		to[i] = (struct tg_kernel_entry){.release = manifest_string(m, kernels[i].release),
						 .cpus = kernels[i].cpus,
						 .memory = kernels[i].memory};
		for (uint32_t j = 0; j < programs; j++) {
			const struct verdict *v = &kernels[i].programs[j];

			proofs[i * programs + j] = (struct tg_proof_entry){
				.kernel = (uint32_t)i,
				.program = j,
				.verdict = v->verdict,
				.walked = v->walked,
				.xlated = v->xlated,
				.jited = v->jited,
				.reason = manifest_string(m, v->reason),
				.line = v->line,
			};
		}
	}
	copy(m, TG_SEC_KERNELS, to, (uint32_t)count);
	copy(m, TG_SEC_PROOFS, proofs, (uint32_t)count * programs);
}

struct bytes proof_payload(struct arena *a, const struct artifact *artifact,
			   const struct verdicts *kernels, size_t count, char *why, size_t why_size)
{
	const struct tg_artifact_header *h = artifact->header;
	struct bundle_identity identity = {arena_printf(a, "%.*s", TG_NAME_MAX, h->name),
					   h->version, h->fingerprint};
	struct manifest m;

	manifest_init(&m, a);
	copy_all(&m, artifact);
	if (count)
		add_kernels(&m, kernels, count);
	return pack_payload(a, &m, &identity,
			    (struct bytes){artifact->object, artifact->object_size}, why, why_size);
}
