#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb import of what boards, debuggers and monitors print in rows: the right words in the right slots, what is not
# told marked, and a row that was cut, joined or made up refused by line. The format is told by the text.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# imports NAME CORE FORMAT ENTRY...: standard input is read as that format, and has those entries.
imports() {
	cat >text
	rm -f rows.img
	name="$3: $1" core=$2 format=$3
	shift 3
	ppctlb import -c "$core" text rows.img 2>err
	ok $? "$name: imported"
	grep -q "^ppctlb: text: read as .* (--from=$format)$" err
	ok $? "$name: told by itself"
	printf '%s\n' "$@" >want
	ppctlb dump --all -n -o ENTRY rows.img | grep -v '=00000000,00000000,00000000,00000000$' >got
	same "$name: the entries" want got
}

# refuses NAME CORE FORMAT PATTERN: standard input is refused in those words, and no image made.
refuses() {
	cat >text
	rm -f no.img
	says "$3: $1" 1 "$4" ppctlb import --from="$3" -c "$2" text no.img
	[ ! -e no.img ]
	ok $? "$3: $1: no image"
}

# ---- U-Boot's reginfo ----

imports 'a dead board' p2020 reginfo 1:0=80000100,fffff000,fffff000,00000000 1:2=80000900,e8000000,fe8000000,00000000 \
	1:8=80000a00,00000000,00000000,00000000 <<EOF
=> reginfo
TLBCAM entries
entry 00: V: 1 EPN 0xfffff000 RPN 0xfffff000 size:4 KiB
entry 02: V: 1 EPN 0xe8000000 RPN 0xfe8000000 size:256 MiB
entry 08: V: 1 EPN 0x00000000 RPN 0x00000000 size:1 GiB
entry 09: V: 0 EPN 0x00000000 RPN 0x00000000 size:1 KiB
=>
EOF
marks 'reginfo: marked' rows.img \
	'iprot, x0,x1, invalid entries, u0-u3, tid, reserved bits, ts, rights, wimge'
gives 'reginfo: lookup says where it leads' 0 \
	'0xe8000004 unknown - 1:2 0xe0000000:0xfe0000000:256M: not told: tid, ts; leads to 0xfe8000004' \
	ppctlb lookup rows.img e8000004
ppctlb check rows.img | grep -q '^1:2 error misaligned-epn .* EA 0xe0000000 to 0xefffffff at RA 0xfe0000000$'
ok $? 'reginfo: check finds it misaligned'
refuses 'no such slot' e500v2 reginfo '^ppctlb: text:1:.*: this core has no such slot in TLB1' <<EOF
entry 16: V: 1 EPN 0xfffff000 RPN 0xfffff000 size:4 KiB
EOF
refuses 'cut' e500v2 reginfo '^ppctlb: text:1:.*K, M, G or T expected' <<EOF
entry 00: V: 1 EPN 0xfffff000 RPN 0xfffff000 size:4
EOF
refuses 'two rows in one' e500v2 reginfo '^ppctlb: text:1:.*nothing more expected' <<EOF
entry 00: V: 1 EPN 0xfffff000 RPN 0xfffff000 size:4 KiB entry 02: V: 1 EPN 0xe8000000 RPN 0xfe8000000 size:256 MiB
EOF
refuses 'no size of a page' e500v2 reginfo '^ppctlb: text:1:.*a size that no entry can have' <<EOF
entry 00: V: 1 EPN 0xfffff000 RPN 0xfffff000 size:3 KiB
EOF

# ---- FreeBSD ----

imports 'show tlb1' e500v2 freebsd 1:0=c0000800,c0000004,04000015,00000000 1:1=c0000700,fd00000a,ffd000005,00000000 <<EOF
> db> show tlb1
>   0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 mas2(va) = 0xc0000004 mas3(pa) = 0x04000015 mas7 = 0x00000000
>   1: (VP) [AS=0] sz = 0x01000000 tsz = 7 tid = 0 mas1 = 0xc0000700 mas2(va) = 0xfd00000a mas3(pa) = 0xfd000005 mas7 = 0x0000000f
EOF
marks 'freebsd: nothing is left open on a core without MAS8' rows.img ''
refuses 'a row of two' e500v2 freebsd '^ppctlb: text:1:.*mas1 is not what stands in front of it' <<EOF
0: (V ) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 mas2(va) = 0xc0000004 mas3(pa) = 0x04000015 mas7 = 0x00000000
EOF
refuses 'registers in another order' e500v2 freebsd "^ppctlb: text:1:.*'mas1 =' expected" <<EOF
0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas2(va) = 0xc0000004 mas1 = 0xc0000800 mas3(pa) = 0x04000015 mas7 = 0x00000000
EOF
refuses 'cut' e500v2 freebsd "^ppctlb: text:1:.*'mas7 =' expected" <<EOF
0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 mas2(va) = 0xc0000004 mas3(pa) = 0x04000015
EOF

