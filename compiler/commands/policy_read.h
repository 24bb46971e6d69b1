/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a policy file in the language that its name tells: .tg, or YAML. */
#ifndef TGC_POLICY_READ_H
#define TGC_POLICY_READ_H

#include "compiler/read/ast.h"
#include "compiler/terse/terse.h"
#include "policy_files.h"

bool policy_is_terse(const struct policy_file *file);

/*
 * Reads a file of the sources. `options`: what the terse language wants to know, or NULL. False:
 * the file was found rather than named and holds no policy; nothing was reported of it then.
 */
bool policy_read(struct arena *a, struct diags *d, struct sources *s, uint32_t source,
		 const struct policy_file *file, const struct terse_options *options,
		 struct ast *out);

#endif
