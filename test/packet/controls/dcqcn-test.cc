// SPDX-License-Identifier: GPL-2.0-only
// DCQCN with a scripted sender. Zhu et al., SIGCOMM 2015, section 3.1, reaction point, equations (1) to (3):
//   decrease: R_T = R_C,  R_C = R_C (1 - alpha / 2);   alpha = (1 - g) alpha + g where marks came, else (1 - g) alpha
//   fast recovery: R_C = (R_T + R_C) / 2;   additive increase: R_T = R_T + R_AI first;   hyper: R_T = R_T + R_HAI first
// Marks are looked at by timers, as in the HPCC simulator: one of alpha and one of decreases, whose first period is 1
// ns longer, from the first mark on; one of increases from each decrease on. R_T stays where no increase lay between
// two decreases. The test runs by timers of 40, 50 and 55 us, so that each is known by its time.
#include "ns3/m3-dcqcn.h"
#include "packet/controls/scripted-sender.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

class DcqcnControl : public testing::Test
{
  protected:
    static constexpr uint64_t AI = 20'000'000;
    static constexpr uint64_t HAI = 200'000'000;
    static constexpr double G = 1.0 / 256;
    static constexpr int64_t US = 1000;

    DcqcnControl()
    {
        config.congestionControl = CongestionControlType::DCQCN;
        config.minRateBps = GBIT;
        config.Of<DcqcnConfig>().aiBps = AI;
        config.Of<DcqcnConfig>().haiBps = HAI;
        config.Of<DcqcnConfig>().alphaTimerNs = 40 * US;
        config.Of<DcqcnConfig>().decreaseTimerNs = 50 * US;
        config.Of<DcqcnConfig>().increaseTimerNs = 55 * US;
        control = ControlOf(config, 10 * GBIT);
        sender.rate = 8 * GBIT;
    }

    void MarkAt(int64_t timeNs)
    {
        sender.RunTimers(*control, timeNs);
        control->OnAck(sender, AckOf(1, true));
    }

    uint64_t RateAt(int64_t timeNs)
    {
        sender.RunTimers(*control, timeNs);
        return sender.rate;
    }

    /// One increase towards a target: each half is truncated.
    static uint64_t Middle(uint64_t rate, uint64_t target)
    {
        return rate / 2 + target / 2;
    }

    RdmaConfig config;
    ScriptedSender sender;
    std::unique_ptr<CongestionControl> control;
};

} // namespace

TEST_F(DcqcnControl, ParametersAreThoseOfThePaper)
{
    const RdmaConfig defaults;
    EXPECT_EQ(defaults.Of<DcqcnConfig>().gain, 1.0 / 256);
    EXPECT_EQ(defaults.Of<DcqcnConfig>().increaseTimerNs, 55 * US);
    EXPECT_EQ(defaults.Of<DcqcnConfig>().decreaseTimerNs, 50 * US);
    EXPECT_EQ(defaults.Of<DcqcnConfig>().alphaTimerNs, 50 * US);
}

TEST_F(DcqcnControl, WithoutMarksNothingHappens)
{
    control->OnAck(sender, AckOf(1000));
    EXPECT_TRUE(sender.timers.empty());
    EXPECT_EQ(RateAt(1000 * US), 8 * GBIT);
    EXPECT_EQ(sender.changes, 0U);
}

TEST_F(DcqcnControl, AMarkCutsTheRateAtTheNextLook)
{
    MarkAt(0);
    EXPECT_EQ(sender.rate, 8 * GBIT) << "not at the ACK";
    // alpha 1 from the first mark on, which does not count for its first update: at 40 us 1 - g
    EXPECT_EQ(RateAt(50 * US), 8 * GBIT);
    const uint64_t cut = Floor(8e9 * (1 - (1 - G) / 2));
    EXPECT_EQ(RateAt(50 * US + 1), cut);
    EXPECT_FALSE(sender.movedNextSend);
    // no further mark, no further cut; after 55 us from the cut it recovers to the middle of cut and target
    EXPECT_EQ(RateAt(105 * US), cut);
    EXPECT_EQ(RateAt(105 * US + 1), Middle(cut, 8 * GBIT));
    EXPECT_EQ(sender.changes, 2U);
}

