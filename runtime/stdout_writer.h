/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_STDOUT_WRITER_H
#define TGRUN_STDOUT_WRITER_H

#include "runtime/delivery.h"
#include "runtime/line_writer.h"

/* Lines to a delivery, which is the caller's. */
struct line_writer stdout_writer(struct delivery *d);

#endif
