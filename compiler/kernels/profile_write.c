// SPDX-License-Identifier: Apache-2.0
/* From facts to the bytes of a profile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "kbtf_image.h"
#include "kernel_facts.h"
#include "profile_parts.h"

struct packer {
	struct arena *arena;
	struct tgk_section *sections;
	struct bytes *parts;
	size_t count, section_room, part_room;
};

static void add_part(struct packer *p, uint32_t kind, const char *name, struct bytes bytes)
{
	struct tgk_section s = {.kind = kind, .size = bytes.size};
	size_t count = p->count;

	snprintf(s.name, sizeof(s.name), "%s", name);
	p->sections =
		arena_grow(p->arena, p->sections, count, &p->section_room, sizeof(*p->sections));
	p->parts = arena_grow(p->arena, p->parts, count, &p->part_room, sizeof(*p->parts));
	p->sections[count] = s;
	p->parts[count] = bytes;
	p->count++;
}

/* ---- strings ------------------------------------------------------------------------------ */

struct pool {
	struct arena *arena;
	char *at;
	size_t size, room;
};

static uint32_t pool_add(struct pool *p, const char *text)
{
	size_t len = strlen(text) + 1, offset = p->size;

	if (p->room - p->size < len) {
		size_t room = (p->size + len) * 2;
		char *moved = arena_alloc(p->arena, room);

		if (p->size)
			memcpy(moved, p->at, p->size);
		p->at = moved;
		p->room = room;
	}
	memcpy(p->at + offset, text, len);
	p->size += len;
	return (uint32_t)offset;
}

static void add_texts(struct packer *p, uint32_t kind, const struct fact_list *list)
{
	struct pool pool = {.arena = p->arena};

	if (!list->known)
		return;
	pool_add(&pool, "");
	for (size_t i = 0; i < list->count; i++)
		pool_add(&pool, list->at[i]);
	add_part(p, kind, "", (struct bytes){(uint8_t *)pool.at, pool.size});
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts, and drops what is there twice. */
static void make_set(struct fact_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->at, list->count, sizeof(*list->at), by_text);
	for (size_t i = 0; i < list->count; i++)
		if (!kept || strcmp(list->at[kept - 1], list->at[i]) != 0)
			list->at[kept++] = list->at[i];
	list->count = kept;
}

static void add_names(struct packer *p, uint32_t kind, struct fact_list *list,
		      const struct kbtf *btf)
{
	struct pool pool = {.arena = p->arena};
	struct tgk_names *n;
	uint8_t *bytes;
	size_t head;

	if (!list->known)
		return;
	make_set(list);
	head = sizeof(*n) + list->count * sizeof(n->refs[0]);
	n = arena_alloc(p->arena, head);
	n->count = (uint32_t)list->count;
	for (size_t i = 0; i < list->count; i++) {
		const struct btf_type *t = kbtf_type(btf, kbtf_function_id(btf, list->at[i]));

		n->refs[i] = t ? t->name_off : pool_add(&pool, list->at[i]) | TGK_OWN;
	}
	n->strings_size = (uint32_t)pool.size;
	bytes = arena_alloc(p->arena, head + pool.size);
	memcpy(bytes, n, head);
	if (pool.size)
		memcpy(bytes + head, pool.at, pool.size);
	add_part(p, kind, "", (struct bytes){bytes, head + pool.size});
}

/* ---- events ------------------------------------------------------------------------------- */

/* Names and types of fields repeat all the time: each text is kept once. */
struct shared_pool {
	struct pool pool;
	uint32_t *slots; /* offset + 1 */
	size_t slot_count;
};

static uint32_t shared_add(struct shared_pool *s, const char *text)
{
	size_t slot = 5381;

	for (const char *c = text; *c; c++)
		slot = slot * 33 + (unsigned char)*c;
	for (slot %= s->slot_count; s->slots[slot]; slot = (slot + 1) % s->slot_count)
		if (strcmp(s->pool.at + s->slots[slot] - 1, text) == 0)
			return s->slots[slot] - 1;
	s->slots[slot] = pool_add(&s->pool, text) + 1;
	return s->slots[slot] - 1;
}

