// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include "runtime/modes.h"
#include "tg_event.h"

static enum tg_policy_mode first_mode(uint32_t flags)
{
	if (!(flags & TG_POLICY_ENFORCES))
		return TG_MODE_MONITOR_ONLY;
	return flags & TG_POLICY_MONITORS ? TG_MODE_MONITOR : TG_MODE_ENFORCE;
}

static uint64_t hash_of(const char *name)
{
	uint64_t hash = 0xcbf29ce484222325ull;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 0x100000001b3ull;
	return hash ? hash : 1;
}

int modes_init(struct modes *m, const struct artifact *a)
{
	*m = (struct modes){.policies = calloc(a->policy_count + 1, sizeof(*m->policies))};
	if (!m->policies)
		return -1;
	for (uint32_t i = 0; i < a->policy_count; i++) {
		uint8_t first = (uint8_t)first_mode(a->policies[i].flags);

		m->policies[i] = (struct policy_mode){
			.name = hash_of(artifact_string(a, a->policies[i].name)),
			.is = first,
			.resume = first};
	}
	return 0;
}

static struct tg_mode mode_of_hook(const struct modes *m, const struct artifact *a, uint32_t hook)
{
	const struct tg_hook_entry *h = &a->hooks[hook];
	struct tg_mode mode = {0};

	for (uint32_t i = 0; i < h->views; i++) {
		const struct tg_view_entry *v = &a->views[h->first_view + i];
		uint8_t is = m->policies[v->policy].is;

		if (is == TG_MODE_OFF)
			mode.off |= v->selectors;
		else if (is != TG_MODE_ENFORCE)
			mode.monitor |= v->selectors;
	}
	return mode;
}

static void write_hooks(struct modes *m, const struct artifact *a)
{
	for (uint32_t i = 0; m->hooks && i < a->hook_count; i++) {
		struct tg_mode mode = mode_of_hook(m, a, i);

		/* From off to monitor without a moment in which it enforces. */
		__atomic_or_fetch(&m->hooks[i].monitor, mode.monitor, __ATOMIC_SEQ_CST);
		__atomic_store_n(&m->hooks[i].off, mode.off, __ATOMIC_SEQ_CST);
		__atomic_store_n(&m->hooks[i].monitor, mode.monitor, __ATOMIC_SEQ_CST);
	}
}

static size_t whole_pages(size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	return (size + page - 1) & ~(page - 1);
}

static int map_memory(struct modes *m, const struct artifact *a, int fd,
		      const struct bpf_map_info *info)
{
	void *at;

	if (info->max_entries != 1 || info->value_size < a->hook_count * sizeof(struct tg_mode)) {
		errno = EINVAL;
		return -1;
	}
	m->mapped_size = whole_pages(info->value_size);
	at = mmap(NULL, m->mapped_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return -1;
	m->hooks = at;
	return 0;
}

int modes_map_as(struct modes *m, const struct artifact *a, int fd, const struct bpf_map_info *info)
{
	int result, error;

	if (m->hooks) /* of an attempt with other variants */
		munmap((void *)(uintptr_t)m->hooks, m->mapped_size);
	m->hooks = NULL;
	if (fd < 0)
		return a->hook_count ? -1 : 0;
	result = map_memory(m, a, fd, info);
	error = errno;
	close(fd);
	errno = error;
	if (!result)
		write_hooks(m, a);
	return result;
}

int modes_map(struct modes *m, const struct artifact *a, int fd)
{
	struct bpf_map_info info = {0};
	uint32_t size = sizeof(info);

	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &size)) {
		close(fd);
		return -1;
	}
	return modes_map_as(m, a, fd, &info);
}

static bool can_enforce(const struct artifact *a, uint32_t policy)
{
	return a->policies[policy].flags & TG_POLICY_ENFORCES;
}

static void inherit_policy(struct modes *m, const struct artifact *a, uint32_t policy,
			   const struct policy_mode *was)
{
	struct policy_mode *p = &m->policies[policy];

	if (was->removed || p->elsewhere)
		return;
	if (was->chosen && (was->resume != TG_MODE_ENFORCE || can_enforce(a, policy)))
		modes_choose(m, a, policy, (enum tg_policy_mode)was->resume);
	if (was->switched && was->is == TG_MODE_OFF)
		modes_set(m, a, policy, TG_MODE_OFF);
	else if (was->switched)
		modes_resume(m, a, policy);
	p->chosen |= was->chosen;
	p->switched |= was->switched;
}

void modes_inherit(struct modes *m, const struct artifact *a, const struct modes *from,
		   const struct artifact *old)
{
	for (uint32_t i = 0; i < a->policy_count; i++)
		for (uint32_t j = 0; j < old->policy_count; j++)
			if (!strcmp(artifact_string(a, a->policies[i].name),
				    artifact_string(old, old->policies[j].name)))
				inherit_policy(m, a, i, &from->policies[j]);
}

