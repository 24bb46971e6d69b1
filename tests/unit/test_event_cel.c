/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/event_cel.h"
#include "runtime/event_filter.h"

static const char kprobe[] =
	"{\"process_kprobe\":{\"process\":{\"exec_id\":\"YQ==\",\"pid\":70,\"uid\":0,"
	"\"binary\":\"/usr/bin/nc\",\"arguments\":\"-l -p 4444\",\"in_init_tree\":false,"
	"\"pod\":{\"namespace\":\"shop\",\"name\":\"cart-1\",\"pod_labels\":{\"app\":\"cart\","
	"\"a-b\":\"c\"}},\"cap\":{\"effective\":[\"CAP_CHOWN\",\"CAP_SYS_ADMIN\"]}},"
	"\"parent\":{\"binary\":\"/bin/\xc3\xa4\xe2\x82\xac\"},"
	"\"function_name\":\"tcp_connect\",\"args\":[{\"sock_arg\":{\"family\":\"AF_INET\","
	"\"saddr\":\"10.1.2.3\",\"daddr\":\"fd00::17\",\"dport\":443,"
	"\"cookie\":\"18446612684000000000\"}},{\"int_arg\":-5},{\"long_arg\":\"-7\"},"
	"{\"bytes_arg\":\"R0VUIA==\"}],\"action\":\"KPROBE_ACTION_SIGKILL\","
	"\"tags\":[\"one\",\"two\"]},\"node_name\":\"n\"}";
static const char exec[] = "{\"process_exec\":{\"process\":{\"binary\":\"/usr/bin/nc\"}}}";

static bool asked(const char *expression, enum event_type type, const char *json)
{
	char why[EVENT_CEL_WHY];
	struct event_cel *c = event_cel_parse(expression, strlen(expression), why);
	json_t *event = json_loads(json, 0, NULL);
	bool holds;

	cr_assert_not_null(event);
	cr_assert_not_null(c, "%s: %s", expression, why);
	holds = event_cel_holds(c, type, event);
	event_cel_free(c);
	json_decref(event);
	return holds;
}

/* Each beside a condition that holds, so that it is about the event. */
static void expect_all(const char *const expressions[], size_t count, bool expected)
{
	char text[1000];

	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "process_kprobe.function_name != '' && (%s\n)",
			 expressions[i]);
		cr_expect_eq(asked(text, EVENT_TYPE_PROCESS_KPROBE, kprobe), expected, "%s",
			     expressions[i]);
	}
}
#define EXPECT_ALL(v, expected) expect_all(v, sizeof(v) / sizeof((v)[0]), expected)
#define P			"process_kprobe.process."
#define A			"process_kprobe.args"

Test(event_cel, members_have_the_values_of_their_types)
{
	static const char *const v[] = {
		P "binary == \"/usr/bin/nc\"",
		P "pid == 70 && " P "pid == 70u && " P "uid == 0",
		"!" P "in_init_tree",
		P "in_init_tree == false",
		P "cwd == '' && size(" P "cwd) == 0 && " P "refcnt == 0",
		"process_kprobe.parent.binary.size() == 7",
		A "[1].int_arg == -5 && " A "[2].long_arg < 0 && " A "[2].long_arg == -7",
		A "[0].sock_arg.cookie == 18446612684000000000u",
		A "[0].sock_arg.cookie > 9223372036854775807",
		A "[3].bytes_arg.size() == 4",
		A "[1].sock_arg.dport == 0",
		"process_kprobe.action == KprobeAction.KPROBE_ACTION_SIGKILL",
		"process_kprobe.action == tetragon.KprobeAction.KPROBE_ACTION_SIGKILL",
		"tetragon.CapabilitiesType.CAP_SYS_ADMIN in " P "cap.effective",
		P "pod.pod_labels['app'] == 'cart' && " P "pod.pod_labels.app == 'cart'",
		"'a-b' in " P "pod.pod_labels && !('z' in " P "pod.pod_labels)",
		P "auid == null && " P "pid != null && process_kprobe.return == null",
		"process_kprobe.parent.pid == null",
	};

	EXPECT_ALL(v, true);
}

