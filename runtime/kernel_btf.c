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
	    h.str_len > body - h.str_off || !h.str_len)
		return -1;
	btf->types = data + h.hdr_len + h.type_off;
	btf->types_end = btf->types + h.type_len;
	btf->strings = (const char *)data + h.hdr_len + h.str_off;
	btf->strings_end = btf->strings + h.str_len;
	return 0;
}

int kernel_btf_parse(struct kernel_btf *btf, const void *data, size_t size)
{
	*btf = (struct kernel_btf){0};
	return find_sections(btf, data, size);
}

int kernel_btf_open(struct kernel_btf *btf)
{
	int fd = open(KERNEL_BTF, O_RDONLY | O_CLOEXEC), result = -1, error;
	struct stat st;

	*btf = (struct kernel_btf){0};
	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && !get_bytes(btf, fd, (size_t)st.st_size))
		result = find_sections(btf, btf->data, btf->size);
	error = errno;
	close(fd);
	if (result)
		kernel_btf_close(btf);
	errno = error;
	return result;
}

/* The offset of a whole string; 0, which is "", when it does not occur. */
static uint32_t find_string(const struct kernel_btf *btf, const char *name)
{
	const char *at = btf->strings;
	size_t size = strlen(name) + 1; /* with its terminator */

	while ((at = memmem(at, (size_t)(btf->strings_end - at), name, size))) {
		if (at > btf->strings && at[-1] == '\0')
			return (uint32_t)(at - btf->strings);
		at++;
	}
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

size_t kernel_btf_type_size(const uint8_t *at, const uint8_t *end)
{
	struct btf_type t;
	size_t extra;

	if ((size_t)(end - at) < sizeof(t))
		return 0;
	memcpy(&t, at, sizeof(t));
	extra = extra_size(BTF_INFO_KIND(t.info), BTF_INFO_VLEN(t.info));
	return extra <= (size_t)(end - at) - sizeof(t) ? sizeof(t) + extra : 0;
}

uint32_t kernel_btf_find(const struct kernel_btf *btf, const char *name, unsigned int kind)
{
	uint32_t wanted = find_string(btf, name), id = 1;
	const uint8_t *at = btf->types;
	struct btf_type t;
	size_t size;

	if (!wanted)
		return 0;
	for (; (size = kernel_btf_type_size(at, btf->types_end)); id++, at += size) {
		memcpy(&t, at, sizeof(t));
		if (t.name_off == wanted && BTF_INFO_KIND(t.info) == kind)
			return id;
	}
	return 0;
}

void kernel_btf_close(struct kernel_btf *btf)
{
	if (btf->mapped)
		munmap((void *)(uintptr_t)btf->data, btf->size);
	else
		free((void *)(uintptr_t)btf->data);
	*btf = (struct kernel_btf){0};
}
