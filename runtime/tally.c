// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/buffer.h"
#include "runtime/syscall_name.h"
#include "runtime/tally.h"
#include "runtime/workload_file.h"

#define BUCKETS	   1024u	    /* a power of two */
#define ROWS_LIMIT (2 * TALLY_ROWS) /* rows without process labels included */
#define TEXTS	   (TALLY_WORDS + TALLY_LABEL_COUNT)

/* `key` has a byte for the kind, then the texts, each with its NUL. */
struct row {
	struct row *next; /* of its bucket */
	uint64_t count;
	uint32_t hash;
	size_t size;
	char key[];
};

struct tally {
	unsigned int labels;
	struct row *buckets[BUCKETS];
	struct row *rows[ROWS_LIMIT]; /* owned */
	size_t count;
	uint64_t missed;
	struct buffer key; /* of the event at hand */
};

const char *const tally_label_names[TALLY_LABEL_COUNT] = {
	[TALLY_NAMESPACE] = "namespace",
	[TALLY_WORKLOAD] = "workload",
	[TALLY_POD] = "pod",
	[TALLY_BINARY] = "binary",
};

struct tally *tally_new(unsigned int labels)
{
	struct tally *t = calloc(1, sizeof(*t));

	if (t)
		t->labels = labels;
	return t;
}

void tally_free(struct tally *t)
{
	for (size_t i = 0; t && i < t->count; i++)
		free(t->rows[i]);
	if (t)
		buffer_free(&t->key);
	free(t);
}

/* FNV-1a */
static uint32_t hash_bytes(const char *bytes, size_t size)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

static struct row *find_row(const struct tally *t, uint32_t hash)
{
	struct row *row = t->buckets[hash % BUCKETS];

	while (row && (row->hash != hash || row->size != t->key.size ||
		       memcmp(row->key, t->key.data, row->size) != 0))
		row = row->next;
	return row;
}

static struct row *add_row(struct tally *t, uint32_t hash)
{
	struct row *row = t->count < ROWS_LIMIT ? malloc(sizeof(*row) + t->key.size) : NULL;

	if (!row)
		return NULL;
	*row = (struct row){.next = t->buckets[hash % BUCKETS], .hash = hash, .size = t->key.size};
	memcpy(row->key, t->key.data, t->key.size);
	t->buckets[hash % BUCKETS] = row;
	t->rows[t->count++] = row;
	return row;
}

static void add_text(struct buffer *key, const char *text)
{
	buffer_append(key, text ? text : "", text ? strlen(text) + 1 : 1);
}

static const char *label_of(const struct event *e, enum tally_label label)
{
	const struct container *c = e->process ? e->process->text->container : NULL;

	switch (label) {
	case TALLY_NAMESPACE:
		return c ? c->is.namespace : "";
	case TALLY_WORKLOAD:
		return c ? container_workload(c) : "";
	case TALLY_POD:
		return c ? c->pod_name : "";
	default:
		return e->process ? proc_binary(e->process) : "";
	}
}

static void make_key(struct tally *t, enum tally_kind kind, const char *first, const char *second,
		     const struct event *e)
{
	buffer_cut(&t->key, 0);
	buffer_char(&t->key, (char)kind);
	add_text(&t->key, first);
	add_text(&t->key, second);
	for (int i = 0; i < TALLY_LABEL_COUNT; i++)
		add_text(&t->key, e && t->labels >> i & 1 ? label_of(e, (enum tally_label)i) : "");
}

static struct row *row_of_key(struct tally *t, bool may_add)
{
	uint32_t hash = hash_bytes(t->key.data, t->key.size);
	struct row *row = t->key.failed ? NULL : find_row(t, hash);

	return row || t->key.failed || !may_add ? row : add_row(t, hash);
}

static void add(struct tally *t, enum tally_kind kind, const char *first, const char *second,
		const struct event *e)
{
	struct row *row;

	make_key(t, kind, first, second, e);
	row = row_of_key(t, t->count < TALLY_ROWS);
	if (!row) {
		make_key(t, kind, first, second, NULL);
		row = row_of_key(t, true);
	}
	if (row)
		row->count++;
	else
		t->missed++;
}

static void hook_word(struct buffer *out, const struct event *e)
{
	static const char *const kinds[] = {
		[EVENT_KPROBE] = "kprobe:", [EVENT_TRACEPOINT] = "tracepoint:",
		[EVENT_LSM] = "lsm:",	    [EVENT_UPROBE] = "uprobe:",
		[EVENT_USDT] = "usdt:",	    [EVENT_LOADER] = "loader:",
	};
	const char *before = e->kind == EVENT_UPROBE	   ? e->path
			     : e->kind == EVENT_TRACEPOINT ? e->subsystem
			     : e->kind == EVENT_USDT	   ? e->subsystem
							   : NULL;

	buffer_text(out, kinds[e->kind]);
	if (before) {
		buffer_text(out, before);
		buffer_char(out, '/');
	}
	buffer_text(out, e->function ? e->function : "");
	buffer_char(out, '\0');
}

static void add_policy(struct tally *t, const struct event *e)
{
	struct buffer hook = {0};

	hook_word(&hook, e);
	if (hook.failed)
		t->missed++;
	else
		add(t, TALLY_POLICIES, e->policy, hook.data, e);
	buffer_free(&hook);
}

static void add_syscall(struct tally *t, const struct event *e)
{
	char name[64];
	bool foreign;
	const char *call = event_syscall(e, &foreign);

	snprintf(name, sizeof(name), "%s%s", foreign ? "i386/" : "", call ? call : "unknown");
	add(t, TALLY_SYSCALLS, name, NULL, e);
}

void tally_event(struct tally *t, const struct event *e)
{
	add(t, TALLY_EVENTS, event_member(e), NULL, e);
	if (e->policy && e->policy[0])
		add_policy(t, e);
	if (event_is_syscall(e))
		add_syscall(t, e);
}

bool tally_get(const struct tally *t, size_t index, struct tally_row *out)
{
	const char *texts[TEXTS], *at;

	if (index >= t->count)
		return false;
	at = t->rows[index]->key + 1;
	for (int i = 0; i < TEXTS; i++) {
		texts[i] = at;
		at += strlen(at) + 1;
	}
	*out = (struct tally_row){.kind = (enum tally_kind)t->rows[index]->key[0],
				  .count = t->rows[index]->count};
	memcpy(out->words, texts, sizeof(out->words));
	memcpy(out->labels, texts + TALLY_WORDS, sizeof(out->labels));
	return true;
}

uint64_t tally_missed(const struct tally *t)
{
	return t->missed;
}
