#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb capture, compared with what a guest wrote with tlbwe and reads back with tlbre: every valid entry, its position
# and each bit that capture promises, on each core that QEMU has.
. "${srcdir:-.}/tests/capture/capture-common.sh"
stage_program=$build/tests/oracle/stage

# Entries from a fixed seed: all sizes, both address spaces, TIDs, rights, attributes; slot 0 is the stub's own.
many_440() {
	awk 'BEGIN {
		srand(440)
		split("0 1 2 3 4 5 7 9", code)
		for (i = 1; i < 64; i += 1 + int(rand() * 2)) {
			size = code[1 + int(rand() * 8)]
			page = 1024 * 4 ^ size
			ea = int(rand() * 4294967296 / page) * page
			ra = int(rand() * 4294967296 / page) * page
			printf "0:%d=%x,%x,%x,%x\n", i, int(rand() * 256), ea + 512 + 256 * int(rand() * 2) + 16 * size,
				ra + int(rand() * 16), int(rand() * 256) * 256 + int(rand() * 64)
		}
	}'
}

# many_e500 SETS WAYS SLOTS-OF-TLB1 RA-BITS-ABOVE-32
many_e500() {
	awk -v sets="$1" -v ways="$2" -v slots="$3" -v above="$4" 'BEGIN {
		srand(500)
		for (i = 0; i < sets * ways; i += 1 + int(rand() * 12)) {
			ea = int(rand() * 8192) * 4096 * sets + int(i / ways) * 4096
			printf "0:%d=%x,%x,%x%08x,0\n", i, 2147483648 + int(rand() * 256) * 65536 + 4096 * int(rand() * 2) + 256,
				ea + int(rand() * 128), int(rand() * 2 ^ above), int(rand() * 1048576) * 4096 + int(rand() * 1024)
		}
		for (i = 1; i < slots; i += 1 + int(rand() * 2)) {
			size = 1 + int(rand() * 9)
			page = 1024 * 4 ^ size
			printf "1:%d=%x,%x,%x%08x,0\n", i,
				2147483648 + 1073741824 * int(rand() * 2) + int(rand() * 256) * 65536 + 4096 * int(rand() * 2) + 256 * size,
				int(rand() * 4294967296 / page) * page + int(rand() * 128), int(rand() * 2 ^ above),
				int(rand() * 4294967296 / page) * page + int(rand() * 1024)
		}
	}'
}

# on CORE NAME ENTRY...: start a machine with those entries and capture its TLB into live.img.
on() {
	core=$1 what="$1: $2"
	shift 2
	start "$stage_program" "$core" "$work/qmp" "$@"
	status=$?
	if [ $status -eq 77 ]; then
		skip "$what" "QEMU or the stub is not here"
		return 1
	fi
	ok $status "$what: the machine runs"
	[ $status -eq 0 ] || return 1
	rm -f live.img
	ppctlb capture --qmp "$work/qmp" live.img 2>err
	ok $? "$what: captured"
	entries live.img >got
}

for core in 440 e500v1 e500v2 e500mc e5500 e6500; do
	unknown=''
	case $core in
	440) many=$(many_440) unknown='e, reserved bits' ;;
	e500v1) many=$(many_e500 128 2 16 0) ;;
	e500v2) many=$(many_e500 128 4 16 4) ;;
	e6500) many=$(many_e500 128 8 64 8) ;;
	*) many=$(many_e500 128 4 64 4) ;;
	esac
	# shellcheck disable=SC2086
	on $core 'many entries' $many || continue
	[ "$(wc -l <"$work/known")" -gt 40 ]
	ok $? "$core: there are many: $(wc -l <"$work/known")"
	same "$core: every entry that tlbre reads, in its slot, each bit" "$work/known" got
	marks "$core: what cannot be known is marked" live.img "$unknown"
	sed '1s/,/1,/' "$work/known" | cmp -s - got
	ok $((! $?)) "$core: another bit would be seen"
	ppctlb capture --qmp "$work/qmp" again.img 2>/dev/null
	gives "$core: a second capture sees the same: none changes the guest" 0 '' ppctlb diff live.img again.img
	stop
