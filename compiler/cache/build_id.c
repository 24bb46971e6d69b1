// SPDX-License-Identifier: Apache-2.0
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>
#include "build_id.h"
#include "compiler/base/arena.h"

#define HEADERS_MAX 64
#define NOTES_MAX   4096 /* bytes of one segment that are looked at */

static size_t padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

bool build_id_in(struct bytes notes, struct bytes *out)
{
	Elf64_Nhdr note;

	while (notes.size >= sizeof(note)) {
		size_t name, text;

		memcpy(&note, notes.at, sizeof(note));
		if (note.n_namesz > NOTES_MAX || note.n_descsz > NOTES_MAX)
			return false;
		name = padded(note.n_namesz);
		text = padded(note.n_descsz);
		if (notes.size - sizeof(note) < name + text)
			return false;
		*out = (struct bytes){notes.at + sizeof(note) + name, note.n_descsz};
		if (note.n_type == NT_GNU_BUILD_ID && note.n_descsz && note.n_namesz == 4 &&
		    !memcmp(notes.at + sizeof(note), "GNU", 4))
			return true;
		notes.at += sizeof(note) + name + text;
		notes.size -= sizeof(note) + name + text;
	}
	return false;
}

static bool id_in_segment(struct arena *a, int fd, const Elf64_Phdr *segment, struct bytes *out)
{
	size_t size = segment->p_filesz > NOTES_MAX ? NOTES_MAX : segment->p_filesz;
	uint8_t *notes = arena_alloc(a, size);

	return pread(fd, notes, size, (off_t)segment->p_offset) == (ssize_t)size &&
	       build_id_in((struct bytes){notes, size}, out);
}

static bool id_in_file(struct arena *a, int fd, struct bytes *out)
{
	Elf64_Phdr segments[HEADERS_MAX];
	Elf64_Ehdr header;
	size_t size;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phnum > HEADERS_MAX ||
	    header.e_phentsize != sizeof(*segments))
		return false;
	size = header.e_phnum * sizeof(*segments);
	if (pread(fd, segments, size, (off_t)header.e_phoff) != (ssize_t)size)
		return false;
	for (size_t i = 0; i < header.e_phnum; i++)
		if (segments[i].p_type == PT_NOTE && id_in_segment(a, fd, &segments[i], out))
			return true;
	return false;
}

bool build_id_of_file(struct arena *a, const char *path, struct bytes *out)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool found;

	if (fd < 0)
		return false;
	found = id_in_file(a, fd, out);
	close(fd);
	return found;
}

/* The first object is the program. */
static int look_at_program(struct dl_phdr_info *info, size_t size, void *out)
{
	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const uint8_t *at = (const uint8_t *)(info->dlpi_addr + p->p_vaddr);

		if (p->p_type == PT_NOTE && build_id_in((struct bytes){at, p->p_memsz}, out))
			return 1;
	}
	return -1;
}

bool build_id_of_self(struct bytes *out)
{
	return dl_iterate_phdr(look_at_program, out) == 1;
}
