#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb new, map, unmap, flush, dump, lookup, check, diff: what they do to images and say of them.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# ---- new, map, unmap, flush ----

gives 'new says nothing' 0 '' ppctlb new -c e500v2 a.img
gives 'a new TLB is empty' 0 '' ppctlb dump -n -o ENTRY a.img
gives 'and all of it is there' 0 528 sh -c 'ppctlb dump --all --all -n -o ENTRY a.img | wc -l'
gives 'map says nothing' 0 '' ppctlb map a.img 0xc0000000:0:256M:sr,sw,sx,m,iprot 0x1000:0x2000:4K:ur,sr,tid=5,ts=1
gives '4K goes to its set of TLB0, the rest to TLB1' 0 '0:4=80051100,00001000,00002003,00000000
1:0=c0000900,c0000004,00000015,00000000' ppctlb dump -n -o ENTRY a.img
cp a.img keep.img
says 'a conflict' 1 'conflict' ppctlb map a.img 0xc0001000:0:4K:sr
says 'a conflict undoes what came before it' 1 'conflict' ppctlb map a.img 0x5000:0:4K:sr 0xc0001000:0:4K:sr
says 'a bad mapping among good ones' 1 'column' ppctlb map a.img 0x5000:0:4K:sr zz
cmp -s a.img keep.img
ok $? 'a refused change leaves the image as it was'
gives 'another PID is no conflict' 0 '' ppctlb map a.img 0x1000:0x9000:4K:ur,tid=6,ts=1
gives 'unmap is for one PID' 0 '' ppctlb unmap --pid 5 --ts=1 a.img 0x1000 4K
gives 'what is left' 0 '0x1000:0x9000:4K:ur,tid=6,ts=1
0xc0000000:0x0:256M:sr,sw,sx,m,iprot' ppctlb dump -n -o MAPPING a.img
gives 'unmap of nothing is no error' 0 '' ppctlb unmap a.img 0x1000 4K
gives 'unmap splits' 0 '' ppctlb unmap a.img 0xc8000000 128M
gives 'into the fewest pages' 0 '0x1000:0x9000:4K:ur,tid=6,ts=1
0xc0000000:0x0:64M:sr,sw,sx,m,iprot
0xc4000000:0x4000000:64M:sr,sw,sx,m,iprot' ppctlb dump -n -o MAPPING a.img
says 'unmap: a size that is none' 1 '5Q' ppctlb unmap a.img 0 5Q
says 'unmap: an EA that is none' 1 'xyz' ppctlb unmap a.img xyz 4K
gives 'flush says nothing' 0 '' ppctlb flush a.img
ppctlb new -c e500v2 empty.img
cmp -s a.img empty.img
ok $? 'a flushed image is as a new one'
says 'no such image' 1 'none.img: No such file' ppctlb map none.img 0:0:4K:sr
ppctlb new -c 440 full.img
says 'no room' 1 '64 are free' ppctlb map full.img 0x400:0x400:255M:sr 0x20000400:0x400:255M:sr 0x40000400:0x400:255M:sr

# what import makes of an empty TLB's entries: no line can be told from no text
ppctlb dump -n -o ENTRY empty.img >none.txt
hint='nothing in it; ppctlb new makes the image of an empty TLB$'
says 'import of no ENTRY' 1 "^ppctlb: none.txt: $hint" ppctlb import --from=hex -c e500v2 none.txt no.img
says 'nor of a comment' 1 "^ppctlb: -: $hint" sh -c 'printf "# none\n\n" | ppctlb import --from=hex -c e500v2 no.img'
says 'a text of which nothing can be read is another thing' 1 'nothing in it is an ENTRY a line, of which' \
	sh -c 'printf "\0\n" | ppctlb import --from=hex -c e500v2 no.img'
says 'nor has another format that hint' 1 "nothing in it is xmon's dump of a TLB, of which" ppctlb import --from=xmon -c 440 none.txt no.img
[ ! -e no.img ]
ok $? 'no image comes of any'

# ---- the environment, as ppctlb(1) has it ----

