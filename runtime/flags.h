/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_FLAGS_H
#define TGRUN_FLAGS_H

#include <stdint.h>

#define FLAGS_TEXT_SIZE 256

/* The words of a process's flag bits (TG_P_*), in their fixed order. Returns `text`. */
const char *flags_text(char text[FLAGS_TEXT_SIZE], uint32_t flags);

#endif
