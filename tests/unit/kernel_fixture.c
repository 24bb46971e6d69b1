// SPDX-License-Identifier: Apache-2.0
#include <bpf/btf.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "compiler/base/arena.h"
#include "kernel_fixture.h"

/* ---- types -------------------------------------------------------------------------------- */

static int add_records(struct btf *b, int number, int size_type, int text)
{
	int task = btf__add_struct(b, "task", 48), inner, pointer, list;

	btf__add_field(b, "pid", number, 0, 0);
	btf__add_field(b, "size", size_type, 64, 0);
	btf__add_field(b, "low", number, 128, 3);
	btf__add_field(b, "high", number, 131, 5);
	pointer = btf__add_ptr(b, task);
	list = btf__add_array(b, number, text, 16);
	inner = btf__add_union(b, NULL, 16);
	btf__add_field(b, "comm", list, 0, 0);
	btf__add_field(b, "parent", pointer, 0, 0);
	btf__add_struct(b, "outer", 32);
	btf__add_field(b, "first", number, 0, 0);
	btf__add_field(b, NULL, inner, 64, 0);
	btf__add_field(b, "last", size_type, 192, 0);
	return task;
}

static void add_enums(struct btf *b)
{
	btf__add_enum(b, "colour", 4);
	btf__add_enum_value(b, "RED", 0);
	btf__add_enum_value(b, "GREEN", 7);
	btf__add_enum(b, "error", 4);
	btf__add_enum_value(b, "BROKEN", -5);
	btf__add_enum64(b, "wide", 8, false);
	btf__add_enum64_value(b, "HUGE", 0xfedcba9876543210ull);
	btf__add_fwd(b, "unseen", BTF_FWD_STRUCT);
	btf__add_float(b, "double", 8);
}

static void add_functions(struct btf *b, int number, int pointer, int text)
{
	int variable, proto, words = btf__add_ptr(b, btf__add_const(b, text));

	proto = btf__add_func_proto(b, number);
	btf__add_func_param(b, "task", pointer);
	btf__add_func_param(b, "name", words);
	btf__add_func(b, "do_work", BTF_FUNC_STATIC, proto);
	btf__add_func(b, "do_rest", BTF_FUNC_STATIC, btf__add_func_proto(b, 0));
	btf__add_func(b, "__x64_sys_read", BTF_FUNC_STATIC, proto);
	btf__add_typedef(b, "worker_t", btf__add_ptr(b, proto));
	variable = btf__add_var(b, "current", BTF_VAR_STATIC, pointer);
	btf__add_datasec(b, ".data", 8);
	btf__add_datasec_var_info(b, variable, 0, 8);
	btf__add_volatile(b, btf__add_restrict(b, pointer));
}

struct btf *fixture_btf(void)
{
	struct btf *b = btf__new_empty();
	int number = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	int natural = btf__add_int(b, "unsigned long", 8, 0);
	int text = btf__add_int(b, "char", 1, BTF_INT_CHAR);
	int size_type = btf__add_typedef(b, "size_t", natural);
	int task;

	btf__add_int(b, "_Bool", 1, BTF_INT_BOOL);
	task = add_records(b, number, size_type, text);
	add_enums(b);
	add_functions(b, number, btf__add_ptr(b, task), text);
	return b;
}

struct btf *fixture_split_btf(struct btf *base)
{
	struct btf *b = btf__new_empty_split(base);
	int task = btf__find_by_name_kind(base, "task", BTF_KIND_STRUCT), record, pointer, proto;

	record = btf__add_struct(b, "module_only", 48);
	btf__add_field(b, "task", task, 0, 0);
	pointer = btf__add_ptr(b, record);
	proto = btf__add_func_proto(b, 0);
	btf__add_func_param(b, "m", pointer);
	btf__add_func(b, "module_work", BTF_FUNC_STATIC, proto);
	return b;
}

struct bytes fixture_raw(struct arena *a, const struct btf *btf)
{
	uint32_t size;
	const void *data = btf__raw_data(btf, &size);
	uint8_t *copy = arena_alloc(a, size);

