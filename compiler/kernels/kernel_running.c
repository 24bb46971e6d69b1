// SPDX-License-Identifier: Apache-2.0
/* Facts from a running system: its proc, sysfs, tracefs and debugfs. Much of it only root may
 * read; what is missing is noted, and stays unknown. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "kernel_facts.h"

enum { FILE_MAX = 256 << 20 };

struct system {
	struct kernel_facts *f;
	const char *root;
};

/* Sizes of such files are not known before they are read. */
static bool read_stream(int fd, char **data, size_t *size)
{
	size_t room = 0;
	ssize_t n;

	for (*data = NULL, *size = 0;; *size += (size_t)n) {
		if (*size == room) {
			char *larger = room < FILE_MAX ? realloc(*data, room * 2 + 65536) : NULL;

			if (!larger)
				return false;
			*data = larger;
			room = room * 2 + 65536;
		}
		n = read(fd, *data + *size, room - *size);
		if (n < 0 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return n == 0;
	}
}

/* No bytes, with errno, when it cannot be read. */
static struct bytes read_whole(struct system *s, const char *path)
{
	int fd = open(arena_printf(s->f->arena, "%s%s", s->root, path), O_RDONLY | O_CLOEXEC);
	struct bytes out = {0};
	size_t size = 0;
	int saved;
	char *data = NULL;

	if (fd < 0)
		return out;
	errno = ENODATA; /* for a file that is empty */
	if (read_stream(fd, &data, &size) && size)
		out = (struct bytes){(uint8_t *)arena_strndup(s->f->arena, data, size), size};
	saved = errno;
	free(data);
	close(fd);
	errno = saved;
	return out;
}

/* The first of these that can be read; otherwise the reason for the first is noted. */
static struct bytes read_first(struct system *s, const char *const paths[], const char *what)
{
	struct bytes data = {0};
	int error = 0;

	for (size_t i = 0; paths[i] && !data.size; i++) {
		data = read_whole(s, paths[i]);
		if (!data.size && !error)
			error = errno;
	}
	if (!data.size)
		fact_note(s->f, "%s not known: %s%s: %s", what, s->root, paths[0], strerror(error));
	return data;
}

static void take_identity(struct system *s)
{
	struct bytes release = read_whole(s, "/proc/sys/kernel/osrelease");
	struct utsname u;

	if (release.size)
		s->f->release = arena_strndup(s->f->arena, (const char *)release.at,
					      strcspn((const char *)release.at, "\n"));
	if (uname(&u) == 0)
		s->f->arch = arena_printf(s->f->arena, "%s", u.machine);
	if (s->f->release) {
		const char *image =
			arena_printf(s->f->arena, "%s/boot/vmlinuz-%s", s->root, s->f->release);

		if (access(image, R_OK) == 0)
			facts_image(s->f, image);
	}
	s->f->source = *s->root ? "running system at another root" : "running system";
}

static void take_config(struct system *s)
{
	const char *release = s->f->release ? s->f->release : "";
	const char *const paths[] = {
		"/proc/config.gz",
		arena_printf(s->f->arena, "/boot/config-%s", release),
		arena_printf(s->f->arena, "/lib/modules/%s/config", release),
		NULL,
	};
	struct bytes text = read_first(s, paths, "the configuration is");

	if (text.size > 2 && text.at[0] == 0x1f)
		text = facts_gunzip(s->f->arena, text);
	if (text.size)
		facts_config(s->f, text);
}

static void take_functions(struct system *s)
{
	static const char *const filters[] = {
		"/sys/kernel/tracing/available_filter_functions",
		"/sys/kernel/debug/tracing/available_filter_functions", NULL};
	static const char *const symbols[] = {"/proc/kallsyms", NULL};
	struct bytes text;

	for (size_t i = 0; filters[i] && !s->f->functions.known; i++) {
		text = read_whole(s, filters[i]);
		if (text.size) {
			facts_names(s->f, &s->f->functions, text);
			s->f->functions_from = "available_filter_functions";
		}
	}
	if (s->f->functions.known)
		return;
	text = read_first(s, symbols, "the functions are");
	if (text.size)
		facts_symbols(s->f, text, "kallsyms");
}

static void take_small_facts(struct system *s)
{
	static const char *const injectable[] = {"/sys/kernel/debug/error_injection/list", NULL};
	static const char *const lsms[] = {"/sys/kernel/security/lsm", NULL};
	struct bytes text =
		read_first(s, injectable, "the functions whose result may be replaced are");

	if (text.size)
		facts_names(s->f, &s->f->injectable, text);
	text = read_first(s, lsms, "the active security modules are");
	if (text.size)
		facts_lsms(s->f, text);
}

/* ---- folders ------------------------------------------------------------------------------ */

typedef void take_entry(struct system *s, const char *folder, const char *name);

/* In the order of the names, so that the same system gives the same facts. */
static int each_entry(struct system *s, const char *folder, take_entry *take)
{
	struct dirent **entries;
	int count = scandir(arena_printf(s->f->arena, "%s%s", s->root, folder), &entries, NULL,
			    alphasort);

	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			take(s, folder, entries[i]->d_name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return count;
}

static void take_event(struct system *s, const char *folder, const char *name)
{
	struct arena *a = s->f->arena;
	const char *subsystem = strrchr(folder, '/') + 1;
	struct bytes text = read_whole(s, arena_printf(a, "%s/%s/format", folder, name));

	if (text.size)
		facts_event(s->f, arena_printf(a, "%s/%s", subsystem, name), text);
}

static void take_subsystem(struct system *s, const char *folder, const char *name)
{
	each_entry(s, arena_printf(s->f->arena, "%s/%s", folder, name), take_event);
}

static void take_events(struct system *s)
{
	static const char *const folders[] = {"/sys/kernel/tracing/events",
					      "/sys/kernel/debug/tracing/events"};
	int error = 0;

	for (size_t i = 0; i < 2 && !s->f->events.known; i++)
		if (each_entry(s, folders[i], take_subsystem) < 0 && !error)
			error = errno;
	if (!s->f->events.known)
		fact_note(s->f, "the formats of tracepoints are not known: %s%s: %s", s->root,
			  folders[0], strerror(error ? error : ENODATA));
}

static void take_module(struct system *s, const char *folder, const char *name)
{
	struct fact_module m = {.name = name};
	struct kernel_facts *f = s->f;

	if (strcmp(name, "vmlinux") == 0 || strlen(name) >= 64)
		return;
	m.name = arena_printf(f->arena, "%s", name);
	m.btf = read_whole(s, arena_printf(f->arena, "%s/%s", folder, name));
	if (!m.btf.size)
		return;
	f->modules = arena_grow(f->arena, f->modules, f->module_count, &f->module_room,
				sizeof(*f->modules));
	f->modules[f->module_count++] = m;
}

int facts_from_running(struct kernel_facts *f, const char *root, char *why, size_t why_size)
{
	struct system s = {f, root};

	f->btf = read_whole(&s, "/sys/kernel/btf/vmlinux");
	if (!f->btf.size) {
		snprintf(why, why_size,
			 "cannot read %s/sys/kernel/btf/vmlinux: %s; the kernel needs "
			 "CONFIG_DEBUG_INFO_BTF",
			 root, strerror(errno));
		return -1;
	}
	take_identity(&s);
	take_config(&s);
	take_functions(&s);
	take_small_facts(&s);
	take_events(&s);
	each_entry(&s, "/sys/kernel/btf", take_module);
	return 0;
}