static int by_event(const void *a, const void *b)
{
	const struct fact_event *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static size_t count_fields(const struct fact_events *events)
{
	size_t count = 0;

	for (size_t i = 0; i < events->count; i++)
		count += events->at[i].count;
	return count;
}

static struct tgk_field *put_fields(struct tgk_field *to, const struct fact_event *e,
				    struct shared_pool *strings)
{
	for (size_t i = 0; i < e->count; i++, to++)
		*to = (struct tgk_field){
			.name = shared_add(strings, e->fields[i].name),
			.type = shared_add(strings, e->fields[i].type),
			.offset = e->fields[i].offset,
			.size = e->fields[i].size,
			.is_signed = e->fields[i].is_signed,
		};
	return to;
}

static void add_events(struct packer *p, struct fact_events *events)
{
	size_t fields = count_fields(events), size;
	struct shared_pool strings = {.pool = {.arena = p->arena}};
	struct tgk_events *head;
	struct tgk_event *event;
	struct tgk_field *first, *field;
	uint8_t *bytes;

	if (!events->known)
		return;
	if (events->count)
		qsort(events->at, events->count, sizeof(*events->at), by_event);
	strings.slot_count = 2 * (2 * fields + events->count) + 16;
	strings.slots = arena_array(p->arena, strings.slot_count, sizeof(*strings.slots));
	shared_add(&strings, "");
	size = sizeof(*head) + events->count * sizeof(*event) + fields * sizeof(*field);
	head = arena_alloc(p->arena, size);
	event = (struct tgk_event *)(head + 1);
	field = first = (struct tgk_field *)(event + events->count);
	for (size_t i = 0; i < events->count; i++, event++) {
		event->name = shared_add(&strings, events->at[i].name);
		event->first_field = (uint32_t)(field - first);
		event->field_count = (uint32_t)events->at[i].count;
		field = put_fields(field, &events->at[i], &strings);
	}
	*head = (struct tgk_events){(uint32_t)events->count, (uint32_t)fields,
				    (uint32_t)strings.pool.size, 0};
	bytes = arena_alloc(p->arena, size + strings.pool.size);
	memcpy(bytes, head, size);
	memcpy(bytes + size, strings.pool.at, strings.pool.size);
	add_part(p, TGK_EVENTS, "", (struct bytes){bytes, size + strings.pool.size});
}

/* ---- modules ------------------------------------------------------------------------------ */

static struct bytes copy(struct arena *a, struct bytes from)
{
	uint8_t *to = arena_alloc(a, from.size);

	memcpy(to, from.at, from.size);
	return (struct bytes){to, from.size};
}

static int by_module(const void *a, const void *b)
{
	const struct fact_module *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void add_modules(struct packer *p, struct kernel_facts *f, const struct kbtf *base)
{
	char why[256];

	if (f->module_count)
		qsort(f->modules, f->module_count, sizeof(*f->modules), by_module);
	for (size_t i = 0; i < f->module_count; i++) {
		const struct fact_module *m = &f->modules[i];
		struct kbtf *k = kbtf_from_bytes(m->btf, base, why, sizeof(why));

		if (!k) {
			fact_note(f, "the types of module %s are left out: %s", m->name, why);
			continue;
		}
		add_part(p, TGK_MODULE_BTF, m->name, m->btf);
		add_part(p, TGK_MODULE_INDEX, m->name, copy(p->arena, kbtf_index(k)));
		kbtf_close(k);
	}
}

/* ---- the file ----------------------------------------------------------------------------- */

static struct bytes meta(const struct kernel_facts *f, struct arena *a, const char *name,
			 const struct kbtf *k)
{
	struct tgk_meta *m = arena_alloc(a, sizeof(*m));

	snprintf(m->name, sizeof(m->name), "%s", name);
	snprintf(m->release, sizeof(m->release), "%s", f->release ? f->release : "");
	snprintf(m->arch, sizeof(m->arch), "%s", f->arch && *f->arch ? f->arch : btf_arch(k));
	snprintf(m->source, sizeof(m->source), "%s", f->source ? f->source : "");
	snprintf(m->functions_from, sizeof(m->functions_from), "%s",
		 f->functions.known && f->functions_from ? f->functions_from : "");
	kbtf_digest(k, m->btf_sha256);
	return (struct bytes){(uint8_t *)m, sizeof(*m)};
}

static size_t aligned(size_t size)
{
	return (size + TGK_ALIGN - 1) / TGK_ALIGN * TGK_ALIGN;
}

static struct bytes join(struct packer *p)
{
	size_t table = sizeof(struct tgk_header) + p->count * sizeof(*p->sections);
	size_t size = aligned(table);
	struct tgk_header h = {.version = TGK_VERSION, .section_count = (uint32_t)p->count};
	uint8_t *bytes;

	for (size_t i = 0; i < p->count; i++) {
		p->sections[i].offset = size;
		size += aligned(p->parts[i].size);
	}
	bytes = arena_alloc(p->arena, size);
	memcpy(h.magic, TGK_MAGIC, sizeof(h.magic));
	h.file_size = size;
	memcpy(bytes, &h, sizeof(h));
	memcpy(bytes + sizeof(h), p->sections, p->count * sizeof(*p->sections));
	for (size_t i = 0; i < p->count; i++)
		memcpy(bytes + p->sections[i].offset, p->parts[i].at, p->parts[i].size);
	return (struct bytes){bytes, size};
}

struct bytes facts_pack(struct kernel_facts *f, const char *name, char *why, size_t why_size)
{
	struct packer p = {.arena = f->arena};
	struct fact_list image = {.known = f->image != NULL};
	struct bytes out;
	struct kbtf *k;

	k = kbtf_from_bytes(f->btf, NULL, why, why_size);
	if (!k)
		return (struct bytes){0};
	add_part(&p, TGK_META, "", meta(f, f->arena, name, k));
	add_part(&p, TGK_BTF, "", kbtf_raw(k));
	add_part(&p, TGK_INDEX, "", kbtf_index(k));
	add_texts(&p, TGK_CONFIG, &f->config);
	add_names(&p, TGK_FUNCTIONS, &f->functions, k);
	add_names(&p, TGK_INJECTABLE, &f->injectable, k);
	add_texts(&p, TGK_LSMS, &f->lsms);
	add_events(&p, &f->events);
	add_modules(&p, f, k);
	if (f->image)
		fact_add(f, &image, f->image, strlen(f->image));
	add_texts(&p, TGK_IMAGE, &image);
	out = join(&p);
	kbtf_close(k);
	return out;
}