	memcpy(copy, data, size);
	return (struct bytes){copy, size};
}

/* ---- images ------------------------------------------------------------------------------- */

struct bytes fixture_gzip(struct arena *a, struct bytes from)
{
	uLong room = compressBound(from.size) + 64;
	uint8_t *out = arena_alloc(a, room);
	z_stream z = {
		.next_in = (Bytef *)from.at,
		.avail_in = (uInt)from.size,
		.next_out = out,
		.avail_out = (uInt)room,
	};

	if (deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END || deflateEnd(&z) != Z_OK)
		abort();
	return (struct bytes){out, z.total_out};
}

static struct bytes constants(struct arena *a, const char *config)
{
	struct bytes packed =
		fixture_gzip(a, (struct bytes){(const uint8_t *)config, strlen(config)});
	static const char banner[] = "Linux version %s\0Linux version 9.8.7-fixture (a@b)";
	uint8_t *at = arena_alloc(a, sizeof(banner) + packed.size + 16);

	memcpy(at, banner, sizeof(banner));
	memcpy(at + sizeof(banner), "IKCFG_ST", 8);
	memcpy(at + sizeof(banner) + 8, packed.at, packed.size);
	memcpy(at + sizeof(banner) + 8 + packed.size, "IKCFG_ED", 8);
	return (struct bytes){at, sizeof(banner) + packed.size + 16};
}

struct bytes fixture_elf(struct arena *a, struct bytes btf, const char *config)
{
	static const char names[] = "\0.BTF\0.rodata\0.shstrtab";
	struct bytes rodata = constants(a, config),
		     strings = {(const uint8_t *)names, sizeof(names)};
	const struct bytes parts[] = {{0}, btf, rodata, strings};
	const uint32_t offsets[] = {0, 1, 6, 14};
	size_t at = sizeof(Elf64_Ehdr) + 4 * sizeof(Elf64_Shdr);
	uint8_t *file = arena_alloc(a, at + btf.size + rodata.size + strings.size);
	Elf64_Ehdr h = {
		.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof(h),
		.e_shoff = sizeof(h),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 4,
		.e_shstrndx = 3,
	};

	memcpy(file, &h, sizeof(h));
	for (int i = 1; i < 4; i++) {
		Elf64_Shdr s = {
			.sh_name = offsets[i],
			.sh_type = SHT_PROGBITS,
			.sh_offset = at,
			.sh_size = parts[i].size,
		};

		memcpy(file + sizeof(h) + i * sizeof(s), &s, sizeof(s));
		memcpy(file + at, parts[i].at, parts[i].size);
		at += parts[i].size;
	}
	return (struct bytes){file, at};
}

struct bytes fixture_image(struct arena *a, struct bytes elf)
{
	struct bytes packed = fixture_gzip(a, elf);
	uint8_t *image = arena_alloc(a, 1024 + packed.size);
	uint32_t size = (uint32_t)packed.size;

	image[0x1f1] = 1;
	memcpy(image + 0x202, "HdrS", 4);
	memcpy(image + 0x24c, &size, sizeof(size));
	memcpy(image + 1024, packed.at, packed.size);
	return (struct bytes){image, 1024 + packed.size};
}

/* ---- kallsyms ----------------------------------------------------------------------------- */

struct parts {
	uint8_t *at;
	size_t size, align;
};

static void put(struct parts *p, const void *from, size_t size)
{
	memcpy(p->at + p->size, from, size);
	p->size += size;
}

static void fill(struct parts *p)
{
	while (p->size % p->align)
		p->at[p->size++] = 0;
}

/* Token 1 stands for "f", every other one for its own character. */
static void put_symbol(struct parts *p, const char *symbol)
{
	uint8_t len = (uint8_t)strlen(symbol);

	put(p, &len, 1);
	for (; *symbol; symbol++)
		put(p, *symbol == 'f' ? "\1" : symbol, 1);
}

static void symbol_at(uint32_t i, char text[16])
{
	static const char *const ends[] = {"T_etext", "tgone", "ddata"};

	if (i == 0)
		strcpy(text, "T_text");
	else if (i <= 300)
		snprintf(text, 16, "tf%03u", i - 1);
	else
		strcpy(text, ends[i - 301]);
}

