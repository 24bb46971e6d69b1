/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which line of a policy an instruction comes from, by the object's own line information
 * (.BTF.ext). For kernels whose logs do not say it.
 */
#ifndef TG_OBJECT_LINES_H
#define TG_OBJECT_LINES_H

#include "runtime/object_code.h"

struct object_line {
	const char *file; /* without folders; in the object's bytes */
	uint32_t line;
};

/*
 * The last line of a policy at or before instruction `insn` of the program as libbpf gives it to
 * the kernel, in the function that has it; else the program's first line. `insn` < 0: that one.
 * False when the object does not tell.
 */
bool object_line_find(struct object_line *out, const struct code *c, const char *program,
		      int64_t insn);

#endif