# ---- CodeWarrior ----

imports '128 bits' e500mc codewarrior 1:0=80000700,fd00000a,fd00003f,00000000 1:1=80000700,fc00000a,fc000015,00000000 \
	1:2=80000500,e400000a,e4000015,00000000 <<'EOF'
# CCSR, 16MB
writereg128 L2MMU_CAM1  0x7000000A 0x1C080000 0xFC000000 0xFC000001
reg ${CAM_GROUP}L2MMU_CAM2 = 0x500003CA1C080000E4000000E4000001
	reg ${CAM_GROUP}L2MMU_CAM0 = 0x70000FCAFC080000FD000000FD000001   ;# 32MB of flash
	reg ${CAM_GROUP}L2MMU_CAM10 = 0x00000000000000000000000000000000
EOF
marks 'codewarrior: marked' rows.img 'iprot, x0,x1, mas8, u0-u3, tid, reserved bits, ts'
ppctlb dump -J rows.img | grep -q '"not_told":.*"ra"'
ok $? 'codewarrior: 128 bits: the upper part of the real address is not told'
imports '192 bits' e6500 codewarrior 1:1=80000500,fffffffffc00000a,ffc000015,00000000 \
	1:2=80000980,ffffffffe000000a,e0000015,00000000 <<'EOF'
	reg ${CAM_GROUP}L2MMU_CAM1 = 0x5000000a1c0800000000000ffc000000fffffffffc000001
	reg ${CAM_GROUP}L2MMU_CAM2 = 0x9800000a1c08000000000000e0000000ffffffffe0000001
EOF
ppctlb import -c t1042 text rows.img 2>err
ppctlb check rows.img | grep -q '^1:2 error bad-size .*512M'
ok $? 'codewarrior: 512M is no page of an e5500'
refuses 'of the other width' e500mc codewarrior '^ppctlb: text:1:.*of a 64-bit core' <<'EOF'
	reg ${CAM_GROUP}L2MMU_CAM1 = 0x5000000a1c0800000000000ffc000000fffffffffc000001
EOF
refuses 'a digit less' e500mc codewarrior '^ppctlb: text:1:.*32 or 48 hexadecimal digits' <<'EOF'
reg ${CAM_GROUP}L2MMU_CAM2 = 0x500003CA1C080000E4000000E400000
EOF
refuses 'a name among the digits' e500mc codewarrior '^ppctlb: text:1:.*a name among the digits' <<'EOF'
reg ${CAM_GROUP}L2MMU_CAM2 = 0x500003CA1C080000${CCSR_RPN}E4000001
EOF

# ---- BDI ----

heading='IDX PID EPN SIZE V TS RPN U0-U3 WIMGE UUUSSS'
imports 'l2cam' e500v2 bdi 1:12=80000800,fc00000a,fc000015,00000000 1:13=00051100,00001000,40000111f,00000000 <<EOF
BDI>l2cam 0 15
$heading
12 : 00 fc000000 64MB V 0 -> 0_fc000000 0000 -I-G- ---RWX
13 : 05 00001000  4KB - 1 -> 4_00001000 0100 ----- RW-RWX
EOF
imports 'l2tlb: slots are not told' e500v2 bdi 0:4=80050100,00001000,400001003,00000000 <<EOF
l2tlb 0 3
$heading
02 : 05 00001000  4KB V 0 -> 4_00001000 0000 ----- R--R--
EOF
imports 'columns in another order' e500v2 bdi 1:12=80000800,fc00000a,fc000015,00000000 <<EOF
IDX V TS EPN SIZE RPN PID WIMGE U0-U3 UUUSSS
12 : V 0 fc000000 64MB -> 0_fc000000 00 -I-G- 0000 ---RWX
EOF
refuses 'two columns swapped' e500v2 bdi '^ppctlb: text:2:.*a number of more digits expected' <<EOF
$heading
12 : 0 fc000000 64MB V 00 -> 0_fc000000 0000 -I-G- ---RWX
EOF
refuses 'a column too few' e500v2 bdi '^ppctlb: text:2:' <<EOF
$heading
12 : 00 fc000000 64MB V 0 -> 0_fc000000 0000 ---RWX
EOF
refuses 'a letter out of its place' e500v2 bdi "^ppctlb: text:2:.*'X' or '-' expected" <<EOF
$heading
12 : 00 fc000000 64MB V 0 -> 0_fc000000 0000 -I-G- RWR---
EOF

