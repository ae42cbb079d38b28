#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb encode, decode, plan, cores, backends, version: golden vectors of the manuals and of real users, text
# and JSON, one by one and from standard input.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# vector CORE MAPPING WORDS: both ways, as text.
vector() {
	gives "$1: encode $2" 0 "$3" ppctlb encode -c "$1" "$2"
	gives "$1: decode $3" 0 "$2" ppctlb decode -c "$1" "$3"
}

# the two entries that KVM gave a 440 guest in 2008, and others
vector 440 0x0:0x0:16M:sr,sw,sx 00000000,00000270,00000000,00000007
vector 440 0xef600000:0xef600000:4K:sr,sw,sx,i,g 00000000,ef600210,ef600000,00000507
vector 440 0x80000000:0x80000000:256M:sr,sw,sx 00000000,80000290,80000000,00000007
vector 440 0xf0000000:0x4f0000000:256M:sr,sw,sx,i,g 00000000,f0000290,f0000004,00000507
vector 440 0x10000000:0x1000000:1K:ur,uw,sr,sw,u0,ts=1 00000000,10000300,01000000,0000801b
vector 460 0x1000:0x2000:4K:ux,sr,tid=255 000000ff,00001210,00002000,00000021
# KVM's and QEMU's initial entries, U-Boot's CCSR, Linux's lowmem
vector e500v2 0x0:0x0:256M:sr,sw,sx 80000900,00000000,00000015,00000000
vector e500v2 0x0:0x4000000:64M:ur,uw,ux,sr,sw,sx,m 80000800,00000004,0400003f,00000000
vector e500v2 0xe0000000:0xfe0000000:16M:sr,sw,i,g,iprot c0000700,e000000a,fe0000005,00000000
vector e500v2 0xc0000000:0x0:1G:sr,sw,sx,m 80000a00,c0000004,00000015,00000000
vector e500v2 0x0:0x0:4G:sr,sw,sx 80000b00,00000000,00000015,00000000
vector e500mc 0x1000:0x2000:4K:ur,sr,tid=5,ts=1 80051100,00001000,00002003,00000000
vector e500mc 0x1000:0x2000:4K:sr,gs,lpid=63 'mas1=80000100 mas2=00001000 mas7_3=00002001 mas8=8000003f'
vector e5500 0xc000000000000000:0x0:1G:sr 80000a00,c000000000000000,00000001,00000000
vector e6500 0x8000000000:0x0:512G:sr,tid=16383 bfff0e80,8000000000,00000001,00000000

