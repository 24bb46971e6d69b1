/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax of a .tg file as a tree: what was written, with places, no meaning. Made by the
 * parser of grammar/tgc.y, owned by the arena, read-only afterwards.
 */
#ifndef TGC_TERSE_TREE_H
#define TGC_TERSE_TREE_H

#include "compiler/base/source.h"

struct arena;
struct diags;

enum terse_kind {
	/* leaves: `text` */
	T_NAME,	    /* also in backticks */
	T_STRING,   /* decoded */
	T_NUMBER,   /* as written: 0x10, -1 */
	T_NEGATIVE, /* -EPERM, without the dash */
	T_ADDRESS,  /* 10.0.0.0/8, ::1 */
	T_DURATION, /* 5m */
	T_MARK,	    /* a sign between words */
	/* values */
	T_LIST,	 /* kids: values */
	T_RANGE, /* low, high */
	T_BITS,	 /* kids, joined by | */
	T_LOAD,	 /* a file's lines: STRING */
	T_NAMED, /* `list NAME`: NAME NAME */
	T_MAP,	 /* kids: PAIR */
	T_PAIR,	 /* key, value */
	/* conditions; an ATTR is one, too */
	T_REF,	 /* kids: NAME, then NAME (member) or NUMBER (element) */
	T_AND,	 /* two */
	T_OR,	 /* two */
	T_NOT,	 /* one */
	T_TEST,	 /* REF [REF]; `op`; last: LIST or NULL */
	T_CALL,	 /* REF, LIST of REQUIREMENT or of values */
	T_NEEDS, /* a requirement of labels: key, LIST or NULL; `op` */
	/* parts of hooks */
	T_ATTR,	  /* NAME, value or NULL */
	T_PARAM,  /* alias or NULL, REF, type or NULL, size REF or NULL, LIST of ATTR */
	T_ACTION, /* LIST of words, LIST of ATTR */
	T_RULE,	  /* label or NULL, condition or NULL (default), LIST of actions or NULL */
	/* statements; `op` is the keyword's token */
	T_STATEMENT, /* kids as the grammar says */
	T_HOOK,	     /* LIST of words, LIST of PARAM or NULL, result or NULL, LIST of ATTR, LIST of
			items;      `op`: the kind's token */
};

/* How a test compares. */
enum terse_op {
	TEST_IS_TRUE, /* no operator: a macro */
	TEST_EQUAL,
	TEST_LESS,
	TEST_GREATER,
	TEST_AT_MOST,
	TEST_AT_LEAST,
	TEST_BITS,
	TEST_UNDER,
	TEST_STARTS,
	TEST_ENDS,
	TEST_CONTAINS,
	TEST_ICONTAINS,
	TEST_MATCHES, /* globs */
	TEST_IS,      /* `privileged` */
	TEST_ESCAPE,  /* @Operator: its name is `text` */
};

enum terse_need { NEED_EQUAL, NEED_IN, NEED_NOT_IN, NEED_HAS, NEED_LACKS };

struct terse_node {
	enum terse_kind kind;
	struct span at;
	const char *text;
	size_t len;
	int op;
	bool negated;	/* T_TEST */
	unsigned flags; /* T_HOOK: HOOK_*; T_TEST: TEST_TURNED, `not` was moved to it */
	unsigned depth; /* levels below */
	struct terse_node **kids;
	size_t count, room;
};

enum { TEST_TURNED = 1 };
enum { HOOK_OPTIONAL = 1, HOOK_RAW = 2, HOOK_SYSCALL = 4, HOOK_WHEN = 8 };

enum {
	TERSE_MAX_DEPTH = 200,	  /* of nesting */
	TERSE_MAX_NODES = 400000, /* in a file */
	TERSE_MAX_MEMBERS = 64,	  /* of a path */
};

struct terse_file {
	struct terse_node *statements; /* a LIST */
	bool bad;		       /* something was reported */
};

/* Reads a file of the sources. What is wrong is reported; the rest is in `out` all the same. */
void terse_parse(struct arena *a, struct diags *d, const struct sources *s, uint32_t file,
		 struct terse_file *out);

#endif
