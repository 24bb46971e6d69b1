/* SPDX-License-Identifier: Apache-2.0 */
/* The few file operations that the harness needs more than once. */
#ifndef TGC_VM_FILES_H
#define TGC_VM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include "compiler/vm/vm.h"

struct arena;

bool file_exists(const char *path);
/* Makes a folder and its parents; being there already is success. 0, or -1 with errno. */
int dir_make(const char *path);
/* Removes a file or a whole tree; absence is success. Does not follow links. */
int tree_remove(const char *path);
/* The whole file, NUL-terminated (the NUL is not counted). NULL with `e`. */
char *file_read(struct arena *a, const char *path, size_t *size, struct vm_error *e);
int file_write(const char *path, const void *data, size_t size, struct vm_error *e);
/* The one path matching a shell pattern; NULL when there is none. */
char *path_match(struct arena *a, const char *pattern);

#endif
