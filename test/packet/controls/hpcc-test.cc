// SPDX-License-Identifier: GPL-2.0-only
// HPCC with a scripted sender. Li et al., SIGCOMM 2019, algorithm 1:
//   u_i = min(qlen, qlen before) / (B_i T) + txRate_i / B_i,   txRate_i = bytes sent / time between the two records
//   u = the largest u_i, tau = time between its records, at most T;   U = (1 - tau / T) U + tau / T u
//   U >= eta or maxStage additive steps: W = W_c / (U / eta) + W_AI, stage 0;   else W = W_c + W_AI, one stage more
// on rates in place of windows (B_i T is W0 at the flow's cap). W_c and its stage change once per RTT, by the ACK
// beyond what had been sent at the last one ("full"); ACKs between start from the same W_c ("fast"). U starts at 1.
#include "ns3/m3-hpcc.h"
#include "packet/controls/scripted-sender.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

using namespace ns3::m3;

namespace
{

/// Telemetry of one hop that a test moves on.
struct ScriptedHop
{
    TelemetryRecord record{1'000'000, 5'000'000, 10 * GBIT, 0, 0};

    /// After some time, some bytes later, with a queue.
    void Pass(uint64_t ns, uint64_t bytes, uint32_t queue = 0)
    {
        record.time += ns;
        record.txBytes += bytes;
        record.queueBytes = queue;
    }
};

class HpccControl : public testing::Test
{
  protected:
    static constexpr double AI = 50e6;
    static constexpr double ETA = 0.95;
    static constexpr double T = 10'000;  // base RTT of the scripted sender, ns
    static constexpr double W0 = 12'500; // its window: 10 Gb/s times T

    HpccControl()
    {
        config.congestionControl = CongestionControlType::HPCC;
        config.minRateBps = GBIT / 10;
        config.Of<HpccConfig>().aiBps = static_cast<uint64_t>(AI);
        config.Of<HpccConfig>().eta = ETA;
        Restart();
    }

    void Restart(std::size_t hopCount = 1)
    {
        control = ControlOf(config, 10 * GBIT);
        const uint64_t cap = sender.cap;
        sender = ScriptedSender();
        sender.cap = cap;
        hops.assign(hopCount, {});
        for (std::size_t i = 0; i < hopCount; i++)
        {
            hops[i].record.link = static_cast<LinkId>(10 + i);
        }
        m_seq = 1000;
        sender.nextToSend = m_seq;
        Tell(m_seq); // only stores the records
        EXPECT_EQ(sender.changes, 0U);
    }

    void Tell(uint64_t seq)
    {
        std::vector<TelemetryRecord> records;
        for (const ScriptedHop& hop : hops)
        {
            records.push_back(hop.record);
        }
        control->OnAck(sender, {seq, false, 0, records.data(), static_cast<uint32_t>(records.size())});
    }

    /// An ACK beyond all that had been sent at the last full one.
    double Full()
    {
        m_seq += 10'000;
        sender.nextToSend = m_seq + 9000;
        Tell(m_seq);
        m_seq += 9000;
        return static_cast<double>(sender.rate);
    }

    /// Another ACK of what the last full one had seen sent; m_seq itself is the last such byte.
    double Fast()
    {
        Tell(m_seq);
        return static_cast<double>(sender.rate);
    }

    /// U after a record, from U before.
    static double Smoothed(double before, double use, double ns)
    {
        const double tau = std::min(ns, T);
        return before * (1 - tau / T) + use * tau / T;
    }

    /// Rate after U, multiplicative.
    static double Scaled(double reference, double utilisation)
    {
        return reference / (utilisation / ETA) + AI;
    }

    RdmaConfig config;
    ScriptedSender sender;
    std::unique_ptr<CongestionControl> control;
    std::vector<ScriptedHop> hops;

  private:
    uint64_t m_seq = 0;
};

} // namespace

