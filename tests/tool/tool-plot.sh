#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb plot: a band and two boxes for each valid entry, by colour, hatching and frame what the entry is; nothing
# too small to be seen; the same picture each time; words for those who cannot see it; a whole file or none.
. "${srcdir:-.}/tests/tool/tool-common.sh"

if ! command -v python3 >/dev/null; then
	skip 'pictures' 'no python3'
	finish
fi
ppctlb new -c e500v2 a.img
ppctlb map a.img 0xc0000000:0:256M:sr,sw,sx,m,iprot 0xe0000000:0xfe0000000:4K:sr,sw,i,g,iprot \
	0x10000000:0x5000000:4K:ur,ux,tid=5 0x10000000:0x6000000:4K:ur,ux,tid=6 0x20000000:0x7000000:4K:ur,ts=1
ppctlb plot -o a.svg a.img
ok $? 'an SVG'
ppctlb plot --output=b.SVG a.img && cmp a.svg b.SVG
ok $? 'the same each time'
ppctlb plot -o a.png a.img && ppctlb plot -o b.png a.img && cmp a.png b.png
ok $? 'and so is a PNG'
[ "$(head -c 8 a.png | od -An -tx1 | tr -d ' ')" = 89504e470d0a1a0a ]
ok $? 'which is one'

gives 'a band for each entry' 0 5 paths 'fill=[0-9,]*/0.3' a.svg
gives 'boxes of what may be read, written and executed, and the legend' 0 3 paths 'fill=90,62,0/0.65' a.svg
gives 'read, execute' 0 5 paths 'fill=0,62,45/0.65' a.svg
gives 'read, write' 0 3 paths 'fill=0,45,70/0.65' a.svg
gives 'read' 0 3 paths 'fill=34,71,91/0.65' a.svg
gives 'no colour for what is not there' 1 0 paths 'fill=75,75,75/0.65' a.svg
gives 'a red frame in the legend only' 0 1 paths 'stroke=80,0,0' a.svg

cat >want <<EOF
<title>a.img</title>
<desc>e500v2: TLB0 3 of 512 entries used (128 sets, 4 ways), TLB1 2 of 16 entries used
0:0 0x10000000:0x5000000:4K:ur,ux,tid=5
0:1 0x10000000:0x6000000:4K:ur,ux,tid=6
1:0 0xc0000000:0x0:256M:sr,sw,sx,m,iprot
1:1 0xe0000000:0xfe0000000:4K:sr,sw,i,g,iprot
0:2 0x20000000:0x7000000:4K:ur,ts=1</desc>
EOF
sed -n '/<title>/,/<\/desc>/p' a.svg | diff want - | sed 's/^/# /' >'diff'
[ ! -s diff ]
ok $? 'what it shows, in words: address space 0, then 1'
cat diff

# Top, height and x of each band's left end, in the order of entries.
heights() {
	python3 "$source/tests/tool/svg-shapes.py" "$1" | sed -n 's|.*/0.3 .*left=\(.*\) top=\(.*\) height=\(.*\)|\2 \3 \1|p'
}
heights a.svg >heights
gives 'no page is too small for its label' 0 5 sh -c "awk '\$2 >= 15' heights | wc -l"
gives '256M is higher than 4K, but not 65536 times' 0 ok sh -c \
	"awk '{ h[NR] = \$2 } END { if (h[3] > h[1] && h[3] < 10 * h[1]) print \"ok\" }' heights"
gives 'pages of two processes lie side by side' 0 ok sh -c \
	"awk '{ y[NR] = \$1; x[NR] = \$3 } END { if (y[1] == y[2] && x[1] < x[2] && y[3] > y[2]) print \"ok\" }' heights"
gives 'address space 1 is below' 0 ok sh -c \
	"awk '{ y[NR] = \$1 } END { if (y[5] > y[4]) print \"ok\" }' heights"

# ---- findings ----

{
	ppctlb dump -n -o ENTRY a.img
	echo 1:2=80000700,c1000000,1000015,0 # a multi-hit with 1:0
	echo 0:8=80000100,50000000,50000000,0 # in the wrong set, and no permission
} | ppctlb import --from=hex -c e500v2 bad.img
ppctlb plot -o bad.svg bad.img
ok $? 'a TLB with errors'
gives 'red frames: two boxes of three entries, and the legend' 0 7 paths 'stroke=80,0,0' bad.svg
gives 'their names' 0 '1:0 0xc0000000:0x0:256M:sr,sw,sx,m,iprot multi-hit
1:2 0xc1000000:0x1000000:16M:sr,sw,sx multi-hit' grep multi-hit bad.svg
gives 'an entry that grants nothing is grey' 0 3 paths 'fill=75,75,75/0.65' bad.svg

# ---- extremes ----

