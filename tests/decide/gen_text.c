// SPDX-License-Identifier: Apache-2.0
/* Texts and paths of few words. */
#include <string.h>
#include "compiler/base/arena.h"
#include "gen.h"

#define TEXT_MAX      8192
#define PREFIX_MAX    255
#define POSTFIX_MAX   127
#define SUBSTRING_MAX 99
#define NET_MAX	      8
#define EQUAL_MAX     4096

/* ---- words ------------------------------------------------------------------------------- */

static const char *name(struct draw *d)
{
#define TEN "nnnnnnnnnn"
	static const char *const names[] = {"a",
					    "b",
					    "etc",
					    "ab",
					    "aa",
					    "bin",
					    "etcetera",
					    "passwd",
					    "etcetera1",
					    "a b",
					    ".passwd",
					    "x (deleted)",
					    TEN TEN TEN "n",
					    TEN TEN TEN "nn",
					    TEN TEN TEN "nnnnnnnnn",
					    TEN TEN TEN TEN,
					    TEN TEN TEN "na",
					    "etc" TEN TEN TEN};

	return names[draw_below(d, draw_one_in(d, 3) ? sizeof(names) / sizeof(names[0]) : 6)];
}

static void append(char *to, const char *text)
{
	strncat(to, text, TEXT_MAX - strlen(to) - 1);
}

static struct text keep(struct arena *a, const char *s)
{
	return (struct text){arena_strndup(a, s, strlen(s)), strlen(s)};
}

struct text gen_path(struct draw *d, struct arena *a, bool mounts)
{
	static const char *const crossings[] = {"!", "<a>", "<etc/a>"};
	unsigned depth = draw_one_in(d, 12) ? 13 + draw_below(d, 8) : 1 + draw_below(d, 4);
	char path[TEXT_MAX] = "";

	if (mounts && draw_one_in(d, 8))
		append(path, "!");
	for (unsigned i = 0; i < depth; i++) {
		append(path, "/");
		append(path, name(d));
		if (mounts && draw_one_in(d, 6))
			append(path, DRAW_FROM(d, crossings));
	}
	return keep(a, path);
}

struct text gen_text(struct draw *d, struct arena *a)
{
	char text[TEXT_MAX] = "";

	for (unsigned i = 0, n = 1 + draw_below(d, 4); i < n; i++) {
		append(text, name(d));
		append(text, draw_one_in(d, 2) ? " " : "/");
	}
	return keep(a, text);
}

/* ---- values ------------------------------------------------------------------------------ */

/* A part of it: of a Prefix its beginning, of a Postfix its end, of a SubString anything. */
static struct text cut(struct gen *g, struct text t, enum op op)
{
	enum op plain = op_get(op)->plain;
	size_t at = draw_below(g->draw, (unsigned)t.len), rest = t.len - at;

	if (plain == OP_PREFIX) {
		t.len = rest < PREFIX_MAX ? rest : PREFIX_MAX;
	} else if (plain != OP_EQUAL) {
		if (rest > POSTFIX_MAX) {
			at = t.len - POSTFIX_MAX;
			rest = POSTFIX_MAX;
		}
		t.s += at;
		t.len = plain == OP_POSTFIX ? rest : 1 + draw_below(g->draw, (unsigned)rest);
	} else if (t.len > EQUAL_MAX) {
		t.len = EQUAL_MAX;
	}
	return t;
}

static struct text with_end(struct gen *g, struct text t)
{
	static const char *const ends[] = {" (deleted)", "/", "x"};

	if (!draw_one_in(g->draw, 8))
		return t;
	return keep(g->set->arena, arena_printf(g->set->arena, "%.*s%s", (int)t.len, t.s,
						DRAW_FROM(g->draw, ends)));
}

static struct part *quoted(struct arena *a, const struct text *t)
{
	return part_leaf(a, "\"%.*s\"", (int)t->len, t->s);
}

static struct part *file_type(struct gen *g)
{
	static const char *const types[] = {"reg", "dir", "chr", "blk", "fifo", "sock", "lnk"};

