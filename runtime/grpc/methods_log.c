// SPDX-License-Identifier: Apache-2.0
/* The rotation of the export file. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "runtime/grpc/methods.h"

#define SECOND	    1000000000ull
#define SIZE_MAX_MB 1000000

static enum grpc_status refuse_without_file(struct failure *why)
{
	return grpc_refuse(why, GRPC_FAILED_PRECONDITION,
			   "no log params setters available: there is no export file "
			   "(--export-filename)");
}

/* As Go writes it: "1h0m0s". */
static void duration_text(char out[64], uint64_t ns)
{
	uint64_t seconds = ns / SECOND, ms = ns % SECOND / 1000000;
	size_t n = 0;

	if (seconds >= 3600)
		n += (size_t)snprintf(out, 64, "%" PRIu64 "h", seconds / 3600);
	if (seconds >= 60)
		n += (size_t)snprintf(out + n, 64 - n, "%" PRIu64 "m", seconds / 60 % 60);
	if (ms)
		snprintf(out + n, 64 - n, "%" PRIu64 ".%03" PRIu64 "s", seconds % 60, ms);
	else
		snprintf(out + n, 64 - n, "%" PRIu64 "s", seconds % 60);
}

GRPC_ANSWER(answer_get_log)
{
	const struct export_file_options *o = node->file ? &node->file->options : NULL;
	char interval[64];

	(void)request;
	if (!o)
		return refuse_without_file(why);
	duration_text(interval, o->interval);
	json_int(reply, "max_size", (int32_t)(o->max_size >> 20));
	json_text(reply, "rotation_interval", interval);
	json_int(reply, "max_backups", (int32_t)o->max_backups);
	return GRPC_OK;
}

/* Leaves what is not given as it is. */
static enum grpc_status read_counts(struct export_file_options *o, const json_t *request,
				    struct failure *why)
{
	const json_t *size = json_object_get(request, "max_size");
	const json_t *backups = json_object_get(request, "max_backups");

	if (size && (json_integer_value(size) < 1 || json_integer_value(size) > SIZE_MAX_MB))
		return grpc_refuse(why, GRPC_INVALID_ARGUMENT, "max_size is in MiB, from 1 to %d",
				   SIZE_MAX_MB);
	if (backups && json_integer_value(backups) < 0)
		return grpc_refuse(why, GRPC_INVALID_ARGUMENT,
				   "max_backups is 0, for all, or more");
	if (size)
		o->max_size = (uint64_t)json_integer_value(size) << 20;
	if (backups)
		o->max_backups = (uint32_t)json_integer_value(backups);
	return GRPC_OK;
}

GRPC_ANSWER(answer_set_log)
{
	const json_t *interval = json_object_get(request, "rotation_interval");
	struct export_file_options changed;
	struct export_options parsed;
	enum grpc_status status;

	(void)reply;
	if (!node->file)
		return refuse_without_file(why);
	changed = node->file->options;
	status = read_counts(&changed, request, why);
	if (status != GRPC_OK)
		return status;
	if (interval) {
		if (export_options_set(&parsed, EXPORT_OPTION_FILE_ROTATION_INTERVAL,
				       json_string_value(interval), why))
			return GRPC_INVALID_ARGUMENT;
		changed.interval = parsed.rotation_interval;
	}
	node->file->options = changed;
	return GRPC_OK;
}
