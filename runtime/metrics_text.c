// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "runtime/metrics_text.h"
#include "runtime/utf8.h"

void metric_begin(struct buffer *out, const char *name, const char *type, const char *help)
{
	buffer_print(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void append_value(struct buffer *out, const char *text)
{
	struct buffer valid = {0};

	utf8_append_valid(&valid, text, strlen(text));
	for (size_t i = 0; i < valid.size; i++) {
		char c = valid.data[i];

		if (c == '"' || c == '\\' || c == '\n')
			buffer_char(out, '\\');
		buffer_char(out, c == '\n' ? 'n' : c);
	}
	out->failed |= valid.failed;
	buffer_free(&valid);
}

static void append_head(struct buffer *out, const char *name, const struct metric_label *labels)
{
	buffer_text(out, name);
	for (const struct metric_label *l = labels; l && l->name; l++) {
		buffer_char(out, l == labels ? '{' : ',');
		buffer_text(out, l->name);
		buffer_text(out, "=\"");
		append_value(out, l->value);
		buffer_char(out, '"');
	}
	buffer_text(out, labels && labels->name ? "} " : " ");
}

void metric_sample(struct buffer *out, const char *name, const struct metric_label *labels,
		   uint64_t value)
{
	append_head(out, name, labels);
	buffer_print(out, "%" PRIu64 "\n", value);
}

void metric_sample_seconds(struct buffer *out, const char *name, const struct metric_label *labels,
			   uint64_t nanoseconds)
{
	append_head(out, name, labels);
	buffer_print(out, "%" PRIu64 ".%09" PRIu64 "\n", nanoseconds / 1000000000,
		     nanoseconds % 1000000000);
}

void metric_single(struct buffer *out, const char *name, const char *type, const char *help,
		   uint64_t value)
{
	metric_begin(out, name, type, help);
	metric_sample(out, name, NULL, value);
}
