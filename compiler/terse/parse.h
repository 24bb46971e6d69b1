/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the terse parser (grammar/tgc.l, tgc.y; lex.c, parse.c) only. */
#ifndef TGC_TERSE_PARSE_H
#define TGC_TERSE_PARSE_H

#include "tree.h"

struct terse_token {
	int kind; /* of the parser */
	struct span at;
	const char *text; /* decoded; NULL for signs */
	size_t len;
	bool line_before; /* it is the first of its line */
	bool quoted;	  /* a name in backticks */
};

struct terse_comment {
	struct span at;
	bool alone; /* on its line */
};

struct terse_parser {
	struct arena *arena;
	struct diags *d; /* NULL: silent */
	const struct source *source;
	uint32_t file, pos;
	void *scanner;
	bool line;			    /* a line has ended since the last token */
	struct terse_token ahead;	    /* read, not given yet */
	struct terse_token current, before; /* given last, and before that */
	bool has_ahead, has_last, done;
	int last;	 /* the token given last */
	unsigned nested; /* ( and [ that are open */
	unsigned braces;
	unsigned when;	   /* where in a condition behind `when` (lex.c); 0: in none */
	int extra;	   /* braces passed over that are open */
	bool unclosed;	   /* a missing bracket was reported at the token ahead */
	uint32_t last_end; /* of the token given last that is in the text */
	size_t nodes;
	bool too_large, bad;
	struct terse_node *statements;
	/* NULL, or called for each comment and token that is read. */
	void (*seen)(void *data, const struct terse_token *t, bool comment);
	void *seen_data;
};

bool terse_parser_open(struct terse_parser *p, const struct source *f, uint32_t file);
void terse_parser_close(struct terse_parser *p);
/* A brace that was said to be wrong opens nothing. */
void terse_forget_brace(struct terse_parser *p);
/* The grammar, from the first token to the last. */
void terse_parse_file(struct terse_parser *p);
/* The next token as the grammar wants it, ends of statements filled in; 0 at the end. */
int terse_next(struct terse_parser *p, struct terse_token *out);
/* The keyword's token, or 0. `places`: bits of 1 << enum terse_place. */
enum terse_place { TERSE_RESERVED, TERSE_STATEMENT, TERSE_RULE };
int terse_keyword(const char *text, unsigned places);
const char *terse_keyword_text(int token);

struct terse_node *terse_leaf(struct terse_parser *p, enum terse_kind kind,
			      const struct terse_token *t);
/* A node of `count` kids, NULLs allowed, that covers their places. */
struct terse_node *terse_node(struct terse_parser *p, enum terse_kind kind, size_t count, ...);
struct terse_node *terse_add(struct terse_parser *p, struct terse_node *list,
			     struct terse_node *kid);
/* The place from `a` to the end of `b`. */
struct span terse_join(struct span a, struct span b);

/* Reports a mistake, with a hint or NULL. */
void terse_mistake(struct terse_parser *p, struct span at, const char *hint, const char *text, ...)
	__attribute__((format(printf, 4, 5)));
/* Reports what the grammar did not expect. `expected`: words for up to `count` tokens. */
void terse_unexpected(struct terse_parser *p, const struct terse_token *t,
		      const char *const *expected, int count);

#endif
