#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb import: what other tools print becomes the entries that were there, as far as the text tells; what it
# does not tell is marked; what cannot be read is named by line and column and refused.
. "${srcdir:-.}/tests/tool/tool-common.sh"
data=$source/tests/tool/data

# refuses NAME CORE FORMAT PATTERN: standard input is refused in those words, and no image made.
refuses() {
	rm -f no.img
	cat >text
	says "$1" 1 "$4" ppctlb import --from="$3" -c "$2" text no.img
	[ ! -e no.img ]
	ok $? "$1: no image"
}

# ---- the table of 2008: all but invalid entries ----

ppctlb import --from=libkvm -c 440 "$data/libkvm-440.txt" libkvm.img 2>err
ok $? 'libkvm: imported'
sed '/^Shadow/,$d' "$data/libkvm-440.txt" >want
ppctlb dump --format=libkvm libkvm.img >got
same 'libkvm: the table comes back to the letter' want got
grep -q '1 row of the shadow TLB left out' err
ok $? 'libkvm: shadow rows are left out, and that is said'
marks 'libkvm: marked' libkvm.img 'invalid entries'
ppctlb dump --format=libkvm libkvm.img | ppctlb import --from=libkvm -c 440 libkvm2.img 2>/dev/null
gives 'libkvm: from standard input' 0 '' ppctlb diff libkvm.img libkvm2.img

# ---- xmon: raw words, no TID ----

ppctlb import --from=xmon -c 440 "$data/xmon-440.txt" xmon.img 2>/dev/null
ok $? 'xmon: imported'
printf '%s\n' 0:0=0,c0000290,0,307 0:1=0,ef600210,ef600004,507 0:63=0,1000031f,100030f,c000801b >want
entries xmon.img >got
same 'xmon: entries, parity bits among them' want got
marks 'xmon: marked' xmon.img tid
ppctlb dump --all -n -o ENTRY xmon.img | grep -q '^0:2=00000000,00000010,00000000,00000000$'
ok $? 'xmon: the words of an entry that is not valid'
refuses 'xmon: V without the bit in word 0' 440 xmon '^ppctlb: text:1:33: ' <<EOF
[00] c0000090 00000000 00000307 V c0000000 -> 000000000 wiMGe
EOF

# ---- QEMU's info tlb, against what tlbre read: the mappings, in the order of slots ----

# As text that tells neither of IPROT, X0, X1 nor, on 440, of E.
mappings() {
	ppctlb dump -n -o TLB,MAPPING "$1" | sed -E 's/,(iprot|x0|x1)//g; s/:(iprot|x0|x1),?/:/'
}

for core in 440 e500v2 e500mc e5500; do
	ppctlb import --from=hex -c $core "$data/tlbre-$core.txt" tlbre.img
	ok $? "$core: what tlbre read"
	entries tlbre.img >got
	same "hex: $core: each word in its place" "$data/tlbre-$core.txt" got
	mappings tlbre.img >want

	ppctlb import --from=qemu -c $core "$data/info-tlb-$core.txt" qemu.img 2>/dev/null
	ok $? "qemu: $core: imported"
	mappings qemu.img >got
	same "qemu: $core: the mappings that tlbre tells of" want got
	sed 's/\(S[R-][W-][X-]\)U/\1 U/' "$data/info-tlb-$core.txt" | tr -d '\r' >spaced.txt
	ppctlb import --from=qemu -c $core spaced.txt spaced.img 2>/dev/null
	gives "qemu: $core: the same with later QEMUs' spacing" 0 '' ppctlb diff qemu.img spaced.img
done
ppctlb import --from=qemu -c 440 "$data/info-tlb-440.txt" qemu.img 2>/dev/null
marks 'qemu: 440 marked' qemu.img 'slot, invalid entries, e, low rpn bits, reserved bits'
ppctlb import --from=qemu -c e500mc "$data/info-tlb-e500mc.txt" qemu.img 2>/dev/null
marks 'qemu: e500 marked' qemu.img 'slot, iprot, x0,x1, mas8, invalid entries, low rpn bits, reserved bits'
gives 'qemu: placed as map places: TLB0 by set, else the lowest slot' 0 '0:4 0:8 0:9 1:0 1:1 1:2 1:3' \
	sh -c "ppctlb dump -n -o ENTRY qemu.img | sed 's/=.*//' | paste -sd ' '"

