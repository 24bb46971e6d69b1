// SPDX-License-Identifier: Apache-2.0
/* User binaries: the file, its headers, its segments. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "userelf_read.h"

#define LONGEST_TEXT 65536 /* many names could share one endless text */

/* ---- bytes ----------------------------------------------------------------------------- */

struct bytes bytes_part(struct bytes b, uint64_t offset, uint64_t size)
{
	if (offset > b.size || size > b.size - offset)
		return (struct bytes){0};
	return (struct bytes){b.at + offset, size};
}

const char *bytes_text(struct bytes b, uint64_t at)
{
	size_t left = at < b.size ? b.size - at : 0;

	if (!left || !memchr(b.at + at, 0, left < LONGEST_TEXT ? left : LONGEST_TEXT))
		return NULL;
	return (const char *)b.at + at;
}

uint32_t bytes_u32(struct bytes b, uint64_t at)
{
	struct bytes part = bytes_part(b, at, 4);
	uint32_t value = 0;

	if (part.size)
		memcpy(&value, part.at, sizeof(value));
	return le32toh(value);
}

uint64_t bytes_u64(struct bytes b, uint64_t at)
{
	struct bytes part = bytes_part(b, at, 8);
	uint64_t value = 0;

	if (part.size)
		memcpy(&value, part.at, sizeof(value));
	return le64toh(value);
}

/* ---- the file -------------------------------------------------------------------------- */

static bool read_all(int fd, uint8_t *to, size_t size)
{
	while (size) {
		ssize_t n = read(fd, to, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n ? errno : EIO; /* cut off meanwhile */
			return false;
		}
		to += n;
		size -= (size_t)n;
	}
	return true;
}

