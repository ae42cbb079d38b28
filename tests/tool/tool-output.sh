#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What ppctlb prints to be used again: hex, mas, u-boot; and what it says where a source did not tell a field.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# images < PYTHON: runs it with tlbs.py, which writes images of any words.
images() {
	PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source/tests/tool python3 -
}

# ---- forms ----

images <<'EOF'
import tlbs
tlbs.write('e500.img', 'e500v2', {
    (0, 4): (0x80051100, 0x1000, 0x2203, 0), (1, 1): (0xc0000500, 0xe000000a, 0xfe0000005, 0),
    (1, 8): (0x00000300, 0x70001000, 0x8000015, 0)})
tlbs.write('mc.img', 'e500mc', {(1, 3): (0x80000100, 0x1044, 0x2001, 0x8000003f)})
tlbs.write('v1.img', 'e500v1', {(1, 3): (0x80002100, 0x1000, 0x2001, 0)})
tlbs.write('set.img', 'e500v2', {(0, 9): (0x80000100, 0x3000, 0x8001015, 0)})
tlbs.write('64.img', 'e5500', {(1, 0): (0x80000a00, 0xffffffffc0000000, 0x15, 0)})
tlbs.write('440.img', '440', {
    (0, 0): (0, 0xf8000270, 0xf8000004, 0x51b), (0, 2): (5, 0x1310, 0x2000, 0x800d),
    (0, 3): (0, 0x10000260, 0, 7), (0, 4): (0, 0x20000210, 0, 0), (0, 9): (0, 0x70, 0, 7)})
EOF
gives 'hex' 0 '0:4=80051100,00001000,00002203,00000000
1:1=c0000500,e000000a,fe0000005,00000000' ppctlb dump --format=hex e500.img
gives 'mas: MAS0 has the way, and MAS7 what is above 32 bits' 0 \
	'MAS0=0x00000000 MAS1=0x80051100 MAS2=0x00001000 MAS3=0x00002203 MAS7=0x00000000
MAS0=0x10010000 MAS1=0xc0000500 MAS2=0xe000000a MAS3=0xe0000005 MAS7=0x0000000f' ppctlb dump --format=mas e500.img
gives 'mas: MAS8 where there is one' 0 \
	'MAS0=0x10030000 MAS1=0x80000100 MAS2=0x00001044 MAS3=0x00002001 MAS7=0x00000000 MAS8=0x8000003f' \
	ppctlb dump --format=mas mc.img
gives 'mas: no MAS7 where there is none' 0 'MAS0=0x10030000 MAS1=0x80002100 MAS2=0x00001000 MAS3=0x00002001' \
	ppctlb dump --format=mas v1.img
gives 'mas: words of a 440' 0 '0:0=TID=0x00 WORD0=0xf8000270 WORD1=0xf8000004 WORD2=0x0000051b' \
	sh -c 'ppctlb dump --format=mas 440.img | head -n 1'
gives 'u-boot: what a line cannot carry is beside it' 0 \
	'SET_TLB_ENTRY(0, 0x00001000, 0x00002000, MAS3_SR|MAS3_UR, 0, 1, 0, BOOKE_PAGESZ_4K, 0), /* TID 5, U0 */
SET_TLB_ENTRY(1, 0xe0000000, 0xfe0000000ull, MAS3_SW|MAS3_SR, MAS2_I|MAS2_G, 0, 1, BOOKE_PAGESZ_1M, 1),' \
	ppctlb dump --format=u-boot e500.img
gives 'u-boot: X0, MAS8' 0 \
	'SET_TLB_ENTRY(1, 0x00001000, 0x00002000, MAS3_SR, MAS2_M, 0, 3, BOOKE_PAGESZ_4K, 0), /* X0, MAS8 0x8000003f */' \
	ppctlb dump --format=u-boot mc.img
gives 'u-boot: an indirect entry' 0 \
	'SET_TLB_ENTRY(1, 0x00001000, 0x00002000, MAS3_SR, 0, 0, 3, BOOKE_PAGESZ_4K, 0), /* IND */' \
	ppctlb dump --format=u-boot v1.img
gives 'u-boot: a 440' 0 'tlbentry(0xf8000000, SZ_16M, 0xf8000000, 0x4, AC_R|AC_W|SA_I|SA_G)
tlbentry(0x00001000, SZ_4K, 0x00002000, 0x0, 0x0d) /* slot 2, TID 5, TS, U0 */
/* no page size: 0:3=00000000,10000260,00000000,00000007 */
tlbentry(0x20000000, SZ_4K, 0x00000000, 0x0, 0) /* slot 4 */' ppctlb dump --format=u-boot 440.img
gives 'mas: an entry that is in the wrong set' 0 "# in another set than its EPN's: 0:9=80000100,00003000,08001015,00000000" \
	ppctlb dump --format=mas set.img
