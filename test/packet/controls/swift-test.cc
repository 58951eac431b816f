// SPDX-License-Identifier: GPL-2.0-only
// Swift: by a scripted sender, then what it does to a queue. Kumar et al., SIGCOMM 2020, algorithm 1, per ACK:
//   delay < target: w + ai acked / w for w >= 1, w + ai acked below
//   else, where the last decrease is at least an RTT ago: w max(1 - beta (delay - target) / delay, 1 - max_mdf)
//   loss, the same: w (1 - max_mdf)
// Target, section 3.5: base + max(0, min(a / sqrt(w) + b, fs_range)), where a = fs_range / (1 / sqrt(fs_min) - 1 /
// sqrt(fs_max)) and b = -a / sqrt(fs_max). With fs_range = 20 us, fs_min = 0.1 and fs_max = 100:
//   a = 20,000 / (3.162278 - 0.1) = 6531.085 ns, b = -653.108 ns.
// Windows are in packets of 1000 B; the sender's window of 12,500 B at 10 Gb/s makes 12.5 of them, at any rate its
// share.
#include "ns3/m3-input-error.h"
#include "ns3/m3-swift.h"
#include "packet/controls/control-runs.h"
#include "packet/controls/scripted-sender.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

class SwiftSender : public testing::Test
{
  protected:
    static constexpr double FULL = 12.5; //!< packets at the cap

    SwiftSender()
    {
        config.congestionControl = ParseCongestionControl("swift");
        config.minRateBps = GBIT / 100;
        Renew(10 * GBIT);
    }

    /// A flow that starts, and whose rate is set.
    void Renew(uint64_t rate)
    {
        control = ControlOf(config, 10 * GBIT);
        sender.rate = rate;
        m_seq = 0;
    }

    /// An ACK of some bytes more.
    void Acknowledge(uint64_t bytes, int64_t rttNs, int64_t afterNs = 1000)
    {
        m_seq += bytes;
        sender.nowNs += afterNs;
        sender.nextToSend = m_seq + 10'000;
        control->OnAck(sender, AckOf(m_seq, false, rttNs));
    }

    /// The sender's window, packets.
    double Window() const
    {
        return static_cast<double>(sender.rate) / 1e10 * FULL;
    }

    RdmaConfig config;
    ScriptedSender sender;
    std::unique_ptr<CongestionControl> control;

  private:
    uint64_t m_seq = 0;
};

/// Target beyond the base RTT with a window, ns.
double SwiftTargetOf(double window)
{
    return 10'000 + 6531.085 / std::sqrt(window) - 653.108;
}

} // namespace

