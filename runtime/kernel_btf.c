// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/kernel_btf.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"
#define HASH_BITS  16
#define KIND(k)	   (1u << BTF_KIND_##k)
#define NAMED_KINDS                                                                                \
	(KIND(STRUCT) | KIND(UNION) | KIND(ENUM) | KIND(TYPEDEF) | KIND(FUNC) | KIND(ENUM64))

static int read_whole(int fd, uint8_t *out, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while (used < size) {
		n = read(fd, out + used, size - used);
		if (n <= 0)
			return -1;
		used += (size_t)n;
	}
	return 0;
}

/* New kernels let it be mapped; from the others it comes page by page. */
static int get_bytes(struct kernel_btf *btf, int fd, size_t size)
{
	void *mapped = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	uint8_t *bytes;

	btf->size = size;
	btf->mapped = mapped != MAP_FAILED;
	if (btf->mapped) {
		btf->data = mapped;
		return 0;
	}
	bytes = malloc(size);
	if (!bytes || read_whole(fd, bytes, size)) {
		free(bytes);
		return -1;
	}
	btf->data = bytes;
	return 0;
}

static int find_sections(struct kernel_btf *btf, const uint8_t *data, size_t size)
{
	struct btf_header h;
	size_t body;

	errno = EINVAL;
	if (size < sizeof(h))
		return -1;
	memcpy(&h, data, sizeof(h));
	if (h.magic != BTF_MAGIC || h.hdr_len < sizeof(h) || h.hdr_len > size)
		return -1;
	body = size - h.hdr_len;
	if (h.type_off > body || h.type_len > body - h.type_off || h.str_off > body ||
	    h.str_len > body - h.str_off || !h.str_len ||
	    data[h.hdr_len + h.str_off + h.str_len - 1])
		return -1;
	btf->types = data + h.hdr_len + h.type_off;
	btf->types_end = btf->types + h.type_len;
	btf->strings = (const char *)data + h.hdr_len + h.str_off;
	btf->strings_end = btf->strings + h.str_len;
	return 0;
}

/* Bytes that follow a type of this kind. */
static size_t extra_size(unsigned int kind, unsigned int members)
{
	static const struct {
		uint8_t fixed, each;
	} sizes[] = {
		[BTF_KIND_INT] = {4, 0},
		[BTF_KIND_ARRAY] = {sizeof(struct btf_array), 0},
		[BTF_KIND_STRUCT] = {0, sizeof(struct btf_member)},
		[BTF_KIND_UNION] = {0, sizeof(struct btf_member)},
		[BTF_KIND_ENUM] = {0, sizeof(struct btf_enum)},
		[BTF_KIND_FUNC_PROTO] = {0, sizeof(struct btf_param)},
		[BTF_KIND_VAR] = {sizeof(struct btf_var), 0},
		[BTF_KIND_DATASEC] = {0, sizeof(struct btf_var_secinfo)},
		[BTF_KIND_DECL_TAG] = {sizeof(struct btf_decl_tag), 0},
		[BTF_KIND_ENUM64] = {0, sizeof(struct btf_enum64)},
	};

	if (kind >= sizeof(sizes) / sizeof(sizes[0]))
		return 0;
	return sizes[kind].fixed + (size_t)sizes[kind].each * members;
}

/* 0 for a type that does not lie before `end`. */
static size_t type_size(const uint8_t *at, const uint8_t *end)
{
	struct btf_type t;
	size_t size;

	if ((size_t)(end - at) < sizeof(t))
		return 0;
	memcpy(&t, at, sizeof(t));
	size = sizeof(t) + extra_size(BTF_INFO_KIND(t.info), BTF_INFO_VLEN(t.info));
	return size <= (size_t)(end - at) ? size : 0;
}

/* ---- the index ---- */

/* Names that begin alike are many, and so are short ones: both ends and the length. */
static uint32_t hash_of(const char *name, size_t len)
{
	uint64_t front = 0, back = 0;
	size_t n = len < sizeof(front) ? len : sizeof(front);

	if (n == sizeof(front)) { /* of a size that the compiler knows */
		memcpy(&front, name, sizeof(front));
		memcpy(&back, name + len - sizeof(back), sizeof(back));
	} else {
		memcpy(&front, name, n);
	}
	front = (front ^ (back << 7 | back >> 57) ^ len) * 0x9e3779b97f4a7c15ull;
	return (uint32_t)(front >> (64 - HASH_BITS));
}

static void note_name(struct kernel_btf *btf, uint32_t id, uint32_t name_off)
{
	const char *name = kernel_btf_string(btf, name_off);
	uint32_t *head = &btf->heads[hash_of(name, strlen(name))];

	btf->previous[id] = *head;
	*head = id;
}

/* There is room for as many types as could be; what is not used is no memory either. */
static int index_types(struct kernel_btf *btf)
{
	size_t most = (size_t)(btf->types_end - btf->types) / sizeof(struct btf_type) + 1, size;
	const uint8_t *at = btf->types;
	struct btf_type t;

	btf->offsets = malloc(most * sizeof(*btf->offsets));
	btf->previous = malloc(most * sizeof(*btf->previous));
	btf->heads = calloc((size_t)1 << HASH_BITS, sizeof(*btf->heads));
	if (!btf->offsets || !btf->previous || !btf->heads)
		return -1;
	for (btf->count = 1; (size = type_size(at, btf->types_end)); btf->count++, at += size) {
		memcpy(&t, at, sizeof(t));
		btf->offsets[btf->count] = (uint32_t)(at - btf->types);
		if (NAMED_KINDS >> BTF_INFO_KIND(t.info) & 1)
			note_name(btf, btf->count, t.name_off);
	}
	return 0;
}

