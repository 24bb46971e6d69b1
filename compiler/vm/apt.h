/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetches a package of another Debian suite with the machine's own apt, mirror and keys, but
 * private state: nothing outside the work folder is read for writing or changed.
 */
#ifndef TGC_VM_APT_H
#define TGC_VM_APT_H

#include <stdbool.h>
#include "compiler/vm/vm.h"

struct arena;

struct apt_package {
	const char *name, *version;
	const char *file; /* the .deb */
};

/*
 * Rewrites the machine's apt sources (deb822 or one-line text, `deb822` says which) so that
 * its Debian archive entry names `suites` (separated by spaces) and component main only.
 * `codename` is the machine's own suite. NULL when the text has no Debian archive entry.
 */
char *apt_sources_derive(struct arena *a, const char *text, bool deb822, const char *codename,
			 const char *suites);

/* Downloads the newest package whose name matches the shell pattern into `work`, a folder of
 * the caller's. Strings belong to `a`. 0, or -1 with the reason. */
int apt_fetch(struct arena *a, const char *work, const char *suites, const char *pattern,
	      struct apt_package *out, struct vm_error *e);

#endif
