/* SPDX-License-Identifier: Apache-2.0 */
/* The wording of messages about keys, types and words. */
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "yaml_policy.h"

enum { QUOTE_MAX = 60, HINT_MAX = 90 };

/* Part of the source for a sentence: one line, of bounded length. */
static const char *quote_source(struct policy_reader *r, struct span at)
{
	const char *text = r->source->text + at.start;
	size_t len = at.end - at.start, shown = 0;

	while (shown < len && shown < QUOTE_MAX && text[shown] != '\n' && text[shown] != '\r')
		shown++;
	while (shown < len && shown && ((unsigned char)text[shown] & 0xc0) == 0x80)
		shown--;
	if (shown == len)
		return arena_strndup(r->arena, text, len);
	return arena_printf(r->arena, "%.*s...", (int)shown, text);
}

/* ---- keys ----------------------------------------------------------------------------- */

/* A key or word as its author sees it: without quotes where that is the same text. */
static const char *name_of(struct policy_reader *r, const struct yaml_node *n)
{
	if (n->len == 0 || n->len > QUOTE_MAX || strlen(n->text) != n->len)
		return quote_source(r, n->at);
	return n->text;
}

/* "`a`, `b` and `c`" */
static const char *enumerate(struct policy_reader *r, const char *const *words, size_t count,
			     const char *last)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = arena_printf(r->arena, "%s%s%s", list,
				    i == 0	    ? ""
				    : i + 1 < count ? ", "
						    : last,
				    words[i]);
	return list;
}

static const char *known_keys(struct policy_reader *r, enum schema_object object)
{
	const char *names[24];
	size_t count = 0;

	for (const struct schema_key *k = NULL; (k = schema_next(object, k)) && count < 24;)
		if (k->type != VALUE_ANY)
			names[count++] = arena_printf(r->arena, "`%s`", k->name);
	return count ? enumerate(r, names, count, " and ") : NULL;
}

static const char *owners_of(struct policy_reader *r, const char *key)
{
	const char *titles[4];
	size_t count = schema_owners(key, titles, 4);

	/* a key that is at home everywhere says nothing of what was meant */
	return count && count < 4 ? enumerate(r, titles, count, " or ") : NULL;
}

/* `certain`: the word can go in without a person's look. */
static void hint_word(struct policy_reader *r, struct diag *g, const struct yaml_node *n,
		      const char *meant, bool certain)
{
	diag_hint(r->d, g, "did you mean `%s`?", meant);
	if (certain)
		diag_fix_word(r->d, g, n->at, n->text, meant);
}

void report_unknown_kind(struct policy_reader *r, const struct yaml_node *kind)
{
	const char *meant = words_meant(WORDS_KIND, kind->text);
	struct diag *g;

	g = diag_at(r->d, DIAG_UNKNOWN_KIND, kind->at, "a document of kind `%s` is not a policy",
		    name_of(r, kind));
	if (meant)
		hint_word(r, g, kind, meant, words_status(WORDS_KIND, meant) == WORD_YES);
	else
		diag_hint(r->d, g,
			  "tgc reads documents of kind `TracingPolicy`; "
			  "keep other objects in other files");
}

void report_unknown_key(struct policy_reader *r, enum schema_object object, const char *where,
			const struct yaml_node *node, const struct yaml_node *key)
{
	const char *owners = owners_of(r, key->text), *meant = schema_meant(object, key->text);
	const char *known = known_keys(r, object), *lesson = schema_lesson(object, key->text);
	struct diag *g;

	g = diag_at(r->d, DIAG_UNKNOWN_KEY, key->at, "%s has no key `%s`", where, name_of(r, key));
	if (lesson)
		diag_hint(r->d, g, "%s", lesson);
	else if (meant)
		hint_word(r, g, key, meant, !yaml_find(node, meant));
	else if (owners)
		diag_hint(r->d, g, "`%s` belongs in %s", key->text, owners);
	else if (known)
		diag_hint(r->d, g, "its keys are %s", known);
}

