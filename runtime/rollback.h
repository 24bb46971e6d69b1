/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The highest version of each bundle name that this node has accepted, one file per name in a
 * state directory: "NAME.version", a decimal number and a newline. A bundle of a lower version
 * is refused. Anything unexpected in that directory is a refusal too, never a fresh start.
 */
#ifndef TG_ROLLBACK_H
#define TG_ROLLBACK_H

#include <stddef.h>
#include <stdint.h>

#define TG_STATE_DIRECTORY "/var/lib/tgrun"

enum rollback_result {
	ROLLBACK_OK,
	ROLLBACK_REFUSED, /* a higher version has been accepted before */
	ROLLBACK_STATE,	  /* the state cannot be read, trusted or written */
};

/* May this version be loaded? A name that was never seen may. Changes nothing. */
enum rollback_result rollback_check(const char *directory, const char *name, uint64_t version,
				    char *why, size_t why_size);

/*
 * Remembers a version after its bundle has been loaded: makes the directory (one level, 0700)
 * if need be, writes a new file and renames it over the old one, all synced to disk. Refuses
 * when another process has accepted a higher version meanwhile.
 */
enum rollback_result rollback_commit(const char *directory, const char *name, uint64_t version,
				     char *why, size_t why_size);

#endif
