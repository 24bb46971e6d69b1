/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client of the control socket asks: one message of a fixed size on a stream socket. The
 * answer is text: a line `ok`, or `refused SENTENCE`, and what was asked for; then the end.
 */
#ifndef TGRUN_CONTROL_REQUEST_H
#define TGRUN_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/artifact.h"

#define CONTROL_SOCKET	   "/run/tgrun/control.sock"
#define CONTROL_MAGIC	   0x31677463u /* changes with the form of the message */
#define CONTROL_NAME_SIZE  256
#define CONTROL_ANSWER_OK  "ok\n"
#define CONTROL_ANSWER_NOT "refused "

enum control_command {
	CONTROL_LIST = 1,
	CONTROL_ENABLE,
	CONTROL_DISABLE,
	CONTROL_MODE_ENFORCE,
	CONTROL_MODE_MONITOR,
	CONTROL_REMOVE,
	CONTROL_COMMAND_COUNT,
};

/* Names end with a NUL, and nothing but NULs is behind it. */
struct control_request {
	uint32_t magic;
	uint32_t command;		/* enum control_command */
	uint32_t json;			/* 1: the list as JSON, 0: for people */
	uint32_t pad;			/* 0 */
	char bundle[TG_NAME_MAX];	/* "" any */
	char policy[CONTROL_NAME_SIZE]; /* "" with CONTROL_LIST, and only */
};

/* Whether the bytes are such a message in full; hostile bytes. NULL, or what is wrong. */
const char *control_request_check(const struct control_request *r);

/*
 * Fills a request from [BUNDLE/]POLICY; NULL: none. false: a name is too long, or there is none
 * where one is needed.
 */
bool control_request_fill(struct control_request *r, enum control_command command,
			  const char *name);

#endif
