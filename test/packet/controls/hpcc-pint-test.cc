// SPDX-License-Identifier: GPL-2.0-only
// HPCC-PINT with a scripted sender. Ben Basat et al., SIGCOMM 2020, section 4.3: packets bring back the largest
// utilisation U on their path as a logarithm p, U = base^p / 512; a share of the ACKs is looked at; then
//   W = W_c / (U / eta) + W_AI  as in HPCC without its smoothing, which the switches have done.
#include "packet/controls/scripted-sender.h"

#include "ns3/m3-hpcc-pint.h"
#include "ns3/m3-hpcc.h"
#include "packet/controls/pint.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

class PintControl : public testing::Test
{
  protected:
    static constexpr double AI = 50e6;
    static constexpr double ETA = 0.95;
    static constexpr double BASE = 1.05;

    PintControl()
    {
        config.congestionControl = CongestionControlType::HPCC_PINT;
        config.minRateBps = GBIT / 10;
        config.Of<HpccConfig>().aiBps = static_cast<uint64_t>(AI);
        config.Of<HpccConfig>().eta = ETA;
        config.Of<PintConfig>().logBase = BASE;
        Restart();
    }

    void Restart()
    {
        control = ControlOf(config, 10 * GBIT);
        sender = ScriptedSender();
    }

    double Tell(uint64_t seq, uint64_t nextToSend, uint32_t logarithm)
    {
        const TelemetryRecord record{0, 0, 0, logarithm, 0};
        sender.nextToSend = nextToSend;
        control->OnAck(sender, {seq, false, 0, &record, 1});
        return static_cast<double>(sender.rate);
    }

    /// Rate for a logarithm.
    static double Rate(double reference, uint32_t logarithm)
    {
        return reference / (std::pow(BASE, logarithm) / 512 / ETA) + AI;
    }

    RdmaConfig config;
    ScriptedSender sender;
    std::unique_ptr<CongestionControl> control;
};

} // namespace