# chips for cores, and those that nobody can serve
for chip in mpc8540:e500v1 p2020:e500v2 mpc8548:e500v2 p4080:e500mc t1042:e5500 t4240:e6500 440gp:440 460ex:440 ppc440x5:440; do
	gives "$chip" 0 "$(ppctlb encode -c "${chip#*:}" 0x1000:0x2000:4K:sr)" ppctlb encode -c "${chip%:*}" 0x1000:0x2000:4K:sr
done
for chip in 405 405gp e200z6 476 a2; do
	says "$chip" 1 "core $chip is not supported: " ppctlb encode -c $chip 0:0:4K:sr
done
ppctlb new -c p2020 chip.img && ppctlb dump -J --all --all chip.img | head -n 1 | grep -q '"core":"e500v2"'
ok $? 'an image says the name of the core'

gives 'numbers in any way, flags in any order' 0 00000005,ef600310,ef600004,00000507 \
	ppctlb encode -c 440 'ef600000:4_ef600000:4kiB:i,g,sx,tid=0x5,sw,ts,sr'
gives '0x and upper case in words' 0 0x0:0x0:16M:sr,sw,sx ppctlb decode -c 440 0x0,0X270,0,0x7
gives 'parity bits mean nothing' 0 0x0:0x0:16M:sr,sw,sx ppctlb decode -c 440 0,27f,300,c0000007
gives 'TLB0 has 4K pages' 0 0x1000:0x2000:4K:sr ppctlb decode -c e500v2 0:4=80000100,1000,2001,0

# what cannot be represented is refused with the reason
says 'a size that is no page: the legal ones' 1 '1K 4K 16K 64K 256K 1M 16M 256M' \
	ppctlb encode -c 440 0:0:4M:sr
says 'a misaligned EA' 1 'EA 0x800' ppctlb encode -c 440 0x800:0:4K:sr
says 'a misaligned RA' 1 'RA 0x800' ppctlb encode -c 440 0:0x800:4K:sr
says 'an RA too wide' 1 '36 bits' ppctlb encode -c 440 0:0x1000000000:4K:sr
says 'an EA too wide' 1 '32 bits' ppctlb encode -c e500v2 0x100000000:0:4K:sr
says 'a TID too wide' 1 'tid 256' ppctlb encode -c 440 0:0:4K:sr,tid=256
says 'a flag that the core lacks' 1 'iprot' ppctlb encode -c 440 0:0:4K:iprot
says 'lpid on a core without' 1 'lpid' ppctlb encode -c e500v2 0:0:4K:lpid=1
says 'an lpid too wide' 1 'lpid 64 is wider than the 6 bits' ppctlb encode -c e500mc 0:0:4K:lpid=64
says 'an lpid far too wide' 1 'lpid 65535 is wider than the 6 bits' ppctlb encode -c e500mc 0:0:4K:lpid=65535
says 'a flag twice' 1 ':4K:sr,sr: column 11: .*twice' ppctlb encode -c 440 0:0:4K:sr,sr
says 'two colons' 1 ':' ppctlb encode -c 440 0:0:4K
says 'four colons' 1 ':' ppctlb encode -c 440 0:0:4K:sr:
says 'an empty mapping' 1 'number expected' ppctlb encode -c 440 ''
says 'a number of 65 bits' 1 '64 bits' ppctlb encode -c 440 0x10000000000000000:0:4K:
says 'V=0' 1 'not valid' ppctlb decode -c 440 0,70,0,7
says 'an illegal SIZE' 1 'page size' ppctlb decode -c 440 0,260,0,7
says 'a misaligned EPN' 1 'EPN' ppctlb decode -c 440 0,00000670,0,7
says 'a misaligned RPN' 1 'RPN' ppctlb decode -c 440 0,00000270,400,7
says 'reserved bits' 1 'reserved' ppctlb decode -c 440 0,270,0,47
says 'IND' 1 'IND' ppctlb decode -c e6500 80002100,0,1,0
says 'a slot that no 440 has' 1 'column 3: 64 is more than 63' ppctlb decode -c 440 0:64=0,210,0,7
says 'two words of four' 1 'column' ppctlb decode -c 440 0,270
says 'five words of four' 1 'column' ppctlb decode -c 440 0,270,0,7,0
says 'a core nobody has' 1 'e999' ppctlb encode -c e999 0:0:4K:sr
says '476, whose entries only look alike' 1 '476' ppctlb encode -c 476 0:0:4K:sr
says 'the same for decode' 1 '476' ppctlb decode -c 476 0,270,0,7
says 'the same for plan' 1 '476' ppctlb plan -c 476 0:0:4K:sr
says 'the same for new' 1 '476' ppctlb new -c 476 x.img

# operands: the good ones are answered, the bad ones told
gives 'a bad operand among good ones' 1 "00000000,00000210,00000000,00000001
00000000,00001210,00001000,00000001" ppctlb encode -c 440 0:0:4K:sr x 0x1000:0x1000:4K:sr

# standard input
printf '0:0:4K:sr\n0:0:5K:sr\n\n0x1000:0:4K:zz\n0x2000:0:4K:sr' >lines
gives 'standard input keeps going, last line without newline too' 1 "00000000,00000210,00000000,00000001
00000000,00002210,00000000,00000001" ppctlb encode -c 440 - <lines
ppctlb encode -c 440 - <lines >/dev/null 2>errors
for want in '-:2: .*5K' '-:3:1: ' '-:4:13: .*zz'; do
	grep -q -e "$want" errors
	ok $? "a bad line is told as $want"
done
[ "$(wc -l <errors)" -eq 3 ]
ok $? 'and no other'
printf '0:0:4K:s\033\377r\n' | ppctlb encode -c 440 - >/dev/null 2>errors
[ "$(cat errors)" = "ppctlb: -:1:8: no flag is called 's?\\xffr'" ] &&
	sed -n '/^\.Sh DIAGNOSTICS/,$p' "$source/man/ppctlb.1" | grep -q '^\.Ql .*?$'
ok $? 'control characters that the library quotes are ?, as ppctlb(1) says'
gives 'decode reads standard input' 0 "0x0:0x0:16M:sr,sw,sx
0x0:0x0:16M:sr" ppctlb decode -c 440 - <<X
0,270,0,7
0,270,0,1
X
printf '0:0:4K:sr\r\n0:0:4K:s\rr\n\r\n0x1000:0:4K:zz\r\n0x2000:0:4K:sr\r' >lines
gives 'the CR of a CR LF is part of the line end, any other is not' 1 "00000000,00000210,00000000,00000001
00000000,00002210,00000000,00000001" ppctlb encode -c 440 - <lines
for want in '-:2:8: .*s?r' '-:3:1: ' "-:4:13: .*'zz'\$"; do
	grep -q -e "$want" "$work/err"
	ok $? "what is bad among them is told as $want"
done
gives 'decode takes it, too' 0 0x0:0x0:16M:sr sh -c "printf '0,270,0,1\r\n' | ppctlb decode -c 440 -"
printf '%04095d\r\n%04096d\r\n' 0 0 >lines
ppctlb decode -c 440 - <lines >/dev/null 2>errors
[ "$(sed -n '/line too long/s/:[^:]*$//p' errors)" = 'ppctlb: -:2:4097' ]
ok $? 'it counts among the bytes of a line'
gives 'no lines, no answers' 0 '' ppctlb decode -c 440 - </dev/null
plain=$(ppctlb plan -c 440 0x1000:0x1000:300M:sr,w)
gives 'plan is what encode takes' 0 "$plain" sh -c \
	'ppctlb plan -c 440 0x1000:0x1000:300M:sr,w | ppctlb encode -c 440 - | ppctlb decode -c 440 -'

# plan: minimal, by ascending EA
gives 'plan: a 2G region of 440 is 8 pages' 0 8 sh -c 'ppctlb plan -c 440 0:0:2G:sr | wc -l'
gives 'plan: EA and RA that differ in low bits' 0 "0x1000:0x2000:4K:
0x2000:0x3000:4K:" ppctlb plan -c e500v2 0x1000:0x2000:8K:
says 'plan: no multiple of the smallest page' 1 '.' ppctlb plan -c e500v2 0:0:5K:
says 'plan: what map refuses, gs' 1 'gs cannot be mapped' ppctlb plan -c e500mc 0:0:4K:gs
says 'plan: what map refuses, lpid' 1 'lpid cannot be mapped' ppctlb plan -c e500mc 0:0:4K:lpid=63

# long plans are made in pieces: the same pages, and memory does not grow with their number
# greedy EA RA SIZE PAGE...: the largest page that fits, again and again.
greedy() {
	awk 'function hex(n,  digits) {
		for (digits = ""; n >= 16; n = (n - n % 16) / 16)
			digits = substr("0123456789abcdef", n % 16 + 1, 1) digits
		return "0x" substr("0123456789abcdef", n + 1, 1) digits
	}
	function short(n,  unit) {
		for (unit = 0; n >= 1024; unit++)
			n /= 1024
		return n substr("KMGT", unit, 1)
	}
	BEGIN {
		ea = ARGV[1]; ra = ARGV[2]; left = ARGV[3]
		while (left) {
			for (i = ARGC - 1; ea % ARGV[i] || ra % ARGV[i] || ARGV[i] > left + 0; i--)
				;
			print hex(ea) ":" hex(ra) ":" short(ARGV[i]) ":sr"
			ea += ARGV[i]; ra += ARGV[i]; left -= ARGV[i]
		}
	}' "$@"
}
# page_sizes CORE
page_sizes() {
	case $1 in
	440) echo 1024 4096 16384 65536 262144 1048576 16777216 268435456 ;;
	e6500) awk 'BEGIN { for (p = 4096; p <= 1099511627776; p *= 2) printf "%.0f ", p }' </dev/null ;;
	esac
}
while read -r core ea ra size; do
	# shellcheck disable=SC2046 # a word for each size
	greedy $((ea)) $((ra)) $((size)) $(page_sizes $core) >want
	ppctlb plan -a -c $core $ea:$ra:$((size)):sr >got 2>err
	same "plan $ea:$ra:$size on $core is $(wc -l <want) pages" want got