void report_missing_keys(struct policy_reader *r, const char *where, const struct yaml_node *object,
			 const char *const *keys, size_t count)
{
	bool is_entry = strlen(where) > 2 && strcmp(where + strlen(where) - 2, "[]") == 0;
	const char *names[4] = {NULL};

	for (size_t i = 0; i < count; i++)
		names[i] = arena_printf(r->arena, "`%s`", keys[i]);
	diag_at(r->d, DIAG_MISSING_KEY, object->at, "%s%.*s lacks %s",
		is_entry ? "this entry of " : "", (int)(strlen(where) - (is_entry ? 2 : 0)), where,
		enumerate(r, names, count, " and "));
}

/* ---- types ---------------------------------------------------------------------------- */

static const char *const wanted_one[] = {
	[VALUE_STRING] = "a string",
	[VALUE_WORD] = "a string",
	[VALUE_BOOL] = "true or false",
	[VALUE_INT] = "an integer",
	[VALUE_NAT] = "an integer",
	[VALUE_LONG] = "an integer",
	[VALUE_STRINGS] = "a list of strings",
	[VALUE_INTS] = "a list of integers",
	[VALUE_NATS] = "a list of integers",
	[VALUE_LONGS] = "a list of integers",
	[VALUE_LABELS] = "a mapping",
	[VALUE_ANY] = "a value",
	[VALUE_OBJECT] = "a mapping",
	[VALUE_LIST] = "a list",
	[VALUE_MAP] = "a mapping",
};

static const char *const wanted_many[] = {
	[VALUE_STRINGS] = "strings", [VALUE_INTS] = "integers", [VALUE_NATS] = "integers",
	[VALUE_LONGS] = "integers",  [VALUE_LIST] = "mappings",
};

static bool is_scalar(const struct yaml_node *n)
{
	return n->type >= NODE_BOOL && n->type <= NODE_STRING;
}

/* "`1` is a number" */
static const char *found(struct policy_reader *r, const struct yaml_node *v)
{
	static const char *const nouns[] = {
		[NODE_BAD] = "",	  [NODE_NULL] = "nothing",   [NODE_BOOL] = "a boolean",
		[NODE_INT] = "a number",  [NODE_FLOAT] = "a number", [NODE_STRING] = "a string",
		[NODE_MAP] = "a mapping", [NODE_LIST] = "a list",
	};

	if (!is_scalar(v))
		return arena_printf(r->arena, "this is %s", nouns[v->type]);
	return arena_printf(r->arena, "`%s` is %s", quote_source(r, v->at), nouns[v->type]);
}

static bool wants_integers(enum value_type wanted)
{
	return wanted >= VALUE_INTS && wanted <= VALUE_LONGS;
}

/* A string whose content, without quotes, would have the type that is wanted. */
static bool is_needlessly_quoted(const struct yaml_node *v, enum value_type wanted)
{
	struct yaml_node plain = *v;

	if (v->type != NODE_STRING || !v->quoted)
		return false;
	yaml_scalar_resolve(&plain);
	return (plain.type == NODE_BOOL && wanted == VALUE_BOOL) ||
	       (plain.type == NODE_INT && wanted >= VALUE_INT && wanted <= VALUE_LONG);
}

/* The booleans of YAML 1.1 surprise people. */
static void note_boolean(struct policy_reader *r, struct diag *g, const struct yaml_node *v)
{
	if (v->type == NODE_BOOL && strcasecmp(v->text, "true") && strcasecmp(v->text, "false"))
		diag_note(r->d, g,
			  "unquoted, YAML takes y, yes and on for true, n, no and off "
			  "for false");
}

/* The same value in quotes; only what is written plainly and needs no escapes. */
static void fix_quotes(struct policy_reader *r, struct diag *g, const struct yaml_node *v,
		       const char *before, const char *after)
{
	size_t written = v->at.end - v->at.start;

	if (written == v->len && !strpbrk(v->text, "\"\\\n") && strlen(v->text) == v->len)
		diag_fix(r->d, g, v->at,
			 arena_printf(r->arena, "%s\"%s\"%s", before, v->text, after));
}

static void fix_no_quotes(struct policy_reader *r, struct diag *g, const struct yaml_node *v)
{
	if (v->at.end - v->at.start == v->len + 2)
		diag_fix(r->d, g, v->at, v->text);
}

