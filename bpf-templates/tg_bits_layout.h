/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* How many facts a word of tg_bits.h has; tgc counts them out. */
#ifndef TG_BITS_LAYOUT_H
#define TG_BITS_LAYOUT_H

#define TG_BITS_FACTS 39

#endif
