/* SPDX-License-Identifier: Apache-2.0 */
/* Exit codes of tgrun, documented in tgrun(8): scripts rely on them, so they never change. */
#ifndef TGRUN_EXIT_CODES_H
#define TGRUN_EXIT_CODES_H

enum tgrun_exit {
	TGRUN_OK = 0,
	TGRUN_OUTPUT = 1,	/* events could not be written, or nobody reads them */
	TGRUN_USAGE = 2,	/* wrong command line */
	TGRUN_ENVIRONMENT = 3,	/* the kernel or the privileges do not suffice */
	TGRUN_UNREADABLE = 4,	/* a bundle file cannot be read */
	TGRUN_UNSIGNED = 5,	/* no signature */
	TGRUN_TRUNCATED = 6,	/* signature present, but bytes are missing */
	TGRUN_TAMPERED = 7,	/* signature does not fit the payload */
	TGRUN_WRONG_SIGNER = 8, /* signed, but not by a trusted certificate */
	TGRUN_MALFORMED = 9,	/* well signed, but not a bundle this tgrun understands */
	TGRUN_ROLLBACK = 10,	/* older than a version that ran here before */
	TGRUN_DUPLICATE = 11,	/* the same bundle was given twice */
	TGRUN_LOAD = 12,	/* the kernel refuses a program */
	TGRUN_ATTACH = 13,	/* a program loads but cannot be attached */
	TGRUN_CONFLICT = 14,	/* two bundles on one hook, where one may deny */
	TGRUN_REFUSED = 15,	/* tgrun ctl: what was asked for cannot be done */
};

#endif
