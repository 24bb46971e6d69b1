// SPDX-License-Identifier: Apache-2.0
/*
 * Reads events, one a line, and writes them as the gRPC service sends them: each after its length
 * in four bytes, which is -1 for one that is no message.
 */
#include <stdio.h>
#include <stdlib.h>
#include "runtime/grpc/wire.h"
#include "tetragon.pb-c.h"

int main(void)
{
	struct buffer wire = {0};
	size_t capacity = 0;
	char *line = NULL;
	ssize_t size;

	while ((size = getline(&line, &capacity, stdin)) > 0) {
		bool made;
		int32_t length;

		buffer_cut(&wire, 0);
		made = wire_encode(&wire, &tetragon__get_events_response__descriptor, line,
				   (size_t)size);
		length = made ? (int32_t)wire.size : -1;
		fwrite(&length, sizeof(length), 1, stdout);
		fwrite(wire.data, 1, made ? wire.size : 0, stdout);
	}
	free(line);
	buffer_free(&wire);
	return fflush(stdout) != 0;
}
