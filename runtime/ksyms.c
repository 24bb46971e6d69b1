// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/ksyms.h"

#define LINE_MAX_SIZE 1024

int ksyms_want(struct ksyms *k, const char *name)
{
	size_t room = k->room ? 2 * k->room : 64;
	struct ksym *v;

	if (k->count == k->room) {
		v = realloc(k->v, room * sizeof(*v));
		if (!v)
			return -1;
		k->v = v;
		k->room = room;
	}
	k->v[k->count++] = (struct ksym){.name = name};
	return 0;
}

static int by_name(const void *left, const void *right)
{
	const struct ksym *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void sort(struct ksyms *k)
{
	size_t kept = 0;

	if (k->count)
		qsort(k->v, k->count, sizeof(*k->v), by_name);
	for (size_t i = 0; i < k->count; i++)
		if (!kept || strcmp(k->v[kept - 1].name, k->v[i].name))
			k->v[kept++] = k->v[i];
	k->count = kept;
}

static struct ksym *find(const struct ksyms *k, const char *name)
{
	struct ksym key = {.name = name};

	return k->count ? bsearch(&key, k->v, k->count, sizeof(*k->v), by_name) : NULL;
}

const struct ksym *ksyms_find(const struct ksyms *k, const char *name)
{
	return find(k, name);
}

/* The first of several functions of one name is the one that a kprobe by name gets. */
void ksyms_take_addresses(struct ksyms *k, FILE *kallsyms)
{
	char line[LINE_MAX_SIZE], type, *end, *name;
	unsigned long long address;
	struct ksym *s;

	while (fgets(line, sizeof(line), kallsyms)) {
		address = strtoull(line, &end, 16);
		type = *end == ' ' ? end[1] : '\0';
		if ((type != 't' && type != 'T' && type != 'w' && type != 'W') || end[2] != ' ')
			continue;
		name = end + 3;
		name[strcspn(name, "\t\n ")] = '\0';
		s = find(k, name);
		if (!s || s->found)
			continue;
		s->found = true;
		s->address = address;
	}
}

void ksyms_take_traceable(struct ksyms *k, FILE *functions)
{
	char line[LINE_MAX_SIZE];
	struct ksym *s;

	while (fgets(line, sizeof(line), functions)) {
		line[strcspn(line, " \n")] = '\0';
		s = find(k, line);
		if (s)
			s->traceable = true;
	}
}

static FILE *open_functions(void)
{
	FILE *f = fopen("/sys/kernel/tracing/available_filter_functions", "re");

	return f ? f : fopen("/sys/kernel/debug/tracing/available_filter_functions", "re");
}

int ksyms_read(struct ksyms *k)
{
	FILE *f = fopen("/proc/kallsyms", "re");

	sort(k);
	if (!f)
		return -1;
	ksyms_take_addresses(k, f);
	fclose(f);
	f = open_functions();
	if (f)
		ksyms_take_traceable(k, f);
	for (size_t i = 0; !f && i < k->count; i++)
		k->v[i].traceable = true;
	if (f)
		fclose(f);
	return 0;
}

void ksyms_free(struct ksyms *k)
{
	free(k->v);
	*k = (struct ksyms){0};
}
