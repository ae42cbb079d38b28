# SPDX-License-Identifier: GPL-2.0-or-later
# The SYNOPSIS of mdoc pages as C declarations.

# The arguments of a macro line; one in quotes is one argument.
function arguments(line, into,   n) {
	n = 0
	sub(/^\.[A-Z][a-z] */, "", line)
	while (match(line, /^"[^"]*" *|^[^ ]+ */)) {
		into[++n] = substr(line, 1, RLENGTH)
		gsub(/^"|"? *$/, "", into[n])
		line = substr(line, RLENGTH + 1)
	}
	return n
}

function declare(list, n,   i, text) {
	text = type " " list[1] "("
	for (i = 2; i <= n; i++)
		text = text (i > 2 ? ", " : "") list[i]
	print text ");"
}

/^\.Sh / { in_synopsis = $2 == "SYNOPSIS" }
!in_synopsis { next }
/^\.In / { print "#include <" $2 ">" }
/^\.Ft / { type = substr($0, 5) }
/^\.Fn / { n = arguments($0, list); declare(list, n) }
/^\.Fo / { many = arguments($0, whole) }
/^\.Fa / { arguments($0, list); whole[++many] = list[1] }
/^\.Fc/ { declare(whole, many) }
