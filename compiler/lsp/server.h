/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the parts of the language server (compiler/lsp) only. */
#ifndef TGC_LSP_SERVER_H
#define TGC_LSP_SERVER_H

#include <jansson.h>
#include "compiler/base/arena.h"
#include "document.h"
#include "lsp.h"
#include "position.h"
#include "setup.h"
#include "transport.h"

/* Codes of the protocol. */
enum lsp_code {
	LSP_PARSE_ERROR = -32700,
	LSP_INVALID_REQUEST = -32600,
	LSP_METHOD_NOT_FOUND = -32601,
	LSP_INVALID_PARAMS = -32602,
	LSP_NOT_INITIALIZED = -32002,
	LSP_REQUEST_FAILED = -32803,
	LSP_REQUEST_CANCELLED = -32800,
};

enum { LSP_QUEUE_MAX = 256, LSP_DOCUMENTS_MAX = 1000 };

/* A message that was read and not looked at yet. */
struct lsp_queued {
	json_t *message; /* NULL: it could not be read, `code` and `why` say why */
	enum lsp_code code;
	const char *why;
	bool cancelled;
};

enum lsp_state { LSP_STARTING, LSP_RUNNING, LSP_SHUT };

struct lsp_server {
	const struct lsp_options *options;
	struct lsp_input input;
	int out;
	struct lsp_queued queue[LSP_QUEUE_MAX];
	size_t queued;
	enum lsp_state state;
	bool utf8;     /* how characters are counted */
	bool nested;   /* the client takes symbols within symbols */
	bool related;  /* and places of notes */
	bool snippets; /* and places to fill in */
	bool done;     /* exit, or nobody is there */
	struct document *documents;
	size_t document_count;
	struct setup *setups;
};

/* One request: what it makes lives in `arena`, and ends with it. */
struct lsp_request {
	struct lsp_server *server;
	struct arena *arena;
	const json_t *params;
	enum lsp_code code; /* of its failure, when it gives NULL */
	const char *why;
};

/* NULL: it failed. What was not found is null. */
typedef json_t *lsp_handler(struct lsp_request *r);
lsp_handler lsp_initialize, lsp_shutdown, lsp_hover, lsp_complete, lsp_definition, lsp_symbols,
	lsp_format, lsp_actions, lsp_prepare_rename, lsp_rename, lsp_references, lsp_highlight;

typedef void lsp_listener(struct lsp_request *r);
lsp_listener lsp_did_open, lsp_did_change, lsp_did_save, lsp_did_close, lsp_did_change_files;

/* Sets the failure; returns NULL. */
json_t *lsp_fail(struct lsp_request *r, enum lsp_code code, const char *why);
/* Takes `params`. */
void lsp_notify(struct lsp_server *s, const char *method, json_t *params);

/* The document that a request is about, analysed as its text is now. NULL: it is not open, which
 * is the request's failure. */
struct document *lsp_request_document(struct lsp_request *r);
/* The same, and the byte that `position` names. */
struct document *lsp_request_place(struct lsp_request *r, uint32_t *offset);

/* A string of the client's, or NULL: it is none, or has NULs. */
const char *lsp_text(const json_t *object, const char *key);
/* A string of ours, as JSON can have it: what is no UTF-8 is shown as escapes. */
json_t *lsp_string(struct arena *a, const char *text);
json_t *lsp_markdown(struct arena *a, const char *text);
/* A change of one document to `edits`, which are taken. */
json_t *lsp_workspace_edit(const char *uri, json_t *edits);
json_t *lsp_text_edit(struct arena *a, json_t *range, const char *text);

/* ---- analysis --------------------------------------------------------------------------- */

/* Brings the analysis up to date, and tells the client what was found. */
void lsp_refresh(struct lsp_server *s, struct document *d);
/* The same for all documents whose text, or what they depend on, has changed. */
void lsp_refresh_all(struct lsp_server *s);
/* Forgets what a document was told to have. */
void lsp_publish_nothing(struct lsp_server *s, const struct document *d);
/* A message in one text: the sentence, notes, hints. */
const char *lsp_diag_text(struct arena *a, const struct diags *d, const struct diag *g,
			  bool with_places);

#endif
