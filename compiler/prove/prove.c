// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/vm/machine.h"
#include "prove.h"
#include "runtime/exit_codes.h"
#include "shown.h"

static void take_out(void *context, const char *line)
{
	verdicts_line(context, line);
}

static void take_err(void *context, const char *line)
{
	struct verdicts *v = context;

	v->last_error = shown_text(v->arena, line);
}

/* tgrun's own verdict on the bundle is no failure: what it has said is looked at. */
static bool has_ended_well(int status)
{
	return status == TGRUN_OK || status == TGRUN_LOAD || status == TGRUN_ATTACH;
}

/* An image that was replaced since the profile was made would prove something else. */
static enum exit_code check_release(const struct verdicts *v, const struct kernel_image *kernel,
				    char *why, size_t why_size)
{
	if (!*kernel->release || !strcmp(kernel->release, v->release))
		return EXIT_DONE;
	snprintf(why, why_size,
		 "kernel %s: the profile is of %s, but %s boots as %s; make the profile anew",
		 kernel->name, kernel->release, kernel->path, v->release);
	return EXIT_REJECTED;
}

enum exit_code prove_kernel(struct verdicts *v, struct arena *a, const struct prove *p,
			    const struct kernel_image *kernel, char *why, size_t why_size)
{
	static const char *const args[] = {"--check",  "--cert",	 "/vm/cert.pem",
					   "--bundle", "/vm/bundle.tgb", NULL};
	const struct machine_file files[] = {{"/vm/cert.pem", p->cert},
					     {"/vm/bundle.tgb", p->bundle}};
	struct machine m = {
		.image = kernel->path,
		.init = p->init,
		.program = p->tgrun,
		.args = args,
		.files = files,
		.file_count = sizeof(files) / sizeof(files[0]),
		.work = p->work,
		.timeout = p->timeout,
		.out = take_out,
		.err = take_err,
		.context = v,
	};
	struct vm_error e = {""};
	int status = machine_run(a, &m, &e);

	if (has_ended_well(status) && verdicts_are_complete(v))
		return check_release(v, kernel, why, why_size);
	snprintf(why, why_size, "kernel %s: %.900s", kernel->name,
		 status < 0	  ? e.text
		 : *v->last_error ? v->last_error
				  : "tgrun has not said all in the guest");
	return EXIT_ENVIRONMENT;
}
