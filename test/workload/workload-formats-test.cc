// SPDX-License-Identifier: GPL-2.0-only
// Workload files of others: GOAL, htsim's connections, SimAI's workloads. Small ones in the text; the published
// samples.
#include "input-file.h"
#include "packet/engine/star.h"
#include "reference-data.h"
#include "workload/schedule-edges.h"

#include "fabric/topology-file.h"
#include "ns3/m3-schedule.h"
#include "workload/flow-file.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

using namespace ns3::m3;

namespace
{

const FabricGraph& StarOfHosts(uint32_t hosts)
{
    static std::map<uint32_t, FabricGraph> stars;
    return stars.emplace(hosts, Star(hosts, 100 * GBIT)).first->second;
}

Schedule ReadText(const std::string& text, uint32_t hosts = 4, InputNotes* notes = nullptr)
{
    return ReadTrafficFile(WriteInput("work.txt", text), StarOfHosts(hosts), StartTimes::SECONDS, notes);
}

std::string WorkloadError(const std::string& text, uint32_t hosts = 4)
{
    return InputErrorOf([&] { ReadText(text, hosts); });
}

/// Reads a sample on a star, checked as engines do. \return what is wrong with it
std::string SampleError(const std::filesystem::path& file, uint32_t hosts, Schedule& schedule)
{
    std::string error = InputErrorOf(
        [&]
        {
            schedule = ReadTrafficFile(file.string(), StarOfHosts(hosts), StartTimes::SECONDS);
            CheckSchedule(StarOfHosts(hosts), RouteTable(StarOfHosts(hosts), EngineMode::STANDARD), schedule);
        });
    const std::string folder = file.parent_path().string() + "/";
    return error.rfind(folder, 0) == 0 ? error.substr(folder.size()) : error;
}

const std::string GOAL = "num_ranks 2\nrank 0 {\na: send 8b to 1 tag 3\nb: calc 500\nb requires a\n}\n"
                         "rank 1 {\nc: recv 8b from 0 tag 3\nd: send 4b to 0 tag 1\nd requires c\nd irequires e\n"
                         "e: calc 7 cpu 1\n}\n";

const std::string CONNECTIONS =
    "Nodes 4\nConnections 3\nTriggers 2\n0->1 id 1 start 1500 size 100 send_done_trigger 1\n"
    "1->2 id 2 start 0 size 200 recv_done_trigger 2\n2->3 id 7 trigger 2 size 300\ntrigger id 1 oneshot\n"
    "trigger id 2 barrier count 1\n";

} // namespace

TEST(WorkloadFormats, GoalSaysWhatRanksWaitFor)
{
    InputNotes notes;
    // d sends to rank 0, which never receives it
    const Schedule schedule = ReadText(GOAL, 4, &notes);
    ASSERT_EQ(schedule.Flows().size(), 2U);
    EXPECT_EQ(schedule.Flows()[0].sizeBytes, 8U);
    EXPECT_EQ(schedule.Flows()[1].src, 1U);
    const std::vector<std::tuple<std::string, std::string, TaskEvent>> expected = {
        {"rank 0 b", "rank 0 a", TaskEvent::SENT},
        {"rank 1 d", "rank 1 c", TaskEvent::RECEIVED},
        {"rank 1 d", "rank 1 e", TaskEvent::STARTED},
        {"rank 1 c", "rank 0 a", TaskEvent::RECEIVED}};
    EXPECT_EQ(EdgesOf(schedule), expected);
    EXPECT_EQ(schedule.Computes()[0].durationNs, 500);
    EXPECT_EQ(notes.size(), 1U) << "cpu";
}

