// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/procs.h"
#include "runtime/workload_file.h"
#include "runtime/redaction.h"

#define FIRST_BUCKETS 1024 /* a power of two; doubled as entries come */

TAILQ_HEAD(proc_list, proc);
LIST_HEAD(proc_alive, proc);

struct procs {
	struct proc **buckets;
	struct proc_alive *alive; /* as many, by pid: images that have not ended */
	size_t bucket_count, count, capacity;
	size_t over; /* of all texts */
	uint64_t evicted, replaced;
	struct proc_list recent, unused;
	const struct redactions *redactions; /* NULL: none */
	bool ancestors;			     /* are used by their descendants */
};

static size_t hash(uint64_t word)
{
	return (size_t)(word * 0x9e3779b97f4a7c15ull >> 20);
}

static struct proc **find_link(const struct procs *procs, const struct tg_key *key)
{
	size_t h = hash(key->ktime ^ (uint64_t)key->pid << 40);
	struct proc **link = &procs->buckets[h & (procs->bucket_count - 1)];

	while (*link && ((*link)->key.pid != key->pid || (*link)->key.ktime != key->ktime))
		link = &(*link)->hash_next;
	return link;
}

static struct proc_alive *alive_list(const struct procs *procs, uint32_t pid)
{
	return &procs->alive[hash(pid) & (procs->bucket_count - 1)];
}

/* They all are in the list of recently used ones. */
static void fill_alive(struct procs *procs)
{
	struct proc *p;

	TAILQ_FOREACH(p, &procs->recent, recent)
	{
		if (!p->ended)
			LIST_INSERT_HEAD(alive_list(procs, p->key.pid), p, alive);
	}
}

/* Failing to grow only makes chains longer. */
static void grow_buckets(struct procs *procs)
{
	size_t old_count = procs->bucket_count;
	struct proc **old = procs->buckets, **buckets = calloc(old_count * 2, sizeof(*buckets));
	struct proc_alive *alive = calloc(old_count * 2, sizeof(*alive));

	if (!buckets || !alive) {
		free(buckets);
		free(alive);
		return;
	}
	free(procs->alive);
	procs->alive = alive;
	procs->buckets = buckets;
	procs->bucket_count = old_count * 2;
	fill_alive(procs);
	for (size_t i = 0; i < old_count; i++) {
		struct proc *p, *next;

		for (p = old[i]; p; p = next) {
			struct proc **link = find_link(procs, &p->key);

			next = p->hash_next;
			p->hash_next = NULL;
			*link = p;
		}
	}
	free(old);
}

static void release_text(struct procs *procs, struct proc_text *text)
{
	if (!text || --text->users)
		return;
	procs->over -= text->over;
	container_drop(text->container);
	free(text->facts);
	free(text->environment);
	free(text);
}

static void remove_entry(struct procs *procs, struct proc *p)
{
	struct proc **link = find_link(procs, &p->key);

	*link = p->hash_next;
	TAILQ_REMOVE(&procs->recent, p, recent);
	if (!p->ended)
		LIST_REMOVE(p, alive);
	if (p->state != PROC_IN_USE)
		TAILQ_REMOVE(&procs->unused, p, unused);
	procs->count--;
	release_text(procs, p->text);
	free(p);
}

static void hold(struct proc *p)
{
	if (p)
		p->uses++;
}

static void drop(struct procs *procs, struct proc *p)
{
	if (!p || !p->uses || --p->uses)
		return;
	if (p->state == PROC_IN_USE)
		TAILQ_INSERT_TAIL(&procs->unused, p, unused);
	p->state = PROC_DELETE_PENDING;
}

/* The parent, and with it, when they are kept, those above it: up to the kernel or a gap. */
static size_t line_of(struct procs *procs, const struct tg_key *parent,
		      struct proc *out[PROCS_ANCESTORS_MAX + 1])
{
	size_t most = procs->ancestors ? PROCS_ANCESTORS_MAX + 1 : 1, count = 0;
	struct proc *p = procs_find(procs, parent);

