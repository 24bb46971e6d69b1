// SPDX-License-Identifier: Apache-2.0
/* User binaries: build/tests/elf has programs that gcc made, elf_fixture makes Go's. */
#include <criterion/criterion.h>
#include <elf.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "compiler/base/arena.h"
#include "compiler/binaries/userelf.h"
#include "tests/unit/elf_fixture.h"

static struct arena arena;
static char why[1024];

static void end(void)
{
	arena_free(&arena);
}

static const char *sample_path(const char *name)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	cr_assert_gt(n, 0);
	self[n] = 0;
	return arena_printf(&arena, "%s/elf/%s", dirname(self), name);
}

static struct userelf *sample(const char *name)
{
	struct userelf *e = userelf_open(&arena, sample_path(name), why, sizeof(why));

	cr_assert_not_null(e, "%s", why);
	e->path = "P"; /* for messages */
	return e;
}

static struct userelf *parse(struct bytes b)
{
	struct userelf *e = userelf_parse(&arena, b, "P", why, sizeof(why));

	cr_assert_not_null(e, "%s", why);
	return e;
}

static const struct userelf_symbol *symbol_of(const struct userelf *e, const char *name)
{
	struct userelf_place place;

	cr_assert(userelf_find(e, name, &place, why, sizeof(why)), "%s", why);
	return place.symbol;
}

#define refused(call, text)                                                                        \
	do {                                                                                       \
		why[0] = 0;                                                                        \
		cr_expect_not(call);                                                               \
		cr_expect_str_eq(why, text);                                                       \
	} while (0)

/* ---- the file -------------------------------------------------------------------------- */

Test(userelf, what_it_is, .fini = end)
{
	const struct userelf *pie = sample("pie"), *fixed = sample("fixed");
	const struct userelf *bound = sample("static"), *library = sample("linked.so");

	cr_expect(pie->kind == USERELF_PROGRAM && pie->pie && pie->interpreter);
	cr_expect(fixed->kind == USERELF_PROGRAM && !fixed->pie && fixed->interpreter);
	cr_expect(bound->kind == USERELF_PROGRAM && !bound->pie && !bound->interpreter);
	cr_expect(library->kind == USERELF_LIBRARY && !library->pie && !library->interpreter);
	cr_expect_eq(pie->machine, USERELF_X86_64);
	cr_expect_eq(pie->naming, USERELF_SYMBOLS);
	cr_expect_eq(pie->build_id_size, 20);
	cr_expect_not(pie->go);
}

static void write_file(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
}

Test(userelf, what_cannot_be_read, .fini = end)
{
	char dir[] = "/tmp/tgc-elf-XXXXXX";
	const char *path = "x";

	cr_assert_not_null(mkdtemp(dir));
	cr_assert_eq(chdir(dir), 0);
	refused(userelf_open(&arena, "none", why, sizeof(why)),
		"cannot open none: No such file or directory");
	refused(userelf_open(&arena, "/tmp", why, sizeof(why)), "/tmp is not a file");
	cr_assert_eq(mkfifo("pipe", 0600), 0);
	refused(userelf_open(&arena, "pipe", why, sizeof(why)), "pipe is not a file");
	write_file(path, "#!/bin/sh\n", 10);
	refused(userelf_open(&arena, path, why, sizeof(why)),
		"x is a script; give the program that runs it, which is an ELF file");
	write_file(path, "", 0);
	refused(userelf_open(&arena, path, why, sizeof(why)), "x is not an ELF file");
	cr_assert_eq(truncate(path, (off_t)USERELF_LARGEST + 1), 0);
	refused(userelf_open(&arena, path, why, sizeof(why)),
		"x is larger than 1024 MiB, the most that tgc reads");
	unlink("pipe");
	unlink(path);
	rmdir(dir);
}

