#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A reader that was written from ppctlb-image(5) alone must read what the library writes.
set -u
srcdir=${srcdir:-$(dirname "$0")/../..}
writer="./libtool --mode=execute ${EMULATOR:-env} tests/unit/image-writer"
reader=$srcdir/tests/unit/image-reader.py
status=0
n=0

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

result() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; status=1; fi
}

kinds=$($writer) || exit 1
kind=0
while [ "$kind" -lt "$kinds" ]; do
	$writer "$kind" "$dir/image" > "$dir/want" && python3 "$reader" "$dir/image" > "$dir/got" &&
		diff "$dir/want" "$dir/got" > "$dir/diff"
	result $? "$(head -n 1 "$dir/want")"
	kind=$((kind + 1))
done

# The comparison can fail, and the reader can refuse.
sed '$s/=./=z/' "$dir/want" | diff - "$dir/got" > /dev/null
result $((! $?)) 'another entry is seen'
printf '\377' | dd of="$dir/image" bs=1 seek=100 conv=notrunc 2> /dev/null
python3 "$reader" "$dir/image" > /dev/null 2>&1
result $((! $?)) 'the reader refuses a damaged image'

echo "1..$n"
exit $status
