// SPDX-License-Identifier: Apache-2.0
/* A profile's file, and what it says. Its bytes are checked where they are used. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "compiler/base/arena.h"
#include "kbtf_image.h"
#include "kernel_elf.h"
#include "profile_parts.h"

static struct bytes section_bytes(const struct profile *p, const struct tgk_section *s)
{
	return (struct bytes){p->bytes.at + s->offset, s->size};
}

const struct tgk_section *profile_section(const struct profile *p, uint32_t kind, const char *name)
{
	for (uint32_t i = 0; i < p->section_count; i++)
		if (p->sections[i].kind == kind && strcmp(p->sections[i].name, name) == 0)
			return &p->sections[i];
	return NULL;
}

static struct bytes part(const struct profile *p, uint32_t kind)
{
	const struct tgk_section *s = profile_section(p, kind, "");

	return s ? section_bytes(p, s) : (struct bytes){0};
}

/* ---- opening ---------------------------------------------------------------------------- */

static bool sections_fit(const struct profile *p)
{
	for (uint32_t i = 0; i < p->section_count; i++) {
		const struct tgk_section *s = &p->sections[i];

		if (s->offset % TGK_ALIGN || s->offset > p->bytes.size ||
		    s->size > p->bytes.size - s->offset || memchr(s->name, 0, TGK_NAME_MAX) == NULL)
			return false;
	}
	return true;
}

static bool meta_fits(const struct tgk_meta *m)
{
	return memchr(m->name, 0, sizeof(m->name)) && memchr(m->release, 0, sizeof(m->release)) &&
	       memchr(m->arch, 0, sizeof(m->arch)) && memchr(m->source, 0, sizeof(m->source)) &&
	       memchr(m->functions_from, 0, sizeof(m->functions_from));
}

/* A sentence, or NULL when all is well. */
static const char *view_file(struct profile *p)
{
	const struct tgk_header *h = (const void *)p->bytes.at;
	struct bytes meta;

	if (p->bytes.size < sizeof(*h) || memcmp(h->magic, TGK_MAGIC, sizeof(h->magic)) != 0)
		return "it is not a kernel profile";
	if (h->version != TGK_VERSION)
		return "it was made by another version of tgc: add the kernel anew";
	if (h->file_size != p->bytes.size || h->section_count > TGK_SECTIONS_MAX ||
	    h->section_count > (p->bytes.size - sizeof(*h)) / sizeof(*p->sections))
		return "it is cut off";
	p->sections = (const void *)(h + 1);
	p->section_count = h->section_count;
	if (!sections_fit(p))
		return "its table of sections is wrong";
	meta = part(p, TGK_META);
	if (meta.size < sizeof(*p->meta) || !meta_fits((const void *)meta.at))
		return "its description is wrong";
	p->meta = (const void *)meta.at;
	return NULL;
}

static int open_parts(struct profile *p, char *why, size_t why_size)
{
	const char *problem = view_file(p);

	if (problem) {
		snprintf(why, why_size, "%s", problem);
		return -1;
	}
	p->btf = kbtf_with_index(part(p, TGK_BTF), part(p, TGK_INDEX), NULL, why, why_size);
	p->config = texts_view(part(p, TGK_CONFIG));
	p->lsms = texts_view(part(p, TGK_LSMS));
	p->image = texts_view(part(p, TGK_IMAGE));
	p->functions = names_view(part(p, TGK_FUNCTIONS), p->btf);
	p->injectable = names_view(part(p, TGK_INJECTABLE), p->btf);
	p->events = events_view(part(p, TGK_EVENTS));
	return p->btf ? 0 : -1;
}

static struct profile *profile_new(char *why, size_t why_size)
{
	struct profile *p = calloc(1, sizeof(*p));

	if (!p)
		snprintf(why, why_size, "out of memory");
	return p;
}

struct profile *profile_from_bytes(struct bytes bytes, char *why, size_t why_size)
{
	struct profile *p = profile_new(why, why_size);

	if (!p)
		return NULL;
	p->bytes = bytes;
	if (open_parts(p, why, why_size) == 0)
		return p;
	profile_close(p);
	return NULL;
}

static void say_unreadable(const char *path, char *why, size_t why_size)
{
	snprintf(why, why_size, "cannot read %s: %s", path,
		 errno == EINVAL ? "it is not a regular file" : strerror(errno));
}

struct profile *profile_open(const char *path, char *why, size_t why_size)
{
	struct mapped_file file;
	struct profile *p;
	char reason[256];

	if (mapped_open(&file, path) < 0) {
		say_unreadable(path, why, why_size);
		return NULL;
	}
	p = profile_from_bytes(file.bytes, reason, sizeof(reason));
	if (p) {
		p->file = file;
		return p;
	}
	mapped_close(&file);
	snprintf(why, why_size, "cannot read the kernel profile %s: %s", path, reason);
	return NULL;
}

/* ---- a bare BTF file -------------------------------------------------------------------- */

