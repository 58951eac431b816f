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
expect_refused "takes options of ctest" test all
expect_refused "whole number of seconds" fuzz long
expect_refused "no reader 'nothing'" fuzz 1 nothing
expect_refused "show knows: targets" show everything
expect_refused "--no-build is of run" build --no-build
expect_refused "no program 'scratch/nothing.cc'" run scratch/nothing.cc
# $1: what should be so, the rest a command
expect() {
    name=$1
    shift
    "$@" || { echo "not so: $name"; failures=$((failures + 1)); }
}
expect "show targets has m3-compare" sh -c '"$1/ns3" show targets | grep -qx m3-compare' sh "$root"
expect "--help has configure" sh -c '"$1/ns3" --help | grep -q configure' sh "$root"

# scripts by name and by file, in a repository of its own with nothing but scripts
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export M3_BUILD_DIR="$work/build"
mkdir -p "$work/cmake" "$work/examples" "$work/scratch/alone" "$work/scratch/parts/deeper"
cp "$root/ns3" "$work/ns3"
cp "$root/cmake/scripts.cmake" "$work/cmake/scripts.cmake"
cat >"$work/CMakeLists.txt" <<'EOF'
cmake_minimum_required(VERSION 3.20)
project(scripts LANGUAGES CXX)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_library(m3 INTERFACE)
include(cmake/scripts.cmake)
EOF
# $1: file, $2: what it prints before its arguments
write_script() {
    cat >"$work/$1" <<EOF
#include <cstdio>
int main(int argc, char* argv[])
{
    std::printf("$2");
    for (int i = 1; i < argc; i++) std::printf(" [%s]", argv[i]);
}
EOF
}
# $1: what it prints, the rest arguments of ./ns3 run
expect_run() {
    wanted=$1
    shift
    output=$("$work/ns3" run "$@" 2>"$work/run.log")
    if [ "$output" != "$wanted" ]; then
        echo "./ns3 run $*: printed '$output' instead of '$wanted'"
        cat "$work/run.log"
        failures=$((failures + 1))
    fi
}
write_script examples/same.cc example
write_script scratch/same.cc scratch
write_script scratch/x.cc x
write_script scratch/alone/y.cc y
write_script scratch/parts/deeper/z.cc z
echo 'int Half(int x) { return x / 2; }' >"$work/scratch/parts/half.cc"
echo 'int Half(int x);' >"$work/scratch/parts/half.h"
cat >"$work/scratch/parts/whole.cc" <<'EOF'
#include "half.h"
#include <cstdio>
int main() { std::printf("%d", Half(84)); }
EOF
"$work/ns3" configure >"$work/configure.log" 2>&1 || cat "$work/configure.log"
expect_run "x" x
expect_run "x" scratch/x
expect_run "x" scratch/x.cc
expect_run "x" ./scratch/x.cc
expect_run "x" x.cc
expect_run "x [--load=0.5]" "x --load=0.5"
expect_run "x [--load=0.5]" "scratch/x.cc --load=0.5"
expect_run "x [--out=my results] [--more]" "x.cc --out='my results'" -- --more
expect_run "x [--no-build] [--yes]" x -- --no-build --yes
expect_run "example" same
expect_run "example" examples/same.cc
expect_run "scratch" scratch/same
expect_run "y" scratch/alone/y.cc
expect_run "y" alone/y
expect_run "y" y
expect_run "42" scratch/parts/whole
expect_run "z" scratch/parts/deeper/z.cc
write_script scratch/x.cc changed
expect_run "x" --no-build scratch/x
expect_run "x [--load=1]" "x.cc --load=1" --no-build
expect_run "changed" x
write_script scratch/new.cc new
expect_run "" --no-build new
expect_run "new" scratch/new.cc
rm "$work/build/bin/new"
expect_run "" --no-build new
expect "a program that is not built is said" grep -q "new is not built" "$work/run.log"

# packages that are missing: named first, on a terminal installed after Enter; nothing is installed here
mkdir "$work/fake"
printf '#!/bin/sh\nexit 1\n' >"$work/fake/dpkg-query"
printf '#!/bin/sh\necho "$@" >>"%s/asked"\nexit 1\n' "$work" >"$work/fake/apt-get"
printf '#!/bin/sh\necho 0\n' >"$work/fake/id"
chmod +x "$work/fake/"*
export PATH="$work/fake:$PATH" M3_BUILD_DIR="$work/build-fresh"
# $1: yes or no, $2: when
expect_asked() {
    if [ -e "$work/asked" ]; then asked=yes; else asked=no; fi
    if [ "$asked" != "$1" ] || ! grep -q "cmake: the build" "$work/output"; then
        echo "apt-get called: $asked, $2; output:"
        cat "$work/output"
        failures=$((failures + 1))
    fi
    rm -f "$work/asked"
}
"$work/ns3" configure >"$work/output" 2>&1 </dev/null
expect_asked yes "through a pipe"
script -qec "'$work/ns3' configure" /dev/null >"$work/output" 2>&1 </dev/null
expect_asked no "on a terminal that ends"
echo | script -qec "'$work/ns3' configure" /dev/null >"$work/output" 2>&1
expect_asked yes "on a terminal after Enter"
script -qec "'$work/ns3' configure --yes" /dev/null >"$work/output" 2>&1 </dev/null
expect_asked yes "on a terminal with --yes"
[ "$failures" = 0 ]
