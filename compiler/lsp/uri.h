/* SPDX-License-Identifier: Apache-2.0 */
/* Documents' addresses and paths. */
#ifndef TGC_LSP_URI_H
#define TGC_LSP_URI_H

#include <stdbool.h>

struct arena;

/* The path of a `file:` address; of another, the address itself. Never with NULs. */
const char *lsp_uri_path(struct arena *a, const char *uri);
bool lsp_uri_is_file(const char *uri);
/* The address of a path; relative ones are below the current folder. */
const char *lsp_path_uri(struct arena *a, const char *path);
/* Without `.`, `..` and double slashes, by the letters alone. */
const char *lsp_path_clean(struct arena *a, const char *path);
const char *lsp_path_folder(struct arena *a, const char *path);

#endif
