// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "uri.h"

static const char scheme[] = "file://";

bool lsp_uri_is_file(const char *uri)
{
	return !strncmp(uri, scheme, sizeof(scheme) - 1);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *lsp_uri_path(struct arena *a, const char *uri)
{
	const char *s = uri;
	char *out, *to;

	if (!lsp_uri_is_file(uri))
		return uri;
	s += sizeof(scheme) - 1;
	while (*s && *s != '/')
		s++; /* the host's name */
	out = to = arena_alloc(a, strlen(s) + 1);
	while (*s) {
		int high = *s == '%' ? hex(s[1]) : -1, low = high >= 0 ? hex(s[2]) : -1;

		if (low >= 0 && (high || low)) {
			*to++ = (char)(high * 16 + low);
			s += 3;
		} else {
			*to++ = *s++;
		}
	}
	return lsp_path_clean(a, out);
}

const char *lsp_path_uri(struct arena *a, const char *path)
{
	static const char digits[] = "0123456789ABCDEF";
	char here[PATH_MAX], *out, *to;

	if (*path != '/' && getcwd(here, sizeof(here)))
		path = arena_printf(a, "%s/%s", here, path);
	path = lsp_path_clean(a, path);
	out = arena_alloc(a, strlen(path) * 3 + sizeof(scheme));
	to = stpcpy(out, scheme);
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (isalnum(c) || strchr("/-._~", c)) {
			*to++ = (char)c;
			continue;
		}
		*to++ = '%';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	return out;
}

const char *lsp_path_clean(struct arena *a, const char *path)
{
	char *out = arena_alloc(a, strlen(path) + 2), *to = out;
	bool absolute = *path == '/';

	while (*path) {
		size_t len = strcspn(path, "/");
		char *slash = memrchr(out, '/', (size_t)(to - out));

		if (len == 2 && path[0] == '.' && path[1] == '.' && absolute) {
			to = slash ? slash : out;
		} else if (len && !(len == 1 && *path == '.')) {
			if (absolute || to != out)
				*to++ = '/';
			memcpy(to, path, len);
			to += len;
		}
		path += len;
		path += *path == '/';
	}
	if (to == out)
		*to++ = absolute ? '/' : '.';
	*to = '\0';
	return out;
}

const char *lsp_path_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}
