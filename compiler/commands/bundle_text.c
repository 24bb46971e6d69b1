// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>

#include "bundle_inspect.h"
#include "compiler/base/utf8.h"
#include "compiler/prove/verdicts.h"

/* Text of an unverified file: nothing in it may reach the terminal as a control sequence. */
static void put(FILE *to, const char *text)
{
	size_t size = strlen(text);
	unsigned columns;
	char shown[12];

	while (size) {
		size_t used = utf8_show(text, size, shown, &columns);

		fputs(shown, to);
		text += used;
		size -= used;
	}
}

static void put_string(FILE *to, const struct artifact *a, uint32_t offset)
{
	put(to, artifact_string(a, offset));
}

static void print_head(FILE *to, const struct bundle_facts *f)
{
	const struct tg_artifact_header *h = f->artifact.header;

	fputs("bundle     ", to);
	put(to, h->name);
	fprintf(to, "\nversion    %" PRIu64 "\n", h->version);
	fprintf(to, "format     %u, fingerprint %08x\n", h->format, h->fingerprint);
	fprintf(to, "file       ");
	put(to, f->path);
	fprintf(to, ", %zu bytes: payload %" PRIu64 ", object %zu, signature %zu\n", f->file_size,
		h->payload_size, f->artifact.object_size, f->signature_size);
	fprintf(to, "signature  %s by certificate %s: NOT VERIFIED\n",
		bundle_algorithm(f->signature.algorithm), f->serial);
	fprintf(to, "           (tgc bundle verify --cert CERT FILE does that)\n");
}

static void print_policies(FILE *to, const struct artifact *a)
{
	fprintf(to, "\npolicies   %u\n", a->policy_count);
	for (uint32_t i = 0; i < a->policy_count; i++) {
		const struct tg_policy_entry *p = &a->policies[i];

		fputs("  ", to);
		put_string(to, a, p->name);
		fputs("  ", to);
		put_string(to, a, p->source);
		fprintf(to, ":%u  %s\n", p->line,
			p->flags & TG_POLICY_ENFORCES ? "enforces" : "watches");
	}
}

static void print_program(FILE *to, const struct bundle_facts *f, uint32_t index)
{
	const struct tg_program_entry *p = &f->artifact.programs[index];
	const char *name = artifact_string(&f->artifact, p->name);
	const struct object_program *program = object_find(&f->object, name);

	fprintf(to, "    %-10s ", bundle_attach(p->attach));
	put(to, name);
	if (p->target) {
		fputs(" on ", to);
		put_string(to, &f->artifact, p->target);
	}
	if (program)
		fprintf(to, ", %u instructions\n", program->instructions);
	else
		fprintf(to, ", not in the object\n");
}

static void print_selectors(FILE *to, const struct artifact *a, uint32_t hook, uint32_t policy)
{
	for (uint32_t i = artifact_selector_from(a, hook, 0); i < a->selector_count; i++) {
		const struct tg_selector_entry *s = &a->selectors[i];

		if (s->hook != hook)
			break;
		if (s->policy != policy)
			continue;
		fprintf(to, "      selector %-3u %s (", s->bit, artifact_action_name(s->action));
		put_string(to, a, a->policies[policy].source);
		fprintf(to, ":%u)\n", s->line);
	}
}

static void print_view_args(FILE *to, const struct artifact *a, const struct tg_view_entry *v)
{
	const struct tg_slot_entry *slots = &a->slots[a->hooks[v->hook].first_slot];

	for (uint32_t i = 0; i < v->args; i++) {
		const struct tg_view_arg_entry *arg = &a->view_args[v->first_arg + i];

		fprintf(to, "      argument %-3u %s", slots[arg->slot].position,
			bundle_arg_type(slots[arg->slot].type));
		if (arg->label) {
			fputs(" \"", to);
			put_string(to, a, arg->label);
			fputc('"', to);
		}
		fputc('\n', to);
	}
}

static void print_view(FILE *to, const struct artifact *a, const struct tg_view_entry *v)
{
	fputs("    policy ", to);
	put_string(to, a, a->policies[v->policy].name);
	if (v->message) {
		fputs(": ", to);
		put_string(to, a, v->message);
	}
	fputc('\n', to);
	if (v->tags)
		fputs("      tags", to);
	for (uint32_t i = 0; i < v->tags; i++) {
		fputc(' ', to);
		put_string(to, a, a->tags[v->first_tag + i].text);
	}
	if (v->tags)
		fputc('\n', to);
	print_view_args(to, a, v);
	print_selectors(to, a, v->hook, v->policy);
}