Test(event_cel, has_tells_what_is_set)
{
	static const char *const v[] = {
		"has(process_kprobe.parent) && has(process_kprobe.args) && "
		"!has(process_kprobe.data)",
		"has(" A "[0].sock_arg) && !has(" A "[1].sock_arg)",
		"has(" P "pod.pod_labels.app) && !has(" P "pod.pod_labels.nothing)",
		"has(" P "in_init_tree) && !has(process_kprobe.parent.in_init_tree)",
		"!has(process_kprobe.return.sock_arg)",
	};

	EXPECT_ALL(v, true);
}

Test(event_cel, operators_and_functions)
{
	static const char *const v[] = {
		P "binary.startsWith('/usr/') && " P "binary.endsWith(\"/nc\") && " P
		  "arguments.contains('-p')",
		P "arguments.matches('-p [0-9]+$') && !" P "arguments.matches(r'^\\d')",
		P "binary in ['/bin/x', '/usr/bin/nc'] && !(3 in [1, 2]) && !(1 in [])",
		"1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 7 / 2 == 3 && -7 % 3 == -1",
		"-(1) < 0 && 2u > 1u && 1u == 1 && -1 < 0u && 0x10 == 16",
		"'b' > 'a' && 'ab' > 'a' && 'a' <= 'a'",
		"true ? 1 == 1 : 1 / 0 == 1",
		"[1, 2, 3][1] == 2 && size([1, 2]) == 2",
		"uint(3) == 3u && int(3u) - 4 == -1",
		"'\\x41\\u20ac\\'\\n' == 'A\xe2\x82\xac\\'\\n' // a comment",
		A ".exists(a, a.int_arg == -5) && !" A ".all(a, has(a.int_arg))",
		"process_kprobe.tags.all(t, t.size() == 3) && process_kprobe.tags.exists_one(t, t "
		"== 'two')",
		"process_kprobe.data.all(d, false) && !process_kprobe.data.exists(d, true)",
		A ".exists(a, process_kprobe.tags.exists(t, t == 'one' && a.int_arg == -5))",
		P "pod.pod_labels.exists(k, k == 'app')",
	};

	EXPECT_ALL(v, true);
}

Test(event_cel, addresses)
{
	static const char *const v[] = {
		"cidr('10.0.0.0/8').containsIP(" A "[0].sock_arg.saddr)",
		"cidr('10.0.0.0/8').containsIP(ip(" A "[0].sock_arg.saddr))",
		"cidr('fd00::/12').containsIP(" A "[0].sock_arg.daddr)",
		"!cidr('10.1.2.4/31').containsIP('10.1.2.3') && "
		"cidr('10.1.2.2/31').containsIP('10.1.2.3')",
		"cidr('0.0.0.0/0').containsIP('1.2.3.4') && !cidr('0.0.0.0/0').containsIP('::1')",
		"cidr('10.0.0.0/8').containsCIDR('10.2.0.0/16') && "
		"!cidr('10.0.0.0/8').containsCIDR('10.0.0.0/7')",
		"ip('::1') == ip('0:0::1') && ip('1.2.3.4').family() == 4 && "
		"cidr('::/9').prefixLength() == 9",
		"isIP('1.2.3.4') && !isIP('1.2.3') && !isIP('::ffff:1.2.3.4') && isCIDR('::/128') "
		"&& "
		"!isCIDR('::/129') && !isCIDR('1.2.3.4/08') && !isCIDR('1.2.3.4')",
	};

	EXPECT_ALL(v, true);
}

Test(event_cel, what_comes_to_nothing_does_not_hold_unless_another_side_decides)
{
	static const char *const nothing[] = {
		A "[9].int_arg == 0",
		"1 / 0 == 1",
		"9223372036854775807 + 1 > 0",
		"uint(-1) == 1u",
		"process_exec.process.binary == ''",
		"!(process_exec.process.binary == '')",
		P "auid > 3",
		P "pod.pod_labels['none'] == ''",
		"cidr('10.0.0.0/8').containsIP('no address')",
		A ".all(a, 1 / a.int_arg < 9)",
	};
	static const char *const decided[] = {
		"1 / 0 == 1 || true",
		"true || 1 / 0 == 1",
		"!(1 / 0 == 1 && false)",
		"process_exec.process.binary == '' || " P "pid == 70",
		A ".exists(a, 5 / a.int_arg == -1)",
	};

	EXPECT_ALL(nothing, false);
	EXPECT_ALL(decided, true);
}