/* A list around a single value that is written on one line. */
static void fix_brackets(struct policy_reader *r, struct diag *g, const struct yaml_node *v)
{
	size_t len = v->at.end - v->at.start;
	const char *text = arena_strndup(r->arena, r->source->text + v->at.start, len);

	if (!strpbrk(text, "\n\r") && strlen(text) == len)
		diag_fix(r->d, g, v->at, arena_printf(r->arena, "[%s]", text));
}

static void fix_type(struct policy_reader *r, struct diag *g, const struct yaml_node *v,
		     enum value_type wanted)
{
	if (wanted == VALUE_STRING && is_scalar(v))
		fix_quotes(r, g, v, "", "");
	else if (is_needlessly_quoted(v, wanted))
		fix_no_quotes(r, g, v);
	else if (wanted == VALUE_STRINGS && v->type == NODE_STRING && v->quoted)
		fix_brackets(r, g, v);
	else if (wanted == VALUE_STRINGS && is_scalar(v))
		fix_quotes(r, g, v, "[", "]");
	else if (wants_integers(wanted) && v->type == NODE_INT)
		fix_brackets(r, g, v);
}

static void hint_type(struct policy_reader *r, struct diag *g, const struct yaml_node *key,
		      const struct yaml_node *v, enum value_type wanted)
{
	const char *text = is_scalar(v) ? quote_source(r, v->at) : NULL;
	const char *name = name_of(r, key);

	if (wanted == VALUE_STRING && text)
		diag_hint(r->d, g, "put it in quotes: `%s: \"%s\"`", name, text);
	else if (is_needlessly_quoted(v, wanted))
		diag_hint(r->d, g, "leave the quotes out: `%s: %.60s`", name, v->text);
	else if (wanted == VALUE_STRINGS && v->type == NODE_STRING && v->quoted)
		diag_hint(r->d, g, "write a list: `%s: [%s]`", name, text);
	else if (wanted == VALUE_STRINGS && text)
		diag_hint(r->d, g, "write a list: `%s: [\"%s\"]`", name, text);
	else if (wants_integers(wanted) && v->type == NODE_INT)
		diag_hint(r->d, g, "write a list: `%s: [%s]`", name, text);
	else if (wanted == VALUE_LIST && v->type == NODE_MAP && v->count)
		diag_hint(r->d, g, "start the entry with a dash: `- %s:`",
			  name_of(r, v->pairs[0].key));
	else if (wanted == VALUE_OBJECT && v->type == NODE_LIST)
		diag_hint(r->d, g, "write the keys of `%s` without a dash", name);
}

void report_type(struct policy_reader *r, const struct yaml_node *key,
		 const struct yaml_node *value, enum value_type wanted)
{
	struct diag *g;

	if (value->type == NODE_NULL) {
		g = diag_at(r->d, DIAG_WRONG_TYPE, key->at, "`%s` wants %s, but has no value",
			    quote_source(r, key->at), wanted_one[wanted]);
		diag_hint(r->d, g, "give it a value, or leave the key out");
		return;
	}
	g = diag_at(r->d, DIAG_WRONG_TYPE, value->at, "`%s` wants %s, but %s",
		    quote_source(r, key->at), wanted_one[wanted], found(r, value));
	note_boolean(r, g, value);
	hint_type(r, g, key, value, wanted);
	fix_type(r, g, value, wanted);
}

/* All items that could be mended like the one that is reported, in one fix. */
static void fix_items(struct policy_reader *r, struct diag *g, const struct yaml_node *list,
		      enum value_type wanted)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *v = list->items[i];

		if (wanted == VALUE_STRINGS && is_scalar(v) && v->type != NODE_STRING)
			fix_quotes(r, g, v, "", "");
		else if (wants_integers(wanted) && is_needlessly_quoted(v, VALUE_LONG))
			fix_no_quotes(r, g, v);
	}
}

