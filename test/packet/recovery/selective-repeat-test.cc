// SPDX-License-Identifier: GPL-2.0-only
// What is sent again after a loss.
#include "packet/engine/star.h"

#include "core/random-stream.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-recovery.h"
#include "ns3/m3-selective-repeat.h"
#include "packet/recovery/packet-bitmap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

using namespace ns3::m3;

namespace
{

constexpr uint64_t STAR_RATE = 10 * GBIT;

std::unique_ptr<Recovery> MakeSelectiveRepeat(uint32_t reorderPackets = 0)
{
    RdmaConfig config;
    config.Of<SelectiveRepeatConfig>().reorderPackets = reorderPackets;
    return RecoveryOf(RecoveryType::SELECTIVE_REPEAT).make(config);
}

/// A sender and a receiver, packet by packet.
struct Pipe
{
    explicit Pipe(uint64_t size, uint32_t reorderPackets = 0)
        : recovery(MakeSelectiveRepeat(reorderPackets))
    {
        transfer.size = size;
    }

    /// Sends the next packet. \return its first byte
    uint64_t Send()
    {
        const uint64_t seq = transfer.nextToSend;
        transfer.nextToSend = std::min(seq + 1000, transfer.size);
        recovery->OnSent(transfer, seq);
        return seq;
    }

    /// A packet arrives, and its answer.
    void Arrive(uint64_t seq)
    {
        const Answer answer = recovery->OnData(transfer, seq, std::min<uint64_t>(1000, transfer.size - seq));
        ASSERT_NE(answer, Answer::NONE);
        transfer.acked = std::max(transfer.acked, transfer.expected);
        if (transfer.acked < transfer.size)
        {
            transfer.nextToSend = std::max(transfer.nextToSend, transfer.acked);
            recovery->OnAnswer(transfer, answer == Answer::NACK, seq);
        }
    }

