/* SPDX-License-Identifier: Apache-2.0 */
/* `tgrun ctl`: a client of the control socket of another tgrun. */
#ifndef TGRUN_CTL_H
#define TGRUN_CTL_H

/* `argv[0]` is "ctl". Returns the exit code. */
int ctl_main(int argc, char *argv[]);

#endif
