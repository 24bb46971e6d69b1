// SPDX-License-Identifier: Apache-2.0
/* The terse language: values, as the strings that YAML has. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lower.h"

/* ---- files ------------------------------------------------------------------------------ */

/* Beside the file that names it, unless the path is absolute. */
static const char *path_of(struct terse_lowering *l, const struct terse_node *n)
{
	const char *from = sources_get(l->sources, n->at.file)->name, *slash = strrchr(from, '/');

	if (n->text[0] == '/' || !slash)
		return n->text;
	return arena_printf(l->arena, "%.*s/%s", (int)(slash - from), from, n->text);
}

static bool may_open(struct terse_lowering *l, const struct terse_node *n)
{
	if (++l->includes <= TERSE_MAX_INCLUDES && l->depth <= 16)
		return true;
	if (l->includes == TERSE_MAX_INCLUDES + 1 || l->depth > 16)
		terse_say(l, DIAG_TERSE_TOO_LARGE, n->at,
			  "more than %d files are included, or they include themselves",
			  TERSE_MAX_INCLUDES);
	return false;
}

int values_open_file(struct terse_lowering *l, const struct terse_node *n)
{
	const char *path = path_of(l, n);
	int file;

	if (strlen(n->text) != n->len || !n->len) {
		terse_say(l, DIAG_TERSE_FILE, n->at, "this cannot be the name of a file");
		return -1;
	}
	if (!may_open(l, n))
		return -1;
	if (!sources_get(l->sources, n->at.file)->on_disk) {
		terse_say(l, DIAG_TERSE_FILE, n->at,
			  "a text that is no file has no files beside it");
		return -1;
	}
	file = sources_load(l->sources, path);
	if (file < 0)
		terse_say(l, DIAG_TERSE_FILE, n->at, "cannot read %.200s: %s", path,
			  errno == EFBIG ? "it is too large" : strerror(errno));
	return file;
}

/* A folder of the standard library, by number: TGC_LIBRARY's, or those beside the program, where
 * `make install` and the source tree have it. NULL: there are no more. */
static const char *library_folder(struct terse_lowering *l, unsigned i)
{
	static const char *const places[] = {"../share/tgc/library", "../stdlib-policies/library"};
	const char *given = getenv("TGC_LIBRARY");
	char program[4096];
	ssize_t len;

	if (given && *given)
		return i ? NULL : given;
	len = i < 2 ? readlink("/proc/self/exe", program, sizeof(program) - 1) : -1;
	if (len <= 0)
		return NULL;
	program[len] = '\0';
	*strrchr(program, '/') = '\0';
	return arena_printf(l->arena, "%s/%s", program, places[i]);
}

