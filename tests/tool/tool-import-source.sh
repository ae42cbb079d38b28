#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb import of tables in sources: U-Boot's SET_TLB_ENTRY() and tlbentry(), and the rows of VxWorks. Values are
# taken as they are written; what nothing decides or defines is named by line, and never taken.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# takes NAME CORE ENTRIES OPTION...: standard input gives exactly these valid entries, and all of it is read.
takes() {
	name=$1 core=$2 want=$3
	shift 3
	rm -f got.img
	cat >text
	ppctlb import -c "$core" "$@" text got.img 2>err
	status=$?
	printf '%s\n' $want >want
	entries got.img >got 2>/dev/null
	diff want got >differ && [ $status -eq 0 ]
	good=$?
	[ $good -eq 0 ] || sed 's/^/# /' err differ
	ok $good "$name"
}

# refuses NAME CORE PATTERN OPTION...: no image is made of standard input, for that reason.
refuses() {
	name=$1 core=$2 pattern=$3
	shift 3
	rm -f no.img
	cat >text
	says "$name" 1 "$pattern" ppctlb import -c "$core" "$@" text no.img
	[ ! -e no.img ]
	ok $? "$name: no image"
}

# rest NAME CORE ENTRIES PATTERN: of standard input --keep-going takes these, and says that of what it does not.
rest() {
	cat >text
	rm -f got.img
	says "$1" 1 "$4" ppctlb import --keep-going -c "$2" text got.img
	printf '%s\n' $3 >want
	entries got.img >got
	same "$1: the rest" want got
}

# told PATTERN: the last import said that, too.
told() {
	grep -q -e "$1" "$work/err" || { sed 's/^/# /' "$work/err"; false; }
	ok $? "... $1"
}

# ---- U-Boot, e500 family ----

early=1:0=c0000100,fffff00a,fffff015,0
ccsr=1:1=c0000500,ffe0000a,fffe00015,0
flash=1:2=c0000900,ec000012,fec000011,0
cat >85xx.c <<'EOF'
	/* early flash, then CCSR, then more flash than the board has */
	SET_TLB_ENTRY(1, 0xfffff000, 0xfffff000, MAS3_SX|MAS3_SW|MAS3_SR, MAS2_I|MAS2_G, 0, 0, BOOKE_PAGESZ_4K, 1),
	SET_TLB_ENTRY(1, 0xffe00000, 0xfffe00000ull,
		      MAS3_SX | MAS3_SW | MAS3_SR, MAS2_I | MAS2_G,
		      0, 1, BOOKE_PAGESZ_1M, 1),
	SET_TLB_ENTRY(1, 0xec000000, 0xfec000000ull, MAS3_SX|MAS3_SR, MAS2_W|MAS2_G, 0, 2, BOOKE_PAGESZ_256M, 1),
	SET_TLB_ENTRY(0, CFG_STACK + 4 * 1024, 0xffd00000 + 4 * 1024, MAS3_SX|MAS3_SW|MAS3_SR, 0, 0, 0, BOOKE_PAGESZ_4K, 0),
EOF
refuses '85xx: a name that is not known' e500v2 \
	'^ppctlb: text:7:19: epn: CFG_STACK is not known; give --define CFG_STACK=VALUE$' <85xx.c
told 'read as a TLB table of U-Boot (--from=u-boot)'
rest '85xx: --keep-going' e500v2 "$early $ccsr $flash" 'left out: 1; taken: 3' <85xx.c
takes '85xx: with that name; in TLB0 esel is the way, and the set is that of EPN' e500v2 \
	"0:4=80000100,ffd01000,ffd01015,0 $early $ccsr $flash" --define CFG_STACK=0xffd00000 <85xx.c
marks '85xx: TID is not told, nor what the table does not fill' got.img 'invalid entries, tid'
ppctlb check got.img >found
grep -q '1:2 error misaligned-epn .*0xe0000000 to 0xefffffff at RA 0xfe0000000' found &&
	grep -q '1:2 error misaligned-rpn' found
ok $? '85xx: what is misaligned is kept, and check tells'
takes '85xx: as it comes in a mail, with CR LF' e500v2 "0:4=80000100,ffd01000,ffd01015,0 $early $ccsr $flash" \
	-D CFG_STACK=0xffd00000 <<EOF
