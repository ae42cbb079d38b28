#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# ppctlb's command line: exit codes, --help of every verb, options in every form, completion in three shells.
. "${srcdir:-.}/tests/tool/tool-common.sh"
completion=$build/tool/completion
verbs='backends cores version encode decode plan new map unmap flush dump lookup check diff import capture plot'

# ---- exit code 2 ----

says 'no verb' 2 'verb is missing' ppctlb
says 'an unknown verb' 2 'no such verb: frobnicate' ppctlb frobnicate
says 'an unknown option for a verb' 2 'no such option: --frobnicate' ppctlb --frobnicate
for verb in $verbs; do
	says "$verb: an unknown long option" 2 "$verb: no such option: --frobnicate" ppctlb $verb --frobnicate
	says "$verb: an unknown letter" 2 "$verb: no such option: -Z" ppctlb $verb -Z
done
says 'an option of another verb' 2 'no such option: --json' ppctlb new --json x.img
for verb in encode decode plan new; do
	says "$verb without a core" 2 'core CORE is missing' ppctlb $verb x
	says "$verb: no name behind -c" 2 'argument' ppctlb $verb x -c
	says "$verb without an operand" 2 'operand missing' ppctlb $verb -c 440
done
for verb in map unmap flush dump lookup check diff; do
	says "$verb without an operand" 2 'operand missing' ppctlb $verb
done
for verb in map lookup diff; do
	says "$verb with one operand of two" 2 'operand missing' ppctlb $verb x.img
done
says 'unmap with two operands of three' 2 'operand missing' ppctlb unmap x.img 0
says 'import without a core' 2 '--core' ppctlb import x.img
says 'capture without a socket' 2 '--qmp' ppctlb capture x.img
says 'plot without a picture' 2 '--output' ppctlb plot x.img
ppctlb new -c 440 - 2>/dev/null
[ $? -eq 1 ] && [ ! -e ./- ]
ok $? 'new: standard output is no image'
ppctlb new -c 440 ./- && ppctlb flush - <./- 2>err
[ $? -eq 1 ] && grep -q -e '-: only files are written' err
ok $? 'flush: nor is it one that is changed'
says 'lookup: image and addresses from standard input' 2 'not both' sh -c 'ppctlb lookup - - <./-'
rm ./-
# with a socket that is not there: it would be the next to be told
says 'capture: nor is it what a guest is stopped for' 1 '-: only files are written' ppctlb capture --qmp none -
says 'capture: nor an image in no folder' 1 'nowhere/x.img: No such file' ppctlb capture --qmp none nowhere/x.img
says 'capture: nor one that is a folder' 1 '\.: not a regular file' ppctlb capture --qmp none .
mkdir locked && chmod 555 locked
# root may write everywhere, unless it gives that up
ordinary=
[ "$(id -u)" -ne 0 ] || ordinary='setpriv --inh-caps=-dac_override --bounding-set=-dac_override'
# shellcheck disable=SC2086 # words of a command
if ! $ordinary true || $ordinary sh -c ': >locked/probe' 2>/dev/null; then
	skip 'capture: nor one in a folder of others' 'this user may write everywhere'
else
	says 'capture: nor one in a folder of others' 1 'locked/x.img: Permission denied' \
		$ordinary ppctlb capture --qmp none locked/x.img
fi
says 'capture: an image that can be written' 1 'none: No such file' ppctlb capture --qmp none x.img
[ ! -e x.img ]
ok $? 'capture: the look leaves no file'
for seconds in 0 86401 x ''; do
	says "capture: no time: '$seconds'" 2 "timeout wants a number from 1 to 86400, not '$seconds'" \
		ppctlb capture --timeout "$seconds" --qmp none x.img
done
says 'capture: a CPU that none has' 2 "cpu wants a number from 0 to 65535, not '65536'" \
	ppctlb capture --cpu 65536 --qmp none x.img
says 'columns of JSON' 2 'output does not go with --json' ppctlb cores --json -o CORE
says 'headings of JSON' 2 'noheadings does not go with --json' ppctlb backends -J -n
says 'columns of dump in JSON' 2 'output does not go with --json' ppctlb dump -J -o EA x.img
says 'JSON of dump in another format' 2 'json does not go with --format libkvm' ppctlb dump -J --format=libkvm x.img
says 'an operand too many' 2 "too many operands: 'b'" ppctlb dump a b
says 'a word that an option does not know' 2 '--ts is one of 0|1' ppctlb lookup --ts 2 x.img 0
says 'the beginning of a word' 2 '--format is one of' ppctlb dump --format tab x.img
says 'an empty word' 2 '--access is one of' ppctlb lookup --access= x.img 0

# ---- help ----

