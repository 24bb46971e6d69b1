// SPDX-License-Identifier: Apache-2.0
/* The life of the server: messages are read ahead, so that what was cancelled is not done. */
#include <stdlib.h>
#include <string.h>
#include "server.h"

/* ---- out -------------------------------------------------------------------------------- */

static void send(struct lsp_server *s, json_t *message)
{
	char *text;

	json_object_set_new(message, "jsonrpc", json_string("2.0"));
	text = json_dumps(message, JSON_COMPACT);
	if (!text || !lsp_output(s->out, text, strlen(text)))
		s->done = true;
	free(text);
	json_decref(message);
}

static void reply_error(struct lsp_server *s, const json_t *id, enum lsp_code code, const char *why)
{
	json_t *m = json_object();

	json_object_set_new(m, "id", id ? json_incref((json_t *)id) : json_null());
	json_object_set_new(m, "error", json_pack("{s:i,s:s}", "code", (int)code, "message", why));
	send(s, m);
}

void lsp_notify(struct lsp_server *s, const char *method, json_t *params)
{
	send(s, json_pack("{s:s,s:o}", "method", method, "params", params));
}

json_t *lsp_fail(struct lsp_request *r, enum lsp_code code, const char *why)
{
	r->code = code;
	r->why = why;
	return NULL;
}

/* ---- methods ---------------------------------------------------------------------------- */

static json_t *capabilities(const struct lsp_server *s)
{
	return json_pack("{s:s,s:{s:b,s:i,s:{s:b}},s:b,s:{s:[s,s,s,s,s,s],s:b},s:b,s:b,s:b,s:b,s:b,"
			 "s:{s:[s,s]},s:{s:b}}",
			 "positionEncoding", s->utf8 ? "utf-8" : "utf-16", "textDocumentSync",
			 "openClose", 1, "change", 2, "save", "includeText", 0, "hoverProvider", 1,
			 "completionProvider", "triggerCharacters", ".", ":", " ", "\"", "/", "@",
			 "resolveProvider", 0, "definitionProvider", 1, "referencesProvider", 1,
			 "documentHighlightProvider", 1, "documentSymbolProvider", 1,
			 "documentFormattingProvider", 1, "codeActionProvider", "codeActionKinds",
			 "quickfix", "source.fixAll", "renameProvider", "prepareProvider", 1);
}

static const json_t *path_of(const json_t *j, const char *a, const char *b, const char *c)
{
	j = json_object_get(json_object_get(j, a), b);
	return c ? json_object_get(j, c) : j;
}

static bool offers_utf8(const json_t *capable)
{
	const json_t *list = path_of(capable, "general", "positionEncodings", NULL);
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)list, i,
			   item) if (json_is_string(item) &&
				     !strcmp(json_string_value(item), "utf-8")) return true;
	return false;
}

json_t *lsp_initialize(struct lsp_request *r)
{
	const json_t *capable = json_object_get(r->params, "capabilities");
	const json_t *documents = json_object_get(capable, "textDocument");
	struct lsp_server *s = r->server;

	if (s->state != LSP_STARTING)
		return lsp_fail(r, LSP_INVALID_REQUEST, "the server is initialized already");
	s->state = LSP_RUNNING;
	s->utf8 = offers_utf8(capable);
	s->nested = json_is_true(
		path_of(documents, "documentSymbol", "hierarchicalDocumentSymbolSupport", NULL));
	s->related =
		json_is_true(path_of(documents, "publishDiagnostics", "relatedInformation", NULL));
	s->snippets =
		json_is_true(path_of(documents, "completion", "completionItem", "snippetSupport"));
	return json_pack("{s:o,s:{s:s,s:s}}", "capabilities", capabilities(s), "serverInfo", "name",
			 "tgc", "version", TGC_VERSION);
}

json_t *lsp_shutdown(struct lsp_request *r)
{
	r->server->state = LSP_SHUT;
	return json_null();
}

static void ignore(struct lsp_request *r)
{
	(void)r;
}

