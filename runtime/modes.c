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

int modes_init(struct modes *m, const struct artifact *a)
{
	*m = (struct modes){.policies = calloc(a->policy_count + 1, sizeof(*m->policies))};
	if (!m->policies)
		return -1;
	for (uint32_t i = 0; i < a->policy_count; i++) {
		uint8_t first = (uint8_t)first_mode(a->policies[i].flags);

		m->policies[i] = (struct policy_mode){.is = first, .resume = first};
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

		m->hooks[i].off = mode.off;
		m->hooks[i].monitor = mode.monitor;
	}
}

static int map_memory(struct modes *m, const struct artifact *a, int fd,
		      const struct bpf_map_info *info)
{
	long page = sysconf(_SC_PAGESIZE);
	void *at;

	if (info->max_entries != 1 || info->value_size < a->hook_count * sizeof(struct tg_mode)) {
		errno = EINVAL;
		return -1;
	}
	m->mapped_size = (info->value_size + (size_t)page - 1) & ~((size_t)page - 1);
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

void modes_inherit(struct modes *m, const struct artifact *a, const struct modes *from,
		   const struct artifact *old)
{
	for (uint32_t i = 0; i < a->policy_count; i++)
		for (uint32_t j = 0; j < old->policy_count; j++) {
			const struct policy_mode *was = &from->policies[j];
			struct policy_mode *p = &m->policies[i];

			if (was->removed || p->elsewhere ||
			    strcmp(artifact_string(a, a->policies[i].name),
				   artifact_string(old, old->policies[j].name)) != 0)
				continue;
			if (was->chosen && (was->resume != TG_MODE_ENFORCE || can_enforce(a, i)))
				modes_choose(m, a, i, (enum tg_policy_mode)was->resume);
			if (was->switched && was->is == TG_MODE_OFF)
				modes_set(m, a, i, TG_MODE_OFF);
			else if (was->switched)
				modes_resume(m, a, i);
			p->chosen |= was->chosen;
			p->switched |= was->switched;
		}
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
	free(m->policies);
	*m = (struct modes){0};
}
