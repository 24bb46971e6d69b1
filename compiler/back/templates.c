// SPDX-License-Identifier: Apache-2.0
/* The headers and the library of bpf-templates/, inside the program: a user needs only clang. */
#include "object.h"

#define TEMPLATE(id, file)                                                                         \
	__asm__(".pushsection .rodata\n.balign 1\n"                                                \
		"template_" #id ": .incbin \"" file "\"\n"                                         \
		"template_" #id "_end: .byte 0\n.popsection");                                     \
	extern const char template_##id[], template_##id##_end[];
#include "templates.def"
#undef TEMPLATE

const struct template *templates(void)
{
	static const struct template all[] = {
#define TEMPLATE(id, file) {file, template_##id, template_##id##_end},
#include "templates.def"
#undef TEMPLATE
		{0}};

	return all;
}
