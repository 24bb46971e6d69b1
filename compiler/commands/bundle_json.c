// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "bundle_inspect.h"
#include "compiler/base/utf8.h"
#include "compiler/prove/verdicts.h"

/*
 * json_*_new() calls take over what they are given and fail on NULL, so one check of the
 * finished object is enough: json_object_set_new() reports a member that could not be made.
 */
static int set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value);
}

/* A policy's text should be UTF-8; where it is not, U+FFFD stands for each bad byte. */
static json_t *text(const char *s)
{
	size_t size = strlen(s), used = 0;
	json_t *value = json_string(s);
	char *mended;

	if (value)
		return value;
	mended = malloc(3 * size + 1);
	if (!mended)
		return NULL;
	for (size_t i = 0; i < size;) {
		uint32_t code;
		size_t n = utf8_decode(s + i, size - i, &code);

		memcpy(mended + used, n ? s + i : "\xef\xbf\xbd", n ? n : 3);
		used += n ? n : 3;
		i += n ? n : 1;
	}
	value = json_stringn(mended, used);
	free(mended);
	return value;
}

static json_t *string_at(const struct artifact *a, uint32_t offset)
{
	return text(artifact_string(a, offset));
}

/* Gives an object up when one of its members could not be made. */
static json_t *finish(json_t *object, int failed)
{
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

static json_t *policies(const struct artifact *a)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < a->policy_count; i++) {
		const struct tg_policy_entry *p = &a->policies[i];
		json_t *o = json_object();

		failed |= set(o, "name", string_at(a, p->name));
		failed |= set(o, "source", string_at(a, p->source));
		failed |= set(o, "line", json_integer(p->line));
		failed |= set(o, "enforces", json_boolean(p->flags & TG_POLICY_ENFORCES));
		failed |= json_array_append_new(list, o);
	}
	return finish(list, failed);
}

static json_t *program(const struct bundle_facts *f, uint32_t index)
{
	const struct tg_program_entry *p = &f->artifact.programs[index];
	const char *name = artifact_string(&f->artifact, p->name);
	const struct object_program *found = object_find(&f->object, name);
	json_t *o = json_object();
	int failed = 0;

	failed |= set(o, "attach", json_string(bundle_attach(p->attach)));
	failed |= set(o, "name", text(name));
	failed |= set(o, "target", string_at(&f->artifact, p->target));
	failed |= set(o, "instructions", found ? json_integer(found->instructions) : json_null());
	return finish(o, failed);
}

static json_t *programs(const struct bundle_facts *f, uint32_t first, uint32_t count)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < count; i++)
		failed |= json_array_append_new(list, program(f, first + i));
	return finish(list, failed);
}

static json_t *process_programs(const struct bundle_facts *f)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < f->artifact.program_count; i++)
		if (f->artifact.programs[i].hook == TG_NO_HOOK)
			failed |= json_array_append_new(list, program(f, i));
	return finish(list, failed);
}

static json_t *view_args(const struct artifact *a, const struct tg_view_entry *v)
{
	const struct tg_slot_entry *slots = &a->slots[a->hooks[v->hook].first_slot];
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < v->args; i++) {
		const struct tg_view_arg_entry *arg = &a->view_args[v->first_arg + i];
		json_t *o = json_object();

		failed |= set(o, "position", json_integer(slots[arg->slot].position));
		failed |= set(o, "type", json_string(bundle_arg_type(slots[arg->slot].type)));
		failed |= set(o, "label", string_at(a, arg->label));
		failed |= json_array_append_new(list, o);
	}
	return finish(list, failed);
}

static json_t *tags(const struct artifact *a, const struct tg_view_entry *v)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < v->tags; i++)
		failed |= json_array_append_new(list, string_at(a, a->tags[v->first_tag + i].text));
	return finish(list, failed);
}

static json_t *selectors(const struct artifact *a, const struct tg_view_entry *v)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = artifact_selector_from(a, v->hook, 0); i < a->selector_count; i++) {
		const struct tg_selector_entry *s = &a->selectors[i];
		json_t *o;

		if (s->hook != v->hook)
			break;
		if (s->policy != v->policy)
			continue;
		o = json_object();
		failed |= set(o, "bit", json_integer(s->bit));
		failed |= set(o, "action", json_string(artifact_action_name(s->action)));
		failed |= set(o, "line", json_integer(s->line));
		failed |= set(o, "shown", json_boolean(v->selectors >> s->bit & 1));
		failed |= json_array_append_new(list, o);
	}
	return finish(list, failed);
}

static json_t *views(const struct artifact *a, const struct tg_hook_entry *h)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < h->views; i++) {
		const struct tg_view_entry *v = &a->views[h->first_view + i];
		json_t *o = json_object();

		failed |= set(o, "policy", string_at(a, a->policies[v->policy].name));
		failed |= set(o, "message", string_at(a, v->message));
		failed |= set(o, "tags", tags(a, v));
		failed |= set(o, "args", view_args(a, v));
		failed |= set(o, "selectors", selectors(a, v));
		failed |= json_array_append_new(list, o);
	}
	return finish(list, failed);
}

