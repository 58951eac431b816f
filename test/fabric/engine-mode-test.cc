// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-engine-mode.h"
#include "ns3/m3-input-error.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

TEST(EngineMode, IsNamedAsItIsTyped)
{
    for (const EngineMode mode : {EngineMode::STANDARD, EngineMode::HPCC})
    {
        EXPECT_EQ(ParseEngineMode(EngineModeName(mode)), mode);
    }
    EXPECT_EQ(EngineModeName(EngineMode::HPCC), "hpcc");
    EXPECT_EQ(ParseEngineMode("standard"), EngineMode::STANDARD);
    for (const char* text : {"", "HPCC", "hpcc ", "exact"})
    {
        EXPECT_THROW(ParseEngineMode(text), InputError) << text;
    }
}
