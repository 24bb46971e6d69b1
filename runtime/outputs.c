// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/clock.h"
#include "runtime/event_compact.h"
#include "runtime/outputs.h"
#include "runtime/stdout_writer.h"

static int parse_filters(struct event_filters *list, const char *origin, const char *text,
			 const struct options *o, struct failure *why)
{
	struct event_filter_abilities can = {.pid_set = o->export.pid_set_filter,
					     .credentials = o->export.process_cred,
					     .ancestors = o->export.ancestors};

	return event_filters_parse(list, origin, text, strlen(text), &can, why);
}

int outputs_prepare(struct outputs *outputs, const struct options *o, struct failure *why)
{
	const struct export_options *e = &o->export;
	struct export_rules *rules = &outputs->rules;

	if (e->max_size_mb == 0)
		return failure_set(why, TGRUN_USAGE,
				   "--export-file-max-size-mb: a file of no size holds no event");
	if (e->process_cache_size < 1000)
		return failure_set(why, TGRUN_USAGE,
				   "--process-cache-size: less than 1000 processes are not enough "
				   "to run with");
	if (parse_filters(&rules->allow, "--export-allowlist", e->allowlist, o, why) ||
	    parse_filters(&rules->deny, "--export-denylist", e->denylist, o, why) ||
	    field_filters_parse(&rules->fields, "--field-filters", e->field_filters,
				strlen(e->field_filters), why) ||
	    redactions_parse(&outputs->redactions, "--redaction-filters", e->redaction_filters,
			     strlen(e->redaction_filters), why))
		return -1;
	if (rules->fields.count && !e->filename && o->print == PRINT_COMPACT)
		return failure_set(why, TGRUN_USAGE,
				   "--field-filters: the compact form has no fields to leave out");
	return 0;
}

/* The export is the file's, or standard output's when there is no file. */
static void give_rules(struct outputs *outputs, struct export_sink *sink, const struct options *o)
{
	sink->rules = outputs->rules;
	outputs->rules = (struct export_rules){0};
	rate_limit_init(&sink->limit, o->export.rate_limit, clock_boot_now());
}

static int add_file(struct outputs *outputs, struct sinks *sinks, const struct options *o,
		    const struct event_style *style, int stop_fd, struct failure *why)
{
	const struct export_options *e = &o->export;
	struct export_file_options file = {
		.path = e->filename,
		.max_size = e->max_size_mb << 20,
		.max_backups = (uint32_t)e->max_backups,
		.interval = e->rotation_interval,
		.compress = e->compress,
		.mode = (mode_t)e->mode,
	};

	if (export_file_open(&outputs->file, &file, stop_fd, why))
		return -1;
	outputs->exported.style = style;
	outputs->exported.writer = export_file_writer(&outputs->file);
	give_rules(outputs, &outputs->exported, o);
	return export_sink_add(sinks, &outputs->exported);
}

/* The loop must not wait for who reads the standard output when others wait for the loop. */
static bool has_other_duties(const struct options *o)
{
	return o->server_address_count || o->bundle_dir || o->control_socket || o->metrics_server ||
	       getenv("WATCHDOG_USEC");
}

static int add_stdout(struct outputs *outputs, struct sinks *sinks, const struct options *o,
		      const struct event_style *style, int stop_fd, bool enforcing)
{
	struct export_sink *sink = &outputs->printed;

	delivery_init(&outputs->delivery, STDOUT_FILENO, stop_fd, enforcing);
	outputs->delivery.output.impatient = sinks->count > 0 || has_other_duties(o);
	rate_limit_init(&sink->limit, -1, clock_boot_now());
	sink->style = style;
	sink->print = o->print == PRINT_COMPACT ? event_compact : NULL;
	sink->writer = stdout_writer(&outputs->delivery);
	if (!o->export.filename)
		give_rules(outputs, sink, o);
	return export_sink_add(sinks, sink);
}

int outputs_open(struct outputs *outputs, struct sinks *sinks, const struct options *o,
		 const struct event_style *style, int stop_fd, bool enforcing, struct failure *why)
{
	bool file = o->export.filename && o->export.rate_limit != 0;
	bool print = o->print == PRINT_JSON || o->print == PRINT_COMPACT ||
		     (o->print == PRINT_DEFAULT && !o->export.filename);

	outputs->delivery.output.fd = -1;
	if (file && add_file(outputs, sinks, o, style, stop_fd, why))
		return -1;
	if (print && add_stdout(outputs, sinks, o, style, stop_fd, enforcing))
		return failure_set(why, TGRUN_ENVIRONMENT, "too many outputs");
	return 0;
}

int outputs_result(const struct outputs *outputs, struct failure *why)
{
	return outputs->delivery.output.fd < 0 ? 0 : delivery_result(&outputs->delivery, why);
}

void outputs_free(struct outputs *outputs)
{
	export_rules_free(&outputs->rules);
	redactions_free(&outputs->redactions);
}
