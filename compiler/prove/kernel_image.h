/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that can be booted: from what the user calls one to an image. */
#ifndef TGC_KERNEL_IMAGE_H
#define TGC_KERNEL_IMAGE_H

#include "compiler/base/exit.h"
#include "compiler/vm/vm.h"

struct arena;

struct kernel_image {
	const char *name;    /* as the user says it */
	const char *path;    /* of the image */
	const char *release; /* that the profile says; "" unknown */
};

/*
 * A profile that knows its image, an x86 boot image, a Debian package with one, or a Debian series
 * (compiler/vm/kernels.def), which is fetched once. An image out of a package goes into the folder
 * `work`. EXIT_DONE, EXIT_REJECTED or EXIT_ENVIRONMENT with a sentence in `why`.
 */
enum exit_code kernel_image_find(struct kernel_image *out, struct arena *a, const char *spec,
				 const char *work, const struct vm_progress *progress, char *why,
				 size_t why_size);

#endif