ppctlb new -c 440 empty.img
ppctlb plot -o empty.svg empty.img
ok $? 'an empty TLB'
gives 'has no band' 1 0 paths 'fill=[0-9,]*/0.3' empty.svg
awk 'BEGIN { for (i = 0; i < 1024; i++) printf "0:%d=80000100,%x,%x0003f,0\n", i, int(i / 8) * 4096 + i % 8 * 524288, i * 7 }
	END { }' /dev/null >full
awk 'BEGIN { for (i = 0; i < 64; i++) printf "1:%d=80000%x80,%x,%x3f,0\n", i, 5 + i % 8, i * 67108864, i * 4 }' >>full
ppctlb import --from=hex -c e6500 full full.img
ppctlb plot -o full.svg full.img && ppctlb plot -o full.png full.img
ok $? 'every entry of an e6500 used'
gives 'each has its band' 0 1088 paths 'fill=[0-9,]*/0.3' full.svg
python3 - <<'EOF'
import struct, zlib
def image(name, size, ways, entries):
    head = b"PPCTLB\r\n" + struct.pack(">II16s6I", 1, 0, b"e6500", size, ways, 1, 1, size + 1, 0)
    data = head + b"".join(struct.pack(">4Q", *e) for e in entries)
    open(name, "wb").write(data + struct.pack(">I", zlib.crc32(data)))
# TLB0 of 8192 entries, 16 ways, all in use, and some of them under a page of TLB1.
places = sorted(range(8192), key=lambda i: (i % 512, i))
image("huge.img", 8192, 16, [(0x80000100, i << 12, i << 12 | 1, 0) for i in places] + [(0x80000700, 0, 1, 0)])
# Pages far from each other within one of 1T.
image("far.img", 2048, 4, [(0x80000100, (1 + 3 * i) << 28 | (i // 4) << 12, i << 28 | 1, 0) for i in range(2048)] +
    [(0x80000f00, 0, 1, 0)])
EOF
ppctlb plot -o far.png far.img 2>err
gives 'a PNG that would be too high is drawn smaller' 0 '20000' sh -c 'od -An -tu1 -j20 -N4 far.png |
	awk "{ print \$1 * 16777216 + \$2 * 65536 + \$3 * 256 + \$4 }"'
ppctlb plot -o huge.svg huge.img 2>err && ppctlb plot -o huge.png huge.img 2>>err
ok $? 'a TLB of 8,193 entries'
gives 'as many bands as anybody looks at' 0 1200 paths 'fill=[0-9,]*/0.3' huge.svg
gives 'what is left out is told' 0 2 grep -c '6993 valid entries are left out' err
gives 'and written in the picture' 0 1 grep -c '6993 entries are left out' huge.svg
ppctlb check huge.img >findings 2>err
gives 'check: the first thousand findings, and the count' 0 '1001
4096 errors, 0 warnings, 0 notes' sh -c 'awk "END { print NR }" findings; tail -n 1 findings'
name=$(printf 'a\377b.img')
cp empty.img "$name"
ppctlb plot -o latin.svg "$name" && python3 -c 'open("latin.svg", encoding="utf-8").read()'
ok $? 'a name that is not UTF-8 in a picture'
awk 'BEGIN { for (i = 0; i < 64; i++) printf "0:%d=ff,ffffff%x,ffffffff,ffffffff\n", i, 15 * 16 + i % 16 }' |
	ppctlb import --from=hex -c 440 odd.img
ppctlb plot -o odd.svg odd.img && ppctlb plot -o odd.png odd.img
ok $? 'entries of all ones'
echo '1:0=80000f80,fffff00000000000,ffffffffffffffff,0' | ppctlb import --from=hex -c e6500 top.img
ppctlb plot -o top.svg top.img
ok $? 'an entry of an illegal size at the top of 64 bits'
ppctlb new -c 440 '<&>.img' && ppctlb plot -o markup.svg '<&>.img' && grep -q '<title>&#60;&#38;&#62;.img</title>' markup.svg
ok $? 'a name with markup'

# ---- files ----

says 'another ending' 2 "'a.gif' ends neither in .svg nor in .png" ppctlb plot -o a.gif a.img
says 'no ending' 2 'neither' ppctlb plot -o svg a.img
says 'no folder' 1 'none/a.svg: No such file' ppctlb plot -o none/a.svg a.img
says 'no image' 1 'none.img: No such file' ppctlb plot -o a.svg none.img
says 'no TLB image' 1 'a.png: ' ppctlb plot -o c.svg a.png
[ ! -e c.svg ]
ok $? 'no picture then'
cp a.svg before.svg
says 'a full disk' 1 'a.svg: ' sh -c "trap '' XFSZ; ulimit -f 1; exec ppctlb plot -o a.svg bad.img"
# shellcheck disable=SC2010 # our own plain names
cmp -s a.svg before.svg && ! ls -A | grep -q '^\.ppctlb'
ok $? 'the old picture stays, and nothing else'
finish
