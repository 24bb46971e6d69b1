/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a project file: it is read, or there is a message, and libcyaml agrees. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/commands/project.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every string that a project gives is there to its end. */
static size_t measure(const char *const *list, uint32_t count)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += strlen(list[i]);
	return sum;
}

static void check_project(const struct project *p)
{
	size_t sum = measure(p->kernels, p->kernels_count) +
		     measure(p->policies, p->policies_count) +
		     measure(p->exclude, p->exclude_count) +
		     measure(p->rules.error, p->rules.error_count) +
		     measure(p->rules.warn, p->rules.warn_count) +
		     measure(p->rules.allow, p->rules.allow_count);

	if (p->version != 1 || sum > (size_t)64 << 20)
		abort();
}

static bool starts_with(const char *text, const char *start)
{
	return !strncmp(text, start, strlen(start));
}

/* Aliases are left to libcyaml; whatever else the check lets through, libcyaml has to take. */
static void check_messages(const struct diags *d)
{
	for (const struct diag *g = d->first; g; g = g->next)
		if (starts_with(g->text, "the project file cannot be read"))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {.head = NULL};
	struct sources s = {.arena = &a};
	struct diags d = {.arena = &a, .sources = &s};
	uint32_t file = sources_add(&s, "tgc.yaml", (const char *)data, size);
	struct project p = {.file = NULL};
	bool good = project_read(&a, &d, &s, file, &p);

	if (good != !diag_errors(&d))
		abort();
	if (good)
		check_project(&p);
	check_messages(&d);
	arena_free(&a);
	return 0;
}
