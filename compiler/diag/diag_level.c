/* SPDX-License-Identifier: Apache-2.0 */
/* The names of messages, and which of them are errors. */
#include <stdio.h>
#include <string.h>
#include "diag.h"

#define NEEDS_ROOM 8

static const struct {
	const char *name;
	enum diag_level level;
	bool is_rule;
	uint8_t need_count;
	enum diag_id needs[NEEDS_ROOM];
} ids[] = {
#define DIAG(id, name, level) {name, level, false, 0, {0}},
#define RULE(id, name, level, ...)                                                                 \
	{name, level, true, sizeof((int[]){0, ##__VA_ARGS__}) / sizeof(int) - 1, {__VA_ARGS__}},
#include "diag.def"
#undef RULE
#undef DIAG
};

const char *diag_name(enum diag_id id)
{
	return ids[id].name;
}

enum diag_level diag_level(enum diag_id id)
{
	return ids[id].level;
}

const char *diag_level_name(enum diag_level level)
{
	static const char *const names[] = {"error", "warning", "off"};

	return names[level];
}

/* What is no error by nature can be chosen too, wherever it is listed. */
bool diag_is_rule(enum diag_id id)
{
	return ids[id].is_rule || ids[id].level != DIAG_ERROR;
}

enum diag_id diag_find(const char *name)
{
	unsigned id = 0;

	while (id < DIAG_COUNT && strcmp(ids[id].name, name))
		id++;
	return (enum diag_id)id;
}

const char *diag_nearest_name(const char *name)
{
	const char *names[DIAG_COUNT];

	for (unsigned id = 0; id < DIAG_COUNT; id++)
		names[id] = ids[id].name;
	return nearest(name, names, DIAG_COUNT);
}

enum diag_level diag_levels_get(const struct diag_levels *l, enum diag_id id)
{
	return l->chosen[id] ? (enum diag_level)(l->chosen[id] - 1) : ids[id].level;
}

static void set_all(struct diag_levels *l, enum diag_level level)
{
	for (unsigned id = 0; id < DIAG_COUNT; id++) {
		enum diag_level now = diag_levels_get(l, (enum diag_id)id);

		if (!diag_is_rule((enum diag_id)id) || (level == DIAG_WARNING && now != DIAG_OFF) ||
		    (level == DIAG_ERROR && now == DIAG_OFF))
			continue;
		l->chosen[id] = (uint8_t)(level + 1);
	}
}

bool diag_levels_set(struct diag_levels *l, const char *name, enum diag_level level)
{
	enum diag_id id = diag_find(name);

	if (!strcmp(name, "all")) {
		set_all(l, level);
		return true;
	}
	if (id == DIAG_COUNT || (!diag_is_rule(id) && level != DIAG_ERROR))
		return false;
	l->chosen[id] = (uint8_t)(level + 1);
	return true;
}

bool diags_set_level(struct diags *d, const char *name, enum diag_level level)
{
	return diag_levels_set(&d->levels, name, level);
}

bool diag_levels_option(struct diag_levels *l, int letter, const char *name, char *why, size_t room)
{
	enum diag_level level = letter == 'W'	? DIAG_WARNING
				: letter == 'E' ? DIAG_ERROR
						: DIAG_OFF;
	const char *near;

	if (diag_levels_set(l, name, level))
		return true;
	near = diag_nearest_name(name);
	if (diag_find(name) != DIAG_COUNT)
		snprintf(why, room,
			 "`%s` is always an error: a policy that has it cannot be compiled", name);
	else if (near)
		snprintf(why, room, "there is no rule `%s`; did you mean `%s`?", name, near);
	else
		snprintf(why, room, "there is no rule `%s`; `tgc explain --list` shows all", name);
	return false;
}

void diags_scope(struct diags *d)
{
	memset(d->reported, 0, sizeof(d->reported));
}

bool diags_wants(const struct diags *d, enum diag_id rule)
{
	for (unsigned i = 0; i < ids[rule].need_count; i++)
		if (d->reported[ids[rule].needs[i]])
			return false;
	return diag_levels_get(&d->levels, rule) != DIAG_OFF;
}
