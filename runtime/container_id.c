// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include "runtime/container_id.h"
#include "tg_event.h"

#define FULL_ID	    64
#define ROOT_LEVEL  5 /* Sysbox: the component that is named like the container */
#define ROOT_MARKER "syscont-cgroup-root"

static void set(struct container_id *out, const char *id, size_t size)
{
	size = size < CONTAINER_ID_MAX ? size : CONTAINER_ID_MAX;
	memcpy(out->text, id, size);
	out->text[size] = '\0';
}

static bool ends_with(const char *s, size_t size, const char *end)
{
	size_t len = strlen(end);

	return size >= len && !memcmp(s + size - len, end, len);
}

/* What follows the last `mark`, or all of it. */
static const char *after_last(const char *s, size_t *size, char mark)
{
	const char *found = memrchr(s, mark, *size);

	if (!found)
		return s;
	*size -= (size_t)(found + 1 - s);
	return found + 1;
}

void container_id_of_leaf(struct container_id *out, const char *leaf, size_t size)
{
	size_t least = size >= TG_CGROUP_MAX ? CONTAINER_ID_MAX : FULL_ID;
	const char *id;

	out->text[0] = '\0';
	id = after_last(leaf, &size, ':');
	id = after_last(id, &size, '-');
	if (size >= least && !ends_with(id, size, "service"))
		set(out, id, size);
}

/* ---- lines of /proc: HIERARCHY:CONTROLLERS:PATH ------------------------------------------ */

/* The component before the one that begins at `part`; NULL at the root. */
static const char *before(const char *path, const char *part, size_t *size)
{
	const char *end = part - 1, *start;

	if (part <= path + 1)
		return NULL;
	start = memrchr(path, '/', (size_t)(end - path));
	if (!start)
		return NULL;
	*size = (size_t)(end - start - 1);
	return start + 1;
}

/* libpod-ID.scope/container: an id somewhere above. */
static void of_parents(struct container_id *out, const char *path, const char *leaf)
{
	const char *part = leaf;
	size_t size;

	while ((part = before(path, part, &size))) {
		size_t len = size;
		const char *id = after_last(part, &len, '-');

		if (len == FULL_ID || (len > FULL_ID && ends_with(id, len, "scope"))) {
			set(out, id, len);
			return;
		}
	}
}

/* The component with this number, the first being 1; NULL: there are fewer. */
static const char *component(const char *path, int number, size_t *size)
{
	for (int i = 1; *path == '/'; i++) {
		*size = strcspn(path + 1, "/\n");
		if (i == number)
			return path + 1;
		path += 1 + *size;
	}
	return NULL;
}

static void of_path(struct container_id *out, const char *path, size_t size)
{
	size_t len = size, root;
	const char *leaf = after_last(path, &len, '/');
	const char *named = component(path, ROOT_LEVEL, &root);

	if (memmem(leaf, len, ROOT_MARKER, strlen(ROOT_MARKER)) && named)
		container_id_of_leaf(out, named, root);
	else
		container_id_of_leaf(out, leaf, len);
	if (!out->text[0] && memmem(path, size, "libpod", 6) && len == 9 &&
	    !memcmp(leaf, "container", 9))
		of_parents(out, path, leaf);
}

static bool is_hex(const char *s, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

static bool of_line(struct container_id *out, const char *line, size_t size)
{
	const char *path = memchr(line, '/', size);
	size_t len = path ? size - (size_t)(path - line) : 0, leaf_size = len;
	const char *leaf;

	if (!path)
		return false;
	if (memmem(line, size, "pods", 4) || memmem(line, size, "docker", 6) ||
	    memmem(line, size, "libpod", 6)) {
		of_path(out, path, len);
	} else {
		leaf = after_last(path, &leaf_size, '/');
		if (leaf_size >= CONTAINER_ID_MAX && is_hex(leaf, leaf_size))
			set(out, leaf, leaf_size);
	}
	return out->text[0];
}

void container_id_of_lines(struct container_id *out, const char *lines)
{
	out->text[0] = '\0';
	while (*lines) {
		size_t size = strcspn(lines, "\n");

		if (of_line(out, lines, size))
			return;
		lines += size + (lines[size] == '\n');
	}
}