static bool read_file(struct arena *a, int fd, const char *path, struct bytes *out, char *why,
		      size_t why_size)
{
	struct stat st;
	uint8_t *data;

	if (fstat(fd, &st)) {
		snprintf(why, why_size, "cannot read %s: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		snprintf(why, why_size, "%s is not a file", path);
		return false;
	}
	if (st.st_size > USERELF_LARGEST) {
		snprintf(why, why_size, "%s is larger than %d MiB, the most that tgc reads", path,
			 USERELF_LARGEST >> 20);
		return false;
	}
	data = arena_alloc(a, (size_t)st.st_size + 1);
	if (!read_all(fd, data, (size_t)st.st_size)) {
		snprintf(why, why_size, "cannot read %s: %s", path, strerror(errno));
		return false;
	}
	*out = (struct bytes){data, (size_t)st.st_size};
	return true;
}

struct userelf *userelf_open(struct arena *a, const char *path, char *why, size_t why_size)
{
	/* Not blocking: a pipe of this name must not stop the compiler. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct bytes file;
	bool read;

	if (fd < 0) {
		snprintf(why, why_size, "cannot open %s: %s", path, strerror(errno));
		return NULL;
	}
	read = read_file(a, fd, path, &file, why, why_size);
	close(fd);
	return read ? userelf_parse(a, file, path, why, why_size) : NULL;
}

/* ---- headers --------------------------------------------------------------------------- */

static const char *wrong_ident(struct bytes file)
{
	if (file.size >= 2 && !memcmp(file.at, "#!", 2))
		return "a script; give the program that runs it, which is an ELF file";
	if (file.size < EI_NIDENT || memcmp(file.at, ELFMAG, SELFMAG))
		return "not an ELF file";
	if (file.at[EI_CLASS] != ELFCLASS64)
		return "a 32-bit program; tgc knows those of x86-64 and arm64";
	if (file.at[EI_DATA] != ELFDATA2LSB)
		return "a big-endian program; tgc knows those of x86-64 and arm64";
	return NULL;
}

static const char *wrong_header(const GElf_Ehdr *header)
{
	if (header->e_type == ET_REL)
		return "an object file; only programs and shared libraries can be probed";
	if (header->e_type == ET_CORE)
		return "a core dump; only programs and shared libraries can be probed";
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return "neither a program nor a shared library";
	if (header->e_machine != EM_X86_64 && header->e_machine != EM_AARCH64)
		return "a program of another machine; tgc knows those of x86-64 and arm64";
	return NULL;
}

static void add_segment(struct userelf_reader *r, const GElf_Phdr *p)
{
	struct userelf *e = r->e;
	uint64_t end;

	if (p->p_offset > e->file.size || __builtin_add_overflow(p->p_vaddr, p->p_memsz, &end))
		return;
	e->segments[e->segment_count] = (struct userelf_segment){
		.address = p->p_vaddr,
		.offset = p->p_offset,
		.file_size = p->p_filesz,
		.executable = p->p_flags & PF_X,
	};
	if (p->p_filesz > e->file.size - p->p_offset)
		e->segments[e->segment_count].file_size = e->file.size - p->p_offset;
	e->segment_count++;
}

/* A shared object that says it is a program, or asks for a loader, is one. */
static void read_dynamic(struct userelf *e, const GElf_Phdr *p)
{
	struct bytes data = bytes_part(e->file, p->p_offset, p->p_filesz);

	for (uint64_t at = 0; at + 16 <= data.size; at += 16) {
		uint64_t tag = bytes_u64(data, at);

		if (tag == DT_NULL)
			break;
		if (tag == DT_FLAGS_1 && (bytes_u64(data, at + 8) & DF_1_PIE))
			e->pie = true;
	}
}

static void read_segments(struct userelf_reader *r, Elf *elf)
{
	struct userelf *e = r->e;
	size_t count = 0;
	GElf_Phdr p;

	if (elf_getphdrnum(elf, &count) || count > e->file.size / sizeof(Elf64_Phdr))
		return;
	e->segments = arena_array(r->arena, count + 1, sizeof(*e->segments));
	r->notes = arena_array(r->arena, count + 1, sizeof(*r->notes));
	for (size_t i = 0; i < count && gelf_getphdr(elf, (int)i, &p); i++) {
		if (p.p_type == PT_LOAD)
			add_segment(r, &p);
		else if (p.p_type == PT_INTERP)
			e->interpreter = true;
		else if (p.p_type == PT_DYNAMIC)
			read_dynamic(e, &p);
		else if (p.p_type == PT_NOTE)
			r->notes[r->note_count++] = bytes_part(e->file, p.p_offset, p.p_filesz);
	}
}

static void read_sections(struct userelf_reader *r, Elf *elf)
{
	struct bytes names = {0};
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	size_t names_at, room = 0;

	if (!elf_getshdrstrndx(elf, &names_at) && gelf_getshdr(elf_getscn(elf, names_at), &header))
		names = bytes_part(r->e->file, header.sh_offset, header.sh_size);
	while ((section = elf_nextscn(elf, section)) && gelf_getshdr(section, &header)) {
		const char *name = bytes_text(names, header.sh_name);
		struct userelf_section *s;

		r->sections = arena_grow(r->arena, r->sections, r->section_count, &room,
					 sizeof(*r->sections));
		s = &r->sections[r->section_count++];
		*s = (struct userelf_section){
			.name = name ? name : "",
			.type = header.sh_type,
			.link = header.sh_link,
			.address = header.sh_addr,
			.offset = header.sh_offset,
			.align = header.sh_addralign,
		};
		if (header.sh_type != SHT_NOBITS && !(header.sh_flags & SHF_COMPRESSED))
			s->data = bytes_part(r->e->file, header.sh_offset, header.sh_size);
	}
}

const struct userelf_section *userelf_section(const struct userelf_reader *r, const char *name)
{
	for (size_t i = 0; i < r->section_count; i++)
		if (!strcmp(r->sections[i].name, name))
			return &r->sections[i];
	return NULL;
}

static const char *read_elf(struct userelf_reader *r, Elf *elf)
{
	struct userelf *e = r->e;
	GElf_Ehdr header;
	const char *wrong;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return "not an ELF file";
	wrong = wrong_header(&header);
	if (wrong)
		return wrong;
	e->machine = header.e_machine == EM_X86_64 ? USERELF_X86_64 : USERELF_ARM64;
	read_segments(r, elf);
	read_sections(r, elf);
	if (header.e_type == ET_EXEC)
		e->pie = false;
	else
		e->pie |= e->interpreter;
	e->kind = header.e_type == ET_EXEC || e->pie ? USERELF_PROGRAM : USERELF_LIBRARY;
	return NULL;
}

/* The name of the file that has what strip removed. */
static void read_debuglink(struct userelf_reader *r)
{
	const struct userelf_section *s = userelf_section(r, ".gnu_debuglink");

	r->e->debuglink = s ? bytes_text(s->data, 0) : NULL;
}

struct userelf *userelf_parse(struct arena *a, struct bytes file, const char *path, char *why,
			      size_t why_size)
{
	struct userelf_reader r = {.arena = a, .e = arena_alloc(a, sizeof(*r.e))};
	const char *wrong = wrong_ident(file);
	Elf *elf;

	r.e->path = arena_strndup(a, path, strlen(path));
	r.e->file = file;
	if (!wrong) {
		elf_version(EV_CURRENT);
		/* libelf does not write to it: only reading is asked for. */
		elf = elf_memory((char *)file.at, file.size);
		wrong = elf ? read_elf(&r, elf) : "not an ELF file";
		elf_end(elf);
	}
	if (wrong) {
		snprintf(why, why_size, "%s is %s", path, wrong);
		return NULL;
	}
	read_debuglink(&r);
	userelf_read_notes(&r);
	userelf_read_symbols(&r);
	userelf_read_go(&r);
	userelf_sort_symbols(&r);
	return r.e;
}

/* ---- places ---------------------------------------------------------------------------- */

const struct userelf_segment *userelf_segment_at(const struct userelf *e, uint64_t address)
{
	for (size_t i = 0; i < e->segment_count; i++) {
		const struct userelf_segment *s = &e->segments[i];

		if (address >= s->address && address - s->address < s->file_size)
			return s;
	}
	return NULL;
}

const struct userelf_segment *userelf_segment_of(const struct userelf *e, uint64_t offset,
						 const struct userelf_segment *after)
{
	for (size_t i = after ? (size_t)(after - e->segments) + 1 : 0; i < e->segment_count; i++) {
		const struct userelf_segment *s = &e->segments[i];

		if (offset >= s->offset && offset - s->offset < s->file_size)
			return s;
	}
	return NULL;
}

static bool in_executable(const struct userelf *e, uint64_t offset)
{
	const struct userelf_segment *s = NULL;

	while ((s = userelf_segment_of(e, offset, s)))
		if (s->executable)
			return true;
	return false;
}

/* The function that spans the offset: the nearest that starts before it, unless it has ended. */
static void locate(const struct userelf *e, uint64_t offset, struct userelf_place *out)
{
	size_t low = 0, high = e->function_count;

	*out = (struct userelf_place){.offset = offset};
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (e->by_offset[middle]->offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	/* Several names may start at one place, some without a size. */
	for (size_t i = low; i-- > 0 && e->by_offset[i]->offset == e->by_offset[low - 1]->offset;) {
		const struct userelf_symbol *s = e->by_offset[i];

		if (s->offset == offset || offset - s->offset < s->size) {
			out->symbol = s;
			out->into = offset - s->offset;
			return;
		}
	}
}

bool userelf_offset(const struct userelf *e, uint64_t offset, struct userelf_place *out, char *why,
		    size_t why_size)
{
	if (offset >= e->file.size) {
		snprintf(why, why_size, "%s has %zu bytes, so there is nothing at offset 0x%llx",
			 e->path, e->file.size, (unsigned long long)offset);
		return false;
	}
	if (!in_executable(e, offset)) {
		snprintf(why, why_size,
			 "file offset 0x%llx of %s is in no executable segment, so it is not code",
			 (unsigned long long)offset, e->path);
		return false;
	}
	locate(e, offset, out);
	return true;
}

bool userelf_address(const struct userelf *e, uint64_t address, struct userelf_place *out,
		     char *why, size_t why_size)
{
	for (size_t i = 0; i < e->segment_count; i++) {
		const struct userelf_segment *s = &e->segments[i];

		if (!s->executable || address < s->address || address - s->address >= s->file_size)
			continue;
		locate(e, address - s->address + s->offset, out);
		return true;
	}
	snprintf(why, why_size, "address 0x%llx is in no executable segment of %s",
		 (unsigned long long)address, e->path);
	return false;
}

bool userelf_counter(const struct userelf *e, uint64_t offset, char *why, size_t why_size)
{
	const struct userelf_segment *s = NULL;

	while ((s = userelf_segment_of(e, offset, s)))
		if (!s->executable)
			return true;
	snprintf(why, why_size,
		 "file offset 0x%llx of %s is in no segment that holds data, so it cannot be a "
		 "reference counter",
		 (unsigned long long)offset, e->path);
	return false;
}
