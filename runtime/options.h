/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_OPTIONS_H
#define TGRUN_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/bundle.h"
#include "runtime/cri/cri.h"
#include "runtime/export_options.h"
#include "runtime/tally.h"

enum option_color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* What goes to standard output. */
enum option_print {
	PRINT_DEFAULT, /* JSON, unless there is an export file */
	PRINT_JSON,
	PRINT_COMPACT,
	PRINT_NONE,
};

#define OPTION_MODES_MAX   1024
#define GRPC_LISTENERS_MAX 4 /* addresses of the gRPC service */

struct option_mode {
	const char *policy;
	enum tg_policy_mode mode;
};

struct options {
	const char *cert;
	char *bundles[BUNDLES_MAX];
	size_t bundle_count;
	const char *bundle_dir; /* NULL: none */
	bool check;		/* and end */
	enum option_print print;
	bool timestamps, allow_requests;
	enum option_color color;
	const char *state_dir, *procfs, *user; /* user: NULL no change */
	const char *node_name;
	const char *workloads, *cgroup_root, *node_labels; /* NULL: not given, but the root */
	struct cri_options cri;
	uint32_t ring_size;
	const char *metrics_server;		    /* an address; NULL none */
	unsigned int metrics_labels;		    /* bits of enum tally_label */
	const char *control_socket, *control_group; /* NULL: none */
	char *server_addresses[GRPC_LISTENERS_MAX];
	size_t server_address_count;		    /* 0: no service */
	const char *server_info;		    /* a file; NULL: none */
	int ready_fd;				    /* -1 none */
	struct option_mode modes[OPTION_MODES_MAX]; /* in their order */
	size_t mode_count;
	struct export_options export;
};

enum options_result {
	OPTIONS_RUN,
	OPTIONS_DONE, /* --help, --version: printed */
	OPTIONS_WRONG,
};

enum options_result options_parse(struct options *o, int argc, char *argv[], struct failure *why);

#endif