Test(event_cel, only_events_of_a_type_that_occurs_are_asked)
{
	cr_expect_not(asked("process_exec.process.binary != 'x' || true", EVENT_TYPE_PROCESS_KPROBE,
			    kprobe));
	cr_expect(
		asked("process_exec.process.binary != 'x' || true", EVENT_TYPE_PROCESS_EXEC, exec));
	cr_expect_not(asked("true", EVENT_TYPE_PROCESS_EXEC, exec));
}

Test(event_cel, work_is_bounded)
{
	char event[2000] = "{\"process_exec\":{\"process\":{\"environment_variables\":[";
	char *at = event + strlen(event);

	for (int i = 0; i < 200; i++)
		at = stpcpy(at, i ? ",{}" : "{}");
	strcpy(at, "]}}}");
#define V "process_exec.process.environment_variables"
	cr_expect(asked(V ".all(a, " V ".all(b, a.Key == b.Key || true) || true)",
			EVENT_TYPE_PROCESS_EXEC, event) == false);
	cr_expect(asked(V ".all(a, a.Key == '')", EVENT_TYPE_PROCESS_EXEC, event));
}

/* ---- refusals -------------------------------------------------------------------------------- */

static const struct {
	const char *expression, *why;
} refused[] = {
	{"", "at byte 1: it ends where a value is expected"},
	{"1", "at byte 2: the whole has to be true or false, and is an int"},
	{"process_exec", "at byte 13: the whole has to be true or false, and is a message"},
	{"process_exec.process.bin == ''", "at byte 22: Process has no member `bin`"},
	{"process_exec.process.binary.x == ''", "at byte 29: a string has no members"},
	{"process == 1",
	 "at byte 1: there is no `process`: an expression begins with what an event "
	 "has, as in process_exec.process.binary"},
	{"1 == 'a'", "at byte 9: `==` is not for an int and a string"},
	{"1 + 1u == 2", "at byte 8: `+` is not for an int and a uint; int() and uint() make one of "
			"the other"},
	{"!1", "at byte 3: `!` is not for an int"},
	{"'a", "at byte 1: a text has no closing quote"},
	{"'a\\", "at byte 1: a text has no closing quote"},
	{"'\\q' == ''", "at byte 1: a text has an escape that is none"},
	{"'\\ud800' == ''", "at byte 1: a text has an escape that is none"},
	{"1.5 > 1", "at byte 1: fractions are not available: events have whole numbers only"},
	{"99999999999999999999 > 1", "at byte 1: `99999999999999999999` is no number of 64 bits"},
	{"-1u > 1", "at byte 2: `1u` is no number of 64 bits"},
	{"true true", "at byte 6: `true` stands where an operator or the end is expected"},
	{"(true", "at byte 6: it ends where `)` is expected"},
	{"{}", "at byte 1: maps and structures cannot be written here"},
	{"[1, 'a'].size() == 2",
	 "at byte 9: a list has a string among its elements, which are to be "
	 "numbers, texts or addresses, all of one type"},
	{"true ? 1 : 'a'", "at byte 15: `? :` takes a truth value and two values of one type"},
	{"has(1)", "at byte 7: has() takes a member, as in has(process_exec.parent)"},
	{"now() > 1",
	 "at byte 1: there is no function `now` here; there are has, size, int, uint, ip, "
	 "cidr, isIP and isCIDR"},
	{"[1].map(x, x) == 1",
	 "at byte 5: there is no function `map` here; of a value there are all, "
	 "exists, exists_one, contains, startsWith, endsWith, matches, size, "
	 "containsIP, containsCIDR, family and prefixLength"},
	{"'a'.matches('(')", "at byte 17: matches() has no regular expression: *"},
	{"'a'.matches(process_exec.process.cwd)",
	 "at byte 38: matches() takes a regular expression as it is written, not one that is a "
	 "member "
	 "of the event"},
	{"KprobeAction.POST == 1", "at byte 14: KprobeAction has no value `POST`"},
	{"process_exec.process.start_time > process_exec.process.start_time",
	 "at byte 66: `>` is not for a timestamp and a timestamp"},
	{"1.all(x, true)", "at byte 7: an int has no elements"},
	{"'a'.all(x, true)", "at byte 9: a string has no elements"},
};

