// SPDX-License-Identifier: Apache-2.0
/* Facts from files: what is this file, and what does it tell about a kernel? */
#include <ctype.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "compiler/base/arena.h"
#include "compiler/vm/vmlinuz.h"
#include "kernel_elf.h"
#include "kernel_facts.h"
#include "compiler/base/mapped_file.h"
#include "profile_format.h"

enum { GUNZIP_MAX = 64 << 20 };

static int fail(char *why, size_t why_size, const char *sentence)
{
	snprintf(why, why_size, "%s", sentence);
	return -1;
}

static struct bytes copy(struct arena *a, struct bytes from)
{
	uint8_t *to = arena_alloc(a, from.size + 1);

	if (from.size)
		memcpy(to, from.at, from.size);
	return (struct bytes){to, from.size};
}

/* ---- gzip --------------------------------------------------------------------------------- */

static bool is_gzip(struct bytes b)
{
	return b.size > 18 && b.at[0] == 0x1f && b.at[1] == 0x8b;
}

static bool inflate_into(z_stream *z, uint8_t **out, size_t *room)
{
	int result = Z_OK;

	while (result == Z_OK) {
		if (z->total_out == *room) {
			uint8_t *larger = *room < GUNZIP_MAX ? realloc(*out, *room * 2) : NULL;

			if (!larger)
				return false;
			*out = larger;
			*room *= 2;
		}
		z->next_out = *out + z->total_out;
		z->avail_out = (uInt)(*room - z->total_out);
		result = inflate(z, Z_NO_FLUSH);
	}
	return result == Z_STREAM_END;
}

struct bytes facts_gunzip(struct arena *a, struct bytes packed)
{
	z_stream z = {.next_in = (Bytef *)packed.at};
	size_t room = 1 << 16;
	uint8_t *out;
	struct bytes all = {0};

