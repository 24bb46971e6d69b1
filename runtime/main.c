// SPDX-License-Identifier: Apache-2.0
/*
 * tgrun: verify, load, attach, give up privileges, relay. Nothing of a bundle is parsed
 * before its signature is good, and nothing is relayed while a privilege is left.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "runtime/bpf_log.h"
#include "runtime/check.h"
#include "runtime/clock.h"
#include "runtime/confine.h"
#include "runtime/control_socket.h"
#include "runtime/cri/cri.h"
#include "runtime/ctl.h"
#include "runtime/grpc/server.h"
#include "runtime/http.h"
#include "runtime/info_file.h"
#include "runtime/keep.h"
#include "runtime/keeper.h"
#include "runtime/live.h"
#include "runtime/memory.h"
#include "runtime/metrics.h"
#include "runtime/notice.h"
#include "runtime/oom_score.h"
#include "runtime/options.h"
#include "runtime/outputs.h"
#include "runtime/privs.h"
#include "runtime/procfs_facts.h"
#include "runtime/relay.h"
#include "runtime/supervisor.h"
#include "runtime/trust.h"

struct run {
	struct options options;
	struct bundles bundles;
	struct features features;
	struct base base;
	struct keep keep;
	bool loaded; /* everything but the folder's */
	struct startup startup;
	struct clock clock;
	struct dispatch dispatch;
	struct repair repair;
	struct relay relay;
	struct outputs outputs;
	struct symbols symbols;
	struct workloads workloads;
	struct cri cri;
	struct metrics metrics;
	struct http *http;
	struct control control;
	struct control_socket *control_socket;
	struct live live;
	FILE *symbol_list; /* open until a bundle wants it */
	bool symbols_read;
	struct grpc_server *grpc;
	struct supervisor supervisor;
	struct info_file info_file;
	uint64_t started; /* boot-time clock */
	char host[256];
	uint32_t host_namespaces[TG_EXEC_NAMESPACES];
};

