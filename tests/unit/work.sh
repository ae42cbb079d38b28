#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a look-up, a map and a save cost beside plain code in the same program, and how map grows. Counts instructions,
# not time.
set -u
out=$(mktemp) || exit 1
trap 'rm -f "$out"' EXIT

# instructions FUNCTION ARGUMENT...: how many FUNCTION and what it calls take.
instructions() {
	function=$1
	shift
	LD_BIND_NOW=1 ./libtool --mode=execute valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		--toggle-collect="$function" tests/unit/work "$@" 2> "$out" || cat "$out" >&2
	sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$out"
}

n=0

# ok STATUS NAME
ok() {
	n=$((n + 1))
	[ "$1" -eq 0 ] || printf 'not '
	echo "ok $n - $2"
}

# at_most CORE CALL REFERENCE TENTHS
at_most() {
	call=$(instructions "ppctlb_$2" one "$1")
	plain=$(instructions "reference_$3" one "$1")
	echo "# $1, $2: $call instructions, $plain of the reference"
	[ "${plain:-0}" -gt 0 ] && [ $((${call:-0} * 10)) -lt $((plain * $4)) ] && [ "${call:-0}" -gt "$plain" ]
	ok $? "$1: $2 takes at most $4 tenths of the reference"
}

# Half as much again as they take; to decode every entry would take ten times as much.
at_most 440 translate look_up 18
at_most 440 map map 420
at_most 440 save save 20
at_most e500v2 translate look_up 25
at_most e500v2 map map 105
at_most e500v2 save save 16
at_most e6500 translate look_up 17
at_most e6500 map map 115
at_most e6500 save save 16

small=$(instructions ppctlb_map map 4096)
large=$(instructions ppctlb_map map 16384)
echo "# map: $small instructions for 4096 regions, $large for 16384"
# n log n is 4.7 here, n squared would be 16
[ "${small:-0}" -gt 0 ] && [ "${large:-0}" -lt $((small * 5)) ] && [ "${large:-0}" -gt $((small * 3)) ]
ok $? 'four times the regions take less than five times the instructions'
echo "1..$n"
