/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "runtime/container_id.h"
#include "runtime/pod_json.h"
#include "runtime/workload_file.h"

#define POD(rest) "{\"pods\": [{\"namespace\": \"n\", \"name\": \"p\"" rest "}]}"
#define BOX(rest) POD(", \"containers\": [{\"name\": \"c\"" rest "}]")

static const char *refusal(const char *text)
{
	static char why[256];
	struct workload_set s;

	why[0] = '\0';
	cr_expect_neq(workload_set_parse(&s, text, strlen(text), why, sizeof(why)), 0, "%s", text);
	return why;
}

Test(workload_file, what_is_refused)
{
	static const char *const rows[][2] = {
		{"{", "line 1, column 1: string or '}' expected near end of file"},
		{"[]", "this is not an object"},
		{"{}", "\"pods\" is missing"},
		{"{\"pods\": {}}", "\"pods\" is not a list"},
		{"{\"pods\": [], \"pod\": 1}", "unknown key \"pod\""},
		{"{\"pods\": [1]}", "pods[0]: this is not an object"},
		{"{\"pods\": [{\"name\": \"p\"}]}", "pods[0]: \"namespace\" is missing"},
		{"{\"pods\": [], \"node_labels\": {\"a\": 1}}", "label \"a\" is not a string"},
		{POD(""), "pods[0]: \"containers\" is missing"},
		{POD(", \"label\": {}"), "pods[0]: unknown key \"label\""},
		{POD(", \"labels\": {\"app\": 1}"), "pods[0]: label \"app\" is not a string"},
		{POD(", \"labels\": [], \"containers\": []"),
		 "pods[0]: \"labels\" is not an object"},
		{POD(", \"uid\": 7, \"containers\": []"), "pods[0]: \"uid\" is not a string"},
		{POD(", \"\\u001bx\": {}"), "pods[0]: unknown key \"?x\""},
		{BOX(""), "pods[0].containers[0]: \"cgroup\" is missing"},
		{BOX(", \"cgroup\": \"\""), "pods[0].containers[0]: \"cgroup\" is empty"},
		{BOX(", \"cgroup\": \"/\""),
		 "pods[0].containers[0]: \"cgroup\" is the root, which is the host's"},
		{BOX(", \"cgroup\": \"a/../b\""),
		 "pods[0].containers[0]: \"cgroup\" has a component \"..\""},
		{BOX(", \"cgroup\": \"a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q\""),
		 "pods[0].containers[0]: \"cgroup\" is 17 levels deep; tgrun looks at 16"},
		{BOX(", \"cgroup\": 1"),
		 "pods[0].containers[0]: \"cgroup\" is not the number of a cgroup"},
		{BOX(", \"cgroup\": -5"),
		 "pods[0].containers[0]: \"cgroup\" is not the number of a cgroup"},
		{BOX(", \"cgroup\": 4294967296"),
		 "pods[0].containers[0]: \"cgroup\" is not the number of a cgroup"},
		{BOX(", \"cgroup\": \"a\", \"privileged\": 1"),
		 "pods[0].containers[0]: \"privileged\" is not true or false"},
		{BOX(", \"cgroup\": \"a\", \"cgroup\": \"b\""),
		 "line 1, column 94: duplicate object key near '\"cgroup\"'"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_str_eq(refusal(rows[i][0]), rows[i][1], "row %zu: %s", i,
				 refusal(rows[i][0]));
}

Test(workload_file, more_cgroups_than_a_table_has_room_for)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f, "{\"pods\": [{\"namespace\": \"n\", \"name\": \"p\", \"containers\": [");
	for (int i = 0; i <= 1536; i++)
		fprintf(f, "%s{\"name\": \"c\", \"cgroup\": \"%d\"}", i ? "," : "", i);
	fprintf(f, "]}]}");
	fclose(f);
	cr_expect_str_eq(refusal(text), "pods[0].containers[1536]: more than 1536 cgroups");
	free(text);
}

static const char whole[] =
	"{\"node_labels\": {\"disk\": \"ssd\"}, \"pods\": [{\"namespace\": \"shop\", \"name\": "
	"\"w-1\","
	"\"uid\": \"u\", \"labels\": {\"app\": \"web\", \"a\\\"b\": \"\"}, \"workload\": \"w\","
	"\"workload_kind\": \"Deployment\", \"cgroup\": \"/k/p\", \"containers\": [{\"name\": "
	"\"c\","
	"\"id\": \"cri://0\", \"image\": \"r/x:1\", \"image_id\": \"r/x@sha256:7\","
	"\"start_time\": \"2026-01-01T00:00:00Z\", \"privileged\": true, \"cgroup\": \"//k/p/c\"},"
	"{\"name\": \"d\", \"image\": \"r:5000/x:1\", \"cgroup\": 12345678901}]}]}";

