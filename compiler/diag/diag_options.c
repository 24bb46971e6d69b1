// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "diag_options.h"

enum { DEFAULT_LIMIT = 20 };

struct diag_options diag_options_default(void)
{
	return (struct diag_options){.limit = DEFAULT_LIMIT};
}

static bool set_format(struct diag_options *o, const char *value, char *why, size_t room)
{
	int format = diag_format_find(value);

	if (format < 0) {
		snprintf(why, room, "there is no format `%s`: text, json, sarif and github are",
			 value);
		return false;
	}
	o->format = (enum diag_format)format;
	return true;
}

static bool set_colour(struct diag_options *o, const char *value, char *why, size_t room)
{
	static const char *const words[] = {
		[COLOUR_AUTO] = "auto", [COLOUR_ALWAYS] = "always", [COLOUR_NEVER] = "never"};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], value)) {
			o->colour = (enum diag_colour)i;
			return true;
		}
	snprintf(why, room, "`--color` is auto, always or never, not `%s`", value);
	return false;
}

static bool set_limit(struct diag_options *o, const char *value, char *why, size_t room)
{
	char *end;
	unsigned long limit;

	errno = 0;
	limit = strtoul(value, &end, 10);
	if (errno || *value < '0' || *value > '9' || *end || limit > UINT_MAX) {
		snprintf(why, room, "`%s` is not a number", value);
		return false;
	}
	o->limit = (unsigned)limit;
	return true;
}

enum diag_option_result diag_option(struct diag_options *o, int option, const char *value,
				    char *why, size_t room)
{
	bool good = true;

	switch (option) {
	case 'W':
	case 'E':
	case 'A':
		good = diag_levels_option(&o->levels, option, value, why, room);
		break;
	case DIAG_OPT_FORMAT:
		good = set_format(o, value, why, room);
		break;
	case DIAG_OPT_COLOUR:
		good = set_colour(o, value, why, room);
		break;
	case DIAG_OPT_LIMIT:
		good = set_limit(o, value, why, room);
		break;
	case DIAG_OPT_STRICT:
		o->strict = true;
		break;
	default:
		return DIAG_OPTION_OTHER;
	}
	return good ? DIAG_OPTION_TAKEN : DIAG_OPTION_WRONG;
}

void diag_options_apply(const struct diag_options *o, struct diags *d)
{
	d->levels = o->levels;
	d->strict = o->strict;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

bool diag_options_colour(const struct diag_options *o, FILE *to)
{
	const char *forced = getenv("CLICOLOR_FORCE"), *terminal = getenv("TERM");

	if (o->colour != COLOUR_AUTO)
		return o->colour == COLOUR_ALWAYS;
	if (is_set("NO_COLOR"))
		return false;
	if (forced && *forced && strcmp(forced, "0"))
		return true;
	return isatty(fileno(to)) && !(terminal && !strcmp(terminal, "dumb"));
}

FILE *diag_options_stream(const struct diag_options *o, FILE *machine)
{
	FILE *text = o->to_stdout ? stdout : stderr;

	return o->format == DIAG_FORMAT_TEXT ? text : machine;
}

void diag_options_report(const struct diag_options *o, const struct diags *d, FILE *machine)
{
	FILE *to = diag_options_stream(o, machine);

	diag_write(d, to, o->format, o->limit, diag_options_colour(o, to));
	fflush(to);
}
