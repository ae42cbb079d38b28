#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb lookup --why: the entries that came near, and reasons that are true.
. "${srcdir:-.}/tests/tool/tool-common.sh"

PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$source/tests/tool python3 - <<'EOF'
import tlbs
tlbs.write('why.img', 'e500v2', {
    (0, 4): (0x80051100, 0x1000, 0x2003, 0),      # TID 5, TS 1
    (0, 9): (0x80000100, 0x3000, 0x8001015, 0),   # of set 3, in set 2
    (1, 0): (0xc0000900, 0xc0000004, 0x15, 0),
    (1, 1): (0xc0000500, 0xe000000a, 0xfe0000005, 0),
    (1, 2): (0x80002300, 0x90000000, 0x90000015, 0),  # indirect
    (1, 8): (0x00000300, 0x70000000, 0x8000015, 0)})  # V=0
tlbs.write('64.img', 'e5500', {(1, 0): (0x80000a00, 0xffffffffc0000000, 0x15, 0)})
tlbs.write('twice.img', '440', {(0, 0): (0, 0x270, 0, 7), (0, 7): (0, 0x1210, 0, 7), (0, 9): (4, 0x1210, 0, 7)})
tlbs.write('many.img', '440', {(0, i): (i + 1, 0x210 | (i % 2) << 8, 0, 7 * (i % 3 > 0)) for i in range(64)})
tlbs.write('part.img', '440', {(0, 3): (0, 0x10000210, 0, 7, 1 << 14), (0, 4): (0, 0x20000210, 0, 0, 1 << 12 | 1 << 8)})
EOF
# why NAME WANT OPERAND...: the answer of lookup --why.
why() {
	name=$1 want=$2
	shift 2
	gives "$name" 0 "$want" ppctlb lookup --why "$@"
}
why 'PID and TS' '0x1010 miss - - -
  0:4 0x1000:0x2000:4K:ur,sr,tid=5,ts=1 - TID is 5, PID 0; TS is 1, not 0' why.img 0x1010
why 'TS alone' '0x1010 miss - - -
  0:4 0x1000:0x2000:4K:ur,sr,tid=5,ts=1 - TS is 1, not 0' --pid 5 why.img 0x1010
why 'a right alone is a protection fault' '0x1010 protection - 0:4 0x1000:0x2000:4K:ur,sr,tid=5,ts=1
  0:4 0x1000:0x2000:4K:ur,sr,tid=5,ts=1 - uw is not set' --pid 5 --ts 1 --user --access w why.img 0x1010
why 'the set' '0x3000 miss - - -
  0:9 0x3000:0x8001000:4K:sr,sw,sx - it is in set 2, its EA belongs to set 3' why.img 0x3000
why 'V' '0x70001000 miss - - -
  1:8 0x70000000:0x8000000:64K:sr,sw,sx - it is not valid' why.img 0x70001000
why 'an indirect entry' '0x90000004 miss - - -
  1:2 0x90000000:0x90000000:64K:sr,sw,sx - it is indirect' why.img 0x90000004
why 'behind the end' '0xd0000004 miss - - -
  1:0 0xc0000000:0x0:256M:sr,sw,sx,m,iprot - EA is 0x5 behind its end 0xcfffffff' why.img 0xd0000004
why 'before the start' '0xdfffff00 miss - - -
  1:1 0xe0000000:0xfe0000000:1M:sr,sw,i,g,iprot - EA is 0x100 before its start
  1:0 0xc0000000:0x0:256M:sr,sw,sx,m,iprot - EA is 0xfffff01 behind its end 0xcfffffff' why.img 0xdfffff00
why 'nothing is near' '0x9000000 miss - - -
  no entry came near' why.img 0x9000000
why 'a hit needs no reasons' '0xc0000000 hit 0x0 1:0 0xc0000000:0x0:256M:sr,sw,sx,m,iprot' why.img 0xc0000000
why 'the upper 32 bits' '0xc0001234 miss - - -
  1:0 0xffffffffc0000000:0x0:1G:sr,sw,sx - its upper 32 bits are 0xffffffff, not 0x0' 64.img 0xc0001234
why 'who else matches' '0x1000 multi-hit - 0:0 0x0:0x0:16M:sr,sw,sx
  0:7 0x1000:0x0:4K:sr,sw,sx - matches, too
  0:9 0x1000:0x0:4K:sr,sw,sx,tid=4 - TID is 4, PID 0' twice.img 0x1000
why 'who else may, by what is told' '0x20000000 unknown - 0:3 0x10000000:0x0:4K:sr,sw,sx not told: tid, size
  0:4 0x20000000:0x0:4K: - may match; not told: tid, rights
0x10001000 unknown - 0:3 0x10000000:0x0:4K:sr,sw,sx not told: size
0x20001000 unknown - 0:3 0x10000000:0x0:4K:sr,sw,sx not told: size
  0:4 0x20000000:0x0:4K: - EA is 0x1 behind its end 0x20000fff; not told: tid, rights' \
	part.img 0x20000000 0x10001000 0x20001000
gives 'a handful, those with the fewest reasons first, then by slot' 0 '0:2 0:4 0:8 0:10 0:14' sh -c \
	'echo $(ppctlb lookup --why many.img 0x10 | sed 1d | cut -d" " -f3)'
gives 'without --why none' 0 '0x1010 miss - - -' ppctlb lookup why.img 0x1010
gives 'lines of standard input' 0 4 sh -c 'printf "0x1010\n0x3000\n" | ppctlb lookup --why why.img - | wc -l'
gives 'JSON' 0 '{"ea":"0xd0000004","result":"miss","near":[{"tlb":1,"index":0,"ea":"0xc0000000","ra":"0x0","size":268435456,"flags":["sr","sw","sx","m","iprot"],"tid":0,"ts":0,"lpid":0,"reasons":["behind"],"distance":5}]}' \
	ppctlb lookup --why --json why.img 0xd0000004
gives 'JSON: nothing is near' 0 '{"ea":"0x9000000","result":"miss","near":[]}' ppctlb lookup --why -J why.img 0x9000000
gives 'JSON: not told' 0 1 sh -c \
	'ppctlb lookup --why -J part.img 0x20001000 | grep -c "\"reasons\":\[\"behind\"\],\"distance\":1,\"not_told\":\[\"tid\",\"rights\"\]"'

tlbs='1 2 3 4'
[ "${TEST_STRIDE:-1}" -eq 1 ] || tlbs='1 2' # where everything is slow
seed=${SEED:-$(date +%s)}
echo "# random TLBs, again with SEED=$seed"
for core in 440 e500v2 e5500; do
	good=0
	for i in $tlbs; do
		python3 -B "$source/tests/tool/judge-why.py" $core $((seed + i)) >judged 2>&1 || good=1
		sed 's/^/# /' judged
		cat judged >>all
	done
	ok $good "$core: what one reason says is all that keeps the entry, and no near entry is missing"
done
for reason in pid ts right invalid; do
	grep -q "\(^\| \)$reason=" all
	ok $? "$reason was among the reasons"
done
finish