TEST_F(HpccControl, RateFollowsTheUtilisation)
{
    // 4 us, 6000 B sent of 5000, a queue only now: u = 1.2
    hops[0].Pass(4000, 6000, 2500);
    double smoothed = Smoothed(1, 1.2, 4000);
    const double first = Full();
    EXPECT_NEAR(first, Scaled(10e9, smoothed), 2);
    EXPECT_TRUE(sender.movedNextSend);
    hops[0].Pass(2000, 2000, 5000); // of 2500, and the smaller queue: 0.8 + 2500 / 12,500, for a fifth of T
    smoothed = Smoothed(smoothed, 1.0, 2000);
    const double second = Full();
    EXPECT_NEAR(second, Scaled(first, smoothed), 2);
    hops[0].Pass(2000, 1000, 1000); // 0.4 + 1000 / 12,500
    smoothed = Smoothed(smoothed, 0.4 + 0.08, 2000);
    EXPECT_NEAR(Full(), Scaled(second, smoothed), 2);
}

TEST_F(HpccControl, ALongPeriodCountsAsOneBaseRtt)
{
    hops[0].Pass(20'000, 30'000); // u = 30,000 / 25,000 = 1.2, whatever U was before
    EXPECT_NEAR(Full(), Scaled(10e9, 1.2), 2);
}

TEST_F(HpccControl, FastAcksStartFromTheSameReference)
{
    hops[0].Pass(5000, 6250, 0); // u = 1
    const double reference = Full();
    EXPECT_NEAR(reference, 10e9 * ETA + AI, 2);
    double smoothed = 1;
    for (int i = 0; i < 3; i++)
    {
        hops[0].Pass(2500, 6250); // u = 2
        smoothed = Smoothed(smoothed, 2, 2500);
        EXPECT_NEAR(Fast(), Scaled(reference, smoothed), 2) << i;
    }
    hops[0].Pass(2500, 6250);
    smoothed = Smoothed(smoothed, 2, 2500);
    const double next = Full();
    EXPECT_NEAR(next, Scaled(reference, smoothed), 2);
    hops[0].Pass(2500, 6250);
    smoothed = Smoothed(smoothed, 2, 2500);
    EXPECT_NEAR(Fast(), Scaled(next, smoothed), 2);
}

TEST_F(HpccControl, WithoutFastReactOnlyFullAcksCount)
{
    config.Of<HpccConfig>().fastReact = false;
    Restart();
    hops[0].Pass(5000, 6250);
    const double reference = Full();
    const uint32_t changes = sender.changes;
    hops[0].Pass(2500, 6250);
    Fast();
    EXPECT_EQ(sender.changes, changes);
    hops[0].Pass(2500, 3125); // since the last full ACK: 5 us, 9375 B, u = 1.5
    EXPECT_NEAR(Full(), Scaled(reference, Smoothed(1, 1.5, 5000)), 2);
}

TEST_F(HpccControl, TheBusiestHopCounts)
{
    Restart(3);
    hops[0].Pass(4000, 2000);
    hops[1].Pass(5000, 7500); // 1.2, the largest, over half of T
    hops[2].Pass(9000, 4500);
    EXPECT_NEAR(Full(), Scaled(10e9, Smoothed(1, 1.2, 5000)), 2);
}

TEST_F(HpccControl, ALinksOwnRateCounts)
{
    hops[0].record.bitsPerSecond = 40 * GBIT;
    hops[0].record.queueBytes = 10'000;
    Tell(0);                            // a fast ACK that stores the queue; no use, so U stays
    hops[0].Pass(5000, 37'500, 10'000); // 1.5 of 40 Gb/s, and 10,000 B x 10 / 40 of 12,500 B
    EXPECT_NEAR(Full(), Scaled(10e9, Smoothed(1, 1.5 + 0.2, 5000)), 2);
}