ppctlb --help >help
ok $? '--help'
ppctlb -h | cmp -s - help
ok $? '-h is the same'
for verb in $verbs; do
	grep -q "^  $verb  *" help
	ok $? "--help names $verb"
	gives "$verb --help" 0 "Usage: ppctlb $verb" sh -c "ppctlb $verb --help | sed -n '1s/\(ppctlb [a-z]*\).*/\1/p'"
	ppctlb $verb --help | awk 'length > 100 { exit 1 }'
	ok $? "$verb --help fits a terminal"
done
gives '--version is version' 0 "$(ppctlb version)" ppctlb --version
says '--version wants no operands' 2 'too many operands' ppctlb --version x
gives 'help wants no operands' 0 '' sh -c 'ppctlb unmap -h >/dev/null'

ppctlb new -c 440 x.img
for column in $(ppctlb dump -o '?' x.img 2>&1 | sed 's/.*there are //; s/ (.*//; s/,/ /g'); do
	ppctlb dump --help | grep -qw "$column"
	ok $? "dump --help names the column $column"
done

# ---- options in every form ----

words='00000000,00000210,00000000,00000001'
gives '-c CORE' 0 $words ppctlb encode -c 440 0:0:4K:sr
gives '-cCORE' 0 $words ppctlb encode -c440 0:0:4K:sr
gives '--core CORE' 0 $words ppctlb encode --core 440 0:0:4K:sr
gives '--core=CORE' 0 $words ppctlb encode --core=440 0:0:4K:sr
gives 'options behind operands' 0 $words ppctlb encode 0:0:4K:sr -c 440
gives 'the end of options' 0 $words ppctlb encode -c 440 -- 0:0:4K:sr
gives 'the last one counts' 0 $words ppctlb encode -c e500v2 -c 440 0:0:4K:sr
says 'behind -- a dash is an operand' 1 '-J: column 1' ppctlb encode -c 440 -- -J

# ---- on a terminal ----

# on_terminal COMMAND: what it writes there.
on_terminal() {
	TERM=xterm script -qec "$1" /dev/null </dev/null
}
escape=$(printf '\033')
ppctlb new -c 440 colour.img
poke_entry colour.img 0 0 00000270 00000000 00000007
poke_entry colour.img 1 0 00000270 00000000 00000007
if command -v script >/dev/null; then
	for verb in check dump; do
		on_terminal "ppctlb $verb colour.img" | grep -q "$escape\[31m"
		ok $? "$verb: an error is red on a terminal"
		on_terminal "ppctlb $verb colour.img" | sed "s/$escape\[[0-9]*m//g; s/\r//" >coloured
		ppctlb $verb colour.img | cmp -s - coloured
		ok $? "$verb: and the same otherwise"
		on_terminal "NO_COLOR=1 ppctlb $verb colour.img" | grep -q "$escape"
		[ $? -eq 1 ]
		ok $? "$verb: no colour with NO_COLOR"
		on_terminal "NO_COLOR= ppctlb $verb colour.img" | grep -q "$escape\[31m"
		ok $? "$verb: an empty NO_COLOR is none"
		on_terminal "ppctlb $verb colour.img | cat" | grep -q "$escape"
		[ $? -eq 1 ]
		ok $? "$verb: no colour in a pipe"
	done
	on_terminal '(for i in 1 2 3 4 5; do for j in $(seq 1024); do echo 0; done; sleep 1; done) |
		ppctlb lookup colour.img - >answers' >progress
	grep -q '[0-9][0-9]* lines' progress && tail -c 5 progress | grep -q "$escape\[K"
	ok $? 'progress of bulk work, wiped in the end'
	[ "$(wc -l <answers)" -eq 5120 ]
	ok $? 'not among the answers'
	on_terminal 'yes 0 | head -n 200000 | ppctlb lookup colour.img - 2>&1 >/dev/null | cat' >progress
	[ ! -s progress ]
	ok $? 'no progress where nobody looks'
else
	skip 'on a terminal' 'no script'
fi

# ---- the page ----

for verb in $verbs; do
	grep -q "^\.\(It \)\?Cm $verb\( \|\$\)" "$source/man/ppctlb.1"
	ok $? "ppctlb(1) describes $verb"
	for option in $(ppctlb $verb --help | sed -n 's/^  .*--\([a-z-]*\).*/\1/p' | grep -v help); do
		awk -v verb="$verb" -v option="$option" '
			last == ".It Xo" && $0 == ".Cm " verb { inside = 1 }
			$0 ~ "^\\.It Cm " verb " " { inside = 1 }
			inside && $0 ~ "Fl " option "( |$)" { found = 1 }
			inside && option == "core" && /Fl c / { found = 1 }
			inside && option == "output" && /Fl o / { found = 1 }
			inside && option == "noheadings" && /Fl n$/ { found = 1 }
			inside && (/^\.Xc/ || /^\.It Cm/) { exit }
			{ last = $0 }
			END { exit !found }' "$source/man/ppctlb.1"
		ok $? "ppctlb(1) describes $verb --$option"
	done
