/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as a SARIF 2.1.0 log with one run. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <jansson.h>
#include "compiler/base/arena.h"
#include "diag_write.h"
#include "pages.h"

struct sarif {
	const struct diags *d;
	const struct diag **all;
	size_t count;
	int rule_index[DIAG_COUNT]; /* in tool.driver.rules, + 1 */
	json_t *rules, *results;
	const char **fingerprints; /* of all[i] */
};

/* ---- places --------------------------------------------------------------------------- */

/* A path as a URI reference: what is not plain in a path is escaped byte by byte. */
static const char *uri_of(const struct sarif *s, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/";
	char *out = arena_alloc(s->d->arena, strlen(path) * 3 + 8);
	size_t used = 0;

	if (*path == '/')
		used = (size_t)sprintf(out, "file://");
	for (; *path; path++) {
		if (strchr(plain, *path))
			out[used++] = *path;
		else
			used += (size_t)sprintf(out + used, "%%%02X", (unsigned char)*path);
	}
	return out;
}

static json_t *artifact_location(const struct sarif *s, uint32_t file)
{
	const char *name = sources_get(s->d->sources, file)->name;

	return json_pack("{s:s,s:i}", "uri", uri_of(s, name), "index", (int)file);
}

static json_t *region(const struct sarif *s, struct span at)
{
	struct diag_range r = diag_range(s->d, at);

	return json_pack("{s:i,s:i,s:i,s:i}", "startLine", (int)r.first.line, "startColumn",
			 (int)r.first.column, "endLine", (int)r.last.line, "endColumn",
			 (int)r.last.column);
}

static json_t *location(const struct sarif *s, struct span at)
{
	return json_pack("{s:{s:o,s:o}}", "physicalLocation", "artifactLocation",
			 artifact_location(s, at.file), "region", region(s, at));
}

static json_t *artifacts(const struct sarif *s)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < s->d->sources->count; i++) {
		const struct source *f = sources_get(s->d->sources, i);

		json_array_append_new(list, json_pack("{s:{s:s},s:i}", "location", "uri",
						      uri_of(s, f->name), "length", (int)f->size));
	}
	return list;
}

/* ---- rules ---------------------------------------------------------------------------- */

/* SARIF has "none" for what is reported at no level. */
static const char *sarif_level(enum diag_level level)
{
	return level == DIAG_OFF ? "none" : diag_level_name(level);
}

static json_t *rule(const struct sarif *s, enum diag_id id)
{
	const struct page *page = page_find(diag_name(id));
	json_t *out =
		json_pack("{s:s,s:{s:s,s:b}}", "id", diag_name(id), "defaultConfiguration", "level",
			  sarif_level(diag_level(id)), "enabled", diag_level(id) != DIAG_OFF);
	const char *text;

	if (!page)
		return out;
	text = arena_strndup(s->d->arena, page->text, page_size(page));
	json_object_set_new(out, "shortDescription",
			    json_pack("{s:s}", "text", page_summary(s->d->arena, page)));
	json_object_set_new(out, "help", json_pack("{s:s,s:s}", "text", text, "markdown", text));
	return out;
}

static int rule_index(struct sarif *s, enum diag_id id)
{
	if (!s->rule_index[id]) {
		json_array_append_new(s->rules, rule(s, id));
		s->rule_index[id] = (int)json_array_size(s->rules);
	}
	return s->rule_index[id] - 1;
}

/* ---- results -------------------------------------------------------------------------- */

/* Viewers show this and no more, so it has the notes and hints as well. */
static const char *message_of(const struct sarif *s, const struct diag *g)
{
	const char *text = g->text;

	for (const struct diag_note *n = g->first_note; n; n = n->next)
		text = arena_printf(s->d->arena, "%s\n%s: %s", text, n->is_hint ? "hint" : "note",
				    n->text);
	return text;
}

static json_t *related(const struct sarif *s, const struct diag *g)
{
	json_t *list = json_array();

	for (const struct diag_note *n = g->first_note; n; n = n->next) {
		json_t *place;

		if (!n->placed)
			continue;
		place = location(s, n->at);
		json_object_set_new(place, "message", json_pack("{s:s}", "text", n->text));
		json_array_append_new(list, place);
	}
	return list;
}

static json_t *replacement(const struct sarif *s, const struct diag_edit *e)
{
	return json_pack("{s:o,s:{s:s}}", "deletedRegion", region(s, e->at), "insertedContent",
			 "text", e->text);
}

/* The edits of a fix, gathered by file. NULL: a text that is no UTF-8. */
static json_t *changes(const struct sarif *s, const struct diag *g)
{
	json_t *list = json_array(), *replacements = NULL;
	uint32_t file = 0;
	int bad = 0;

	for (const struct diag_edit *e = g->first_edit; e; e = e->next) {
		if (!replacements || e->at.file != file) {
			replacements = json_array();
			file = e->at.file;
			json_array_append_new(list, json_pack("{s:o,s:o}", "artifactLocation",
							      artifact_location(s, file),
							      "replacements", replacements));
		}
		bad |= json_array_append_new(replacements, replacement(s, e));
	}
	if (!bad)
		return list;
	json_decref(list);
	return NULL;
}

