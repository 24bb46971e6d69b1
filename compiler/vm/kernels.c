// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/vm/apt.h"
#include "compiler/vm/child.h"
#include "compiler/vm/files.h"
#include "compiler/vm/kernels.h"
#include "compiler/vm/vmlinuz.h"

const struct kernel_series kernel_series[] = {
#define KERNEL(series, suites, package, image) {series, suites, package, image},
#include "compiler/vm/kernels.def"
#undef KERNEL
};

const size_t kernel_series_count = sizeof(kernel_series) / sizeof(kernel_series[0]);

const struct kernel_series *kernel_series_find(const char *name)
{
	size_t i;

	for (i = 0; i < kernel_series_count; i++) {
		if (!strcmp(kernel_series[i].name, name))
			return &kernel_series[i];
	}
	return NULL;
}

const char *kernel_cache(struct arena *a, struct vm_error *e)
{
	const char *own = getenv("TGC_KERNELS"), *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && *own == '/')
		return own;
	if (own && *own) {
		char *cwd = getcwd(NULL, 0), *path = arena_printf(a, "%s/%s", cwd ?: ".", own);

		free(cwd);
		return path;
	}
	if (xdg && *xdg == '/')
		return arena_printf(a, "%s/tgc/kernels", xdg);
	if (home && *home == '/')
		return arena_printf(a, "%s/.cache/tgc/kernels", home);
	vm_fail(e, "no place for kernels: set TGC_KERNELS or HOME");
	return NULL;
}

/* Fills `out` from the cache; false when the kernel is not (wholly) there. */
static bool cache_lookup(struct arena *a, const struct kernel_series *series, const char *dir,
			 struct kernel *out)
{
	struct vm_error e;
	char *text, *space;

	out->series = series;
	out->image = arena_printf(a, "%s/vmlinuz", dir);
	out->btf = arena_printf(a, "%s/btf", dir);
	if (!file_exists(out->image) || !file_exists(out->btf))
		return false;
	text = file_read(a, arena_printf(a, "%s/version", dir), NULL, &e);
	space = text ? strchr(text, ' ') : NULL;
	if (!space)
		return false;
	*space = '\0';
	space[1 + strcspn(space + 1, "\n")] = '\0';
	out->package = text;
	out->version = space + 1;
	return true;
}

/* From the package to a folder `done` with the three files. */
static int package_open(struct arena *a, const struct kernel_series *series,
			const struct apt_package *package, const char *work, const char *done,
			struct vm_error *e)
{
	char *root = arena_printf(a, "%s/root", work);
	const char *argv[] = {"dpkg-deb", "-x", package->file, root, NULL};
	char text[512], *image, *version;

	if (child_run(argv, NULL, text, sizeof(text)) != 0)
		return vm_fail(e, "dpkg-deb -x %s: %s", package->file, text);
	image = path_match(a, arena_printf(a, "%s/%s", root, series->image));
	if (!image)
		return vm_fail(e, "%s has no file %s", package->name, series->image);
	if (dir_make(done) < 0 || rename(image, arena_printf(a, "%s/vmlinuz", done)) < 0)
		return vm_fail(e, "%s: %s", done, strerror(errno));
	if (vmlinuz_btf(arena_printf(a, "%s/vmlinuz", done), arena_printf(a, "%s/btf", done), e) <
	    0)
		return -1;
	version = arena_printf(a, "%s %s\n", package->name, package->version);
	return file_write(arena_printf(a, "%s/version", done), version, strlen(version), e);
}

static int cache_fill(struct arena *a, const struct kernel_series *series, const char *work,
		      const char *dir, const struct vm_progress *progress, struct vm_error *e)
{
	char *done = arena_printf(a, "%s/done", work);
	struct apt_package package;

	vm_say(progress, "fetching kernel %s from Debian (%s)", series->name, series->suites);
	if (dir_make(work) < 0)
		return vm_fail(e, "%s: %s", work, strerror(errno));
	if (apt_fetch(a, work, series->suites, series->package, &package, e) < 0)
		return -1;
	vm_say(progress, "kernel %s: unpacking %s %s", series->name, package.name, package.version);
	if (package_open(a, series, &package, work, done, e) < 0)
		return -1;
	if (tree_remove(dir) < 0 || rename(done, dir) < 0)
		return vm_fail(e, "%s: %s", dir, strerror(errno));
	return 0;
}

static int lock_take(struct arena *a, const char *cache, const char *name, struct vm_error *e)
{
	char *path = arena_printf(a, "%s/%s.lock", cache, name);
	int fd;

	if (dir_make(cache) < 0)
		return vm_fail(e, "%s: %s", cache, strerror(errno));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return vm_fail(e, "%s: %s", path, strerror(errno));
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
	return fd;
}

int kernel_prepare(struct arena *a, const struct kernel_series *series, const char *cache,
		   const struct vm_progress *progress, struct kernel *out, struct vm_error *e)
{
	char *dir = arena_printf(a, "%s/%s", cache, series->name);
	char *work = arena_printf(a, "%s/%s.work", cache, series->name);
	struct vm_error why = {""};
	int lock, result = 0;

	if (cache_lookup(a, series, dir, out))
		return 0;
	lock = lock_take(a, cache, series->name, e);
	if (lock < 0)
		return -1;
	if (!cache_lookup(a, series, dir, out)) { /* another process may have been first */
		tree_remove(work);
		result = cache_fill(a, series, work, dir, progress, &why);
		tree_remove(work);
		if (result == 0 && !cache_lookup(a, series, dir, out))
			result = vm_fail(&why, "%s is incomplete", dir);
	}
	close(lock);
	return result == 0 ? 0 : vm_fail(e, "kernel %s: %.960s", series->name, why.text);
}
