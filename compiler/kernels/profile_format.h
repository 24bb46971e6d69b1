/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel profile as a file, NAME.tgk. All numbers are little-endian; docs/kernel-profiles.md
 * describes it. The same facts give the same bytes: there are no dates in it.
 *
 *   struct tgk_header
 *   struct tgk_section[section_count]
 *   the sections' bytes, each at a multiple of 64
 *
 * A section that is not there means that the fact is not known.
 */
#ifndef TGC_PROFILE_FORMAT_H
#define TGC_PROFILE_FORMAT_H

#include <stdint.h>

#define TGK_MAGIC "TGKERNEL"

enum {
	TGK_VERSION = 1,
	TGK_ALIGN = 64,
	TGK_SECTIONS_MAX = 4096,
	TGK_NAME_MAX = 64, /* bytes, with the NUL */
	TGK_OWN = 1u << 31,
};

enum tgk_kind {
	TGK_META = 1,	    /* struct tgk_meta */
	TGK_BTF = 2,	    /* raw */
	TGK_INDEX = 3,	    /* of TGK_BTF: kbtf_image.h */
	TGK_CONFIG = 4,	    /* texts: CONFIG_X=y, in the order of the configuration */
	TGK_FUNCTIONS = 5,  /* struct tgk_names: functions that programs can be attached to */
	TGK_INJECTABLE = 6, /* struct tgk_names: functions whose result may be replaced */
	TGK_LSMS = 7,	    /* texts: names of the active security modules */
	TGK_EVENTS = 8,	    /* struct tgk_events */
	TGK_MODULE_BTF = 9, /* raw; the section's name is the module's */
	TGK_MODULE_INDEX = 10,
	TGK_IMAGE = 11, /* texts: the path of an image that boots, or of a package with one */
};

struct tgk_header {
	char magic[8];
	uint32_t version, section_count;
	uint64_t file_size;
};

struct tgk_section {
	uint32_t kind, reserved;
	uint64_t offset, size;
	char name[TGK_NAME_MAX]; /* of a module, else empty */
};

/* Every text ends within its field; an empty one is not known. */
struct tgk_meta {
	char name[TGK_NAME_MAX];
	char release[96]; /* as uname -r says it */
	char arch[64];	  /* as uname -m says it */
	char source[256]; /* what it was made from, for people */
	char functions_from[32];
	uint8_t btf_sha256[32];
};

/* "Texts" are strings each with a NUL before and behind: one NUL alone is the empty list. */

/* A set of names, sorted as strcmp() does. A reference is an offset into the strings of
 * TGK_BTF or, with TGK_OWN, into those at the end of this section. */
struct tgk_names {
	uint32_t count, strings_size;
	uint32_t refs[];
	/* char strings[strings_size]; the last is NUL */
};

struct tgk_event {
	uint32_t name; /* "subsystem/event" */
	uint32_t first_field, field_count;
};

struct tgk_field {
	uint32_t name, type; /* offsets into the strings */
	uint32_t offset, size;
	uint32_t is_signed;
};

/* Events are sorted by name, fields are in the order of the format. */
struct tgk_events {
	uint32_t event_count, field_count, strings_size, reserved;
	/* struct tgk_event events[]; struct tgk_field fields[]; char strings[] */
};

#endif
