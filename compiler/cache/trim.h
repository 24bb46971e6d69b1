/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps a part of the cache, of which there are 16, below its size. */
#ifndef TGC_TRIM_H
#define TGC_TRIM_H

struct arena;

#define TRIM_PART      (16u << 20) /* bytes: 256 MiB in all */
#define TRIM_ENTRY     (TRIM_PART / 2)
#define TRIM_TEMPORARY ".new-" /* how the name of a file begins that is being written */

/* Removes files until the others have three quarters of the size, oldest use first, and files
 * that somebody has left half-written. */
void trim_folder(struct arena *a, const char *path);

#endif
