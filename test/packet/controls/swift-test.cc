// SPDX-License-Identifier: GPL-2.0-only
// Swift: by a scripted sender, then what it does to a queue. Kumar et al., SIGCOMM 2020, algorithm 1, per ACK:
//   delay < target: w + ai acked / w for w >= 1, w + ai acked below
//   else, where the last decrease is at least an RTT ago: w max(1 - beta (delay - target) / delay, 1 - max_mdf)
//   loss or timeout, the same: w (1 - max_mdf); after several timeouts in succession the smallest window
// Target, section 3.5: base + max(0, min(a / sqrt(w) + b, fs_range)), where a = fs_range / (1 / sqrt(fs_min) - 1 /
// sqrt(fs_max)) and b = -a / sqrt(fs_max). With fs_range = 20 us, fs_min = 0.1 and fs_max = 100:
//   a = 20,000 / (3.162278 - 0.1) = 6531.085 ns, b = -653.108 ns.
// Windows are in packets of 1000 B; the sender's window of 12,500 B at 10 Gb/s makes 12.5 of them, at any rate its
// share. Of a window between one packet and that only whole packets are sent.
#include "ns3/m3-input-error.h"
#include "ns3/m3-swift.h"
#include "packet/controls/control-runs.h"
#include "packet/controls/scripted-sender.h"

#include <gtest/gtest.h>

#include <vector>

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

    /// The control's window, packets.
    double Window() const
    {
        return control->State()[0];
    }

    /// The sender's window, packets: it follows the rate.
    double SenderWindow() const
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
        Acknowledge(1000, rttNs);
        EXPECT_EQ(Window() > window, rttNs < 22'612) << rttNs;
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

TEST_F(SwiftSender, OfAWindowOnlyWholePacketsAreSent)
{
    sender.rate = static_cast<uint64_t>(1e10 * 1.9 / FULL);
    Acknowledge(0, 15'000); // acknowledges nothing, and the RTT is below the target
    EXPECT_NEAR(Window(), 1.9, 1e-6);
    EXPECT_NEAR(SenderWindow(), 1, 1e-6) << "two packets on their way would be more than the window";
    Acknowledge(1000, 15'000);
    EXPECT_NEAR(Window(), 1.9 + 1 / 1.9, 1e-6);
    EXPECT_NEAR(SenderWindow(), 2, 1e-6);
    for (int i = 0; i < 100; i++)
    {
        Acknowledge(1000, 15'000);
    }
    EXPECT_EQ(sender.rate, 10 * GBIT) << "the largest window is all of it, also where it is 12.5 packets";
}

TEST_F(SwiftSender, ALossHalvesTheWindowOncePerRtt)
{
    Acknowledge(1000, 15'000);
    sender.nowNs += 100'000;
    control->OnLoss(sender);
    EXPECT_NEAR(Window(), FULL / 2, 1e-6);
    EXPECT_NEAR(SenderWindow(), 6, 1e-6);
    control->OnLoss(sender);
    EXPECT_NEAR(Window(), FULL / 2, 1e-6) << "the last decrease is no RTT ago";
    sender.nowNs += 15'000;
    control->OnLoss(sender);
    EXPECT_NEAR(Window(), FULL / 4, 1e-6);
    sender.nowNs += 15'000;
    Acknowledge(0, 15'000); // a NACK of selective repeat, which says that packets have overtaken others
    EXPECT_NEAR(Window(), FULL / 4, 1e-6);
}

TEST_F(SwiftSender, ATimeoutHalvesTheWindowAndSeveralLeaveTheSmallest)
{
    config.minRateBps = 1'000'000;
    Renew(10 * GBIT);
    Acknowledge(1000, 15'000);
    for (int i = 1; i <= 4; i++)
    {
        sender.nowNs += 1'000'000;
        control->OnTimeout(sender);
        EXPECT_NEAR(Window(), FULL / std::pow(2, i), 1e-6);
    }
    sender.nowNs += 1'000'000;
    control->OnTimeout(sender);
    EXPECT_NEAR(Window(), 0.01, 1e-9);
    EXPECT_NEAR(SenderWindow(), 0.01 * 10'000 / 15'000, 1e-6) << "a packet each 100 RTTs of 15 us";
    Acknowledge(1000, 15'000); // 0.01 + 1
    sender.nowNs += 1'000'000;
    control->OnTimeout(sender);
    EXPECT_NEAR(Window(), 1.01 / 2, 1e-6) << "an answer begins the count of timeouts anew";
}

TEST_F(SwiftSender, ATimeoutBeforeTheFirstAnswerHalvesTheWindowOfItsRate)
{
    control->OnTimeout(sender);
    EXPECT_NEAR(Window(), FULL / 2, 1e-6);
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
        EXPECT_GT(watch.Fairness(count), 0.98) << count << ": one has 2 packets on their way, another 3";
        EXPECT_GT(watch.Utilisation(WATCHED_RATE), 0.99) << count;
    }
}

TEST(Swift, ManyFlowsWithLessThanAPacketEachStayEven)
{
    // 64 flows, of which 27 us of the link (base RTT, target, what small windows add) are 0.5 packets each: the gaps
    // between packets divide the link. If a window between 1 and 2 packets had two on their way, who is above one
    // packet would have twice what who is below has, and Jain's index 0.76 (0.82 over 4 ms).
    const FlowList flows = FlowsToHost0(64, 80'000'000, 0);
    PortWatch watch = RunToHost0("swift", flows, 2000 * WATCH_MICROSECOND, 6000 * WATCH_MICROSECOND);
    EXPECT_GT(watch.Fairness(64), 0.95);
    EXPECT_GT(watch.Utilisation(WATCHED_RATE), 0.99);
    EXPECT_LT(watch.MeanQueueBytes() / BYTES_OF_MICROSECOND, 1.5 * 18.3) << "10 us and 6.53 / sqrt(0.53) - 0.65 us";
}

TEST(Swift, PacketsThatOvertakeOthersAreNoLosses)
{
    // one flow over four paths of 10 Gb/s, of which packets overtake each other: it keeps its NIC busy
    FabricGraph fabric;
    const NodeId from = fabric.AddNode(NodeKind::HOST);
    const NodeId to = fabric.AddNode(NodeKind::HOST);
    const NodeId first = fabric.AddNode(NodeKind::SWITCH);
    const NodeId last = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(from, first, 10 * GBIT, 1000);
    fabric.AddLink(last, to, 10 * GBIT, 1000);
    for (int64_t i = 0; i < 4; i++)
    {
        const NodeId middle = fabric.AddNode(NodeKind::SWITCH);
        fabric.AddLink(first, middle, 10 * GBIT, 1000);
        fabric.AddLink(middle, last, 10 * GBIT, 1000 + 1000 * i);
    }
    RdmaConfig config;
    config.loadBalancing = LoadBalancingType::SPRAY;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    config.windowBytes = 40'000; // packets that overtake hold it up for 6 us
    std::vector<int64_t> fctNs;
    for (const char* control : {"none", "swift"})
    {
        config.congestionControl = ParseCongestionControl(control);
        const PacketResult result = RunPacketSimulation(fabric, config, {{from, to, 10'000'000, 0}});
        EXPECT_EQ(result.retransmissions, 0U) << control;
        fctNs.push_back(result.flows[0].receiverFctNs);
    }
    EXPECT_LT(static_cast<double>(fctNs[1]), 1.05 * static_cast<double>(fctNs[0]));
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
