// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "runtime/info_file.h"
#include "runtime/options.h"
#include "runtime/rollback.h"

#define DEFAULT_RING_SIZE (1u << 20)
#define RING_SIZE_MAX	  (1u << 30)

static const char help[] =
	"Usage: tgrun [OPTION]...\n"
	"Loads signed bundles of tracing policies and prints what they observe, and every\n"
	"start and end of a program, one event a line.\n"
	"\n"
	"  --cert FILE         certificates (PEM) of the trusted signers; needed with --bundle\n"
	"  --bundle FILE       a bundle made by tgc; may be given more than once\n"
	"  --bundle-dir DIR    all bundles (*.tgb) of a folder, which may come, change and go "
	"while\n"
	"                      tgrun runs\n"
	"  --check             load and attach every program, say what the kernel says, and end\n"
	"  --mode POLICY=MODE  enforce, monitor (report what would be done) or off, instead of "
	"what\n"
	"                      the policy says; may be given more than once\n"
	"  --allow-requests    let policies make requests over the network (GetUrl, DnsLookup);\n"
	"                      without it the event is all there is\n"
	"  --output FORM       to standard output: json (default without an export file), compact\n"
	"                      or none\n"
	"  --timestamps        compact: begin each line with the time\n"
	"  --color WHEN        compact: auto (default), always or never\n"
	"  --workloads FILE    the pods and containers of this node (docs/workloads.md); read "
	"again\n"
	"                      when it is replaced, and on SIGHUP\n"
	"  --enable-cri        ask the container runtime of this node for them, by its CRI socket\n"
	"  --cri-endpoint ADDRESS\n"
	"                      which socket; without it the first that answers of containerd's,\n"
	"                      CRI-O's and cri-dockerd's\n"
	"  --cri-poll-interval TIME\n"
	"                      how often, where it does not tell of changes by itself (1s)\n"
	"  --cgroup-root DIR   the cgroup v2 file system that both speak of (/sys/fs/cgroup)\n"
	"  --node-labels K=V,...  labels of this node, for policies with a nodeSelector\n"
	"  --node-name NAME    default: $HUBBLE_NODE_NAME, $NODE_NAME, or the host name\n"
	"  --state-dir DIR     where accepted versions are kept (" TG_STATE_DIRECTORY ")\n"
	"  --ring-size BYTES   room for events, a power of two; K and M allowed (1M)\n"
	"  --procfs DIR        the proc file system to read at the start (/proc)\n"
	"  --metrics-server ADDRESS\n"
	"                      serve metrics for Prometheus at http://ADDRESS/metrics; without a "
	"host,\n"
	"                      as in :2112, on localhost\n"
	"  --metrics-label-filter LABELS\n"
	"                      which labels of processes metrics have\n"
	"                      (namespace,workload,pod,binary)\n"
	"  --control-socket PATH  listen there for tgrun ctl, which lists and switches policies\n"
	"  --control-group GROUP  who may, besides root\n"
	"  --server-address ADDRESS\n"
	"                      Tetragon's gRPC service: unix:///run/tgrun/tgrun.sock, or "
	"HOST:PORT of\n"
	"                      this machine, where nothing can be changed; may be given more than "
	"once\n"
	"  --server-info FILE  where tetra finds its address (" INFO_FILE ");\n"
	"                      \"\" nowhere\n"
	"  --user USER         change to this user once everything is attached\n"
	"  --export-filename FILE, --export-file-max-size-mb N, --export-file-max-backups N,\n"
	"  --export-file-compress, --export-file-rotation-interval TIME, --export-file-perm MODE\n"
	"                      write events to a file that rotates; SIGHUP opens it anew\n"
	"  --export-allowlist JSON, --export-denylist JSON, --export-rate-limit N,\n"
	"  --field-filters JSON\n"
	"                      which events are exported, how many a minute, and what of them\n"
	"  --redaction-filters JSON\n"
	"                      what of arguments is never shown\n"
	"  --cluster-name NAME for every event\n"
	"  --enable-process-cred, --enable-process-ns, --enable-ancestors base,...\n"
	"                      credentials, namespaces and ancestors of processes in events\n"
	"  --enable-process-environment-variables, --filter-environment-variables NAME,...\n"
	"                      their environment, or these variables of it\n"
	"  --process-cache-size N\n"
	"                      processes that are remembered (65536)\n"
	"  --execve-map-entries N\n"
	"                      processes that the kernel's table has room for (16384)\n"
	"  --ready-fd N        write a newline to descriptor N when everything is attached\n"
	"  --version, --help\n"
	"\n"
	"SIGTERM or SIGINT ends it. While a policy enforces, a failing output does not. It asks\n"
	"never to be chosen when memory runs out (oom_score_adj; needs CAP_SYS_RESOURCE).\n"
	"Exit codes and files: tgrun(8).\n";