TEST_F(HpccControl, AdditiveStepsComeBeforeAMultiplicativeOne)
{
    config.Of<HpccConfig>().miThreshold = 2;
    Restart();
    hops[0].Pass(20'000, 50'000); // u = 2: multiplicative although no step was made
    double reference = Full();
    EXPECT_NEAR(reference, Scaled(10e9, 2), 2);
    for (int round = 0; round < 2; round++)
    {
        for (int step = 0; step < 2; step++)
        {
            hops[0].Pass(20'000, 12'500); // u = 0.5: below eta
            reference += AI;
            EXPECT_NEAR(Full(), reference, 3) << step;
        }
        hops[0].Pass(20'000, 20'000); // u = 0.8; two steps were made
        reference = Scaled(reference, 0.8);
        EXPECT_NEAR(Full(), reference, 4);
    }
    // fast ACKs make no steps
    for (int i = 0; i < 5; i++)
    {
        hops[0].Pass(20'000, 12'500);
        EXPECT_NEAR(Fast(), reference + AI, 4);
    }
}

TEST_F(HpccControl, NoStepWasMadeAtTheStart)
{
    config.Of<HpccConfig>().miThreshold = 2;
    sender.cap = 20 * GBIT; // above the NIC's rate, at which the reference starts
    for (const bool multi : {false, true})
    {
        config.Of<HpccConfig>().multiRate = multi;
        Restart();
        for (int step = 1; step <= 2; step++)
        {
            hops[0].Pass(20'000, 12'500); // u = 0.5
            EXPECT_NEAR(Full(), 10e9 + step * AI, 2) << step;
        }
        hops[0].Pass(20'000, 12'500);
        EXPECT_NEAR(Full(), Scaled(10e9 + 2 * AI, 0.5), 2);
    }
}

