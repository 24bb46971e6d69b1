// SPDX-License-Identifier: Apache-2.0
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/vm/apt.h"
#include "compiler/vm/child.h"
#include "compiler/vm/files.h"

/* VERSION_CODENAME of os-release; "" when unknown. */
static const char *own_codename(struct arena *a)
{
	static const char key[] = "VERSION_CODENAME=";
	struct vm_error e;
	const char *text = file_read(a, "/etc/os-release", NULL, &e);
	const char *at = text ? strstr(text, key) : NULL;

	if (!at)
		return "";
	at += sizeof(key) - 1;
	at += *at == '"';
	return arena_strndup(a, at, strcspn(at, "\"\n"));
}

static bool ends_in(const char *s, const char *end)
{
	size_t len = strlen(s), tail = strlen(end);

	return len >= tail && !strcmp(s + len - tail, end);
}

/* Other vendors' archives name Debian's suites too: Debian's own is looked for first. */
static char *sources_in(struct arena *a, const char *path, bool debian_only, const char *suites)
{
	struct vm_error e;
	char *text = file_read(a, path, NULL, &e), *found;

	if (!text)
		return NULL;
	found = apt_sources_derive(a, text, ends_in(path, ".sources"), own_codename(a), suites);
	return found && debian_only && !strstr(found, "debian") ? NULL : found;
}

static int sources_write(struct arena *a, const char *work, const char *suites, struct vm_error *e)
{
	glob_t g = {0};
	char *found = NULL;
	const char *suffix = "list";
	size_t i;
	int pass;

	glob("/etc/apt/sources.list", 0, NULL, &g);
	glob("/etc/apt/sources.list.d/*.sources", GLOB_APPEND, NULL, &g);
	glob("/etc/apt/sources.list.d/*.list", GLOB_APPEND, NULL, &g);
	for (pass = 0; pass < 2 && !found; pass++) {
		for (i = 0; i < g.gl_pathc && !found; i++) {
			found = sources_in(a, g.gl_pathv[i], pass == 0, suites);
			if (found && ends_in(g.gl_pathv[i], ".sources"))
				suffix = "sources";
		}
	}
	globfree(&g);
	if (!found)
		return vm_fail(e, "no Debian archive in /etc/apt/sources.list or "
				  "/etc/apt/sources.list.d: kernels come from Debian's packages");
	return file_write(arena_printf(a, "%s/parts/tgc.%s", work, suffix), found, strlen(found),
			  e);
}

/* Read after the machine's own configuration, whose proxies and credentials stay in force. */
static int config_write(struct arena *a, const char *work, struct vm_error *e)
{
	const char *text = arena_printf(a,
					"#clear APT::Update::Pre-Invoke;\n"
					"#clear APT::Update::Post-Invoke;\n"
					"#clear APT::Update::Post-Invoke-Success;\n"
					"#clear Acquire::IndexTargets::deb::Contents-deb;\n"
					"Dir::Etc::SourceList \"/dev/null\";\n"
					"Dir::Etc::SourceParts \"%s/parts\";\n"
					"Dir::State::Lists \"%s/lists\";\n"
					"Dir::Cache \"%s/cache\";\n"
					"Dir::Cache::pkgcache \"\";\n"
					"Dir::Cache::srcpkgcache \"\";\n"
					"APT::Sandbox::User \"\";\n"
					"APT::Get::List-Cleanup \"false\";\n"
					"Acquire::Languages \"none\";\n"
					"Acquire::Retries \"3\";\n",
					work, work, work);

	return file_write(arena_printf(a, "%s/apt.conf", work), text, strlen(text), e);
}

static int work_prepare(struct arena *a, const char *work, const char *suites, struct vm_error *e)
{
	static const char *const dirs[] = {"parts", "lists/partial", "cache/archives/partial"};
	size_t i;

	for (i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		if (dir_make(arena_printf(a, "%s/%s", work, dirs[i])) < 0)
			return vm_fail(e, "%s/%s: cannot be made", work, dirs[i]);
	}
	if (sources_write(a, work, suites, e) < 0)
		return -1;
	return config_write(a, work, e);
}

/* -1, 0 or 1 as `left` is older than, as old as, newer than `right`. */
static int version_compare(const char *left, const char *right)
{
	const char *argv[] = {"dpkg", "--compare-versions", left, "gt", right, NULL};
	char text[64];

	if (!strcmp(left, right))
		return 0;
	return child_run(argv, NULL, text, sizeof(text)) == 0 ? 1 : -1;
}