# A QEMU that has the library shows more below: that is taken, and nothing of what is above it.
for core in e500v2 e500mc; do
	library=$data/info-tlb-library-$core.txt
	ppctlb import -c $core "$library" library.img 2>err
	ok $? "qemu with the library: $core: imported"
	entries library.img >got
	same "qemu with the library: $core: each word and slot that tlbre read" "$data/tlbre-$core.txt" got
	marks "qemu with the library: $core: marked" library.img 'invalid entries'
	! grep -q 'look like no entry' err
	ok $? "qemu with the library: $core: every line is known"
done
library=$data/info-tlb-library-e500v2.txt
sed 's/^0x00000000c0000000/0x00000000d0000000/' "$library" >above.txt
ppctlb import --from=qemu -c e500v2 above.txt above.img 2>/dev/null
entries above.img >got
same 'qemu with the library: what is above does not count' "$data/tlbre-e500v2.txt" got
refuses 'qemu with the library: of another core' e500mc qemu '^ppctlb: text:.*: the text is of another core' <"$library"
sed 's/ 0000010000   64K/ 0000020000   64K/' "$library" >columns.txt
refuses 'qemu with the library: columns that the words do not mean' e500v2 qemu \
	'^ppctlb: text:21:83: these words mean something else than the columns before them$' <columns.txt
sed 's/^1:0 /1:3 /' "$library" >twice.txt
refuses 'qemu with the library: a slot twice' e500v2 qemu '^ppctlb: text:22:1: entry 1:3 stands twice, first in line 21$' <twice.txt
sed 's/c0000300,00010000,00010035,00000000/c0000300,00010000,000100/' "$library" >cut.txt
refuses 'qemu with the library: a cut word' e500v2 qemu '^ppctlb: text:21:83: these words mean' <cut.txt

# At reset bamboo has entries that no 440 has.
cat >reset.txt <<EOF
TLB:
Effective          Physical           Size PID   Prot     Attr
0x0000000000000000 0x0000000000000000 2048M 0     00000078 00000000
0x0000000080000000 0x0000000080000000 2048M 0     00000078 00000000
EOF
ppctlb import --from=qemu -c 440 reset.txt reset.img 2>err
ok $? 'qemu: entries of 2048M'
ppctlb plan -c 440 0:0:2G:sr,sw,sx >want
ppctlb plan -c 440 0x80000000:0x80000000:2G:sr,sw,sx >>want
ppctlb dump -n -o MAPPING reset.img >got
same 'qemu: 2048M is taken as the pages that plan has for it' want got
grep -q 'reset.txt: 2 entries of illegal size were split into several pages$' err
ok $? 'qemu: that is said'

sed 's/2048M/2048 /' reset.txt >unit.txt
says 'qemu: a size without its unit' 1 'unit.txt:3:45: K, M, G or T expected (the first of 2 such lines)' ppctlb import --from=qemu -c 440 unit.txt unit.img

# ---- QEMU's log: raw words in their slots ----

for core in e500v2 e500mc e5500; do
	ppctlb import --from=qemu-log -c $core "$data/mmu-log-$core.txt" log.img 2>err
	ok $? "qemu-log: $core: imported"
	entries log.img >got
	same "qemu-log: $core: each word and slot that tlbre read" "$data/tlbre-$core.txt" got
	grep -q 'tells of 2 of the 128 sets' err
	ok $? "qemu-log: $core: how much of TLB0 it tells of"
	case $core in
	e500v2) unknown='invalid entries' ;;
	*) unknown='mas8, invalid entries' ;;
	esac
	marks "qemu-log: $core: marked" log.img "$unknown"
done
cat "$data/mmu-log-e500v2.txt" >two.txt
sed 's/MAS7_3=0x15 /MAS7_3=0x10000015 /; s/MAS1=0x80000100.*/MAS1=0x0/' "$data/mmu-log-e500v2.txt" |
	grep -v 'MAS1=0x0$' >>two.txt
