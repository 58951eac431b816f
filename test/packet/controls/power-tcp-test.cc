// SPDX-License-Identifier: GPL-2.0-only
// PowerTCP and theta-PowerTCP: by a scripted sender, then what they do to a queue. Addanki et al., NSDI 2022, section
// 3.3, algorithm 1, per ACK, with telemetry of each port: current = dq/dt + tx rate, voltage = q + b T, base power
// b^2 T (b the port's rate, T the base RTT); the largest current x voltage / base power of the path is smoothed over T:
//   power = (power (T - dt) + new dt) / T,  w = gamma (w_old / power + beta) + (1 - gamma) w,  rate = w / T
// w_old is the window when the acknowledged data was sent, beta = b_NIC T / N, here 12,500 / 10 = 1250 B; gamma = 0.9.
// Section 3.5, algorithm 2, without telemetry: new = (1 + dRTT/dt) RTT / T, and w moves once per RTT.
#include "ns3/m3-input-error.h"
#include "ns3/m3-power-tcp.h"
#include "packet/controls/control-runs.h"
#include "packet/controls/scripted-sender.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

class PowerSender : public testing::Test
{
  protected:
    static constexpr double FULL = 12'500; //!< bytes at the cap
    static constexpr double BETA_BYTES = 1250;

    void Use(const std::string& name)
    {
        config.congestionControl = ParseCongestionControl(name);
        config.minRateBps = GBIT / 100;
        control = ControlOf(config, 10 * GBIT);
    }

    /// An ACK with the telemetry of a path.
    void Acknowledge(uint64_t seq, const std::vector<TelemetryRecord>& hops)
    {
        control->OnAck(sender, {seq, false, 0, hops.data(), static_cast<uint32_t>(hops.size())});
    }

    double Window() const
    {
        return static_cast<double>(sender.rate) / 1e10 * FULL;
    }

    RdmaConfig config;
    ScriptedSender sender;
    std::unique_ptr<CongestionControl> control;
};

/// What a port of 10 Gb/s writes.
TelemetryRecord PortRecord(uint64_t timeNs, uint64_t txBytes, uint32_t queueBytes, LinkId link = 0)
{
    return {timeNs, txBytes, 10 * GBIT, queueBytes, link};
}

/// The equation of the window.
double PowerWindowAfter(double window, double old, double power)
{
    return std::min(12'500.0, 0.9 * (old / power + 1250) + 0.1 * window);
}

} // namespace

