#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deps.sh LIST [run]: installs the Debian packages of LIST (one a line, # comments) that are missing.
# With `run` without those below a comment that begins with "To test".
set -eu

list=$1
part=${2:-all}
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	echo "deps: not a Debian system. Install by hand what $list names, then: touch build/.deps" >&2
	exit 3
fi

# Another package may be the same: nodejs of its makers has npm.
provided()
{
	dpkg-query -W -f '${db:Status-Status}, ${Provides},\n' | grep "^installed," | grep -q "[ ,]$1[ ,(]"
}

missing=
wanted()
{
	awk -v part="$part" '/^#/ { test = /^# To test/; next } !test || part == "all"' "$list"
}

for package in $(wanted); do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=absent
	[ "$state" = installed ] || provided "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "deps: as root: apt-get install --no-install-recommends$missing" >&2
		exit 3
	}
	sudo=sudo
fi

echo "deps: installing$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() {
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y "$@" </dev/null >"$log" 2>&1 || {
		cat "$log" >&2
		echo "deps: apt-get $1 failed" >&2
		exit 3
	}
}
run update
# shellcheck disable=SC2086 # a list of words
run install --no-install-recommends $missing
