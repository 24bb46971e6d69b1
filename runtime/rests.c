// SPDX-License-Identifier: Apache-2.0
#include "runtime/rests.h"

static struct rest_kept *find(struct rests *r, const struct tg_key *key, uint32_t of)
{
	for (size_t i = 0; i < RESTS_MOST; i++) {
		struct rest_kept *k = &r->v[i];

		if (k->key.pid == key->pid && k->key.ktime == key->ktime && k->of == of && key->pid)
			return k;
	}
	return NULL;
}

static void forget(struct rest_kept *k)
{
	buffer_free(&k->bytes);
	k->key = (struct tg_key){0};
}

static struct rest_kept *begin(struct rests *r, const struct tg_key *key, uint32_t of)
{
	struct rest_kept *k = &r->v[r->next++ % RESTS_MOST];

	forget(k);
	k->key = *key;
	k->of = of;
	return k;
}

/* Whatever does not go on where the kept bytes end is hostile, or lacks what was before it. */
void rests_add(struct rests *r, const struct record *record)
{
	const struct tg_rest *f = &record->rest.fixed;
	struct rest_kept *k = find(r, &f->key, f->of);

	if (!k && !f->at && f->key.pid)
		k = begin(r, &f->key, f->of);
	if (!k)
		return;
	if (k->bytes.size != f->at || f->at >= TG_RESTS_MAX * TG_REST_MAX)
		forget(k);
	else
		buffer_append(&k->bytes, record->rest.bytes.bytes, record->rest.bytes.size);
}

bool rests_take(struct rests *r, const struct tg_key *key, enum tg_rest_of of,
		const struct record_text *first, struct buffer *out)
{
	struct rest_kept *k = find(r, key, of);

	if (!k)
		return false;
	buffer_append(out, first->bytes, first->size);
	buffer_append(out, k->bytes.data, k->bytes.size);
	if (k->bytes.failed || out->failed)
		buffer_free(out);
	forget(k);
	return out->size;
}

void rests_free(struct rests *r)
{
	for (size_t i = 0; i < RESTS_MOST; i++)
		forget(&r->v[i]);
}
