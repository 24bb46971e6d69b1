/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes an initramfs (cpio, newc). The same calls with the same contents give the same
 * bytes. Parent folders appear by themselves; a path that is there already is left as it is,
 * so the first to add a file wins. The first error sticks and is told by initramfs_close().
 * Guest paths are absolute; /bin, /sbin, /lib and /lib64 are links into /usr.
 */
#ifndef TGC_VM_INITRAMFS_H
#define TGC_VM_INITRAMFS_H

#include <stdbool.h>
#include "compiler/vm/vm.h"

struct arena;
struct initramfs;

/* Starts the file `path`; the handle belongs to `a`, but must be closed. */
struct initramfs *initramfs_create(struct arena *a, const char *path);
void initramfs_dir(struct initramfs *fs, const char *path, unsigned mode);
void initramfs_file(struct initramfs *fs, const char *path, const void *data, size_t size,
		    unsigned mode);
void initramfs_text(struct initramfs *fs, const char *path, const char *text, unsigned mode);
/* A file of this machine; `mode` 0 keeps its permissions. */
void initramfs_copy(struct initramfs *fs, const char *path, const char *from, unsigned mode);
void initramfs_link(struct initramfs *fs, const char *path, const char *target);
void initramfs_device(struct initramfs *fs, const char *path, unsigned mode, unsigned major,
		      unsigned minor);
/* A program of this machine with every shared library it needs. */
void initramfs_program(struct initramfs *fs, const char *path, const char *from);
/* 0, or -1 with the first error; then no file is left. */
int initramfs_close(struct initramfs *fs, struct vm_error *e);

#endif