	while (p && count < most) {
		out[count++] = p;
		p = p->key.pid ? procs_find(procs, &p->parent) : NULL;
		/* The kernel is nobody's ancestor but its children's parent. */
		if (p && !p->key.pid)
			break;
	}
	return count;
}

static void hold_line(struct procs *procs, const struct tg_key *parent)
{
	struct proc *line[PROCS_ANCESTORS_MAX + 1];

	for (size_t i = line_of(procs, parent, line); i-- > 0;)
		hold(line[i]);
}

/* The line is found first: dropping one of it does not remove it yet. */
static void drop_line(struct procs *procs, const struct tg_key *parent)
{
	struct proc *line[PROCS_ANCESTORS_MAX + 1];

	for (size_t i = line_of(procs, parent, line); i-- > 0;)
		drop(procs, line[i]);
}

/* An image's own use and its hold on its parent end together, once. */
static void drop_image(struct procs *procs, struct proc *p)
{
	if (p && !p->ended) {
		p->ended = 1;
		LIST_REMOVE(p, alive);
		drop_line(procs, &p->parent);
		drop(procs, p);
	}
}

/*
 * A pid has one image at a time: what an older one's end would have given up, and was lost, is
 * given up when the next begins. `previous` ends later, by procs_replace().
 */
static void end_older(struct procs *procs, const struct tg_key *key, const struct tg_key *previous)
{
	struct proc *p, *next;

	for (p = LIST_FIRST(alive_list(procs, key->pid)); p; p = next) {
		next = LIST_NEXT(p, alive);
		if (p->key.pid != key->pid || p->key.ktime >= key->ktime ||
		    p->key.ktime == previous->ktime)
			continue;
		drop_image(procs, p);
		procs->replaced++;
	}
}

static void evict_one(struct procs *procs)
{
	struct proc *p;

	TAILQ_FOREACH(p, &procs->unused, unused)
	{
		if (!p->uses)
			break;
	}
	if (!p) {
		p = TAILQ_LAST(&procs->recent, proc_list);
		if (!p->ended)
			drop_line(procs, &p->parent);
	}
	remove_entry(procs, p);
	procs->evicted++;
}

/* Takes over a use of `text`, also when it fails. */
static struct proc *add_entry(struct procs *procs, const struct tg_key *key, struct proc_text *text)
{
	struct proc *p = *find_link(procs, key);

	if (p)
		remove_entry(procs, p);
	if (procs->count >= procs->capacity)
		evict_one(procs);
	if (procs->count >= procs->bucket_count * 2)
		grow_buckets(procs);
	p = calloc(1, sizeof(*p));
	if (!p) {
		release_text(procs, text);
		return NULL;
	}
	p->key = *key;
	p->text = text;
	p->uses = 1;
	*find_link(procs, key) = p;
	LIST_INSERT_HEAD(alive_list(procs, key->pid), p, alive);
	TAILQ_INSERT_HEAD(&procs->recent, p, recent);
	procs->count++;
	return p;
}

/* Appends at `*used`; where it is. */
static uint32_t put_text(struct proc_text *text, size_t *used, const char *s)
{
	size_t at = *used, size = strlen(s) + 1;

	memcpy(text->bytes + at, s, size);
	*used += size;
	return (uint32_t)at;
}

static struct proc_text *make_text(const struct proc_image *image, const char *arguments)
{
	const char *docker = image->docker ? image->docker : "";
	size_t used = 0, size = strlen(image->binary) + strlen(arguments) + strlen(image->cwd) +
				strlen(docker) + 4;
	struct proc_text *text = calloc(1, sizeof(*text) + size);

	if (!text)
		return NULL;
	text->users = 1;
	text->cgroup = image->cgroup;
	put_text(text, &used, image->binary);
	text->arguments_at = put_text(text, &used, arguments);
	text->cwd_at = put_text(text, &used, image->cwd);
	text->docker_at = put_text(text, &used, docker);
	return text;
}

/* The synthetic process 0 stands for the kernel, whatever time the record gives. */
static struct tg_key parent_key(struct tg_key key)
{
	if (key.pid == 0)
		key.ktime = 1;
	return key;
}

