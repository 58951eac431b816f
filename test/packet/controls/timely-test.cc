// SPDX-License-Identifier: GPL-2.0-only
// TIMELY with a scripted sender. Mittal et al., SIGCOMM 2015, algorithm 1:
//   new_rtt_diff = new_rtt - prev_rtt,  rtt_diff = (1 - a) rtt_diff + a new_rtt_diff,  gradient = rtt_diff / minRTT
//   new_rtt < T_low: rate + delta;  new_rtt > T_high: rate (1 - beta (1 - T_high / new_rtt))
//   else gradient <= 0: rate + N delta, N = 1 or, after five completions in a row, 5;  else rate (1 - beta gradient)
// with a = 0.875 and minRTT = 20 us as in the HPCC simulator. One completion is what was in flight at the one before.
#include "ns3/m3-timely.h"
#include "packet/controls/scripted-sender.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

class TimelyControl : public testing::Test
{
  protected:
    static constexpr uint64_t DELTA = 10'000'000;
    static constexpr uint64_t HYPER = 50'000'000;
    static constexpr double A = 0.875;
    static constexpr double BETA = 0.8;
    static constexpr double MIN_RTT = 20'000;

    TimelyControl()
    {
        config.congestionControl = CongestionControlType::TIMELY;
        config.minRateBps = GBIT;
        config.Of<TimelyConfig>().aiBps = DELTA;
        config.Of<TimelyConfig>().haiBps = HYPER;
        config.Of<TimelyConfig>().tLowNs = 50'000;
        config.Of<TimelyConfig>().tHighNs = 120'000;
        config.Of<TimelyConfig>().beta = BETA;
        control = ControlOf(config, 10 * GBIT);
        sender.cap = 20 * GBIT;
    }

    /// The ACK that completes what was in flight at the last one.
    void Complete(int64_t rttNs)
    {
        m_seq += 10'000;
        sender.nextToSend = m_seq + 9000;
        control->OnAck(sender, AckOf(m_seq, false, rttNs));
    }

    RdmaConfig config;
    ScriptedSender sender;
    std::unique_ptr<CongestionControl> control;

  private:
    uint64_t m_seq = 0;
};

} // namespace

