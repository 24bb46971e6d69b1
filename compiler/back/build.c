// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "clang.h"
#include "compiler/cache/cache.h"
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"
#include "includes.h"
#include "linking.h"
#include "object.h"
#include "pin_lines.h"
#include "set_bundle.h"

#define NO_PIECE SIZE_MAX
#define TELL_MS	 200

struct piece {
	struct bytes text, object; /* object.at: NULL until it is made */
	struct cache_key key;	   /* of the object */
	bool begun;
};

struct run {
	struct clang clang;
	size_t piece; /* NO_PIECE: waits for a text, or is over */
	bool ready;   /* it waits for a text */
	pid_t dying;  /* the clang before, which nobody has waited for; 0: none */
};

struct build {
	struct arena *arena;
	const struct build_options *options;
	const char *program; /* clang's path */
	struct run runs[BUILD_JOBS_MAX];
	size_t jobs;
	struct piece *pieces;
	size_t piece_count, made, linked;
	uint32_t fingerprint;
	struct linking *linking;
	const char *problem; /* what kept clang from starting; NULL: nothing */
	const char *refusal; /* what clang said when it made nothing; NULL: nothing */
};

static void start_run(struct build *b, struct run *r)
{
	int error = clang_start(&r->clang, b->arena, b->program);

	r->piece = NO_PIECE;
	r->ready = !error;
	if (error && !b->problem)
		b->problem = arena_printf(b->arena, "cannot run %s: %s. Is clang installed?",
					  b->program, strerror(error));
}

struct build *build_start(struct arena *a, const struct build_options *o)
{
	struct build *b = arena_alloc(a, sizeof(*b));

	b->arena = a;
	b->options = o;
	b->program = clang_program(a);
	b->jobs = o->jobs > BUILD_JOBS_MAX ? BUILD_JOBS_MAX : o->jobs;
	signal(SIGPIPE, SIG_IGN); /* a clang that dies early is told by its exit status */
	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < b->jobs; i++)
		b->runs[i].piece = NO_PIECE;
	for (size_t i = 0; i < b->jobs && i < o->early; i++)
		start_run(b, &b->runs[i]);
	return b;
}

static void wait_for_dying(struct run *r)
{
	if (r->dying > 0)
		child_wait(r->dying);
	r->dying = 0;
}

/* The next clang need not wait until this one has given its memory back, nor need what follows. */
static void stop_run(struct run *r)
{
	pid_t pid = clang_stop(&r->clang);

	if (!pid)
		return;
	wait_for_dying(r);
	r->dying = pid;
}

/* The largest of those that are left: the last one to end should be a small one. */
static size_t next_piece(const struct build *b)
{
	size_t best = NO_PIECE;

	for (size_t i = 0; i < b->piece_count; i++)
		if (!b->pieces[i].begun &&
		    (best == NO_PIECE || b->pieces[i].text.size > b->pieces[best].text.size))
			best = i;
	return best;
}

static void give_work(struct build *b)
{
	for (size_t i = 0; i < b->jobs && !b->problem; i++) {
		struct run *r = &b->runs[i];
		size_t next = r->piece == NO_PIECE ? next_piece(b) : NO_PIECE;

		if (next == NO_PIECE)
			continue;
		if (!r->ready)
			start_run(b, r);
		if (!r->ready)
			return;
		r->ready = false;
		r->piece = next;
		b->pieces[next].begun = true;
		clang_feed(&r->clang, b->pieces[next].text);
	}
}

/* Those that were started early and have nothing to do. */
static void stop_spare(struct build *b)
{
	for (size_t i = 0; i < b->jobs; i++)
		if (b->runs[i].ready && next_piece(b) == NO_PIECE) {
			b->runs[i].ready = false;
			stop_run(&b->runs[i]);
		}
}

static const struct template *library(const char *file)
{
	for (const struct template *t = templates(); t->name; t++)
		if (!strcmp(strrchr(t->name, '/') + 1, file))
			return t;
	return NULL;
}

/* The library comes first, while there is no unit yet. */
static void start_linking(struct build *b, const struct unit *unit)
{
	const char *const parts[] = {"lib.bpf.o", unit->has_args ? "lib_args.bpf.o" : NULL,
				     unit->needs_bits ? "bits.bpf.o" : NULL};

	b->linking = linking_start(b->arena);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct template *t = parts[i] ? library(parts[i]) : NULL;

		if (t)
			linking_add(b->linking, (struct bytes){(const uint8_t *)t->start,
							       (size_t)(t->end - t->start)});
	}
}

static void take_object(struct build *b, struct piece *p, struct bytes object)
{
	p->object = object;
	p->begun = true;
	b->made++;
}

