// SPDX-License-Identifier: GPL-2.0-only
// What controls hear of losses and timeouts.
#include "ns3/m3-congestion-control.h"
#include "ns3/m3-packet-simulation.h"
#include "packet/engine/star.h"

#include <gtest/gtest.h>

#include <memory>

using namespace ns3::m3;

namespace
{

/// What all listeners of a run have heard.
struct Heard
{
    uint32_t losses = 0;
    uint32_t timeouts = 0;
    uint32_t lossesAtAnswer = 0; //!< losses before the last answer
};

Heard heard;

/// Keeps its rate, and listens.
class Listener : public CongestionControl
{
  public:
    void OnAck(SenderControl& /*sender*/, const AckInfo& /*ack*/) override
    {
        heard.lossesAtAnswer = heard.losses;
    }

    void OnLoss(SenderControl& sender) override
    {
        EXPECT_GT(sender.NowNs(), 0);
        heard.losses++;
    }

    void OnTimeout(SenderControl& /*sender*/) override
    {
        heard.timeouts++;
    }
};

/// Runs a flow of 2 MB from host 0 with a listener. \return what it has heard
Heard Listen(const FabricGraph& fabric,
             NodeId to,
             RdmaConfig config,
             PacketResult& result,
             PacketRunOptions options = {})
{
    static const CongestionControlType type = RegisterCongestionControl(
        "listener",
        [](const RdmaConfig& /*config*/, uint64_t /*lineRate*/) { return std::make_unique<Listener>(); });
    heard = {};
    config.congestionControl = type;
    result = RunPacketSimulation(fabric, config, {{0, to, 2'000'000, 0}}, options);
    EXPECT_EQ(result.completionOrder.size(), 1U);
    return heard;
}

} // namespace

TEST(Losses, AControlHearsOfEachBeforeTheAnswerThatTells)
{
    // one packet in a thousand is lost; the flow has 2000
    const FabricGraph fabric = Star(2, 10 * GBIT, 1000, 1e-3);
    for (const RecoveryType recovery : {RecoveryType::GO_BACK_N, RecoveryType::SELECTIVE_REPEAT})
    {
        RdmaConfig config;
        config.recovery = recovery;
        PacketResult result;
        const Heard all = Listen(fabric, 1, config, result);
        EXPECT_GT(all.losses, 0U);
        EXPECT_LE(all.losses, result.retransmissions);
        EXPECT_EQ(all.losses, all.lossesAtAnswer);
    }
}

TEST(Losses, APacketThatOvertakesOthersIsNone)
{
    FabricGraph fabric = Star(2, 10 * GBIT);
    const NodeId other = fabric.AddNode(NodeKind::SWITCH);
    const NodeId far = fabric.AddNode(NodeKind::HOST);
    const NodeId last = fabric.AddNode(NodeKind::SWITCH);
    const NodeId hub = 2;
    const NodeId slow = fabric.AddNode(NodeKind::SWITCH);
    fabric.AddLink(hub, other, 10 * GBIT, 1000);
    fabric.AddLink(hub, slow, 10 * GBIT, 2000);
    fabric.AddLink(other, last, 10 * GBIT, 1000);
    fabric.AddLink(slow, last, 10 * GBIT, 2000);
    fabric.AddLink(last, far, 10 * GBIT, 1000);
    RdmaConfig config;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    config.loadBalancing = LoadBalancingType::SPRAY;
    config.windowBytes = 100'000; // half of it, 50 packets, is what may overtake
    PacketResult result;
    const Heard all = Listen(fabric, far, config, result);
    EXPECT_EQ(result.retransmissions, 0U);
    EXPECT_EQ(all.losses, 0U);
    EXPECT_EQ(all.timeouts, 0U);
}

TEST(Losses, AControlHearsOfTimeouts)
{
    // the receiver's link is down from 0.1 to 5 ms: timeouts follow after 1, 2 and 4 ms
    PacketRunOptions options;
    options.linkChanges = {{100'000, 2, false}, {5'000'000, 2, true}};
    PacketResult result;
    const Heard all = Listen(Star(2, 10 * GBIT), 1, {}, result, options);
    EXPECT_GE(all.timeouts, 2U);
    EXPECT_LE(all.timeouts, 3U);
}
