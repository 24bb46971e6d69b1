/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_JSON_NAME_H
#define TGRUN_JSON_NAME_H

#include <stdbool.h>

/* Whether `given` is the member `name` (snake_case), in that form or in lowerCamelCase. */
bool json_name_is(const char *given, const char *name);

#endif
