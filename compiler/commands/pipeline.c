// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <openssl/sha.h>
#include "compiler/base/arena.h"
#include "compiler/back/bundle.h"
#include "compiler/back/clang.h"
#include "compiler/cache/cache.h"
#include "compiler/cache/identity.h"
#include "compiler/back/common.h"
#include "compiler/back/describe.h"
#include "compiler/diag/diag.h"
#include "compiler/check/gaps.h"
#include "compiler/check/kernel_check.h"
#include "compiler/back/object.h"
#include "compiler/back/pack.h"
#include "pipeline.h"
#include "policy_read.h"
#include "progress.h"
#include "compiler/kernels/profile.h"
#include "compiler/prove/report.h"
#include "compiler/rules/rules.h"
#include "compiler/back/sign.h"

#define NO_INPUT UINT32_MAX

struct compilation {
	const struct compile_options *options;
	struct arena arena;
	struct sources inputs; /* the files as they were read; not all of them need be policies */
	uint32_t *input_of;    /* by the options' policies; NO_INPUT */
	struct sources sources;
	struct diags diags;
	struct ast ast;
	struct kernel_set kernels;
	bool kernels_open;
	struct ir *ir;
	struct tir **tirs; /* one a kernel */
	struct plan *plan;
	struct bundle_identity identity;
	struct unit unit;
	struct bytes text; /* all of the unit, for a dump */
	struct progress progress;
	struct build *build;
	struct build_options build_options;
	struct cache *cache;
	struct cache_key clang;	 /* which one compiles; empty: that cannot be told */
	struct cache_key result; /* of the whole compilation; empty: it is not kept */
	bool recalled;		 /* the payload and `said` are from the cache */
	struct bytes said;	 /* all messages, in the form asked for */
	struct object object;
	struct bytes payload;
	struct artifact artifact; /* views into the payload */
	struct report report;
	struct signer *signer;
	uint8_t (*btf_sha256)[SHA256_DIGEST_LENGTH]; /* one a kernel */
	char why[20000];
};

static enum exit_code environment(struct compilation *c)
{
	progress_end(&c->progress);
	fprintf(stderr, "tgc: %s\n", c->why);
	return EXIT_ENVIRONMENT;
}

/* Between stages: errors end the run. */
static enum exit_code verdict(const struct compilation *c)
{
	return diag_errors(&c->diags) ? EXIT_REJECTED : EXIT_DONE;
}

static enum exit_code load_policy_file(struct compilation *c, const char *path, uint32_t *input)
{
	int file;

	*input = NO_INPUT;
	file = sources_load(&c->inputs, path);
	if (file >= 0) {
		*input = (uint32_t)file;
		return EXIT_DONE;
	}
	if (errno == EFBIG) {
		diag_plain(&c->diags, DIAG_YAML_TOO_LARGE,
			   "%s is larger than %u MiB, the limit for a policy file", path,
			   SOURCE_MAX >> 20);
		return EXIT_DONE;
	}
	snprintf(c->why, sizeof(c->why), "cannot read %s: %s", path, strerror(errno));
	return environment(c);
}

static enum exit_code load_policies(struct compilation *c)
{
	enum exit_code code = EXIT_DONE;

	c->inputs.arena = &c->arena;
	c->input_of = arena_array(&c->arena, c->options->policy_count, sizeof(*c->input_of));
	for (size_t i = 0; i < c->options->policy_count && code == EXIT_DONE; i++)
		code = load_policy_file(c, c->options->policies[i].path, &c->input_of[i]);
	return code;
}

static void read_policy_file(struct compilation *c, const struct policy_file *policy,
			     const struct source *input)
{
	const struct terse_options options = {.kernels = c->kernels.v,
					      .kernel_count = c->kernels.count,
					      .params = c->options->params,
					      .param_count = c->options->param_count};
	uint32_t file = sources_adopt(&c->sources, input);

	if (!policy_read(&c->arena, &c->diags, &c->sources, file, policy, &options, &c->ast))
		sources_drop_last(&c->sources);
}

