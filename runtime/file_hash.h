/* SPDX-License-Identifier: Apache-2.0 */
/* Hashes of files, as the kernel's integrity subsystem (IMA) gives them and as events show them. */
#ifndef TGRUN_FILE_HASH_H
#define TGRUN_FILE_HASH_H

#include <stdbool.h>
#include <stdint.h>
#include "bpf-templates/tg_event.h"
#include "runtime/record.h"

#define FILE_HASH_TEXT 160 /* bytes of the longest text, its NUL included */

/* "sha256:0123..."; false: there is no hash, or Tetragon has no name for its algorithm. */
bool file_hash_text(char text[FILE_HASH_TEXT], const struct tg_file_hash *hash);
/* Of a record's part; false: it is no hash. */
bool file_hash_read(struct tg_file_hash *out, const struct record_text *part);

#endif