# ---- Simics ----

cat >simics.txt <<EOF
L2 TLB0
   # W  Logical           Physical          TS TID U[0123] WIMGE S[XWR] U[XWR]
-------------------------------------------------------------------------------
[  1-0] c0001000-c0001fff 04344000-04344fff  0   5 0000    --M-- -WR    -WR
L2 TLB1
 #  Logical            Physical          TS TID U[0123] WIMGE S[XWR] U[XWR] IPROT
[ 3] f0000000-f0ffffff f0000000-f0ffffff  1   0 0101    -I-G- XWR    ---    1
EOF
imports 'print-l2tlb' e500v1 simics 0:2=80050100,c0001004,0434400f,00000000 1:3=c0001700,f000000a,f0000155,00000000 <simics.txt
marks 'simics: marked' rows.img 'x0,x1, invalid entries, reserved bits'
ppctlb import -c e500v2 simics.txt rows.img 2>err
ppctlb dump -J rows.img | grep -q '"not_told":.*"ra"'
ok $? 'simics: without MAS7 the real address is not told'
refuses 'ranges of two sizes' e500v1 simics '^ppctlb: text:2:.*another size than that of the logical' <<EOF
 #  Logical            Physical          TS TID U[0123] WIMGE S[XWR] U[XWR] IPROT
[ 3] f0000000-f0ffffff f0000000-f00fffff  1   0 0101    -I-G- XWR    ---    1
EOF
refuses 'a set and way below the heading of TLB1' e500v1 simics '^ppctlb: text:2:.*the slot is not of the form' <<EOF
 #  Logical            Physical          TS TID U[0123] WIMGE S[XWR] U[XWR] IPROT
[  1-0] f0000000-f0ffffff f0000000-f0ffffff  1   0 0101    -I-G- XWR    ---    1
EOF

# ---- xmon of a 64-bit core ----

cat >xmon.txt <<EOF
0:mon> u
Book3E MMU MAV=1.0,2 TLBs,8-bit PID,6-bit LPID,72-bit RA
TLB 0:
------
0000-A 00000000b7b00000 0013   4K    AS0     m   000000000fcf6000 U  r S  r
    |C 00000000b7b80000 0013   4K    AS1   w m e 0000000fcf6000 U  r Sxwr
TLB 1:
------
0000-A c000000000000000 0000   1G  P AS0     m   0000000000000000 Uxwr Sxwr
    |B 8000080000000000 0000  16M  P AS0    i g  0000000fe0000000 U    S wr
EOF
sed 's/0000000fcf6000 U  r Sxwr/000000000fcf6000 U  r Sxwr/' xmon.txt >whole.txt
imports 'u' e5500 xmon 0:0=80130100,b7b00004,0fcf6003,00000000 0:2=80131100,b7b80015,0fcf6017,00000000 \
	1:0=c0000a00,c000000000000004,0000003f,00000000 1:1=c0000700,800008000000000a,fe0000005,00000000 <whole.txt
marks 'xmon: 64-bit: marked' rows.img 'mas8, invalid entries, u0-u3, reserved bits'
sed 's/72-bit RA/0-bit RA/' whole.txt >narrow.txt
ppctlb import -c e5500 narrow.txt rows.img 2>err
gives 'xmon: of a CPU that does not tell its width no real address is told' 0 'ra' \
	sh -c "ppctlb dump -J rows.img | head -n 1 | grep -o '\"ra\"[],]' | tr -d '\"],'"
