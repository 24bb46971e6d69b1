/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive, loaded when it is first called: it and the dozen libraries that it needs would take
 * every start of tgc three milliseconds, and few commands open archives.
 */
#ifndef TGC_VM_LAZY_ARCHIVE_H
#define TGC_VM_LAZY_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

struct archive_library {
#define ARCHIVE_CALL(name) typeof(archive_##name) *name;
#include "archive_calls.def"
#undef ARCHIVE_CALL
};

/* Ends the program with words and exit code 3 when there is no such library. */
const struct archive_library *archive_library(void);

#define ARCHIVE(name) archive_library()->name

#endif