/* System calls have the machine in their names. */
const char *btf_arch(const struct kbtf *k)
{
	static const char *const rows[][2] = {
		{"__x64_sys_read", "x86_64"},
		{"__arm64_sys_read", "aarch64"},
		{"__riscv_sys_read", "riscv64"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (kbtf_function_id(k, rows[i][0]))
			return rows[i][1];
	return "";
}

static void describe_bare(struct tgk_meta *m, const struct kbtf *k, const char *path)
{
	struct utsname u;

	snprintf(m->name, sizeof(m->name), "%s", path);
	snprintf(m->source, sizeof(m->source), "%s", path);
	snprintf(m->arch, sizeof(m->arch), "%s", btf_arch(k));
	if (strcmp(path, RUNNING_BTF) == 0 && uname(&u) == 0) {
		snprintf(m->release, sizeof(m->release), "%s", u.release);
		snprintf(m->arch, sizeof(m->arch), "%.63s", u.machine);
	}
}

struct profile *profile_from_btf(const char *path, char *why, size_t why_size)
{
	struct profile *p = profile_new(why, why_size);

	if (!p)
		return NULL;
	p->btf = kbtf_open(path, why, why_size);
	p->own_meta = calloc(1, sizeof(*p->own_meta));
	p->own_name = strdup(path);
	if (!p->btf || !p->own_meta || !p->own_name) {
		if (p->btf)
			snprintf(why, why_size, "out of memory");
		profile_close(p);
		return NULL;
	}
	describe_bare(p->own_meta, p->btf, path);
	p->meta = p->own_meta;
	return p;
}

void profile_close(struct profile *p)
{
	if (!p)
		return;
	for (struct profile_module *m = p->modules, *next; m; m = next) {
		next = m->next;
		kbtf_close(m->btf);
		free(m);
	}
	kbtf_close(p->btf);
	mapped_close(&p->file);
	free(p->own_meta);
	free(p->own_name);
	free(p);
}

/* ---- facts ------------------------------------------------------------------------------ */

const char *profile_name(const struct profile *p)
{
	return p->own_name ? p->own_name : p->meta->name;
}

const char *profile_release(const struct profile *p)
{
	return p->meta->release;
}

const char *profile_arch(const struct profile *p)
{
	return p->meta->arch;
}

const char *profile_source(const struct profile *p)
{
	return p->meta->source;
}

const char *profile_functions_from(const struct profile *p)
{
	return p->meta->functions_from;
}

bool profile_version(const struct profile *p, unsigned *major, unsigned *minor)
{
	return sscanf(p->meta->release, "%3u.%3u", major, minor) == 2;
}

const struct kbtf *profile_btf(const struct profile *p)
{
	return p->btf;
}

void profile_digest(const struct profile *p, uint8_t sha256[32])
{
	if (p->own_meta)
		kbtf_digest(p->btf, sha256);
	else
		memcpy(sha256, p->meta->btf_sha256, sizeof(p->meta->btf_sha256));
}

size_t profile_size(const struct profile *p)
{
	return p->own_meta ? kbtf_raw(p->btf).size : p->bytes.size;
}

enum known profile_attachable(const struct profile *p, const char *function)
{
	return names_have(&p->functions, function);
}

bool profile_each_attachable(const struct profile *p, bool (*take)(void *data, const char *name),
			     void *data)
{
	for (uint32_t i = 0; i < p->functions.count; i++)
		if (!take(data, names_at(&p->functions, i)))
			break;
	return p->functions.known;
}

size_t profile_attachable_count(const struct profile *p)
{
	return p->functions.count;
}

enum known profile_injectable(const struct profile *p, const char *function)
{
	return names_have(&p->injectable, function);
}

enum known profile_config(const struct profile *p, const char *option, const char **value)
{
	const char *found = texts_find(&p->config, option, '=');

	if (value)
		*value = found ? found + strlen(option) + 1 : NULL;
	if (!p->config.known)
		return KNOWN_UNKNOWN;
	return found ? KNOWN_YES : KNOWN_NO;
}

size_t profile_config_count(const struct profile *p)
{
	return texts_count(&p->config);
}

enum known profile_lsm_active(const struct profile *p, const char *lsm)
{
	if (!p->lsms.known)
		return KNOWN_UNKNOWN;
	return texts_find(&p->lsms, lsm, '\0') ? KNOWN_YES : KNOWN_NO;
}

const char *profile_image(const struct profile *p)
{
	return p->image.known && p->image.bytes.size > 2 ? (const char *)p->image.bytes.at + 1
							 : NULL;
}

const char *profile_lsms(const struct profile *p, struct arena *a)
{
	char *text;

	if (!p->lsms.known)
		return NULL;
	text = arena_strndup(a, (const char *)p->lsms.bytes.at + 1, p->lsms.bytes.size - 1);
	for (size_t i = 0; i + 2 < p->lsms.bytes.size; i++)
		if (!text[i])
			text[i] = ',';
	return text;
}

/* ---- modules ---------------------------------------------------------------------------- */

static const struct kbtf *open_module(struct profile *p, const struct tgk_section *btf,
				      const struct tgk_section *index)
{
	struct profile_module *m = calloc(1, sizeof(*m));
	char why[256];

	if (!m)
		return NULL;
	m->section = btf;
	m->btf = kbtf_with_index(section_bytes(p, btf), section_bytes(p, index), p->btf, why,
				 sizeof(why));
	m->next = p->modules;
	p->modules = m;
	return m->btf;
}

const struct kbtf *profile_module_btf(struct profile *p, const char *module)
{
	const struct tgk_section *btf = profile_section(p, TGK_MODULE_BTF, module);
	const struct tgk_section *index = profile_section(p, TGK_MODULE_INDEX, module);

	if (!btf || !index)
		return NULL;
	for (struct profile_module *m = p->modules; m; m = m->next)
		if (m->section == btf)
			return m->btf;
	return open_module(p, btf, index);
}

const char *profile_module_at(const struct profile *p, size_t i)
{
	for (uint32_t s = 0; s < p->section_count; s++)
		if (p->sections[s].kind == TGK_MODULE_BTF && i-- == 0)
			return p->sections[s].name;
	return NULL;
}

enum known profile_has_module(const struct profile *p, const char *module)
{
	if (!profile_module_at(p, 0))
		return KNOWN_UNKNOWN;
	return profile_section(p, TGK_MODULE_BTF, module) ? KNOWN_YES : KNOWN_NO;
}
