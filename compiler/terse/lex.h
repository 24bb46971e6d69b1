/* SPDX-License-Identifier: Apache-2.0 */
/* What the scanner of grammar/tgc.l does with what it finds; the tokens' names. */
#ifndef TGC_TERSE_LEX_H
#define TGC_TERSE_LEX_H

#include "parse.h"

#include "tgc.tab.h"

int terse_scan(void *scanner, struct terse_token *t);

/* Called for everything that matches, blanks included. */
void terse_place_token(struct terse_parser *p, struct terse_token *t, size_t len);
void terse_comment(struct terse_parser *p, struct terse_token *t);
_Noreturn void terse_scanner_died(const char *why);

/* Each returns the token's kind. */
int terse_word(struct terse_parser *p, struct terse_token *t, int kind, const char *s, size_t len);
int terse_string(struct terse_parser *p, struct terse_token *t, const char *s, size_t len);
int terse_backticks(struct terse_parser *p, struct terse_token *t, const char *s, size_t len);
int terse_sign(struct terse_token *t, int kind);

/* The same for what is no part of the language, which is said. */
int terse_open_string(struct terse_parser *p, struct terse_token *t, const char *s, size_t len);
int terse_single_quotes(struct terse_parser *p, struct terse_token *t, const char *s, size_t len);
int terse_bad_number(struct terse_parser *p, struct terse_token *t, const char *s, size_t len);
int terse_other_sign(struct terse_parser *p, struct terse_token *t, int kind, const char *word);
void terse_slashes(struct terse_parser *p, struct terse_token *t);
void terse_strange(struct terse_parser *p, struct terse_token *t);

#endif