	if (!is_gzip(packed) || packed.size > GUNZIP_MAX ||
	    inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return all;
	z.avail_in = (uInt)packed.size;
	out = malloc(room);
	if (out && inflate_into(&z, &out, &room))
		all = copy(a, (struct bytes){out, z.total_out});
	inflateEnd(&z);
	free(out);
	return all;
}

/* ---- kernels ------------------------------------------------------------------------------ */

/* Raw type information; that of a second kernel is refused. */
static int take_btf(struct kernel_facts *f, struct bytes btf, char *why, size_t why_size)
{
	if (f->btf.size)
		return fail(why, why_size,
			    "it is a second kernel: each needs a profile of its own");
	f->btf = copy(f->arena, btf);
	return 0;
}

/* "Linux version 6.12.107+deb13-cloud-amd64 (...", somewhere in the kernel's constants. */
static void find_release(struct kernel_facts *f, struct bytes constants)
{
	static const char banner[] = "Linux version ";
	size_t len = strlen(banner), size;
	struct bytes rest = constants;
	const uint8_t *at;

	while (!f->release && rest.size && (at = memmem(rest.at, rest.size, banner, len))) {
		rest.size -= (size_t)(at + len - rest.at);
		rest.at = at + len;
		for (size = 0; size < rest.size && size < 90 && isgraph(rest.at[size]);)
			size++;
		if (size && isdigit(*rest.at))
			f->release = arena_strndup(f->arena, (const char *)rest.at, size);
	}
}

/* The configuration that CONFIG_IKCONFIG puts into a kernel. */
static void find_config(struct kernel_facts *f, struct bytes constants)
{
	static const char start[] = "IKCFG_ST", end[] = "IKCFG_ED";
	const uint8_t *at = memmem(constants.at, constants.size, start, strlen(start)), *to;
	size_t left;

	if (!at)
		return;
	at += strlen(start);
	left = constants.size - (size_t)(at - constants.at);
	to = memmem(at, left, end, strlen(end));
	if (to)
		facts_config(f, facts_gunzip(f->arena, (struct bytes){at, (size_t)(to - at)}));
}

static void add_function(void *data, const char *name)
{
	struct kernel_facts *f = data;

	f->beyond_text = false; /* this table is in no order */
	facts_symbol(f, 't', name);
}

static int from_elf(struct kernel_facts *f, struct bytes elf, char *why, size_t why_size)
{
	struct bytes constants, btf;
	char ignored[128];

	if (elf_section(elf, ".modinfo", ignored, sizeof(ignored)).size &&
	    elf_section(elf, ".gnu.linkonce.this_module", ignored, sizeof(ignored)).size)
		return fail(why, why_size, "it is a module, not a kernel");
	btf = elf_section(elf, ".BTF", why, why_size);
	if (!btf.size || take_btf(f, btf, why, why_size) < 0)
		return -1;
	if (!f->arch)
		f->arch = elf_arch(elf);
	constants = elf_section(elf, ".rodata", ignored, sizeof(ignored));
	if (!f->functions.known && elf_each_function(elf, add_function, f) && f->functions.known)
		f->functions_from = "symtab";
	if (!constants.size)
		return 0;
	find_release(f, constants);
	find_config(f, constants);
	facts_kallsyms(f, constants);
	return 0;
}

bool facts_is_boot_image(struct bytes file)
{
	return file.size >= 0x260 && memcmp(file.at + 0x202, "HdrS", 4) == 0;
}

static int from_boot_image(struct kernel_facts *f, struct bytes image, char *why, size_t why_size)
{
	struct vm_error e;
	char *kernel;
	size_t size;
	int result;

	if (vmlinuz_unpack(image.at, image.size, &kernel, &size, &e) < 0) {
		snprintf(why, why_size, "%.250s", e.text);
		return -1;
	}
	result = from_elf(f, (struct bytes){(uint8_t *)kernel, size}, why, why_size);
	free(kernel);
	f->bootable = true;
	return result;
}

/* ---- any file ----------------------------------------------------------------------------- */

static bool is_btf(struct bytes file)
{
	uint16_t magic;

	if (file.size < sizeof(magic))
		return false;
	memcpy(&magic, file.at, sizeof(magic));
	return magic == BTF_MAGIC || magic == __builtin_bswap16(BTF_MAGIC);
}

static int from_text(struct kernel_facts *f, struct bytes text, char *why, size_t why_size)
{
	if (!memchr(text.at, 0, text.size) &&
	    (facts_config(f, text) || facts_symbols(f, text, "System.map")))
		return 0;
	if (memmem(text.at, text.size, "The real System.map", 19))
		return fail(why, why_size,
			    "it is a placeholder; the real one is in the package with the kernel's "
			    "debugging information");
	return fail(why, why_size,
		    "it is none of what tells about a kernel: a vmlinux, an x86 boot image, type "
		    "information (BTF), a Debian package, a configuration, a System.map");
}

int facts_from_bytes(struct kernel_facts *f, struct bytes file, const char *name, char *why,
		     size_t why_size)
{
	struct bytes text;

	if (!file.size)
		return fail(why, why_size, "it is empty");
	if (elf_is_elf(file))
		return from_elf(f, file, why, why_size);
	if (facts_is_boot_image(file))
		return from_boot_image(f, file, why, why_size);
	if (is_btf(file))
		return take_btf(f, file, why, why_size);
	if (file.size > 8 && memcmp(file.at, "!<arch>\n", 8) == 0)
		return facts_from_deb(f, file, name, why, why_size);
	if (file.size > strlen(TGK_MAGIC) && memcmp(file.at, TGK_MAGIC, strlen(TGK_MAGIC)) == 0)
		return fail(why, why_size,
			    "it is a kernel profile already: copy it into the store, or give its "
			    "path where a kernel is asked for");
	if (!is_gzip(file))
		return from_text(f, file, why, why_size);
	text = facts_gunzip(f->arena, file);
	return text.size ? from_text(f, text, why, why_size)
			 : fail(why, why_size, "its gzip stream is damaged, or too large");
}

static void add_source(struct kernel_facts *f, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;

	f->source = f->source ? arena_printf(f->arena, "%s, %s", f->source, base)
			      : arena_printf(f->arena, "%s", base);
}

void facts_image(struct kernel_facts *f, const char *path)
{
	char *whole = f->image ? NULL : realpath(path, NULL);

	if (whole)
		f->image = arena_printf(f->arena, "%s", whole);
	free(whole);
}

int facts_from_file(struct kernel_facts *f, const char *path, char *why, size_t why_size)
{
	struct mapped_file file;
	char reason[512];
	int result;

	if (mapped_open(&file, path) < 0) {
		snprintf(why, why_size, "cannot read %s: %s", path,
			 errno == EINVAL ? "it is not a regular file" : strerror(errno));
		return -1;
	}
	f->bootable = false;
	result = facts_from_bytes(f, file.bytes, path, reason, sizeof(reason));
	if (result == 0 && f->bootable)
		facts_image(f, path);
	mapped_close(&file);
	if (result < 0)
		snprintf(why, why_size, "%s: %s", path, reason);
	else
		add_source(f, path);
	return result;
}