enum {
	OPT_CERT = 256,
	OPT_CHECK,
	OPT_BUNDLE,
	OPT_BUNDLE_DIR,
	OPT_OUTPUT,
	OPT_TIMESTAMPS,
	OPT_COLOR,
	OPT_NODE_NAME,
	OPT_STATE_DIR,
	OPT_RING_SIZE,
	OPT_PROCFS,
	OPT_USER,
	OPT_READY_FD,
	OPT_MODE,
	OPT_ALLOW_REQUESTS,
	OPT_WORKLOADS,
	OPT_ENABLE_CRI,
	OPT_CRI_ENDPOINT,
	OPT_CRI_POLL_INTERVAL,
	OPT_CGROUP_ROOT,
	OPT_NODE_LABELS,
	OPT_METRICS_SERVER,
	OPT_METRICS_LABELS,
	OPT_CONTROL_SOCKET,
	OPT_CONTROL_GROUP,
	OPT_SERVER_ADDRESS,
	OPT_SERVER_INFO,
	OPT_VERSION,
	OPT_HELP,
	OPT_EXPORT, /* and those of export_options.def behind it */
};

/* A switch may be given a value with "=". */
#define ARGUMENT_TEXT	  required_argument
#define ARGUMENT_COUNT	  required_argument
#define ARGUMENT_DURATION required_argument
#define ARGUMENT_MODE	  required_argument
#define ARGUMENT_RATE	  required_argument
#define ARGUMENT_TYPES	  required_argument
#define ARGUMENT_SWITCH	  optional_argument

static const struct option long_options[] = {
	{"cert", required_argument, NULL, OPT_CERT},
	{"check", no_argument, NULL, OPT_CHECK},
	{"bundle", required_argument, NULL, OPT_BUNDLE},
	{"bundle-dir", required_argument, NULL, OPT_BUNDLE_DIR},
	{"output", required_argument, NULL, OPT_OUTPUT},
	{"timestamps", no_argument, NULL, OPT_TIMESTAMPS},
	{"color", required_argument, NULL, OPT_COLOR},
	{"node-name", required_argument, NULL, OPT_NODE_NAME},
	{"state-dir", required_argument, NULL, OPT_STATE_DIR},
	{"ring-size", required_argument, NULL, OPT_RING_SIZE},
	{"procfs", required_argument, NULL, OPT_PROCFS},
	{"user", required_argument, NULL, OPT_USER},
	{"ready-fd", required_argument, NULL, OPT_READY_FD},
	{"allow-requests", no_argument, NULL, OPT_ALLOW_REQUESTS},
	{"mode", required_argument, NULL, OPT_MODE},
	{"workloads", required_argument, NULL, OPT_WORKLOADS},
	{"enable-cri", optional_argument, NULL, OPT_ENABLE_CRI},
	{"cri-endpoint", required_argument, NULL, OPT_CRI_ENDPOINT},
	{"cri-poll-interval", required_argument, NULL, OPT_CRI_POLL_INTERVAL},
	{"cgroup-root", required_argument, NULL, OPT_CGROUP_ROOT},
	{"node-labels", required_argument, NULL, OPT_NODE_LABELS},
	{"metrics-server", required_argument, NULL, OPT_METRICS_SERVER},
	{"metrics-label-filter", required_argument, NULL, OPT_METRICS_LABELS},
	{"control-socket", required_argument, NULL, OPT_CONTROL_SOCKET},
	{"control-group", required_argument, NULL, OPT_CONTROL_GROUP},
	{"server-address", required_argument, NULL, OPT_SERVER_ADDRESS},
	{"server-info", required_argument, NULL, OPT_SERVER_INFO},
	{"version", no_argument, NULL, OPT_VERSION},
	{"help", no_argument, NULL, OPT_HELP},
#define EXPORT_OPTION(name, option, kind, member)                                                  \
	{option, ARGUMENT_##kind, NULL, OPT_EXPORT + EXPORT_OPTION_##name},
#include "runtime/export_options.def"
#undef EXPORT_OPTION
	{0},
};

/* The index of `word` in the NULL-ended list, or -1. */
static int find_word(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++) {
		if (!strcmp(words[i], word))
			return i;
	}
	return -1;
}

static int wrong(struct failure *why, const char *option, const char *value, const char *expected)
{
	return failure_set(why, TGRUN_USAGE, "%s: \"%s\" is not %s", option, value, expected);
}

static int parse_output(struct options *o, const char *value, struct failure *why)
{
	static const char *const words[] = {"json", "compact", "none", NULL};
	int index = find_word(words, value);

	if (index < 0)
		return wrong(why, "--output", value, "json, compact or none");
	o->print = (enum option_print)(PRINT_JSON + index);
	return 0;
}

