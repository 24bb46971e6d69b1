// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "project.h"
#include "project_check.h"

/* ---- the schema ------------------------------------------------------------------------ */

enum { TEXT_MAX = 4096 };

#define OPTIONAL CYAML_FLAG_OPTIONAL
#define TEXT(key, s, m)                                                                            \
	CYAML_FIELD_STRING_PTR(key, OPTIONAL | CYAML_FLAG_POINTER, s, m, 1, TEXT_MAX)
#define LIST(key, s, m)                                                                            \
	CYAML_FIELD_SEQUENCE(key, OPTIONAL | CYAML_FLAG_POINTER, s, m, &text, 0, PROJECT_LIST)
#define PART(key, m, parts) CYAML_FIELD_MAPPING(key, OPTIONAL, struct project, m, parts)

/* The nested structs of struct project, by name. */
typedef __typeof__(((struct project *)0)->sign) sign_part;
typedef __typeof__(((struct project *)0)->output) output_part;
typedef __typeof__(((struct project *)0)->budget) budget_part;

static const cyaml_schema_value_t text = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX)};

static const cyaml_strval_t formats[] = {
	{"text", DIAG_FORMAT_TEXT},
	{"json", DIAG_FORMAT_JSON},
	{"sarif", DIAG_FORMAT_SARIF},
	{"github", DIAG_FORMAT_GITHUB},
};

static const cyaml_schema_field_t rules_fields[] = {
	LIST("error", struct project_rules, error), LIST("warn", struct project_rules, warn),
	LIST("allow", struct project_rules, allow), CYAML_FIELD_END};

static const cyaml_schema_field_t sign_fields[] = {TEXT("key", sign_part, key),
						   TEXT("cert", sign_part, cert), CYAML_FIELD_END};

static const cyaml_schema_field_t output_fields[] = {
	TEXT("bundle", output_part, bundle),
	TEXT("name", output_part, name),
	CYAML_FIELD_UINT_PTR("version", OPTIONAL, output_part, version),
	CYAML_FIELD_ENUM_PTR("format", OPTIONAL | CYAML_FLAG_STRICT, output_part, format, formats,
			     CYAML_ARRAY_LEN(formats)),
	CYAML_FIELD_UINT_PTR("limit", OPTIONAL, output_part, limit),
	CYAML_FIELD_END};

static const cyaml_schema_field_t budget_fields[] = {
#define BUDGET(field, key, unit, most) TEXT(key, budget_part, field),
#include "compiler/prove/budgets.def"
#undef BUDGET
	CYAML_FIELD_END};

static const cyaml_schema_field_t project_fields[] = {
	CYAML_FIELD_UINT("version", CYAML_FLAG_DEFAULT, struct project, version),
	LIST("kernels", struct project, kernels),
	LIST("policies", struct project, policies),
	LIST("exclude", struct project, exclude),
	PART("rules", rules, rules_fields),
	CYAML_FIELD_BOOL("strict", OPTIONAL, struct project, strict),
	PART("sign", sign, sign_fields),
	PART("output", output, output_fields),
	PART("budget", budget, budget_fields),
	CYAML_FIELD_END};

static const cyaml_schema_value_t schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct project, project_fields)};

/* ---- loading --------------------------------------------------------------------------- */

/* libcyaml's memory, in the arena: a block knows its room, so that lists grow in place. */
struct grown {
	_Alignas(16) size_t room;
	char data[];
};

static void *grow(void *ctx, void *old, size_t size)
{
	struct grown *before =
		old ? (struct grown *)((char *)old - offsetof(struct grown, data)) : NULL;
	struct grown *g;
	size_t room = 16;

	if (!size)
		return NULL;
	if (before && before->room >= size)
		return old;
	while (room < size)
		room *= 2;
	g = arena_alloc(ctx, offsetof(struct grown, data) + room);
	g->room = room;
	if (before)
		memcpy(g->data, old, before->room);
	return g->data;
}

/* What libcyaml says, and the innermost place of its backtrace. */
struct complaint {
	char text[160];
	unsigned line, column;
};

