#!/bin/sh
# $mark
# `braid hook install` wrote this, and `braid hook uninstall` takes it out again.
# A hook that was here before is $before beside it, and has the first word.
refs=$$(cat; echo .)
refs=$${refs%.}
if [ -x "$$0$suffix" ]; then
    printf %s "$$refs" | "$$0$suffix" "$$@" || exit $$?
fi
if [ -x $braid ]; then
    printf %s "$$refs" | $braid hook run $options -- "$$@"
else
    echo "braid: "$braid" is gone; \`braid hook install\` renews this hook, or remove $$0" >&2
    exit $missing
fi
