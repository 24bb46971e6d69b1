/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_MEMORY_H
#define TGRUN_MEMORY_H

/*
 * Gives back what only starting up needed: free heap, and the pages of program and library
 * text, of which those still used come back from the page cache one by one.
 */
void memory_give_back(void);

#endif
