// SPDX-License-Identifier: Apache-2.0
/* Profiles: what goes in comes out; what is not known stays unknown; damage is refused. */
#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/kernels/profile_format.h"
#include "kernel_fixture.h"

static struct arena arena;
static char why[512];

static void done(void)
{
	arena_free(&arena);
}

TestSuite(profile, .fini = done);

static struct profile *open_bytes(struct bytes bytes)
{
	struct profile *p = profile_from_bytes(bytes, why, sizeof(why));

	cr_assert_not_null(p, "%s", why);
	return p;
}

static struct profile *open_bare(void)
{
	struct kernel_facts f = {.arena = &arena};
	struct btf *btf = fixture_btf();

	f.btf = fixture_raw(&arena, btf);
	btf__free(btf);
	return open_bytes(facts_pack(&f, "bare", why, sizeof(why)));
}

Test(profile, says_what_it_was_told)
{
	struct profile *p = open_bytes(fixture_profile(&arena));
	unsigned major = 0, minor = 0;
	const char *value;

	cr_expect_str_eq(profile_name(p), "fixture");
	cr_expect_str_eq(profile_release(p), "9.8.7-fixture");
	cr_expect_str_eq(profile_arch(p), "x86_64", "from the names of system calls");
	cr_expect(profile_version(p, &major, &minor) && major == 9 && minor == 8);
	cr_expect_eq(profile_config(p, "CONFIG_BPF_LSM", &value), KNOWN_YES);
	cr_expect_str_eq(value, "y");
	cr_expect_eq(profile_config(p, "CONFIG_LSM", &value), KNOWN_YES);
	cr_expect_str_eq(value, "\"bpf,apparmor\"");
	cr_expect_eq(profile_config(p, "CONFIG_FOO", &value), KNOWN_NO);
	cr_expect_null(value);
	cr_expect_eq(profile_config(p, "CONFIG_BPF", NULL), KNOWN_NO, "not a prefix");
	cr_expect_eq(profile_config(p, "NET", NULL), KNOWN_NO, "not a suffix");
	cr_expect_eq(profile_lsm_active(p, "bpf"), KNOWN_YES);
	cr_expect_eq(profile_lsm_active(p, "selinux"), KNOWN_NO);
	cr_expect_str_eq(profile_lsms(p, &arena), "lockdown,capability,bpf");
	profile_close(p);
}

Test(profile, functions)
{
	struct profile *p = open_bytes(fixture_profile(&arena));

	cr_expect_eq(profile_attachable(p, "do_work"), KNOWN_YES);
	cr_expect_eq(profile_attachable(p, "not_in_btf"), KNOWN_YES);
	cr_expect_eq(profile_attachable(p, "from_module"), KNOWN_YES);
	cr_expect_eq(profile_attachable(p, "do_rest"), KNOWN_NO, "inlined: in BTF only");
	cr_expect_eq(profile_attachable(p, "some_data"), KNOWN_NO);
	cr_expect_eq(profile_attachable(p, "__pfx_do_work"), KNOWN_NO);
	cr_expect_eq(profile_attachable(p, "bpf_prog_1"), KNOWN_NO);
	cr_expect_eq(profile_attachable_count(p), 3);
	cr_expect_str_eq(profile_functions_from(p), "kallsyms");
	cr_expect_eq(profile_injectable(p, "do_work"), KNOWN_YES);
	cr_expect_eq(profile_injectable(p, "do_rest"), KNOWN_NO);
	profile_close(p);
}

Test(profile, events)
{
	struct profile *p = open_bytes(fixture_profile(&arena));
	struct kevent_field f;
	struct kevent e;

	cr_assert_eq(profile_event(p, "sched", "sched_exec", &e), KNOWN_YES);
	cr_expect_eq(e.field_count, 3, "what stands in `print fmt` is no field");
	cr_assert(profile_event_field(&e, 1, &f));
	cr_expect_str_eq(f.name, "comm");
	cr_expect_str_eq(f.type, "char[16]");
	cr_expect(f.offset == 8 && f.size == 16 && f.is_signed);
	cr_assert(profile_event_field(&e, 2, &f));
	cr_expect_str_eq(f.name, "file");
	cr_expect_str_eq(f.type, "__data_loc char[]");
	cr_expect_not(profile_event_field(&e, 3, &f));
	cr_assert_eq(profile_event(p, "net", "net_dev", &e), KNOWN_YES);
	cr_assert(profile_event_field(&e, 0, &f));
	cr_expect_str_eq(f.type, "void *");
	cr_expect_str_eq(f.name, "skb");
	cr_expect_eq(profile_event(p, "sched", "sched_exe", &e), KNOWN_NO);
	cr_expect_eq(profile_event_count(p), 2);
	profile_close(p);
}

