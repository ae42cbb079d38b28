# SPDX-License-Identifier: LGPL-2.1-or-later
# The pages' NAME sections as lines "FILE NAME".
/^\.Sh / { in_name = $2 == "NAME" }
in_name && $1 == ".Nm" { print FILENAME, $2 }