static void put_tokens(struct parts *p)
{
	uint16_t places[256], used = 0;

	for (int i = 0; i < 256; i++) {
		char text[2] = {i == 1 ? 'f' : i >= ' ' && i < 127 ? (char)i : 0};

		places[i] = used;
		put(p, text, strlen(text) + 1);
		used = (uint16_t)(used + strlen(text) + 1);
	}
	fill(p);
	put(p, places, sizeof(places));
}

struct bytes fixture_kallsyms(struct arena *a, size_t align, bool with_order)
{
	struct parts p = {arena_alloc(a, 16384), 0, align};
	const uint32_t count = 304;
	uint32_t markers[2] = {0};
	char text[16];
	size_t names;

	put(&p, "what stands before", 18);
	fill(&p);
	put(&p, &count, sizeof(count));
	fill(&p);
	names = p.size;
	for (uint32_t i = 0; i < count; i++) {
		if (i == 256)
			markers[1] = (uint32_t)(p.size - names);
		symbol_at(i, text);
		put_symbol(&p, text);
	}
	fill(&p);
	put(&p, markers, sizeof(markers));
	for (uint32_t i = 0; with_order && i < count; i++)
		put(&p, (uint8_t[]){0, (uint8_t)(i >> 8), (uint8_t)i}, 3);
	fill(&p);
	put_tokens(&p);
	return (struct bytes){p.at, p.size};
}

/* ---- facts -------------------------------------------------------------------------------- */

