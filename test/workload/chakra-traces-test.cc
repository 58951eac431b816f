// SPDX-License-Identifier: GPL-2.0-only
// Execution traces of Chakra: small ones written here field by field, and the published samples.
#include "input-file.h"
#include "packet/engine/star.h"
#include "reference-data.h"
#include "workload/schedule-edges.h"

#include "core/random-stream.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-schedule.h"
#include "workload/flow-file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace ns3::m3;

namespace
{

enum TraceNodeType : uint64_t
{
    TRACE_METADATA = 1,
    TRACE_MEMORY = 2,
    TRACE_COMPUTE = 4,
    TRACE_SEND = 5,
    TRACE_RECEIVE = 6,
    TRACE_COLLECTIVE = 7
};

// The wire format of Protocol Buffers: a key (number * 8 + type), then a varint (type 0), or a length and bytes (type
// 2).

std::string Varint(uint64_t value)
{
    std::string text;
    for (; value >= 0x80; value >>= 7)
    {
        text += static_cast<char>(value | 0x80);
    }
    return text + static_cast<char>(value);
}

std::string Behind(const std::string& message)
{
    return Varint(message.size()) + message;
}

std::string NumberField(uint64_t field, uint64_t value)
{
    return Varint(field * 8) + Varint(value);
}

std::string BytesField(uint64_t field, const std::string& value)
{
    return Varint(field * 8 + 2) + Behind(value);
}

using TraceAttributes = std::vector<std::pair<std::string, int64_t>>;

std::string TraceNode(uint64_t id,
                      uint64_t type,
                      const std::vector<uint64_t>& dependencies = {},
                      const TraceAttributes& attributes = {},
                      const std::string& rest = "")
{
    std::string node = NumberField(1, id) + BytesField(2, "a name") + NumberField(3, type);
    std::string packed;
    for (const uint64_t dependency : dependencies)
    {
        packed += Varint(dependency);
    }
    node += dependencies.empty() ? "" : BytesField(5, packed);
    for (const auto& [name, value] : attributes)
    {
        node += BytesField(10, BytesField(1, name) + NumberField(9, static_cast<uint64_t>(value)));
    }
    return Behind(node + rest);
}

const std::string TRACE_START = Behind(BytesField(1, "0.0.4"));

/// Names a process group.
std::string InGroup(const std::string& group)
{
    return BytesField(10, BytesField(1, "pg_name") + BytesField(29, group));
}

std::string TraceDuration(uint64_t micros)
{
    return NumberField(7, micros);
}

const FabricGraph& TraceHosts(uint32_t hosts)
{
    static std::map<uint32_t, FabricGraph> stars;
    return stars.emplace(hosts, Star(hosts, 100 * GBIT)).first->second;
}

/// Reads the traces of ranks 0, 1, ..., without the metadata in front, checked as engines do.
Schedule ReadTraces(const std::vector<std::string>& ranks, InputNotes* notes = nullptr)
{
    std::filesystem::remove_all(TemporaryFolder() / "traces");
    std::string file;
    for (std::size_t rank = 0; rank < ranks.size(); rank++)
    {
        file = WriteInput("traces/step.1." + std::to_string(rank) + ".et", TRACE_START + ranks[rank]);
    }
    const FabricGraph& fabric = TraceHosts(4);
    Schedule schedule = ReadTrafficFile(file, fabric, StartTimes::SECONDS, notes);
    CheckSchedule(fabric, RouteTable(fabric, EngineMode::STANDARD), schedule);
    return schedule;
}

std::string TraceError(const std::vector<std::string>& ranks)
{
    return InputErrorOf([&] { ReadTraces(ranks); });
}

const TraceAttributes TO_1 = {{"comm_size", 5000}, {"comm_dst", 1}, {"comm_tag", 2}};
const TraceAttributes FROM_0 = {{"comm_size", 5000}, {"comm_src", 0}, {"comm_tag", 2}};
const TraceAttributes ALL_REDUCE = {{"comm_type", 0}, {"comm_size", 1000}};

} // namespace

