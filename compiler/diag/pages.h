/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of docs/rules, inside the program: one for each name in diag.def and rules.def. */
#ifndef TGC_PAGES_H
#define TGC_PAGES_H

#include <stddef.h>

struct arena;

struct page {
	const char *name;
	const char *text, *end; /* Markdown, not NUL-terminated */
};

/* The page of this name, or NULL. */
const struct page *page_find(const char *name);
/* All of them; ends with one that has no name. */
const struct page *pages(void);
/* The sentence that stands below the title. In the arena. */
const char *page_summary(struct arena *a, const struct page *page);

static inline size_t page_size(const struct page *page)
{
	return (size_t)(page->end - page->text);
}

#endif