	return part_leaf(g->set->arena, "\"%s\"", DRAW_FROM(g->draw, types));
}

struct part *gen_text_value(struct gen *g, const struct type_info *type, enum op op)
{
	struct gen_set *set = g->set;
	bool path = type->class == CLASS_PATH;
	struct text t;

	if (op_get(op)->takes == OPERAND_FILE_TYPE)
		return file_type(g);
	if (op_get(op)->takes != OPERAND_TYPED && op_get(op)->takes != OPERAND_TEXT)
		return NULL;
	t = path ? gen_path(g->draw, set->arena, false) : gen_text(g->draw, set->arena);
	if (path && set->path_count < GEN_HINTS)
		set->paths[set->path_count++] = t;
	if (!path && set->text_count < GEN_HINTS)
		set->texts[set->text_count++] = t;
	t = cut(g, with_end(g, t), op);
	if (strstr(op_name(op), "SubString") && t.len > SUBSTRING_MAX)
		t.len = SUBSTRING_MAX;
	if (type->id == TYPE_NET_DEVICE && t.len > NET_MAX)
		t.len = NET_MAX;
	return quoted(set->arena, &t);
}

/* ---- calls ------------------------------------------------------------------------------- */

struct text gen_path_like(struct draw *d, struct arena *a, const struct text *like, size_t count)
{
	char path[TEXT_MAX] = "";
	const struct text *t;

	if (!count || draw_one_in(d, 4))
		return gen_path(d, a, true);
	t = &like[draw_below(d, (unsigned)count)];
	if (draw_one_in(d, 6)) {
		append(path, "/");
		append(path, name(d));
	}
	append(path, t->s);
	if (draw_one_in(d, 8))
		append(path, draw_one_in(d, 2) ? "x" : "!");
	if (draw_one_in(d, 6)) {
		append(path, "/");
		append(path, name(d));
	}
	return keep(a, path);
}

void gen_path_argument(const struct gen_set *set, struct draw *d, struct arena *a,
		       struct argument *out)
{
	out->kind = ARGUMENT_TEXT;
	out->text = gen_path_like(d, a, set->paths, set->path_count);
	out->deleted = draw_one_in(d, 8);
	if (draw_one_in(d, 24))
		*out = (struct argument){.kind = ARGUMENT_TEXT,
					 .text = keep(a, draw_one_in(d, 2) ? "" : "pipe")};
}

void gen_text_argument(const struct gen_set *set, struct draw *d, struct arena *a,
		       struct argument *out)
{
	char text[TEXT_MAX] = "";

	if (!set->text_count || draw_one_in(d, 4))
		append(text, gen_text(d, a).s);
	else
		append(text, set->texts[draw_below(d, (unsigned)set->text_count)].s);
	if (draw_one_in(d, 6))
		append(text, name(d));
	if (draw_one_in(d, 8) && *text)
		text[strlen(text) - 1] = '\0';
	if (draw_one_in(d, 40))
		while (strlen(text) < 4090 + draw_below(d, 12))
			append(text, "n");
	*out = (struct argument){
		.kind = ARGUMENT_TEXT, .text = keep(a, text), .in_kernel = draw_one_in(d, 2)};
}

/* Most often none, else a folder on the path's own way down, or some other one. */
struct text gen_root(struct draw *d, struct arena *a, const struct text *path)
{
	size_t slashes[64], count = 0;
	bool inside = false;

	for (const char *p = path->s + 1; path->len && *p && count < 64; p++) {
		inside = *p == '<' || (inside && *p != '>');
		if (*p == '/' && !inside)
			slashes[count++] = (size_t)(p - path->s);
	}
	if (count && draw_one_in(d, 5)) {
		size_t n = slashes[draw_below(d, (unsigned)count)];

		return (struct text){arena_strndup(a, path->s, n), n};
	}
	return draw_one_in(d, 10) ? keep(a, draw_one_in(d, 2) ? "/a" : "/etc/a")
				  : (struct text){"", 0};
}
