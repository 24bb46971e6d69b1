/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <getopt.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "runtime/keep.h"
#include "runtime/modes.h"
#include "runtime/options.h"
#include "runtime/ring_peek.h"

/* ---- names --------------------------------------------------------------------------------- */

static const char hex[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

static void expect_same(const char *name)
{
	struct keep_set s;
	char again[NAME_MAX + 1];

	cr_assert(keep_parse(&s, name), "%s", name);
	keep_name(again, s.bundle, s.links, s.programs, &s.id);
	cr_expect_str_eq(again, name);
}

Test(keep, names_come_back)
{
	char name[NAME_MAX + 1];
	struct keep_set s;

	snprintf(name, sizeof(name), "base:8:5:%s", hex);
	expect_same(name);
	snprintf(name, sizeof(name), "bundle:a,b-c:1000:0:%s", hex);
	expect_same(name);
	cr_assert(keep_parse(&s, name));
	cr_expect_eq(s.kind, KEEP_BUNDLE);
	cr_expect_str_eq(s.bundle, "a.b-c");
	cr_expect_eq(s.links, 1000);
	cr_expect_eq(s.id.bytes[1], 0x11);
	cr_assert(keep_parse(&s, "+17"));
	cr_expect_eq(s.kind, KEEP_HALF);
}

Test(keep, other_names_are_not_ours)
{
	static const char *const others[] = {
		"",
		"+",
		"+x",
		"base",
		"base:1:2",
		"base:1:2:%s:",
		"base:1:2:3:%s",
		"base:-1:2:%s",
		"base:01:2:%s",
		"base:1::2:%s",
		"base:1:99999999999:%s",
		"base:1:2:%sa",
		"base:1:2:Z%s",
		"bundle:1:2:%s",
		"bundle::1:2:%s",
		"bundle:A:1:2:%s",
		"bundle:,a:1:2:%s",
		"bundle:../x:1:2:%s",
		"bundle:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:1:2:%s",
		"pins",
	};
	struct keep_set s;
	char name[NAME_MAX + 1];

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		snprintf(name, sizeof(name), others[i], hex);
		cr_expect_not(keep_parse(&s, name), "%s", name);
	}
}

Test(keep, ids_tell_apart_what_is_added)
{
	static const char *const parts[][2] = {{"ab", "c"}, {"a", "bc"}, {"abc", ""}};
	struct keep_id ids[3];

	for (int i = 0; i < 3; i++) {
		struct keep_digest d;

		keep_digest_begin(&d);
		for (int j = 0; j < 2; j++)
			keep_digest_add(&d, parts[i][j], strlen(parts[i][j]));
		cr_assert_eq(keep_digest_end(&d, &ids[i]), 0);
		for (int j = 0; j < i; j++)
			cr_expect_neq(memcmp(&ids[i], &ids[j], sizeof(ids[i])), 0);
	}
}

