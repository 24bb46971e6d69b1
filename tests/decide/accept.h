/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiler takes: a policy is put through it up to the plan. So that nothing here has to
 * be edited when the compiler learns something, each feature is asked for when it is first met.
 */
#ifndef DECIDE_ACCEPT_H
#define DECIDE_ACCEPT_H

#include <stdio.h>
#include "compiler/words/types.h"
#include "shape.h"

struct accept;

/* `btf`: the kernel's type information. NULL after printing why. */
struct accept *accept_open(struct arena *a, const char *btf);
void accept_close(struct accept *x);

enum accept_verdict { ACCEPT_YES, ACCEPT_GAP, ACCEPT_NO };
enum accept_verdict accept_shape(struct accept *x, const struct shape *s);

/* Of a feature: what a policy with it was found to be. */
bool accept_feature(struct accept *x, const struct shape *s, const char *feature);
/* Appends to two lists of words which features were met, and which of them have gaps. */
void accept_report(const struct accept *x, FILE *with, FILE *without);

#endif
