// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>
#include "runtime/event.h"

#define CORE_DUMPED 0x80u

const char *event_type_name(enum event_kind kind)
{
	static const char *const names[] = {
		[EVENT_EXEC] = "process_exec",
		[EVENT_EXIT] = "process_exit",
		[EVENT_KPROBE] = "process_kprobe",
		[EVENT_LSM] = "process_lsm",
		[EVENT_TRACEPOINT] = "process_tracepoint",
		[EVENT_UPROBE] = "process_uprobe",
		[EVENT_USDT] = "process_usdt",
	};

	return names[kind];
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