TEST_F(PintControl, FullAcksSetTheReferenceAndFastOnesStartFromIt)
{
    Tell(1000, 10'000, 140); // the first only notes what had been sent
    EXPECT_EQ(sender.changes, 0U);
    // 1.05^140 / 512 = 1.81
    EXPECT_NEAR(Tell(10'000, 19'000, 140), Rate(10e9, 140), 2) << "fast: 10,000 itself had been sent";
    EXPECT_NEAR(Tell(10'000, 19'000, 135), Rate(10e9, 135), 2) << "it stored nothing";
    EXPECT_TRUE(sender.movedNextSend);
    const double reference = Tell(10'001, 20'000, 145);
    EXPECT_NEAR(reference, Rate(10e9, 145), 2);
    EXPECT_NEAR(Tell(20'000, 29'000, 140), Rate(reference, 140), 2);
    EXPECT_NEAR(Tell(20'001, 15'000, 130), Rate(reference, 130), 2); // full; the rewind does not move the mark back
    const double second = static_cast<double>(sender.rate);
    EXPECT_NEAR(Tell(16'000, 29'000, 140), Rate(second, 140), 2);
    EXPECT_NEAR(Tell(16'000, 29'000, 140), Rate(second, 140), 2) << "fast";
}

TEST_F(PintControl, AdditiveStepsComeBeforeAMultiplicativeOne)
{
    config.Of<HpccConfig>().miThreshold = 1;
    Restart();
    Tell(1000, 10'000, 140);
    const double first = Tell(10'001, 20'000, 145);
    EXPECT_NEAR(first, Rate(10e9, 145), 2);
    EXPECT_NEAR(Tell(20'001, 30'000, 120), first + AI, 2); // 1.05^120 / 512 = 0.68: below eta
    EXPECT_NEAR(Tell(30'001, 40'000, 120), Rate(first + AI, 120), 3);
}

TEST_F(PintControl, NoStepWasMadeAtTheStart)
{
    config.Of<HpccConfig>().miThreshold = 1;
    Restart();
    sender.cap = 20 * GBIT; // above the NIC's rate, at which the reference starts
    Tell(1000, 10'000, 140);
    EXPECT_NEAR(Tell(10'001, 20'000, 120), 10e9 + AI, 2);
    EXPECT_NEAR(Tell(20'001, 30'000, 120), Rate(10e9 + AI, 120), 2);
}

TEST_F(PintControl, WithoutFastReactOnlyFullAcksCount)
{
    config.Of<HpccConfig>().fastReact = false;
    Restart();
    Tell(1000, 10'000, 140);
    Tell(10'000, 10'000, 150);
    EXPECT_EQ(sender.changes, 0U);
    EXPECT_NEAR(Tell(10'001, 20'000, 145), Rate(10e9, 145), 2);
}

TEST_F(PintControl, AShareOfTheAcksIsLookedAt)
{
    config.Of<PintConfig>().probability = 0.25;
    Restart();
    Tell(1000, 10'000, 140);
    sender.random = 0.25; // not below the share
    Tell(10'001, 20'000, 145);
    EXPECT_EQ(sender.changes, 0U);
    sender.random = 0.2499;
    Tell(10'001, 20'000, 145);
    EXPECT_EQ(sender.changes, 1U);
    config.Of<PintConfig>().probability = 1; // no number is drawn
    Restart();
    sender.random = 1;
    Tell(1000, 10'000, 140);
    Tell(10'001, 20'000, 145);
    EXPECT_EQ(sender.changes, 1U);
}

TEST_F(PintControl, AnAckWithoutTelemetryChangesNothing)
{
    Tell(1000, 10'000, 140);
    control->OnAck(sender, AckOf(10'001));
    EXPECT_EQ(sender.changes, 0U);
}

TEST(PintValues, AreLogarithmsOfUnitsOf512)
{
    // ceil(512 x 0.5) = 256 = 2^8; ceil(512 x 0.4) = 205 = 2^7.68: up to 8 with probability 0.68
    EXPECT_EQ(PintLogarithm(2, 0.5, 0.999), 8U);
    EXPECT_EQ(PintLogarithm(2, 0.4, 0.67), 8U);
    EXPECT_EQ(PintLogarithm(2, 0.4, 0.69), 7U);
    EXPECT_EQ(PintLogarithm(2, 0, 0.5), 0U) << "at least one unit";
    EXPECT_DOUBLE_EQ(PintUtilisation(2, 8), 0.5);
    EXPECT_DOUBLE_EQ(PintUtilisation(1.5, 2), 2.25 / 512);
}

TEST(PintValues, APortBeginsIdle)
{
    PintPort port;
    EXPECT_NEAR(port.Update(5000, 1000, 5000, 1.25, 10'000), 0.5 * 0.4, 1e-12) << "since time 0";
}

TEST(PintValues, APortSmoothsItsUtilisation)
{
    // 1.25 B/ns, base RTT 10 us: BDP 12,500 B. U = queue / BDP x dt / T + bytes before / BDP + U (T - dt) / T
    PintPort port;
    EXPECT_NEAR(port.Update(20'000, 1000, 5000, 1.25, 10'000), 5000 / 12'500.0, 1e-12) << "the first: dt = T";
    EXPECT_NEAR(port.Update(22'000, 500, 2500, 1.25, 10'000), 0.2 * 0.2 + 0.08 + 0.4 * 0.8, 1e-12);
    EXPECT_NEAR(port.Update(27'000, 100, 0, 1.25, 10'000), 0.04 + 0.44 * 0.5, 1e-12);
    EXPECT_NEAR(port.Update(90'000, 100, 12'500, 1.25, 10'000), 1 + 0.008, 1e-12) << "all before is forgotten";
}

TEST_F(PintControl, ItsStateGoesOnInAnother)
{
    Tell(1000, 10'000, 0); // the first ACK counts for nothing
    const double reference = Tell(11'000, 20'000, 130);
    ASSERT_LT(reference, 1e10);
    const std::unique_ptr<CongestionControl> first = std::move(control);
    control = ControlOf(config, 10 * GBIT);
    control->Resume(sender, first->State());
    Tell(21'000, 30'000, 130);
    EXPECT_NEAR(Tell(31'000, 40'000, 130), Rate(reference, 130), 1);
    control = ControlOf(config, 10 * GBIT);
    sender.rate = 2 * GBIT;
    control->Resume(sender, {});
    Tell(41'000, 50'000, 130);
    EXPECT_NEAR(Tell(51'000, 60'000, 130), Rate(2e9, 130), 1);
}
