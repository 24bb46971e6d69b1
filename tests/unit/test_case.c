// SPDX-License-Identifier: Apache-2.0
/* Kernel test cases: the file format and the comparison of events. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "tests/kernel/case.h"
#include "tests/kernel/match.h"
#include "tests/kernel/record.h"

static struct arena arena;

static void free_arena(void)
{
	arena_free(&arena);
}

static int read_text(const char *text, struct test_case *c, struct vm_error *e)
{
	char path[] = "/tmp/tgc-case-XXXXXX.case";
	int fd = mkstemps(path, 5), result;

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	result = case_read(&arena, arena_strndup(&arena, path, strlen(path)), c, e);
	unlink(path);
	return result;
}

Test(case_file, all_sections, .fini = free_arena)
{
	struct test_case c;
	struct vm_error e;

	cr_assert_eq(read_text("About.\n\n== policy a/b.yaml\n== policy\nx: 1\n"
			       "== bundle more --name n\n== policy c.yaml\n== setup\ns\n== tgrun "
			       "--user 5\n== tgrun-exit 4\n"
			       "== trigger\nt1\n== trigger user\nt2\n== expect\n{}\n== output\no\n"
			       "== log\nl\n== kernels except 5.10 6.1\nwhy\n",
			       &c, &e),
		     0, "%s", e.text);
	cr_assert_eq(strncmp(c.about, "About.\n", 7), 0);
	cr_assert_eq(c.bundle_count, 2);
	cr_assert_str_eq(c.bundles[0].name, CASE_BUNDLE);
	cr_assert_eq(c.bundles[0].policy_count, 2);
	cr_assert_str_eq(c.bundles[0].policies[0].path, "a/b.yaml");
	cr_assert_null(c.bundles[0].policies[0].text);
	cr_assert_str_eq(c.bundles[0].policies[1].text, "x: 1\n");
	cr_assert_eq(c.bundles[0].compile.n, 0);
	cr_assert_str_eq(c.bundles[1].name, "more");
	cr_assert_eq(c.bundles[1].compile.n, 2);
	cr_assert_str_eq(c.bundles[1].policies[0].path, "c.yaml");
	cr_assert_str_eq(c.tgrun.v[1], "5");
	cr_assert_eq(c.tgrun_exit, 4);
	cr_assert_eq(c.trigger_count, 2);
	cr_assert(!c.triggers[0].user && c.triggers[1].user);
	cr_assert_str_eq(c.triggers[1].script, "t2\n");
	cr_assert_eq(c.expect_line, 17);
	cr_assert_str_eq(c.reason, "why");
	cr_assert(!case_runs_on(&c, "5.10"));
	cr_assert(case_runs_on(&c, "6.12"));
}

static void assert_refused(const char *text, const char *part)
{
	struct test_case c;
	struct vm_error e = {""};

	cr_assert_eq(read_text(text, &c, &e), -1, "accepted: %s", text);
	cr_assert_not_null(strstr(e.text, part), "%s", e.text);
}

Test(case_file, mistakes, .fini = free_arena)
{
	assert_refused("", "no section");
	assert_refused("== trigger\nx\n", "cannot fail");
	assert_refused("a\n== expct\n{}\n", ":2: no such section: expct");
	assert_refused("== expect\n{}\n== kernels 9.9\nwhy\n", "no such kernel: 9.9");
	assert_refused("== expect\n{}\n== kernels 6.1\n", "the reason");
	assert_refused("== bundle\n== expect\n{}\n", "bundle: a name");
	assert_refused("== policy a.yaml\nx: 1\n== expect\n{}\n",
		       "one path, or `times N`, or YAML below");
	assert_refused("== trigger admin\nx\n== output\ny\n", "only `user`");
	assert_refused("== tgrun-exit x\n== output\ny\n", "one number");
}

static const char events_text[] =
	"[{\"process_exec\":{\"process\":{\"binary\":\"/usr/bin/"
	"cat\",\"pid\":7,\"exec_id\":\"a\"}}},"
	" {\"process_kprobe\":{\"process\":{\"exec_id\":\"a\"},\"args\":[{\"int_arg\":4},{\"x\":1}]"
	"}},"
	" {\"process_exit\":{\"process\":{\"exec_id\":\"a\",\"pid\":7}}}]";

static bool matches(const char *expect, char *why, size_t size)
{
	json_t *events = json_loads(events_text, 0, NULL);
	bool good = events_match(events, expect, 1, why, size);

	json_decref(events);
	return good;
}

static void assert_match(const char *expect)
{
	char why[4096] = "";

	cr_assert(matches(expect, why, sizeof(why)), "%s: %s", expect, why);
}

static void assert_no_match(const char *expect, const char *part)
{
	char why[4096] = "";

	cr_assert(!matches(expect, why, sizeof(why)), "%s", expect);
	cr_assert_not_null(strstr(why, part), "%s: %s", expect, why);
}

Test(match, what_is_like)
{
	assert_match("{\"process_exec\":{}}");
	assert_match("# comment\n{\"process_exec\":\n {\"process\":{\"binary\":\"/usr/*/c*\"}}}\n");
	assert_match("{\"process_exec\":{\"process\":{\"pid\":\"*\",\"uid\":null}}}");
	assert_match("{\"process_kprobe\":{\"args\":[{\"int_arg\":4},\"*\"]}}");
	assert_match("! {\"process_lsm\":{}}");
	assert_match("=1 {\"process_exit\":{}}\n=0 {\"process_lsm\":{}}");
	assert_match("{\"process_exec\":{\"process\":{\"exec_id\":\"$i\",\"pid\":\"$p\"}}}"
		     "{\"process_exit\":{\"process\":{\"exec_id\":\"$i\",\"pid\":\"$p\"}}}");
}

