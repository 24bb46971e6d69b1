// SPDX-License-Identifier: Apache-2.0
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "bundle_fixture.h"

#define MUST(condition)                                                                            \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: fixture failed: %s\n", __FILE__, __LINE__,         \
				#condition);                                                       \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* ---- the payload ---- */

static void add_kprobe(struct manifest *m, uint32_t files, uint32_t shadow)
{
	uint32_t hook = manifest_add_hook(m, TG_HOOK_KPROBE, "security_file_permission", NULL);
	uint32_t file, mask, view;

	manifest_add_program(m, hook, TG_ATTACH_FENTRY, "h0_fentry", "security_file_permission");
	manifest_add_program(m, hook, TG_ATTACH_KPROBE, "h0_kprobe", "security_file_permission");
	file = manifest_add_slot(m, hook, TG_ARG_FILE, 0);
	mask = manifest_add_slot(m, hook, TG_ARG_INT, 1);
	view = manifest_add_view(m, files, hook, 0x3, "a file was used");
	manifest_add_view_arg(m, view, file, NULL, 0);
	manifest_add_view_arg(m, view, mask, "mask", 0);
	manifest_add_tag(m, view, "observability.filesystem");
	manifest_add_tag(m, view, "observability.process");
	view = manifest_add_view(m, shadow, hook, 0x4, NULL);
	manifest_add_view_arg(m, view, file, "path", 0);
	manifest_add_selector(m, hook, 0, files, TG_ACTION_POST, 12);
	manifest_add_selector(m, hook, 1, files, TG_ACTION_NOPOST, 19);
	manifest_add_selector(m, hook, 2, shadow, TG_ACTION_SIGKILL, 8);
}

static void add_lsm(struct manifest *m, uint32_t shadow)
{
	uint32_t hook = manifest_add_hook(m, TG_HOOK_LSM, "file_open", NULL);
	uint32_t view;

	manifest_add_program(m, hook, TG_ATTACH_LSM, "h1_lsm", "file_open");
	manifest_add_kernel_name(m, hook, "file.f_inode", false);
	manifest_add_kernel_name(m, hook, "old_file", true);
	manifest_add_slot(m, hook, TG_ARG_FILE, 0);
	view = manifest_add_view(m, shadow, hook, 0x1, NULL);
	manifest_add_view_arg(m, view, 0, NULL, 0);
	manifest_add_selector(m, hook, 0, shadow, TG_ACTION_OVERRIDE, 30);
}

static void add_tracepoint(struct manifest *m, uint32_t files)
{
	uint32_t hook = manifest_add_hook(m, TG_HOOK_TRACEPOINT, "sys_enter", "raw_syscalls");

	manifest_add_program(m, hook, TG_ATTACH_TRACEPOINT, "h2_tp", "raw_syscalls/sys_enter");
	manifest_add_view(m, files, hook, 0x1, NULL);
	manifest_add_selector(m, hook, 0, files, TG_ACTION_POST, 40);
}

/* Nodes with a disk for the first policy; pods of a namespace but for one container; the host. */
static void add_workloads(struct manifest *m, uint32_t files)
{
	struct tg_workload_entry *workload;

	manifest_policy(m, files)->requirements = 1;
	manifest_add_requirement(m, "disk", LABEL_IN);
	manifest_add_label_value(m, "ssd");
	manifest_add_label_value(m, "");
	workload = manifest_add_workload(m, "shop", TG_WORKLOAD_PODS);
	workload->first_requirement = manifest_add_requirement(m, "app", LABEL_EXISTS);
	workload->of_pod = 1;
	manifest_add_requirement(m, "name", LABEL_NOT_IN);
	manifest_add_label_value(m, "side");
	workload->of_container = 1;
	manifest_add_workload(m, NULL, TG_WORKLOAD_HOST);
}

void fixture_manifest(struct manifest *m, struct arena *arena)
{
	uint8_t digest[32];
	uint32_t files, shadow;

	memset(digest, 0xab, sizeof(digest));
	manifest_init(m, arena);
	files = manifest_add_policy(m, "files", "files.yaml", 3, 0);
	shadow = manifest_add_policy(m, "shadow", "shadow.yaml", 4, TG_POLICY_ENFORCES);
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "on_exec", "sched_process_exec");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_ITER_TASK, "on_task", "task");
	add_kprobe(m, files, shadow);
	add_lsm(m, shadow);
	add_tracepoint(m, files);
	add_workloads(m, files);
	manifest_add_digest(m, TG_DIGEST_SOURCE, "files.yaml", digest);
	manifest_add_digest(m, TG_DIGEST_BTF, "6.1.0", digest);
	manifest_add_digest(m, TG_DIGEST_COMPILER, "tgc 0, clang 0", digest);
}

struct bytes fixture_object(struct arena *arena)
{
	Elf64_Ehdr *elf = arena_alloc(arena, sizeof(*elf));

	memcpy(elf->e_ident, ELFMAG, SELFMAG);
	elf->e_ident[EI_CLASS] = ELFCLASS64;
	elf->e_ident[EI_DATA] = ELFDATA2LSB;
	elf->e_ident[EI_VERSION] = EV_CURRENT;
	elf->e_type = ET_REL;
	elf->e_machine = EM_BPF;
	elf->e_version = EV_CURRENT;
	elf->e_ehsize = sizeof(*elf);
	return (struct bytes){(uint8_t *)elf, sizeof(*elf)};
}

struct bytes fixture_payload(struct arena *arena)
{
	struct bundle_identity identity = {"fixture", 7, 0xfeedbeef};
	struct manifest manifest;
	struct bytes payload;
	char why[256] = "";

