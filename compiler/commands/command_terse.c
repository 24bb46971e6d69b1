// SPDX-License-Identifier: Apache-2.0
/* Options about policies in the terse language. */
#include <string.h>
#include "compiler/base/arena.h"
#include "command.h"

static int add_param(struct arena *a, struct command_terse *t, const char *text)
{
	const char *equal = strchr(text, '=');

	if (!equal || equal == text)
		return command_usage("--param wants NAME=VALUE, not `%s`", text);
	t->params = arena_grow(a, t->params, t->count, &t->room, sizeof(*t->params));
	t->params[t->count++] = (struct terse_param){
		.name = arena_strndup(a, text, (size_t)(equal - text)), .value = equal + 1};
	return 0;
}

bool command_terse_option(struct arena *a, struct command_terse *t, int option, const char *value)
{
	if (option == COMMAND_OPT_PARAM) {
		t->bad = add_param(a, t, value);
		return true;
	}
	if (option != COMMAND_OPT_LANGUAGE)
		return false;
	t->language_terse = !strcmp(value, "tg");
	if (!t->language_terse && strcmp(value, "yaml"))
		t->bad = command_usage("there is no language `%s`: tg and yaml are known", value);
	return true;
}

struct policy_file command_terse_file(const struct command_terse *t, const char *path)
{
	return (struct policy_file){.path = path, .terse = t->language_terse && !strcmp(path, "-")};
}

void command_terse_files(const struct command_terse *t, struct policy_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		files->files[i].terse = t->language_terse && !strcmp(files->files[i].path, "-");
}
