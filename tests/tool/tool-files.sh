#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The files of ppctlb: two edits at once, links of others, and who may read and write what was rewritten.
. "${srcdir:-.}/tests/tool/tool-common.sh"

# ---- two edits at once lose nothing ----

ppctlb new -c e500v2 many.img
i=0
while [ $i -lt 40 ]; do
	ppctlb map many.img "$(printf '0x%x:0x%x:4K:sr' $((0x10000000 + i * 4096)) $((i * 4096)))" &
	i=$((i + 1))
done
wait
gives 'forty edits at once are forty mappings' 0 40 sh -c 'ppctlb dump -n -o EA many.img | grep -c .'
gives 'and leave nothing else behind' 0 many.img sh -c 'ls -A'
ln -s many.img alias.img
ppctlb flush many.img
for i in 0 1 2 3 4 5 6 7 8 9; do
	ppctlb map many.img 0x1000${i}000:0x${i}000:4K:sr &
	ppctlb map alias.img 0x2000${i}000:0x${i}000:4K:sr &
done
wait
gives 'by another name, too' 0 20 sh -c 'ppctlb dump -n -o EA many.img | grep -c .'
rm alias.img

# ---- links ----

ppctlb new -c 440 target.img
ln -s target.img one.img
ln -s one.img two.img
mkdir sub
ln -s ../two.img sub/three.img
gives 'links of links are followed' 0 '' ppctlb map sub/three.img 0x10000000:0:4K:sr
gives 'and stay links' 0 '0x10000000-0x10000fff' sh -c '[ -L sub/three.img ] && [ -L two.img ] && [ -L one.img ] &&
	ppctlb dump -n -o EA target.img'
ln -s nowhere.img dangling.img
says 'a link to nothing' 1 'dangling.img: No such file' ppctlb new -c 440 dangling.img
ln -s loop.img loop.img
says 'a link to itself' 1 'loop.img: Too many levels' ppctlb new -c 440 loop.img

# In a directory like /tmp a link of another user leads a write elsewhere, unless it is the directory's owner's.
sticky() {
	mkdir shared
	cp target.img shared/victim.img
	ln -s victim.img shared/own.img
	ln -s "$PWD/target.img" shared/theirs.img
	chown -h 65534 shared/theirs.img
	chmod 1777 shared
	cp target.img before.img
	for verb in 'new -c 440' 'map' 'flush'; do
		operand=
		[ "$verb" != map ] || operand=0x20000000:0:4K:sr
		# shellcheck disable=SC2086 # words
		says "$verb: a link of another user in a directory like /tmp" 1 'theirs.img: .*link of another user' \
			ppctlb $verb shared/theirs.img $operand
	done
	says 'plot: the same' 1 'theirs.png: .*link of another user' sh -c 'ln -s "$PWD/target.png" shared/theirs.png
		chown -h 65534 shared/theirs.png; echo x >target.png; ppctlb plot target.img -o shared/theirs.png'
	gives 'the file that it leads to stays' 0 '' cmp target.img before.img
	gives 'an own link is followed' 0 '' ppctlb flush shared/own.img
	chown 65534 shared
	gives 'and a link of the owner of the directory' 0 '' ppctlb flush shared/theirs.img
	chmod 755 shared
	chown 0 shared
	gives 'elsewhere a link of another user is one like others' 0 '' ppctlb flush shared/theirs.img
}

# ---- group, owner, mode, attributes ----

# The tool as an ordinary user, in a directory of theirs; a copy of it, since the build may be where only root gets.
as_other() {
	program=$work/copy/$1
	shift
	setpriv --reuid 65533 --regid 65533 --clear-groups -- env LD_LIBRARY_PATH="$work/copy" \
		PPCTLB_BACKEND_PATH="$work/copy/backends" "$program" "$@"
}
make_copy() {
	mkdir -p "$work/copy/backends"
	cp "$build/.libs/ppctlb" "$build"/.libs/libppctlb.so* "$work/copy/"
	cp "$build"/.libs/44x.so "$build"/.libs/e500.so "$work/copy/backends/"
	chmod 755 "$work" "$work/here" "$work/copy" "$work/copy/backends" "$work"/copy/*
}
status_of() { stat -c '%a %u:%g' "$1"; }

ownership() {
	make_copy
	mkdir theirs
	cp target.img theirs/a.img
	chown 65533:65533 theirs
	chmod 755 theirs
	chown 0:65534 theirs/a.img
	chmod 664 theirs/a.img
	gives 'a file of another user in an own directory is rewritten' 0 '' as_other ppctlb flush theirs/a.img
	gives 'what its group could do the group of the writer cannot' 0 '604 65533:65533' status_of theirs/a.img
	cp target.img theirs/b.img
	chown 0:65533 theirs/b.img
	chmod 6660 theirs/b.img
	as_other ppctlb flush theirs/b.img
	gives 'a group that can be kept is kept, with its rights' 0 '660 65533:65533' status_of theirs/b.img
	cp target.img theirs/c.img
	chown 65533:65534 theirs/c.img
	chmod 640 theirs/c.img
	gives 'who may do all keeps all' 0 '640 65533:65534' sh -c 'ppctlb flush theirs/c.img
		stat -c "%a %u:%g" theirs/c.img'
}

if [ "$(id -u)" -eq 0 ] && setpriv --reuid 65533 --regid 65533 --clear-groups -- true 2>/dev/null; then
	sticky
	ownership
else
	skip 'links and groups of others' 'only root can make files of other users'
fi

chmod 640 target.img
gives 'the mode stays' 0 640 sh -c 'ppctlb flush target.img; stat -c %a target.img'
attribute() { python3 -c 'import os, sys; print(os.getxattr("target.img", "user.note").decode())'; }
if python3 -c 'import os; os.setxattr("target.img", "user.note", b"board 7")' 2>/dev/null; then
	ppctlb flush target.img
	gives 'extended attributes stay' 0 'board 7' attribute
else
	skip 'extended attributes stay' 'this file system has none'
fi
finish
