// SPDX-License-Identifier: Apache-2.0
/* Type information from bytes: the header, types and strings by number. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kbtf_image.h"
#include "kernel_elf.h"

/* What a type has behind struct btf_type: a fixed part, or an element for each of vlen. */
static bool extra_size(const struct btf_type *t, uint32_t *size)
{
	static const struct {
		uint8_t fixed, element;
	} extra[NR_BTF_KINDS] = {
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
	uint32_t kind = type_kind(t);

	if (kind == BTF_KIND_UNKN || kind >= NR_BTF_KINDS)
		return false;
	*size = extra[kind].fixed + extra[kind].element * type_vlen(t);
	return true;
}

uint32_t kbtf_type_size(const struct btf_type *t, uint32_t room)
{
	uint32_t extra;

	if (room < sizeof(*t) || !extra_size(t, &extra) || extra > room - sizeof(*t))
		return 0;
	return (uint32_t)sizeof(*t) + extra;
}

const struct btf_type *kbtf_type(const struct kbtf *k, uint32_t id)
{
	const struct btf_type *t;
	uint32_t offset;

	if (id < k->first_id)
		return k->base ? kbtf_type(k->base, id) : NULL;
	if (id - k->first_id >= k->type_count)
		return NULL;
	offset = k->offsets[id - k->first_id];
	if (offset % 4 || offset >= k->types_size)
		return NULL;
	t = (const void *)(k->types + offset);
	return kbtf_type_size(t, k->types_size - offset) ? t : NULL;
}

const struct btf_type *kbtf_strip(const struct kbtf *k, uint32_t id)
{
	const struct btf_type *t = kbtf_type(k, id);

	for (int depth = 0; t && kind_in(t, KINDS_SKIPPED); depth++)
		t = depth < KBTF_CHAIN_MAX ? kbtf_type(k, t->type) : NULL;
	return t;
}

const char *kbtf_string(const struct kbtf *k, uint32_t offset)
{
	if (offset < k->first_string)
		return k->base ? kbtf_string(k->base, offset) : "";
	offset -= k->first_string;
	return offset < k->strings_size ? k->strings + offset : "";
}

/* ---- opening ---------------------------------------------------------------------------- */

static int refuse(char *why, size_t why_size, const char *sentence)
{
	snprintf(why, why_size, "%s", sentence);
	return -1;
}

static bool fits(uint32_t header, uint32_t offset, uint32_t size, size_t total)
{
	return (uint64_t)header + offset + size <= total;
}

static int view_raw(struct kbtf *k, char *why, size_t why_size)
{
	struct btf_header h;
	uint16_t magic = 0;

	if (k->raw.size >= sizeof(magic))
		memcpy(&magic, k->raw.at, sizeof(magic));
	if (magic == __builtin_bswap16(BTF_MAGIC))
		return refuse(why, why_size,
			      "it is for a big-endian machine, which is not supported");
	if (magic != BTF_MAGIC || k->raw.size < sizeof(h))
		return refuse(why, why_size, "it does not begin as type information does");
	memcpy(&h, k->raw.at, sizeof(h));
	if (h.version != BTF_VERSION)
		return refuse(why, why_size, "its version is not 1, the only one known");
	if (h.hdr_len < sizeof(h) || h.hdr_len % 4 || h.type_off % 4 ||
	    !fits(h.hdr_len, h.type_off, h.type_len, k->raw.size) ||
	    !fits(h.hdr_len, h.str_off, h.str_len, k->raw.size))
		return refuse(why, why_size, "it is cut off, or its header is wrong");
	k->types = k->raw.at + h.hdr_len + h.type_off;
	k->types_size = h.type_len;
	k->strings = (const char *)k->raw.at + h.hdr_len + h.str_off;
	k->strings_size = h.str_len;
	if (k->strings_size ? k->strings[k->strings_size - 1] != '\0' : !k->base)
		return refuse(why, why_size, "its names do not end within it");
	return 0;
}

/* Types are read where they lie, so they must lie at a multiple of four. */
static int align_raw(struct kbtf *k, char *why, size_t why_size)
{
	if ((uintptr_t)k->raw.at % 4 == 0)
		return 0;
	k->own_raw = malloc(k->raw.size);
	if (!k->own_raw)
		return refuse(why, why_size, "out of memory");
	memcpy(k->own_raw, k->raw.at, k->raw.size);
	k->raw.at = k->own_raw;
	return 0;
}

/* With `index` NULL the index is made. On failure nothing is left, `file` included. */
static struct kbtf *open_image(struct mapped_file *file, struct bytes raw, const struct kbtf *base,
			       const struct bytes *index, char *why, size_t why_size)
{
	struct kbtf *k = calloc(1, sizeof(*k));
	int failed;

	if (!k) {
		refuse(why, why_size, "out of memory");
		if (file)
			mapped_close(file);
		return NULL;
	}
	k->raw = raw;
	k->base = base;
	k->first_id = base ? base->first_id + base->type_count : 1;
	k->first_string = base ? base->first_string + base->strings_size : 0;
	if (file)
		k->file = *file;
	failed = align_raw(k, why, why_size) || view_raw(k, why, why_size);
	if (!failed)
		failed = index ? kbtf_index_view(k, *index, why, why_size)
			       : kbtf_index_build(k, why, why_size);
	if (!failed)
		return k;
	kbtf_close(k);
	return NULL;
}

struct kbtf *kbtf_from_bytes(struct bytes raw, const struct kbtf *base, char *why, size_t why_size)
{
	return open_image(NULL, raw, base, NULL, why, why_size);
}

struct kbtf *kbtf_with_index(struct bytes raw, struct bytes index, const struct kbtf *base,
			     char *why, size_t why_size)
{
	return open_image(NULL, raw, base, &index, why, why_size);
}

struct kbtf *kbtf_open_split(const struct kbtf *base, const char *path, char *why, size_t why_size)
{
	struct mapped_file file;
	char reason[256] = "";
	struct kbtf *k = NULL;
	struct bytes raw;

	if (mapped_open(&file, path) < 0) {
		snprintf(why, why_size, "cannot read kernel type information from %s: %s", path,
			 errno == EINVAL ? "it is not a regular file" : strerror(errno));
		return NULL;
	}
	raw = file.bytes;
	if (elf_is_elf(raw))
		raw = elf_section(raw, ".BTF", reason, sizeof(reason));
	if (!*reason)
		k = open_image(&file, raw, base, NULL, reason, sizeof(reason));
	else
		mapped_close(&file);
	if (!k)
		snprintf(why, why_size, "cannot read kernel type information from %s: %s", path,
			 reason);
	return k;
}

struct kbtf *kbtf_open(const char *path, char *why, size_t why_size)
{
	return kbtf_open_split(NULL, path, why, why_size);
}

void kbtf_close(struct kbtf *k)
{
	if (!k)
		return;
	mapped_close(&k->file);
	free(k->own_raw);
	free(k->own_index);
	free(k);
}
