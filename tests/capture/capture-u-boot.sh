#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb capture of Debian's U-Boot on ppce500, compared with what U-Boot reads back with tlbre.
. "${srcdir:-.}/tests/capture/capture-common.sh"
uboot=${UBOOT_ELF:-/usr/lib/u-boot/qemu-ppce500/uboot.elf}

if ! [ -r "$uboot" ] || ! command -v qemu-system-ppc64 >/dev/null || ! command -v python3 >/dev/null; then
	skip 'U-Boot on ppce500' "no $uboot, QEMU or python3"
	finish
fi
# QEMU gives an e500v1 the real addresses of ppce500's devices, which are wider than the chip's.
too_wide() {
	[ "$1" != e500v1 ] || sed -n 's/^\([0-9:]*\)=[^,]*,[^,]*,[0-9a-f]\{9,\},.*/\1 error ra-width/p' "$work/known"
}

# on EMULATOR CPU SLOTS WAYS
on() {
	start python3 "$source/tests/capture/stage-u-boot.py" "$uboot" "$work/qmp" "$@"
	ok $? "U-Boot on an $2 runs and has read its TLB"
	qmp ask "$work/qmp" query-status >before
	ppctlb capture --qmp "$work/qmp" live.img 2>err
	ok $? 'captured'
	entries live.img >got
	[ "$(wc -l <"$work/known")" -ge 4 ]
	ok $? "it has entries: $(wc -l <"$work/known")"
	same 'every entry that tlbre reads, in its slot, each bit' "$work/known" got
	marks 'nothing is left open' live.img ''
	too_wide "$2" >want
	ppctlb check live.img | sed -n 's/ - .*//p' >found
	same 'check finds nothing wrong but what QEMU has and the chip has not' want found
	qmp ask "$work/qmp" query-status >after
	grep -q '"running": true' before && cmp -s before after
	ok $? 'it ran before and runs on'
	qmp ask "$work/qmp" stop >/dev/null
	ppctlb capture --qmp "$work/qmp" stopped.img 2>/dev/null
	gives 'stopped, it has the same TLB' 0 '' ppctlb diff live.img stopped.img
	qmp ask "$work/qmp" query-status | grep -q '"running": false'
	ok $? 'and is not started by capture'
	stop
}

on qemu-system-ppc e500v1 16 2
on qemu-system-ppc e500v2 16 4
on qemu-system-ppc e500mc 64 4
on qemu-system-ppc64 e5500 64 4
on qemu-system-ppc64 e6500 64 8
finish
