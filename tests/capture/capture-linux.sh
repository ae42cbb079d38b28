#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb capture of Linux on ppce500 and bamboo while processes run: the guest's memory shows whether entries lead where
# the image says. On an e500v2 it is the kernel of the KVM tests, which this test does not build.
# usage: capture-linux.sh [--long]
#
# --long: on the other cores that a Linux runs on, whose kernels it builds once. On an e500v1 none gets far: ppce500 has
# its devices at real addresses of 36 bits.
. "${srcdir:-.}/tests/capture/capture-common.sh"
cache=${PPCTLB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ppctlb}
cc=${CROSS_COMPILE:-powerpc-linux-gnu-}gcc

# machine BITS EMULATOR CPU CPUS: start that machine with the program on it; when "ready" is in $work/serial from each
# process, each has touched all its pages.
machine() {
	"$source/tests/capture/make-initramfs" "$kernel" "$1" initramfs.cpio
	ok $? 'an initramfs'
	rm -f "$work/serial" "$work/qmp" "$work/ram"
	case $3 in 440) board=bamboo model='' ;; *) board=ppce500 model="-cpu $3" ;; esac
	# shellcheck disable=SC2086 # an option and its value, or none
	timeout 120 "$2" -M "$board,memory-backend=ram" $model -smp "$4" -m 256 \
		-object "memory-backend-file,id=ram,size=256M,mem-path=$work/ram,share=on" -display none -nodefaults \
		-monitor none -no-reboot -kernel "$kernel/vmlinux" -initrd initramfs.cpio \
		-append 'console=ttyS0,115200' -serial "file:$work/serial" \
		-qmp "unix:$work/qmp,server=on,wait=off" >"$work/stage-err" 2>&1 </dev/null &
	stage=$!
	until_true all_ready
	all_ready
	ok $? 'its processes run'
	sleep 0.5
}

all_ready() {
	[ "$(grep -c '^ready' "$work/serial")" -eq 4 ]
}

# judge CPU CPUS
judge() {
	ppctlb capture --qmp "$work/qmp" --cpu "$1" live.img 2>/dev/null
	ok $? "CPU $1, captured while it runs"
	qmp ask "$work/qmp" query-status | grep -q '"running": true'
	ok $? "it runs on"
	ppctlb dump --format=json live.img |
		python3 "$source/tests/capture/check-linux-tlb.py" "$work/ram" "$kernel/vmlinux" "$@" >tap
	ok $? "its memory can be looked at"
	while read -r result; do
		case $result in ok*) good=0 ;; *) good=1 ;; esac
		ok $good "${result#*- }"
	done <tap
	ppctlb check live.img >found
	ok $? "check finds no error"
	! grep -v " note " found
	ok $? "and nothing but notes"
}

# on KERNEL BITS EMULATOR CPU CPUS
on() {
	kernel=$1 cpus=$5
	shift
	echo "# Linux on $cpus $3"
	machine "$@"
	cpu=0
	while [ $cpu -lt "$cpus" ]; do
		judge $cpu "$cpus"
		cpu=$((cpu + 1))
	done
	kill $stage
	wait $stage 2>/dev/null
}

# built FRAGMENT: the folder of that kernel. Where those of xmon are, too: tests of the KVM kernel take theirs.
built() {
	PPCTLB_CACHE=$cache/xmon "$source/tests/kernel/kvm/build-kernel" "$source/tests/$1.fragment"
}

for need in qemu-system-ppc qemu-system-ppc64 python3 "$cc"; do
	command -v "$need" >/dev/null && continue
	skip 'Linux' "no $need"
	finish
done
if [ "${1-}" = --long ]; then
	m440=$(built real/440) && e500mc=$(built capture/e500mc) && e5500=$(built real/e5500)
	ok $? 'the kernels are built'
	on "$m440" 32 qemu-system-ppc 440 1
	on "$e500mc" 32 qemu-system-ppc e500mc 1
	on "$e5500" 64 qemu-system-ppc64 e5500 1
	on "$e5500" 64 qemu-system-ppc64 e6500 1
	finish
fi
kernel=$("$source/tests/kernel/kvm/build-kernel" --built)
if [ -z "$kernel" ]; then
	skip 'Linux on ppce500' 'no kernel is built: make check-kvm builds it'
	finish
fi
on "$kernel" 32 qemu-system-ppc e500v2 2
finish
