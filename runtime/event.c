// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>
#include "runtime/event.h"

#define CORE_DUMPED 0x80u

enum event_type event_type_of_kind(enum event_kind kind)
{
	static const enum event_type types[] = {
		[EVENT_EXEC] = EVENT_TYPE_PROCESS_EXEC,
		[EVENT_EXIT] = EVENT_TYPE_PROCESS_EXIT,
		[EVENT_KPROBE] = EVENT_TYPE_PROCESS_KPROBE,
		[EVENT_LSM] = EVENT_TYPE_PROCESS_LSM,
		[EVENT_TRACEPOINT] = EVENT_TYPE_PROCESS_TRACEPOINT,
		[EVENT_UPROBE] = EVENT_TYPE_PROCESS_UPROBE,
		[EVENT_USDT] = EVENT_TYPE_PROCESS_USDT,
		[EVENT_LOADER] = EVENT_TYPE_PROCESS_LOADER,
	};

	return types[kind];
}

const char *event_member(const struct event *e)
{
	return event_type_member(event_type_of_kind(e->kind));
}

const char *exit_signal_name(uint32_t exit_code)
{
	static const char *const names[] = {
		NULL,	    "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",  "SIGTRAP",   "SIGABRT",
		"SIGBUS",   "SIGFPE",  "SIGKILL",   "SIGUSR1", "SIGSEGV", "SIGUSR2",   "SIGPIPE",
		"SIGALRM",  "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP",   "SIGTSTP",
		"SIGTTIN",  "SIGTTOU", "SIGURG",    "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF",
		"SIGWINCH", "SIGIO",   "SIGPWR",    "SIGSYS",
	};
	uint32_t number = exit_code & 0xff;

	if (number & CORE_DUMPED)
		number &= ~CORE_DUMPED;
	return number < sizeof(names) / sizeof(names[0]) ? names[number] : NULL;
}