/* ---- modes that outlive tgrun -------------------------------------------------------------- */

static bool is_mode(const struct policy_mode *p)
{
	return p->name && p->is <= TG_MODE_OFF && p->resume < TG_MODE_OFF && p->elsewhere <= 1 &&
	       p->chosen <= 1 && p->switched <= 1 && p->removed <= 1;
}

static void inherit_kept(struct modes *m, const struct artifact *a, const struct policy_mode *kept,
			 size_t count)
{
	for (uint32_t i = 0; i < a->policy_count; i++)
		for (size_t j = 0; j < count; j++) {
			struct policy_mode was = kept[j];

			if (is_mode(&was) && was.name == m->policies[i].name)
				inherit_policy(m, a, i, &was);
		}
}

/* Back into memory of this process, when there was another map before. */
static int take_out(struct modes *m, const struct artifact *a)
{
	struct policy_mode *own;

	if (!m->kept_size)
		return 0;
	own = calloc(a->policy_count + 1, sizeof(*own));
	if (!own)
		return -1;
	memcpy(own, m->policies, a->policy_count * sizeof(*own));
	munmap(m->policies, m->kept_size);
	m->policies = own;
	m->kept_size = 0;
	return 0;
}

static int map_kept(struct modes *m, const struct artifact *a, int fd,
		    const struct bpf_map_info *info)
{
	size_t count = info->value_size / sizeof(struct policy_mode), size;
	struct policy_mode *kept;

	errno = EINVAL;
	if (info->type != BPF_MAP_TYPE_ARRAY || !(info->map_flags & BPF_F_MMAPABLE) ||
	    info->max_entries != 1 || count < a->policy_count || take_out(m, a))
		return -1;
	size = whole_pages(count * sizeof(*kept));
	kept = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (kept == MAP_FAILED)
		return -1;
	inherit_kept(m, a, kept, count);
	memcpy(kept, m->policies, a->policy_count * sizeof(*kept));
	memset(kept + a->policy_count, 0, (count - a->policy_count) * sizeof(*kept));
	free(m->policies);
	m->policies = kept;
	m->kept_size = size;
	return 0;
}

int modes_keep(struct modes *m, const struct artifact *a, int fd, const struct bpf_map_info *info)
{
	struct bpf_map_info own = {0};
	uint32_t size = sizeof(own);
	int result = 0, error;

	if (!info && bpf_obj_get_info_by_fd(fd, &own, &size))
		result = -1;
	if (!result)
		result = map_kept(m, a, fd, info ? info : &own);
	error = errno;
	close(fd);
	errno = error;
	return result;
}

int modes_choose(struct modes *m, const struct artifact *a, uint32_t policy,
		 enum tg_policy_mode mode)
{
	bool can = can_enforce(a, policy);
	struct policy_mode *p = &m->policies[policy];

	if (mode == TG_MODE_ENFORCE && !can)
		return -1;
	p->resume = (uint8_t)(can && mode != TG_MODE_MONITOR_ONLY ? mode
			      : can				  ? TG_MODE_MONITOR
								  : TG_MODE_MONITOR_ONLY);
	if (p->is != TG_MODE_OFF)
		modes_set(m, a, policy, (enum tg_policy_mode)p->resume);
	return 0;
}

int modes_set(struct modes *m, const struct artifact *a, uint32_t policy, enum tg_policy_mode mode)
{
	bool can = can_enforce(a, policy);
	struct policy_mode *p = &m->policies[policy];

	if (mode == TG_MODE_ENFORCE && !can)
		return -1;
	p->is = (uint8_t)(mode == TG_MODE_MONITOR && !can ? TG_MODE_MONITOR_ONLY : mode);
	if (mode != TG_MODE_OFF)
		p->resume = p->is;
	write_hooks(m, a);
	return 0;
}

void modes_resume(struct modes *m, const struct artifact *a, uint32_t policy)
{
	if (m->policies[policy].is == TG_MODE_OFF)
		modes_set(m, a, policy, (enum tg_policy_mode)m->policies[policy].resume);
}

enum tg_policy_mode modes_get(const struct modes *m, uint32_t policy)
{
	return (enum tg_policy_mode)m->policies[policy].is;
}

void modes_note(const struct modes *m, const struct artifact *a, struct buffer *out)
{
	for (uint32_t i = 0; i < a->policy_count; i++) {
		uint8_t is = m->policies[i].is;
		const char *words = is == TG_MODE_MONITOR ? "only monitors"
				    : is == TG_MODE_OFF	  ? "is off"
							  : NULL;

		if (words)
			buffer_print(out, "tgrun: policy %s %s\n",
				     artifact_string(a, a->policies[i].name), words);
	}
}

void modes_free(struct modes *m)
{
	if (m->hooks)
		munmap((void *)(uintptr_t)m->hooks, m->mapped_size);
	if (m->kept_size)
		munmap(m->policies, m->kept_size);
	else
		free(m->policies);
	*m = (struct modes){0};
}
