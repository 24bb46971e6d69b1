/* SPDX-License-Identifier: Apache-2.0 */
/* Profiles for people and for scripts. A fact that a profile does not have is "unknown", in
 * JSON null. */
#ifndef TGC_PROFILE_PRINT_H
#define TGC_PROFILE_PRINT_H

#include <stdio.h>
#include "profile.h"

void profiles_print_list(FILE *to, struct profile *const *profiles, size_t count);
void profiles_print_json(FILE *to, struct profile *const *profiles, size_t count);
void profile_print_text(FILE *to, const struct profile *p);
void profile_print_json(FILE *to, const struct profile *p);

#endif
