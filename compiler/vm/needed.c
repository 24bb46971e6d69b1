// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/vm/files.h"
#include "compiler/vm/needed.h"

struct elf_file {
	Elf *elf;
	const char *path;
	const char *runpath; /* NULL: none */
	size_t strings;	     /* section index of the dynamic strings */
};

static const char *machine_folder(Elf *elf)
{
	GElf_Ehdr header;

	if (gelf_getehdr(elf, &header) && header.e_machine == EM_AARCH64)
		return "/usr/lib/aarch64-linux-gnu";
	return "/usr/lib/x86_64-linux-gnu";
}

static const char *library_find(struct arena *a, const struct elf_file *f, const char *folder,
				const char *name)
{
	const char *folders[] = {"/usr/local/lib", folder, "/usr/lib", "/lib"};
	const char *dir = f->runpath, *path;
	size_t i;

	while (dir && *dir) {
		size_t len = strcspn(dir, ":");

		path = arena_printf(a, "%.*s/%s", (int)len, dir, name);
		if (*dir == '/' && file_exists(path))
			return path;
		dir += len + (dir[len] == ':');
	}
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		path = arena_printf(a, "%s/%s", folders[i], name);
		if (file_exists(path))
			return path;
	}
	return NULL;
}

static Elf_Data *dynamic_section(struct elf_file *f, size_t *count)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(f->elf, section))) {
		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_DYNAMIC)
			continue;
		f->strings = header.sh_link;
		*count = header.sh_entsize ? header.sh_size / header.sh_entsize : 0;
		return elf_getdata(section, NULL);
	}
	*count = 0;
	return NULL;
}

static int libraries_read(struct arena *a, struct elf_file *f, struct needed *out,
			  struct vm_error *e)
{
	size_t count, i;
	Elf_Data *data = dynamic_section(f, &count);
	GElf_Dyn dyn;

	out->libraries = arena_array(a, count + 1, sizeof(*out->libraries));
	out->names = arena_array(a, count + 1, sizeof(*out->names));
	for (i = 0; data && i < count && gelf_getdyn(data, (int)i, &dyn); i++) {
		if (dyn.d_tag == DT_RUNPATH || dyn.d_tag == DT_RPATH)
			f->runpath = elf_strptr(f->elf, f->strings, dyn.d_un.d_val);
	}
	for (i = 0; data && i < count && gelf_getdyn(data, (int)i, &dyn); i++) {
		const char *name = elf_strptr(f->elf, f->strings, dyn.d_un.d_val), *path;

		if (dyn.d_tag != DT_NEEDED || !name)
			continue;
		path = library_find(a, f, out->folder, name);
		if (!path)
			return vm_fail(e, "%s needs %s, which is not installed", f->path, name);
		out->names[out->count] = arena_strndup(a, name, strlen(name));
		out->libraries[out->count++] = path;
	}
	return 0;
}

static void interpreter_read(struct arena *a, Elf *elf, struct needed *out)
{
	size_t count = 0, i, size;
	const char *file = elf_rawfile(elf, &size);
	GElf_Phdr header;

	elf_getphdrnum(elf, &count);
	for (i = 0; i < count; i++) {
		if (gelf_getphdr(elf, (int)i, &header) && header.p_type == PT_INTERP && file &&
		    header.p_offset < size && header.p_filesz <= size - header.p_offset)
			out->interpreter =
				arena_strndup(a, file + header.p_offset,
					      strnlen(file + header.p_offset, header.p_filesz));
	}
}

int needed_read(struct arena *a, const char *path, struct needed *out, struct vm_error *e)
{
	struct elf_file f = {.path = path};
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = 0;

	memset(out, 0, sizeof(*out));
	if (fd < 0)
		return vm_fail(e, "%s: %s", path, strerror(errno));
	elf_version(EV_CURRENT);
	f.elf = elf_begin(fd, ELF_C_READ, NULL);
	if (f.elf && elf_kind(f.elf) == ELF_K_ELF) {
		out->folder = machine_folder(f.elf);
		interpreter_read(a, f.elf, out);
		result = libraries_read(a, &f, out, e);
	}
	elf_end(f.elf);
	close(fd);
	return result;
}
