// SPDX-License-Identifier: Apache-2.0
/* What a container runtime's answers become. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "runtime/action_counts.h"
#include "runtime/cgroup_path.h"
#include "runtime/cri/channel.h"
#include "runtime/cri/cri.h"
#include "runtime/cri/owner.h"
#include "runtime/grpc/wire.h"

Test(cri, cgroups_of_what_runtimes_say)
{
	static const char *const rows[][2] = {
		{"/kubepods/pod1/abc", "kubepods/pod1/abc"},
		{"//a///b/", "a/b"},
		{"a", "a"},
		{"", ""},
		{"/", ""},
		{"kubepods-burstable-podx_y.slice:cri-containerd:abc",
		 "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podx_y.slice/"
		 "cri-containerd-abc.scope"},
		{"system.slice:docker:abc", "system.slice/docker-abc.scope"},
		{"a:b", "a:b"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer out = {0};

		cgroup_path_put(&out, rows[i][0]);
		cr_expect_str_eq(out.data, rows[i][1], "%s: %s", rows[i][0], out.data);
		buffer_free(&out);
	}
}

Test(cri, cgroups_that_can_be_a_containers)
{
	static const char *const good[] = {"a", "a/b", "a..b/.c",
					   "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"};
	static const char *const bad[] = {
		"", "/", "/a", "a/../b", "..", "a/.", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(cgroup_path_usable(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(!cgroup_path_usable(bad[i]), "%s", bad[i]);
}

Test(cri, owners_of_pods)
{
	static const struct {
		const char *pod, *labels, *kind, *name;
	} rows[] = {
		{"cart-6d5f9c7b8-q2v4n", "{\"pod-template-hash\": \"6d5f9c7b8\"}", "Deployment",
		 "cart"},
		{"a-b-6d5f9c7b8-q2v4n", "{\"pod-template-hash\": \"6d5f9c7b8\"}", "Deployment",
		 "a-b"},
		{"cart-6d5f9c7b8", "{\"pod-template-hash\": \"6d5f9c7b8\"}", NULL, ""},
		{"-6d5f9c7b8-q2v4n", "{\"pod-template-hash\": \"6d5f9c7b8\"}", NULL, ""},
		{"cart-6d5f9c7b8-q2v4n", "{\"pod-template-hash\": \"other\"}", NULL, ""},
		{"cart-6d5f9c7b8-q2v4n", "{\"pod-template-hash\": \"\"}", NULL, ""},
		{"x-1-abcde", "{\"deploymentconfig\": \"x\"}", "DeploymentConfig", "x"},
		{"backup-28712345-abcde", "{\"job-name\": \"backup-28712345\"}", "CronJob",
		 "backup"},
		{"backup-abcde", "{\"batch.kubernetes.io/job-name\": \"backup\"}", "Job", "backup"},
		{"b-1", "{\"job-name\": \"b-1234567\"}", "Job", "b-1234567"},
		{"b-1", "{\"job-name\": \"-12345678\"}", "Job", "-12345678"},
		{"web-0", "{\"statefulset.kubernetes.io/pod-name\": \"web-0\"}", "StatefulSet",
		 "web"},
		{"web", "{\"statefulset.kubernetes.io/pod-name\": \"web\"}", NULL, ""},
		{"agent-x7k2p", "{\"pod-template-generation\": \"1\"}", "DaemonSet", "agent"},
		{"agent", "{\"pod-template-generation\": \"1\"}", NULL, ""},
		{"alone", "{\"app\": \"x\"}", NULL, ""},
		{"alone", "null", NULL, ""},
		{"", "{\"pod-template-hash\": \"x\"}", NULL, ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *labels = json_loads(rows[i].labels, JSON_DECODE_ANY, NULL);
		struct pod_owner owner;

		pod_owner_find(&owner, rows[i].pod, labels);
		cr_expect_str_eq(owner.name, rows[i].name, "row %zu: %s", i, owner.name);
		cr_expect_str_eq(owner.kind ? owner.kind : "", rows[i].kind ? rows[i].kind : "",
				 "row %zu", i);
		json_decref(labels);
	}
}

Test(cri, endpoints)
{
	cr_expect_str_eq(cri_endpoint_path("unix:///run/x.sock"), "/run/x.sock");
	cr_expect_str_eq(cri_endpoint_path("/run/x.sock"), "/run/x.sock");
	cr_expect_null(cri_endpoint_path("unix://x.sock"));
	cr_expect_null(cri_endpoint_path("tcp://localhost:1"));
	cr_expect_null(cri_endpoint_path(""));
}

Test(cri, actions_are_counted)
{
	static const struct {
		uint32_t action;
		enum action_count done;
	} rows[] = {
		{TG_ACTION_SIGKILL, ACTION_COUNT_SIGNAL},
		{TG_ACTION_SIGNAL, ACTION_COUNT_SIGNAL},
		{TG_ACTION_OVERRIDE, ACTION_COUNT_OVERRIDE},
		{TG_ACTION_NOTIFY_ENFORCER, ACTION_COUNT_NOTIFY_ENFORCER},
		{TG_ACTION_SET, ACTION_COUNT_SET},
	};
	struct action_counts none = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct action_counts c = {0};

		action_counts_add(&c, rows[i].action, false);
		action_counts_add(&c, rows[i].action, true);
		action_counts_add(&c, rows[i].action, true);
		cr_expect_eq(c.v[rows[i].done], 1, "row %zu", i);
		cr_expect_eq(c.v[rows[i].done + 1], 2, "row %zu", i);
		cr_expect_eq(action_counts_sum(&c, false), 1);
		cr_expect_eq(action_counts_sum(&c, true), 2);
	}
	action_counts_add(&none, TG_ACTION_POST, false);
	action_counts_add(&none, TG_ACTION_TRACK_SOCK, false);
	cr_expect_eq(action_counts_sum(&none, false), 0);
}

/* ---- the table ------------------------------------------------------------------------------ */

