// SPDX-License-Identifier: Apache-2.0
/*
 * Many binaries that are listed whole, of all lists together: one table, by a hash of the path. The
 * path itself is compared in the end: whoever makes up a path with another's hash gains nothing.
 */
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "emit.h"
#include "bpf-templates/tg_paths_hash.h"

#define FEW	   24 /* are compared one after the other */
#define PROBES_MAX 16

struct path {
	const struct ast_str *text;
	uint64_t hash;
	uint64_t *facts; /* a word each as in tg_bits.h */
	uint32_t at;	 /* in the pool, in words */
	uint32_t row;
};

struct paths {
	struct path *v;
	uint32_t count, words; /* words of facts */
	uint32_t *slots;       /* index + 1; 0: empty */
	uint32_t slot_count;   /* a power of two */
	uint32_t probes;
	uint64_t seed; /* with which no two of them have the same hash */
	bool clash;
};

static bool is_whole(const struct plan_fact *f)
{
	enum op op = op_get(f->set->op)->plain;

	return op != OP_PREFIX && op != OP_POSTFIX;
}

static size_t count_values(const struct plan *plan)
{
	size_t count = 0;

	for (uint32_t i = 0; i < plan->fact_count; i++)
		if (plan->facts[i].kind == FACT_BINARY && is_whole(&plan->facts[i]))
			count += plan->facts[i].set->value_count;
	return count;
}

bool emit_in_table(const struct plan *plan, uint32_t fact)
{
	return plan->facts[fact].kind == FACT_BINARY && is_whole(&plan->facts[fact]) &&
	       count_values(plan) > FEW;
}

/* ---- the table ----------------------------------------------------------------------------- */

static uint64_t word_at(const struct ast_str *s, size_t at)
{
	uint64_t word = 0;

	for (size_t i = at; i < s->len && i < at + 8; i++)
		word |= (uint64_t)(unsigned char)s->s[i] << (8 * (i - at));
	return word;
}

static uint64_t hash_of(const struct ast_str *s, uint64_t seed)
{
	uint64_t hash = tg_paths_begin(s->len, seed);

	for (size_t at = 0; at < s->len; at += 8)
		hash = tg_paths_add(hash, word_at(s, at));
	return hash;
}

/* Its place, or the empty one where it belongs. */
static uint32_t *find(struct paths *p, const struct ast_str *text, uint64_t hash)
{
	uint32_t mask = p->slot_count - 1, at = (uint32_t)hash & mask;

	for (;; at = (at + 1) & mask) {
		const struct path *known = p->slots[at] ? &p->v[p->slots[at] - 1] : NULL;

		if (!known || (known->hash == hash && known->text->len == text->len &&
			       !memcmp(known->text->s, text->s, text->len)))
			return &p->slots[at];
		p->clash |= known->hash == hash;
	}
}

static void add_path(struct emitter *e, struct paths *p, const struct ast_str *text, uint32_t fact)
{
	uint64_t hash = hash_of(text, p->seed);
	uint32_t *slot = find(p, text, hash);

	if (!*slot) {
		p->v[p->count] = (struct path){
			.text = text,
			.hash = hash,
			.facts = arena_array(e->arena, p->words, sizeof(uint64_t)),
		};
		*slot = ++p->count;
	}
	p->v[*slot - 1].facts[emit_fact_word(fact)] |= emit_fact_bit(fact);
}