static int parse_color(struct options *o, const char *value, struct failure *why)
{
	static const char *const words[] = {"auto", "always", "never", NULL};
	int index = find_word(words, value);

	if (index < 0)
		return wrong(why, "--color", value, "auto, always or never");
	o->color = (enum option_color)index;
	return 0;
}

static int parse_ring_size(struct options *o, const char *value, struct failure *why)
{
	static const char expected[] = "a power of two from the page size to 1024M";
	unsigned long long size;
	unsigned int shift = 0;
	char *end;

	errno = 0;
	size = strtoull(value, &end, 10);
	if (*end == 'K' || *end == 'M')
		shift = *end++ == 'K' ? 10 : 20;
	if (errno || *end || value[0] < '0' || value[0] > '9' || size > RING_SIZE_MAX >> shift)
		return wrong(why, "--ring-size", value, expected);
	size <<= shift;
	if (size < (unsigned long long)sysconf(_SC_PAGESIZE) || (size & (size - 1)))
		return wrong(why, "--ring-size", value, expected);
	o->ring_size = (uint32_t)size;
	return 0;
}

static int parse_ready_fd(struct options *o, const char *value, struct failure *why)
{
	unsigned long fd;
	char *end;

	errno = 0;
	fd = strtoul(value, &end, 10);
	if (errno || *end || value[0] < '0' || value[0] > '9' || fd > INT_MAX ||
	    fcntl((int)fd, F_GETFD) < 0)
		return wrong(why, "--ready-fd", value, "an open file descriptor");
	o->ready_fd = (int)fd;
	return 0;
}

static int add_bundle(struct options *o, char *path, struct failure *why)
{
	if (o->bundle_count == BUNDLES_MAX)
		return failure_set(why, TGRUN_USAGE, "--bundle: more than %d bundles", BUNDLES_MAX);
	o->bundles[o->bundle_count++] = path;
	return 0;
}

/* "" is none, as with Tetragon. */
static int add_server_address(struct options *o, char *value, struct failure *why)
{
	if (!*value)
		return 0;
	if (o->server_address_count == GRPC_LISTENERS_MAX)
		return failure_set(why, TGRUN_USAGE, "--server-address: more than %d addresses",
				   GRPC_LISTENERS_MAX);
	o->server_addresses[o->server_address_count++] = value;
	return 0;
}

static int add_mode(struct options *o, char *value, struct failure *why)
{
	static const char *const words[] = {"enforce", "monitor", "off", NULL};
	static const enum tg_policy_mode modes[] = {TG_MODE_ENFORCE, TG_MODE_MONITOR, TG_MODE_OFF};
	char *equal = strrchr(value, '=');
	int index = equal && equal != value ? find_word(words, equal + 1) : -1;

	if (index < 0)
		return wrong(why, "--mode", value,
			     "a policy and a mode, as in kill-readers=monitor (enforce, monitor or "
			     "off)");
	if (o->mode_count == OPTION_MODES_MAX)
		return failure_set(why, TGRUN_USAGE, "--mode: more than %d", OPTION_MODES_MAX);
	*equal = '\0';
	o->modes[o->mode_count++] = (struct option_mode){value, modes[index]};
	return 0;
}

static int label_bit(const char *word, size_t size)
{
	for (int i = 0; i < TALLY_LABEL_COUNT; i++)
		if (strlen(tally_label_names[i]) == size &&
		    !memcmp(tally_label_names[i], word, size))
			return i;
	return -1;
}

/* Words with commas between; "" is none. */
static int parse_labels(struct options *o, const char *value, struct failure *why)
{
	o->metrics_labels = 0;
	for (const char *word = value; *word; word += *word == ',') {
		size_t size = strcspn(word, ",");
		int bit = label_bit(word, size);

		if (bit < 0)
			return wrong(why, "--metrics-label-filter", value,
				     "a list of namespace, workload, pod and binary");
		o->metrics_labels |= 1u << bit;
		word += size;
	}
	return 0;
}

static int parse_enable_cri(struct options *o, const char *value, struct failure *why)
{
	static const char *const words[] = {"false", "true", NULL};
	int index = value ? find_word(words, value) : 1;

	if (index < 0)
		return wrong(why, "--enable-cri", value, "true or false");
	o->cri.enable = index;
	return 0;
}

static int parse_cri_endpoint(struct options *o, const char *value, struct failure *why)
{
	o->cri.endpoint = value;
	return cri_endpoint_path(value)
		       ? 0
		       : wrong(why, "--cri-endpoint", value,
			       "a unix socket, as unix:///run/containerd/containerd.sock");
}

static int parse_cri_interval(struct options *o, const char *value, struct failure *why)
{
	if (!export_options_duration(value, &o->cri.interval) &&
	    o->cri.interval >= CRI_INTERVAL_MIN && o->cri.interval <= CRI_INTERVAL_MAX)
		return 0;
	return wrong(why, "--cri-poll-interval", value, "a time from 100ms to 1h, as 5s");
}