gives 'u-boot: the same' 0 "/* in another set than its EPN's: 0:9=80000100,00003000,08001015,00000000 */" \
	ppctlb dump --format=u-boot set.img
gives 'u-boot: an EPN that the macro cuts off' 0 \
	'/* EPN has more than 32 bits: 1:0=80000a00,ffffffffc0000000,00000015,00000000 */' ppctlb dump --format=u-boot 64.img
gives 'u-boot: no table has an entry that is not valid' 0 '/* not valid: 1:8=00000300,70001000,08000015,00000000 */' \
	sh -c 'ppctlb dump --all --format=u-boot e500.img | tail -n 1'
for core in 440 e500v2 e6500; do
	ppctlb new -c $core none.img
	for form in hex mas u-boot; do
		gives "$form: an empty $core" 0 '' ppctlb dump --format=$form none.img
	done
done
seed=${SEED:-$(date +%s)}
echo "# random TLBs, again with SEED=$seed"
for core in 440 e500v1 e500v2 e500mc e5500 e6500; do
	good=0
	for i in 1 2 3 4 5 6; do
		python3 -B "$source/tests/tool/judge-forms.py" $core $((seed + i)) >judged 2>&1 || good=1
	done
	[ $good -eq 0 ] || sed 's/^/# /' judged
	ok $good "$core: another reader has every word and slot back from mas and u-boot"
	ppctlb dump --all --format=hex forms.img | ppctlb import --from=hex -c $core again.img 2>err &&
		ppctlb diff forms.img again.img >difference && ! grep -q slot err
	good=$?
	[ $good -eq 0 ] || sed 's/^/# /' err difference
	ok $good "$core: import has them back from hex"
done

# ---- encode, decode, plan ----

gives 'encode as mas: without a slot no MAS0' 0 'MAS1=0x80000100 MAS2=0x00001000 MAS3=0x00002001 MAS7=0x00000000' \
	ppctlb encode -c e500v2 --format=mas 0x1000:0x2000:4K:sr
gives 'encode as u-boot: slots by the order of lines' 0 \
	'SET_TLB_ENTRY(1, 0x00001000, 0x00002000, MAS3_SR, 0, 0, 0, BOOKE_PAGESZ_4K, 0),
SET_TLB_ENTRY(1, 0x00003000, 0x00004000, MAS3_SX, MAS2_E, 0, 1, BOOKE_PAGESZ_4K, 0),' \
	ppctlb encode -c e500v2 --format=u-boot 0x1000:0x2000:4K:sr 0x3000:0x4000:4K:sx,e
gives 'encode as json' 0 "$(ppctlb encode -c 440 -J 0:0:4K:sr)" ppctlb encode -c 440 --format=json 0:0:4K:sr
gives 'encode as hex is as without' 0 "$(ppctlb encode -c 440 0:0:4K:sr)" ppctlb encode -c 440 --format=hex 0:0:4K:sr
gives 'decode to u-boot' 0 'tlbentry(0x00000000, SZ_16M, 0x00000000, 0x0, 0x07)' \
	ppctlb decode -c 440 --format=u-boot 0,270,0,7
gives 'decode to json' 0 "$(ppctlb decode -c 440 -J 0,270,0,7)" ppctlb decode -c 440 --format=json 0,270,0,7
gives 'plan as hex: slots from 0' 0 '1:0=80000700,f000000a,ff0000001,00000000
1:1=80000600,f100000a,ff1000001,00000000' ppctlb plan -c e500v2 --format=hex 0xf0000000:0xff0000000:20M:sr,i,g
gives 'plan as mas' 0 'MAS0=0x10000000 MAS1=0x80000700 MAS2=0xf000000a MAS3=0xf0000001 MAS7=0x0000000f
MAS0=0x10010000 MAS1=0x80000600 MAS2=0xf100000a MAS3=0xf1000001 MAS7=0x0000000f' \
	ppctlb plan -c e500v2 --format=mas 0xf0000000:0xff0000000:20M:sr,i,g
