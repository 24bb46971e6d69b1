// SPDX-License-Identifier: Apache-2.0
#include "bundle_inspect.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *word(const char *const *words, size_t count, uint32_t number)
{
	return number < count && words[number] ? words[number] : "unknown";
}

const char *bundle_hook_kind(uint32_t kind)
{
	static const char *const words[] = {
		[TG_HOOK_KPROBE] = "kprobe",
		[TG_HOOK_LSM] = "lsm",
		[TG_HOOK_TRACEPOINT] = "tracepoint",
		[TG_HOOK_UPROBE] = "uprobe",
		[TG_HOOK_USDT] = "usdt",
		[TG_HOOK_LOADER] = "loader",
	};

	return word(words, COUNT(words), kind);
}

const char *bundle_attach(uint32_t attach)
{
	static const char *const words[] = {
		[TG_ATTACH_FENTRY] = "fentry",
		[TG_ATTACH_FMOD_RET] = "fmod_ret",
		[TG_ATTACH_LSM] = "lsm",
		[TG_ATTACH_KPROBE] = "kprobe",
		[TG_ATTACH_TRACEPOINT] = "tracepoint",
		[TG_ATTACH_TP_BTF] = "tp_btf",
		[TG_ATTACH_FEXIT] = "fexit",
		[TG_ATTACH_KRETPROBE] = "kretprobe",
		[TG_ATTACH_KPROBE_MULTI] = "kprobe.multi",
		[TG_ATTACH_UPROBE] = "uprobe",
		[TG_ATTACH_URETPROBE] = "uretprobe",
		[TG_ATTACH_KRETPROBE_MULTI] = "kretprobe.multi",
		[TG_ATTACH_ITER_TASK] = "iter/task",
		[TG_ATTACH_KPROBE_OVERRIDE] = "kprobe, override",
		[TG_ATTACH_UPROBE_REGISTERS] = "uprobe, registers",
		[TG_ATTACH_UPROBE_MEMORY] = "uprobe, memory",
		[TG_ATTACH_LSM_SLEEPABLE] = "lsm, sleepable",
	};

	return word(words, COUNT(words), attach);
}

const char *bundle_arg_type(uint32_t type)
{
	static const char *const words[] = {
#define ARG_TYPE(id, word) [TG_ARG_##id] = word,
#include "runtime/arg_types.def"
	};

	return word(words, COUNT(words), type);
}

const char *bundle_digest_kind(uint32_t kind)
{
	static const char *const words[] = {
		[TG_DIGEST_SOURCE] = "source",
		[TG_DIGEST_BTF] = "btf",
		[TG_DIGEST_COMPILER] = "compiler",
	};

	return word(words, COUNT(words), kind);
}

const char *bundle_algorithm(enum signature_algorithm algorithm)
{
	static const char *const words[] = {
		[SIGNATURE_RSA_SHA256] = "rsa-sha256",
		[SIGNATURE_ECDSA_SHA256] = "ecdsa-sha256",
		[SIGNATURE_ED25519] = "ed25519",
	};

	return word(words, COUNT(words), algorithm);
}

void bundle_sha256_text(const uint8_t sha256[32], char out[65])
{
	for (int i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", sha256[i]);
}
