#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh FOLDER SECONDS TARGET...: runs each fuzz target of FOLDER for so long. Inputs come
# from tests/fuzz/corpus-NAME and from FOLDER/seeds; finds are kept in FOLDER/corpus-NAME.
folder=$1
seconds=$2
shift 2
passed=0
failed=0

[ ! -x "$folder/seeds" ] || "$folder/seeds" "$folder/made" || exit 3
for target; do
	name=${target#fuzz_}
	mkdir -p "$folder/corpus-$name"
	set -- "$folder/corpus-$name"
	[ ! -d "tests/fuzz/corpus-$name" ] || set -- "$@" "tests/fuzz/corpus-$name"
	[ ! -d "$folder/made/$name" ] || set -- "$@" "$folder/made/$name"
	[ ! -f "tests/fuzz/$name.dict" ] || set -- "-dict=tests/fuzz/$name.dict" "$@"
	if "$folder/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="$folder/crash-$name-" -verbosity=0 -print_final_stats=1 \
		"$@" >"$folder/$name.log" 2>&1; then
		echo "PASS $target: $(sed -n 's/^stat::number_of_executed_units: *//p' \
			"$folder/$name.log") inputs in $seconds s"
		passed=$((passed + 1))
	else
		echo "FAIL $target:"
		tail -n 40 "$folder/$name.log"
		failed=$((failed + 1))
	fi
done
echo "fuzz: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
