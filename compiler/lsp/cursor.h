/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the cursor is, told from the text in front of it, so that it holds for texts with mistakes
 * as well: what may stand there, which word is being written, which hook it is about.
 */
#ifndef TGC_LSP_CURSOR_H
#define TGC_LSP_CURSOR_H

#include "compiler/read/yaml_schema.h"
#include "compiler/words/hook_kinds.h"
#include "document.h"

enum place_kind {
	PLACE_NONE,
	/* of both languages */
	PLACE_HOOK,   /* the name of what is watched */
	PLACE_TYPE,   /* of an argument */
	PLACE_MEMBER, /* behind `path` */
	PLACE_OPTION, /* the name of an option */
	/* of the terse language */
	PLACE_STATEMENT,
	PLACE_ARGUMENT,
	PLACE_CONDITION, /* what a comparison begins with */
	PLACE_RULE,	 /* the same, at the start of a line */
	PLACE_OPERATOR,
	PLACE_VALUE,
	PLACE_AFTER, /* a whole condition stands in front */
	PLACE_ACTION,
	PLACE_ACTION_WORD, /* behind the action `path` */
	PLACE_MODE,
	PLACE_FOR,
	PLACE_LIST_TYPE,
	PLACE_ESCAPE, /* behind @ in a condition */
	PLACE_LIST_NAME,
	PLACE_NEED,	   /* behind `when`: the word that comes next */
	PLACE_KERNEL_NAME, /* what a kernel has or lacks */
	/* of YAML */
	PLACE_KEY,    /* of `object` */
	PLACE_SCALAR, /* the value of `key` */
};

/* The hook that the cursor is in. Strings are NULL when they are not known. */
struct hook_at {
	bool is_hook;
	enum hook_kind kind;
	bool syscall;
	const char *symbol;    /* the event of a tracepoint */
	const char *subsystem; /* of tracepoints */
	struct span at;	       /* of the symbol */
};

/* An argument that the hook lists, in the terse language. */
struct listed {
	const char *name; /* what conditions call it */
	const char *path; /* "file.f_inode": what it is */
	const char *type; /* NULL: none is written */
};

/* A key beside the cursor, and its value when that is a word. */
struct sibling {
	const char *key, *value;
	struct span at; /* of the value */
};

struct cursor {
	enum place_kind place;
	struct span word;  /* the whole word at the cursor; empty: none */
	const char *typed; /* of it, what stands in front of the cursor */
	const char *text;  /* the word */
	struct hook_at hook;
	struct listed *listed;
	size_t listed_count, listed_room;
	const char *path; /* "sk.__sk_common": what a member, operator or value belongs to */
	/* YAML */
	enum schema_object object;
	const struct schema_key *key;
	const char *section; /* the key that the object is under: matchArgs */
	bool quoted, flow;   /* in quotes; in braces or brackets */
	struct sibling *siblings;
	size_t sibling_count, sibling_room;
};

/* What the cursor is at, when it is in a word or behind one. */
struct cursor cursor_at(struct arena *a, const struct document *d, uint32_t offset);

/* cursor_terse.c, cursor_yaml.c: fill in the rest. */
void cursor_terse(struct arena *a, const struct source *f, struct cursor *c);
void cursor_yaml(struct arena *a, const struct source *f, struct cursor *c);

/* The value of the key beside the cursor, or NULL. */
const char *cursor_sibling(const struct cursor *c, const char *key);

#endif