Test(keep, only_in_a_bpf_file_system)
{
	char folder[] = "/tmp/test-keep-XXXXXX", path[64];
	struct failure why;
	struct keep k;

	cr_assert(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/x", folder);
	cr_expect_eq(keep_open(&k, path, true, &why), -1);
	cr_expect_eq(why.code, TGRUN_ENVIRONMENT);
	cr_expect(strstr(why.text, "not in a BPF file system"), "%s", why.text);
	cr_expect_eq(access(path, F_OK), -1, "what was made is gone again");
	cr_expect_eq(keep_open(&k, path, false, &why), 0, "not there: nothing is kept");
	cr_expect_eq(k.fd, -1);
	rmdir(folder);
}

/* ---- what waits in the ring ---------------------------------------------------------------- */

#define RING 64

struct seen {
	size_t count, bytes;
};

static void see(void *state, const void *record, size_t size)
{
	struct seen *s = state;

	s->count++;
	for (size_t i = 0; i < size; i++)
		s->bytes += ((const unsigned char *)record)[i] != 0;
}

static struct seen peek(const uint32_t *heads, uint64_t consumer, uint64_t producer)
{
	/* exact, so that a byte too far is found */
	char *ring = calloc(1, 2 * (size_t)RING);
	struct seen s = {0};

	for (int i = 0; i < RING / 16; i++)
		for (int half = 0; half < 2; half++)
			memcpy(ring + half * RING + i * 16, &heads[i], sizeof(heads[i]));
	ring_peek_memory(ring, RING, consumer, producer, see, &s);
	free(ring);
	return s;
}

Test(ring_peek, records_that_are_complete)
{
	static const uint32_t four[] = {8, 8, 8, 8};
	static const uint32_t one_thrown[] = {8, 8 | BPF_RINGBUF_DISCARD_BIT, 8, 8};
	static const uint32_t one_begun[] = {8, 8, 8 | BPF_RINGBUF_BUSY_BIT, 8};

	cr_expect_eq(peek(four, 0, 64).count, 4);
	cr_expect_eq(peek(four, 32, 96).count, 4, "around the end");
	cr_expect_eq(peek(four, 64, 64).count, 0);
	cr_expect_eq(peek(one_thrown, 0, 64).count, 3);
	cr_expect_eq(peek(one_begun, 0, 64).count, 2);
}

Test(ring_peek, positions_and_sizes_that_cannot_be)
{
	static const uint32_t long_one[] = {200, 8, 8, 8};
	static const uint32_t longest[] = {0x3fffffff, 8, 8, 8};
	static const uint32_t none[] = {0, 0, 0, 0};

	cr_expect_eq(peek(long_one, 0, 64).count, 0);
	cr_expect_eq(peek(longest, 0, 64).count, 0);
	cr_expect_eq(peek(none, 0, 64).count, 8);
	cr_expect_eq(peek(none, 0, 128).count, 0, "more than fits");
	cr_expect_eq(peek(none, 64, 0).count, 0, "from the future");
}

/* ---- modes that were kept: hostile bytes --------------------------------------------------- */

static const char strings[] = "\0watch\0kill";
static const struct tg_policy_entry policies[] = {{.name = 1},
						  {.name = 7, .flags = TG_POLICY_ENFORCES}};
static const struct artifact artifact = {
	.strings = strings, .policies = policies, .policy_count = 2};

static int memory_with(const void *bytes, size_t size)
{
	int fd = memfd_create("kept", MFD_CLOEXEC);

	cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
	return fd;
}

/* Starts with this in the map; what policy 1 has then. */
static int kept_mode(const struct policy_mode *bytes, uint32_t count, int *result)
{
	const struct bpf_map_info info = {.type = BPF_MAP_TYPE_ARRAY,
					  .max_entries = 1,
					  .map_flags = BPF_F_MMAPABLE,
					  .value_size = count * (uint32_t)sizeof(*bytes)};
	struct modes m;
	int mode;

	cr_assert_eq(modes_init(&m, &artifact), 0);
	*result = modes_keep(&m, &artifact, memory_with(bytes, count * sizeof(*bytes)), &info);
	mode = modes_get(&m, 1);
	modes_free(&m);
	return mode;
}

static struct policy_mode chosen_mode(uint8_t is, uint8_t resume)
{
	struct modes m;
	struct policy_mode p;

	cr_assert_eq(modes_init(&m, &artifact), 0);
	p = m.policies[1];
	modes_free(&m);
	p.is = is;
	p.resume = resume;
	p.chosen = p.switched = 1;
	return p;
}

Test(modes_keep, what_was_chosen_counts)
{
	struct policy_mode kept[3] = {{0}};
	int result;

	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_ENFORCE, "a new map");
	cr_expect_eq(result, 0);
	kept[2] = chosen_mode(TG_MODE_OFF, TG_MODE_MONITOR); /* of a bundle with more policies */
	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_OFF);
	kept[2] = chosen_mode(TG_MODE_MONITOR, TG_MODE_MONITOR);
	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_MONITOR);
	kept[2].chosen = kept[2].switched = 0;
	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_ENFORCE, "by nobody");
	kept[2] = chosen_mode(TG_MODE_OFF, TG_MODE_MONITOR);
	kept[2].removed = 1;
	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_ENFORCE, "it is back");
}

Test(modes_keep, what_cannot_be_is_nothing)
{
	struct policy_mode kept[3] = {{0}};
	int result;

	kept[0] = chosen_mode(200, TG_MODE_MONITOR);
	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_ENFORCE);
	kept[0] = chosen_mode(TG_MODE_OFF, 9);
	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_ENFORCE);
	kept[0] = chosen_mode(TG_MODE_OFF, TG_MODE_MONITOR);
	kept[0].switched = 77;
	cr_expect_eq(kept_mode(kept, 3, &result), TG_MODE_ENFORCE);
	kept_mode(kept, 1, &result);
	cr_expect_eq(result, -1, "no room for two policies");
}

Test(modes_keep, what_is_chosen_lies_in_the_map)
{
	const struct bpf_map_info info = {.type = BPF_MAP_TYPE_ARRAY,
					  .max_entries = 1,
					  .map_flags = BPF_F_MMAPABLE,
					  .value_size = 2 * sizeof(struct policy_mode)};
	struct policy_mode kept[2] = {{0}};
	int fd = memory_with(kept, sizeof(kept)), own = dup(fd);
	struct modes m;

	cr_assert_eq(modes_init(&m, &artifact), 0);
	cr_assert_eq(modes_keep(&m, &artifact, fd, &info), 0);
	modes_set(&m, &artifact, 1, TG_MODE_OFF);
	m.policies[1].switched = true;
	modes_free(&m);
	cr_assert_eq(modes_init(&m, &artifact), 0);
	cr_assert_eq(modes_keep(&m, &artifact, own, &info), 0);
	cr_expect_eq(modes_get(&m, 1), TG_MODE_OFF);
	modes_free(&m);
}

/* ---- options ------------------------------------------------------------------------------- */

static void expect_wrong(const char *const *words, const char *text)
{
	static struct options o;
	char *argv[8] = {NULL};
	struct failure why;
	int argc = 0;

	for (; words[argc]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc];
	optind = 0;
	cr_expect_eq(options_parse(&o, argc, argv, &why), OPTIONS_WRONG);
	cr_expect_str_eq(why.text, text);
}

Test(keep, options_that_do_not_fit)
{
	static const char *const alone[] = {"tgrun", "--keep-dir", "/sys/fs/bpf/x", NULL};
	static const char *const check[] = {"tgrun",   "--cert",	 "c", "--bundle", "b",
					    "--check", "--keep-on-exit", NULL};

	expect_wrong(alone, "--keep-dir needs --keep-on-exit");
	expect_wrong(check, "--check keeps nothing: leave out --keep-on-exit");
}
