/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the keeper, which has privileges, and the relay, which has none, say to each other over a
 * pair of sockets: messages of one fixed size, with descriptors. Each is checked as hostile bytes
 * before anybody looks at it; the keeper takes nothing from the relay but the few kinds below, and
 * does nothing for it but to end programs.
 */
#ifndef TGRUN_KEEPER_WIRE_H
#define TGRUN_KEEPER_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/artifact.h"

#define KEEPER_MAGIC	 0x31706b74u
#define KEEPER_FDS_MAX	 16
#define KEEPER_TEXT_SIZE 512

enum keeper_kind {
	/* From the keeper. The relay answers those marked with *: YES or NO. */
	KEEPER_OFFER = 1, /* * a verified bundle; one descriptor: its payload, sealed */
	KEEPER_MAPS,	  /* * its maps; nothing is attached yet. May come again, of a variant */
	KEEPER_PROGRAMS,  /* some of its programs, for what they count */
	KEEPER_ATTACHED,  /* * everything is attached: it takes the place of one of its name */
	KEEPER_FAILED,	  /* a file, or the bundle that was offered, cannot be used */
	KEEPER_GONE,	  /* a bundle is detached: its file is gone, or it was replaced */
	KEEPER_SETTLED,	  /* the folder has been looked through */
	/* From the relay. */
	KEEPER_YES,
	KEEPER_NO,
	KEEPER_UNLOAD, /* detach the bundle of this name */
	KEEPER_END,    /* detach everything, and end */
	KEEPER_KIND_COUNT,
};

/* The descriptors of KEEPER_MAPS, by bits of `present`. */
enum keeper_map {
	KEEPER_MAP_MODES,
	KEEPER_MAP_WORKLOADS,
	KEEPER_MAP_WORKLOAD_TABLES,
	KEEPER_MAP_LOST,
	KEEPER_MAP_HELD,
	KEEPER_MAP_MISSED,
	KEEPER_MAP_FORGOTTEN,
	KEEPER_MAP_UNCHANGED,
	KEEPER_MAP_KEPT, /* modes that outlive tgrun */
	KEEPER_MAP_COUNT,
	/* no map: a u64 for each target, a bool for each hook that is absent, sealed */
	KEEPER_TARGETS = KEEPER_MAP_COUNT,
	KEEPER_MAPS_FDS,
};

/* As struct bpf_map_info has it, which a process without privileges cannot always ask for. */
struct keeper_shape {
	uint32_t type, key_size, value_size, max_entries, flags;
};

struct keeper_message {
	uint32_t magic;
	uint32_t kind;	   /* enum keeper_kind */
	uint32_t present;  /* bit n: slot n has a descriptor; they come in order */
	uint32_t replaced; /* KEEPER_GONE: 1 when another one took its place */
	uint64_t time;	   /* ATTACHED: when, by the boot-time clock */
	uint64_t value;	   /* OFFER: bytes of the payload; ATTACHED: of kernel memory */
	uint32_t hooks[KEEPER_FDS_MAX]; /* KEEPER_PROGRAMS: whose program each descriptor is */
	struct keeper_shape shapes[KEEPER_MAP_COUNT];
	char bundle[TG_NAME_MAX];    /* "": no bundle is meant */
	char text[KEEPER_TEXT_SIZE]; /* OFFER: the file's path */
};

/*
 * Whether these are a message that this side may get: in full, of a kind of the other side, with
 * the descriptors that it says, and names that are names. Hostile bytes.
 */
bool keeper_check(const struct keeper_message *m, size_t size, int descriptors, bool from_keeper);

/* A message to be filled; `bundle` may be NULL. */
struct keeper_message keeper_message(enum keeper_kind kind, const char *bundle);

/* `fds`: KEEPER_FDS_MAX slots, -1 for none; NULL: none at all. Sets `present`. 0, or -1 with errno.
 */
int keeper_send(int socket, struct keeper_message *m, const int *fds);

/*
 * 1: a good message, whose descriptors are the caller's now, in their slots. 0: the other side has
 * ended, or sends what it may not: there is no going on. -1: nothing is there (EAGAIN), or the
 * time of the socket is over.
 */
int keeper_receive(int socket, struct keeper_message *m, int fds[KEEPER_FDS_MAX], bool from_keeper);
void keeper_close(int fds[KEEPER_FDS_MAX]);

#endif
