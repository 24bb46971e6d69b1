// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/event_type.h"
#include "runtime/export_options.h"
#include "runtime/procs.h"

enum kind { TEXT, COUNT, SWITCH, DURATION, MODE, RATE, TYPES };

#define COUNT_MAX 1000000u

static const struct {
	const char *name;
	enum kind kind;
	size_t offset;
} table[] = {
#define EXPORT_OPTION(name, option, kind, member)                                                  \
	[EXPORT_OPTION_##name] = {option, kind, offsetof(struct export_options, member)},
#include "runtime/export_options.def"
#undef EXPORT_OPTION
};

void export_options_init(struct export_options *o)
{
	*o = (struct export_options){
		.max_size_mb = 10,
		.max_backups = 5,
		.mode = 0600,
		.rate_limit = -1,
		.allowlist = "",
		.denylist = "",
		.field_filters = "",
		.redaction_filters = "",
		.environment_filter = "",
		.aggregation_window = 15000000000ull,
		.aggregation_buffer = 10000,
		.process_cache_size = PROCS_CAPACITY,
	};
}

static int take_digits(const char *text, int base, uint64_t most, uint64_t *out)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(text, &end, base);
	if (errno || *end || text[0] < '0' || text[0] > '9' || number > most)
		return -1;
	*out = number;
	return 0;
}

static int parse_switch(const char *value, bool *out)
{
	*out = !value || !strcmp(value, "true");
	return *out || !strcmp(value, "false") ? 0 : -1;
}

static int parse_rate(const char *value, int64_t *out)
{
	uint64_t number;

	*out = -1;
	if (!strcmp(value, "-1"))
		return 0;
	if (take_digits(value, 10, COUNT_MAX * 1000ull, &number))
		return -1;
	*out = (int64_t)number;
	return 0;
}

/* Nobody but the owner may write, nobody execute, and the owner must be able to go on. */
static int parse_mode(const char *value, uint32_t *out)
{
	uint64_t mode;

	if (take_digits(value, 8, 07777, &mode))
		return -1;
	*out = ((uint32_t)mode & 0777 & ~0113u) | 0600;
	return 0;
}

int export_options_duration(const char *value, uint64_t *out)
{
	static const struct {
		const char *unit;
		uint64_t ns;
	} units[] = {{"ns", 1},
		     {"us", 1000},
		     {"ms", 1000000},
		     {"s", 1000000000ull},
		     {"m", 60000000000ull},
		     {"h", 3600000000000ull}};
	const char *at = value;

	*out = 0;
	if (!strcmp(value, "0"))
		return 0;
	while (*at) {
		size_t digits = strspn(at, "0123456789"), letters, i = 0;
		unsigned long long number = strtoull(at, NULL, 10);

		letters = strspn(at + digits, "nsumh");
		while (i < 6 && (strlen(units[i].unit) != letters ||
				 strncmp(units[i].unit, at + digits, letters) != 0))
			i++;
		if (!digits || digits > 9 || i == 6)
			return -1;
		*out += number * units[i].ns;
		if (*out > COUNT_MAX * 3600000000000ull)
			return -1;
		at += digits + letters;
	}
	return at > value ? 0 : -1;
}

/* Groups of types, as Tetragon names them; none is of use without `base`. */
static int parse_types(const char *value, uint32_t *out)
{
	static const struct {
		const char *word;
		uint32_t types;
	} words[] = {
		{"base", 1u << EVENT_TYPE_PROCESS_EXEC | 1u << EVENT_TYPE_PROCESS_EXIT},
		{"kprobe", 1u << EVENT_TYPE_PROCESS_KPROBE},
		{"tracepoint", 1u << EVENT_TYPE_PROCESS_TRACEPOINT},
		{"loader", 1u << EVENT_TYPE_PROCESS_LOADER},
		{"uprobe", 1u << EVENT_TYPE_PROCESS_UPROBE},
		{"lsm", 1u << EVENT_TYPE_PROCESS_LSM},
		{"usdt", 1u << EVENT_TYPE_PROCESS_USDT},
	};

	*out = 0;
	for (const char *at = value; *at;) {
		size_t size = strcspn(at, ","), i = 0;

		while (i < 7 && (strlen(words[i].word) != size || strncmp(words[i].word, at, size)))
			i++;
		if (i == 7)
			return -1;
		*out |= words[i].types;
		at += size;
		at += *at == ',';
	}
	return !*out || (*out & words[0].types) ? 0 : -1;
}

static int parse(enum kind kind, const char *value, void *member)
{
	switch (kind) {
	case TEXT:
		*(const char **)member = value;
		return 0;
	case COUNT:
		return take_digits(value, 10, COUNT_MAX, member);
	case SWITCH:
		return parse_switch(value, member);
	case DURATION:
		return export_options_duration(value, member);
	case MODE:
		return parse_mode(value, member);
	case RATE:
		return parse_rate(value, member);
	default:
		return parse_types(value, member);
	}
}

int export_options_set(struct export_options *o, enum export_option option, const char *value,
		       struct failure *why)
{
	static const char *const expected[] = {
		[TEXT] = "a text",
		[COUNT] = "a whole number from 0 to 1000000",
		[SWITCH] = "true or false",
		[DURATION] = "a time, as 30s, 1h30m or 0",
		[MODE] = "the mode of a file in octal, as 640",
		[RATE] = "-1 or a number of events a minute",
		[TYPES] = ("a list of base, kprobe, tracepoint, loader, uprobe, lsm and usdt, "
			   "base among them"),
	};

	if (!parse(table[option].kind, value, (char *)o + table[option].offset))
		return 0;
	return failure_set(why, TGRUN_USAGE, "--%s: \"%s\" is not %s", table[option].name, value,
			   expected[table[option].kind]);
}