done <<'X'
440 0x400 0x800 0x900c00
440 0x3ff400 0x13ff400 0x1800c00
440 0x3ffc00 0x7ffc00 0x1400800
440 0x7f0000 0x1ff7f0000 0x4c11000
440 0xf0000400 0xf0000c00 0xfffc00
440 0x100000 0x100000 0xfff00000
e6500 0x1000 0x0 0x1803000
e6500 0x7ff000 0xfff000 0x4002000
e6500 0x1000 0x1000 0xffbffff000
X
gives 'plan: to the end of 64 bits' 0 '4096 0xfffffffffffff000:0x1000000:4K:' sh -c \
	'ppctlb plan --all -c e6500 0xffffffffff000000:0x1000:16M: | awk "END { print NR, \$0 }"'
mkfifo pages
ppctlb plan --all -c e6500 0x1000:0:32G: >pages 2>err &
pid=$!
exec 3<pages
read -r first <&3
[ "$first" = 0x1000:0x0:4K: ]
ok $? 'the first of eight million pages comes at once'
peak=$(awk '/^VmHWM/ { print $2 }' /proc/$pid/status 2>/dev/null)
if [ -n "$peak" ]; then
	echo "# peak: $peak KiB"
	[ "$peak" -lt 131072 ]
	ok $? 'without memory for the others'
else
	skip 'without memory for the others' 'no /proc'