static int parse(struct kernel_btf *btf, const uint8_t *data, size_t size)
{
	int error;

	if (!find_sections(btf, data, size) && !index_types(btf))
		return 0;
	error = errno;
	kernel_btf_close(btf);
	errno = error;
	return -1;
}

int kernel_btf_parse(struct kernel_btf *btf, const void *data, size_t size)
{
	*btf = (struct kernel_btf){0};
	return parse(btf, data, size);
}

int kernel_btf_open(struct kernel_btf *btf)
{
	int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC), result = -1, error;
	struct stat st;

	*btf = (struct kernel_btf){0};
	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && !get_bytes(btf, fd, (size_t)st.st_size))
		result = parse(btf, btf->data, btf->size);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

const uint8_t *kernel_btf_type(const struct kernel_btf *btf, uint32_t id)
{
	return btf->types + btf->offsets[id];
}

const char *kernel_btf_string(const struct kernel_btf *btf, uint32_t offset)
{
	return offset < (size_t)(btf->strings_end - btf->strings) ? btf->strings + offset : "";
}

static struct btf_type head_of(const struct kernel_btf *btf, uint32_t id)
{
	struct btf_type t;

	memcpy(&t, kernel_btf_type(btf, id), sizeof(t));
	return t;
}

uint32_t kernel_btf_named(const struct kernel_btf *btf, const char *name, size_t len, uint32_t id)
{
	for (id = id ? btf->previous[id] : btf->heads[hash_of(name, len)]; id;
	     id = btf->previous[id]) {
		const char *found = kernel_btf_string(btf, head_of(btf, id).name_off);

		if (!strncmp(found, name, len) && !found[len])
			return id;
	}
	return 0;
}

uint32_t kernel_btf_find(const struct kernel_btf *btf, const char *name, unsigned int kind)
{
	size_t len = strlen(name);
	uint32_t id = 0, first = 0;

	while (len && (id = kernel_btf_named(btf, name, len, id)))
		if (BTF_INFO_KIND(head_of(btf, id).info) == kind)
			first = id;
	return first;
}

/* ---- members ---- */

enum {
	ANONYMOUS_DEPTH_MAX = 16, /* anonymous members within anonymous members */
	MEMBER_STEPS_MAX = 1 << 20,
	CHAIN_MAX = 32, /* typedefs and qualifiers on top of each other */
};

struct member_search {
	const struct kernel_btf *btf;
	const char *name;
	unsigned steps;
};

/* The record that a type is behind typedefs and qualifiers; 0: it is none. */
static uint32_t record_behind(const struct kernel_btf *btf, uint32_t id)
{
	const uint32_t through = KIND(TYPEDEF) | KIND(CONST) | KIND(VOLATILE) | KIND(TYPE_TAG);

	for (int i = 0; id && id < btf->count && i < CHAIN_MAX; i++) {
		struct btf_type t = head_of(btf, id);

		if ((KIND(STRUCT) | KIND(UNION)) >> BTF_INFO_KIND(t.info) & 1)
			return id;
		if (!(through >> BTF_INFO_KIND(t.info) & 1))
			return 0;
		id = t.type;
	}
	return 0;
}

static bool find_member(struct member_search *s, uint32_t id, int depth)
{
	const uint8_t *at;
	struct btf_type t;
	struct btf_member m;

	id = record_behind(s->btf, id);
	if (!id || depth > ANONYMOUS_DEPTH_MAX)
		return false;
	t = head_of(s->btf, id);
	at = kernel_btf_type(s->btf, id) + sizeof(t);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(t.info); i++) {
		const char *name;

		if (++s->steps > MEMBER_STEPS_MAX)
			return false;
		memcpy(&m, at + i * sizeof(m), sizeof(m));
		name = kernel_btf_string(s->btf, m.name_off);
		if (*name ? !strcmp(name, s->name) : find_member(s, m.type, depth + 1))
			return true;
	}
	return false;
}

/* The first of this name. */
static uint32_t find_record(const struct kernel_btf *btf, const char *name, size_t len)
{
	uint32_t id = 0, first = 0;

	while (len && (id = kernel_btf_named(btf, name, len, id)))
		if ((KIND(STRUCT) | KIND(UNION)) >> BTF_INFO_KIND(head_of(btf, id).info) & 1)
			first = id;
	return first;
}

bool kernel_btf_has(const struct kernel_btf *btf, const char *name)
{
	size_t len = strcspn(name, ".");
	uint32_t record = find_record(btf, name, len);
	struct member_search search = {.btf = btf, .name = name + len + 1};

	if (name[len])
		return record && *search.name && find_member(&search, record, 0);
	return record || kernel_btf_find(btf, name, BTF_KIND_FUNC);
}

void kernel_btf_close(struct kernel_btf *btf)
{
	if (btf->mapped)
		munmap((void *)(uintptr_t)btf->data, btf->size);
	else
		free((void *)(uintptr_t)btf->data);
	free(btf->offsets);
	free(btf->heads);
	free(btf->previous);
	*btf = (struct kernel_btf){0};
}
