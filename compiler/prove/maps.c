// SPDX-License-Identifier: Apache-2.0
#include <bpf/btf.h>
#include <gelf.h>
#include <libelf.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "map_memory.h"

struct reading {
	struct object_maps *out;
	struct arena *arena;
	struct btf *btf; /* owned */
	Elf *elf;	 /* owned */
	uint32_t cpus;
};

/* Maps of these names are tgrun's own; a bundle's are replaced by them (runtime/base.c). */
static bool is_shared(const char *name)
{
	static const char *const names[] = {"tg_ring", "tg_proc", "tg_scratch", "tg_users",
					    "tg_known"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void add_map(struct reading *r, struct object_map m)
{
	struct object_maps *out = r->out;

	map_memory(&m, r->cpus);
	m.shared = is_shared(m.name);
	out->v = arena_grow(r->arena, out->v, out->count, &out->room, sizeof(*out->v));
	out->v[out->count++] = m;
	if (!m.shared) {
		out->loaded += m.loaded;
		out->full += m.full;
	}
}

/* ---- maps that BTF describes ---- */

/* NULL when there is no type of this number. */
static const struct btf_type *type_of(const struct reading *r, uint32_t id)
{
	if (id >= btf__type_cnt(r->btf))
		return NULL;
	return btf__type_by_id(r->btf, id);
}

static const struct btf_type *plain_type(const struct reading *r, uint32_t id)
{
	const struct btf_type *t = type_of(r, id);

	for (int i = 0; t && i < 32 && (btf_is_mod(t) || btf_is_typedef(t)); i++)
		t = type_of(r, t->type);
	return t;
}

/* __uint(name, value): a pointer to an array of `value` elements. */
static uint32_t number_of(const struct reading *r, const struct btf_member *member)
{
	const struct btf_type *t = plain_type(r, member->type);

	t = t && btf_is_ptr(t) ? type_of(r, t->type) : NULL;
	return t && btf_is_array(t) ? btf_array(t)->nelems : 0;
}

/* __type(name, T): a pointer to T. */
static uint32_t size_of(const struct reading *r, const struct btf_member *member)
{
	const struct btf_type *t = plain_type(r, member->type);
	int64_t size = -1;

	if (t && btf_is_ptr(t) && type_of(r, t->type))
		size = btf__resolve_size(r->btf, t->type);
	return size > 0 && size <= UINT32_MAX ? (uint32_t)size : 0;
}

static void take_member(const struct reading *r, struct object_map *m,
			const struct btf_member *member)
{
	const char *name = btf__name_by_offset(r->btf, member->name_off);

	if (!name)
		return;
	if (!strcmp(name, "type"))
		m->type = number_of(r, member);
	else if (!strcmp(name, "max_entries"))
		m->entries = number_of(r, member);
	else if (!strcmp(name, "map_flags"))
		m->flags = number_of(r, member);
	else if (!strcmp(name, "key_size"))
		m->key_size = number_of(r, member);
	else if (!strcmp(name, "value_size"))
		m->value_size = number_of(r, member);
	else if (!strcmp(name, "key"))
		m->key_size = size_of(r, member);
	else if (!strcmp(name, "value"))
		m->value_size = size_of(r, member);
}

static void read_variable(struct reading *r, uint32_t id)
{
	const struct btf_type *variable = type_of(r, id), *t;
	struct object_map m = {0};
	const char *name;

	if (!variable || !btf_is_var(variable))
		return;
	name = btf__name_by_offset(r->btf, variable->name_off);
	t = plain_type(r, variable->type);
	if (!name || !t || !btf_is_struct(t))
		return;
	m.name = arena_printf(r->arena, "%s", name);
	for (uint16_t i = 0; i < btf_vlen(t); i++)
		take_member(r, &m, &btf_members(t)[i]);
	add_map(r, m);
}

static void read_described(struct reading *r)
{
	int32_t id = btf__find_by_name_kind(r->btf, ".maps", BTF_KIND_DATASEC);
	const struct btf_type *section = id > 0 ? type_of(r, (uint32_t)id) : NULL;

	for (uint16_t i = 0; section && i < btf_vlen(section); i++)
		read_variable(r, btf_var_secinfos(section)[i].type);
}

/* ---- data sections ---- */

static bool is_data(const char *name, const GElf_Shdr *header)
{
	static const char *const names[] = {".rodata", ".data", ".bss"};

	if (!(header->sh_flags & SHF_ALLOC) || !header->sh_size)
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);

		if (!strncmp(name, names[i], len) && (!name[len] || name[len] == '.'))
			return true;
	}
	return false;
}

static bool has_variables(const struct reading *r, const char *section)
{
	return btf__find_by_name_kind(r->btf, section, BTF_KIND_DATASEC) > 0;
}

/* libbpf lets sections with variables be mapped; tgrun takes that from the constants (load.c). */
static bool is_mapped(const struct reading *r, const char *section)
{
	return has_variables(r, section) && strcmp(section, ".rodata") != 0;
}

/* libbpf makes an array of one entry of each. */
static void read_data(struct reading *r)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;

	if (elf_getshdrstrndx(r->elf, &names))
		return;
	while ((section = elf_nextscn(r->elf, section))) {
		const char *name = gelf_getshdr(section, &header)
					   ? elf_strptr(r->elf, names, header.sh_name)
					   : NULL;

		if (name && is_data(name, &header) && header.sh_size <= UINT32_MAX)
			add_map(r, (struct object_map){.name = arena_printf(r->arena, "%s", name),
						       .type = BPF_MAP_TYPE_ARRAY,
						       .key_size = 4,
						       .value_size = (uint32_t)header.sh_size,
						       .entries = 1,
						       .flags = is_mapped(r, name) ? BPF_F_MMAPABLE
										   : 0u});
	}
}

/* ---- the object ---- */

static struct btf *open_btf(Elf *elf)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names;
	Elf_Data *data;

	if (elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((section = elf_nextscn(elf, section))) {
		const char *name = gelf_getshdr(section, &header)
					   ? elf_strptr(elf, names, header.sh_name)
					   : NULL;

		data = name && !strcmp(name, ".BTF") ? elf_getdata(section, NULL) : NULL;
		if (data && data->d_buf && data->d_size <= UINT32_MAX)
			return btf__new(data->d_buf, (uint32_t)data->d_size);
	}
	return NULL;
}

int maps_read(struct object_maps *out, struct arena *a, struct bytes object, uint32_t cpus,
	      char *why, size_t why_size)
{
	struct reading r = {.out = out, .arena = a, .cpus = cpus};

	*out = (struct object_maps){0};
	elf_version(EV_CURRENT);
	r.elf = elf_memory((char *)object.at, object.size);
	r.btf = r.elf ? open_btf(r.elf) : NULL;
	if (r.btf) {
		read_described(&r);
		read_data(&r);
	} else {
		snprintf(why, why_size, "the object has no type information that can be read");
	}
	btf__free(r.btf);
	elf_end(r.elf);
	return r.btf ? 0 : -1;
}