static void take_log(cyaml_log_t level, void *ctx, const char *format, va_list args)
{
	struct complaint *c = ctx;
	const char *place;
	char said[160];

	(void)level;
	vsnprintf(said, sizeof(said), format, args);
	said[strcspn(said, "\n")] = '\0';
	place = strstr(said, "(line: ");
	if (place && !c->line)
		sscanf(place, "(line: %u, column: %u)", &c->line, &c->column);
	else if (!place && !*c->text)
		snprintf(c->text, sizeof(c->text), "%s", said);
}

static struct span place_of(const struct source *f, uint32_t file, const struct complaint *c)
{
	struct span at = {.file = file};

	if (c->line && c->line <= f->line_count)
		at.start = f->lines[c->line - 1] + (c->column ? c->column - 1 : 0);
	if (at.start > f->size)
		at.start = (uint32_t)f->size;
	at.end = at.start + 1;
	return at;
}

/* libcyaml stops at the value before the alias, or at the mapping that holds it. */
static struct span alias_after(const struct source *f, struct span at)
{
	for (uint32_t i = at.start; i + 1 < f->size; i++)
		if (f->text[i] == '*' && (!i || strchr(" \t\n[,", f->text[i - 1]))) {
			at.start = i;
			at.end = i + 1 + (uint32_t)strcspn(f->text + i + 1, " \t\r\n,]}");
			return at;
		}
	return at;
}

/* What libcyaml refuses although the check passed: aliases, and what nobody has foreseen. */
static void report_refused(struct diags *d, const struct source *f, uint32_t file,
			   cyaml_err_t error, const struct complaint *c)
{
	struct span at = place_of(f, file, c);
	struct diag *g;

	if (error == CYAML_ERR_ALIAS) {
		g = diag_at(d, DIAG_PROJECT_FILE, alias_after(f, at),
			    "a project file has no aliases");
		diag_hint(d, g, "write the value out where `*name` stands");
		return;
	}
	g = diag_at(d, DIAG_PROJECT_FILE, at, "the project file cannot be read: %s",
		    cyaml_strerror(error));
	if (*c->text)
		diag_note(d, g, "libcyaml says: %s", c->text);
}

static bool load(struct arena *a, struct diags *d, const struct source *f, uint32_t file,
		 struct project *out)
{
	struct complaint complaint = {.line = 0};
	struct project *loaded = NULL;
	const cyaml_config_t config = {
		.log_fn = take_log,
		.log_ctx = &complaint,
		.mem_fn = grow,
		.mem_ctx = a,
		.log_level = CYAML_LOG_ERROR,
		.flags = CYAML_CFG_NO_ALIAS,
	};
	cyaml_err_t error = cyaml_load_data((const uint8_t *)f->text, f->size, &config, &schema,
					    (cyaml_data_t **)&loaded, NULL);

	if (error != CYAML_OK || !loaded) {
		report_refused(d, f, file, error, &complaint);
		return false;
	}
	*out = *loaded;
	return true;
}

/* ---- one file -------------------------------------------------------------------------- */

/* `path` as the current folder sees it. */
static const char *from_here(struct arena *a, const struct project *p, const char *path)
{
	if (!path || *path == '/' || !strcmp(p->folder, "."))
		return path;
	return arena_printf(a, "%s/%s", p->folder, path);
}

static void resolve_paths(struct arena *a, struct project *p)
{
	for (uint32_t i = 0; i < p->kernels_count; i++)
		if (strchr(p->kernels[i], '/'))
			p->kernels[i] = from_here(a, p, p->kernels[i]);
	for (uint32_t i = 0; i < p->policies_count; i++)
		p->policies[i] = from_here(a, p, p->policies[i]);
	p->sign.key = from_here(a, p, p->sign.key);
	p->sign.cert = from_here(a, p, p->sign.cert);
	p->output.bundle = from_here(a, p, p->output.bundle);
}

static const char *folder_of(struct arena *a, const char *file)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return ".";
	return slash == file ? "/" : arena_strndup(a, file, (size_t)(slash - file));
}