TEST_F(TimelyControl, BelowTLowTheRateRisesFasterAfterFive)
{
    Complete(40'000); // only a first RTT
    EXPECT_EQ(sender.changes, 0U);
    uint64_t rate = 10 * GBIT;
    for (int i = 0; i < 8; i++)
    {
        Complete(i % 2 ? 30'000 : 49'999); // a rising RTT, too: below T_low the gradient does not count
        rate += i < 5 ? DELTA : HYPER;
        ASSERT_EQ(sender.rate, rate) << i;
    }
    EXPECT_FALSE(sender.movedNextSend);
}

TEST_F(TimelyControl, AboveTHighTheRateFallsByHowFarItIsAbove)
{
    Complete(160'000);
    Complete(160'000); // gradient 0, but above T_high: 1 - 0.8 (1 - 120 / 160) = 0.8
    EXPECT_NEAR(static_cast<double>(sender.rate), 8e9, 1);
    Complete(150'000); // the RTT falls, but is above: 1 - 0.8 (1 - 120 / 150) = 0.84
    EXPECT_NEAR(static_cast<double>(sender.rate), 8e9 * 0.84, 2);
}

TEST_F(TimelyControl, BetweenThemTheGradientDecides)
{
    Complete(60'000);
    Complete(62'000); // rtt_diff = 0.875 x 2000 = 1750
    double diff = A * 2000;
    double rate = 10e9 * (1 - BETA * diff / MIN_RTT);
    EXPECT_NEAR(static_cast<double>(sender.rate), rate, 1);
    Complete(63'000); // 0.125 x 1750 + 0.875 x 1000
    diff = (1 - A) * diff + A * 1000;
    rate *= 1 - BETA * diff / MIN_RTT;
    EXPECT_NEAR(static_cast<double>(sender.rate), rate, 2);
    Complete(62'900); // the RTT falls a little, yet 0.125 x 1093.75 - 87.5 = 49.2 is above 0
    diff = (1 - A) * diff - A * 100;
    ASSERT_GT(diff, 0);
    rate *= 1 - BETA * diff / MIN_RTT;
    EXPECT_NEAR(static_cast<double>(sender.rate), rate, 3);
    Complete(62'000); // it falls: a step up, of five before hyper increase
    for (int i = 0; i < 6; i++)
    {
        rate += i < 5 ? DELTA : HYPER;
        EXPECT_NEAR(static_cast<double>(sender.rate), rate, 4) << i;
        Complete(62'000 - 1000 * (i + 1));
    }
}

TEST_F(TimelyControl, ADecreaseEndsTheRowOfIncreases)
{
    Complete(30'000);
    for (int i = 0; i < 6; i++)
    {
        Complete(30'000); // 5 steps and a hyper step
    }
    uint64_t rate = 10 * GBIT + 5 * DELTA + HYPER;
    EXPECT_EQ(sender.rate, rate);
    Complete(240'000); // 1 - 0.8 / 2
    EXPECT_NEAR(static_cast<double>(sender.rate), 0.6 * static_cast<double>(rate), 1);
    rate = sender.rate;
    Complete(30'000);
    EXPECT_EQ(sender.rate, rate + DELTA);
}

TEST_F(TimelyControl, AtTLowARisingRttLowersTheRate)
{
    Complete(40'000);
    Complete(50'000); // T_low itself: gradient 0.4375, factor 0.65
    EXPECT_NEAR(static_cast<double>(sender.rate), 10e9 * (1 - BETA * A * 10'000 / MIN_RTT), 1);
}

TEST_F(TimelyControl, AtTHighAFallingRttRaisesTheRate)
{
    Complete(130'000);
    Complete(120'000);
    EXPECT_EQ(sender.rate, 10 * GBIT + DELTA);
}

TEST_F(TimelyControl, ASteadyRttBetweenTheThresholdsRaisesTheRate)
{
    Complete(80'000);
    Complete(80'000); // gradient 0 exactly
    EXPECT_EQ(sender.rate, 10 * GBIT + DELTA);
}

TEST_F(TimelyControl, ASteepGradientGoesToTheMinimumRate)
{
    Complete(51'000);
    Complete(91'000); // gradient 1.75: the factor would be -0.4
    EXPECT_EQ(sender.rate, GBIT);
    Complete(80'000); // 0.125 x 35,000 - 9625 is below 0: a step from there
    EXPECT_EQ(sender.rate, GBIT + DELTA);
}

TEST_F(TimelyControl, ARateIsCappedOnlyWhereItRises)
{
    // a fast NIC whose flow may have less: the control starts at the line rate and a decrease knows no cap
    control = ControlOf(config, 100 * GBIT);
    Complete(240'000);
    Complete(240'000);
    EXPECT_NEAR(static_cast<double>(sender.rate), 60e9, 1);
    Complete(40'000);
    EXPECT_EQ(sender.rate, sender.cap);
}

TEST_F(TimelyControl, OneCompletionCountsOnce)
{
    Complete(40'000); // acknowledges 10,000 with 19,000 sent
    control->OnAck(sender, AckOf(11'000, false, 40'000));
    control->OnAck(sender, AckOf(19'000, false, 40'000));
    EXPECT_EQ(sender.changes, 0U);
    control->OnAck(sender, AckOf(19'001, false, 40'000));
    EXPECT_EQ(sender.changes, 1U);
    EXPECT_EQ(sender.rate, 10 * GBIT + DELTA);
}

TEST_F(TimelyControl, WhenNothingNewWasSentTheLastRttStays)
{
    sender.nextToSend = 19'000;
    control->OnAck(sender, AckOf(10'000, false, 60'000));
    control->OnAck(sender, AckOf(20'000, false, 64'000)); // still 19,000 sent, as after a rewind: 64,000 is not kept
    const double first = A * 4000;
    double rate = 10e9 * (1 - BETA * first / MIN_RTT);
    EXPECT_NEAR(static_cast<double>(sender.rate), rate, 1);
    sender.nextToSend = 40'000;
    control->OnAck(sender, AckOf(21'000, false, 61'000)); // against 60,000
    const double second = (1 - A) * first + A * 1000;
    rate *= 1 - BETA * second / MIN_RTT;
    EXPECT_NEAR(static_cast<double>(sender.rate), rate, 2);
    control->OnAck(sender, AckOf(40'001, false, 61'000)); // against 61,000, which was kept
    rate *= 1 - BETA * (1 - A) * second / MIN_RTT;
    EXPECT_NEAR(static_cast<double>(sender.rate), rate, 3);
}

TEST_F(TimelyControl, ItsStateGoesOnInAnother)
{
    Complete(60'000);
    Complete(62'000); // rtt_diff = 1750
    const std::unique_ptr<CongestionControl> first = std::move(control);
    control = ControlOf(config, 10 * GBIT);
    control->Resume(sender, first->State());
    const auto rate = static_cast<double>(sender.rate);
    Complete(63'000); // 0.125 x 1750 + 0.875 x 1000
    EXPECT_NEAR(static_cast<double>(sender.rate), rate * (1 - BETA * ((1 - A) * A * 2000 + A * 1000) / MIN_RTT), 2);
}

TEST_F(TimelyControl, WithoutAStateItBeginsAtTheCap)
{
    sender.rate = 3 * GBIT;
    control->Resume(sender, {});
    EXPECT_EQ(sender.rate, 20 * GBIT) << "it falls at once where that is too much, and rises by Mb/s an RTT";
}