static enum exit_code open_kernels(struct compilation *c)
{
	enum exit_code code;

	if (c->kernels_open)
		return EXIT_DONE;
	c->kernels_open = true;
	code = kernel_set_open(&c->kernels, &c->arena, c->options->kernels,
			       c->options->kernel_count, c->options->root, c->why, sizeof(c->why));
	if (code != EXIT_DONE)
		return environment(c);
	for (size_t i = 0; i < c->kernels.count; i++)
		c->kernels.v[i].allow_missing = c->options->allow_missing;
	return EXIT_DONE;
}

/* The terse language takes names from kernels; those of the command line, while others do not
 * matter yet. */
static enum exit_code open_named_kernels(struct compilation *c)
{
	bool running =
		c->options->kernel_count == 1 && !strcmp(c->options->kernels[0], DEFAULT_BTF);

	if (running && access(DEFAULT_BTF, R_OK))
		return EXIT_DONE; /* said when it is needed */
	for (size_t i = 0; i < c->options->policy_count; i++)
		if (policy_is_terse(&c->options->policies[i]) && c->options->kernel_count)
			return open_kernels(c);
	return EXIT_DONE;
}

static enum exit_code read_policies(struct compilation *c)
{
	if (open_named_kernels(c) != EXIT_DONE)
		return EXIT_ENVIRONMENT;
	for (size_t i = 0; i < c->options->policy_count; i++)
		if (c->input_of[i] != NO_INPUT)
			read_policy_file(c, &c->options->policies[i],
					 &c->inputs.files[c->input_of[i]]);
	return verdict(c);
}

static enum exit_code check_gaps(struct compilation *c)
{
	progress_tell(&c->progress, "checking", 0, 0);
	gaps_written(&c->diags, &c->ast);
	return verdict(c);
}

static enum exit_code lower_policies(struct compilation *c)
{
	c->ir = lower(&c->arena, &c->diags, &c->ast);
	return verdict(c);
}

static enum exit_code check_policies(struct compilation *c)
{
	enum exit_code code = open_kernels(c);

	if (code != EXIT_DONE)
		return code;
	diags_contexts(&c->diags, c->kernels.names, c->kernels.count);
	c->tirs = kernel_set_check(&c->kernels, &c->arena, &c->diags, c->ir);
	return verdict(c);
}

static enum exit_code run_rules(struct compilation *c)
{
	progress_tell(&c->progress, "looking for mistakes", 0, 0);
	rules_run(&c->arena, &c->diags, &c->ast, c->ir, c->tirs, c->kernels.count);
	return verdict(c);
}

static enum exit_code plan_policies(struct compilation *c)
{
	progress_tell(&c->progress, "planning", 0, 0);
	const struct tir *tir = common_tir(&c->arena, &c->diags, c->tirs, c->kernels.count);

	gaps_typed(&c->diags, tir);
	if (verdict(c) == EXIT_DONE)
		c->plan = plan_build(&c->arena, &c->diags, tir);
	return diags_failed(&c->diags) ? EXIT_REJECTED : EXIT_DONE; /* --strict: no bundle */
}

