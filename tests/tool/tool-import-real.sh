#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb import of what U-Boot, Linux's xmon and QEMU really printed, against the words that were in the TLB then.
# REAL_DATA is a folder with other files of the same names: make check-real produces them anew.
. "${srcdir:-.}/tests/tool/tool-common.sh"
data=${REAL_DATA:-$source/tests/tool/data}

# reads CORE FORMAT TEXT SCENE: $text.img becomes what the text tells, words.img what was there.
reads() {
	rm -f text.img words.img auto.img
	ppctlb import --from="$2" -c "$1" "$data/$3-$4.txt" text.img 2>err
	ok $? "$3-$4: imported"
	ppctlb import --from=hex -c "$1" "$data/words-$4.txt" words.img 2>/dev/null
	[ "$(ppctlb dump -n -o ENTRY words.img | wc -l)" -gt 5 ]
	ok $? "$3-$4: there are words to compare with"
	ppctlb import -c "$1" "$data/$3-$4.txt" auto.img 2>/dev/null
	gives "$3-$4: told by itself" 0 '' ppctlb diff text.img auto.img
}

# tells NAME COLUMNS [FILTER]: these columns of both are equal, after FILTER.
tells() {
	ppctlb dump -n -o "$2" words.img | ${3:-cat} >want
	ppctlb dump -n -o "$2" text.img | ${3:-cat} >got
	[ -s want ] && same "$1: $2" want got
}

# leaves_open NAME COLUMNS: no row says anything about these.
leaves_open() {
	[ "$(ppctlb dump -n -o "$2" text.img | tr -d ' \n' | tr -s '?')" = '?' ]
	ok $? "$1: open: $2"
}

without_tid() { sed 's/^\([0-9]*:[0-9]*=\)[^,]*/\100000000/'; }
# Those that info tlb leaves out.
without_hidden() { sed -E 's/,(iprot|x0|x1)//g; s/:(iprot|x0|x1),?/:/'; }

of_tlb0() { grep '^  0'; }

for core in e500v2 e500mc; do
	reads $core reginfo reginfo u-boot-$core
	tells "reginfo on $core" TLB,SLOT,EA,RA,SIZE
	leaves_open "reginfo on $core" USER,SUPER,WIMGE,TS,TID,IPROT,X01,U0123
	ea=$(ppctlb dump -n -o EA words.img | sed -n '1s/-.*//p')
	ppctlb lookup --user --access x text.img "$ea" | grep -q '^[^ ]* *unknown '
	ok $? "reginfo on $core: a right that is not told is not denied"
	reads $core qemu info-tlb u-boot-$core
	tells "info tlb of U-Boot on $core" TLB,MAPPING without_hidden
done

reads 440 xmon xmon linux-440
tells 'xmon on a 440' ENTRY without_tid
leaves_open 'xmon on a 440' TID
says 'xmon on a 440: the same EA of several processes is no finding' 0 'not checked' ppctlb check text.img
reads 440 qemu info-tlb linux-440
tells 'info tlb of Linux on a 440' TLB,MAPPING

reads e5500 xmon xmon linux-e5500
tells 'xmon on an e5500' TLB,SLOT,EA,RA,SIZE,TS,TID,WIMGE,USER,SUPER,IPROT,X01
leaves_open 'xmon on an e5500' U0123
reads e5500 qemu info-tlb linux-e5500
tells 'info tlb of Linux on an e5500' TLB,MAPPING without_hidden

# A header with 0 bits of real addresses: xmon masks them with that, and takes TLB0 for the only one.
reads e5500 xmon xmon-mmucfg-0 linux-e5500
tells 'xmon, MMUCFG 0' TLB,SLOT,EA,SIZE,TS,TID,WIMGE,USER,SUPER,IPROT,X01 of_tlb0
leaves_open 'xmon, MMUCFG 0' RA
finish