static const struct request {
	const char *method;
	lsp_handler *handle;
} requests[] = {
	{"initialize", lsp_initialize},
	{"shutdown", lsp_shutdown},
	{"textDocument/hover", lsp_hover},
	{"textDocument/completion", lsp_complete},
	{"textDocument/definition", lsp_definition},
	{"textDocument/references", lsp_references},
	{"textDocument/documentHighlight", lsp_highlight},
	{"textDocument/documentSymbol", lsp_symbols},
	{"textDocument/formatting", lsp_format},
	{"textDocument/codeAction", lsp_actions},
	{"textDocument/prepareRename", lsp_prepare_rename},
	{"textDocument/rename", lsp_rename},
};

static const struct notification {
	const char *method;
	lsp_listener *handle;
} notifications[] = {
	{"initialized", ignore},
	{"textDocument/didOpen", lsp_did_open},
	{"textDocument/didChange", lsp_did_change},
	{"textDocument/didSave", lsp_did_save},
	{"textDocument/didClose", lsp_did_close},
	{"workspace/didChangeWatchedFiles", lsp_did_change_files},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void run_request(struct lsp_server *s, const struct request *q, const json_t *message,
			const json_t *id)
{
	struct arena arena = {.head = NULL};
	struct lsp_request r = {.server = s,
				.arena = &arena,
				.params = json_object_get(message, "params"),
				.code = LSP_REQUEST_FAILED,
				.why = "the request failed"};
	json_t *result = q->handle(&r);

	if (result)
		send(s, json_pack("{s:O,s:o}", "id", id, "result", result));
	else
		reply_error(s, id, r.code, r.why);
	arena_free(&arena);
}

static void take_request(struct lsp_server *s, const char *method, const json_t *message,
			 const json_t *id)
{
	if (s->state == LSP_STARTING && strcmp(method, "initialize")) {
		reply_error(s, id, LSP_NOT_INITIALIZED, "the first request is `initialize`");
		return;
	}
	if (s->state == LSP_SHUT) {
		reply_error(s, id, LSP_INVALID_REQUEST, "the server was shut down");
		return;
	}
	for (size_t i = 0; i < COUNT(requests); i++)
		if (!strcmp(requests[i].method, method)) {
			run_request(s, &requests[i], message, id);
			return;
		}
	reply_error(s, id, LSP_METHOD_NOT_FOUND, "there is no such method");
}

/* Of what is unknown, or comes too early, nothing can be said: there is no answer. */
static void take_notification(struct lsp_server *s, const char *method, const json_t *message)
{
	struct arena arena = {.head = NULL};
	struct lsp_request r = {
		.server = s, .arena = &arena, .params = json_object_get(message, "params")};

	if (!strcmp(method, "exit"))
		s->done = true;
	for (size_t i = 0; s->state == LSP_RUNNING && i < COUNT(notifications); i++)
		if (!strcmp(notifications[i].method, method))
			notifications[i].handle(&r);
	arena_free(&arena);
}

static void dispatch(struct lsp_server *s, const struct lsp_queued *q)
{
	const json_t *id = json_object_get(q->message, "id");
	const char *method = lsp_text(q->message, "method");

	if (!q->message)
		reply_error(s, NULL, q->code, q->why);
	else if (id && !json_is_string(id) && !json_is_integer(id))
		reply_error(s, NULL, LSP_INVALID_REQUEST,
			    "the id is no string and no whole number");
	else if (q->cancelled)
		reply_error(s, id, LSP_REQUEST_CANCELLED, "the request was cancelled");
	else if (method && id)
		take_request(s, method, q->message, id);
	else if (method)
		take_notification(s, method, q->message);
	else if (!json_object_get(q->message, "result") && !json_object_get(q->message, "error"))
		reply_error(s, id, LSP_INVALID_REQUEST, "the message has no method");
}

/* ---- in --------------------------------------------------------------------------------- */

static bool is_cancel(const json_t *m)
{
	const char *method = lsp_text(m, "method");

	return method && !strcmp(method, "$/cancelRequest");
}

static void cancel(struct lsp_server *s, const json_t *id)
{
	for (size_t i = 0; id && i < s->queued; i++) {
		struct lsp_queued *q = &s->queue[i];
		const json_t *other = json_object_get(q->message, "id");

		if (other && json_equal(other, id))
			q->cancelled = true;
	}
}

static void add_message(struct lsp_server *s, const char *body, size_t size)
{
	struct lsp_queued *q = &s->queue[s->queued];
	json_error_t error;

	*q = (struct lsp_queued){.code = LSP_PARSE_ERROR, .why = "the message is no JSON"};
	q->message = json_loadb(body, size, JSON_ALLOW_NUL | JSON_DECODE_ANY, &error);
	if (is_cancel(q->message)) {
		cancel(s, json_object_get(json_object_get(q->message, "params"), "id"));
		json_decref(q->message);
		return;
	}
	if (q->message && !json_is_object(q->message)) {
		json_decref(q->message);
		*q = (struct lsp_queued){.code = LSP_INVALID_REQUEST,
					 .why = "a message is one object; batches are not taken"};
	}
	s->queued++;
}

/* False: nothing will come any more. */
static bool read_ahead(struct lsp_server *s)
{
	const char *body;
	size_t size;

	while (s->queued < LSP_QUEUE_MAX) {
		switch (lsp_input_next(&s->input, false, &body, &size)) {
		case LSP_READ_MESSAGE:
			add_message(s, body, size);
			break;
		case LSP_READ_TOO_LARGE:
			s->queue[s->queued++] = (struct lsp_queued){
				.code = LSP_INVALID_REQUEST, .why = "the message is too large"};
			break;
		case LSP_READ_NOTHING:
			return true;
		case LSP_READ_BROKEN:
			s->queue[s->queued++] = (struct lsp_queued){
				.code = LSP_PARSE_ERROR,
				.why = "a header cannot be read; the connection ends here"};
			return false;
		case LSP_READ_END:
			return false;
		}
	}
	return true;
}

static void take_first(struct lsp_server *s)
{
	struct lsp_queued q = s->queue[0];

	memmove(s->queue, s->queue + 1, --s->queued * sizeof(q));
	dispatch(s, &q);
	json_decref(q.message);
}

static void wait_for_one(struct lsp_server *s, bool *more)
{
	const char *body;
	size_t size;

	switch (lsp_input_next(&s->input, true, &body, &size)) {
	case LSP_READ_MESSAGE:
		add_message(s, body, size);
		break;
	case LSP_READ_TOO_LARGE:
		reply_error(s, NULL, LSP_INVALID_REQUEST, "the message is too large");
		break;
	case LSP_READ_BROKEN:
		reply_error(s, NULL, LSP_PARSE_ERROR,
			    "a header cannot be read; the connection ends here");
		*more = false;
		break;
	default:
		*more = false;
	}
}

static void close_all(struct lsp_server *s)
{
	for (size_t i = 0; i < s->queued; i++)
		json_decref(s->queue[i].message);
	for (struct document *d = s->documents, *next; d; d = next) {
		next = d->next;
		document_free(d);
	}
	for (struct setup *u = s->setups, *next; u; u = next) {
		next = u->next;
		setup_free(u);
	}
	lsp_input_free(&s->input);
}

int lsp_serve(const struct lsp_options *o, int in, int out)
{
	struct lsp_server *s = calloc(1, sizeof(*s));
	bool more = true;
	int code;

	if (!s)
		return 3;
	s->options = o;
	s->input.fd = in;
	s->out = out;
	while (!s->done && (more || s->queued)) {
		if (more)
			more = read_ahead(s);
		if (s->queued) {
			take_first(s);
			continue;
		}
		lsp_refresh_all(s); /* the client is waiting, or thinking */
		for (struct setup *u = s->setups; u; u = u->next)
			setup_functions(u); /* before the first word is to be completed */
		if (more)
			wait_for_one(s, &more);
	}
	code = s->state == LSP_SHUT ? 0 : 1;
	close_all(s);
	free(s);
	return code;
}
