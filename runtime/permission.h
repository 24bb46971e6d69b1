/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_PERMISSION_H
#define TGRUN_PERMISSION_H

#include <stdint.h>

#define PERMISSION_TEXT_SIZE 11

/* An inode mode as `ls -l` shows it; without the type letter when the type is 0. */
const char *permission_text(char text[PERMISSION_TEXT_SIZE], uint16_t mode);

#endif