for verb in 'new -c 440 env.img' 'dump full.img' 'map full.img 0:0:4K:sr' 'lookup full.img 0'; do
	says "PPCTLB_BACKEND without the core: $verb" 1 "PPCTLB_BACKEND: backend e500 has no core '440'" \
		env PPCTLB_BACKEND=e500 ppctlb $verb
done
for verb in 'encode -c 440 0:0:4K:sr' 'decode -c 440 0,210,0,1' 'plan -c 440 0:0:4K:sr' 'cores -n' 'backends -n'; do
	gives "PPCTLB_BACKEND is not asked for: $verb" 0 "$(ppctlb $verb)" env PPCTLB_BACKEND=nobody ppctlb $verb
done
says 'PPCTLB_MOCK with PPCTLB_BACKEND=mock' 1 'full.img: PPCTLB_MOCK: get number 1 fails as told' \
	env PPCTLB_BACKEND=mock PPCTLB_MOCK='fail=get:1:EIO;log=calls' ppctlb dump full.img
grep -q '^get 1: .*: Input/output error$' calls
ok $? 'PPCTLB_MOCK: the log'
gives 'PPCTLB_MOCK alone' 0 '' env PPCTLB_MOCK=fail=get:1:EIO ppctlb dump -n -o ENTRY full.img

# ---- dump ----

ppctlb new -c 440 mail.img
ppctlb map mail.img 0:0:16M:sr,sw,sx 0xef600000:0xef600000:4K:sr,sw,sx,i,g
gives 'the table of 2008' 0 'Guest TLB:
| nr |     tid  |    word0 |    word1 |    word2 |
G 0 | 00000000 | 00000270 | 00000000 | 00000007 |
G 1 | 00000000 | EF600210 | EF600000 | 00000507 |' ppctlb dump --format=libkvm mail.img
says 'which has no room for e500 words' 1 'e500v2' ppctlb dump --format=libkvm empty.img
gives 'a table for people' 0 '440: TLB0 2 of 64 entries used
TLB SLOT EA                    RA                      SIZE TS TID WIMGE U0123 USER SUPER WORDS
  0    0 0x00000000-0x00ffffff 0x000000000-0x000ffffff  16M  0   0 ----- ----  ---  rwx   00000000,00000270,00000000,00000007
  0    1 0xef600000-0xef600fff 0x0ef600000-0x0ef600fff   4K  0   0 -I-G- ----  ---  rwx   00000000,ef600210,ef600000,00000507' \
	ppctlb dump mail.img
gives 'standard input is an image' 0 '0x0:0x0:16M:sr,sw,sx
0xef600000:0xef600000:4K:sr,sw,sx,i,g' sh -c 'ppctlb dump -n --output=mapping - <mail.img'
gives 'empty slots too' 0 '0 2 0 - - -' sh -c 'ppctlb dump -aa -n -o TLB,SLOT,V,EA,SIZE,MAPPING mail.img |
	sed -n "3s/  */ /gp" | sed "s/^ //"'
gives 'a picture of every bit' 0 '0x00001000-0x00001fff 0x0000002000-0x0000002fff 4K 1 255 WIMGE 0123 rwx rwx yes 01 1 63' sh -c '
	ppctlb new -c e6500 x.img
	ppctlb map x.img 0x1000:0x2000:4K:ur,uw,ux,sr,sw,sx,w,i,m,g,e,u0,u1,u2,u3,ts,iprot,x0,x1,tid=255 &&
	. "$0" && poke_entry x.img 1024 c0ff1100 107f 23ff 8000003f &&
	ppctlb dump -n -o EA,RA,SIZE,TS,TID,WIMGE,U0123,USER,SUPER,IPROT,X01,GS,LPID x.img | tail -n 1 |
	sed "s/^0x0*0000/0x0000/; s/-0x0*0000/-0x0000/; s/  */ /g"' "$source/tests/tool/tool-poke.sh"
gives 'options that a format has no use for' 2 '' ppctlb dump --format=json -n mail.img
gives 'a format nobody has' 2 '' ppctlb dump --format=xml mail.img

