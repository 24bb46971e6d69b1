/* SPDX-License-Identifier: Apache-2.0 */
/* The workloads file, the bundle's rules on what it says, and the events that show it. */
#include <stdlib.h>
#include <string.h>
#include "runtime/container_id.h"
#include "runtime/pod_json.h"
#include "runtime/workload_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct container *c)
{
	static const char *const values[] = {"web"};
	static const struct label_requirement r[] = {{"app", LABEL_NOT_IN, values, 1},
						     {"name", LABEL_EXISTS, NULL, 0}};
	const struct workload_rule rule = {
		.pods = true, .namespace = "shop", .pod = {r, 1}, .container = {r + 1, 1}};
	struct buffer out = {0};
	struct json j = {.out = &out};

	workload_fits(&rule, &c->is);
	pod_json(&j, c, 1);
	buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct container_id id;
	struct workload_set s;
	char why[128], *lines = malloc(size + 1);

	if (!lines)
		return 0;
	memcpy(lines, data, size);
	lines[size] = '\0';
	container_id_of_lines(&id, lines);
	container_id_of_leaf(&id, (const char *)data, size);
	if (!workload_set_parse(&s, (const char *)data, size, why, sizeof(why))) {
		for (size_t i = 0; i < s.count; i++)
			use(s.v[i]);
		workload_set_free(&s);
	}
	free(lines);
	return 0;
}
