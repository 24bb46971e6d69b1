/* SPDX-License-Identifier: Apache-2.0 */
/* One bundle on one kernel: boots it under QEMU and runs `tgrun --check` there. */
#ifndef TGC_PROVE_H
#define TGC_PROVE_H

#include "compiler/base/exit.h"
#include "kernel_image.h"
#include "verdicts.h"

struct prove {
	const char *tgrun, *init; /* the guest's programs */
	const char *bundle, *cert;
	const char *work;
	unsigned timeout; /* seconds for one kernel */
};

/* EXIT_DONE when every program has a verdict, whatever it is; else a sentence in `why`. */
enum exit_code prove_kernel(struct verdicts *v, struct arena *a, const struct prove *p,
			    const struct kernel_image *kernel, char *why, size_t why_size);

struct diags;
struct sources;

/*
 * Reports each hook that has no variant which works, at the line of the policy that the refused
 * program comes from. `folder`: NULL, or where the policies' files are; one that is not what the
 * bundle was made from is not quoted.
 */
void report_refused(struct diags *d, struct sources *s, const char *folder,
		    const struct verdicts *v);

#endif