	fixture_manifest(&manifest, arena);
	payload =
		pack_payload(arena, &manifest, &identity, fixture_object(arena), why, sizeof(why));
	if (!payload.at)
		fprintf(stderr, "%s\n", why);
	MUST(payload.at);
	return payload;
}

/* ---- keys and certificates ---- */

EVP_PKEY *fixture_ed25519(uint8_t seed)
{
	uint8_t secret[32];
	EVP_PKEY *key;

	crypto_init();
	memset(secret, seed, sizeof(secret));
	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, sizeof(secret));
	MUST(key);
	return key;
}

EVP_PKEY *fixture_rsa(unsigned bits)
{
	EVP_PKEY *key;

	crypto_init();
	key = EVP_RSA_gen(bits);
	MUST(key);
	return key;
}

EVP_PKEY *fixture_ec(const char *curve)
{
	EVP_PKEY *key;

	crypto_init();
	key = EVP_EC_gen(curve);
	MUST(key);
	return key;
}

X509 *fixture_certificate(EVP_PKEY *key, const char *name, long serial)
{
	int kind = EVP_PKEY_get_base_id(key);
	bool pure = kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448;
	const EVP_MD *digest = pure ? NULL : EVP_sha256();
	/* Common names have at most 64 characters. */
	const char *field = strlen(name) > 64 ? "description" : "CN";
	X509_NAME *subject = X509_NAME_new();
	X509 *certificate = X509_new();

	MUST(certificate && subject);
	MUST(X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8, (const uint8_t *)name, -1,
					-1, 0));
	MUST(X509_set_version(certificate, X509_VERSION_3));
	MUST(ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial));
	MUST(X509_set_subject_name(certificate, subject));
	MUST(X509_set_issuer_name(certificate, subject));
	MUST(ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z"));
	MUST(ASN1_TIME_set_string(X509_getm_notAfter(certificate), "20490101000000Z"));
	MUST(X509_set_pubkey(certificate, key));
	MUST(X509_sign(certificate, key, digest));
	X509_NAME_free(subject);
	return certificate;
}

struct bytes fixture_certificate_pem(struct arena *arena, EVP_PKEY *key, const char *name,
				     long serial)
{
	X509 *certificate = fixture_certificate(key, name, serial);
	BIO *out = BIO_new(BIO_s_mem());
	struct bytes pem;
	char *text;
	long size;

	MUST(out && PEM_write_bio_X509(out, certificate));
	size = BIO_get_mem_data(out, &text);
	pem = (struct bytes){(uint8_t *)arena_strndup(arena, text, size), size};
	BIO_free(out);
	X509_free(certificate);
	return pem;
}

struct trust *fixture_trust(EVP_PKEY *key, const char *name, long serial)
{
	struct arena arena = {0};
	struct bytes pem = fixture_certificate_pem(&arena, key, name, serial);
	char why[256] = "";
	struct trust *trust = trust_parse("fixture", pem, why, sizeof(why));

	if (!trust)
		fprintf(stderr, "%s\n", why);
	MUST(trust);
	arena_free(&arena);
	return trust;
}

/* ---- signatures ---- */

struct bytes fixture_sign(struct arena *arena, struct bytes payload, EVP_PKEY *key,
			  const char *name, long serial)
{
	struct trust *trust = fixture_trust(key, name, serial);
	const char *digest = trust->v[0].algorithm == SIGNATURE_ED25519 ? NULL : "SHA256";
	size_t size = EVP_PKEY_get_size(key);
	uint8_t *value = arena_alloc(arena, size), *der = arena_alloc(arena, TG_SIGNATURE_MAX);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct signature s = {trust->v[0].algorithm, trust->v[0].signer, {0}};

	MUST(EVP_DigestSignInit_ex(context, NULL, digest, NULL, NULL, key, NULL) == 1);
	MUST(EVP_DigestSign(context, value, &size, payload.at, payload.size) == 1);
	EVP_MD_CTX_free(context);
	s.value = (struct bytes){value, size};
	size = signature_encode(&s, der, TG_SIGNATURE_MAX);
	MUST(size);
	trust_free(trust);
	return (struct bytes){der, size};
}

struct bytes fixture_join(struct arena *arena, struct bytes payload, struct bytes signature)
{
	struct tg_trailer trailer = {payload.size, (uint32_t)signature.size, 0, ""};
	size_t size = payload.size + signature.size + sizeof(trailer);
	uint8_t *file = arena_alloc(arena, size);

	memcpy(trailer.magic, TG_TRAILER_MAGIC, sizeof(trailer.magic));
	memcpy(file, payload.at, payload.size);
	memcpy(file + payload.size, signature.at, signature.size);
	memcpy(file + payload.size + signature.size, &trailer, sizeof(trailer));
	return (struct bytes){file, size};
}

struct bytes fixture_bundle(struct arena *arena)
{
	EVP_PKEY *key = fixture_ed25519(FIXTURE_SEED);
	struct bytes payload = fixture_payload(arena);
	struct bytes signature = fixture_sign(arena, payload, key, FIXTURE_NAME, FIXTURE_SERIAL);

	EVP_PKEY_free(key);
	return fixture_join(arena, payload, signature);
}

struct trust *fixture_bundle_trust(void)
{
	EVP_PKEY *key = fixture_ed25519(FIXTURE_SEED);
	struct trust *trust = fixture_trust(key, FIXTURE_NAME, FIXTURE_SERIAL);

	EVP_PKEY_free(key);
	return trust;
}
