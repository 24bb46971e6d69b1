/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this kernel can do, found out by trying, never by its version. Each probe runs once,
 * when its answer is first needed.
 */
#ifndef TGRUN_FEATURES_H
#define TGRUN_FEATURES_H

#include <stdbool.h>
#include "runtime/artifact.h"
#include "runtime/kernel_btf.h"

enum feature {
	FEATURE_BTF,
	FEATURE_PROGRAM_ALLOCATION, /* programs may allocate map entries wherever they run */
	FEATURE_FENTRY,
	FEATURE_FMOD_RET,
	FEATURE_LSM,
	FEATURE_KPROBE,
	FEATURE_KPROBE_MULTI,
	FEATURE_UPROBE,
	FEATURE_TRACEPOINT,
	FEATURE_TP_BTF,
	FEATURE_ITER_TASK,
	FEATURE_OVERRIDE_RETURN,
	FEATURE_UPROBE_REGISTERS,
	FEATURE_UPROBE_MEMORY,
	FEATURE_FILE_HASH, /* LSM programs that may sleep, and ask for hashes of files */
	FEATURE_COUNT,
};

#define FEATURE_WHY_SIZE 256

struct feature_answer {
	bool known, present;
	char why[FEATURE_WHY_SIZE]; /* a sentence, when absent */
};

struct features {
	struct kernel_btf btf; /* open once FEATURE_BTF has been asked for */
	struct feature_answer answers[FEATURE_COUNT];
};

bool features_have(struct features *f, enum feature feature);

/* Why the feature is absent: a sentence that begins with what is missing. */
const char *features_why(const struct features *f, enum feature feature);

/* What a variant needs; FEATURE_COUNT for an attach type of a later format. */
enum feature features_of_attach(enum tg_attach attach);

/* "fentry", "kprobe", ... for messages. */
const char *features_attach_name(enum tg_attach attach);

/* Whether the kernel's type information knows a function of this name. */
bool features_have_function(struct features *f, const char *name);

/* Gives the memory back; the answers stay. */
void features_release(struct features *f);

#endif