static const char *fix_description(const struct diag *g)
{
	for (const struct diag_note *n = g->first_note; n; n = n->next)
		if (n->is_hint)
			return n->text;
	return "mend it";
}

static void set_fixes(const struct sarif *s, json_t *result, const struct diag *g)
{
	json_t *all = g->first_edit ? changes(s, g) : NULL;

	if (all)
		json_object_set_new(result, "fixes",
				    json_pack("[{s:{s:s},s:o}]", "description", "text",
					      fix_description(g), "artifactChanges", all));
}

static void set_kernels(const struct sarif *s, json_t *result, const struct diag *g)
{
	const char *names[DIAG_CONTEXTS_MAX];
	size_t count = diag_kernels(s->d, g, true, names);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_string(diag_utf8(s->d, names[i])));
	if (count)
		json_object_set_new(result, "properties", json_pack("{s:O}", "kernels", list));
	json_decref(list);
}

static void add_result(struct sarif *s, size_t i)
{
	const struct diag *g = s->all[i];
	json_t *result =
		json_pack("{s:s,s:i,s:s,s:{s:s},s:[]}", "ruleId", diag_name(g->id), "ruleIndex",
			  rule_index(s, g->id), "level", sarif_level(g->level), "message", "text",
			  message_of(s, g), "locations");

	if (g->placed)
		json_array_append_new(json_object_get(result, "locations"), location(s, g->at));
	json_object_set_new(result, "relatedLocations", related(s, g));
	json_object_set_new(result, "partialFingerprints",
			    json_pack("{s:s}", "tgc/v1", s->fingerprints[i]));
	set_fixes(s, result, g);
	set_kernels(s, result, g);
	json_array_append_new(s->results, result);
}

/* ---- fingerprints --------------------------------------------------------------------- */

struct print {
	uint64_t hash;
	size_t index;
};

static uint64_t hash_text(uint64_t hash, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return hash * 31 + len;
}

/* What stays the same when lines are added above: the name, the file, the sentence, the words. */
static uint64_t hash_of(const struct sarif *s, const struct diag *g)
{
	uint64_t hash = 0xcbf29ce484222325u;
	const struct source *f;
	size_t len;

	hash = hash_text(hash, diag_name(g->id), strlen(diag_name(g->id)));
	hash = hash_text(hash, g->text, strlen(g->text));
	if (!g->placed)
		return hash;
	f = sources_get(s->d->sources, g->at.file);
	hash = hash_text(hash, f->name, strlen(f->name));
	if (g->at.end > f->size || g->at.start >= g->at.end)
		return hash;
	len = g->at.end - g->at.start;
	return hash_text(hash, f->text + g->at.start, len);
}

static int compare_prints(const void *left, const void *right)
{
	const struct print *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* Equal ones are numbered in the order of their places. */
static void make_fingerprints(struct sarif *s)
{
	struct arena *a = s->d->arena;
	struct print *prints = arena_array(a, s->count + 1, sizeof(*prints));
	size_t nth = 0;

	s->fingerprints = arena_array(a, s->count + 1, sizeof(*s->fingerprints));
	for (size_t i = 0; i < s->count; i++)
		prints[i] = (struct print){hash_of(s, s->all[i]), i};
	qsort(prints, s->count, sizeof(*prints), compare_prints);
	for (size_t i = 0; i < s->count; i++) {
		nth = i && prints[i].hash == prints[i - 1].hash ? nth + 1 : 1;
		s->fingerprints[prints[i].index] =
			arena_printf(a, "%016" PRIx64 ":%zu", prints[i].hash, nth);
	}
}

/* ---- the log -------------------------------------------------------------------------- */

static json_t *run_of(const struct sarif *s)
{
	return json_pack("{s:{s:{s:s,s:s,s:s,s:o}},s:s,s:o,s:o}", "tool", "driver", "name", "tgc",
			 "version", TGC_VERSION, "semanticVersion", TGC_VERSION, "rules", s->rules,
			 "columnKind", "unicodeCodePoints", "artifacts", artifacts(s), "results",
			 s->results);
}

void diag_sarif(const struct diags *d, FILE *to)
{
	struct sarif s = {.d = d, .rules = json_array(), .results = json_array()};
	json_t *root;

	s.all = diags_sorted(d, &s.count);
	make_fingerprints(&s);
	for (size_t i = 0; i < s.count; i++)
		add_result(&s, i);
	root = json_pack("{s:s,s:s,s:[o]}", "version", "2.1.0", "$schema",
			 "https://json.schemastore.org/sarif-2.1.0.json", "runs", run_of(&s));
	json_dumpf(root, to, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	fputc('\n', to);
	json_decref(root);
}