Test(profile, modules)
{
	struct profile *p = open_bytes(fixture_profile(&arena));
	const struct kbtf *k = profile_module_btf(p, "example");

	cr_assert_not_null(k);
	cr_expect_neq(kbtf_function_id(k, "module_work"), 0);
	cr_expect_eq(profile_module_btf(p, "example"), k, "opened once");
	cr_expect_null(profile_module_btf(p, "other"));
	cr_expect_eq(profile_has_module(p, "other"), KNOWN_NO);
	cr_expect_str_eq(profile_module_at(p, 0), "example");
	cr_expect_null(profile_module_at(p, 1));
	profile_close(p);
}

Test(profile, what_it_was_not_told_is_unknown)
{
	struct profile *p = open_bare();
	struct kevent e;
	unsigned n;

	cr_expect_eq(profile_attachable(p, "do_work"), KNOWN_UNKNOWN);
	cr_expect_eq(profile_injectable(p, "do_work"), KNOWN_UNKNOWN);
	cr_expect_eq(profile_config(p, "CONFIG_BPF", NULL), KNOWN_UNKNOWN);
	cr_expect_eq(profile_lsm_active(p, "bpf"), KNOWN_UNKNOWN);
	cr_expect_null(profile_lsms(p, &arena));
	cr_expect_eq(profile_event(p, "sched", "sched_exec", &e), KNOWN_UNKNOWN);
	cr_expect_eq(profile_has_module(p, "example"), KNOWN_UNKNOWN);
	cr_expect_str_eq(profile_release(p), "");
	cr_expect_not(profile_version(p, &n, &n));
	cr_expect_neq(kbtf_function_id(profile_btf(p), "do_work"), 0);
	profile_close(p);
}

Test(profile, an_empty_list_is_known_to_be_empty)
{
	struct kernel_facts f;
	struct profile *p;

	fixture_facts(&f, &arena);
	f.injectable.count = f.lsms.count = f.config.count = 0;
	p = open_bytes(facts_pack(&f, "empty", why, sizeof(why)));
	cr_expect_eq(profile_injectable(p, "do_work"), KNOWN_NO);
	cr_expect_eq(profile_lsm_active(p, "bpf"), KNOWN_NO);
	cr_expect_str_eq(profile_lsms(p, &arena), "");
	cr_expect_eq(profile_config(p, "CONFIG_BPF_LSM", NULL), KNOWN_NO);
	profile_close(p);
}

Test(profile, the_same_facts_give_the_same_bytes)
{
	struct bytes first = fixture_profile(&arena), second = fixture_profile(&arena);

	cr_expect_eq(first.size, second.size);
	cr_expect_eq(memcmp(first.at, second.at, first.size), 0);
}

static void try_bytes(const uint8_t *from, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct profile *p;

	memcpy(copy, from, size);
	p = profile_from_bytes((struct bytes){copy, size}, why, sizeof(why));
	if (p)
		walk_profile(p);
	profile_close(p);
	free(copy);
}

Test(profile, damage_does_no_harm)
{
	struct bytes good = fixture_profile(&arena);
	uint8_t *bytes = (uint8_t *)good.at;

	for (size_t size = 0; size < good.size; size += 7)
		try_bytes(bytes, size);
	for (size_t i = 0; i < good.size; i++) {
		uint8_t before = bytes[i];

		bytes[i] = 0xff;
		try_bytes(bytes, good.size);
		bytes[i] = before;
	}
}

static void expect_refusal(struct bytes bytes, const char *reason)
{
	cr_expect_null(profile_from_bytes(bytes, why, sizeof(why)));
	cr_expect_str_eq(why, reason);
}

Test(profile, damage_is_refused_with_a_reason)
{
	struct bytes good = fixture_profile(&arena);
	struct tgk_header *h = (void *)good.at;
	struct tgk_section *s = (void *)(h + 1);

	expect_refusal((struct bytes){good.at, good.size - 1}, "it is cut off");
	expect_refusal((struct bytes){good.at, 3}, "it is not a kernel profile");
	s[1].size = good.size;
	expect_refusal(good, "its table of sections is wrong");
	s[1].size = 0;
	expect_refusal(good, "it does not begin as type information does");
	h->version = 99;
	expect_refusal(good, "it was made by another version of tgc: add the kernel anew");
}

