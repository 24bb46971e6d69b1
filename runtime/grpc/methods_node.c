// SPDX-License-Identifier: Apache-2.0
/* What the node is, and how it is. */
#include <stdio.h>
#include <string.h>
#include "runtime/grpc/methods.h"

GRPC_ANSWER(answer_health)
{
	(void)node;
	(void)request;
	(void)why;
	json_open(reply, "health_status", '[');
	json_open(reply, NULL, '{');
	json_text(reply, "event", "HEALTH_STATUS_TYPE_STATUS");
	json_text(reply, "status", "HEALTH_STATUS_RUNNING");
	json_text(reply, "details", "running");
	json_close(reply, '}');
	json_close(reply, ']');
	return GRPC_OK;
}

GRPC_ANSWER(answer_version)
{
	(void)node;
	(void)request;
	(void)why;
	json_text(reply, "version", "tgrun " TGC_VERSION);
	return GRPC_OK;
}

/* ---- GetInfo -----------------------------------------------------------------------------------
 */

static void print_setting(struct json *j, const char *key, const char *value)
{
	json_open(j, NULL, '{');
	json_text(j, "key", key);
	json_open(j, "value", '{');
	json_text(j, "@type", "type.googleapis.com/google.protobuf.StringValue");
	json_text(j, "value", value ? value : "");
	json_close(j, '}');
	json_close(j, '}');
}

static void print_number(struct json *j, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	print_setting(j, key, text);
}

static void print_settings(struct json *j, const struct options *o)
{
	const struct export_options *e = &o->export;

	json_open(j, "conf", '[');
	print_setting(j, "cluster-name", e->cluster_name);
	print_setting(j, "enable-process-cred", e->process_cred ? "true" : "false");
	print_setting(j, "enable-process-ns", e->process_ns ? "true" : "false");
	print_setting(j, "export-allowlist", e->allowlist);
	print_setting(j, "export-denylist", e->denylist);
	print_setting(j, "export-filename", e->filename);
	print_setting(j, "field-filters", e->field_filters);
	print_setting(j, "metrics-server", o->metrics_server);
	print_number(j, "process-cache-size", e->process_cache_size);
	print_setting(j, "procfs", o->procfs);
	print_number(j, "ring-size", o->ring_size);
	json_close(j, ']');
}

/* Tetragon's names of what this run has found out. */
static void print_probes(struct json *j, const struct features *f)
{
	static const struct {
		const char *name;
		enum feature feature;
	} probes[] = {
		{"fmodret", FEATURE_FMOD_RET},
		{"kprobe_multi", FEATURE_KPROBE_MULTI},
		{"lsm", FEATURE_LSM},
		{"override_return", FEATURE_OVERRIDE_RETURN},
		{"probe_write_user", FEATURE_UPROBE_MEMORY},
		{"uprobe_regs_change", FEATURE_UPROBE_REGISTERS},
	};

	json_open(j, "probes", '[');
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		if (!f->answers[probes[i].feature].known)
			continue;
		json_open(j, NULL, '{');
		json_text(j, "Name", probes[i].name);
		json_bool(j, "Enabled", f->answers[probes[i].feature].present);
		json_close(j, '}');
	}
	json_close(j, ']');
}

GRPC_ANSWER(answer_info)
{
	(void)request;
	(void)why;
	json_text(reply, "version", "tgrun " TGC_VERSION);
	json_text(reply, "name", "tgrun");
	print_probes(reply, node->features);
	print_settings(reply, node->options);
	json_open(reply, "build", '{');
	json_text(reply, "go_version", "C, " __VERSION__);
	json_close(reply, '}');
	return GRPC_OK;
}

GRPC_ANSWER(answer_get_debug)
{
	const char *flag = request_text(request, "flag");

	(void)node;
	if (flag[0] && strcmp(flag, "CONFIG_FLAG_LOG_LEVEL") != 0)
		return grpc_refuse(why, GRPC_UNIMPLEMENTED,
				   "of what GetDebug reads there is the log level only");
	json_text(reply, "flag", "CONFIG_FLAG_LOG_LEVEL");
	json_text(reply, "level", "LOG_LEVEL_INFO");
	return GRPC_OK;
}

/* ---- grpc.health.v1
 * ------------------------------------------------------------------------------ */

static bool is_served(const char *service)
{
	static const char *const services[] = {"", "liveness", "tetragon.FineGuidanceSensors",
					       "tetragon.EventLogService", "grpc.health.v1.Health"};

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (!strcmp(service, services[i]))
			return true;
	return false;
}

GRPC_ANSWER(answer_check)
{
	const char *service = request_text(request, "service");

	(void)node;
	if (!is_served(service))
		return grpc_refuse(why, GRPC_NOT_FOUND, "there is no service \"%.100s\"", service);
	json_text(reply, "status", "SERVING");
	return GRPC_OK;
}

/* The status does not change while tgrun runs; when it ends, so does the stream. */
GRPC_ANSWER(answer_watch)
{
	(void)node;
	(void)why;
	json_text(reply, "status",
		  is_served(request_text(request, "service")) ? "SERVING" : "SERVICE_UNKNOWN");
	return GRPC_OK;
}