$(sed 's/^/> /; s/$/\r/' 85xx.c)
EOF

e() { echo "SET_TLB_ENTRY(1, 0xe0000000, 0x${2-e0000000}, 0x3f, 0, 0, $1, BOOKE_PAGESZ_16M, 1),"; }
w() { echo "1:$1=c0000700,e0000000,${2-e000003f},0"; }
takes 'several in a line, a string, a comment and other macros between' e500v2 "$(w 0) $(w 1) $(w 2)" <<EOF
int n = SET_TLB_ENTRY_COUNT(3); char s[] = "$(e 5)"; // $(e 6)
/* $(e 7)
 $(e 8) */ $(e 0) $(e 1) char c = '"'; it's SET_TLB_ENTRY
 /* ( */ (1, 0xe0000000, 0xe0000000, 0x3f, 0, 0, 2, BOOKE_PAGESZ_16M, 1)
EOF
takes 'the lines of a patch, but not what it removes' e500v2 "$(w 0) $(w 2)" <<EOF
--- a/board/tlb.c
+++ b/board/tlb.c
@@ -20,3 +20,4 @@ struct fsl_e_tlb_entry tlb_table[] = {
 	$(e 0)
-	$(e 1)
-	SET_TLB_ENTRY(1, 0xe0000000, 0xe0000000, 0x3f, 0, 0, 3,
-		BOOKE_PAGESZ_16M, 1),
+	SET_TLB_ENTRY(1, 0xe0000000, 0xe0000000, 0x3f, 0, 0, 2,
+		BOOKE_PAGESZ_16M, 1),
EOF
grep -q '3 lines that a patch removes do not count' err
ok $? '... and that is said'
takes 'a line of a patch without its head' e500v2 "$(w 2)" <<EOF
-	$(e 1)
+	$(e 2)
EOF
takes 'lines with their numbers' e500v2 "$(w 0)" <<EOF
12:	SET_TLB_ENTRY(1, 0xe0000000,
13-	0xe0000000,
14-	0x3f, 0, 0,
15-	0, BOOKE_PAGESZ_16M, 1),
EOF
refuses 'a number in front of an argument stays' e500v2 'text:2:1: rpn: 0xfffffffffffff00d has bits outside\|text:2:1: perms' <<EOF
	SET_TLB_ENTRY(1, 0xe0000000, 0xe0000000,
13-	0x3f, 0, 0, 0, BOOKE_PAGESZ_16M, 1),
EOF

refuses 'cut by [...]' e500v2 '^ppctlb: text:2:1: the text is cut before this entry ends$' <<EOF
$(e 0)
SET_TLB_ENTRY(1, 0xe0000000,
[...]
	0xe0000000, 0x3f, 0, 0, 1, BOOKE_PAGESZ_16M, 1),
EOF
refuses 'cut at the end' e500v2 '^ppctlb: text:2:3: the text ends before this entry does$' <<EOF
$(e 0)
  SET_TLB_ENTRY(1, 0xe0000000, 0xe0000000, 0x3f
EOF
rest 'cut by the next one' e500v2 "$(w 1)" "text:1:1: its ')' is missing" <<EOF
SET_TLB_ENTRY(1, 0xe0000000, 0xe0000000, 0x3f,
$(e 1)
EOF
refuses 'a comment without end' e500v2 'text:2: this comment has no end' <<EOF
$(e 0)
/* and this
$(e 1)
EOF
refuses 'a comment of which the end may be missing' e500v2 'text:4: an entry in a comment, of which the end is missing' <<EOF
$(e 0)
/* and this
[...]
$(e 1)
 */
EOF
{
	echo 'SET_TLB_ENTRY(1, 0xe0000000,'
	for i in 1 2 3 4 5 6 7 8 9 10; do printf '%0500d |\n' "$i"; done
	echo '0x3f, 0, 0, 0, BOOKE_PAGESZ_16M, 1),'
} >long
refuses 'too long' e500v2 'text:1:1: an entry of more than 4096 characters' <long
refuses 'too few arguments' e500v2 'text:1:1: 9 arguments expected, not 8' <<EOF
SET_TLB_ENTRY(1, 0xe0000000, 0xe0000000, 0x3f, 0, 0, BOOKE_PAGESZ_16M, 1),
EOF
refuses 'a slot twice' e500v2 'text:2:1: entry 1:0 stands twice, first in line 1' <<EOF
$(e 0)
$(e 0)
EOF
refuses 'a 440 has another table' 440 'SET_TLB_ENTRY() fills the TLB of an e500, and 440 has another one' <<EOF
$(e 0)
EOF

# One argument that no entry can have: its number, the text in its place, what is said.
while IFS='|' read -r number text said; do
	e 0 | awk -F', ' -v OFS=', ' -v n="$number" -v t="$text" '{
		sub(/SET_TLB_ENTRY\(/, "&, ")
		$(n + 1) = n == 9 ? t ")," : t
		sub(/\(, /, "(")
		print
	}' >line
	refuses "argument $number: $text" e500v2 "text:1:[0-9]*: $said" <line
done <<'EOF'
1|2|tlb: 0x2 has bits outside of 0x1
2|0x1e0000000|epn: 0x1e0000000 has bits outside of 0xffffffff
2|BOOKE_PAGESZ_4K|epn: a page size or a flag, where a number is expected
4|0x400|perms: 0x400 has bits outside of 0x3ff
5|0x80|wimge: 0x80 has bits outside of 0x7f
6|2|ts: 0x2 has bits
7|0x1000|esel: 0x1000 has bits
7|16|there is no entry 16 in TLB1
8|8|tsize: a page size is expected by its name: its number is not the same
8|BOOKE_PAGESZ_4K + 1|tsize: a page size is expected by its name
8|BOOKE_PAGESZ_3K|tsize: BOOKE_PAGESZ_3K is not known
9|2|iprot: 0x2 has bits
EOF
refuses 'a way that TLB0 does not have' e500v2 'esel is 4, and a set of TLB0 has 4 ways' <<EOF
SET_TLB_ENTRY(0, 0xe0000000, 0xe0000000, 0x3f, 0, 0, 4, BOOKE_PAGESZ_4K, 0),
EOF

# ---- conditions ----

cat >ifdef.c <<'EOF'
#ifdef CONFIG_SPIFLASH
	SET_TLB_ENTRY(1, 0xfff80000, 0xfff80000, MAS3_SX|MAS3_SW|MAS3_SR, MAS2_I|MAS2_G, 0, 0, BOOKE_PAGESZ_256K, 1),
#else
	SET_TLB_ENTRY(1, 0xfffff000, (phys_addr_t)0xfffff000, (MAS3_SX | MAS3_SR), MAS2_I|MAS2_G, 0, 0, BOOKE_PAGESZ_4K, 1),
#endif
EOF
spi=1:0=c0000400,fff8000a,fff80015,0
other=1:0=c0000100,fffff00a,fffff011,0
refuses '#ifdef: nothing decides' e500v2 \
	'^ppctlb: text:1: CONFIG_SPIFLASH decides about lines 2 and 4; give --define or --undefine$' <ifdef.c
takes '#ifdef: --define' e500v2 $spi --define CONFIG_SPIFLASH <ifdef.c
! grep 'left out' err
ok $? '... and no line is left out'
takes '#ifdef: --define NAME=n' e500v2 $other --define CONFIG_SPIFLASH=n <ifdef.c
takes '#ifdef: --undefine' e500v2 $other --undefine CONFIG_SPIFLASH <ifdef.c
takes '#ifdef: the text decides' e500v2 $spi <<EOF
#define CONFIG_SPIFLASH
$(cat ifdef.c)
EOF
takes '#ifdef: #undef in the text' e500v2 $other <<EOF
#define CONFIG_SPIFLASH
#undef CONFIG_SPIFLASH
$(cat ifdef.c)
EOF
takes '#ifdef: what is given counts more than the text' e500v2 $other -U CONFIG_SPIFLASH <<EOF
#define CONFIG_SPIFLASH
$(cat ifdef.c)
EOF

# chain OPTION...: which of three branches is it?
cat >chain.c <<EOF
#if defined(A) && A > 3 /* or
not */
$(e 0)
#elif \\
	IS_ENABLED(B)
$(e 1)
#else
$(e 2)
#endif
$(e 3)
EOF
takes '#if: the first branch' e500v2 "$(w 0) $(w 3)" -D A=4 <chain.c
takes '#if: the second one' e500v2 "$(w 1) $(w 3)" -D A=3 -D B <chain.c
takes '#if: the last one' e500v2 "$(w 2) $(w 3)" -U A -U B <chain.c
refuses '#if: the second or the last one' e500v2 'text:1: B decides about lines 6 and 8;' -U A <chain.c
refuses '#if: the first or the second one' e500v2 'text:1: A decides about lines 3 and 6;' -D B <chain.c
refuses '#if: any' e500v2 'text:1: A and B decide about lines 3, 6 and 8;' <chain.c
rest '#if: any, --keep-going' e500v2 "$(w 3)" 'decide about' <chain.c
refuses '#if that cannot be read' e500v2 "text:1: a condition that cannot be read (')' expected) decides about line 2$" <<EOF
#if (1
$(e 0)
#endif
EOF
takes 'what has no entry in it does not disturb' e500v2 "$(w 0) $(w 1)" <<EOF
/* (C) somebody
 */
#ifndef BOARD_TLB_H
#define BOARD_TLB_H
#ifdef UNKNOWN
#include <somewhere.h>
#elif ANYTHING(1, 2) > 3
#endif
#if 0
$(e 5)
#endif
#if defined(__UNKNOWN) || 1
$(e 0)
#endif
$(e 1)
#endif /* BOARD_TLB_H */
EOF
refuses 'one within another' e500v2 'text:2: B decides about line 3;' <<EOF
#ifdef A
#ifdef B
$(e 0)
#endif
#endif
EOF
told 'text:1: A decides about line 3;'
takes 'below what does not count nothing is open' e500v2 "$(w 1)" -U A <<EOF
#ifdef A
#ifdef B
$(e 0)
#endif
#endif
$(e 1)
EOF
refuses 'a name that is defined in either way' e500v2 \
	'text:7:1: rpn: what PHYS stands for hangs on CONFIG_36; give --define or --undefine' <<EOF
#ifdef CONFIG_36
#define PHYS 0xfe0000000ull
#else
#define PHYS 0xe0000000
#endif
SET_TLB_ENTRY(1, 0xe0000000,
PHYS, 0x3f, 0, 0, 0, BOOKE_PAGESZ_16M, 1),
EOF
refuses 'cut within a condition' e500v2 'text:1: what is missing here decides about line 4$' <<EOF
#if 1
$(e 0)
[...]
$(e 1)
#endif
EOF
refuses 'an #if above what there is' e500v2 'text:2: #endif whose #if is not in the text: it may leave out what is above' <<EOF
$(e 0)
#endif
$(e 1)
EOF
refuses 'an #if above the #else that there is' e500v2 'text:1: what is missing here decides about line 2$' <<EOF
#else
$(e 0)
#endif
EOF
takes 'a condition within an entry' e500v2 "$(w 0 fe000003f)" -D P <<EOF
SET_TLB_ENTRY(1, 0xe0000000,
#ifdef P
0xfe0000000ull,
#else
0xe0000000,
#endif
0x3f, 0, 0, 0, BOOKE_PAGESZ_16M, 1),
EOF
refuses 'a condition within an entry that nothing decides' e500v2 'text:2: P decides about line 1;' <<EOF
SET_TLB_ENTRY(1, 0xe0000000,
#ifdef P
0xfe0000000ull,
#else
0xe0000000,
#endif
0x3f, 0, 0, 0, BOOKE_PAGESZ_16M, 1),
EOF

# ---- U-Boot, 440 ----

cat >44x.S <<'EOF'
	tlbentry(0xF8000000, SZ_128M, 0xF8000000, 4, AC_R|AC_W|AC_X|SA_G)
	tlbentry( 0xD8000000, SZ_256M, 0x00000000, 0xC, AC_RWX | SA_G | SA_I )
	tlbentry(0xE3002000, SZ_1K, 0x30000000, 0xD, AC_R|AC_W|SA_G|SA_I)
	tlbtab_end
EOF
rest '440: a size that it does not have; its slot stays empty' 440 \
	'0:1=0,d8000290,c,53f 0:2=0,e3002200,3000000d,51b' \
	'text:1:2: 128M is no page of a 440; the largest legal one at this address is 16M, and 8 of them map it; slot 0' \
	<44x.S
marks '440: all is told of what is filled' got.img 'invalid entries'
ppctlb check got.img >found
grep -q '^0:1 error misaligned-epn .*0xd0000000 to 0xdfffffff' found
ok $? '440: what is misaligned is kept, and check tells'
takes '440: nothing is told of slots below a gap' 440 '0:0=0,f0000210,f8000004,1b 0:1=0,e0000210,f8000004,1b' <<'EOF'
	tlbtab_start
	tlbentry(0xF0000000, SZ_4K, 0xF8000000, 4, AC_RW)
[...]
	tlbentry(0xE0000000, SZ_4K, 0xF8000000, 4, AC_RW)
EOF
marks '... and that is told' got.img 'slot, invalid entries'
cat >open.S <<'EOF'
#ifdef X
	tlbentry(0xF0000000, SZ_4K, 0xF8000000, 4, AC_RW)
#endif
	tlbentry(0xE0000000, SZ_4K, 0xF8000000, 4, AC_RW)
EOF
takes '440: a slot that is not taken does not count' 440 '0:0=0,e0000210,f8000004,1b' -U X <open.S
takes '440: one that is does' 440 '0:0=0,f0000210,f8000004,1b 0:1=0,e0000210,f8000004,1b' -D X <open.S
rest '440: below what nothing decides' 440 '0:0=0,e0000210,f8000004,1b' 'X decides about line 2;' <open.S
marks '... no slot is told' got.img 'slot, invalid entries'
refuses '440: two tables' 440 'text:4:2: a second table begins here; import one at a time' <<'EOF'
	tlbtab_start
	tlbentry(0xF0000000, SZ_4K, 0xF8000000, 4, AC_RW)
	tlbtab_start
	tlbentry(0xE0000000, SZ_4K, 0xF8000000, 4, AC_RW)
EOF
rest '440: what no entry can have' 440 '0:5=0,f8000270,f8000001,3f' 'text:1:43: erpn: 0x14 has bits outside of 0xf$' <<'EOF'
	tlbentry(0xF8000000, SZ_16M, 0xF8000000, 0x14, AC_RW)
	tlbentry(0xF8000000, SZ_16M, 0x4F8000000, 4, AC_RW)
	tlbentry(0xF8000000, 0x70, 0xF8000000, 4, AC_RW)
	tlbentry(0xF8000000 + SZ_1M, SZ_16M, 0xF8000000, 4, AC_RW)
	tlbentry(0xF8000000, SZ_16M, 0xF8000000, 4, 0x1000)
	tlbentry(0xF8000000, SZ_16M, 0xF8000000, 1, 0x3f);
EOF
told 'text:2:31: rpn: 0x4f8000000 has bits outside of 0xffffffff$'
told 'text:3:23: size: a page size is expected by its name'
told 'text:4:11: ea: a page size or a flag'
told 'text:5:46: attr: 0x1000 has bits outside of 0xfbf$'

# ---- VxWorks ----

cat >sysLib.c <<'EOF'
#define DRAM_MODE _MMU_TLB_ATTR_M
void f(void) { int a[] = {1, 2, 3, 4}; if (x) { g(_MMU_TLB_ATTR_I); } }
TLB_ENTRY_DESC sysStaticTlbDesc [] = {
    /* effAddr,  Unused,  realAddr, ts | size | attributes | permissions */
    {
    0xf0000000, 0x0, 0xf0000000,
    _MMU_TLB_TS_0   | _MMU_TLB_SZ_256M  | _MMU_TLB_IPROT   |
    _MMU_TLB_PERM_W | _MMU_TLB_PERM_X   | _MMU_TLB_ATTR_I  |
    _MMU_TLB_ATTR_G
    },
    { 0x40000000, 0x0, 0x40000000, _MMU_TLB_TS_1 | _MMU_TLB_SZ_1G, DRAM_MODE | _MMU_TLB_PERM_UR | _MMU_TLB_PERM_UX, }
};
int sysStaticTlbDescNumEnt = NELEMENTS (sysStaticTlbDesc);
EOF
takes 'VxWorks' e500v2 '1:0=c0000900,f000000a,f0000015,0 1:1=80001a00,40000004,40000023,0' <sysLib.c
marks 'VxWorks: marked' got.img 'invalid entries, tid'
rest 'VxWorks: what no row can have' 440 '0:5=0,f0000290,f0000004,401' \
	'text:1:1: an attribute that 440 does not have' <<'EOF'
{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_TS_0 | _MMU_TLB_SZ_256M | _MMU_TLB_IPROT },
{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_TS_0 | 0x40 | _MMU_TLB_SZ_256M },
{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_TS_0 | _MMU_TLB_ATTR_I },
{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_SZ_4K | _MMU_TLB_SZ_1M },
{ 0xf0000000, 0x14, 0xf0000000, _MMU_TLB_SZ_4K },
{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_SZ_256M | _MMU_TLB_ATTR_I },
EOF
told 'text:2:32: the attributes: names of VxWorks are expected, and no numbers'
told 'text:3:1: a page size is missing, such as _MMU_TLB_SZ_4K'
told 'text:4:1: two page sizes'
told 'text:5:1: realAddrExt has more than four bits'
refuses 'VxWorks: an upper half that the e500 family does not use' e500v2 'text:1:1: realAddrExt is not 0' <<'EOF'
{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_TS_0 | _MMU_TLB_SZ_256M },
EOF
refuses 'VxWorks: cut' e500v2 'text:1:1: the text ends before this entry does' <<'EOF'
{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_TS_0 | _MMU_TLB_SZ_256M
EOF

# ---- round trips: any words, legal or not, but for what the form does not tell ----

# words FORM: random entries, as dump -n -o ENTRY has them.
words() {
	awk -v form="$1" -v x="$seed" '
	function rnd(n) { x = x * 16807 % 2147483647; return int(x / 7) % n }
	function hex(v) { return sprintf("%04x%04x", int(v / 65536), v % 65536) }
	function e500(tlb, i, flags, tsize, epn) {
		printf "%d:%d=%x0%02x%x%03x,%05x%03x,%x%05x%03x,0\n", tlb, i, flags, rnd(256), rnd(2), tsize * 128, epn,
			rnd(vx ? 32 : 128), vx ? 0 : rnd(16), rnd(1048576), vx ? rnd(32) * 2 + 1 : rnd(1024)
	}
	BEGIN {
		x = x % 2147483646 + 1
		vx = form ~ /vxworks/
		for (i = 0; form == "e500" && i < 512; i += 1 + rnd(9))
			e500(0, i, 8, 2, rnd(8192) * 128 + int(i / 4))
		for (i = 0; form ~ /e500/ && i < 16; i++)
			e500(1, i, 8 + 4 * rnd(2), rnd(32), rnd(1048576))
		for (i = 0; form ~ /440/ && i < 64; i++)
			printf "0:%d=%x,%s,%s,%x\n", i, vx ? rnd(256) : 0,
				hex(rnd(4194304) * 1024 + 512 + (vx ? rnd(2) * 256 : 0) + rnd(16) * 16),
				hex(rnd(4194304) * 1024 + rnd(16)), rnd(32) * 128 + (vx ? rnd(32) * 2 + 1 : rnd(64))
	}'
}

seed=${SEED:-$(date +%s)}
echo "# random entries, again with SEED=$seed"
for form in e500 440 vxworks-e500 vxworks-440; do
	core=e500v2
	[ "${form%440}" = "$form" ] || core=440
	words $form >words.txt
	ppctlb import --from=hex -c $core words.txt words.img 2>err
	ok $? "$form: random words"
	ppctlb dump -n -o ENTRY words.img | awk -v seed="$seed" -v form=$form -v ways=4 \
		-f "$source/tests/tool/source-tables.awk" >table.c
	ppctlb import -c $core table.c table.img 2>err
	ok $? "$form: their table is read"
	case $form in
	*e500) tid='s/=\(.\)...\(....,\)/=\1000\2/' ;;
	*) tid='s/=[0-9a-f]*,/=00000000,/' ;;
	esac
	ppctlb dump -n -o ENTRY words.img | sed "$tid" >want
	ppctlb dump -n -o ENTRY table.img >got
	same "$form: each word comes back, but for the TID" want got
	[ "$(wc -l <got)" -ge 16 ]
	ok $? "$form: there were some"
done
finish
