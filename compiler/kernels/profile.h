/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel profiles: what tgc knows of a kernel. A profile is one mapped file; opening it costs
 * little, whatever its size. A bare BTF file is a profile that knows its types and nothing
 * else. What a profile does not know is KNOWN_UNKNOWN, never KNOWN_NO.
 *
 * Everything returned lives as long as the profile.
 */
#ifndef TGC_PROFILE_H
#define TGC_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/bytes.h"

struct arena;
struct kbtf;
struct profile;

enum known { KNOWN_NO, KNOWN_YES, KNOWN_UNKNOWN };

/* A profile file. NULL with a sentence in `why`, here as below. */
struct profile *profile_open(const char *path, char *why, size_t why_size);
/* The same bytes in memory, at a multiple of 8, which stay there until profile_close(). */
struct profile *profile_from_bytes(struct bytes bytes, char *why, size_t why_size);
/* A BTF file, or a vmlinux with a section .BTF. */
struct profile *profile_from_btf(const char *path, char *why, size_t why_size);
/* Whatever a user may call a kernel: a name in the store, a profile file, a file as above. */
struct profile *profile_find(const char *spec, char *why, size_t why_size);
/* The file that profile_find() would open. */
const char *profile_path(struct arena *a, const char *spec);
void profile_close(struct profile *p);

const char *profile_name(const struct profile *p);
const char *profile_release(const struct profile *p); /* "" when unknown, as the next three */
const char *profile_arch(const struct profile *p);
const char *profile_source(const struct profile *p);
/* Where the functions are from: available_filter_functions, kallsyms, System.map, symtab. */
const char *profile_functions_from(const struct profile *p);
/* Of the release: 6 and 12. False when it is not known. */
bool profile_version(const struct profile *p, unsigned *major, unsigned *minor);
const struct kbtf *profile_btf(const struct profile *p);
void profile_digest(const struct profile *p, uint8_t sha256[32]);
size_t profile_size(const struct profile *p); /* bytes of the file */

/* Whether a function is there for programs to attach to. BTF may name one that is not: it was
 * inlined everywhere, or must not be traced. */
enum known profile_attachable(const struct profile *p, const char *function);
/* Goes on while the callback says so; false when they are not known. In order. */
bool profile_each_attachable(const struct profile *p, bool (*take)(void *data, const char *name),
			     void *data);
size_t profile_attachable_count(const struct profile *p);
/* Whether the kernel lets a program replace the function's result. */
enum known profile_injectable(const struct profile *p, const char *function);
/* KNOWN_YES: it is set, *value is "y", "m" or what stands there. `value` may be NULL. */
enum known profile_config(const struct profile *p, const char *option, const char **value);
size_t profile_config_count(const struct profile *p);
/* Whether a security module ("bpf") is active. */
enum known profile_lsm_active(const struct profile *p, const char *lsm);
/* The path of an image that boots, or of a package with one, on the machine that made the profile;
 * NULL when not known. */
const char *profile_image(const struct profile *p);
/* "lockdown,capability,bpf"; NULL when not known. */
const char *profile_lsms(const struct profile *p, struct arena *a);

/* A tracepoint and the fields of its record, common ones included. */
struct kevent {
	const struct profile *profile;
	uint32_t first_field, field_count;
};

struct kevent_field {
	const char *name, *type; /* "comm", "char[16]" */
	uint32_t offset, size;	 /* bytes */
	bool is_signed;
};

enum known profile_event(const struct profile *p, const char *subsystem, const char *event,
			 struct kevent *out);
bool profile_event_field(const struct kevent *e, uint32_t i, struct kevent_field *out);
/* "sched/sched_process_exec"; goes on while the callback says so; false when not known. */
bool profile_each_event(const struct profile *p, bool (*take)(void *data, const char *name),
			void *data);
size_t profile_event_count(const struct profile *p);

/* The types of a module that the profile has, opened at first use; else NULL. */
const struct kbtf *profile_module_btf(struct profile *p, const char *module);
/* KNOWN_UNKNOWN: the profile has no modules at all. */
enum known profile_has_module(const struct profile *p, const char *module);
/* The i-th module's name; NULL behind the last. */
const char *profile_module_at(const struct profile *p, size_t i);

/* ---- the store -------------------------------------------------------------------------- */

/* $TGC_PROFILES, else $XDG_DATA_HOME/tgc/profiles, else ~/.local/share/tgc/profiles. NULL when
 * there is no home. The folder need not be there. */
const char *store_folder(struct arena *a, char *why, size_t why_size);
/* Letters, digits and ._+-~, at most 63, not beginning with a dot or a dash. */
bool store_name_valid(const char *name);
const char *store_path(struct arena *a, const char *folder, const char *name);
/* Names in order; numbers by their value: 5.10 after 5.9. A folder that is not there is empty.
 * -1 with errno when it cannot be read. */
int store_list(struct arena *a, const char *folder, const char ***names, size_t *count);

#endif
