/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversations with the language server. The first byte says what the rest is: bytes of the wire,
 * behind `initialize` and an open document, or a text that is opened, asked about at every kind of
 * place, changed in parts, and asked about again. Nothing may be left behind.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <jansson.h>
#include "compiler/lsp/lsp.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *btf;
static int nowhere;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	btf = getenv("FUZZ_BTF");
	if (!btf)
		btf = "build/tests/fixture.bpf.o";
	nowhere = open("/dev/null", O_WRONLY);
	return 0;
}

static void put(int fd, const char *body, size_t size)
{
	dprintf(fd, "Content-Length: %zu\r\n\r\n", size);
	if (write(fd, body, size) < 0)
		abort();
}

static void put_json(int fd, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);

	put(fd, text, strlen(text));
	free(text);
	json_decref(message);
}

/* JSON has no bytes that are no UTF-8, and neither has a client. */
static json_t *text_of(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	json_t *out;

	for (size_t i = 0; i < size; i++)
		text[i] = data[i] & 0x80 ? '?' : (char)data[i];
	out = json_stringn(text, size);
	free(text);
	return out;
}

static void start(int fd, const char *uri, json_t *text)
{
	static const char hello[] =
		"{\"id\":1,\"method\":\"initialize\",\"params\":{\"capabilities\":{"
		"\"textDocument\":{"
		"\"publishDiagnostics\":{\"relatedInformation\":true},\"documentSymbol\":{"
		"\"hierarchicalDocumentSymbolSupport\":true}}}}}";

	put(fd, hello, sizeof(hello) - 1);
	put_json(fd, json_pack("{s:s,s:{s:{s:s,s:i,s:o}}}", "method", "textDocument/didOpen",
			       "params", "textDocument", "uri", uri, "version", 1, "text", text));
}

static json_t *place(uint32_t seed)
{
	return json_pack("{s:i,s:i}", "line", (int)(seed % 24), "character", (int)(seed / 24 % 48));
}

static void ask(int fd, const char *uri, uint32_t seed)
{
	static const char *const methods[] = {
		"hover",	  "completion", "definition", "references", "documentHighlight",
		"documentSymbol", "formatting", "codeAction", "rename",	    "prepareRename"};
	uint32_t count = sizeof(methods) / sizeof(methods[0]);

	for (uint32_t i = 0; i < count; i++) {
		char method[64];

		snprintf(method, sizeof(method), "textDocument/%s", methods[i]);
		put_json(fd, json_pack("{s:i,s:s,s:{s:{s:s},s:o,s:{s:o,s:o},s:s,s:{s:[]}}}", "id",
				       (int)i, "method", method, "params", "textDocument", "uri",
				       uri, "position", place(seed + i * 7), "range", "start",
				       place(seed), "end", place(seed * 3), "newName", "other",
				       "context", "diagnostics"));
	}
}

static void change(int fd, const char *uri, uint32_t seed, json_t *text)
{
	put_json(fd, json_pack("{s:s,s:{s:{s:s,s:i},s:[{s:{s:o,s:o},s:o}]}}", "method",
			       "textDocument/didChange", "params", "textDocument", "uri", uri,
			       "version", 2, "contentChanges", "range", "start", place(seed), "end",
			       place(seed + 5), "text", text));
}

static void talk(int fd, const uint8_t *data, size_t size)
{
	const char *uri = data[0] & 2 ? "file:///tmp/none/a.tg" : "file:///tmp/none/a.yaml";
	uint32_t seed = (uint32_t)data[1] * 251 + data[2];

	data += 3;
	size -= 3;
	start(fd, uri, text_of(data, size));
	for (uint32_t i = 0; i < 2; i++)
		ask(fd, uri, seed + i * 131);
	change(fd, uri, seed, text_of(data + size / 2, size / 2 > 40 ? 40 : size / 2));
	ask(fd, uri, seed * 17);
	put(fd, "{\"id\":99,\"method\":\"shutdown\"}", 30);
	put(fd, "{\"method\":\"exit\"}", 17);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct lsp_options options = {.kernels = &btf, .kernel_count = 1, .no_project = true};
	int fd;

	if (size < 4)
		return 0;
	fd = memfd_create("conversation", 0);
	if (fd < 0)
		abort();
	if (data[0] & 1) {
		start(fd, "file:///tmp/none/a.tg", json_string("policy x\nlsm file_open(file)\n"));
		if (write(fd, data + 1, size - 1) < 0)
			abort();
	} else {
		talk(fd, data, size);
	}
	lseek(fd, 0, SEEK_SET);
	lsp_serve(&options, fd, nowhere);
	close(fd);
	return 0;
}
