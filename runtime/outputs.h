/* SPDX-License-Identifier: Apache-2.0 */
/* The outputs that options ask for: standard output, the export file. */
#ifndef TGRUN_OUTPUTS_H
#define TGRUN_OUTPUTS_H

#include "runtime/export_file.h"
#include "runtime/export_sink.h"
#include "runtime/options.h"
#include "runtime/redaction.h"

struct outputs {
	struct redactions redactions;
	struct export_rules rules; /* of the export, until a sink has it */
	struct delivery delivery;
	struct export_sink printed, exported;
	struct export_file file;
};

/* What can be refused without privileges or kernel. 0, or -1 with `why`. */
int outputs_prepare(struct outputs *outputs, const struct options *o, struct failure *why);

/*
 * Opens the files and adds the sinks. `stop_fd` as of output_init(); `style` and `outputs` must
 * outlive them. 0, or -1 with `why`.
 */
int outputs_open(struct outputs *outputs, struct sinks *sinks, const struct options *o,
		 const struct event_style *style, int stop_fd, bool enforcing, struct failure *why);
/* 0, or -1 when standard output ended what would have gone on. */
int outputs_result(const struct outputs *outputs, struct failure *why);
/* After the sinks are closed. */
void outputs_free(struct outputs *outputs);

#endif
