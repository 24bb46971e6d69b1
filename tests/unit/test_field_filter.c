/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/field_filter.h"
#include "runtime/redaction.h"

static const char line[] =
	"{\"process_exec\":{\"process\":{\"pid\":1,\"binary\":\"/a\\\"}\",\"pod\":{\"name\":\"p\","
	"\"pod_labels\":{\"a\":\"b\"}},\"start_time\":\"x\"},\"parent\":{\"pid\":2,\"pod\":{"
	"\"name\":"
	"\"q\"}},\"ancestors\":[{\"pid\":3,\"binary\":\"/c\"},{\"pid\":4,\"binary\":\"/"
	"d\"}],\"tags\":["
	"\"t\",\"u\"],\"n\":-1.5},\"node_name\":\"n\",\"time\":\"t\"}\n";

static void expect(const char *json, const char *event)
{
	struct field_filters list = {0};
	struct buffer out = {0};
	struct failure why = {0};

	cr_assert_eq(field_filters_parse(&list, "x", json, strlen(json), &why), 0, "%s", why.text);
	field_filters_apply(&list, EVENT_TYPE_PROCESS_EXEC, line, sizeof(line) - 1, &out);
	buffer_append(&out, "", 1);
	cr_expect(!strncmp(out.data, "{\"process_exec\":", 16));
	cr_expect(!strncmp(out.data + 16, event, strlen(event)), "%s: %s", json, out.data);
	cr_expect_str_eq(out.data + 16 + strlen(event), ",\"node_name\":\"n\",\"time\":\"t\"}\n",
			 "%s", json);
	buffer_free(&out);
	field_filters_free(&list);
}

Test(field_filter, includes_and_excludes)
{
	expect("{\"fields\":\"process.pid,tags\"}",
	       "{\"process\":{\"pid\":1},\"tags\":[\"t\",\"u\"]}");
	expect("{\"fields\":\"process.pod.podLabels\",\"action\":\"INCLUDE\"}",
	       "{\"process\":{\"pod\":{\"pod_labels\":{\"a\":\"b\"}}}}");
	expect("{\"fields\":\"process,parent,n\",\"action\":\"EXCLUDE\"}",
	       "{\"ancestors\":[{\"pid\":3,\"binary\":\"/c\"},{\"pid\":4,\"binary\":\"/"
	       "d\"}],\"tags\":"
	       "[\"t\",\"u\"]}");
	expect("{\"fields\":\"process,parent,tags,n,ancestors.binary\",\"action\":\"EXCLUDE\"}",
	       "{\"ancestors\":[{\"pid\":3},{\"pid\":4}]}");
	expect("{\"fields\":\"ancestors.binary\"}",
	       "{\"ancestors\":[{\"binary\":\"/c\"},{\"binary\":\"/d\"}]}");
	expect("{\"fields\":\"none\"}", "{}");
	expect("{\"fields\":\"parent.pid.x\"}", "{\"parent\":{\"pid\":2}}");
	expect("{\"fields\":\"parent.pod.none\"}", "{\"parent\":{\"pod\":{}}}");
}

Test(field_filter, one_after_the_other)
{
	expect("{\"fields\":\"process,parent.pid\"} {\"fields\":\"parent,n\"}",
	       "{\"parent\":{\"pid\":2}}");
	expect("{\"fields\":\"process.start_time,parent,ancestors,tags,n\",\"action\":\"EXCLUDE\"}"
	       "{\"fields\":\"process.pod\",\"action\":\"EXCLUDE\"}",
	       "{\"process\":{\"pid\":1,\"binary\":\"/a\\\"}\"}}");
}

Test(field_filter, types_of_events)
{
	expect("{\"event_set\":[\"PROCESS_EXEC\"],\"fields\":\"n\"}", "{\"n\":-1.5}");
	expect("{\"event_set\":[\"PROCESS_EXIT\"],\"invert_event_set\":true,\"fields\":\"n\"}",
	       "{\"n\":-1.5}");
	expect("{\"event_set\":[\"PROCESS_EXIT\"],\"fields\":\"n\"} "
	       "{\"eventSet\":[\"PROCESS_EXEC\"],"
	       "\"invertEventSet\":true,\"fields\":\"tags\"} {\"fields\":\"parent.pid\"}",
	       "{\"parent\":{\"pid\":2}}");
}

