// SPDX-License-Identifier: Apache-2.0
/*
 * Prints CONSTANT(name, value) for the constants of the system's headers that grammar/constants.def
 * asks for, in the order of their names. Runs when tgc is built. Macros are found and then given
 * back to the compiler as values of enumerators, which tells those that are numbers.
 */
#include <clang-c/Index.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct constant {
	char *name;
	long long value;
	bool known;
};

struct table {
	struct constant *v;
	size_t n, room;
};

static const char *const prefixes[] = {
#define PREFIX(text) text,
#include "grammar/constants.def"
};

static const char headers[] =
#define HEADER(...) "#include " #__VA_ARGS__ "\n"
#include "grammar/constants.def"
	;

static bool is_wanted(const char *name)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])) && name[strlen(prefixes[i])])
			return true;
	return false;
}

static void add(struct table *t, const char *name, long long value, bool known)
{
	if (t->n == t->room) {
		t->room = t->room ? t->room * 2 : 1024;
		t->v = realloc(t->v, t->room * sizeof(*t->v));
		if (!t->v)
			exit(3);
	}
	t->v[t->n++] = (struct constant){.name = strdup(name), .value = value, .known = known};
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData data)
{
	enum CXCursorKind kind = clang_getCursorKind(cursor);
	CXString spelling = clang_getCursorSpelling(cursor);
	const char *name = clang_getCString(spelling);

	(void)parent;
	if (kind == CXCursor_MacroDefinition && !clang_Cursor_isMacroFunctionLike(cursor) &&
	    !clang_Cursor_isMacroBuiltin(cursor) && is_wanted(name))
		add(data, name, 0, false);
	else if (kind == CXCursor_EnumConstantDecl &&
		 (is_wanted(name) || !strncmp(name, "tgc_", 4)))
		add(data, name, clang_getEnumConstantDeclValue(cursor), true);
	clang_disposeString(spelling);
	return CXChildVisit_Recurse;
}

static void parse(const char *text, unsigned options, struct table *out)
{
	static const char *const args[] = {
		"-x", "c", "-std=gnu11", "-D_GNU_SOURCE", "-w", "-ferror-limit=0"};
	struct CXUnsavedFile file = {"constants.c", text, strlen(text)};
	CXIndex index = clang_createIndex(0, 0);
	CXTranslationUnit unit = clang_parseTranslationUnit(
		index, "constants.c", args, sizeof(args) / sizeof(args[0]), &file, 1, options);

	if (!unit) {
		fputs("make-constants: the headers cannot be read\n", stderr);
		exit(1);
	}
	clang_visitChildren(clang_getTranslationUnitCursor(unit), visit, out);
	clang_disposeTranslationUnit(unit);
	clang_disposeIndex(index);
}

/* An enumerator of its own for each macro: one that is no number spoils no other. */
static char *as_enumerators(const struct table *macros)
{
	size_t size = sizeof(headers) + macros->n * 200 + 1;
	char *text = malloc(size), *at = text;

	if (!text)
		exit(3);
	at += sprintf(at, "%s", headers);
	for (size_t i = 0; i < macros->n; i++)
		if (!macros->v[i].known && strlen(macros->v[i].name) < 64)
			at += sprintf(at, "enum { tgc_%s = %s };\n", macros->v[i].name,
				      macros->v[i].name);
	return text;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct constant *)a)->name, ((const struct constant *)b)->name);
}

int main(void)
{
	struct table found = {0}, values = {0}, all = {0};

	parse(headers, CXTranslationUnit_DetailedPreprocessingRecord, &found);
	parse(as_enumerators(&found), 0, &values);
	for (size_t i = 0; i < values.n; i++)
		add(&all, values.v[i].name + (strncmp(values.v[i].name, "tgc_", 4) ? 0 : 4),
		    values.v[i].value, true);
#define VALUE(name, number) add(&all, name, number, true);
#include "grammar/constants.def"
	if (all.n < 100) {
		fputs("make-constants: hardly any constant was found\n", stderr);
		return 1;
	}
	qsort(all.v, all.n, sizeof(*all.v), by_name);
	for (size_t i = 0; i < all.n; i++)
		if (!i || strcmp(all.v[i].name, all.v[i - 1].name))
			printf("CONSTANT(\"%s\", %lldLL)\n", all.v[i].name, all.v[i].value);
	return 0;
}
