// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "syscalls.h"

static const struct syscall rows[] = {
#define SYSCALL(number, name)		{ABI_X64, number, name, name},
#define SYSCALL_AS(number, name, entry) {ABI_X64, number, name, entry},
#include "grammar/syscalls-x64.def"
#define SYSCALL(number, name)		{ABI_I386, number, name, name},
#define SYSCALL_AS(number, name, entry) {ABI_I386, number, name, entry},
#include "grammar/syscalls-i386.def"
#define SYSCALL(number, name)		{ABI_ARM64, number, name, name},
#define SYSCALL_AS(number, name, entry) {ABI_ARM64, number, name, entry},
#include "grammar/syscalls-arm64.def"
#define SYSCALL(number, name)		{ABI_ARM32, number, name, name},
#define SYSCALL_AS(number, name, entry) {ABI_ARM32, number, name, entry},
#include "grammar/syscalls-arm32.def"
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name, *prefix;
	enum arch arch;
	bool is_32bit;
} abis[ABI_COUNT] = {
	[ABI_X64] = {"x64", "__x64_", ARCH_X86_64, false},
	[ABI_I386] = {"i386", "__ia32_", ARCH_X86_64, true},
	[ABI_ARM64] = {"arm64", "__arm64_", ARCH_ARM64, false},
	[ABI_ARM32] = {"arm32", "__arm64_", ARCH_ARM64, true},
};

static const char *const abi_names[ABI_COUNT] = {"x64", "i386", "arm64", "arm32"};

const char *abi_name(enum syscall_abi abi)
{
	return abis[abi].name;
}

enum arch abi_arch(enum syscall_abi abi)
{
	return abis[abi].arch;
}

enum syscall_abi abi_default(enum arch arch)
{
	return arch == ARCH_X86_64 ? ABI_X64 : ABI_ARM64;
}

bool abi_is_32bit(enum syscall_abi abi)
{
	return abis[abi].is_32bit;
}

const char *abi_prefix(enum syscall_abi abi)
{
	return abis[abi].prefix;
}

const struct syscall *syscall_all(enum syscall_abi abi, size_t *count)
{
	size_t first = 0;

	while (first < ROWS && rows[first].abi != abi)
		first++;
	for (*count = 0; first + *count < ROWS && rows[first + *count].abi == abi; ++*count)
		;
	return &rows[first];
}

static bool equal(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(s, word, len);
}

const struct syscall *syscall_find(enum syscall_abi abi, const char *name, size_t len)
{
	size_t count;
	const struct syscall *all = syscall_all(abi, &count);

	for (size_t i = 0; i < count; i++)
		if (equal(name, len, all[i].name))
			return &all[i];
	for (size_t i = 0; i < count; i++)
		if (equal(name, len, all[i].entry))
			return &all[i];
	return NULL;
}

const struct syscall *syscall_at(enum syscall_abi abi, uint32_t number)
{
	size_t count;
	const struct syscall *all = syscall_all(abi, &count);

	for (size_t i = 0; i < count; i++)
		if (all[i].number == number)
			return &all[i];
	return NULL;
}

const char *syscall_nearest(struct arena *a, enum syscall_abi abi, const char *s, size_t len)
{
	size_t count;
	const struct syscall *all = syscall_all(abi, &count);
	const char **names = arena_array(a, count, sizeof(*names));

	for (size_t i = 0; i < count; i++)
		names[i] = all[i].name;
	return nearest(arena_strndup(a, s, len), names, count);
}

/* ---- elements of lists ------------------------------------------------------------------- */

struct reading {
	struct arena *arena;
	const struct ast_str *text;
	struct value_error *error;
	size_t name;	/* where the part behind `abi/` starts */
	size_t bare;	/* where the name behind prefix and sys_ starts */
	bool abi_given; /* by `abi/` */
	bool prefixed;
};

static bool read_abi(struct reading *r, struct syscall_element *out)
{
	const char *s = r->text->s, *slash = memchr(s, '/', r->text->len);
	size_t len = slash ? (size_t)(slash - s) : 0;
	const char *near, *word;

	if (!slash)
		return true;
	r->name = len + 1;
	r->abi_given = true;
	if (memchr(slash + 1, '/', r->text->len - len - 1))
		return refuse(r->error, arena_printf(r->arena, "`%s` has more than one `/`",
						     shown(r->arena, s, r->text->len)));
	for (int abi = 0; abi < ABI_COUNT; abi++)
		if (equal(s, len, abis[abi].name)) {
			out->abi = abi;
			return true;
		}
	word = shown(r->arena, s, len);
	near = equal(s, len, "x86_64")	  ? "x64"
	       : equal(s, len, "ia32")	  ? "i386"
	       : equal(s, len, "aarch64") ? "arm64"
					  : nearest(word, abi_names, ABI_COUNT);
	refuse_at(r->error, 0, len, arena_printf(r->arena, "there is no ABI `%s`", word));
	r->error->hint = "ABIs are x64, i386, arm64 and arm32";
	if (near)
		r->error->replacement = mended(r->arena, r->text, 0, len, near);
	return false;
}

