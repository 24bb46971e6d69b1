/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What outlives tgrun (--keep-on-exit): sets of links, with the programs and maps that belong to
 * them, pinned in a folder of a BPF file system. A set is a folder whose name says what it is of
 * and how many files it must have; it gets this name when it is whole, so that one of another name
 * is what a crash left. Nothing else is remembered outside of the kernel, and nothing of it
 * survives the kernel.
 *
 *   base:LINKS:PROGRAMS:ID             the process programs
 *   bundle:NAME:LINKS:PROGRAMS:ID      a bundle; dots of its name are commas here
 *   +N                                 one that is being made
 *
 * Files in a set are link:N, program:N and map:NAME. ID is a digest of all that decides about what
 * was loaded (base.c, load_keep.c): only a set of the very same is taken over, others are dropped
 * once what takes their place is attached. One process at a time has the folder.
 */
#ifndef TGRUN_KEEP_H
#define TGRUN_KEEP_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include "runtime/artifact.h"
#include "runtime/attach.h"
#include "runtime/failure.h"
#include "runtime/misses.h"

#define KEEP_DIRECTORY "/sys/fs/bpf/tgrun"

struct keep_id {
	uint8_t bytes[32];
};

/* An id: of this tgrun, and of all that is added. */
struct keep_digest {
	void *context;
	bool failed;
};
void keep_digest_begin(struct keep_digest *d);
void keep_digest_add(struct keep_digest *d, const void *bytes, size_t size);
/* 0, or -1: memory ran out. */
int keep_digest_end(struct keep_digest *d, struct keep_id *out);

enum keep_state {
	KEEP_LEFT, /* of an earlier start, and not taken over */
	KEEP_TAKEN,
	KEEP_MADE, /* by this process */
	KEEP_GONE,
};

enum keep_kind {
	KEEP_HALF, /* was being made */
	KEEP_BASE,
	KEEP_BUNDLE,
};

struct keep_set {
	struct keep *keep;
	enum keep_kind kind;
	enum keep_state state;
	char name[NAME_MAX + 1];
	char bundle[TG_NAME_MAX]; /* "" for none */
	uint32_t links, programs;
	struct keep_id id;
};

struct keep {
	const char *directory; /* borrowed */
	int fd;		       /* of the folder, locked; -1: nothing is kept */
	struct keep_set **sets;
	size_t count;
	char making[16]; /* the set that is being made; "" none */
	uint32_t links, programs;
};

/* Copies a name of at most `size` - 1 bytes, with one character in the place of another: the file
 * system reserves dots. */
void keep_file_name(char *out, size_t size, const char *name, char from, char to);
/* A decimal number of at most nine digits, and nothing else. */
bool keep_number(const char *text, uint32_t *out);
/* Splits a set's name. False: it is not one of ours. */
bool keep_parse(struct keep_set *out, const char *name);
/* Writes the name; `out` has NAME_MAX + 1 bytes. `bundle`: NULL or "" for the process programs. */
void keep_name(char *out, const char *bundle, uint32_t links, uint32_t programs,
	       const struct keep_id *id);

/*
 * Makes the folder if need be, checks that nobody but root (or who runs this) can look into it, and
 * locks it; another tgrun may take some seconds to end. Lists the sets. `make` false: a folder that
 * is not there is no failure, and `fd` is -1 then.
 */
int keep_open(struct keep *k, const char *directory, bool make, struct failure *why);
void keep_close(struct keep *k);
/* Adds the sets of the folder. 0, or -1 with errno. */
int keep_list(struct keep *k);

/* The set of this id that is whole, and was not taken yet; it is KEEP_TAKEN then. Or NULL. */
struct keep_set *keep_take(struct keep *k, const char *bundle, const struct keep_id *id);
/* One that was left of a bundle of this name, whatever its id. Or NULL. */
struct keep_set *keep_left(const struct keep *k, const char *bundle);
/* It is not what it should be: as if it had not been taken. */
void keep_distrust(struct keep_set *s);
/* What a set has. Descriptors are the caller's; -1 with errno. Links are put behind those there. */
int keep_map(const struct keep_set *s, const char *map);
int keep_links(const struct keep_set *s, struct links *out);
/* Programs by their numbers, which must have room in `out`. */
int keep_programs(const struct keep_set *s, struct misses *out);
/* Whether all of the links run programs that are among these. */
bool keep_links_are_of(const struct links *links, const struct misses *programs);
/* Bytes that its programs and maps take in the kernel. */
uint64_t keep_memory(const struct keep_set *s);

/* Makes a set; one at a time. 0, or -1 with errno. */
int keep_begin(struct keep *k);
/* Pins the links from number `from` on. EINVAL: this kernel cannot pin such a link. */
int keep_add_links(struct keep *k, const struct links *links, size_t from);
int keep_add_program(struct keep *k, size_t number, int fd);
int keep_add_map(struct keep *k, const char *map, int fd);
/* It is whole. NULL with errno. */
struct keep_set *keep_commit(struct keep *k, const char *bundle, const struct keep_id *id);
void keep_cancel(struct keep *k);

/* Takes it out of the folder; what nobody else holds is detached. 0, or -1 with errno. NULL is
 * none. */
int keep_drop(struct keep_set *s);
/* All that was left of a bundle of this name; NULL: everything that was left. Returns how many. */
size_t keep_drop_left(struct keep *k, const char *bundle);

/* A line on standard error if there is something in the folder that nobody will care for. */
void keep_tell_left(const char *directory);

/* tgrun release */
int keep_release_main(int argc, char *argv[]);

#endif
