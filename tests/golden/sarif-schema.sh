#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sarif-schema.sh FILE: gets the JSON schema of SARIF 2.1.0 out of a package of npm, whose bytes
# are known, to FILE. Where that cannot be had, says why and leaves no FILE; that is no failure.

package=@microsoft/jest-sarif@1.0.0-beta.0
inside=package/lib/schemas/sarif-2.1.0-rtm.5.json
digest=2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8

[ -s "$1" ] && exit 0
command -v npm >/dev/null || { echo "sarif-schema: no npm to fetch it with"; exit 0; }
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
if ! (cd "$tmp" && timeout 120 npm pack "$package") >"$tmp/log" 2>&1; then
	echo "sarif-schema: npm cannot fetch $package"
	tail -n 3 "$tmp/log"
	exit 0
fi
tar -xzf "$tmp"/*.tgz -C "$tmp" "$inside" || exit 1
if ! echo "$digest  $tmp/$inside" | sha256sum -c --quiet -; then
	echo "sarif-schema: $package is not what it was"
	exit 1
fi
mkdir -p "$(dirname "$1")" && mv "$tmp/$inside" "$1"