/* The most places that are looked at for a path that is not listed. */
static uint32_t longest_run(const struct paths *p)
{
	uint32_t longest = 0, run = 0;

	for (uint32_t i = 0; i < 2 * p->slot_count && run < p->slot_count; i++) {
		run = p->slots[i & (p->slot_count - 1)] ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void place(struct emitter *e, struct paths *p, uint32_t slot_count)
{
	p->slot_count = slot_count;
	p->slots = arena_array(e->arena, slot_count, sizeof(*p->slots));
	for (uint32_t i = 0; i < p->count; i++)
		*find(p, p->v[i].text, p->v[i].hash) = i + 1;
}

static void make(struct emitter *e, struct paths *p, uint64_t seed)
{
	const struct plan *plan = e->plan;
	size_t count = count_values(plan);
	uint32_t slots = 64;

	while (slots < 2 * count)
		slots *= 2;
	*p = (struct paths){.words = emit_fact_words(plan), .seed = seed};
	p->v = arena_array(e->arena, count, sizeof(*p->v));
	place(e, p, slots);
	for (uint32_t i = 0; i < plan->fact_count; i++)
		for (size_t j = 0; emit_in_table(plan, i) && j < plan->facts[i].set->value_count;
		     j++)
			add_path(e, p, &plan->facts[i].set->values[j], i);
	while (longest_run(p) >= PROBES_MAX)
		place(e, p, p->slot_count * 2);
	p->probes = longest_run(p) + 1;
}

/* ---- as text --------------------------------------------------------------------------------- */

/* Rows of facts, each distinct one once: those of a list's paths are the same. */
static uint32_t emit_rows(struct emitter *e, struct paths *p)
{
	uint32_t *firsts = arena_array(e->arena, p->count, sizeof(*firsts)), rows = 0;

	fprintf(e->out, "static const __u64 paths_rows[][TG_BITS_WORDS] = {\n");
	for (uint32_t i = 0; i < p->count; i++) {
		uint32_t row = rows;

		while (row-- > 0)
			if (!memcmp(p->v[firsts[row]].facts, p->v[i].facts,
				    p->words * sizeof(uint64_t)))
				break;
		p->v[i].row = row == UINT32_MAX ? rows : row;
		if (row != UINT32_MAX)
			continue;
		firsts[rows++] = i;
		fprintf(e->out, "\t{");
		for (uint32_t j = 0; j < p->words; j++)
			fprintf(e->out, MASK ", ", p->v[i].facts[j]);
		fprintf(e->out, "},\n");
	}
	fprintf(e->out, "};\n");
	return rows;
}

/* Words; behind the last text there is room for the longest, so that no load is out of bounds. */
static uint32_t emit_pool(struct emitter *e, struct paths *p)
{
	uint32_t size = 0;

	fprintf(e->out, "static const __u64 paths_pool[] = {");
	for (uint32_t i = 0; i < p->count; i++) {
		p->v[i].at = size;
		for (size_t at = 0; at < p->v[i].text->len; at += 8, size++)
			fprintf(e->out, "%s0x%" PRIx64 "ull,", size % 8 ? " " : "\n\t",
				word_at(p->v[i].text, at));
	}
	fprintf(e->out, "\n\t[%u] = 0,\n};\n", size + TG_PATHS_WORDS);
	return size;
}

static void emit_slots(struct emitter *e, const struct paths *p)
{
	fprintf(e->out, "static const struct tg_paths_entry paths_entries[] = {\n\t{0},\n");
	for (uint32_t i = 0; i < p->count; i++)
		fprintf(e->out, "\t{0x%" PRIx64 "ull, %u, %u, %u},\n", p->v[i].hash, p->v[i].at,
			(uint32_t)p->v[i].text->len, p->v[i].row);
	fprintf(e->out, "};\nstatic const __u32 paths_slots[] = {");
	for (uint32_t i = 0; i < p->slot_count; i++)
		fprintf(e->out, "%s%u,", i % 16 ? " " : "\n\t", p->slots[i]);
	fprintf(e->out, "\n};\n");
}

void emit_binary_table(struct emitter *e)
{
	uint32_t pool, rows;
	struct paths p;

	if (count_values(e->plan) <= FEW)
		return;
	for (uint64_t seed = 0; !seed || p.clash; seed++)
		make(e, &p, seed);
	fprintf(e->out, "#include \"tg_paths_hash.h\"\n");
	rows = emit_rows(e, &p);
	pool = emit_pool(e, &p);
	emit_slots(e, &p);
	fprintf(e->out,
		"#define TG_PATHS %u\n#define TG_PATHS_ROWS %u\n#define TG_PATHS_POOL %u\n"
		"#define TG_PATHS_SEED %" PRIu64 "ull\n#define TG_PATHS_SLOTS %u\n#define "
		"TG_PATHS_PROBES %u\n#include \"tg_paths.h\"\n\n",
		p.count, rows, pool, p.seed, p.slot_count, p.probes);
}
