// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <openssl/sha.h>
#include "compiler/base/arena.h"
#include "compiler/back/bundle.h"
#include "compiler/back/common.h"
#include "compiler/back/describe.h"
#include "compiler/diag/diag.h"
#include "compiler/check/gaps.h"
#include "compiler/check/kernel_check.h"
#include "compiler/back/object.h"
#include "compiler/back/pack.h"
#include "pipeline.h"
#include "policy_read.h"
#include "compiler/kernels/profile.h"
#include "compiler/prove/report.h"
#include "compiler/rules/rules.h"
#include "compiler/back/sign.h"

struct compilation {
	const struct compile_options *options;
	struct arena arena;
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
	struct build *build;
	struct build_options build_options;
	struct object object;
	struct bytes payload;
	struct artifact artifact; /* views into the payload */
	struct report report;
	struct signer *signer;
	uint8_t (*btf_sha256)[SHA256_DIGEST_LENGTH]; /* one a kernel */
	char why[20000];
};

static enum exit_code environment(const struct compilation *c)
{
	fprintf(stderr, "tgc: %s\n", c->why);
	return EXIT_ENVIRONMENT;
}

/* Between stages: errors end the run. */
static enum exit_code verdict(const struct compilation *c)
{
	return diag_errors(&c->diags) ? EXIT_REJECTED : EXIT_DONE;
}

static void read_policy_file(struct compilation *c, const struct policy_file *policy, uint32_t file)
{
	const struct terse_options options = {.kernels = c->kernels.v,
					      .kernel_count = c->kernels.count,
					      .params = c->options->params,
					      .param_count = c->options->param_count};

	if (!policy_read(&c->arena, &c->diags, &c->sources, file, policy, &options, &c->ast))
		sources_drop_last(&c->sources);
}

static enum exit_code load_policy_file(struct compilation *c, const struct policy_file *policy)
{
	int file;

	file = sources_load(&c->sources, policy->path);
	if (file >= 0) {
		read_policy_file(c, policy, (uint32_t)file);
		return EXIT_DONE;
	}
	if (errno == EFBIG) {
		diag_plain(&c->diags, DIAG_YAML_TOO_LARGE,
			   "%s is larger than %u MiB, the limit for a policy file", policy->path,
			   SOURCE_MAX >> 20);
		return EXIT_DONE;
	}
	snprintf(c->why, sizeof(c->why), "cannot read %s: %s", policy->path, strerror(errno));
	return environment(c);
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
	for (size_t i = 0; i < c->options->policy_count; i++) {
		enum exit_code code = load_policy_file(c, &c->options->policies[i]);

		if (code != EXIT_DONE)
			return code;
	}
	return verdict(c);
}

static enum exit_code check_gaps(struct compilation *c)
{
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
	rules_run(&c->arena, &c->diags, &c->ast, c->ir, c->tirs, c->kernels.count);
	return verdict(c);
}

static enum exit_code plan_policies(struct compilation *c)
{
	const struct tir *tir = common_tir(&c->arena, &c->diags, c->tirs, c->kernels.count);

	gaps_typed(&c->diags, tir);
	if (verdict(c) == EXIT_DONE)
		c->plan = plan_build(&c->arena, &c->diags, tir);
	return diags_failed(&c->diags) ? EXIT_REJECTED : EXIT_DONE; /* --strict: no bundle */
}

/* "dir/file-monitoring.tgb" gives "file-monitoring". */
static const char *default_name(struct compilation *c)
{
	const char *path = c->options->output ? c->options->output : "bundle";
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');

	return arena_strndup(&c->arena, base,
			     dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

/* Tells the records of one bundle from another's: its name and its policies' digests. */
static uint32_t fingerprint(struct compilation *c)
{
	size_t name = strlen(c->identity.name) + 1, size = name;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	unsigned char *all;
	uint32_t value;

	size += c->sources.count * sizeof(digest);
	all = arena_alloc(&c->arena, size);
	memcpy(all, c->identity.name, name);
	for (uint32_t i = 0; i < c->sources.count; i++) {
		const struct source *f = &c->sources.files[i];

		SHA256((const unsigned char *)f->text, f->size, all + name + i * sizeof(digest));
	}
	SHA256(all, size, digest);
	memcpy(&value, digest, sizeof(value));
	return value;
}

static enum exit_code identify(struct compilation *c)
{
	c->identity = (struct bundle_identity){
		.name = c->options->name ? c->options->name : default_name(c),
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

static bool is_measured(const struct compile_options *o)
{
	static const struct budget none;

	return o->report || memcmp(&o->budget, &none, sizeof(none)) != 0;
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
static stage_function *const stages[] = {
	read_policies, check_gaps, lower_policies, check_policies, run_rules,	  plan_policies,
	emit_pieces,   build,	   pack,	   measure,	   sign_and_write};
#define STAGES (sizeof(stages) / sizeof(stages[0]))

/* A dump shows what is read and checked, also where nothing can be compiled of it yet. */
static stage_function *const to_ast[] = {read_policies};
static stage_function *const to_ir[] = {read_policies, lower_policies};
static stage_function *const to_tir[] = {read_policies, lower_policies, check_policies};
static stage_function *const to_c[] = {read_policies, check_gaps,    lower_policies, check_policies,
				       run_rules,     plan_policies, emit_whole};

static const struct {
	stage_function *const *stages;
	size_t count;
} dumps[] = {
	[DUMP_AST] = {to_ast, 1},
	[DUMP_IR] = {to_ir, 2},
	[DUMP_TIR] = {to_tir, 3},
	[DUMP_C] = {to_c, 7},
};

/* A second clang, where a processor is idle and the policies are likely to need it. */
static void start_build(struct compilation *c)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	c->build_options.jobs = c->options->jobs ? c->options->jobs : online > 1 ? online : 1;
	c->build_options.early = c->options->policy_count > 1 ? 2 : 1;
	c->build = build_start(&c->arena, &c->build_options);
}

static enum exit_code run(struct compilation *c, const struct compile_options *o,
			  stage_function *const *list, size_t count, FILE *machine)
{
	enum exit_code code = EXIT_DONE;

	c->options = o;
	c->sources.arena = &c->arena;
	c->diags = (struct diags){.arena = &c->arena, .sources = &c->sources};
	diag_options_apply(&o->diag, &c->diags);
	if (list == stages)
		start_build(c);
	for (size_t i = 0; i < count && code == EXIT_DONE; i++)
		code = list[i](c);
	if (code == EXIT_DONE && diags_failed(&c->diags))
		code = EXIT_REJECTED;
	diag_options_report(&o->diag, &c->diags, machine);
	return code;
}

static void finish(struct compilation *c)
{
	build_end(c->build);
	signer_close(c->signer);
	kernel_set_close(&c->kernels);
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
	enum exit_code code = run(&c, o, stages, STAGES, stdout);

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
	enum exit_code code = run(&c, o, dumps[stage].stages, dumps[stage].count, stderr);

	if (code == EXIT_DONE)
		print_stage(&c, stage);
	if (fflush(stdout) || ferror(stdout)) {
		snprintf(c.why, sizeof(c.why), "standard output cannot be written");
		code = environment(&c);
	}
	finish(&c);
	return code;
}
