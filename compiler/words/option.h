/* SPDX-License-Identifier: Apache-2.0 */
/* spec.options: names and values. */
#ifndef TGC_OPTION_H
#define TGC_OPTION_H

#include "compiler/values/value_error.h"

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "grammar/options.def"
	OPTION_COUNT
};

enum policy_mode { MODE_ENFORCE, MODE_MONITOR };
enum override_method { OVERRIDE_AUTOMATIC, OVERRIDE_FMOD_RET, OVERRIDE_RETURN };

/* OPTION_COUNT: there is no such option. */
enum option_id option_find(const char *name, size_t len);
const char *option_name(enum option_id id);
/*
 * `*out` is 0 or 1, an enum policy_mode, an enum override_method, or a count above 0.
 */
bool option_parse(struct arena *a, enum option_id id, const struct ast_str *text, uint32_t *out,
		  struct value_error *e);

#endif