static bool check_documents(struct diags *d, uint32_t file, const struct yaml_docs *docs)
{
	struct diag *g;

	if (!docs->count || docs->roots[0]->type == NODE_NULL) {
		g = diag_at(d, DIAG_PROJECT_FILE, (struct span){.file = file},
			    "the project file is empty");
		diag_hint(d, g, "the least that it can say is\nversion: 1");
		return false;
	}
	if (docs->count == 1)
		return true;
	diag_at(d, DIAG_PROJECT_FILE, docs->roots[1]->at,
		"a project file is one document, but another one starts here");
	return false;
}

/* Of a file in another form nothing else can be said. */
static bool check_version(struct diags *d, const struct yaml_node *root)
{
	const struct yaml_pair *version = yaml_find(root, "version");
	struct diag *g;

	if (!version || version->value->type != NODE_INT || version->value->integer == 1)
		return true;
	g = diag_at(d, DIAG_PROJECT_VALUE, version->value->at,
		    "this version of tgc reads project files of version 1");
	diag_note(d, g, "`version` is that of the file's form; a bundle's is `output.version`");
	return false;
}

bool project_read(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		  struct project *out)
{
	const struct source *f = sources_get(s, file);
	struct yaml_docs docs = {.count = 0};
	unsigned before = diag_errors(d);
	struct budget limits = {0};

	if (f->size > PROJECT_MAX) {
		diag_at(d, DIAG_YAML_TOO_LARGE, (struct span){.file = file},
			"the file has %zu bytes; the limit for a project file is %u MiB", f->size,
			PROJECT_MAX >> 20);
		return false;
	}
	yaml_tree_read(a, d, s, file, &docs);
	if ((!docs.count && diag_errors(d) != before) || !check_documents(d, file, &docs) ||
	    !check_version(d, docs.roots[0]))
		return false;
	project_check(a, d, docs.roots[0], &schema);
	project_check_rules(d, docs.roots[0]);
	project_check_budget(d, docs.roots[0], &limits);
	if (diag_errors(d) != before || !load(a, d, f, file, out))
		return false;
	out->limits = limits;
	out->file = f->name;
	out->folder = folder_of(a, f->name);
	resolve_paths(a, out);
	return true;
}

enum exit_code project_load(struct arena *a, const char *path, bool colour, struct project *out)
{
	struct sources s = {.arena = a};
	struct diags d = {.arena = a, .sources = &s};
	int file = sources_load(&s, path);

	if (file < 0 && errno != EFBIG) {
		fprintf(stderr, "tgc: cannot read the project file %s: %s\n", path,
			strerror(errno));
		return EXIT_ENVIRONMENT;
	}
	if (file < 0)
		diag_plain(&d, DIAG_YAML_TOO_LARGE,
			   "%s is larger than %u MiB, the limit for a project file", path,
			   PROJECT_MAX >> 20);
	else if (project_read(a, &d, &s, (uint32_t)file, out))
		return EXIT_DONE;
	diag_print(&d, stderr, 0, colour);
	return EXIT_USAGE;
}

/* ---- finding it ------------------------------------------------------------------------ */

static bool is_same_folder(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

const char *project_find_from(struct arena *a, const char *folder)
{
	const char *to = strcmp(folder, ".") ? arena_printf(a, "%s/", folder) : "";
	size_t most = strlen(to) + PATH_MAX / 2;
	struct stat here, above, any;

	if (stat(folder, &here))
		return NULL;
	while (strlen(to) < most) {
		const char *file = arena_printf(a, "%s" PROJECT_FILE, to);

		if (!stat(file, &any) && !S_ISDIR(any.st_mode))
			return file;
		if (!stat(arena_printf(a, "%s.git", to), &any))
			return NULL;
		to = arena_printf(a, "%s../", to);
		if (stat(to, &above) || is_same_folder(&here, &above))
			return NULL;
		here = above;
	}
	return NULL;
}

const char *project_find(struct arena *a)
{
	return project_find_from(a, ".");
}