# ---- malformed entries: shown as the core takes them, and marked ----

ppctlb new -c 440 bad.img
poke_entry bad.img 0 0 00000270 00000000 00000007
poke_entry bad.img 1 0 00400210 00400000 00000007
poke_entry bad.img 2 0 10000260 00000000 00000007
poke_entry bad.img 3 0 20000270 00000400 00000047
poke_entry bad.img 63 0 00000170 00000000 00000007
gives 'check: a finding a line' 1 '0:0 error multi-hit 0:1
0:2 error bad-size -
0:3 error misaligned-rpn -
0:3 warning reserved-bits -
3 errors, 1 warning,' sh -c 'ppctlb check bad.img >out; s=$?; cut -d" " -f1-4 out; exit $s'
gives 'dump marks both halves of a pair, and shows malformed entries' 0 '0 multi-hit 0x0:0x0:16M:sr,sw,sx
1 multi-hit 0x400000:0x400000:4K:sr,sw,sx
2 bad-size 0x10000000:0x0:4M:sr,sw,sx
3 misaligned-rpn,reserved-bits 0x20000000:0x0:16M:sr,sw,sx' \
	sh -c 'ppctlb dump -n -o SLOT,FINDINGS,MAPPING bad.img | sed "s/  */ /g; s/^ //"'
gives 'lookup: more than one' 0 '0x400123 multi-hit - 0:0 0x0:0x0:16M:sr,sw,sx' ppctlb lookup bad.img 0x400123
gives 'lookup: bits below the page size of a malformed entry' 0 '0x20000801 hit 0x801 0:3 0x20000000:0x0:16M:sr,sw,sx' \
	ppctlb lookup bad.img 0x20000801
gives 'check: warnings and notes are no failure' 0 3 sh -c 'ppctlb new -c 440 odd.img &&
	ppctlb map odd.img 0:0:4K:sr,w,i 0x1000:0x1000:4K: && ppctlb check odd.img | wc -l'
gives 'check: nothing to say' 0 '' ppctlb check mail.img
poke_entry empty.img 8 80000100 1000 2001 0
gives 'check: the wrong set' 1 '0:8 error wrong-set -' sh -c 'ppctlb check empty.img >out; s=$?; head -n 1 out | cut -d" " -f1-4; exit $s'

# ---- lookup of what is not known ----

python3 - <<'EOF'
import struct, zlib
# A 440 with an entry of 64K for which the source tells no rights, and one of which it tells no real address.
entries = [(0, 0x10000230, 0, 0, 0x1000), (0, 0x20000230, 0, 1, 0x800)] + [(0, 0, 0, 0, 0)] * 62
image = b"PPCTLB\r\n" + struct.pack(">II16s6I", 2, 0, b"440", 64, 64, 0, 0, 64, 0)
image += b"".join(struct.pack(">4QI", *e) for e in entries)
open("part.img", "wb").write(image + struct.pack(">I", zlib.crc32(image)))
EOF
gives 'lookup: an answer that hangs on what is not told' 0 '0x10000000 unknown - 0:0 0x10000000:0x0:64K: not told: rights; leads to 0x0
0x20000000 unknown - 0:1 0x20000000:0x0:64K:sr not told: ra
0x30000000 miss - - -' ppctlb lookup part.img 0x10000000 0x20000000 0x30000000
gives 'the same as JSON' 0 '{"ea":"0x10000000","result":"unknown","tlb":0,"index":0,"not_told":["rights"],"leads_to":"0x0"}' \
	ppctlb lookup --json part.img 0x10000000
gives 'an edit keeps what is not known' 0 '0x10000000 unknown - 0:0 0x10000000:0x0:64K: not told: rights; leads to 0x0' \
	sh -c 'ppctlb map part.img 0x40000000:0:4K:sr && ppctlb lookup part.img 0x10000000'

# ---- lookup ----