static void print_kernel_names(FILE *to, const struct artifact *a, const struct tg_hook_entry *h)
{
	for (uint32_t i = 0; i < h->kernel_names; i++) {
		const struct tg_kernel_name_entry *n = &a->kernel_names[h->first_kernel_name + i];

		fprintf(to, "%s %s ", i ? "," : "    where the kernel",
			n->flags & TG_KERNEL_NAME_LACKS ? "lacks" : "has");
		put_string(to, a, n->name);
	}
	if (h->kernel_names)
		fputc('\n', to);
}

static void print_hook(FILE *to, const struct bundle_facts *f, uint32_t index)
{
	const struct artifact *a = &f->artifact;
	const struct tg_hook_entry *h = &a->hooks[index];

	fprintf(to, "  %s ", bundle_hook_kind(h->kind));
	if (h->subsystem) {
		put_string(to, a, h->subsystem);
		fputc('/', to);
	}
	put_string(to, a, h->name);
	fputc('\n', to);
	print_kernel_names(to, a, h);
	for (uint32_t i = 0; i < h->programs; i++)
		print_program(to, f, h->first_program + i);
	for (uint32_t i = 0; i < h->views; i++)
		print_view(to, a, &a->views[h->first_view + i]);
}

static void print_process_programs(FILE *to, const struct bundle_facts *f)
{
	bool any = false;

	for (uint32_t i = 0; i < f->artifact.program_count; i++) {
		if (f->artifact.programs[i].hook != TG_NO_HOOK)
			continue;
		if (!any)
			fputs("\nprocess programs\n", to);
		any = true;
		print_program(to, f, i);
	}
}

static void print_digests(FILE *to, const struct artifact *a)
{
	char hex[65];

	fprintf(to, "\ndigests    %u\n", a->digest_count);
	for (uint32_t i = 0; i < a->digest_count; i++) {
		bundle_sha256_text(a->digests[i].sha256, hex);
		fprintf(to, "  %-8s %s  ", bundle_digest_kind(a->digests[i].kind), hex);
		put_string(to, a, a->digests[i].name);
		fputc('\n', to);
	}
}

static void print_proof(FILE *to, const struct artifact *a, const struct tg_proof_entry *p)
{
	fputs("    ", to);
	put_string(to, a, a->programs[p->program].name);
	fprintf(to, ": %s", verdict_word(p->verdict));
	if (p->verdict == TG_VERDICT_GOOD)
		fprintf(to, ", %u instructions walked, %u bytes, %u as machine code\n", p->walked,
			p->xlated, p->jited);
	else
		fputs(": ", to);
	if (p->verdict != TG_VERDICT_GOOD) {
		put_string(to, a, p->reason);
		fputc('\n', to);
	}
}

static void print_proofs(FILE *to, const struct artifact *a)
{
	fprintf(to, "\nproved on  %u kernels\n", a->kernel_count);
	for (uint32_t i = 0; i < a->proof_count; i++) {
		const struct tg_proof_entry *p = &a->proofs[i];
		const struct tg_kernel_entry *k = &a->kernels[p->kernel];

		if (p->program == 0) {
			fputs("  ", to);
			put_string(to, a, k->release);
			fprintf(to, ", %u CPUs: maps take %" PRIu64 " bytes\n", k->cpus, k->memory);
		}
		print_proof(to, a, p);
	}
}

void bundle_print_text(FILE *to, const struct bundle_facts *f)
{
	print_head(to, f);
	print_policies(to, &f->artifact);
	fprintf(to, "\nhooks      %u\n", f->artifact.hook_count);
	for (uint32_t i = 0; i < f->artifact.hook_count; i++)
		print_hook(to, f, i);
	print_process_programs(to, f);
	print_digests(to, &f->artifact);
	if (f->artifact.kernel_count)
		print_proofs(to, &f->artifact);
	if (!f->object_readable)
		fputs("\nthe object's symbols cannot be read\n", to);
}
