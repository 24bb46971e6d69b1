/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The base protocol: messages of JSON behind headers, on two file descriptors. What comes in is
 * hostile: sizes are limited, and a message that is too large is passed over without being kept.
 */
#ifndef TGC_LSP_TRANSPORT_H
#define TGC_LSP_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>

enum {
	LSP_HEADER_MAX = 4096,	    /* bytes of all headers of a message */
	LSP_MESSAGE_MAX = 32 << 20, /* bytes of its body */
};

struct lsp_input {
	int fd;
	char *buffer; /* owned */
	size_t used, room;
	size_t taken; /* bytes at the front that were handed out */
	size_t skip;  /* bytes of a message that is too large, still to come */
	bool ended;
};

enum lsp_read {
	LSP_READ_MESSAGE,
	LSP_READ_NOTHING,   /* no whole message is there, and waiting was not wanted */
	LSP_READ_TOO_LARGE, /* a message was passed over */
	LSP_READ_BROKEN,    /* no header that can be read: where the next message starts is lost */
	LSP_READ_END,
};

/*
 * The next message. `wait`: until there is one; else only what can be read at once. The body is
 * valid until the next call.
 */
enum lsp_read lsp_input_next(struct lsp_input *in, bool wait, const char **body, size_t *size);
void lsp_input_free(struct lsp_input *in);

/* Writes a message whole. False: the other side is gone. */
bool lsp_output(int fd, const char *body, size_t size);

#endif
