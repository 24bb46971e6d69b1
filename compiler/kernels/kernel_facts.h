/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is gathered about a kernel before it becomes a profile. Several sources may add to the
 * same facts: the first to know a thing is believed. Everything lives in the arena.
 */
#ifndef TGC_KERNEL_FACTS_H
#define TGC_KERNEL_FACTS_H

#include <stdbool.h>
#include "runtime/bytes.h"

struct arena;
struct vm_progress;

struct fact_list {
	bool known;
	const char **at;
	size_t count, room;
};

struct fact_field {
	const char *name, *type;
	uint32_t offset, size;
	bool is_signed;
};

struct fact_event {
	const char *name; /* "subsystem/event" */
	struct fact_field *fields;
	size_t count, room;
};

struct fact_events {
	bool known;
	struct fact_event *at;
	size_t count, room;
};

struct fact_module {
	const char *name;
	struct bytes btf;
};

struct kernel_facts {
	struct arena *arena;		     /* borrowed */
	const char *release, *arch, *source; /* NULL: not known */
	const char *image; /* path of what boots: an image, or a package with one; NULL */
	bool bootable;	   /* what was read last is an image, or has one */
	struct bytes btf;
	struct fact_list config; /* CONFIG_X=y */
	struct fact_list functions;
	const char *functions_from;
	bool beyond_text; /* while symbols are read: behind _etext */
	struct fact_list injectable, lsms;
	struct fact_events events;
	struct fact_module *modules;
	size_t module_count, module_room;
	struct fact_list notes; /* sentences about what was not found, for the user */
};

void fact_add(struct kernel_facts *f, struct fact_list *list, const char *text, size_t len);
void fact_note(struct kernel_facts *f, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- sources: 0, or -1 with a sentence -------------------------------------------------- */

/* A vmlinux, a bzImage, raw BTF, a Debian package, a configuration, a System.map. */
int facts_from_file(struct kernel_facts *f, const char *path, char *why, size_t why_size);
/* The same from memory; `name` is for messages. */
int facts_from_bytes(struct kernel_facts *f, struct bytes file, const char *name, char *why,
		     size_t why_size);
int facts_from_deb(struct kernel_facts *f, struct bytes deb, const char *name, char *why,
		   size_t why_size);
/* The system whose proc and sysfs are mounted below `root` (""); what cannot be read is noted. */
int facts_from_running(struct kernel_facts *f, const char *root, char *why, size_t why_size);
/* Notes where an image is that boots, unless one is known. */
void facts_image(struct kernel_facts *f, const char *path);
/* Whether a file is an x86 boot image. */
bool facts_is_boot_image(struct bytes file);
/* The first boot image in a Debian package, in the arena; no bytes when there is none. */
struct bytes facts_deb_image(struct arena *a, struct bytes deb);
/* gzip; no bytes when it is not, or makes more than 64 MiB. */
struct bytes facts_gunzip(struct arena *a, struct bytes packed);

/* ---- texts, as the kernel prints them --------------------------------------------------- */

/* Lines CONFIG_X=...; false when there is none. */
bool facts_config(struct kernel_facts *f, struct bytes text);
/* "ADDRESS TYPE NAME [MODULE]": kallsyms, System.map; false when it is something else. */
bool facts_symbols(struct kernel_facts *f, struct bytes text, const char *from);
/* One symbol, with its type as nm says it: added when it is a function. Symbols come in the order
 * of their addresses: what is not between _text and _etext is data, or gone after the start. */
void facts_symbol(struct kernel_facts *f, char type, const char *name);
/* The symbols that a kernel image keeps of itself, from its section .rodata. */
bool facts_kallsyms(struct kernel_facts *f, struct bytes constants);
/* "NAME [MODULE]": available_filter_functions, error_injection/list. */
void facts_names(struct kernel_facts *f, struct fact_list *to, struct bytes text);
/* "a,b,c" */
void facts_lsms(struct kernel_facts *f, struct bytes text);
/* The `format` of a tracepoint; `name` is "subsystem/event". */
void facts_event(struct kernel_facts *f, const char *name, struct bytes text);

/* ---- the profile ------------------------------------------------------------------------ */

/* The profile's bytes, in the arena. No bytes with a sentence when there is no BTF, or it is
 * not good. */
struct bytes facts_pack(struct kernel_facts *f, const char *name, char *why, size_t why_size);

#endif