/* A name of one word: nothing in it leads out of the library. */
static bool is_library_name(const struct terse_node *n)
{
	return n->len && strlen(n->text) == n->len && n->len < 100 && n->text[0] != '.' &&
	       strspn(n->text, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == n->len;
}

int values_open_library(struct terse_lowering *l, const struct terse_node *n)
{
	const char *folder, *tried = "";
	int file = -1;

	if (!is_library_name(n)) {
		diag_hint(l->d,
			  terse_say(l, DIAG_TERSE_FILE, n->at,
				    "this cannot be the name of a file of the library"),
			  "include library \"networks.tg\"; a file beside this one: include "
			  "\"networks.tg\"");
		return -1;
	}
	if (!may_open(l, n))
		return -1;
	for (unsigned i = 0; file < 0 && (folder = library_folder(l, i)); i++) {
		file = sources_load(l->sources, arena_printf(l->arena, "%s/%s", folder, n->text));
		tried = arena_printf(l->arena, "%s%s%s", tried, *tried ? ", " : "", folder);
	}
	if (file < 0)
		diag_note(l->d,
			  terse_say(l, DIAG_TERSE_FILE, n->at, "the library has no `%s`: %s",
				    n->text, errno == EFBIG ? "it is too large" : strerror(errno)),
			  "it was looked for in %.300s; TGC_LIBRARY names another folder", tried);
	return file;
}

/* ---- lists ------------------------------------------------------------------------------ */

static bool add_value(struct terse_lowering *l, struct terse_node *out, struct terse_node *n)
{
	if (out->count >= TERSE_MAX_VALUES) {
		if (out->count == TERSE_MAX_VALUES)
			terse_say(l, DIAG_TERSE_TOO_LARGE, n->at,
				  "the list has more than %d values", TERSE_MAX_VALUES);
		return false;
	}
	out->kids = arena_grow(l->arena, out->kids, out->count, &out->room, sizeof(n));
	out->kids[out->count++] = n;
	return true;
}

/* One value a line; blank lines and those that start with # are passed over. */
static bool add_file(struct terse_lowering *l, struct terse_node *out, const struct terse_node *n)
{
	int file = values_open_file(l, kid(n, 0));
	const struct source *f;

	if (file < 0)
		return false;
	f = sources_get(l->sources, (uint32_t)file);
	for (size_t i = 0, len; i < f->size; i += len + 1) {
		const char *line = f->text + i, *end = memchr(line, '\n', f->size - i);
		size_t from = 0, to;
		struct terse_node *leaf;

		len = end ? (size_t)(end - line) : f->size - i;
		to = len;
		while (from < to && strchr(" \t\r", line[from]) && line[from])
			from++;
		while (to > from && strchr(" \t\r", line[to - 1]) && line[to - 1])
			to--;
		if (from == to || line[from] == '#')
			continue;
		leaf = arena_alloc(l->arena, sizeof(*leaf));
		leaf->kind = T_STRING;
		leaf->text = arena_strndup(l->arena, line + from, to - from);
		leaf->len = to - from;
		leaf->at = (struct span){(uint32_t)file, (uint32_t)(i + from), (uint32_t)(i + to)};
		if (!add_value(l, out, leaf))
			return false;
	}
	return true;
}

static bool add_all(struct terse_lowering *l, const struct terse_node *list,
		    struct terse_node *out);

void report_nested(struct terse_lowering *l, struct span at)
{
	terse_say(l, DIAG_TERSE_TOO_LARGE, at, "names stand for names more than %d levels deep",
		  TERSE_MAX_NESTED);
}

static bool add_binding(struct terse_lowering *l, struct terse_node *out, struct terse_binding *b,
			const struct terse_node *use)
{
	bool ok;

	if (b->kind == MACRO) {
		terse_say(l, DIAG_TERSE_VALUE, use->at, "`%.60s` is a condition, no value",
			  b->name);
		return false;
	}
	if (b->open) {
		terse_say(l, DIAG_TERSE_NAME, use->at, "`%.60s` is defined by itself", b->name);
		return false;
	}
	if (!b->value)
		return false; /* a parameter that was not given: said */
	if (l->nested >= TERSE_MAX_NESTED) {
		report_nested(l, use->at);
		return false;
	}
	b->open = true;
	l->nested++;
	ok = add_all(l, b->value, out);
	l->nested--;
	b->open = false;
	return ok;
}

static bool add_all(struct terse_lowering *l, const struct terse_node *list, struct terse_node *out)
{
	bool ok = true;

	for (size_t i = 0; i < list->count && ok; i++) {
		struct terse_node *n = list->kids[i];
		struct terse_binding *b = n->kind == T_NAME ? find_binding(l, n->text) : NULL;

		if (b)
			ok = add_binding(l, out, b, n);
		else if (n->kind == T_LOAD)
			ok = add_file(l, out, n);
		else
			ok = add_value(l, out, n);
	}
	return ok;
}

bool values_expand(struct terse_lowering *l, const struct terse_node *list, struct terse_node **out)
{
	*out = arena_alloc(l->arena, sizeof(**out));
	(*out)->kind = T_LIST;
	(*out)->at = list->at;
	return add_all(l, list, *out);
}

/* ---- single values ---------------------------------------------------------------------- */

static bool parse_number(const char *text, int64_t *out)
{
	bool negative = *text == '-';
	const char *digits = text + negative;
	unsigned long long value;
	int base = 10;
	char *end;

	if (digits[0] == '0' && digits[1]) {
		base = strchr("xX", digits[1])	 ? 16
		       : strchr("bB", digits[1]) ? 2
		       : strchr("oO", digits[1]) ? 8
						 : 8;
		digits += strchr("xXbBoO", digits[1]) ? 2 : 1;
	}
	errno = 0;
	if (!*digits || strchr("+- \t", *digits))
		return false;
	value = strtoull(digits, &end, base);
	if (*end || errno)
		return false;
	*out = (int64_t)(negative ? 0 - value : value);
	return true;
}

static void report_constant(struct terse_lowering *l, const struct terse_node *n)
{
	const char *near = constant_nearest(l->arena, n->text);
	struct diag *g = terse_say(l, DIAG_TERSE_NAME, n->at, "nothing is called `%.60s`", n->text);

	diag_note(l->d, g,
		  "it is no list (`let`), no parameter, and no constant of the system's headers%s",
		  l->options && l->options->kernel_count ? " or the kernel" : "");
	if (near)
		diag_hint(l->d, g, "did you mean `%s`? A text has quotes: \"%.60s\"", near,
			  n->text);
	else
		diag_hint(l->d, g, "a text has quotes: \"%.60s\"", n->text);
}

static bool constant_value(struct terse_lowering *l, const struct terse_node *n, int64_t *out)
{
	if (constant_find(n->text, out) || kernel_constant(l, n->text, out))
		return true;
	report_constant(l, n);
	return false;
}

static bool bits_value(struct terse_lowering *l, const struct terse_node *n, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < n->count; i++) {
		int64_t one;

		if (!value_number(l, n->kids[i], &one))
			return false;
		*out |= one;
	}
	return true;
}