TEST(ChakraTraces, NodesWaitForNodesOfTheirRankAndReceivesForSends)
{
    InputNotes notes;
    const Schedule schedule =
        ReadTraces({TraceNode(0, TRACE_SEND, {7}, TO_1) + TraceNode(7, TRACE_COMPUTE, {}, {}, TraceDuration(3)),
                    TraceNode(1, TRACE_RECEIVE, {}, FROM_0) +
                        TraceNode(2, TRACE_COMPUTE, {1}, {}, NumberField(4, 3) + TraceDuration(5)) +
                        TraceNode(3, TRACE_MEMORY) + TraceNode(4, TRACE_METADATA)},
                   &notes);
    ASSERT_EQ(schedule.Flows().size(), 1U);
    EXPECT_EQ(schedule.Flows()[0].sizeBytes, 5000U);
    EXPECT_EQ(schedule.Flows()[0].dst, 1U);
    const std::vector<std::tuple<std::string, std::string, TaskEvent>> expected = {
        {"rank 0 node 0", "rank 0 node 7", TaskEvent::RECEIVED},
        {"rank 1 node 2", "rank 1 node 1", TaskEvent::RECEIVED},
        {"rank 1 node 2", "rank 1 node 3", TaskEvent::RECEIVED},
        {"rank 1 node 1", "rank 0 node 0", TaskEvent::RECEIVED}};
    auto edges = EdgesOf(schedule);
    EXPECT_TRUE(std::is_permutation(edges.begin(), edges.end(), expected.begin(), expected.end()));
    EXPECT_EQ(schedule.Computes()[0].durationNs, 3000);
    ASSERT_EQ(notes.size(), 1U) << "the memory access has no duration";
    EXPECT_NE(notes[0].find("1 computations and memory accesses of all ranks have no duration"), std::string::npos);
}