/* ---- the store ---------------------------------------------------------------------------- */

Test(profile, names_for_the_store)
{
	static const char *const good[] = {"6.12", "6.12.107+deb13-cloud-amd64", "a_b~c", "X"};
	static const char *const bad[] = {"",
					  ".hidden",
					  "-x",
					  "a/b",
					  "a b",
					  "0123456789012345678901234567890123456"
					  "789012345678901234567890123"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(store_name_valid(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(store_name_valid(bad[i]), "%s", bad[i]);
}

static void put(const char *path, struct bytes bytes)
{
	FILE *to = fopen(path, "wb");

	cr_assert(to && fwrite(bytes.at, 1, bytes.size, to) == bytes.size && fclose(to) == 0);
}

static const char *make_store(void)
{
	char *folder = arena_printf(&arena, "/tmp/tgc-profiles-XXXXXX");

	cr_assert_not_null(mkdtemp(folder));
	setenv("TGC_PROFILES", folder, 1);
	return folder;
}

Test(profile, the_store_lists_in_the_order_of_versions)
{
	const char *folder = make_store(), **names;
	static const char *const files[] = {"5.10.tgk", "5.9.tgk", "6.1.tgk", ".new-x",
					    "notes.txt"};
	size_t count;

	for (size_t i = 0; i < 5; i++)
		put(arena_printf(&arena, "%s/%s", folder, files[i]),
		    (struct bytes){(const uint8_t *)"x", 1});
	cr_expect_str_eq(store_folder(&arena, why, sizeof(why)), folder);
	cr_expect_eq(store_list(&arena, folder, &names, &count), 0);
	cr_assert_eq(count, 3);
	cr_expect_str_eq(names[0], "5.9");
	cr_expect_str_eq(names[1], "5.10");
	cr_expect_str_eq(names[2], "6.1");
	for (size_t i = 0; i < 5; i++)
		unlink(arena_printf(&arena, "%s/%s", folder, files[i]));
	rmdir(folder);
	cr_expect_eq(store_list(&arena, folder, &names, &count), 0, "no folder, no profiles");
	cr_expect_eq(count, 0);
}

Test(profile, where_the_store_is)
{
	setenv("HOME", "/home/me", 1);
	setenv("XDG_DATA_HOME", "/data", 1);
	setenv("TGC_PROFILES", "/own", 1);
	cr_expect_str_eq(store_folder(&arena, why, sizeof(why)), "/own");
	setenv("TGC_PROFILES", "", 1);
	cr_expect_str_eq(store_folder(&arena, why, sizeof(why)), "/data/tgc/profiles");
	setenv("XDG_DATA_HOME", "relative", 1);
	cr_expect_str_eq(store_folder(&arena, why, sizeof(why)),
			 "/home/me/.local/share/tgc/profiles");
	unsetenv("HOME");
	cr_expect_null(store_folder(&arena, why, sizeof(why)));
	cr_expect_str_eq(why, "no place for kernel profiles: set TGC_PROFILES or HOME");
}

Test(profile, whatever_a_user_calls_a_kernel)
{
	const char *folder = make_store();
	const char *stored = store_path(&arena, folder, "mine");
	const char *bare = arena_printf(&arena, "%s/btf", folder);
	struct profile *p;

	put(stored, fixture_profile(&arena));
	p = profile_find("mine", why, sizeof(why));
	cr_assert_not_null(p, "%s", why);
	put(bare, kbtf_raw(profile_btf(p)));
	profile_close(p);
	p = profile_find(stored, why, sizeof(why));
	cr_assert_not_null(p, "%s", why);
	cr_expect_str_eq(profile_name(p), "fixture");
	profile_close(p);
	p = profile_find(bare, why, sizeof(why));
	cr_assert_not_null(p, "%s", why);
	cr_expect_str_eq(profile_name(p), bare);
	cr_expect_str_eq(profile_arch(p), "x86_64");
	cr_expect_eq(profile_attachable(p, "do_work"), KNOWN_UNKNOWN);
	profile_close(p);
	cr_expect_null(profile_find("mien", why, sizeof(why)));
	cr_expect_str_eq(why, "there is no kernel profile `mien`, and no file of that name; did "
			      "you mean `mine`?");
	cr_expect_null(profile_find(folder, why, sizeof(why)), "a folder");
	unlink(stored);
	unlink(bare);
	rmdir(folder);
}
