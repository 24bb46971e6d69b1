/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_POD_JSON_H
#define TGRUN_POD_JSON_H

#include "runtime/json.h"
#include "runtime/workload_file.h"

/* The member `pod` of a process with this number in its own PID namespace; NULL: nothing. */
void pod_json(struct json *j, const struct container *c, uint32_t nspid);

#endif
