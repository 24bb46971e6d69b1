// SPDX-License-Identifier: Apache-2.0
#include "policy_read.h"

bool policy_is_terse(const struct policy_file *file)
{
	return file->terse || policy_file_is_terse(file->path);
}

bool policy_read(struct arena *a, struct diags *d, struct sources *s, uint32_t source,
		 const struct policy_file *file, const struct terse_options *options,
		 struct ast *out)
{
	struct yaml_docs docs = {.count = 0};

	if (policy_is_terse(file)) {
		terse_read(a, d, s, source, options, &docs);
		policy_read_tree(a, d, sources_get(s, source), &docs, out);
		return true;
	}
	if (file->found)
		return yaml_read_found(a, d, s, source, out);
	yaml_read(a, d, s, source, out);
	return true;
}
