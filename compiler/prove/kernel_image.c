// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/base/mapped_file.h"
#include "compiler/kernels/kernel_facts.h"
#include "compiler/kernels/profile.h"
#include "compiler/vm/files.h"
#include "compiler/vm/kernels.h"
#include "kernel_image.h"

struct finding {
	struct kernel_image *out;
	struct arena *arena;
	const char *spec, *work;
	const struct vm_progress *progress;
	char *why;
	size_t why_size;
};

/* Sets `why` aside for another sentence; the code is for the caller to return. */
static enum exit_code no(struct finding *f, enum exit_code code, const char *sentence)
{
	snprintf(f->why, f->why_size, "%s", sentence);
	return code;
}

static bool is_package(struct bytes file)
{
	return file.size > 8 && memcmp(file.at, "!<arch>\n", 8) == 0;
}

static enum exit_code unpack(struct finding *f, struct bytes package, const char *path)
{
	struct bytes image = facts_deb_image(f->arena, package);
	struct vm_error e;

	if (!image.size)
		return no(f, EXIT_REJECTED,
			  arena_printf(f->arena, "%s has no x86 boot image", path));
	f->out->path = arena_printf(f->arena, "%s/vmlinuz", f->work);
	if (file_write(f->out->path, image.at, image.size, &e) < 0)
		return no(f, EXIT_ENVIRONMENT, e.text);
	return EXIT_DONE;
}

/* An image, or a package that has one. */
static enum exit_code take_file(struct finding *f, const char *path)
{
	enum exit_code code = EXIT_DONE;
	struct mapped_file file;

	if (mapped_open(&file, path) < 0)
		return no(f, EXIT_ENVIRONMENT,
			  arena_printf(f->arena, "cannot read the kernel's image %s: %s", path,
				       strerror(errno)));
	if (is_package(file.bytes))
		code = unpack(f, file.bytes, path);
	else if (facts_is_boot_image(file.bytes))
		f->out->path = path;
	else
		code = no(f, EXIT_REJECTED,
			  arena_printf(f->arena, "%s is no x86 boot image, and nothing else boots",
				       path));
	mapped_close(&file);
	return code;
}

static enum exit_code take_profile(struct finding *f, const struct profile *p)
{
	const char *image = profile_image(p);

	f->out->release = arena_printf(f->arena, "%s", profile_release(p));
	if (image)
		return take_file(f, arena_printf(f->arena, "%s", image));
	return no(f, EXIT_REJECTED,
		  arena_printf(f->arena,
			       "the kernel profile `%s` does not know an image that boots: make it "
			       "from a vmlinuz, a Debian package or with --debian",
			       f->spec));
}

static enum exit_code take_series(struct finding *f, const struct kernel_series *series)
{
	struct kernel kernel;
	struct vm_error e;
	const char *cache = kernel_cache(f->arena, &e);

	if (!cache || kernel_prepare(f->arena, series, cache, f->progress, &kernel, &e) < 0)
		return no(f, EXIT_ENVIRONMENT, e.text);
	f->out->path = kernel.image;
	return EXIT_DONE;
}

/* What is no profile and no type information may be an image itself. */
static bool is_bootable_file(const char *path)
{
	struct mapped_file file;
	bool is;

	if (mapped_open(&file, path) < 0)
		return false;
	is = is_package(file.bytes) || facts_is_boot_image(file.bytes);
	mapped_close(&file);
	return is;
}

enum exit_code kernel_image_find(struct kernel_image *out, struct arena *a, const char *spec,
				 const char *work, const struct vm_progress *progress, char *why,
				 size_t why_size)
{
	struct finding f = {out, a, spec, work, progress, why, why_size};
	const struct kernel_series *series = kernel_series_find(spec);
	enum exit_code code;
	struct profile *p;

	*out = (struct kernel_image){.name = spec, .release = ""};
	if (strchr(spec, '/') && is_bootable_file(spec))
		return take_file(&f, spec);
	p = profile_find(spec, why, why_size);
	if (!p && series)
		return take_series(&f, series);
	if (!p)
		return EXIT_ENVIRONMENT;
	code = take_profile(&f, p);
	profile_close(p);
	return code;
}
