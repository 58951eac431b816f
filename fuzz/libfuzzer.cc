// SPDX-License-Identifier: GPL-2.0-only
// What libFuzzer calls: the build by clang (./ns3 fuzz).
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size)
{
    ns3::m3::FuzzOne(data, size);
    return 0;
}