/* An exec without a clone before it is the child of the image it replaced. */
static struct tg_key parent_of_exec(const struct proc_image *image)
{
	if (!image->previous.ktime || (image->flags & TG_P_CLONE))
		return parent_key(image->parent);
	return image->previous;
}

struct procs *procs_new(size_t capacity)
{
	struct procs *procs = calloc(1, sizeof(*procs));

	if (!procs)
		return NULL;
	procs->buckets = calloc(FIRST_BUCKETS, sizeof(*procs->buckets));
	procs->alive = calloc(FIRST_BUCKETS, sizeof(*procs->alive));
	if (!procs->buckets || !procs->alive) {
		free(procs->buckets);
		free(procs->alive);
		free(procs);
		return NULL;
	}
	procs->bucket_count = FIRST_BUCKETS;
	procs->capacity = capacity;
	TAILQ_INIT(&procs->recent);
	TAILQ_INIT(&procs->unused);
	return procs;
}

void procs_free(struct procs *procs)
{
	struct proc *p;

	if (!procs)
		return;
	while ((p = TAILQ_FIRST(&procs->recent)))
		remove_entry(procs, p);
	free(procs->buckets);
	free(procs->alive);
	free(procs);
}

void procs_keep_ancestors(struct procs *procs)
{
	procs->ancestors = true;
}

size_t procs_ancestors(struct procs *procs, const struct proc *p,
		       const struct proc *out[PROCS_ANCESTORS_MAX])
{
	struct proc *line[PROCS_ANCESTORS_MAX + 1];
	size_t count = line_of(procs, &p->parent, line);

	for (size_t i = 1; i < count; i++)
		out[i - 1] = line[i];
	return count ? count - 1 : 0;
}

struct proc *procs_find(struct procs *procs, const struct tg_key *key)
{
	struct proc *p = *find_link(procs, key);

	if (p) {
		TAILQ_REMOVE(&procs->recent, p, recent);
		TAILQ_INSERT_HEAD(&procs->recent, p, recent);
	}
	return p;
}

void procs_redact(struct procs *procs, const struct redactions *redactions)
{
	procs->redactions = redactions;
}

static size_t beyond(size_t size, size_t most)
{
	return size > most ? size - most : 0;
}

static size_t arguments_size(const struct proc_text *text)
{
	return text->cwd_at - text->arguments_at - 1;
}

static void count_over(struct procs *procs, struct proc_text *text)
{
	procs->over -= text->over;
	text->over = beyond(arguments_size(text), TG_ARGV_MAX) +
		     beyond(text->environment_size, TG_ENV_MAX);
	procs->over += text->over;
}

/* At the beginning of a character, at which the text may end. */
static void cut_arguments(struct proc_text *text)
{
	char *arguments = text->bytes + text->arguments_at, *cwd = text->bytes + text->cwd_at;
	size_t size = TG_ARGV_MAX, cwd_size = strlen(cwd) + 1;
	size_t docker_size = strlen(text->bytes + text->docker_at) + 1;

	while (size && ((unsigned char)arguments[size] & 0xc0) == 0x80)
		size--;
	arguments[size] = '\0';
	text->cwd_at = text->arguments_at + (uint32_t)size + 1;
	text->docker_at = text->cwd_at + (uint32_t)cwd_size;
	memmove(text->bytes + text->cwd_at, cwd, cwd_size + docker_size);
}

/* After a whole variable. */
static void cut_environment(struct proc_text *text)
{
	char *smaller;

	text->environment_size = TG_ENV_MAX;
	while (text->environment_size && text->environment[text->environment_size - 1])
		text->environment_size--;
	smaller = realloc(text->environment, text->environment_size + 1);
	if (smaller)
		text->environment = smaller;
}