fi
exec 3<&-
wait $pid
[ $? -eq 1 ] && grep -q '8388608 pages, the core holds 1088$' err && [ "$(wc -l <err)" -eq 1 ]
ok $? 'they are not made for nobody'

# JSON
if command -v jq >/dev/null; then
	# json NAME FILTER COMMAND...: the filter is true of every line, and there is one.
	json() {
		name=$1 filter=$2
		shift 2
		"$@" >"$work/out" 2>"$work/err"
		jq -e -s "length > 0 and all(.[]; $filter)" <"$work/out" >/dev/null 2>"$work/err"
		status=$?
		[ $status -eq 0 ] || sed 's/^/# /' "$work/out" "$work/err"
		ok $status "JSON: $name"
	}
	json '440 entry' '. == {core: "440", tid: 5, word0: "0xef600310", word1: "0xef600004", word2: "0x507"}' \
		ppctlb encode -c 440 --json 0xef600000:0x4ef600000:4K:sr,sw,sx,i,g,tid=5,ts=1
	json '460 is 440' '.core == "440"' ppctlb encode -c 460 --json 0:0:4K:sr
	json 'e500 entry' '. == {core: "e500v2", mas1: "0xc0000700", mas2: "0xe000000a", mas7_3: "0xfe0000005",
		mas8: "0x0"}' ppctlb encode -c e500v2 --json 0xe0000000:0xfe0000000:16M:sr,sw,i,g,iprot
	json 'mapping' '. == {ea: "0xef600000", ra: "0x4ef600000", size: 4096, flags: ["sr", "sw", "sx", "i", "g"],
		tid: 5, ts: 1, lpid: 0}' ppctlb decode -c 440 --json 5,ef600310,ef600004,507
	json 'lpid' '.lpid == 63 and .flags == ["sr", "gs"]' ppctlb decode -c e500mc --json mas1=80000100,mas2=1000,mas7_3=2001,mas8=8000003f
	json 'a page of 1T' '.size == 1099511627776' ppctlb plan -c e6500 --json 0:0:1T:sr
	json 'plan' '.size == 268435456 and (.ea | startswith("0x"))' ppctlb plan -c 440 --json 0:0:2G:sr
	json 'cores' '.core and .backend and (.tlbs | length > 0) and all(.tlbs[]; .entries >= .ways and .sizes[0])' \
		ppctlb cores --json
	json 'backends' '.usable and .path' ppctlb backends --json
	[ "$(ppctlb backends --json | jq -r .name | tr '\n' ' ')" = '44x e500 mock ' ]
	ok $? 'JSON: backends in the order of their names'
	gives 'JSON is one object a line' 0 8 sh -c 'ppctlb plan -c 440 --json 0:0:2G:sr | wc -l'
else
	skip JSON 'no jq'
fi

# what there is
gives 'cores, one column' 0 '440
e500mc
e500v1
e500v2
e5500
e6500' sh -c 'ppctlb cores -n -o core | sort -u'
echo garbage >"$work/backends/broken.so"
gives 'backends tells why one is unusable' 0 broken sh -c "ppctlb backends | sed -n '/^broken .*not an ELF object/s/ .*//p'"
rm "$work/backends/broken.so"
mkdir "$work/bare" "$work/broken"
echo garbage >"$work/broken/zz.so"
without_plugins() {
	for verb in backends cores; do
		for path in "$work/bare" "$work/nowhere" "$work/bare:$work/nowhere"; do
			says "$verb: there is nothing in ${path#"$work"}" 1 "in $path: there is no backend" \
				env PPCTLB_BACKEND_PATH="$path" ppctlb $verb
			says "$verb: nor in JSON" 1 "in $path: there is no backend" \
				env PPCTLB_BACKEND_PATH="$path" ppctlb $verb --json
		done
		gives "$verb: an unknown column is a usage error there, too" 2 '' \
			env PPCTLB_BACKEND_PATH="$work/bare" ppctlb $verb -o COLOUR
	done
	says 'cores: none can be used, and why' 1 '/zz.so: .*not an ELF object' \
		env PPCTLB_BACKEND_PATH="$work/broken" ppctlb cores
}
if [ -z "$(PPCTLB_BACKEND_PATH=$work/bare ppctlb backends 2>/dev/null)" ]; then
	without_plugins
else
	skip 'nothing to show' 'backends are built in'
fi
gives 'backends: one that cannot be used is there' 0 zz \
	sh -c 'PPCTLB_BACKEND_PATH=$0 ppctlb backends -n -o NAME | grep zz' "$work/broken"
gives 'an unknown column is a usage error' 2 '' ppctlb cores -o CORE,COLOUR
gives 'version' 0 "$(ppctlb version)" sh -c "ppctlb version | grep -x 'ppctlb [0-9.]*, libppctlb [0-9.]*'"
finish