/* A descriptor of ours that became 0, 1 or 2 would be read or written by mistake. */
static int occupy_standard_descriptors(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= 2);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static void prepare_signals(void)
{
	sigset_t handled;

	sigemptyset(&handled);
	sigaddset(&handled, SIGTERM);
	sigaddset(&handled, SIGINT);
	sigaddset(&handled, SIGHUP);
	sigprocmask(SIG_BLOCK, &handled, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* Each program, link and map takes a descriptor. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static const char *node_name(struct run *run)
{
	const char *name = run->options.node_name;

	if (!name)
		name = getenv("HUBBLE_NODE_NAME");
	if (!name || !name[0])
		name = getenv("NODE_NAME");
	if (name && name[0])
		return name;
	if (gethostname(run->host, sizeof(run->host) - 1))
		return "";
	return run->host;
}

static bool use_colors(const struct options *o)
{
	const char *term = getenv("TERM");

	if (o->color != COLOR_AUTO)
		return o->color == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && !(term && !strcmp(term, "dumb"));
}

static int set_modes(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;

	for (size_t i = 0; i < o->mode_count; i++) {
		const char *policy = o->modes[i].policy;

		if (o->bundle_dir && !bundles_have_policy(&run->bundles, policy))
			continue; /* it may come; see live.c */
		if (bundles_set_mode(&run->bundles, policy, o->modes[i].mode, why))
			return -1;
	}
	return 0;
}

static int prepare_dispatch(struct run *run, struct failure *why)
{
	const struct export_options *e = &run->options.export;
	struct dispatch *d = &run->dispatch;

	clock_measure(&run->clock);
	procfs_namespaces(run->host_namespaces, run->options.procfs, 1);
	d->procs = procs_new(e->process_cache_size);
	d->calls = calls_new(CALLS_CAPACITY, CALLS_BYTES);
	if (!d->procs || !d->calls)
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	d->bundles = &run->bundles;
	run->repair = (struct repair){.look = base_look,
				      .context = &run->base,
				      .procfs = run->options.procfs,
				      .facts = e->process_cred || e->process_ns};
	d->repair = &run->repair;
	d->environment =
		(struct environment_rules){e->environment_filter, &run->outputs.redactions};
	d->workloads = workloads_known(&run->workloads) ? &run->workloads : NULL;
	d->requests.allowed = run->options.allow_requests;
	procs_redact(d->procs, &run->outputs.redactions);
	if (e->ancestors)
		procs_keep_ancestors(d->procs);
	d->with_ancestors = e->ancestors;
	d->style = (struct event_style){.node_name = node_name(run),
					.cluster_name = e->cluster_name,
					.credentials = e->process_cred,
					.namespaces = e->process_ns,
					.host_namespaces = run->host_namespaces,
					.clock = &run->clock,
					.colors = use_colors(&run->options),
					.timestamps = run->options.timestamps};
	return 0;
}

/* Once, when the first bundle wants them. */
static void read_symbols(struct run *run)
{
	if (!run->symbol_list || kallsyms_read(&run->symbols.kernel, run->symbol_list))
		notice("tgrun: kernel stack traces will be empty: /proc/kallsyms: %s\n",
		       strerror(errno));
	if (run->symbol_list)
		fclose(run->symbol_list);
	run->symbol_list = NULL;
	run->symbols_read = true;
}

static void want_symbols(void *state, uint32_t flags)
{
	struct run *run = state;

	if (flags & TG_SELECTOR_KERNEL_STACK && !run->symbols_read)
		read_symbols(run);
}

/* What stack traces are made readable with, while it can be had. */
static int open_symbols(struct run *run, struct failure *why)
{
	uint32_t flags = bundles_selector_flags(&run->bundles), any = flags;

	if (run->options.bundle_dir) /* such bundles may still come */
		any = TG_SELECTOR_KERNEL_STACK | TG_SELECTOR_USER_STACK;
	if (user_maps_start(&run->symbols.user, run->options.procfs) &&
	    any & TG_SELECTOR_USER_STACK)
		return failure_set(why, TGRUN_ENVIRONMENT,
				   "cannot start the reader of memory maps: %s", strerror(errno));
	run->repair.links = user_maps_links;
	run->repair.reader = &run->symbols.user;
	if (!(any & (TG_SELECTOR_KERNEL_STACK | TG_SELECTOR_USER_STACK)))
		return 0;
	run->dispatch.symbols = &run->symbols;
	if (any & TG_SELECTOR_KERNEL_STACK)
		run->symbol_list = fopen("/proc/kallsyms", "re");
	want_symbols(run, flags);
	return 0;
}

static int open_relay(struct run *run, struct failure *why)
{
	struct relay *r = &run->relay;

	if (relay_open(r, &run->dispatch, &run->base, &run->clock, why))
		return -1;
	return outputs_open(&run->outputs, &r->sinks, &run->options, &run->dispatch.style,
			    r->signal_fd, run->options.bundle_dir || bundles_enforce(&run->bundles),
			    why);
}

static int open_supervisor(struct run *run, struct failure *why)
{
	if (supervisor_open(&run->supervisor, why))
		return -1;
	if (supervisor_watch(&run->supervisor, &run->relay))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot watch the watchdog's timer: %s",
				   strerror(errno));
	return 0;
}

/* A port below 1024 needs a privilege. */
static int start_metrics(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;

	if (!o->metrics_server)
		return 0;
	run->metrics = (struct metrics){.dispatch = &run->dispatch,
					.base = &run->base,
					.bundles = &run->bundles,
					.sinks = &run->relay.sinks,
					.node_name = run->dispatch.style.node_name};
	if (o->cri.enable)
		run->metrics.cri = &run->cri;
	run->dispatch.tally = tally_new(o->metrics_labels);
	if (!run->dispatch.tally)
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	run->http = http_open(o->metrics_server, metrics_page, &run->metrics, why);
	if (!run->http)
		return -1;
	if (relay_serve(&run->relay, http_fd(run->http), &http_service, run->http))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot watch the metrics server: %s",
				   strerror(errno));
	return 0;
}

static struct base_options base_options(const struct options *o)
{
	return (struct base_options){.ring_size = o->ring_size,
				     .processes = (uint32_t)o->export.process_table_size,
				     .wanted = {.properties = o->export.process_cred,
						.environment = o->export.environment}};
}

/* What outlives this process; NULL: nothing does. */
static struct keep *kept(struct run *run)
{
	return run->keep.fd < 0 ? NULL : &run->keep;
}