/* One line of apt-cache madison: ` name | version | source `. */
static bool madison_line(struct arena *a, const char *line, size_t len, struct apt_package *p)
{
	const char *end = line + len, *bar = memchr(line, '|', len), *second;

	if (!bar)
		return false;
	second = memchr(bar + 1, '|', (size_t)(end - bar - 1));
	if (!second)
		return false;
	line += strspn(line, " ");
	p->name = arena_strndup(a, line, strcspn(line, " |"));
	bar += 1 + strspn(bar + 1, " ");
	p->version = arena_strndup(a, bar, strcspn(bar, " |"));
	return true;
}

static bool is_wanted(const char *name, const char *pattern)
{
	return fnmatch(pattern, name, 0) == 0 && !strstr(name, "-rt-") && !strstr(name, "-dbg");
}

/* Release candidates sort below their release, and are left out altogether. */
static void newest_in(struct arena *a, const char *list, const char *pattern,
		      struct apt_package *best)
{
	const char *line = list;

	while (*line) {
		size_t len = strcspn(line, "\n");
		struct apt_package p = {0};

		if (madison_line(a, line, len, &p) && is_wanted(p.name, pattern) &&
		    !strstr(p.version, "~rc") &&
		    (!best->version || version_compare(p.version, best->version) > 0))
			*best = p;
		line += len + (line[len] == '\n');
	}
}

/* The part of the pattern before its first special character, for apt's regular expression. */
static char *pattern_stem(struct arena *a, const char *pattern)
{
	size_t len = strcspn(pattern, "*?[");
	char *out = arena_printf(a, "^");
	size_t i;

	for (i = 0; i < len; i++)
		out = arena_printf(a, "%s%s%c", out, pattern[i] == '.' ? "\\" : "", pattern[i]);
	return out;
}

static int package_find(struct arena *a, const char *conf, const char *pattern,
			struct apt_package *out, struct vm_error *e)
{
	const char *names_argv[] = {
		"apt-cache", "-c", conf, "--names-only", "search", "--", pattern_stem(a, pattern),
		NULL};
	char *names, *list, *name, *rest;
	const char **argv;
	size_t count = 4;

	if (child_capture(names_argv, NULL, &names) != 0 || !names) {
		free(names);
		return vm_fail(e, "apt-cache search failed");
	}
	argv = arena_array(a, strlen(names) / 8 + 8, sizeof(*argv));
	argv[0] = "apt-cache";
	argv[1] = "-c";
	argv[2] = conf;
	argv[3] = "madison";
	for (name = strtok_r(names, "\n", &rest); name; name = strtok_r(NULL, "\n", &rest)) {
		name[strcspn(name, " ")] = '\0';
		if (is_wanted(name, pattern))
			argv[count++] = name;
	}
	if (count > 4 && child_capture(argv, NULL, &list) == 0 && list) {
		newest_in(a, list, pattern, out);
		free(list);
	}
	free(names);
	return out->name ? 0 : vm_fail(e, "no package matches %s", pattern);
}

static int run_apt_get(const char *work, const char *conf, const char *verb, const char *what,
		       struct vm_error *e)
{
	const char *argv[] = {"apt-get", "-q", "-c", conf, verb, what, NULL};
	char text[900];
	int status = child_run(argv, work, text, sizeof(text));

	if (status == 0)
		return 0;
	return vm_fail(e, "apt-get %s%s%s: status %d\n%s", verb, what ? " " : "", what ? what : "",
		       status, text);
}

int apt_fetch(struct arena *a, const char *work, const char *suites, const char *pattern,
	      struct apt_package *out, struct vm_error *e)
{
	char *conf = arena_printf(a, "%s/apt.conf", work);

	memset(out, 0, sizeof(*out));
	if (work_prepare(a, work, suites, e) < 0 || run_apt_get(work, conf, "update", NULL, e) < 0)
		return -1;
	if (package_find(a, conf, pattern, out, e) < 0)
		return -1;
	if (run_apt_get(work, conf, "download", arena_printf(a, "%s=%s", out->name, out->version),
			e) < 0)
		return -1;
	out->file = path_match(a, arena_printf(a, "%s/%s_*.deb", work, out->name));
	return out->file ? 0 : vm_fail(e, "apt-get download left no package");
}
