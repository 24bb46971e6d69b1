// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/scenarios.h"
#include "compiler/base/arena.h"

#define POLICIES "tests/bench/policies/"
#define MISS	 GOAL_RATIO, 1.1
#define HIT	 GOAL_RATIO, 1.25

const char bench_prepare[] = "w=/vm/wl\n"
			     "mkdir -p /srv\n"
			     "echo data >/srv/data\n"
			     "echo data >/root/data\n"
			     "echo data >/root/garbage\n"
			     "chmod 755 /root/garbage\n"
			     "cp $w /vm/listed\n"
			     "pid=$(pidof tgrun hand | tr ' ' '\\n' | sort -n | head -n 1)\n"
			     "read cpu rest </proc/$pid/schedstat\n"
			     "echo load $cpu\n"
			     "$w settle 6\n";

/*
 * For what matches the process that takes the events is stopped, so that only the kernel's part is
 * counted. Then it runs again, and its own time is read (993 = what wl does for 300).
 */
#define STOPPED "kill -STOP $pid\n"
#define GOING	"kill -CONT $pid\nsleep 1\n"

static const char file_script[] =
	"$w getppid 10000\n"
	"$w read 10000 /srv/data\n"
	"$w read 10000 /root/data read-near\n"
	"$w write 5000 /srv/data\n"
	"$w connect 3000\n" STOPPED "$w exec 40 /vm/nothing\n"
	"$w read 100 /etc/shadow read-match\n" GOING "read before rest </proc/$pid/schedstat\n"
	"$w read 300 /etc/shadow unused\n"
	"sleep 1\n"
	"read after rest </proc/$pid/schedstat\n"
	"echo reader $(( (after - before) / 993 ))\n";

static const char open_script[] =
	"$w open 5000 /srv/data\n"
	"$w open 5000 /root/data open-near\n" STOPPED "$w open 100 /etc/shadow open-match\n" GOING;