static const char *refusal(struct go_shape shape, size_t at, uint8_t value)
{
	struct bytes b = fixture_go(&arena, shape);

	((uint8_t *)b.at)[at] = value;
	why[0] = 0;
	cr_expect_null(userelf_parse(&arena, b, "P", why, sizeof(why)));
	return why;
}

Test(userelf, other_machines_and_kinds, .fini = end)
{
	struct go_shape shape = {.sections = true, .own_text = true};
	struct bytes arm = fixture_go(&arena, shape);

	cr_expect_str_eq(refusal(shape, EI_CLASS, ELFCLASS32),
			 "P is a 32-bit program; tgc knows those of x86-64 and arm64");
	cr_expect_str_eq(refusal(shape, EI_DATA, ELFDATA2MSB),
			 "P is a big-endian program; tgc knows those of x86-64 and arm64");
	cr_expect_str_eq(refusal(shape, 16, ET_REL),
			 "P is an object file; only programs and shared libraries can be probed");
	cr_expect_str_eq(refusal(shape, 16, ET_CORE),
			 "P is a core dump; only programs and shared libraries can be probed");
	cr_expect_str_eq(refusal(shape, 16, 9), "P is neither a program nor a shared library");
	cr_expect_str_eq(refusal(shape, 18, EM_RISCV),
			 "P is a program of another machine; tgc knows those of x86-64 and arm64");
	((uint8_t *)arm.at)[18] = EM_AARCH64;
	cr_expect_eq(parse(arm)->machine, USERELF_ARM64);
}

/* ---- functions ------------------------------------------------------------------------- */

Test(userelf, a_function_by_name, .fini = end)
{
	static const char *const names[] = {"pie", "fixed", "static"};

	for (size_t i = 0; i < 3; i++) {
		const struct userelf *e = sample(names[i]);
		const struct userelf_symbol *s = symbol_of(e, "sample_add");
		struct userelf_place place;

		cr_expect_gt(s->size, 4);
		cr_expect(userelf_find(e, "sample_add+0x4", &place, why, sizeof(why)));
		cr_expect_eq(place.offset, s->offset + 4);
		cr_expect_eq(place.into, 4);
		cr_expect(userelf_address(e, s->address + 4, &place, why, sizeof(why)));
		cr_expect_eq(place.offset, s->offset + 4);
		cr_expect_eq(place.symbol, s);
		cr_expect(userelf_offset(e, s->offset + s->size - 1, &place, why, sizeof(why)));
		cr_expect_eq(place.symbol, s);
		cr_expect_eq(place.into, s->size - 1);
	}
}

/* What the offset means: the bytes there are those of the function. */
Test(userelf, the_offset_is_the_functions, .fini = end)
{
	const struct userelf *e = sample("fixed");
	const struct userelf_symbol *s = symbol_of(e, "sample_twin_caller");
	struct userelf_place place;

	cr_expect_neq(s->offset, s->address);
	cr_expect(userelf_address(e, s->address, &place, why, sizeof(why)));
	cr_expect_eq(place.offset, s->offset);
	cr_expect(memmem(e->file.at + s->offset, s->size, "\xc3", 1), "a return in it");
}

Test(userelf, offsets_into_a_function, .fini = end)
{
	static const char *const good[] = {"4", "0x4", "0X4", "04", "0o4", "0b100", "0_4", "0"};
	static const char *const bad[] = {"",	"-1",  "4x", "0x",
					  "09", "0b2", "4_", "99999999999999999999"};
	const struct userelf *e = sample("pie");
	uint64_t start = symbol_of(e, "sample_add")->offset;
	struct userelf_place place;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		const char *text = arena_printf(&arena, "sample_add+%s", good[i]);

		cr_expect(userelf_find(e, text, &place, why, sizeof(why)), "%s: %s", text, why);
		cr_expect_eq(place.offset, start + (good[i][1] || *good[i] == '4' ? 4 : 0));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *text = arena_printf(&arena, "sample_add+%s", bad[i]);

		refused(userelf_find(e, text, &place, why, sizeof(why)),
			arena_printf(&arena, "`%s` is not an offset into a function", bad[i]));
	}
	refused(userelf_find(e, "sample_add+4096", &place, why, sizeof(why)),
		arena_printf(&arena, "`sample_add` of P has %llu bytes, so there is no offset 4096",
			     (unsigned long long)symbol_of(e, "sample_add")->size));
	refused(userelf_find(e, "nothing+1", &place, why, sizeof(why)),
		"P has no function `nothing`");
}