Test(workload_file, everything)
{
	struct workload_set s;
	char why[256] = "";

	cr_assert_eq(workload_set_parse(&s, whole, strlen(whole), why, sizeof(why)), 0, "%s", why);
	cr_assert_eq(s.count, 3);
	cr_expect_eq(s.node_label_count, 1);
	cr_expect_str_eq(s.node_labels[0].value, "ssd");
	cr_expect_null(s.v[0]->is.container);
	cr_expect_str_eq(s.v[0]->cgroup, "k/p");
	cr_expect_str_eq(s.v[1]->cgroup, "k/p/c");
	cr_expect_str_eq(s.v[1]->is.repo, "r/x");
	cr_expect(s.v[1]->is.in_pod);
	cr_expect_eq(s.v[1]->is.labels.n, 2);
	cr_expect_null(s.v[2]->is.repo, "two colons: none of them begins the version for certain");
	cr_expect_null(s.v[2]->cgroup);
	cr_expect_eq(s.v[2]->cgroup_id, 12345678901);
	workload_set_free(&s);
}

static void expect_json(const struct container *c, uint32_t nspid, const char *expected)
{
	struct buffer out = {0};
	struct json j = {.out = &out};

	pod_json(&j, c, nspid);
	buffer_char(&out, '\0');
	cr_expect_str_eq(out.data, expected);
	buffer_free(&out);
}

/* A process may outlive what the file said. Texts of the file are not trusted with the line. */
Test(workload_file, events)
{
	struct workload_set s;
	struct container *c;
	char why[256];

	cr_assert_eq(workload_set_parse(&s, whole, strlen(whole), why, sizeof(why)), 0);
	expect_json(s.v[0], 3,
		    "\"pod\":{\"namespace\":\"shop\",\"name\":\"w-1\",\"uid\":\"u\","
		    "\"pod_labels\":{\"app\":\"web\",\"a\\\"b\":\"\"},\"workload\":\"w\","
		    "\"workload_kind\":\"Deployment\"}");
	c = s.v[1];
	container_hold(c);
	workload_set_free(&s);
	expect_json(c, 7,
		    "\"pod\":{\"namespace\":\"shop\",\"name\":\"w-1\",\"uid\":\"u\",\"container\":{"
		    "\"id\":\"cri://0\",\"name\":\"c\",\"image\":{\"id\":\"r/x@sha256:7\","
		    "\"name\":\"r/x:1\"},\"start_time\":\"2026-01-01T00:00:00Z\",\"pid\":7,"
		    "\"security_context\":{\"privileged\":true}},\"pod_labels\":{\"app\":\"web\","
		    "\"a\\\"b\":\"\"},\"workload\":\"w\",\"workload_kind\":\"Deployment\"}");
	container_drop(c);
}

#define HEX31 "0123456789abcdef0123456789abcde"
#define HEX64 HEX31 "f0123456789abcdef0123456789abcdef"

static const char *of_leaf(const char *leaf)
{
	static struct container_id id;

	container_id_of_leaf(&id, leaf, strlen(leaf));
	return id.text;
}

Test(container_id, of_the_name_of_a_cgroup)
{
	char cut[128];

	cr_expect_str_eq(of_leaf(HEX64), HEX31);
	cr_expect_str_eq(of_leaf("docker-" HEX64 ".scope"), HEX31);
	cr_expect_str_eq(of_leaf("cri-containerd-" HEX64 ".scope"), HEX31);
	cr_expect_str_eq(of_leaf("kubelet-kubepods.slice:cri-containerd:" HEX64), HEX31);
	cr_expect_str_eq(of_leaf("init.scope"), "");
	cr_expect_str_eq(of_leaf("foo.service"), "");
	cr_expect_str_eq(of_leaf("x-" HEX64 ".service"), "");
	cr_expect_str_eq(of_leaf(""), "");
	memset(cut, 'x', 127); /* as long as the kernel reports: the id may be cut, too */
	memcpy(cut + 90, "-" HEX31, 32);
	cut[127] = '\0';
	cr_expect_str_eq(of_leaf(cut), "0123456789abcdef0123456789abcde");
	cut[126] = '\0';
	cr_expect_str_eq(of_leaf(cut), "");
}

static const char *of_lines(const char *lines)
{
	static struct container_id id;

	container_id_of_lines(&id, lines);
	return id.text;
}

Test(container_id, of_a_process)
{
	cr_expect_str_eq(of_lines("0::/system.slice/cron.service\n"), "");
	cr_expect_str_eq(of_lines(""), "");
	cr_expect_str_eq(of_lines("0::/"), "");
	cr_expect_str_eq(of_lines("0::/kubepods/pod1/" HEX64 "\n"), HEX31);
	cr_expect_str_eq(of_lines("1:name=x:/a\n0::/docker/" HEX64), HEX31);
	cr_expect_str_eq(of_lines("0::/else/" HEX64 "\n"), HEX31);
	cr_expect_str_eq(of_lines("0::/machine.slice/libpod-" HEX64 ".scope/container\n"), HEX31);
	cr_expect_str_eq(of_lines("0::/libpod/container\n"), "");
	cr_expect_str_eq(of_lines("0::/a/pods/c/d/" HEX64 "/syscont-cgroup-root/x\n"), "");
	cr_expect_str_eq(of_lines("0::/a/pods/c/d/" HEX64 "/syscont-cgroup-root\n"), HEX31);
}