TEST_F(SwiftSender, BelowTheTargetTheWindowGrowsByOnePacketInAnRtt)
{
    sender.rate = 5 * GBIT; // 6.25 packets
    Acknowledge(1000, 15'000);
    EXPECT_NEAR(Window(), 6.25 + 1 / 6.25, 1e-6);
    EXPECT_TRUE(sender.movedNextSend);
    const double before = Window();
    Acknowledge(2500, 15'000);
    EXPECT_NEAR(Window(), before + 2.5 / before, 1e-6);
    for (int i = 0; i < 100; i++)
    {
        Acknowledge(1000, 15'000);
    }
    EXPECT_EQ(sender.rate, 10 * GBIT) << "no more than the sender may have";
}

TEST_F(SwiftSender, AboveTheTargetItFallsByHowFarItIsAboveOncePerRtt)
{
    const double target = 10'000 + SwiftTargetOf(FULL);
    EXPECT_NEAR(target, 21'194, 1);
    Acknowledge(1000, 30'000); // 1 - 0.8 (30,000 - 21,194) / 30,000 = 0.7652
    const double first = FULL * (1 - 0.8 * (30'000 - target) / 30'000);
    EXPECT_NEAR(Window(), first, 1e-4);
    Acknowledge(1000, 30'000, 29'999);
    EXPECT_NEAR(Window(), first, 1e-4) << "the last decrease is no RTT ago";
    Acknowledge(1000, 30'000, 1);
    const double next = 10'000 + SwiftTargetOf(first);
    EXPECT_NEAR(Window(), first * (1 - 0.8 * (30'000 - next) / 30'000), 1e-4);
    const double before = Window();
    Acknowledge(1000, 300'000, 300'000); // 1 - 0.8 x 0.93 would be less than half
    EXPECT_NEAR(Window(), before / 2, 1e-4);
}

TEST_F(SwiftSender, TheTargetIsHigherWithASmallWindow)
{
    // 4 packets: 10 + 10 + 3.266 - 0.653 = 22.61 us; 12.5 packets: 21.19 us
    for (const auto& [window, rttNs] : {std::pair{4.0, 22'600}, std::pair{4.0, 22'620}})
    {
        Renew(static_cast<uint64_t>(1e10 * window / FULL));
        const double before = Window();
        Acknowledge(1000, rttNs);
        EXPECT_EQ(Window() > before, rttNs < 22'612) << rttNs;
    }
    // from 0.1 packets on no more: 40 us
    config.minRateBps = 1'000'000;
    for (const int64_t rttNs : {39'990, 40'010})
    {
        Renew(static_cast<uint64_t>(1e10 * 0.05 / FULL));
        Acknowledge(100, rttNs, 100'000);
        const double window = 0.05 + 0.1; // where it grows: by 0.1 packets, not divided by the window
        const double fallen = 0.05 * (1 - 0.8 * 10.0 / 40'010);
        EXPECT_NEAR(static_cast<double>(sender.rate),
                    1e10 / FULL * (rttNs < 40'000 ? window : fallen) * 10'000 / static_cast<double>(rttNs),
                    100);
    }
}

TEST_F(SwiftSender, BelowOnePacketTheGapIsTheRttOverTheWindow)
{
    // section 3.1: 0.6 packets are one of 1000 B each 20 us / 0.6 = 33.3 us, 0.24 Gb/s
    sender.rate = static_cast<uint64_t>(1e10 * 0.5 / FULL);
    Acknowledge(100, 20'000);
    EXPECT_NEAR(static_cast<double>(sender.rate), 0.24e9, 10);
}

TEST_F(SwiftSender, ALossHalvesTheWindowOncePerRtt)
{
    Acknowledge(1000, 15'000);
    sender.nowNs += 100'000;
    Acknowledge(0, 15'000); // a NACK, or an ACK of what had been acknowledged
    EXPECT_NEAR(Window(), FULL / 2, 1e-6);
    Acknowledge(0, 15'000);
    EXPECT_NEAR(Window(), FULL / 2, 1e-6);
    Acknowledge(0, 15'000, 14'000);
    EXPECT_NEAR(Window(), FULL / 4, 1e-6);
}

TEST_F(SwiftSender, ItsStateGoesOnInAnother)
{
    Acknowledge(1000, 30'000);
    const std::unique_ptr<CongestionControl> first = std::move(control);
    control = ControlOf(config, 10 * GBIT);
    control->Resume(sender, first->State());
    const double window = Window();
    Acknowledge(1000, 30'000, 20'000);
    EXPECT_NEAR(Window(), window, 1e-4) << "the last decrease is no RTT ago";
    Acknowledge(2000, 15'000);
    EXPECT_NEAR(Window(), window + 2 / window, 1e-4);
}

TEST_F(SwiftSender, WithoutAStateItGoesOnAtItsRate)
{
    sender.rate = 4 * GBIT; // 5 packets
    sender.nextToSend = 500'000;
    control->Resume(sender, {});
    sender.nextToSend += 10'000;
    control->OnAck(sender, AckOf(501'000, false, 15'000));
    EXPECT_NEAR(Window(), 5 + 1.0 / 5, 1e-6) << "what was sent before is no ACK of this one";
}

TEST_F(SwiftSender, RunsInStandardModeOnly)
{
    config.mode = EngineMode::HPCC;
    const FabricGraph fabric = Star(2, 10 * GBIT);
    EXPECT_THROW(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}), InputError);
}

TEST(Swift, TwoFlowsShareALink)
{
    // one begins 2 ms after the other; half a millisecond later both have had the same
    const FlowList flows{{1, 0, 40'000'000, 0}, {2, 0, 40'000'000, 2000 * WATCH_MICROSECOND}};
    const PortWatch watch = RunToHost0("swift", flows, 2500 * WATCH_MICROSECOND, 3500 * WATCH_MICROSECOND);
    EXPECT_GT(watch.Fairness(2), 0.999);
    EXPECT_GT(watch.Utilisation(WATCHED_RATE), 0.99);
}

TEST(Swift, TheQueueOfAnIncastStaysNearTheTarget)
{
    // target beyond the base RTT: 10 us and what small windows add. With 16 flows these are w = (9.8 + q) us of the
    // link / 16; w = 2.1 packets and q = 10 + 6.53 / sqrt(2.1) - 0.65 = 13.9 us go together. Windows are whole packets,
    // which is why the queue may be a few longer.
    for (const auto& [count, targetUs] : {std::pair{4U, 11.9}, std::pair{16U, 13.9}})
    {
        const FlowList flows = FlowsToHost0(count, 4'000'000, 0);
        PortWatch watch = RunToHost0("swift", flows, 1000 * WATCH_MICROSECOND, 2000 * WATCH_MICROSECOND);
        EXPECT_GT(watch.MeanQueueBytes() / BYTES_OF_MICROSECOND, 0.8 * targetUs) << count;
        EXPECT_LT(watch.MeanQueueBytes() / BYTES_OF_MICROSECOND, 1.4 * targetUs) << count;
        EXPECT_GT(watch.Fairness(count), 0.99) << count;
        EXPECT_GT(watch.Utilisation(WATCHED_RATE), 0.99) << count;
    }
}

TEST(Swift, ALongFlowRecoversAfterABurst)
{
    // 8 hosts send 20 KB each, which takes the link 135 us; 100 us later the long flow has all of it again
    FlowList flows = FlowsToHost0(9, 20'000, 2000 * WATCH_MICROSECOND);
    flows[0] = {1, 0, 40'000'000, 0};
    PortWatch burst = RunToHost0("swift", flows, 2000 * WATCH_MICROSECOND, 2050 * WATCH_MICROSECOND);
    EXPECT_LT(burst.bytesOf[0] / 62'500, 0.3);
    PortWatch after = RunToHost0("swift", flows, 2250 * WATCH_MICROSECOND, 2350 * WATCH_MICROSECOND);
    EXPECT_GT(after.bytesOf[0] / 125'000, 0.97);
    EXPECT_LT(after.MeanQueueBytes(), 2000);
}