TEST_F(DcqcnControl, RecoveryIsFastThenAdditiveThenHyper)
{
    MarkAt(0);
    uint64_t rate = RateAt(50 * US + 1);
    uint64_t target = 8 * GBIT;
    const int64_t cutNs = 50 * US + 1;
    const uint64_t steps[] = {0, AI, HAI, HAI}; // the first (fast recovery times 1) only returns to the target
    for (int round = 0; round < 4; round++)
    {
        target += steps[round];
        EXPECT_EQ(RateAt(cutNs + (round + 1) * 55 * US - 1), rate);
        rate = Middle(rate, target);
        EXPECT_EQ(RateAt(cutNs + (round + 1) * 55 * US), rate) << round;
    }
    // the next cut sets the target to where the rate was
    MarkAt(sender.nowNs + 1);
    const uint64_t before = sender.rate;
    sender.changes = 0;
    while (sender.changes == 0)
    {
        sender.RunTimers(*control, sender.nowNs + US);
    }
    const uint64_t cut = sender.rate;
    EXPECT_LT(cut, before);
    EXPECT_EQ(RateAt(sender.nowNs + 55 * US), Middle(cut, before));
}

TEST_F(DcqcnControl, AlphaFollowsTheMarks)
{
    // looks at alpha at 40, 80, 120, ... us; at marks at 50, 100, ... us (+ 1 ns)
    MarkAt(0);
    double alpha = 1 - G; // at 40 us
    double rate = 8e9 * (1 - alpha / 2);
    EXPECT_EQ(RateAt(51 * US), Floor(rate));
    MarkAt(60 * US);
    alpha = (1 - G) * alpha + G; // at 80 us
    rate = std::floor(std::floor(rate) * (1 - alpha / 2));
    EXPECT_EQ(RateAt(101 * US), Floor(rate));
    // none: at 120 us alpha falls, at 150 us (+ 1 ns) nothing is cut; the increase timer was restarted by the cut
    alpha = (1 - G) * alpha;
    EXPECT_EQ(RateAt(155 * US), Floor(rate));
    MarkAt(155 * US);
    rate = static_cast<double>(Middle(Floor(rate), 8 * GBIT)); // at 155 us + 1 ns
    EXPECT_EQ(RateAt(156 * US), Floor(rate)) << "the target is still that before the first of the cuts";
    alpha = (1 - G) * alpha + G; // at 160 us
    alpha = (1 - G) * alpha;     // at 200 us: one mark counts for one update
    EXPECT_EQ(RateAt(201 * US), Floor(rate * (1 - alpha / 2)));
}

TEST_F(DcqcnControl, CutsInARowKeepTheTargetUnlessItIsClamped)
{
    for (const bool clamp : {false, true})
    {
        config.Of<DcqcnConfig>().clampTarget = clamp;
        control = ControlOf(config, 10 * GBIT);
        sender = ScriptedSender();
        sender.rate = 8 * GBIT;
        MarkAt(0);
        const uint64_t once = RateAt(51 * US);
        MarkAt(52 * US);
        const uint64_t twice = RateAt(101 * US);
        EXPECT_LT(twice, once);
        EXPECT_EQ(RateAt(156 * US), Middle(twice, clamp ? once : 8 * GBIT)) << clamp;
    }
}

TEST_F(DcqcnControl, FastRecoveryLastsAsLongAsAskedFor)
{
    config.Of<DcqcnConfig>().fastRecoveryTimes = 3;
    control = ControlOf(config, 10 * GBIT);
    MarkAt(0);
    uint64_t rate = RateAt(51 * US);
    uint64_t target = 8 * GBIT;
    for (int round = 0; round < 6; round++)
    {
        target += round < 3 ? 0 : round == 3 ? AI : HAI;
        rate = Middle(rate, target);
        EXPECT_EQ(RateAt(51 * US + (round + 1) * 55 * US), rate) << round;
    }
}

