#!/bin/sh
# Wrong use of ./ns3 gives one line and exit code 1. $1: the folder of ./ns3, $2: a build folder
set -u
root=$1
export M3_BUILD_DIR=$2
failures=0
expect_refused() {
    message=$1
    shift
    output=$("$root/ns3" "$@" 2>&1)
    code=$?
    lines=$(printf '%s\n' "$output" | wc -l)
    case $code:$lines:$output in
    1:1:*"$message"*) ;;
    *)
        echo "./ns3 $*: code $code, output: $output"
        failures=$((failures + 1))
        ;;
    esac
}
expect_refused "unknown command 'fly'" fly
expect_refused "unknown profile 'fast'" configure -d fast
expect_refused "needs a profile" configure -d
expect_refused "does not know '--quick'" configure --quick
expect_refused "no target 'nothing'" build nothing
expect_refused "no program 'nothing'" run nothing
expect_refused "no program 'nothing'" run "nothing --load=1"
expect_refused "needs a program" run
expect_refused "arguments go after --" run m3-first --load=0.1
expect_refused "takes no argument" test all
expect_refused "whole number of seconds" fuzz long
expect_refused "no reader 'nothing'" fuzz 1 nothing
expect_refused "show knows: targets" show everything
"$root/ns3" show targets | grep -qx m3-compare || { echo "show targets lacks m3-compare"; failures=$((failures + 1)); }
"$root/ns3" --help | grep -q "configure" || { echo "--help lacks configure"; failures=$((failures + 1)); }
[ "$failures" = 0 ]
