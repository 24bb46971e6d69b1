// SPDX-License-Identifier: Apache-2.0
/* make_seeds DIR: first inputs for the fuzzers of bundles and kernels, into folders DIR/NAME. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/btf.h>

#include "tests/unit/bundle_fixture.h"
#include "tests/unit/elf_fixture.h"
#include "tests/unit/kernel_fixture.h"

static const char *root;

static void make_directory(const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	mkdir(path, 0777);
}

static void put(const char *name, struct bytes data)
{
	char path[4096];
	FILE *to;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	to = fopen(path, "wb");
	if (!to || fwrite(data.at, 1, data.size, to) != data.size || fclose(to)) {
		perror(path);
		exit(1);
	}
}

/* One program, nothing else. */
static struct bytes smallest_payload(struct arena *arena)
{
	struct bundle_identity identity = {"a", 1, 1};
	char why[256] = "";
	struct manifest m;

	manifest_init(&m, arena);
	manifest_add_program(&m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "p", "t");
	return pack_payload(arena, &m, &identity, fixture_object(arena), why, sizeof(why));
}

static void put_signed(struct arena *arena, const char *kind, EVP_PKEY *key)
{
	struct bytes payload = smallest_payload(arena);
	struct bytes signature = fixture_sign(arena, payload, key, "seed", 0x4711);

	put(arena_printf(arena, "verify/%s.der", kind), signature);
	put(arena_printf(arena, "verify/%s.tgb", kind), fixture_join(arena, payload, signature));
	EVP_PKEY_free(key);
}

static void put_kernels(struct arena *arena)
{
	struct btf *btf = fixture_btf();
	struct bytes raw = fixture_raw(arena, btf);

	put("btf/raw", raw);
	put("btf/elf", fixture_elf(arena, raw, "CONFIG_BPF=y\n"));
	put("profile/whole", fixture_profile(arena));
	put("kernel/elf", fixture_elf(arena, raw, "CONFIG_BPF=y\n"));
	put("kernel/image", fixture_image(arena, fixture_elf(arena, raw, "CONFIG_BPF=y\n")));
	put("kernel/kallsyms8", fixture_kallsyms(arena, 8, false));
	put("kernel/kallsyms4", fixture_kallsyms(arena, 4, true));
	btf__free(btf);
}

int main(int argc, char **argv)
{
	struct arena arena = {0};

	if (argc != 2)
		return 2;
	root = argv[1];
	make_directory("");
	make_directory("artifact");
	make_directory("object");
	make_directory("verify");
	make_directory("btf");
	make_directory("profile");
	make_directory("kernel");
	put("artifact/fixture", fixture_payload(&arena));
	put("artifact/smallest", smallest_payload(&arena));
	put("object/header", fixture_object(&arena));
	put("verify/fixture.tgb", fixture_bundle(&arena));
	put_signed(&arena, "rsa", fixture_rsa(2048));
	put_signed(&arena, "ecdsa", fixture_ec("P-256"));
	put_signed(&arena, "ed25519", fixture_ed25519(7));
	make_directory("userelf");
	put("userelf/go-1.16", fixture_go(&arena, (struct go_shape){.sections = true}));
	put("userelf/go-1.20",
	    fixture_go(&arena, (struct go_shape){.release = GO_1_20, .own_text = true}));
	put_kernels(&arena);
	arena_free(&arena);
	return 0;
}