static int open_keep(struct run *run, struct failure *why)
{
	const char *directory = run->options.keep_dir ? run->options.keep_dir : KEEP_DIRECTORY;

	if (run->options.keep_on_exit)
		return keep_open(&run->keep, directory, true, why);
	keep_tell_left(directory);
	return 0;
}

static int scan(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;
	const struct startup_kept past = {run->base.maps[BASE_MAP_RING], o->ring_size};

	return startup_scan(&run->startup, o->procfs, run->base.maps[BASE_MAP_PROC],
			    run->base.taken ? &past : NULL, run->dispatch.procs,
			    o->export.process_cred || o->export.process_ns, why);
}

/* Whatever fails from here on, it stays. With a folder, that is looked through first. */
static void settle_kept(struct run *run)
{
	run->loaded = true;
	if (kept(run) && run->live.socket < 0)
		keep_drop_left(&run->keep, NULL);
}

/* What a start that failed has made is of no use to anybody; what it has taken over is. */
static void leave_kept(struct run *run)
{
	struct base *base = &run->base;

	for (size_t i = 0; i < run->bundles.count; i++) {
		struct loaded *l = &run->bundles.v[i].loaded;

		if (run->loaded)
			load_leave(l);
		else
			load_give_up(l);
	}
	if (run->loaded || base->taken)
		base_leave(base);
}

/* Before anything is opened that the keeper must not have. */
static int start_keeper(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;
	static struct keeper_options keeper;

	keeper = (struct keeper_options){o->bundle_dir, o->cert,     o->state_dir,
					 o->ready_fd,	run->cri.fd, kept(run)};
	run->live = (struct live){.socket = -1,
				  .keeper = -1,
				  .options = o,
				  .bundles = &run->bundles,
				  .workloads = &run->workloads,
				  .dispatch = &run->dispatch,
				  .relay = &run->relay,
				  .prepare = want_symbols,
				  .prepare_state = run};
	if (!o->bundle_dir)
		return 0;
	run->live.keeper = keeper_start(&keeper, &run->bundles, &run->base, &run->features,
					&run->live.socket, why);
	return run->live.keeper < 0 ? -1 : 0;
}

/* Without a privilege by now. The folder's bundles are loaded when this returns. */
static int take_folder(struct run *run, struct failure *why)
{
	if (run->live.socket < 0)
		return 0;
	if (live_wait(&run->live, why))
		return -1;
	if (relay_serve(&run->relay, run->live.socket, &live_service, &run->live))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot watch the keeper: %s",
				   strerror(errno));
	return 0;
}

static int start_control(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;

	run->control = (struct control){.bundles = &run->bundles,
					.workloads = &run->workloads,
					.unload = live_unload,
					.unload_state = &run->live};
	if (!o->control_socket)
		return 0;
	run->control_socket =
		control_socket_open(o->control_socket, o->control_group, &run->control, why);
	if (!run->control_socket)
		return -1;
	if (relay_serve(&run->relay, control_socket_fd(run->control_socket),
			&control_socket_service, run->control_socket))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot watch the control socket: %s",
				   strerror(errno));
	return 0;
}

static int start_grpc(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;
	const struct grpc_node node = {
		.control = &run->control,
		.workloads = workloads_known(&run->workloads) ? &run->workloads : NULL,
		.file = o->export.filename ? &run->outputs.file : NULL,
		.options = o,
		.dispatch = &run->dispatch,
		.features = &run->features,
	};

	if (!o->server_address_count)
		return 0;
	run->grpc = grpc_open(o->server_addresses, o->server_address_count, &node, why);
	if (!run->grpc)
		return -1;
	run->metrics.grpc = run->grpc;
	if (grpc_add_sink(run->grpc, &run->relay.sinks) ||
	    relay_serve(&run->relay, grpc_fd(run->grpc), &grpc_service, run->grpc))
		return failure_set(why, TGRUN_ENVIRONMENT, "cannot watch the gRPC service: %s",
				   strerror(errno));
	return 0;
}

