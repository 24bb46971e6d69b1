#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tally.sh RESULTS NAME COMMAND...: runs a group of tests, shows what it prints, and appends
# "NAME PASSED FAILED" to RESULTS. Counted: the lines "PART: N passed, N failed" of its parts
# together; else the last "N passed, N failed" that it prints; else Criterion's summary; else its lines "ok" and "not ok"; else itself as one test.
# A group that fails without saying so counts one failure.
# tally.sh --sum RESULTS NAME...: prints the total; a group without a line has failed.

sum()
{
	results=$1
	shift
	for name; do
		grep -q "^$name " "$results" 2>/dev/null && continue
		echo "not run: $name"
		echo "$name 0 1" >>"$results"
	done
	awk '{ p += $2; f += $3 } END { printf "%d passed, %d failed\n", p, f; exit f > 0 }' "$results"
}

count()
{
	awk -v status="$1" '
		match($0, /[0-9]+ passed, [0-9]+ failed/) {
			split(substr($0, RSTART, RLENGTH), w, /[ ,]+/)
			said = 1; p = w[1]; f = w[3]
			if ($0 ~ /^[a-z-]+: [0-9]+ passed, [0-9]+ failed$/) {
				passed[$1] = w[1]
				failed[$1] = w[3]
				parts++
			}
		}
		/Synthesis: Tested:/ {
			gsub(/\033\[[0-9;]*m/, ""); gsub(/[^0-9]+/, " ")
			split($0, w, " ")
			said = 1; p = w[2]; f = w[3] + w[4]
		}
		/^ok/ { ok++ }
		/^not ok/ { bad++ }
		END {
			if (parts) {
				p = f = 0
				for (part in passed) {
					p += passed[part]
					f += failed[part]
				}
			}
			if (!said) { p = ok + 0; f = bad + 0 }
			if (!said && !ok && !bad && status == 0) p = 1
			if (f == 0 && status != 0) f = 1
			print p, f
		}' "$2"
}

if [ "$1" = --sum ]; then
	shift
	sum "$@"
	exit
fi

results=$1
name=$2
shift 2
log=$results.$name.log
echo "==== $name"
{ "$@" 2>&1; echo $? >"$log.status"; } </dev/null | tee "$log"
status=$(cat "$log.status")
set -- $(count "$status" "$log")
echo "$name $1 $2" >>"$results"
echo "---- $name: $1 passed, $2 failed"
[ "$status" -eq 0 ] && [ "$2" -eq 0 ]