Test(event_cel, what_cannot_be_asked_is_refused_with_the_place)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		const char *expected = refused[i].why;
		size_t size = strlen(expected);
		char why[EVENT_CEL_WHY] = "";
		struct event_cel *c =
			event_cel_parse(refused[i].expression, strlen(refused[i].expression), why);

		cr_expect_null(c, "%s", refused[i].expression);
		event_cel_free(c);
		if (expected[size - 1] == '*')
			cr_expect(!strncmp(why, expected, size - 1), "%s: %s",
				  refused[i].expression, why);
		else
			cr_expect_str_eq(why, expected, "%s: %s", refused[i].expression, why);
	}
}

static void expect_refused(const char *unit, size_t times, const char *end, const char *expected)
{
	size_t size = strlen(unit);
	char *text = malloc(size * times + strlen(end) + 1), why[EVENT_CEL_WHY];

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * size, unit, size);
	strcpy(text + size * times, end);
	cr_expect_null(event_cel_parse(text, strlen(text), why));
	cr_expect_not_null(strstr(why, expected), "%s", why);
	free(text);
}

Test(event_cel, size_and_depth_are_limited)
{
	expect_refused("(", 5000, "", "it is nested more than 64 deep");
	expect_refused("!", 5000, "true", "it is nested more than 64 deep");
	expect_refused("true||", 2700, "true", "it has more than 2000 parts");
	expect_refused("true || ", 9000, "true", "it has more than 16384 bytes");
}

Test(event_cel, a_long_chain_is_asked)
{
	char text[16000] = "process_kprobe.args.size() == 4", why[EVENT_CEL_WHY];
	struct event_cel *c;
	json_t *event = json_loads(kprobe, 0, NULL);

	while (strlen(text) < 9000)
		strcat(text, " && 1 == 1");
	c = event_cel_parse(text, strlen(text), why);
	cr_assert_null(c);
	text[4000] = '\0';
	*strrchr(text, '&') = '\0';
	*strrchr(text, '&') = '\0';
	c = event_cel_parse(text, strlen(text), why);
	cr_assert_not_null(c, "%s", why);
	cr_expect(event_cel_holds(c, EVENT_TYPE_PROCESS_KPROBE, event));
	event_cel_free(c);
	json_decref(event);
}

/* ---- as a filter ----------------------------------------------------------------------------- */

static const json_t *json_of(const struct event_view *view)
{
	return view->whole;
}

Test(event_cel, a_filter_asks_it_beside_its_other_members)
{
	static const char json[] =
		"{\"cel_expression\":[\"process_exec.process.pid == 1\","
		"\"process_kprobe.process.binary.endsWith('nc')\"],\"pid\":[70]}";
	static const char bad[] = "{\"cel_expression\":[\"process_exec.pid == 1\"]}";
	static const struct event_filter_abilities all = {true, true, EVENT_TYPES_ALL};
	struct event_view view = {.type = EVENT_TYPE_PROCESS_KPROBE,
				  .has_process = true,
				  .process = {.pid = 70, .binary = "", .arguments = ""},
				  .policy = "",
				  .json = json_of,
				  .whole = json_loads(kprobe, 0, NULL)};
	struct event_filters list = {0};
	struct failure why;

	cr_assert_eq(event_filters_parse(&list, "x", json, strlen(json), &all, &why), 0, "%s",
		     why.text);
	cr_expect_gt(event_filters_weight(&list), 5);
	cr_expect(event_filters_match(&list, &view));
	view.process.pid = 71;
	cr_expect_not(event_filters_match(&list, &view));
	view.process.pid = 70;
	view.json = NULL;
	cr_expect_not(event_filters_match(&list, &view), "there is no event to ask");
	event_filters_free(&list);
	cr_expect_eq(event_filters_parse(&list, "--export-allowlist", bad, strlen(bad), &all, &why),
		     -1);
	cr_expect_str_eq(
		why.text,
		"--export-allowlist: object 1: cel_expression: \"process_exec.pid == 1\" is not "
		"a CEL expression that can be asked: at byte 14: ProcessExec has no member `pid`");
	event_filters_free(&list);
	json_decref(view.whole);
}
