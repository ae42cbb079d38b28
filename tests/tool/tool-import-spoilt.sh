#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb import of text whose structure was spoilt, see mutate-text.py: nothing is misread. SPOILT=N tries N a text.
. "${srcdir:-.}/tests/tool/tool-common.sh"
data=$source/tests/tool/data
if ! command -v python3 >/dev/null; then
	skip 'spoilt text' 'no python3'
	finish
fi

# spoil FORMAT CORE FILE
spoil() {
	python3 "$source/tests/tool/mutate-text.py" ppctlb "$1" "$2" "$3" "${SPOILT:-12}" 7 >spoilt.out
	good=$?
	[ $good -eq 0 ] || sed 's/^\([^#]\)/# \1/' spoilt.out
	ok $good "$1 of $2: no spoilt text is misread"
}

cat >reginfo <<EOF
TLBCAM entries
entry 00: V: 1 EPN 0xfffff000 RPN 0xfffff000 size:4 KiB
entry 02: V: 1 EPN 0xe8000000 RPN 0xfe8000000 size:256 MiB
entry 08: V: 1 EPN 0x00000000 RPN 0x00000000 size:1 GiB
EOF
cat >freebsd <<EOF
  0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 mas2(va) = 0xc0000004 mas3(pa) = 0x04000015 mas7 = 0x00000000
  1: (VP) [AS=0] sz = 0x01000000 tsz = 7 tid = 0 mas1 = 0xc0000700 mas2(va) = 0xfd00000a mas3(pa) = 0xfd000005 mas7 = 0x0000000f
EOF
cat >codewarrior <<'EOF'
reg ${CAM_GROUP}L2MMU_CAM1 = 0x5000000a1c0800000000000ffc000000fffffffffc000001
reg ${CAM_GROUP}L2MMU_CAM2 = 0x9800000a1c08000000000000e0000000ffffffffe0000001
EOF
cat >bdi <<EOF
l2cam 0 15
IDX PID EPN SIZE V TS RPN U0-U3 WIMGE UUUSSS
12 : 00 fc000000 64MB V 0 -> 0_fc000000 0000 -I-G- ---RWX
13 : 05 00001000  4KB V 1 -> 4_00001000 0100 ----- RW-RWX
EOF
cat >xmon <<EOF
TLB 0:
------
0000-A 00000000b7b00000 0013   4K    AS0     m   000000000fcf6000 U  r S  r
    |C 00000000b7b80000 0013   4K    AS1   w m e 000000000fcf6000 U  r Sxwr
TLB 1:
------
0000-A c000000000000000 0000   1G  P AS0     m   0000000000000000 Uxwr Sxwr
    |B 8000080000000000 0000  16M  P AS0    i g  0000000fe0000000 U    S wr
EOF
spoil reginfo e500v2 reginfo
spoil freebsd e500v2 freebsd
spoil codewarrior e6500 codewarrior
spoil bdi e500v2 bdi
spoil xmon e5500 xmon
spoil xmon 440 "$data/xmon-440.txt"
spoil libkvm 440 "$data/libkvm-440.txt"
spoil qemu e500v2 "$data/info-tlb-e500v2.txt"
spoil qemu 440 "$data/info-tlb-440.txt"
spoil qemu e500mc "$data/info-tlb-library-e500mc.txt"
spoil hex e500v2 "$data/tlbre-e500v2.txt"
finish