static uint64_t first_of(const struct userelf *e, const char *name)
{
	uint64_t first = UINT64_MAX;

	for (size_t i = 0; i < e->symbol_count; i++)
		if (!strcmp(e->symbols[i].name, name) && e->symbols[i].address < first)
			first = e->symbols[i].address;
	return first;
}

Test(userelf, names_that_cannot_be_probed, .fini = end)
{
	const struct userelf *e = sample("pie");
	struct userelf_place place;

	refused(userelf_find(e, "sample_ad", &place, why, sizeof(why)),
		"P has no function `sample_ad`");
	cr_expect_str_eq(userelf_nearest(e, &arena, "sample_ad"), "sample_add");
	cr_expect_null(userelf_nearest(e, &arena, "unlike_all_others_here"));
	refused(userelf_find(e, "sample_variable", &place, why, sizeof(why)),
		"`sample_variable` of P is not a function");
	refused(userelf_find(e, "printf", &place, why, sizeof(why)),
		"P calls `printf`, but the function is in a shared library");
	refused(userelf_find(e, "sample_chosen", &place, why, sizeof(why)),
		"`sample_chosen` of P is chosen among several functions when the program starts; "
		"a probe under this name would see the choice, not the calls");
	cr_expect_not(userelf_find(e, "sample_twin", &place, why, sizeof(why)));
	cr_expect_str_eq(why, arena_printf(&arena,
					   "P has 2 functions `sample_twin`, the first at address "
					   "0x%llx",
					   (unsigned long long)first_of(e, "sample_twin")));
}

Test(userelf, versions_do_not_count, .fini = end)
{
	const struct userelf *e = sample("linked.so");
	uint64_t now = symbol_of(e, "answer_new")->address;

	cr_expect_neq(now, symbol_of(e, "answer_old")->address);
	cr_expect_eq(symbol_of(e, "answer")->address, now, "the default version");
	cr_expect_eq(symbol_of(e, "answer@V1")->address, now);
	cr_expect_eq(symbol_of(e, "answer@@V2")->address, now);
	cr_expect_eq(symbol_of(e, "answer@V1+1")->address, now);
}

Test(userelf, stripped, .fini = end)
{
	struct userelf *e = sample("stripped");
	struct userelf_place place;

	cr_expect_str_eq(e->debuglink, "stripped.debug");
	refused(userelf_find(e, "sample_add", &place, why, sizeof(why)),
		"P has no function `sample_add` among those that other files may call, and its "
		"other symbols are stripped, they are in stripped.debug");
	e->naming = USERELF_NO_NAMES;
	refused(userelf_find(e, "sample_add", &place, why, sizeof(why)),
		"P is stripped: it has no symbols, they are in stripped.debug");
	e->debuglink = NULL;
	refused(userelf_find(e, "sample_add", &place, why, sizeof(why)),
		"P is stripped: it has no symbols");
}

Test(userelf, places_that_are_no_code, .fini = end)
{
	const struct userelf *e = sample("pie");
	const struct userelf_probe *p = &e->probes[0];
	struct userelf_place place;

	refused(userelf_offset(e, 0x10, &place, why, sizeof(why)),
		"file offset 0x10 of P is in no executable segment, so it is not code");
	refused(userelf_offset(e, UINT64_MAX, &place, why, sizeof(why)),
		arena_printf(&arena,
			     "P has %zu bytes, so there is nothing at offset 0xffffffffffffffff",
			     e->file.size));
	refused(userelf_address(e, 0x10, &place, why, sizeof(why)),
		"address 0x10 is in no executable segment of P");
	refused(userelf_address(e, UINT64_MAX, &place, why, sizeof(why)),
		"address 0xffffffffffffffff is in no executable segment of P");
	cr_expect(userelf_counter(e, p->ref_ctr_offset, why, sizeof(why)));
	refused(userelf_counter(e, p->offset, why, sizeof(why)),
		arena_printf(&arena,
			     "file offset 0x%llx of P is in no segment that holds data, so it "
			     "cannot be a reference counter",
			     (unsigned long long)p->offset));
}