TEST_F(PowerSender, PowerTcpDividesTheOldWindowByThePower)
{
    Use("powertcp");
    sender.nextToSend = 10'000;
    Acknowledge(1000, {PortRecord(0, 0, 0)});
    EXPECT_EQ(sender.changes, 0U) << "nothing to compare with";
    // 2000 ns later: 2500 B sent, the rate; the queue grew by as much: current 2 b, voltage 15,000 B = 1.2 b T
    Acknowledge(2000, {PortRecord(2000, 2500, 2500)});
    double power = 0.8 + 0.2 * 2 * 1.2;
    double window = PowerWindowAfter(FULL, FULL, power);
    EXPECT_NEAR(window, 11'164.06, 0.01);
    EXPECT_NEAR(Window(), window, 0.01);
    EXPECT_TRUE(sender.movedNextSend);
    // 1000 ns: 1250 B sent, and the queue fell by 500 B: 750 / 1250 of the rate came in; 2000 B: 1.16 b T
    Acknowledge(3000, {PortRecord(3000, 3750, 2000)});
    power = 0.9 * power + 0.1 * 0.6 * 1.16;
    window = PowerWindowAfter(window, FULL, power); // the data was sent with the full window
    EXPECT_NEAR(Window(), window, 0.01);
    // the ACK of 10,001 ends the RTT: from the next one on, the old window is the one of now
    sender.nextToSend = 20'000;
    Acknowledge(10'001, {PortRecord(4000, 5000, 2000)});
    power = 0.9 * power + 0.1 * 1.16;
    const double old = PowerWindowAfter(window, FULL, power);
    Acknowledge(11'000, {PortRecord(5000, 6250, 2000)});
    power = 0.9 * power + 0.1 * 1.16;
    EXPECT_NEAR(Window(), PowerWindowAfter(old, old, power), 0.01);
}

TEST_F(PowerSender, PowerTcpGoesByThePortWithTheLargestPower)
{
    Use("powertcp");
    sender.nextToSend = 10'000;
    Acknowledge(1000, {PortRecord(0, 0, 0, 4), PortRecord(100, 0, 0, 6)});
    // the first port: half the rate without queue, 0.5; the second: the rate with 12,500 B, 2
    Acknowledge(2000, {PortRecord(2000, 1250, 0, 4), PortRecord(2100, 2500, 12'500, 6)});
    const double grown = (2500. + 12'500) / 2500 * 2; // its queue came within the 2000 ns
    EXPECT_NEAR(Window(), PowerWindowAfter(FULL, FULL, 0.8 + 0.2 * grown), 0.01);
    const double window = Window();
    // another port in place of the second: it counts once it can be compared
    Acknowledge(3000, {PortRecord(3000, 2500, 0, 4), PortRecord(5, 9, 90'000, 8)});
    const double power = 0.9 * (0.8 + 0.2 * grown) + 0.1; // of the first: the rate, without queue
    EXPECT_NEAR(Window(), PowerWindowAfter(window, FULL, power), 0.01);
}

TEST_F(PowerSender, PowerTcpFillsAnIdlePathAtOnce)
{
    Use("powertcp");
    sender.rate = GBIT; // 1250 B
    sender.nextToSend = 10'000;
    Acknowledge(1000, {PortRecord(0, 0, 0)});
    Acknowledge(2000, {PortRecord(20'000, 2500, 0)}); // a tenth of the rate, over more than T
    EXPECT_NEAR(Window(), 0.9 * (1250 / 0.1 + BETA_BYTES) + 0.1 * 1250, 0.01);
    EXPECT_EQ(sender.rate, 10 * GBIT);
}

TEST_F(PowerSender, ThetaPowerTcpGoesByRttsOncePerRtt)
{
    Use("theta-powertcp");
    sender.nextToSend = 10'000;
    control->OnAck(sender, AckOf(1000, false, 10'000));
    sender.nowNs = 1000;
    control->OnAck(sender, AckOf(2000, false, 10'500)); // 1.5 x 1.05, over 1000 of 10,500 ns
    double power = (9500 + 1000 * 1.5 * 1.05) / 10'500;
    EXPECT_EQ(sender.changes, 0U) << "once per RTT";
    sender.nowNs = 3000;
    sender.nextToSend = 20'000;
    control->OnAck(sender, AckOf(10'001, false, 12'500)); // 2 x 1.25, over 2000 of 12,500 ns
    power = (power * 10'500 + 2000 * 2 * 1.25) / 12'500;
    const double window = PowerWindowAfter(FULL, FULL, power);
    EXPECT_LT(window, 0.95 * FULL);
    EXPECT_NEAR(Window(), window, 0.01);
    sender.nowNs = 23'000;
    control->OnAck(sender, AckOf(20'001, false, 12'500)); // unchanged, over a whole RTT: 1.25
    EXPECT_NEAR(Window(), PowerWindowAfter(window, window, 1.25), 0.01);
}

TEST_F(PowerSender, TheirStateGoesOnInAnother)
{
    Use("theta-powertcp");
    sender.nextToSend = 10'000;
    control->OnAck(sender, AckOf(1000, false, 10'000));
    sender.nowNs = 20'000;
    control->OnAck(sender, AckOf(10'001, false, 20'000)); // 1.5 x 2
    const double window = PowerWindowAfter(FULL, FULL, 3);
    EXPECT_NEAR(Window(), window, 0.01);
    const std::unique_ptr<CongestionControl> first = std::move(control);
    control = ControlOf(config, 10 * GBIT);
    control->Resume(sender, first->State());
    control->OnAck(sender, AckOf(10'500, false, 20'000));
    sender.nowNs = 22'000;
    sender.nextToSend = 20'000;
    control->OnAck(sender, AckOf(10'501, false, 20'000)); // 2 over a tenth of the RTT
    EXPECT_NEAR(Window(), PowerWindowAfter(window, window, 0.9 * 3 + 0.1 * 2), 0.01);
}

TEST_F(PowerSender, WithoutAStateTheyGoOnAtTheirRate)
{
    Use("powertcp");
    sender.rate = 4 * GBIT; // 5000 B
    sender.nextToSend = 500'000;
    control->Resume(sender, {});
    Acknowledge(501'000, {PortRecord(0, 0, 0)});
    Acknowledge(502'000, {PortRecord(10'000, 12'500, 0)}); // power 1
    EXPECT_NEAR(Window(), 5000 + 0.9 * BETA_BYTES, 0.01);
}

TEST_F(PowerSender, TheyRunInStandardModeOnly)
{
    const FabricGraph fabric = Star(2, 10 * GBIT);
    for (const char* name : {"powertcp", "theta-powertcp"})
    {
        Use(name);
        config.mode = EngineMode::HPCC;
        EXPECT_THROW(RunPacketSimulation(fabric, config, {{0, 1, 1000, 0}}), InputError) << name;
    }
}

TEST(PowerTcp, TwoFlowsShareALink)
{
    const FlowList flows{{1, 0, 40'000'000, 0}, {2, 0, 40'000'000, 2000 * WATCH_MICROSECOND}};
    for (const char* name : {"powertcp", "theta-powertcp"})
    {
        const PortWatch watch = RunToHost0(name, flows, 2500 * WATCH_MICROSECOND, 3500 * WATCH_MICROSECOND);
        EXPECT_GT(watch.Fairness(2), 0.995) << name;
        EXPECT_GT(watch.Utilisation(WATCHED_RATE), 0.99) << name;
    }
}

TEST(PowerTcp, TheQueueOfAnIncastIsThatOfTheAdditiveIncreases)
{
    // section 3.3: in equilibrium the queue is the sum of all beta; of 16 flows with N = 10, 1.6 b T. T is 9.8 us
    // without and 9.9 us with telemetry: 19.6 and 19.8 KB. Beside it stand at most two packets, as windows are whole
    // ones.
    for (const char* name : {"powertcp", "theta-powertcp"})
    {
        for (const uint32_t count : {4U, 16U})
        {
            PortWatch watch =
                RunToHost0(name, FlowsToHost0(count, 4'000'000, 0), 1000 * WATCH_MICROSECOND, 2000 * WATCH_MICROSECOND);
            const double expected = count / 10. * 9.85 * BYTES_OF_MICROSECOND;
            EXPECT_NEAR(watch.MeanQueueBytes(), expected + 1500, 1600) << name << ' ' << count;
            EXPECT_GT(watch.Fairness(count), 0.99) << name << ' ' << count;
            EXPECT_GT(watch.Utilisation(WATCHED_RATE), 0.99) << name << ' ' << count;
        }
    }
}

TEST(PowerTcp, ALongFlowRecoversAfterABurst)
{
    // 8 hosts send 20 KB each; PowerTCP's flow has the link again as soon as they have ended, by the queue that falls
    FlowList flows = FlowsToHost0(9, 20'000, 2000 * WATCH_MICROSECOND);
    flows[0] = {1, 0, 40'000'000, 0};
    for (const auto& [name, recoveryUs] : {std::pair{"powertcp", 200}, std::pair{"theta-powertcp", 300}})
    {
        PortWatch burst = RunToHost0(name, flows, 2000 * WATCH_MICROSECOND, 2050 * WATCH_MICROSECOND);
        EXPECT_LT(burst.bytesOf[0] / 62'500, 0.3) << name;
        const int64_t from = (2000 + recoveryUs) * WATCH_MICROSECOND;
        PortWatch after = RunToHost0(name, flows, from, from + 100 * WATCH_MICROSECOND);
        EXPECT_GT(after.bytesOf[0] / 125'000, 0.97) << name;
        EXPECT_LT(after.MeanQueueBytes(), 2000) << name;
    }
}
