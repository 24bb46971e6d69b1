// SPDX-License-Identifier: Apache-2.0
#include "hook_kinds.h"

static const struct {
	const char *section, *noun;
} kinds[HOOK_KINDS] = {
#define HOOK(id, section, noun) [HOOK_##id] = {section, noun},
#include "grammar/hooks.def"
};

#define YES	SUPPORT_YES
#define REFUSED SUPPORT_REFUSED
#define IDLE	SUPPORT_IDLE

static const struct {
	const char *words;
	enum hook_support on[HOOK_KINDS];
} features[FEATURE_COUNT] = {
#define FEATURE(id, words, ...) [FEATURE_##id] = {words, {__VA_ARGS__}},
#include "grammar/hooks.def"
};

const char *hook_noun(enum hook_kind kind)
{
	return kinds[kind].noun;
}

const char *hook_article(enum hook_kind kind)
{
	return kind == HOOK_LSM ? "an" : "a";
}

const char *hook_section(enum hook_kind kind)
{
	return kinds[kind].section;
}

enum hook_support hook_supports(enum hook_kind kind, enum hook_feature feature)
{
	return features[feature].on[kind];
}

const char *hook_feature_words(enum hook_feature feature)
{
	return features[feature].words;
}
