// SPDX-License-Identifier: GPL-2.0-only
#include "core/progress.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

TEST(Progress, LineHasShareRateAndTimeLeft)
{
    EXPECT_EQ(ProgressText("scenarios", 0, 0, 100, 0), "scenarios   0 %");
    EXPECT_EQ(ProgressText("scenarios", 0, 25, 100, 10), "scenarios  25 %, 2.5/s, 30 s left");
    // half was there when the step began: 10 done in 5 s, 40 left
    EXPECT_EQ(ProgressText("flows", 50, 60, 100, 5), "flows  60 %, 2/s, 20 s left");
    EXPECT_EQ(ProgressText("flows", 50, 50, 100, 5), "flows  50 %");
    EXPECT_EQ(ProgressText("flows", 0, 1000, 1'000'000, 1), "flows   0 %, 1000/s, 17 min left");
    EXPECT_EQ(ProgressText("flows", 0, 1, 36'001, 1), "flows   0 %, 1/s, 10.0 h left");
    EXPECT_EQ(ProgressText("flows", 0, 7, 7, 2), "flows 100 %, 3.5/s, 0 s left");
}
