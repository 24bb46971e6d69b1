// SPDX-License-Identifier: Apache-2.0
/*
 * policies FOLDER COUNT SEED [MISTAKES [distinct]]: writes so many different policies, the same for
 * the same seed, for tgc to be timed with. MISTAKES of 1,000 have a misspelt function or key. With
 * `distinct` no two have the same value, so that merging them has to keep all apart.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct hook {
	const char *call, *type; /* of argument 0 */
	const char *const *values;
	const char *op;
};

static const char *const files[] = {"/etc/shadow", "/etc/passwd",      "/root/.ssh",
				    "/var/lib",	   "/usr/bin/sudo",    "/boot",
				    "/etc/cron.d", "/proc/sys/kernel", NULL};
static const char *const paths[] = {"/tmp/", "/opt/app/", "/srv/", "/home/", NULL};
static const char *const numbers[] = {"0", "1", "2", "7", "101", "4096", NULL};

static const struct hook hooks[] = {
	{"security_file_permission", "file", files, "Prefix"},
	{"security_mmap_file", "file", files, "Equal"},
	{"security_path_truncate", "path", paths, "Prefix"},
	{"security_file_open", "file", paths, "Postfix"},
	{"fd_install", "int", numbers, "Equal"},
	{"do_exit", "int64", numbers, "GT"},
	{"vfs_read", "file", files, "NotPrefix"},
	{"vfs_write", "file", paths, "Prefix"},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* xorshift: the same numbers everywhere. */
static uint32_t below(uint64_t *state, uint32_t limit)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 20) % limit);
}

/* What makes values differ: their policy, and a count of them. */
struct variety {
	uint64_t state; /* of the random numbers */
	bool distinct;
	unsigned made;
};

static void put_value(FILE *to, const char *value, struct variety *v)
{
	if (!v->distinct)
		fprintf(to, "        - \"%s\"\n", value);
	else if (*value == '/')
		fprintf(to, "        - \"%s/%u\"\n", value, v->made++);
	else
		fprintf(to, "        - \"%u\"\n", 5000 + v->made++);
}

static void put_values(FILE *to, const char *const *values, struct variety *v)
{
	size_t count = 0, first;

	while (values[count])
		count++;
	first = below(&v->state, (uint32_t)count);
	for (size_t i = 0, n = 1 + below(&v->state, (uint32_t)count); i < n; i++)
		put_value(to, values[(first + i) % count], v);
}

static void put_selector(FILE *to, const struct hook *h, struct variety *v)
{
	fprintf(to, "    - matchArgs:\n      - index: 0\n        operator: %s\n        values:\n",
		h->op);
	put_values(to, h->values, v);
	if (below(&v->state, 2))
		fprintf(to,
			"      matchBinaries:\n      - operator: NotIn\n        values:\n"
			"        - /usr/sbin/daemon%u\n",
			below(&v->state, 100));
	switch (below(&v->state, 4)) {
	case 0:
		fputs("      matchActions:\n      - action: Sigkill\n", to);
		break;
	case 1:
		fputs("      matchActions:\n      - action: NoPost\n", to);
		break;
	default:
		break;
	}
}

static void put_hook(FILE *to, const struct hook *h, bool misspelt, struct variety *v)
{
	bool key = misspelt && below(&v->state, 2);

	fprintf(to, "  - call: %s%s\n    %s: false\n    args:\n    - index: 0\n      type: %s\n",
		h->call, misspelt && !key ? "s" : "", key ? "syscal" : "syscall", h->type);
	fputs("    selectors:\n", to);
	for (uint32_t i = 0, n = 1 + below(&v->state, 3); i < n; i++)
		put_selector(to, h, v);
}

static void put_policy(FILE *to, unsigned number, bool misspelt, struct variety *v)
{
	uint32_t first = below(&v->state, COUNT_OF(hooks)), count = 1 + below(&v->state, 3);

	fprintf(to,
		"# Policy %u of many.\napiVersion: cilium.io/v1alpha1\nkind: TracingPolicy\n"
		"metadata:\n  name: policy-%u\nspec:\n  kprobes:\n",
		number, number);
	for (uint32_t i = 0; i < count; i++)
		put_hook(to, &hooks[(first + i) % COUNT_OF(hooks)], misspelt && !i, v);
}

int main(int argc, char **argv)
{
	unsigned count = argc > 3 ? (unsigned)atoi(argv[2]) : 0;
	struct variety v = {.state = argc > 3 ? strtoull(argv[3], NULL, 10) * 2 + 1 : 1,
			    .distinct = argc > 5};
	unsigned mistakes = argc > 4 ? (unsigned)atoi(argv[4]) : 0;
	char path[4096];

	if (argc < 4) {
		fputs("policies FOLDER COUNT SEED [MISTAKES [distinct]]\n", stderr);
		return 2;
	}
	for (unsigned i = 0; i < count; i++) {
		bool misspelt = below(&v.state, 1000) < mistakes;
		FILE *to;

		snprintf(path, sizeof(path), "%s/policy-%04u.yaml", argv[1], i);
		to = fopen(path, "w");
		if (!to) {
			perror(path);
			return 3;
		}
		put_policy(to, i, misspelt, &v);
		if (fclose(to)) {
			perror(path);
			return 3;
		}
	}
	return 0;
}
