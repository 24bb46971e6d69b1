/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_OOM_SCORE_H
#define TGRUN_OOM_SCORE_H

/*
 * Asks the kernel never to choose this process when memory runs out: what it enforces would
 * end with it. 0, or -1 with errno set, where CAP_SYS_RESOURCE is missing for example.
 */
int oom_score_protect(void);

#endif
