/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include "runtime/export_backups.h"
#include "runtime/export_file.h"
#include "runtime/export_options.h"
#include "runtime/export_sink.h"
#include "tests/unit/event_fixture.h"

#define MINUTE 60000000000ull

/* ---- the rate limit ------------------------------------------------------------------------- */

Test(rate_limit, burst_and_refill)
{
	struct rate_limit r;
	int passed = 0;

	rate_limit_init(&r, 60, 1000);
	for (int i = 0; i < 100; i++)
		passed += rate_limit_pass(&r, 1000);
	cr_expect_eq(passed, 60);
	cr_expect_not(rate_limit_pass(&r, 1000 + MINUTE / 60 - 1));
	cr_expect(rate_limit_pass(&r, 1000 + MINUTE / 60));
	cr_expect_not(rate_limit_pass(&r, 1000 + MINUTE / 60));
	cr_expect_eq(rate_limit_report(&r, MINUTE), 0, "not before a minute is over");
	cr_expect_eq(rate_limit_report(&r, 1000 + MINUTE), 42);
	cr_expect_eq(rate_limit_report(&r, 1000 + 2 * MINUTE), 0);
	for (passed = 0; rate_limit_pass(&r, 1000 + 10 * MINUTE); passed++)
		;
	cr_expect_eq(passed, 60, "no more than the bucket holds");
}

Test(rate_limit, none_and_all)
{
	struct rate_limit r;

	rate_limit_init(&r, 0, 0);
	cr_expect_not(rate_limit_pass(&r, MINUTE));
	rate_limit_init(&r, -1, 0);
	cr_expect(rate_limit_pass(&r, 0));
	rate_limit_init(&r, 1000000000, 0);
	for (int i = 0; i < 1000; i++)
		cr_expect(rate_limit_pass(&r, UINT64_MAX / 2));
}

/* ---- the sink ------------------------------------------------------------------------------- */

static struct export_sink *open_sink(struct sinks *sinks, const struct event_style *style)
{
	static struct export_sink sink;

	sink = (struct export_sink){.style = style, .limit = {.per_minute = -1}};
	cr_assert_eq(export_sink_add(sinks, &sink), 0);
	return &sink;
}

Test(export_sink, filters_and_limits)
{
	static const char deny[] = "{\"event_set\":[\"PROCESS_EXEC\"]}";
	static const char fields[] = "{\"fields\":\"process.pid\"}";
	struct event_fixture f;
	struct sinks sinks = {0};
	struct export_sink *sink;
	struct failure why;

	event_fixture_open(&f, EVENT_EXEC);
	f.style.cluster_name = "c";
	sink = open_sink(&sinks, &f.style);
	event_filters_parse(&sink->rules.deny, "", deny, sizeof(deny) - 1, NULL, &why);
	field_filters_parse(&sink->rules.fields, "", fields, sizeof(fields) - 1, &why);
	rate_limit_init(&sink->limit, 1, 1);
	sinks_event(&sinks, &f.event, &f.style);
	f.event.kind = EVENT_EXIT;
	sinks_event(&sinks, &f.event, &f.style);
	sinks_event(&sinks, &f.event, &f.style);
	sink->limit.reported = 0;
	sinks_tick(&sinks, MINUTE);
	cr_expect_eq(sink->counts.accepted, 1);
	cr_expect_eq(sink->counts.left_out[SINK_FILTERED], 1);
	cr_expect_eq(sink->counts.left_out[SINK_RATE_LIMIT], 1);
	cr_expect_eq(sinks_left_out(&sinks, SINK_FILTERED), 1);
	expect_text(
		&sink->out,
		"{\"process_exit\":{\"process\":{\"pid\":61080}},\"node_name\":\"worker-3\","
		"\"time\":\"2026-08-20T12:02:21.887115621Z\",\"cluster_name\":\"c\"}\n"
		"{\"rate_limit_info\":{\"number_of_dropped_process_events\":\"1\"},\"node_name\":"
		"\"worker-3\",\"time\":\"2026-08-20T06:01:00Z\",\"cluster_name\":\"c\"}\n");
	sinks_close(&sinks);
	event_fixture_close(&f);
}