/* What a kernel must have, or lack, for the hook. */
static json_t *kernel_names(const struct artifact *a, const struct tg_hook_entry *h, uint32_t flags)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < h->kernel_names; i++) {
		const struct tg_kernel_name_entry *n = &a->kernel_names[h->first_kernel_name + i];

		if (n->flags == flags)
			failed |= json_array_append_new(list, string_at(a, n->name));
	}
	return finish(list, failed);
}

static json_t *hooks(const struct bundle_facts *f)
{
	const struct artifact *a = &f->artifact;
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < a->hook_count; i++) {
		const struct tg_hook_entry *h = &a->hooks[i];
		json_t *o = json_object();

		failed |= set(o, "kind", json_string(bundle_hook_kind(h->kind)));
		failed |= set(o, "subsystem", string_at(a, h->subsystem));
		failed |= set(o, "name", string_at(a, h->name));
		failed |= set(o, "kernel_has", kernel_names(a, h, 0));
		failed |= set(o, "kernel_lacks", kernel_names(a, h, TG_KERNEL_NAME_LACKS));
		failed |= set(o, "variants", programs(f, h->first_program, h->programs));
		failed |= set(o, "policies", views(a, h));
		failed |= json_array_append_new(list, o);
	}
	return finish(list, failed);
}

static json_t *digests(const struct artifact *a)
{
	json_t *list = json_array();
	int failed = !list;
	char hex[65];

	for (uint32_t i = 0; i < a->digest_count; i++) {
		json_t *o = json_object();

		bundle_sha256_text(a->digests[i].sha256, hex);
		failed |= set(o, "kind", json_string(bundle_digest_kind(a->digests[i].kind)));
		failed |= set(o, "name", string_at(a, a->digests[i].name));
		failed |= set(o, "sha256", json_string(hex));
		failed |= json_array_append_new(list, o);
	}
	return finish(list, failed);
}

static json_t *signature(const struct bundle_facts *f)
{
	json_t *o = json_object();
	int failed = 0;

	failed |= set(o, "verified", json_false());
	failed |= set(o, "algorithm", json_string(bundle_algorithm(f->signature.algorithm)));
	failed |= set(o, "serial", json_string(f->serial));
	failed |= set(o, "size", json_integer((json_int_t)f->signature_size));
	return finish(o, failed);
}

static json_t *proof(const struct artifact *a, const struct tg_proof_entry *p)
{
	json_t *o = json_object();
	int failed = 0;

	failed |= set(o, "program", string_at(a, a->programs[p->program].name));
	failed |= set(o, "verdict", json_string(verdict_word(p->verdict)));
	failed |= set(o, "walked", json_integer(p->walked));
	failed |= set(o, "xlated", json_integer(p->xlated));
	failed |= set(o, "jited", json_integer(p->jited));
	failed |= set(o, "reason", string_at(a, p->reason));
	failed |= set(o, "line", p->line ? json_integer(p->line) : json_null());
	return finish(o, failed);
}

static json_t *kernel(const struct artifact *a, uint32_t index)
{
	const struct tg_kernel_entry *k = &a->kernels[index];
	json_t *o = json_object(), *list = json_array();
	int failed = 0;

	for (uint32_t i = 0; i < a->program_count; i++)
		failed |= json_array_append_new(list,
						proof(a, &a->proofs[index * a->program_count + i]));
	failed |= set(o, "release", string_at(a, k->release));
	failed |= set(o, "cpus", json_integer(k->cpus));
	failed |= set(o, "memory", json_integer((json_int_t)k->memory));
	failed |= set(o, "proofs", list);
	return finish(o, failed);
}

static json_t *kernels(const struct artifact *a)
{
	json_t *list = json_array();
	int failed = !list;

	for (uint32_t i = 0; i < a->kernel_count; i++)
		failed |= json_array_append_new(list, kernel(a, i));
	return finish(list, failed);
}

/* 64-bit numbers are strings, as in the events: JSON readers keep only 53 bits. */
static json_t *document(const struct bundle_facts *f)
{
	const struct artifact *a = &f->artifact;
	char version[24], fingerprint[9];
	json_t *o = json_object();
	int failed = 0;

	snprintf(version, sizeof(version), "%" PRIu64, a->header->version);
	snprintf(fingerprint, sizeof(fingerprint), "%08x", a->header->fingerprint);
	failed |= set(o, "name", text(a->header->name));
	failed |= set(o, "version", json_string(version));
	failed |= set(o, "format", json_integer(a->header->format));
	failed |= set(o, "fingerprint", json_string(fingerprint));
	failed |= set(o, "file_size", json_integer((json_int_t)f->file_size));
	failed |= set(o, "payload_size", json_integer((json_int_t)a->header->payload_size));
	failed |= set(o, "object_size", json_integer((json_int_t)a->object_size));
	failed |= set(o, "signature", signature(f));
	failed |= set(o, "policies", policies(a));
	failed |= set(o, "hooks", hooks(f));
	failed |= set(o, "process_programs", process_programs(f));
	failed |= set(o, "digests", digests(a));
	failed |= set(o, "kernels", kernels(a));
	return finish(o, failed);
}

int bundle_print_json(FILE *to, const struct bundle_facts *f)
{
	json_t *o = document(f);
	int failed;

	if (!o)
		return -1;
	failed = json_dumpf(o, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(o);
	return failed;
}
