#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Twice the entries are about twice the work for ppctlb_check(): instructions, not time, are counted.
set -u
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# instructions FUNCTION PROGRAM ARGUMENT: how many FUNCTION and what it calls take.
instructions() {
	./libtool --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		--toggle-collect="$1" "$2" "$3" 2> "$out" || cat "$out" >&2
	sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$out"
}

echo 1..3
small=$(instructions ppctlb_check bench/check 4096)
large=$(instructions ppctlb_check bench/check 8192)
echo "# $small instructions for 4096 entries, $large for 8192"
result='not ok'
[ "${small:-0}" -gt 0 ] && result=ok
echo "$result 1 - instructions are counted"
# n log n is 2.17 here, n squared would be 4
result='not ok'
[ "${small:-0}" -gt 0 ] && [ $((large * 10)) -lt $((small * 24)) ] && result=ok
echo "$result 2 - twice the entries take less than 2.4 times the instructions"
result='not ok'
[ $((large * 10)) -gt $((small * 18)) ] && result=ok
echo "$result 3 - and no less than 1.8 times: it was the entries that were counted"