TEST(ChakraTraces, CollectivesOfGroupsMatchByTheirOrder)
{
    // ranks 0 and 2 reduce twice in their group, once behind a computation, and all four once
    const std::string whole = TraceNode(9, TRACE_COLLECTIVE, {}, {{"comm_type", 6}, {"comm_size", 4000}});
    const auto pair = [&](uint64_t us)
    {
        return TraceNode(1, TRACE_COMPUTE, {}, {}, TraceDuration(us)) +
               TraceNode(2, TRACE_COLLECTIVE, {1}, ALL_REDUCE, InGroup("even")) +
               TraceNode(3, TRACE_COLLECTIVE, {2}, {{"comm_type", 2}, {"comm_size", 700}}, InGroup("even"));
    };
    const Schedule schedule = ReadTraces({pair(1) + whole, whole, whole + pair(20), whole});
    // all-reduce of 2: 2 steps of 2 flows of half; all-gather of 2: 1 step of 2 flows of what each gives; 4 x 3 flows
    std::map<uint64_t, int> sizes;
    for (const Flow& flow : schedule.Flows())
    {
        sizes[flow.sizeBytes]++;
        EXPECT_TRUE(flow.sizeBytes == 1000 || (flow.src % 2 == 0 && flow.dst % 2 == 0));
    }
    EXPECT_EQ(sizes, (std::map<uint64_t, int>{{500, 4}, {700, 2}, {1000, 12}}));
    PacketRunOptions options;
    options.schedule = &schedule;
    const PacketResult result = RunPacketSimulation(TraceHosts(4), {}, schedule.Flows(), options);
    for (std::size_t i = 0; i < schedule.Flows().size(); i++)
    {
        // rank 2 joins the group at 20 us, rank 0 at 1 us; the all-gather follows the all-reduce
        const Flow& flow = schedule.Flows()[i];
        const bool waits = flow.sizeBytes == 700 || (flow.sizeBytes == 500 && flow.src == 2);
        EXPECT_GE(result.taskStartsNs[i], waits ? 20'000 : flow.sizeBytes == 500 ? 1000 : 0);
        EXPECT_EQ(result.flows[i].unfinished, Unfinished::NO);
    }
    // the group of all ranks, which comes first, ends with the last collective
    int64_t lastByte = 0;
    for (std::size_t i = 0; i < schedule.Flows().size(); i++)
    {
        lastByte = std::max(lastByte, result.taskStartsNs[i] + result.flows[i].receiverFctNs);
    }
    int64_t lastOfAll = 0;
    for (std::size_t place = schedule.Flows().size(); place < schedule.TaskCount(); place++)
    {
        lastOfAll = std::max(lastOfAll, schedule.GroupOf(schedule.TaskAt(place)) == 0 ? result.taskStartsNs[place] : 0);
    }
    EXPECT_GE(lastOfAll, lastByte);
    EXPECT_LE(lastOfAll, lastByte + 10'000) << "an ACK later at most";
}

TEST(ChakraTraces, NumbersOfAnyTypeAndUnpackedDependenciesAreRead)
{
    const auto attribute = [](const std::string& name, const std::string& value)
    { return BytesField(10, BytesField(1, name) + value); };
    const std::string send =
        TraceNode(1,
                  TRACE_SEND,
                  {},
                  {},
                  attribute("comm_size", Varint(21 * 8 + 1) + std::string("\x88\x13\0\0\0\0\0\0", 8)) + // fixed64 5000
                      attribute("comm_dst", NumberField(17, 2)) +                                       // sint64 1
                      attribute("comm_tag", Varint(23 * 8 + 5) + std::string("\x02\0\0\0", 4)) +        // sfixed32 2
                      NumberField(5, 2) + NumberField(4, 3) + NumberField(40, 5) + BytesField(8, "ignored"));
    const Schedule schedule = ReadTraces(
        {send + TraceNode(2, TRACE_COMPUTE) + TraceNode(3, TRACE_COMPUTE), TraceNode(1, TRACE_RECEIVE, {}, FROM_0)});
    EXPECT_EQ(schedule.Flows().size(), 1U);
    EXPECT_EQ(schedule.Flows()[0].sizeBytes, 5000U);
    EXPECT_EQ(schedule.Dependencies().size(), 3U);
}

TEST(ChakraTraces, WhatCannotBeReadIsOneErrorThatNamesFileAndNode)
{
    const std::string send = TraceNode(1, TRACE_SEND, {}, TO_1);
    const std::string receive = TraceNode(1, TRACE_RECEIVE, {}, FROM_0);
    const auto coll = [](const TraceAttributes& attributes, const std::string& rest = "")
    { return TraceNode(5, TRACE_COLLECTIVE, {}, attributes, rest); };
    const std::string first = "traces/step.1.0.et: ";
    const std::string second = "traces/step.1.1.et: ";
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
        {{TraceNode(1, 9), receive}, first + "node 1: type 9 is not read"},
        {{TraceNode(1, 0), receive}, first + "node 1: type 0 is not read"},
        {{send + send, receive}, first + "node 1: comes twice"},
        {{TraceNode(1, TRACE_SEND, {4}, TO_1), receive}, first + "node 1: waits for node 4, which is not in the file"},
        {{send, receive + TraceNode(2, TRACE_RECEIVE, {}, FROM_0)},
         second + "node 2: no send of rank 0 with tag 2 is left for it"},
        {{send, TraceNode(1, TRACE_RECEIVE, {}, {{"comm_size", 4}, {"comm_src", 0}, {"comm_tag", 2}})},
         second + "node 1: comm_size is 4, its send has 5000 bytes"},
        {{TraceNode(1, TRACE_SEND, {}, {{"comm_dst", 1}}), receive}, first + "node 1: needs the attribute comm_size"},
        {{TraceNode(1, TRACE_SEND, {}, {{"comm_size", 5}}), receive}, first + "node 1: needs the attribute comm_dst"},
        {{TraceNode(1, TRACE_SEND, {}, {{"comm_size", 5}, {"comm_dst", 2}}), receive},
         first + "node 1: comm_dst must be a whole number from 0 to 1, is 2"},
        {{TraceNode(1, TRACE_SEND, {}, {{"comm_size", -5}, {"comm_dst", 1}}), receive},
         first + "node 1: comm_size must be a whole number from 0 to 1000000000000000, is -5"},
        {{TraceNode(1, TRACE_SEND, {}, {{"comm_size", 5}, {"comm_dst", 0}}), receive},
         first + "node 1: a rank does not send to itself here"},
        {{TraceNode(1, TRACE_SEND, {}, {}, BytesField(10, BytesField(1, "comm_size") + BytesField(29, "5"))), receive},
         first + "node 1: its attribute comm_size is not a whole number"},
        {{TraceNode(1, TRACE_COMPUTE, {}, {}, TraceDuration(2'000'000'000'000'000)), receive},
         first + "node 1: its duration is above 1e9 s: 2000000000000000 us"},
        {{TraceNode(1, TRACE_SEND, {2}, TO_1) + TraceNode(2, TRACE_COMPUTE, {1}), receive},
         first + "node 1: waits for itself: "},
        {{coll(ALL_REDUCE), TraceNode(5, TRACE_COMPUTE)}, first + "node 5: is collective 1, of which rank 1 has 0"},
        {{coll(ALL_REDUCE), coll({{"comm_type", 0}, {"comm_size", 999}})},
         second + "node 5: comm_type or comm_size differ from those of node 5 of rank 0, which is the same collective"},
        {{coll({{"comm_type", 9}, {"comm_size", 1}}), coll({{"comm_type", 9}, {"comm_size", 1}})},
         first + "node 5: comm_type 9 is not made: "},
        {{coll({{"comm_size", 1}}), coll({{"comm_size", 1}})}, first + "node 5: needs the attribute comm_type"},
        {{coll(ALL_REDUCE,
               BytesField(10, BytesField(1, "involved_dim") + BytesField(28, BytesField(1, std::string("\x01\0", 2))))),
          coll(ALL_REDUCE)},
         first + "node 5: involved_dim names some dimensions of a network"},
        {{coll({{"comm_type", 2}, {"comm_size", 900'000'000'000'000}}),
          coll({{"comm_type", 2}, {"comm_size", 900'000'000'000'000}})},
         first + "node 5: comm_size of all ranks together is above 1 PB"},
        {{TraceNode(1, TRACE_COMPUTE)}, first + "no rank sends anything to another one"},
        {{send, receive, "", "", ""},
         "traces/step.1.4.et: the traces of 5 ranks need as many hosts, the network has 4"},
        {{send + "x", receive}, first + "the file is garbled or cut off"},
        {{send + Behind("\x08"), receive}, first + "node 1 of the file: the file is garbled or cut off"},
        {{send + Behind(BytesField(1, "no number")), receive},
         first + "node 1 of the file: field 1 is of another type than expected"},
    };
    for (const auto& [ranks, expected] : cases)
    {
        const std::string error = TraceError(ranks);
        EXPECT_EQ(error.substr(0, expected.size()), expected) << error;
        EXPECT_EQ(error.find('\n'), std::string::npos);
    }
}

TEST(ChakraTraces, NamesOfFilesSayTheRanks)
{
    const auto errorOf = [](const std::string& name)
    { return InputErrorOf([&] { ReadTrafficFile(name, TraceHosts(4), StartTimes::SECONDS); }); };
    std::filesystem::remove_all(TemporaryFolder() / "traces");
    const std::string lone = WriteInput("traces/lone.et", TRACE_START);
    EXPECT_EQ(errorOf(lone), "traces/lone.et: a trace of Chakra is named PREFIX.RANK.et, with a file for each rank");
    const std::string third = WriteInput("traces/gap.2.et", TRACE_START);
    EXPECT_EQ(errorOf(third), "traces/gap.2.et: the trace of rank 0 is missing, that of rank 2 is there");
    WriteInput("traces/gap.0.et", TRACE_START);
    EXPECT_EQ(errorOf(third), "traces/gap.2.et: the trace of rank 1 is missing, that of rank 2 is there");
    WriteInput("traces/gap.1.et", "");
    EXPECT_EQ(errorOf(third), "traces/gap.1.et: is empty");
    WriteInput("traces/gap.1.et", TraceNode(1, TRACE_COMPUTE));
    EXPECT_EQ(errorOf(third), "traces/gap.1.et: does not begin with the metadata of an execution trace of Chakra");
}

TEST(ChakraTraces, GarbledAndCutOffFilesAreReadOrOneError)
{
    const std::string send = TraceNode(0, TRACE_COMPUTE, {}, {}, TraceDuration(3)) +
                             TraceNode(1, TRACE_SEND, {0}, TO_1) + TraceNode(2, TRACE_COLLECTIVE, {1}, ALL_REDUCE);
    const std::string receive =
        TraceNode(1, TRACE_RECEIVE, {}, FROM_0) + TraceNode(2, TRACE_COLLECTIVE, {1}, ALL_REDUCE);
    EXPECT_EQ(TraceError({send, receive}), "");
    for (std::size_t length = 0; length < send.size(); length++)
    {
        EXPECT_NE(TraceError({send.substr(0, length), receive}), "") << length;
    }
    RandomStream random(3);
    for (int i = 0; i < 500; i++)
    {
        std::string bytes = send;
        for (uint64_t n = random.Integer(1, 3); n > 0; n--)
        {
            bytes[random.Integer(0, bytes.size() - 1)] = static_cast<char>(random.Integer(0, 255));
        }
        EXPECT_EQ(TraceError({bytes, receive}).find('\n'), std::string::npos);
    }
}

TEST(ChakraTraces, PublishedSamplesAreRead)
{
    const auto entries = ReferenceEntries("collectives/astra_sim");
    if (entries.empty())
    {
        return;
    }
    const std::filesystem::path folder = entries.front().parent_path();

    struct Sample
    {
        const char* file;
        uint32_t ranks;
        std::size_t flows;
        uint64_t bytes; // of each flow
    };

    // all-reduce: 2 (N - 1) N flows of bytes / N; the halves of it; all-to-all: N (N - 1) of bytes / N
    for (const Sample& sample : {Sample{"all_reduce_8npus_1MB/all_reduce.0.et", 8, 112, 131'072},
                                 Sample{"all_gather_16npus_1MB/all_gather.7.et", 16, 240, 1'048'576},
                                 Sample{"reduce_scatter_4npus_1MB/reduce_scatter.3.et", 4, 12, 262'144},
                                 Sample{"all_to_all_4npus_1MB/all_to_all.0.et", 4, 12, 262'144},
                                 Sample{"custom_ring_allreduce_8npus_1MB/custom_allreduce.0.et", 8, 112, 131'072}})
    {
        const FabricGraph& fabric = TraceHosts(sample.ranks);
        const Schedule schedule = ReadTrafficFile((folder / sample.file).string(), fabric, StartTimes::SECONDS);
        CheckSchedule(fabric, RouteTable(fabric, EngineMode::STANDARD), schedule);
        EXPECT_EQ(schedule.Flows().size(), sample.flows) << sample.file;
        for (const Flow& flow : schedule.Flows())
        {
            ASSERT_EQ(flow.sizeBytes, sample.bytes) << sample.file;
        }
    }
}

TEST(ChakraTraces, TheCustomRingTakesTheRingAndItsComputations)
{
    const auto entries = ReferenceEntries("collectives/astra_sim");
    if (entries.empty())
    {
        return;
    }
    const std::filesystem::path folder = entries.front().parent_path();
    // the custom trace is the ring all-reduce send by send, with 7 us for each of the 7 reductions
    const FabricGraph& fabric = TraceHosts(8);
    const auto lastEnd = [&](const char* file)
    {
        const Schedule schedule = ReadTrafficFile((folder / file).string(), fabric, StartTimes::SECONDS);
        PacketRunOptions options;
        options.schedule = &schedule;
        const PacketResult result = RunPacketSimulation(fabric, {}, schedule.Flows(), options);
        int64_t last = 0;
        for (std::size_t i = 0; i < schedule.Flows().size(); i++)
        {
            EXPECT_EQ(result.flows[i].unfinished, Unfinished::NO);
            last = std::max(last, result.taskStartsNs[i] + result.flows[i].receiverFctNs);
        }
        return last;
    };
    const int64_t ring = lastEnd("all_reduce_8npus_1MB/all_reduce.0.et");
    const int64_t custom = lastEnd("custom_ring_allreduce_8npus_1MB/custom_allreduce.0.et");
    EXPECT_GE(custom, ring + 7 * 7000);
    EXPECT_LE(custom, ring + 7 * 7000 + 14 * 3000) << "and at most a wait for the ACK in each step";
}
