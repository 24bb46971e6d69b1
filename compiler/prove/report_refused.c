// SPDX-License-Identifier: Apache-2.0
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/commands/bundle_inspect.h"
#include "compiler/diag/diag.h"
#include "prove.h"
#include "shown.h"

struct refusing {
	struct diags *d;
	struct sources *sources;
	const char *folder;
	const struct verdicts *v;
};

/* ---- the policy's file ---- */

static bool is_source(const struct artifact *a, const char *name, const struct source *file)
{
	uint8_t sha256[SHA256_DIGEST_LENGTH];

	SHA256((const unsigned char *)file->text, file->size, sha256);
	for (uint32_t i = 0; i < a->digest_count; i++)
		if (a->digests[i].kind == TG_DIGEST_SOURCE &&
		    !strcmp(artifact_string(a, a->digests[i].name), name) &&
		    !memcmp(a->digests[i].sha256, sha256, sizeof(sha256)))
			return true;
	return false;
}

/* The index of the file as it was compiled, loaded when it is new; -1: not at hand. */
static int find_source(const struct refusing *r, const char *name)
{
	const char *path = r->folder ? arena_printf(r->v->arena, "%s/%s", r->folder, name) : name;
	int file;

	if (!*name || strchr(name, '/'))
		return -1;
	for (uint32_t i = 0; i < r->sources->count; i++)
		if (!strcmp(r->sources->files[i].name, path))
			return (int)i;
	file = access(path, R_OK) == 0 ? sources_load(r->sources, path) : -1;
	if (file < 0 || is_source(r->v->artifact, name, &r->sources->files[file]))
		return file;
	sources_drop_last(r->sources);
	return -1;
}

/* A line without the spaces around it. */
static struct span line_span(const struct source *f, uint32_t file, uint32_t line)
{
	struct span at = {.file = file, .start = f->lines[line - 1]};

	while (at.start < f->size && (f->text[at.start] == ' ' || f->text[at.start] == '-'))
		at.start++;
	at.end = at.start + (uint32_t)strcspn(f->text + at.start, "\r\n");
	return at;
}

/* ---- messages ---- */

static struct diag *begin(const struct refusing *r, const struct verdict *p, const char *text)
{
	int file = find_source(r, p->file);
	const struct source *f = file < 0 ? NULL : sources_get(r->sources, (uint32_t)file);

	if (f && p->line && p->line <= f->line_count)
		return diag_at(r->d, DIAG_KERNEL_REFUSES, line_span(f, (uint32_t)file, p->line),
			       "%s", text);
	if (*p->file && p->line)
		return diag_plain(r->d, DIAG_KERNEL_REFUSES, "%s:%u: %s", p->file, p->line, text);
	return diag_plain(r->d, DIAG_KERNEL_REFUSES, "%s", text);
}

static void add_notes(const struct refusing *r, struct diag *g, const struct verdict *p)
{
	if (p->cause)
		diag_note(r->d, g, "the kernel's reason, in plain words: %s", p->cause);
	else
		diag_note(r->d, g, "%s", p->reason);
	if (*p->words)
		diag_note(r->d, g, "its last words: %s", p->words);
}

static const struct verdict *most_telling(const struct verdicts *v, const struct tg_hook_entry *h,
					  uint32_t *program)
{
	uint32_t best = h->first_program;

	for (uint32_t i = h->first_program; i < h->first_program + h->programs; i++)
		if (v->programs[i].verdict == TG_VERDICT_REFUSED &&
		    v->programs[best].verdict != TG_VERDICT_REFUSED)
			best = i;
	*program = best;
	return &v->programs[best];
}

/* What became of the hook's other variants. */
static void note_variant(const struct refusing *r, struct diag *g, uint32_t program)
{
	const struct verdict *p = &r->v->programs[program];
	const char *attach = bundle_attach(r->v->artifact->programs[program].attach);

	if (p->cause && *p->file)
		diag_note(r->d, g, "as %s, from %s:%u: %s", attach, p->file, p->line, p->cause);
	else
		diag_note(r->d, g, "as %s: %s", attach, p->reason);
}

static void refuse_hook(const struct refusing *r, uint32_t index)
{
	const struct artifact *a = r->v->artifact;
	const struct tg_hook_entry *h = &a->hooks[index];
	uint32_t program;
	const struct verdict *p = most_telling(r->v, h, &program);
	const char *hook = shown_hook(r->v->arena, a, index);
	struct diag *g;

	g = begin(r, p,
		  arena_printf(r->v->arena, "kernel %s takes no program for the hook %s",
			       r->v->release, hook));
	add_notes(r, g, p);
	for (uint32_t i = h->first_program; i < h->first_program + h->programs; i++)
		if (i != program)
			note_variant(r, g, i);
}

static void refuse_process_program(const struct refusing *r, uint32_t index)
{
	const struct artifact *a = r->v->artifact;
	const struct verdict *p = &r->v->programs[index];
	struct diag *g = begin(
		r, p,
		arena_printf(r->v->arena, "kernel %s does not take the process program `%s`",
			     r->v->release,
			     shown_text(r->v->arena, artifact_string(a, a->programs[index].name))));

	add_notes(r, g, p);
}

void report_refused(struct diags *d, struct sources *s, const char *folder,
		    const struct verdicts *v)
{
	const struct refusing r = {d, s, folder, v};
	const struct artifact *a = v->artifact;

	for (uint32_t i = 0; i < a->hook_count; i++)
		if (!artifact_is_part(a, i) && !verdicts_hook_works(v, i))
			refuse_hook(&r, i);
	for (uint32_t i = 0; i < a->program_count; i++)
		if (a->programs[i].hook == TG_NO_HOOK && v->programs[i].verdict != TG_VERDICT_GOOD)
			refuse_process_program(&r, i);
}