ppctlb new -c e500v2 l.img
ppctlb map l.img 0x10000000:0x5000000:4K:ur,ux,sr,tid=5 0x80000000:0xf80000000:16M:sw,ts=1
answer() {
	want=$1
	shift
	gives "lookup $*" 0 "$want" ppctlb lookup "$@"
}
page='0:0 0x10000000:0x5000000:4K:ur,ux,sr,tid=5'
answer '0x10000fff miss - - -' l.img 0x10000fff
answer "0x10000fff hit 0x5000fff $page" --pid 5 l.img 0x10000fff
answer "0x10000fff hit 0x5000fff $page" l.img 10000fff --pid=5
answer '0x10000fff miss - - -' --pid 5 --ts 1 l.img 0x10000fff
answer "0x10000000 protection - $page" --pid 5 --access w l.img 0x10000000
answer "0x10000000 protection - $page" --pid 5 --access x l.img 0x10000000
answer "0x10000000 hit 0x5000000 $page" --pid 5 --access x --user l.img 0x10000000
answer "0x80000004 protection - 1:0 0x80000000:0xf80000000:16M:sw,ts=1" --ts 1 l.img 0x80000004
answer "0x80000004 hit 0xf80000004 1:0 0x80000000:0xf80000000:16M:sw,ts=1" --ts 1 --access w l.img 0x80000004
says 'an EA too wide' 1 '32 bits' ppctlb lookup l.img 0x100000000
says 'no number' 1 "zz: column 1" ppctlb lookup l.img zz
says 'a PID too wide' 1 '^ppctlb: l.img: --pid 256 is wider than the 8 bits of e500v2$' ppctlb lookup --pid 256 l.img 0
gives 'a PID that is no number' 2 '' ppctlb lookup --pid five l.img 0
gives 'standard input: bad lines are told, the others answered' 1 '0x0 miss - - -
0x1 miss - - -' ppctlb lookup l.img - <<X
0
zz
0x100000000
1
X
grep -q -e '-:2:1: ' "$work/err" && grep -q -e '-:3: .*32 bits' "$work/err"
ok $? 'with their numbers'
gives 'a miss is an answer' 0 '0x0 miss - - -' ppctlb lookup l.img 0
awk 'BEGIN { for (i = 0; i <= 10000; i++) printf "0x%x\n", i * 4096 }' >eas
gives 'ten thousand lines, each answered, in order' 0 '' sh -c 'ppctlb lookup l.img - <eas | cut -d" " -f1 | cmp - eas'
ppctlb new -c e6500 wide.img
says 'one bit more' 1 '^ppctlb: wide.img: --pid 16384 is wider than the 14 bits of e6500$' \
	ppctlb lookup --pid 16384 wide.img - <eas
[ "$(wc -l <"$work/err")" -eq 1 ]
ok $? 'told once'
gives 'the widest' 0 '0x0 miss - - -' ppctlb lookup --pid 16383 wide.img 0
gives 'lines that end in CR LF' 0 '0x1000 miss - - -
0x2000 miss - - -' sh -c 'printf "0x1000\r\n0x2000\r\n" | ppctlb lookup l.img -'

# what follows a question may be no question
gives 'an empty standard input behind an operand' 0 '0x1000 miss - - -' ppctlb lookup l.img 0x1000 - </dev/null
gives 'an unreadable one' 1 '0x1000 miss - - -' ppctlb lookup l.img 0x1000 - <.
gives 'a refused line behind a good one' 1 '0x1000 miss - - -' sh -c 'printf "0x1000\nab\0c\n" | ppctlb lookup l.img -'
gives 'operands around lines: the order of the questions' 1 '0x1 miss - - -
0x2 miss - - -
0x3 miss - - -
0x4 miss - - -' sh -c 'printf "0x2\n1\0\n0x3\n\0\n" | ppctlb lookup l.img 1 - 4 -'