const struct scenario scenarios[] = {
	{.name = "file",
	 .policy = "stdlib-policies/file-monitoring.yaml",
	 .object = "hand",
	 .script = file_script,
	 .bare = true,
	 .rows = {{"getppid", "getppid", NO_GOAL, 0, "~0 (no policy on it)"},
		  {"read", "read, no match", GOAL_ADDS, 240, "13,300"},
		  {"read-near", "read, as near as /root", MISS, NULL},
		  {"write", "write, no match", MISS, "13,310"},
		  {"connect", "connect (UDP)", NO_GOAL, 0, NULL},
		  {"exec", "vfork+exec+exit, kernel part", GOAL_ADDS, 5000, "24,100 in BPF"},
		  {"read-match", "read, match, kernel part", GOAL_ADDS, 2000,
		   "12,000-15,000 in BPF"},
		  {"reader", "the reader, per match", NO_GOAL, 0, "180,000-380,000 (agent)"}}},
	{.name = "open",
	 .policy = POLICIES "open.yaml",
	 .object = "hand_open",
	 .script = open_script,
	 .bare = true,
	 .rows = {{"open", "file_open prefix, miss", GOAL_ADDS, 290, "9,960"},
		  {"open-near", "file_open prefix, near /root", MISS, NULL},
		  {"open-match", "file_open prefix, hit", HIT, NULL}}},
	{.name = "openat",
	 .policy = POLICIES "openat.yaml",
	 .object = "hand_openat",
	 .script = "$w open 5000 /srv/data openat\n" STOPPED
		   "$w open 100 /etc/shadow openat-match\n" GOING,
	 .bare = true,
	 .rows = {{"openat", "openat string, miss", GOAL_ADDS, 350, "8,730"},
		  {"openat-match", "openat string, hit", HIT, NULL}}},
	{.name = "tcp",
	 .policy = POLICIES "tcp.yaml",
	 .object = "hand_tcp",
	 .script = "$w tcp 400 127.0.0.1:9\n"
		   "$w tcp 400 127.0.0.1:80 tcp-near\n" STOPPED
		   "$w tcp 100 127.1.0.1:80 tcp-match\n" GOING,
	 .bare = true,
	 .rows = {{"tcp", "tcp_connect, port misses", MISS, NULL},
		  {"tcp-near", "tcp_connect, CIDR misses", MISS, NULL},
		  {"tcp-match", "tcp_connect, hit", HIT, NULL}}},
	{.name = "setuid",
	 .policy = POLICIES "setuid.yaml",
	 .object = "hand_setuid",
	 .script = "$w setuid-without 2000\n" STOPPED "$w setuid 100 '' setuid-match\n" GOING,
	 .bare = true,
	 .rows = {{"setuid-without", "setuid, capabilities miss", MISS, NULL},
		  {"setuid-match", "setuid, hit", HIT, NULL}}},
	{.name = "raw",
	 .policy = POLICIES "raw.yaml",
	 .object = "hand_raw",
	 .script = "$w getppid 10000\n" STOPPED "$w getpgid 100 '' getpgid-match\n" GOING,
	 .bare = true,
	 .rows = {{"getppid", "raw_syscalls, 40 listed, miss", GOAL_ADDS, 165, "5,100"},
		  {"getpgid-match", "raw_syscalls, hit", HIT, NULL}}},
	{.name = "bprm",
	 .policy = POLICIES "bprm.yaml",
	 .object = "hand_bprm",
	 .script = "$w badexec 300 /root/garbage\n" STOPPED
		   "/vm/listed badexec 100 /root/garbage badexec-match\n" GOING,
	 .bare = true,
	 .rows = {{"badexec", "bprm_check, 5 binaries, miss", MISS, NULL},
		  {"badexec-match", "bprm_check, hit", HIT, NULL}}},
	{.name = "equal",
	 .policy = POLICIES "shadow-equal.yaml",
	 .object = "hand_empty",
	 .script = "$w open 5000 /srv/data\n",
	 .rows = {{"open", "Equal /etc/shadow, over empty", GOAL_OVER, 110, NULL}}},
	{.name = "prefix",
	 .policy = POLICIES "shadow-prefix.yaml",
	 .like = "equal",
	 .script = "$w open 5000 /srv/data\n",
	 .rows = {{"open", "Prefix /etc/shadow, over empty", GOAL_OVER, 110, NULL}}},
	{.name = "postfix",
	 .policy = POLICIES "shadow-postfix.yaml",
	 .like = "equal",
	 .script = "$w open 5000 /srv/data\n",
	 .rows = {{"open", "Postfix /shadow, over empty", GOAL_OVER, 110, NULL}}},
#define MANY(n, kind, goal)                                                                        \
	{                                                                                          \
		.name = "many-" #n, .policies = n, .like = n == 1 ? NULL : "many-1",               \
		.script = "$w read 5000 /srv/data\n", .rows = {                                    \
			{"read", "read, " #n " policies, no match", kind, goal, NULL}              \
		}                                                                                  \
	}
	MANY(1, NO_GOAL, 0),
	MANY(10, GOAL_RATIO, 3),
	MANY(100, GOAL_RATIO, 3),
	MANY(500, GOAL_RATIO, 3),
#define EXEC(n, kind, goal)                                                                        \
	{                                                                                          \
		.name = "exec-" #n, .binaries = n, .policies = n ? 0 : 1,                          \
		.script = STOPPED "$w exec 40 /vm/nothing\n" GOING, .rows = {                      \
			{"exec", "exec, " #n " programs listed", kind, goal, NULL}                 \
		}                                                                                  \
	}
	EXEC(0, GOAL_ADDS, 5000),
	EXEC(10, GOAL_ADDS, 5000),
	EXEC(500, NO_GOAL, 0),
};
const size_t scenario_count = sizeof(scenarios) / sizeof(scenarios[0]);

static const char *head(struct arena *a, const char *name, unsigned number)
{
	return arena_printf(a,
			    "apiVersion: cilium.io/v1alpha1\n"
			    "kind: TracingPolicy\n"
			    "metadata: {name: %s-%u}\n"
			    "spec:\n"
			    "  kprobes:\n",
			    name, number);
}

static const char *prefix_policy(struct arena *a, unsigned number)
{
	return arena_printf(a,
			    "%s"
			    "  - call: security_file_permission\n"
			    "    syscall: false\n"
			    "    args: [{index: 0, type: file}, {index: 1, type: int}]\n"
			    "    selectors:\n"
			    "    - matchArgs:\n"
			    "      - {index: 1, operator: Equal, values: [\"4\"]}\n"
			    "      - {index: 0, operator: Prefix, values: [\"/data/%u/\"]}\n",
			    head(a, "many", number), number);
}

static const char *binaries_policy(struct arena *a, unsigned count)
{
	const char *text = arena_printf(a,
					"%s"
					"  - call: sys_getpgid\n"
					"    selectors:\n"
					"    - matchBinaries:\n"
					"      - operator: In\n"
					"        values:\n",
					head(a, "binaries", count));

	for (unsigned i = 0; i < count; i++)
		text = arena_printf(a, "%s        - /opt/programs/%u/run\n", text, i);
	return text;
}

struct case_bundle *scenario_bundle(struct arena *a, const struct scenario *s)
{
	struct case_bundle *b = arena_alloc(a, sizeof(*b));

	b->name = CASE_BUNDLE;
	b->policy_count = s->policies ? s->policies : 1;
	b->policies = arena_array(a, b->policy_count, sizeof(*b->policies));
	for (unsigned i = 0; i < b->policy_count; i++) {
		b->policies[i].path = s->policy;
		if (!s->policy)
			b->policies[i].text =
				s->binaries ? binaries_policy(a, s->binaries) : prefix_policy(a, i);
	}
	return b;
}
