// SPDX-License-Identifier: Apache-2.0
/* Facts from a Debian package: an ar archive with a tar archive data.tar.* in it. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "kernel_facts.h"
#include "compiler/vm/lazy_archive.h"

#define MEMBER_MAX (1024u << 20) /* bytes of a file: vmlinux with debugging information */

struct deb {
	struct archive *outer, *inner;
};

static la_ssize_t read_outer(struct archive *inner, void *data, const void **block)
{
	struct deb *d = data;
	la_int64_t offset;
	size_t size;
	int result = ARCHIVE(read_data_block)(d->outer, block, &size, &offset);

	(void)inner;
	if (result == ARCHIVE_EOF)
		return 0;
	return result == ARCHIVE_OK ? (la_ssize_t)size : -1;
}

static void deb_close(struct deb *d)
{
	ARCHIVE(read_free)(d->inner);
	ARCHIVE(read_free)(d->outer);
}

/* Opens the package up to the first entry of its files. */
static bool deb_open(struct deb *d, struct bytes file)
{
	struct archive_entry *entry;

	d->outer = ARCHIVE(read_new)();
	d->inner = ARCHIVE(read_new)();
	if (!d->outer || !d->inner)
		return false;
	ARCHIVE(read_support_format_ar)(d->outer);
	ARCHIVE(read_support_filter_all)(d->inner);
	ARCHIVE(read_support_format_tar)(d->inner);
	if (ARCHIVE(read_open_memory)(d->outer, file.at, file.size) != ARCHIVE_OK)
		return false;
	while (ARCHIVE(read_next_header)(d->outer, &entry) == ARCHIVE_OK)
		if (strncmp(ARCHIVE(entry_pathname)(entry) ?: "", "data.tar", 8) == 0)
			return ARCHIVE(read_open)(d->inner, d, NULL, read_outer, NULL) ==
			       ARCHIVE_OK;
	return false;
}

/* Whole kernels first in name only: of several images the first in the package is taken. */
static const char *const wanted[] = {
	"boot/vmlinuz-*",
	"usr/lib/modules/*/vmlinuz",
	"lib/modules/*/vmlinuz",
	"usr/lib/debug/*/vmlinux",
	"usr/lib/debug/boot/vmlinux-*",
	"boot/config-*",
	"usr/lib/modules/*/config",
	"lib/modules/*/config",
	"boot/System.map-*",
	"usr/lib/modules/*/System.map",
	"usr/lib/debug/boot/System.map-*",
};

static bool is_wanted(const char *path)
{
	while (*path == '.' || *path == '/')
		path++;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (fnmatch(wanted[i], path, 0) == 0)
			return true;
	return false;
}

static bool is_image(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strncmp(slash ? slash + 1 : path, "vmlinu", 6) == 0;
}

/* The entry's contents, malloc'ed. */
static char *read_entry(struct deb *d, struct archive_entry *entry, size_t *size)
{
	la_int64_t total = ARCHIVE(entry_size)(entry);
	size_t used = 0;
	la_ssize_t n;
	char *data;

	if (total <= 0 || total > MEMBER_MAX)
		return NULL;
	data = malloc((size_t)total);
	while (data && used < (size_t)total &&
	       (n = ARCHIVE(read_data)(d->inner, data + used, (size_t)total - used)) > 0)
		used += (size_t)n;
	*size = used;
	if (used == (size_t)total)
		return data;
	free(data);
	return NULL;
}

/* What is of no use is noted; -1 only when the kernel is not good. */
static int take_entry(struct kernel_facts *f, const char *path, struct bytes data, char *why,
		      size_t why_size)
{
	char reason[400];

	if (facts_from_bytes(f, data, path, reason, sizeof(reason)) == 0)
		return 0;
	if (!is_image(path)) {
		fact_note(f, "%s is left out: %s", path, reason);
		return 0;
	}
	snprintf(why, why_size, "%s: %s", path, reason);
	return -1;
}

static int take_entries(struct kernel_facts *f, struct deb *d, unsigned *taken, char *why,
			size_t why_size)
{
	struct archive_entry *entry;
	int result = 0, status;

	while (result == 0 &&
	       (status = ARCHIVE(read_next_header)(d->inner, &entry)) == ARCHIVE_OK) {
		const char *path = ARCHIVE(entry_pathname)(entry);
		size_t size;
		char *data;

		if (!path || ARCHIVE(entry_filetype)(entry) != AE_IFREG || !is_wanted(path) ||
		    (is_image(path) && f->btf.size))
			continue;
		data = read_entry(d, entry, &size);
		if (data)
			result = take_entry(f, path, (struct bytes){(uint8_t *)data, size}, why,
					    why_size);
		free(data);
		*taken += data != NULL;
	}
	if (result == 0 && status != ARCHIVE_EOF) {
		snprintf(why, why_size, "the package is damaged: %.200s",
			 ARCHIVE(error_string)(d->inner) ?: "it is cut off");
		return -1;
	}
	return result;
}

int facts_from_deb(struct kernel_facts *f, struct bytes deb, const char *name, char *why,
		   size_t why_size)
{
	unsigned taken = 0;
	int result = -1;
	struct deb d;

	(void)name;
	if (deb_open(&d, deb))
		result = take_entries(f, &d, &taken, why, why_size);
	else
		snprintf(why, why_size, "it is not a Debian package, or is damaged");
	if (result == 0 && !taken) {
		snprintf(why, why_size,
			 "the package has no kernel, no configuration and no System.map");
		result = -1;
	}
	deb_close(&d);
	return result;
}

struct bytes facts_deb_image(struct arena *a, struct bytes deb)
{
	struct archive_entry *entry;
	struct bytes out = {0};
	struct deb d;

	for (bool open = deb_open(&d, deb);
	     open && !out.size && ARCHIVE(read_next_header)(d.inner, &entry) == ARCHIVE_OK;) {
		const char *path = ARCHIVE(entry_pathname)(entry);
		size_t size = 0;
		char *data;

		if (!path || ARCHIVE(entry_filetype)(entry) != AE_IFREG || !is_wanted(path) ||
		    !is_image(path))
			continue;
		data = read_entry(&d, entry, &size);
		if (data && facts_is_boot_image((struct bytes){(uint8_t *)data, size})) {
			out = (struct bytes){arena_alloc(a, size), size};
			memcpy((uint8_t *)out.at, data, size);
		}
		free(data);
	}
	deb_close(&d);
	return out;
}
