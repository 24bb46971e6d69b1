/* SPDX-License-Identifier: Apache-2.0 */
/* The values of the options of export_options.def. Texts belong to the command line. */
#ifndef TGRUN_EXPORT_OPTIONS_H
#define TGRUN_EXPORT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/failure.h"

enum export_option {
#define EXPORT_OPTION(name, option, kind, member) EXPORT_OPTION_##name,
#include "runtime/export_options.def"
#undef EXPORT_OPTION
	EXPORT_OPTION_COUNT,
};

struct export_options {
	const char *filename; /* NULL: no export file */
	uint64_t max_size_mb, max_backups;
	bool compress;
	uint64_t rotation_interval; /* nanoseconds */
	uint32_t mode;
	int64_t rate_limit; /* events a minute; -1 unlimited */
	const char *allowlist, *denylist, *field_filters, *redaction_filters; /* "" none */
	bool pid_set_filter;
	/* Accepted, and without effect: Tetragon merges no event any more, either. */
	bool aggregation;
	uint64_t aggregation_window, aggregation_buffer;
	const char *cluster_name;
	bool process_cred, process_ns, environment;
	const char *environment_filter; /* names with commas between; "" all */
	uint32_t ancestors;		/* types of events that show them; bits */
	uint64_t process_cache_size;
	uint64_t process_table_size; /* 0: the default */
};

/* As Go writes them: "1h30m", "500ms", or "0". 0, or -1. */
int export_options_duration(const char *value, uint64_t *nanoseconds);

void export_options_init(struct export_options *o);

/* `value` is NULL for a switch given without one. 0, or -1 with `why`. */
int export_options_set(struct export_options *o, enum export_option option, const char *value,
		       struct failure *why);

#endif