static bool binding_number(struct terse_lowering *l, const struct terse_node *n,
			   struct terse_binding *b, int64_t *out)
{
	struct terse_node list = {.kind = T_LIST, .at = n->at, .count = 1}, *all;
	struct terse_node *kids[] = {(struct terse_node *)n};

	(void)b;
	list.kids = kids;
	if (!values_expand(l, &list, &all))
		return false;
	if (all->count == 1 && (all->kids[0]->kind != T_NAME || all->kids[0] != n))
		return value_number(l, all->kids[0], out);
	terse_say(l, DIAG_TERSE_VALUE, n->at, "`%.60s` is a list; one number belongs here",
		  n->text);
	return false;
}

bool value_number(struct terse_lowering *l, const struct terse_node *n, int64_t *out)
{
	struct terse_binding *b = n->kind == T_NAME ? find_binding(l, n->text) : NULL;

	if (b)
		return binding_number(l, n, b, out);
	switch (n->kind) {
	case T_NUMBER:
	case T_STRING:
		if (parse_number(n->text, out))
			return true;
		break;
	case T_NAME:
		return constant_value(l, n, out);
	case T_NEGATIVE:
		if (!constant_value(l, n, out))
			return false;
		*out = (int64_t)(0 - (uint64_t)*out);
		return true;
	case T_BITS:
		return bits_value(l, n, out);
	default:
		break;
	}
	terse_say(l, DIAG_TERSE_VALUE, n->at, "a number belongs here");
	return false;
}

static const char *range_text(struct terse_lowering *l, const struct terse_node *n,
			      enum value_words words)
{
	const char *low = value_text(l, kid(n, 0), words), *high = value_text(l, kid(n, 1), words);

	return low && high ? arena_printf(l->arena, "%s:%s", low, high) : NULL;
}

/* YAML has Pid and PidForChildren for what is pid and pid_for_children here. */
static const char *folded(struct terse_lowering *l, const char *text)
{
	char *out = arena_strndup(l->arena, text, strlen(text));
	size_t used = 0;
	bool upper = true;

	if (!strcmp(text, "host"))
		return "host_ns";
	if (!strcmp(text, "host_ns"))
		return text;
	for (; *text; text++) {
		if (*text == '_') {
			upper = true;
			continue;
		}
		out[used++] = (char)(upper && *text >= 'a' && *text <= 'z' ? *text - 32 : *text);
		upper = false;
	}
	out[used] = '\0';
	return out;
}

static const char *named_text(struct terse_lowering *l, const struct terse_node *n)
{
	if (node_is(kid(n, 0), "list"))
		return arena_printf(l->arena, "list:%s", kid(n, 1)->text);
	diag_hint(l->d, terse_say(l, DIAG_TERSE_SYNTAX, n->at, "values are separated by commas"),
		  "%.60s, %.60s", kid(n, 0)->text, kid(n, 1)->text);
	return NULL;
}

const char *value_text(struct terse_lowering *l, const struct terse_node *n, enum value_words words)
{
	int64_t number;

	switch (n->kind) {
	case T_STRING:
	case T_NUMBER:
	case T_ADDRESS:
		return n->text;
	case T_NAME:
		if (words == WORDS_FOLDED)
			return folded(l, n->text);
		if (words == WORDS_KEPT)
			return n->text;
		break;
	case T_RANGE:
		return range_text(l, n, words);
	case T_NAMED:
		return named_text(l, n);
	default:
		break;
	}
	return value_number(l, n, &number) ? arena_printf(l->arena, "%lld", (long long)number)
					   : NULL;
}

struct yaml_node *values_lower(struct terse_lowering *l, const struct terse_node *list,
			       enum value_words words)
{
	struct yaml_node *out = doc_list(l->arena, list->at);
	struct terse_node *all;
	bool ok = values_expand(l, list, &all);

	for (size_t i = 0; ok && i < all->count; i++) {
		const struct terse_node *n = all->kids[i];
		const char *text = value_text(l, n, words);

		if (!text)
			return NULL;
		doc_append(l->arena, out,
			   n->kind == T_STRING ? doc_bytes(l->arena, n->at, text, n->len)
					       : doc_string(l->arena, n->at, text));
	}
	return ok ? out : NULL;
}
