// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include "transport.h"

enum { FIRST_ROOM = 64 * 1024 };

/* ---- bytes ------------------------------------------------------------------------------ */

static void compact(struct lsp_input *in)
{
	if (!in->taken)
		return;
	memmove(in->buffer, in->buffer + in->taken, in->used - in->taken);
	in->used -= in->taken;
	in->taken = 0;
	/* One large message must not hold its room for ever. */
	if (in->room > 16 * FIRST_ROOM && in->used < FIRST_ROOM) {
		char *smaller = realloc(in->buffer, FIRST_ROOM);

		if (smaller) {
			in->buffer = smaller;
			in->room = FIRST_ROOM;
		}
	}
}

static bool make_room(struct lsp_input *in)
{
	size_t room = in->room ? in->room * 2 : FIRST_ROOM;
	char *larger;

	if (in->used < in->room)
		return true;
	larger = realloc(in->buffer, room);
	if (!larger)
		return false;
	in->buffer = larger;
	in->room = room;
	return true;
}

/* False: nothing more is there now, or ever (`ended`). */
static bool fill(struct lsp_input *in, bool wait)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};
	ssize_t got;

	if (in->ended)
		return false;
	if (!wait && poll(&p, 1, 0) != 1)
		return false;
	compact(in);
	if (!make_room(in)) {
		in->ended = true;
		return false;
	}
	do
		got = read(in->fd, in->buffer + in->used, in->room - in->used);
	while (got < 0 && errno == EINTR);
	if (got <= 0) {
		in->ended = true;
		return false;
	}
	in->used += (size_t)got;
	return true;
}

/* ---- messages --------------------------------------------------------------------------- */

/* The value of Content-Length. False: it is no number that a message can have. */
static bool read_number(const char *s, const char *end, size_t *out)
{
	size_t n = 0;

	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	if (s == end)
		return false;
	for (; s < end && *s >= '0' && *s <= '9'; s++) {
		if (n > SIZE_MAX / 16)
			return false;
		n = n * 10 + (size_t)(*s - '0');
	}
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	*out = n;
	return s == end;
}

static bool read_headers(const char *s, const char *end, size_t *length)
{
	static const char name[] = "Content-Length:";
	bool found = false;

	while (s < end) {
		const char *line = memmem(s, (size_t)(end - s), "\r\n", 2);

		if (!line)
			line = end;
		if ((size_t)(line - s) >= sizeof(name) - 1 &&
		    !strncasecmp(s, name, sizeof(name) - 1)) {
			if (found || !read_number(s + sizeof(name) - 1, line, length))
				return false;
			found = true;
		}
		s = line + 2;
	}
	return found;
}

/* Looks for a whole message in what was read. */
static enum lsp_read take(struct lsp_input *in, const char **body, size_t *size)
{
	size_t have = in->used - in->taken, headers, length;
	const char *start, *end;

	if (!have)
		return LSP_READ_NOTHING;
	start = in->buffer + in->taken;
	end = memmem(start, have < LSP_HEADER_MAX ? have : LSP_HEADER_MAX, "\r\n\r\n", 4);
	if (!end)
		return have >= LSP_HEADER_MAX ? LSP_READ_BROKEN : LSP_READ_NOTHING;
	headers = (size_t)(end - start) + 4;
	if (!read_headers(start, end, &length))
		return LSP_READ_BROKEN;
	if (length > LSP_MESSAGE_MAX) {
		in->taken += headers;
		in->skip = length;
		return LSP_READ_TOO_LARGE;
	}
	if (have - headers < length)
		return LSP_READ_NOTHING;
	*body = start + headers;
	*size = length;
	in->taken += headers + length;
	return LSP_READ_MESSAGE;
}

/* Passes over what is left of a message that is too large. False: there is more of it to come. */
static bool skip(struct lsp_input *in)
{
	size_t have = in->used - in->taken, less = have < in->skip ? have : in->skip;

	in->taken += less;
	in->skip -= less;
	return !in->skip;
}

enum lsp_read lsp_input_next(struct lsp_input *in, bool wait, const char **body, size_t *size)
{
	do {
		enum lsp_read r = skip(in) ? take(in, body, size) : LSP_READ_NOTHING;

		if (r != LSP_READ_NOTHING)
			return r;
	} while (fill(in, wait));
	return in->ended ? LSP_READ_END : LSP_READ_NOTHING;
}

void lsp_input_free(struct lsp_input *in)
{
	free(in->buffer);
	in->buffer = NULL;
}

static bool write_all(int fd, const char *s, size_t size)
{
	while (size) {
		ssize_t put = write(fd, s, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		s += put;
		size -= (size_t)put;
	}
	return true;
}

bool lsp_output(int fd, const char *body, size_t size)
{
	char header[64];
	int len = snprintf(header, sizeof(header), "Content-Length: %zu\r\n\r\n", size);

	return write_all(fd, header, (size_t)len) && write_all(fd, body, size);
}
