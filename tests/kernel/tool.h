/* SPDX-License-Identifier: Apache-2.0 */
/* Operations of the tool that are not in tool.c: each gets the arguments after its word. */
#ifndef KERNEL_TOOL_H
#define KERNEL_TOOL_H

int tool_tcp(char **args);
int tool_lend(char **args);
int tool_udps(char **args);
int tool_udp(char **args);
int tool_unix(char **args);
int tool_writev(char **args);
int tool_write(char **args);
int tool_bad_write(char **args);
int tool_chdir(char **args);
int tool_close(char **args);
int tool_capset(char **args);
int tool_userns(char **args);
int tool_bpf(char **args);
int tool_perf(char **args);
int tool_module(char **args); /* tool_module.c */
int tool_call(char **args);   /* tool_user.c */
int tool_usdt(char **args);
int tool_change(char **args);
int tool_set(char **args);

#endif
