/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes' label selectors in their text form: "app in (cart, web),tier!=test,!canary".
 */
#ifndef TGRUN_LABEL_SELECTOR_H
#define TGRUN_LABEL_SELECTOR_H

#include "runtime/event_view.h"

struct label_selector;

/* NULL when the text is not well-formed or memory runs out; `*why` is then a constant text. */
struct label_selector *label_selector_parse(const char *text, const char **why);
void label_selector_free(struct label_selector *s);

/* Whether the labels meet all requirements; an empty selector is met by any. */
bool label_selector_matches(const struct label_selector *s, const struct label *labels,
			    size_t count);

#endif
