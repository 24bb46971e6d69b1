#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# build.sh FOLDER: the VS Code extension with its modules, from npm, and its package tgc.vsix.
set -eu
folder=$1
root=$(cd "$(dirname "$0")/../.." && pwd)

mkdir -p "$folder/vscode"
cp -R "$root/grammar/editors/vscode/." "$folder/vscode/"
cp "$root/LICENSE" "$folder/vscode/LICENSE.txt"
if ! cmp -s "$folder/vscode/package.json" "$folder/installed.json"; then
	(cd "$folder/vscode" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts) >"$folder/npm.log" 2>&1 || {
		cat "$folder/npm.log"
		echo "editors: npm cannot fetch what the VS Code extension needs"
		exit 1
	}
	cp "$folder/vscode/package.json" "$folder/installed.json"
fi
python3 "$root/grammar/editors/pack.py" "$folder/vscode" "$folder/tgc.vsix"