/* ---- USDT ------------------------------------------------------------------------------ */

Test(userelf, usdt_probes, .fini = end)
{
	const struct userelf *e = sample("pie");
	const struct userelf_symbol *add = symbol_of(e, "sample_add");
	const struct userelf_probe **found;
	size_t count;

	found = userelf_probes(e, &arena, "sample", "adding", &count, why, sizeof(why));
	cr_assert_eq(count, 1, "%s", why);
	cr_expect(found[0]->offset >= add->offset && found[0]->offset < add->offset + add->size);
	cr_expect_eq(e->file.at[found[0]->offset], 0x90, "the nop");
	cr_expect_str_eq(found[0]->arguments, "-4@%edi -4@-8(%rbp) 8@(%rax, %rbx, 8)");
	cr_assert_eq(found[0]->operand_count, 3);
	cr_expect_str_eq(found[0]->operands[0], "-4@%edi");
	cr_expect_str_eq(found[0]->operands[1], "-4@-8(%rbp)");
	cr_expect_str_eq(found[0]->operands[2], "8@(%rax, %rbx, 8)");
	cr_expect_neq(found[0]->ref_ctr_offset, found[0]->semaphore, "data moves in the file");
	cr_expect_neq(found[0]->ref_ctr_offset, 0);
}

Test(userelf, usdt_base_that_has_moved, .fini = end)
{
	static const char *const names[] = {"pie", "fixed", "static", "stripped"};

	for (size_t i = 0; i < 4; i++) {
		const struct userelf *e = sample(names[i]);
		const struct userelf_probe **found;
		size_t count;

		found = userelf_probes(e, &arena, "sample", "twice", &count, why, sizeof(why));
		cr_assert_eq(count, 2, "%s", why);
		cr_expect_eq(found[0]->base, found[1]->base + 0x1000);
		cr_expect_eq(found[0]->offset + 1, found[1]->offset, "one nop after the other");
		cr_assert_eq(found[0]->operand_count, 2);
		cr_expect_str_eq(found[0]->operands[0], "-4@[sp, 12]");
		cr_expect_str_eq(found[0]->operands[1], "8@x0");
		cr_expect_eq(found[1]->operand_count, 0);
		cr_expect_eq(found[0]->ref_ctr_offset, 0);
	}
}

Test(userelf, usdt_probes_that_are_broken, .fini = end)
{
	const struct userelf *e = sample("pie");
	size_t count;

	refused(userelf_probes(e, &arena, "broken", "data", &count, why, sizeof(why)),
		"USDT probe `broken:data` of P is broken: its location is not in an executable "
		"segment");
	refused(userelf_probes(e, &arena, "broken", "nowhere", &count, why, sizeof(why)),
		"USDT probe `broken:nowhere` of P is broken: its location is in no segment of the "
		"file");
	refused(userelf_probes(e, &arena, "broken", "counter", &count, why, sizeof(why)),
		"USDT probe `broken:counter` of P is broken: its semaphore is in an executable "
		"segment");
	refused(userelf_probes(e, &arena, "broken", "counter_nowhere", &count, why, sizeof(why)),
		"USDT probe `broken:counter_nowhere` of P is broken: its semaphore is in no "
		"segment of the file");
	refused(userelf_probes(e, &arena, "sample", "none", &count, why, sizeof(why)),
		"P has no USDT probe `sample:none`");
	refused(userelf_probes(sample("linked.so"), &arena, "a", "b", &count, why, sizeof(why)),
		"P has no USDT probes");
}