static size_t take_nothing(void *state, const char *lines, size_t size, struct sink_counts *counts)
{
	(void)state, (void)lines, (void)size, (void)counts;
	return 0;
}

static void close_nothing(void *state)
{
	(void)state;
}

/* A reader that takes nothing costs bounded memory, and others get their events. */
Test(export_sink, slow_readers_lose_events)
{
	static const struct line_writer_ops stuck = {.write = take_nothing, .close = close_nothing};
	struct event_fixture f;
	struct sinks sinks = {0};
	struct export_sink *sink, other = {.limit = {.per_minute = -1}};

	event_fixture_open(&f, EVENT_EXEC);
	sink = open_sink(&sinks, &f.style);
	sink->writer.ops = &stuck;
	cr_assert_eq(export_sink_add(&sinks, &other), 0);
	for (int i = 0; i < 5000; i++) {
		sinks_event(&sinks, &f.event, &f.style);
		sinks_flush(&sinks);
	}
	cr_expect_geq(sink->out.size, EXPORT_QUEUE_BYTES);
	cr_expect_leq(sink->out.size, EXPORT_QUEUE_BYTES + 4096);
	cr_expect_gt(sink->counts.left_out[SINK_QUEUE_FULL], 0);
	cr_expect_eq(sink->counts.left_out[SINK_QUEUE_FULL] + sink->counts.accepted, 5000);
	cr_expect_eq(other.counts.accepted, 5000);
	sinks_close(&sinks);
	event_fixture_close(&f);
}

/* ---- the file ------------------------------------------------------------------------------- */

struct folder {
	char path[64], file[128];
	struct export_file export;
	struct line_writer writer;
	struct sink_counts counts;
};

static void open_folder(struct folder *f, struct export_file_options options)
{
	struct failure why = {0};

	*f = (struct folder){.path = "/tmp/tgrun-export-XXXXXX"};
	cr_assert_not_null(mkdtemp(f->path));
	snprintf(f->file, sizeof(f->file), "%s/events.log", f->path);
	options.path = f->file;
	if (!options.max_size)
		options.max_size = 1000;
	if (!options.mode)
		options.mode = 0640;
	cr_assert_eq(export_file_open(&f->export, &options, eventfd(0, 0), &why), 0, "%s",
		     why.text);
	f->writer = export_file_writer(&f->export);
}

static void write_text(struct folder *f, const char *text)
{
	f->writer.ops->write(f->writer.state, text, strlen(text), &f->counts);
}

