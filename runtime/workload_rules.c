// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/types.h>
#include "runtime/workload_rules.h"
#include "tg_workloads_layout.h"

/* ---- what the bundle asks ------------------------------------------------------------------ */

static void take_requirements(struct workload_rules *r, const struct artifact *a)
{
	for (uint32_t i = 0; i < a->label_value_count; i++)
		r->values[i] = artifact_string(a, a->label_values[i].text);
	for (uint32_t i = 0; i < a->requirement_count; i++) {
		const struct tg_requirement_entry *from = &a->requirements[i];

		r->requirements[i] = (struct label_requirement){
			.key = artifact_string(a, from->key),
			.op = (enum label_op)from->op,
			.values = r->values + from->first_value,
			.value_count = from->values,
		};
	}
}

static void take_rule(struct workload_rules *r, const struct artifact *a, uint32_t i)
{
	const struct tg_workload_entry *from = &a->workloads[i];
	const struct label_requirement *first = r->requirements + from->first_requirement;

	r->v[i] = (struct workload_rule){
		.host = from->flags & TG_WORKLOAD_HOST,
		.pods = from->flags & TG_WORKLOAD_PODS,
		.namespace = from->namespace ? artifact_string(a, from->namespace) : NULL,
		.pod = {first, from->of_pod},
		.container = {first + from->of_pod, from->of_container},
	};
}

int workload_rules_init(struct workload_rules *r, const struct artifact *a)
{
	*r = (struct workload_rules){
		.artifact = a,
		.count = a->workload_count,
		.words = (a->workload_count + TG_WORKLOAD_FACTS - 1) / TG_WORKLOAD_FACTS,
		.v = calloc(a->workload_count + 1, sizeof(*r->v)),
		.requirements = calloc(a->requirement_count + 1, sizeof(*r->requirements)),
		.values = calloc(a->label_value_count + 1, sizeof(*r->values)),
	};
	if (!r->v || !r->requirements || !r->values) {
		workload_rules_free(r);
		return -1;
	}
	take_requirements(r, a);
	for (uint32_t i = 0; i < r->count; i++)
		take_rule(r, a, i);
	return 0;
}

bool workload_rules_node(const struct workload_rules *r, uint32_t policy,
			 const struct labels *labels)
{
	const struct tg_policy_entry *p = &r->artifact->policies[policy];
	struct label_requirements nodes = {r->requirements + p->first_requirement, p->requirements};

	return labels_hold(&nodes, labels);
}

/* ---- the kernel's tables ------------------------------------------------------------------- */

static size_t whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}

/* The memory of an array with this many bytes; NULL with errno. */
static volatile uint64_t *map_array(int fd, const struct bpf_map_info *known, size_t bytes,
				    size_t *size)
{
	struct bpf_map_info info = {0};
	uint32_t info_size = sizeof(info);
	void *at;

	if (known)
		info = *known;
	if (fd < 0 || (!known && bpf_obj_get_info_by_fd(fd, &info, &info_size)))
		return NULL;
	if ((uint64_t)info.max_entries * info.value_size < bytes) {
		errno = EINVAL;
		return NULL;
	}
	*size = whole_pages(bytes);
	at = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

static void unmap(struct workload_rules *r)
{
	if (r->head)
		munmap((void *)(uintptr_t)r->head, r->head_size);
	if (r->tables)
		munmap((void *)(uintptr_t)r->tables, r->tables_size);
	r->head = r->tables = NULL;
}

static size_t table_words(const struct workload_rules *r)
{
	return (size_t)r->words * TG_WORKLOAD_SLOTS;
}

static size_t seen_words(const struct workload_rules *r)
{
	return (size_t)r->words * TG_WORKLOAD_SEEN;
}

int workload_rules_map_as(struct workload_rules *r, int head_fd, int tables_fd,
			  const struct bpf_map_info *known)
{
	int error;

	unmap(r); /* of an attempt with other variants */
	if (r->count) {
		errno = ENOENT;
		r->head = map_array(head_fd, known, (1 + seen_words(r)) * sizeof(uint64_t),
				    &r->head_size);
		if (r->head)
			r->tables =
				map_array(tables_fd, known ? known + 1 : NULL,
					  2 * table_words(r) * sizeof(uint64_t), &r->tables_size);
	}
	error = errno;
	if (head_fd >= 0)
		close(head_fd);
	if (tables_fd >= 0)
		close(tables_fd);
	errno = error;
	return r->count && !r->tables ? -1 : 0;
}

int workload_rules_map(struct workload_rules *r, int head_fd, int tables_fd)
{
	return workload_rules_map_as(r, head_fd, tables_fd, NULL);
}

static uint64_t facts_of(const struct workload_rules *r, uint32_t word, const struct workload *w)
{
	uint64_t facts = 0;

	for (uint32_t i = 0; i < TG_WORKLOAD_FACTS; i++) {
		uint32_t rule = word * TG_WORKLOAD_FACTS + i;

		if (rule < r->count && workload_fits(&r->v[rule], w) == WORKLOAD_FITS)
			facts |= 1ull << i;
	}
	return facts;
}

/* The same slot in the tables of all words. */
static int place(const struct workload_rules *r, volatile uint64_t *table,
		 const struct workload_place *p)
{
	uint32_t at = tg_workload_hash(p->cgroup, TG_WORKLOAD_SLOT_BITS);

	for (uint32_t i = 0; i < TG_WORKLOAD_PROBES; i++) {
		uint32_t slot = (at + i) & (TG_WORKLOAD_SLOTS - 1);

		if (table[slot])
			continue;
		for (uint32_t word = 0; word < r->words; word++)
			table[word * TG_WORKLOAD_SLOTS + slot] = (p->cgroup & UINT32_MAX)
									 << TG_WORKLOAD_ID |
								 facts_of(r, word, p->is);
		return 0;
	}
	return -1;
}

/*
 * The generation is the one store that makes the new table the one in use; programs that have begun
 * with the other one see by it that it may have changed.
 */
int workload_rules_write(struct workload_rules *r, const struct workload_place *v, size_t count)
{
	uint64_t next = r->head ? r->head[0] + 1 : 0;
	volatile uint64_t *table;

	if (!r->head)
		return 0;
	table = r->tables + (next & 1) * table_words(r);
	for (size_t i = 0; i < table_words(r); i++)
		table[i] = 0;
	for (size_t i = 0; i < count; i++)
		if (place(r, table, &v[i]))
			return -1;
	__atomic_store_n(&r->head[0], next, __ATOMIC_SEQ_CST);
	for (size_t i = 0; i < seen_words(r); i++)
		r->head[1 + i] = 0;
	return 0;
}

void workload_rules_free(struct workload_rules *r)
{
	unmap(r);
	free(r->v);
	free(r->requirements);
	free(r->values);
	*r = (struct workload_rules){0};
}