# no_wait NAME OPERAND LINES: 0x80000004 is answered though standard input stays open and silent behind LINES.
mkfifo questions answers
no_wait() {
	timeout 20 ppctlb lookup l.img $2 - <questions >answers 2>/dev/null &
	exec 3>questions 4<answers
	printf "$3" >&3
	line=none
	read -r line <&4
	[ "$line" = '0x80000004 miss - - -' ]
	ok $? "an answer does not wait for $1"
	exec 3>&- 4<&-
	wait
}
no_wait 'the next question' '' '0x80000004\n'
no_wait 'the first line, behind an operand' 0x80000004 ''
no_wait 'what follows a line with a NUL' '' '0x80000004\nab\0c\n'
no_wait 'what follows a line too long' '' "0x80000004\n$(printf '%05000d' 0)\n"

# ---- diff ----

gives 'no difference' 0 '' ppctlb diff l.img l.img
cp l.img m.img
poke_entry m.img 512 0 0 0 0
poke_entry m.img 513 80001700 80000000 f80000004 0
poke_entry m.img 514 c0000900 a0000000 00000015 0
poke_entry m.img 0 80050100 10000000 05000027 0
gives 'changed, moved, added' 1 '0:0 flags ur,ux,sr -> ur,ux,sr,sw' sh -c 'ppctlb diff l.img m.img >out; s=$?
	sed -n "s/^changed //p" out; exit $s'
gives 'the rest of it' 1 'changed 0:0 flags ur,ux,sr -> ur,ux,sr,sw
moved 1:0 -> 1:1 0x80000000:0xf80000000:16M:sw,ts=1
added 1:2 0xa0000000:0x0:256M:sr,sw,sx,iprot' ppctlb diff l.img m.img
gives 'the other way round' 1 'changed 0:0 flags ur,ux,sr,sw -> ur,ux,sr
moved 1:1 -> 1:0 0x80000000:0xf80000000:16M:sw,ts=1
removed 1:2 0xa0000000:0x0:256M:sr,sw,sx,iprot' ppctlb diff m.img l.img
cp mail.img p.img
poke_entry p.img 0 0 0000027f 00000300 c0000007
gives 'parity is no difference' 0 '' ppctlb diff mail.img p.img
poke_entry p.img 0 0 00000270 00000000 00010007
gives 'raw words where the meaning is the same' 1 'changed 0:0 word2 0x7 -> 0x10007' ppctlb diff mail.img p.img
cp mail.img i.img
poke_entry i.img 9 0 00000070 00000000 00000007
gives 'what is left in an invalid entry' 1 'changed 0:9 word0 0x0 -> 0x70, word2 0x0 -> 0x7' ppctlb diff mail.img i.img
poke i.img 12 00000010
gives 'unless the source did not know it' 0 '' ppctlb diff mail.img i.img
grep -q 'invalid entries' "$work/err"
ok $? 'which is said'
gives 'dump says it too' 0 '440: TLB0 2 of 64 entries used; unknown to the source: invalid entries' \
	sh -c 'ppctlb dump i.img | head -n 1'
cp m.img u.img
poke u.img 12 00000003
gives 'without slots an entry elsewhere is the same, without IPROT it says nothing' 1 \
	'added 1:2 0xa0000000:0x0:256M:sr,sw,sx,iprot
removed 0:0 0x10000000:0x5000000:4K:ur,ux,sr,tid=5
added 0:0 0x10000000:0x5000000:4K:ur,ux,sr,sw,tid=5' sh -c 'ppctlb diff l.img u.img >out; s=$?; sort -k2,2r -s out; exit $s'
cp mail.img c.img
poke c.img 16 34373600
says 'a core that no backend has' 1 'c.img: core 476 is not supported' ppctlb dump c.img
says 'which of two images it is' 2 'c.img: core 476' ppctlb diff mail.img c.img
says 'another core' 2 'core 440.*core e500v2' ppctlb diff mail.img l.img
says 'no image' 2 'No such file' ppctlb diff mail.img none.img
says 'the same the other way round' 2 'No such file' ppctlb diff none.img mail.img

# ---- JSON ----