TEST(WorkloadFormats, GoalErrorsNameRankAndLabel)
{
    const auto spoilt = [](const std::string& what, const std::string& with)
    {
        std::string text = GOAL;
        text.replace(text.find(what), what.size(), with);
        return WorkloadError(text);
    };
    EXPECT_EQ(WorkloadError(GOAL, 1), "work.txt:1: num_ranks: needs 2 hosts, the network has 1");
    EXPECT_EQ(spoilt("requires a", "requires x"), "work.txt:5: rank 0: no operation has the label 'x'");
    EXPECT_EQ(spoilt("recv 8b", "recv 9b"), "work.txt:8: rank 1 c: its send has 8 bytes");
    EXPECT_EQ(spoilt("from 0 tag 3", "from 0 tag 4"), "work.txt:8: rank 1 c: no send of rank 0 is left for it");
    EXPECT_EQ(spoilt("send 8b to 1", "send 8b to 0"), "work.txt:3: rank 0 a: a rank does not send to itself here");
    EXPECT_EQ(spoilt("to 1 tag", "to 2 tag"), "work.txt:3: rank 0 a: rank: must be in 0..1, is 2");
    EXPECT_EQ(spoilt("8b to", "8 to"),
              "work.txt:3: rank 0 a: size: needs bytes with a b behind them, as in 8b; is '8'");
    EXPECT_EQ(spoilt("b requires a\n", "b requires a\na requires b\n"),
              "work.txt:4: rank 0 b: waits for itself: rank 0 b waits for rank 0 a, rank 0 a waits for rank 0 b");
    EXPECT_EQ(spoilt("calc 500", "calc"), "work.txt:4: rank 0 b: calc needs a time");
    EXPECT_EQ(spoilt("calc 500", "calc 500 cpu"), "work.txt:4: rank 0 b: calc needs a time");
    EXPECT_EQ(spoilt("calc 500", "calx 500"),
              "work.txt:4: rank 0 b: 'calx' is not send, recv, calc or a label with requires");
    EXPECT_EQ(WorkloadError(GOAL.substr(0, 60)).substr(0, 9), "work.txt:");
    EXPECT_EQ(WorkloadError(GOAL.substr(0, GOAL.size() - 2)),
              "work.txt:12: rank: rank 1 has no '}': the file is cut off");
}

TEST(WorkloadFormats, ConnectionsStartWhenTheirTriggersFire)
{
    const Schedule schedule = ReadText(CONNECTIONS);
    ASSERT_EQ(schedule.Flows().size(), 3U);
    EXPECT_EQ(schedule.Flows()[0].startNs, 2) << "1,500 ps";
    const std::vector<std::tuple<std::string, std::string, TaskEvent>> expected = {
        {"connection 7", "connection 2", TaskEvent::RECEIVED}};
    EXPECT_EQ(EdgesOf(schedule), expected) << "nothing waits for trigger 1";
}

TEST(WorkloadFormats, ConnectionErrorsNameTheLine)
{
    const auto spoilt = [](const std::string& what, const std::string& with)
    {
        std::string text = CONNECTIONS;
        text.replace(text.find(what), what.size(), with);
        return WorkloadError(text);
    };
    EXPECT_EQ(spoilt("Nodes 4", "Nodes 9"), "work.txt:1: Nodes: needs 9 hosts, the network has 4");
    EXPECT_EQ(spoilt("Connections 3", "Connections 4"), "work.txt:8: Connections: the header says 4, the file has 3");
    EXPECT_EQ(spoilt("trigger id 2 barrier count 1\n", ""), "work.txt:7: Triggers: the header says 2, the file has 1");
    EXPECT_EQ(spoilt("count 1", "count 2"),
              "work.txt:5: trigger 2: never fires, so that what waits for it never starts");
    EXPECT_EQ(spoilt("send_done_trigger 1", "send_done_trigger 2"),
              "work.txt:4: trigger 2: fires at the first of several connections to end, which a schedule cannot say");
    EXPECT_EQ(spoilt("start 0 size 200", "trigger 2 size 200"),
              "work.txt:5: connection 2: waits for itself: connection 2 waits for connection 2");
    EXPECT_EQ(spoilt("0->1", "0->0"), "work.txt:4: connection: dst is the source itself");
    EXPECT_EQ(spoilt("0->1", "0->5"), "work.txt:4: connection: dst: must be in 0..3, is 5");
    EXPECT_EQ(spoilt("size 100", "size 0"),
              "work.txt:4: size: must be 1 B to 1 PB; connections without end are not read");
    EXPECT_EQ(spoilt("id 1 start", "colour 1 start"),
              "work.txt:4: connection: 'colour' is not expected, or has no value");
}

