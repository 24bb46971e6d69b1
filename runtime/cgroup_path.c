// SPDX-License-Identifier: Apache-2.0
#include "runtime/cgroup_path.h"
#include "tg_workloads_layout.h"

/* A slice is in those that its name begins with: a-b.slice is a.slice/a-b.slice. */
static void put_slices(struct buffer *out, const char *slice, size_t size)
{
	size_t stem = size > 6 && !memcmp(slice + size - 6, ".slice", 6) ? size - 6 : size;

	for (size_t i = 1; i < stem; i++)
		if (slice[i] == '-') {
			buffer_append(out, slice, i);
			buffer_text(out, ".slice/");
		}
	buffer_append(out, slice, size);
}

/* Without slashes that mean nothing, so that one cgroup is one text. */
static void put_plain(struct buffer *out, const char *path)
{
	const char *part = path + strspn(path, "/");

	while (*part) {
		size_t size = strcspn(part, "/");

		buffer_append(out, part, size);
		part += size + strspn(part + size, "/");
		if (*part)
			buffer_char(out, '/');
	}
}

void cgroup_path_put(struct buffer *out, const char *cgroups_path)
{
	const char *prefix = strchr(cgroups_path, ':');
	const char *name = prefix ? strchr(prefix + 1, ':') : NULL;

	if (!name) {
		put_plain(out, cgroups_path);
	} else {
		put_slices(out, cgroups_path, (size_t)(prefix - cgroups_path));
		buffer_char(out, '/');
		buffer_append(out, prefix + 1, (size_t)(name - prefix - 1));
		buffer_char(out, '-');
		buffer_text(out, name + 1);
		buffer_text(out, ".scope");
	}
	buffer_char(out, '\0');
}

bool cgroup_path_usable(const char *path)
{
	int depth = 0;

	for (const char *s = path; *s; s += strspn(s, "/")) {
		size_t size = strcspn(s, "/");

		if (!size || (size == 1 && *s == '.') || (size == 2 && !memcmp(s, "..", 2)))
			return false;
		s += size;
		depth++;
	}
	return depth && depth <= TG_WORKLOAD_LEVELS;
}
