// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <bpf/libbpf.h>
#include "arena.h"
#include "object.h"
#include "vm/child.h"

#define CLANG_OUTPUT 16384

struct building {
	struct arena *arena;
	const char *folder;
	char *why;
	size_t why_size;
};

static const char *in_folder(const struct building *b, const char *name)
{
	return arena_printf(b->arena, "%s/%s", b->folder, name);
}

static bool write_file(struct building *b, const char *name, const char *text, size_t size)
{
	FILE *f = fopen(in_folder(b, name), "we");
	bool ok = f && fwrite(text, 1, size, f) == size;

	if (f && fclose(f))
		ok = false;
	if (!ok)
		snprintf(b->why, b->why_size, "cannot write %s/%s: %s", b->folder, name,
			 strerror(errno));
	return ok;
}

static const char *file_name(const struct template *t)
{
	return strrchr(t->name, '/') + 1;
}

static bool write_inputs(struct building *b, const struct unit *unit)
{
	for (const struct template *t = templates(); t->name; t++)
		if (!write_file(b, file_name(t), t->start, (size_t)(t->end - t->start)))
			return false;
	return write_file(b, "unit.c", unit->text, unit->size);
}

/* Paths inside the object are relative, so that the bytes do not depend on the place. */
static enum exit_code run_clang(struct building *b)
{
	const char *clang = getenv("TGC_CLANG");
	const char *const argv[] = {clang && *clang ? clang : "clang",
				    "-target",
				    "bpf",
				    "-mcpu=v3",
				    "-O2",
				    "-g",
				    "-w",
				    "-std=gnu11",
				    "-nostdinc",
				    "-fno-color-diagnostics",
				    "-fdebug-compilation-dir=.",
				    "-I.",
				    "-c",
				    "unit.c",
				    "-o",
				    "unit.o",
				    NULL};
	char *output = arena_alloc(b->arena, CLANG_OUTPUT);
	int status = child_run(argv, b->folder, output, CLANG_OUTPUT);

	if (status == 0)
		return EXIT_DONE;
	if (status == 127 || status < 0) {
		snprintf(b->why, b->why_size, "cannot run %s: is clang installed? %s", argv[0],
			 output);
		return EXIT_ENVIRONMENT;
	}
	snprintf(b->why, b->why_size, "%s", output);
	return EXIT_REJECTED;
}

static bool read_file(struct building *b, const char *name, struct bytes *out)
{
	int fd = open(in_folder(b, name), O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint8_t *at;
	bool ok = false;

	if (fd >= 0 && !fstat(fd, &st)) {
		at = arena_alloc(b->arena, (size_t)st.st_size + 1);
		ok = read(fd, at, (size_t)st.st_size) == st.st_size;
		*out = (struct bytes){.at = at, .size = (size_t)st.st_size};
	}
	if (fd >= 0)
		close(fd);
	if (!ok)
		snprintf(b->why, b->why_size, "cannot read what clang made");
	return ok;
}

/* What the compiler calls itself, from the strings of its debug information. */
static const char *compiler_words(struct arena *a, struct bytes elf)
{
	static const char mark[] = "clang version";
	const char *found = memmem(elf.at, elf.size, mark, sizeof(mark) - 1);
	const char *start = found;

	if (!found)
		return "clang";
	while (start > (const char *)elf.at && start[-1])
		start--;
	return arena_printf(a, "%s", start);
}

/* libbpf's linker joins unit and library, and drops the sections that are for debuggers. */
static bool link_objects(struct building *b, bool bits)
{
	struct bpf_linker *linker = bpf_linker__new(in_folder(b, "unit.bpf.o"), NULL);
	bool ok = linker && !bpf_linker__add_file(linker, in_folder(b, "lib.bpf.o"), NULL) &&
		  (!bits || !bpf_linker__add_file(linker, in_folder(b, "bits.bpf.o"), NULL)) &&
		  !bpf_linker__add_file(linker, in_folder(b, "unit.o"), NULL) &&
		  !bpf_linker__finalize(linker);

	bpf_linker__free(linker);
	if (!ok)
		snprintf(b->why, b->why_size, "libbpf cannot link what clang made");
	return ok;
}

static void remove_folder(struct building *b)
{
	for (const struct template *t = templates(); t->name; t++)
		unlink(in_folder(b, file_name(t)));
	unlink(in_folder(b, "unit.c"));
	unlink(in_folder(b, "unit.o"));
	unlink(in_folder(b, "unit.bpf.o"));
	rmdir(b->folder);
}

static enum exit_code build_in(struct building *b, const struct unit *unit, struct object *out)
{
	struct bytes whole;
	enum exit_code code;

	if (!write_inputs(b, unit))
		return EXIT_ENVIRONMENT;
	code = run_clang(b);
	if (code != EXIT_DONE)
		return code;
	if (!read_file(b, "unit.o", &whole))
		return EXIT_ENVIRONMENT;
	out->compiler = compiler_words(b->arena, whole);
	if (!link_objects(b, unit->has_binaries) || !read_file(b, "unit.bpf.o", &out->elf))
		return EXIT_ENVIRONMENT;
	return EXIT_DONE;
}

enum exit_code build_object(struct arena *a, const struct unit *unit, struct object *out, char *why,
			    size_t why_size)
{
	const char *tmp = getenv("TMPDIR");
	char *folder = arena_printf(a, "%s/tgc-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	struct building b = {.arena = a, .why = why, .why_size = why_size};
	enum exit_code code;

	b.folder = mkdtemp(folder);
	if (!b.folder) {
		snprintf(why, why_size, "cannot make a temporary folder: %s", strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	code = build_in(&b, unit, out);
	remove_folder(&b);
	return code;
}