/* In the order of the pieces, whichever was made first. */
static void link_made(struct build *b)
{
	for (; b->linked < b->piece_count && b->pieces[b->linked].object.at; b->linked++)
		linking_add(b->linking, b->pieces[b->linked].object);
}

/* Was the same text compiled before, by the same clang? */
static void look_up(struct build *b, struct piece *p)
{
	struct bytes object;

	if (!b->options->cache || !b->options->clang)
		return;
	p->key = (struct cache_key){.arena = b->arena};
	cache_key_text(&p->key, "object");
	cache_key_bytes(&p->key, (struct bytes){b->options->clang->bytes, b->options->clang->size});
	cache_key_text(&p->key, clang_options(b->arena));
	cache_key_bytes(&p->key, p->text);
	if (cache_get(b->options->cache, &p->key, &object))
		take_object(b, p, object);
}

void build_feed(struct build *b, const struct unit *unit)
{
	b->pieces = arena_array(b->arena, unit->piece_count, sizeof(*b->pieces));
	b->piece_count = unit->piece_count;
	b->fingerprint = unit->fingerprint;
	for (size_t i = 0; i < unit->piece_count; i++) {
		const struct bytes *text = &unit->pieces[i];

		b->pieces[i].text = includes_expand(
			b->arena, pin_lines(b->arena, (const char *)text->at, text->size));
	}
	for (size_t i = 0; i < b->piece_count; i++)
		look_up(b, &b->pieces[i]);
	give_work(b);
	stop_spare(b);
	start_linking(b, unit);
	link_made(b);
}

/* What the compiler calls itself, from the strings of its debug information. */
static const char *compiler_words(struct arena *a, struct bytes elf)
{
	static const char mark[] = "clang version";
	const char *start = memmem(elf.at, elf.size, mark, sizeof(mark) - 1);

	if (!start)
		return "clang";
	while (start > (const char *)elf.at && start[-1])
		start--;
	return arena_printf(a, "%s", start);
}

/* Its exit is what there is to look at. */
static void take_refusal(struct build *b, struct run *r)
{
	if (clang_status(&r->clang) == 0)
		b->problem = "what clang made is no object";
	else
		b->refusal = clang_words(&r->clang);
}

static void look_at(struct build *b, struct run *r)
{
	enum clang_state state = clang_look(&r->clang);
	struct piece *p = &b->pieces[r->piece];

	if (state == CLANG_WORKS)
		return;
	if (state == CLANG_DONE) {
		take_object(b, p, clang_object(&r->clang));
		if (p->key.size)
			cache_put(b->options->cache, &p->key, p->object);
	} else {
		take_refusal(b, r);
	}
	r->piece = NO_PIECE;
	stop_run(r);
}

static void wait_for_clang(struct build *b)
{
	struct pollfd fds[BUILD_JOBS_MAX];

	for (size_t i = 0; i < b->jobs; i++)
		fds[i] = (struct pollfd){
			.fd = b->runs[i].piece == NO_PIECE ? -1 : b->runs[i].clang.output,
			.events = POLLIN};
	if (poll(fds, b->jobs, b->options->tell ? TELL_MS : -1) < 0)
		return;
	for (size_t i = 0; i < b->jobs; i++)
		if (fds[i].revents)
			look_at(b, &b->runs[i]);
}

static enum exit_code link_objects(struct build *b, struct object *out, char *why, size_t why_size)
{
	bool ok = linking_finish(b->linking, &out->elf);

	b->linking = NULL;
	out->compiler = compiler_words(b->arena, b->pieces[0].object);
	if (ok && (b->piece_count == 1 || set_bundle(out->elf, b->fingerprint)))
		return EXIT_DONE;
	snprintf(why, why_size, "libbpf cannot link what clang made");
	return EXIT_ENVIRONMENT;
}

enum exit_code build_finish(struct build *b, struct object *out, char *why, size_t why_size)
{
	while (!b->problem && !b->refusal && b->made < b->piece_count) {
		wait_for_clang(b);
		if (!b->refusal)
			give_work(b);
		link_made(b);
		if (b->options->tell)
			b->options->tell(b->options->context, b->made, b->piece_count);
	}
	if (b->problem || b->refusal) {
		snprintf(why, why_size, "%s", b->problem ? b->problem : b->refusal);
		return b->problem ? EXIT_ENVIRONMENT : EXIT_REJECTED;
	}
	return link_objects(b, out, why, why_size);
}

void build_end(struct build *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->jobs; i++)
		stop_run(&b->runs[i]);
	for (size_t i = 0; i < b->jobs; i++)
		wait_for_dying(&b->runs[i]);
	linking_end(b->linking);
}
