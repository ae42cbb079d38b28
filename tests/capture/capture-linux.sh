#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb capture of Linux on ppce500 while processes run: the guest's memory shows whether entries lead where the
# image says. Needs the kernel that tests/kernel/kvm/build-kernel makes, and does not build it.
. "${srcdir:-.}/tests/capture/capture-common.sh"
cache=${PPCTLB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ppctlb}
cc=${CROSS_COMPILE:-powerpc-linux-gnu-}gcc
kernel=$(ls -d "$cache"/kernel/[0-9]* 2>/dev/null | tail -n 1)

for need in qemu-system-ppc python3 "$cc"; do
	command -v "$need" >/dev/null && continue
	skip 'Linux on ppce500' "no $need"
	finish
done
if ! [ -r "$kernel/vmlinux" ]; then
	skip 'Linux on ppce500' 'no kernel is built: make check-kvm builds it'
	finish
fi
"$cc" -std=gnu11 -Wall -Wextra -static -O1 -o init "$source/tests/capture/capture-init.c"
ok $? 'the guest program builds'
cat >list <<EOF
dir /dev 0755 0 0
nod /dev/console 0600 0 0 c 5 1
file /init init 0755 0 0
EOF
"$kernel/gen_init_cpio" list >initramfs.cpio
ok $? 'an initramfs'

timeout 120 qemu-system-ppc -M ppce500,memory-backend=ram -cpu e500v2 -m 256 \
	-object "memory-backend-file,id=ram,size=256M,mem-path=$work/ram,share=on" -display none -nodefaults \
	-monitor none -no-reboot -kernel "$kernel/vmlinux" -initrd initramfs.cpio \
	-append 'console=ttyS0,115200' -serial "file:$work/serial" \
	-qmp "unix:$work/qmp,server=on,wait=off" >"$work/stage-err" 2>&1 </dev/null &
stage=$!
until_true grep -q 'ready 3' "$work/serial"
sleep 0.5
ppctlb capture --qmp "$work/qmp" live.img 2>/dev/null
ok $? "Linux, captured while it runs"
qmp ask "$work/qmp" query-status | grep -q '"running": true'
ok $? "it runs on"
ppctlb dump --format=json live.img | python3 "$source/tests/capture/check-linux-tlb.py" "$work/ram" "$kernel/vmlinux" >tap
ok $? "its memory can be looked at"
while read -r result; do
	case $result in ok*) good=0 ;; *) good=1 ;; esac
	ok $good "${result#*- }"
done <tap
ppctlb check live.img >found
ok $? "check finds no error"
! grep -v " note " found
ok $? "and nothing but notes"
kill $stage
wait $stage 2>/dev/null
finish
