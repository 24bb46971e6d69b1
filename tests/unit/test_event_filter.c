/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <string.h>
#include "runtime/event_filter.h"
#include "runtime/label_selector.h"
#include "runtime/pid_family.h"

static const struct event_filter_abilities all = {true, true, EVENT_TYPES_ALL};

static const struct label labels[] = {{"app", "cart"}, {"tier", "web"}, {"replicas", "3"}};
static const struct event_pod pod = {.namespace = "shop",
				     .name = "cart-1",
				     .container_name = "cart",
				     .labels = labels,
				     .label_count = 3};
static const struct event_pod probed = {
	.namespace = "shop", .name = "cart-1", .container_name = "c", .maybe_exec_probe = true};
static const struct event_capabilities capabilities = {
	.permitted = 1ull << 21 | 1ull << 12, .effective = 1ull << 21, .inheritable = 0};
static const char *const ancestors[] = {"/usr/sbin/sshd", "/sbin/init"};

static const char *ancestor_of(const struct event_view *view, size_t index)
{
	return ((const char *const *)view->ancestors)[index];
}

/* curl in a pod, child of a shell: an event of a kprobe. */
static struct event_view curl(void)
{
	return (struct event_view){
		.type = EVENT_TYPE_PROCESS_KPROBE,
		.has_process = true,
		.has_parent = true,
		.process = {.pid = 70,
			    .binary = "/usr/bin/curl",
			    .arguments = "-s http://x",
			    .container_id = "9f2c51d07be84a36a1d0e7cc52f4b88",
			    .in_init_tree = true,
			    .capabilities = &capabilities,
			    .pod = &pod},
		.parent = {.pid = 60, .binary = "/bin/sh", .arguments = "-c x", .container_id = ""},
		.policy = "egress",
		.ancestor = ancestor_of,
		.ancestors = ancestors,
		.ancestor_count = 2,
	};
}

/* The same on the host, without anything that is optional. */
static struct event_view host(void)
{
	struct event_view v = curl();

	v.type = EVENT_TYPE_PROCESS_EXEC;
	v.process.pod = NULL;
	v.process.capabilities = NULL;
	v.process.container_id = "";
	v.process.in_init_tree = false;
	v.has_parent = false;
	v.policy = "";
	v.ancestor_count = 0;
	return v;
}

static struct event_view throttle(void)
{
	return (struct event_view){.type = EVENT_TYPE_PROCESS_THROTTLE, .policy = ""};
}

static bool holds(const char *json, struct event_view view)
{
	struct event_filters list = {0};
	struct failure why = {0};
	bool result;

	cr_assert_eq(event_filters_parse(&list, "x", json, strlen(json), &all, &why), 0, "%s: %s",
		     json, why.text);
	result = event_filters_match(&list, &view);
	event_filters_free(&list);
	return result;
}

