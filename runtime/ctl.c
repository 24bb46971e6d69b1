// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include "runtime/buffer.h"
#include "runtime/control_request.h"
#include "runtime/ctl.h"
#include "runtime/exit_codes.h"

#define ANSWER_SECONDS 10
#define ANSWER_MAX     (64u << 20)

static const char help[] =
	"Usage: tgrun ctl [OPTION]... COMMAND\n"
	"Asks a tgrun that runs with --control-socket.\n"
	"\n"
	"  list                      all policies, their state, mode and kernel memory\n"
	"  enable [BUNDLE/]POLICY    let it work again\n"
	"  disable [BUNDLE/]POLICY   it does nothing and stays loaded\n"
	"  mode [BUNDLE/]POLICY enforce|monitor\n"
	"                            whether its actions are done, or only reported\n"
	"  remove [BUNDLE/]POLICY    for good; a bundle goes with its last policy\n"
	"\n"
	"  --socket PATH             the socket (" CONTROL_SOCKET ")\n"
	"  --json                    the list as JSON\n"
	"  --help\n"
	"\n"
	"Exit codes: tgrun(8).\n";

static int wrong(const char *what)
{
	fprintf(stderr, "tgrun ctl: %s\nTry tgrun ctl --help.\n", what);
	return TGRUN_USAGE;
}

static const struct {
	const char *word, *mode;
	enum control_command command;
} commands[] = {
	{"list", NULL, CONTROL_LIST},
	{"enable", NULL, CONTROL_ENABLE},
	{"disable", NULL, CONTROL_DISABLE},
	{"mode", "enforce", CONTROL_MODE_ENFORCE},
	{"mode", "monitor", CONTROL_MODE_MONITOR},
	{"remove", NULL, CONTROL_REMOVE},
};

/* From the words of the command line; false: they are no command. */
static bool read_command(struct control_request *r, int count, char *words[])
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		int expected = commands[i].mode ? 3 : commands[i].command == CONTROL_LIST ? 1 : 2;

		if (!count || strcmp(words[0], commands[i].word) != 0 || count != expected)
			continue;
		if (commands[i].mode && strcmp(words[2], commands[i].mode) != 0)
			continue;
		return control_request_fill(r, commands[i].command, count > 1 ? words[1] : NULL);
	}
	return false;
}

static int connect_to(const char *path)
{
	struct timeval limit = {.tv_sec = ANSWER_SECONDS};
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		close(fd);
		return -1;
	}
	memcpy(at.sun_path, path, strlen(path));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!connect(fd, (struct sockaddr *)&at, sizeof(at)))
		return fd;
	close(fd);
	return -1;
}

static int ask(int fd, const struct control_request *r, struct buffer *answer)
{
	char bytes[4096];
	ssize_t n;

	if (send(fd, r, sizeof(*r), MSG_NOSIGNAL) != (ssize_t)sizeof(*r))
		return -1;
	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0 && answer->size < ANSWER_MAX)
		buffer_append(answer, bytes, (size_t)n);
	buffer_char(answer, '\0');
	return n || answer->failed ? -1 : 0;
}

static int show(const struct buffer *answer)
{
	size_t ok = strlen(CONTROL_ANSWER_OK), not = strlen(CONTROL_ANSWER_NOT);

	if (!strncmp(answer->data, CONTROL_ANSWER_OK, ok)) {
		fputs(answer->data + ok, stdout);
		return fflush(stdout) ? TGRUN_OUTPUT : TGRUN_OK;
	}
	if (!strncmp(answer->data, CONTROL_ANSWER_NOT, not )) {
		fprintf(stderr, "tgrun ctl: %s", answer->data + not );
		return TGRUN_REFUSED;
	}
	fprintf(stderr, "tgrun ctl: the answer is not one of a tgrun\n");
	return TGRUN_ENVIRONMENT;
}

static int run(const char *path, const struct control_request *r)
{
	struct buffer answer = {0};
	int fd = connect_to(path);
	int result;

	if (fd < 0) {
		fprintf(stderr, "tgrun ctl: %s: %s; is there a tgrun with --control-socket?\n",
			path, strerror(errno));
		return TGRUN_ENVIRONMENT;
	}
	if (ask(fd, r, &answer)) {
		fprintf(stderr, "tgrun ctl: %s: no answer: %s\n", path, strerror(errno));
		result = TGRUN_ENVIRONMENT;
	} else {
		result = show(&answer);
	}
	buffer_free(&answer);
	close(fd);
	return result;
}

int ctl_main(int argc, char *argv[])
{
	static const struct option options[] = {{"socket", required_argument, NULL, 's'},
						{"json", no_argument, NULL, 'j'},
						{"help", no_argument, NULL, 'h'},
						{0}};
	const char *path = CONTROL_SOCKET;
	struct control_request request;
	bool json = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (option) {
		case 's':
			path = optarg;
			break;
		case 'j':
			json = true;
			break;
		case 'h':
			fputs(help, stdout);
			return TGRUN_OK;
		default:
			return wrong("no such option, or one without its value");
		}
	}
	if (!read_command(&request, argc - optind, argv + optind))
		return wrong(
			"the command is one of list, enable POLICY, disable POLICY, mode POLICY "
			"enforce|monitor and remove POLICY");
	request.json = json;
	return run(path, &request);
}
