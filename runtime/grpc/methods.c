// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "health.pb-c.h"
#include "runtime/grpc/methods.h"
#include "sensors.pb-c.h"
#include "tetragon.pb-c.h"

#define SENSORS	  "tetragon.FineGuidanceSensors"
#define EVENT_LOG "tetragon.EventLogService"
#define HEALTH	  "grpc.health.v1.Health"

static const struct method methods[] = {
#define METHOD(of, called, what, asked, answered, alters, by)                                      \
	{.service = of,                                                                            \
	 .name = called,                                                                           \
	 .kind = METHOD_##what,                                                                    \
	 .request = &asked##__descriptor,                                                          \
	 .response = &answered##__descriptor,                                                      \
	 .changes = alters,                                                                        \
	 .answer = by},
#define REFUSED(of, called, with, sentence)                                                        \
	{.service = of,                                                                            \
	 .name = called,                                                                           \
	 .kind = METHOD_REFUSED,                                                                   \
	 .status = with,                                                                           \
	 .refusal = sentence},
#include "runtime/grpc/methods.def"
#undef METHOD
#undef REFUSED
};

const struct method *method_find(const char *path)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		const struct method *m = &methods[i];
		size_t size = strlen(m->service);

		if (path[0] == '/' && !strncmp(path + 1, m->service, size) &&
		    path[1 + size] == '/' && !strcmp(path + size + 2, m->name))
			return m;
	}
	return NULL;
}

enum grpc_status grpc_refuse(struct failure *why, enum grpc_status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	return status;
}

const char *request_text(const json_t *request, const char *name)
{
	const char *text = json_string_value(json_object_get(request, name));

	return text ? text : "";
}