TEST_F(DcqcnControl, TheTargetIsAtMostTheLineRate)
{
    sender.rate = 10 * GBIT - AI / 2;
    MarkAt(0);
    uint64_t rate = RateAt(51 * US);
    rate = Middle(rate, 10 * GBIT - AI / 2);
    EXPECT_EQ(RateAt(106 * US), rate);
    for (int round = 1; round < 5; round++)
    {
        rate = Middle(rate, 10 * GBIT);
        EXPECT_EQ(RateAt(106 * US + round * 55 * US), rate) << round;
    }
}

TEST_F(DcqcnControl, TheRateStaysAboveTheMinimum)
{
    sender.rate = 15 * GBIT / 10;
    MarkAt(0);
    EXPECT_EQ(RateAt(51 * US), GBIT);
}

TEST_F(DcqcnControl, TimersGoOn)
{
    MarkAt(0);
    sender.RunTimers(*control, 10'000 * US);
    EXPECT_EQ(sender.starts.size(), 3U);
    uint32_t all = 0;
    for (const auto& [timer, starts] : sender.starts)
    {
        all += starts;
    }
    // alpha: 250 runs; decrease: at 50 us + 1 ns, then every 50 us, 199 runs; increase: from then every 55 us, 180
    // runs. Each run starts the timer again; alpha and decrease were started by the mark, increase by the decrease.
    EXPECT_EQ(all, (250 + 1) + (199 + 1) + (180 + 1));
}

TEST_F(DcqcnControl, ItsStateGoesOnInAnother)
{
    MarkAt(0);
    const uint64_t cut = RateAt(50 * US + 1); // target 8 Gb/s; alpha (1 - g)
    const std::unique_ptr<CongestionControl> first = std::move(control);
    control = ControlOf(config, 10 * GBIT);
    sender.timers.clear();
    sender.random = 0.5; // timers start in the middle of their periods
    control->Resume(sender, first->State());
    EXPECT_EQ(sender.timers[0], 50 * US + 1 + 20 * US + 1);
    EXPECT_EQ(sender.timers[1], 50 * US + 1 + 25 * US + 1);
    const int64_t increase = 50 * US + 1 + 27'500 + 1;
    EXPECT_EQ(RateAt(increase - 1), cut) << "no mark since the cut";
    EXPECT_EQ(RateAt(increase), Middle(cut, 8 * GBIT)) << "fast recovery towards the target of before";
    control->OnAck(sender, AckOf(1, true));
    // alpha decays once more at 20 us, then a mark for the look at 75 us: (1 - g)^2
    EXPECT_EQ(RateAt(50 * US + 1 + 25 * US + 1 + 50 * US),
              Floor(static_cast<double>(Middle(cut, 8 * GBIT)) * (1 - ((1 - G) * (1 - G) * (1 - G) + G) / 2)));
}

TEST_F(DcqcnControl, WithoutAStateItBeginsAsAtTheStartOfAFlow)
{
    control->Resume(sender, {}); // at 8 Gb/s of 10
    EXPECT_EQ(sender.rate, 10 * GBIT) << "a cut takes one period, recovery from one that was not due takes many";
    EXPECT_TRUE(sender.timers.empty());
    MarkAt(0);
    EXPECT_EQ(RateAt(50 * US + 1), Floor(10e9 * (1 - (1 - G) / 2)));
}

TEST_F(DcqcnControl, ItsMemoryIsThatOfAlpha)
{
    // alpha falls by (1 - g) every 40 us without marks: by 1 / e in about 256 periods
    EXPECT_NEAR(ControlOf(CongestionControlType::DCQCN).memoryNs(config), 256 * 40e3, 1);
}
