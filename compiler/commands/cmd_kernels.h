/* SPDX-License-Identifier: Apache-2.0 */
/* Sub-commands that are about kernels; argv[0] is the command's name. They return exit codes. */
#ifndef TGC_CMD_KERNELS_H
#define TGC_CMD_KERNELS_H

int cmd_kernels(int argc, char **argv);
int cmd_btf(int argc, char **argv);

#endif
