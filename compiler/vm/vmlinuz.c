// SPDX-License-Identifier: Apache-2.0
/*
 * bzImage: a boot sector and setup code (setup_sects at 0x1f1), then the protected-mode part,
 * in which the compressed ELF file starts at payload_offset (0x248) and is payload_length
 * (0x24c) long (Documentation/arch/x86/boot.rst, protocol 2.08 and later).
 */
#include <endian.h>
#include <gelf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/files.h"
#include "compiler/vm/lazy_archive.h"
#include "compiler/vm/vmlinuz.h"

#define KERNEL_MAX (512u << 20) /* bytes, decompressed */

struct bytes {
	const char *data;
	size_t size;
};

static uint32_t read_le32(const char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static int find_payload(struct bytes image, struct bytes *payload, struct vm_error *e)
{
	uint64_t sectors, start, size;

	if (image.size < 0x260 || memcmp(image.data + 0x202, "HdrS", 4))
		return vm_fail(e, "not a Linux boot image");
	sectors = (unsigned char)image.data[0x1f1];
	start = ((sectors ? sectors : 4) + 1) * 512 + read_le32(image.data + 0x248);
	size = read_le32(image.data + 0x24c);
	if (size < 16 || start > image.size || size > image.size - start)
		return vm_fail(e, "a boot image without a compressed kernel");
	payload->data = image.data + start;
	payload->size = size;
	return 0;
}

static char *read_stream(struct archive *from, size_t size)
{
	char *data = malloc(size);
	size_t used = 0;
	la_ssize_t n;

	while (data && used < size && (n = ARCHIVE(read_data)(from, data + used, size - used)) > 0)
		used += (size_t)n;
	if (used == size)
		return data;
	free(data);
	return NULL;
}

/* The last four bytes are the size of the decompressed kernel: part of the gzip format, and
 * put behind the stream by the kernel's build for all others. */
static char *decompress(struct bytes payload, size_t *size, struct vm_error *e)
{
	bool gzip = !memcmp(payload.data, "\x1f\x8b", 2);
	struct archive *from = ARCHIVE(read_new)();
	struct archive_entry *entry;
	char *data = NULL;

	*size = read_le32(payload.data + payload.size - 4);
	ARCHIVE(read_support_filter_all)(from);
	ARCHIVE(read_support_format_raw)(from);
	if (*size > 0 && *size <= KERNEL_MAX &&
	    ARCHIVE(read_open_memory)(from, payload.data, payload.size - (gzip ? 0 : 4)) ==
		    ARCHIVE_OK &&
	    ARCHIVE(read_next_header)(from, &entry) == ARCHIVE_OK)
		data = read_stream(from, *size);
	if (!data)
		vm_fail(e, "the compressed kernel cannot be read: %s",
			ARCHIVE(error_string)(from) ?: "its size is wrong");
	ARCHIVE(read_free)(from);
	return data;
}

static bool section_is(Elf *elf, size_t names, Elf_Scn *section, const char *name)
{
	GElf_Shdr header;
	const char *s;

	if (!gelf_getshdr(section, &header))
		return false;
	s = elf_strptr(elf, names, header.sh_name);
	return s && !strcmp(s, name);
}

static int section_write(struct bytes kernel, const char *btf, struct vm_error *e)
{
	Elf_Scn *section = NULL;
	Elf_Data *data = NULL;
	size_t names;
	Elf *elf;
	int result;

	elf_version(EV_CURRENT);
	elf = elf_memory((char *)kernel.data, kernel.size);
	if (!elf || elf_getshdrstrndx(elf, &names) < 0) {
		elf_end(elf);
		return vm_fail(e, "the decompressed kernel is not an ELF file");
	}
	while (!data && (section = elf_nextscn(elf, section))) {
		if (section_is(elf, names, section, ".BTF"))
			data = elf_rawdata(section, NULL);
	}
	if (data && data->d_size)
		result = file_write(btf, data->d_buf, data->d_size, e);
	else
		result = vm_fail(e, "the kernel has no BTF");
	elf_end(elf);
	return result;
}

int vmlinuz_btf(const char *image, const char *btf, struct vm_error *e)
{
	struct arena a = {0};
	struct bytes file = {0}, payload = {0}, kernel = {0};
	struct vm_error why;
	char *data = NULL;
	int result = -1;

	file.data = file_read(&a, image, &file.size, &why);
	if (file.data && find_payload(file, &payload, &why) == 0)
		data = decompress(payload, &kernel.size, &why);
	if (data) {
		kernel.data = data;
		result = section_write(kernel, btf, &why);
	}
	if (result < 0)
		vm_fail(e, "%s: %.900s", image, why.text);
	free(data);
	arena_free(&a);
	return result;
}

int vmlinuz_unpack(const void *image, size_t size, char **kernel, size_t *kernel_size,
		   struct vm_error *e)
{
	struct bytes file = {image, size}, payload;

	if (find_payload(file, &payload, e) < 0)
		return -1;
	*kernel = decompress(payload, kernel_size, e);
	return *kernel ? 0 : -1;
}
