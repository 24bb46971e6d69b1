/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of hooks, and what each can do: grammar/hooks.def as tables. */
#ifndef TGC_HOOK_KINDS_H
#define TGC_HOOK_KINDS_H

enum hook_kind {
#define HOOK(id, ...) HOOK_##id,
#include "grammar/hooks.def"
	HOOK_KINDS
};

enum hook_feature {
#define FEATURE(id, ...) FEATURE_##id,
#include "grammar/hooks.def"
	FEATURE_COUNT
};

/* What Tetragon does about a feature on a kind of hook. */
enum hook_support {
	SUPPORT_YES,
	SUPPORT_REFUSED, /* the policy does not load */
	SUPPORT_IDLE,	 /* accepted, and nothing happens */
};

/* "kprobe", "LSM hook" */
const char *hook_noun(enum hook_kind kind);
/* "a" or "an", before the noun */
const char *hook_article(enum hook_kind kind);
/* The key of its section: "kprobes". */
const char *hook_section(enum hook_kind kind);
enum hook_support hook_supports(enum hook_kind kind, enum hook_feature feature);
/* "`resolve`", "stack traces" */
const char *hook_feature_words(enum hook_feature feature);

#endif
