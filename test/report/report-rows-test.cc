// SPDX-License-Identifier: GPL-2.0-only
#include "report/report-rows.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace ns3::m3;

TEST(IntervalText, IsNoPointWhereNothingWasSampled)
{
    EXPECT_EQ(IntervalText({2.314, 2.466}), "2.31 .. 2.47");
    EXPECT_EQ(IntervalText({99, 131.6}), "99.00 .. 132");
    EXPECT_EQ(IntervalText({2.47, 2.47}), "no sampling") << "a point would look like certainty";
    EXPECT_EQ(IntervalText({std::nan(""), std::nan("")}), "-");
}