/* "dir/file-monitoring.tgb" gives "file-monitoring". */
static const char *default_name(struct arena *a, const char *output)
{
	const char *path = output ? output : "bundle";
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	return arena_strndup(a, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

/*
 * Tells the records of one bundle from another's: its name and its policies' digests; and from
 * those of the version that it replaces on a node, even when the policies are the same.
 */
static uint32_t fingerprint(struct compilation *c)
{
	size_t name = strlen(c->identity.name) + 1, size = name;
	uint64_t version = c->identity.version > 1 ? c->identity.version : 0; /* 1: the first */
	uint8_t digest[SHA256_DIGEST_LENGTH];
	unsigned char *all;
	uint32_t value;

	size += c->sources.count * sizeof(digest);
	size += version ? sizeof(version) : 0;
	all = arena_alloc(&c->arena, size);
	memcpy(all, c->identity.name, name);
	for (uint32_t i = 0; i < c->sources.count; i++) {
		const struct source *f = &c->sources.files[i];

		SHA256((const unsigned char *)f->text, f->size, all + name + i * sizeof(digest));
	}
	if (version)
		memcpy(all + size - sizeof(version), &version, sizeof(version));
	SHA256(all, size, digest);
	memcpy(&value, digest, sizeof(value));
	return value;
}

static enum exit_code identify(struct compilation *c)
{
	c->identity = (struct bundle_identity){
		.name = c->options->name ? c->options->name
					 : default_name(&c->arena, c->options->output),
		.version = c->options->version,
	};
	if (!artifact_name_valid(c->identity.name)) {
		snprintf(c->why, sizeof(c->why),
			 "`%s` cannot name a bundle: lower-case letters, digits, dots and dashes "
			 "can "
			 "(--name)",
			 c->identity.name);
		fprintf(stderr, "tgc: %s\n", c->why);
		return EXIT_USAGE;
	}
	c->identity.fingerprint = fingerprint(c);
	return EXIT_DONE;
}

static enum exit_code emit_pieces(struct compilation *c)
{
	enum exit_code code = identify(c);

	if (code == EXIT_DONE)
		c->unit = emit_unit(&c->arena, &c->sources, c->plan, c->identity.fingerprint);
	return code;
}

static enum exit_code emit_whole(struct compilation *c)
{
	enum exit_code code = identify(c);

	if (code == EXIT_DONE)
		c->text = emit(&c->arena, &c->sources, c->plan, c->identity.fingerprint);
	return code;
}

static enum exit_code open_signer(struct compilation *c)
{
	struct sign_report report;
	enum exit_code code =
		signer_open(&c->arena, c->options->key, c->options->cert, &c->signer, &report);

	if (code != EXIT_DONE)
		fprintf(stderr, "tgc: %s\n", report.error);
	return code;
}

static bool is_measured(const struct compile_options *o)
{
	static const struct budget none;

	return o->report || memcmp(&o->budget, &none, sizeof(none)) != 0;
}

/* ---- the cache ------------------------------------------------------------------------- */

static FILE *messages_to(const struct compilation *c)
{
	return diag_options_stream(&c->options->diag, stdout);
}

static void add_options(const struct compilation *c, struct cache_key *k)
{
	const struct compile_options *o = c->options;

	cache_key_text(k, o->name ? o->name : default_name(k->arena, o->output));
	cache_key_number(k, o->version);
	cache_key_number(k, o->allow_missing);
	cache_key_number(k, o->diag.format);
	cache_key_number(k, diag_options_colour(&o->diag, messages_to(c)));
	cache_key_number(k, o->diag.limit);
	cache_key_number(k, o->diag.strict);
	cache_key_bytes(k,
			(struct bytes){(const uint8_t *)&o->diag.levels, sizeof(o->diag.levels)});
}

/* Names are in messages, and their last parts in the bundle. */
static void add_policies(const struct compilation *c, struct cache_key *k)
{
	cache_key_number(k, c->options->policy_count);
	for (size_t i = 0; i < c->options->policy_count; i++) {
		const struct source *s;

		cache_key_text(k, c->options->policies[i].path);
		cache_key_number(k, c->options->policies[i].found);
		if (c->input_of[i] == NO_INPUT)
			continue;
		s = &c->inputs.files[c->input_of[i]];
		cache_key_bytes(k, (struct bytes){(const uint8_t *)s->text, s->size});
	}
}

static bool add_kernels(const struct compilation *c, struct cache_key *k)
{
	for (size_t i = 0; i < c->options->kernel_count; i++) {
		const char *name = c->options->kernels[i];

		cache_key_text(k, name);
		if (!identity_kernel(c->cache, k, profile_path(k->arena, name)))
			return false;
	}
	return true;
}

/* A file in the terse language may take in others. */
static bool is_terse(const struct compilation *c)
{
	for (size_t i = 0; i < c->options->policy_count; i++)
		if (policy_is_terse(&c->options->policies[i]))
			return true;
	return false;
}

/* With `root`, it depends on programs; what is measured has to be there. */
static bool make_key(struct compilation *c, struct cache_key *k)
{
	if (c->options->root || is_measured(c->options) || is_terse(c) || diag_errors(&c->diags) ||
	    !c->clang.size)
		return false;
	cache_key_text(k, "payload");
	cache_key_bytes(k, (struct bytes){c->clang.bytes, c->clang.size});
	add_options(c, k);
	add_policies(c, k);
	return identity_self(k) && add_kernels(c, k);
}

/* What was kept: the size of the messages, they, and the payload. */
static bool take_apart(struct compilation *c, struct bytes kept)
{
	uint64_t size;

	if (kept.size < sizeof(size))
		return false;
	memcpy(&size, kept.at, sizeof(size));
	if (size > kept.size - sizeof(size))
		return false;
	c->said = (struct bytes){kept.at + sizeof(size), size};
	c->payload = (struct bytes){c->said.at + size, kept.size - sizeof(size) - size};
	return c->payload.size;
}

static enum exit_code recall(struct compilation *c)
{
	struct bytes kept;

	c->cache = cache_open(&c->arena, !c->options->no_cache);
	c->clang.arena = c->result.arena = &c->arena;
	if (!c->cache)
		return EXIT_DONE;
	if (!identity_clang(c->cache, &c->clang, clang_program(&c->arena)))
		c->clang.size = 0;
	if (!make_key(c, &c->result))
		c->result.size = 0;
	else if (cache_get(c->cache, &c->result, &kept))
		c->recalled = take_apart(c, kept);
	return c->recalled ? open_signer(c) : EXIT_DONE;
}

/* Warnings are shown again whenever the result is taken from the cache. */
static enum exit_code keep(struct compilation *c)
{
	char *text = NULL;
	size_t size = 0;
	uint64_t said;
	FILE *out;

	if (!c->result.size)
		return EXIT_DONE;
	out = open_memstream(&text, &size);
	fwrite(&said, 1, sizeof(said), out);
	diag_write(&c->diags, out, c->options->diag.format, c->options->diag.limit,
		   diag_options_colour(&c->options->diag, messages_to(c)));
	fflush(out);
	said = size - sizeof(said);
	fwrite(c->payload.at, 1, c->payload.size, out);
	if (!fclose(out)) {
		memcpy(text, &said, sizeof(said));
		cache_put(c->cache, &c->result, (struct bytes){(uint8_t *)text, size});
	}
	free(text);
	return EXIT_DONE;
}

/* While clang works, the kernels' type information is hashed and the key is read. */
static enum exit_code build(struct compilation *c)
{
	enum exit_code code;

	build_feed(c->build, &c->unit);
	c->btf_sha256 = arena_array(&c->arena, c->kernels.count, sizeof(*c->btf_sha256));
	for (size_t i = 0; i < c->kernels.count; i++)
		kbtf_digest(c->kernels.v[i].btf, c->btf_sha256[i]);
	code = open_signer(c);
	if (code != EXIT_DONE)
		return code;
	code = build_finish(c->build, &c->object, c->why, sizeof(c->why));
	if (code == EXIT_ENVIRONMENT)
		return environment(c);
	if (code == EXIT_REJECTED)
		diag_plain(&c->diags, DIAG_BUILD_FAILED, "clang refused the generated program:\n%s",
			   c->why);
	return code;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Of the text, or when there are several, of their digests. */
static void hash_pieces(struct arena *a, const struct unit *u, uint8_t *sha256)
{
	const size_t each = SHA256_DIGEST_LENGTH;
	uint8_t *all = arena_array(a, u->piece_count, each);

	for (size_t i = 0; i < u->piece_count; i++)
		SHA256(u->pieces[i].at, u->pieces[i].size, all + i * each);
	if (u->piece_count == 1)
		memcpy(sha256, all, each);
	else
		SHA256(all, u->piece_count * each, sha256);
}

static void add_digests(struct compilation *c, struct manifest *m)
{
	uint8_t sha256[SHA256_DIGEST_LENGTH];

	for (uint32_t i = 0; i < c->sources.count; i++) {
		const struct source *f = &c->sources.files[i];

		SHA256((const unsigned char *)f->text, f->size, sha256);
		manifest_add_digest(m, TG_DIGEST_SOURCE, base_name(f->name), sha256);
	}
	for (size_t i = 0; i < c->kernels.count; i++)
		manifest_add_digest(m, TG_DIGEST_BTF, base_name(c->kernels.names[i]),
				    c->btf_sha256[i]);
	hash_pieces(&c->arena, &c->unit, sha256);
	manifest_add_digest(m, TG_DIGEST_COMPILER,
			    arena_printf(&c->arena, "tgc " TGC_VERSION ", %s", c->object.compiler),
			    sha256);
}

static enum exit_code sign_and_write(struct compilation *c)
{
	struct bytes payload = c->payload;
	struct sign_report report = {0};
	struct bytes signature;
	enum exit_code code = signer_sign(&c->arena, c->signer, payload, &signature, &report);

	if (code != EXIT_DONE) {
		fprintf(stderr, "tgc: %s\n", report.error);
		return code;
	}
	if (*report.warning)
		fprintf(stderr, "tgc: warning: %s\n", report.warning);
	if (bundle_write(c->options->output, payload, signature, c->why, sizeof(c->why)))
		return environment(c);
	return EXIT_DONE;
}

static enum exit_code pack(struct compilation *c)
{
	struct manifest m;

	manifest_init(&m, &c->arena);
	describe(&m, &c->sources, c->plan);
	add_digests(c, &m);
	c->payload =
		pack_payload(&c->arena, &m, &c->identity, c->object.elf, c->why, sizeof(c->why));
	return c->payload.at ? EXIT_DONE : environment(c);
}

static enum exit_code measure(struct compilation *c)
{
	if (!is_measured(c->options))
		return EXIT_DONE;
	if (artifact_view(&c->artifact, c->payload.at, c->payload.size, c->why, sizeof(c->why)) ||
	    report_make(&c->report, &c->arena, &c->artifact, REPORT_CPUS, c->why, sizeof(c->why)))
		return environment(c);
	budget_check(&c->diags, &c->options->budget, &c->report, c->plan);
	return verdict(c);
}

typedef enum exit_code stage_function(struct compilation *c);

/* The pass list; each stage only reads what those before it made. */
static stage_function *const first[] = {load_policies, recall};
static stage_function *const stages[] = {
	read_policies, check_gaps, lower_policies, check_policies, run_rules, plan_policies,
	emit_pieces,   build,	   pack,	   measure,	   keep};
static stage_function *const last[] = {sign_and_write};
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A dump shows what is read and checked, also where nothing can be compiled of it yet. */
static stage_function *const to_ast[] = {load_policies, read_policies};
static stage_function *const to_ir[] = {load_policies, read_policies, lower_policies};
static stage_function *const to_tir[] = {load_policies, read_policies, lower_policies,
					 check_policies};
static stage_function *const to_c[] = {load_policies,  read_policies, check_gaps,    lower_policies,
				       check_policies, run_rules,     plan_policies, emit_whole};

static const struct {
	stage_function *const *stages;
	size_t count;
} dumps[] = {
	[DUMP_AST] = {to_ast, COUNT(to_ast)},
	[DUMP_IR] = {to_ir, COUNT(to_ir)},
	[DUMP_TIR] = {to_tir, COUNT(to_tir)},
	[DUMP_C] = {to_c, COUNT(to_c)},
};

static uint32_t online_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) ? 1 : (uint32_t)CPU_COUNT(&set);
}

static void tell_made(void *progress, size_t made, size_t all)
{
	progress_tell(progress, "compiling", made, all);
}

#define SMALL 1024 /* bytes of policies for which one clang will do, as a rule */

/* A second clang where a processor may be idle and the policies are likely to need it. */
static void start_build(struct compilation *c)
{
	struct build_options *o = &c->build_options;
	size_t size = 0;

	for (uint32_t i = 0; i < c->inputs.count; i++)
		size += c->inputs.files[i].size;
	o->jobs = c->options->jobs ? c->options->jobs : online_processors();
	o->early = size > SMALL ? 2 : 1;
	o->cache = c->cache;
	o->clang = c->clang.size ? &c->clang : NULL;
	o->tell = progress_wanted(&c->progress) ? tell_made : NULL;
	o->context = &c->progress;
	c->build = build_start(&c->arena, o);
}

static void begin(struct compilation *c, const struct compile_options *o)
{
	c->options = o;
	c->sources.arena = &c->arena;
	c->diags = (struct diags){.arena = &c->arena, .sources = &c->sources};
	diag_options_apply(&o->diag, &c->diags);
}

static enum exit_code run(struct compilation *c, stage_function *const *list, size_t count)
{
	enum exit_code code = EXIT_DONE;

	for (size_t i = 0; i < count && code == EXIT_DONE; i++)
		code = list[i](c);
	return code == EXIT_DONE && diags_failed(&c->diags) ? EXIT_REJECTED : code;
}

static void report(const struct compilation *c, FILE *machine)
{
	if (!c->recalled) {
		diag_options_report(&c->options->diag, &c->diags, machine);
		return;
	}
	fwrite(c->said.at, 1, c->said.size, messages_to(c));
	fflush(messages_to(c));
}

static void finish(struct compilation *c)
{
	cache_close(c->cache);
	signer_close(c->signer);
	kernel_set_close(&c->kernels);
	build_end(c->build); /* as late as can be: it waits for clangs to have given back memory */
	arena_free(&c->arena);
}

/* Behind the messages, in their form: a program reads one document after the other. */
static enum exit_code print_report(struct compilation *c)
{
	int failed = 0;

	if (c->options->diag.format == DIAG_FORMAT_JSON)
		failed = report_print_json(stdout, &c->arena, &c->report);
	else
		report_print_text(stdout, &c->arena, &c->report);
	if (!failed && !fflush(stdout) && !ferror(stdout))
		return EXIT_DONE;
	snprintf(c->why, sizeof(c->why), "standard output cannot be written");
	return environment(c);
}

enum exit_code compile(const struct compile_options *o)
{
	struct compilation c = {0};
	enum exit_code code;

	begin(&c, o);
	progress_begin(&c.progress, o->progress);
	code = run(&c, first, COUNT(first));
	if (code == EXIT_DONE && !c.recalled) {
		start_build(&c);
		code = run(&c, stages, COUNT(stages));
	}
	if (code == EXIT_DONE)
		code = run(&c, last, COUNT(last));
	progress_end(&c.progress);
	report(&c, stdout);
	if (code == EXIT_DONE && o->report)
		code = print_report(&c);
	finish(&c);
	return code;
}

static void print_stage(const struct compilation *c, enum dump_stage stage)
{
	const struct sources *places = c->options->places ? &c->sources : NULL;

	switch (stage) {
	case DUMP_AST:
		ast_print(&c->ast, places, stdout);
		break;
	case DUMP_IR:
		ir_print(c->ir, places, stdout);
		break;
	case DUMP_TIR:
		for (size_t i = 0; i < c->kernels.count; i++) {
			if (c->kernels.count > 1)
				printf("kernel %s\n", c->kernels.names[i]);
			tir_print(c->tirs[i], places, stdout);
		}
		break;
	case DUMP_C:
		fwrite(c->text.at, 1, c->text.size, stdout);
		break;
	}
}

enum exit_code dump(const struct compile_options *o, enum dump_stage stage)
{
	struct compilation c = {0};
	enum exit_code code;

	begin(&c, o);
	code = run(&c, dumps[stage].stages, dumps[stage].count);
	report(&c, stderr);
	if (code == EXIT_DONE)
		print_stage(&c, stage);
	if (fflush(stdout) || ferror(stdout)) {
		snprintf(c.why, sizeof(c.why), "standard output cannot be written");
		code = environment(&c);
	}
	finish(&c);
	return code;
}
