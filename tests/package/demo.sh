#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The demo prints the table of 2008 to the letter, and each kind of answer.
set -u
n=0 status=0
out=$(PPCTLB_BACKEND_PATH=$PWD/.libs ./libtool --mode=execute ${EMULATOR:-env} ./doc/examples/demo) || status=1

shows() {
	n=$((n + 1))
	if printf '%s\n' "$out" | grep -q -e "$2"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		status=1
	fi
}

shows 'the table of the 440 in the 2008 form' '^| nr |     tid  |    word0 |    word1 |    word2 |$'
shows 'RAM on the 440' '^G 0 | 00000000 | 00000270 | 00000000 | 00000007 |$'
shows 'the UART on the 440' '^G 1 | 00000000 | EF600210 | EF600000 | 00000507 |$'
shows 'RAM on the e500v2' '80000700,00000000,00000015,00000000'
shows 'the UART on the e500v2' '80000100,ef60000a,ef600015,00000000'
shows 'a hit' 'hit, RA 0x000001234'
shows 'a miss' 'miss$'
shows 'a protection fault' 'protection fault'
echo "1..$n"
exit $status