    std::unique_ptr<Recovery> recovery;
    Transfer transfer;
};

/// Runs 100 packets between two hosts of a star, of which one is lost on a link.
PacketResult LoseOne(const RdmaConfig& config)
{
    const FabricGraph fabric = ::Star(2, STAR_RATE);
    PacketRunOptions options;
    // packets arrive at the switch every 838.4 ns: one of them in this time
    options.linkChanges = {{20'000, 0, true, 0, 1 - 1e-12}, {20'838, 0, true, 0, 0}};
    return RunPacketSimulation(fabric, config, {{0, 1, 100'000, 0}}, options);
}

} // namespace

TEST(SelectiveRepeat, ALostPacketIsSentOnceMore)
{
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    const PacketResult selective = LoseOne(config);
    EXPECT_EQ(selective.flows[0].unfinished, Unfinished::NO);
    EXPECT_GE(selective.linkLosses, 1U);
    EXPECT_EQ(selective.retransmissions, 1U);
    EXPECT_EQ(selective.dataHops, 100 + 99 + 2U); // the lost one went over one link
    // go-back-N: the NACK to the packet behind it comes 838.4 + 2 (838.4 + 1000 + 48 + 1000) = 6611.2 ns after the lost
    // packet has left; 8 packets of 838.4 ns have begun by then, and the window of one BDP has room for 8
    config.recovery = RecoveryType::GO_BACK_N;
    const PacketResult goBackN = LoseOne(config);
    EXPECT_EQ(goBackN.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(goBackN.retransmissions, 8U);
    EXPECT_LT(selective.flows[0].receiverFctNs, goBackN.flows[0].receiverFctNs);
}

TEST(SelectiveRepeat, KeepsWhatComesAhead)
{
    Pipe pipe(10'000);
    for (int i = 0; i < 6; i++)
    {
        pipe.Send();
    }
    pipe.Arrive(0);
    pipe.Arrive(2000); // 1000 is missing: it goes next
    EXPECT_EQ(pipe.transfer.expected, 1000U);
    EXPECT_EQ(pipe.transfer.nextToSend, 1000U);
    EXPECT_EQ(pipe.Send(), 1000U);
    EXPECT_EQ(pipe.transfer.nextToSend, 6000U) << "then new data";
    pipe.Arrive(3000);
    pipe.Arrive(5000); // 4000 is missing, too
    EXPECT_EQ(pipe.Send(), 4000U);
    pipe.Arrive(1000);
    EXPECT_EQ(pipe.transfer.expected, 4000U) << "with what was kept";
    EXPECT_EQ(pipe.transfer.nextToSend, 6000U);
    pipe.Arrive(4000);
    EXPECT_EQ(pipe.transfer.expected, 6000U);
    pipe.Arrive(4000); // a copy changes nothing
    EXPECT_EQ(pipe.transfer.expected, 6000U);
    EXPECT_EQ(pipe.transfer.nextToSend, 6000U);
}

TEST(SelectiveRepeat, ToleratesReordering)
{
    // 3 packets beyond a missing one
    Pipe pipe(20'000, 3);
    for (int i = 0; i < 8; i++)
    {
        pipe.Send();
    }
    pipe.Arrive(1000);
    pipe.Arrive(2000);
    EXPECT_EQ(pipe.transfer.nextToSend, 8000U);
    pipe.Arrive(3000);
    EXPECT_EQ(pipe.transfer.nextToSend, 0U);
    pipe.Arrive(0); // late after all
    EXPECT_EQ(pipe.transfer.nextToSend, 8000U);
    // a window of 4 packets: at most half of it
    pipe.transfer.window = 4000;
    pipe.Arrive(5000);
    EXPECT_EQ(pipe.transfer.nextToSend, 8000U);
    pipe.Arrive(6000);
    EXPECT_EQ(pipe.transfer.nextToSend, 4000U);
}

TEST(SelectiveRepeat, ATimeoutSendsAllThatIsNotKnownToBeThere)
{
    Pipe pipe(5500);
    for (int i = 0; i < 6; i++)
    {
        pipe.Send();
    }
    pipe.Arrive(0);
    pipe.Arrive(3000);
    EXPECT_EQ(pipe.Send(), 1000U);
    EXPECT_EQ(pipe.Send(), 2000U);
    EXPECT_EQ(pipe.transfer.nextToSend, 5500U);
    EXPECT_EQ(pipe.recovery->SentBytes(pipe.transfer), 5000U);
    pipe.recovery->OnTimeout(pipe.transfer);
    EXPECT_EQ(pipe.recovery->Missing(pipe.transfer), (std::vector<uint64_t>{1000, 2000, 4000}));
    for (const uint64_t seq : {1000, 2000, 4000, 5000})
    {
        EXPECT_EQ(pipe.Send(), seq);
    }
    for (const uint64_t seq : {1000, 2000, 4000, 5000})
    {
        pipe.Arrive(seq);
    }
    EXPECT_EQ(pipe.transfer.expected, 5500U);
}

TEST(SelectiveRepeat, DeliversWhateverIsLostOrReordered)
{
    for (uint64_t seed = 1; seed <= 300; seed++)
    {
        SCOPED_TRACE(seed);
        RandomStream random(seed);
        Pipe pipe(random.Integer(1, 60'000), static_cast<uint32_t>(random.Integer(0, 5)));
        const double loss = random.Uniform(0, 0.5);
        std::vector<uint64_t> flying;
        uint64_t steps = 0;
        while (pipe.transfer.expected < pipe.transfer.size)
        {
            ASSERT_LT(steps++, 20'000U);
            const bool mayArrive = !flying.empty();
            if (pipe.transfer.nextToSend < pipe.transfer.size &&
                pipe.transfer.nextToSend - pipe.transfer.acked < 20'000 && (!mayArrive || random.Uniform() < 0.5))
            {
                const uint64_t seq = pipe.Send();
                if (random.Uniform() >= loss)
                {
                    flying.push_back(seq);
                }
            }
            else if (mayArrive)
            {
                const auto one = flying.begin() + static_cast<long>(random.Integer(0, flying.size() - 1));
                const uint64_t seq = *one;
                flying.erase(one);
                pipe.Arrive(seq);
            }
            else
            {
                pipe.recovery->OnTimeout(pipe.transfer);
            }
        }
        EXPECT_EQ(pipe.transfer.expected, pipe.transfer.size);
        EXPECT_EQ(pipe.transfer.acked, pipe.transfer.size);
    }
}

// IRN's timeouts: RTO_low with at most 3 packets on their way, RTO_high with more (SIGCOMM 2018, section 3.1).
TEST(SelectiveRepeat, TimeoutsFollowWhatIsOnItsWay)
{
    const FabricGraph fabric = Star(2, STAR_RATE);
    RdmaConfig config;
    config.congestionControl = CongestionControlType::NONE;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    config.pfc = false;
    config.windowBytes = 30'000;
    auto& own = config.Of<SelectiveRepeatConfig>();
    const auto fct = [&](uint64_t packets, std::vector<LinkChange> changes)
    {
        PacketRunOptions options;
        options.linkChanges = std::move(changes);
        const PacketResult result = RunPacketSimulation(fabric, config, {{0, 1, packets * 1000, 0}}, options);
        return static_cast<double>(result.flows[0].receiverFctNs);
    };
    const double lost = 1 - 1e-12;
    const double path = 2 * 1838.4; // of one packet to the receiver
    // all that is sent before 50 us is lost: what has been sent is sent again after the timeout, from the first packet
    // on
    const std::vector<LinkChange> atFirst{{1, 0, true, 0, lost}, {50'000, 0, true, 0, 0}};
    EXPECT_NEAR(fct(1, atFirst), 1'000'000 + path, 3);
    own.rtoLowNs = 100'000;
    own.rtoHighNs = 320'000;
    for (const uint64_t packets : {1U, 3U, 4U, 20U})
    {
        const double timeout = packets <= 3 ? 100'000 : 320'000;
        EXPECT_NEAR(fct(packets, atFirst), timeout + static_cast<double>(packets - 1) * 838.4 + path, 3) << packets;
    }
    // until 150 us: the second timeout is twice as long
    EXPECT_NEAR(fct(1, {{1, 0, true, 0, lost}, {150'000, 0, true, 0, 0}}), 300'000 + path, 3);
    // only the last of 20 packets: the timer begins anew, and as RTO_low, with the ACK of the one before, which
    // comes 5,772.8 ns after that has begun
    const std::vector<LinkChange> atLast{{17'000, 0, true, 0, lost}, {17'800, 0, true, 0, 0}};
    EXPECT_NEAR(fct(20, atLast), 18 * 838.4 + 5772.8 + 100'000 + path, 3);
    own.rtoLowPackets = 0;
    EXPECT_NEAR(fct(20, atLast), 18 * 838.4 + 5772.8 + 320'000 + path, 3);
}

TEST(SelectiveRepeat, AFlowGoesOnWithThePacketsThatItMisses)
{
    // 60 of 100 packets are sent and two of them are lost: 42 go over two links
    const FabricGraph fabric = Star(2, STAR_RATE);
    RdmaConfig config;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    const FlowList flows{{0, 1, 100'000, 7000}};
    PacketRunOptions options;
    options.beginNs = 50'000;
    options.underWay = {{0, 60'000, STAR_RATE, {}, {58'000, 59'000}}};
    const PacketResult result = RunPacketSimulation(fabric, config, flows, options);
    EXPECT_EQ(result.flows[0].unfinished, Unfinished::NO);
    EXPECT_EQ(result.dataHops, 84U);
    EXPECT_EQ(result.retransmissions, 2U);
    const double rest = 42 * 838.4 + 1000 + 838.4 + 1000;
    EXPECT_NEAR(static_cast<double>(result.flows[0].receiverFctNs), 43'000 + rest + 420, 422);
    for (const auto& missing : {std::vector<uint64_t>{60'000}, {20'000, 20'000}, {20'500}, {30'000, 20'000}})
    {
        options.underWay[0].missing = missing;
        EXPECT_THROW(RunPacketSimulation(fabric, config, flows, options), InputError) << missing[0];
    }
}

TEST(SelectiveRepeat, ARunSaysWhatIsMissing)
{
    // links that lose a tenth of all packets: what a cut leaves is sent by the second run, no more and no less
    const FabricGraph fabric = Star(2, STAR_RATE, 10'000, 0.1);
    RdmaConfig config;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    config.maxRateBps = GBIT; // so that a lost packet has to wait until it is sent again
    const FlowList flows{{0, 1, 1'000'000, 0}};
    std::size_t missed = 0;
    for (int64_t stopNs = 100'000; stopNs < 700'000; stopNs += 13'000)
    {
        PacketRunOptions first;
        first.stopNs = stopNs;
        first.recordUnderWay = true;
        const PacketResult before = RunPacketSimulation(fabric, config, flows, first);
        ASSERT_EQ(before.underWay.size(), 1U);
        missed += before.underWay[0].missing.size();
        PacketRunOptions second;
        second.beginNs = stopNs;
        second.underWay = before.underWay;
        const PacketResult after = RunPacketSimulation(fabric, config, flows, second);
        EXPECT_EQ(after.flows[0].unfinished, Unfinished::NO);
    }
    EXPECT_GT(missed, 0U);
}

TEST(SelectiveRepeat, ACutRunSendsWhatIsLeft)
{
    // without losses after the cut: the packets that were not sent, and those that were missing
    RdmaConfig config;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    const FabricGraph fabric = Star(2, STAR_RATE);
    PacketRunOptions options;
    options.beginNs = 1000;
    options.underWay = {{0, 500'123, STAR_RATE, {}, {499'123}}};
    const PacketResult result = RunPacketSimulation(fabric, config, {{0, 1, 1'000'000, 0}}, options);
    EXPECT_EQ(result.dataHops, 2 * (1 + 500U));
}

TEST(PacketBitmap, MovesOn)
{
    PacketBitmap bitmap;
    std::set<uint64_t> expected;
    RandomStream random(5);
    uint64_t first = 0;
    for (int step = 0; step < 20'000; step++)
    {
        const uint64_t packet = random.Integer(0, 300);
        bitmap.Add(packet);
        expected.insert(first + packet);
        const uint64_t advance = random.Integer(0, 40);
        bitmap.Advance(advance);
        first += advance;
        const uint64_t asked = random.Integer(0, 400);
        ASSERT_EQ(bitmap.Has(asked), expected.count(first + asked) > 0);
    }
}

TEST(Recovery, NamesAndRanges)
{
    EXPECT_EQ(ParseRecovery("go-back-n"), RecoveryType::GO_BACK_N);
    EXPECT_EQ(RecoveryOf(RecoveryType::SELECTIVE_REPEAT).name, "selective-repeat");
    try
    {
        ParseRecovery("sack");
        FAIL();
    }
    catch (const InputError& error)
    {
        EXPECT_EQ(std::string(error.what()).rfind("unknown recovery 'sack'; there are go-back-n, selective-repeat", 0),
                  0U)
            << error.what();
    }
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    config.recovery = RecoveryType::SELECTIVE_REPEAT;
    EXPECT_THROW(RunPacketSimulation(Star(2, STAR_RATE), config, {{0, 1, 1000, 0}}), InputError);
    EXPECT_THROW(RegisterRecovery("go-back-n", [](const RdmaConfig&) { return MakeSelectiveRepeat(); }), InputError);
    config.mode = EngineMode::STANDARD;
    config.recovery = RegisterRecovery("test-recovery", [](const RdmaConfig&) { return MakeSelectiveRepeat(1); });
    config.congestionControl = CongestionControlType::NONE;
    EXPECT_EQ(LoseOne(config).retransmissions, 1U);
}
