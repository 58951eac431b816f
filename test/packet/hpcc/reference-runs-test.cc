// SPDX-License-Identifier: GPL-2.0-only
// The packet engine in `HPCC` mode against the published simulator's outputs: every FCT and every PFC frame.
#include "m3-demo.h"
#include "reference-data.h"
#include "temporary-folder.h"

#include "fabric/topology-file.h"
#include "packet/hpcc/hpcc-files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

using namespace ns3::m3;

namespace
{

std::vector<std::string> Lines(const std::filesystem::path& file)
{
    std::ifstream stream(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);)
    {
        lines.push_back(line);
    }
    return lines;
}

/// Runs a case of the reference and compares fct.txt and pfc.txt line by line. \param fctColumns that it has
void ExpectSameFiles(const std::filesystem::path& folder, int fctColumns = 9)
{
    SCOPED_TRACE(folder.filename().string());
    const HpccRun run = ReadHpccConfig((folder / "config.txt").string());
    const FabricGraph fabric = ReadTopologyFile(run.topologyFile);
    const FlowList flows = ReadFlowFile(run.flowFile, fabric, run.startTimes);
    PacketRunOptions options;
    options.stopNs = run.stopNs;
    options.recordPfc = true;
    options.linkChanges = LinkChangesOf(run, fabric);
    const PacketResult result = RunPacketSimulation(fabric, run.config, flows, options);

    const auto out = TemporaryFolder();
    WriteHpccFct(fabric, run.config, flows, result, options.linkChanges, out / "fct.txt");
    WriteHpccPfc(fabric, result, out / "pfc.txt");
    auto fct = Lines(out / "fct.txt");
    for (std::string& line : fct)
    {
        line.resize(fctColumns == 9 ? line.size() : line.rfind(' ')); // the last one is not the original's
    }
    const auto expectedFct = Lines(folder / "fct.txt");
    const auto pfc = Lines(out / "pfc.txt");
    const auto expectedPfc = Lines(folder / "pfc.txt");
    std::filesystem::remove(out / "fct.txt");
    std::filesystem::remove(out / "pfc.txt");
    ASSERT_FALSE(expectedFct.empty());
    EXPECT_EQ(fct.size(), expectedFct.size());
    EXPECT_EQ(pfc.size(), expectedPfc.size());
    for (std::size_t i = 0; i < std::min(fct.size(), expectedFct.size()); i++)
    {
        ASSERT_EQ(fct[i], expectedFct[i]) << "line " << i + 1 << " of fct.txt";
    }
    for (std::size_t i = 0; i < std::min(pfc.size(), expectedPfc.size()); i++)
    {
        ASSERT_EQ(pfc[i], expectedPfc[i]) << "line " << i + 1 << " of pfc.txt";
    }
}

} // namespace

TEST(ReferenceRuns, smallNetworks)
{
    for (const auto& folder : ReferenceEntries("packet"))
    {
        ExpectSameFiles(folder);
    }
}

/// Priority groups, payloads, ACK intervals, units of INT, a link that goes down: runs of the original, which has no
/// times of receivers.
TEST(ReferenceRuns, moreOfTheOriginal)
{
    for (const auto& folder : ReferenceEntries("packet-more"))
    {
        ExpectSameFiles(folder, 8);
    }
}

TEST(ReferenceRuns, largeNetworks)
{
    for (const auto& folder : ReferenceEntries("packet-large"))
    {
        ExpectSameFiles(folder);
    }
}

TEST(ReferenceRuns, publishedPaths)
{
    for (const auto& folder : ReferenceEntries("m3-demo"))
    {
        SCOPED_TRACE(folder.filename().string());
        const HpccRun run = DemoRun(folder);
        const FabricGraph fabric = ReadTopologyFile(run.topologyFile);
        const FlowList flows = ReadFlowFile(run.flowFile, fabric, run.startTimes);
        const PacketResult result = RunPacketSimulation(fabric, run.config, flows);
        std::size_t compared = 0;
        for (const std::string& line : Lines(folder / "expected.txt"))
        {
            std::istringstream fields(line);
            std::size_t id = 0;
            int64_t fct = 0;
            int64_t ideal = 0;
            if (fields >> id >> fct >> ideal)
            {
                ASSERT_EQ(std::max(result.flows.at(id).receiverFctNs, ideal), fct) << "flow " << id;
                compared++;
            }
        }
        EXPECT_GT(compared, 0U);
    }
}