if command -v jq >/dev/null; then
	json() {
		name=$1 filter=$2
		shift 2
		"$@" >"$work/out" 2>"$work/err"
		jq -e -s "$filter" <"$work/out" >/dev/null 2>"$work/err"
		status=$?
		[ $status -eq 0 ] || sed 's/^/# /' "$work/out" "$work/err"
		ok $status "JSON: $name"
	}
	json 'dump' '. == [{core: "440", tlb: 0, index: 0, tid: 0, word0: "0x270", word1: "0x0", word2: "0x7",
		ea: "0x0", ra: "0x0", size: 16777216, flags: ["sr", "sw", "sx"], ts: 0, lpid: 0, findings: []}]' \
		sh -c 'ppctlb dump --format=json mail.img | head -n 1'
	gives 'JSON: dump -J is the same' 0 "$(ppctlb dump --format=json mail.img)" ppctlb dump -J mail.img
	gives 'JSON: so is -J beside --format=json' 0 "$(ppctlb dump --format=json mail.img)" \
		ppctlb dump -J --format=json mail.img
	json 'dump --all' 'length == 64 and ([.[] | select(.valid == false)] | length == 62) and
		(.[2] == {core: "440", tlb: 0, index: 2, tid: 0, word0: "0x0", word1: "0x0", word2: "0x0",
		valid: false, findings: []})' ppctlb dump --all -a --format=json mail.img
	json 'findings of entries' '.[0].findings == ["multi-hit"] and .[2].findings == ["bad-size"]' \
		ppctlb dump --format=json bad.img
	ppctlb new -c 440 w.img
	poke_entry w.img 0 105 00000270 00000000 00000007
	json 'the whole of a 440'\''s TID word' '.[0].tid == 261 and .[0].findings == ["reserved-bits"]' \
		ppctlb dump --format=json w.img
	json 'the same of entries that differ' '.[0].old.tid == 0 and .[0].new.tid == 261' \
		sh -c 'ppctlb diff --json mail.img w.img | head -n 1'
	json 'lookup' '. == [{ea: "0x10000004", result: "hit", ra: "0x5000004", tlb: 0, index: 0},
		{ea: "0x1", result: "miss"}]' ppctlb lookup --json --pid 5 l.img 0x10000004 1
	json 'protection' '. == [{ea: "0x10000004", result: "protection", tlb: 0, index: 0}]' \
		ppctlb lookup --json --pid 5 --access w l.img 0x10000004
	json 'multi-hit' '.[0].result == "multi-hit"' ppctlb lookup --json bad.img 0x400000
	json 'check' '.[0] | .name == "multi-hit" and .severity == "error" and .tlb == 0 and .index == 0 and
		.other_tlb == 0 and .other_index == 1 and (.sentence | length > 0)' ppctlb check --json bad.img
	json 'diff' '[.[] | .change] == ["changed", "moved", "added"] and .[0].fields == ["flags"] and
		.[0].old.flags == ["ur", "ux", "sr"] and .[1].old.index == 0 and .[1].new.index == 1 and
		.[2].old == null and .[2].new.mas1 == "0xc0000900"' ppctlb diff --json l.img m.img
	json 'JSON and text say the same of a thousand EAs' 'length == 10001 and ([.[] | select(.result == "miss")] |
		length == 10001)' ppctlb lookup --json l.img - <eas
	# lookup writes its lines by hand
	{
		ppctlb lookup -J --pid 5 l.img 0 9 a 10 f0f 10000004 10000fff 10001000 ffffffff
		ppctlb lookup -J --pid 5 --access w l.img 10000004
		ppctlb lookup -J bad.img 400000
		ppctlb new -c e6500 wide.img
		ppctlb map wide.img 0xfedcba9876543000:0xfedcba0000:4K:ur,iprot 0x1000:0x0:4K:ur 0x2000:0x0:4K:ur
		ppctlb lookup -J --user wide.img fedcba9876543210 1000 2fff ffffffffffffffff
	} >lines.json
	jq -c . lines.json >want.json
	[ "$(wc -l <want.json)" -eq 15 ]
	ok $? 'JSON: a line of lookup for each address'
	same "JSON: lookup's lines are jq's, to the byte" want.json lines.json
else
	skip JSON 'no jq'
fi
finish
