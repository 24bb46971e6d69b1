/* SPDX-License-Identifier: Apache-2.0 */
/* Inside profiles: the parts of a file as they are looked at, checked against their ends. A
 * part that is not there, or is damaged, is not known. */
#ifndef TGC_PROFILE_PARTS_H
#define TGC_PROFILE_PARTS_H

#include "compiler/base/mapped_file.h"
#include "profile.h"
#include "profile_format.h"

#define RUNNING_BTF "/sys/kernel/btf/vmlinux"

struct texts {
	bool known;
	struct bytes bytes; /* begins and ends with NUL */
};

struct name_set {
	bool known;
	uint32_t count, strings_size;
	const uint32_t *refs;
	const char *strings;
	const struct kbtf *btf; /* borrowed */
};

struct event_table {
	bool known;
	uint32_t event_count, field_count, strings_size;
	const struct tgk_event *events;
	const struct tgk_field *fields;
	const char *strings;
};

struct profile_module {
	struct profile_module *next;
	const struct tgk_section *section;
	struct kbtf *btf; /* NULL when it is damaged */
};

struct profile {
	struct mapped_file file; /* no bytes when they are somebody else's */
	struct bytes bytes;
	const struct tgk_section *sections;
	uint32_t section_count;
	const struct tgk_meta *meta;
	struct tgk_meta *own_meta; /* of a bare BTF file */
	char *own_name;
	struct kbtf *btf;
	struct texts config, lsms, image;
	struct name_set functions, injectable;
	struct event_table events;
	struct profile_module *modules;
};

struct texts texts_view(struct bytes section);
/* The text that is `key`, followed by `end`. NULL: none. */
const char *texts_find(const struct texts *t, const char *key, char end);
size_t texts_count(const struct texts *t);

struct name_set names_view(struct bytes section, const struct kbtf *btf);
const char *names_at(const struct name_set *n, uint32_t i);
enum known names_have(const struct name_set *n, const char *name);

struct event_table events_view(struct bytes section);

const struct tgk_section *profile_section(const struct profile *p, uint32_t kind, const char *name);
/* The machine that a kernel is for, from the names of its system calls; "" when unknown. */
const char *btf_arch(const struct kbtf *k);

#endif