/* The list with all its items in quotes, or NULL when that is no help. */
static const char *quoted_list(struct policy_reader *r, const struct yaml_node *list)
{
	char text[HINT_MAX];
	size_t used = 0;
	int len;

	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *v = list->items[i];

		if (!is_scalar(v) || strpbrk(v->text, "\"\\\n"))
			return NULL;
		len = snprintf(text + used, sizeof(text) - used, "%s\"%s\"", i ? ", " : "",
			       v->text);
		if (len < 0 || (size_t)len >= sizeof(text) - used)
			return NULL;
		used += (size_t)len;
	}
	return arena_strndup(r->arena, text, used);
}

static void hint_string_item(struct policy_reader *r, struct diag *g, const struct yaml_node *key,
			     const struct yaml_node *list, const struct yaml_node *item)
{
	const char *all = quoted_list(r, list);

	if (item->type == NODE_MAP)
		diag_hint(r->d, g, "a string that contains `: ` needs quotes");
	else if (!is_scalar(item))
		return;
	else if (all)
		diag_hint(r->d, g, "put it in quotes: `%s: [%s]`", name_of(r, key), all);
	else
		diag_hint(r->d, g, "put it in quotes: \"%s\"", quote_source(r, item->at));
}

static void hint_integer_item(struct policy_reader *r, struct diag *g, const struct yaml_node *item)
{
	if (is_needlessly_quoted(item, VALUE_LONG))
		diag_hint(r->d, g, "leave the quotes out: %.60s", item->text);
}

void report_item_type(struct policy_reader *r, const struct yaml_node *key,
		      const struct yaml_node *list, const struct yaml_node *item,
		      enum value_type wanted)
{
	struct diag *g;

	if (item->type == NODE_NULL) {
		g = diag_at(r->d, DIAG_WRONG_TYPE, item->at,
			    "`%s` wants %s, but this entry is empty", quote_source(r, key->at),
			    wanted_many[wanted]);
		if (wanted == VALUE_STRINGS)
			diag_hint(r->d, g, "the empty string is written \"\"");
		return;
	}
	g = diag_at(r->d, DIAG_WRONG_TYPE, item->at, "`%s` wants %s, but %s",
		    quote_source(r, key->at), wanted_many[wanted], found(r, item));
	note_boolean(r, g, item);
	if (wanted == VALUE_STRINGS)
		hint_string_item(r, g, key, list, item);
	else if (wanted != VALUE_LIST)
		hint_integer_item(r, g, item);
	fix_items(r, g, list, wanted);
}

void report_range(struct policy_reader *r, const char *what, const struct yaml_node *value,
		  int64_t low, int64_t high)
{
	const char *number = quote_source(r, value->at);

	if (low == 0 && value->integer < 0)
		diag_at(r->d, DIAG_OUT_OF_RANGE, value->at, "%s is %s, but cannot be negative",
			what, number);
	else
		diag_at(r->d, DIAG_OUT_OF_RANGE, value->at,
			"%s is %s, outside the range from %lld to %lld", what, number,
			(long long)low, (long long)high);
}

/* ---- words ---------------------------------------------------------------------------- */

static void report_unknown_word(struct policy_reader *r, enum word_set set,
				const struct yaml_node *value)
{
	const char *meant = words_meant(set, value->text), *of = words_of(set);
	const char *lesson = words_lesson(set, value->text, !meant);
	struct diag *g;

	g = diag_at(r->d, words_diag(set), value->at, "%s no %s `%s`",
		    of ? arena_printf(r->arena, "%s has", of) : "there is", words_noun(set),
		    name_of(r, value));
	if (meant)
		hint_word(r, g, value, meant, true);
	else
		diag_hint(r->d, g, "it is one of %s", words_list(r->arena, set));
	if (lesson)
		diag_hint(r->d, g, "%s", lesson);
}

bool check_word(struct policy_reader *r, enum word_set set, const struct yaml_node *value)
{
	enum word_status status = WORD_UNKNOWN;

	if (strlen(value->text) == value->len)
		status = words_status(set, value->text);
	if (status == WORD_UNKNOWN)
		report_unknown_word(r, set, value);
	if (status == WORD_NOT_YET)
		note_gap(r, value->at,
			 arena_printf(r->arena, "%s `%s`", words_noun(set), value->text));
	return status != WORD_UNKNOWN;
}