ppctlb import --from=qemu-log -c e500v2 two.txt two.img 2>/dev/null
sed 's/^1:3=80010900,c0000004,15,/1:3=80010900,c0000004,10000015,/; /^0:10=/d' "$data/tlbre-e500v2.txt" >want
entries two.img >got
same 'qemu-log: the last walk counts, for changed entries and for vanished ones' want got
{
	# a guest's tlbsx shows an entry and ends no comparison
	grep -m 1 MAS1=0x80010900 "$data/mmu-log-e500v2.txt" | sed 's/ADDR=0x[0-9a-f]*/ADDR=0x80001000/'
	cat "$data/mmu-log-e500v2.txt"
} >tlbsx.txt
ppctlb import --from=qemu-log -c e500v2 tlbsx.txt tlbsx.img 2>/dev/null
entries tlbsx.img >got
same 'qemu-log: what tlbsx leaves is not taken for an entry of TLB0' "$data/tlbre-e500v2.txt" got
# of one walk, so that no second one mends it; the entry is one that could stand in TLB0
sed '/access refused/q' "$data/mmu-log-e500v2.txt" >walk.txt
ppctlb import --from=qemu-log -c e500v2 walk.txt walk.img 2>/dev/null
{
	grep -m 1 MAS2=0x30002019 "$data/mmu-log-e500v2.txt" | sed 's/ADDR=0x[0-9a-f]*/ADDR=0x30002000/'
	grep -v MAS2=0x10001002 walk.txt
} >tlbsx.txt
grep -v MAS2=0x10001002 walk.txt >want.txt
ppctlb import --from=qemu-log -c e500v2 want.txt want.img 2>/dev/null
ppctlb import --from=qemu-log -c e500v2 tlbsx.txt tlbsx.img 2>/dev/null
gives 'qemu-log: nor if it is of 4K: it was about another address' 0 '' ppctlb diff want.img tlbsx.img
says 'qemu-log: of another core' 0 '4 walks over fewer than the 68 entries that e500mc compares: .* another core; no slots' \
	ppctlb import --from=qemu-log -c e500mc "$data/mmu-log-e500v2.txt" other.img
marks 'qemu-log: of another core: so no slots are told' other.img 'slot, mas8, invalid entries'
says 'qemu-log: of another core, the other way' 1 'a walk over more entries than this core has' \
	ppctlb import --from=qemu-log -c e500v2 "$data/mmu-log-e500mc.txt" no.img
says 'qemu-log: of another family' 1 'mmu-log-e500v2.txt:[0-9]*:1: a line about a TLB of the e500 family' \
	ppctlb import --from=qemu-log -c 440 "$data/mmu-log-e500v2.txt" no.img

ppctlb import --from=qemu-log -c 440 "$data/mmu-log-boot-440.txt" boot.img 2>err
ok $? 'qemu-log: 440: an entry in use that the log has no words of'
printf '%s\n' 0:5=0,c0000290,0,33f 0:9=0,10000310,ef600004,ffbf >want
entries boot.img | grep -E '^0:(5|9)=' >got
same 'qemu-log: 440: the words of tlbwe, E among them; an entry cleared is gone' want got
ppctlb plan -c 440 0:0:2G:sr,sw,sx >want
ppctlb dump -n -o MAPPING boot.img | grep '256M:sr,sw,sx' | sort >got
same 'qemu-log: 440: what an access tells of the entry without words: 2G, as legal pages' want got
marks 'qemu-log: 440: TID is not told' boot.img 'slot, invalid entries, tid'
{
	cat "$data/mmu-log-boot-440.txt"
	echo 'helper_440_tlbwe word 0 entry 0 value 00000000'
	echo 'ppcemb_tlb_check: TLB 5 address f0000000 PID 0 <=> c0000000 f0000000 0 7f'
	echo 'ppcemb_tlb_check: TLB 9 address f0000000 PID 0 <=> 10000000 fffff000 7 7f'
} >tid.txt
ppctlb import --from=qemu-log -c 440 tid.txt tid.img 2>/dev/null
ok $? 'qemu-log: 440: nothing missing'
printf '%s\n' 0:5=0,c0000290,0,33f 0:9=7,10000310,ef600004,ffbf >want
entries tid.img >got
same 'qemu-log: 440: TID from entries that were compared' want got
marks 'qemu-log: 440: then it is told' tid.img 'invalid entries'
echo 'helper_440_tlbwe word 0 entry 9 value 10001310' >>tid.txt
ppctlb import --from=qemu-log -c 440 tid.txt tid.img 2>/dev/null
sed 's/^0:9=7,10000310/0:9=0,10001310/' want >want2
entries tid.img >got
same 'qemu-log: 440: a new word 0 may come with another TID' want2 got
marks 'qemu-log: 440: so it is not told again' tid.img 'invalid entries, tid'

