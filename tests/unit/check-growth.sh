#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Twice the entries must be about twice the work for ppctlb_check() and ppctlb_translate(). Counts instructions, not time.
set -u
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# instructions FUNCTION PROGRAM ARGUMENT: how many FUNCTION and what it calls take.
instructions() {
	./libtool --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		--toggle-collect="$1" "$2" "$3" 2> "$out" || cat "$out" >&2
	sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$out"
}

n=0

# ok STATUS NAME
ok() {
	n=$((n + 1))
	[ "$1" -eq 0 ] || printf 'not '
	echo "ok $n - $function: $2"
}

for function in ppctlb_check ppctlb_translate; do
	small=$(instructions $function tests/unit/growth 4096)
	large=$(instructions $function tests/unit/growth 8192)
	echo "# $function: $small instructions for 4096 entries, $large for 8192"
	[ "${small:-0}" -gt 0 ]
	ok $? 'instructions are counted'
	# n log n is 2.17 here, n squared would be 4
	[ "${small:-0}" -gt 0 ] && [ $((large * 10)) -lt $((small * 24)) ]
	ok $? 'twice the entries take less than 2.4 times the instructions'
	[ $((large * 10)) -gt $((small * 18)) ]
	ok $? 'and no less than 1.8 times: it was the entries that were counted'
done
echo "1..$n"
