#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# README.md's session "From a board" prints what README.md shows, with the ppctlb that is installed. TAP.
set -u
source=$(cd "${srcdir:-.}" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/session" "$work/here" && cd "$work/here" || exit 99
awk -v dir="$work/session" -v section="From a board" -f "$source/tests/support/session.awk" "$source/README.md"

failed=0
count=$(cat "$work/session/count")
[ "$count" -ge 6 ] || { echo 'Bail out! README.md has no session'; exit 99; }
cp "$work/session/1.output" board.txt
i=1
while [ $i -le "$count" ]; do
	sh "$work/session/$i.command" >got 2>&1
	if diff "$work/session/$i.output" got >"$work/diff"; then
		echo "ok $i - $(cat "$work/session/$i.command")"
	else
		echo "not ok $i - $(cat "$work/session/$i.command")"
		sed 's/^/# /' "$work/diff"
		failed=1
	fi
	i=$((i + 1))
done
echo "1..$count"
exit $failed