static void put_text(struct buffer *out, uint32_t field, const char *text)
{
	wire_put_tag(out, field, WIRE_BYTES);
	wire_put_varint(out, strlen(text));
	buffer_text(out, text);
}

static void put_part(struct buffer *out, uint32_t field, struct buffer *part)
{
	wire_put_tag(out, field, WIRE_BYTES);
	wire_put_varint(out, part->size);
	buffer_append(out, part->data, part->size);
	buffer_free(part);
}

static void put_pod(struct buffer *list, const char *id, const char *namespace, const char *name,
		    const char *uid)
{
	struct buffer pod = {0}, meta = {0};

	put_text(&meta, 1, name);
	put_text(&meta, 2, uid);
	put_text(&meta, 3, namespace);
	put_text(&pod, 1, id);
	put_part(&pod, 2, &meta);
	put_part(list, 1, &pod);
}

static void put_container(struct buffer *list, const char *id, const char *pod, const char *name)
{
	struct buffer container = {0}, meta = {0};

	put_text(&meta, 1, name);
	put_text(&container, 1, id);
	put_text(&container, 2, pod);
	put_part(&container, 3, &meta);
	put_part(list, 1, &container);
}

/* A status that has nothing but the cgroup. */
static void take_cgroup(struct cri_table *t, const char *id, bool pod, const char *cgroup)
{
	struct buffer answer = {0}, entry = {0}, info = {0};
	struct failure why;

	buffer_print(&info, "{\"runtimeSpec\":{\"linux\":{\"cgroupsPath\":\"%s\"}}}", cgroup);
	buffer_char(&info, '\0');
	put_text(&entry, 1, "info");
	put_text(&entry, 2, info.data);
	put_part(&answer, 2, &entry);
	cr_expect_eq(cri_table_status(t, id, pod, answer.data, answer.size, &why), 0);
	buffer_free(&answer);
	buffer_free(&info);
}

static void take_lists(struct cri_table *t, struct buffer *pods, struct buffer *containers)
{
	struct failure why;

	cr_expect_eq(cri_table_pods(t, pods->data, pods->size, &why), 0);
	cr_expect_eq(cri_table_containers(t, containers->data, containers->size, &why), 0);
	buffer_free(pods);
	buffer_free(containers);
}

