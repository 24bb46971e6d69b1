// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/kallsyms.h"

#define LINE_MAX_SIZE 1024
#define FUNCTION_MAX  (1u << 20) /* bytes: an address further in belongs to nothing listed */

static int grow(struct kallsyms *k, size_t name)
{
	if (k->count == k->room) {
		size_t room = k->room ? k->room * 2 : 65536;
		struct kallsym *v = realloc(k->v, room * sizeof(*v));

		if (!v)
			return -1;
		k->v = v;
		k->room = room;
	}
	if (k->names_room - k->names_size < name) {
		size_t room = (k->names_room + name) * 2 + (1u << 20);
		char *names = room < UINT32_MAX ? realloc(k->names, room) : NULL;

		if (!names)
			return -1;
		k->names = names;
		k->names_room = room;
	}
	return 0;
}

static int add(struct kallsyms *k, uint64_t address, const char *name, size_t len)
{
	if (grow(k, len + 1))
		return -1;
	k->v[k->count++] = (struct kallsym){address, (uint32_t)k->names_size};
	memcpy(k->names + k->names_size, name, len);
	k->names[k->names_size + len] = '\0';
	k->names_size += len + 1;
	return 0;
}

/* "ffffffff81000000 T _stext", a tab and the module in brackets behind some. */
static int add_line(struct kallsyms *k, const char *line)
{
	char *end;
	uint64_t address = strtoull(line, &end, 16);

	if (!address || *end != ' ' || !end[1] || end[2] != ' ')
		return 0;
	if (!strchr("tTwW", end[1]))
		return 0;
	return add(k, address, end + 3, strcspn(end + 3, " \t\n"));
}

static int compare(const void *a, const void *b)
{
	const struct kallsym *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

int kallsyms_read(struct kallsyms *k, FILE *from)
{
	char line[LINE_MAX_SIZE];
	int result = 0;

	*k = (struct kallsyms){0};
	while (!result && fgets(line, sizeof(line), from))
		result = add_line(k, line);
	if (!result && !k->count) {
		errno = EPERM;
		result = -1;
	}
	if (result)
		kallsyms_free(k);
	else
		qsort(k->v, k->count, sizeof(*k->v), compare);
	return result;
}

const char *kallsyms_find(const struct kallsyms *k, uint64_t address, uint64_t *offset)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (k->v[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || address - k->v[low - 1].address >= FUNCTION_MAX)
		return NULL;
	*offset = address - k->v[low - 1].address;
	return k->names + k->v[low - 1].name;
}

void kallsyms_free(struct kallsyms *k)
{
	int error = errno;

	free(k->v);
	free(k->names);
	*k = (struct kallsyms){0};
	errno = error;
}
