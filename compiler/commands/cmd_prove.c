// SPDX-License-Identifier: Apache-2.0
/* tgc prove: what real kernels say of a bundle, and a bundle that says so. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "compiler/back/bundle.h"
#include "compiler/back/sign.h"
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/prove/proof.h"
#include "compiler/prove/prove.h"
#include "compiler/vm/files.h"
#include "pipeline.h"
#include "runtime/verify.h"

#define TIMEOUT 900 /* seconds for one kernel: under emulation, and with other work beside it */

enum {
	OPT_KERNEL = 256,
	OPT_KEY,
	OPT_CERT,
	OPT_SOURCE,
	OPT_JSON,
	OPT_TGRUN,
};

static const struct option long_options[] = {
	{"kernel", required_argument, NULL, OPT_KERNEL},
	{"output", required_argument, NULL, 'o'},
	{"key", required_argument, NULL, OPT_KEY},
	{"cert", required_argument, NULL, OPT_CERT},
	{"source", required_argument, NULL, OPT_SOURCE},
	{"json", no_argument, NULL, OPT_JSON},
	{"tgrun", required_argument, NULL, OPT_TGRUN},
	COMMAND_PROJECT_OPTIONS,
	{0},
};
static const char short_options[] = "o:";

struct proving {
	struct arena arena;
	struct project project;
	struct command_names kernels;
	const char *output, *key, *cert, *source, *bundle;
	bool json;
	struct prove prove;
	struct verified verified;
	struct artifact artifact;
	struct verdicts *verdicts; /* one a kernel */
	char why[1200];
};

static enum exit_code fail(const struct proving *p, enum exit_code code)
{
	fprintf(stderr, "tgc: %s\n", p->why);
	return code;
}

/* ---- command line ---- */

static int parse_option(struct proving *p, int option)
{
	switch (option) {
	case OPT_KERNEL:
		command_add(&p->arena, &p->kernels, optarg);
		return 0;
	case 'o':
		p->output = optarg;
		return 0;
	case OPT_KEY:
		p->key = optarg;
		return 0;
	case OPT_CERT:
		p->cert = optarg;
		return 0;
	case OPT_SOURCE:
		p->source = optarg;
		return 0;
	case OPT_JSON:
		p->json = true;
		return 0;
	case OPT_TGRUN:
		p->prove.tgrun = optarg;
		return 0;
	case COMMAND_OPT_PROJECT:
	case COMMAND_OPT_NO_PROJECT:
		return 0; /* looked at before */
	default:
		return command_usage(NULL); /* getopt has said what is wrong */
	}
}

static int check_complete(struct proving *p, int words, char **word)
{
	if (words != 1)
		return command_usage("prove wants one BUNDLE");
	p->bundle = word[0];
	if (!p->key && !p->cert) {
		p->key = p->project.sign.key;
		p->cert = p->project.sign.cert;
	}
	for (uint32_t i = 0; !p->kernels.count && i < p->project.kernels_count; i++)
		command_add(&p->arena, &p->kernels, p->project.kernels[i]);
	if (!p->kernels.count)
		return command_usage("on which kernel? Give --kernel, or `kernels` in a project "
				     "file");
	if (!p->cert)
		return command_usage("whose bundle is it? Give --cert CERT.pem");
	if (p->output && !p->key)
		return command_usage("a bundle with proofs is signed anew: give --key KEY.pem");
	return 0;
}