Test(field_filter, refuses)
{
	static const char *const rows[][2] = {
		{"{\"fields\":\"a..b\"}",
		 "x: object 1: fields: \"a..b\" is not a path of names with "
		 "dots, as process.pod.name is, or one too many"},
		{"{\"fields\":[\"a\"]}",
		 "x: object 1: fields: the value is not a text of paths separated "
		 "by commas"},
		{"{\"action\":\"DROP\"}",
		 "x: object 1: action: the value is neither INCLUDE nor EXCLUDE"},
		{"{\"field\":\"a\"}",
		 "x: object 1: \"field\" is no member of a field filter; these are: "
		 "event_set, fields, action, invert_event_set"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct field_filters list = {0};
		struct failure why = {0};

		cr_expect_eq(field_filters_parse(&list, "x", rows[i][0], strlen(rows[i][0]), &why),
			     -1);
		cr_expect_str_eq(why.text, rows[i][1]);
		field_filters_free(&list);
	}
}

/* A line that is cut anywhere is no reason to read behind it. */
Test(field_filter, stays_in_the_line)
{
	static const char json[] = "{\"fields\":\"process.pod.name,ancestors.pid\"}";
	struct field_filters list = {0};
	struct failure why;

	cr_assert_eq(field_filters_parse(&list, "x", json, sizeof(json) - 1, &why), 0);
	for (size_t size = 20; size < sizeof(line); size++) {
		char *copy = malloc(size);
		struct buffer out = {0};

		memcpy(copy, line, size);
		field_filters_apply(&list, EVENT_TYPE_PROCESS_EXEC, copy, size, &out);
		buffer_free(&out);
		free(copy);
	}
	field_filters_free(&list);
}

/* A member longer than any that a filter can name, and equal to one up to its first NUL. */
Test(field_filter, long_member)
{
	static const char json[] = "{\"fields\":\"process.pid\"}";
	static const char with_long[] = "{\"process_exec\":{\"process\":{\"pid\0"
					"12345678901234567890123456789012345678901234567890"
					"12345678901234567890\":1,\"pid\":2}}}";
	struct field_filters list = {0};
	struct buffer out = {0};
	struct failure why;

	cr_assert_eq(field_filters_parse(&list, "x", json, sizeof(json) - 1, &why), 0);
	field_filters_apply(&list, EVENT_TYPE_PROCESS_EXEC, with_long, sizeof(with_long) - 1, &out);
	cr_expect_arr_eq(out.data, "{\"process_exec\":{\"process\":{\"pid\":2}}}", out.size);
	buffer_free(&out);
	field_filters_free(&list);
}

static void expect_redacted(const char *json, const char *binary, const char *text,
			    const char *expected)
{
	struct redactions list = {0};
	struct failure why = {0};
	char *shown;

	cr_assert_eq(redactions_parse(&list, "x", json, strlen(json), &why), 0, "%s", why.text);
	shown = redactions_apply(&list, binary, strdup(text));
	cr_expect_str_eq(shown, expected);
	free(shown);
	redactions_free(&list);
}

Test(redaction, hides_groups)
{
	static const char two[] =
		"{\"redact\":[\"--token[= ](\\\\S+)\",\"API_KEY=(.+)\"]}"
		"{\"binary_regex\":[\"/mysql$\"],\"redact\":[\"(?:^| )-p(\\\\S+)\"]}";

	expect_redacted(two, "/bin/x", "--token=abc --token def", "--token=***** --token *****");
	expect_redacted(two, "/bin/x", "-psecret", "-psecret");
	expect_redacted(two, "/usr/bin/mysql", "-u me -psecret db", "-u me -p***** db");
	expect_redacted(two, "/usr/bin/mysql", "API_KEY=1 -p2", "API_KEY=*****");
	expect_redacted("{\"redact\":[\"a(b(c))d\"]}", "", "xabcdy", "xa*****dy");
	expect_redacted("{\"redact\":[\"a(b)|(c)\"]}", "", "cabc", "*****a**********");
	expect_redacted("{\"redact\":[\"no groups\"]}", "", "no groups", "no groups");
	expect_redacted("{\"redact\":[\"(x*)\"]}", "", "axxb\u00e9", "a*****b\u00e9");
}

Test(redaction, refuses)
{
	struct redactions list = {0};
	struct failure why = {0};
	const char *json = "{\"redact\":[\"(a\"]}", *other = "{\"redactt\":[]}";

	cr_expect_eq(redactions_parse(&list, "--redaction-filters", json, strlen(json), &why), -1);
	cr_expect_str_eq(why.text, "--redaction-filters: object 1: redact: \"(a\" is not a regular "
				   "expression: a ( is not closed");
	cr_expect_eq(redactions_parse(&list, "--redaction-filters", other, strlen(other), &why),
		     -1);
	cr_expect_str_eq(why.text, "--redaction-filters: object 1: \"redactt\" is no member of a "
				   "redaction filter; these are: redact, binary_regex");
	redactions_free(&list);
}
