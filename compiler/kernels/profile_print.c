// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <jansson.h>
#include "compiler/base/arena.h"
#include "kbtf.h"
#include "profile_print.h"

struct totals {
	size_t functions, structs, enums, modules;
};

static bool count_name(void *data, const struct kname *n)
{
	struct totals *t = data;

	t->functions += n->kind == KNAME_FUNCTION;
	t->structs += n->kind == KNAME_STRUCT || n->kind == KNAME_UNION;
	t->enums += n->kind == KNAME_ENUM;
	return true;
}

static struct totals totals_of(const struct profile *p)
{
	struct totals t = {0};

	kbtf_each_name(profile_btf(p), count_name, &t);
	while (profile_module_at(p, t.modules))
		t.modules++;
	return t;
}

static bool stop(void *data, const char *name)
{
	(void)data;
	(void)name;
	return false;
}

static bool functions_known(const struct profile *p)
{
	return profile_attachable(p, "") != KNOWN_UNKNOWN;
}

static bool events_known(const struct profile *p)
{
	return profile_each_event(p, stop, NULL);
}

static bool config_known(const struct profile *p)
{
	return profile_config(p, "", NULL) != KNOWN_UNKNOWN;
}

static const char *or_unknown(const char *text)
{
	return *text ? text : "unknown";
}

static void hex_digest(const struct profile *p, char text[65])
{
	uint8_t sha256[32];

	profile_digest(p, sha256);
	for (size_t i = 0; i < sizeof(sha256); i++)
		snprintf(text + 2 * i, 3, "%02x", sha256[i]);
}

/* ---- text --------------------------------------------------------------------------------- */

void profiles_print_list(FILE *to, struct profile *const *profiles, size_t count)
{
	int widest = 4, release = 7;

	for (size_t i = 0; i < count; i++) {
		int len = (int)strlen(profile_name(profiles[i]));
		int other = (int)strlen(or_unknown(profile_release(profiles[i])));

		widest = len > widest ? len : widest;
		release = other > release ? other : release;
	}
	if (count)
		fprintf(to, "%-*s  %-*s  %-7s  %s\n", widest, "NAME", release, "RELEASE", "ARCH",
			"FROM");
	for (size_t i = 0; i < count; i++) {
		const struct profile *p = profiles[i];

		fprintf(to, "%-*s  %-*s  %-7s  %s\n", widest, profile_name(p), release,
			or_unknown(profile_release(p)), or_unknown(profile_arch(p)),
			or_unknown(profile_source(p)));
	}
}

static void print_count(FILE *to, const char *label, bool known, size_t count, const char *what,
			const char *from)
{
	if (!known)
		fprintf(to, "%-12s unknown\n", label);
	else
		fprintf(to, "%-12s %zu %s%s%s\n", label, count, what, *from ? ", from " : "", from);
}

void profile_print_text(FILE *to, const struct profile *p)
{
	struct totals t = totals_of(p);
	struct arena a = {0};
	const char *lsms = profile_lsms(p, &a);
	char digest[65];

	hex_digest(p, digest);
	fprintf(to, "%-12s %s\n", "name", profile_name(p));
	fprintf(to, "%-12s %s\n", "release", or_unknown(profile_release(p)));
	fprintf(to, "%-12s %s\n", "arch", or_unknown(profile_arch(p)));
	fprintf(to, "%-12s %s\n", "from", or_unknown(profile_source(p)));
	fprintf(to, "%-12s %zu functions, %zu structs and unions, %zu enum%s\n", "types",
		t.functions, t.structs, t.enums, t.enums == 1 ? "" : "s");
	fprintf(to, "%-12s %s\n", "sha256", digest);
	print_count(to, "config", config_known(p), profile_config_count(p), "set", "");
	print_count(to, "attachable", functions_known(p), profile_attachable_count(p), "functions",
		    profile_functions_from(p));
	fprintf(to, "%-12s %s\n", "lsm", lsms ? lsms : "unknown");
	print_count(to, "tracepoints", events_known(p), profile_event_count(p), "formats", "");
	fprintf(to, "%-12s %s\n", "image", profile_image(p) ? profile_image(p) : "unknown");
	print_count(to, "modules", t.modules > 0, t.modules, "with types", "");
	arena_free(&a);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

static json_t *count_or_null(bool known, size_t count)
{
	return known ? json_integer((json_int_t)count) : json_null();
}

static json_t *modules_or_null(const struct profile *p)
{
	json_t *list = profile_module_at(p, 0) ? json_array() : json_null();
	const char *name;

	for (size_t i = 0; (name = profile_module_at(p, i)); i++)
		json_array_append_new(list, json_string(name));
	return list;
}

static json_t *as_json(const struct profile *p)
{
	struct totals t = totals_of(p);
	struct arena a = {0};
	const char *lsms = profile_lsms(p, &a);
	char digest[65];
	json_t *o = json_object();

	hex_digest(p, digest);
	json_object_set_new(o, "name", text_or_null(profile_name(p)));
	json_object_set_new(o, "release", text_or_null(profile_release(p)));
	json_object_set_new(o, "arch", text_or_null(profile_arch(p)));
	json_object_set_new(o, "from", text_or_null(profile_source(p)));
	json_object_set_new(o, "btf_sha256", json_string(digest));
	json_object_set_new(o, "functions", count_or_null(true, t.functions));
	json_object_set_new(o, "structs", count_or_null(true, t.structs));
	json_object_set_new(o, "enums", count_or_null(true, t.enums));
	json_object_set_new(o, "config", count_or_null(config_known(p), profile_config_count(p)));
	json_object_set_new(o, "attachable",
			    count_or_null(functions_known(p), profile_attachable_count(p)));
	json_object_set_new(o, "attachable_from", text_or_null(profile_functions_from(p)));
	json_object_set_new(o, "lsm", lsms ? json_string(lsms) : json_null());
	json_object_set_new(o, "tracepoints",
			    count_or_null(events_known(p), profile_event_count(p)));
	json_object_set_new(o, "image", text_or_null(profile_image(p)));
	json_object_set_new(o, "modules", modules_or_null(p));
	arena_free(&a);
	return o;
}

static void print_json(FILE *to, json_t *value)
{
	if (!value || json_dumpf(value, to, JSON_INDENT(2)))
		fputs("null", to);
	fputc('\n', to);
	json_decref(value);
}

void profile_print_json(FILE *to, const struct profile *p)
{
	print_json(to, as_json(p));
}

void profiles_print_json(FILE *to, struct profile *const *profiles, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, as_json(profiles[i]));
	print_json(to, list);
}