done

# ---- the formats of import, of which tool/formats/list.h is the list ----

formats=$(sed -n 's/^[	 ]*F([a-z_]*, "\([a-z-]*\)".*/\1/p' "$source/tool/formats/list.h")
[ "$(echo "$formats" | wc -l)" -ge 5 ]
ok $? "tool/formats/list.h lists formats"
for format in $formats; do
	id=$(echo "$format" | tr - _)
	grep -q "^const struct format format_$id = {" "$source"/tool/formats/*.c
	ok $? "a file of tool/formats reads $format"
	ppctlb import --help | grep -q "^$format: "
	ok $? "import --help describes $format"
	grep -q "^\.It Cm $format\$" "$source/man/ppctlb.1"
	ok $? "ppctlb(1) describes $format"
	: >none
	core=440
	ppctlb import --from="$format" -c 440 none none.img 2>&1 | grep -q 'cannot show a TLB of 440' && core=e500mc
	ppctlb import --from="$format" -c "$core" none none.img 2>&1 | grep -q 'none: nothing in it'
	ok $? "import reads $format"
done

for variable in $(grep -rhoE 'getenv\("[A-Z_]+"' "$source/lib" "$source/backends" "$source/tool" | sed 's/.*("//; s/"//' | sort -u); do
	grep -q "^\.It Ev $variable\$" "$source/man/ppctlb.1"
	ok $? "ppctlb(1) describes $variable"
done

# ---- completion ----

# bash_completes NAME EXPECTED WORD...: what bash offers for the last word.
bash_completes() {
	name=$1 want=$2
	shift 2
	gives "bash: $name" 0 "$want" bash -c '. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_ppctlb
		echo "${COMPREPLY[*]}"' "$completion/ppctlb" "$@"
}
if command -v bash >/dev/null; then
	bash_completes 'verbs' 'decode dump diff' ppctlb d
	bash_completes 'options of the verb' '--help --json --format --tlb --all --output --noheadings' ppctlb dump --
	bash_completes 'one option' '--keep-going' ppctlb import --k
	bash_completes 'words' 'table libkvm json hex mas u-boot' ppctlb dump --format ''
	bash_completes 'words of the same option elsewhere' 'hex mas u-boot json' ppctlb plan --format ''
	# shellcheck disable=SC2086 # one word for each format
	bash_completes 'formats' "auto $(echo $formats)" ppctlb import --from ''
	bash_completes 'words behind =' 'libkvm' ppctlb dump --format = l
	bash_completes 'nothing behind = yet' '0 1' ppctlb lookup --ts =
	bash_completes 'cores' 'e500v1 e500v2 e500mc' ppctlb new -c e500
	bash_completes 'verbs are all there' "--help --version $verbs" ppctlb ''
	touch image.one
	bash_completes 'files' 'image.one' ppctlb dump im
	: >'a name * of blanks'
	: >'b name * of blanks'
	bash_completes 'a file with blanks and a star' 'a name * of blanks' ppctlb dump a\ n
	bash_completes 'the same behind an option' 'a name * of blanks' ppctlb plot -o a\ n
	rm 'a name * of blanks' 'b name * of blanks'
else
	skip 'bash: completion' 'no bash'
fi
if command -v zsh >/dev/null; then
	zsh -n "$completion/_ppctlb"
	ok $? 'zsh: the file is sound'
	[ "$(head -n 1 "$completion/_ppctlb")" = '#compdef ppctlb' ]
	ok $? 'zsh: it says whose it is'
else
	skip 'zsh: completion' 'no zsh'
fi
# fish_completes NAME EXPECTED LINE: the words that fish offers.
fish_completes() {
	gives "fish: $1" 0 "$2" fish --no-config -c "source $completion/ppctlb.fish
		complete -C '$3' | string replace -r '\t.*' ''"
}
if command -v fish >/dev/null; then
	HOME=$work
	export HOME
	fish_completes 'verbs' 'decode
diff
dump' 'ppctlb d'
	fish_completes 'words' 'hex
json
libkvm
mas
table
u-boot' 'ppctlb dump --format '
	fish_completes 'one option' '--keep-going' 'ppctlb import --keep'
	fish_completes 'cores' 'e500mc
e500v1
e500v2' 'ppctlb new -c e500'
else
	skip 'fish: completion' 'no fish'
fi
finish