# ---- raw words ----

printf '%s\n' '# two, and a blank line' '' '  00000000 0x00000270  0 7	# RAM' \
	'0:63=0 ,ef600210, ef600000	  , 507' '0,90000290,0,7' >words.txt
ppctlb import --from=hex -c 440 words.txt words.img 2>err
ok $? 'hex: blanks, commas, comments, slots or none'
printf '%s\n' 0:0=0,270,0,7 0:1=0,90000290,0,7 0:63=0,ef600210,ef600000,507 >want
entries words.img >got
same 'hex: entries without a slot go to the lowest' want got
marks 'hex: marked' words.img slot
for text in '0,,270,0,7' '0,270 0,7,' '0 270 , , 0 7'; do
	echo "$text" >bad.txt
	says "hex: a comma too many: $text" 1 'bad.txt:1:[0-9]*: .* expected' ppctlb import --from=hex -c 440 bad.txt bad.img
done

# ---- what cannot be read ----

refuses 'libkvm: a row cut off' 440 libkvm '^ppctlb: text:2:37: .|. expected$' <<EOF
Guest TLB:
G 0 | 00000000 | 00000270 | 00000000
EOF
refuses 'libkvm: no hexadecimal number' 440 libkvm '^ppctlb: text:1:18: a hexadecimal number expected$' <<EOF
G 0 | 00000000 | z0000270 | 00000000 | 00000007 |
EOF
refuses 'libkvm: no such entry' 440 libkvm '^ppctlb: text:1:2: a number too big$' <<EOF
G64 | 00000000 | 00000270 | 00000000 | 00000007 |
EOF
refuses 'libkvm: an entry twice' 440 libkvm '^ppctlb: text:2:1: entry 0:1 stands twice, first in line 1$' <<EOF
G 1 | 00000000 | 00000270 | 00000000 | 00000007 |
G 1 | 00000000 | 00000270 | 00000000 | 00000007 |
EOF
refuses 'libkvm: of an e500' e500v2 libkvm 'the dump of 2008 cannot show a TLB of e500v2' <<EOF
G 1 | 00000000 | 00000270 | 00000000 | 00000007 |
EOF
refuses 'qemu: rights' e500v2 qemu '^ppctlb: text:2:58: .U. or .-. expected$' <<EOF
TLB1:
0x00000000c0000000 0x0000000000000000 256M 0     0  SRWX X-- --M-- U----
EOF
refuses 'qemu: no heading' e500v2 qemu "^ppctlb: text:1:1: no heading 'TLB0:' or 'TLB1:'" <<EOF
0x00000000c0000000 0x0000000000000000 256M 0     0  SRWXU--- --M-- U----
EOF
refuses 'qemu: a TLB of the other family' e500v2 qemu '^ppctlb: text:2:1: a row of the TLB of a 440$' <<EOF
TLB:
0x00000000c0000000 0x0000000000000000 256M 0     00000078 00000000
EOF
refuses 'qemu: no Book E MMU' e500v2 qemu "^ppctlb: text: nothing in it is QEMU's info tlb, of which a line looks like '0x" <<EOF
HTAB base = 0x0, size 0
EOF
refuses 'qemu: more entries than a set has ways' e500v2 qemu '^ppctlb: text:6: no room' <<EOF
TLB0:
0x0000000000001000 0x0000000000000000   4K 0     0  SRWXU--- --M-- U----
0x0000000000081000 0x0000000000000000   4K 0     0  SRWXU--- --M-- U----
0x0000000000101000 0x0000000000000000   4K 0     0  SRWXU--- --M-- U----
0x0000000000181000 0x0000000000000000   4K 0     0  SRWXU--- --M-- U----
0x0000000000201000 0x0000000000000000   4K 0     0  SRWXU--- --M-- U----
EOF
refuses 'hex: not a word' 440 hex '^ppctlb: text:1:10: a number expected' <<EOF
00000000,x,0,0
EOF
refuses 'hex: no such slot' 440 hex '^ppctlb: text:1:3: 64 is more than 63$' <<EOF
0:64=0,0,0,0
EOF
refuses 'hex: no such slot of this TLB' e500v2 hex '^ppctlb: text:1:1: there is no entry 16 in TLB1$' <<EOF
1:16=0,0,0,0
EOF
refuses 'an empty text' 440 hex 'nothing in it; ppctlb new makes the image of an empty TLB' </dev/null
random bad 100000
refuses 'binary garbage' e500v2 qemu '^ppctlb: text:' <bad
head -c 2000000 /dev/zero | tr '\0' x >bad
refuses 'a line of two megabytes' 440 xmon '^ppctlb: text:1:4097: line too long' <bad
printf 'G 0 | 0000\0000 |\n' >bad
refuses 'a NUL byte' 440 libkvm '^ppctlb: text:1:11: NUL byte' <bad
awk 'BEGIN { for (i = 0; i < 100000; i++) print "no such line" }' >bad
refuses 'many foreign lines' 440 libkvm '^ppctlb: text: 100000 lines look like no entry, .* the first is line 1$' <bad
awk 'BEGIN { for (i = 0; i < 100000; i++) print "G 0 | 0 | what" }' >bad
refuses 'many bad lines of one cause' 440 libkvm '^ppctlb: text:1:11: a hexadecimal number expected .the first of 100000 such' <bad
[ "$(wc -l <"$work/err")" = 2 ]
ok $? 'many bad lines: one message for the cause'
awk 'BEGIN { for (i = 0; i < 100; i++) printf "0:%d=0,0,0,0\n", 64 + i }' >bad
refuses 'many causes' 440 hex '^ppctlb: text: 80 more lines cannot be read, for other reasons$' <bad
grep -q '^ppctlb: text:20:3: 83 is more than 63$' "$work/err" && [ "$(wc -l <"$work/err")" -lt 30 ]
ok $? 'many causes: only the first are told one by one'

