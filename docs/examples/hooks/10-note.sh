#!/bin/sh
# Notes in the system's log what is banned from now on. A hook of `interdict apply`:
#   sudo install -m 0755 -o root -g root 10-note.sh /etc/interdict/hooks.d/
# $1 is the folder of the active policy, $2 the plan that was carried out. The environment is clean.
set -eu
policy=$1/policy.tsv
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# Columns: 2 directive, 4 subject, 10 block_from, 11 until, 12 waived_until. All moments have one form, so that text compares.
summary=$(awk -F '\t' -v now="$now" '
  NR <= 2 { next }
  $10 != "-" && $10 <= now && ($11 == "-" || now <= $11) && ($12 == "-" || $12 < now) { seen[$2 " " $4] = 1; count++ }
  END { for (part in seen) parts++; printf "%d identifiers of %d subjects are banned", count, parts }
' "$policy")

echo "$summary"
if command -v logger >/dev/null && [ -S /dev/log ]; then
  logger -t interdict-hook -- "$summary"
fi