TEST_F(HpccControl, RatesStayWithinTheirBounds)
{
    hops[0].Pass(20'000, 1); // hardly used: no bound but the cap
    EXPECT_EQ(Full(), 10e9);
    hops[0].Pass(20'000, 25'000 * 400);
    EXPECT_EQ(Full(), 0.1e9) << "10 Gb/s x 0.95 / 400 + 50 Mb/s is below the minimum";
    sender.cap = GBIT / 20;
    hops[0].Pass(20'000, 25'000);
    EXPECT_EQ(Full(), 0.05e9) << "a cap below the minimum rate holds";
}

TEST_F(HpccControl, ANewLinkStartsAnew)
{
    // the flow was rerouted: what its counters show is not compared with the old link's; for 0 ns U stays
    hops[0].record = {50, 70, 10 * GBIT, 0, 99};
    const double reference = Full();
    EXPECT_NEAR(reference, Scaled(10e9, 1), 2);
    hops[0].Pass(20'000, 30'000);
    EXPECT_NEAR(Full(), Scaled(reference, 1.2), 2);
}

TEST_F(HpccControl, AHopOnANewLinkCountsForNothing)
{
    Restart(2);
    hops[0].record = {50, 70, 10 * GBIT, 0, 99};
    hops[1].Pass(20'000, 20'000); // u = 0.8, the only one
    EXPECT_EQ(Full(), 10e9) << "0.95 / 0.8 of it is capped";
    hops[0].record = {50, 70, 10 * GBIT, 0, 100};
    hops[1].Pass(20'000, 22'500); // u = 0.9
    EXPECT_EQ(Full(), 10e9);
    hops[0].Pass(20'000, 2500);
    hops[1].Pass(10'000, 25'000); // u = 2, over all of T
    EXPECT_NEAR(Full(), Scaled(10e9, 2), 2);
    config.Of<HpccConfig>().multiRate = true;
    Restart(1);
    hops[0].record = {50, 70, 10 * GBIT, 0, 99};
    EXPECT_NEAR(Full(), Scaled(10e9, 1), 2) << "its U stays, for 0 ns";
}

TEST_F(HpccControl, AHopThatIsNewHasNoPast)
{
    hops.push_back(hops[0]);
    hops[1].record.link = 77;
    hops[0].Pass(20'000, 30'000);
    const double reference = Full();
    EXPECT_NEAR(reference, Scaled(10e9, 1.2), 2);
    hops[0].Pass(20'000, 25'000);
    hops[1].Pass(20'000, 35'000);
    EXPECT_NEAR(Full(), Scaled(reference, 1.4), 2);
}

TEST_F(HpccControl, TwoFramesWithinANanosecondAreOneApart)
{
    hops[0].Pass(0, 1000); // 1000 B in 1 ns at 10 Gb/s: u = 800 for 1 ns
    EXPECT_NEAR(Full(), Scaled(10e9, Smoothed(1, 800, 1)), 2);
}

TEST_F(HpccControl, BeforeAnythingWasSentAnewTheRecordsAreStoredAnew)
{
    // the first packet was lost: a NACK of byte 0 comes when nothing is on its way
    control = ControlOf(config, 10 * GBIT);
    sender = ScriptedSender();
    sender.nextToSend = 0;
    Tell(0);
    hops[0].Pass(3000, 3000);
    sender.nextToSend = 4000;
    Tell(0);
    EXPECT_EQ(sender.changes, 0U);
    hops[0].Pass(20'000, 30'000);
    Tell(1000);
    EXPECT_NEAR(static_cast<double>(sender.rate), Scaled(10e9, 1.2), 2) << "a fast ACK: 4000 B had been sent";
    hops[0].Pass(20'000, 30'000);
    sender.nextToSend = 3000; // a rewind does not move the mark of full ACKs back
    Tell(4001);
    const double reference = static_cast<double>(sender.rate);
    EXPECT_NEAR(reference, Scaled(10e9, 1.2), 2);
    hops[0].Pass(20'000, 25'000);
    Tell(3500);
    EXPECT_NEAR(static_cast<double>(sender.rate), Scaled(reference, 1), 2);
    hops[0].Pass(20'000, 25'000);
    Tell(4001);
    const double second = static_cast<double>(sender.rate);
    EXPECT_NEAR(second, Scaled(reference, 1), 2) << "what the fast one computed was no reference";
    for (int i = 0; i < 2; i++)
    {
        hops[0].Pass(20'000, 50'000);
        Tell(4000);
        EXPECT_NEAR(static_cast<double>(sender.rate), Scaled(second, 2), 2) << "4001 was full, 4000 is not";
    }
}

TEST_F(HpccControl, SampleFeedbackLeavesOutFastAcksWithoutQueues)
{
    config.Of<HpccConfig>().sampleFeedback = true;
    Restart();
    hops[0].Pass(5000, 6250);
    const double reference = Full(); // full: counts without a queue
    EXPECT_NEAR(reference, Scaled(10e9, 1), 2);
    const uint32_t changes = sender.changes;
    hops[0].Pass(2000, 5000);
    Fast();
    EXPECT_EQ(sender.changes, changes);
    hops[0].Pass(2000, 1000, 1); // with a queue, now; since the record that counted: 4 us, 6000 B, u = 1.2
    EXPECT_NEAR(Fast(), Scaled(reference, Smoothed(1, 1.2, 4000)), 2);
}

TEST_F(HpccControl, WithSampleFeedbackTheHopsWithQueuesCount)
{
    config.Of<HpccConfig>().sampleFeedback = true;
    Restart(2);
    hops[0].Pass(20'000, 25'000);
    hops[1].Pass(20'000, 25'000);
    const double reference = Full();
    hops[0].Pass(20'000, 50'000); // busiest, but no queue left
    hops[1].Pass(20'000, 30'000, 100);
    EXPECT_NEAR(Fast(), Scaled(reference, 1.2), 2);
}

TEST_F(HpccControl, MultiRateKeepsARatePerHop)
{
    config.Of<HpccConfig>().multiRate = true;
    config.Of<HpccConfig>().miThreshold = 1;
    Restart(2);
    hops[0].Pass(5000, 12'500);   // u = 2
    hops[1].Pass(20'000, 27'500); // u = 1.1
    double smoothed = Smoothed(1, 2, 5000);
    double first = Scaled(10e9, smoothed);
    double second = Scaled(10e9, 1.1);
    ASSERT_LT(first, second);
    EXPECT_NEAR(Full(), first, 2) << "the smaller of both";
    hops[0].Pass(20'000, 12'500); // u = 0.5: one additive step
    hops[1].Pass(20'000, 75'000); // u = 3
    first += AI;
    second = Scaled(second, 3);
    ASSERT_LT(second, first);
    EXPECT_NEAR(Full(), second, 3);
    hops[0].Pass(20'000, 62'500); // u = 2.5
    hops[1].Pass(20'000, 12'500); // one step
    const double fast = Scaled(first, 2.5);
    ASSERT_LT(fast, second + AI);
    EXPECT_NEAR(Fast(), fast, 3);
    hops[0].Pass(20'000, 12'500); // the step was made: multiplicative, from the stored rate
    hops[1].Pass(20'000, 12'500);
    second += AI;
    ASSERT_LT(second, Scaled(first, 0.5));
    EXPECT_NEAR(Full(), second, 3) << "the fast ACK stored nothing";
}

TEST_F(HpccControl, MultiRateCountsTheStoredRateOfAHopThatIsLeftOut)
{
    config.Of<HpccConfig>().multiRate = true;
    config.Of<HpccConfig>().sampleFeedback = true;
    Restart(2);
    hops[0].Pass(20'000, 50'000); // u = 2
    hops[1].Pass(20'000, 25'000); // u = 1
    const double first = Scaled(10e9, 2);
    EXPECT_NEAR(Full(), first, 2);
    hops[0].Pass(20'000, 50'000);
    hops[1].Pass(20'000, 25'000, 100); // its own rate would be far above
    EXPECT_NEAR(Fast(), first, 2);
    const uint32_t changes = sender.changes;
    hops[0].Pass(20'000, 50'000);
    hops[1].Pass(20'000, 25'000);
    Fast();
    EXPECT_EQ(sender.changes, changes) << "both are left out";
    hops[0].Pass(2000, 7500, 10);
    hops[1].Pass(2000, 2500, 0);
    // since the record that counted: 42 us, 107,500 B and no queue before
    EXPECT_NEAR(Fast(), Scaled(first, 107'500 / (1.25 * 42'000)), 3);
}

TEST_F(HpccControl, MultiRateIsAtMostTheCap)
{
    config.Of<HpccConfig>().multiRate = true;
    Restart(2);
    hops[0].Pass(20'000, 2500);
    hops[1].Pass(20'000, 2500);
    EXPECT_EQ(Full(), 10e9);
}

TEST_F(HpccControl, CountersOfThePublishedSimulatorWrap)
{
    // 24 bits of ns, 20 of 128 bytes, queues in 80 bytes; all but the time times hpccIntMulti
    config.mode = EngineMode::HPCC;
    for (const uint32_t multi : {1U, 5U})
    {
        config.Of<HpccConfig>().intMulti = multi;
        control = ControlOf(config, 10 * GBIT);
        sender = ScriptedSender();
        sender.nextToSend = 1000;
        hops[0].record.time = (1U << 24) - 1000;
        hops[0].record.txBytes = (1U << 20) - 30 / multi;
        hops[0].record.queueBytes = 40 / multi;
        Tell(1000);
        // 4 us and 40 units of 128 B later, both beyond zero: 5120 B of 5000, and 20 units of 80 B in the queue
        hops[0].record.time = 3000;
        hops[0].record.txBytes = 10 / multi;
        hops[0].record.queueBytes = 20 / multi;
        sender.nextToSend = 9000;
        Tell(2000);
        EXPECT_NEAR(static_cast<double>(sender.rate), Scaled(10e9, Smoothed(1, 5120.0 / 5000 + 1600 / W0, 4000)), 2)
            << multi;
    }
}

TEST(NextHpccRate, AtEtaItselfTheStepIsMultiplicative)
{
    HpccConfig config;
    config.eta = 0.5;
    config.miThreshold = 5;
    config.aiBps = 1000;
    const ScriptedSender sender;
    const HpccReference at = NextHpccRate(config, GBIT / 10, sender, {GBIT, 3}, 0.5);
    EXPECT_EQ(at.rate, GBIT + 1000);
    EXPECT_EQ(at.increases, 0U);
    const HpccReference below = NextHpccRate(config, GBIT / 10, sender, {GBIT, 3}, 0.499);
    EXPECT_EQ(below.rate, GBIT + 1000);
    EXPECT_EQ(below.increases, 4U);
    const HpccReference after = NextHpccRate(config, GBIT / 10, sender, {GBIT, 5}, 0.25);
    EXPECT_EQ(after.rate, 2 * GBIT + 1000);
    EXPECT_EQ(after.increases, 0U);
}

TEST(NextHpccRate, AUtilisationNearZeroGivesTheCap)
{
    // GBIT / (1e-10 / 1) = 1e19 is above 2^63; the cap takes its place before it would no longer be a number
    HpccConfig config;
    config.eta = 1;
    config.aiBps = 1000;
    const ScriptedSender sender;
    for (const double utilisation : {1e-10, 1e-12, 1e-300, 0.0})
    {
        EXPECT_EQ(NextHpccRate(config, GBIT / 10, sender, {GBIT, 0}, utilisation).rate, sender.cap) << utilisation;
    }
}

TEST(NextHpccRate, HpccModeTakesWhatTheCpuMakesOfAQuotient)
{
    // GBIT / 1e-10 = 1e19 fits into 64 bits, GBIT / 1e-11 does not and gives 0, GBIT / NaN 2^63
    HpccConfig config;
    config.eta = 1;
    config.aiBps = 1000;
    const ScriptedSender sender;
    const auto rate = [&](double utilisation) {
        return NextHpccRate(config, GBIT / 10, sender, {GBIT, 0}, utilisation, true).rate;
    };
    EXPECT_EQ(rate(1e-10), sender.cap);
    EXPECT_EQ(rate(1e-11), GBIT / 10);
    EXPECT_EQ(rate(0), GBIT / 10);
    EXPECT_EQ(rate(std::nan("")), sender.cap);
}

TEST(ScaleRate, TruncatesAndIsZeroBeyond64Bits)
{
    EXPECT_EQ(ScaleRate(1'000'000'001, 0.5), 500'000'000U);
    EXPECT_EQ(ScaleRate(uint64_t{1} << 62, 2), uint64_t{1} << 63);
    EXPECT_EQ(ScaleRate(uint64_t{1} << 62, 4), 0U);
    EXPECT_EQ(ScaleRate(uint64_t{1} << 62, 8), 0U);
}

TEST_F(HpccControl, ItsStateGoesOnInAnother)
{
    hops[0].Pass(5000, 12'500); // use 2 over half a base RTT: U = 0.5 * 1 + 0.5 * 2
    const double reference = Full();
    ASSERT_LT(reference, 1e10);
    const std::unique_ptr<CongestionControl> first = std::move(control);
    control = ControlOf(config, 10 * GBIT);
    control->Resume(sender, first->State());
    hops[0].Pass(100'000, 1000); // the gap says nothing
    EXPECT_EQ(Full(), reference);
    hops[0].Pass(5000, 12'500);
    EXPECT_NEAR(Full(), Scaled(reference, Smoothed(1.5, 2, 5000)), 1);
}

TEST_F(HpccControl, WithoutAStateARateIsOneThatHolds)
{
    control = ControlOf(config, 10 * GBIT);
    sender.rate = 4 * GBIT;
    control->Resume(sender, {});
    EXPECT_EQ(Full(), 4e9);
    hops[0].Pass(10'000, static_cast<uint64_t>(W0 * ETA)); // the link runs at eta
    EXPECT_NEAR(Full(), 4e9 + AI, 1e6);
}
