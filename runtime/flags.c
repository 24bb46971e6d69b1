// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "bpf-templates/tg_event.h"
#include "runtime/flags.h"

const char *flags_text(char text[FLAGS_TEXT_SIZE], uint32_t flags)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} words[] = {
		{TG_P_EXECVE, "execve"},      {TG_P_PROCFS, "procFS"},
		{TG_P_ERR_ENVS, "errorEnvs"}, {TG_P_TRUNC_ARGS, "truncArgs"},
		{TG_P_MISS, "miss"},	      {TG_P_ERR_FILE, "errorFilename"},
		{TG_P_ERR_ARGS, "errorArgs"}, {TG_P_NOCWD, "nocwd"},
		{TG_P_ROOTCWD, "rootcwd"},    {TG_P_ERR_CWD, "errorCWD"},
		{TG_P_CLONE, "clone"},	      {TG_P_ERR_CWDPATH, "errorPathResolutionCwd"},
		{TG_P_DATA_ARGS, "dataArgs"}, {TG_P_INIT_TREE, "inInitTree"},
	};
	char *end = text;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(flags & words[i].bit))
			continue;
		if (end != text)
			*end++ = ' ';
		end = stpcpy(end, words[i].word); /* all words together fit */
	}
	*end = '\0';
	return text;
}