Test(userelf, usdt_list, .fini = end)
{
	const struct userelf *e = sample("pie");

	cr_expect_str_eq(userelf_probe_list(e, &arena, 2), "sample:adding, sample:twice, ...");
	cr_expect_str_eq(userelf_probe_list(e, &arena, 6),
			 "sample:adding, sample:twice, broken:data, broken:nowhere, "
			 "broken:counter, broken:counter_nowhere");
	cr_expect_null(userelf_probe_list(sample("linked.so"), &arena, 2));
}

/* ---- digests --------------------------------------------------------------------------- */

/* "abc", the input that the standards of these hashes use. */
Test(userelf, digests, .fini = end)
{
	struct userelf e = {.path = "P", .file = {(const uint8_t *)"abc", 3}};

	cr_expect_eq(userelf_digest(&e, "sha1:A9993E364706816aba3e25717850c26c9cd0d89d", why,
				    sizeof(why)),
		     USERELF_SAME);
	cr_expect_str_eq(userelf_digest_text(&e, &arena, "sha256"),
			 "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	cr_expect_str_eq(userelf_digest_text(&e, &arena, "sha384"),
			 "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
			 "8086072ba1e7cc2358baeca134c825a7");
	cr_expect_str_eq(userelf_digest_text(&e, &arena, "sha512"),
			 "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
			 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
	cr_expect_eq(userelf_digest(&e, "sha1:a9993e364706816aba3e25717850c26c9cd0d89e", why,
				    sizeof(why)),
		     USERELF_DIFFERS);
	cr_expect_str_eq(why, "P has sha1:a9993e364706816aba3e25717850c26c9cd0d89d");
	cr_expect_eq(userelf_digest(&e, "build-id:00", why, sizeof(why)), USERELF_DIFFERS);
	cr_expect_str_eq(why, "P has no build id");
	cr_expect_null(userelf_digest_text(&e, &arena, "build-id"));
	cr_expect_null(userelf_digest_text(&e, &arena, "md5"));
}

Test(userelf, build_id, .fini = end)
{
	const struct userelf *e = sample("pie");
	const char *id = userelf_digest_text(e, &arena, "build-id");
	char *other = arena_printf(&arena, "%s", id);

	cr_expect_eq(strlen(id), 9 + 40);
	cr_expect_eq(userelf_digest(e, id, why, sizeof(why)), USERELF_SAME);
	other[20] = other[20] == '0' ? '1' : '0';
	cr_expect_eq(userelf_digest(e, other, why, sizeof(why)), USERELF_DIFFERS);
	cr_expect_eq(userelf_digest(sample("stripped"), id, why, sizeof(why)), USERELF_SAME);
}

Test(userelf, digests_that_are_none, .fini = end)
{
	static const char *const bad[] = {
		"",	     "sha256",	   "md5:00",
		"sha256:00", "sha1:",	   ":00",
		"build-id:", "build-id:0", "sha1:g9993e364706816aba3e25717850c26c9cd0d89d"};
	struct userelf e = {.path = "P"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		cr_expect_eq(userelf_digest(&e, bad[i], why, sizeof(why)), USERELF_BAD_DIGEST, "%s",
			     bad[i]);
	userelf_digest(&e, "md5:00", why, sizeof(why));
	cr_expect_str_eq(why, "`md5:00` does not start with an algorithm and a colon; there are "
			      "sha1, sha256, sha384, sha512 and build-id");
	userelf_digest(&e, "sha256:00", why, sizeof(why));
	cr_expect_str_eq(why, "`00` is not the digest sha256 in hexadecimal digits");
}

/* ---- Go -------------------------------------------------------------------------------- */

static void expect_go(struct go_shape shape)
{
	const struct userelf *e = parse(fixture_go(&arena, shape));
	const struct userelf_symbol *s = symbol_of(e, "main.(*T).Get");
	struct userelf_place place;

	cr_expect(e->go);
	cr_expect_eq(e->naming, USERELF_LINE_TABLE);
	cr_expect_eq(e->function_count, GO_FUNCTIONS);
	cr_expect_eq(s->address, GO_TEXT + 0x40);
	cr_expect_eq(s->offset, GO_TEXT_AT + 0x40);
	cr_expect_eq(s->size, 0x40);
	cr_expect(userelf_find(e, "runtime.goexit+0x3f", &place, why, sizeof(why)), "%s", why);
	refused(userelf_find(e, "runtime.goexit+0x40", &place, why, sizeof(why)),
		"`runtime.goexit` of P has 64 bytes, so there is no offset 64");
	refused(userelf_find(e, "main.none", &place, why, sizeof(why)),
		"P has no function `main.none`");
}

Test(userelf, go_tables, .fini = end)
{
	for (enum go_release release = GO_1_16; release <= GO_1_20; release++) {
		expect_go(
			(struct go_shape){.release = release, .sections = true, .own_text = true});
		expect_go((struct go_shape){.release = release, .own_text = true});
	}
}

Test(userelf, go_start_of_the_code, .fini = end)
{
	struct go_shape shape = {.release = GO_1_20, .sections = true};
	struct userelf_place place;
	const struct userelf *e;

	expect_go(shape);
	shape.relocations = true;
	expect_go(shape);
	shape.cgo = true;
	expect_go(shape);
	shape.relocations = false;
	e = parse(fixture_go(&arena, shape));
	cr_expect_eq(e->function_count, 0);
	refused(userelf_find(e, "main.main", &place, why, sizeof(why)),
		"P is stripped: it has no symbols, and its Go line table does not tell where the "
		"code starts");
}

Test(userelf, go_tables_of_other_releases, .fini = end)
{
	struct bytes b = fixture_go(&arena, (struct go_shape){.sections = true, .own_text = true});
	struct userelf_place place;

	((uint8_t *)b.at)[GO_TABLE_AT] = 0xf2;
	refused(userelf_find(parse(b), "main.main", &place, why, sizeof(why)),
		"P is stripped: it has no symbols, and the layout of its Go line table is not "
		"known to tgc");
}

/* ---- hostile files ---------------------------------------------------------------------- */

static void ask(struct bytes b)
{
	struct userelf *e = userelf_parse(&arena, b, "P", why, sizeof(why));
	struct userelf_place place;

	if (!e)
		return;
	userelf_find(e, "main.main+4", &place, why, sizeof(why));
	userelf_nearest(e, &arena, "main");
	userelf_probe_list(e, &arena, 4);
}

/* Cut anywhere, the bytes past the end not there to be read (the sanitizer watches). */
Test(userelf, cut_files, .fini = end)
{
	struct bytes go = fixture_go(&arena, (struct go_shape){.sections = true, .own_text = true});

	for (size_t n = 0; n < go.size; n += 7) {
		uint8_t *cut = malloc(n ? n : 1);

		memcpy(cut, go.at, n);
		ask((struct bytes){cut, n});
		free(cut);
	}
}

/* Every byte of the headers, tables and notes wrong in turn. */
Test(userelf, wrong_bytes, .fini = end)
{
	struct bytes go = fixture_go(&arena, (struct go_shape){.sections = true, .own_text = true});
	uint8_t *good = malloc(go.size), *copy = malloc(go.size);

	memcpy(good, go.at, go.size);
	memcpy(copy, go.at, go.size);
	for (size_t n = 0; n < go.size; n++) {
		if (n == 0x200)
			n = GO_TABLE_AT;
		for (unsigned value = 0x7f; value <= 0xff; value += 0x80) {
			copy[n] = (uint8_t)value;
			ask((struct bytes){copy, go.size});
		}
		copy[n] = good[n];
		arena_free(&arena);
	}
	free(good);
	free(copy);
}