done

# An entry over all 32-bit addresses, which hides the ones behind it from every access; and one that is not valid.
if on e500v2 'an entry of 4G' 1:3=80000500,80000000,10000015,0 1:5=80000b00,0,15,0 0:7=80000100,10001000,20003f,0 \
	1:7=c0000300,40000060,400000ff,0 1:9=40000300,50000064,500000ff,0; then
	same 'e500v2: an entry of 4G: every entry' "$work/known" got
	marks 'e500v2: an entry of 4G: marked' live.img ''
	ppctlb dump --all -n -o ENTRY live.img | grep -qx '1:9=40000300,50000064,500000ff,00000000'
	ok $? 'e500v2: and one that is not valid'
	stop
fi
if on 440 'EPN bits below the page' 0:9=0,290,0,3f 0:20=0,12345e70,20000000,3f 0:21=0,80000210,80000000,3f; then
	same '440: EPN bits below the page' "$work/known" got
	marks '440: EPN bits below the page: marked' live.img 'e, reserved bits'
	stop
fi

# Word 0 can say a size that no 440 has. QEMU goes by it; the image has legal pages for it, whose slots it does not know.
# Of an entry that is not valid it has the words as they are.
if on 440 'a size that no 440 has' 0:9=0,10000260,20000000,3f 0:40=7,30000160,4000000f,ff3f; then
	ppctlb dump -n -o EA,RA,SIZE live.img | tr -s ' ' | grep '^0x10' >got
	cat >want <<-'END'
		0x10000000-0x100fffff 0x020000000-0x0200fffff 1M
		0x10100000-0x101fffff 0x020100000-0x0201fffff 1M
		0x10200000-0x102fffff 0x020200000-0x0202fffff 1M
		0x10300000-0x103fffff 0x020300000-0x0203fffff 1M
	END
	same '440: a size that no 440 has: pages of a legal one' want got
	ppctlb dump --all -n -o ENTRY live.img | grep -qx '0:40=00000007,30000160,4000000f,0000ff3f'
	ok $? '440: a size that no 440 has: in an entry that is not valid'
	marks '440: a size that no 440 has: marked' live.img 'slot, e, reserved bits'
	stop
fi

# Several entries for an address, as a hanging guest may have.
if on 440 'a multi-hit' 0:9=0,10000210,10000000,3f 0:20=0,10000230,20000000,3f; then
	same '440: a multi-hit: both entries' "$work/known" got
	ppctlb check live.img | grep -q '^0:9 error multi-hit 0:20'
	ok $? '440: a multi-hit: check finds it'
	stop
fi

# Two CPUs: each has a TLB of its own.
ORACLE_CPUS=2
export ORACLE_CPUS
for core in e500v1 e500v2 e500mc e5500 e6500; do
	on $core 'two CPUs' 1:2=c0000500,10000000,10000015,0 0:6=80010100,30001000,4323033,0 + \
		1:7=80020500,10000000,20000015,0 0:6=80010100,30001000,4323033,0 1:9=40000300,50000064,500000ff,0 || continue
	sed '/^+$/,$d' "$work/known" >known.0
	sed '1,/^+$/d' "$work/known" >known.1
	same "$core: two CPUs: the first one's entries" known.0 got
	ppctlb capture --qmp "$work/qmp" --cpu 1 live.img 2>/dev/null
	entries live.img >got
	same "$core: two CPUs: the second one's" known.1 got
	! cmp -s known.0 known.1
	ok $? "$core: two CPUs: they differ"
	stop
done
# Nothing of what info tlb shows tells which of them has IPROT.
if on e500v2 'two CPUs, alike but for IPROT' 1:2=c0000500,10000000,10000015,0 + 1:2=80000500,10000000,10000015,0; then
	grep -q 'only what info tlb shows is taken: several arrays' err
	ok $? 'e500v2: two CPUs, alike but for IPROT: it is not guessed which is whose'
	marks 'e500v2: two CPUs, alike but for IPROT: marked' live.img \
		'slot, iprot, x0,x1, invalid entries, low rpn bits, reserved bits'
	stop
fi
finish
