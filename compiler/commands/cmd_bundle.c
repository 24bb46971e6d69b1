// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/base/arena.h"
#include "bundle_inspect.h"
#include "command.h"
#include "compiler/base/exit.h"
#include "compiler/prove/report.h"
#include "runtime/verify.h"

static const char usage[] = "usage: tgc bundle inspect [--report] [--json] FILE\n"
			    "       tgc bundle verify --cert CERT FILE\n";

struct bundle_options {
	bool json, report;
	const char *cert, *file;
};

static enum exit_code complain(enum exit_code code, const char *reason)
{
	fprintf(stderr, "tgc: %s\n", reason);
	return code;
}

static enum exit_code bad_usage(const char *reason)
{
	fprintf(stderr, "tgc bundle: %s\n%s", reason, usage);
	return EXIT_USAGE;
}

/* Output that could not be written is a failure, not a success with less output. */
static enum exit_code flush_output(void)
{
	if (fflush(stdout) || ferror(stdout))
		return complain(EXIT_ENVIRONMENT, "standard output cannot be written");
	return EXIT_DONE;
}

/* ---- inspect ---- */

static const char *serial_text(struct arena *arena, const struct signature *s)
{
	struct bytes serial = signature_serial(s);
	char *out = arena_alloc(arena, 2 * serial.size + 1);

	for (size_t i = 0; i < serial.size; i++)
		snprintf(out + 2 * i, 3, "%02X", serial.at[i]);
	return out;
}

/* Takes the file apart; a sentence in `why` and -1 when it is not a well-formed bundle. */
static int take_apart(struct bundle_facts *f, struct arena *arena, struct bytes file, char *why,
		      size_t why_size)
{
	struct bundle_parts parts;

	if (bundle_split(&parts, file, why, why_size) != VERIFY_OK)
		return -1;
	if (signature_decode(&f->signature, parts.signature)) {
		snprintf(why, why_size, "the signature is malformed");
		return -1;
	}
	if (artifact_view(&f->artifact, parts.payload.at, parts.payload.size, why, why_size))
		return -1;
	f->file_size = file.size;
	f->signature_size = parts.signature.size;
	f->serial = serial_text(arena, &f->signature);
	f->object_readable = !object_read(
		&f->object, arena, (struct bytes){f->artifact.object, f->artifact.object_size});
	return 0;
}

static enum exit_code print_facts(const struct bundle_facts *f, bool json)
{
	if (!json)
		bundle_print_text(stdout, f);
	else if (bundle_print_json(stdout, f))
		return complain(EXIT_ENVIRONMENT, "the JSON could not be written");
	return flush_output();
}

static enum exit_code print_report(const struct bundle_facts *f, struct arena *arena, bool json)
{
	struct report report;
	char why[256];

	if (report_make(&report, arena, &f->artifact, REPORT_CPUS, why, sizeof(why))) {
		fprintf(stderr, "tgc: %s: %s\n", f->path, why);
		return EXIT_REJECTED;
	}
	if (!json)
		report_print_text(stdout, arena, &report);
	else if (report_print_json(stdout, arena, &report))
		return complain(EXIT_ENVIRONMENT, "the JSON could not be written");
	return flush_output();
}

static enum exit_code inspect(const struct bundle_options *o)
{
	struct bundle_facts facts = {.path = o->file};
	struct arena arena = {0};
	struct file_bytes file;
	enum exit_code code;
	char why[512];

	if (file_load(o->file, TG_ARTIFACT_MAX, &file, why, sizeof(why)))
		return complain(errno == EFBIG ? EXIT_REJECTED : EXIT_ENVIRONMENT, why);
	if (take_apart(&facts, &arena, (struct bytes){file.at, file.size}, why, sizeof(why))) {
		fprintf(stderr, "tgc: %s: %s\n", o->file, why);
		code = EXIT_REJECTED;
	} else if (o->report) {
		code = print_report(&facts, &arena, o->json);
	} else {
		code = print_facts(&facts, o->json);
	}
	arena_free(&arena);
	free(file.at);
	return code;
}

/* ---- verify ---- */

static enum exit_code report_good(const struct bundle_options *o, const struct verified *v)
{
	struct artifact artifact;
	char why[256];

	if (artifact_view(&artifact, v->payload, v->size, why, sizeof(why))) {
		fprintf(stderr, "tgc: %s: well signed, but malformed: %s\n", o->file, why);
		return EXIT_REJECTED;
	}
	printf("%s: good: %s version %llu, signed by %s\n", o->file, artifact.header->name,
	       (unsigned long long)artifact.header->version, v->subject);
	return flush_output();
}

static enum exit_code verify(const struct bundle_options *o)
{
	struct verified verified;
	enum verify_result result;
	struct trust *trust;
	enum exit_code code;
	char why[512];

	trust = trust_load(o->cert, why, sizeof(why));
	if (!trust)
		return complain(EXIT_ENVIRONMENT, why);
	result = verify_file(&verified, o->file, trust, why, sizeof(why));
	if (result == VERIFY_OK) {
		code = report_good(o, &verified);
		verified_free(&verified);
	} else {
		fprintf(stderr, "tgc: %s [%s]\n", why, verify_result_name(result));
		code = result == VERIFY_UNREADABLE ? EXIT_ENVIRONMENT : EXIT_REJECTED;
	}
	trust_free(trust);
	return code;
}

/* ---- command line ---- */

static int parse_options(struct bundle_options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"report", no_argument, NULL, 'r'},
		{"cert", required_argument, NULL, 'c'},
		{0},
	};
	int option;

	optind = 0; /* a fresh start: argv is a part of the whole command line */
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'j')
			o->json = true;
		else if (option == 'r')
			o->report = true;
		else if (option == 'c')
			o->cert = optarg;
		else
			return -1;
	}
	if (optind + 1 != argc)
		return -1;
	o->file = argv[optind];
	return 0;
}

int cmd_bundle(int argc, char **argv)
{
	struct bundle_options o = {0};
	bool inspecting;

	if (argc < 2)
		return bad_usage("what to do with a bundle?");
	inspecting = strcmp(argv[1], "inspect") == 0;
	if (!inspecting && strcmp(argv[1], "verify") != 0)
		return bad_usage("the commands are inspect and verify");
	if (parse_options(&o, argc - 1, argv + 1))
		return bad_usage("one FILE is needed, and only the options below");
	if (inspecting && o.cert)
		return bad_usage("inspect takes no --cert: it verifies nothing");
	if (!inspecting && (!o.cert || o.json || o.report))
		return bad_usage("verify needs --cert, and has no --json and no --report");
	return inspecting ? inspect(&o) : verify(&o);
}