/* The first answer is there, if it comes in time, before anything enforces. */
static int open_workloads(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;

	if (workloads_open(&run->workloads, o->workloads, o->cri.enable, o->cgroup_root,
			   o->node_labels, why))
		return -1;
	cri_wait(&run->cri);
	return 0;
}

static int take_runtime(struct run *run, struct failure *why)
{
	if (run->cri.fd < 0 || !relay_serve(&run->relay, run->cri.fd, &cri_service, &run->cri))
		return 0;
	return failure_set(why, TGRUN_ENVIRONMENT,
			   "cannot watch what the container runtime says: %s", strerror(errno));
}

static void write_info(struct run *run)
{
	const struct options *o = &run->options;
	const struct info_facts facts = {
		.server_address = run->grpc ? run->grpc->listeners[0].address : NULL,
		.metrics_address = run->http ? http_address(run->http) : NULL,
		.export_filename = o->export.filename,
	};

	if (run->grpc && o->server_info)
		info_file_write(&run->info_file, o->server_info, &facts);
}

/* Everything that needs privileges, in the order of the design. */
static int start(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;
	struct base_options base = base_options(o);

	if (cri_start(&run->cri, &o->cri, &run->workloads, why) ||
	    outputs_prepare(&run->outputs, o, why) ||
	    bundles_read(&run->bundles, o->bundles, o->bundle_count, o->cert, o->state_dir, why) ||
	    open_workloads(run, why) || set_modes(run, why) ||
	    bundles_place(&run->bundles, &run->workloads, why) || prepare_dispatch(run, why) ||
	    open_keep(run, why) || base_start(&run->base, &run->features, &base, kept(run), why) ||
	    scan(run, why) ||
	    bundles_load(&run->bundles, &run->base, &run->features, &run->workloads, kept(run),
			 o->state_dir, why) ||
	    start_keeper(run, why) || open_symbols(run, why) || open_relay(run, why) ||
	    start_metrics(run, why) || start_control(run, why) || start_grpc(run, why) ||
	    take_runtime(run, why) || open_supervisor(run, why))
		return -1;
	write_info(run);
	features_release(&run->features);
	run->base.startup_full = run->startup.table_full;
	oom_score_protect(); /* where it is allowed */
	settle_kept(run);
	return privs_drop(o->user, why) || take_folder(run, why) || confine(o->allow_requests, why)
		       ? -1
		       : 0;
}

static void print_notes(struct bundles *b)
{
	for (size_t i = 0; i < b->count; i++) {
		struct buffer *notes = &b->v[i].loaded.notes;

		if (notes->size)
			notice_write(STDERR_FILENO, notes->data, notes->size);
		buffer_free(notes);
	}
}

/* Who asks for requests that will not be made is told so. */
static void print_request_notes(const struct run *run)
{
	for (size_t i = 0; i < run->bundles.count && !run->options.allow_requests; i++) {
		const struct artifact *a = &run->bundles.v[i].artifact;

		for (uint32_t j = 0; j < a->selector_count; j++)
			if (a->selectors[j].target)
				notice("tgrun: policy %s asks for requests to %s, which are not "
				       "made without --allow-requests\n",
				       artifact_string(a, a->policies[a->selectors[j].policy].name),
				       artifact_string(a, a->selectors[j].target));
	}
}

static void tell_ready(struct run *run)
{
	uint64_t ms = (clock_boot_now() - run->started) / 1000000;
	char status[200];

	memory_give_back();
	run->metrics.ready = true;
	snprintf(status, sizeof(status), "%zu bundles, %zu policies, %zu hooks attached in %llu ms",
		 run->bundles.count, bundles_policies(&run->bundles), bundles_hooks(&run->bundles),
		 (unsigned long long)ms);
	notice("tgrun: ready: %s\n", status);
	supervisor_ready(&run->supervisor, status);
	if (run->http)
		notice("tgrun: metrics: http://%s/metrics\n", http_address(run->http));
	for (size_t i = 0; run->grpc && i < run->grpc->listener_count; i++)
		notice("tgrun: gRPC: %s\n", run->grpc->listeners[i].address);
	print_notes(&run->bundles);
	print_request_notes(run);
	if (run->options.ready_fd < 0)
		return;
	if (write(run->options.ready_fd, "\n", 1) < 0)
		notice("tgrun: --ready-fd: %s\n", strerror(errno));
	close(run->options.ready_fd);
}

