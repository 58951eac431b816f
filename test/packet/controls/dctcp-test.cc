// SPDX-License-Identifier: GPL-2.0-only
// DCTCP with a scripted sender. Alizadeh et al., SIGCOMM 2010, section 3.1, on a rate in place of a window:
//   alpha <- (1 - g) alpha + g F   (1)  once per window of data, F the share of its packets that were marked
//   rate  <- rate (1 - alpha / 2)  (2)  at most once per window of data
// and a step up for each window without a cut. Alpha starts at 1. A window of data ends with the first ACK beyond what
// had been sent when it began; its packets are estimated as floor(bytes in flight / 1000) + 1.
#include "ns3/m3-dctcp.h"
#include "packet/controls/scripted-sender.h"

#include <gtest/gtest.h>

using namespace ns3::m3;

namespace
{

class DctcpControl : public testing::Test
{
  protected:
    static constexpr uint64_t STEP = 615'000'000;
    static constexpr double G = 1.0 / 16;

    DctcpControl()
    {
        config.congestionControl = CongestionControlType::DCTCP;
        config.minRateBps = GBIT;
        config.Of<DctcpConfig>().aiBps = STEP;
        control = ControlOf(config, 10 * GBIT);
        sender.rate = 5 * GBIT;
    }

    void Ack(uint64_t seq, uint64_t nextToSend, bool echo = false)
    {
        sender.nextToSend = nextToSend;
        control->OnAck(sender, AckOf(seq, echo));
    }

    RdmaConfig config;
    ScriptedSender sender;
    std::unique_ptr<CongestionControl> control;
};

} // namespace

TEST_F(DctcpControl, GainIsThatOfThePaper)
{
    EXPECT_EQ(RdmaConfig().Of<DctcpConfig>().gain, 1.0 / 16);
}