/* Which of the three events a filter holds for. */
Test(event_filter, members)
{
	static const struct {
		const char *json;
		bool curl, host, throttle;
	} rows[] = {
		{"{}", true, true, true},
		{"{\"event_set\":[\"PROCESS_EXEC\",27]}", false, true, true},
		{"{\"eventSet\":[\"PROCESS_KPROBE\"]}", true, false, false},
		{"{\"binary_regex\":[\"^/usr/s?bin/\"]}", true, true, false},
		{"{\"binaryRegex\":[\"wget\",\"^curl\"]}", false, false, false},
		{"{\"arguments_regex\":[\"http:\"]}", true, true, false},
		{"{\"parent_binary_regex\":[\"/sh$\"]}", true, false, false},
		{"{\"parent_arguments_regex\":[\"^-c\"]}", true, false, false},
		{"{\"ancestor_binary_regex\":[\"sshd\"]}", true, false, false},
		{"{\"namespace\":[\"shop\"]}", true, false, false},
		{"{\"namespace\":[\"\"]}", false, true, false},
		{"{\"namespace\":[\"\",\"shop\"]}", true, true, false},
		{"{\"namespace_regex\":[\"^s\"]}", true, false, false},
		{"{\"pod_regex\":[\"^cart-\\\\d\"]}", true, false, false},
		{"{\"container_name_regex\":[\"cart\"]}", true, false, false},
		{"{\"container_id\":[\"^9f2c51\"]}", true, false, false},
		{"{\"labels\":[\"app in (cart, web),tier!=test\"]}", true, false, false},
		{"{\"labels\":[\"app=x\",\"replicas>2\"]}", true, false, false},
		{"{\"labels\":[\"!canary,tier\"]}", true, false, false},
		{"{\"labels\":[\"canary\"]}", false, false, false},
		{"{\"labels\":[\"\"]}", true, false, false},
		{"{\"policy_names\":[\"egress\"]}", true, false, false},
		{"{\"policy_names\":[\"\"]}", false, false, false},
		{"{\"pid\":[70]}", true, true, false},
		{"{\"pid\":[\"71\"]}", false, false, false},
		{"{\"pid_set\":[60]}", true, false, false},
		{"{\"in_init_tree\":true}", true, false, false},
		{"{\"in_init_tree\":false}", false, true, false},
		{"{\"health_check\":false}", true, true, true},
		{"{\"health_check\":true}", false, false, false},
		{"{\"capabilities\":{\"effective\":{\"any\":[\"CAP_SYS_ADMIN\",\"CAP_BPF\"]}}}",
		 true, false, false},
		{"{\"capabilities\":{\"permitted\":{\"all\":[\"CAP_SYS_ADMIN\",\"CAP_NET_ADMIN\"]},"
		 "\"inheritable\":{\"exactly\":[]}}}",
		 true, false, false},
		{"{\"capabilities\":{\"permitted\":{\"none\":[\"CAP_SYS_ADMIN\"]}}}", false, false,
		 false},
		{"{\"capabilities\":{\"effective\":{\"exactly\":[21]}}}", true, false, false},
		{"{\"binary_regex\":[\"curl\"],\"event_set\":[\"PROCESS_EXEC\"]}", false, true,
		 false},
		{"{\"binary_regex\":[\"no\"]} {\"in_init_tree\":false}", false, true, false},
		{"\n{\"pid\":[1]}\n{\"pid\":[70],\"namespace\":null}\n", true, true, false},
		{"", false, false, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(holds(rows[i].json, curl()), rows[i].curl, "curl: %s", rows[i].json);
		cr_expect_eq(holds(rows[i].json, host()), rows[i].host, "host: %s", rows[i].json);
		cr_expect_eq(holds(rows[i].json, throttle()), rows[i].throttle, "throttle: %s",
			     rows[i].json);
	}
}

Test(event_filter, probes)
{
	struct event_view v = curl();

	v.parent.pod = &probed;
	cr_expect(holds("{\"health_check\":true}", v));
	cr_expect_not(holds("{\"health_check\":false}", v));
}

Test(event_filter, lists)
{
	struct event_filters allow = {0}, deny = {0};
	struct event_view v = curl();
	struct failure why;

	cr_expect(event_filters_pass(&allow, &deny, &v));
	event_filters_parse(&allow, "a", "{\"pid\":[1]}", 11, &all, &why);
	cr_expect_not(event_filters_pass(&allow, &deny, &v));
	event_filters_parse(&allow, "a", "{\"pid\":[70]}", 12, &all, &why);
	cr_expect(event_filters_pass(&allow, &deny, &v));
	event_filters_parse(&deny, "a", "{\"binary_regex\":[\"curl\"]}", 25, &all, &why);
	cr_expect_not(event_filters_pass(&allow, &deny, &v));
	event_filters_free(&allow);
	event_filters_free(&deny);
}

/* Descendants are learnt from events that other members leave out, and forgotten as they end. */
Test(event_filter, descendants)
{
	struct event_filters list = {0};
	struct event_view v = curl();
	struct failure why;
	const char *json = "{\"event_set\":[\"PROCESS_KPROBE\"],\"pid_set\":[60]}";

	event_filters_parse(&list, "a", json, strlen(json), &all, &why);
	v.type = EVENT_TYPE_PROCESS_EXEC;
	cr_expect_not(event_filters_match(&list, &v)); /* 70 is a child of 60 */
	v.type = EVENT_TYPE_PROCESS_KPROBE;
	v.has_parent = false;
	cr_expect(event_filters_match(&list, &v));
	v.type = EVENT_TYPE_PROCESS_EXIT;
	event_filters_match(&list, &v);
	v.type = EVENT_TYPE_PROCESS_KPROBE; /* another process with the same pid */
	cr_expect_not(event_filters_match(&list, &v));
	event_filters_free(&list);
}

Test(event_filter, refuses)
{
	static const char *const rows[][2] = {
		{"{\"binry_regex\":[]}",
		 "--deny: object 1: \"binry_regex\" is no member of a filter; these are: "
		 "binary_regex, "
		 "namespace, health_check, pid, pid_set, event_set, pod_regex, arguments_regex, "
		 "labels, policy_names, capabilities, parent_binary_regex, cel_expression, "
		 "parent_arguments_regex, "
		 "container_id, in_init_tree, ancestor_binary_regex, container_name_regex, "
		 "namespace_regex"},
		{"{} {\"binary_regex\":[\"(\"]}", "--deny: object 2: binary_regex: \"(\" is not a "
						  "regular expression: a ( is not closed"},
		{"{\"binary_regex\":\"x\"}",
		 "--deny: object 1: binary_regex: the value is not an array"},
		{"{\"pod_regex\":[1]}", "--deny: object 1: pod_regex: a value is not a text"},
		{"{\"pid\":[-1]}",
		 "--deny: object 1: pid: the value is not a whole number from 0 to "
		 "4294967295"},
		{"{\"pid\":[\"4294967296\"]}",
		 "--deny: object 1: pid: the value is not a whole number "
		 "from 0 to 4294967295"},
		{"{\"event_set\":[\"EXEC\"]}",
		 "--deny: object 1: event_set: \"EXEC\" is no type of "
		 "events, as PROCESS_EXEC is"},
		{"{\"health_check\":1}",
		 "--deny: object 1: health_check: the value is neither true nor false"},
		{"{\"labels\":[\"app in cart\"]}", "--deny: object 1: labels: \"app in cart\" is "
						   "not a label selector: `in` and `notin` "
						   "need values in ( )"},
		{"{\"labels\":[\"app=a b\"]}",
		 "--deny: object 1: labels: \"app=a b\" is not a label selector: requirements are "
		 "separated by commas"},
		{"{\"capabilities\":{\"effective\":{}}}",
		 "--deny: object 1: capabilities: a set needs one of any, all, exactly and none"},
		{"{\"capabilities\":{\"effective\":{\"any\":[1],\"all\":[1]}}}",
		 "--deny: object 1: capabilities: effective: only one of any, all, exactly and "
		 "none can "
		 "be given for a set"},
		{"{\"capabilities\":{\"effective\":{\"any\":[\"CAP_DAC_OVERRIDE\"]}}}",
		 "--deny: object 1: capabilities: CAP_DAC_OVERRIDE is no capability, as "
		 "CAP_SYS_ADMIN "
		 "is (and number 1 is named DAC_OVERRIDE here)"},
		{"[]",
		 "--deny: object 1: this is no object: what is expected is one object after the "
		 "other, as in {...} {...}"},
		{"{\"pid\":[1],\"pid\":[2]}",
		 "--deny: object 1: this is not JSON: duplicate object key near '\"pid\"' (line 1, "
		 "column 16)"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event_filters list = {0};
		struct failure why = {0};

		cr_expect_eq(event_filters_parse(&list, "--deny", rows[i][0], strlen(rows[i][0]),
						 &all, &why),
			     -1);
		cr_expect_str_eq(why.text, rows[i][1]);
		cr_expect_eq(why.code, TGRUN_USAGE);
		event_filters_free(&list);
	}
}

/* What cannot be told is refused, not left to never hold. */
Test(event_filter, abilities)
{
	static const struct event_filter_abilities few = {.ancestors = 1u
								       << EVENT_TYPE_PROCESS_EXEC};
	static const char *const rows[][2] = {
		{"{\"capabilities\":{\"effective\":{\"any\":[1]}}}",
		 "o: object 1: capabilities: not known without --enable-process-cred"},
		{"{\"pid_set\":[1]}",
		 "o: object 1: pid_set: not allowed without --enable-pid-set-filter"},
		{"{\"ancestor_binary_regex\":[\"x\"]}",
		 "o: object 1: ancestor_binary_regex: some of the types of events in `event_set` "
		 "(all, "
		 "when it is empty) have no ancestors; --enable-ancestors chooses which do"},
		{"{\"ancestor_binary_regex\":[\"x\"],\"event_set\":[\"PROCESS_EXEC\"]}", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event_filters list = {0};
		struct failure why = {0};

		event_filters_parse(&list, "o", rows[i][0], strlen(rows[i][0]), &few, &why);
		cr_expect_str_eq(why.text, rows[i][1]);
		event_filters_free(&list);
	}
}

/* Pids that meet in the table, taken out in another order than they came. */
Test(pid_family, holds_many)
{
	struct pid_family f = {0};

	cr_expect_not(pid_family_has(&f, 1));
	for (uint32_t i = 1; i <= 5000; i++)
		cr_assert_eq(pid_family_add(&f, i * 64), 0);
	for (uint32_t i = 1; i <= 5000; i += 3)
		pid_family_remove(&f, i * 64);
	for (uint32_t i = 1; i <= 5000; i++)
		cr_assert_eq(pid_family_has(&f, i * 64), i % 3 != 1, "%u", i);
	for (uint32_t i = 1; i <= PID_FAMILY_MAX; i++)
		pid_family_add(&f, i);
	cr_expect_eq(f.count, PID_FAMILY_MAX);
	cr_expect_eq(pid_family_add(&f, 10000000), -1);
	pid_family_free(&f);
}
