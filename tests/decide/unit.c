// SPDX-License-Identifier: Apache-2.0
#include "fake.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/child.h"
#include "policy.h"
#include "unit.h"

#define OUTPUT_MAX 16384

static const char *in_folder(const struct unit_place *p, const char *name)
{
	return arena_printf(p->arena, "%s/%s", p->folder, name);
}

static bool closed(FILE *f, const char *path)
{
	bool ok = f && !ferror(f);

	if (f && fclose(f))
		ok = false;
	if (!ok)
		printf("cannot write %s: %s\n", path, strerror(errno));
	return ok;
}

static bool run(const struct unit_place *p, const char *const argv[])
{
	char *output = arena_alloc(p->arena, OUTPUT_MAX);
	int status = child_run(argv, NULL, output, OUTPUT_MAX);

	if (status)
		printf("%s: status %d\n%s\n", argv[0], status, output);
	return !status;
}

bool unit_kernel(const struct unit_place *p, const struct shapes *all)
{
	const char *source = in_folder(p, "kernel.c");
	const char *const argv[] = {
		"clang", "-target", "bpf", "-g", "-w", "-c", source, "-o", in_folder(p, "kernel.o"),
		NULL};
	FILE *f = fopen(source, "we");

	if (f)
		policy_kernel(f, all);
	return closed(f, source) && run(p, argv);
}

static const char *policy_file(const struct unit_place *p, const struct shape *s)
{
	const char *path = arena_printf(p->arena, "%s/shape-%u.yaml", p->folder, s->number);
	FILE *f = fopen(path, "we");

	if (f)
		policy_write(f, s);
	return closed(f, path) ? path : NULL;
}

bool unit_refused(const struct unit_place *p, const struct shape *s)
{
	const char *policy = policy_file(p, s);
	const char *mark = arena_printf(p->arena, "[%s]", s->refused);
	const char *const argv[] = {
		p->tgc, "dump", "--stage", "c", "--btf", in_folder(p, "kernel.o"), policy, NULL};
	char *output = arena_alloc(p->arena, OUTPUT_MAX);
	int status = policy ? child_run(argv, NULL, output, OUTPUT_MAX) : -1;

	if (status == 1 && strstr(output, mark))
		return true;
	printf("%s:%u: expected %s, tgc ended with %d: %.400s\n", s->file, s->line, mark, status,
	       status ? output : "accepted");
	return false;
}

/* ---- the library ----------------------------------------------------------------------- */

/* The compiler's text as it is, and the unit around it. */
static bool write_unit(const struct unit_place *p, const char *text)
{
	const char *as_is = in_folder(p, UNIT_TEXT), *path = in_folder(p, "unit.c");
	FILE *f = fopen(as_is, "we");

	if (f)
		fputs(text, f);
	if (!closed(f, as_is))
		return false;
	f = fopen(path, "we");
	if (f)
		fprintf(f,
			"#define TG_HOST\n#include \"tests/decide/host.h\"\n"
			"#define TG_LIBRARY static\n#define TG_BITS static\n"
			"#define TG_LIBRARY_ARGS static\n" UNIT_LIBRARY "#include \"" UNIT_TEXT
			"\"\n%s",
			strstr(text, "tg_bits") ? UNIT_BITS : "");
	return closed(f, path);
}

static bool emit(const struct unit_place *p, struct shapes *all)
{
	const char **argv = arena_array(p->arena, all->count + 7, sizeof(*argv));
	unsigned argc = 0, hooks = 0;
	char *text = NULL;
	bool ok;

	argv[argc++] = p->tgc;
	argv[argc++] = "dump";
	argv[argc++] = "--stage";
	argv[argc++] = "c";
	argv[argc++] = "--btf";
	argv[argc++] = in_folder(p, "kernel.o");
	for (size_t i = 0; i < all->count; i++)
		if (!all->v[i].refused) {
			argv[argc++] = policy_file(p, &all->v[i]);
			all->v[i].hook = hooks;
			hooks += all->v[i].hooks;
		}
	ok = !child_capture(argv, NULL, &text) && write_unit(p, text);
	if (!ok)
		run(p, argv); /* for its messages */
	free(text);
	return ok;
}

static void *find(void *library, const char *name)
{
	return dlsym(library, name);
}

static int call(void *library, void *program, struct call *c)
{
	typedef int function(uint64_t *);

	fake_attach(library);
	return ((function *)program)(c->context);
}

static void tables(void *library, enum backend_tables what)
{
	fake_attach(library);
	if (what == TABLES_CLEAR)
		fake_tables_clear();
	else if (what == TABLES_KEEP)
		fake_tables_keep();
	else
		fake_tables_restore();
}

bool unit_load(const struct unit_place *p, struct shapes *all, struct backend *out)
{
	const char *top = arena_printf(p->arena, "-I%s", p->source);
	const char *templates = arena_printf(p->arena, "-I%s/bpf-templates", p->source);
	const char *library = in_folder(p, "unit.so");
	const char *const argv[] = {"gcc",
				    "-std=gnu11",
				    "-O1",
				    "-g1",
				    "-w",
				    "-fPIC",
				    "-shared",
				    "-fsanitize=address,undefined",
				    "-fno-sanitize=null",
				    "-fno-sanitize-recover=all",
				    top,
				    templates,
				    in_folder(p, "unit.c"),
				    "-o",
				    library,
				    NULL};
	void *loaded;

	if (!emit(p, all) || !run(p, argv))
		return false;
	loaded = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	if (!loaded) {
		printf("%s\n", dlerror());
		return false;
	}
	*out = (struct backend){"host", loaded, NULL, true, find, call, tables};
	return true;
}

void unit_close(struct backend *host)
{
	fake_attach(NULL);
	dlclose(host->unit);
}
