/* SPDX-License-Identifier: Apache-2.0 */
/* A small kernel for tests: its types made with libbpf, images around them, and walks that
 * look at everything there is in what was opened. */
#ifndef KERNEL_FIXTURE_H
#define KERNEL_FIXTURE_H

#include "compiler/kernels/kbtf.h"
#include "compiler/kernels/kernel_facts.h"
#include "compiler/kernels/profile.h"

struct arena;
struct btf;

/* Types of every kind; the caller frees it with btf__free(). */
struct btf *fixture_btf(void);
/* A module's types, which continue those of `base`. */
struct btf *fixture_split_btf(struct btf *base);
struct bytes fixture_raw(struct arena *a, const struct btf *btf);

/* An ELF file with these types, the release 9.8.7-fixture, and this configuration inside. */
struct bytes fixture_elf(struct arena *a, struct bytes btf, const char *config);
/* A bzImage around an ELF file. */
struct bytes fixture_image(struct arena *a, struct bytes elf);
/* The symbols that a kernel keeps of itself: _text, f000 to f299, _etext, gone, other types.
 * `align`: of the parts, 4 or 8; `with_order`: with the part that some kernels have. */
struct bytes fixture_kallsyms(struct arena *a, size_t align, bool with_order);
struct bytes fixture_gzip(struct arena *a, struct bytes from);

/* Facts of every sort about the kernel of fixture_btf(). */
void fixture_facts(struct kernel_facts *f, struct arena *a);
struct bytes fixture_profile(struct arena *a);

/* Return something that depends on all that was seen. */
size_t walk_btf(const struct kbtf *k);
size_t walk_profile(struct profile *p);

#endif