/* Nothing else uses the text yet: it may move. */
void procs_shorten(struct procs *procs, const struct tg_key *key)
{
	struct proc *p = procs->over > PROCS_LONG_MAX ? *find_link(procs, key) : NULL;
	struct proc_text *text = p && p->text->users == 1 ? p->text : NULL, *smaller;

	if (!text || !text->over)
		return;
	if (arguments_size(text) > TG_ARGV_MAX) {
		cut_arguments(text);
		p->flags |= TG_P_TRUNC_ARGS;
	}
	if (text->environment_size > TG_ENV_MAX) {
		cut_environment(text);
		p->flags |= TG_P_ERR_ENVS;
	}
	count_over(procs, text);
	smaller = realloc(text, sizeof(*text) + text->docker_at +
					strlen(text->bytes + text->docker_at) + 1);
	if (smaller)
		p->text = smaller;
}

static int add_facts(struct proc_text *text, const struct proc_facts *facts)
{
	text->facts = malloc(sizeof(*facts));
	if (!text->facts)
		return -1;
	*text->facts = *facts;
	return 0;
}

/* What is hidden is so before anything is remembered. */
static struct proc_text *make_shown_text(struct procs *procs, const struct proc_image *image)
{
	char *shown = procs->redactions ? redactions_apply(procs->redactions, image->binary,
							   strdup(image->arguments))
					: NULL;
	struct proc_text *text = NULL;

	if (shown || !procs->redactions)
		text = make_text(image, shown ? shown : image->arguments);
	free(shown);
	if (text && image->facts && add_facts(text, image->facts)) {
		release_text(procs, text);
		text = NULL;
	}
	if (!text) {
		free(image->environment);
		return NULL;
	}
	text->environment = image->environment;
	text->environment_size = image->environment_size;
	count_over(procs, text);
	return text;
}

struct proc *procs_exec(struct procs *procs, const struct proc_image *image)
{
	struct proc_text *text = make_shown_text(procs, image);
	struct proc *p = text ? add_entry(procs, &image->key, text) : NULL;

	if (!p)
		return NULL;
	p->parent = parent_of_exec(image);
	p->flags = image->flags;
	p->uid = image->uid;
	p->auid = image->auid;
	p->nspid = image->nspid;
	hold_line(procs, &p->parent);
	end_older(procs, &p->key, &image->previous);
	return p;
}

void procs_replace(struct procs *procs, const struct tg_key *previous)
{
	drop_image(procs, procs_find(procs, previous));
}

struct proc *procs_clone(struct procs *procs, const struct tg_clone *clone)
{
	struct tg_key from = parent_key(clone->parent);
	struct proc *parent = procs_find(procs, &from), *p;
	uint32_t uid, auid;

	if (!parent)
		return NULL;
	uid = parent->uid;
	auid = parent->auid;
	parent->text->users++;
	hold_line(procs, &from); /* before an eviction could choose it */
	p = add_entry(procs, &clone->key, parent->text);
	if (!p) {
		drop_line(procs, &from);
		return NULL;
	}
	p->parent = from;
	p->flags = clone->flags;
	p->nspid = clone->nspid;
	p->uid = uid;
	p->auid = auid;
	p->cloned = 1;
	end_older(procs, &p->key, &(struct tg_key){0});
	return p;
}

void procs_exit(struct procs *procs, const struct tg_key *key)
{
	drop_image(procs, procs_find(procs, key));
}

void procs_tick(struct procs *procs)
{
	struct proc *p, *next;

	for (p = TAILQ_FIRST(&procs->unused); p; p = next) {
		next = TAILQ_NEXT(p, unused);
		if (p->uses) {
			TAILQ_REMOVE(&procs->unused, p, unused);
			p->state = PROC_IN_USE;
		} else if (p->state == PROC_DELETE_PENDING) {
			p->state = PROC_DELETE_READY;
		} else {
			remove_entry(procs, p);
		}
	}
}

size_t procs_count(const struct procs *procs)
{
	return procs->count;
}

size_t procs_capacity(const struct procs *procs)
{
	return procs->capacity;
}

uint64_t procs_replaced(const struct procs *procs)
{
	return procs->replaced;
}

uint64_t procs_evicted(const struct procs *procs)
{
	return procs->evicted;
}