static void expect_text(const struct cri_table *t, const char *expected, size_t left_out)
{
	struct buffer out = {0};
	struct cri_told told;
	struct workload_set set;
	char why[256];

	cri_table_print(t, &out, &told);
	cr_expect_eq(workload_set_parse(&set, out.data, out.size, why, sizeof(why)), 0, "%s", why);
	workload_set_free(&set);
	buffer_char(&out, '\0');
	cr_expect_str_eq(out.data, expected, "%s", out.data);
	cr_expect_eq(told.left_out, left_out, "%zu", told.left_out);
	buffer_free(&out);
}

Test(cri, a_pod_and_its_containers)
{
	struct buffer pods = {0}, containers = {0}, version = {0};
	struct cri_table t = {0};
	struct failure why;
	size_t at = 0;
	bool pod;

	put_text(&version, 2, "containerd");
	cr_expect_eq(cri_table_version(&t, version.data, version.size, &why), 0);
	buffer_free(&version);
	put_pod(&pods, "s1", "shop", "cart", "0123456789abcdef");
	put_pod(&pods, "s2", "", "nameless", "x"); /* no namespace */
	put_container(&containers, "c1", "s1", "one");
	put_container(&containers, "c2", "s1", "two");
	put_container(&containers, "c3", "s9", "of no pod");
	take_lists(&t, &pods, &containers);
	cr_expect_str_eq(cri_table_unknown(&t, &at, &pod), "s1");
	cr_expect(pod);
	take_cgroup(&t, "s1", true, "/k/pod0123456789abcdef/s1");
	cr_expect_str_eq(cri_table_unknown(&t, &at, &pod), "c1");
	cr_expect(!pod);
	take_cgroup(&t, "c1", false, "/k/pod0123456789abcdef/c1");
	cr_expect_str_eq(cri_table_unknown(&t, &at, &pod), "c2");
	take_cgroup(&t, "c2", false, "/k/pod0123456789abcdef/c1"); /* another's */
	expect_text(&t,
		    "{\"pods\":[{\"namespace\":\"shop\",\"name\":\"cart\","
		    "\"uid\":\"0123456789abcdef\",\"labels\":{},"
		    "\"cgroup\":\"k/pod0123456789abcdef\",\"containers\":[{\"name\":\"one\","
		    "\"id\":\"containerd://c1\",\"cgroup\":\"k/pod0123456789abcdef/c1\"}]}]}",
		    2);
	put_pod(&pods, "s1", "shop", "cart", "0123456789abcdef");
	take_lists(&t, &pods, &containers);
	at = 0;
	cr_expect_null(cri_table_unknown(&t, &at, &pod), "it is known still");
	expect_text(&t,
		    "{\"pods\":[{\"namespace\":\"shop\",\"name\":\"cart\","
		    "\"uid\":\"0123456789abcdef\",\"labels\":{},"
		    "\"cgroup\":\"k/pod0123456789abcdef\",\"containers\":[]}]}",
		    0);
	cri_table_free(&t);
}