TEST(WorkloadFormats, SimaiLayersAreCollectivesOfTheirGroups)
{
    // 8 GPUs, TP 2, DP 4: 4 groups of neighbours forward, 2 groups of every second GPU for the weight gradients
    const std::string header = "HYBRID_TRANSFORMER_FWD_IN_BCKWD model_parallel_NPU_group: 2 ep: 1 pp: 1 all_gpus: 8\n";
    const std::string layer = "one -1 1000 ALLTOALL 8192 10 NONE 0 20 ALLGATHER 100 30\n";
    const Schedule schedule = ReadText(header + "1\n" + layer, 8);
    // all-to-all: 4 groups of 2 flows of 4,096 B; all-gather of 4,096 B among 4 GPUs at one switch: 4 rings, 3 steps
    ASSERT_EQ(schedule.Flows().size(), 4U * 2 + 2 * 48);
    EXPECT_EQ(schedule.Flows()[0].sizeBytes, 4096U);
    EXPECT_EQ(schedule.Flows()[0].dst, 1U);
    EXPECT_EQ(schedule.Groups().size(), 6U);
    EXPECT_EQ(schedule.Groups()[0].kind, "alltoall of 8192 B");
    EXPECT_EQ(WorkloadError(header + "2\n" + layer, 8),
              "work.txt:3: number of layers: the second line says 2, the file has 1");
    EXPECT_EQ(WorkloadError(header + "1\n" + layer, 4), "work.txt:1: all_gpus: needs 8 hosts, the network has 4");
    EXPECT_EQ(WorkloadError(header + "1\none -1 1000 ALLTOOL 8192 10 NONE 0 20 ALLGATHER 100 30\n", 8).substr(0, 39),
              "work.txt:3: one: 'ALLTOOL' is not NONE,");
    EXPECT_EQ(WorkloadError(header + "1\none -1 1000 NONE 8192 10 NONE 0 20\n", 8),
              "work.txt:3: layer: has 9 fields instead of 12");
    EXPECT_EQ(WorkloadError("MICRO ep: 3\n1\n" + layer, 8).substr(0, 19), "work.txt:1: header:");
}

TEST(WorkloadFormats, PublishedSamplesAreRead)
{
    const std::map<std::string, std::size_t> flows = {{"binary_tree_16.goal", 15},
                                                      {"binary_tree_32.goal", 31},
                                                      {"binomial_bcast_8_schedule.goal", 7},
                                                      {"dissemination_16.goal", 64},
                                                      {"dissemination_32.goal", 160},
                                                      {"alltoall_serial_16n.cm", 240},
                                                      {"foo2.cm", 12},
                                                      {"outcast_incast.cm", 21}};
    std::size_t read = 0;
    for (const char* folder : {"collectives/goal", "collectives/htsim_cm"})
    {
        for (const auto& file : ReferenceEntries(folder))
        {
            Schedule schedule;
            const std::string name = file.filename().string();
            const std::string error = SampleError(file, 128, schedule);
            EXPECT_EQ(error, name == "a2a.cm" ? "a2a.cm:243: Connections: the header says 3600, the file has 240" : "")
                << name;
            if (const auto found = flows.find(name); found != flows.end())
            {
                EXPECT_EQ(schedule.Flows().size(), found->second) << name;
                read++;
            }
        }
    }
    EXPECT_TRUE(read == 0 || read == flows.size());
}

TEST(WorkloadFormats, PublishedSimaiWorkloadsAreRead)
{
    for (const auto& file : ReferenceEntries("collectives/simai_workloads"))
    {
        const std::string name = file.filename().string();
        if (name.find("G13B") != std::string::npos || name.find("W3_MoE") != std::string::npos)
        {
            continue; // millions of flows
        }
        Schedule schedule;
        EXPECT_EQ(SampleError(file, name.find("128gpu") != std::string::npos ? 128 : 16, schedule), "") << name;
        EXPECT_FALSE(schedule.Groups().empty()) << name;
    }
    for (const auto& file : ReferenceEntries("collectives/fct_400g"))
    {
        if (file.filename() == "microAllReduce.txt")
        {
            const FabricGraph fabric = ReadTopologyFile((file.parent_path() / "topo_N0_M1.txt").string());
            const Schedule schedule = ReadTrafficFile(file.string(), fabric, StartTimes::SECONDS);
            EXPECT_EQ(schedule.Flows().size(), 15'360U);
        }
    }
}