refuses 'a blank less in front of the attributes' e5500 xmon "^ppctlb: text:2:.*or a blank expected" <<EOF
TLB 0:
0000-A 00000000b7b00000 0013   4K    AS0    m   000000000fcf6000 U  r S  r
EOF
refuses 'no heading' e5500 xmon "^ppctlb: text:1:.*no heading 'TLB 0:'" <<EOF
0000-A 00000000b7b00000 0013   4K    AS0     m   000000000fcf6000 U  r S  r
EOF
refuses 'an indirect entry' e6500 xmon '^ppctlb: text:2:.*an indirect entry' <<EOF
TLB 1:
0000-A 00000000b7b00000 0013   1M I  AS0     m   000000000fcf6000 U  r S  r
EOF
refuses 'the row that names the set is missing' e5500 xmon '^ppctlb: text:3:5: an EPN of another set' <<EOF
TLB 0:
0001-A 00000000b7b01000 0013   4K    AS0     m   000000000fcf6000 U  r S  r
    |B 00000000b7b00000 0013   4K    AS0     m   000000000fcf6000 U  r S  r
EOF
refuses 'a further way at first' e5500 xmon '^ppctlb: text:2:5: the row that names the set is missing above' <<EOF
TLB 0:
    |B 00000000b7b00000 0013   4K    AS0     m   000000000fcf6000 U  r S  r
EOF
refuses 'no such way' e5500 xmon '^ppctlb: text:2:.*no such set and way' <<EOF
TLB 0:
0000-F 00000000b7b00000 0013   4K    AS0     m   000000000fcf6000 U  r S  r
EOF

# ---- registers with their names ----

imports 'in any order' e500v2 mas 1:3=c0000400,48000008,f4800003f,00000000 <<EOF
MAS0=0x10030000
MAS1: c0000400
MAS2 = 0x48000008
MAS3   4800003f
MAS7   0000000f
EOF
imports 'by SPR, and as code' e500v2 mas 1:0=c0000500,fff0000a,fff0003f,00000000 1:1=c0000700,00000000,0000003f,00000000 <<EOF
mtspr 624, 0x10000000
mtspr SPRN_MAS1, 0xc0000500
mtspr MAS2, 0xfff0000a
mtspr spr627, 0xfff0003f
mtspr 624, 0x10010000
mtspr MAS1, 0xc0000700
mtspr MAS2, 0
mtspr MAS3, 0x3f
EOF
imports 'below a line of names' e500mc mas 1:3=c0000400,48000008,f4800003f,00000000 <<EOF
MAS0     MAS1     MAS2     MAS3     MAS7     MAS8
10030000 c0000400 48000008 4800003f 0000000f 00000000
EOF
imports 'of a 440' 440 mas 0:0=00000005,e0000210,40000001,00000503 <<EOF
tid=5 word0=e0000210 word1=40000001 word2=00000503
EOF
refuses 'registers in another order' e500v2 mas 'where one ends is not certain' <<EOF
MAS1=c0000400 MAS2=48000008 MAS3=4800003f
MAS7=0000000f MAS1=c0000400 MAS2=48000008 MAS3=4800003f
EOF
refuses 'a register missing' e500v2 mas '^ppctlb: text:1:1: .*mas3 is missing' <<EOF
MAS1=c0000400 MAS2=48000008
EOF
refuses 'a number cut off' e500v2 mas 'a number has fewer digits than others' <<EOF
MAS1=c0000400 MAS2=48000008 MAS3=4800
EOF
refuses 'a number in front of its name' e500v2 mas '^ppctlb: text:4:1: a register without its value' <<EOF
MAS1: c0000400
MAS2 = 0x48000008
MAS3   4800003f
0000000f   MAS7
EOF
refuses 'two ways to read a row' e500v2 hex "^ppctlb: text:1:1: 4 numbers that may be .* say it with labels, as in mas7=f" <<EOF
80000700 e000000a e0000005 0000000f
EOF
refuses 'a word cut off' e500v2 hex 'the last word has fewer digits than the others' <<EOF
c0000500 ffe0000a ffe00
EOF

# ---- no format at all ----

refuses 'prose' e500v2 auto 'no line of it is of a format that import knows' <<EOF
The guest just stops. What do I do?
EOF
refuses 'nearly one' e500v2 auto "comes nearest, to U-Boot's reginfo: 'V:' expected" <<EOF
entry 00: valid EPN 0xfffff000 RPN 0xfffff000 size:4 KiB
EOF
refuses 'of another family' 440 auto "FreeBSD's show tlb1 cannot show a TLB of 440" <<EOF
  0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 mas2(va) = 0xc0000004 mas3(pa) = 0x04000015 mas7 = 0
EOF
finish
