// SPDX-License-Identifier: GPL-2.0-only
// Collectives by type: what each rank sends, and that each ends with what all ranks had; clients in a closed loop.
#include "input-file.h"
#include "packet/engine/star.h"

#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-collective-plan.h"
#include "ns3/m3-collectives.h"
#include "ns3/m3-request-clients.h"
#include "workload/flow-file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace ns3::m3;

namespace
{

std::vector<NodeId> HostsUpTo(uint32_t hosts)
{
    std::vector<NodeId> all;
    for (NodeId host = 0; host < hosts; host++)
    {
        all.push_back(host);
    }
    return all;
}

std::string FileTextOf(const Schedule& schedule)
{
    const std::string file = WriteInput("plan.txt", "");
    WriteSchedule(schedule, file);
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

/// A collective whose ranks begin with a computation each, the first ones of the schedule.
struct Planned
{
    Schedule schedule;
    std::vector<TaskId> ends;

    Planned(const CollectivePlan& plan, uint32_t ranks)
    {
        std::vector<TaskId> begin;
        for (NodeId host = 0; host < ranks; host++)
        {
            begin.push_back(schedule.AddCompute({host, 100}));
        }
        ends = AddCollective(schedule, plan, HostsUpTo(ranks), CollectiveTiming(), "test", begin);
    }

    /// Ranks whose beginning a task waits for, by way of others.
    std::set<uint32_t> BeginsBefore(TaskId task) const
    {
        std::multimap<std::size_t, std::size_t> before;
        for (const Schedule::Edge& edge : schedule.Dependencies())
        {
            before.emplace(schedule.PlaceOf(edge.task), schedule.PlaceOf(edge.dependency.predecessor));
        }
        std::set<std::size_t> seen;
        std::vector<std::size_t> next{schedule.PlaceOf(task)};
        std::set<uint32_t> ranks;
        while (!next.empty())
        {
            const std::size_t place = next.back();
            next.pop_back();
            if (!seen.insert(place).second)
            {
                continue;
            }
            const TaskId at = schedule.TaskAt(place);
            if (at.IsCompute() && at.Index() < ends.size())
            {
                ranks.insert(at.Index());
            }
            for (auto [edge, last] = before.equal_range(place); edge != last; ++edge)
            {
                next.push_back(edge->second);
            }
        }
        return ranks;
    }

    std::vector<uint64_t> BytesSent(std::size_t ranks) const
    {
        std::vector<uint64_t> bytes(ranks);
        for (const Flow& flow : schedule.Flows())
        {
            bytes[flow.src] += flow.sizeBytes;
        }
        return bytes;
    }
};

CollectivePlan PlanFor(CollectiveType type, uint64_t bytes, uint32_t channels, uint32_t chunks, uint32_t perServer)
{
    CollectivePlan plan;
    plan.type = type;
    plan.bytes = bytes;
    plan.channels = channels;
    plan.chunks = chunks;
    plan.perServer = perServer;
    return plan;
}

std::string CollectiveError(const std::string& text, uint32_t hosts = 16)
{
    return InputErrorOf(
        [&]
        {
            Schedule schedule;
            AddCollectiveTraffic(schedule, CollectiveTraffic::Parse(text), HostsUpTo(hosts));
        });
}

} // namespace

TEST(CollectivePlan, ARingIsThatOfAddRingCollective)
{
    Schedule byRing;
    RingCollective ring = RingAllReduce(HostsUpTo(16), 8, 1 << 20);
    ring.name = "same";
    ring.kind = "ring-allreduce of 1 MiB";
    AddRingCollective(byRing, ring, SimaiTiming());
    Schedule byPlan;
    AddCollective(byPlan,
                  PlanFor(CollectiveType::RING_ALL_REDUCE, 1 << 20, 8, 1, 8),
                  HostsUpTo(16),
                  SimaiTiming(),
                  "same");
    EXPECT_EQ(FileTextOf(byPlan), FileTextOf(byRing));
}

TEST(CollectivePlan, RanksSendWhatTheirAlgorithmSays)
{
    // 8 ranks in 2 servers of 4, D = 8 * 4 * 3 * 1000 bytes divide by all parts
    constexpr uint64_t D = 96'000;
    constexpr uint32_t N = 8;
    const std::map<CollectiveType, std::vector<uint64_t>> sent = {
        {CollectiveType::RING_ALL_REDUCE, std::vector<uint64_t>(N, 2 * D * 7 / 8)},
        {CollectiveType::REDUCE_SCATTER, std::vector<uint64_t>(N, D * 7 / 8)},
        {CollectiveType::ALL_GATHER, std::vector<uint64_t>(N, D * 7 / 8)},
        {CollectiveType::HALVING_DOUBLING, std::vector<uint64_t>(N, 2 * D * 7 / 8)},
        {CollectiveType::ALL_TO_ALL, std::vector<uint64_t>(N, D * 7 / 8)},
        // in servers 2 * 3/4 D, across 2 * 1/2 of D / 4
        {CollectiveType::HIERARCHICAL, std::vector<uint64_t>(N, D * 3 / 2 + D / 4)},
        // node i of the tree sends up unless it is 0, and down to 2 i + 1 and 2 i + 2 where these are below 8
        {CollectiveType::TREE_ALL_REDUCE, {2 * D, 3 * D, 3 * D, 2 * D, D, D, D, D}},
        {CollectiveType::BROADCAST, {D, D, D, D, D, D, D, 0}}};
    for (const auto& [type, expected] : sent)
    {
        const Planned one(PlanFor(type, D, 1, 1, 4), N);
        EXPECT_EQ(one.BytesSent(N), expected) << CollectiveTypeName(type);
        const Planned parts(PlanFor(type, D, 4, 3, 4), N);
        EXPECT_EQ(parts.schedule.Flows().size(), 12 * one.schedule.Flows().size()) << CollectiveTypeName(type);
        uint64_t bytes = 0;
        uint64_t bytesOfParts = 0;
        for (std::size_t rank = 0; rank < N; rank++)
        {
            bytes += expected[rank];
            bytesOfParts += parts.BytesSent(N)[rank];
        }
        EXPECT_EQ(bytesOfParts, bytes) << CollectiveTypeName(type);
    }
}

TEST(CollectivePlan, EveryRankEndsWithWhatItNeedsOfOthers)
{
    for (const auto type : {CollectiveType::RING_ALL_REDUCE,
                            CollectiveType::REDUCE_SCATTER,
                            CollectiveType::ALL_GATHER,
                            CollectiveType::HALVING_DOUBLING,
                            CollectiveType::ALL_TO_ALL,
                            CollectiveType::HIERARCHICAL,
                            CollectiveType::TREE_ALL_REDUCE,
                            CollectiveType::BROADCAST})
    {
        for (const uint32_t chunks : {1, 2})
        {
            const Planned planned(PlanFor(type, 100'000, 2, chunks, 4), 8);
            for (uint32_t rank = 0; rank < 8; rank++)
            {
                const std::set<uint32_t> begins = planned.BeginsBefore(planned.ends[rank]);
                EXPECT_TRUE(type == CollectiveType::BROADCAST ? begins.count(0) == 1 : begins.size() == 8)
                    << CollectiveTypeName(type) << " rank " << rank << " has " << begins.size();
            }
        }
    }
}

TEST(CollectivePlan, OptionsSayWhatIsWrongWithThem)
{
    EXPECT_EQ(CollectiveError("ring-allreduce:1MiB:group=8:channels=4:server=4:repeat=2:compute=5us"), "");
    EXPECT_EQ(CollectiveError("alltoall:1MiB+tree-allreduce:4KB:across:group=4:simai"), "");
    EXPECT_EQ(CollectiveError("ring:1MiB"),
              "--collective: 'ring' is none of ring-allreduce, reduce-scatter, allgather, broadcast, tree-allreduce, "
              "halving-doubling, alltoall, hierarchical-allreduce");
    EXPECT_EQ(CollectiveError("alltoall"),
              "--collective needs TYPE:BYTES, as in ring-allreduce:16MiB:group=16:channels=8; is 'alltoall'");
    EXPECT_EQ(CollectiveError("alltoall:0").substr(0, 21), "--collective: bytes: ");
    EXPECT_EQ(CollectiveError("alltoall:1KB:group=5"),
              "--collective: groups of 5 hosts need at least 2, and a number that divides the 16 hosts");
    EXPECT_EQ(CollectiveError("alltoall:1KB:colour=5"),
              "--collective: 'colour=5' is none of group=, channels=, chunks=, server=, repeat=, compute=, latency=, "
              "across, simai");
    EXPECT_EQ(CollectiveError("halving-doubling:1KB", 12), "halving-doubling: needs a power of 2 of ranks, has 12");
    EXPECT_EQ(CollectiveError("ring-allreduce:1KB:server=3"),
              "ring-allreduce: needs a number of hosts per server that divides its 16 ranks, not 3");
    EXPECT_EQ(CollectiveError("ring-allreduce:1KB:channels=0").substr(0, 24), "--collective: channels: ");
    EXPECT_EQ(CollectiveError("alltoall:1KB:repeat=1000000:chunks=1024").substr(0, 21), "--collective: up to 5");
}

TEST(RequestClients, AClientAsksAgainWhenItHasAllReplies)
{
    const FabricGraph star = Star(6, 10 * GBIT);
    const RouteTable routes(star, EngineMode::STANDARD);
    Schedule schedule;
    AddRequestClients(schedule,
                      RequestClients::Parse("4:requests=5:fan-out=3:request=2KB:reply=20KB:service=3us:think=10us"),
                      HostsUpTo(6),
                      7);
    CheckSchedule(star, routes, schedule);
    EXPECT_EQ(schedule.Flows().size(), 4U * 5 * 3 * 2);
    EXPECT_EQ(schedule.Groups().size(), 20U);
    const TaskTimes times = ScheduleFlowSim(star, routes, schedule, 48, 60, [](uint32_t, double) {});
    std::vector<double> begin(20, 1e18);
    std::vector<double> end(20, 0);
    std::map<uint32_t, std::set<NodeId>> servers; // by group
    for (uint32_t i = 0; i < schedule.Flows().size(); i++)
    {
        const uint32_t group = schedule.GroupOf(TaskId::OfFlow(i));
        const Flow& flow = schedule.Flows()[i];
        begin[group] = std::min(begin[group], times.startNs[i]);
        end[group] = std::max(end[group], times.receivedNs[i]);
        EXPECT_EQ(flow.sizeBytes, i % 2 == 0 ? 2000U : 20'000U) << "requests and replies in turn";
        servers[group].insert(i % 2 == 0 ? flow.dst : flow.src);
        EXPECT_EQ(i % 2 == 0 ? flow.src : flow.dst, group / 5) << "the client's host";
    }
    for (uint32_t group = 0; group < 20; group++)
    {
        EXPECT_EQ(servers[group].size(), 3U) << "no server twice";
        EXPECT_EQ(servers[group].count(group / 5), 0U);
        if (group % 5 > 0)
        {
            EXPECT_GE(begin[group], end[group - 1]);
        }
    }
    Schedule again;
    AddRequestClients(again, RequestClients::Parse("4:requests=5:fan-out=3"), HostsUpTo(6), 7);
    Schedule other;
    AddRequestClients(other, RequestClients::Parse("4:requests=5:fan-out=3"), HostsUpTo(6), 8);
    EXPECT_NE(FileTextOf(again), FileTextOf(other));
}

TEST(RequestClients, OptionsSayWhatIsWrongWithThem)
{
    const auto error = [](const std::string& text)
    {
        return InputErrorOf(
            [&]
            {
                Schedule schedule;
                AddRequestClients(schedule, RequestClients::Parse(text), HostsUpTo(4), 1);
            });
    };
    EXPECT_EQ(error("3:reply=lognormal:20000,1:think=5us"), "");
    EXPECT_EQ(error("0").substr(0, 11), "--clients: ");
    EXPECT_EQ(error("2:fan-out=4"), "--clients: needs a fan-out of 1 to 3, the hosts but one's own");
    EXPECT_EQ(error("2:thin=4"),
              "--clients: 'thin=4' is none of requests=, fan-out=, request=, reply=, service=, think=");
    EXPECT_EQ(error("2:reply=Websurch").empty(), false);
    EXPECT_EQ(error("1000000:requests=1000000"), "--clients: needs at most 5e+07 flows, not 2e+12");
}