static int parse(struct proving *p, int argc, char **argv)
{
	struct command_look look = command_look(argc, argv, short_options, long_options);
	int code = command_project(&p->arena, &look, &p->project), option;

	while (!code && (option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1)
		code = parse_option(p, option);
	return code ? code : check_complete(p, argc - optind, argv + optind);
}

/* ---- what is needed ---- */

/* A program that is built and installed beside tgc. */
static const char *beside(struct proving *p, const char *name)
{
	char self[PATH_MAX];
	ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	self[size > 0 ? size : 0] = '\0';
	slash = strrchr(self, '/');
	return arena_printf(&p->arena, "%.*s/%s", slash ? (int)(slash - self) : 0, self, name);
}

static enum exit_code find_programs(struct proving *p)
{
	const char *missing;

	p->prove.init = beside(p, "vm-init");
	if (!p->prove.tgrun)
		p->prove.tgrun = beside(p, "tgrun");
	missing = access(p->prove.init, R_OK)	 ? p->prove.init
		  : access(p->prove.tgrun, R_OK) ? p->prove.tgrun
						 : NULL;
	if (!missing)
		return EXIT_DONE;
	snprintf(p->why, sizeof(p->why), "cannot read %s: %s; the guest needs it", missing,
		 strerror(errno));
	return fail(p, EXIT_ENVIRONMENT);
}

static enum exit_code read_bundle(struct proving *p)
{
	struct trust *trust = trust_load(p->cert, p->why, sizeof(p->why));
	enum verify_result result;

	if (!trust)
		return fail(p, EXIT_ENVIRONMENT);
	result = verify_file(&p->verified, p->bundle, trust, p->why, sizeof(p->why));
	trust_free(trust);
	if (result != VERIFY_OK)
		return fail(p, result == VERIFY_UNREADABLE ? EXIT_ENVIRONMENT : EXIT_REJECTED);
	if (!artifact_view(&p->artifact, p->verified.payload, p->verified.size, p->why,
			   sizeof(p->why)))
		return EXIT_DONE;
	return fail(p, EXIT_REJECTED);
}

static enum exit_code make_work_folder(struct proving *p)
{
	const char *temporary = getenv("TMPDIR");
	char *path = arena_printf(&p->arena, "%s/tgc-prove-XXXXXX",
				  temporary && *temporary ? temporary : "/tmp");

	p->prove.work = mkdtemp(path);
	if (p->prove.work)
		return EXIT_DONE;
	snprintf(p->why, sizeof(p->why), "cannot make a folder %s: %s", path, strerror(errno));
	return fail(p, EXIT_ENVIRONMENT);
}

/* ---- proving ---- */

static void say(void *context, const char *sentence)
{
	(void)context;
	fprintf(stderr, "tgc: %s\n", sentence);
}

static enum exit_code prove_one(struct proving *p, const char *spec, struct verdicts *v)
{
	const struct vm_progress progress = {say, NULL};
	struct kernel_image image;
	enum exit_code code = kernel_image_find(&image, &p->arena, spec, p->prove.work, &progress,
						p->why, sizeof(p->why));

	verdicts_init(v, &p->arena, &p->artifact, spec);
	if (code == EXIT_DONE)
		code = prove_kernel(v, &p->arena, &p->prove, &image, p->why, sizeof(p->why));
	return code == EXIT_DONE ? code : fail(p, code);
}

static enum exit_code prove_all(struct proving *p)
{
	enum exit_code code = EXIT_DONE;

	p->prove.bundle = p->bundle;
	p->prove.cert = p->cert;
	p->prove.timeout = TIMEOUT;
	p->verdicts = arena_array(&p->arena, p->kernels.count, sizeof(*p->verdicts));
	for (size_t i = 0; i < p->kernels.count && code == EXIT_DONE; i++) {
		code = prove_one(p, p->kernels.names[i], &p->verdicts[i]);
		if (code == EXIT_DONE && !p->json) {
			verdicts_print_text(stdout, &p->verdicts[i]);
			fflush(stdout);
		}
	}
	if (code == EXIT_DONE && p->json &&
	    verdicts_print_json(stdout, p->verdicts, p->kernels.count)) {
		snprintf(p->why, sizeof(p->why), "the JSON could not be written");
		code = fail(p, EXIT_ENVIRONMENT);
	}
	return code;
}

/* Which hooks do not work where, at their policies' lines. */
static enum exit_code report_hooks(struct proving *p)
{
	struct sources sources = {.arena = &p->arena};
	struct diags d = {.arena = &p->arena, .sources = &sources};
	const struct diag_options options = diag_options_default();

	for (size_t i = 0; i < p->kernels.count; i++)
		report_refused(&d, &sources, p->source, &p->verdicts[i]);
	diag_options_report(&options, &d, stdout);
	return diag_errors(&d) ? EXIT_REJECTED : EXIT_DONE;
}

/* ---- the bundle with proofs ---- */

static enum exit_code sign_and_write(struct proving *p, const struct signer *signer,
				     struct sign_report *report)
{
	struct bytes signature,
		payload = proof_payload(&p->arena, &p->artifact, p->verdicts, p->kernels.count,
					report->error, sizeof(report->error));
	enum exit_code code;

	if (!payload.at)
		return EXIT_ENVIRONMENT;
	code = signer_sign(&p->arena, signer, payload, &signature, report);
	if (code == EXIT_DONE && *report->warning)
		fprintf(stderr, "tgc: warning: %s\n", report->warning);
	if (code == EXIT_DONE &&
	    bundle_write(p->output, payload, signature, report->error, sizeof(report->error)))
		code = EXIT_ENVIRONMENT;
	return code;
}

static enum exit_code write_proved(struct proving *p, const struct signer *signer)
{
	struct sign_report report = {0};
	enum exit_code code = sign_and_write(p, signer, &report);

	if (code != EXIT_DONE)
		fprintf(stderr, "tgc: %s\n", report.error);
	return code;
}

/* The key is read before the kernels are booted: a wrong one is told at once. */
static enum exit_code prove_and_write(struct proving *p)
{
	struct sign_report report = {0};
	struct signer *signer = NULL;
	enum exit_code code = EXIT_DONE;

	if (p->output) {
		code = signer_open(&p->arena, p->key, p->cert, &signer, &report);
		if (code != EXIT_DONE)
			fprintf(stderr, "tgc: %s\n", report.error);
	}
	if (code == EXIT_DONE)
		code = prove_all(p);
	if (code == EXIT_DONE)
		code = report_hooks(p);
	if (code == EXIT_DONE && p->output)
		code = write_proved(p, signer);
	signer_close(signer);
	return code;
}

static enum exit_code run(struct proving *p)
{
	enum exit_code code = find_programs(p);

	if (code == EXIT_DONE)
		code = read_bundle(p);
	if (code == EXIT_DONE)
		code = make_work_folder(p);
	if (code == EXIT_DONE) {
		code = prove_and_write(p);
		tree_remove(p->prove.work);
	}
	verified_free(&p->verified);
	if ((fflush(stdout) || ferror(stdout)) && code == EXIT_DONE) {
		snprintf(p->why, sizeof(p->why), "standard output cannot be written");
		code = fail(p, EXIT_ENVIRONMENT);
	}
	return code;
}

int cmd_prove(int argc, char **argv)
{
	struct proving p = {.bundle = NULL};
	int code = parse(&p, argc, argv);

	if (!code)
		code = run(&p);
	arena_free(&p.arena);
	return code;
}