TEST_F(DctcpControl, AWindowWithoutMarksAddsOneStep)
{
    Ack(1000, 10'000); // the first window of data ends at 10,000
    EXPECT_EQ(sender.rate, 5 * GBIT + STEP);
    Ack(2000, 11'000);
    Ack(10'000, 19'000); // the last byte of that window, and no more
    EXPECT_EQ(sender.rate, 5 * GBIT + STEP);
    Ack(11'000, 20'000);
    EXPECT_EQ(sender.rate, 5 * GBIT + 2 * STEP);
    EXPECT_FALSE(sender.movedNextSend) << "a next sending time that is already computed stays";
    sender.rate = 10 * GBIT - STEP / 2;
    Ack(21'000, 30'000);
    EXPECT_EQ(sender.rate, 10 * GBIT) << "the cap";
}

TEST_F(DctcpControl, TheFirstMarkHalvesTheRateAndOneWindowIsCutOnce)
{
    Ack(1000, 10'000, true); // alpha 1: by (2) to a half; no step in a window with a cut
    EXPECT_EQ(sender.rate, 5 * GBIT / 2);
    Ack(2000, 11'000, true);
    Ack(10'000, 12'000, true);
    EXPECT_EQ(sender.rate, 5 * GBIT / 2) << "what was sent before the cut is not acknowledged yet";
    EXPECT_EQ(sender.changes, 1U);
    // beyond it: a new window, of which F = 3 marks of floor(10,000 / 1000) + 1 = 11 packets, this mark included in the
    // count: 4 of 11
    Ack(11'000, 14'000, true);
    const double alpha = (1 - G) * 1 + G * 4 / 11;
    EXPECT_EQ(sender.rate, Floor(2.5e9 * (1 - alpha / 2)));
    EXPECT_EQ(sender.changes, 2U);
}

TEST_F(DctcpControl, AlphaFollowsTheShareOfMarks)
{
    Ack(1000, 10'000);       // window of 11 packets, and a step
    Ack(2000, 12'000, true); // cut by a half, until 12,000 is acknowledged
    EXPECT_EQ(sender.rate, (5 * GBIT + STEP) / 2);
    Ack(3000, 13'000, true);
    Ack(10'000, 14'000);
    Ack(11'000, 15'000); // ends the window: F = 2 / 11. Still within the cut: no step
    double alpha = (1 - G) + G * 2 / 11;
    EXPECT_EQ(sender.rate, (5 * GBIT + STEP) / 2);
    // the next window is (15,000 - 11,000) / 1000 + 1 = 5 packets
    Ack(12'000, 15'000, true);
    EXPECT_EQ(sender.rate, (5 * GBIT + STEP) / 2) << "12,000 itself had been sent before the cut";
    Ack(13'000, 15'000, true);
    uint64_t rate = Floor(static_cast<double>((5 * GBIT + STEP) / 2) * (1 - alpha / 2));
    EXPECT_EQ(sender.rate, rate);
    Ack(16'000, 26'000); // F = 2 / 5; beyond the cut, which ended at 15,000: a step
    alpha = (1 - G) * alpha + G * 2 / 5;
    rate += STEP;
    EXPECT_EQ(sender.rate, rate);
    // 11 packets, all unmarked: F = 0
    Ack(27'000, 37'000);
    alpha *= 1 - G;
    rate += STEP;
    EXPECT_EQ(sender.rate, rate);
    Ack(28'000, 38'000, true);
    EXPECT_EQ(sender.rate, Floor(static_cast<double>(rate) * (1 - alpha / 2)));
}

TEST_F(DctcpControl, ManySmallWindowsWithoutMarksMakeCutsSmall)
{
    Ack(1000, 2000);
    uint64_t seq = 2000;
    for (int window = 0; window < 50; window++) // each ends by the ACK beyond what had been sent
    {
        Ack(seq + 1, seq + 1000);
        seq += 1000;
    }
    sender.rate = 8 * GBIT;
    Ack(seq, seq + 1000, true);
    EXPECT_NEAR(static_cast<double>(sender.rate), 8e9 * (1 - std::pow(1 - G, 50) / 2), 1);
}

TEST_F(DctcpControl, AShareIsAtMostOne)
{
    // two windows without marks, then more marks than the window has packets by the estimate: F = 1, no more
    Ack(1000, 2000);
    Ack(3000, 4000);
    Ack(5000, 5000); // the window after this one: 0 in flight, 1 packet
    double alpha = (1 - G) * (1 - G);
    sender.rate = 8 * GBIT;
    for (int i = 0; i < 3; i++)
    {
        Ack(5000, 6000, true); // the first cuts
    }
    EXPECT_EQ(sender.rate, Floor(8e9 * (1 - alpha / 2)));
    sender.rate = 8 * GBIT;
    Ack(6500, 9000, true); // ends the window and the cut
    alpha = (1 - G) * alpha + G * 1;
    EXPECT_EQ(sender.rate, Floor(8e9 * (1 - alpha / 2)));
}

TEST_F(DctcpControl, TheVeryFirstAckMayCut)
{
    Ack(0, 0, true); // the NACK of a flow whose first packet was lost
    EXPECT_EQ(sender.rate, 5 * GBIT / 2);
}

TEST_F(DctcpControl, TheRateStaysAboveTheMinimum)
{
    sender.rate = 15 * GBIT / 10;
    Ack(1000, 10'000, true);
    EXPECT_EQ(sender.rate, GBIT) << "half would be 0.75 Gb/s";
}

TEST_F(DctcpControl, ItsStateGoesOnInAnother)
{
    Ack(1000, 10'000);
    Ack(2000, 11'000, true);
    Ack(11'000, 20'000, true); // alpha is not 1 any more
    Ack(12'000, 21'000, true);
    const std::unique_ptr<CongestionControl> first = std::move(control);
    sender.rate = 10 * GBIT; // far above the lowest one
    const ScriptedSender before = sender;
    const auto rest = [&]
    {
        Ack(21'000, 30'000, true);
        Ack(31'000, 40'000, true);
        Ack(41'000, 50'000);
        return sender.rate;
    };
    control = ControlOf(config, 10 * GBIT);
    control->Resume(sender, first->State());
    const uint64_t resumed = rest();
    sender = before;
    control = ControlOf(config, 10 * GBIT);
    EXPECT_NE(rest(), resumed) << "one that starts has alpha 1";
    sender = before;
    control->Resume(sender, first->State());
    EXPECT_EQ(rest(), resumed) << "nothing of before is left";
}

TEST_F(DctcpControl, WithoutAStateARateIsOneThatHolds)
{
    // alpha / 2 * rate = step: a window with a cut and one without leave the rate where it was. By the end of the first
    // window alpha has moved by g towards 1 (its packet is marked): alpha = (1 - g) 2 step / rate + g.
    sender.nextToSend = 100'000;
    control->Resume(sender, {});
    Ack(101'000, 110'000, true);
    const double alpha = (1 - G) * 2 * static_cast<double>(STEP) / 5e9 + G;
    EXPECT_EQ(sender.rate, Floor(5e9 * (1 - alpha / 2)));
}