static int parse_option(struct options *o, int option, char *value, struct failure *why)
{
	switch (option) {
	case OPT_CERT:
		o->cert = value;
		return 0;
	case OPT_CHECK:
		o->check = true;
		return 0;
	case OPT_BUNDLE:
		return add_bundle(o, value, why);
	case OPT_BUNDLE_DIR:
		o->bundle_dir = value;
		return 0;
	case OPT_OUTPUT:
		return parse_output(o, value, why);
	case OPT_TIMESTAMPS:
		o->timestamps = true;
		return 0;
	case OPT_COLOR:
		return parse_color(o, value, why);
	case OPT_NODE_NAME:
		o->node_name = value;
		return 0;
	case OPT_WORKLOADS:
		o->workloads = value;
		return 0;
	case OPT_ENABLE_CRI:
		return parse_enable_cri(o, value, why);
	case OPT_CRI_ENDPOINT:
		return parse_cri_endpoint(o, value, why);
	case OPT_CRI_POLL_INTERVAL:
		return parse_cri_interval(o, value, why);
	case OPT_CGROUP_ROOT:
		o->cgroup_root = value;
		return 0;
	case OPT_NODE_LABELS:
		o->node_labels = value;
		return 0;
	case OPT_STATE_DIR:
		o->state_dir = value;
		return 0;
	case OPT_RING_SIZE:
		return parse_ring_size(o, value, why);
	case OPT_PROCFS:
		o->procfs = value;
		return 0;
	case OPT_USER:
		o->user = value;
		return 0;
	case OPT_ALLOW_REQUESTS:
		o->allow_requests = true;
		return 0;
	case OPT_METRICS_SERVER:
		o->metrics_server = *value ? value : NULL;
		return 0;
	case OPT_SERVER_ADDRESS:
		return add_server_address(o, value, why);
	case OPT_SERVER_INFO:
		o->server_info = *value ? value : NULL;
		return 0;
	case OPT_METRICS_LABELS:
		return parse_labels(o, value, why);
	case OPT_CONTROL_SOCKET:
		o->control_socket = value;
		return 0;
	case OPT_CONTROL_GROUP:
		o->control_group = value;
		return 0;
	case OPT_MODE:
		return add_mode(o, value, why);
	case OPT_READY_FD:
		return parse_ready_fd(o, value, why);
	}
	return export_options_set(&o->export, (enum export_option)(option - OPT_EXPORT), value,
				  why);
}

static int check_options(const struct options *o, int operands, char *argv[], struct failure *why)
{
	if (operands)
		return failure_set(why, TGRUN_USAGE,
				   "unexpected argument \"%s\" (a bundle needs --bundle)", argv[0]);
	if (o->check && !o->bundle_count)
		return failure_set(why, TGRUN_USAGE, "--check needs --bundle");
	if (o->control_group && !o->control_socket)
		return failure_set(why, TGRUN_USAGE, "--control-group needs --control-socket");
	if (o->cri.endpoint && !o->cri.enable)
		return failure_set(why, TGRUN_USAGE, "--cri-endpoint needs --enable-cri");
	if (o->bundle_count && !o->cert)
		return failure_set(why, TGRUN_USAGE, "--bundle needs --cert");
	if (o->bundle_dir && !o->cert)
		return failure_set(why, TGRUN_USAGE, "--bundle-dir needs --cert");
	return 0;
}

enum options_result options_parse(struct options *o, int argc, char *argv[], struct failure *why)
{
	int option;

	*o = (struct options){.state_dir = TG_STATE_DIRECTORY,
			      .procfs = "/proc",
			      .cgroup_root = "/sys/fs/cgroup",
			      .cri = {.interval = CRI_INTERVAL},
			      .server_info = INFO_FILE,
			      .ring_size = DEFAULT_RING_SIZE,
			      .metrics_labels = (1u << TALLY_LABEL_COUNT) - 1,
			      .ready_fd = -1};
	export_options_init(&o->export);
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
		switch (option) {
		case OPT_HELP:
			fputs(help, stdout);
			return OPTIONS_DONE;
		case OPT_VERSION:
			puts("tgrun " TGC_VERSION);
			return OPTIONS_DONE;
		case '?':
		case ':':
			failure_set(why, TGRUN_USAGE, "%s: %s", argv[optind - 1],
				    option == ':' ? "needs a value" : "no such option");
			return OPTIONS_WRONG;
		}
		if (parse_option(o, option, optarg, why))
			return OPTIONS_WRONG;
	}
	return check_options(o, argc - optind, argv + optind, why) ? OPTIONS_WRONG : OPTIONS_RUN;
}
