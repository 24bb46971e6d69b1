/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by complete*.c only. */
#ifndef TGC_LSP_COMPLETE_H
#define TGC_LSP_COMPLETE_H

#include "compiler/check/check.h"
#include "compiler/words/names.h"
#include "compiler/words/syscalls.h"
#include "server.h"
#include "cursor.h"
#include "view.h"
#include "words.h"

enum { OFFERS_MAX = 100 };

/* Kinds of the protocol. */
enum offer_kind {
	OFFER_FUNCTION = 3,
	OFFER_FIELD = 5,
	OFFER_VARIABLE = 6,
	OFFER_PROPERTY = 10,
	OFFER_VALUE = 12,
	OFFER_KEYWORD = 14,
	OFFER_CONSTANT = 21,
	OFFER_TYPE = 25,
};

struct offer {
	const char *label, *detail, *doc;
	const char *put; /* what is written; NULL: the label */
	enum offer_kind kind;
	int score; /* 0: by the label */
};

struct scored {
	struct offer item;
	int score;
	size_t order; /* as they were offered */
};

struct offering {
	struct lsp_request *request;
	struct arena *arena;
	struct document *doc;
	uint32_t offset;
	struct cursor c;
	struct scored *offers;
	size_t count, room;
	bool more; /* there are more than were offered */
};

/* Adds it when it fits what was typed. */
void offer(struct offering *o, const struct offer *item);
/* Names that the kernels have; each is written with the prefix. */
void offer_known(struct offering *o, enum known_kind kind, const char *typed, const char *prefix);
void offer_hooks(struct offering *o, const struct hook_at *hook);
/* All of the kernels, by the letters typed. */
void offer_functions(struct offering *o);
void offer_syscalls(struct offering *o, const char *prefix);
void offer_members(struct offering *o, struct view_type of);
void offer_set(struct offering *o, enum name_set set);
void offer_words(struct offering *o, enum word_set set);

void complete_terse(struct offering *o);
void complete_yaml(struct offering *o);

#endif
