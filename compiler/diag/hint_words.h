/* SPDX-License-Identifier: Apache-2.0 */
/* Hints for policies in the terse language, where the stages behind the readers speak YAML. */
#ifndef TGC_HINT_WORDS_H
#define TGC_HINT_WORDS_H

struct arena;

/* The hint in the words of the terse language; NULL: it would only confuse. */
const char *hint_in_terse(struct arena *a, const char *hint);

#endif