static struct bytes text(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

void fixture_facts(struct kernel_facts *f, struct arena *a)
{
	struct btf *btf = fixture_btf(), *split = fixture_split_btf(btf);

	*f = (struct kernel_facts){.arena = a, .release = "9.8.7-fixture", .source = "a test"};
	f->btf = fixture_raw(a, btf);
	f->modules = arena_array(a, 1, sizeof(*f->modules));
	f->modules[0] = (struct fact_module){"example", fixture_raw(a, split)};
	f->module_count = 1;
	btf__free(split);
	btf__free(btf);
	facts_config(f, text("# comment\nCONFIG_BPF_LSM=y\nCONFIG_NET=m\n# CONFIG_FOO is not set\n"
			     "CONFIG_LSM=\"bpf,apparmor\"\n"));
	facts_symbols(f,
		      text("0 t do_work\n0 T not_in_btf\n0 d some_data\n0 T __pfx_do_work\n"
			   "0 t from_module\t[example]\n0 t bpf_prog_1\t[bpf]\n"),
		      "kallsyms");
	facts_names(f, &f->injectable, text("do_work\tERRNO\n"));
	facts_lsms(f, text("lockdown,capability,bpf"));
	facts_event(f, "sched/sched_exec",
		    text("name: sched_exec\nID: 3\nformat:\n"
			 "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\n"
			 "\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:1;\n"
			 "\tfield:__data_loc char[] file;\toffset:24;\tsize:4;\tsigned:0;\n"
			 "\nprint fmt: \"field:int no;\toffset:1;\tsize:1;\tsigned:1;\"\n"));
	facts_event(f, "net/net_dev", text("\tfield:void * skb;\toffset:8;\tsize:8;\tsigned:0;\n"));
}

struct bytes fixture_profile(struct arena *a)
{
	struct kernel_facts f;
	char why[256];

	fixture_facts(&f, a);
	return facts_pack(&f, "fixture", why, sizeof(why));
}

/* ---- walks -------------------------------------------------------------------------------- */

struct walk {
	const struct kbtf *k;
	struct arena arena;
	size_t seen;
	unsigned left;
};

static void walk_type(struct walk *w, ktype_id id)
{
	struct kshape s = kbtf_shape(w->k, id);
	struct kenumerator e;
	struct kmember m;
	struct kparam p;

	w->seen += s.size + s.count + strlen(s.name) + s.kind;
	w->seen += s.typedef_name ? strlen(s.typedef_name) : 0;
	for (uint32_t i = 0; i < 64 && kbtf_member_at(w->k, id, i, &m); i++)
		w->seen += strlen(m.name) + m.bits + kbtf_member(w->k, id, m.name, &m);
	for (uint32_t i = 0; i < 64 && kbtf_parameter_at(w->k, id, i, &p); i++)
		w->seen += strlen(p.name) + p.id;
	for (uint32_t i = 0; i < 64 && kbtf_enumerator_at(w->k, id, i, &e); i++)
		w->seen += strlen(e.name) + (size_t)e.value;
	w->seen += strlen(kbtf_declare(w->k, &w->arena, id, "name"));
	kbtf_nearest_member(w->k, &w->arena, id, "parnet");
}

static bool walk_name(void *data, const struct kname *n)
{
	struct walk *w = data;
	struct kfunction *f;
	int64_t value = 0;
	size_t count;

	walk_type(w, n->id);
	walk_type(w, kbtf_target(w->k, n->id));
	f = kbtf_function(w->k, &w->arena, n->name);
	w->seen += f ? strlen(kfunction_text(&w->arena, f)) : 0;
	w->seen += kbtf_struct(w->k, n->name) + kbtf_enum(w->k, n->name);
	w->seen += kbtf_enum_value(w->k, n->name, &value) + (size_t)value;
	kbtf_fields(w->k, &w->arena, n->name, &count);
	w->seen += count;
	return --w->left > 0;
}

size_t walk_btf(const struct kbtf *k)
{
	struct walk w = {.k = k, .left = 256};
	const char *near;

	kbtf_each_name(k, walk_name, &w);
	for (ktype_id id = 0; id < 256; id++)
		walk_type(&w, id);
	walk_type(&w, ~0u);
	near = kbtf_nearest(k, &w.arena, "", "do_wrok", false);
	w.seen += near ? strlen(near) : 0;
	arena_free(&w.arena);
	return w.seen;
}

struct profile_walk {
	struct profile *p;
	size_t seen;
	unsigned left;
};

static bool walk_function(void *data, const char *name)
{
	struct profile_walk *w = data;

	w->seen += strlen(name) + profile_attachable(w->p, name) + profile_injectable(w->p, name);
	return --w->left > 0;
}

static bool walk_event(void *data, const char *name)
{
	struct profile_walk *w = data;
	struct kevent_field field;
	struct kevent e;
	char subsystem[64];
	const char *slash = strchr(name, '/');

	if (!slash || slash - name >= 64)
		return --w->left > 0;
	snprintf(subsystem, sizeof(subsystem), "%.*s", (int)(slash - name), name);
	w->seen += profile_event(w->p, subsystem, slash + 1, &e);
	for (uint32_t i = 0; i < 64 && profile_event_field(&e, i, &field); i++)
		w->seen += strlen(field.name) + strlen(field.type) + field.offset + field.size;
	return --w->left > 0;
}

size_t walk_profile(struct profile *p)
{
	struct profile_walk w = {.p = p, .left = 512};
	struct arena a = {0};
	const char *value = NULL, *module, *lsms = profile_lsms(p, &a);
	unsigned major, minor;

	w.seen = walk_btf(profile_btf(p)) + strlen(profile_name(p)) + strlen(profile_release(p)) +
		 strlen(profile_source(p)) + strlen(profile_functions_from(p)) +
		 strlen(profile_arch(p)) + profile_version(p, &major, &minor);
	profile_each_attachable(p, walk_function, &w);
	w.left = 512;
	profile_each_event(p, walk_event, &w);
	w.seen += profile_config(p, "CONFIG_LSM", &value) + (value ? strlen(value) : 0);
	w.seen += profile_config_count(p) + profile_lsm_active(p, "bpf");
	w.seen += lsms ? strlen(lsms) : 0;
	for (size_t i = 0; i < 8 && (module = profile_module_at(p, i)); i++) {
		const struct kbtf *k = profile_module_btf(p, module);

		w.seen += k ? walk_btf(k) : 0;
	}
	arena_free(&a);
	return w.seen;
}