Test(match, what_is_not)
{
	assert_no_match("{\"process_exec\":{\"process\":{\"pid\":8}}}", "pid is 7, not 8");
	assert_no_match("{\"process_exec\":{\"process\":{\"binary\":\"cat\"}}}", "not \"cat\"");
	assert_no_match("{\"process_exec\":{\"process\":{\"binary\":null}}}", "not null");
	assert_no_match("{\"process_kprobe\":{\"args\":[{\"int_arg\":4}]}}", "args is");
	assert_no_match("\n\n! {\"process_exit\":{}}", "line 3: 1 events like this, wanted 0");
	assert_no_match("=2 {\"process_exit\":{}}", "1 events like this, wanted 2");
	assert_no_match("{\"process_exit\":{}}{\"process_exec\":{}}", "too early");
	assert_no_match("{\"process_exec\":{\"process\":{\"exec_id\":\"$i\"}}}"
			"{\"process_exit\":{\"process\":{\"pid\":\"$i\"}}}",
			"no event like");
	assert_no_match("{\"process_exec\":", "bad expectation");
}

Test(match, lines)
{
	char why[512];

	cr_assert(lines_match("a 1\nb 2\nc 3\n", "a *\nc 3\n", why, sizeof(why)));
	cr_assert(!lines_match("a 1\nb 2\n", "b 2\na 1\n", why, sizeof(why)));
	cr_assert(!lines_match("", "a\n", why, sizeof(why)));
	cr_assert(lines_match("a 1\nb 2\n", "a *\n! c*\n", why, sizeof(why)));
	cr_assert(!lines_match("a 1\nb 2\n", "b 2\n! a*\n", why, sizeof(why)));
}

static bool judge(struct record *r, const struct test_case *c, const char *const *lines, char *why,
		  size_t size)
{
	record_init(r);
	for (; *lines; lines += 2)
		record_line(r, lines[0], lines[1]);
	return record_judge(r, c, why, size);
}

/* Each sequence is what the guest tells, and what the verdict must name. */
Test(record, verdicts)
{
	static const char *const good[] = {"case",	"",	  "ready", "5",	    "event",
					   "{\"a\":1}", "stdout", "rc 0",  "tgrun", "0",
					   "end",	"",	  NULL};
	static const char *const cut[] = {"case", "", "ready", "5", NULL};
	static const char *const never[] = {NULL};
	static const char *const crashed[] = {"case",  "",    "ready", "5", "log", "oops",
					      "tgrun", "139", "end",   "",  NULL};
	static const char *const unready[] = {"case", "", "tgrun", "0", "end", "", NULL};
	static const char *const not_json[] = {"case",	"",  "ready", "5", "event", "{\"a\":1}{",
					       "tgrun", "0", "end",   "",  NULL};
	static const char *const undrained[] = {"case",	 "",  "ready", "5", "note", "marker",
						"tgrun", "0", "end",   "",  NULL};
	static const struct {
		const char *const *lines;
		const char *part; /* NULL: passes */
	} table[] = {
		{good, NULL},
		{cut, "in the middle"},
		{never, "did not come to it"},
		{crashed, "ended with 139"},
		{unready, "never ready"},
		{not_json, "not JSON"},
		{undrained, "marker"},
	};
	const struct test_case c = {.expect = "{\"a\": 1}", .output = "rc 0\n"};
	struct record r;
	char why[1024];
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		bool passed = judge(&r, &c, table[i].lines, why, sizeof(why));

		cr_expect_eq(passed, !table[i].part, "row %zu: %s", i, why);
		if (table[i].part)
			cr_expect_not_null(strstr(why, table[i].part), "row %zu: %s", i, why);
		record_free(&r);
	}
}
