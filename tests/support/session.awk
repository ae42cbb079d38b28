# SPDX-License-Identifier: GPL-2.0-or-later
# Takes the session of a section out of README.md: "$ " is before each command, and its output follows. Writes command N
# to DIR/N.command, its output to DIR/N.output, and their number to DIR/count.
# usage: awk -v dir=DIR -v section="TITLE" -f session.awk README.md

/^## / { inside = $0 == "## " section }
!inside { next }
/^```/ { block = !block; next }
!block { next }
/^\$ / { n++; out = dir "/" n ".output"; printf "" > out; print substr($0, 3) > (dir "/" n ".command"); next }
{ print > out }
END { print n + 0 > (dir "/count") }