static int relay(struct run *run, struct failure *why)
{
	bool keeper_lost;

	for (size_t i = 0; i < run->startup.count; i++) {
		dispatch_startup(&run->dispatch, &run->startup.v[i]);
		if (sinks_full(&run->relay.sinks))
			sinks_flush(&run->relay.sinks);
	}
	startup_free(&run->startup);
	relay_run(&run->relay);
	supervisor_stopping(&run->supervisor);
	keeper_lost = run->live.ended;
	live_end(&run->live);
	if (!kept(run)) {
		bundles_detach(&run->bundles);
		base_detach(&run->base);
	}
	relay_finish(&run->relay, kept(run));
	if (kept(run))
		notice("tgrun: what is attached stays in force, until `tgrun release`\n");
	if (keeper_lost)
		return failure_set(why, TGRUN_ENVIRONMENT, "the keeper has ended%s",
				   kept(run) ? "; what it had attached stays in force"
					     : ", and with it what it had attached");
	return outputs_result(&run->outputs, why);
}

static void stop(struct run *run)
{
	supervisor_close(&run->supervisor);
	live_end(&run->live);
	http_close(run->http);
	control_socket_close(run->control_socket);
	grpc_close(run->grpc);
	info_file_remove(&run->info_file);
	tally_free(run->dispatch.tally);
	relay_close(&run->relay);
	outputs_free(&run->outputs);
	if (kept(run))
		leave_kept(run);
	bundles_free(&run->bundles);
	base_stop(&run->base);
	keep_close(&run->keep);
	startup_free(&run->startup);
	cri_stop(&run->cri);
	workloads_close(&run->workloads);
	features_release(&run->features);
	if (run->symbol_list)
		fclose(run->symbol_list);
	kallsyms_free(&run->symbols.kernel);
	user_maps_stop(&run->symbols.user);
	procs_free(run->dispatch.procs);
	calls_free(run->dispatch.calls);
	mapped_free(&run->dispatch.mapped);
	rests_free(&run->dispatch.rests);
}

static int check(struct run *run, struct failure *why)
{
	const struct options *o = &run->options;
	struct base_options base = base_options(o);

	if (bundles_read(&run->bundles, o->bundles, o->bundle_count, o->cert, o->state_dir, why) ||
	    base_start(&run->base, &run->features, &base, NULL, why))
		return -1;
	return check_bundles(&run->bundles, &run->base, &run->features, o->print == PRINT_COMPACT,
			     why);
}

static int run_all(struct run *run, struct failure *why)
{
	int result = run->options.check ? check(run, why) : start(run, why);

	if (!result && !run->options.check) {
		tell_ready(run);
		result = relay(run, why);
	}
	stop(run);
	return result;
}

int main(int argc, char *argv[])
{
	static struct run run = {
		.base = BASE_NONE,
		.keep = {.fd = -1},
		.symbols = {.user = {.fd = -1, .child = -1}},
		.workloads = WORKLOADS_NONE,
		.cri = CRI_NONE,
		.live = {.socket = -1, .keeper = -1},
		.supervisor = {.socket = -1, .timer_fd = -1},
		.relay = {.epoll_fd = -1, .signal_fd = -1, .hangup_fd = -1, .timer_fd = -1}};
	struct failure why = {0};

	if (argc > 1 && !strcmp(argv[1], "ctl"))
		return ctl_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "release"))
		return keep_release_main(argc - 1, argv + 1);
	run.started = clock_boot_now();
	if (occupy_standard_descriptors())
		return TGRUN_ENVIRONMENT;
	switch (options_parse(&run.options, argc, argv, &why)) {
	case OPTIONS_DONE:
		return TGRUN_OK;
	case OPTIONS_WRONG:
		fprintf(stderr, "tgrun: %s\nTry tgrun --help.\n", why.text);
		return TGRUN_USAGE;
	case OPTIONS_RUN:
		break;
	}
	crypto_init();
	raise_descriptor_limit();
	prepare_signals();
	bpf_log_capture();
	if (!run_all(&run, &why))
		return TGRUN_OK;
	fprintf(stderr, "tgrun: %s\n", why.text);
	return why.code;
}
