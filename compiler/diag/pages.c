// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "pages.h"

/* PAGE(id, "name", "file") comes from the folder, by the Makefile. */
#define PAGE(id, name, file)                                                                       \
	__asm__(".pushsection .rodata\n.balign 1\n"                                                \
		"page_" #id ": .incbin \"" file "\"\n"                                             \
		"page_" #id "_end: .byte 0\n.popsection");                                         \
	extern const char page_##id[], page_##id##_end[];
#include "pages.def"
#undef PAGE

const struct page *pages(void)
{
	static const struct page all[] = {
#define PAGE(id, name, file) {name, page_##id, page_##id##_end},
#include "pages.def"
#undef PAGE
		{0}};

	return all;
}

const struct page *page_find(const char *name)
{
	for (const struct page *p = pages(); p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

const char *page_summary(struct arena *a, const struct page *page)
{
	const char *from = memchr(page->text, '\n', page_size(page)), *to;

	while (from && from < page->end && *from == '\n')
		from++;
	if (!from)
		return "";
	to = memchr(from, '\n', (size_t)(page->end - from));
	return arena_strndup(a, from, (size_t)((to ? to : page->end) - from));
}