static bool starts(const struct reading *r, size_t at, const char *word)
{
	size_t len = strlen(word);

	return r->text->len - at >= len && !memcmp(r->text->s + at, word, len);
}

/* The architecture's prefix says the ABI, or must not contradict it. */
static bool read_prefix(struct reading *r, struct syscall_element *out)
{
	enum syscall_abi of;

	for (of = ABI_X64; of < ABI_ARM32; of++)
		if (starts(r, r->name, abis[of].prefix))
			break;
	r->prefixed = of < ABI_ARM32;
	r->bare = r->name;
	if (!r->prefixed)
		return true;
	r->bare += strlen(abis[of].prefix);
	if (r->abi_given && strcmp(abis[out->abi].prefix, abis[of].prefix)) {
		refuse(r->error, arena_printf(r->arena, "`%s` names two ABIs: %s and %s",
					      shown(r->arena, r->text->s, r->text->len),
					      abis[out->abi].name, abis[of].name));
		return false;
	}
	if (!r->abi_given)
		out->abi = of;
	return true;
}

static bool bad_name(struct reading *r)
{
	for (size_t i = r->bare; i < r->text->len; i++) {
		char c = r->text->s[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '_')
			continue;
		return !refuse_at(r->error, i, i + 1,
				  arena_printf(r->arena, "`%s` is no system call's name",
					       shown(r->arena, r->text->s, r->text->len)));
	}
	if (r->bare < r->text->len)
		return false;
	return !refuse(r->error, arena_printf(r->arena, "`%s` names no system call",
					      shown(r->arena, r->text->s, r->text->len)));
}

/* A bare name is a number's name but no function's. */
static bool refuse_bare(struct reading *r, const struct syscall_element *out)
{
	refuse(r->error, arena_printf(r->arena,
				      "`%s` is no function: those of system calls start "
				      "with `sys_`",
				      shown(r->arena, r->text->s, r->text->len)));
	if (syscall_find(out->abi, r->text->s + r->bare, r->text->len - r->bare))
		r->error->replacement = mended(r->arena, r->text, r->bare, r->bare, "sys_");
	return false;
}

static bool find_row(struct reading *r, enum syscall_use use, struct syscall_element *out)
{
	size_t len = strlen(out->name), from = r->text->len - len;
	const char *near;

	out->row = syscall_find(out->abi, out->name, len);
	if (out->row) {
		out->number = out->row->number | (abis[out->abi].is_32bit ? SYSCALL_32BIT : 0);
		out->spelling_differs = strcmp(out->row->name, out->name) != 0;
		return true;
	}
	if (use == SYSCALL_AS_SYMBOL)
		return true;
	refuse_at(r->error, from, r->text->len,
		  arena_printf(r->arena, "%s has no system call `%s`", abis[out->abi].name,
			       shown(r->arena, out->name, len)));
	near = syscall_nearest(r->arena, out->abi, out->name, len);
	if (near)
		r->error->replacement = mended(r->arena, r->text, from, r->text->len, near);
	return false;
}

bool syscall_parse(struct arena *a, enum arch arch, const struct ast_str *text,
		   enum syscall_use use, struct syscall_element *out, struct value_error *e)
{
	struct reading r = {.arena = a, .text = text, .error = e};
	size_t function;

	*out = (struct syscall_element){.abi = abi_default(arch)};
	if (!text->len)
		return refuse(e, "an empty value names no system call");
	if (!no_nul(a, text, "a system call's name", e))
		return false;
	if (!read_abi(&r, out) || !read_prefix(&r, out) || bad_name(&r))
		return false;
	function = r.bare;
	if (starts(&r, r.bare, "compat_sys_"))
		r.bare += 11;
	else if (starts(&r, r.bare, "sys_"))
		r.bare += 4;
	else if (use == SYSCALL_AS_SYMBOL || r.prefixed)
		return refuse_bare(&r, out);
	out->name = arena_strndup(a, text->s + r.bare, text->len - r.bare);
	if (r.bare != function)
		out->symbol = arena_printf(a, "%s%s", abis[out->abi].prefix, text->s + function);
	return bad_name(&r) ? false : find_row(&r, use, out);
}