gives 'plan for a 440 as u-boot' 0 'tlbentry(0xf8000000, SZ_16M, 0xf8000000, 0x4, AC_R)
tlbentry(0xf9000000, SZ_16M, 0xf9000000, 0x4, AC_R)' ppctlb plan -c 440 --format=u-boot 0xf8000000:0x4f8000000:32M:ur,sr
gives 'plan as json' 0 "$(ppctlb plan -c 440 -J 0:0:2G:sr)" ppctlb plan -c 440 --format=json 0:0:2G:sr
gives 'slots end where the core has no more' 0 'SET_TLB_ENTRY(1, 0x00010000, 0x0000f000, 0, 0, 0, 15, BOOKE_PAGESZ_4K, 0),
SET_TLB_ENTRY(1, 0x00011000, 0x00010000, 0, 0, 0, 16, BOOKE_PAGESZ_4K, 0), /* TLB1 has no slot 16 */' \
	sh -c 'ppctlb plan -c e500v2 --format=u-boot 0x1000:0x0:68K: | tail -n 2'
gives 'the same in hex: an entry without a slot' 0 '80000100,00011000,00010000,00000000' \
	sh -c 'ppctlb plan -c e500v2 --format=hex 0x1000:0x0:68K: | tail -n 1'
for verb in 'encode -c 440 0:0:4K:sr' 'decode -c 440 0,210,0,1' 'plan -c 440 0:0:4K:sr'; do
	says "two forms at once: $verb" 2 'json does not go with --format mas' ppctlb $verb -J --format=mas
done

says 'decode: what shows V=0' 1 'V=0; --any shows it$' ppctlb decode -c 440 0,70,0,7
says 'decode: what shows malformed words' 1 'page size; --any shows it$' ppctlb decode -c 440 0,260,0,7
says 'decode: no text for --any' 1 'zz: column 1' ppctlb decode --any -c 440 zz
grep -q any "$work/err"
[ $? -eq 1 ]
ok $? 'and no talk of it'
gives 'decode --any' 0 '0x0:0x0:16M:sr,sw,sx # the entry is not valid: V=0
0x10000000:0x0:4M:sr,sw,sx # malformed 440 entry: illegal page size
0x0:0x0:4K:sr' ppctlb decode --any -c 440 0,70,0,7 0,10000260,0,7 0,210,0,1
gives 'decode --any -J' 0 \
	'{"ea":"0x1000","ra":"0x2000","size":4096,"flags":["sr"],"tid":0,"ts":0,"lpid":0,"valid":false,"wrong":"the entry is not valid: V=0"}' \
	ppctlb decode --any -J -c e500v2 100,1000,2001,0
gives 'decode --any to a form' 0 '/* not valid: 00000000,00000070,00000000,00000007 */' \
	ppctlb decode --any --format=u-boot -c 440 0,70,0,7

# ---- plans that fit no core ----

says 'plan: too many pages, and the bit that keeps them small' 1 \
	': EA and RA differ in bit 12, so only 4K fits: 393216 pages, the core holds 528$' \
	ppctlb plan -c e500v2 0x1000:0:1536M:sr
says 'another bit' 1 'bit 27, so nothing above 16M fits: 128 pages, the core holds 64$' ppctlb plan -c 440 0x8000000:0:2G:sr
says 'pages that only TLB1 takes' 1 'bit 14, so nothing above 16K fits: 64 pages for TLB1, which holds 16$' \
	ppctlb plan -c e500v2 0x4000:0:1M:sr
says 'with iprot every one is such a page' 1 'bit 12, so only 4K fits: 17 pages for TLB1, which holds 16$' \
	ppctlb plan -c e500v2 0x1000:0:68K:iprot
says 'no bit is in the way' 1 'sr: [0-9]* pages, the core holds 64$' ppctlb plan -c 440 0x400:0x400:0xfffff800:sr
gives 'all of them all the same, and how many there are' 0 "$(sed 's/.*sr: \([0-9]*\) pages.*/\1/' "$work/err")" \
	sh -c 'ppctlb plan --all -c 440 0x400:0x400:0xfffff800:sr | wc -l'
gives 'as many as there is room for' 0 16 sh -c 'ppctlb plan -c e500v2 0x4000:0:256K:sr | wc -l'

# ---- which entries dump shows ----

gives 'one TLB' 0 '0:4=80051100,00001000,00002203,00000000' ppctlb dump --tlb 0 -n -o ENTRY e500.img
gives 'the other' 0 '1:1=c0000500,e000000a,fe0000005,00000000' ppctlb dump --tlb=1 --format=hex e500.img
gives 'one that is not there' 2 '' ppctlb dump --tlb 1 440.img
gives 'libkvm shows all there is' 2 '' ppctlb dump --tlb 0 --format=libkvm 440.img
gives '--all: what is left in an invalid entry, marked' 0 '4 1 0x00001000-0x00001fff 4K
1 1 0xe0000000-0xe00fffff 1M
8 0 0x70000000-0x7000ffff 64K' sh -c 'ppctlb dump --all -n -o SLOT,V,EA,SIZE e500.img | sed "s/  */ /g; s/^ //"'
gives 'the column comes by itself' 0 '1
0' sh -c 'ppctlb dump -a e500.img | sed -n 2p | grep -c " V "
	ppctlb dump e500.img | sed -n 2p | grep -c " V " || :'