Test(cri, a_pods_cgroup_is_told_by_its_uid)
{
	static const char *const rows[][2] = {
		{"/k8s.io/abc", "k8s.io/abc"},
		{"/k/pod3f0b2f7e-6a3c-4c55/abc", "k/pod3f0b2f7e-6a3c-4c55"},
		{"/k/pod3f0b2f7e_6a3c_4c55/abc", "k/pod3f0b2f7e_6a3c_4c55"},
		{"/pod3f0b2f7e-6a3c-4c55/k/abc", "pod3f0b2f7e-6a3c-4c55/k/abc"},
		{"/pod3f0b2f7e-6a3c-4c5/abc", "pod3f0b2f7e-6a3c-4c5/abc"},
		{"/3f0b2f7e-6a3c-4c55", "3f0b2f7e-6a3c-4c55"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer pods = {0}, containers = {0}, expected = {0};
		struct cri_table t = {0};

		put_pod(&pods, "s", "n", "p", "3f0b2f7e-6a3c-4c55");
		take_lists(&t, &pods, &containers);
		take_cgroup(&t, "s", true, rows[i][0]);
		buffer_print(&expected,
			     "{\"pods\":[{\"namespace\":\"n\",\"name\":\"p\","
			     "\"uid\":\"3f0b2f7e-6a3c-4c55\",\"labels\":{},\"cgroup\":\"%s\","
			     "\"containers\":[]}]}",
			     rows[i][1]);
		buffer_char(&expected, '\0');
		expect_text(&t, expected.data, 0);
		buffer_free(&expected);
		cri_table_free(&t);
	}
}

Test(cri, lists_that_are_none)
{
	static const char *const rows[] = {"\x0a\xff",
					   "\x0a\x05xx",
					   "\xff",
					   "\x08",
					   "\x0d"
					   "abc",
					   "\x0b"};
	struct buffer pods = {0}, containers = {0};
	struct cri_table t = {0};
	struct failure why;

	put_pod(&pods, "s", "n", "p", "");
	take_lists(&t, &pods, &containers);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_neq(cri_table_pods(&t, rows[i], strlen(rows[i]), &why), 0, "%zu", i);
		cr_expect_str_eq(why.text, "a list is cut off");
		cr_expect_eq(json_array_size(t.pods), 1, "what was known stays");
	}
	cr_expect_eq(cri_table_pods(&t, "\x0a\x01\xff", 3, &why), 0, "an item that is none");
	cr_expect_eq(t.left_out, 1);
	cri_table_free(&t);
}

/* ---- the channel ---------------------------------------------------------------------------- */

static enum channel_result ask_who_says(const char *bytes, size_t size)
{
	struct channel c = CHANNEL_NONE;
	struct h2_library h2 = {0};
	struct buffer nothing = {0};
	enum channel_result result;
	struct failure why;
	const void *answer;
	int ends[2];
	size_t n;

	cr_assert_eq(h2_load(&h2, &why), 0, "%s", why.text);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	cr_assert_eq(channel_adopt(&c, &h2, ends[0]), CHANNEL_OK);
	cr_assert_eq(write(ends[1], bytes, size), (ssize_t)size);
	result = channel_ask(&c, "/x/Y", &nothing, 200, &answer, &n);
	channel_close(&c);
	close(ends[1]);
	h2_unload(&h2);
	return result;
}

#define SAYS(text) ask_who_says(text, sizeof(text) - 1)
#define SETTINGS   "\0\0\0\4\0\0\0\0\0"

Test(cri, answers_that_are_none)
{
	cr_expect_eq(SAYS(SETTINGS), CHANNEL_TIME);
	cr_expect_eq(SAYS("HTTP/1.1 400 Bad Request\r\n\r\n"), CHANNEL_BROKEN);
	cr_expect_eq(SAYS("\0\0\0\1\5\0\0\0\1"), CHANNEL_BROKEN, "headers before settings");
	cr_expect_eq(SAYS(SETTINGS "\0\0\4\3\0\0\0\0\1\0\0\0\2"), CHANNEL_BROKEN, "reset");
	cr_expect_eq(SAYS(SETTINGS "\0\0\0\1\5\0\0\0\1"), CHANNEL_BROKEN, "no status");
	cr_expect_eq(SAYS(SETTINGS "\0\0\x10\1\5\0\0\0\1\x88\x00\x0bgrpc-status\x01"
				   "5"),
		     CHANNEL_REFUSED);
	cr_expect_eq(SAYS(SETTINGS "\0\0\x10\1\5\0\0\0\1\x88\x00\x0bgrpc-status\x01"
				   "x"),
		     CHANNEL_BROKEN, "a status that is none");
	cr_expect_eq(SAYS(SETTINGS "\0\0\x10\1\5\0\0\0\1\x88\x00\x0bgrpc-status\x01"
				   "0"),
		     CHANNEL_BROKEN, "good, without a message");
}
