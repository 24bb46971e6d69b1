// SPDX-License-Identifier: Apache-2.0
/* A kernel module without anything in it, made here: what a build of one would need is not there.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "tool.h"

#define MODULE_NAME	"toolmod"
#define MODULE_NAME_AT	24 /* in the kernel's struct module */
#define IGNORE_VERSIONS 3  /* neither the kernel's version nor those of symbols count */

static int fail(const char *what)
{
	fprintf(stderr, "tool: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Bytes behind a type's head. */
static size_t type_more(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case 17: /* a tag of a declaration */
		return 4;
	case BTF_KIND_ARRAY:
		return 12;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case 19: /* an enum of 64 bits */
		return 12 * n;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * n;
	default:
		return 0;
	}
}

/* The size of the kernel's struct module; 0: not known. */
static size_t module_size(void)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	static char btf[32 << 20];
	struct btf_header h;
	ssize_t size = 0, n;

	while (fd >= 0 && (n = read(fd, btf + size, sizeof(btf) - (size_t)size)) > 0)
		size += n;
	if (size < (ssize_t)sizeof(h))
		return 0;
	memcpy(&h, btf, sizeof(h));
	for (const char *at = btf + h.hdr_len + h.type_off, *end = at + h.type_len; at < end;) {
		const struct btf_type *t = (const void *)at;

		if (BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT &&
		    !strcmp(btf + h.hdr_len + h.str_off + t->name_off, "module"))
			return t->size;
		at += sizeof(*t) + type_more(t);
	}
	return 0;
}

static const char modinfo[] = "name=" MODULE_NAME "\0license=GPL\0vermagic=none";
static const char names[] = "\0.modinfo\0.gnu.linkonce.this_module\0.symtab\0.strtab\0.shstrtab";

enum { INFO = 1, THIS, SYMBOLS, STRINGS, NAMES, SECTIONS };

static uint32_t name_at(const char *section)
{
	return (uint32_t)((const char *)memmem(names, sizeof(names), section, strlen(section) + 1) -
			  names);
}

/* Fills the file's sections one behind the other; its size. */
static size_t make_file(char *file, size_t this_size)
{
	char *this = calloc(1, this_size);
	static const Elf64_Sym no_symbol;
	struct {
		const char *name;
		const void *bytes;
		size_t size;
		uint32_t type;
		uint64_t flags;
	} v[SECTIONS] = {
		[INFO] = {".modinfo", modinfo, sizeof(modinfo), SHT_PROGBITS, SHF_ALLOC},
		[THIS] = {".gnu.linkonce.this_module", this, this_size, SHT_PROGBITS,
			  SHF_ALLOC | SHF_WRITE},
		[SYMBOLS] = {".symtab", &no_symbol, sizeof(no_symbol), SHT_SYMTAB, 0},
		[STRINGS] = {".strtab", "", 1, SHT_STRTAB, 0},
		[NAMES] = {".shstrtab", names, sizeof(names), SHT_STRTAB, 0},
	};
	Elf64_Ehdr *head = (void *)file;
	Elf64_Shdr *s = (void *)(file + sizeof(*head));
	size_t at = sizeof(*head) + SECTIONS * sizeof(*s);

	memcpy(this + MODULE_NAME_AT, MODULE_NAME, sizeof(MODULE_NAME));
	*head = (Elf64_Ehdr){.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
					 ELFDATA2LSB, EV_CURRENT},
			     .e_type = ET_REL,
			     .e_machine = EM_X86_64,
			     .e_version = EV_CURRENT,
			     .e_ehsize = sizeof(*head),
			     .e_shoff = sizeof(*head),
			     .e_shentsize = sizeof(*s),
			     .e_shnum = SECTIONS,
			     .e_shstrndx = NAMES};
	for (int i = 1; i < SECTIONS; i++) {
		at = (at + 63) & ~(size_t)63;
		s[i] = (Elf64_Shdr){.sh_name = name_at(v[i].name),
				    .sh_type = v[i].type,
				    .sh_flags = v[i].flags,
				    .sh_offset = at,
				    .sh_size = v[i].size,
				    .sh_addralign = i == THIS ? 64 : 1};
		memcpy(file + at, v[i].bytes, v[i].size);
		at += v[i].size;
	}
	s[SYMBOLS].sh_link = STRINGS;
	s[SYMBOLS].sh_info = 1;
	s[SYMBOLS].sh_entsize = sizeof(no_symbol);
	free(this);
	return at;
}

/* module: loads the module `toolmod`, by force, and removes it. */
int tool_module(char **args)
{
	static char file[65536] __attribute__((aligned(64)));
	size_t size = module_size();
	int fd = memfd_create("module", 0);

	(void)args;
	if (!size || size > 16384 || fd < 0)
		return fail("struct module");
	size = make_file(file, size);
	if (write(fd, file, size) != (ssize_t)size ||
	    syscall(SYS_finit_module, fd, "", IGNORE_VERSIONS))
		return fail("finit_module");
	return syscall(SYS_delete_module, MODULE_NAME, O_NONBLOCK) ? fail("delete_module") : 0;
}
