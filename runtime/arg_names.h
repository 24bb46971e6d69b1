/* SPDX-License-Identifier: Apache-2.0 */
/* Names of numbers in arguments (arg_names.def). */
#ifndef TGRUN_ARG_NAMES_H
#define TGRUN_ARG_NAMES_H

#include <stdint.h>

enum arg_names {
	ARG_NAMES_FAMILY,
	ARG_NAMES_SOCKET_TYPE,
	ARG_NAMES_PROTOCOL,
	ARG_NAMES_TCP_STATE,
	ARG_NAMES_CAPABILITY,
	ARG_NAMES_SECURE_BIT,
	ARG_NAMES_TAINT,
	ARG_NAMES_BPF_CMD,
	ARG_NAMES_PROGRAM,
	ARG_NAMES_MAP,
	ARG_NAMES_PERF,
};

#define ARG_NUMBER_SIZE 24

/* NULL when the number has none. */
const char *arg_name(enum arg_names set, uint64_t number);
/* The name, or the number in decimal, for which `room` is there. */
const char *arg_name_or_number(enum arg_names set, uint64_t number, char room[ARG_NUMBER_SIZE]);

#endif
