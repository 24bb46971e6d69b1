#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# long.sh LINES: a file of so many lines in the terse language, policies that differ, to standard output.
awk -v lines="$1" 'BEGIN {
	for (n = p = 0; n < lines; p++) {
		print "# Number " p "\npolicy long-" p
		print "let paths" p " = \"/etc/x" p "\", \"/srv/" p "/secrets\", \"/var/lib/y" p "\""
		print "macro trusted" p " = binary in \"/usr/sbin/sshd\", \"/opt/" p "/agent\""
		n += 4
		for (h = 0; h < 4 && n < lines; h++) {
			print "kprobe security_file_permission(file, mask) {"
			print "    file under paths" p " and mask & MAY_WRITE and not trusted" p " => post rate 1/minute"
			print "    file ends \".so." h "\", \".conf\" and (pid != " p + 1 " or caps.effective in CAP_SYS_ADMIN) => post stack kernel"
			print "    default => nopost\n}"
			print "kprobe tcp_connect(sk) where sk.daddr not in 10." p % 256 "." h ".0/24 and sk.dport in 80, " 1000 + p
			n += 6
		}
	}
}' | head -n "$1"