gives '--all twice: every slot' 0 528 sh -c 'ppctlb dump -aan -o SLOT e500.img | wc -l'
gives 'the same as JSON' 0 '3 528' sh -c 'echo $(ppctlb dump -aJ e500.img | wc -l) $(ppctlb dump -aaJ e500.img | wc -l)'
gives 'an invalid entry as JSON' 0 \
	'{"core":"440","tlb":0,"index":9,"tid":0,"word0":"0x70","word1":"0x0","word2":"0x7","valid":false,"ea":"0x0","ra":"0x0","size":16777216,"flags":["sr","sw","sx"],"ts":0,"lpid":0,"findings":[]}' \
	sh -c 'ppctlb dump -aJ 440.img | tail -n 1'

# ---- what is not told ----

images <<'EOF'
import tlbs
IPROT, X, MAS8, E, U, TID, TS, RA, RIGHTS, WIMGE, SIZE = (1 << n for n in (1, 2, 3, 5, 7, 8, 10, 11, 12, 13, 14))
tlbs.write('told.img', '440', {(0, 0): (0, 0x10000230, 0x10000, 0x507), (0, 1): (0, 0x20000230, 0x20000, 0x1b)})
tlbs.write('part.img', '440', {(0, 0): (0, 0x10000230, 0x10000, 0x500, RIGHTS),
                               (0, 1): (0, 0x20000230, 0, 0x1b, RA | WIMGE)})
tlbs.write('moved.img', '440', {(0, 5): (0, 0x10000230, 0x10000, 0, RIGHTS | WIMGE), (0, 1): (0, 0x20000230, 0, 3, RA)})
for name, bit in (('size', SIZE), ('ts', TS), ('tid', TID), ('ra', RA), ('rights', RIGHTS), ('wimge', WIMGE),
                  ('u', U), ('e', E)):
    tlbs.write(name + '.img', '440', {(0, 0): (0, 0x10000230, 0, 0x1b if name == 'ra' else 0, bit)})
    tlbs.write('all-' + name + '.img', '440', {(0, 0): (0, 0x10000230, 0, 0x1b if name == 'ra' else 0)}, bit)
tlbs.write('plain.img', '440', {(0, 0): (0, 0x10000230, 0, 0x1b)})
tlbs.write('e500part.img', 'e500mc', {(1, 0): (0x80000300, 0x10000, 0, 0, IPROT | X | MAS8)})
EOF
# told NAME WANT: the row of dump for that field, told of no entry, and of none at all.
columns=EA,RA,SIZE,TS,TID,WIMGE,U0123,USER,SUPER
told() {
	for image in $1.img all-$1.img; do
		gives "dump: $1 is not told in $image" 0 "$2" sh -c "ppctlb dump -n -o $columns $image | sed 's/  */ /g; s/0x//g'"
	done
}
told size '10000000-? 000000000-? ? 0 0 ----- ---- --- ---'
told ts '10000000-1000ffff 000000000-00000ffff 64K ? 0 ----- ---- --- ---'
told tid '10000000-1000ffff 000000000-00000ffff 64K 0 ? ----- ---- --- ---'
told ra '10000000-1000ffff ? 64K 0 0 ----- ---- rw- rw-'
told rights '10000000-1000ffff 000000000-00000ffff 64K 0 0 ----- ---- ? ?'
told wimge '10000000-1000ffff 000000000-00000ffff 64K 0 0 ? ---- --- ---'
told u '10000000-1000ffff 000000000-00000ffff 64K 0 0 ----- ? --- ---'
told e '10000000-1000ffff 000000000-00000ffff 64K 0 0 ----? ---- --- ---'
gives 'dump: iprot, x0, x1, mas8' 0 '? ? ? ?' \
	sh -c 'ppctlb dump -n -o IPROT,X01,GS,LPID e500part.img | sed "s/  */ /g; s/^ //; s/ $//"'
