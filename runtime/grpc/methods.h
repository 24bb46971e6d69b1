/* SPDX-License-Identifier: Apache-2.0 */
/* What the service can be asked, and who answers. */
#ifndef TGRUN_GRPC_METHODS_H
#define TGRUN_GRPC_METHODS_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include "runtime/control.h"
#include "runtime/dispatch.h"
#include "runtime/export_file.h"
#include "runtime/json.h"
#include "runtime/options.h"

/* Of gRPC; those that are used. */
enum grpc_status {
	GRPC_OK = 0,
	GRPC_INVALID_ARGUMENT = 3,
	GRPC_DEADLINE_EXCEEDED = 4,
	GRPC_NOT_FOUND = 5,
	GRPC_PERMISSION_DENIED = 7,
	GRPC_RESOURCE_EXHAUSTED = 8,
	GRPC_FAILED_PRECONDITION = 9,
	GRPC_UNIMPLEMENTED = 12,
	GRPC_INTERNAL = 13,
	GRPC_UNAVAILABLE = 14,
};

/* What methods are about; all is borrowed. */
struct grpc_node {
	struct control *control;
	struct workloads *workloads; /* NULL: there are none */
	struct export_file *file;    /* NULL: there is none */
	const struct options *options;
	const struct dispatch *dispatch;
	const struct features *features;
};

/*
 * Answers a request: appends the members of its reply (whose brackets are there already). `why` is
 * a sentence unless it returns GRPC_OK.
 */
typedef enum grpc_status grpc_answer(struct grpc_node *node, const json_t *request,
				     struct json *reply, struct failure *why);

enum method_kind {
	METHOD_CALL,	/* one answer */
	METHOD_EVENTS,	/* events until the client goes */
	METHOD_WATCH,	/* one answer, and the stream stays open */
	METHOD_REFUSED, /* always, with a sentence */
};

struct method {
	const char *service, *name; /* "tetragon.FineGuidanceSensors", "GetEvents" */
	enum method_kind kind;
	const ProtobufCMessageDescriptor *request, *response;
	bool changes; /* something: not for everybody */
	grpc_answer *answer;
	enum grpc_status status; /* with METHOD_REFUSED, and the sentence */
	const char *refusal;
};

/* By "/service/name"; NULL: there is none. */
const struct method *method_find(const char *path);

#define GRPC_ANSWER(name)                                                                          \
	enum grpc_status name(struct grpc_node *node, const json_t *request, struct json *reply,   \
			      struct failure *why)

GRPC_ANSWER(answer_list_policies);
GRPC_ANSWER(answer_list_domains);
GRPC_ANSWER(answer_delete_policy);
GRPC_ANSWER(answer_configure_policy);
GRPC_ANSWER(answer_enable_policy);
GRPC_ANSWER(answer_disable_policy);
GRPC_ANSWER(answer_health);
GRPC_ANSWER(answer_version);
GRPC_ANSWER(answer_info);
GRPC_ANSWER(answer_runtime_hook);
GRPC_ANSWER(answer_get_debug);
GRPC_ANSWER(answer_set_log);
GRPC_ANSWER(answer_get_log);
GRPC_ANSWER(answer_check);
GRPC_ANSWER(answer_watch);

/* The status and its sentence, in one. */
enum grpc_status grpc_refuse(struct failure *why, enum grpc_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A text of a request; "" when it is not there. */
const char *request_text(const json_t *request, const char *name);

#endif