/* Waits for the child. */
static void settle(struct folder *f)
{
	for (int i = 0; i < 5000 && (f->export.mill || f->export.mill_again); i++) {
		usleep(1000);
		f->writer.ops->tick(f->writer.state, 0);
	}
	cr_assert_eq(f->export.mill, 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The files there, oldest first, "NAME:CONTENT;", with the time in names as "TIME". */
static void expect_files(struct folder *f, const char *expected)
{
	char *names[64], content[4096], path[512], all[8192] = "";
	struct dirent *entry;
	DIR *dir = opendir(f->path);
	size_t count = 0;

	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			names[count++] = strdup(entry->d_name);
	qsort(names, count, sizeof(names[0]), compare_names);
	for (size_t i = 0; i < count; i++) {
		gzFile file;
		int n;

		snprintf(path, sizeof(path), "%s/%s", f->path, names[i]);
		file = gzopen(path, "rb");
		n = gzread(file, content, sizeof(content) - 1);
		content[n < 0 ? 0 : n] = '\0';
		gzclose(file);
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s:%s;",
			 strlen(names[i]) > 30 ? "TIME" : "",
			 names[i] + (strlen(names[i]) > 30 ? 30 : 0), content);
		free(names[i]);
	}
	closedir(dir);
	cr_expect_str_eq(all, expected);
}

static void close_folder(struct folder *f)
{
	char command[128];

	f->writer.ops->close(f->writer.state);
	snprintf(command, sizeof(command), "rm -rf %s", f->path);
	cr_expect_eq(system(command), 0);
}

Test(export_file, rotates_by_size)
{
	struct folder f;

	open_folder(&f, (struct export_file_options){.max_size = 10});
	write_text(&f, "one\ntwo\nthree\n4\n");
	write_text(&f, "five\n");
	write_text(&f, "too long for any\nsix\n");
	expect_files(&f, "TIME.log:one\ntwo\n;TIME.log:three\n4\n;events.log:five\nsix\n;");
	cr_expect_eq(f.counts.left_out[SINK_TOO_LONG], 1);
	cr_expect_eq(f.export.rotations, 2);
	close_folder(&f);
}

Test(export_file, keeps_and_compresses_backups)
{
	struct folder f;
	char other[256];

	open_folder(&f, (struct export_file_options){
				.max_size = 4, .max_backups = 2, .compress = true});
	snprintf(other, sizeof(other), "%s/events-x.log", f.path); /* somebody else's */
	close(open(other, O_CREAT | O_WRONLY, 0600));
	for (int i = 0; i < 5; i++) {
		char line[32];

		snprintf(line, sizeof(line), "l%d\n", i);
		write_text(&f, line);
		write_text(&f, line);
		settle(&f);
	}
	settle(&f);
	expect_files(&f, "TIME.log.gz:l3\n;TIME.log.gz:l4\n;events-x.log:;events.log:l4\n;");
	close_folder(&f);
}

Test(export_file, rotates_by_time)
{
	struct folder f;

	open_folder(&f, (struct export_file_options){.interval = MINUTE});
	f.writer.ops->tick(f.writer.state, 0);
	write_text(&f, "one\n");
	write_text(&f, "two\n");
	f.export.opened -= MINUTE;
	f.writer.ops->tick(f.writer.state, 0);
	f.export.opened -= MINUTE;
	f.writer.ops->tick(f.writer.state, 0);
	write_text(&f, "three\n");
	expect_files(&f, "TIME.log:one\ntwo\n;events.log:three\n;");
	close_folder(&f);
}

Test(export_file, is_opened_again)
{
	struct folder f;
	char moved[256];
	struct stat st;

	open_folder(&f, (struct export_file_options){.mode = 0640});
	cr_assert_eq(stat(f.file, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0640);
	write_text(&f, "one\n");
	snprintf(moved, sizeof(moved), "%s/moved", f.path);
	rename(f.file, moved);
	write_text(&f, "two\n");
	f.writer.ops->reopen(f.writer.state);
	write_text(&f, "three\n");
	expect_files(&f, "events.log:three\n;moved:one\ntwo\n;");
	close_folder(&f);
}

Test(export_file, continues_one_that_is_there)
{
	struct folder f;
	struct failure why = {0};
	struct export_file_options options;

	open_folder(&f, (struct export_file_options){.max_size = 10});
	write_text(&f, "one\n");
	f.writer.ops->close(f.writer.state);
	options = f.export.options;
	cr_assert_eq(export_file_open(&f.export, &options, eventfd(0, 0), &why), 0);
	write_text(&f, "two\nthree\n");
	expect_files(&f, "TIME.log:one\ntwo\n;events.log:three\n;");
	close_folder(&f);
}

/* Where no new file can be had the old one grows on; that is told once. */
Test(export_file, without_permission_to_rotate, .init = cr_redirect_stderr)
{
	struct folder f;
	char expected[512];

	open_folder(&f, (struct export_file_options){.max_size = 8});
	write_text(&f, "one\n");
	memmove(f.file + strlen(f.path), "/none/x", 8); /* the path names another place now */
	write_text(&f, "two\nthree\nfour\n");
	write_text(&f, "five\n");
	snprintf(expected, sizeof(expected),
		 "tgrun: %s: cannot start a new file: No such file or directory; the old one grows "
		 "on\n",
		 f.file);
	fflush(stderr);
	memcpy(f.file + strlen(f.path), "/events.log", 12);
	expect_files(&f, "events.log:one\ntwo\nthree\nfour\nfive\n;");
	cr_expect_stderr_eq_str(expected);
	close_folder(&f);
}

Test(export_file, a_full_disk_costs_events, .init = cr_redirect_stderr)
{
	struct rlimit small = {10, RLIM_INFINITY}, large = {RLIM_INFINITY, RLIM_INFINITY};
	struct folder f;

	signal(SIGXFSZ, SIG_IGN);
	open_folder(&f, (struct export_file_options){.max_size = 1000});
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	write_text(&f, "one\ntwo\nthree\nfour\n");
	write_text(&f, "five\n");
	cr_expect_eq(f.counts.left_out[SINK_OUTPUT], 3);
	setrlimit(RLIMIT_FSIZE, &large);
	f.writer.ops->tick(f.writer.state, 0);
	write_text(&f, "six\n");
	expect_files(&f, "events.log:one\ntwo\nth\nsix\n;");
	close_folder(&f);
}

Test(export_file, refuses_what_is_no_file)
{
	struct export_file file;
	struct failure why;
	struct export_file_options options = {.path = "/dev/null", .mode = 0600};

	cr_expect_eq(export_file_open(&file, &options, -1, &why), -1);
	cr_expect_str_eq(why.text,
			 "cannot open the export file /dev/null: it is not a regular file");
	options.path = "/nowhere/x";
	cr_expect_eq(export_file_open(&file, &options, -1, &why), -1);
	cr_expect_str_eq(why.text,
			 "cannot open the export file /nowhere/x: No such file or directory");
}

Test(export_file, names_of_backups)
{
	char name[256];

	export_backup_name(name, sizeof(name), "/var/log.d/tetragon.log", 1787205900123456789ull);
	cr_expect_str_eq(name, "/var/log.d/tetragon-2026-08-20T06-05-00.123.log");
	export_backup_name(name, sizeof(name), "events", 1787205900000000000ull);
	cr_expect_str_eq(name, "./events-2026-08-20T06-05-00.000");
}

/* ---- options -------------------------------------------------------------------------------- */

Test(export_options, values)
{
	struct export_options o;
	struct failure why = {0};

	export_options_init(&o);
	cr_expect_eq(export_options_set(&o, EXPORT_OPTION_FILE_PERM, "777", &why), 0);
	cr_expect_eq(o.mode, 0664);
	cr_expect_eq(export_options_set(&o, EXPORT_OPTION_FILE_ROTATION_INTERVAL, "1h30m", &why),
		     0);
	cr_expect_eq(o.rotation_interval, 90 * MINUTE);
	cr_expect_eq(export_options_set(&o, EXPORT_OPTION_FILE_COMPRESS, NULL, &why), 0);
	cr_expect(o.compress);
	cr_expect_eq(export_options_set(&o, EXPORT_OPTION_FILE_COMPRESS, "false", &why), 0);
	cr_expect_not(o.compress);
	cr_expect_eq(export_options_set(&o, EXPORT_OPTION_RATE_LIMIT, "-1", &why), 0);
	cr_expect_eq(o.rate_limit, -1);
	cr_expect_eq(export_options_set(&o, EXPORT_OPTION_RATE_LIMIT, "500", &why), 0);
	cr_expect_eq(o.rate_limit, 500);
}

Test(export_options, refused)
{
	static const struct {
		enum export_option option;
		const char *value, *text;
	} rows[] = {
		{EXPORT_OPTION_FILE_PERM, "rw",
		 "--export-file-perm: \"rw\" is not the mode of a file in "
		 "octal, as 640"},
		{EXPORT_OPTION_FILE_ROTATION_INTERVAL, "-1s",
		 "--export-file-rotation-interval: \"-1s\" is not a time, as 30s, 1h30m or 0"},
		{EXPORT_OPTION_FILE_ROTATION_INTERVAL, "5",
		 "--export-file-rotation-interval: \"5\" is not a time, as 30s, 1h30m or 0"},
		{EXPORT_OPTION_RATE_LIMIT, "-2",
		 "--export-rate-limit: \"-2\" is not -1 or a number of events a minute"},
		{EXPORT_OPTION_FILE_COMPRESS, "yes",
		 "--export-file-compress: \"yes\" is not true or false"},
		{EXPORT_OPTION_FILE_MAX_BACKUPS, "many",
		 "--export-file-max-backups: \"many\" is not a whole number from 0 to 1000000"},
	};
	struct export_options o;
	struct failure why;

	export_options_init(&o);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(export_options_set(&o, rows[i].option, rows[i].value, &why), -1);
		cr_expect_str_eq(why.text, rows[i].text);
	}
}