gives 'hex tells it' 0 '0:0=00000000,10000230,00010000,00000500 # not told: rights
0:1=00000000,20000230,00000000,0000001b # not told: ra, wimge' ppctlb dump --format=hex part.img
ppctlb dump --format=hex part.img | ppctlb import --from=hex -c 440 again.img
ok $? 'and is read all the same'
gives 'with its words' 0 "$(ppctlb dump -n -o ENTRY part.img)" ppctlb dump -n -o ENTRY again.img
gives 'mas tells it' 0 '0:0=TID=0x00 WORD0=0x10000230 WORD1=0x00010000 WORD2=0x00000500 # not told: rights' \
	sh -c 'ppctlb dump --format=mas part.img | head -n 1'
gives 'u-boot tells it' 0 'tlbentry(0x20000000, SZ_64K, 0x00000000, 0x0, AC_R|AC_W) /* slot 1, not told: ra, wimge */' \
	sh -c 'ppctlb dump --format=u-boot part.img | sed "1d; s|/\* |&slot 1, |"'
gives 'what is told of no entry is told once' 0 '# not told: rights
0:0=00000000,10000230,00000000,00000000' ppctlb dump --format=hex all-rights.img
gives 'in the language of the form' 0 '/* not told: rights */' sh -c 'ppctlb dump --format=u-boot all-rights.img | head -n 1'
for image in rights.img all-rights.img; do
	gives "JSON: $image" 0 1 sh -c "ppctlb dump -J $image | grep -c '\"not_told\":\\[\"rights\"\\]'"
done
gives 'JSON: nothing is untold' 1 0 sh -c 'ppctlb dump -J told.img | grep -c not_told'

gives 'diff: what one does not tell is no difference' 0 '' ppctlb diff told.img part.img
grep -q 'not compared of entries in 2 slots, a source did not tell: ra, rights, wimge$' "$work/err"
ok $? 'which it says'
gives 'diff: nor the other way round' 0 '' ppctlb diff part.img told.img
gives 'diff: what both tell is one; an entry elsewhere is the same' 1 'changed 0:1 flags ur,uw,sr,sw -> sr,sw
moved 0:0 -> 0:5 0x10000000:0x10000:64K:sr,sw,sx,i,g' ppctlb diff told.img moved.img
gives 'diff: back' 1 'moved 0:5 -> 0:0 0x10000000:0x10000:64K: not told: rights, wimge
changed 0:1 flags sr,sw -> ur,uw,sr,sw' ppctlb diff moved.img part.img
gives 'diff as JSON' 0 1 sh -c "ppctlb diff -J told.img moved.img | grep -c '\"not_told\":\\[\"rights\",\"wimge\"\\]'"

gives 'diff: what is told of no entry is compared of none' 0 '' ppctlb diff all-rights.img plain.img
grep -q 'not compared, a source did not know: rights$' "$work/err"
ok $? 'which it says, too'
gives 'lookup: what is told of no entry' 0 '0x10000004 unknown - 0:0 0x10000000:0x0:64K: not told: tid; leads to 0x4' \
	ppctlb lookup all-tid.img 0x10000004
gives 'lookup: it leads nowhere behind what is told of its size' 0 '0x10010000 unknown - 0:0 0x10000000:0x0:64K: not told: size' \
	ppctlb lookup size.img 0x10010000
gives 'lookup: nor without RA' 0 '0x10000000 unknown - 0:0 0x10000000:0x0:64K:ur,uw,sr,sw not told: ra' \
	ppctlb lookup ra.img 0x10000000

gives 'check: says what it left out' 0 '' ppctlb check part.img
grep -q '^ppctlb: part.img: not checked of 2 entries, the source did not tell: ra, rights, wimge$' "$work/err"
ok $? 'of entries'
ppctlb check all-ts.img >out 2>err
grep -q '^ppctlb: all-ts.img: not checked, the source did not know: ts$' err
ok $? 'and of all of them'
gives 'check: nothing was left out' 0 '' ppctlb check told.img
[ ! -s "$work/err" ]
ok $? 'and nothing said'

ppctlb plot -o part.svg part.img && ppctlb plot -o told.svg told.img
gives 'plot: no band leads to an address that nobody told' 0 1 paths 'fill=[0-9,]*/0.3' part.svg
gives 'plot: two do where it is told' 0 2 paths 'fill=[0-9,]*/0.3' told.svg
gives 'plot: rights that are not told have a colour of their own: two boxes, and the legend' 0 3 \
	paths 'fill=85,78,100/0.65' part.svg
gives 'plot: they are not drawn as none' 1 0 paths 'fill=75,75,75/0.65' part.svg
gives 'plot: in words' 0 1 grep -c '^0:0 0x10000000:0x10000:64K:i,g not told: rights$' part.svg
finish