cat >half.txt <<EOF
Guest TLB:
G 0 | 00000000 | 00000270 | 00000000 | 00000007 |
G 1 | what
G 2 | 00000000 | 10000290 | 10000000 | 00000007 |
EOF
says 'a bad line without --keep-going' 1 '^ppctlb: half.txt:3:7: ' ppctlb import --from=libkvm -c 440 half.txt half.img
[ ! -e half.img ]
ok $? 'no image then'
says 'with --keep-going it is told all the same' 1 '^ppctlb: half.txt:3:7: ' \
	ppctlb import --from=libkvm --keep-going -c 440 half.txt half.img
printf '%s\n' 0:0=0,270,0,7 0:2=0,10000290,10000000,7 >want
entries half.img >got
same 'and the rest is taken' want got
says 'nothing that can be taken' 1 'no image written' ppctlb import --from=libkvm --keep-going -c 440 - no.img <<EOF
G 1 | what
EOF
says 'no such file' 1 '^ppctlb: none.txt: No such file' ppctlb import --from=libkvm -c 440 none.txt no.img
says 'no such core' 1 '476' ppctlb import --from=libkvm -c 476 half.txt no.img
says 'no such format' 2 'auto|libkvm|.*|hex' ppctlb import --from=gdb -c 440 half.txt no.img
says 'a full disk' 1 '^ppctlb: full.img: ' sh -c "trap '' XFSZ; ulimit -f 1; exec ppctlb import --from=libkvm -c 440 '$data/libkvm-440.txt' full.img"
[ ! -e full.img ] && [ -z "$(find . -name '.ppctlb*')" ]
ok $? 'a full disk: nothing is left behind'
finish
